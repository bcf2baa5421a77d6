use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::facts::{Cause, FaultCause, Outcome};
use crate::report::card::Subject;
use crate::tui::results::TestResult;

/// A stage of these tests, as they went.
fn stage(states: &[(&str, State)]) -> StageResults {
    let tests =
        states.iter().map(|(name, state)| TestResult { name: (*name).to_owned(), state: state.clone(), seed: 1 });
    let mut results = StageResults { stage: "http-api".into(), tests: tests.collect(), ..StageResults::default() };
    for (name, _) in states.iter().filter(|(_, state)| matches!(state, State::Failed(_) | State::NotJudged(_))) {
        results.cards.push(Card::example("http-api", name, &["a hint"]));
    }
    results
}

/// The failures of these tests have one cause.
fn alike(results: &mut StageResults, names: &[&str], alike: &Alike) {
    for card in results.cards.iter_mut().filter(|card| names.contains(&card.test.as_str())) {
        card.alike = Some(alike.clone());
    }
}

fn list<'a>(results: &'a StageResults, cursor: &Cursor) -> Vec<Entry<'a>> {
    let tests = results.tests.iter().map(|test| TestView { name: &test.name, state: &test.state }).collect();
    entries(tests, Some(results), results.blocked(), true, cursor)
}

/// The list in a line for each entry.
fn shape(entries: &[Entry]) -> Vec<String> {
    let line = |entry: &Entry| match entry {
        Entry::Cause { card } => format!("{:?}", card.subject),
        Entry::Group { tests, open, .. } => format!("group of {}{}", tests.len(), if *open { ", open" } else { "" }),
        Entry::Test { test, inside, .. } => format!("{}{}", if *inside { "  " } else { "" }, test.name),
        Entry::Waiting { tests, open, .. } => format!("{} wait{}", tests.len(), if *open { ", open" } else { "" }),
    };
    entries.iter().map(line).collect()
}

const FAILED: State = State::Failed(Duration::ZERO);
const PASSED: State = State::Passed(Duration::ZERO);

fn held() -> State {
    State::NotRun("the build failed".into())
}

fn blocked(subject: Subject) -> Card {
    Card { subject, stage: "http-api".into(), ..Card::default() }
}

#[test]
fn what_failed_before_any_test_is_on_top_and_the_tests_wait() {
    let mut results = stage(&[("a", held()), ("b", held()), ("c", held())]);
    results.cards.push(blocked(Subject::Build));
    let mut cursor = Cursor::default();
    let entries = list(&results, &cursor);
    assert_eq!(shape(&entries), ["Build", "3 wait"]);
    assert_eq!(cursor.at(&entries), 0, "what to look at first");
    assert_eq!(entries[0].card(), entries[1].card(), "what they wait for explains them");
    assert_eq!(entries[1].test(), None, "no test is blamed");
    cursor.scroll(&entries, Scroll::Down(1), 10);
    assert!(cursor.toggle(&entries));
    assert_eq!(shape(&list(&results, &cursor)), ["Build", "3 wait, open", "  a", "  b", "  c"]);
}

#[test]
fn a_start_that_fails_halfway_leaves_what_was_tried() {
    let mut results = stage(&[("a", PASSED), ("b", FAILED), ("c", held()), ("d", held())]);
    results.cards.push(blocked(Subject::Start));
    assert_eq!(shape(&list(&results, &Cursor::default())), ["Start", "a", "b", "2 wait"]);
}

