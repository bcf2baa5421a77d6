//! The steps of plans and slots, as the state machine takes them, and what a slot holds.

use std::sync::Arc;

use bytes::Bytes;

use super::super::bug::Bug;
use super::super::map::{Map, Outcome};
use super::super::snapshot::{decode_state, encode_state};
use super::holding::{Arrival, Hold};
use super::slots::Slot;
use super::step::Step;

/// A part of a slot has about this many bytes, or a single value.
const PART: usize = 1 << 20;

impl Map {
    /// Takes one step. Each finds out for itself whether it has been taken before, or comes too late.
    pub(in super::super) fn step(&mut self, step: &Step, bug: Bug) -> Outcome {
        let Some(shards) = &mut self.shards else { return Outcome::NotHere };
        match step {
            Step::Join { .. } | Step::Leave { .. } | Step::Moved { .. } | Step::Settle { .. }
                if !shards.keeps_plan() =>
            {
                return Outcome::NotHere;
            }
            Step::Join { group, members } => return Outcome::Planned(shards.plan.join(group, members, bug)),
            Step::Leave { group } => return Outcome::Planned(shards.plan.leave(group, bug)),
            Step::Moved { slot, number } => shards.plan.moved(*slot, *number),
            Step::Settle { version } => shards.plan.settle(*version),
            Step::Adopt { plan } => shards.adopt(plan, bug),
            Step::Freeze { slot, to, number } => shards.freeze(*slot, to, *number),
            Step::Release { slot, number } => {
                if shards.release(*slot, *number) && bug != Bug::DeletionsNotMoved {
                    self.empty(*slot);
                }
            }
            Step::Install { slot, number, part, last, contents } => {
                return self.install(*slot, *number, [*part, u64::from(*last)], contents, bug);
            }
        }
        Outcome::Done
    }

    fn install(&mut self, slot: Slot, number: u64, [part, last]: [u64; 2], contents: &Bytes, bug: Bug) -> Outcome {
        // Another program sent it.
        let Some(contents) = decode_state(contents) else { return Outcome::NotHere };
        let Some(shards) = &mut self.shards else { return Outcome::NotHere };
        match shards.arrive(slot, number, part, last == 1, bug) {
            Arrival::Known => return Outcome::Done,
            Arrival::Early { wanted } => return Outcome::Wanted(wanted),
            Arrival::Take { first: true } if bug != Bug::DeletionsNotMoved => self.empty(slot),
            Arrival::Take { .. } => {}
        }
        for (key, entry) in contents.iter() {
            let mut entry = entry.clone();
            if bug == Bug::EtagsNotMoved {
                entry.version += number;
            }
            self.put(key.clone(), entry);
        }
        for (request, outcome, slot) in contents.answers.iter().filter(|_| bug != Bug::IdsNotMoved) {
            self.answers.keep(&request, outcome, slot);
        }
        Outcome::Done
    }

    /// Nothing of the slot stays.
    fn empty(&mut self, slot: Slot) {
        let keys: Vec<Arc<str>> = self.keys_of(slot);
        keys.iter().for_each(|key| self.remove(key));
        self.answers.forget(slot);
    }

    fn keys_of(&self, slot: Slot) -> Vec<Arc<str>> {
        self.iter().filter(|(key, _)| Slot::of(key) == slot).map(|(key, _)| key.clone()).collect()
    }

    /// All that a frozen slot holds, in parts; `None` if it is not frozen for this move. The parts are the same whoever
    /// makes them: those of a leader and of the next may be mixed.
    pub(super) fn parts(&self, slot: Slot, number: u64, bug: Bug) -> Option<Vec<Bytes>> {
        let shards = self.shards.as_ref()?;
        let frozen = matches!(shards.hold(slot), Hold::Leaving { number: leaving, .. } if *leaving == number);
        if !frozen && bug != Bug::CopiedBeforeFrozen {
            return None;
        }
        // Who has locks here has had its reads; what it writes must be in it, too.
        if self.transactions.need(slot) {
            return None;
        }
        let mut keys = self.keys_of(slot);
        keys.sort();
        let (mut parts, mut part) = (Vec::new(), Map::default());
        for key in keys {
            let Some(entry) = self.get(&key) else { continue };
            if part.len() > 0 && part.size() + key.len() + entry.value.len() > PART {
                parts.push(std::mem::take(&mut part));
            }
            part.put(key, entry.clone());
        }
        for (request, outcome, of) in self.answers.iter().filter(|(_, _, of)| *of == slot) {
            part.answers.keep(&request, outcome, of);
        }
        parts.push(part);
        let encoded = |part: &Map| {
            let mut bytes = Vec::new();
            encode_state(part, &mut bytes);
            Bytes::from(bytes)
        };
        Some(parts.iter().map(encoded).collect())
    }
}
