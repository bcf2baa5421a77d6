//! Every action, and every event that changes something.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::update;
use crate::runner::event::{self as runner, Outcome, RunStarted, StageVerdict, Stamped, Verdict};
use crate::session::progress::Moved;
use crate::tui::action::{Action, Pane, TABLE};
use crate::tui::app::{App, Overlay, PromptKind, Screen};
use crate::tui::bench::{Bench, Phase};
use crate::tui::effect::{Edited, Effect, Request, Scope};
use crate::tui::event::{Advanced, Course, Done, Event, RunNews, Signal, StageRow, StageText, TestRow};
use crate::tui::keymap::{Key, Keymap};
use crate::tui::results::{StageResults, State, TestResult};
use crate::tui::theme::Theme;
use crate::watch::{How, WatchEvent};

/// The app on a challenge of two stages with two tests each, at a time that only the test moves.
pub(in crate::tui) struct Desk {
    pub(in crate::tui) app: App,
    pub(in crate::tui) now: Instant,
    effects: Vec<Effect>,
}

impl Desk {
    pub(in crate::tui) fn new() -> Self {
        let now = Instant::now();
        let app = App::new(Theme::DARK, Keymap::default(), (120, 36), now);
        let mut desk = Self { app, now, effects: Vec::new() };
        desk.done(Done::Opened(Ok(Box::new(course()))));
        for stage in ["first", "second"] {
            let test = |name: &str| TestRow { name: format!("{stage} {name}"), proves: "values".into() };
            let guide = "# Title\n\nText.\n\n## Values\n\nA [link](https://example.org/).\n".to_owned();
            let text = StageText { guide, tests: vec![test("works"), test("lasts")] };
            desk.done(Done::Stage { key: stage.into(), loaded: Ok(text) });
        }
        desk.effects.clear();
        desk
    }

    pub(in crate::tui) fn event(&mut self, event: Event) -> &mut Self {
        let effects = update(&mut self.app, event, self.now);
        self.effects.extend(effects);
        self
    }

    pub(in crate::tui) fn done(&mut self, done: Done) -> &mut Self {
        self.event(Event::Done(done))
    }

