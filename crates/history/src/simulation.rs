//! Histories of registers that are right, of any size: clients, latencies, answers that get lost. Tests and benchmarks
//! share it; each gives it the types of a history in the module above.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use super::{Action, History, Operation, Outcome};

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Simulation {
    pub(crate) seed: u64,
    pub(crate) clients: u32,
    pub(crate) operations: usize,
    pub(crate) keys: u64,
    /// How many of a hundred operations get no answer.
    pub(crate) unanswered: u64,
    /// Deletes, and compare-and-sets of all kinds.
    pub(crate) conditional: bool,
}

/// An operation begins at a client, or is done.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Call { client: usize },
    Done { operation: usize },
}

type Value = Option<std::sync::Arc<str>>;

/// What an operation does to what is there, or sees of it.
fn take_effect(operation: &mut Operation, there: &mut Value) {
    match &mut operation.action {
        Action::Read { value } => *value = there.clone(),
        Action::Write { value } => *there = Some(value.clone()),
        Action::Delete => *there = None,
        Action::CompareAndSet { from, to } if from == there => *there = to.clone(),
        Action::CompareAndSet { .. } if operation.outcome == Outcome::Ok => operation.outcome = Outcome::Unmet,
        _ => {}
    }
}

impl Simulation {
    pub(crate) fn run(self) -> History {
        let mut numbers = Numbers(self.seed);
        let mut history = History::default();
        let mut moments = BinaryHeap::new();
        // The logical client at each place, and what it saw last of each key.
        let mut clients: Vec<u32> = (0..self.clients).collect();
        let mut seen: HashMap<(usize, u64), Value> = HashMap::new();
        let mut state: HashMap<std::sync::Arc<str>, Value> = HashMap::new();
        let mut done = 0u64;
        for client in 0..clients.len() {
            moments.push(Reverse((1_000 + numbers.below(50_000), done, Moment::Call { client })));
            done += 1;
        }
        while let Some(Reverse((now, _, moment))) = moments.pop() {
            done += 1;
            match moment {
                Moment::Call { client } => {
                    if history.operations.len() >= self.operations {
                        continue;
                    }
                    let key = numbers.below(self.keys);
                    let operation = history.operations.len();
                    let value = || format!("{client}-{operation}").into();
                    let known = seen.get(&(client, key)).cloned().unwrap_or_default();
                    let action = match numbers.below(20) {
                        0..10 => Action::Read { value: None },
                        10 if self.conditional => Action::Delete,
                        11..15 if self.conditional => Action::CompareAndSet {
                            from: known,
                            to: if numbers.below(8) == 0 { None } else { Some(value()) },
                        },
                        _ => Action::Write { value: value() },
                    };
                    let until_done = 1_000 + numbers.below(400_000);
                    let returned = now + until_done + 1_000 + numbers.below(400_000);
                    let lost = numbers.below(100) < self.unanswered;
                    if !lost || numbers.below(3) > 0 {
                        // An operation without an answer may be done long after.
                        let late = if lost && numbers.below(2) == 0 { numbers.below(50_000_000) } else { 0 };
                        moments.push(Reverse((now + until_done + late, done, Moment::Done { operation })));
                    }
                    history.operations.push(Operation {
                        client: clients[client],
                        node: Some(format!("n{}", 1 + client % 5).into()),
                        key: format!("k{key}").into(),
                        action,
                        called: Duration::from_nanos(now),
                        returned: Some(Duration::from_nanos(returned)),
                        outcome: if lost { Outcome::Unknown } else { Outcome::Ok },
                        note: None,
                    });
                    if lost {
                        clients[client] = clients.iter().max().map_or(0, |last| last + 1);
                    }
                    let again = returned + if lost { 5_000_000 } else { numbers.below(200_000) };
                    moments.push(Reverse((again, done, Moment::Call { client })));
                }
                Moment::Done { operation } => {
                    let operation = &mut history.operations[operation];
                    let there = state.entry(operation.key.clone()).or_default();
                    take_effect(operation, there);
                    let key = operation.key[1..].parse().unwrap_or_default();
                    for (client, logical) in clients.iter().enumerate() {
                        if *logical == operation.client || numbers.below(8) == 0 {
                            seen.insert((client, key), there.clone());
                        }
                    }
                }
            }
        }
        history
    }
}

/// A stream of numbers, the same for a seed on every machine (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// The history with one more answer at its end: a read that returns the value that this key had this many changes ago.
pub(crate) fn with_stale_read(mut history: History, key: &str, changes: usize) -> History {
    let end = history.operations.iter().filter_map(|operation| operation.returned).max().unwrap_or_default();
    let written = history.operations.iter().filter(|operation| {
        &*operation.key == key && operation.outcome == Outcome::Ok && matches!(operation.action, Action::Write { .. })
    });
    let mut written: Vec<&Operation> = written.collect();
    written.sort_by_key(|operation| operation.returned);
    let old = written.iter().rev().nth(changes).map(|operation| operation.action.clone());
    if let Some(Action::Write { value }) = old {
        history.operations.push(Operation {
            client: u32::MAX,
            node: Some("n3".into()),
            key: key.into(),
            action: Action::Read { value: Some(value) },
            called: end + Duration::from_millis(1),
            returned: Some(end + Duration::from_millis(2)),
            outcome: Outcome::Ok,
            note: None,
        });
    }
    history
}
