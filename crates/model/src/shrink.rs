//! The few steps of a walk that matter.

use std::sync::Arc;

use super::kind::Takes;
use super::simpler::{Part, all_simpler, simpler};
use super::slice::{About, slice};
use super::walk::{Act, Operation, Step, Symbol};

/// Of so many steps two are left out at once.
const PAIRS: std::ops::RangeInclusive<usize> = 6..=16;
/// With more crashes than this, nothing is gained by leaving out the others first.
const MOST_CRASHES: usize = 2;
/// A slice of so much of the steps, or less, is worth a try.
const SLICE: f64 = 0.75;

/// Makes steps fewer and simpler for as long as they still end in a wrong answer. It says what to try; the caller does
/// it, from the beginning each time, and tells what came of it.
///
/// What it ends with is the smallest that was tried, and no step of it can be left out alone.
#[derive(Debug, Clone)]
pub struct Shrinker {
    best: Vec<Step>,
    /// The part of them that has to do with the wrong answer, which is tried before the pass goes on.
    sliced: Option<Vec<Step>>,
    /// What was tried and did not go wrong.
    right: Vec<Arc<[Step]>>,
    pass: Pass,
}

/// What is tried next, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// To leave out all crashes but the last so many: they take longest.
    Crashes { kept: usize },
    /// To make one part of all steps simpler.
    Plain { part: usize },
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
        Self { best: steps, sliced: None, right: Vec::new(), pass: Pass::Crashes { kept: 0 } }
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

    /// Of what was to do next so many did not go wrong. The one after them did in the same way, at this step, whose answer
    /// was about this.
    pub fn tell(&mut self, right: usize, wrong: Option<(usize, &About)>) {
        for _ in 0..right {
            self.was_right();
        }
        let Some(((at, about), steps)) = wrong.zip(self.candidate()) else { return };
        let before = std::mem::replace(&mut self.best, steps.into_iter().take(at + 1).collect());
        match self.sliced.take() {
            Some(_) => self.pass = self.first_removal(),
            None => self.go_on(true, makes_up(&self.best) < makes_up(&before)),
        }
        let most = self.best.len() as f64 * SLICE;
        self.sliced = Some(slice(&self.best, about)).filter(|sliced| sliced.len() as f64 <= most);
    }

    /// What was next did not go wrong.
    fn was_right(&mut self) -> Option<Arc<[Step]>> {
        let steps: Arc<[Step]> = self.candidate()?.into();
        self.right.push(steps.clone());
        self.pass_over();
        Some(steps)
    }

    /// What is proposed is no use.
    fn pass_over(&mut self) {
        if self.sliced.take().is_none() {
            self.go_on(false, false);
        }
    }

    /// What has not been tried yet.
    fn candidate(&mut self) -> Option<Vec<Step>> {
        loop {
            let steps = self.proposal()?;
            if !self.right.iter().any(|right| **right == *steps) {
                return Some(steps);
            }
            self.pass_over();
        }
    }

    fn proposal(&mut self) -> Option<Vec<Step>> {
        if self.sliced.is_some() {
            return self.sliced.clone();
        }
        loop {
            match self.pass {
                Pass::Crashes { kept } => match with_crashes(&self.best, kept).filter(|_| kept <= MOST_CRASHES) {
                    Some(steps) => return Some(steps),
                    None => self.pass = Pass::Plain { part: 0 },
                },
                Pass::Plain { part } => match Part::ALL.get(part).map(|part| all_simpler(&self.best, *part)) {
                    Some(Some(steps)) => return Some(steps),
                    Some(None) => self.pass = Pass::Plain { part: part + 1 },
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

    /// What the pass proposed was of use or not. With `less` to make up for, other steps may not be needed any more.
    fn go_on(&mut self, shrunk: bool, less: bool) {
        self.pass = match self.pass {
            Pass::Crashes { .. } if shrunk => Pass::Plain { part: 0 },
            Pass::Crashes { kept } => Pass::Crashes { kept: kept + 1 },
            Pass::Plain { part } => Pass::Plain { part: part + 1 },
            Pass::Remove { chunk, end, again } => {
                let end = end.saturating_sub(chunk).min(before_last(&self.best));
                Pass::Remove { chunk, end, again: again || shrunk }
            }
            Pass::Simplify { .. } if less => self.each_alone(),
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

/// How much the steps ask for that others have to make up for: jobs that come later, jobs to kick, and workers who have to watch
/// what the first one does.
fn makes_up(steps: &[Step]) -> u64 {
    let of = |operation: &Operation| {
        let numbers = operation.numbers.iter().filter(|(part, _)| matches!(part, Takes::Delay | Takes::Count));
        numbers.map(|(_, number)| u64::from(*number)).sum::<u64>() + u64::from(operation.by)
    };
    steps.iter().filter_map(Step::operation).map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::model;

    /// As many steps of keys of their own, each tenth a kill.
    fn walk(many: usize) -> Vec<Step> {
        let put = model("map").unwrap().operation("put").unwrap();
        let act = |number: usize| match number % 10 {
            9 => Act::Kill,
            _ => Act::Ask(Operation { key: Some(number as u32), value: Some("a".into()), ..Operation::of(put) }),
        };
        (0..many).map(|number| Step { number, act: act(number) }).collect()
    }

    /// What is left where the last step goes wrong as long as these are there, and all that was tried, with so many at once.
    fn shrunk(needed: &[usize], lanes: usize) -> (Vec<usize>, Vec<Vec<Step>>) {
        let (mut shrinker, mut tried) = (Shrinker::new(walk(49)), Vec::new());
        loop {
            let ahead = shrinker.ahead(lanes);
            if ahead.is_empty() {
                return (shrinker.best().iter().map(|step| step.number).collect(), tried);
            }
            let has = |steps: &[Step], number: usize| steps.iter().any(|step| step.number == number);
            let wrong = ahead.iter().position(|steps| needed.iter().all(|number| has(steps, *number)));
            tried.extend(ahead[..wrong.map_or(ahead.len(), |lane| lane + 1)].iter().cloned());
            let about = About::default();
            let at = wrong.map(|lane| (ahead[lane].len() - 1, &about));
            shrinker.tell(wrong.unwrap_or(ahead.len()), at);
        }
    }

    #[test]
    fn side_by_side_comes_to_the_same_as_one_after_the_other() {
        for needed in [vec![], vec![3], vec![7, 9, 30], vec![0, 9, 19, 20, 29, 40]] {
            let (left, tried) = shrunk(&needed, 1);
            assert_eq!(left, [needed.clone(), vec![48]].concat());
            for lanes in 2..5 {
                assert_eq!(shrunk(&needed, lanes), (left.clone(), tried.clone()), "{needed:?}");
            }
        }
    }

    #[test]
    fn the_same_steps_are_not_tried_twice() {
        let (_, tried) = shrunk(&[0, 9, 19, 20, 29, 40], 1);
        for (at, steps) in tried.iter().enumerate() {
            assert!(!tried[..at].contains(steps), "{steps:#?}");
        }
    }

    #[test]
    fn steps_of_other_keys_are_left_out_at_once_where_another_key_goes_wrong() {
        let mut shrinker = Shrinker::new(walk(40));
        let first = shrinker.ahead(1).remove(0);
        assert_eq!(first.iter().filter(|step| step.act == Act::Kill).count(), 1, "the last stays what it is");
        shrinker.tell(0, Some((35, &About::default())));
        let sliced = shrinker.ahead(1).remove(0);
        assert_eq!(sliced.iter().map(|step| step.number).collect::<Vec<_>>(), [38]);
    }
}
