//! A run in flight as the reader wants it told: how far, what it does now, how long still, what set it off, and what
//! is different from before. [`of`] computes it from the state; [`Moments`] keeps the little that the state of a run
//! does not say.

mod before;
mod draw;
mod past;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use before::{Before, Passed};
pub use draw::{bar, changes, count, left, lines, old, rest};
pub use past::{Earlier, Past};
pub use words::{as_of, span};

use super::action::Action;
use super::effect::Scope;
use super::osc::TaskProgress;
use super::results::{StageResults, State};
use super::workbench::{Phase, Run, Workbench};

/// How long a test that has just been fixed looks different.
pub const FLASH: Duration = Duration::from_secs(1);

/// What set a run off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Files that changed, relative to the challenge directory.
    Saved(Vec<PathBuf>),
    /// The key of this action.
    Pressed(Action),
    /// The next stage was asked for, and this one has to pass first.
    ToMoveOn,
    /// The app began with it.
    Opened,
}

/// By stage and test: whether it passed when it was last judged.
type Verdicts = BTreeMap<String, BTreeMap<String, bool>>;

/// What is kept of runs beside their results.
#[derive(Debug, Default)]
pub struct Moments {
    /// What set off the last run, or the one that comes after it.
    pub trigger: Option<Trigger>,
    past: Past,
    /// As of now, and as of the beginning of the last run.
    known: Verdicts,
    before: Verdicts,
    /// What the last run changed.
    fixed: Vec<Change>,
    broken: Vec<Change>,
    /// Tests that ended since a file changed last, by stage.
    tried: BTreeMap<String, BTreeSet<String>>,
    /// When the step that runs now began.
    step: Option<Instant>,
    /// What the terminal has been told last.
    told: Option<TaskProgress>,
}

/// A test whose verdict is no longer the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub stage: String,
    pub test: String,
    pub at: Instant,
}

impl Moments {
    /// What the records say. What has been seen since is newer.
    pub fn remember(&mut self, past: Past) {
        for (stage, test, passed) in past.verdicts() {
            self.known.entry(stage.to_owned()).or_default().entry(test.to_owned()).or_insert(passed);
        }
        self.past = past;
    }

    pub fn past(&self) -> &Past {
        &self.past
    }

    /// A run begins: that of the trigger that was noted last.
    pub fn begins(&mut self) {
        self.before = self.known.clone();
        self.fixed.clear();
        self.broken.clear();
        self.step = None;
    }

    pub fn step_began(&mut self, now: Instant) {
        self.step = Some(now);
    }

    /// A test of the run has ended.
    pub fn test_ended(&mut self, stage: &str, test: &str, state: &State, now: Instant) {
        self.step = None;
        self.tried.entry(stage.to_owned()).or_default().insert(test.to_owned());
        let passed = match state {
            State::Passed(_) => true,
            State::Failed(_) => false,
            // Nothing is known of the program: what it was before still counts.
            State::Open | State::Running | State::NotJudged(_) | State::NotRun(_) => return,
        };
        self.known.entry(stage.to_owned()).or_default().insert(test.to_owned(), passed);
        let before = self.before.get(stage).and_then(|tests| tests.get(test));
        let changed = match before {
            Some(false) if passed => &mut self.fixed,
            Some(true) if !passed => &mut self.broken,
            _ => return,
        };
        changed.push(Change { stage: stage.to_owned(), test: test.to_owned(), at: now });
    }

    /// The program is another one now.
    pub fn files_changed(&mut self) {
        self.tried.clear();
        self.past.is_of_another_program();
    }

    /// What the last run has changed.
    pub fn changes(&self) -> Changes {
        Changes { fixed: self.fixed.len(), broken: self.broken.len() }
    }

    /// This test was fixed a moment ago.
    pub fn flashes(&self, stage: &str, test: &str, now: Instant) -> bool {
        let just = |change: &&Change| now.saturating_duration_since(change.at) < FLASH;
        self.fixed.iter().filter(just).any(|change| change.stage == stage && change.test == test)
    }

    /// When the next flash ends: the screen is to be drawn then. None if nothing flashes.
    pub fn wakes_at(&self, now: Instant) -> Option<Instant> {
        self.fixed.iter().map(|change| change.at + FLASH).filter(|end| *end > now).min()
    }

    /// Whether the end of a flash may still have to be drawn.
    pub fn flashed(&self, now: Instant) -> bool {
        self.fixed.iter().any(|change| now.saturating_duration_since(change.at) < FLASH * 2)
    }

    /// What the terminal is to be told, if that is something else than the last time.
    pub fn tell(&mut self, progress: TaskProgress) -> Option<TaskProgress> {
        let known = self.told.replace(progress).unwrap_or(TaskProgress::None);
        (known != progress).then_some(progress)
    }

    /// Whether what is known of a test is of the program as it is, as far as that is watched.
    pub fn is_current(&self, stage: &str, test: &str) -> bool {
        self.tried.get(stage).is_some_and(|tests| tests.contains(test))
            || self.past.test(stage, test).is_none_or(|earlier| earlier.current)
    }
}

/// How many tests were fixed and broken by a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    pub fixed: usize,
    pub broken: usize,
}

/// A run in flight.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress<'a> {
    pub trigger: Option<&'a Trigger>,
    pub phase: &'a Phase,
    pub tests: Count,
    /// What a test does now.
    pub step: Option<Step<'a>>,
    pub left: Left,
    pub changes: Changes,
    /// Since the run began.
    pub took: Duration,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
    /// Not run or not judged.
    pub other: usize,
    /// None as long as it is not known which tests the run has.
    pub of: Option<usize>,
}

