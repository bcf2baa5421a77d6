//! What the app wants done. Only the loop does it; the result returns as an event.

use std::path::PathBuf;

use super::event::RunId;
use super::messages::Order;
use super::osc::TaskProgress;
use super::remembered::Remembered;
use crate::report::card::Card;
use crate::report::places::SourcePlace;

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Open the challenge directory that this path is in.
    OpenProject(PathBuf),
    /// Read where the learner was.
    Recall,
    /// Write down where the learner is.
    Remember(Box<Remembered>),
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
    /// Read, arrange or search what nodes said to each other.
    Messages(Box<Order>),
    StartWatch,
    StopWatch,
    Run {
        id: RunId,
        request: Request,
    },
    /// End the run in flight; it reports when it has ended.
    Cancel,
    /// Whether the nodes of a test that fails stay up from now on, or for longer.
    Keep(bool),
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

impl Effect {
    /// For lsfr's own log: what is done, without what it is done with where that is the learner's.
    pub fn noted(&self) -> String {
        match self {
            Effect::OpenProject(dir) => format!("open {}", dir.display()),
            Effect::Recall => "recall".to_owned(),
            Effect::Remember(_) => "remember".to_owned(),
            Effect::LoadStage(stage) => format!("load stage {stage}"),
            Effect::LoadResults => "load results".to_owned(),
            Effect::LoadPast => "load earlier runs".to_owned(),
            Effect::OpenLogs { run, live } => format!("open logs of {}, live {live}", run.display()),
            Effect::OpenHistory(file) => format!("open history {}", file.display()),
            Effect::Messages(order) => format!("messages of {}, order {}", order.run.display(), order.number),
            Effect::StartWatch => "watch".to_owned(),
            Effect::StopWatch => "watch no more".to_owned(),
            Effect::Run { id, request } => format!("run {id}: {:?}, seed {:?}", request.scope, request.seed),
            Effect::Cancel => "cancel".to_owned(),
            Effect::Keep(keep) => format!("keep nodes {keep}"),
            Effect::Advance { current, tested, .. } => format!("advance from {current}, tested {tested}"),
            Effect::Hint(card) => format!("hint for {} {:?}", card.stage, card.test),
            Effect::Edit(edited) => format!("edit {edited:?}"),
            Effect::OpenLink(_) => "open a link".to_owned(),
            Effect::Copy(text) => format!("copy {} bytes", text.len()),
            Effect::Notify(_) => "notify".to_owned(),
            Effect::Progress(progress) => format!("progress {progress:?}"),
            Effect::Title(_) => "title".to_owned(),
            Effect::Mouse(on) => format!("mouse {on}"),
            Effect::Scaffold { challenge, target, .. } => format!("make {challenge} in {}", target.display()),
            Effect::Suspend => "suspend".to_owned(),
            Effect::Redraw => "redraw".to_owned(),
            Effect::Quit => "quit".to_owned(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// The challenge directory.
    Project,
    RunSh,
    /// A line of one of the project's files.
    At(SourcePlace),
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub scope: Scope,
    /// Repeats the random choices of an earlier run.
    pub seed: Option<u64>,
    /// Tests to run before the others of their stage: the ones that failed.
    pub first: Vec<String>,
    /// The nodes of the first test that fails stay up for a look by hand.
    pub keep: bool,
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
