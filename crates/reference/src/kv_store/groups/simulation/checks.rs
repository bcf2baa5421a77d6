//! What holds after every entry of every log.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::super::super::map::{Entry, Map};
use super::super::super::record::{Operation, Record};
use super::super::super::transactions::TxnStep;
use super::super::holding::Hold;
use super::super::slots::Slot;
use super::super::step::Step;
use super::super::{GroupId, Whereabouts};
use super::{Bug, Group};

#[derive(Default)]
pub(super) struct Checks {
    /// What each key has, wherever it is.
    truth: BTreeMap<Arc<str>, Entry>,
    /// Every version that a key ever had.
    versions: HashMap<Arc<str>, BTreeSet<u64>>,
    /// What the keys that the entry may change had before it.
    before: BTreeMap<Arc<str>, Option<Entry>>,
    pub(super) seen: Seen,
}

/// How much there was to check.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) changes: usize,
    pub(super) arrivals: usize,
    pub(super) reads: usize,
    pub(super) commits: usize,
    pub(super) aborts: usize,
}

impl Seen {
    pub(super) fn add(&mut self, other: Seen) {
        self.changes += other.changes;
        self.arrivals += other.arrivals;
        self.reads += other.reads;
        self.commits += other.commits;
        self.aborts += other.aborts;
    }
}

impl Checks {
    pub(super) fn before(&mut self, state: &Map, record: &Record) {
        let keys: BTreeSet<Arc<str>> = match &record.command.operation {
            Operation::Put { key, .. } | Operation::Delete { key } => [key.clone()].into(),
            Operation::Transaction(TxnStep::Run { ops }) => ops.iter().map(|op| op.key().clone()).collect(),
            Operation::Transaction(TxnStep::Decide { txn, .. } | TxnStep::Finish { txn, .. }) => {
                state.transactions.keys(txn)
            }
            _ => BTreeSet::new(),
        };
        self.before = keys.into_iter().map(|key| (key.clone(), state.get(&key).cloned())).collect();
    }

    /// Who changes a key had the newest value before; who gets a slot has all of it; and a slot has one owner.
    pub(super) fn after(&mut self, groups: &BTreeMap<GroupId, Group>, id: &GroupId, record: &Record) {
        let state = &groups[id].state;
        for (key, before) in std::mem::take(&mut self.before) {
            let after = state.get(&key);
            if before.as_ref() == after {
                continue;
            }
            self.seen.changes += 1;
            assert_eq!(self.truth.get(&key), before.as_ref(), "{id} changes what is not the newest of {key}");
            match after {
                Some(entry) => {
                    let versions = self.versions.entry(key.clone()).or_default();
                    assert!(versions.insert(entry.version), "{id} gives {key} version {} again", entry.version);
                    self.truth.insert(key, entry.clone());
                }
                None => {
                    self.truth.remove(&key);
                }
            }
        }
        match &record.command.operation {
            Operation::Transaction(TxnStep::Decide { txn, .. }) => match state.transactions.is_committed(txn) {
                true => self.seen.commits += 1,
                false => self.seen.aborts += 1,
            },
            Operation::Step(step) => {
                for slot in Slot::all() {
                    let here = |group: &&Group| matches!(hold(&group.state, slot), Some(Hold::Here { .. }));
                    let owners = groups.values().filter(here).count();
                    assert!(owners <= 1, "slot {slot} has {owners} owners after {step:?}");
                }
                if let Step::Install { slot, number, .. } = step
                    && hold(state, *slot) == Some(&Hold::Here { since: *number })
                {
                    self.seen.arrivals += 1;
                    self.holds(id, state, *slot);
                }
            }
            _ => {}
        }
    }

    /// The group has all of the slot, and nothing that is old.
    fn holds(&self, id: &GroupId, state: &Map, slot: Slot) {
        let of_slot = |key: &&Arc<str>| Slot::of(key) == slot;
        let held: BTreeSet<&Arc<str>> = state.iter().map(|(key, _)| key).filter(of_slot).collect();
        for key in self.truth.keys().filter(of_slot).chain(held) {
            assert_eq!(state.get(key), self.truth.get(key), "{key} has not come to {id} as it was");
        }
    }

    /// A read at this moment.
    pub(super) fn read(&mut self, id: &GroupId, state: &Map, key: &str) {
        self.seen.reads += 1;
        assert_eq!(state.get(key), self.truth.get(key), "{id} answers an old value of {key}");
    }

    /// Everything is where it is to be, and nothing is under way.
    pub(super) fn assert_settled(&self, groups: &BTreeMap<GroupId, Group>) {
        let keeper = &groups[&GroupId::from("g1")].state;
        let plan = keeper.shards.as_ref().expect("there are groups").plan();
        assert!(plan.is_settled(), "{:?} are left", plan.moves().collect::<Vec<_>>());
        for (id, group) in groups {
            assert!(group.state.transactions.is_empty(), "{id} still has {:?}", group.state.transactions);
        }
        for slot in Slot::all() {
            let owner = &plan.site(slot).owner;
            assert!(plan.members(owner).is_some(), "{slot} stays at {owner}, which has left");
            assert!(matches!(hold(&groups[owner].state, slot), Some(Hold::Here { .. })), "{slot} is not at {owner}");
            self.holds(owner, &groups[owner].state, slot);
        }
        for key in self.truth.keys() {
            let found = groups.values().filter(|one| one.state.whereabouts(key, Bug::None) == Whereabouts::Here);
            assert_eq!(found.count(), 1, "{key}");
        }
        let kept: usize = groups.values().map(|group| group.state.len()).sum();
        assert_eq!(kept, self.truth.len(), "a group keeps what it has handed over");
    }
}

fn hold(state: &Map, slot: Slot) -> Option<&Hold> {
    state.shards.as_ref().map(|shards| shards.hold(slot))
}
