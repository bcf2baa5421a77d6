//! Histories of transactions on lists from a store that is simulated: one that is right, or one with a bug. Tests and
//! benchmarks share it; each gives it the types of a history in the module above.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;
use std::time::Duration;

use super::simulation::Numbers;
use super::{Action, History, List, Operation, Outcome, Step};

/// What is wrong with a store, now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bug {
    /// Two transactions write between each other's writes.
    DirtyWrite,
    /// What was refused is done all the same.
    AbortedRead,
    /// A transaction is seen when half of it is done.
    IntermediateRead,
    /// An append is acknowledged and forgotten.
    LostAppend,
    /// What was read has changed when the transaction writes.
    WriteSkew,
    /// A read finds an old state.
    StaleRead,
    /// A transaction is done after it was acknowledged, or was done before it was asked for.
    RealTime,
    /// Some clients find two elements the other way round.
    TwoOrders,
}

impl Bug {
    pub(crate) const ALL: [Bug; 8] = [
        Bug::DirtyWrite,
        Bug::AbortedRead,
        Bug::IntermediateRead,
        Bug::LostAppend,
        Bug::WriteSkew,
        Bug::StaleRead,
        Bug::RealTime,
        Bug::TwoOrders,
    ];
}

/// A load on a store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SimulatedStore {
    pub(crate) seed: u64,
    pub(crate) clients: u32,
    pub(crate) transactions: usize,
    pub(crate) keys: u64,
    /// The fewest and the most operations of a transaction.
    pub(crate) steps: (u64, u64),
    /// A key is replaced by a new one after this many appends.
    pub(crate) fresh_after: usize,
    /// How many of a hundred transactions get no answer.
    pub(crate) unanswered: u64,
    /// At the end each key is read.
    pub(crate) final_reads: bool,
    /// What is wrong, and one in how many transactions it strikes.
    pub(crate) bug: Option<(Bug, u64)>,
}

/// A transaction begins at a client, or some of its steps are done.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Call { client: usize },
    Steps { operation: usize, first: usize, end: usize },
}

struct Running {
    store: SimulatedStore,
    numbers: Numbers,
    history: History,
    moments: BinaryHeap<Reverse<(u64, u64, Moment)>>,
    planned: u64,
    /// The logical client at each place.
    clients: Vec<u32>,
    lists: HashMap<std::sync::Arc<str>, List>,
    /// Of each key in use: how often it was replaced, and the appends to it so far.
    fresh: Vec<(u32, usize)>,
    elements: u32,
    struck: Vec<bool>,
}

impl SimulatedStore {
    pub(crate) fn run(self) -> History {
        let mut running = Running {
            store: self,
            numbers: Numbers(self.seed),
            history: History::default(),
            moments: BinaryHeap::new(),
            planned: 0,
            clients: (0..self.clients).collect(),
            lists: HashMap::new(),
            fresh: vec![(0, 0); self.keys as usize],
            elements: 0,
            struck: Vec::new(),
        };
        for client in 0..self.clients as usize {
            let at = 1_000 + running.numbers.below(500);
            running.plan(at, Moment::Call { client });
        }
        while let Some(Reverse((now, _, moment))) = running.moments.pop() {
            match moment {
                Moment::Call { client } => running.call(now, client),
                Moment::Steps { operation, first, end } => running.steps(operation, first..end),
            }
        }
        if self.final_reads {
            running.read_all();
        }
        running.history
    }
}

impl Running {
    fn plan(&mut self, at: u64, moment: Moment) {
        self.planned += 1;
        self.moments.push(Reverse((at, self.planned, moment)));
    }

    fn call(&mut self, now: u64, client: usize) {
        let operation = self.history.operations.len();
        if operation >= self.store.transactions {
            return;
        }
        let bug = self.store.bug.filter(|(_, of)| self.numbers.below(*of) == 0).map(|(bug, _)| bug);
        let steps = self.draw(bug);
        let until = 1 + self.numbers.below(400);
        let done = now + until;
        let mut returned = done + 1 + self.numbers.below(400);
        let outcome = match self.numbers.below(100) {
            _ if bug == Some(Bug::AbortedRead) => Outcome::No,
            lost if lost < self.store.unanswered => Outcome::Unknown,
            94.. => Outcome::No,
            _ => Outcome::Ok,
        };
        let happens = match outcome {
            Outcome::Ok => true,
            Outcome::Unknown => self.numbers.below(3) > 0,
            _ => bug == Some(Bug::AbortedRead),
        };
        // What has no answer may be done long after.
        let late = if outcome == Outcome::Unknown { self.numbers.below(2) * self.numbers.below(2_000) } else { 0 };
        let done = match bug {
            Some(Bug::RealTime) if self.numbers.below(2) == 0 => returned + self.numbers.below(1_000),
            Some(Bug::RealTime) => {
                // As if it had been called later than it was done.
                returned += 1_000;
                now
            }
            _ => done + late,
        };
        let called = if bug == Some(Bug::RealTime) && done == now { now + 500 } else { now };
        if happens {
            returned += self.plan_steps(operation, done, &steps, bug);
        }
        self.struck.push(bug.is_some());
        self.history.operations.push(Operation {
            client: self.clients[client],
            node: Some(format!("n{}", 1 + client % 3).into()),
            key: "".into(),
            action: Action::Transaction { steps },
            called: Duration::from_nanos(called),
            returned: Some(Duration::from_nanos(returned)),
            outcome,
            note: None,
        });
        if outcome == Outcome::Unknown {
            self.clients[client] = self.clients.iter().max().map_or(0, |last| last + 1);
        }
        let again = returned + 1 + self.numbers.below(200);
        self.plan(again, Moment::Call { client });
    }

