//! A group's part in transactions: a state machine, changed by its log alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::bug::Bug;
use super::super::groups::{GroupId, Slot, Whereabouts};
use super::super::map::{Entry, Map, Outcome};
use super::super::record::RequestId;
use super::TxnId;
use super::ops::{self, CheckFailed, Effects, Op, Results, Seen};
use super::step::{Decision, TxnStep};

/// What a transaction holds of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Lock {
    /// It has read the key: nobody may write it.
    Shared,
    /// It is going to write the key: nobody may read or write it.
    Exclusive,
}

/// A part that may still be committed or aborted. It is the lock on its keys, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Prepared {
    /// The entry that prepared it.
    pub(super) place: u64,
    pub(super) coordinator: GroupId,
    /// Of its first key.
    slot: Slot,
    results: Results,
    reads: BTreeSet<Arc<str>>,
    writes: BTreeMap<Arc<str>, Seen>,
}

/// A transaction that is committed, and that not all may have heard of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Committed {
    /// The slot of its first key, which stays until all have heard.
    slot: Slot,
    pub(super) places: BTreeMap<GroupId, u64>,
}

/// The transactions that a group has a part in, and that are not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Transactions {
    pub(super) prepared: BTreeMap<TxnId, Prepared>,
    /// Only the coordinator's.
    pub(super) committed: BTreeMap<TxnId, Committed>,
}

impl Transactions {
    pub(in super::super) fn is_empty(&self) -> bool {
        self.prepared.is_empty() && self.committed.is_empty()
    }

    /// The strongest lock on a key.
    pub(in super::super) fn lock(&self, key: &str) -> Option<Lock> {
        let mut lock = None;
        for part in self.prepared.values() {
            if part.writes.contains_key(key) {
                return Some(Lock::Exclusive);
            }
            if part.reads.contains(key) {
                lock = Some(Lock::Shared);
            }
        }
        lock
    }

    /// What a transaction may yet write to a key: only for `dirty-reads`.
    pub(in super::super) fn dirty(&self, key: &str) -> Option<Entry> {
        let seen = self.prepared.values().find_map(|part| part.writes.get(key))?;
        let value = Bytes::copy_from_slice(seen.value.as_ref()?.as_bytes());
        Some(Entry { value, version: seen.version? })
    }

    /// Only for `prepared-not-in-snapshot`.
    pub(in super::super) fn forget_prepared(&mut self) {
        self.prepared.clear();
    }

    /// Only for `decisions-not-in-snapshot`.
    pub(in super::super) fn forget_committed(&mut self) {
        self.committed.clear();
    }

    /// The keys that a part is going to write.
    #[cfg(test)]
    pub(in super::super) fn keys(&self, txn: &str) -> BTreeSet<Arc<str>> {
        self.prepared.get(txn).into_iter().flat_map(|part| part.writes.keys().cloned()).collect()
    }

    #[cfg(test)]
    pub(in super::super) fn is_committed(&self, txn: &str) -> bool {
        self.committed.contains_key(txn)
    }

    /// Whether anything of this slot is still needed here.
    pub(in super::super) fn need(&self, slot: Slot) -> bool {
        let of_slot = |key: &Arc<str>| Slot::of(key) == slot;
        self.prepared.values().any(|part| part.reads.iter().chain(part.writes.keys()).any(of_slot))
            || self.committed.values().any(|committed| committed.slot == slot)
    }
}

impl Map {
    /// Takes one step, which is entry `index` of the log.
    pub(in super::super) fn transact(
        &mut self,
        step: &TxnStep,
        id: Option<&RequestId>,
        index: u64,
        bug: Bug,
    ) -> Outcome {
        match step {
            TxnStep::Run { ops } => self.run(ops, id, index, bug),
            TxnStep::Prepare { txn, coordinator, ops } => self.prepare(txn, coordinator, ops, id, index, bug),
            TxnStep::Decide { txn, decision } => self.decide(txn, decision, id, bug),
            TxnStep::Finish { txn, place, commit } => {
                let taken = |part: &Prepared| part.place == *place;
                if self.transactions.prepared.get(txn).is_some_and(taken) {
                    self.finish(txn, *commit);
                }
                Outcome::Done
            }
            TxnStep::Forget { txns } => {
                txns.iter().for_each(|txn| {
                    self.transactions.committed.remove(txn);
                });
                Outcome::Done
            }
        }
    }

