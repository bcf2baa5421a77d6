//! The state machine: what the values are after the records so far, and what was answered. It knows nothing of files or
//! requests.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::answers::Answers;
use super::bug::Bug;
use super::groups::{Changed, Shards, Slot, Whereabouts};
use super::record::{Command, Condition, Operation, Record};
use super::transactions::{Results, Transactions};

/// Keys and values. A clone is cheap: it shares the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    entries: HashMap<Arc<str>, Entry>,
    size: usize,
    /// What was answered to requests with an id.
    pub(super) answers: Answers,
    /// What of all keys is here; `None` where that is all of them.
    pub(super) shards: Option<Shards>,
    /// Those that are not over.
    pub(super) transactions: Transactions,
    /// Only for bugs in the counting of versions.
    pub(super) counted: u64,
}

/// What a key has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) value: Bytes,
    /// The number of the record that wrote it. No record has that number again, so no value has this version.
    pub(super) version: u64,
}

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Done: the key has a value of this version.
    Stored(u64),
    /// The condition did not hold, and nothing happened.
    ConditionFailed,
    /// Another group has the key, and nothing happened.
    NotHere,
    /// A transaction holds the key, and nothing happened.
    Locked,
    /// All operations of a transaction are done.
    Results(Results),
    /// They will be done, if the coordinator decides so, as of this entry.
    Prepared(u64, Results),
    /// Whether a transaction is committed.
    Decided(bool),
    /// What became of a change of the groups.
    Planned(Changed),
    /// Nothing happened: this part of a slot must come first.
    Wanted(u64),
}

impl Map {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Where the key is: here, where there are no groups.
    pub(super) fn whereabouts(&self, key: &str, bug: Bug) -> Whereabouts {
        self.shards.as_ref().map_or(Whereabouts::Here, |shards| shards.whereabouts(key, bug))
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of all keys and values.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.entries.iter()
    }

    /// Makes the change, unless its condition does not hold or it was made before, and says what came of it. The same
    /// records in the same order always give the same map and the same outcomes.
    pub(super) fn apply(&mut self, record: &Record, bug: Bug) -> Outcome {
        let Command { operation, condition, id } = &record.command;
        if let Operation::Step(step) = operation {
            return self.step(step, bug);
        }
        if let Operation::Transaction(step) = operation {
            return self.transact(step, id.as_ref(), record.index, bug);
        }
        if let Some(key) = operation.key()
            && self.whereabouts(key, bug) != Whereabouts::Here
            && !matches!(bug, Bug::WritesTakenAnywhere | Bug::OwnerCheckedOnArrival)
        {
            return Outcome::NotHere;
        }
        // Checked before the condition, which the command's first run may itself have made false.
        let kept = id.as_ref().and_then(|id| self.answers.get(&id.id));
        if let Some(outcome) = kept.and_then(|outcome| self.repeated(&record.command, outcome, bug)) {
            return outcome;
        }
        if operation.key().is_some_and(|key| self.transactions.lock(key).is_some()) && bug != Bug::WritesPassLocks {
            return Outcome::Locked;
        }
        let outcome = match self.holds(operation, *condition, bug) {
            true => self.change(operation, record.index, bug),
            false => self.refuse(operation, record.index, bug),
        };
        if let Some(id) = id
            && !(bug == Bug::Forgets412 && outcome == Outcome::ConditionFailed)
        {
            self.answers.keep(id, outcome.clone(), Slot::of(operation.key().unwrap_or_default()));
        }
        if bug == Bug::KeepsFewIds {
            self.answers.forget_all_but(1000);
        }
        outcome
    }

    /// What a repeat of a command gets: the outcome of the first. `None`, as if it were the first, only with a bug.
    fn repeated(&self, command: &Command, outcome: Outcome, bug: Bug) -> Option<Outcome> {
        let Command { operation, condition, .. } = command;
        match (bug, &outcome) {
            (Bug::IdCheckedOnArrival, _) => None,
            (Bug::ConditionBeforeId, _) if !self.holds(operation, *condition, bug) => Some(Outcome::ConditionFailed),
            (Bug::RepeatOf412Is200, Outcome::ConditionFailed) => Some(Outcome::Done),
            (Bug::RepeatGetsNewEtag, Outcome::Stored(version)) => {
                let entry = operation.key().and_then(|key| self.get(key));
                Some(Outcome::Stored(entry.map_or(*version, |entry| entry.version)))
            }
            _ => Some(outcome),
        }
    }

    fn holds(&self, operation: &Operation, condition: Condition, bug: Bug) -> bool {
        let entry = operation.key().and_then(|key| self.get(key));
        match condition {
            Condition::None => true,
            Condition::Version(version) => match entry {
                Some(entry) => entry.version == version || bug == Bug::IfMatchAny,
                None => bug == Bug::IfMatchCreates,
            },
            Condition::Missing => entry.is_none(),
        }
    }

    fn refuse(&mut self, operation: &Operation, index: u64, bug: Bug) -> Outcome {
        match bug {
            Bug::RefusedButWritten => {
                self.change(operation, index, bug);
            }
            Bug::RefusedWriteChangesEtag => {
                if let Some(entry) = operation.key().and_then(|key| self.entries.get_mut(key)) {
                    entry.version = index;
                }
            }
            _ => {}
        }
        Outcome::ConditionFailed
    }

