//! A failure beside the last run that passed its test.

use super::*;
use crate::facts::TestVerdict;
use crate::report::records::{Record, Recorded, StageResult, TestResult as TestRecord};
use crate::tui::progress::Past;

/// A run at this minute in which the second test went so.
fn run(minute: u32, verdict: TestVerdict) -> Recorded {
    let mut record = Record::from_json(&serde_json::Value::Null);
    record.time = format!("2025-11-23T14:{minute}:00+01:00");
    let test = TestRecord { test: "first lasts".into(), verdict, reason: None, took: Duration::ZERO };
    record.results = vec![StageResult { stage: "first".into(), verdict: None, tests: vec![test] }];
    Recorded { folder: format!("/p/.lsfr/runs/{minute}").into(), record, live: false }
}

/// The second test has failed in a run that is recorded.
fn failed() -> Desk {
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.bench_mut().results.get_mut("first").unwrap().cards[0].records = ".lsfr/runs/40".into();
    desk
}

#[test]
fn a_key_opens_the_logs_of_the_run_that_passed_at_that_test() {
    let mut desk = failed();
    desk.press("p");
    assert_eq!(desk.toast(), "No run that is still recorded has passed this test before.");
    let runs = [run(40, TestVerdict::Failed), run(20, TestVerdict::Passed)];
    desk.done(Done::Past(Box::new(Past::of(&runs, |_| true, Vec::new()))));
    desk.press("enter").take();
    desk.press("p");
    let passed = PathBuf::from("/p/.lsfr/runs/20");
    assert_eq!(desk.take(), [Effect::OpenLogs { run: passed.clone(), live: false }]);
    assert_eq!(desk.toast(), "This is the run that passed. l returns to the failure.");
    assert_eq!(desk.bench().focus, Pane::Logs);
    let test = ("first".to_owned(), "first lasts".to_owned());
    assert_eq!(desk.bench().jump, Some(Jump::Test { stage: test.0, test: test.1 }));
    // Which run it is stays on the screen.
    let (columns, rows) = desk.ui.app.size;
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
    let screen = crate::tui::dump::text(terminal.backend().buffer());
    assert!(screen.contains(" Logs of 23 Nov 2025"), "{screen}");
    // And back.
    desk.press("l");
    assert_eq!(desk.take(), [Effect::OpenLogs { run: "/p/.lsfr/runs/40".into(), live: false }]);
}

#[test]
fn logs_are_not_taken_from_a_run_in_flight() {
    let mut desk = failed();
    let runs = [run(40, TestVerdict::Failed), run(20, TestVerdict::Passed)];
    desk.done(Done::Past(Box::new(Past::of(&runs, |_| true, Vec::new()))));
    desk.press("enter").event(saved("main.py")).take();
    desk.press("p");
    assert_eq!(desk.take(), []);
    assert!(desk.toast().starts_with("The logs are those of the run in flight"), "{}", desk.toast());
}
