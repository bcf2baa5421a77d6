//! What came of a test, a stage and a run.

use serde::{Deserialize, Serialize};

use super::failure::{Failure, Place};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Passed,
    Failed(Box<Failure>),
    /// It could not be run: why, in a few words. What stood in the way is reported in an event of its own.
    NotRun {
        reason: String,
    },
    /// What came of it proves nothing, most often because the machine was busy.
    NotJudged {
        reason: String,
        failure: Box<Failure>,
    },
}

impl Verdict {
    pub fn kind(&self) -> TestVerdict {
        match self {
            Verdict::Passed => TestVerdict::Passed,
            Verdict::Failed(_) => TestVerdict::Failed,
            Verdict::NotRun { .. } => TestVerdict::NotRun,
            Verdict::NotJudged { .. } => TestVerdict::NotJudged,
        }
    }
}

/// A verdict without what led to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestVerdict {
    Passed,
    Failed,
    #[default]
    NotRun,
    NotJudged,
}

impl TestVerdict {
    pub fn words(self) -> &'static str {
        match self {
            TestVerdict::Passed => "passed",
            TestVerdict::Failed => "failed",
            TestVerdict::NotRun => "not run",
            TestVerdict::NotJudged => "not judged",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageVerdict {
    Passed,
    Failed,
    NotJudged,
    /// Only some of its tests were asked for, and they passed.
    Partial,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    Failed,
    NotJudged,
    Interrupted,
    /// A test asks for something that no test may ask for: the pack's author has to change it.
    BrokenPack {
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
    },
    /// The run could not go on; nothing after that was judged.
    Fault {
        #[serde(default)]
        cause: FaultCause,
        message: String,
    },
}

/// Whose fault it is that a run could not go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCause {
    /// lsfr's own.
    #[default]
    Own,
    /// The disk is full.
    Disk,
    /// Somebody removed the run's folder while it went on.
    Folder,
}

/// A mistake in a pack, in words, with the line that it is on.
pub fn pack_mistake(message: &str, place: Option<&Place>) -> String {
    match place {
        Some(place) if place.text.is_empty() => format!("{message}\n  in {}:{}", place.file, place.line),
        Some(place) => format!("{message}\n  in {}:{}: {}", place.file, place.line, place.text),
        None => message.to_owned(),
    }
}
