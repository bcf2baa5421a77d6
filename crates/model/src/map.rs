//! A map of keys to values, with a version for each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::beliefs::Machine;
use super::kind::{OperationKind, Takes};
use super::operation::{Answer, Asked, Holding, Key, Outcome, Right, Subject, Text, Token};

pub(crate) const OPERATIONS: &[OperationKind] = &[
    OperationKind {
        word: "get",
        takes: &[Takes::Key],
        reads: true,
        tells_version: true,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        must_tell: &[Outcome::Absent],
        doc: "Reads a key.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "put",
        takes: &[Takes::Key, Takes::Value],
        changes: true,
        tells_version: true,
        doc: "Sets a key.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "delete",
        takes: &[Takes::Key],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Absent],
        doc: "Removes a key.",
        ..OperationKind::PLAIN
    },
    OperationKind { word: "clear", of_all: true, changes: true, doc: "Removes all keys.", ..OperationKind::PLAIN },
    OperationKind {
        word: "put_if_absent",
        takes: &[Takes::Key, Takes::Value],
        changes: true,
        tells_version: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Sets a key that is not there.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "put_if_version",
        takes: &[Takes::Key, Takes::Value, Takes::Version],
        changes: true,
        tells_version: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Sets a key that has this version.",
        ..OperationKind::PLAIN
    },
    OperationKind {
        word: "delete_if_version",
        takes: &[Takes::Key, Takes::Version],
        changes: true,
        outcomes: &[Outcome::Ok, Outcome::Unmet],
        must_tell: &[Outcome::Unmet],
        doc: "Removes a key that has this version.",
        ..OperationKind::PLAIN
    },
];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Map {
    /// Versions are looked at.
    versions: bool,
    entries: BTreeMap<Key, Entry>,
    /// The versions that each key was seen to have.
    had: BTreeMap<Key, Arc<BTreeSet<Text>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    value: Text,
    /// None until an answer told it.
    version: Option<Text>,
}

impl Map {
    pub(crate) fn new(versions: bool) -> Self {
        Self { versions, entries: BTreeMap::new(), had: BTreeMap::new() }
    }

    fn new_version(&self, key: Key) -> Token {
        if self.versions { Token::New(self.had.get(&key).cloned().unwrap_or_default()) } else { Token::Any }
    }

    fn get(&self, key: Key) -> Right {
        let Some(entry) = self.entries.get(&key) else { return Right::of(Outcome::Absent) };
        let version = match &entry.version {
            Some(version) if self.versions => Token::Is(version.clone()),
            _ => self.new_version(key),
        };
        Right { value: Some(entry.value.clone()), version, ..Right::of(Outcome::Ok) }
    }

    fn put(mut self, key: Key, asked: &Asked) -> (Right, Self) {
        let right = Right { version: self.new_version(key), ..Right::of(Outcome::Ok) };
        let value = asked.value.clone().unwrap_or_default();
        self.entries.insert(key, Entry { value, version: None });
        (right, self)
    }

    fn delete(mut self, key: Key) -> (Right, Self) {
        let was = self.entries.remove(&key);
        (Right::of(if was.is_some() { Outcome::Ok } else { Outcome::Absent }), self)
    }

    /// The key has the version that was named. One that nobody has seen yet is not it.
    fn is_met(&self, key: Key, asked: &Asked) -> bool {
        let version = self.entries.get(&key).and_then(|entry| entry.version.as_ref());
        version.is_some() && version == asked.version.as_ref()
    }
}

impl Machine for Map {
    fn outcomes(&self, asked: &Asked) -> Vec<(Right, Self)> {
        let (map, key) = (self.clone(), asked.key.unwrap_or_default());
        let unmet = || (Right::of(Outcome::Unmet), self.clone());
        let one = match asked.word {
            "get" => (self.get(key), map),
            "put" => map.put(key, asked),
            "delete" => map.delete(key),
            "clear" => (Right::of(Outcome::Ok), Map { entries: BTreeMap::new(), ..map }),
            "put_if_absent" if !self.entries.contains_key(&key) => map.put(key, asked),
            "put_if_version" if self.is_met(key, asked) => map.put(key, asked),
            "delete_if_version" if self.is_met(key, asked) => map.delete(key),
            _ => unmet(),
        };
        vec![one]
    }

    fn learn(&mut self, asked: &Asked, answer: &Answer, right: &Right) {
        if let (Some(key), Some(version), true) = (asked.key, &answer.version, right.version != Token::Any)
            && let Some(entry) = self.entries.get_mut(&key)
        {
            entry.version = Some(version.clone());
            Arc::make_mut(self.had.entry(key).or_default()).insert(version.clone());
        }
    }

    fn version(&self, key: Key) -> Option<&Text> {
        self.entries.get(&key)?.version.as_ref()
    }

    fn holds(&self, subject: &Subject) -> Option<Holding> {
        let Subject::Key(key) = subject else { return None };
        Some(match self.entries.get(key) {
            Some(entry) => Holding::Value { value: entry.value.clone(), version: entry.version.clone() },
            None => Holding::Nothing,
        })
    }
}
