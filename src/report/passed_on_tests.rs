//! What is told of the values of an impossible history, and what is not.

use history::Operation;

use super::*;
use crate::messages::examples::Example;
use crate::network::Hold;

const KEY: &str = "efjga-3";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn operation(client: u32, action: Action, called: u64, returned: u64, outcome: Outcome) -> Operation {
    Operation {
        client,
        node: Some("n3".into()),
        key: KEY.into(),
        action,
        called: ms(called),
        returned: Some(ms(returned)),
        outcome,
        note: None,
    }
}

fn read(client: u32, value: &str, called: u64, returned: u64) -> Operation {
    operation(client, Action::Read { value: Some(value.into()) }, called, returned, Outcome::Ok)
}

fn violation(operations: Vec<Operation>) -> Violation {
    let culprit = operations.len() - 1;
    Violation {
        with: "linearizable".into(),
        explanation: Explanation {
            key: KEY.into(),
            title: "stale read".into(),
            sentence: String::new(),
            places: (0..operations.len()).collect(),
            operations,
            culprit,
            faults: Vec::new(),
        },
        asked: Vec::new(),
        breaks: None,
        request: None,
        lost_headers: Vec::new(),
        operations: 0,
        history: "history.jsonl".into(),
        timeline: None,
    }
}

/// `old` was read at 100 ms, although `new` had been read until 60 ms.
fn stale(old: &str, new: &str) -> Violation {
    violation(vec![
        operation(1, Action::Write { value: old.into() }, 10, 20, Outcome::Ok),
        operation(2, Action::Write { value: new.into() }, 21, 200, Outcome::Unknown),
        read(3, new, 50, 60),
        read(4, old, 80, 100),
    ])
}

fn told(violation: &Violation, messages: &Example) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    messages.write(folder.path());
    let write = |value: &str| {
        let key = KEY;
        format!(
            r#"{{"client":1,"node":"n3","key":"{key}","op":"write","value":"{value}","called":0.01,"returned":0.03,"outcome":"ok"}}"#
        )
    };
    let history = format!("{{\"history\":1}}\n{}\n{}\n", write("15-1"), write("15-10"));
    std::fs::write(folder.path().join(&violation.history), history).unwrap();
    PassedOn::of(violation, &RunState::default(), folder.path()).map(|passed_on| passed_on.words())
}

