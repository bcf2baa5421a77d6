//! The part of a walk that a wrong answer has to do with: a guess at what matters, found without doing anything again.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::Takes;
use super::operation::Text;
use super::walk::{Act, Step};

/// So many steps are done again first.
const FIRST: usize = 2;

/// Which jobs a walk was about that went wrong.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Those that the wrong answer and the right ones name, and the one that was asked for.
    pub(crate) wanted: BTreeSet<Text>,
    /// The jobs that each step named, was given or moved, as far as that is known.
    pub(crate) of_steps: BTreeMap<usize, BTreeSet<Text>>,
}

impl About {
    fn touches(&self, step: &Step) -> bool {
        let Some(operation) = step.operation() else { return true };
        let kind = operation.kind;
        match self.of_steps.get(&step.number) {
            Some(jobs) => !self.wanted.is_disjoint(jobs),
            // A put without an answer may have made one of them. What gave no job, or only counts, is left out.
            None if kind.tells_job || kind.takes(Takes::Job) => kind.takes(Takes::Value),
            None => kind.changes,
        }
    }
}

/// The steps that have to do with the last one, and the crashes between them. They are those of the same jobs, or, where no
/// job is named, of what the last one asked.
pub fn slice(steps: &[Step], about: &About) -> Vec<Step> {
    let Some((last, before)) = steps.split_last() else { return Vec::new() };
    let Some(operation) = last.operation() else { return steps.to_vec() };
    let touches = |step: &&Step| match about.wanted.is_empty() {
        true => step.touches(operation),
        false => about.touches(step),
    };
    before.iter().filter(touches).chain([last]).cloned().collect()
}

/// The end of a walk, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    pub steps: Vec<Step>,
    /// All that has to do with the wrong answer is in it.
    pub is_whole: bool,
}

/// What to do again first: a few of the last steps that have to do with the wrong answer, then more of them, and in the
/// end all steps. The few cost least, and are often enough.
///
/// What a kill within an operation does is chance. So each is tried first with the kills after their operations, which
/// most often comes to the same, and does so each time.
pub fn tails(steps: &[Step], about: &About) -> Vec<Tail> {
    let sliced = slice(steps, about);
    let lengths = std::iter::successors(Some(FIRST), |length| Some(length * 2));
    let few =
        lengths.take_while(|length| *length < sliced.len()).map(|length| sliced[sliced.len() - length..].to_vec());
    let mut tails: Vec<(Vec<Step>, bool)> = few.map(|steps| (steps, false)).collect();
    if sliced.len() < steps.len() {
        tails.push((sliced, true));
    }
    tails.push((steps.to_vec(), true));
    let both_ways = |(steps, is_whole): (Vec<Step>, bool)| {
        let settled = settled(&steps);
        let as_it_was = (settled != steps).then_some(steps);
        [settled].into_iter().chain(as_it_was).map(move |steps| Tail { steps, is_whole })
    };
    tails.into_iter().flat_map(both_ways).collect()
}

/// The same steps with each kill after the operation that it was within. The last step stays what it is.
fn settled(steps: &[Step]) -> Vec<Step> {
    let Some((last, before)) = steps.split_last() else { return Vec::new() };
    let settle = |step: &Step| match &step.act {
        Act::KillWithin(operation) => {
            [Act::Ask(operation.clone()), Act::Kill].map(|act| Step { number: step.number, act }).to_vec()
        }
        _ => vec![step.clone()],
    };
    before.iter().flat_map(settle).chain([last.clone()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::model;
    use crate::operation::{Answer, Asked, Outcome};
    use crate::walk::{Operation, Symbol};
    use crate::{Judged, Player, Setup};

    #[test]
    fn a_kill_within_an_operation_is_tried_as_one_after_it_first() {
        let put = model("map").unwrap().operation("put").unwrap();
        let operation = || Operation { key: Some(0), value: Some("a".into()), ..Operation::of(put) };
        let acts = [Act::Ask(operation()), Act::KillWithin(operation()), Act::Ask(operation())];
        let steps: Vec<Step> = acts.into_iter().enumerate().map(|(number, act)| Step { number, act }).collect();
        let tails = tails(&steps, &About::default());
        let kinds = |steps: &[Step]| -> String {
            let letter = |step: &Step| match step.act {
                Act::Ask(_) => 'a',
                Act::KillWithin(_) => 'w',
                _ => 'k',
            };
            steps.iter().map(letter).collect()
        };
        let tried: Vec<_> = tails.iter().map(|tail| (kinds(&tail.steps), tail.is_whole)).collect();
        let is = |text: &str, whole| (text.to_owned(), whole);
        assert_eq!(tried, [is("aka", false), is("wa", false), is("aaka", true), is("awa", true)]);
        assert_eq!(
            tails[0].steps.iter().map(|step| step.number).collect::<Vec<_>>(),
            [1, 1, 2],
            "what names it still does"
        );
    }

    #[test]
    fn a_kick_is_about_the_jobs_that_it_moved() {
        let queue = model("queue").unwrap();
        let mut player = Player::new((queue.make)(Setup::default()), "4000000000".into());
        let mut steps = Vec::new();
        let mut done = |word: &str, job: Option<usize>, answered: Answer| {
            let kind = queue.operation(word).unwrap();
            let numbers = kind.takes.iter().filter(|part| part.is_number()).map(|part| (*part, 1)).collect();
            let value = kind.takes(Takes::Value).then(|| "a".into());
            let operation = Operation { job: job.map(Symbol::Of), value, numbers, ..Operation::of(kind) };
            let step = Step { number: steps.len(), act: Act::Ask(operation.clone()) };
            let asked: Asked = player.asked(step.number, &operation, Default::default());
            assert_eq!(player.answered(&asked, &answered), Judged::Possible, "{word}");
            steps.push(step);
            player.about(&asked, None, &[])
        };
        let ok = || Answer::of(Outcome::Ok);
        let job = |id: &str| Answer { job: Some(id.into()), ..ok() };
        let given = |id: &str| Answer { value: Some("a".into()), ..job(id) };
        done("put", None, job("1"));
        done("put", None, job("2"));
        for (put, id) in [(0, "1"), (1, "2")] {
            done("reserve_job", Some(put), given(id));
            done("bury", Some(put), ok());
        }
        done("kick", None, Answer { value: Some("1".into()), ..ok() });
        done("kick", None, Answer { value: Some("1".into()), ..ok() });
        let about = done("peek", Some(1), given("2"));
        let kept: Vec<usize> = slice(&steps, &about).iter().map(|step| step.number).collect();
        assert_eq!(kept, [1, 4, 5, 7, 8], "the first kick was of the other job");
    }
}
