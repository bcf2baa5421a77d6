//! A challenge directory that is open: which stage is shown, what is known of its tests, what runs.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use super::action::Pane;
use super::card::CardPane;
use super::effect::{Request, Scope};
use super::entries::{Cursor, Entry, entries};
use super::event::{Course, RunId, StageText};
use super::find::{Before, ListSearch};
use super::guide::{GuidePane, Place};
use super::layout::Shares;
use super::logs::{LogPane, LogStore, Quoted};
use super::progress::Moments;
use super::results::{StageResults, State, TestResult};
use super::scroll::Scroll;
use crate::facts::{LeftUp, StageVerdict};
use crate::report::card::Card;
use crate::report::cluster_state::ClusterState;
use crate::report::places::SourcePlace;
use crate::report::timeline::{Timeline, Timelines};
use crate::text::clean;
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
    /// How large the panes are, where that is set.
    pub shares: Shares,
    /// The failure that stands beside the tests, where there is room for it.
    pub preview: Option<Box<CardPane>>,
    /// Where the reader is in the list of tests, for each stage.
    pub cursors: HashMap<String, Cursor>,
    /// Searches that are open.
    pub stages_search: Option<ListSearch>,
    pub tests_search: Option<ListSearch>,
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
    /// A moment to go to once the logs of its run are open.
    pub jump: Option<Jump>,
    /// A test whose failure opens as soon as its card is there, by stage and name: it was asked for just before.
    pub opening: Option<(String, String)>,
    /// What is kept of runs beside their results.
    pub moments: Moments,
    /// A place in the guide of this stage, to go to as soon as it has been read.
    pub awaited: Option<(String, Place)>,
    /// The run that was the newest when the app was left, by the name of its folder.
    pub seen: Option<String>,
    /// The newest run now.
    pub newest: Option<PathBuf>,
    /// What earlier runs said has been read.
    pub recorded: bool,
}

/// Where to go in logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jump {
    At(Duration),
    /// To a line that a failure quotes.
    Line(Quoted),
    /// To the beginning of a test.
    Test {
        stage: String,
        test: String,
    },
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
    /// A test has failed, and the run waits while somebody looks at its nodes.
    LeftUp(LeftUp),
    /// Cancelled, or looked at for long enough; its nodes are being ended.
    Stopping,
}

/// One row of the list of tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestView<'a> {
    pub name: &'a str,
    pub state: &'a State,
}

impl Jump {
    /// To what failed: the first error of a build or a start that tells one, else the moment.
    pub fn to_failure(card: &Card) -> Self {
        match card.first_error() {
            Some((log, text)) => Jump::Line(Quoted { log: log.to_owned(), text: text.to_owned() }),
            None => Jump::At(card.moment()),
        }
    }
}

impl Run {
    /// It waits while somebody looks at its nodes.
    pub fn stands_still(&self) -> bool {
        matches!(self.phase, Phase::LeftUp(_))
    }

