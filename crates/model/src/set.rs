//! A set of keys.

use std::collections::BTreeSet;

use super::beliefs::Machine;
use super::kind::{OperationKind, Takes};
use super::operation::{Asked, Holding, Key, Outcome, Right, Text};

pub(crate) const OPERATIONS: &[OperationKind] = &[
    OperationKind {
        word: "add",
        takes: &[Takes::Key],
        changes: true,
        reads: false,
        tells_version: false,
        outcomes: &[Outcome::Ok, Outcome::Present],
        must_tell: None,
        doc: "Makes a key a member.",
    },
    OperationKind {
        word: "remove",
        takes: &[Takes::Key],
        changes: true,
        reads: false,
        tells_version: false,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: None,
        doc: "Makes a key no member.",
    },
    OperationKind {
        word: "contains",
        takes: &[Takes::Key],
        changes: false,
        reads: false,
        tells_version: false,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: Some(Outcome::Absent),
        doc: "Asks whether a key is a member.",
    },
    OperationKind {
        word: "count",
        takes: &[],
        changes: false,
        reads: true,
        tells_version: false,
        outcomes: &[Outcome::Ok],
        must_tell: None,
        doc: "Asks how many members there are.",
    },
    OperationKind {
        word: "clear",
        takes: &[],
        changes: true,
        reads: false,
        tells_version: false,
        outcomes: &[Outcome::Ok],
        must_tell: None,
        doc: "Removes all members.",
    },
];

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Set(BTreeSet<Key>);

impl Machine for Set {
    fn outcomes(&self, asked: &Asked) -> Vec<(Right, Self)> {
        let (mut set, key) = (self.clone(), asked.key.unwrap_or_default());
        let outcome = match asked.word {
            "add" if set.0.insert(key) => Outcome::Ok,
            "add" => Outcome::Present,
            "remove" if set.0.remove(&key) => Outcome::Ok,
            "contains" if set.0.contains(&key) => Outcome::Ok,
            "clear" => {
                set.0.clear();
                Outcome::Ok
            }
            "count" => Outcome::Ok,
            _ => Outcome::Absent,
        };
        let value = (asked.word == "count").then(|| Text::from(self.0.len().to_string()));
        vec![(Right { value, ..Right::of(outcome) }, set)]
    }

    fn holds(&self, key: Key) -> Holding {
        if self.0.contains(&key) { Holding::Member } else { Holding::Nothing }
    }
}
