use super::super::samples::history;
use super::super::simulation::Simulation;
use super::*;
use crate::{Outcome, Step};

fn read(text: &str) -> Result<History, Vec<String>> {
    History::read(text.as_bytes()).map_err(|error| match error {
        ReadError::Broken(lines) => lines.iter().map(ToString::to_string).collect(),
        ReadError::Io(error) => panic!("{error}"),
    })
}

fn written(history: &History) -> String {
    let mut out = Vec::new();
    history.write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_history_reads_back_as_itself() {
    let simulation =
        Simulation { seed: 1, clients: 9, operations: 3_000, keys: 4, unanswered: 10, conditional: true };
    let mut history = simulation.run();
    // An operation without an answer read nothing, so nothing is written for it.
    for operation in &mut history.operations {
        if let (Action::Read { value }, true) = (&mut operation.action, operation.outcome != Outcome::Ok) {
            *value = None;
        }
    }
    assert_eq!(read(&written(&history)).unwrap(), history);
}

#[test]
fn everything_there_is_reads_back_as_itself() {
    let mut history = history(
        "initial 5
        drained
        c1 n1 write 7 2.500000001-2.6
        c1 - read - 0.1-0.3
        c2 n2 cas - 7 1-2
        c2 n2 cas 7 - 2-3 unmet
        c2 n2 delete 4-5 no
        c3 n2 delete 4-?
        c3 n2 delete 4-9 unknown
        c4 n1 put m 1-2
        c4 n1 take m 3-4
        c4 n1 take - 5-6
        c5 n1 ack m 7-8
        c6 n1 txn a+3,b=1.2,b=,a+4 1-2
        c6 n1 txn b+3,b= 3-4 no
        c6 n1 txn b= 5-?
        c7 n1 transfer p q -5 1-2
        c7 n1 balances p=10,q=-20 3-4
        fault cut n1,n2: n1 and n2 were cut off 2-3
        fault other n1: n1's disk was full 2-?",
    );
    history.operations[0].note = Some("200\n\u{1b}[31m\"".to_owned());
    history.operations[0].action = Action::Write { value: "\u{1}\u{2028}</script>値".into() };
    assert_eq!(read(&written(&history)).unwrap(), history);
}

#[test]
fn nanoseconds_survive_for_ten_days() {
    let mut history = history("c1 n1 write 7 1-2");
    for nanoseconds in [1, 999_999_999, 864_000_000_000_001, 863_999_999_999_999] {
        history.operations[0].called = Duration::from_nanos(nanoseconds);
        history.operations[0].returned = Some(Duration::from_nanos(nanoseconds + 1));
        assert_eq!(read(&written(&history)).unwrap(), history);
    }
}

#[test]
fn values_may_be_numbers_and_lines_may_be_empty() {
    let history = read(
        "\r\n{\"client\":1,\"key\":\"x\",\"op\":\"write\",\"value\":7,\"called\":1,\"returned\":2,\"outcome\":\"ok\"}\r\n\n\
        {\"client\":1,\"key\":\"x\",\"op\":\"cas\",\"from\":7,\"to\":true,\"called\":3,\"returned\":4,\"outcome\":\"ok\"}",
    );
    let operations = history.unwrap().operations;
    assert_eq!(operations[0].action, Action::Write { value: "7".into() });
    assert_eq!(operations[1].action, Action::CompareAndSet { from: Some("7".into()), to: Some("true".into()) });
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let line =
        "{\"client\":1,\"key\":\"x\",\"op\":\"write\",\"value\":7,\"called\":1,\"returned\":2,\"outcome\":\"ok\"}\n";
    assert_eq!(read(&format!("\u{feff}{{\"history\":1}}\n{line}")).unwrap().operations.len(), 1);
    assert_eq!(read(&format!("\u{feff}{line}")).unwrap().operations.len(), 1);
    assert!(read(&format!("{line}\u{feff}{line}")).is_err(), "in front of the file only");
}

#[test]
fn times_and_numbers_are_kept_digit_by_digit_or_refused() {
    let line = |called: &str, returned: &str, value: &str| {
        format!(
            "{{\"client\":1,\"key\":\"x\",\"op\":\"write\",\"value\":{value},\"called\":{called},\"returned\":{returned},\
             \"outcome\":\"ok\"}}\n"
        )
    };
    let since_1970 = read(&line("1732800000.123456789", "1732800000.123456790", "1")).unwrap().operations;
    assert_eq!(since_1970[0].called, Duration::new(1_732_800_000, 123_456_789));
    assert_eq!(since_1970[0].returned, Some(Duration::new(1_732_800_000, 123_456_790)));
    let refused = |text: &str| read(text).unwrap_err().join("\n");
    assert_eq!(
        refused(&line("1732800000.123456790", "1732800000.123456789", "1")),
        "line 1: it returned before it was called"
    );
    for number in ["123456789012345678901", "-9223372036854775809", "0.10000000000000000555", "1.50", "1e2", "-0"] {
        let operations = read(&line("1", "2", number)).unwrap().operations;
        assert_eq!(operations[0].action, Action::Write { value: number.into() });
        let cas = line("1", "2", "7")
            .replace("\"write\"", "\"cas\"")
            .replace("\"value\":7", &format!("\"from\":null,\"to\":{number}"));
        let operations = read(&cas).unwrap().operations;
        assert_eq!(operations[0].action, Action::CompareAndSet { from: None, to: Some(number.into()) });
    }
    assert!(refused(&line("1", "1732800000123", "1")).starts_with("line 1: 1732800000123 is not a time: seconds"));
    // A printed double has more digits than it means. It is refused only if an order is lost.
    let odd = line("0.30000000000000004", "0.4", "1");
    assert_eq!(read(&odd).unwrap().operations[0].called, Duration::from_millis(300));
    assert!(read(&format!("{odd}{odd}")).is_ok());
    for other in ["0.3", "0.30000000000000005"] {
        let lost = refused(&format!("{odd}{}", line("0.2", other, "2")));
        assert!(lost.starts_with("line 1: a time here differs from another by less than a nanosecond"), "{lost}");
    }
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let good =
        "{\"client\":1,\"key\":\"x\",\"op\":\"read\",\"value\":null,\"called\":1,\"returned\":2,\"outcome\":\"ok\"}";
    let with = |from: &str, to: &str| read(&format!("{good}\n{}\n", good.replace(from, to))).unwrap_err();
    for (from, to, message) in [
        ("\"op\":\"read\"", "\"op\":\"reed\"", "line 2: unknown variant `reed`, expected one of `read`, `write`"),
        ("\"returned\"", "\"retuned\"", "line 2: unknown field `retuned`, expected one of"),
        ("\"client\":1,", "", "line 2: missing field `client`"),
        ("\"client\":1", "\"client\":-1", "line 2: invalid value: integer `-1`, expected u32"),
        ("\"value\":null,", "", "line 2: a read that is ok needs `value`: what came back, or null"),
        ("null", "[]", "line 2: a value is a text, a number, true, false or null"),
        ("\"op\":\"read\"", "\"op\":\"write\"", "line 2: a write needs `value`, a text"),
        ("\"op\":\"read\"", "\"op\":\"delete\"", "line 2: a delete has no `value`"),
        ("\"value\":null", "\"value\":\"1\",\"to\":\"2\"", "line 2: `from` and `to` belong to a cas"),
        (
            "\"op\":\"read\",\"value\":null",
            "\"op\":\"cas\",\"from\":\"1\"",
            "line 2: a cas needs `from` and `to`; null is an absent key",
        ),
        (
            "\"outcome\":\"ok\"",
            "\"outcome\":\"unmet\"",
            "line 2: only a cas can be `unmet`: it alone has a condition",
        ),
        (
            "\"returned\":2,",
            "",
            "line 2: only an operation whose outcome is `unknown` can lack `returned`: give the time",
        ),
        ("\"returned\":2", "\"returned\":0.5", "line 2: it returned before it was called"),
        ("\"called\":1", "\"called\":-1", "line 2: -1.0 is not a time: seconds since the start, zero or more"),
        ("\"called\":1", "\"called\":1e300", "line 2: 1e300 is not a time"),
        (
            "\"op\":\"read\"",
            "\"op\":\"take\"",
            "line 2: `x` is a queue here, and a register in line 1: it can be one of them",
        ),
        (good, "{\"history\":1}", "line 2: `history` says how to read the file: it can only be in the first line"),
        (
            good,
            "{\"fault\":\"cut\",\"what\":\"n1 was cut off\",\"from\":3,\"to\":2}",
            "line 2: the fault ends before it begins",
        ),
        (good, "nonsense", "line 2: expected ident (column 2)"),
    ] {
        let said = with(from, to);
        assert!(said.len() == 1 && said[0].starts_with(message), "{said:?}, not {message:?}");
    }
    assert_eq!(
        read("{\"history\":2}").unwrap_err(),
        ["line 1: this is format 2, and this lsfr reads format 1: a newer lsfr may read it"]
    );
    assert_eq!(
        read(&format!("{good}\n{}", &good[..40])).unwrap_err(),
        ["line 2: the line is cut short: whoever wrote this file was stopped before its end"]
    );
    // Binary files are long: the first ten lines are enough.
    assert_eq!(read(&"\u{0}\n".repeat(1_000)).unwrap_err().len(), 10);
}

#[test]
fn steps_are_read_with_every_digit_and_broken_ones_are_refused() {
    let line = |op: &str| format!("{{\"client\":1,{op},\"called\":1,\"returned\":2,\"outcome\":\"ok\"}}");
    let elements = r#"[1, 1.50, 10000000000000000000001, -7, true, "x\u0041", 2e3]"#;
    let read_back = read(&line(&format!(
        r#""op":"txn","steps":[{{"get":"a","value":{elements}}},{{"append":"b","value":0.10}},{{"get":"c","value":null}}]"#
    )));
    let operations = read_back.unwrap().operations;
    let Action::Transaction { steps } = &operations[0].action else { panic!("{operations:?}") };
    let list = ["1", "1.50", "10000000000000000000001", "-7", "true", "xA", "2e3"].into_iter().collect();
    assert_eq!(
        steps[..],
        [
            Step::Get { key: "a".into(), list },
            Step::Append { key: "b".into(), element: "0.10".into() },
            Step::Get { key: "c".into(), list: crate::List::default() },
        ]
    );
    for (op, message) in [
        (r#""op":"txn""#, "a txn needs `steps`"),
        (r#""op":"txn","key":"a","steps":[]"#, "a txn has no `key` of its own"),
        (r#""op":"txn","steps":[{"get":"a"}]"#, "a get of a txn that is ok needs `value`"),
        (r#""op":"txn","steps":[{"get":"a","value":7}]"#, "the `value` of a get is a list"),
        (r#""op":"txn","steps":[{"append":"a","value":[7]}]"#, "an append needs `value`"),
        (r#""op":"txn","steps":[{"append":"a","get":"b","value":7}]"#, "a step has either `append` or `get`"),
        (r#""op":"txn","steps":[{"get":"a","value":[[1]]}]"#, "an element is a text"),
        (r#""op":"read","key":"a","value":7,"steps":[]"#, "`steps` belongs to a txn"),
        (r#""op":"balances""#, "a balances that is ok needs `balances`"),
        (r#""op":"transfer","from":"a","to":"b""#, "a transfer needs `from`, `to` and `amount`"),
        (r#""op":"read","value":7"#, "missing field `key`"),
    ] {
        let said = read(&line(op)).unwrap_err();
        assert!(said[0].contains(message), "{op}: {said:?}");
    }
    let both = [r#""op":"txn","steps":[{"append":"a","value":7}]"#, r#""op":"write","key":"a","value":7"#];
    let said = read(&both.map(line).join("\n")).unwrap_err();
    assert!(said[0].contains("`a` is a register here, and a list in line 1"), "{said:?}");
}

#[test]
fn only_what_is_unknown_lacks_a_return_in_the_reader_and_in_the_reference() {
    let page = FORMAT_PAGE.replace("\n  ", " ");
    assert!(page.contains("It may be left out only where the outcome is `unknown`, and means nothing there."));
    for outcome in ["ok", "no", "unmet", "unknown"] {
        let line = format!(
            "{{\"client\":1,\"key\":\"x\",\"op\":\"cas\",\"from\":1,\"to\":2,\"called\":1,\"outcome\":\"{outcome}\"}}\n"
        );
        assert_eq!(read(&line).is_ok(), outcome == "unknown", "{outcome}");
        assert!(read(&line.replace("\"called\":1", "\"called\":1,\"returned\":2")).is_ok(), "{outcome}");
    }
}

#[test]
fn the_examples_of_the_reference_are_a_history_and_every_word_of_it_is_explained() {
    let page = FORMAT_PAGE;
    let lines: String = page
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with('{'))
        .map(|line| format!("{line}\n"))
        .collect();
    let history = read(&lines).unwrap();
    assert_eq!((history.operations.len(), history.faults.len()), (8, 1));
    let words = [
        "client", "node", "key", "op", "value", "from", "to", "called", "returned", "outcome", "note", "read",
        "write", "delete", "cas", "put", "take", "ack", "ok", "no", "unmet", "unknown", "fault", "what", "nodes",
        "cut", "slow", "pause", "down", "other", "initial", "drained", "txn", "steps", "append", "get", "transfer",
        "amount", "balances", "bank",
    ];
    for word in words {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
}
