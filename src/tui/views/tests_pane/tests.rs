//! The pane alone, in its states, narrow and wide.

use std::path::PathBuf;

use std::time::Duration;

use super::*;
use crate::facts::{Alike, FaultCause, Outcome, StageVerdict};
use crate::report::curl::Request;
use crate::report::diff::Difference;
use crate::report::places::SourcePlace;
use crate::tui::dump;
use crate::tui::event::{Course, StageRow, StageText, TestRow};
use crate::tui::results::{StageResults, TestResult};
use crate::tui::scroll::Scroll;

const STAGE: &str = "http-api";
const FAILED: State = State::Failed(Duration::from_millis(41));
const PASSED: State = State::Passed(Duration::from_millis(1240));

/// A stage with tests that went so.
fn bench(tests: &[(String, State)]) -> Workbench {
    let row = StageRow { key: STAGE.into(), title: "HTTP API".into(), part: "One node".into() };
    let mut bench = Workbench::new(Course {
        dir: "/p".into(),
        key: "kv-store".into(),
        name: "Key-value store".into(),
        stages: vec![row],
        current: STAGE.into(),
        completed: Vec::new(),
        untouched: false,
        built: None,
        has_nodes: true,
    });
    let proves = |(name, _): &(String, State)| TestRow { name: name.clone(), proves: "values".into() };
    let text = StageText { guide: String::new(), after: None, tests: tests.iter().map(proves).collect() };
    bench.texts.insert(STAGE.into(), text);
    bench.focus(Pane::Tests);
    let result = |(name, state): &(String, State)| TestResult { name: name.clone(), state: state.clone(), seed: 7 };
    let results = StageResults {
        stage: STAGE.into(),
        tests: tests.iter().map(result).collect(),
        verdict: Some(StageVerdict::Failed),
        run: Some(PathBuf::from("/p/.lsfr/runs/x")),
        ..StageResults::default()
    };
    bench.results.insert(STAGE.into(), results);
    bench
}

fn many(count: usize, state: &State) -> Vec<(String, State)> {
    let names = [
        "A value that was put is there",
        "GET of a missing key is 404",
        "A key of 1000 bytes, and a value of a megabyte, come back as they were sent",
        "DELETE removes",
    ];
    let name = |number: usize| format!("{}, {}", names[number % names.len()], number + 1);
    (0..count).map(|number| (name(number), state.clone())).collect()
}

fn add(bench: &mut Workbench, card: Card) {
    bench.results.get_mut(STAGE).unwrap().cards.push(card);
}

/// A card of a request that was answered 501.
fn unwritten(test: &str, number: usize) -> Card {
    let path = format!("/kv/sj2xqpw8{number}");
    let curl = format!("curl -i -X PUT http://127.0.0.1:24011{path}");
    let request = Request { node: "n1".into(), method: "PUT".into(), path, curl, note: None };
    let differs =
        Difference { path: "status".into(), expected: "200".into(), actual: "501".into(), ..Difference::default() };
    Card {
        request: Some(request),
        differences: vec![differs],
        alike: Some(Alike::NotImplemented),
        ..Card::example(STAGE, test, &[])
    }
}

fn built() -> Card {
    Card {
        subject: Subject::Build,
        stage: STAGE.into(),
        commands: vec!["cargo build".into()],
        no_answer: Some("exit status 101".into()),
        took: Some(Duration::from_millis(3040)),
        headline: Some("error[E0308]: mismatched types".into()),
        place: Some(SourcePlace { file: "src/store.rs".into(), line: 42, column: Some(13) }),
        ..Card::default()
    }
}

fn shown(bench: &Workbench, columns: u16, rows: u16) -> String {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    let title = count(bench, &List::of(bench), &Theme::DARK);
    drawn(bench, &mut buffer);
    format!("── {columns}x{rows}  {title}\n{}\n", dump::text(&buffer))
}

