//! The steps of a walk. They name no answer, only the steps that were given one: so a part of a walk means what the
//! whole meant.

use std::collections::BTreeMap;

use super::kind::{OperationKind, Takes};
use super::operation::{Key, Text, Worker};

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
    /// Who does it.
    pub by: Worker,
    /// A key, or a tube.
    pub key: Option<Key>,
    pub value: Option<Text>,
    pub version: Option<Symbol>,
    pub job: Option<Symbol>,
    pub numbers: BTreeMap<Takes, u32>,
}

/// A version, or the number of a job, by where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// The one that the answer to this step gave; if it gave none, one that there never was.
    Of(usize),
    /// One that there never was.
    Never,
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.kind.word == other.kind.word
            && self.by == other.by
            && self.key == other.key
            && self.value == other.value
            && self.version == other.version
            && self.job == other.job
            && self.numbers == other.numbers
    }
}

impl Eq for Operation {}

impl Operation {
    /// Nothing but that it is done.
    pub(crate) fn of(kind: &'static OperationKind) -> Self {
        Self { kind, by: 0, key: None, value: None, version: None, job: None, numbers: BTreeMap::new() }
    }
}

impl Step {
    pub fn operation(&self) -> Option<&Operation> {
        match &self.act {
            Act::Ask(operation) | Act::KillWithin(operation) => Some(operation),
            Act::Kill | Act::Restart => None,
        }
    }

    /// Whether it changes or reads what this operation is about. What has no key is about all keys, and a crash is, too.
    /// Of jobs another is left out; what names none may be about this one.
    pub(crate) fn touches(&self, other: &Operation) -> bool {
        let Some(mine) = self.operation() else { return true };
        if let Some(job) = other.job {
            let put = mine.kind.tells_job && mine.kind.takes(Takes::Value);
            return if put { job == Symbol::Of(self.number) } else { mine.job.is_none_or(|mine| mine == job) };
        }
        let key = |operation: &Operation| operation.key.filter(|_| operation.kind.takes(Takes::Key));
        match (key(mine), key(other)) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        }
    }
}
