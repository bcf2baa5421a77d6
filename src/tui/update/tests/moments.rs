//! What set a run off, what the terminal is told of it, what is shown on the way back, and the moments worth one.

use super::*;
use crate::tui::osc::TaskProgress;
use crate::tui::progress::{FLASH, Trigger};

fn trigger(desk: &Desk) -> Option<&Trigger> {
    desk.bench().moments.trigger.as_ref()
}

/// All stages but the last are done, and that is the current one.
fn at_the_last() -> Desk {
    let mut desk = Desk::new();
    let done = vec!["first".to_owned(), "second".to_owned()];
    desk.done(Done::Opened(Ok(Box::new(Course { current: "third".into(), completed: done, ..course() }))));
    desk
}

fn finished(desk: &mut Desk) {
    let completed = ["first", "second", "third"].map(str::to_owned).to_vec();
    let moved = Moved { from: "third".into(), to: "third".into(), completed, finished: true };
    desk.done(Done::Advanced(Ok(Advanced::Moved(moved))));
}

#[test]
fn each_run_knows_what_set_it_off() {
    let mut desk = Desk::new();
    desk.press("r");
    assert_eq!(trigger(&desk), Some(&Trigger::Pressed(Action::Run)));
    desk.begun("first").news(RunNews::Ended(Ok(Outcome::Interrupted)));
    // Later than what the run itself may write as it ends.
    desk.now += Duration::from_secs(60);
    desk.event(saved("src/store.py"));
    assert_eq!(trigger(&desk), Some(&Trigger::Saved(vec!["src/store.py".into()])));
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted))).done(Done::Advanced(Ok(Advanced::TestFirst)));
    assert_eq!(trigger(&desk), Some(&Trigger::ToMoveOn));
}

#[test]
fn the_terminal_is_told_each_step_once_and_that_nothing_runs() {
    let mut desk = Desk::new();
    desk.press("r").failed("first");
    let told: Vec<_> = desk.take().into_iter().filter(|effect| matches!(effect, Effect::Progress(_))).collect();
    let part = |percent, bad| Effect::Progress(TaskProgress::Part { percent, bad });
    let unknown = Effect::Progress(TaskProgress::Unknown);
    assert_eq!(
        told,
        [unknown, part(0, false), part(50, false), part(100, true), Effect::Progress(TaskProgress::None)]
    );
}

#[test]
fn whoever_looks_elsewhere_is_told_of_the_end() {
    let mut desk = Desk::new();
    desk.event(Event::Focus(false)).press("r").passed("first");
    assert!(desk.take().contains(&Effect::Notify("✓ first 2/2".into())));
    desk.event(Event::Focus(true)).press("r").passed("first");
    assert!(!desk.take().iter().any(|effect| matches!(effect, Effect::Notify(_))));
}

#[test]
fn after_a_run_nobody_is_told_to_begin() {
    let mut desk = Desk::new();
    assert!(desk.bench().course.untouched);
    desk.press("r").passed("first");
    assert!(!desk.bench().course.untouched, "though no file was saved");
}

#[test]
fn the_failure_of_the_last_run_is_what_is_shown_first() {
    let result = |name: &str, state| TestResult { name: name.into(), state, seed: 3 };
    let stage = |stage: &str, run: &str, lasts: State| StageResults {
        stage: stage.into(),
        tests: vec![
            result(&format!("{stage} works"), State::Passed(Duration::ZERO)),
            result(&format!("{stage} lasts"), lasts),
        ],
        run: Some(run.into()),
        ..StageResults::default()
    };
    let failed = || State::Failed(Duration::ZERO);
    let mut desk = Desk::new();
    let newest = stage("second", "/p/.lsfr/runs/2", failed());
    desk.done(Done::Recorded(vec![newest, stage("first", "/p/.lsfr/runs/1", failed())]));
    let bench = desk.bench();
    assert_eq!(
        (bench.shown.as_str(), bench.focus, bench.chosen_test().unwrap().name),
        ("second", Pane::Tests, "second lasts")
    );
    // One that passed leaves the learner at the current stage.
    let mut desk = Desk::new();
    let newest = stage("second", "/p/.lsfr/runs/2", State::Passed(Duration::ZERO));
    desk.done(Done::Recorded(vec![newest, stage("first", "/p/.lsfr/runs/1", failed())]));
    assert_eq!((desk.bench().shown.as_str(), desk.bench().focus), ("first", Pane::Guide));
}

#[test]
fn only_the_named_key_moves_on_from_a_passed_stage() {
    for key in ["enter", "esc"] {
        let mut desk = Desk::new();
        desk.press("r").passed("first").take();
        desk.press(key);
        assert!(desk.ui.layers.is_empty());
        assert_eq!(desk.take(), [], "{key} only closes");
    }
    let mut desk = Desk::new();
    desk.press("r").passed("first").take();
    desk.press("n");
    assert!(matches!(desk.take()[..], [Effect::Advance { .. }]));
}

#[test]
fn the_end_of_a_challenge_is_shown_and_can_be_seen_again() {
    let mut desk = at_the_last();
    finished(&mut desk);
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Finale(finale)) if finale.stages() == (3, 3)));
    desk.press("esc");
    assert!(desk.ui.layers.is_empty());
    desk.take();
    desk.press("n");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Finale(_))));
    desk.press("n");
    assert_eq!(desk.take(), []);
    assert_eq!(desk.ui.layers.iter().len(), 1);
}

#[test]
fn a_flash_wakes_the_app_once() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("r").passed("first");
    desk.ui.app.toast = None;
    let end = desk.now + FLASH;
    assert_eq!(desk.ui.app.wakes_at(), Some(end));
    desk.ui.app.dirty = false;
    desk.now = end;
    desk.event(Event::Clock(end));
    assert!(desk.ui.app.dirty, "the end of the flash is drawn");
    assert_eq!(desk.ui.app.wakes_at(), None);
}

#[test]
fn a_save_takes_nobody_away_from_what_they_read() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("]");
    assert_eq!(desk.bench().shown, "second");
    desk.now += Duration::from_secs(60);
    desk.event(saved("main.py")).failed("first");
    assert_eq!((desk.bench().shown.as_str(), desk.toast()), ("second", "first fails. [ shows it."));
    // Nor when it passes; but who asked for it is shown it.
    desk.now += Duration::from_secs(60);
    desk.event(saved("main.py")).passed("first");
    assert!(desk.ui.layers.is_empty() && desk.toast().contains("first passes. n moves on."), "{}", desk.toast());
    desk.press("R").failed("first");
    assert_eq!(desk.bench().shown, "first");
}

#[test]
fn after_the_last_stage_no_next_one_is_offered() {
    let footer = |desk: &mut Desk| {
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
        crate::tui::dump::text(terminal.backend().buffer()).lines().last().unwrap().to_owned()
    };
    let mut first = Desk::new();
    first.press("r").passed("first");
    assert!(footer(&mut first).contains("n next stage"));
    let mut last = at_the_last();
    last.press("r").passed("third");
    for _ in ["over the panes", "and in them"] {
        let footer = footer(&mut last);
        assert!(footer.contains("n complete it") && !footer.contains("next stage"), "{footer}");
        last.press("esc");
    }
}
