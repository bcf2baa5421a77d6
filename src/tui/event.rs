//! Everything that happens to the app, wherever it comes from, in one enum.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crossterm::event::{KeyEvent, MouseEvent};
use history::History;

use super::logs::LogStore;
use super::messages::Outcome as MessagesOutcome;
use super::progress::Past;
use super::remembered::Remembered;
use super::results::StageResults;
use super::theme::Theme;
use crate::facts::{Outcome, Stamped};
use crate::report::card::Card;
use crate::report::cluster_state::ClusterState;
use crate::report::timeline::Timelines;
use crate::session::progress::Moved;
use crate::watch::WatchEvent;

/// Each run of the app has a number, by which late messages of an old one are recognised.
pub type RunId = u64;

#[derive(Debug)]
pub enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    /// Columns and rows.
    Resize(u16, u16),
    /// The terminal's window got or lost the focus.
    Focus(bool),
    /// The terminal has said what it draws on, and this suits it.
    Theme(Box<Theme>),
    Signal(Signal),
    Watch(WatchEvent),
    Run {
        id: RunId,
        news: RunNews,
    },
    /// There is something new to draw in the logs.
    LogsGrew,
    /// A moment that the app asked for has come.
    Clock(Instant),
    Done(Done),
    /// Something of lsfr's own broke in the background.
    Panicked(String),
}

impl Event {
    /// What went wrong, if that is what the event says.
    pub fn fault(&self) -> Option<String> {
        match self {
            Event::Panicked(message) | Event::Watch(WatchEvent::Problem(message)) => Some(message.clone()),
            Event::Run { news: RunNews::Ended(Err(message)), .. } => Some(message.clone()),
            Event::Done(done) => done.fault(),
            _ => None,
        }
    }
}

impl Done {
    fn fault(&self) -> Option<String> {
        match self {
            Done::Opened(Err(message))
            | Done::Stage { loaded: Err(message), .. }
            | Done::History { read: Err(message), .. }
            | Done::Advanced(Err(message))
            | Done::Hint { given: Err(message), .. }
            | Done::Edited(Err(message))
            | Done::Scaffolded(Err(message)) => Some(message.clone()),
            Done::Logs { run, store: Err(error), .. } => Some(format!("the logs of {}: {error}", run.display())),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// INT, TERM or HUP from outside.
    End,
    /// TSTP: somebody wants the app stopped.
    Stop,
    /// CONT: it goes on.
    Continue,
}

/// What a run reports, in this order; requests and their answers are left out.
#[derive(Debug)]
pub enum RunNews {
    /// Its folder exists.
    Prepared { folder: PathBuf },
    Event {
        stamped: Box<Stamped>,
        /// How the nodes are since.
        cluster: Arc<ClusterState>,
    },
    /// After the `TestEnded` that it belongs to.
    Card(Box<Card>),
    /// Nothing of it is alive any more. The error is a sentence.
    Ended(Result<Outcome, String>),
}

/// The nodes of a run that has ended.
#[derive(Debug)]
pub struct Nodes {
    /// As they were last.
    pub cluster: Arc<ClusterState>,
    pub timelines: Timelines,
}

/// What became of an effect.
#[derive(Debug)]
pub enum Done {
    /// A challenge directory is open.
    Opened(Result<Box<Course>, String>),
    Stage {
        key: String,
        loaded: Result<StageText, String>,
    },
    /// Where the learner was when the project was left.
    Recalled(Box<Remembered>),
    /// What earlier runs said, for each stage the last one.
    Recorded(Vec<StageResults>),
    /// How earlier runs went, and how long they took.
    Past(Box<Past>),
    Logs {
        run: PathBuf,
        store: std::io::Result<LogStore>,
        /// What became of its nodes; none for the run in flight, which reports them itself.
        nodes: Option<Box<Nodes>>,
    },
    /// What clients did, from this file.
    History {
        file: PathBuf,
        read: Result<Box<History>, String>,
    },
    /// What came of an order of the view of messages.
    Messages {
        number: u64,
        outcome: MessagesOutcome,
    },
    Advanced(Result<Advanced, String>),
    /// How many hints are given now; `None` when there are no more.
    Hint {
        stage: String,
        test: String,
        given: Result<Option<usize>, String>,
    },
    /// The editor has ended, or could not be started.
    Edited(Result<(), String>),
    /// A sentence for the learner: a link was opened, or cannot be.
    Told(String),
    Scaffolded(Result<PathBuf, String>),
}

/// The result of asking to move on.
#[derive(Debug)]
pub enum Advanced {
    Moved(Moved),
    /// The current stage has to be tested first.
    TestFirst,
    /// lsfr.yaml no longer says what it did: another lsfr, or its author, has moved on.
    Elsewhere(Box<Course>),
}

/// As much of a challenge directory as is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    pub dir: PathBuf,
    pub key: String,
    pub name: String,
    /// What the learner has at the end.
    pub built: Option<String>,
    /// The program is a server.
    pub has_nodes: bool,
    pub stages: Vec<StageRow>,
    pub current: String,
    pub completed: Vec<String>,
    /// Nothing has been run yet.
    pub untouched: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRow {
    pub key: String,
    pub title: String,
    /// The heading that it stands under.
    pub part: String,
}

/// A stage's guide, and its tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageText {
    pub guide: String,
    /// What is told when it has passed, as Markdown.
    pub after: Option<String>,
    pub tests: Vec<TestRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRow {
    pub name: String,
    /// The slug of the guide's section that it proves.
    pub proves: String,
}