    fn change(&mut self, operation: &Operation, index: u64, bug: Bug) -> Outcome {
        let index = match (&self.shards, operation.key()) {
            (Some(shards), Some(key)) => shards.version(key, index, bug),
            _ => index,
        };
        match operation {
            Operation::Put { key, value } => {
                let version = self.version(key, value, index, bug);
                let full = bug == Bug::HundredKeys && self.len() >= 100;
                let ignored = match self.entries.contains_key(key) {
                    true => bug == Bug::SecondPutIgnored,
                    false => full,
                };
                if !ignored {
                    self.put(key.clone(), Entry { value: value.clone(), version });
                }
                return Outcome::Stored(version);
            }
            Operation::Delete { key } if bug == Bug::DeletedKeyEmpty => {
                self.put(key.clone(), Entry { value: Bytes::new(), version: index });
            }
            Operation::Delete { key } => self.remove(key),
            Operation::Clear if bug == Bug::ClearSkipsSome => {
                // In order, so that it skips the same keys each time.
                let mut keys: Vec<_> = self.entries.keys().cloned().collect();
                keys.sort();
                keys.iter().step_by(2).for_each(|key| self.remove(key));
            }
            Operation::Clear => {
                self.entries.clear();
                if bug != Bug::ClearedBytesCounted {
                    self.size = 0;
                }
                match bug {
                    Bug::ClearResetsEtags => self.counted = 0,
                    Bug::ClearForgetsIds => self.answers = Answers::default(),
                    _ => {}
                }
            }
            Operation::Nothing | Operation::Members(_) | Operation::Step(_) | Operation::Transaction(_) => {}
        }
        Outcome::Done
    }

    pub(super) fn put(&mut self, key: Arc<str>, entry: Entry) {
        let key_size = key.len();
        self.size += key_size + entry.value.len();
        if let Some(old) = self.entries.insert(key, entry) {
            self.size -= key_size + old.value.len();
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        if let Some(old) = self.entries.remove(key) {
            self.size -= key.len() + old.value.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::RequestId;
    use super::*;

    fn put(key: &str, value: &'static str) -> Command {
        Operation::Put { key: key.into(), value: Bytes::from_static(value.as_bytes()) }.into()
    }

    fn delete(key: &str) -> Command {
        Operation::Delete { key: key.into() }.into()
    }

    fn on(condition: Condition, command: Command) -> Command {
        Command { condition, ..command }
    }

    fn named(id: &str, command: Command) -> Command {
        Command { id: Some(RequestId { id: id.into(), at: 0 }), ..command }
    }

    /// Applies the commands as records from 1 on.
    fn apply(commands: impl IntoIterator<Item = Command>) -> (Map, Vec<Outcome>) {
        let mut map = Map::default();
        let apply = |(at, command)| map.apply(&Record { index: at as u64 + 1, term: 0, command }, Bug::None);
        let outcomes = commands.into_iter().enumerate().map(apply).collect();
        (map, outcomes)
    }

    fn value<'a>(map: &'a Map, key: &str) -> Option<(&'a [u8], u64)> {
        map.get(key).map(|entry| (&entry.value[..], entry.version))
    }

    #[test]
    fn operations_do_what_they_say_and_the_size_follows() {
        let (map, outcomes) = apply([put("a", "1"), put("bb", "22"), put("a", "333")]);
        assert_eq!(outcomes, [Outcome::Stored(1), Outcome::Stored(2), Outcome::Stored(3)]);
        assert_eq!(value(&map, "a"), Some((&b"333"[..], 3)));
        assert_eq!((map.len(), map.size()), (2, 8));
        let (map, _) = apply([put("a", "1"), put("bb", "22"), delete("a"), delete("never")]);
        assert_eq!(value(&map, "a"), None);
        assert_eq!((map.len(), map.size()), (1, 4));
        let (map, outcomes) = apply([put("a", "1"), put("bb", "22"), Operation::Clear.into()]);
        assert_eq!((map, outcomes[2].clone()), (Map::default(), Outcome::Done));
    }

    #[test]
    fn a_condition_that_does_not_hold_changes_nothing() {
        let (map, outcomes) = apply([
            on(Condition::Version(0), put("a", "if it is there")),
            on(Condition::Missing, put("a", "first")),
            on(Condition::Missing, put("a", "again")),
            on(Condition::Version(2), put("a", "second")),
            on(Condition::Version(2), put("a", "too late")),
            on(Condition::Version(2), delete("a")),
            on(Condition::Version(1), delete("missing")),
        ]);
        let failed = || Outcome::ConditionFailed;
        assert_eq!(
            outcomes,
            [failed(), Outcome::Stored(2), failed(), Outcome::Stored(4), failed(), failed(), failed()]
        );
        assert_eq!(value(&map, "a"), Some((&b"second"[..], 4)));
        let (map, outcomes) = apply([put("a", "1"), on(Condition::Version(1), delete("a"))]);
        assert_eq!((map.len(), outcomes[1].clone()), (0, Outcome::Done));
    }

    #[test]
    fn a_command_with_an_id_happens_once_and_its_outcome_stays() {
        let (map, outcomes) = apply([
            named("1", on(Condition::Missing, put("a", "first"))),
            named("2", on(Condition::Missing, put("a", "second"))),
            named("3", delete("a")),
            put("a", "third"),
            named("1", on(Condition::Missing, put("a", "first"))),
            named("3", delete("a")),
            Operation::Clear.into(),
            named("2", on(Condition::Missing, put("a", "second"))),
        ]);
        let failed = || Outcome::ConditionFailed;
        assert_eq!(outcomes[..4], [Outcome::Stored(1), failed(), Outcome::Done, Outcome::Stored(4)]);
        assert_eq!(outcomes[4..], [Outcome::Stored(1), Outcome::Done, Outcome::Done, failed()]);
        assert_eq!(map.len(), 0);
    }
}
