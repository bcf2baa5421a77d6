//! The few steps of a walk that matter.

use std::sync::Arc;

use super::kind::Takes;
use super::walk::{Act, Operation, Step, Symbol};

/// Of so many steps two are left out at once.
const PAIRS: std::ops::RangeInclusive<usize> = 6..=16;
/// With more crashes than this, nothing is gained by leaving out the others first.
const MOST_CRASHES: usize = 2;

/// Makes steps fewer and simpler for as long as they still end in a wrong answer. It says what to try; the caller does
/// it, from the beginning each time, and tells what came of it.
///
/// What it ends with is the smallest that was tried, and no step of it can be left out alone.
#[derive(Debug, Clone)]
pub struct Shrinker {
    best: Vec<Step>,
    /// What was tried and did not go wrong.
    right: Vec<Arc<[Step]>>,
    pass: Pass,
}

/// What is tried next, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// To leave out all crashes but the last so many: they take longest.
    Crashes { kept: usize },
    /// To leave out so many steps before this place. `again`: one was left out since the pass began.
    Remove { chunk: usize, end: usize, again: bool },
    /// To put something simpler in this place, in one of several ways.
    Simplify { at: usize, way: usize },
    /// To leave out these two steps, and what is about the first alone: what a queue is given, it gives again.
    Pair { first: usize, second: usize },
}

impl Shrinker {
    /// Steps that end in a wrong answer.
    pub fn new(steps: Vec<Step>) -> Self {
        Self { best: steps, right: Vec::new(), pass: Pass::Crashes { kept: 0 } }
    }

    /// The fewest steps so far that end in a wrong answer.
    pub fn best(&self) -> &[Step] {
        &self.best
    }

    /// What to do next: so many, of which each but the first is what comes next if those before it do not go wrong. None
    /// when nothing more can be tried.
    pub fn ahead(&self, most: usize) -> Vec<Vec<Step>> {
        let mut shrinker = self.clone();
        std::iter::from_fn(|| shrinker.was_right()).take(most).map(|steps| steps.to_vec()).collect()
    }

    /// Of what was to do next so many did not go wrong. The one after them did, at this step and in the same way.
    pub fn tell(&mut self, right: usize, wrong_at: Option<usize>) {
        for _ in 0..right {
            self.was_right();
        }
        let Some((at, steps)) = wrong_at.zip(self.candidate()) else { return };
        let waits = |steps: &[Step]| steps.iter().filter(|step| is_delayed(step)).count();
        let before = waits(&self.best);
        self.best = steps.into_iter().take(at + 1).collect();
        self.go_on(true, waits(&self.best) < before);
    }

    /// What was next did not go wrong.
    fn was_right(&mut self) -> Option<Arc<[Step]>> {
        let steps: Arc<[Step]> = self.candidate()?.into();
        self.right.push(steps.clone());
        self.go_on(false, false);
        Some(steps)
    }

    /// What has not been tried yet.
    fn candidate(&mut self) -> Option<Vec<Step>> {
        loop {
            let steps = self.proposal()?;
            if !self.right.iter().any(|right| **right == *steps) {
                return Some(steps);
            }
            self.go_on(false, false);
        }
    }

    fn proposal(&mut self) -> Option<Vec<Step>> {
        loop {
            match self.pass {
                Pass::Crashes { kept } => match with_crashes(&self.best, kept).filter(|_| kept <= MOST_CRASHES) {
                    Some(steps) => return Some(steps),
                    None => self.pass = self.first_removal(),
                },
                Pass::Remove { end: 0, .. } => self.next_pass(),
                Pass::Remove { chunk, end, .. } => {
                    let start = end.saturating_sub(chunk);
                    return Some([&self.best[..start], &self.best[end..]].concat());
                }
                Pass::Simplify { at, way } => match self.simplified(at, way) {
                    Some(steps) => return Some(steps),
                    None if at < self.best.len() => self.pass = Pass::Simplify { at: at + 1, way: 0 },
                    None => self.pass = Pass::Pair { first: 0, second: 1 },
                },
                Pass::Pair { .. } if !PAIRS.contains(&self.best.len()) => return None,
                Pass::Pair { first, second } if second < before_last(&self.best) => {
                    return Some(without_pair(&self.best, first, second));
                }
                Pass::Pair { first, .. } if first + 2 < before_last(&self.best) => {
                    self.pass = Pass::Pair { first: first + 1, second: first + 2 };
                }
                Pass::Pair { .. } => return None,
            }
        }
    }

