//! The steps of a walk. They name no answer, only the steps that were given one: so a part of a walk means what the
//! whole meant.

use super::kind::{OperationKind, Takes};
use super::operation::{Key, Text};

/// One step of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the walk that was drawn, by which later steps name it.
    pub number: usize,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Ask(Operation),
    /// The store is killed and started again.
    Kill,
    /// It is killed while it does this, so that there may be no answer.
    KillWithin(Operation),
    /// It is stopped in good order and started again.
    Restart,
}

/// An operation before it is known what it is sent with.
#[derive(Debug, Clone)]
pub struct Operation {
    pub kind: &'static OperationKind,
    pub key: Option<Key>,
    pub value: Option<Text>,
    pub version: Option<Symbol>,
}

/// A version by where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// The one that the answer to this step gave; if it gave none, one that no key ever had.
    Of(usize),
    /// One that no key ever had.
    Never,
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.kind.word == other.kind.word
            && self.key == other.key
            && self.value == other.value
            && self.version == other.version
    }
}

impl Eq for Operation {}

impl Step {
    pub fn operation(&self) -> Option<&Operation> {
        match &self.act {
            Act::Ask(operation) | Act::KillWithin(operation) => Some(operation),
            Act::Kill | Act::Restart => None,
        }
    }

    /// Whether it changes or reads what this operation is about. What has no key is about all keys, and a crash is, too.
    pub(crate) fn touches(&self, other: &Operation) -> bool {
        let key = |operation: &Operation| operation.key.filter(|_| operation.kind.takes(Takes::Key));
        match (self.operation().map(key), key(other)) {
            (Some(Some(mine)), Some(theirs)) => mine == theirs,
            _ => true,
        }
    }
}