    /// When the steps of a transaction are done: at once, or with some time between them, which is how much longer it
    /// takes.
    fn plan_steps(&mut self, operation: usize, at: u64, steps: &[Step], bug: Option<Bug>) -> u64 {
        let count = steps.len();
        let Some(Bug::DirtyWrite | Bug::IntermediateRead | Bug::WriteSkew) = bug else {
            self.plan(at, Moment::Steps { operation, first: 0, end: count });
            return 0;
        };
        let reads = steps.iter().filter(|step| matches!(step, Step::Get { .. })).count();
        self.plan(at, Moment::Steps { operation, first: 0, end: reads });
        // One write after the other, or all at once, but later.
        let together = if bug == Some(Bug::WriteSkew) { count } else { 1 };
        for first in (reads..count).step_by(together.max(1)) {
            let later = (1 + first - reads) as u64 * 150;
            self.plan(at + later, Moment::Steps { operation, first, end: count.min(first + together) });
        }
        (1 + count) as u64 * 150
    }

    /// What a transaction is to do.
    fn draw(&mut self, bug: Option<Bug>) -> Vec<Step> {
        let (fewest, most) = self.store.steps;
        let count = fewest + self.numbers.below(most - fewest + 1);
        let mut steps: Vec<Step> = (0..count).map(|_| self.step()).collect();
        // Two appends to one key, so that there is something between them.
        if bug == Some(Bug::IntermediateRead)
            && let Some(Step::Append { key, .. }) = steps.last().cloned()
        {
            steps.push(self.append(key));
        }
        // What strikes between two steps would show within this one, and not between transactions.
        if bug.is_some() {
            steps.sort_by_key(|step| matches!(step, Step::Append { .. }));
        }
        steps
    }

    fn step(&mut self) -> Step {
        let slot = self.numbers.below(self.store.keys) as usize;
        let (generation, appends) = &mut self.fresh[slot];
        let name = |generation: u32| -> std::sync::Arc<str> {
            if generation == 0 { format!("k{slot}").into() } else { format!("k{slot}.{generation}").into() }
        };
        if self.numbers.below(2) == 0 {
            return Step::Get { key: name(*generation), list: List::default() };
        }
        *appends += 1;
        if *appends > self.store.fresh_after {
            (*generation, *appends) = (*generation + 1, 1);
        }
        let key = name(*generation);
        self.append(key)
    }

    fn append(&mut self, key: std::sync::Arc<str>) -> Step {
        self.elements += 1;
        Step::Append { key, element: self.elements.to_string().into() }
    }

    /// Some of the steps of a transaction are done.
    fn steps(&mut self, operation: usize, range: Range<usize>) {
        let bug = self.store.bug.map(|(bug, _)| bug).filter(|_| self.struck[operation]);
        let behind = 1 + self.numbers.below(3) as usize;
        let Operation { action: Action::Transaction { steps }, client, .. } = &mut self.history.operations[operation]
        else {
            return;
        };
        for step in &mut steps[range] {
            match step {
                Step::Append { .. } if bug == Some(Bug::LostAppend) => {}
                Step::Append { key, element } => {
                    let list = self.lists.entry(key.clone()).or_default();
                    *list = list.with(element.clone());
                }
                Step::Get { key, list } => {
                    *list = self.lists.get(key).cloned().unwrap_or_default();
                    let length = list.len();
                    match bug {
                        Some(Bug::StaleRead) => {
                            *list = list.beginning(length.saturating_sub(behind));
                        }
                        Some(Bug::TwoOrders) if length > 1 && *client % 2 == 0 => {
                            let mut elements: Vec<_> = list.elements().into_iter().cloned().collect();
                            elements.swap(length - 2, length - 1);
                            *list = elements.into_iter().collect();
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// When everything is over, each list is read.
    fn read_all(&mut self) {
        let returns = self.history.operations.iter().filter_map(|operation| operation.returned);
        let end = returns.max().unwrap_or_default() + Duration::from_micros(10);
        let mut lists: Vec<_> = self.lists.drain().collect();
        lists.sort_by(|one, other| one.0.cmp(&other.0));
        let steps: Vec<Step> = lists.into_iter().map(|(key, list)| Step::Get { key, list }).collect();
        if steps.is_empty() {
            return;
        }
        self.history.operations.push(Operation {
            client: u32::MAX,
            node: None,
            key: "".into(),
            action: Action::Transaction { steps },
            called: end,
            returned: Some(end + Duration::from_nanos(100)),
            outcome: Outcome::Ok,
            note: None,
        });
    }
}

/// The history with one more read at its end, which does not find the last appends to a list that was long before.
pub(crate) fn with_stale_get(mut history: History) -> History {
    let end = history.operations.iter().filter_map(|operation| operation.returned).max().unwrap_or_default();
    let longest =
        history.operations.iter().filter(|operation| operation.outcome == Outcome::Ok).flat_map(|operation| {
            let steps = if let Action::Transaction { steps } = &operation.action { &steps[..] } else { &[] };
            steps.iter().filter_map(|step| {
                if let Step::Get { key, list } = step { Some((list.len(), key, list)) } else { None }
            })
        });
    if let Some((length, key, list)) = longest.max_by_key(|(length, ..)| *length) {
        let list = list.beginning(length.saturating_sub(3));
        let steps = vec![Step::Get { key: key.clone(), list }];
        history.operations.push(Operation {
            client: u32::MAX - 1,
            node: Some("n3".into()),
            key: "".into(),
            action: Action::Transaction { steps },
            called: end + Duration::from_millis(1),
            returned: Some(end + Duration::from_millis(2)),
            outcome: Outcome::Ok,
            note: None,
        });
    }
    history
}
