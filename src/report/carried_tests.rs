//! What is told of a value's way between nodes, and what is not.

use serde_json::json;

use super::*;
use crate::facts::{Answer, Event, Excerpt, Need, OperationId, Stamped, What};
use crate::messages::Loss;
use crate::messages::examples::Example;
use crate::network::Hold;

const KEY: &str = "h9iqprr0di07-new";
const VALUE: &str = "the new value";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn request(at: u64, method: &str, node: &str, path: &str, body: &str) -> Operation {
    let read = method == "GET";
    let came = Excerpt::new(if read { body.as_bytes() } else { b"" });
    let answer = Answer { status: 200, headers: vec![], body: came, unsettled: false };
    Operation {
        id: Some(OperationId(at)),
        node: node.into(),
        path: path.into(),
        body: (!read).then(|| Excerpt::new(body.as_bytes())),
        called: ms(at),
        took: ms(1),
        ..Operation::example(method, Answered::Answer(answer))
    }
}

/// What is told where n1 and n2 gave something else at 50 ms than was written at 10 ms.
fn told(writes: &[(u64, &str, &str)], expected: &str, messages: &mut Example) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    messages.write(folder.path());
    let wrong = |at, node| {
        let mismatch = Mismatch {
            path: "body".into(),
            expected: Expected::Value(json!(expected)),
            actual: Some(json!("the old value")),
            source: None,
        };
        (request(at, "GET", node, &format!("/kv/{KEY}?read=local"), "the old value"), vec![mismatch])
    };
    let finding = Finding::Answers {
        need: Need::All,
        fitted: Vec::new(),
        others: vec![wrong(50, "n1"), wrong(51, "n2")],
        too_many: false,
    };
    let failure = Failure {
        requirement: String::new(),
        proves: String::new(),
        step: None,
        what: What::Found(finding),
        hints: Vec::new(),
        commands: BTreeMap::new(),
    };
    let events = writes.iter().map(|(at, key, value)| Stamped {
        at: ms(at + 1),
        event: Event::Operation(request(*at, "PUT", "n3", &format!("/kv/{key}"), value)),
    });
    let events: Vec<Stamped> = events.collect();
    Carried::of(&failure, &RunState::replayed(&events), folder.path()).map(|carried| carried.words())
}

