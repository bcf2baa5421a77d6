//! What clients did and were told so far. Each client writes to a lane of its own, so none waits for another.
//!
//! An operation is written down at its call: one that is under way when all ends stays in the history, open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use history::{Action, List, Lists, Object, Operation, Outcome, Step, Text};

use super::exchange::{Asked, Told};
use super::latency;
use super::operation::{Held, Meaning};
use super::work::{balance, split};
use crate::facts::Latency;

/// How many operations have ended, by how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub ok: u64,
    /// Certainly not done.
    pub no: u64,
    pub unknown: u64,
}

#[derive(Debug)]
pub(super) struct Recorder {
    began: Instant,
    lanes: Vec<Mutex<Lane>>,
    ok: AtomicU64,
    no: AtomicU64,
    unknown: AtomicU64,
    wrong: Mutex<Option<String>>,
    lists: Mutex<Lists>,
    /// The number of the next client that joins.
    next_client: AtomicU32,
}

#[derive(Debug)]
struct Lane {
    operations: Vec<Operation>,
    /// The nodes that were asked, by the operation's place, where one alone did not do it.
    asked: HashMap<usize, Vec<Asked>>,
    /// Of operations that succeeded.
    latencies: Histogram<u64>,
}

/// What is known of an operation when it is called.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) client: u32,
    pub(super) node: Text,
    pub(super) key: Text,
    pub(super) action: Action,
    /// When it was due; it was sent later than that if the client was late.
    pub(super) due: Instant,
}

impl Recorder {
    /// `clients` are numbered from 0, each with a lane of its number; further lanes are for those who join.
    pub(super) fn new(began: Instant, clients: u32, lanes: u32) -> Self {
        let lane =
            || Mutex::new(Lane { operations: Vec::new(), asked: HashMap::new(), latencies: latency::histogram() });
        Self {
            began,
            lanes: (0..lanes).map(|_| lane()).collect(),
            ok: AtomicU64::new(0),
            no: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            wrong: Mutex::new(None),
            lists: Mutex::default(),
            next_client: AtomicU32::new(clients),
        }
    }

    /// A number for whoever goes on after an operation without a known end.
    pub(super) fn newcomer(&self) -> u32 {
        self.next_client.fetch_add(1, Ordering::Relaxed)
    }

    fn lane(&self, lane: u32) -> MutexGuard<'_, Lane> {
        self.lanes[lane as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down that an operation begins now.
    pub(super) fn call(&self, lane: u32, call: &Call) {
        let operation = Operation {
            client: call.client,
            node: Some(call.node.clone()),
            key: call.key.clone(),
            action: call.action.clone(),
            called: self.began.elapsed(),
            returned: None,
            outcome: Outcome::Unknown,
            note: None,
        };
        self.lane(lane).operations.push(operation);
    }

    /// Writes down how the operation that the lane called last has ended now.
    pub(super) fn returned(&self, lane: u32, call: &Call, node: Text, told: Told) {
        let Told { meaning, note, asked, .. } = told;
        let meaning = &meaning;
        let now = Instant::now();
        let (outcome, counter) = match meaning {
            Meaning::Done(_) => (Outcome::Ok, &self.ok),
            Meaning::No => (Outcome::No, &self.no),
            // What a single key was compared with is in the history; of a transaction only that nothing was done.
            Meaning::Unmet if call.action.object() == Object::Register => (Outcome::Unmet, &self.ok),
            Meaning::Unmet => (Outcome::No, &self.ok),
            Meaning::Open => (Outcome::Unknown, &self.unknown),
        };
        let mut lane = self.lane(lane);
        if matches!(meaning, Meaning::Done(_) | Meaning::Unmet) {
            let took = now.saturating_duration_since(call.due);
            latency::record(&mut lane.latencies, took);
        }
        if asked.len() > 1 || outcome != Outcome::Ok {
            let place = lane.operations.len().saturating_sub(1);
            lane.asked.insert(place, asked);
        }
        if let Some(last) = lane.operations.last_mut() {
            last.node = Some(node);
            last.returned = Some(now.duration_since(self.began));
            last.outcome = outcome;
            last.note = note;
            if let Meaning::Done(held) = meaning {
                self.note(&mut last.action, held);
            }
        }
        drop(lane);
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// What an answer found.
    fn note(&self, action: &mut Action, held: &[Held]) {
        match action {
            Action::Read { value } => *value = held.first().and_then(|held| held.value.clone()),
            // Each step has a part of the answer; a compare-and-set has none, and its steps are known.
            Action::Transaction { steps } => {
                for (step, held) in steps.iter_mut().zip(held) {
                    if let Step::Get { key, list } = step {
                        *list = self.list(key, held.value.as_deref().unwrap_or_default());
                    }
                }
            }
            Action::Balances { balances } => {
                let accounts = balances.keys().cloned().zip(held);
                // What is no number is as good as missing: the sum shows it.
                *balances = accounts.filter_map(|(account, held)| Some((account, balance(held)?))).collect();
            }
            _ => {}
        }
    }

    /// A list of this key as it was sent, or came: each element with a comma behind it.
    pub(super) fn list(&self, key: &Text, text: &str) -> List {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.list(key, split(text))
    }

    pub(super) fn is_wrong(&self, sentence: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(sentence);
    }

    pub(super) fn wrong(&self) -> Option<String> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn tally(&self) -> Tally {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tally { ok: count(&self.ok), no: count(&self.no), unknown: count(&self.unknown) }
    }

    pub(super) fn operations(&self) -> Vec<Operation> {
        let lanes = 0..self.lanes.len() as u32;
        let mut all: Vec<Operation> = lanes.flat_map(|lane| self.lane(lane).operations.clone()).collect();
        all.sort_by_key(|operation| operation.called);
        all
    }

    /// The nodes that were asked in an operation, where one alone did not do it, and when since the run began.
    pub(super) fn asked(&self, operation: &Operation) -> Vec<(Duration, Asked)> {
        let is_it = |other: &Operation| (other.client, other.called) == (operation.client, operation.called);
        let found = (0..self.lanes.len() as u32).find_map(|lane| {
            let lane = self.lane(lane);
            let place = lane.operations.iter().position(is_it)?;
            lane.asked.get(&place).cloned()
        });
        let since = |asked: &Asked| asked.at.into_std().saturating_duration_since(self.began);
        let asked = found.unwrap_or_default().into_iter();
        asked.map(|asked| (since(&asked), asked)).collect()
    }

    pub(super) fn latency(&self) -> Latency {
        let mut all = latency::histogram();
        for lane in 0..self.lanes.len() as u32 {
            // Both count in the same way, so nothing can be lost.
            let _ = all.add(&self.lane(lane).latencies);
        }
        latency::summed_up(&all)
    }
}
