//! The search for an order that explains a register's operations: J. M. Wing and C. Gong, "Testing and verifying
//! concurrent objects" (1993), with G. Lowe's cache of configurations that led nowhere ("Testing for linearizability",
//! 2017).
//!
//! Calls and returns are in one list, ordered by time. An operation whose call is before the first return can be the
//! next in the order: it is applied to the state and taken out. If no operation can be next, the last choice was wrong
//! and is undone. A configuration is the set of operations taken out, together with the state; one that was met before
//! leads nowhere again.
//!
//! What keeps the search small, and loses no order that matters:
//!
//! * An operation that only looks, and sees what is there now, goes at once: there is no better place for it.
//! * A value that is set once does not go while somebody who must see it is left, and the operations on such values
//!   are no longer than those before and after them allow.
//! * An operation that may have been done at any time from its call on, or never, is not in the list. Of equal ones, the
//!   one called first is used first, and none is used before somebody can see what it did.

mod list;
mod windows;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::register::{Kind, OPEN, Op};
use super::settled::Settled;
use list::{Entry, List};

/// What a search may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget<'a> {
    pub(super) deadline: Instant,
    /// Bytes of configurations.
    pub(super) memory: usize,
    /// Somebody else has decided.
    pub(super) stop: &'a AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is an order.
    Explained,
    /// There is none.
    Impossible,
    TimeOut,
    OutOfMemory,
    Stopped,
}

pub(super) fn search(settled: &Settled, budget: Budget<'_>) -> Outcome {
    match windows::tighten(settled) {
        Some(ops) => Search::new(settled, ops).run(budget),
        None => Outcome::Impossible,
    }
}

/// Operations that are still open at the end, need not have been done, and do the same.
struct Class {
    kind: Kind,
    /// In order.
    calls: Vec<u64>,
    used: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// An operation of the list.
    Do(u32),
    /// One that only looks: there is nothing else to try.
    Look(u32),
    /// The first return is of an operation that need not have been done: it was not. Tried last.
    Leave(u32),
    /// The next of a class.
    Use(usize),
}

/// A step that was taken, and what was there before.
struct Taken {
    step: Step,
    state: u32,
    low: usize,
    high: usize,
}

/// Where to look for the next step: the list from an entry on, then classes from one on.
#[derive(Clone, Copy)]
struct Place {
    entry: Entry,
    class: usize,
}

struct Search {
    ops: Vec<Op>,
    list: List,
    classes: Vec<Class>,
    /// By value: whether it is set once, and how many that have to see it are left.
    unique: Vec<bool>,
    watchers: Vec<u32>,
    state: u32,
    /// How many operations that have to be done are left.
    left: usize,
    /// A bit for each operation that is out of the list.
    out: Vec<u64>,
    /// All words before this one are full, and all from `high` on are empty.
    low: usize,
    high: usize,
    taken: Vec<Taken>,
    met: HashSet<Box<[u64]>>,
    bytes: usize,
}

impl Search {
    fn new(settled: &Settled, all: Vec<Op>) -> Self {
        let nobody = settled.sources.len() as u32;
        let seen = seen(settled, &all);
        let mut ops = Vec::with_capacity(all.len());
        let mut classes: HashMap<Kind, Vec<u64>> = HashMap::new();
        for op in all {
            if op.must || op.ret != OPEN {
                ops.push(op);
                continue;
            }
            // For a value that nobody asks for, it is enough to know that it is a different one.
            let kind = match op.kind {
                Kind::Write(to) if !seen[to as usize] => Kind::Write(nobody),
                Kind::Cas { from, to } if !seen[to as usize] => Kind::Cas { from, to: nobody },
                kind => kind,
            };
            classes.entry(kind).or_default().push(op.call);
        }
        ops.sort_by_key(|op| op.call);
        let mut classes: Vec<Class> =
            classes.into_iter().map(|(kind, calls)| Class { kind, calls, used: 0 }).collect();
        for class in &mut classes {
            class.calls.sort_unstable();
        }
        // Always in the same order, so that the same history takes the same steps.
        classes.sort_by_key(|class| (class.calls[0], class.kind.sets(), class.kind.observes()));
        let mut watchers = vec![0; settled.sources.len() + 1];
        for op in ops.iter().filter(|op| op.must) {
            if let Some(value) = op.kind.observes() {
                watchers[value as usize] += 1;
            }
        }
        let unique = (0..nobody).map(|value| settled.is_unique(value)).chain([false]).collect();
        Self {
            list: List::of(&ops),
            classes,
            unique,
            watchers,
            state: settled.initial,
            left: ops.iter().filter(|op| op.must).count(),
            out: vec![0; ops.len().div_ceil(64)],
            low: 0,
            high: 0,
            taken: Vec::new(),
            met: HashSet::new(),
            bytes: 0,
            ops,
        }
    }

    fn run(mut self, budget: Budget<'_>) -> Outcome {
        let start = Place { entry: self.list.first(), class: 0 };
        let (mut place, mut steps) = (start, 0u32);
        // Nothing was tried here yet.
        let mut fresh = true;
        while self.left > 0 {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(1024) {
                if budget.stop.load(Ordering::Relaxed) {
                    return Outcome::Stopped;
                }
                if Instant::now() >= budget.deadline {
                    return Outcome::TimeOut;
                }
                if self.bytes > budget.memory {
                    return Outcome::OutOfMemory;
                }
            }
            let look = if fresh { self.look() } else { None };
            let step = look.or_else(|| self.next(place));
            (fresh, place) = match step {
                Some(step) if self.take(step) => (true, Place { entry: self.list.first(), class: 0 }),
                Some(_) | None => match self.back() {
                    Some(place) => (false, place),
                    None => return Outcome::Impossible,
                },
            };
        }
        Outcome::Explained
    }

