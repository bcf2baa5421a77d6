//! A walk that went wrong, as facts.

use std::time::Duration;

use model::{About, Holding, Outcome, Right, Step, Subject, Text, Token, slice, tube_name};

use crate::facts::{self, Excerpt, Held, Possible, PossibleVersion, Shown, Walk, WalkOutcome, WalkStep};

use super::Count;
use super::ask::key_name;
use super::place::worker_name;
use super::play::Wrong;

/// More steps than this are not shown.
const MOST: usize = 12;

pub(super) struct Told<'a> {
    pub(super) model: &'a str,
    pub(super) count: Count,
    pub(super) at: Duration,
    pub(super) shown: Shown,
    pub(super) command: Option<Vec<String>>,
}

impl Told<'_> {
    pub(super) fn walk(self, mut steps: Vec<WalkStep>, wrong: &Wrong) -> Walk {
        let left_out = steps.len().saturating_sub(MOST);
        steps.drain(..left_out);
        Walk {
            model: self.model.to_owned(),
            operations: self.count.operations,
            crashes: self.count.crashes,
            at: self.at,
            shown: self.shown,
            steps,
            left_out,
            held: wrong.held.as_ref().map(|(subject, holdings)| held(subject, holdings)),
            command: self.command,
            possible: wrong.rights.iter().map(possible).collect(),
        }
    }
}

/// What was done in the walk itself for those steps that have to do with its last.
pub(super) fn sliced(steps: &[Step], about: &About, done: Vec<(Step, WalkStep)>) -> Vec<WalkStep> {
    let kept: Vec<usize> = slice(steps, about).iter().map(|step| step.number).collect();
    done.into_iter().filter(|(step, _)| kept.contains(&step.number)).map(|(_, done)| done).collect()
}

fn held(subject: &Subject, holdings: &[Holding]) -> Held {
    let key = match subject {
        Subject::Key(key) => key_name(*key),
        Subject::Job(job) => format!("job {job}"),
    };
    Held { key, one_of: holdings.iter().map(holding).collect() }
}

fn holding(holding: &Holding) -> facts::Holding {
    match holding {
        Holding::Nothing => facts::Holding::Nothing,
        Holding::Member => facts::Holding::Member,
        Holding::Value { value, version } => {
            facts::Holding::Value { value: excerpt(value), version: version.as_deref().map(str::to_owned) }
        }
        Holding::Job { state, tube, priority } => {
            let (state, by) = job_state(*state);
            facts::Holding::Job { state, by, tube: tube_name(*tube), priority: *priority }
        }
    }
}

fn job_state(state: model::JobState) -> (facts::JobState, Option<String>) {
    match state {
        model::JobState::Ready => (facts::JobState::Ready, None),
        model::JobState::Reserved(by) => (facts::JobState::Reserved, by.map(worker_name)),
        model::JobState::Delayed => (facts::JobState::Delayed, None),
        model::JobState::Buried => (facts::JobState::Buried, None),
    }
}

fn possible(right: &Right) -> Possible {
    let outcome = match right.outcome {
        Outcome::Ok => WalkOutcome::Done,
        Outcome::Absent => WalkOutcome::Absent,
        Outcome::Present => WalkOutcome::Present,
        Outcome::Unmet => WalkOutcome::Unmet,
        Outcome::Empty => WalkOutcome::Empty,
        Outcome::Soon => WalkOutcome::Soon,
    };
    let version = match &right.version {
        Token::Any | Token::Nothing => PossibleVersion::Any,
        Token::Is(version) => PossibleVersion::Is(version.to_string()),
        Token::New(_) | Token::As(_) => PossibleVersion::New,
    };
    Possible { outcome, value: right.value.as_ref().map(excerpt), version }
}

fn excerpt(text: &Text) -> Excerpt {
    Excerpt::new(text.as_bytes())
}
