//! What is told of a run in flight, from what earlier runs took and how they went.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::{Local, TimeDelta};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::*;
use crate::facts::{Outcome, StageVerdict, TestVerdict, Verdict};
use crate::report::records::{Record, Recorded, StageResult, TestResult};
use crate::tui::dump;
use crate::tui::event::RunNews;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;
use crate::tui::update::tests::{Desk, failure};

const PASSED: TestVerdict = TestVerdict::Passed;
const FAILED: TestVerdict = TestVerdict::Failed;

/// A recorded run of one stage, this long ago. Each test with its verdict and the seconds that it took.
fn recorded(minutes: i64, stage: &str, tests: &[(&str, TestVerdict, u64)]) -> Recorded {
    let result = |(name, verdict, took): &(&str, TestVerdict, u64)| TestResult {
        test: format!("{stage} {name}"),
        verdict: *verdict,
        reason: None,
        took: Duration::from_secs(*took),
    };
    let json = serde_json::json!({ "time": (Local::now() - TimeDelta::minutes(minutes)).to_rfc3339() });
    let mut record: Record = Record::from_json(&json);
    let tests = tests.iter().map(result).collect();
    record.results = vec![StageResult { stage: stage.into(), verdict: Some(StageVerdict::Failed), tests }];
    Recorded { folder: PathBuf::from(format!("/p/.lsfr/runs/{minutes}")), record, live: false }
}

fn past(runs: &[Recorded]) -> Past {
    Past::of(runs, |_| false, Vec::new())
}

/// A desk on which two stages with two tests each have run: `works` takes 4 s, `lasts` 10 s and failed.
fn known() -> Desk {
    let mut desk = Desk::new();
    let runs = ["first", "second"].map(|stage| recorded(60, stage, &[("works", PASSED, 4), ("lasts", FAILED, 10)]));
    desk.ui.app.workbench_mut().unwrap().moments.remember(past(&runs));
    desk
}

fn begin(desk: &mut Desk, key: &str, trigger: Trigger) {
    desk.ui.app.workbench_mut().unwrap().moments.trigger = Some(trigger);
    if desk.bench().run.is_some() {
        desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    }
    desk.press(key).begun("first");
}

fn ends(desk: &mut Desk, name: &str, verdict: Verdict) {
    desk.test("first", name, verdict);
}

fn starts(desk: &mut Desk, name: &str) {
    let (stage, test) = ("first".to_owned(), format!("first {name}"));
    desk.told(crate::facts::Event::TestStarted { stage, test });
}

fn progress(desk: &Desk) -> Progress<'_> {
    of(desk.bench(), desk.now).unwrap()
}

fn about(seconds: u64) -> Left {
    Left::About(Duration::from_secs(seconds))
}

#[test]
fn without_a_run_there_is_nothing_to_tell() {
    assert_eq!(of(known().bench(), Instant::now()), None);
}

#[test]
fn what_is_left_counts_down_and_never_below_nothing() {
    let mut desk = known();
    begin(&mut desk, "r", Trigger::Pressed(Action::Run));
    assert_eq!(progress(&desk).left, about(14));
    starts(&mut desk, "works");
    desk.now += Duration::from_secs(3);
    assert_eq!(progress(&desk).left, about(11));
    desk.now += Duration::from_secs(2);
    assert_eq!(progress(&desk).left, about(10), "it is over its time, but not by much");
    desk.now += Duration::from_secs(2);
    assert_eq!(progress(&desk).left, Left::Overdue);
    ends(&mut desk, "works", Verdict::Passed);
    assert_eq!(progress(&desk).left, about(10));
    ends(&mut desk, "lasts", Verdict::Passed);
    assert_eq!(progress(&desk).left, Left::Nothing);
    assert_eq!(progress(&desk).tests, Count { passed: 2, failed: 0, other: 0, of: Some(2) });
}

#[test]
fn what_has_never_run_has_no_time() {
    let mut desk = Desk::new();
    let one = past(&[recorded(60, "first", &[("works", PASSED, 4)])]);
    desk.ui.app.workbench_mut().unwrap().moments.remember(one);
    begin(&mut desk, "r", Trigger::Pressed(Action::Run));
    assert_eq!(progress(&desk).left, Left::Unknown);
    assert_eq!(draw::left(Left::Unknown, &Phase::Testing), None);
}

#[test]
fn a_run_of_all_stages_so_far_counts_those_to_come() {
    let mut desk = known();
    desk.press("]");
    begin(&mut desk, "R", Trigger::Pressed(Action::RunSoFar));
    assert!(matches!(desk.bench().run.as_ref().unwrap().request.scope, Scope::SoFar(_)), "the key does what it did");
    assert_eq!(progress(&desk).tests.of, Some(4));
    assert_eq!(progress(&desk).left, about(28));
}

#[test]
fn the_median_of_the_last_runs_counts() {
    let runs = [3, 100, 4, 5, 4, 900, 900].map(|took| recorded(60, "first", &[("works", PASSED, took)]));
    let past = past(&runs);
    assert_eq!(past.usual("first", "first works"), Some(Duration::from_secs(4)), "of the last five");
    assert_eq!(past.usual("first", "first other"), None);
    let not_run =
        [recorded(1, "first", &[("works", TestVerdict::NotRun, 0)]), recorded(9, "first", &[("works", PASSED, 4)])];
    let past = self::past(&not_run);
    assert_eq!(past.usual("first", "first works"), Some(Duration::from_secs(4)), "it took no time to be left out");
}