    pub(in crate::tui) fn press(&mut self, key: &str) -> &mut Self {
        let code = match key {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "shift-tab" => KeyCode::BackTab,
            "backspace" => KeyCode::Backspace,
            _ => KeyCode::Char(key.chars().last().unwrap()),
        };
        let modifiers = if key.starts_with("ctrl-") { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        self.event(Event::Key(KeyEvent::new(code, modifiers)))
    }

    pub(in crate::tui) fn news(&mut self, news: RunNews) -> &mut Self {
        let id = self.bench().runs;
        self.event(Event::Run { id, news })
    }

    pub(in crate::tui) fn told(&mut self, event: runner::Event) -> &mut Self {
        self.news(RunNews::Event(Box::new(Stamped { at: Duration::ZERO, event })))
    }

    pub(in crate::tui) fn bench(&self) -> &Bench {
        self.app.bench().unwrap()
    }

    pub(in crate::tui) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(in crate::tui) fn toast(&self) -> &str {
        self.app.toast.as_ref().map_or("", |toast| &toast.text)
    }

    /// A run of a stage, up to its first test.
    pub(in crate::tui) fn begun(&mut self, stage: &str) -> &mut Self {
        self.news(RunNews::Prepared { folder: PathBuf::from("/p/.lsfr/runs/x") });
        self.told(runner::Event::RunStarted(RunStarted {
            version: String::new(),
            challenge: "kv".into(),
            stages: vec![stage.into()],
            seed: 7,
            folder: ".lsfr/runs/x".into(),
            time: String::new(),
        }));
        let tests = vec![format!("{stage} works"), format!("{stage} lasts")];
        self.told(runner::Event::StageStarted { stage: stage.into(), title: String::new(), tests })
    }

    pub(in crate::tui) fn test(&mut self, stage: &str, name: &str, verdict: Verdict) -> &mut Self {
        let (stage, test, took) = (stage.to_owned(), format!("{stage} {name}"), Duration::from_millis(5));
        self.told(runner::Event::TestStarted { stage: stage.clone(), test: test.clone() });
        let failed = matches!(verdict, Verdict::Failed(_));
        self.told(runner::Event::TestEnded { stage: stage.clone(), test: test.clone(), verdict, took });
        if failed {
            let card = crate::report::card::Card::example(&stage, &test, &["one", "two"]);
            self.news(RunNews::Card(Box::new(card)));
        }
        self
    }

    pub(in crate::tui) fn ended(&mut self, stage: &str, verdict: StageVerdict) -> &mut Self {
        self.told(runner::Event::StageEnded { stage: stage.into(), verdict, took: Duration::from_millis(9) });
        let outcome = if verdict == StageVerdict::Passed { Outcome::Passed } else { Outcome::Failed };
        self.news(RunNews::Ended(Ok(outcome)))
    }

    pub(in crate::tui) fn passed(&mut self, stage: &str) -> &mut Self {
        self.begun(stage).test(stage, "works", Verdict::Passed).test(stage, "lasts", Verdict::Passed);
        self.ended(stage, StageVerdict::Passed)
    }

    pub(in crate::tui) fn failed(&mut self, stage: &str) -> &mut Self {
        self.begun(stage).test(stage, "works", Verdict::Passed).test(stage, "lasts", failure());
        self.ended(stage, StageVerdict::Failed)
    }
}

pub(in crate::tui) fn failure() -> Verdict {
    Verdict::Failed(Box::new(runner::Failure {
        requirement: "Values".into(),
        proves: "values".into(),
        step: None,
        what: runner::What::Value { sentence: "It is gone.".into() },
        hints: vec![],
        commands: Default::default(),
    }))
}

fn course() -> Course {
    let row = |key: &str| StageRow { key: key.into(), title: format!("The {key}"), part: "One".into() };
    Course {
        dir: "/p".into(),
        key: "kv".into(),
        name: "A store".into(),
        stages: vec![row("first"), row("second"), row("third")],
        current: "first".into(),
        completed: vec![],
        untouched: true,
    }
}

/// From the first stage, before any was done.
fn advance(tested: bool) -> Effect {
    Effect::Advance { tested, current: "first".into(), completed: vec![] }
}

fn request(scope: Scope) -> Request {
    Request { scope, seed: None, first: vec![] }
}

fn saved(file: &str) -> Event {
    Event::Watch(WatchEvent::Changed { files: vec![file.into()] })
}

#[test]
fn a_project_that_is_opened_is_read_and_watched() {
    let mut app = App::new(Theme::DARK, Keymap::default(), (120, 36), Instant::now());
    let effects = update(&mut app, Event::Done(Done::Opened(Ok(Box::new(course())))), Instant::now());
    let title = Effect::Title("kv · lsfr".into());
    assert_eq!(effects, [Effect::LoadStage("first".into()), Effect::LoadResults, Effect::StartWatch, title]);
    update(&mut app, Event::Done(Done::Opened(Err("lsfr.yaml:1: no".into()))), Instant::now());
    assert!(matches!(&app.screen, Screen::Broken(message) if message.contains("lsfr.yaml")));
}

#[test]
fn the_stage_runs_and_each_test_says_how_it_went() {
    let mut desk = Desk::new();
    desk.press("r");
    let first = Scope::Stage("first".into());
    assert_eq!(desk.take(), [Effect::Run { id: 1, request: request(first) }]);
    assert_eq!(desk.bench().run.as_ref().unwrap().phase, Phase::Preparing);
    desk.begun("first");
    assert_eq!(desk.take(), [Effect::OpenLogs { run: "/p/.lsfr/runs/x".into(), live: true }]);
    desk.told(runner::Event::TestStarted { stage: "first".into(), test: "first works".into() });
    desk.told(runner::Event::StepStarted { text: "GET /kv/a".into() });
    assert_eq!(*desk.bench().tests()[0].state, State::Running);
    assert_eq!(desk.bench().run.as_ref().unwrap().step, "GET /kv/a");
    desk.test("first", "works", Verdict::Passed).test("first", "lasts", failure());
    desk.ended("first", StageVerdict::Failed);
    assert!(matches!(desk.bench().tests()[0].state, State::Passed(_)));
    assert!(matches!(desk.bench().tests()[1].state, State::Failed(_)));
    assert!(desk.bench().run.is_none());
    assert_eq!(desk.bench().test, 1, "the cursor goes to what failed");
    assert_eq!(desk.take(), [Effect::Title("✗ first 1/2 · lsfr".into())]);
}

#[test]
fn a_failed_seed_is_kept_and_what_failed_runs_first_until_it_passes() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.press("r");
    let scope = Scope::Stage("first".into());
    let again = Request { scope: scope.clone(), seed: Some(7), first: vec!["first lasts".into()] };
    assert_eq!(desk.take(), [Effect::Run { id: 2, request: again }]);
    desk.passed("first").press("esc").take();
    desk.press("r");
    assert_eq!(desk.take(), [Effect::Run { id: 3, request: request(scope) }]);
}

