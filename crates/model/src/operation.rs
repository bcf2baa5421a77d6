//! What is asked of a store, what it answers, and which answers are right.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Shared: the same values are in many states.
pub type Text = Arc<str>;

/// One of the keys of a walk, which are numbered from 0.
pub type Key = u32;

/// An operation as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which operation of the model's table.
    pub word: &'static str,
    pub key: Option<Key>,
    pub value: Option<Text>,
    pub version: Option<Text>,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done.
    Ok,
    /// The key is not there.
    Absent,
    /// The key is there already.
    Present,
    /// It was not done, because its condition does not hold.
    Unmet,
}

impl Outcome {
    pub const ALL: [Outcome; 4] = [Outcome::Ok, Outcome::Absent, Outcome::Present, Outcome::Unmet];

    /// As a pack writes it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Absent => "absent",
            Outcome::Present => "present",
            Outcome::Unmet => "unmet",
        }
    }
}

/// What a store answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub value: Option<Text>,
    pub version: Option<Text>,
}

/// An answer that is right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub outcome: Outcome,
    /// What must have been read; none where the operation reads nothing.
    pub value: Option<Text>,
    pub version: Version,
}

/// What the version in a right answer must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Nobody looks at it.
    Any,
    Is(Text),
    /// One that the key has never had; these it had.
    New(Arc<BTreeSet<Text>>),
}

impl Right {
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self { outcome, value: None, version: Version::Any }
    }

    /// Whether this answer is it.
    pub fn is(&self, answer: &Answer) -> bool {
        self.outcome == answer.outcome
            && (self.value.is_none() || self.value == answer.value)
            && self.version.takes(answer.version.as_ref())
    }
}

impl Version {
    pub fn takes(&self, version: Option<&Text>) -> bool {
        match self {
            Version::Any => true,
            Version::Is(wanted) => version == Some(wanted),
            Version::New(had) => version.is_some_and(|version| !had.contains(version)),
        }
    }
}

/// What a store holds under a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    Nothing,
    /// The key itself.
    Member,
    /// The version is none where nobody looks at it, or it has not been seen.
    Value {
        value: Text,
        version: Option<Text>,
    },
}