fn entry(value: &str) -> String {
    format!(r#"{{"key":"{KEY}","value":"{value}"}}"#)
}

/// A cluster of three that had a leader before anybody wrote.
fn cluster() -> Example {
    let mut messages = Example::new(&["n1", "n2", "n3"]);
    messages.asks(1_000, "n3", "n1", "/vote", "{}").answered(2_000, 200, "{}");
    messages
}

#[test]
fn each_value_is_told_by_who_sent_it_to_whom_and_when() {
    let mut messages = cluster();
    messages
        .asks(11_000, "n3", "n1", "/append", &entry("15-1"))
        .asks(11_200, "n3", "n2", "/append", &entry("15-1"))
        .asks(30_000, "n3", "n1", "/append", &entry("20-1"))
        .asks(35_000, "n3", "n2", "/append", &entry("20-1"))
        .fate(150_000, Fate::HandedOver, Some(Hold::Cut))
        // After the wrong answer.
        .asks(120_000, "n3", "n1", "/append", &entry("15-1"));
    assert_eq!(
        told(&stale("15-1", "20-1"), &messages).unwrap(),
        "Between nodes: n3 sent `efjga-3 = 15-1` to n1 and n2, once each, at +0.011. n3 sent `efjga-3 = 20-1` to n1 \
         and n2, once each, from +0.030 to +0.035; it did not arrive at n2 by then."
    );
}

#[test]
fn what_is_sent_again_to_a_node_that_had_answered_is_told_apart_from_what_is_tried_again() {
    let mut messages = cluster();
    messages
        // Without an answer in between: the same message, tried again.
        .asks(11_000, "n3", "n1", "/append", &entry("15-1"))
        .asks(12_000, "n3", "n1", "/append", &entry("15-1"))
        .answered(14_000, 200, "{}")
        .asks(70_000, "n3", "n1", "/append", &entry("15-1"));
    let once = "Between nodes: n3 sent `efjga-3 = 15-1` to n1 at +0.011, and again to a node that had already answered, \
                at +0.070.";
    assert_eq!(told(&stale("15-1", "20-1"), &messages).as_deref(), Some(once));
    for at in 0..4 {
        messages.asks(75_000 + 1_000 * at, "n3", "n1", "/append", &entry("15-1"));
    }
    let often = told(&stale("15-1", "20-1"), &messages).unwrap();
    assert!(
        often.ends_with("and 5 times again to a node that had already answered, from +0.070 to +0.078."),
        "{often}"
    );
}

#[test]
fn what_was_tried_again_before_it_was_answered_was_not_sent_once() {
    let mut messages = cluster();
    messages.asks(11_000, "n3", "n1", "/append", &entry("15-1")).asks(12_000, "n3", "n1", "/append", &entry("15-1"));
    messages.answered(14_000, 200, "{}");
    let told = told(&stale("15-1", "20-1"), &messages);
    assert_eq!(told.as_deref(), Some("Between nodes: n3 sent `efjga-3 = 15-1` to n1 at +0.011."));
}

#[test]
fn the_other_value_is_told_where_the_wrong_one_had_been_read_again() {
    let between = violation(vec![
        operation(1, Action::Write { value: "15-1".into() }, 10, 200, Outcome::Unknown),
        operation(2, Action::Write { value: "20-1".into() }, 11, 200, Outcome::Unknown),
        read(3, "20-1", 30, 40),
        read(4, "15-1", 35, 60),
        read(5, "15-1", 65, 100),
    ]);
    let mut messages = cluster();
    for value in ["20-1", "15-1"] {
        messages.asks(12_000, "n3", "n1", "/append", &entry(value));
    }
    let both = "Between nodes: n3 sent `efjga-3 = 15-1` to n1, once, at +0.012. n3 sent `efjga-3 = 20-1` to n1, once, \
                at +0.012.";
    assert_eq!(told(&between, &messages).as_deref(), Some(both));
}

#[test]
fn a_message_that_has_a_value_twice_is_told() {
    let mut messages = cluster();
    messages.asks(11_000, "n3", "n1", "/append", &format!("[{},{}]", entry("15-1"), entry("15-1")));
    let twice =
        "Between nodes: n3 sent `efjga-3 = 15-1` to n1, once, at +0.011. Its message to n1 at +0.011 has it twice.";
    assert_eq!(told(&stale("15-1", "20-1"), &messages).as_deref(), Some(twice));
}

#[test]
fn what_may_be_in_the_rest_of_a_long_message_is_not_denied() {
    let mut messages = cluster();
    let long = format!("{}{}", entry("15-1"), " ".repeat(RECORDED as usize));
    messages.asks(11_000, "n3", "n1", "/append", &entry("15-1")).asks(12_000, "n3", "n2", "/append", &long);
    let told = told(&stale("15-1", "20-1"), &messages);
    assert_eq!(told.as_deref(), Some("Between nodes: n3 sent `efjga-3 = 15-1` to n1 and n2 from +0.011 to +0.012."));
}

#[test]
fn a_condition_that_was_not_met_is_about_both_its_values() {
    let unmet = Action::CompareAndSet { from: Some("5-54".into()), to: Some("11-59".into()) };
    let violation = violation(vec![read(1, "5-54", 20, 30), operation(2, unmet, 40, 60, Outcome::Unmet)]);
    let mut messages = cluster();
    messages.asks(11_000, "n3", "n1", "/append", &entry("5-54")).asks(50_000, "n3", "n1", "/append", &entry("11-59"));
    let told = told(&violation, &messages);
    let refused = "Between nodes: n3 sent `efjga-3 = 11-59` to n1, once, at +0.050.";
    let named = "n3 sent `efjga-3 = 5-54` to n1, once, at +0.011.";
    assert_eq!(told.as_deref(), Some(&*format!("{refused} {named}")));
}

#[test]
fn nothing_is_told_of_what_cannot_be_told_apart_or_is_no_longer_there() {
    let sends = |value: &str| {
        let mut messages = cluster();
        messages.asks(11_000, "n3", "n1", "/append", &entry(value));
        messages
    };
    assert_eq!(told(&stale("1", "2"), &sends("1")), None, "it is the same by chance");
    assert_eq!(told(&stale("15-1", "20-1"), &sends("7-1")), None, "nobody sent it");
    assert_eq!(told(&stale("15-1", "20-1"), &sends("15-10")), None, "another value was sent");
    let mut bytes = cluster();
    bytes.asks(11_000, "n3", "n1", "/append", &format!("{KEY}15-1\u{1}")).asks(
        12_000,
        "n3",
        "n1",
        "/append",
        &format!("{KEY}15-10\u{1}"),
    );
    assert_eq!(told(&stale("15-1", "20-1"), &bytes), None, "it may have been another one");
    let mut late = Example::new(&["n1", "n2", "n3"]);
    late.asks(15_000, "n3", "n1", "/append", &entry("15-1"));
    assert_eq!(told(&stale("15-1", "20-1"), &late), None, "the record does not reach back so far");
    let mut always = cluster();
    for at in 0..=MESSAGES as u64 {
        always.asks(11_000 + at, "n3", "n1", "/append", &entry("15-1"));
    }
    assert_eq!(told(&stale("15-1", "20-1"), &always), None, "it is sent all the time");
}
