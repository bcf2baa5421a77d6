//! The steps of a walk. They name no answer, only the steps that were given one: so a part of a walk means what the
//! whole meant.

use std::collections::BTreeMap;

use super::kind::{OperationKind, Takes};
use super::operation::{Key, Text, Worker};
use super::transaction::Part;

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
    /// A node of the store is killed; the others go on without it.
    Lose(Which),
    /// The same while the store does this.
    LoseWithin(Which, Operation),
    /// The node that has been down longest is started again.
    Return,
}

/// A node of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that answered last, to whomever the question was sent.
    Last,
    /// One of those that are up, counted round and round.
    One(u8),
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
    /// What a transaction does.
    pub parts: Vec<Part<Symbol>>,
    /// The step that asked it first, where it has a name: any other repeats it.
    pub id: Option<usize>,
    /// Which of the nodes that are up is asked, counted round and round.
    pub via: u8,
}

/// A version, or the number of a job, by where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// The one that the answer to this step gave; if it gave none, one that there never was.
    Of(usize),
    /// The same of what this step told at this place.
    In(usize, usize),
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
            && self.parts == other.parts
            && self.id == other.id
            && self.via == other.via
    }
}

impl Eq for Operation {}

impl Operation {
    /// Nothing but that it is done.
    pub(crate) fn of(kind: &'static OperationKind) -> Self {
        Self {
            kind,
            by: 0,
            key: None,
            value: None,
            version: None,
            job: None,
            numbers: BTreeMap::new(),
            parts: Vec::new(),
            id: None,
            via: 0,
        }
    }

    /// The keys that it is about; none where it is about all of them, or about none.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.key.filter(|_| self.kind.takes(Takes::Key)).into_iter().chain(self.parts.iter().map(|part| part.key))
    }
}

impl Step {
    pub fn operation(&self) -> Option<&Operation> {
        match &self.act {
            Act::Ask(operation) | Act::KillWithin(operation) | Act::LoseWithin(_, operation) => Some(operation),
            Act::Kill | Act::Restart | Act::Lose(_) | Act::Return => None,
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
        let is_of_keys = mine.keys().next().is_some() && other.keys().next().is_some();
        !is_of_keys || mine.keys().any(|mine| other.keys().any(|theirs| theirs == mine))
    }
}