#[test]
fn a_search_reads_what_is_told_and_the_names_that_are_folded_away() {
    let mut results = stage(&[("a", held()), ("b", held()), ("c", FAILED)]);
    let headline = Some("error: no such crate".to_owned());
    let commands = vec!["cargo build".to_owned()];
    results.cards.push(Card { headline, commands, ..blocked(Subject::Build) });
    let texts = |cursor: &Cursor| list(&results, cursor).iter().map(Entry::texts).collect::<Vec<_>>();
    let mut cursor = Cursor::default();
    let told = results.cards[0].summary();
    assert_eq!(texts(&cursor)[0], ["cargo build", "error: no such crate"]);
    assert_eq!(texts(&cursor)[1], ["c", told.as_str()]);
    assert_eq!(texts(&cursor)[2], ["a", "b"]);
    cursor.choose(&list(&results, &cursor), 2);
    cursor.toggle(&list(&results, &cursor));
    assert!(texts(&cursor)[2].is_empty());
    assert_eq!(texts(&cursor)[3..], [["a"], ["b"]]);
}

#[test]
fn a_run_that_could_not_go_on_is_told_the_same_way() {
    let mut results = stage(&[("a", PASSED), ("b", State::Open), ("c", State::Open)]);
    let outcome = Outcome::Fault { cause: FaultCause::Disk, message: "no room".into() };
    results.could_not_go_on(&outcome, ".lsfr/runs/x");
    let entries = list(&results, &Cursor::default());
    assert_eq!(shape(&entries), ["Disk", "a", "2 wait"]);
    assert_eq!(entries[0].card().unwrap().told, ["no room"]);
    // While a run goes on, an open test may still get its turn.
    let tests = results.tests.iter().map(|test| TestView { name: &test.name, state: &test.state }).collect();
    let running = super::entries(tests, Some(&results), results.blocked(), false, &Cursor::default());
    assert_eq!(shape(&running), ["Disk", "a", "b", "c"]);
    results.could_not_go_on(&Outcome::Passed, "");
    assert!(results.blocked().is_some(), "only another run tells otherwise");
}

#[test]
fn tests_that_failed_alike_are_one_entry_where_the_first_of_them_was() {
    let mut results =
        stage(&[("a", PASSED), ("b", FAILED), ("c", FAILED), ("d", PASSED), ("e", FAILED), ("f", FAILED)]);
    alike(&mut results, &["b", "e", "f"], &Alike::NotImplemented);
    alike(&mut results, &["c"], &Alike::NoAnswer { cause: Cause::Closed });
    let mut cursor = Cursor::default();
    let entries = list(&results, &cursor);
    assert_eq!(shape(&entries), ["a", "group of 3", "c", "d"]);
    assert_eq!(cursor.at(&entries), 1);
    assert_eq!(entries[1].test().unwrap().name, "b");
    assert_eq!(entries[1].card().unwrap().test, "b");
    assert!(cursor.toggle(&entries));
    let open = list(&results, &cursor);
    assert_eq!(shape(&open), ["a", "group of 3, open", "  b", "  e", "  f", "c", "d"]);
    // Inside of it, the same key closes it.
    cursor.scroll(&open, Scroll::Down(2), 10);
    assert_eq!(open[cursor.at(&open)].test().unwrap().name, "e");
    assert!(cursor.toggle(&open));
    let closed = list(&results, &cursor);
    assert_eq!(shape(&closed), ["a", "group of 3", "c", "d"]);
    assert_eq!(cursor.at(&closed), 1);
}

#[test]
fn two_that_are_alike_keep_their_names() {
    let mut results = stage(&[("a", FAILED), ("b", FAILED)]);
    alike(&mut results, &["a", "b"], &Alike::NotImplemented);
    assert_eq!(shape(&list(&results, &Cursor::default())), ["a", "b"]);
}

#[test]
fn what_is_not_judged_is_no_part_of_a_cause() {
    let busy = State::NotJudged("busy".into());
    let mut results = stage(&[("a", FAILED), ("b", FAILED), ("c", busy), ("d", FAILED)]);
    alike(&mut results, &["a", "b", "c", "d"], &Alike::NotImplemented);
    assert_eq!(shape(&list(&results, &Cursor::default())), ["group of 3", "c"]);
}

