//! A map of keys to values, with a version for each. A request may have a name, under which it happens once.

mod once;
mod table;
mod transact;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::beliefs::Machine;
use super::operation::{Answer, Asked, Holding, Key, Outcome, Right, Subject, Text, Token};
use super::transaction::is_written_later;
use once::Once;

pub(crate) use table::OPERATIONS;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Map {
    /// Versions are looked at.
    versions: bool,
    entries: BTreeMap<Key, Entry>,
    /// The versions that each key was seen to have.
    had: BTreeMap<Key, Arc<BTreeSet<Text>>>,
    once: Once,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    value: Text,
    /// None until an answer told it.
    version: Option<Text>,
    /// The name of the request that wrote it.
    by: usize,
}

impl Map {
    pub(crate) fn new(versions: bool) -> Self {
        Self { versions, entries: BTreeMap::new(), had: BTreeMap::new(), once: Once::default() }
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
        self.entries.insert(key, Entry { value, version: None, by: asked.name() });
        (right, self)
    }

    fn delete(mut self, key: Key) -> (Right, Self) {
        let was = self.entries.remove(&key);
        (Right::of(if was.is_some() { Outcome::Ok } else { Outcome::Absent }), self)
    }

    /// The key has the version that was named. One that nobody has seen yet is not it.
    fn is_met(&self, key: Key, named: Option<&Text>) -> bool {
        let version = self.entries.get(&key).and_then(|entry| entry.version.as_ref());
        version.is_some() && version == named
    }

    fn done(&self, asked: &Asked) -> (Right, Self) {
        let (map, key) = (self.clone(), asked.key.unwrap_or_default());
        match asked.word {
            "get" => (self.get(key), map),
            "put" => map.put(key, asked),
            "delete" => map.delete(key),
            "clear" => (Right::of(Outcome::Ok), Map { entries: BTreeMap::new(), ..map }),
            "put_if_absent" if !self.entries.contains_key(&key) => map.put(key, asked),
            "put_if_version" if self.is_met(key, asked.version.as_ref()) => map.put(key, asked),
            "delete_if_version" if self.is_met(key, asked.version.as_ref()) => map.delete(key),
            "transact" => map.transact(asked),
            _ => (Right::of(Outcome::Unmet), map),
        }
    }

    /// An answer told the version that a key has.
    fn saw(&mut self, key: Key, version: &Text) {
        let Some(entry) = self.entries.get_mut(&key).filter(|entry| entry.version.is_none()) else { return };
        entry.version = Some(version.clone());
        let by = entry.by;
        Arc::make_mut(self.had.entry(key).or_default()).insert(version.clone());
        self.once.saw(by, key, version);
    }

    /// What the answer told of the version that a key has now. Only an open one was not known, and a repeat tells of a
    /// write that another may have followed.
    fn learn_version(&mut self, asked: &Asked, key: Key, right: &Token, told: Option<&Text>) {
        let mine = || self.entries.get(&key).is_some_and(|entry| entry.by == asked.name());
        if let Some(version) = told.filter(|_| right.is_open() && (asked.name() == asked.number || mine())) {
            self.saw(key, version);
        }
    }
}

impl Machine for Map {
    fn outcomes(&self, asked: &Asked) -> Vec<(Right, Self)> {
        if let Some(told) = self.once.told(asked, |key| self.new_version(key)) {
            return vec![(told, self.clone())];
        }
        let (right, mut map) = self.done(asked);
        map.once.decide(asked, &right);
        vec![(right, map)]
    }

    fn learn(&mut self, asked: &Asked, answer: &Answer, right: &Right) {
        self.once.learn(asked, answer);
        if let Some(key) = asked.key {
            self.learn_version(asked, key, &right.version, answer.version.as_ref());
        }
        for (place, (right, seen)) in right.results.iter().zip(&answer.results).enumerate() {
            if !is_written_later(&asked.parts, place) {
                self.learn_version(asked, asked.parts[place].key, &right.version, seen.version.as_ref());
            }
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
