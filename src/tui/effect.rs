//! What the app wants done. Only the loop does it; the result returns as an event.

use std::path::PathBuf;

use super::event::RunId;
use super::osc::TaskProgress;
use crate::report::card::Card;

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Open the challenge directory that this path is in.
    OpenProject(PathBuf),
    /// Read a stage's guide and tests.
    LoadStage(String),
    /// Read what earlier runs said.
    LoadResults,
    /// Read how earlier runs went and how long they took.
    LoadPast,
    OpenLogs {
        run: PathBuf,
        live: bool,
    },
    /// Read what clients did, from a file.
    OpenHistory(PathBuf),
    StartWatch,
    StopWatch,
    Run {
        id: RunId,
        request: Request,
    },
    /// End the run in flight; it reports when it has ended.
    Cancel,
    /// Move on to the next stage, from what lsfr.yaml said when it was read.
    Advance {
        /// The current stage has just passed; otherwise it is checked whether it still passes.
        tested: bool,
        current: String,
        completed: Vec<String>,
    },
    Hint(Box<Card>),
    Edit(Edited),
    OpenLink(String),
    Copy(String),
    /// Say it to a reader who looks elsewhere: as a notification, or by the bell.
    Notify(String),
    /// Tell the terminal how far the run is.
    Progress(TaskProgress),
    Title(String),
    Mouse(bool),
    Scaffold {
        challenge: String,
        lang: Option<String>,
        target: PathBuf,
    },
    /// Give the terminal back and stop until a CONT.
    Suspend,
    /// Draw every cell again.
    Redraw,
    Quit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// The challenge directory.
    Project,
    RunSh,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub scope: Scope,
    /// Repeats the random choices of an earlier run.
    pub seed: Option<u64>,
    /// Tests to run before the others of their stage: the ones that failed.
    pub first: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Stage(String),
    /// Every stage up to this one.
    SoFar(String),
    Test {
        stage: String,
        test: String,
    },
}

impl Scope {
    /// The last stage that is run.
    pub fn stage(&self) -> &str {
        match self {
            Scope::Stage(stage) | Scope::SoFar(stage) | Scope::Test { stage, .. } => stage,
        }
    }
}
