//! What is known of a stage's tests: from the run in flight, or from the last one that had it.

use std::path::PathBuf;
use std::time::Duration;

use crate::facts::{Outcome, StageVerdict, TestVerdict, Verdict};
use crate::report::card::{Card, Subject};
use crate::report::records::{RUNS, Recorded};
use crate::report::rest::Rest;

/// A stage's tests as they went the last time.
#[derive(Debug, Clone, Default)]
pub struct StageResults {
    pub stage: String,
    /// In the order in which they ran.
    pub tests: Vec<TestResult>,
    pub verdict: Option<StageVerdict>,
    pub cards: Vec<Card>,
    pub seed: u64,
    /// The folder of the run.
    pub run: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    pub name: String,
    pub state: State,
    /// Of the run that it comes from.
    pub seed: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Not run yet; in a run in flight, its turn will come.
    Open,
    Running,
    Passed(Duration),
    Failed(Duration),
    NotJudged(String),
    NotRun(String),
}

impl State {
    pub fn from_verdict(verdict: &Verdict, took: Duration) -> Self {
        match verdict {
            Verdict::Passed => State::Passed(took),
            Verdict::Failed(_) => State::Failed(took),
            Verdict::NotJudged { reason, .. } => State::NotJudged(reason.clone()),
            Verdict::NotRun { reason } => State::NotRun(reason.clone()),
        }
    }

    /// None before the test has ended.
    fn verdict(&self) -> Option<TestVerdict> {
        match self {
            State::Open | State::Running => None,
            State::Passed(_) => Some(TestVerdict::Passed),
            State::Failed(_) => Some(TestVerdict::Failed),
            State::NotJudged(_) => Some(TestVerdict::NotJudged),
            State::NotRun(_) => Some(TestVerdict::NotRun),
        }
    }

    /// There is a failure card that explains it: its own, or that of what held it back.
    pub fn is_bad(&self) -> bool {
        matches!(self, State::Failed(_) | State::NotJudged(_) | State::NotRun(_))
    }
}

impl StageResults {
    /// The stages of a recorded run.
    pub fn from_run(run: &Recorded) -> Vec<Self> {
        let record = &run.record;
        let stage = |result: &crate::report::records::StageResult| StageResults {
            stage: result.stage.clone(),
            tests: result
                .tests
                .iter()
                .map(|test| TestResult {
                    name: test.test.clone(),
                    state: recorded(test.verdict, test.reason.as_deref(), test.took),
                    seed: record.seed,
                })
                .collect(),
            verdict: result.verdict,
            cards: record.cards.iter().filter(|card| card.stage == result.stage).cloned().collect(),
            seed: record.seed,
            run: Some(run.folder.clone()),
        };
        let mut stages: Vec<Self> = record.results.iter().map(stage).collect();
        if let Some(last) = stages.last_mut() {
            let folder = run.folder.file_name().map(|name| format!("{RUNS}/{}", name.display()));
            last.could_not_go_on(&record.outcome, &folder.unwrap_or_default());
        }
        stages
    }

    /// Takes from an earlier run what this one says nothing about: it may have been of a single test.
    pub fn complete_with(&mut self, earlier: StageResults) {
        for test in earlier.tests {
            // What held a test back then has been got past since, or is told by this run.
            if self.state(&test.name).is_none() && !matches!(test.state, State::NotRun(_)) {
                let explains = |card: &&Card| card.subject == Subject::Test && card.test == test.name;
                let cards = earlier.cards.iter().filter(explains).filter(|card| !self.cards.contains(card));
                let cards: Vec<Card> = cards.cloned().collect();
                self.cards.extend(cards);
                self.tests.push(test);
            }
        }
    }

    pub fn state(&self, test: &str) -> Option<&State> {
        self.tests.iter().find(|result| result.name == test).map(|result| &result.state)
    }

    pub fn set(&mut self, test: &str, state: State) {
        match self.tests.iter_mut().find(|result| result.name == test) {
            Some(result) => result.state = state,
            None => self.tests.push(TestResult { name: test.to_owned(), state, seed: self.seed }),
        }
    }

    pub fn card(&self, test: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.subject == Subject::Test && card.test == test)
    }

    /// What held back tests of this stage, and those of stages after it.
    pub fn blocked(&self) -> Option<&Card> {
        self.cards.iter().find(|card| card.subject != Subject::Test)
    }

    /// Notes on each card what became of the other tests, where all of them were in one run that has been through with them.
    pub fn note_rest(&mut self) {
        let ended: Vec<_> =
            self.tests.iter().filter_map(|test| Some((test.name.as_str(), test.state.verdict()?))).collect();
        for card in self.cards.iter_mut().filter(|card| card.subject == Subject::Test) {
            card.rest = Rest::of(&card.test, ended.iter().copied());
        }
    }

    pub fn count(&self, wanted: impl Fn(&State) -> bool) -> usize {
        self.tests.iter().filter(|result| wanted(&result.state)).count()
    }

    /// Names of the tests that failed or could not be judged. What was held back is not to blame.
    pub fn bad(&self) -> impl Iterator<Item = &str> {
        let bad = |result: &&TestResult| matches!(result.state, State::Failed(_) | State::NotJudged(_));
        self.tests.iter().filter(bad).map(|result| result.name.as_str())
    }

    /// A test failed, or could not be judged; or the program did not get as far as a test.
    pub fn has_failed(&self) -> bool {
        self.bad().next().is_some() || self.blocked().is_some_and(|card| card.subject.is_of_the_program())
    }

    /// The run could not go on, in this stage: that is told before anything else, until it has run again.
    pub fn could_not_go_on(&mut self, outcome: &Outcome, folder: &str) {
        if let Some(card) = Card::of_outcome(outcome, &self.stage, folder) {
            self.cards.retain(|card| card.subject == Subject::Test);
            self.cards.insert(0, card);
        }
    }
}

fn recorded(verdict: TestVerdict, reason: Option<&str>, took: Duration) -> State {
    let reason = || reason.unwrap_or_default().to_owned();
    match verdict {
        TestVerdict::Passed => State::Passed(took),
        TestVerdict::Failed => State::Failed(took),
        TestVerdict::NotJudged => State::NotJudged(reason()),
        TestVerdict::NotRun => State::NotRun(reason()),
    }
}