#[test]
fn a_save_in_the_middle_keeps_what_failed() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.press("r").begun("first").take();
    desk.event(saved("main.py")).news(RunNews::Ended(Ok(Outcome::Interrupted)));
    let scope = Scope::Stage("first".into());
    let again = Request { scope, seed: Some(7), first: vec!["first lasts".into()] };
    assert_eq!(desk.take(), [Effect::Cancel, Effect::Run { id: 3, request: again }]);
    // A run of all so far keeps the seed of whichever stage failed.
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted))).press("]").take();
    desk.press("R");
    let [Effect::Run { request, .. }] = &desk.take()[..] else { panic!() };
    assert_eq!((request.seed, request.first.len()), (Some(7), 1));
}

#[test]
fn a_failure_in_a_stage_that_is_not_shown_shows_itself() {
    let mut desk = Desk::new();
    desk.press("]").press("R").begun("first");
    desk.test("first", "works", Verdict::Passed).test("first", "lasts", failure());
    desk.told(runner::Event::StageEnded {
        stage: "first".into(),
        verdict: StageVerdict::Failed,
        took: Duration::from_millis(9),
    });
    desk.passed("second");
    desk.news(RunNews::Ended(Ok(Outcome::Failed)));
    assert_eq!(desk.bench().shown, "second", "that run had ended already");
    let mut desk = Desk::new();
    desk.press("]").press("R").begun("first").test("first", "lasts", failure());
    desk.news(RunNews::Ended(Ok(Outcome::Failed)));
    assert_eq!(desk.bench().shown, "first");
}

#[test]
fn moving_on_is_asked_for_once() {
    let mut desk = Desk::new();
    desk.press("n").done(Done::Advanced(Ok(Advanced::TestFirst))).take();
    // The run itself wrote a file that is watched; that is no reason to run again.
    desk.event(Event::Watch(WatchEvent::Watching { files: 15, how: How::Events }));
    desk.passed("first");
    let effects = desk.take();
    assert!(effects.contains(&advance(true)) && !effects.contains(&advance(false)), "{effects:?}");
    assert!(desk.app.overlay.is_none());
}

#[test]
fn a_stage_that_moved_elsewhere_is_not_undone() {
    let mut desk = Desk::new();
    let elsewhere = Course { current: "second".into(), completed: vec!["first".into()], ..course() };
    desk.press("n").done(Done::Advanced(Ok(Advanced::Elsewhere(Box::new(elsewhere)))));
    assert_eq!((desk.bench().course.current.as_str(), desk.bench().shown.as_str()), ("second", "second"));
    assert!(desk.toast().contains("lsfr.yaml has changed"), "{}", desk.toast());
}

