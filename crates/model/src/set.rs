//! A set of keys.

use std::collections::BTreeSet;

use super::beliefs::Machine;
use super::kind::{OperationKind, Takes};
use super::operation::{Asked, Holding, Key, Outcome, Right, Subject, Text};

pub(crate) const OPERATIONS: &[OperationKind] = &[
    OperationKind {
        word: "add",
        takes: &[Takes::Key],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Present],
        doc: "Makes a key a member.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "remove",
        takes: &[Takes::Key],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        doc: "Makes a key no member.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "contains",
        takes: &[Takes::Key],
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: &[Outcome::Absent],
        doc: "Asks whether a key is a member.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "count",
        of_all: true,
        reads: true,
        doc: "Asks how many members there are.",
        ..OperationKind::PLAIN
    },
    OperationKind { word: "clear", of_all: true, changes: true, doc: "Removes all members.", ..OperationKind::PLAIN },
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

    fn holds(&self, subject: &Subject) -> Option<Holding> {
        let Subject::Key(key) = subject else { return None };
        Some(if self.0.contains(key) { Holding::Member } else { Holding::Nothing })
    }
}