fn entry(key: &str, value: &str) -> String {
    format!(r#"{{"key":"{key}","value":"{value}"}}"#)
}

#[test]
fn a_value_is_told_by_who_sent_it_to_whom_and_when() {
    let mut messages = Example::new(&["n1", "n2", "n3", "n4"]);
    messages
        .asks(9_000, "n3", "n1", "/append", "nothing")
        .asks(11_000, "n3", "n4", "/append", &entry(KEY, VALUE))
        .asks(11_200, "n3", "n1", "/append", &entry(KEY, VALUE))
        .asks(12_000, "n3", "n1", "/append", &entry(KEY, VALUE))
        .asks(13_000, "n3", "n2", "/append", &entry("another-key-12", VALUE))
        // Long after it was missed.
        .asks(90_000, "n4", "n2", "/append", &entry(KEY, VALUE));
    assert_eq!(
        told(&[(10, KEY, VALUE)], VALUE, &mut messages).unwrap(),
        "Between nodes: n3 sent \"the new value\" to n1 and n4 at +0.011, and it arrived. No node sent it to n2."
    );
}

#[test]
fn what_did_not_arrive_says_so() {
    let mut messages = Example::new(&["n1", "n2", "n3"]);
    messages
        .asks(11_000, "n3", "n1", "/append", &entry(KEY, VALUE))
        .fate(12_000, Fate::Lost { why: Loss::Reset }, None)
        .asks(20_000, "n3", "n2", "/append", &entry(KEY, VALUE))
        .fate(80_000, Fate::HandedOver, Some(Hold::Cut));
    assert_eq!(
        told(&[(10, KEY, VALUE)], VALUE, &mut messages).unwrap(),
        "Between nodes: n3 sent \"the new value\" to n1 at +0.011 (lost) and to n2 at +0.020 (not arrived)."
    );
}

#[test]
fn a_key_that_had_other_values_is_followed_by_the_one_that_is_meant() {
    let writes = [(5, KEY, "the old value"), (10, KEY, VALUE)];
    let batch = |first: &str, second: &str| format!("[{},{}]", entry(KEY, first), entry("another-key-12", second));
    let mut messages = Example::new(&["n1", "n2", "n3"]);
    messages.asks(11_000, "n3", "n1", "/append", &batch("the old value", VALUE));
    assert_eq!(told(&writes, VALUE, &mut messages), None);
    messages.asks(12_000, "n3", "n1", "/append", &batch(VALUE, "the old value"));
    assert!(told(&writes, VALUE, &mut messages).unwrap().contains("to n1 at +0.012"));
}

#[test]
fn what_cannot_be_told_apart_is_not_told() {
    let mut messages = Example::new(&["n1", "n2", "n3"]);
    messages.asks(11_000, "n3", "n1", "/append", &entry(KEY, VALUE));
    assert_eq!(told(&[], VALUE, &mut messages), None, "nobody wrote it");
    let longer = format!("{KEY}-2");
    assert_eq!(told(&[(10, KEY, VALUE), (11, &longer, VALUE)], VALUE, &mut messages), None, "a key begins with it");
    assert_eq!(told(&[(10, KEY, "abc")], "abc", &mut messages), None, "the value is short");
    assert!(told(&[(10, KEY, VALUE)], VALUE, &mut messages).is_some());
}

#[test]
fn a_random_text_is_found_by_itself_and_in_base64() {
    let mut messages = Example::new(&["n1", "n2", "n3"]);
    // `printf 'u4NB6KODDbAx' | base64`, in the middle of more.
    messages.asks(11_000, "n3", "n1", "/append", r#"{"entry":"YXU0TkI2S09ERGJBeHo="}"#);
    let told = told(&[], "u4NB6KODDbAx", &mut messages).unwrap();
    assert!(told.starts_with("Between nodes: n3 sent \"u4NB6KODDbAx\" to n1 at +0.011, and it arrived."), "{told}");
    let twice = [(10, KEY, "u4NB6KODDbAx"), (11, "other", "u4NB6KODDbAx-2")];
    assert_eq!(self::told(&twice, "u4NB6KODDbAx", &mut messages), None, "another value has it within");
}

#[test]
fn that_it_was_never_sent_is_said_only_where_all_that_was_sent_is_known() {
    let mut messages = Example::new(&["n1", "n2", "n3"]);
    messages.asks(11_000, "n3", "n1", "/append", &entry(KEY, VALUE));
    let writes = [(10, KEY, VALUE)];
    assert!(told(&writes, VALUE, &mut messages).unwrap().ends_with(" No node sent it to n2."));
    for unknown in ["x".repeat(5_000), "\u{1f}\u{8b}\u{8}".to_owned()] {
        let mut messages = Example::new(&["n1", "n2", "n3"]);
        messages.asks(11_000, "n3", "n1", "/append", &entry(KEY, VALUE)).asks(
            12_000,
            "n3",
            "n2",
            "/snapshot",
            &unknown,
        );
        let told = told(&writes, VALUE, &mut messages).unwrap();
        assert!(told.ends_with("to n1 at +0.011, and it arrived."), "{told}");
    }
}

/// What is told of a key that n2 does not have at 50 ms, where a transaction wrote it among others at 20 ms.
fn told_of_missing(key: &str, messages: &mut Example) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    messages.write(folder.path());
    let path = format!("/kv/{key}");
    let status = |operation: Operation, status| Operation {
        result: Answered::Answer(Answer { status, headers: vec![], body: Excerpt::new(b""), unsettled: false }),
        ..operation
    };
    let mismatch = Mismatch {
        path: "status".into(),
        expected: Expected::Value(json!(200)),
        actual: Some(json!(404)),
        source: None,
    };
    let operation = Box::new(status(request(50, "GET", "n2", &path, ""), 404));
    let failure = Failure {
        requirement: String::new(),
        proves: String::new(),
        step: None,
        what: What::Found(Finding::Answer { operation, mismatches: vec![mismatch] }),
        hints: Vec::new(),
        commands: BTreeMap::new(),
    };
    let asked = [
        status(request(10, "GET", "n1", &path, ""), 404),
        request(20, "POST", "n1", "/txn", &format!(r#"{{"ops":[{{"put":"{key}","value":"x"}},{{"put":"b"}}]}}"#)),
    ];
    let events = asked.map(|operation| Stamped { at: operation.called, event: Event::Operation(operation) });
    Carried::of(&failure, &RunState::replayed(&events), folder.path()).map(|carried| carried.words())
}

#[test]
fn a_key_that_is_missing_is_told_by_who_sent_it_since_it_was_written() {
    let example = || {
        let mut messages = Example::new(&["n1", "n2", "n3"]);
        messages
            .asks(5_000, "n1", "n2", "/ask", "leader?")
            .asks(15_000, "n1", "n2", "/ask", "xqHkW, before it was written")
            .asks(21_000, "n1", "n3", "/prepare", r#"{"put":"xqHkW","value":"x"}"#)
            .asks(22_000, "n1", "n2", "/prepare", r#"{"put":"xqHkW","value":"x"}"#)
            .fate(80_000, Fate::HandedOver, Some(Hold::Slow));
        messages
    };
    assert_eq!(
        told_of_missing("xqHkW", &mut example()).unwrap(),
        "Between nodes: n1 sent \"xqHkW\" to n3 at +0.021 (arrived) and to n2 at +0.022 (not arrived). \
         Before that no node had sent it to n2."
    );
    assert_eq!(told_of_missing("qHkW", &mut example()), None, "so few letters are anywhere");
    let by_chance = &mut example();
    by_chance.asks(6_000, "n2", "n3", "/log", "AxqHkWB");
    assert_eq!(told_of_missing("xqHkW", by_chance), None, "it was there before the test had named it");
}

#[test]
fn a_key_that_is_a_part_of_another_one_is_not_followed() {
    for (text, longer) in
        [("/kv/user1", false), ("/kv/user10", true), (r#"{"put":"user1"}"#, false), ("superuser1", true)]
    {
        assert_eq!(is_longer(text, "user1"), longer, "{text}");
    }
}