#[test]
fn what_comes_while_somebody_types_waits() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").press("?").press("h");
    desk.test("first", "works", Verdict::Passed).test("first", "lasts", Verdict::Passed);
    desk.ended("first", StageVerdict::Passed);
    assert!(matches!(desk.app.overlay, Some(Overlay::Help(_))));
    desk.press("esc");
    assert!(matches!(desk.app.overlay, Some(Overlay::Passed(_))));
    // The next run has the screen to itself.
    desk.press("r").news(RunNews::Prepared { folder: "/p/z".into() });
    assert!(desk.app.overlay.is_none());
    // A question that nobody needs to answer any more goes away.
    desk.press("q");
    assert!(matches!(desk.app.overlay, Some(Overlay::Quit)));
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert!(desk.app.overlay.is_none());
}

#[test]
fn a_mouse_that_moves_neither_draws_nor_hides_what_is_to_be_drawn() {
    let mut desk = Desk::new();
    let moved = || {
        let kind = MouseEventKind::Moved;
        Event::Mouse(MouseEvent { kind, column: 3, row: 3, modifiers: KeyModifiers::NONE })
    };
    desk.app.dirty = false;
    assert!(!desk.event(moved()).app.dirty);
    desk.app.dirty = true;
    assert!(desk.event(moved()).app.dirty);
}

#[test]
fn what_is_open_is_what_runs_and_what_is_gone_to() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("enter").press("]").take();
    desk.press("o");
    let [Effect::Run { request, .. }] = &desk.take()[..] else { panic!() };
    let test = "first lasts".to_owned();
    assert_eq!(request.scope, Scope::Test { stage: "first".into(), test });
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted))).take();
    // The card is of another run than the logs: they are opened, and gone to.
    desk.press("enter").press("l");
    let run = Path::new("/p/.lsfr/runs/20261123-120301-crash-recovery").to_owned();
    assert_eq!(desk.take(), [Effect::OpenLogs { run, live: false }]);
    assert!(desk.bench().jump.is_some());
}

#[test]
fn asked_twice_it_waits_for_nothing() {
    let mut desk = Desk::new();
    desk.press("r").take();
    desk.press("Q").press("Q");
    assert_eq!(desk.take(), [Effect::Cancel, Effect::Quit]);
}

#[test]
fn all_so_far_and_one_alone() {
    let mut desk = Desk::new();
    desk.press("]").take();
    desk.press("R");
    assert_eq!(desk.take(), [Effect::Run { id: 1, request: request(Scope::SoFar("second".into())) }]);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted))).take();
    desk.press("3").press("j").press("o");
    let scope = Scope::Test { stage: "second".into(), test: "second lasts".into() };
    assert_eq!(desk.take(), [Effect::Run { id: 2, request: request(scope) }]);
}

#[test]
fn running_one_alone_leaves_what_is_known_of_the_others() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.press("3").press("o");
    desk.news(RunNews::Prepared { folder: "/p/y".into() });
    let tests = vec!["first lasts".to_owned()];
    desk.told(runner::Event::StageStarted { stage: "first".into(), title: String::new(), tests });
    assert_eq!(desk.bench().results["first"].cards.len(), 0);
    assert!(matches!(desk.bench().tests()[0].state, State::Passed(_)));
    assert_eq!(*desk.bench().tests()[1].state, State::Open);
}

#[test]
fn the_newest_run_wins() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").take();
    desk.press("r").press("r");
    assert_eq!(desk.take(), [Effect::Cancel], "it is ended once");
    let old = Event::Run { id: 0, news: RunNews::Ended(Ok(Outcome::Passed)) };
    desk.event(old);
    assert_eq!(desk.take(), [], "what another run says is not about this one");
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    let request = request(Scope::Stage("first".into()));
    assert_eq!(desk.take(), [Effect::Run { id: 2, request }]);
}

