//! What was done to the nodes while clients were at work.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Text;
use crate::seconds;

/// A stretch of time in which something was wrong on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What kind of thing it was, for a label.
    pub kind: FaultKind,
    /// A clause in the past tense, to be followed by a time: `n3 was cut off from n1 and n2`, `n2 was paused`.
    pub what: String,
    /// The nodes it was done to: the smaller side of a partition, not all whose links were cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Text>,
    /// When it began.
    #[serde(with = "seconds")]
    pub from: Duration,
    /// When it ended. None if it lasted to the end.
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub to: Option<Duration>,
}

/// What kind of thing was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Links were cut, one way or both.
    Cut,
    /// Links were slow, or lost what they carried.
    Slow,
    /// A process was paused.
    Pause,
    /// A node did not run: killed, or stopped.
    Down,
    /// Anything else: what it was, [`Fault::what`] says.
    Other,
}

impl FaultKind {
    /// The word for a label.
    pub fn word(self) -> &'static str {
        match self {
            FaultKind::Cut => "cut",
            FaultKind::Slow => "slow",
            FaultKind::Pause => "paused",
            FaultKind::Down => "down",
            FaultKind::Other => "fault",
        }
    }
}

impl Fault {
    /// It was in force at some time from `from` to `to`.
    pub fn overlaps(&self, from: Duration, to: Duration) -> bool {
        self.from <= to && self.to.is_none_or(|end| end >= from)
    }
}
