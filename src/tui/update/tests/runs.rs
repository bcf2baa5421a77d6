//! Runs, saves, and moving on.

use super::*;

#[test]
fn a_project_that_is_opened_is_read_and_watched() {
    let mut ui = Ui::new(App::new(Theme::DARK, Keymap::default(), (120, 36), Instant::now()));
    let effects = update(&mut ui, Event::Done(Done::Opened(Ok(Box::new(course())))), Instant::now());
    let title = Effect::Title("kv · lsfr".into());
    let read = [Effect::Recall, Effect::LoadStage("first".into()), Effect::LoadResults, Effect::LoadPast];
    assert_eq!(effects, [&read[..], &[Effect::StartWatch, title]].concat());
    update(&mut ui, Event::Done(Done::Opened(Err("lsfr.yaml:1: no".into()))), Instant::now());
    assert!(matches!(&ui.app.screen, Screen::Broken(message) if message.contains("lsfr.yaml")));
}

#[test]
fn the_stage_runs_and_each_test_says_how_it_went() {
    let mut desk = Desk::new();
    desk.press("r");
    let first = Scope::Stage("first".into());
    assert_eq!(desk.take(), [Effect::Run { id: 1, request: request(first) }]);
    assert_eq!(desk.bench().run.as_ref().unwrap().phase, Phase::Preparing);
    desk.begun("first");
    assert_eq!(desk.take()[0], Effect::OpenLogs { run: "/p/.lsfr/runs/x".into(), live: true });
    desk.told(runner::Event::TestStarted { stage: "first".into(), test: "first works".into() });
    desk.told(runner::Event::StepStarted { text: "GET /kv/a".into() });
    assert_eq!(*desk.bench().tests()[0].state, State::Running);
    assert_eq!(desk.bench().run.as_ref().unwrap().step, "GET /kv/a");
    desk.test("first", "works", Verdict::Passed).test("first", "lasts", failure());
    desk.ended("first", StageVerdict::Failed);
    assert!(matches!(desk.bench().tests()[0].state, State::Passed(_)));
    assert!(matches!(desk.bench().tests()[1].state, State::Failed(_)));
    assert!(desk.bench().run.is_none());
    assert_eq!(desk.bench().chosen_test().unwrap().name, "first lasts", "the cursor goes to what failed");
    assert!(desk.take().contains(&Effect::Title("✗ first 1/2 · lsfr".into())));
}

#[test]
fn an_open_failure_says_what_became_of_its_stage_once_that_has_ended() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").test("first", "works", failure());
    desk.press("3").press("enter");
    let rest = |desk: &Desk| desk.ui.open_card().and_then(|card| card.rest.clone());
    assert!(desk.ui.open_card().is_some() && rest(&desk).is_none());
    desk.test("first", "lasts", Verdict::Passed).ended("first", StageVerdict::Failed);
    let one_passed = Rest { passed: 1, ..Rest::default() };
    assert_eq!(rest(&desk), Some(one_passed.clone()));
    assert_eq!(desk.bench().results["first"].cards[0].rest, Some(one_passed));
    // Of a run of one test nothing is known of the others.
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("3").press("enter").press("o");
    let tests = vec!["first lasts".to_owned()];
    desk.told(runner::Event::StageStarted { stage: "first".into(), title: String::new(), tests });
    desk.test("first", "lasts", failure()).ended("first", StageVerdict::Failed);
    let scope = &desk.bench().last;
    assert!(matches!(scope, Some(Scope::Test { .. })), "{scope:?}");
    assert_eq!(rest(&desk), None);
}