#[test]
fn a_cancelled_run_leaves_its_tests_open() {
    let mut desk = Desk::new();
    desk.press("x");
    assert_eq!(desk.toast(), "Nothing is running.");
    desk.press("r").begun("first").take();
    desk.told(runner::Event::TestStarted { stage: "first".into(), test: "first works".into() });
    desk.press("x");
    assert_eq!(desk.take(), [Effect::Cancel]);
    assert_eq!(desk.bench().run.as_ref().unwrap().phase, Phase::Stopping);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(*desk.bench().tests()[0].state, State::Open);
    assert!(desk.bench().run.is_none());
}

#[test]
fn a_save_runs_what_ran_last() {
    let mut desk = Desk::new();
    desk.event(saved("main.py"));
    let first = request(Scope::Stage("first".into()));
    assert_eq!(desk.take(), [Effect::Run { id: 1, request: first.clone() }], "the current stage at first");
    desk.begun("first").take();
    desk.event(saved("main.py"));
    assert_eq!(desk.take(), [Effect::Cancel]);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(desk.take(), [Effect::Run { id: 2, request: first }]);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted))).take();
    desk.press("w");
    assert_eq!(desk.take(), [Effect::StopWatch]);
    desk.event(saved("main.py"));
    assert_eq!(desk.take(), []);
    desk.press("w");
    assert_eq!(desk.take(), [Effect::StartWatch]);
}

#[test]
fn what_each_run_writes_does_not_run_it_forever() {
    let mut desk = Desk::new();
    desk.event(saved("main.py"));
    for _ in 0..2 {
        desk.event(saved("data.db"));
        desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    }
    desk.take();
    desk.event(saved("data.db"));
    assert_eq!(desk.take(), []);
    assert_eq!(desk.bench().watch.own.ignored().collect::<Vec<_>>(), [Path::new("data.db")]);
}

#[test]
fn the_watcher_says_what_it_watches() {
    let mut desk = Desk::new();
    desk.event(Event::Watch(WatchEvent::Watching { files: 14, how: How::Events }));
    assert_eq!(desk.bench().watch.state, Some((14, How::Events)));
    desk.event(Event::Watch(WatchEvent::Problem("It is gone.".into())));
    assert_eq!(desk.toast(), "It is gone.");
    assert!(desk.bench().watch.problem.is_some());
}

#[test]
fn a_stage_that_falls_is_a_moment_and_nothing_moves_by_itself() {
    let mut desk = Desk::new();
    desk.press("r").passed("first").take();
    let Some(Overlay::Passed(passed)) = &desk.app.overlay else { panic!("{:?}", desk.app.overlay) };
    assert_eq!(passed.truths, ["first works", "first lasts"]);
    assert_eq!((passed.next.as_deref(), passed.done, passed.of), (Some("The second"), 1, 3));
    assert_eq!(desk.bench().course.current, "first");
    desk.press("n");
    assert_eq!(desk.take(), [advance(false)]);
    let moved = Moved { from: "first".into(), to: "second".into(), completed: vec!["first".into()], finished: false };
    desk.done(Done::Advanced(Ok(Advanced::Moved(moved))));
    assert!(desk.app.overlay.is_none());
    assert_eq!((desk.bench().course.current.as_str(), desk.bench().shown.as_str()), ("second", "second"));
    // Passing it once more is no news.
    desk.press("[").press("r").passed("first");
    assert!(desk.app.overlay.is_none());
}

#[test]
fn next_tests_first_and_says_why_it_cannot() {
    let mut desk = Desk::new();
    desk.press("n").done(Done::Advanced(Ok(Advanced::TestFirst)));
    let request = request(Scope::Stage("first".into()));
    assert_eq!(desk.take(), [advance(false), Effect::Run { id: 1, request }]);
    desk.press("n");
    assert!(desk.toast().contains("wait for it"), "{}", desk.toast());
    desk.failed("first").take();
    assert!(desk.toast().contains("does not pass yet"), "{}", desk.toast());
    desk.press("n");
    assert_eq!(desk.take(), []);
    assert!(desk.toast().contains("1 of its tests fails"), "{}", desk.toast());
    // After a change the answer is open again.
    desk.press("w").event(saved("x")).take();
    desk.press("n");
    assert_eq!(desk.take(), [advance(false)]);
    desk.done(Done::Advanced(Ok(Advanced::TestFirst))).take();
    desk.passed("first");
    assert!(desk.take().contains(&advance(true)), "asked for before the run");
}