    /// An operation that only looks, can be next, and sees what it saw.
    fn look(&self) -> Option<Step> {
        let mut entries = self.list.calls_before_return(self.list.first());
        entries
            .find(|&op| {
                let op = &self.ops[op as usize];
                op.kind.sets().is_none() && op.kind.after(self.state).is_some()
            })
            .map(Step::Look)
    }

    /// The next step to try from this configuration.
    fn next(&self, place: Place) -> Option<Step> {
        let mut calls = self.list.calls_before_return(place.entry);
        if let Some(op) = calls.find(|&op| self.may_do(op)) {
            return Some(Step::Do(op));
        }
        let (first_return, until) = match self.list.first_return() {
            Some(op) => (Some(op), self.ops[op as usize].ret),
            None => (None, OPEN),
        };
        let class = (place.class..self.classes.len()).find(|&class| self.may_use(&self.classes[class], until));
        if let Some(class) = class {
            return Some(Step::Use(class));
        }
        first_return.filter(|op| !self.ops[*op as usize].must).map(Step::Leave)
    }

    fn may_do(&self, op: u32) -> bool {
        let op = &self.ops[op as usize];
        let Some(after) = op.kind.after(self.state) else { return false };
        if op.kind.sets().is_none() {
            return false;
        }
        if after == self.state {
            // An operation that would do nothing might as well not be done.
            return op.must;
        }
        let own = u32::from(op.must && op.kind.observes().is_some());
        self.may_go(own)
    }

    /// The value that is there may be replaced, by one of `own` operations that see it before they do.
    fn may_go(&self, own: u32) -> bool {
        !self.unique[self.state as usize] || self.watchers[self.state as usize] <= own
    }

    /// The next operation of the class can be next in the order, and somebody who can follow it sees what it did.
    fn may_use(&self, class: &Class, until: u64) -> bool {
        let call = class.calls.get(class.used);
        let (Some(&call), Some(after)) = (call, class.kind.after(self.state)) else { return false };
        if call > until || after == self.state || !self.may_go(0) {
            return false;
        }
        let in_list = self.list.calls_before_return(self.list.first()).any(|op| {
            let op = &self.ops[op as usize];
            op.kind.observes() == Some(after) || matches!(op.kind, Kind::Unmet(value) if value != after)
        });
        in_list
            || self.classes.iter().any(|other| {
                other.kind.observes() == Some(after) && other.calls.get(other.used).is_some_and(|call| *call <= until)
            })
    }

    /// Takes the step; false if that leads to a configuration that was met before. It must be taken back even then.
    fn take(&mut self, step: Step) -> bool {
        self.taken.push(Taken { step, state: self.state, low: self.low, high: self.high });
        match step {
            Step::Do(op) | Step::Look(op) | Step::Leave(op) => {
                self.list.lift(op);
                let at = op as usize;
                self.out[at / 64] |= 1 << (at % 64);
                self.high = self.high.max(at / 64 + 1);
                while self.out.get(self.low) == Some(&u64::MAX) {
                    self.low += 1;
                }
                let op = self.ops[at];
                if step != Step::Leave(at as u32) {
                    self.state = op.kind.after(self.state).unwrap_or(self.state);
                }
                if op.must {
                    self.left -= 1;
                    if let Some(value) = op.kind.observes() {
                        self.watchers[value as usize] -= 1;
                    }
                }
            }
            Step::Use(class) => {
                let class = &mut self.classes[class];
                class.used += 1;
                self.state = class.kind.after(self.state).unwrap_or(self.state);
            }
        }
        let mut key = vec![u64::from(self.state) << 32 | self.low as u64];
        key.extend(self.out.get(self.low..self.high).unwrap_or_default());
        // The words end where a word of classes would be: their number is what is left.
        key.extend(self.classes.iter().map(|class| class.used as u64));
        self.bytes += key.len() * 8 + ENTRY;
        self.met.insert(key.into_boxed_slice())
    }

    /// Takes steps back until there is something else to try, and says where.
    fn back(&mut self) -> Option<Place> {
        loop {
            let Taken { step, state, low, high } = self.taken.pop()?;
            (self.state, self.low, self.high) = (state, low, high);
            match step {
                Step::Do(op) | Step::Look(op) | Step::Leave(op) => {
                    self.list.unlift(op);
                    self.out[op as usize / 64] &= !(1 << (op % 64));
                    let was = self.ops[op as usize];
                    if was.must {
                        self.left += 1;
                        if let Some(value) = was.kind.observes() {
                            self.watchers[value as usize] += 1;
                        }
                    }
                    if step == Step::Do(op) {
                        return Some(Place { entry: self.list.after_call(op), class: 0 });
                    }
                }
                Step::Use(class) => {
                    self.classes[class].used -= 1;
                    return Some(Place { entry: List::END, class: class + 1 });
                }
            }
        }
    }
}

/// About how many bytes a configuration takes besides its words.
const ENTRY: usize = 40;

/// By value: whether anybody asks for it, or for another.
fn seen(settled: &Settled, ops: &[Op]) -> Vec<bool> {
    let mut seen = vec![false; settled.sources.len()];
    for op in ops {
        if let Some(value) = op.kind.observes() {
            seen[value as usize] = true;
        }
        if let Kind::Unmet(value) = op.kind {
            seen[value as usize] = true;
        }
    }
    seen
}
