//! What a pack says of the operations of a workload.

use std::collections::BTreeMap;

use super::Expect;
use super::expr::Expression;
use super::template::{Data, Template};

/// What an operation does, whatever a pack calls its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Read,
    Write,
    CompareAndSet,
    Delete,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Read, Kind::Write, Kind::CompareAndSet, Kind::Delete];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Read => "read",
            Kind::Write => "write",
            Kind::CompareAndSet => "compare_and_set",
            Kind::Delete => "delete",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the request holds a new value.
    pub fn sets(self) -> bool {
        matches!(self, Kind::Write | Kind::CompareAndSet)
    }
}

/// The operations of a pack.
pub type Operations = BTreeMap<Kind, Operation>;

/// What is sent for one kind of operation, and what its answers mean. Any other answer leaves it open whether the
/// operation was done.
#[derive(Debug)]
pub struct Operation {
    pub request: Request,
    /// Done.
    pub ok: Vec<Expect<Data>>,
    /// Certainly not done, now or later.
    pub no: Vec<Expect<Data>>,
    /// Certainly not done, because the key did not hold the version that was named.
    pub unmet: Vec<Expect<Data>>,
    /// Done, and the key does not exist.
    pub absent: Vec<Expect<Data>>,
    /// What was read, in an answer that counts as ok.
    pub value: Option<Expression>,
    /// What a compare-and-set must name to be done only if the key is still as it was read.
    pub version: Option<Expression>,
}

/// The transport of an operation. Its texts see `key`, `value` (where there is a new one) and `version`.
#[derive(Debug)]
pub enum Request {
    Http { method: String, path: Template, headers: Vec<(String, Template)>, body: Option<Template> },
}