#[test]
fn a_failure_opens_and_closes_and_gives_hints() {
    let mut desk = Desk::new();
    desk.press("h");
    assert_eq!(desk.toast(), "No test of this stage has failed.");
    desk.press("r").failed("first").take();
    desk.press("enter");
    assert!(matches!(desk.app.overlay, Some(Overlay::Card(_))));
    desk.press("h");
    let [Effect::Hint(card)] = &desk.take()[..] else { panic!() };
    assert_eq!(card.test, "first lasts");
    let hint = |given| Done::Hint { stage: "first".into(), test: "first lasts".into(), given };
    desk.done(hint(Ok(Some(2))));
    assert_eq!(desk.bench().results["first"].cards[0].hints_given, 2);
    desk.done(hint(Ok(None)));
    assert!(desk.toast().contains("last hint"), "{}", desk.toast());
    desk.press("esc");
    assert!(desk.app.overlay.is_none());
    desk.press("l");
    assert_eq!(desk.bench().focus, Pane::Logs);
}

#[test]
fn a_failure_that_is_read_follows_its_test() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("enter");
    desk.now += Duration::from_secs(1);
    desk.event(saved("main.py")).begun("first");
    desk.test("first", "works", Verdict::Passed);
    assert!(matches!(desk.app.overlay, Some(Overlay::Card(_))), "another test is not its business");
    desk.test("first", "lasts", failure());
    let Some(Overlay::Card(card)) = &desk.app.overlay else { panic!("{:?}", desk.app.overlay) };
    assert_eq!(card.card().test, "first lasts");
    desk.ended("first", StageVerdict::Failed);
    desk.now += Duration::from_secs(1);
    desk.event(saved("main.py")).begun("first");
    desk.test("first", "lasts", Verdict::Passed);
    assert!(desk.app.overlay.is_none());
    assert_eq!(desk.toast(), "\"first lasts\" passes now.");
}

#[test]
fn an_earlier_run_fills_what_a_later_one_left_out() {
    let result = |name: &str, state| TestResult { name: name.into(), state, seed: 7 };
    let of = |tests| StageResults { stage: "first".into(), tests, ..StageResults::default() };
    let took = Duration::from_millis(1);
    let mut latest = of(vec![result("a", State::Passed(took))]);
    latest.complete_with(of(vec![result("a", State::Failed(took)), result("b", State::Failed(took))]));
    assert_eq!(latest.state("a"), Some(&State::Passed(took)));
    assert_eq!(latest.state("b"), Some(&State::Failed(took)));
}

#[test]
fn a_test_that_passed_has_nothing_to_open() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("3").press("g").press("enter");
    assert!(desk.app.overlay.is_none());
    assert!(desk.toast().contains("o runs it alone"), "{}", desk.toast());
}

#[test]
fn panes_and_stages_are_gone_through() {
    let mut desk = Desk::new();
    assert_eq!(desk.bench().focus, Pane::Guide);
    desk.press("tab");
    assert_eq!(desk.bench().focus, Pane::Tests);
    desk.press("shift-tab").press("shift-tab");
    assert_eq!(desk.bench().focus, Pane::Stages);
    assert_eq!(desk.bench().left, Pane::Stages);
    desk.press("j");
    assert_eq!(desk.bench().shown, "second");
    desk.press("G");
    assert_eq!(desk.bench().shown, "third");
    assert_eq!(desk.take(), [Effect::LoadStage("third".into())]);
    desk.press("enter");
    assert_eq!(desk.bench().focus, Pane::Guide);
    for (key, pane) in [("1", Pane::Stages), ("2", Pane::Guide), ("3", Pane::Tests), ("4", Pane::Logs)] {
        assert_eq!(desk.press(key).bench().focus, pane);
    }
    desk.press("z");
    assert!(desk.bench().zoom);
    desk.press("esc");
    assert!(!desk.bench().zoom);
}