impl Count {
    pub fn done(&self) -> usize {
        self.passed + self.failed + self.other
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    pub stage: &'a str,
    pub test: &'a str,
    /// As the run told it. Empty before the first one of a test.
    pub text: &'a str,
    /// Of the test, if the step's own beginning is not known.
    pub took: Duration,
}

/// How long the tests still take, by what they took in the last runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// One of them has never run.
    Unknown,
    /// All of them have ended.
    Nothing,
    About(Duration),
    /// The test that runs now takes much longer than it ever did; nobody knows what that means for the rest.
    Overdue,
}

/// What is to be said of the run in flight; none if there is none.
pub fn of(bench: &Workbench, now: Instant) -> Option<Progress<'_>> {
    let run = bench.run.as_ref()?;
    let plan: Vec<Planned> = stages(bench, &run.request.scope).map(|stage| Planned::of(bench, run, stage)).collect();
    let began = run.test.as_ref().map(|(_, began)| *began);
    let running = began.map(|began| now.saturating_duration_since(began));
    let step = run.test.as_ref().zip(run.stage.as_deref()).map(|((test, began), stage)| Step {
        stage,
        test,
        text: &run.step,
        took: now.saturating_duration_since(bench.moments.step.unwrap_or(*began)),
    });
    Some(Progress {
        trigger: bench.moments.trigger.as_ref(),
        phase: &run.phase,
        tests: count_of(&plan),
        step: step.filter(|_| run.phase == Phase::Testing),
        left: if run.cancelled { Left::Unknown } else { left_of(&plan, bench.moments.past(), running) },
        changes: bench.moments.changes(),
        took: bench.elapsed(now).unwrap_or_default(),
    })
}

impl Progress<'_> {
    /// In the terms of a terminal's tab or task bar.
    pub fn in_task_bar(&self) -> TaskProgress {
        match self.tests.of {
            Some(of) if of > 0 && matches!(self.phase, Phase::Testing | Phase::LeftUp(_)) => {
                let percent = (self.tests.done() * 100 / of).try_into().unwrap_or(100);
                TaskProgress::Part { percent, bad: self.tests.failed > 0 }
            }
            _ => TaskProgress::Unknown,
        }
    }
}

/// The stages of a run, in order.
fn stages<'a>(bench: &'a Workbench, scope: &'a Scope) -> impl Iterator<Item = &'a str> {
    let last = bench.place(scope.stage());
    let alone = matches!(scope, Scope::Stage(_) | Scope::Test { .. });
    let all = bench.course.stages.iter().map(|row| row.key.as_str()).enumerate();
    all.filter(move |(place, _)| if alone { *place == last } else { *place <= last }).map(|(_, key)| key)
}

/// A stage of a run: its tests, each with its state if the run has come to it. None if they are not known.
struct Planned<'a> {
    stage: &'a str,
    tests: Option<Vec<(&'a str, &'a State)>>,
}

impl<'a> Planned<'a> {
    fn of(bench: &'a Workbench, run: &'a Run, stage: &'a str) -> Self {
        static OPEN: State = State::Open;
        let begun = |results: &&StageResults| run.folder.is_some() && results.run == run.folder;
        let results = bench.results.get(stage).filter(begun);
        let tests = match (&run.request.scope, results, bench.texts.get(stage)) {
            (Scope::Test { test, .. }, results, _) => {
                Some(vec![(test.as_str(), results.and_then(|results| results.state(test)).unwrap_or(&OPEN))])
            }
            (_, Some(results), _) => {
                Some(results.tests.iter().map(|test| (test.name.as_str(), &test.state)).collect())
            }
            (_, None, Some(text)) => Some(text.tests.iter().map(|row| (row.name.as_str(), &OPEN)).collect()),
            (_, None, None) => {
                let names = bench.moments.past().tests_of(stage);
                names.map(|names| names.iter().map(|name| (name.as_str(), &OPEN)).collect())
            }
        };
        Self { stage, tests }
    }
}

fn count_of(plan: &[Planned]) -> Count {
    let mut count = Count { of: Some(0), ..Count::default() };
    for stage in plan {
        count.of = count.of.zip(stage.tests.as_ref()).map(|(of, tests)| of + tests.len());
        for (_, state) in stage.tests.iter().flatten() {
            match state {
                State::Passed(_) => count.passed += 1,
                State::Failed(_) => count.failed += 1,
                State::NotJudged(_) | State::NotRun(_) => count.other += 1,
                State::Open | State::Running => {}
            }
        }
    }
    count
}

/// `running`: how long the test that runs now has taken.
fn left_of(plan: &[Planned], past: &Past, running: Option<Duration>) -> Left {
    let (mut rest, mut any) = (Duration::ZERO, false);
    for stage in plan {
        let Some(tests) = &stage.tests else { return Left::Unknown };
        for (test, state) in tests {
            if !matches!(state, State::Open | State::Running) {
                continue;
            }
            any = true;
            let Some(usual) = past.usual(stage.stage, test) else { return Left::Unknown };
            match running.filter(|_| **state == State::Running) {
                None => rest += usual,
                // Half again as long, but never so little that a clock could not tell.
                Some(took) if took > usual + (usual / 2).max(Duration::from_secs(2)) => return Left::Overdue,
                Some(took) => rest += usual.saturating_sub(took),
            }
        }
    }
    if any { Left::About(rest) } else { Left::Nothing }
}
