//! The models there are, and the operations of each, in one table: for whoever reads packs, and for their pages.

use super::beliefs::{Beliefs, Model, Setup};
use super::map::{self, Map};
use super::operation::Outcome;
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
    /// Its answer holds what was read.
    pub reads: bool,
    /// Its answer holds the key's version, where versions are looked at.
    pub tells_version: bool,
    /// How it may end. One that a pack has no answer of its own for is answered like [`Outcome::Ok`].
    pub outcomes: &'static [Outcome],
    /// The one of these that a pack must have an answer for, beside [`Outcome::Ok`].
    pub must_tell: Option<Outcome>,
    pub doc: &'static str,
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Key,
    Value,
    Version,
}

impl Takes {
    /// As the texts of a pack name it.
    pub fn word(self) -> &'static str {
        match self {
            Takes::Key => "key",
            Takes::Value => "value",
            Takes::Version => "version",
        }
    }
}

impl OperationKind {
    pub fn takes(&self, part: Takes) -> bool {
        self.takes.contains(&part)
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
];

pub fn model(word: &str) -> Option<&'static ModelKind> {
    MODELS.iter().find(|model| model.word == word)
}