#[test]
fn changes_are_from_the_verdict_before_whichever_run_it_was_of() {
    let mut desk = known();
    begin(&mut desk, "r", Trigger::Saved(vec!["store.py".into()]));
    ends(&mut desk, "works", failure());
    ends(&mut desk, "lasts", Verdict::Passed);
    assert_eq!(progress(&desk).changes, Changes { fixed: 1, broken: 1 });
    // The next run is ended before it comes to the first test: nothing of that test is new in the one after it.
    begin(&mut desk, "r", Trigger::Pressed(Action::Run));
    assert_eq!(progress(&desk).changes, Changes::default());
    begin(&mut desk, "r", Trigger::Pressed(Action::Run));
    ends(&mut desk, "works", failure());
    ends(&mut desk, "lasts", Verdict::NotRun { reason: "it does not start".into() });
    assert_eq!(progress(&desk).changes, Changes::default(), "what was not run was not broken");
    begin(&mut desk, "r", Trigger::Pressed(Action::Run));
    ends(&mut desk, "works", Verdict::Passed);
    ends(&mut desk, "lasts", Verdict::Passed);
    assert_eq!(progress(&desk).changes, Changes { fixed: 1, broken: 0 });
}

#[test]
fn a_fixed_test_flashes_once_and_then_nothing_wakes() {
    let mut desk = known();
    begin(&mut desk, "r", Trigger::Pressed(Action::Run));
    ends(&mut desk, "works", Verdict::Passed);
    let (now, moments) = (desk.now, &desk.bench().moments);
    assert!(!moments.flashes("first", "first works", now), "it passed before");
    assert_eq!(moments.wakes_at(now), None);
    ends(&mut desk, "lasts", Verdict::Passed);
    let moments = &desk.bench().moments;
    assert!(moments.flashes("first", "first lasts", now));
    assert_eq!(moments.wakes_at(now), Some(now + FLASH));
    let later = now + FLASH;
    assert!(!moments.flashes("first", "first lasts", later));
    assert_eq!(moments.wakes_at(later), None);
}

#[test]
fn results_are_old_until_their_tests_have_run_again() {
    let mut desk = Desk::new();
    let runs = [recorded(2 * 24 * 60, "first", &[("works", PASSED, 4), ("lasts", FAILED, 10)])];
    desk.done(crate::tui::event::Done::Recorded(runs.iter().flat_map(StageResults::from_run).collect()));
    let bench = desk.ui.app.workbench_mut().unwrap();
    bench.moments.remember(Past::of(&runs, |_| true, Vec::new()));
    assert_eq!(draw::old(bench, "first"), None, "the program is as it was then");
    bench.moments.files_changed();
    assert!(draw::old(bench, "first").is_some());
    let row = |columns| rest(bench, &Theme::DARK, &Keymap::default(), columns, Local::now()).unwrap().to_string();
    let whole = row(70);
    assert!(whole.starts_with("as of ") && whole.ends_with("; the program may have changed since"), "{whole}");
    let narrow = row(36);
    assert!(narrow.ends_with("; r runs them anew"), "{narrow}");
    bench.moments.test_ended("first", "first works", &State::Passed(Duration::ZERO), Instant::now());
    assert_eq!(draw::old(bench, "first"), None, "one of them is of now");
    assert!(bench.moments.is_current("first", "first works") && !bench.moments.is_current("first", "first lasts"));
}

/// The head of the list of tests in a pane this wide.
fn head(desk: &Desk, theme: &Theme, columns: u16) -> String {
    let shown = &desk.bench().shown;
    let rows = lines(&progress(desk), shown, theme, &Keymap::default(), columns.into());
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows.len() as u16));
    for (row, line) in rows.into_iter().enumerate() {
        let fits: &Line = &line;
        assert!(fits.width() <= columns.into(), "{fits}");
        line.render(Rect::new(0, row as u16, columns, 1), &mut buffer);
    }
    format!("{}\n{}", dump::text(&buffer), dump::styles(&buffer))
}

#[test]
fn the_head_of_the_tests() {
    let mut desk = known();
    begin(&mut desk, "r", Trigger::Saved(vec!["src/store.py".into()]));
    desk.told(crate::facts::Event::BuildStarted { command: "cargo build --release".into() });
    let building = head(&desk, &Theme::DARK, 40);
    desk.begun("first");
    ends(&mut desk, "works", failure());
    starts(&mut desk, "lasts");
    desk.now += Duration::from_secs(3);
    let testing = head(&desk, &Theme::DARK, 40);
    let narrow = head(&desk, &Theme::DARK, 24);
    desk.press("]");
    let plain = head(&desk, &Theme { ascii: true, ..Theme::NONE }, 60);
    assert!(plain.is_ascii(), "{plain}");
    desk.press("[");
    ends(&mut desk, "lasts", Verdict::Passed);
    let changed = head(&desk, &Theme::DARK, 60);
    insta::assert_snapshot!([building, testing, narrow, plain, changed].join("──\n"));
}
