//! Workloads as the language has them: what an operation is to a pack, who does how many of them, what is done to the
//! nodes meanwhile, and what is asked of the history.

use std::collections::BTreeMap;
use std::time::Duration;

use history::{Checker, Object};

use super::expr::Expression;
use super::template::{Data, Template};
use super::{Expect, Selector};

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

/// What is sent for one kind of operation, and what its answers mean. An answer that is none of these leaves it
/// open whether the operation was done.
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
    /// What was read, of an answer that is ok.
    pub value: Option<Expression>,
    /// What a compare-and-set must name to be done only if the key is still as it was read.
    pub version: Option<Expression>,
}

/// The transport of an operation. Its texts see `key`, `value` (where there is a new one) and `version`.
#[derive(Debug)]
pub enum Request {
    Http { method: String, path: Template, headers: Vec<(String, Template)>, body: Option<Template> },
}

/// Clients that do operations for a time.
#[derive(Debug)]
pub struct Workload {
    pub name: String,
    pub clients: u32,
    pub keys: u32,
    /// A key is replaced by a fresh one after so many operations.
    pub fresh_after: Option<u32>,
    /// The most time that it takes.
    pub during: Duration,
    pub until: Option<Until>,
    /// Kinds and their weights, none of them 0.
    pub mix: Vec<(Kind, u32)>,
    pub to: Option<Selector>,
    /// Operations a second, all clients together; none: each client goes on when it has its answer.
    pub rate: Option<u32>,
    /// For one operation.
    pub timeout: Option<Duration>,
    pub nemesis: Option<Nemesis>,
    /// When all is healed: how long until an operation must have succeeded.
    pub settle: Option<Duration>,
}

/// Enough work, which ends a workload before its time.
#[derive(Debug, Clone, Copy)]
pub struct Until {
    /// Operations that succeeded.
    pub ok: u64,
    /// Faults that began and ended.
    pub faults: u64,
}

/// Faults on a schedule drawn from the seed.
#[derive(Debug, Clone)]
pub struct Nemesis {
    /// From the beginning of one fault to that of the next.
    pub every: Duration,
    /// No fault is longer.
    pub lasts: Duration,
    pub faults: Vec<FaultWord>,
    /// Two faults of three, by lot, touch the node that has this role.
    pub aim: Option<String>,
}

/// A kind of fault, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultWord {
    /// One of the four shapes below, by lot.
    Partition,
    Isolate,
    Halves,
    Bridge,
    Ring,
    Cut,
    Kill,
    Restart,
    Pause,
    Slow,
}

impl FaultWord {
    pub const ALL: [(FaultWord, &'static str); 10] = [
        (FaultWord::Partition, "partition"),
        (FaultWord::Isolate, "isolate"),
        (FaultWord::Halves, "halves"),
        (FaultWord::Bridge, "bridge"),
        (FaultWord::Ring, "ring"),
        (FaultWord::Cut, "cut"),
        (FaultWord::Kill, "kill"),
        (FaultWord::Restart, "restart"),
        (FaultWord::Pause, "pause"),
        (FaultWord::Slow, "slow"),
    ];

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(fault, _)| fault)
    }

    /// Whether it is done to links, of which a node alone has none.
    pub fn is_of_links(self) -> bool {
        !matches!(self, FaultWord::Kill | FaultWord::Restart | FaultWord::Pause)
    }
}

/// A question to a history.
#[derive(Debug)]
pub struct Check {
    /// The workload that made it.
    pub history: String,
    pub with: &'static dyn Checker,
    /// With fewer operations that succeeded nothing is said.
    pub min_ok: Data,
    /// The queue was emptied before: what is missing is lost.
    pub drained: bool,
    /// The checker gives up after this time.
    pub within: Duration,
}

/// Whether histories of what it judges are made by `record`, which writes down what was done to a queue. Those of workloads
/// are of registers.
pub fn is_for_recorded(checker: &dyn Checker) -> bool {
    match checker.object() {
        Object::Register => false,
        Object::Queue => true,
    }
}
