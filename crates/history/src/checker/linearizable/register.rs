//! One key of a history as the checkers see it: values are numbers, a delete is a write of [`ABSENT`], and operations
//! that say nothing are gone.

use std::collections::HashMap;

use crate::{Action, Operation, Outcome, Text};

/// The value of a key that is not there.
pub(super) const ABSENT: u32 = 0;

/// The return of an operation that is still open at the end.
pub(super) const OPEN: u64 = u64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Read(u32),
    Write(u32),
    Cas {
        from: u32,
        to: u32,
    },
    /// A compare-and-set that found something other than this.
    Unmet(u32),
}

impl Kind {
    /// The value that must be there when the operation is done.
    pub(super) fn observes(self) -> Option<u32> {
        match self {
            Kind::Read(value) | Kind::Cas { from: value, .. } => Some(value),
            Kind::Write(_) | Kind::Unmet(_) => None,
        }
    }

    /// The value that is there after it, if it sets one.
    pub(super) fn sets(self) -> Option<u32> {
        match self {
            Kind::Write(value) | Kind::Cas { to: value, .. } => Some(value),
            Kind::Read(_) | Kind::Unmet(_) => None,
        }
    }

    /// The value that is there afterwards, if it can be done where `state` is.
    pub(super) fn after(self, state: u32) -> Option<u32> {
        match self {
            Kind::Read(value) => (state == value).then_some(state),
            Kind::Write(value) => Some(value),
            Kind::Cas { from, to } => (state == from).then_some(to),
            Kind::Unmet(value) => (state != value).then_some(state),
        }
    }
}

/// An operation. Of two operations, one comes first if it returned before the other was called; equal times impose no
/// order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Op {
    /// In nanoseconds, from 1 on: the initial value was set at 0.
    pub(super) call: u64,
    pub(super) ret: u64,
    pub(super) kind: Kind,
    /// It was done. If false, it may have been done between call and return, or not at all.
    pub(super) must: bool,
    /// Its place among the operations of the history.
    pub(super) place: u32,
}

/// One key of a history.
#[derive(Debug, Clone)]
pub(super) struct Register {
    pub(super) initial: u32,
    pub(super) ops: Vec<Op>,
    /// Every value is smaller than this.
    pub(super) values: usize,
}

/// Turns the operations on a key into numbers, one after the other.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    numbers: HashMap<&'a str, u32>,
    initial: u32,
    ops: Vec<Op>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(initial: Option<&'a Text>) -> Self {
        let mut builder = Self { numbers: HashMap::new(), initial: ABSENT, ops: Vec::new() };
        builder.initial = builder.number(initial);
        builder
    }

    fn number(&mut self, value: Option<&'a Text>) -> u32 {
        let Some(value) = value else { return ABSENT };
        let next = self.numbers.len() as u32 + 1;
        *self.numbers.entry(value).or_insert(next)
    }

    pub(super) fn add(&mut self, operation: &'a Operation, place: u32) {
        let outcome = operation.outcome;
        let kind = match (&operation.action, outcome) {
            (_, Outcome::No) => return,
            (Action::CompareAndSet { from, .. }, Outcome::Unmet) => Kind::Unmet(self.number(from.as_ref())),
            // Nothing else has a condition.
            (_, Outcome::Unmet) => return,
            (Action::Read { value }, Outcome::Ok) => Kind::Read(self.number(value.as_ref())),
            (Action::Write { value }, _) => Kind::Write(self.number(Some(value))),
            (Action::Delete, _) => Kind::Write(ABSENT),
            (Action::CompareAndSet { from, to }, _) => {
                let (from, to) = (self.number(from.as_ref()), self.number(to.as_ref()));
                match outcome {
                    _ if from != to => Kind::Cas { from, to },
                    // It changes nothing: it only says what it found.
                    Outcome::Ok => Kind::Read(from),
                    _ => return,
                }
            }
            // A read without an answer saw nothing; the other operations are not on a register.
            _ => return,
        };
        let call = nanoseconds(operation.called);
        let ret = match (outcome, operation.returned) {
            (Outcome::Unknown, _) | (_, None) => OPEN,
            (_, Some(returned)) => nanoseconds(returned).max(call),
        };
        self.ops.push(Op { call, ret, kind, must: outcome != Outcome::Unknown, place });
    }

    pub(super) fn build(self) -> Register {
        Register { initial: self.initial, ops: self.ops, values: self.numbers.len() + 1 }
    }
}

impl Register {
    /// What was known at that time: later calls are gone, and what had not returned was still open.
    pub(super) fn until(&self, time: u64) -> Self {
        let ops = self.ops.iter().filter(|op| op.call <= time).filter_map(|op| {
            if op.ret <= time {
                return Some(*op);
            }
            // Nobody knew yet what it saw.
            op.kind.sets().map(|_| Op { ret: OPEN, must: false, ..*op })
        });
        Self { initial: self.initial, ops: ops.collect(), values: self.values }
    }

    /// The same with only some operations held to what they said. What the others saw is forgotten, and what they
    /// wrote may have been written or not: if even this cannot have happened, those that are kept prove it.
    pub(super) fn only(&self, kept: impl Fn(usize) -> bool) -> Self {
        let ops = self.ops.iter().enumerate().filter_map(|(at, op)| match kept(at) {
            true => Some(*op),
            false => op.kind.sets().map(|_| Op { must: false, ..*op }),
        });
        Self { initial: self.initial, ops: ops.collect(), values: self.values }
    }
}

fn nanoseconds(time: std::time::Duration) -> u64 {
    // 584 years are enough.
    u64::try_from(time.as_nanos()).map_or(OPEN - 2, |time| time.min(OPEN - 2)) + 1
}