#[test]
fn a_failed_seed_is_kept_and_what_failed_runs_first_until_it_passes() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.press("r");
    let scope = Scope::Stage("first".into());
    let again = Request { scope: scope.clone(), seed: Some(7), first: vec!["first lasts".into()], keep: false };
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
    let again = Request { scope, seed: Some(7), first: vec!["first lasts".into()], keep: false };
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
    assert!(desk.ui.layers.is_empty());
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
fn what_held_back_all_tests_is_shown_for_each() {
    let held = |desk: &mut Desk| {
        let card = Card { subject: Subject::Build, stage: "first".into(), ..Card::default() };
        desk.begun("first").news(RunNews::Card(Box::new(card)));
        for name in ["works", "lasts"] {
            desk.test("first", name, Verdict::NotRun { reason: "the build failed".into() });
        }
        desk.ended("first", StageVerdict::Failed).take();
    };
    let is_open = |desk: &Desk| match desk.ui.layers.top() {
        Some(Layer::Card(card)) => card.card().subject == Subject::Build,
        _ => false,
    };
    let mut desk = Desk::new();
    held(desk.press("r"));
    desk.press("3").press("j").press("enter");
    assert!(is_open(&desk));
    // There is no test to run alone, except for the one under the cursor.
    desk.press("o");
    assert!(desk.take().is_empty());
    desk.press("esc").press("space").press("j").press("j").press("enter");
    assert!(is_open(&desk));
    desk.press("o");
    let alone = Scope::Test { stage: "first".into(), test: "first lasts".into() };
    assert!(matches!(&desk.take()[..], [Effect::Run { request, .. }] if request.scope == alone));
    held(&mut desk);
    desk.press("r").press("3").press("enter");
    assert!(is_open(&desk));
    // It goes away once there is something else to say about the program.
    desk.begun("first").test("first", "works", failure());
    assert!(!is_open(&desk));
    assert!(desk.toast().contains("starts now"), "{}", desk.toast());
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
    let Some(Layer::Passed(passed)) = desk.ui.layers.top() else { panic!("{:?}", desk.ui.layers.top()) };
    assert_eq!(passed.truths, ["first works", "first lasts"]);
    assert_eq!((passed.next.as_deref(), passed.done, passed.of), (Some("The second"), 1, 3));
    assert_eq!(desk.bench().course.current, "first");
    desk.press("n");
    assert_eq!(desk.take(), [advance(false)]);
    let moved = Moved { from: "first".into(), to: "second".into(), completed: vec!["first".into()], finished: false };
    desk.done(Done::Advanced(Ok(Advanced::Moved(moved))));
    assert!(desk.ui.layers.is_empty());
    assert_eq!((desk.bench().course.current.as_str(), desk.bench().shown.as_str()), ("second", "second"));
    // Passing it once more is not news.
    desk.press("[").press("r").passed("first");
    assert!(desk.ui.layers.is_empty());
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
fn the_help_finds_and_runs() {
    let mut desk = Desk::new();
    desk.press("?");
    for letter in "run every".chars() {
        desk.press(&letter.to_string());
    }
    desk.press("enter");
    assert!(desk.ui.layers.is_empty());
    assert_eq!(desk.take(), [Effect::Run { id: 1, request: request(Scope::SoFar("first".into())) }]);
}

#[test]
fn ctrl_c_cancels_first_and_then_quits() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").take();
    desk.press("ctrl-c");
    assert_eq!(desk.take(), [Effect::Cancel]);
    assert!(!desk.ui.app.leaving);
    desk.press("ctrl-c").news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(desk.take(), [Effect::Quit]);
    // It reaches through whatever is open.
    let mut desk = Desk::new();
    desk.press("/").press("ctrl-c");
    assert_eq!(desk.take(), [Effect::Quit]);
}

/// A build that fails after it has passed once.
fn build_failed(desk: &mut Desk) {
    desk.press("r").begun("first");
    let card = Card {
        subject: Subject::Build,
        stage: "first".into(),
        place: Some(SourcePlace { file: "src/store.rs".into(), line: 42, column: Some(13) }),
        ..Card::default()
    };
    desk.news(RunNews::Card(Box::new(card)));
    for test in ["first works", "first lasts"] {
        let verdict = Verdict::NotRun { reason: "the build failed".into() };
        let (stage, test, took) = ("first".into(), test.into(), Duration::ZERO);
        desk.told(runner::Event::TestEnded { stage, test, verdict, took });
    }
    desk.ended("first", StageVerdict::Failed);
}

#[test]
fn a_build_that_failed_is_on_top_and_blames_no_test() {
    let mut desk = Desk::new();
    build_failed(&mut desk);
    let subjects: Vec<_> = desk.bench().entries().iter().map(|entry| entry.card().map(|card| card.subject)).collect();
    assert_eq!(subjects, [Some(Subject::Build), Some(Subject::Build)], "the build, and the tests that wait for it");
    assert_eq!(desk.bench().chosen_card().unwrap().subject, Subject::Build);
    assert_eq!(desk.bench().chosen_test(), None);
    assert_eq!(desk.bench().results["first"].bad().count(), 0);
    desk.take();
    desk.press("e");
    let place = SourcePlace { file: "src/store.rs".into(), line: 42, column: Some(13) };
    assert_eq!(desk.take(), [Effect::Edit(Edited::At(place))]);
    // Also on its card; and where nothing is named, the directory is opened.
    desk.press("enter").press("e");
    assert!(matches!(desk.take()[..], [Effect::Edit(Edited::At(_))]));
    desk.press("esc").press("r").passed("first").press("esc").take();
    desk.press("e");
    assert_eq!(desk.take(), [Effect::Edit(Edited::Project)]);
}