#[test]
fn what_is_typed_in_a_search_is_no_command() {
    let mut desk = Desk::new();
    desk.press("/").press("q").press("r");
    let prompt = desk.app.prompt.as_ref().unwrap();
    assert_eq!((prompt.kind, prompt.input.text()), (PromptKind::SearchGuide, "qr"));
    desk.event(Event::Paste("q\nx".into()));
    assert_eq!(desk.app.prompt.as_ref().unwrap().input.text(), "qrq x");
    desk.press("esc");
    assert!(desk.app.prompt.is_none() && !desk.bench().guide.is_searching());
    desk.press("/").press("x").press("enter");
    assert!(desk.bench().guide.is_searching());
    desk.press("n");
    assert_eq!(desk.take(), [], "n is the next match as long as a search is open");
    desk.press("esc").press("n");
    assert_eq!(desk.take(), [advance(false)]);
    desk.press("3").press("/");
    assert!(desk.toast().contains("can be searched"), "{}", desk.toast());
}

#[test]
fn a_paste_triggers_nothing() {
    let mut desk = Desk::new();
    desk.event(Event::Paste("rqx".into()));
    assert_eq!(desk.take(), []);
    assert!(desk.bench().run.is_none());
}

#[test]
fn the_help_finds_and_runs() {
    let mut desk = Desk::new();
    desk.press("?");
    for letter in "run every".chars() {
        desk.press(&letter.to_string());
    }
    desk.press("enter");
    assert!(desk.app.overlay.is_none());
    assert_eq!(desk.take(), [Effect::Run { id: 1, request: request(Scope::SoFar("first".into())) }]);
}

#[test]
fn quitting_waits_for_the_nodes_and_asks() {
    let mut desk = Desk::new();
    desk.press("q");
    assert_eq!(desk.take(), [Effect::Quit]);
    let mut desk = Desk::new();
    desk.press("r").begun("first").take();
    desk.press("q");
    assert!(matches!(desk.app.overlay, Some(Overlay::Quit)));
    desk.press("z");
    assert!(desk.app.overlay.is_none() && desk.take().is_empty());
    desk.press("q").press("q");
    assert_eq!(desk.take(), [Effect::Cancel]);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(desk.take(), [Effect::Quit]);
    let mut desk = Desk::new();
    desk.press("r").take();
    desk.press("Q");
    assert_eq!(desk.take(), [Effect::Cancel]);
}

#[test]
fn ctrl_c_cancels_first_and_then_quits() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").take();
    desk.press("ctrl-c");
    assert_eq!(desk.take(), [Effect::Cancel]);
    assert!(!desk.app.leaving);
    desk.press("ctrl-c").news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(desk.take(), [Effect::Quit]);
    // It reaches through whatever is open.
    let mut desk = Desk::new();
    desk.press("/").press("ctrl-c");
    assert_eq!(desk.take(), [Effect::Quit]);
}

#[test]
fn signals_end_stop_and_go_on() {
    let mut desk = Desk::new();
    desk.press("r").take();
    desk.event(Event::Signal(Signal::End));
    assert_eq!(desk.take(), [Effect::Cancel]);
    let mut desk = Desk::new();
    desk.event(Event::Signal(Signal::End)).event(Event::Signal(Signal::Stop)).event(Event::Signal(Signal::Continue));
    assert_eq!(desk.take(), [Effect::Quit, Effect::Suspend, Effect::Redraw]);
}

