//! Several things done as one.

use std::collections::BTreeMap;

use super::super::operation::{Asked, Key, Outcome, Right, Text, Token};
use super::super::transaction::{Doing, Part, RightSeen, is_written_later};
use super::{Entry, Map};

impl Map {
    /// Whether all checks hold. None follows a write of its key, so they see what was there before.
    fn checks_hold(&self, parts: &[Part<Text>]) -> bool {
        parts.iter().all(|part| match part.doing {
            Doing::Check => self.is_met(part.key, part.version.as_ref()),
            Doing::Absent => !self.entries.contains_key(&part.key),
            Doing::Get | Doing::Put | Doing::Append | Doing::Delete => true,
        })
    }

    pub(super) fn transact(mut self, asked: &Asked) -> (Right, Self) {
        if !self.checks_hold(&asked.parts) {
            return (Right::of(Outcome::Unmet), self);
        }
        let mut results = Vec::new();
        // Where the version that a key has now was told first, if it has not been seen before.
        let mut told: BTreeMap<Key, usize> = BTreeMap::new();
        for (place, part) in asked.parts.iter().enumerate() {
            if part.doing.writes() {
                self.write_part(part, asked.name());
                told.remove(&part.key);
            }
            let in_between = is_written_later(&asked.parts, place)
                && asked.parts[..=place].iter().any(|one| one.key == part.key && one.doing.writes());
            results.push(self.seen(part.key, place, in_between, &mut told));
        }
        (Right { results, ..Right::of(Outcome::Ok) }, self)
    }

    fn write_part(&mut self, part: &Part<Text>, by: usize) {
        let added = part.value.as_deref().unwrap_or_default();
        let value: Text = match (part.doing, self.entries.get(&part.key)) {
            (Doing::Delete, _) => {
                self.entries.remove(&part.key);
                return;
            }
            (Doing::Append, Some(entry)) => format!("{}{added}", entry.value).into(),
            _ => added.into(),
        };
        self.entries.insert(part.key, Entry { value, version: None, by });
    }

    /// What is told of a key now. Versions of states in between are not looked at.
    fn seen(&self, key: Key, place: usize, in_between: bool, told: &mut BTreeMap<Key, usize>) -> RightSeen {
        let entry = self.entries.get(&key);
        let value = entry.map(|entry| entry.value.clone());
        let version = match (entry, entry.and_then(|entry| entry.version.as_ref())) {
            _ if in_between || !self.versions => Token::Any,
            (None, _) => Token::Nothing,
            (_, Some(version)) => Token::Is(version.clone()),
            (Some(_), None) => match told.get(&key) {
                Some(first) => Token::As(*first),
                None => {
                    told.insert(key, place);
                    self.new_version(key)
                }
            },
        };
        RightSeen { value, version }
    }
}
