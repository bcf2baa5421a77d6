//! A challenge directory that is open: which stage is shown, what is known of its tests, what runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::action::Pane;
use super::effect::{Request, Scope};
use super::event::{Course, RunId, StageText};
use super::guide::GuidePane;
use super::logs::{LogPane, LogStore};
use super::results::{StageResults, State};
use crate::facts::StageVerdict;
use crate::report::card::Card;
use crate::report::cluster_state::ClusterState;
use crate::report::timeline::Timelines;
use crate::watch::{How, OwnWrites};

#[derive(Debug)]
pub struct Workbench {
    pub course: Course,
    /// The stage whose guide and tests are shown.
    pub shown: String,
    pub texts: HashMap<String, StageText>,
    pub results: HashMap<String, StageResults>,
    pub focus: Pane,
    /// Whichever of Stages and Guide had the focus last: where there is little room, it is the one that is shown.
    pub left: Pane,
    pub zoom: bool,
    /// Which test the cursor is on, in the order shown.
    pub test: usize,
    pub guide: GuidePane,
    pub logs: LogPane,
    pub store: Option<LogStore>,
    /// The run whose logs `store` holds.
    pub logged: Option<PathBuf>,
    /// The nodes of that run and their links, as last reported.
    pub cluster: Arc<ClusterState>,
    /// The same through each test of that run.
    pub timelines: Timelines,
    pub run: Option<Run>,
    /// What runs next, once the run in flight has ended.
    pub pending: Option<Request>,
    /// What a save runs again.
    pub last: Option<Scope>,
    pub runs: RunId,
    /// Move on as soon as the run in flight has passed the current stage.
    pub advance: bool,
    pub watch: Watch,
    /// Tests that failed and have not passed since, by stage and name, with the seed that they failed with.
    pub failed: BTreeMap<(String, String), u64>,
    /// Stages whose results are those of the program as it is, as far as it is watched.
    pub fresh: BTreeSet<String>,
    /// A moment to go to once the logs of its run are open.
    pub jump: Option<Duration>,
}

/// What is known of changes to files.
#[derive(Debug, Default)]
pub struct Watch {
    pub on: bool,
    /// Files that are watched, and how, once that is known.
    pub state: Option<(usize, How)>,
    pub own: OwnWrites,
    /// Why nothing is watched though it should be.
    pub problem: Option<String>,
}

/// A run in flight.
#[derive(Debug)]
pub struct Run {
    pub id: RunId,
    pub request: Request,
    /// When its folder was there.
    pub began: Option<Instant>,
    pub seed: Option<u64>,
    pub folder: Option<PathBuf>,
    pub phase: Phase,
    /// The stage and the test that run now, and what the test is doing.
    pub stage: Option<String>,
    pub test: Option<(String, Instant)>,
    pub step: String,
    pub cancelled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    Preparing,
    /// With the build's command.
    Building(String),
    Testing,
    /// Cancelled; its nodes are being ended.
    Stopping,
}

/// One row of the list of tests.
#[derive(Debug, Clone, PartialEq)]
pub struct TestView<'a> {
    pub name: &'a str,
    pub state: &'a State,
}

impl Workbench {
    pub fn new(course: Course) -> Self {
        Self {
            shown: course.current.clone(),
            course,
            texts: HashMap::new(),
            results: HashMap::new(),
            focus: Pane::Guide,
            left: Pane::Guide,
            zoom: false,
            test: 0,
            guide: GuidePane::default(),
            logs: LogPane::default(),
            store: None,
            logged: None,
            cluster: Arc::default(),
            timelines: Timelines::default(),
            run: None,
            pending: None,
            last: None,
            runs: 0,
            advance: false,
            watch: Watch { on: true, ..Watch::default() },
            failed: BTreeMap::new(),
            fresh: BTreeSet::new(),
            jump: None,
        }
    }

    pub fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        if matches!(pane, Pane::Stages | Pane::Guide) {
            self.left = pane;
        }
    }

    pub fn is_completed(&self, stage: &str) -> bool {
        self.course.completed.iter().any(|completed| completed == stage)
    }

    pub fn place(&self, stage: &str) -> usize {
        self.course.stages.iter().position(|row| row.key == stage).unwrap_or(0)
    }

    /// `current` has not reached it.
    pub fn is_locked(&self, stage: &str) -> bool {
        self.place(stage) > self.place(&self.course.current) && !self.is_completed(stage)
    }

    /// The tests of the stage that is shown, each with how it went, in the order of the stage.
    pub fn tests(&self) -> Vec<TestView<'_>> {
        static OPEN: State = State::Open;
        let results = self.results.get(&self.shown);
        let Some(text) = self.texts.get(&self.shown) else {
            return Vec::new();
        };
        let state = |name: &str| results.and_then(|results| results.state(name)).unwrap_or(&OPEN);
        text.tests.iter().map(|row| TestView { name: &row.name, state: state(&row.name) }).collect()
    }

    pub fn chosen_test(&self) -> Option<TestView<'_>> {
        self.tests().into_iter().nth(self.test)
    }

    /// The failure that keys mean: the one under the cursor, or else the first of the stage.
    pub fn chosen_card(&self) -> Option<&Card> {
        let results = self.results.get(&self.shown)?;
        let under = self.chosen_test().filter(|test| test.state.is_bad());
        let held = under.as_ref().is_some_and(|test| matches!(test.state, State::NotRun(_)));
        let under = under.and_then(|test| results.card(test.name));
        under.or_else(|| self.blocked(results).filter(|_| held)).or_else(|| results.cards.first())
    }

    /// What holds back the tests of a stage: it may have been reported at an earlier one.
    pub fn blocked<'a>(&'a self, results: &'a StageResults) -> Option<&'a Card> {
        results.blocked().or_else(|| self.results.values().find_map(StageResults::blocked))
    }

    /// Whether `open` shows a failure: the cursor may be on something else, which it opens or cannot open.
    pub fn opens_failure(&self) -> bool {
        let on_another = match self.focus {
            Pane::Stages => true,
            Pane::Guide => self.guide.current_link().is_some(),
            Pane::Tests => self.chosen_test().is_some_and(|test| !test.state.is_bad()),
            Pane::Logs => false,
        };
        !on_another && self.chosen_card().is_some()
    }

    /// The section of the guide that a test proves.
    pub fn proves(&self, stage: &str, test: &str) -> Option<&str> {
        let row = self.texts.get(stage)?.tests.iter().find(|row| row.name == test)?;
        Some(&row.proves)
    }

    pub fn verdict(&self, stage: &str) -> Option<StageVerdict> {
        self.results.get(stage)?.verdict
    }

    /// What to run for a scope: with the seed that failed, until it passes, and what failed first.
    pub fn request(&self, scope: Scope) -> Request {
        let last = self.place(scope.stage());
        let is_meant = |(stage, test): &(String, String)| match &scope {
            Scope::Stage(only) => stage == only,
            Scope::SoFar(_) => self.place(stage) <= last,
            Scope::Test { stage: only, test: alone } => stage == only && test == alone,
        };
        let failed: Vec<_> = self.failed.iter().filter(|(test, _)| is_meant(test)).collect();
        Request {
            seed: failed.iter().min_by_key(|((stage, _), _)| self.place(stage)).map(|(_, seed)| **seed),
            first: failed.iter().map(|((_, test), _)| test.clone()).collect(),
            scope,
        }
    }

    /// How long the run in flight has taken.
    pub fn elapsed(&self, now: Instant) -> Option<Duration> {
        Some(now.saturating_duration_since(self.run.as_ref()?.began?))
    }
}
