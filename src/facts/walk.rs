//! A walk at random that came to a wrong answer, and the few operations that lead to one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::not;
use super::operation::{Excerpt, Operation};
use crate::seconds;

/// A walk that ended at a wrong answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Walk {
    /// What judged it, as the pack calls it.
    pub model: String,
    /// How many operations it had done, that with the wrong answer included, and how many crashes.
    pub operations: usize,
    pub crashes: usize,
    /// When the wrong answer came, since the run began.
    #[serde(with = "seconds")]
    pub at: Duration,
    pub shown: Shown,
    /// What leads to a wrong answer; the last of it is that.
    pub steps: Vec<WalkStep>,
    /// How many come before these, where there are too many to show.
    #[serde(default)]
    pub left_out: usize,
    /// What the key of the last operation may have held before it, by the model; nothing where it has no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// How the node was started that the steps were done on, where that was a fresh one; its folder is empty again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The answers that would have been right.
    pub possible: Vec<Possible>,
}

/// What the steps that are shown are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Shown {
    /// The fewest that still led to a wrong answer, on a fresh node. So many sequences were tried.
    Shrunk { tried: u32 },
    /// The same, as far as the time went.
    ShrunkInTime { tried: u32 },
    /// Those of the walk itself that have to do with the wrong answer: it did not come again.
    Slice { tried: u32 },
    /// The same of a walk on a cluster, which is not done again.
    OfCluster,
}

/// One step of a walk, as it was done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WalkStep {
    #[serde(with = "seconds")]
    pub at: Duration,
    #[serde(with = "seconds")]
    pub took: Duration,
    pub node: String,
    /// Which of several workers did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub act: WalkAct,
    /// What was read, and the version that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Excerpt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The node was killed within it.
    #[serde(default, skip_serializing_if = "not")]
    pub killed: bool,
    /// How often it was sent before, without an answer that says whether it is done.
    #[serde(default, skip_serializing_if = "is_none")]
    pub before: u32,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum WalkAct {
    Asked(Box<Operation>),
    /// On a connection: a line, and the lines and bytes that came.
    Said {
        text: Excerpt,
        /// What was sent after the line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Excerpt>,
        heard: Vec<Excerpt>,
    },
    /// The connection was closed.
    Left,
    Killed,
    Restarted,
    /// The node was killed, and others went on without it.
    Lost,
    /// It was started again.
    Returned,
}

/// What a key may hold: one of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub key: String,
    pub one_of: Vec<Holding>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    Nothing,
    /// The key itself.
    Member,
    Value {
        value: Excerpt,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// A job.
    Job {
        state: JobState,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        tube: String,
        priority: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Ready,
    Reserved,
    Delayed,
    Buried,
}

/// An answer that would have been right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Possible {
    pub outcome: WalkOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Excerpt>,
    pub version: PossibleVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalkOutcome {
    Done,
    Absent,
    Present,
    Unmet,
    Empty,
    Soon,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PossibleVersion {
    Any,
    Is(String),
    /// One that the key has never had.
    New,
}

/// How a walk is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "walk", rename_all = "snake_case")]
pub enum Walking {
    Operations {
        done: usize,
        of: usize,
    },
    /// After a wrong answer: how many operations are left of those that led to it.
    Shrinking {
        left: usize,
        of: usize,
    },
    /// All answers were right, and they were enough.
    Ended {
        operations: usize,
        crashes: usize,
        /// How many answers the model compared with those that it holds possible.
        #[serde(default)]
        judged: usize,
        /// Why the rest was left out, if there was more to do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        early: Option<EarlyEnd>,
    },
}

/// Why a walk ended before all of its operations were done, though no answer was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyEnd {
    /// Its time was over.
    Time,
    /// More became possible than the model follows.
    Open,
    /// An operation that cannot be asked again may be done at any later time.
    Undecided,
}

/// A walk that ended before so many of its answers were judged that they say something about the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortWalk {
    pub judged: usize,
    pub wanted: usize,
    #[serde(with = "seconds")]
    pub took: Duration,
    pub end: EarlyEnd,
}
