//! Follows a walk: says what each step sends, and judges what came.

use std::collections::{BTreeMap, BTreeSet};

use super::beliefs::{GaveUp, Judged, Model};
use super::kind::Takes;
use super::operation::{Answer, Asked, Holding, Key, Outcome, Right, Span, Subject, Text, Token};
use super::slice::About;
use super::transaction::{Part, is_written_later};
use super::walk::{Operation, Symbol};

/// A walk under way, or a part of one that is done again.
pub struct Player {
    pub model: Box<dyn Model>,
    /// The versions that steps were given, each at its place in the answer, with the keys that had them.
    given: BTreeMap<(usize, usize), (Key, Text)>,
    /// The jobs that steps told the number of first.
    jobs: BTreeMap<usize, Text>,
    /// The jobs that each step named, was given or moved, as far as that is known.
    of_steps: BTreeMap<usize, BTreeSet<Text>>,
    /// A version, or the number of a job, that there never is.
    never: Text,
}

impl Player {
    pub fn new(model: Box<dyn Model>, never: Text) -> Self {
        Self { model, given: BTreeMap::new(), jobs: BTreeMap::new(), of_steps: BTreeMap::new(), never }
    }

    /// What an operation asks when it is done as the step of this number.
    pub fn asked(&self, number: usize, operation: &Operation, at: Span) -> Asked {
        let version = |symbol| match symbol {
            Symbol::Of(number) => self.version(number, 0),
            Symbol::In(number, place) => self.version(number, place),
            Symbol::Never => self.never.clone(),
        };
        let job = |symbol| match symbol {
            Symbol::Of(number) => self.jobs.get(&number).unwrap_or(&self.never).clone(),
            Symbol::In(..) | Symbol::Never => self.never.clone(),
        };
        let parts = operation.parts.iter().map(|part| Part {
            doing: part.doing,
            key: part.key,
            value: part.value.clone(),
            version: part.version.map(version),
        });
        Asked {
            number,
            by: operation.by,
            at,
            word: operation.kind.word,
            key: operation.key,
            value: operation.value.clone(),
            version: operation.version.map(version),
            job: operation.job.map(job),
            numbers: operation.numbers.clone(),
            parts: parts.collect(),
            id: operation.id,
        }
    }

    fn version(&self, number: usize, place: usize) -> Text {
        self.given.get(&(number, place)).map_or(&self.never, |(_, version)| version).clone()
    }

    pub fn answered(&mut self, asked: &Asked, answer: &Answer) -> Judged {
        if let Some(job) = asked.job.as_ref().or(answer.job.as_ref()) {
            self.of_steps.insert(asked.number, [job.clone()].into());
        }
        let before = asked.numbers.contains_key(&Takes::Count).then(|| self.held());
        let judged = self.model.answered(asked, answer);
        if judged != Judged::Possible {
            return judged;
        }
        if let Some(before) = before {
            let moved = |(job, held): &(Text, Vec<Holding>)| self.model.holds(&Subject::Job(job.clone())) != *held;
            self.of_steps.insert(asked.number, before.into_iter().filter(moved).map(|(job, _)| job).collect());
        }
        // Of what a repeat tells, others may have written since.
        if asked.name() != asked.number {
            return judged;
        }
        if let (Some(key), Some(version)) = (asked.key, &answer.version) {
            self.given.insert((asked.number, 0), (key, version.clone()));
        }
        for (place, (part, seen)) in asked.parts.iter().zip(&answer.results).enumerate() {
            // What a later part writes again is no version that anybody else ever sees.
            let stays = answer.outcome == Outcome::Ok && !is_written_later(&asked.parts, place);
            if let Some(version) = seen.version.as_ref().filter(|_| stays) {
                self.given.insert((asked.number, place), (part.key, version.clone()));
            }
        }
        if let Some(job) = &answer.job
            && (asked.value.is_some() || !self.jobs.values().any(|known| known == job))
        {
            self.jobs.insert(asked.number, job.clone());
        }
        judged
    }

    pub fn unanswered(&mut self, asked: &Asked) -> Result<(), GaveUp> {
        if let Some(job) = &asked.job {
            self.of_steps.insert(asked.number, [job.clone()].into());
        }
        self.model.unanswered(asked)
    }

    /// What may be held of each job.
    fn held(&self) -> Vec<(Text, Vec<Holding>)> {
        let holds = |job: Text| {
            let held = self.model.holds(&Subject::Job(job.clone()));
            (job, held)
        };
        self.model.jobs().into_iter().map(holds).collect()
    }

    /// What steps have to do with this answer, where these would have been right.
    pub fn about(&self, asked: &Asked, answer: Option<&Answer>, rights: &[Right]) -> About {
        let right = rights.iter().filter_map(|right| match &right.job {
            Token::Is(job) => Some(job),
            Token::Any | Token::New(_) | Token::As(_) | Token::Nothing => None,
        });
        let named = asked.job.iter().chain(answer.and_then(|answer| answer.job.as_ref()));
        About { wanted: named.chain(right).cloned().collect(), of_steps: self.of_steps.clone() }
    }

    /// The store was ended and started again.
    pub fn restarted(&mut self) -> Result<(), GaveUp> {
        self.model.restarted()
    }

    /// The versions that steps were given, with the keys that had them, in order.
    pub(crate) fn given(&self) -> impl DoubleEndedIterator<Item = (Symbol, Key, &Text)> {
        let symbol = |(number, place): (usize, usize)| match place {
            0 => Symbol::Of(number),
            _ => Symbol::In(number, place),
        };
        self.given.iter().map(move |(place, (key, version))| (symbol(*place), *key, version))
    }

    /// The jobs that may be there, by the last step that told the number of each.
    pub(crate) fn jobs(&self) -> Vec<Symbol> {
        let there = self.model.jobs();
        let by_number: BTreeMap<&Text, usize> = self.jobs.iter().map(|(number, job)| (job, *number)).collect();
        let mut steps: Vec<usize> =
            by_number.into_iter().filter(|(job, _)| there.contains(*job)).map(|(_, number)| number).collect();
        steps.sort_unstable();
        steps.into_iter().map(Symbol::Of).collect()
    }

    /// The last steps that told the number of a job, which may be gone.
    pub(crate) fn told(&self) -> impl DoubleEndedIterator<Item = Symbol> {
        self.jobs.keys().copied().map(Symbol::Of)
    }
}
