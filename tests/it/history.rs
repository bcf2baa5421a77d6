//! `lsfr check-history`, with files that lsfr has not written.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::support::{Said, lsfr, run};

const STALE: &str = r#"{"history":1}
{"fault":"cut","what":"n3 was cut off from n1 and n2","nodes":["n3"],"from":2.9,"to":4.1}
{"client":1,"node":"n1","key":"x","op":"write","value":7,"called":2.5,"returned":2.6,"outcome":"ok"}
{"client":2,"node":"n1","key":"x","op":"write","value":9,"called":2.8,"returned":3.05,"outcome":"ok"}
{"client":4,"node":"n2","key":"x","op":"write","value":8,"called":2.9,"outcome":"unknown"}
{"client":3,"node":"n3","key":"x","op":"read","value":7,"called":3.1,"returned":3.2,"outcome":"ok"}
"#;

fn check(dir: &Path, text: &str) -> Said {
    fs::write(dir.join("history.jsonl"), text).unwrap();
    run(dir, ["check-history", "history.jsonl"])
}

#[test]
fn a_history_that_cannot_have_happened_is_told_in_a_sentence_and_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    let said = check(dir.path(), STALE).exits(1).says(&[
        "✗ stale read of `x`",
        "n3 answered `x = 7` at +3.20s, after n1 had acknowledged `x = 9` at +3.05s. n3 was cut off from n1 and n2 from +2.90s.",
        "4 operations on 1 key: 3 done, 0 not done, 1 without a clear answer",
    ]);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
    for lane in ["client 1", "client 2", "client 3", "n3 cut", "n3 read 7"] {
        assert_eq!(said.out.matches(lane).count(), 1, "{lane}: {}", said.out);
    }
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
}

#[test]
fn a_history_that_can_have_happened_passes_and_an_empty_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let fine: String = STALE.lines().filter(|line| !line.contains("read")).map(|line| format!("{line}\n")).collect();
    check(dir.path(), &fine).exits(0).says(&["✓ It could have happened", "3 operations on 1 key"]);
    check(dir.path(), "").exits(3).says(&["? Not decided.", "There are no operations to judge."]);
}

/// Times since 1970, nanoseconds apart: a double cannot tell them apart.
#[test]
fn a_stale_read_of_nanoseconds_is_seen_at_any_time() {
    let dir = tempfile::tempdir().unwrap();
    let history = r#"{"client":1,"key":"x","op":"write","value":1,"called":1732800000.123456700,"returned":1732800000.123456800,"outcome":"ok"}
{"client":2,"key":"x","op":"write","value":2,"called":1732800000.123456810,"returned":1732800000.123456820,"outcome":"ok"}
{"client":3,"key":"x","op":"read","value":1,"called":1732800000.123456830,"returned":1732800000.123456840,"outcome":"ok"}
"#;
    check(dir.path(), history).exits(1).says(&[
        "✗ stale read of `x`",
        "`x = 1` at +1732800000.12345684s, after it had acknowledged `x = 2` at +1732800000.12345682s",
    ]);
    // As values, too, they keep their full length.
    let long = history.replace("\"op\":\"write\",\"value\":1", "\"op\":\"write\",\"value\":10000000000000000000001");
    let long = long.replace("\"op\":\"read\",\"value\":1", "\"op\":\"read\",\"value\":10000000000000000000002");
    check(dir.path(), &long).exits(1).says(&["✗ value from nowhere of `x`"]);
}