#[test]
fn the_other_keys_do_what_they_say() {
    for (key, effect) in [
        ("e", Effect::Edit(Edited::Project)),
        ("E", Effect::Edit(Edited::RunSh)),
        ("m", Effect::Mouse(false)),
        ("ctrl-l", Effect::Redraw),
        ("ctrl-z", Effect::Suspend),
        ("n", advance(false)),
    ] {
        assert_eq!(Desk::new().press(key).take(), [effect], "{key}");
    }
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.press("Y");
    let [Effect::Copy(text)] = &desk.take()[..] else { panic!() };
    assert!(text.contains("first lasts"), "{text}");
    desk.press("y");
    assert_eq!(desk.take(), [], "this failure has no request");
    assert!(desk.toast().contains("Y copies"), "{}", desk.toast());
}

#[test]
fn every_action_can_be_asked_for_in_every_state() {
    let states: [fn(&mut Desk) -> Vec<Effect>; 4] = [
        Desk::take,
        |desk| desk.press("r").begun("first").take(),
        |desk| desk.press("r").failed("first").take(),
        |desk| desk.press("r").failed("first").press("enter").take(),
    ];
    for entry in TABLE {
        for key in Keymap::default().keys(entry.action) {
            for state in states {
                let mut desk = Desk::new();
                state(&mut desk);
                let event = match *key {
                    key if key == Key::parse("shift-tab").unwrap() => {
                        KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)
                    }
                    key => key.event(),
                };
                desk.event(Event::Key(event));
                assert!(matches!(desk.app.screen, Screen::Bench(_)), "{}", entry.name);
            }
        }
    }
    // An action that makes no sense says why; the footer leaves it out.
    let desk = Desk::new();
    for action in [Action::Cancel, Action::Hint, Action::Filter, Action::NextMatch, Action::Back] {
        assert!(super::available(action, &desk.app).is_err(), "{action:?}");
    }
}

#[test]
fn the_bell_rings_only_where_nobody_looks() {
    let mut desk = Desk::new();
    desk.event(Event::Focus(false)).press("r").failed("first");
    assert!(desk.take().contains(&Effect::Bell));
    desk.event(Event::Focus(true)).press("r").failed("first");
    assert!(!desk.take().contains(&Effect::Bell));
}

#[test]
fn the_mouse_focuses_and_scrolls_what_it_is_over() {
    let mut desk = Desk::new();
    let mouse = |kind, column, row| Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    desk.event(mouse(MouseEventKind::Down(MouseButton::Left), 110, 5));
    assert_eq!(desk.bench().focus, Pane::Tests);
    desk.event(mouse(MouseEventKind::ScrollDown, 5, 5));
    assert_eq!(desk.bench().shown, "third");
    assert_eq!(desk.bench().focus, Pane::Tests);
}

#[test]
fn a_message_goes_away_and_then_nothing_wakes_the_app() {
    let mut desk = Desk::new();
    assert_eq!(desk.app.wakes_at(), None);
    desk.press("x");
    let until = desk.app.wakes_at().unwrap();
    desk.now = until;
    desk.app.dirty = false;
    desk.event(Event::Clock(until));
    assert!(desk.app.toast.is_none() && desk.app.dirty);
    assert_eq!(desk.app.wakes_at(), None);
    desk.press("r");
    assert!(desk.app.wakes_at().is_some(), "a clock ticks while something runs");
}

#[test]
fn what_broke_is_said() {
    let mut desk = Desk::new();
    desk.event(Event::Panicked("oh no".into()));
    assert!(desk.toast().contains("oh no"));
    desk.press("r").news(RunNews::Ended(Err("the disk is full".into())));
    assert!(matches!(&desk.app.overlay, Some(Overlay::Note { text, .. }) if text == "the disk is full"));
    desk.press("esc").done(Done::Edited(Err("No such editor.".into())));
    assert_eq!(desk.toast(), "No such editor.");
    desk.done(Done::Advanced(Err("lsfr.yaml is broken".into())));
    assert!(matches!(&desk.app.overlay, Some(Overlay::Note { .. })));
    let mut desk = Desk::new();
    desk.press("r").begun("first").news(RunNews::Ended(Ok(Outcome::NotJudged)));
    assert!(desk.toast().contains("too busy"));
}
