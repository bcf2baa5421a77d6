//! The few steps of a walk that matter.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::Takes;
use super::operation::Text;
use super::walk::{Act, Operation, Step, Symbol};

/// Of so many steps two are left out at once.
const PAIRS: std::ops::RangeInclusive<usize> = 6..=16;
/// So many steps are done again first.
const FIRST: usize = 2;
/// With more crashes than this, nothing is gained by leaving out the others first.
const MOST_CRASHES: usize = 2;

/// Which jobs a walk was about that went wrong.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Those that the wrong answer and the right ones name, and the one that was asked for.
    pub(crate) wanted: BTreeSet<Text>,
    /// The job that each step named, or was given.
    pub(crate) of_steps: BTreeMap<usize, Text>,
}

impl About {
    fn touches(&self, step: &Step) -> bool {
        let Some(operation) = step.operation() else { return true };
        let kind = operation.kind;
        match self.of_steps.get(&step.number) {
            Some(job) => self.wanted.contains(job),
            // A put without an answer may have made one of them. What gave no job, or only counts, is left out.
            None if kind.tells_job || kind.takes(Takes::Job) => kind.takes(Takes::Value),
            None => kind.changes,
        }
    }
}

/// The steps that have to do with the last one, and the crashes between them: a guess at what matters, found without doing
/// anything again. They are those of the same jobs, or, where no job is named, of what the last one asked.
pub fn slice(steps: &[Step], about: &About) -> Vec<Step> {
    let Some((last, before)) = steps.split_last() else { return Vec::new() };
    let Some(operation) = last.operation() else { return steps.to_vec() };
    let touches = |step: &&Step| match about.wanted.is_empty() {
        true => step.touches(operation),
        false => about.touches(step),
    };
    before.iter().filter(touches).chain([last]).cloned().collect()
}

/// What to do again first: a few of the last steps that have to do with the wrong answer, then more of them, and in the
/// end all steps. The few cost least, and are often enough.
pub fn tails(steps: &[Step], about: &About) -> Vec<Vec<Step>> {
    let sliced = slice(steps, about);
    let lengths = std::iter::successors(Some(FIRST), |length| Some(length * 2));
    let few =
        lengths.take_while(|length| *length < sliced.len()).map(|length| sliced[sliced.len() - length..].to_vec());
    let mut tails: Vec<Vec<Step>> = few.collect();
    if sliced.len() < steps.len() {
        tails.push(sliced);
    }
    tails.push(steps.to_vec());
    tails
}

/// Makes steps fewer and simpler for as long as they still end in a wrong answer. It says what to try; the caller does
/// it, from the beginning each time, and tells what came of it.
///
/// What it ends with is the smallest that was tried, and no step of it can be left out alone.
#[derive(Debug)]
pub struct Shrinker {
    best: Vec<Step>,
    tried: Vec<Step>,
    pass: Pass,
}

/// What is tried next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// To leave out all crashes but the last so many: they take longest.
    Crashes { kept: usize },
    /// To leave out so many steps before this place. `again`: one was left out since the pass began.
    Remove { chunk: usize, end: usize, again: bool },
    /// To leave out these two steps, and what is about the first alone: what a queue is given, it gives again.
    Pair { first: usize, second: usize },
    /// To put something simpler in this place, in one of several ways.
    Simplify { at: usize, way: usize },
}

impl Shrinker {
    /// Steps that end in a wrong answer.
    pub fn new(steps: Vec<Step>) -> Self {
        Self { best: steps, tried: Vec::new(), pass: Pass::Crashes { kept: 0 } }
    }

    /// The fewest steps so far that end in a wrong answer.
    pub fn best(&self) -> &[Step] {
        &self.best
    }

    /// What to do next; none when nothing more can be tried.
    pub fn candidate(&mut self) -> Option<&[Step]> {
        self.tried = loop {
            match self.pass {
                Pass::Crashes { kept } => match with_crashes(&self.best, kept).filter(|_| kept <= MOST_CRASHES) {
                    Some(steps) => break steps,
                    None => self.pass = self.first_removal(),
                },
                Pass::Remove { end: 0, .. } => self.next_pass(),
                Pass::Remove { chunk, end, .. } => {
                    let start = end.saturating_sub(chunk);
                    break [&self.best[..start], &self.best[end..]].concat();
                }
                Pass::Pair { first, second } if second < before_last(&self.best) && self.may_have_pairs() => {
                    break without_pair(&self.best, first, second);
                }
                Pass::Pair { .. } => self.pass = Pass::Simplify { at: 0, way: 0 },
                Pass::Simplify { at, way } => {
                    let step = self.best.get(at)?;
                    let last = at + 1 == self.best.len();
                    match simpler(step, last).into_iter().nth(way) {
                        Some(act) => {
                            let mut steps = self.best.clone();
                            steps[at].act = act;
                            break steps;
                        }
                        None => self.pass = Pass::Simplify { at: at + 1, way: 0 },
                    }
                }
            }
        };
        Some(&self.tried)
    }

    /// What became of the last candidate: at which of its steps the answer was wrong in the same way, if it was.
    pub fn tell(&mut self, wrong_at: Option<usize>) {
        let shrunk = wrong_at.is_some();
        let waits = self.best.iter().filter(|step| is_delayed(step)).count();
        if let Some(at) = wrong_at {
            self.tried.truncate(at + 1);
            self.best = std::mem::take(&mut self.tried);
        }
        let fewer_wait = self.best.iter().filter(|step| is_delayed(step)).count() < waits;
        self.pass = match self.pass {
            // What ended the delay may not be needed any more.
            Pass::Simplify { .. } if fewer_wait => {
                Pass::Remove { chunk: 1, end: before_last(&self.best), again: false }
            }
            Pass::Crashes { .. } if shrunk => self.first_removal(),
            Pass::Crashes { kept } => Pass::Crashes { kept: kept + 1 },
            Pass::Remove { chunk, end, again } => {
                let end = end.saturating_sub(chunk).min(before_last(&self.best));
                Pass::Remove { chunk, end, again: again || shrunk }
            }
            Pass::Pair { .. } if shrunk => Pass::Remove { chunk: 1, end: before_last(&self.best), again: false },
            Pass::Pair { first, second } if second + 1 < before_last(&self.best) => {
                Pass::Pair { first, second: second + 1 }
            }
            Pass::Pair { first, .. } => Pass::Pair { first: first + 1, second: first + 2 },
            Pass::Simplify { at, .. } if shrunk => Pass::Simplify { at, way: 0 },
            Pass::Simplify { at, way } => Pass::Simplify { at, way: way + 1 },
        };
    }

    fn first_removal(&self) -> Pass {
        Pass::Remove { chunk: (self.best.len() / 2).max(1), end: before_last(&self.best), again: false }
    }

    fn next_pass(&mut self) {
        let end = before_last(&self.best);
        self.pass = match self.pass {
            // Without a later step an earlier one may not be needed either.
            Pass::Remove { chunk: 1, again: true, .. } if end > 0 => Pass::Remove { chunk: 1, end, again: false },
            Pass::Remove { chunk: 2.., .. } if end > 0 => {
                let Pass::Remove { chunk, .. } = self.pass else { return };
                Pass::Remove { chunk: (chunk / 2).min(end.div_ceil(2)).max(1), end, again: false }
            }
            _ => Pass::Pair { first: 0, second: 1 },
        };
    }

    /// There are enough steps to leave out two, and not too many to try all pairs.
    fn may_have_pairs(&self) -> bool {
        PAIRS.contains(&self.best.len())
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