#[test]
fn a_history_can_come_from_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = lsfr(dir.path())
        .args(["check-history", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(STALE.as_bytes()).unwrap();
    let said = Said::of(child.wait_with_output().unwrap()).exits(1);
    let [line] = &said.json()[..] else { panic!("{}", said.out) };
    assert_eq!((&line["event"], &line["verdict"]), (&"judgement".into(), &"violation".into()));
    assert_eq!(line["file"], "standard input");
    assert_eq!((&line["title"], &line["key"], &line["culprit"]), (&"stale read".into(), &"x".into(), &2.into()));
    assert_eq!(line["places"], serde_json::json!([0, 1, 3]));
    assert_eq!(line["operations"].as_array().unwrap().len(), 3);
    assert_eq!(line["counts"]["unknown"], 1);
}

#[test]
fn a_queue_is_judged_as_one() {
    let dir = tempfile::tempdir().unwrap();
    let history = r#"{"client":1,"key":"jobs","op":"put","value":"a","called":1,"returned":2,"outcome":"ok"}
{"client":1,"key":"jobs","op":"put","value":"b","called":3,"returned":4,"outcome":"ok"}
{"client":2,"key":"jobs","op":"take","value":"a","called":5,"returned":6,"outcome":"ok"}
"#;
    check(dir.path(), history).exits(3).says(&["it was not emptied at the end of the history"]);
    let empty = r#"{"client":2,"key":"jobs","op":"take","value":null,"called":7,"returned":8,"outcome":"ok"}"#;
    check(dir.path(), &format!("{history}{empty}\n")).exits(1).says(&[
        "✗ lost message of `jobs`",
        "acknowledged the message `b` at +4.00s, and it was never delivered. `jobs` had no more messages at +8.00s.",
        "2 messages put, 1 delivered (0 again, 0 whose put had no answer), 0 deleted, 1 lost",
    ]);
}

const SKEW: &str = r#"{"client":1,"node":"n1","op":"txn","steps":[{"get":"b","value":[]},{"append":"a","value":3}],"called":1.0,"returned":1.5,"outcome":"ok"}
{"client":2,"node":"n2","op":"txn","steps":[{"get":"a","value":[]},{"append":"b","value":7}],"called":1.1,"returned":1.6,"outcome":"ok"}
"#;

#[test]
fn transactions_are_judged_in_real_time_or_in_any_order() {
    let dir = tempfile::tempdir().unwrap();
    check(dir.path(), SKEW).exits(1).says(&[
        "✗ write skew (G2) of `b`",
        "T1 read `b` without T2's `7`, T2 read `a` without T1's `3`: each must come",
        "n1 T1 b=[] a+3",
        "Not all transactions fit in one order",
    ]);
    let stale = SKEW.replace(r#"{"get":"a","value":[]},"#, "").replace("1.1", "2.0").replace("1.6", "2.1");
    let late = r#"{"client":3,"op":"txn","steps":[{"get":"a","value":null}],"called":3,"returned":4,"outcome":"ok"}"#;
    let stale = format!("{stale}{late}\n");
    check(dir.path(), &stale).exits(1).says(&["✗ lost append (G-single-realtime) of `a`", "but not in real time"]);
    run(dir.path(), ["check-history", "--serializable", "history.jsonl"])
        .exits(0)
        .says(&["all transactions fit in one order, though not in that of real time"]);
}

#[test]
fn a_bank_is_judged_as_one() {
    let dir = tempfile::tempdir().unwrap();
    let bank = r#"{"history":1,"bank":{"total":20}}
{"client":1,"op":"balances","balances":{"p":10,"q":10},"called":1,"returned":2,"outcome":"ok"}
{"client":2,"op":"transfer","from":"p","to":"q","amount":4,"called":3,"returned":6,"outcome":"ok"}
{"client":1,"node":"n3","op":"balances","balances":{"p":6,"q":10},"called":4,"returned":5,"outcome":"ok"}
"#;
    check(dir.path(), bank).exits(1).says(&["✗ wrong sum of `p`", "together held 16", "4 is missing"]);
}

#[test]
fn what_others_have_recorded_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let edn = "{:process 0, :type :invoke, :f :write, :value 3}\n{:process 0, :type :ok, :f :write, :value 3}\n\
        {:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value nil}\n";
    check(dir.path(), edn).exits(1).says(&["✗ stale read of `register`"]);
    let log = "INFO  jepsen.util - 0\t:invoke\t:write\t3\nINFO  jepsen.util - 0\t:ok\t:write\t3\n";
    check(dir.path(), log).exits(0);
    run(dir.path(), ["check-history", "--from", "lsfr", "history.jsonl"])
        .exits(2)
        .says(&["history.jsonl:1: expected value"]);
    check(dir.path(), "[{:process 0").exits(2).says(&["history.jsonl:1: what begins here does not end"]);
}

#[test]
fn broken_lines_are_named_and_are_no_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let broken = STALE.replace("\"returned\":2.6", "\"retuned\":2.6").replace("\"op\":\"read\"", "\"op\":\"get\"");
    let said = check(dir.path(), &broken).exits(2).says(&[
        "history.jsonl is not a history, or is a broken one.",
        "history.jsonl:3: unknown field `retuned`",
        "history.jsonl:6: unknown variant `get`, expected one of `read`",
    ]);
    assert_eq!(said.out, "");
    check(dir.path(), &STALE[..STALE.len() - 30]).exits(2).says(&["history.jsonl:6: the line is cut short"]);
    run(dir.path(), ["check-history", "nowhere.jsonl"]).exits(2).says(&["nowhere.jsonl cannot be opened"]);
    run(dir.path(), ["check-history", "."]).exits(2).says(&[". cannot be read"]);
}

#[test]
fn the_page_is_written_where_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("history.jsonl"), STALE).unwrap();
    run(dir.path(), ["check-history", "history.jsonl", "--html", "page.html"]).exits(1);
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("stale read of <code>x</code>"));
    run(dir.path(), ["check-history", "history.jsonl", "--html", "no/page.html"])
        .exits(3)
        .says(&["the page could not be written to no/page.html"]);
}

#[test]
fn the_format_is_in_the_help() {
    let dir = tempfile::tempdir().unwrap();
    let said = run(dir.path(), ["check-history", "--help"]).exits(0);
    said.says(&["# The format of a history", "`outcome`", "`unmet`", "Exit status"]);
}