#[test]
fn the_cursor_follows_a_test_into_its_group_and_what_is_open_stays_open() {
    let mut results = stage(&[("a", FAILED), ("b", FAILED), ("c", State::Running), ("d", State::Open)]);
    alike(&mut results, &["a", "b"], &Alike::NotImplemented);
    let mut cursor = Cursor::default();
    let entries = list(&results, &cursor);
    cursor.choose(&entries, 1);
    results.set("c", FAILED);
    results.cards.push(Card { alike: Some(Alike::NotImplemented), ..Card::example("http-api", "c", &[]) });
    let entries = list(&results, &cursor);
    assert_eq!(shape(&entries), ["group of 3", "d"]);
    assert_eq!(cursor.at(&entries), 0);
    cursor.toggle(&entries);
    // The next run begins: for a while there is nothing to open.
    let next = stage(&[("a", State::Open), ("b", State::Open), ("c", State::Open), ("d", State::Open)]);
    assert_eq!(shape(&list(&next, &cursor)), ["a", "b", "c", "d"]);
    assert_eq!(shape(&list(&results, &cursor))[0], "group of 3, open");
}

#[test]
fn without_a_failure_the_cursor_stays_where_it_was_and_goes_to_one_when_asked() {
    let mut results = stage(&[("a", PASSED), ("b", PASSED), ("c", PASSED)]);
    let mut cursor = Cursor::default();
    cursor.scroll(&list(&results, &cursor), Scroll::Bottom, 10);
    assert_eq!(cursor.at(&list(&results, &cursor)), 2);
    assert!(!cursor.toggle(&list(&results, &cursor)), "nothing opens there");
    results.set("b", FAILED);
    results.cards.push(Card::example("http-api", "b", &[]));
    assert_eq!(cursor.at(&list(&results, &cursor)), 2);
    cursor.look_at_failure(&list(&results, &cursor));
    assert_eq!(cursor.at(&list(&results, &cursor)), 1);
}

proptest! {
    /// Every test is told exactly once, by itself, in a closed fold or in an open one; and no move leaves the list.
    #[test]
    fn no_test_is_lost_and_no_move_leaves_the_list(
        tests in proptest::collection::vec((0u8..5, 0u8..3), 0..30),
        moves in proptest::collection::vec(0u8..8, 0..20),
        cause: bool,
    ) {
        let state = |kind: u8| match kind {
            0 => PASSED,
            1 => State::Open,
            2 => held(),
            3 => State::NotJudged("busy".into()),
            _ => FAILED,
        };
        let names: Vec<String> = (0..tests.len()).map(|number| format!("t{number}")).collect();
        let states: Vec<(&str, State)> =
            names.iter().zip(&tests).map(|(name, (kind, _))| (name.as_str(), state(*kind))).collect();
        let mut results = stage(&states);
        for (name, (_, how)) in names.iter().zip(&tests) {
            let causes = [Alike::NotImplemented, Alike::NoAnswer { cause: Cause::Reset }];
            if let Some(shared) = causes.get(usize::from(*how)) {
                alike(&mut results, &[name], shared);
            }
        }
        if cause {
            results.cards.push(blocked(Subject::Build));
        }
        let mut cursor = Cursor::default();
        for by in moves {
            let entries = list(&results, &cursor);
            let counted: usize = entries.iter().map(Entry::count).sum();
            prop_assert_eq!(counted, tests.len());
            let scroll = [
                Scroll::Up(1), Scroll::Down(1), Scroll::Down(3), Scroll::HalfDown, Scroll::PageUp, Scroll::Top,
                Scroll::Bottom,
            ];
            match scroll.get(usize::from(by)) {
                Some(scroll) => cursor.scroll(&entries, *scroll, 8),
                None => drop(cursor.toggle(&entries)),
            }
            let after = list(&results, &cursor);
            prop_assert!(after.is_empty() || cursor.at(&after) < after.len());
        }
    }
}
