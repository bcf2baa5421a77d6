//! Where the learner was, kept and found again.

use super::*;
use crate::tui::layout::Shares;

/// What is kept when it ends.
fn left(desk: &mut Desk) -> Remembered {
    desk.press("q");
    assert_eq!(desk.take().last(), Some(&Effect::Quit));
    desk.kept.take().unwrap()
}

/// The same project the next time, with the results of earlier runs.
fn reopened(remembered: Remembered, recorded: Vec<StageResults>) -> Desk {
    let mut desk = Desk::new();
    desk.done(Done::Opened(Ok(Box::new(course())))).done(Done::Recalled(Box::new(remembered)));
    for stage in ["first", "second"] {
        let tests =
            ["works", "lasts"].map(|name| TestRow { name: format!("{stage} {name}"), proves: "values".into() });
        let text = StageText { guide: guide(), after: None, tests: tests.into() };
        desk.done(Done::Stage { key: stage.into(), loaded: Ok(text) });
    }
    desk.done(Done::Recorded(recorded));
    draw(&mut desk);
    desk.take();
    desk
}

/// Longer than any pane.
fn guide() -> String {
    let section = |number| format!("## Section {number}\n\n{}\n\n", "Words to read.\n\n".repeat(20));
    format!("# Title\n\n{}## Values\n\nText.\n", (1..6).map(section).collect::<String>())
}

fn draw(desk: &mut Desk) -> String {
    let (columns, rows) = desk.ui.app.size;
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
    crate::tui::dump::text(terminal.backend().buffer())
}

/// A run in which the last test of the stage failed.
fn failed_in(stage: &str, run: &str) -> StageResults {
    let result = |name: &str, state| TestResult { name: format!("{stage} {name}"), state, seed: 7 };
    let took = Duration::from_millis(5);
    StageResults {
        stage: stage.into(),
        tests: vec![result("works", State::Passed(took)), result("lasts", State::Failed(took))],
        verdict: Some(StageVerdict::Failed),
        cards: vec![Card::example(stage, &format!("{stage} lasts"), &[])],
        seed: 7,
        run: Some(format!("/p/.lsfr/runs/{run}").into()),
    }
}

#[test]
fn everything_is_as_it_was_left() {
    let mut desk = reopened(Remembered::default(), vec![]);
    desk.press("]").press("3").press("G").press("4").press("+").press("z");
    let remembered = left(&mut desk);
    let desk = reopened(remembered.clone(), vec![]);
    let bench = desk.bench();
    assert_eq!((bench.shown.as_str(), bench.focus, bench.zoom), ("second", Pane::Logs, true));
    assert_eq!(bench.chosen_test().unwrap().name, "second lasts");
    assert_eq!(bench.shares, Shares { logs: Some(55), ..Shares::default() });
    assert_eq!(left(&mut reopened(remembered.clone(), vec![])), remembered);
}

#[test]
fn the_place_in_the_guide_is_kept_whatever_failed() {
    let mut desk = reopened(Remembered::default(), vec![failed_in("first", "1")]);
    desk.press("2").press("g").press("pagedown").press("pagedown");
    let page = draw(&mut desk);
    assert!(page.contains("Section 2") && !page.contains("Title"), "{page}");
    let place = desk.bench().guide.place().clone();
    let remembered = left(&mut desk);
    for (run, focus) in [("1", Pane::Guide), ("2", Pane::Tests)] {
        let mut desk = reopened(remembered.clone(), vec![failed_in("first", run)]);
        assert_eq!((desk.bench().guide.place(), desk.bench().focus), (&place, focus));
        assert!(draw(&mut desk).contains("Section 2"));
        assert_eq!(desk.bench().chosen_test().unwrap().name, "first lasts");
    }
    // The results may be there before the guide is.
    let mut desk = Desk::new();
    desk.done(Done::Opened(Ok(Box::new(course())))).done(Done::Recalled(Box::new(remembered)));
    desk.done(Done::Recorded(vec![failed_in("first", "1")]));
    let tests = vec![TestRow { name: "first lasts".into(), proves: "values".into() }];
    desk.done(Done::Stage { key: "first".into(), loaded: Ok(StageText { guide: guide(), after: None, tests }) });
    draw(&mut desk);
    assert_eq!(desk.bench().guide.place(), &place);
}

#[test]
fn a_failure_that_the_app_has_not_seen_comes_first() {
    let mut desk = reopened(Remembered::default(), vec![failed_in("first", "1")]);
    desk.press("]").press("4").press("z");
    let remembered = left(&mut desk);
    // What was seen is left for what the learner had gone on to.
    let desk = reopened(remembered.clone(), vec![failed_in("first", "1")]);
    assert_eq!((desk.bench().shown.as_str(), desk.bench().focus, desk.bench().zoom), ("second", Pane::Logs, true));
    let desk = reopened(remembered, vec![failed_in("first", "2")]);
    assert_eq!((desk.bench().shown.as_str(), desk.bench().focus, desk.bench().zoom), ("first", Pane::Tests, false));
    assert_eq!(desk.bench().chosen_test().unwrap().name, "first lasts");
}

#[test]
fn a_run_of_the_app_itself_has_been_seen() {
    let mut desk = reopened(Remembered::default(), vec![failed_in("second", "w")]);
    desk.press("[").press("r").failed("first").press("]").press("1");
    let remembered = left(&mut desk);
    assert_eq!(remembered.run.as_deref(), Some("x"));
    let desk = reopened(remembered, vec![failed_in("first", "x")]);
    assert_eq!((desk.bench().shown.as_str(), desk.bench().focus), ("second", Pane::Stages));
}

#[test]
fn what_is_gone_is_not_looked_for() {
    let gone = |text: &str| Some(text.to_owned());
    let remembered = Remembered { stage: gone("zeroth"), test: gone("zeroth works"), ..Remembered::default() };
    assert_eq!(reopened(remembered, vec![]).bench().shown, "first");
    let remembered = Remembered { stage: gone("second"), test: gone("second worked"), ..Remembered::default() };
    let desk = reopened(remembered, vec![]);
    assert_eq!(desk.bench().shown, "second");
    assert_eq!(desk.bench().chosen_test().unwrap().name, "second works");
    // Since then `lsfr next` has led elsewhere.
    let remembered = Remembered { stage: gone("second"), current: gone("second"), ..Remembered::default() };
    assert_eq!(reopened(remembered, vec![]).bench().shown, "first");
}

#[test]
fn it_is_kept_with_each_stage_that_is_shown_and_never_of_a_tour() {
    let mut desk = Desk::new();
    desk.press("3").press("j");
    assert_eq!(desk.kept, None);
    desk.press("]");
    assert_eq!(desk.kept.take().unwrap().stage.as_deref(), Some("second"));
    // Nothing of what was kept is lost before it has been found again.
    let remembered =
        Remembered { stage: Some("second".into()), test: Some("second lasts".into()), ..left(&mut desk) };
    let mut desk = Desk::new();
    desk.done(Done::Opened(Ok(Box::new(course())))).done(Done::Recalled(Box::new(remembered.clone())));
    assert_eq!(desk.kept.take(), Some(remembered));
    let mut desk = tour::desk();
    desk.press("]").press("Q");
    assert_eq!(desk.kept, None);
    assert!(!desk.take().contains(&Effect::Recall));
}