fn drawn(bench: &Workbench, buffer: &mut Buffer) -> Targets {
    let (area, mut targets) = (buffer.area, Targets::default());
    let (theme, keymap, now) = (&Theme::DARK, &Keymap::default(), Instant::now());
    let writer = Writer { bench, theme, keymap, now, columns: usize::from(area.width) - 1 };
    draw(&List::of(bench), &writer, area, buffer, &mut targets);
    targets
}

fn both(bench: &Workbench) -> String {
    shown(bench, 36, 14) + &shown(bench, 64, 12)
}

#[test]
fn a_build_failed() {
    let mut bench = bench(&many(22, &State::NotRun("the build failed".into())));
    add(&mut bench, built());
    insta::assert_snapshot!(both(&bench));
}

#[test]
fn a_start_failed() {
    let mut bench = bench(&many(22, &State::NotRun("the program does not start".into())));
    let told = "n1 ended with exit status 1 after 31 ms, before its port accepted a connection.";
    let start = Card {
        subject: Subject::Start,
        stage: STAGE.into(),
        start: Some("./run.sh --port=24011 --working-dir=.lsfr/runs/x/data/n1".into()),
        told: vec![told.into()],
        headline: Some("SyntaxError: '(' was never closed".into()),
        place: Some(SourcePlace { file: "store.py".into(), line: 7, column: None }),
        ..Card::default()
    };
    add(&mut bench, start.clone());
    let with_place = both(&bench);
    bench.results.get_mut(STAGE).unwrap().cards = vec![Card { headline: None, place: None, ..start }];
    insta::assert_snapshot!(with_place + &both(&bench));
}

#[test]
fn the_disk_is_full() {
    let mut tests = many(9, &State::Open);
    tests[0].1 = PASSED;
    let mut bench = bench(&tests);
    let message = "199 MB are free on the disk of /p, and a run needs 200 MB. Make room there, then run again.";
    let outcome = Outcome::Fault { cause: FaultCause::Disk, message: message.into() };
    bench.results.get_mut(STAGE).unwrap().could_not_go_on(&outcome, ".lsfr/runs/x");
    insta::assert_snapshot!(both(&bench));
}

#[test]
fn all_have_one_cause() {
    let tests = many(22, &FAILED);
    let mut bench = bench(&tests);
    for (number, (test, _)) in tests.iter().enumerate() {
        add(&mut bench, unwritten(test, number));
    }
    let closed = both(&bench);
    assert!(bench.toggle());
    bench.scroll_tests(Scroll::Down(9), 12);
    insta::assert_snapshot!(closed + &both(&bench));
}

#[test]
fn failures_are_mixed_and_something_was_not_judged() {
    let mut tests = many(8, &FAILED);
    tests[0].1 = PASSED;
    tests[3].1 = State::NotJudged("the machine was too busy: others used 81 % of it".into());
    let mut bench = bench(&tests);
    for number in [1, 4, 5, 6, 7] {
        add(&mut bench, unwritten(&tests[number].0, number));
    }
    add(&mut bench, Card::example(STAGE, &tests[2].0, &[]));
    bench.scroll_tests(Scroll::Down(1), 12);
    insta::assert_snapshot!(both(&bench));
}

#[test]
fn all_passed() {
    insta::assert_snapshot!(both(&bench(&many(22, &PASSED))));
}

#[test]
fn the_whole_name_is_selected_where_it_wraps() {
    let mut bench = bench(&many(3, &PASSED));
    bench.scroll_tests(Scroll::Bottom, 12);
    let area = Rect::new(0, 0, 36, 14);
    let mut buffer = Buffer::empty(area);
    drawn(&bench, &mut buffer);
    let cursor = Theme::DARK.style(Look::Cursor);
    let reversed = |y: u16| (0..36).all(|x| buffer[(x, y)].modifier == cursor.add_modifier);
    let rows: Vec<u16> = (0..14).filter(|y| reversed(*y)).collect();
    assert_eq!(rows.len(), 3, "{}", dump::text(&buffer));
    assert!(rows.windows(2).all(|pair| pair[0] + 1 == pair[1]));
}