    /// Whether its records are in this folder, named from the project.
    pub fn has_records(&self, records: &str) -> bool {
        self.folder.as_deref().is_some_and(|folder| folder.ends_with(records))
    }
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
            shares: Shares::default(),
            preview: None,
            cursors: HashMap::new(),
            stages_search: None,
            tests_search: None,
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
            jump: None,
            opening: None,
            moments: Moments::default(),
            awaited: None,
            seen: None,
            newest: None,
            recorded: false,
        }
    }

    /// Goes there in the logs that are open.
    pub fn jump_to(&mut self, jump: &Jump) {
        let at = match jump {
            Jump::At(at) => Some(*at),
            Jump::Line(quoted) => return self.logs.jump_to_line(quoted.clone()),
            Jump::Test { stage, test } => self.timelines.of(stage, test).map(Timeline::began),
        };
        if let Some(at) = at {
            self.logs.jump_to(at);
        }
    }

    /// The run of the failure that keys mean, and where it is in its logs. None where the logs have nothing of it: lsfr
    /// itself failed.
    pub fn way_to_failure(&self) -> Option<(PathBuf, Jump)> {
        let card = self.chosen_card().filter(|card| card.subject.is_of_the_program())?;
        Some((self.course.dir.join(&card.records), Jump::to_failure(card)))
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

    /// The same as entries of a list, with what held them back on top.
    pub fn entries(&self) -> Vec<Entry<'_>> {
        static NOWHERE: LazyLock<Cursor> = LazyLock::new(Cursor::default);
        let results = self.results.get(&self.shown);
        let cursor = self.cursors.get(&self.shown).unwrap_or(&NOWHERE);
        let cause = results.and_then(|results| self.blocked(results));
        entries(self.tests(), results, cause, self.run.is_none(), cursor)
    }

    /// Which of these entries the cursor is on.
    pub fn chosen(&self, entries: &[Entry]) -> usize {
        self.cursors.get(&self.shown).map_or_else(|| Cursor::default().at(entries), |cursor| cursor.at(entries))
    }

    pub fn chosen_entry(&self) -> Option<Entry<'_>> {
        let mut entries = self.entries();
        let at = self.chosen(&entries);
        (at < entries.len()).then(|| entries.swap_remove(at))
    }

    fn move_cursor(&mut self, moves: impl FnOnce(&mut Cursor, &[Entry])) {
        let mut cursor = self.cursors.get(&self.shown).cloned().unwrap_or_default();
        moves(&mut cursor, &self.entries());
        self.cursors.insert(self.shown.clone(), cursor);
    }

    /// Moves through the entries, in a pane of so many rows.
    pub fn scroll_tests(&mut self, by: Scroll, height: usize) {
        // An entry takes about two rows.
        self.move_cursor(|cursor, entries| cursor.scroll(entries, by, height / 2));
    }

    /// Moves the cursor to this entry.
    pub fn choose(&mut self, at: usize) {
        self.move_cursor(|cursor, entries| cursor.choose(entries, at));
    }

    /// Moves the cursor to what to look at first, unless it is on a failure.
    pub fn look_at_failure(&mut self) {
        self.move_cursor(Cursor::look_at_failure);
    }

    /// Opens or closes what the cursor is on. False: nothing there opens.
    pub fn toggle(&mut self) -> bool {
        let mut did = false;
        self.move_cursor(|cursor, entries| did = cursor.toggle(entries));
        did
    }

    /// Where the reader is, for a search in a list that may lead elsewhere.
    pub fn standing(&self) -> Before {
        Before {
            stage: self.shown.clone(),
            cursor: self.cursors.get(&self.shown).cloned().unwrap_or_default(),
            guide: self.guide.standing(),
            mark: self.guide.marked().map(str::to_owned),
        }
    }

    /// The stages that the search in them finds.
    pub fn stages_found(&self) -> Vec<usize> {
        let Some(search) = &self.stages_search else { return Vec::new() };
        search.found(self.course.stages.iter().map(|stage| vec![clean(&stage.key), clean(&stage.title)]))
    }

    /// The entries that the search in the tests finds.
    pub fn tests_found(&self) -> Vec<usize> {
        let Some(search) = &self.tests_search else { return Vec::new() };
        search.found(self.entries().iter().map(Entry::texts))
    }

    pub fn chosen_test(&self) -> Option<TestView<'_>> {
        self.chosen_entry()?.test()
    }

    /// The failure that keys mean: the one under the cursor, or else what to look at first in the stage.
    pub fn chosen_card(&self) -> Option<&Card> {
        let results = self.results.get(&self.shown)?;
        let under = self.chosen_entry().and_then(|entry| entry.card());
        under.or_else(|| self.blocked(results)).or_else(|| results.cards.first())
    }

    /// A test that the keys mean and that has failed just now: its card is on its way.
    pub fn failing(&self) -> Option<&str> {
        let run = self.run.as_ref()?;
        let results = self.results.get(&self.shown).filter(|results| results.run == run.folder)?;
        if self.focus != Pane::Tests && self.chosen_card().is_some() {
            return None;
        }
        let has_no_card = |test: &TestResult| {
            matches!(test.state, State::Failed(_) | State::NotJudged(_)) && results.card(&test.name).is_none()
        };
        let chosen = self.chosen_test().filter(|_| self.focus == Pane::Tests).map(|test| test.name);
        let meant = |test: &&TestResult| chosen.is_none_or(|name| test.name == name);
        results.tests.iter().filter(meant).find(|test| has_no_card(test)).map(|test| test.name.as_str())
    }

    /// What held back the tests of a stage: it may have been reported at an earlier one of the same run.
    pub fn blocked<'a>(&'a self, results: &'a StageResults) -> Option<&'a Card> {
        let held = || results.count(|state| matches!(state, State::NotRun(_))) > 0;
        let same_run = |other: &&StageResults| other.run == results.run;
        let elsewhere = || self.results.values().filter(same_run).find_map(StageResults::blocked);
        results.blocked().or_else(|| if held() { elsewhere() } else { None })
    }

    /// The line of the project that the failure in front of the reader points to.
    pub fn place_to_edit(&self) -> Option<&SourcePlace> {
        // A test that passes points nowhere, whatever else failed.
        let on_another = self.focus == Pane::Tests && self.chosen_entry().is_some_and(|entry| entry.card().is_none());
        self.chosen_card().filter(|_| !on_another)?.place.as_ref()
    }

    /// Whether `open` shows a failure: the cursor may be on something else, which it opens or cannot open.
    pub fn opens_failure(&self) -> bool {
        let on_another = match self.focus {
            Pane::Stages => true,
            Pane::Guide => self.guide.current_link().is_some(),
            Pane::Tests => self.chosen_entry().is_some_and(|entry| entry.card().is_none()),
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

    /// Whether all that is known of a stage is of the program as it is, as far as that is watched.
    pub fn is_current(&self, stage: &str) -> bool {
        let results = self.results.get(stage);
        results.is_some_and(|results| results.tests.iter().all(|test| self.moments.is_current(stage, &test.name)))
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
            keep: false,
            scope,
        }
    }

    /// How long the run in flight has taken.
    pub fn elapsed(&self, now: Instant) -> Option<Duration> {
        Some(now.saturating_duration_since(self.run.as_ref()?.began?))
    }
}
