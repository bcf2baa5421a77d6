//! Every sentence, as a learner reads it.

use insta::assert_snapshot;

use super::super::samples::history;
use super::super::{Limits, Verdict, judge};

/// The title and the sentence of what is wrong, and the operations that prove it.
fn told(text: &str) -> String {
    let history = history(text);
    let Verdict::Violation(explanation) = judge(&history, &Limits::default()).verdict else {
        panic!("nothing is wrong: {:?}", judge(&history, &Limits::default()).verdict);
    };
    let places: Vec<String> = explanation.places.iter().map(|place| (place + 1).to_string()).collect();
    let culprit = explanation.places[explanation.culprit] + 1;
    format!("{}: {}\n[{}; {culprit}]", explanation.title, explanation.sentence, places.join(" "))
}

#[test]
fn a_stale_read() {
    assert_snapshot!(told(
        "c1 n1 write 7 2.50-2.60
        c2 n1 write 9 2.80-3.05
        c3 n3 read 7 3.10-3.20
        c4 n1 read 9 3.30-3.40
        fault cut n3: n3 was cut off from n1 and n2 2.90-?"
    ), @r"
    stale read: n3 answered `x = 7` at +3.20s, after n1 had acknowledged `x = 9` at +3.05s. n3 was cut off from n1 and n2 from +2.90s.
    [1 2 3; 3]
    ");
}

#[test]
fn a_lost_write() {
    assert_snapshot!(told(
        "c1 n1 write 7 2.50-2.60
        c2 n1 write 9 2.80-3.05
        fault down n1: n1 was down 3.06-3.30
        c3 n3 read 7 3.50-3.60
        c4 n3 read 7 4.50-4.60"
    ), @r"
    lost write: n3 answered `x = 7` at +3.60s, after n1 had acknowledged `x = 9` at +3.05s. n1 was down from +3.06s to +3.30s.
    [1 2 3; 3]
    ");
    assert_snapshot!(told(
        "c1 n1 write 7 2.50-2.60
        c3 n3 read - 3.50-3.60
        c4 n3 read - 4.50-4.60"
    ), @r"
    lost write: n3 answered at +3.60s that `x` was absent, after n1 had acknowledged `x = 7` at +2.60s. Nothing ever deleted it.
    [1 2; 2]
    ");
    assert_snapshot!(told(
        "initial 5
        c1 n1 write 7 2.50-2.60
        c3 n3 read 5 3.50-3.60
        c4 n3 read 5 4.50-4.60"
    ), @r"
    lost write: n3 answered `x = 5` at +3.60s, after n1 had acknowledged `x = 7` at +2.60s. `5` was there at first, and nobody wrote it again.
    [1 2; 2]
    ");
}

#[test]
fn a_read_that_went_back() {
    assert_snapshot!(told(
        "c1 n1 write 7 2.50-2.60
        c2 n1 write 9 2.80-?
        c3 n2 read 9 3.00-3.05
        c4 n3 read 7 3.10-3.20"
    ), @r"
    a read went back: n3 answered `x = 7` at +3.20s, after n2 had answered `x = 9` at +3.05s. `7` is the older one: n1 had acknowledged `x = 7` at +2.60s, before the write of `x = 9` was sent at +2.80s.
    [1 2 3 4; 4]
    ");
    assert_snapshot!(told(
        "c1 n1 write 7 2.50-?
        c2 n1 write 9 2.80-?
        c3 n2 read 7 2.90-2.95
        c3 n2 read 9 3.00-3.05
        c4 n3 read 7 3.10-3.20"
    ), @r"
    a read went back: n3 answered `x = 7` at +3.20s, after n2 had answered `x = 9` at +3.05s. `7` is the older one: n2 had answered `x = 7` at +2.95s, before n2 was asked at +3.00s.
    [1 2 3 4 5; 5]
    ");
    assert_snapshot!(told(
        "c1 n1 write 7 2.50-?
        c3 n2 read 7 2.90-2.95
        c4 n3 read - 3.10-3.20"
    ), @r"
    a read went back: n3 answered at +3.20s that `x` was absent, after n2 had answered `x = 7` at +2.95s. Nothing ever deleted it.
    [1 2 3; 3]
    ");
}

#[test]
fn a_node_that_contradicts_itself() {
    assert_snapshot!(told(
        "c1 n1 write 7 2.500-2.600
        c2 n1 write 9 2.800-3.051
        c3 n1 read 7 3.052-3.054"
    ), @r"
    stale read: n1 answered `x = 7` at +3.054s, after it had acknowledged `x = 9` at +3.051s.
    [1 2 3; 3]
    ");
}

#[test]
fn a_value_from_nowhere() {
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c3 n3 read 8 3.10-3.20"), @r"
    value from nowhere: n3 answered `x = 8` at +3.20s, and nobody ever wrote `8` to `x`.
    [2; 2]
    ");
}

#[test]
fn a_value_of_another_key() {
    let mut history = history(
        "c1 n1 write 7 2.50-2.60
        c3 n3 read 8 3.10-3.20
        c2 n1 write 8 2.50-2.60",
    );
    history.operations[2].key = "y".into();
    let Verdict::Violation(explanation) = judge(&history, &Limits::default()).verdict else { panic!() };
    assert_snapshot!(explanation.sentence, @r"n3 answered `x = 8` at +3.20s, and nobody ever wrote `8` to `x`. It was written to `y`.");
}

#[test]
fn a_refused_write_that_was_done() {
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n2 write 8 2.80-2.90 no
        c3 n3 read 8 3.10-3.20"), @r"
    refused, yet done: n3 answered `x = 8` at +3.20s, though n2 had refused the write of `x = 8` at +2.90s (503). Nobody else wrote `8`.
    [2 3; 3]
    ");
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n2 cas 5 8 2.80-2.90 unmet
        c3 n2 read 8 3.10-3.20"), @r"
    refused, yet done: n2 answered `x = 8` at +3.20s, though it had answered at +2.90s that `x` was not `5`, so that the change of `x` from `5` to `8` was not done. Nobody else wrote `8`.
    [2 3; 3]
    ");
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n2 cas - 8 2.80-2.90 unmet
        c3 n3 read 8 3.10-3.20"), @r"
    refused, yet done: n3 answered `x = 8` at +3.20s, though n2 had answered at +2.90s that `x` was there already, so that the creation of `x` as `8` was not done. Nobody else wrote `8`.
    [2 3; 3]
    ");
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n2 cas 5 8 2.80-3.90 unmet
        c3 n2 read 8 3.10-3.20"), @r"
    refused, yet done: n2 answered `x = 8` at +3.20s, and n2 answered at +3.90s that `x` was not `5`, so that the change of `x` from `5` to `8` was not done. Nobody else wrote `8`.
    [2 3; 3]
    ");
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n2 write 8 2.80-3.90 no
        c3 n3 read 8 3.10-3.20"), @r"
    refused, yet done: n3 answered `x = 8` at +3.20s, and n2 refused the write of `x = 8` at +3.90s (503). Nobody else wrote `8`.
    [2 3; 3]
    ");
}

#[test]
fn a_value_that_was_read_too_early() {
    assert_snapshot!(told("c3 n3 read 8 3.10-3.20
        c1 n1 write 8 3.30-3.40"), @r"
    value before it was written: n3 answered `x = 8` at +3.20s, before anybody had written it: the write of `x = 8` was sent at +3.30s.
    [1 2; 1]
    ");
    assert_snapshot!(told("initial 5
        c3 n3 read - 3.10-3.20
        c1 n1 delete 3.30-3.40"), @r"
    value before it was written: n3 answered at +3.20s that `x` was absent, before anybody had deleted it: the deletion of `x` was sent at +3.30s.
    [1 2; 1]
    ");
    assert_snapshot!(told("initial 5
        c3 n3 read - 3.10-3.20"), @r"
    lost value: n3 answered at +3.20s that `x` was absent, and nobody had deleted it. It held `5` at first.
    [1; 1]
    ");
}

#[test]
fn a_deleted_value_that_returned() {
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n1 delete 2.80-3.05
        c3 n3 read 7 3.10-3.20
        fault pause n1: n1 was paused 3.06-3.15"), @r"
    deleted value returned: n3 answered `x = 7` at +3.20s, after n1 had acknowledged the deletion of `x` at +3.05s. n1 was paused from +3.06s to +3.15s.
    [1 2 3; 3]
    ");
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n1 delete 2.80-?
        c4 n2 read - 2.90-3.05
        c3 n3 read 7 3.10-3.20"), @r"
    deleted value returned: n3 answered `x = 7` at +3.20s, after n2 had answered at +3.05s that `x` was absent. `7` is the older one: n1 had acknowledged `x = 7` at +2.60s, before n2 was asked at +2.90s.
    [1 3 4; 4]
    ");
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n1 cas 7 - 2.80-3.05
        c3 n3 read 7 3.10-3.20"), @r"
    deleted value returned: n3 answered `x = 7` at +3.20s, after n1 had acknowledged the deletion of `x = 7` at +3.05s.
    [1 2 3; 3]
    ");
}

#[test]
fn an_absent_key_that_nobody_deleted() {
    assert_snapshot!(told("c1 n1 write 6 1.50-1.60
        c1 n1 delete 1.80-1.90
        c1 n1 write 7 2.50-2.60
        c3 n3 read - 3.10-3.20
        c3 n3 read 7 3.30-3.40"), @r"
    stale read: n3 answered at +3.20s that `x` was absent, after n1 had acknowledged `x = 7` at +2.60s. Nothing deleted it in between.
    [3 4; 4]
    ");
}

#[test]
fn two_compare_and_sets_that_both_won() {
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c2 n1 cas 5 7 2.80-3.05
        c3 n3 cas 5 8 2.90-3.20"), @r"
    two compare-and-sets won: n1 acknowledged the change of `x` from `5` to `7` at +3.05s, and n3 acknowledged the change of `x` from `5` to `8` at +3.20s. `5` was there once, so only one of them can have found it.
    [1 2 3; 3]
    ");
    assert_snapshot!(told("c2 n1 cas - 7 2.80-3.05
        c3 n3 cas - 8 2.90-3.20"), @r"
    two compare-and-sets won: n1 acknowledged the creation of `x` as `7` at +3.05s, and n3 acknowledged the creation of `x` as `8` at +3.20s. Nothing ever deleted `x`, so only one of them can have found it absent.
    [1 2; 2]
    ");
    assert_snapshot!(told("initial 5
        c2 n1 cas 5 7 2.80-3.05
        c3 n3 cas 5 - 2.90-3.20"), @r"
    two compare-and-sets won: n1 acknowledged the change of `x` from `5` to `7` at +3.05s, and n3 acknowledged the deletion of `x = 5` at +3.20s. `5` was there once, so only one of them can have found it.
    [1 2; 2]
    ");
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c1 n1 delete 2.65-2.70
        c2 n1 cas - 7 2.80-3.05
        c3 n3 cas - 8 2.90-3.20"), @r"
    two compare-and-sets won: n1 acknowledged the creation of `x` as `7` at +3.05s, and n3 acknowledged the creation of `x` as `8` at +3.20s. Nothing deleted `x` in between, so only one of them can have found it absent.
    [3 4; 4]
    ");
}

#[test]
fn a_compare_and_set_on_an_old_value() {
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c2 n1 write 7 2.80-3.05
        c3 n3 cas 5 8 3.10-3.20"), @r"
    compare-and-set on an old value: n3 acknowledged the change of `x` from `5` to `8` at +3.20s, after n1 had acknowledged `x = 7` at +3.05s.
    [1 2 3; 3]
    ");
}

#[test]
fn a_read_of_what_a_compare_and_set_had_replaced() {
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c2 n1 cas 5 7 2.80-3.05
        c3 n3 read 5 3.10-3.20
        c3 n3 read 7 3.30-3.40"), @r"
    stale read: n3 answered `x = 5` at +3.20s, after n1 had acknowledged the change of `x` from `5` to `7` at +3.05s.
    [1 2 3; 3]
    ");
}

#[test]
fn a_condition_that_held_and_was_called_unmet() {
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c2 n2 cas 5 7 2.80-3.05 unmet"), @r"
    refused without a reason: n2 answered at +3.05s that `x` was not `5`, though n1 had acknowledged `x = 5` at +2.60s. Nobody changed it in between.
    [1 2; 2]
    ");
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c4 n1 write 6 2.50-?
        c2 n2 cas 5 7 2.80-3.05 unmet
        c3 n3 read 5 3.10-3.20"), @r"
    refused without a reason: n2 answered at +3.05s that `x` was not `5`, though n1 had acknowledged `x = 5` at +2.60s, and n3 answered `x = 5` at +3.20s. `5` was written once.
    [1 3 4; 3]
    ");
    assert_snapshot!(told("initial 5
        c2 n2 cas 5 7 2.80-3.05 unmet"), @r"
    refused without a reason: n2 answered at +3.05s that `x` was not `5`. It held that from the start, and nobody had changed it.
    [1; 1]
    ");
    assert_snapshot!(told("c2 n2 cas - 7 2.80-3.05 unmet"), @r"
    refused without a reason: n2 answered at +3.05s that `x` was there already, and nobody had written it yet.
    [1; 1]
    ");
    assert_snapshot!(told("c1 n1 write 5 2.50-2.60
        c1 n1 delete 2.65-2.70
        c2 n1 cas - 7 2.80-3.05 unmet"), @r"
    refused without a reason: n1 answered at +3.05s that `x` was there already, though it had acknowledged the deletion of `x` at +2.70s. Nobody had written it since.
    [2 3; 3]
    ");
}

#[test]
fn what_no_pair_of_values_shows() {
    assert_snapshot!(told("c1 n1 delete 1.00-1.10
        c1 n1 cas - 1 1.20-3.00
        c2 n2 cas - 2 1.30-3.10
        c3 n2 cas - 3 1.30-3.20
        c4 n3 delete 1.40-3.30"), @r"
    too many compare-and-sets won: n1 acknowledged the creation of `x` as `1` at +3.00s, n2 acknowledged the creation of `x` as `2` at +3.10s, and n2 acknowledged the creation of `x` as `3` at +3.20s. `x` was not absent often enough for all 3 to have found it so.
    [2 3 4; 4]
    ");
}

#[test]
fn a_system_whose_nodes_are_not_known() {
    assert_snapshot!(told("c1 - write 7 2.50-2.60
        c2 - write 9 2.80-3.05
        c3 - read 7 3.10-3.20"), @r"
    stale read: The system answered `x = 7` at +3.20s, after it had acknowledged `x = 9` at +3.05s.
    [1 2 3; 3]
    ");
}

#[test]
fn a_value_that_was_written_twice() {
    assert_snapshot!(told("c1 n1 write 7 1.50-1.60
        c1 n1 write 7 2.50-2.60
        c2 n1 write 9 2.80-3.05
        c3 n3 read 7 3.10-3.20"), @r"
    stale read: n3 answered `x = 7` at +3.20s, after n1 had acknowledged `x = 9` at +3.05s. Nobody wrote `7` in between.
    [2 3 4; 4]
    ");
}

#[test]
fn many_faults_at_once() {
    assert_snapshot!(told("c1 n1 write 7 2.50-2.60
        c2 n1 write 9 2.80-3.05
        c3 n3 read 7 3.10-3.20
        fault slow n1,n2: every link was slow (50ms ± 40ms) 0.50-?
        fault cut n4: n4 was cut off from all others 2.90-3.00
        fault pause n2: n2 was paused 2.70-2.90
        fault pause n3: n3 was paused 3.12-3.18
        fault down n5: n5 was down 1.00-2.00
        fault down n5: n5 was down 2.90-?"), @r"
    stale read: n3 answered `x = 7` at +3.20s, after n1 had acknowledged `x = 9` at +3.05s. Every link was slow (50ms ± 40ms) from +0.50s. n3 was paused from +3.12s to +3.18s. n2 was paused from +2.70s to +2.90s. 2 more faults were in force.
    [1 2 3; 3]
    ");
}

/// The picture in this many columns.
fn drawn(text: &str, columns: usize) -> String {
    let Verdict::Violation(explanation) = judge(&history(text), &Limits::default()).verdict else { panic!() };
    let lines = explanation.picture_lines(columns);
    for line in &lines {
        assert!(unicode_width::UnicodeWidthStr::width(line.as_str()) <= columns, "{line:?}");
    }
    lines.join("\n")
}

const STALE: &str = "c1 n1 write 7 2.50-2.60
    c2 n1 write 9 2.80-3.05
    c3 n3 read 7 3.10-3.20
    fault cut n3: n3 was cut off from n1 and n2 2.90-?
    fault pause n2: n2 was paused 2.00-3.00";

#[test]
fn a_picture() {
    assert_snapshot!(drawn(STALE, 76), @r"
               +2.50          +2.60                   +3.05                +3.20
    n3 cut                      ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
    n2 paused  ░░░░░░░░░░░░░░░░░░░
    client 1   ├─ n1 write 7 ─┤
    client 2                   ├── n1 write 9 ─ +3.05 ┤
    client 3                                           ├ +3.10 ─ n3 read 7 ──┤ ✗
    In the order of time, not to scale.
    ");
    assert_snapshot!(drawn(STALE, 60), @r"
               +2.50     +2.60             +3.05           +3.20
    n3 cut                 ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
    n2 paused  ░░░░░░░░░░░░░
    c1         ├ n1 w 7 ─┤
    c2                    ├─ n1 w 9  +3.05 ┤
    c3                                      ├ +3.10  n3 r 7 ─┤ ✗
    In the order of time, not to scale.
    ");
    assert_snapshot!(drawn(STALE, 40), @r"
               +2.50  +2.60      +3.10 +3.20
    n3 cut                ░░░░░░░░░░░░░░░░
    n2 paused  ░░░░░░░░░░░░░
    c1         ├─ 1 ──┤
    c2                  ├─ 2 ──┤
    c3                           ├── 3 ──┤ ✗
    1 n1 write 7
    2 n1 write 9, answered +3.05
    3 n3 read 7, sent +3.10 ✗
    In the order of time, not to scale.
    ");
    assert_snapshot!(drawn(STALE, 30), @r"
               +2.50 +2.90   +3.20
    n3 cut           ░░░░░░░░░░░
    n2 paused  ░░░░░░░░
    c1         ├ 1 ┤
    c2              ├ 2 ─┤
    c3                    ├ 3 ─┤ ✗
    1 n1 write 7
    2 n1 write 9, answered +3.05
    3 n3 read 7, sent +3.10 ✗
    In the order of time, not to…
    ");
    assert_snapshot!(drawn(STALE, 12), @"");
}

#[test]
fn a_picture_of_what_had_no_answer() {
    let text = "c1 n1 write 7 2.50-?
        c2 n1 write 9 2.80-?
        c3 n2 read 7 2.90-2.95
        c3 n2 read 9 3.00-3.05
        c4 n3 read 7 3.10-3.20";
    assert_snapshot!(drawn(text, 76), @r"
              +2.50           +2.95                   +3.05                +3.20
    client 1  ├╌ n1 write 7 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌?
    client 2   ├╌ n1 write 9 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌?
    client 3    ├─ n2 read 7 ─┤  ├─ n2 read 9 ─ +3.05 ┤
    client 4                                           ├ +3.10 ─ n3 read 7 ──┤ ✗
    In the order of time, not to scale.
    ");
    assert_snapshot!(drawn(text, 50), @r"
        +2.50          +2.95            +3.10    +3.20
    c1  ├╌ 1 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌?
    c2    ├╌ 2 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌?
    c3       ├─── 3 ───┤    ├─── 4 ───┤
    c4                                  ├─── 5 ────┤ ✗
    1 n1 write 7
    2 n1 write 9
    3 n2 read 7
    4 n2 read 9, answered +3.05
    5 n3 read 7, sent +3.10 ✗
    In the order of time, not to scale.
    ");
}

#[test]
fn a_picture_of_wide_and_long_values() {
    let text = "c1 n1 cas - 値値値値値値値値値値値値値値値値 2.50-2.60
        c2 n1 delete 2.80-3.05
        c12345 a-node-with-a-long-name read 値値値値値値値値値値値値値値値値 3.10-3.20";
    assert_snapshot!(drawn(text, 76), @r"
            +2.50           +2.60             +3.05                        +3.20
    c1      ├ n1 –→値値値… ─┤
    c2                       ├─ n1 del  +3.05 ┤
    c12345                                     ├ +3.10  a-node-… r 値値値… ──┤ ✗
    In the order of time, not to scale.
    ");
    assert_snapshot!(drawn(text, 60), @r"
            +2.50         +2.60                +3.10       +3.20
    c1      ├───── 1 ─────┤
    c2                       ├───── 2 ─────┤
    c12345                                     ├───── 3 ─────┤ ✗
    1 n1 cas absent→値値値値値値値値値…
    2 n1 delete, answered +3.05
    3 a-node-… read 値値値値値値値値値…, sent +3.10 ✗
    In the order of time, not to scale.
    ");
}

#[test]
fn queues() {
    assert_snapshot!(told("c1 n1 put m1 1.00-1.10
        c1 n1 put m2 1.20-1.30
        c2 n2 take m1 2.00-2.10
        c2 n2 ack m1 2.20-2.30
        c2 n2 take - 3.00-3.10"), @r"
    lost message: n1 acknowledged the message `m2` at +1.30s, and it was never delivered. `jobs` had no more messages at +3.10s.
    [2 5; 2]
    ");
    assert_snapshot!(told("drained
        c1 n1 put m1 1.00-1.10
        c2 n2 take m1 2.00-2.10
        c2 n2 ack m9 2.20-2.30 unknown
        c2 n2 take - 3.00-3.10"), @r"
    lost message: n1 acknowledged the message `m1` at +1.10s. n2 delivered it at +2.10s, nobody deleted it, and it did not come back. `jobs` had no more messages at +3.10s.
    [1 2 4; 1]
    ");
    assert_snapshot!(told("c1 n1 put m1 1.00-1.10
        c2 n2 take m2 2.00-2.10"), @r"
    message from nowhere: n2 delivered the message `m2` at +2.10s, and nobody ever put it.
    [2; 2]
    ");
    assert_snapshot!(told("c1 n1 put m1 1.00-1.10 no
        c2 n2 take m1 2.00-2.10"), @r"
    refused, yet done: n2 delivered the message `m1` at +2.10s, though n1 had refused it at +1.10s.
    [1 2; 2]
    ");
    assert_snapshot!(told("c2 n2 take m1 2.00-2.10
        c1 n1 put m1 3.00-3.10"), @r"
    message before it was put: n2 delivered the message `m1` at +2.10s, before anybody had put it: it was sent at +3.00s.
    [1 2; 1]
    ");
    assert_snapshot!(told("c1 n1 put m1 1.00-1.10
        c2 n2 take m1 2.00-2.10
        c2 n2 ack m1 2.20-2.30
        c2 n3 take m1 2.40-2.50"), @r"
    deleted message returned: n3 delivered the message `m1` at +2.50s, after n2 had acknowledged the deletion of `m1` at +2.30s.
    [1 3 4; 4]
    ");
}

/// It may have been done: it is in the picture, and no sentence says that nobody wrote the value.
#[test]
fn an_unanswered_write_of_the_value_is_told() {
    assert_snapshot!(told(
        "c1 n1 write 3 1-2
        c2 n1 write 4 3-4
        c3 n1 write 3 5-?
        c4 n1 read 3 6-7
        c5 n1 write 5 8-9
        c6 n1 read 3 10-11"
    ), @r"
    stale read: n1 answered `x = 3` at +11.00s, after it had acknowledged `x = 5` at +9.00s. The write of `x = 3` that was sent at +5.00s may have been done in between, but no time for it explains all of these answers.
    [2 3 4 5 6; 6]
    ");
    assert_snapshot!(told(
        "c1 n1 delete 0-?
        c2 n1 write 3 1-2
        c3 n1 read - 3-4
        c4 n1 write 4 5-6
        c5 n1 read - 7-8"
    ), @r"
    stale read: n1 answered at +8.00s that `x` was absent, after it had acknowledged `x = 4` at +6.00s. The deletion of `x` that was sent at +0.00s may have been done in between, but no time for it explains all of these answers.
    [1 2 3 4 5; 5]
    ");
    assert_snapshot!(told(
        "c1 n1 write 3 1-?
        c2 n1 read 3 2-3
        c3 n1 write 4 4-5
        c4 n1 read 4 6-7
        c5 n1 read 3 8-9
        c6 n1 write 3 0-?
        c7 n1 write 5 10-11
        c8 n1 read 3 12-13"
    ), @r"
    stale read: n1 answered `x = 3` at +13.00s, after it had acknowledged `x = 5` at +11.00s. 2 writes of `x = 3` may have been done in between, but no times for them explain all of these answers.
    [6 1 2 3 5 7 8; 8]
    ");
    // One that was answered is not open.
    assert_snapshot!(told(
        "c1 n1 write 3 1-2
        c2 n1 write 3 3-4
        c3 n1 write 4 5-6
        c4 n1 read 3 7-8"
    ), @r"
    stale read: n1 answered `x = 3` at +8.00s, after it had acknowledged `x = 4` at +6.00s. Nobody wrote `3` in between.
    [2 3 4; 4]
    ");
}
