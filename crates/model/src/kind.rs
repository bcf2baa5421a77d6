//! The models there are, and the operations of each, in one table: for whoever reads packs, and for their pages.

use super::beliefs::{Beliefs, Model, Setup};
use super::map::{self, Map};
use super::operation::{Key, Outcome};
use super::queue::{self, Queue};
use super::set::{self, Set};

/// A model.
pub struct ModelKind {
    pub word: &'static str,
    pub doc: &'static str,
    pub operations: &'static [OperationKind],
    /// One that holds nothing yet.
    pub make: fn(Setup) -> Box<dyn Model>,
}

impl std::fmt::Debug for ModelKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word)
    }
}

impl ModelKind {
    pub fn operation(&self, word: &str) -> Option<&'static OperationKind> {
        self.operations.iter().find(|kind| kind.word == word)
    }
}

/// One operation of a model.
#[derive(Debug)]
pub struct OperationKind {
    pub word: &'static str,
    pub takes: &'static [Takes],
    /// It may leave the store in another state.
    pub changes: bool,
    /// It is about everything that there is.
    pub of_all: bool,
    /// Its answer holds what was read.
    pub reads: bool,
    /// Its answer holds the key's version, where versions are looked at.
    pub tells_version: bool,
    /// Its answer holds the number of a job.
    pub tells_job: bool,
    /// The worker closes its connection, and nothing is answered.
    pub leaves: bool,
    /// What else its answer may tell.
    pub stats: &'static [Stat],
    /// How it may end. One that a pack has no answer of its own for is answered like [`Outcome::Ok`].
    pub outcomes: &'static [Outcome],
    /// Those of these that a pack must have an answer for, beside [`Outcome::Ok`].
    pub must_tell: &'static [Outcome],
    pub doc: &'static str,
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    Key,
    Value,
    Version,
    /// A key by another name.
    Tube,
    Job,
    // Numbers.
    Priority,
    Delay,
    TimeToRun,
    /// Of a pause.
    Seconds,
    Count,
    /// What a transaction does.
    Steps,
    /// A name, under which it happens once. A pack need not send it.
    Id,
}

impl Takes {
    pub const ALL: [Takes; 12] = [
        Takes::Key,
        Takes::Value,
        Takes::Version,
        Takes::Tube,
        Takes::Job,
        Takes::Priority,
        Takes::Delay,
        Takes::TimeToRun,
        Takes::Seconds,
        Takes::Count,
        Takes::Steps,
        Takes::Id,
    ];

    /// As the texts of a pack name it.
    pub fn word(self) -> &'static str {
        match self {
            Takes::Key => "key",
            Takes::Value => "value",
            Takes::Version => "version",
            Takes::Tube => "tube",
            Takes::Job => "job",
            Takes::Priority => "priority",
            Takes::Delay => "delay",
            Takes::TimeToRun => "ttr",
            Takes::Seconds => "seconds",
            Takes::Count => "count",
            Takes::Steps => "steps",
            Takes::Id => "id",
        }
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Takes::Priority | Takes::Delay | Takes::TimeToRun | Takes::Seconds | Takes::Count)
    }
}

/// The name of a tube. New connections use and watch the first.
pub fn tube_name(tube: Key) -> String {
    if tube == 0 { "default".to_owned() } else { format!("t{tube}") }
}

/// What a queue tells of a job, a tube, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stat {
    State,
    Tube,
    Priority,
    TimeToRun,
    Delay,
    Reserves,
    Timeouts,
    Releases,
    Buries,
    Kicks,
    Ready,
    Urgent,
    Reserved,
    Delayed,
    Buried,
    Total,
}

impl Stat {
    /// As a pack names it.
    pub fn word(self) -> &'static str {
        match self {
            Stat::State => "state",
            Stat::Tube => "tube",
            Stat::Priority => "priority",
            Stat::TimeToRun => "ttr",
            Stat::Delay => "delay",
            Stat::Reserves => "reserves",
            Stat::Timeouts => "timeouts",
            Stat::Releases => "releases",
            Stat::Buries => "buries",
            Stat::Kicks => "kicks",
            Stat::Ready => "ready",
            Stat::Urgent => "urgent",
            Stat::Reserved => "reserved",
            Stat::Delayed => "delayed",
            Stat::Buried => "buried",
            Stat::Total => "total",
        }
    }
}

impl OperationKind {
    /// One that takes nothing, changes nothing and tells nothing.
    pub(crate) const PLAIN: OperationKind = OperationKind {
        word: "",
        takes: &[],
        changes: false,
        of_all: false,
        reads: false,
        tells_version: false,
        tells_job: false,
        leaves: false,
        stats: &[],
        outcomes: &[Outcome::Ok],
        must_tell: &[],
        doc: "",
    };

    pub fn takes(&self, part: Takes) -> bool {
        self.takes.contains(&part)
    }

    /// It may name a version.
    pub fn names_version(&self) -> bool {
        self.takes(Takes::Version) || self.takes(Takes::Steps)
    }
}

pub static MODELS: &[ModelKind] = &[
    ModelKind {
        word: "map",
        doc: "Keys with values. Where an operation of the walk names a version, each write gives its key one that the key never had, which stays until the next.",
        operations: map::OPERATIONS,
        make: |setup| Box::new(Beliefs::new(Map::new(setup.versions), setup)),
    },
    ModelKind {
        word: "set",
        doc: "Keys that are members or not.",
        operations: set::OPERATIONS,
        make: |setup| Box::new(Beliefs::new(Set::default(), setup)),
    },
    ModelKind {
        word: "queue",
        doc: "Jobs in tubes, each ready, reserved by a worker, delayed or buried. The number of a job is what the answer to its `put` tells. Each worker has a connection of its own; in a walk with `workers` there are several.",
        operations: queue::OPERATIONS,
        make: |setup| Box::new(Beliefs::new(Queue::default(), setup)),
    },
];

pub fn model(word: &str) -> Option<&'static ModelKind> {
    MODELS.iter().find(|model| model.word == word)
}
