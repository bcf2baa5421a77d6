//! What is one row.

use super::*;
use crate::messages::MessageId;

/// Entries from `from to at alike` in milliseconds, in order.
fn entries(all: &[(&str, &str, u64, u32)]) -> Vec<Entry> {
    let entry = |(id, (from, to, at, alike)): (usize, &(&str, &str, u64, u32))| {
        Entry::example(MessageId(id as u64), from, to, Duration::from_millis(*at), *alike)
    };
    all.iter().enumerate().map(entry).collect()
}

/// How many exchanges each row has.
fn folded(entries: &[Entry], breaks: &[u64]) -> Vec<usize> {
    let breaks: Vec<Duration> = breaks.iter().map(|at| Duration::from_millis(*at)).collect();
    fold(entries, &exchanges(entries), &breaks).iter().map(|row| row.exchanges.len()).collect()
}

#[test]
fn repeats_fold_though_others_speak_between_them() {
    let all = entries(&[
        ("n3", "n1", 0, 7),
        ("n3", "n2", 1, 7),
        ("n1", "n2", 2, 9),
        ("n3", "n1", 100, 7),
        ("n3", "n2", 101, 7),
        ("n3", "n1", 200, 7),
    ]);
    assert_eq!(folded(&all, &[]), [5, 1]);
    let row = &fold(&all, &exchanges(&all), &[])[0];
    assert_eq!(row.receivers(&all), ["n1", "n2"]);
    assert_eq!(row.interval(&all), Some(Duration::from_millis(100)));
}

#[test]
fn heartbeats_go_on_whatever_else_their_sender_says() {
    let mut all: Vec<_> = (0..10).map(|number| ("n3", "n1", number * 100, 7)).collect();
    all.insert(5, ("n3", "n1", 450, 8));
    assert_eq!(folded(&entries(&all), &[]), [10, 1]);
}

#[test]
fn what_comes_later_behind_another_kind_is_another_run() {
    let votes = |at| [("n3", "n1", at, 7), ("n3", "n2", at + 1, 7), ("n3", "n4", at + 2, 7)];
    let mut all = votes(0).to_vec();
    all.extend(votes(500));
    assert_eq!(folded(&entries(&all), &[]), [6], "nothing else was said");
    all.insert(3, ("n3", "n1", 10, 8));
    assert_eq!(folded(&entries(&all), &[]), [3, 1, 3]);
}

#[test]
fn a_run_breaks_at_what_was_done_and_at_a_gap() {
    let alike = |at| ("n3", "n1", at, 7);
    let runs = [alike(0), alike(1), alike(2), alike(3), alike(4), alike(5)];
    assert_eq!(folded(&entries(&runs), &[]), [6]);
    let late = [alike(0), alike(1), alike(2), alike(1002), alike(1003), alike(1004)];
    assert_eq!(folded(&entries(&late), &[]), [3, 3]);
    let apart = [0, 10, 20, 30, 40, 50].map(alike);
    assert_eq!(folded(&entries(&apart), &[25]), [3, 3]);
    assert_eq!(folded(&entries(&apart), &[60]), [6]);
}

#[test]
fn two_are_repeats_only_if_they_went_to_two_at_once() {
    assert_eq!(folded(&entries(&[("n3", "n1", 0, 7), ("n3", "n1", 1, 7)]), &[]), [1, 1]);
    assert_eq!(folded(&entries(&[("n3", "n1", 0, 7), ("n3", "n2", 1, 7)]), &[]), [2]);
    assert_eq!(folded(&entries(&[("n3", "n1", 0, 7), ("n3", "n2", 9, 7)]), &[]), [1, 1]);
}

#[test]
fn what_several_say_alike_to_one_is_one_row() {
    let votes = [("n1", "n3", 0, 7), ("n2", "n3", 4, 7), ("n4", "n3", 9, 7), ("n5", "n1", 9, 7)];
    assert_eq!(folded(&entries(&votes), &[]), [2, 1, 1], "the third came later, the fourth to another");
    let all = entries(&votes);
    let row = &fold(&all, &exchanges(&all), &[])[0];
    assert_eq!((row.senders(&all), row.receivers(&all)), (vec!["n1", "n2"], vec!["n3"]));

    assert_eq!(folded(&entries(&votes), &[3]), [1, 2, 1], "something was done between the first two");
    let mut held = entries(&votes);
    held[..2].iter_mut().for_each(|entry| entry.held = Some(Hold::Cut));
    assert_eq!(fold(&held, &exchanges(&held), &[]).len(), 4, "each is handed over in its own time");

    let answers = |at: u64| [("n1", "n3", at * 100, 7), ("n2", "n3", at * 100 + 1, 7)];
    let mut all: Vec<_> = (0..8).flat_map(answers).collect();
    assert_eq!(folded(&entries(&all), &[]), [16]);
    let ticking = entries(&all);
    let row = &fold(&ticking, &exchanges(&ticking), &[])[0];
    assert_eq!(row.interval(&ticking), Some(Duration::from_millis(100)), "of each of them");
    // One that falls silent has a row of its own.
    all.retain(|(from, _, at, _)| *from == "n1" || *at < 300);
    assert_eq!(folded(&entries(&all), &[]), [8, 3]);
}

#[test]
fn what_had_another_fate_is_not_alike() {
    let mut all = entries(&[0, 1, 2, 3, 4, 5].map(|at| ("n3", "n1", at, 7)));
    for held in &mut all[3..] {
        held.held = Some(Hold::Cut);
    }
    assert_eq!(folded(&all, &[]), [3, 3]);
}

#[test]
fn a_request_and_its_last_answer_are_one() {
    let mut all = entries(&[("n1", "n2", 0, 1), ("n1", "n2", 1, 1), ("n2", "n1", 2, 4), ("n2", "n1", 3, 5)]);
    all[0].exchange = Some((7, 0));
    all[1].exchange = Some((7, 1));
    for answer in [2, 3] {
        all[answer].exchange = Some((7, 0));
        all[answer].kind = Kind::HttpAnswer;
    }
    let joined = exchanges(&all);
    let alone = |message| Exchange { message, answer: None };
    assert_eq!(joined, [Exchange { message: 0, answer: Some(3) }, alone(1), alone(2)]);
    let touches = |from, to| joined[0].touches(&all, Duration::from_millis(from), Duration::from_millis(to));
    assert!(touches(0, 0) && touches(3, 9) && !touches(4, 9));
}

#[test]
fn an_answer_without_its_request_stands_alone() {
    let mut all = entries(&[("n2", "n1", 0, 1)]);
    all[0].kind = Kind::HttpAnswer;
    all[0].exchange = Some((7, 0));
    assert_eq!(exchanges(&all), [Exchange { message: 0, answer: None }]);
}