#[test]
fn what_waits_opens_and_closes() {
    let mut desk = Desk::new();
    build_failed(&mut desk);
    desk.press("3").press("j").press("space");
    assert_eq!(desk.bench().entries().len(), 4);
    desk.press("space");
    assert_eq!(desk.bench().entries().len(), 2);
    desk.press("k").press("space");
    assert_eq!(desk.toast(), "Nothing opens here.");
}

#[test]
fn a_run_that_could_not_go_on_is_the_first_entry() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").test("first", "works", Verdict::Passed);
    let outcome = Outcome::Fault { cause: runner::FaultCause::Disk, message: "no room".into() };
    desk.news(RunNews::Ended(Ok(outcome)));
    let entries = desk.bench().entries();
    assert_eq!(
        entries[0].card().map(|card| (card.subject, card.told.concat())),
        Some((Subject::Disk, "no room".into()))
    );
    assert_eq!(entries.len(), 3, "then what passed, and what was not tried");
    assert!(desk.toast().starts_with("The disk is full."));
    assert!(desk.ui.layers.is_empty());
    desk.press("r").begun("first");
    assert_eq!(desk.bench().entries().len(), 2, "the next run may get further");
}

#[test]
fn what_broke_is_said() {
    let mut desk = Desk::new();
    desk.event(Event::Panicked("oh no".into()));
    assert!(desk.toast().contains("oh no"));
    desk.press("r").news(RunNews::Ended(Err("the disk is full".into())));
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Note(Note { text, .. })) if text == "the disk is full"));
    desk.press("esc").done(Done::Edited(Err("No such editor.".into())));
    assert_eq!(desk.toast(), "No such editor.");
    desk.done(Done::Advanced(Err("lsfr.yaml is broken".into())));
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Note(_))));
    let mut desk = Desk::new();
    desk.press("r").begun("first").news(RunNews::Ended(Ok(Outcome::NotJudged)));
    assert!(desk.toast().contains("could not be judged"));
}

#[test]
fn each_failed_test_opens_its_own_card() {
    let opens = |desk: &mut Desk, test: &str| {
        desk.press("enter");
        let card = desk.ui.open_card().map(|card| card.test.clone());
        assert_eq!(card.as_deref(), Some(test));
        desk.press("esc");
    };
    let mut desk = Desk::new();
    desk.press("r").begun("first").test("first", "works", failure()).test("first", "lasts", failure());
    desk.ended("first", StageVerdict::Failed).press("3").press("g");
    opens(&mut desk, "first works");
    opens(desk.press("j"), "first lasts");

    // The same of a run that is read from its records, where one of them was run alone since.
    let failed = |name: &str| TestResult { name: name.into(), state: State::Failed(Duration::ZERO), seed: 7 };
    let of_run = |tests: &[&str], run: &str| StageResults {
        stage: "first".into(),
        tests: tests.iter().map(|name| failed(name)).collect(),
        verdict: Some(StageVerdict::Failed),
        cards: tests.iter().map(|test| Card::example("first", test, &[])).collect(),
        seed: 7,
        run: Some(format!("/p/.lsfr/runs/{run}").into()),
    };
    let mut results = of_run(&["first lasts"], "b");
    results.complete_with(of_run(&["first works", "first lasts"], "a"));
    let mut desk = Desk::new();
    desk.done(Done::Recorded(vec![results])).press("3").press("g");
    opens(&mut desk, "first works");
    opens(desk.press("j"), "first lasts");
}

/// A test of the stage has failed, and nothing is known yet of why.
fn failing(desk: &mut Desk) -> Card {
    let test = "first works".to_owned();
    desk.press("r").begun("first").told(runner::Event::TestStarted { stage: "first".into(), test: test.clone() });
    let (stage, verdict, took) = ("first".into(), failure(), Duration::from_millis(5));
    desk.told(runner::Event::TestEnded { stage, test: test.clone(), verdict, took });
    Card::example("first", &test, &["one", "two"])
}

#[test]
fn a_failure_asked_for_before_its_card_is_there_opens_with_it() {
    for pane in ["3", "4"] {
        let mut desk = Desk::new();
        let card = failing(&mut desk);
        desk.press(pane).press("enter");
        assert_eq!(desk.toast(), "This failure is being written up, and opens then.");
        desk.news(RunNews::Card(Box::new(card.clone())));
        assert_eq!(desk.ui.open_card().map(|open| &open.test), Some(&card.test), "{pane}");
        assert_eq!(desk.toast(), "");
    }
}

#[test]
fn who_does_something_else_meanwhile_is_left_in_peace() {
    let mut desk = Desk::new();
    let card = failing(&mut desk);
    desk.press("3").press("enter").press("2");
    desk.news(RunNews::Card(Box::new(card)));
    assert!(desk.ui.layers.is_empty());
}