    fn go_on(&mut self, shrunk: bool, fewer_wait: bool) {
        self.pass = match self.pass {
            Pass::Crashes { .. } if shrunk => self.first_removal(),
            Pass::Crashes { kept } => Pass::Crashes { kept: kept + 1 },
            Pass::Remove { chunk, end, again } => {
                let end = end.saturating_sub(chunk).min(before_last(&self.best));
                Pass::Remove { chunk, end, again: again || shrunk }
            }
            // What ended the delay may not be needed any more.
            Pass::Simplify { .. } if fewer_wait => self.each_alone(),
            Pass::Simplify { at, .. } if shrunk => Pass::Simplify { at, way: 0 },
            Pass::Simplify { at, way } => Pass::Simplify { at, way: way + 1 },
            Pass::Pair { .. } if shrunk => self.each_alone(),
            Pass::Pair { first, second } => Pass::Pair { first, second: second + 1 },
        };
    }

    fn simplified(&self, at: usize, way: usize) -> Option<Vec<Step>> {
        let last = at + 1 == self.best.len();
        let act = simpler(self.best.get(at)?, last).into_iter().nth(way)?;
        let mut steps = self.best.clone();
        steps[at].act = act;
        Some(steps)
    }

    fn each_alone(&self) -> Pass {
        Pass::Remove { chunk: 1, end: before_last(&self.best), again: false }
    }

    fn first_removal(&self) -> Pass {
        Pass::Remove { chunk: (self.best.len() / 2).max(1), end: before_last(&self.best), again: false }
    }

    fn next_pass(&mut self) {
        let end = before_last(&self.best);
        self.pass = match self.pass {
            // Without a later step an earlier one may not be needed either.
            Pass::Remove { chunk: 1, again: true, .. } if end > 0 => self.each_alone(),
            Pass::Remove { chunk, .. } if chunk > 1 && end > 0 => {
                Pass::Remove { chunk: (chunk / 2).min(end.div_ceil(2)).max(1), end, again: false }
            }
            _ => Pass::Simplify { at: 0, way: 0 },
        };
    }
}

/// The steps without two of them, and without those that name what the first of the two was given. The last stays.
fn without_pair(steps: &[Step], first: usize, second: usize) -> Vec<Step> {
    let given = Symbol::Of(steps[first].number);
    let names = |step: &Step| {
        let operation = step.operation();
        operation.is_some_and(|operation| operation.job == Some(given) || operation.version == Some(given))
    };
    let is_left = |at: usize, step: &Step| at + 1 == steps.len() || at != first && at != second && !names(step);
    steps.iter().enumerate().filter(|(at, step)| is_left(*at, step)).map(|(_, step)| step.clone()).collect()
}

fn before_last(steps: &[Step]) -> usize {
    steps.len().saturating_sub(1)
}

/// The steps with the last so many of their crashes; none if there are no more. The last step stays what it is.
fn with_crashes(steps: &[Step], kept: usize) -> Option<Vec<Step>> {
    let (last, before) = steps.split_last()?;
    let is_crash = |step: &&Step| !matches!(step.act, Act::Ask(_));
    let mut left_out = before.iter().filter(is_crash).count().checked_sub(kept).filter(|left_out| *left_out > 0)?;
    let without = before.iter().filter_map(|step| {
        if left_out == 0 || !is_crash(&step) {
            return Some(step.clone());
        }
        left_out -= 1;
        match &step.act {
            Act::KillWithin(operation) => Some(Step { number: step.number, act: Act::Ask(operation.clone()) }),
            Act::LoseWithin(_, operation) => Some(Step { number: step.number, act: Act::Ask(operation.clone()) }),
            Act::Ask(_) | Act::Kill | Act::Restart | Act::Lose(_) | Act::Return => None,
        }
    });
    let mut without: Vec<Step> = without.collect();
    without.push(last.clone());
    Some(without)
}

/// What may stand in a step's place, the simplest first.
fn simpler(step: &Step, last: bool) -> Vec<Act> {
    let mut ways = Vec::new();
    if let Act::KillWithin(operation) = &step.act {
        if !last {
            ways.push(Act::Kill);
        }
        ways.push(Act::Ask(operation.clone()));
    }
    let Some(operation) = step.operation() else { return ways };
    let mut instead = |operation| {
        ways.push(match &step.act {
            Act::KillWithin(_) => Act::KillWithin(operation),
            _ => Act::Ask(operation),
        });
    };
    let plain = format!("w{}", step.number);
    // All that have one name must stay one request.
    let alone = operation.id.is_none();
    if alone && operation.value.as_ref().is_some_and(|value| value.len() > plain.len() || !is_word(value)) {
        instead(Operation { value: Some(plain.into()), ..operation.clone() });
    }
    if operation.by > 0 {
        instead(Operation { by: 0, ..operation.clone() });
    }
    if is_delayed(step) {
        let mut at_once = operation.clone();
        at_once.numbers.insert(Takes::Delay, 0);
        instead(at_once);
    }
    ways
}

/// It asks for something to be done later.
fn is_delayed(step: &Step) -> bool {
    step.operation().and_then(|operation| operation.numbers.get(&Takes::Delay)).is_some_and(|delay| *delay > 0)
}

fn is_word(value: &str) -> bool {
    value.chars().all(|letter| letter.is_ascii_alphanumeric())
}