    /// What the operations would do now, or why they cannot.
    fn try_out(&mut self, ops: &[Op], id: Option<&RequestId>, index: u64, bug: Bug) -> Result<Effects, Outcome> {
        if ops.iter().any(|op| self.whereabouts(op.key(), bug) != Whereabouts::Here) {
            return Err(Outcome::NotHere);
        }
        if let Some(kept) = id.and_then(|id| self.answers.get(&id.id)) {
            return Err(kept);
        }
        let (written, read) = ops::keys(ops);
        let locked = written.iter().any(|key| self.transactions.lock(key).is_some())
            || read.iter().any(|key| self.transactions.lock(key) == Some(Lock::Exclusive));
        if locked {
            return Err(Outcome::Locked);
        }
        let version = |key: &str| self.shards.as_ref().map_or(index, |shards| shards.version(key, index, bug));
        match ops::run(ops, |key| self.get(key), version, bug) {
            Ok(effects) => Ok(effects),
            Err(CheckFailed(stays)) => {
                self.write_all(stays);
                Err(Outcome::ConditionFailed)
            }
        }
    }

    fn run(&mut self, ops: &[Op], id: Option<&RequestId>, index: u64, bug: Bug) -> Outcome {
        let outcome = match self.try_out(ops, id, index, bug) {
            Ok(Effects { results, writes }) => {
                self.write_all(writes);
                Outcome::Results(results)
            }
            Err(outcome @ (Outcome::NotHere | Outcome::Locked)) => return outcome,
            Err(outcome) => outcome,
        };
        self.keep(id, &outcome, ops);
        outcome
    }

    fn prepare(
        &mut self,
        txn: &TxnId,
        coordinator: &GroupId,
        ops: &[Op],
        id: Option<&RequestId>,
        index: u64,
        bug: Bug,
    ) -> Outcome {
        if let Some(Prepared { place, results, .. }) = self.transactions.prepared.get(txn) {
            return Outcome::Prepared(*place, results.clone());
        }
        match self.try_out(ops, id, index, bug) {
            Ok(Effects { results, writes }) => {
                let (_, mut reads) = ops::keys(ops);
                if bug == Bug::ReadsNotLocked {
                    reads.clear();
                }
                let Some(slot) = ops.first().map(|op| Slot::of(op.key())) else { return Outcome::NotHere };
                let part = Prepared {
                    place: index,
                    coordinator: coordinator.clone(),
                    slot,
                    results: results.clone(),
                    reads,
                    writes,
                };
                self.transactions.prepared.insert(txn.clone(), part);
                Outcome::Prepared(index, results)
            }
            Err(outcome) => {
                if outcome == Outcome::ConditionFailed {
                    self.keep(id, &outcome, ops);
                }
                outcome
            }
        }
    }

    /// Keeps the answer to a request that has none yet.
    fn keep(&mut self, id: Option<&RequestId>, outcome: &Outcome, ops: &[Op]) {
        if let (Some(id), Some(first)) = (id, ops.first())
            && self.answers.get(&id.id).is_none()
        {
            self.answers.keep(id, outcome.clone(), Slot::of(first.key()));
        }
    }

    /// The first decision counts, and only while the coordinator's own part is prepared.
    fn decide(&mut self, txn: &TxnId, decision: &Decision, id: Option<&RequestId>, bug: Bug) -> Outcome {
        let Some(part) = self.transactions.prepared.get(txn) else {
            return Outcome::Decided(self.transactions.committed.contains_key(txn));
        };
        let (slot, known) = (part.slot, id.is_some_and(|id| self.answers.get(&id.id).is_some()));
        // A repeat of the request has come first: this one must not happen, too.
        let commit = matches!(decision, Decision::Commit { .. }) && !known;
        self.finish(txn, commit);
        match decision {
            Decision::Commit { places, results } if commit => {
                if bug != Bug::DecisionForgotten {
                    let committed = Committed { slot, places: places.clone() };
                    self.transactions.committed.insert(txn.clone(), committed);
                }
                if let (Some(id), Some(results)) = (id, results) {
                    self.answers.keep(id, Outcome::Results(results.clone()), slot);
                }
            }
            Decision::Abort { check_failed: true } if !known => {
                if let Some(id) = id {
                    self.answers.keep(id, Outcome::ConditionFailed, slot);
                }
            }
            _ => {}
        }
        Outcome::Decided(commit)
    }

    fn finish(&mut self, txn: &TxnId, commit: bool) {
        if let Some(part) = self.transactions.prepared.remove(txn)
            && commit
        {
            self.write_all(part.writes);
        }
    }

    fn write_all(&mut self, writes: BTreeMap<Arc<str>, Seen>) {
        for (key, seen) in writes {
            match (seen.value, seen.version) {
                (Some(value), Some(version)) => {
                    let value = Bytes::copy_from_slice(value.as_bytes());
                    self.put(key, Entry { value, version });
                }
                _ => self.remove(&key),
            }
        }
    }
}
