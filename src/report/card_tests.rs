//! Cards of each kind of failure, as a learner reads them.

mod story;
mod told;

use serde_json::{Value as Json, json};

use self::story::*;
use super::card::{Card, Subject};
use super::card_text::{plain, render};
use crate::facts::*;

fn deleted() -> Story {
    Story::default()
        .operation(request(41, "PUT", "n1", "/kv/wal:gone"))
        .operation(request(43, "DELETE", "n1", "/kv/wal:gone"))
        .restart(44)
}

fn shown(card: &Card) -> String {
    shown_at(card, 80)
}

fn shown_at(card: &Card, columns: usize) -> String {
    plain(&render(card, columns))
}

#[test]
fn a_wrong_status_shows_the_body_too() {
    let get = answered(85, "GET", "n1", "/kv/wal:gone", 200, b"temporary");
    let card = deleted()
        .log("n1", 71, "replayed 1 record")
        .operation(get.clone())
        .card(wrong(get, vec![mismatch("status", json!(404), json!(200))]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn one_wrong_character_in_a_megabyte() {
    let expected = "0123456789abcdef".repeat(62_500);
    let mut actual = expected.clone();
    actual.replace_range(700_001..700_002, "_");
    let get = answered(85, "GET", "n1", "/kv/long", 200, actual.as_bytes());
    let card = Story::default()
        .operation(get.clone())
        .card(wrong(get, vec![mismatch("body", json!(expected), json!(actual))]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_write_refused_with_a_long_body() {
    let mut put = answered(85, "PUT", "n1", "/kv/long", 400, b"value too long\n");
    let body = Excerpt::new("v".repeat(100_000).as_bytes());
    put.body = Some(Excerpt { file: Some(format!("{FOLDER}/bodies/1")), ..body });
    let card =
        Story::default().operation(put.clone()).card(wrong(put, vec![mismatch("status", json!(200), json!(400))]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn json_differs_on_several_nodes() {
    let info = |node: &str, body: Json| answered(300, "GET", node, "/cluster/info", 200, body.to_string().as_bytes());
    let others = vec![
        (
            info("n2", json!({"id": "n2", "role": "candidate", "term": 3})),
            vec![
                mismatch("json.role", json!("leader"), json!("candidate")),
                Mismatch {
                    path: "json.term".into(),
                    expected: Expected::Words("more than 3".into()),
                    actual: Some(json!(3)),
                    source: None,
                },
            ],
        ),
        (Operation { node: "n3".into(), ..unanswered(300, "/cluster/info", Cause::Refused, "") }, vec![]),
    ];
    let mut story = Story::default().node(200, "n3", exited(1));
    for (operation, _) in &others {
        story = story.operation(operation.clone());
    }
    let card = story
        .log("n2", 250, "election timeout, starting election for term 3")
        .log("n3", 199, "fatal: vote file is corrupt")
        .log("n3", 200, "exiting")
        .card(What::Found(Finding::Answers {
            need: Need::Exactly(2),
            fitted: vec!["n1".into()],
            others,
            too_many: false,
        }));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn what_an_earlier_answer_led_to_expect_is_told_with_that_answer() {
    let earlier = answered(50, "GET", "n2", "/kv/wal:left", 404, b"");
    let mut story = Story::default().operation(earlier.clone());
    for other in 0..30 {
        story = story.operation(answered(60 + other, "GET", "n1", "/kv/other", 200, b"x"));
    }
    let get = answered(100, "GET", "n3", "/kv/wal:right", 200, b"half");
    let differs = Mismatch { source: Source::of(&earlier), ..mismatch("status", json!(404), json!(200)) };
    let card = story.operation(get.clone()).card(wrong(get, vec![differs]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn nine_nodes_leave_room_for_the_failure() {
    const NODES: [&str; 9] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"];
    let mut story = Story::default();
    for (at, node) in NODES.into_iter().enumerate() {
        story = story.node(1, node, NodeEventKind::Ready { after: ms(1) });
        let role = if at % 3 == 1 { "leader" } else { "follower" };
        story = story.says(20, node, &format!("g{} {role}, term 2", at / 3 + 1));
        for line in 0..12 {
            story = story.log(node, 60 + line, &format!("{node}: line {line}"));
        }
    }
    for key in 0..40 {
        story = story.operation(answered(50 + key, "PUT", "n1", &format!("/kv/k{key}"), 200, b""));
    }
    let story = story.node(95, "n8", exited(1));
    let mut get = answered(100, "GET", "n5", "/kv/k7", 404, b"key not found");
    get.hops = vec![hop("/kv/k7", "n3", "n5", 99)];
    let card = story.operation(get.clone()).card(wrong(get, vec![mismatch("status", json!(200), json!(404))]));
    let shown = shown_at(&card, 100);
    assert!(shown.lines().count() <= 60, "{} lines", shown.lines().count());
    insta::assert_snapshot!(shown);
}

#[test]
fn an_answer_that_never_came_tells_its_history() {
    let mut story = deleted();
    for attempt in 0..40 {
        story = story.operation(answered(90 + attempt * 70, "GET", "n1", "/kv/wal:gone", 503, b""));
    }
    let get = answered(2950, "GET", "n1", "/kv/wal:gone", 503, b"no leader\n");
    let seen = |at, what: &str, times| Seen { at: ms(at), what: what.into(), times };
    let card = story.operation(get.clone()).card(What::NotInTime {
        within: ms(3000),
        attempts: 41,
        last: Box::new(wrong(get, vec![mismatch("status", json!(200), json!(503))])),
        seen: vec![seen(0, "503", 4), seen(400, "307 to n3", 2), seen(600, "503", 35)],
        starved: false,
    });
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_crash_while_a_request_waits() {
    let get = unanswered(85, "/kv/wal:gone", Cause::Closed, "connection closed before message completed");
    let card = deleted()
        .log("n1", 85, "Traceback (most recent call last):")
        .log("n1", 85, "KeyError: 'wal:gone'\u{1b}[0m")
        .operation(get.clone())
        .node(90, "n1", exited(1))
        .card(wrong(get, vec![]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn refused_timed_out_and_garbage_are_explained() {
    let card = |cause, detail| {
        let get = unanswered(85, "/kv/wal:gone", cause, detail);
        shown(&deleted().operation(get.clone()).card(wrong(get, vec![])))
    };
    insta::assert_snapshot!("refused", card(Cause::Refused, "tcp connect error"));
    insta::assert_snapshot!("timed_out", card(Cause::TimedOut, "operation timed out"));
    insta::assert_snapshot!("garbage", card(Cause::Garbage, "invalid HTTP version parsed"));
}

#[test]
fn what_came_of_an_answer_is_told() {
    let card = |cause, promised| {
        let part = Some(Part { promised, came: 40 });
        let result = Answered::NoAnswer { cause, detail: "unexpected EOF".into(), part, starved: false };
        let get = Operation { result, ..unanswered(85, "/kv/wal:gone", cause, "") };
        let card = deleted().operation(get.clone()).card(wrong(get, vec![]));
        [card.no_answer, card.likely, card.next].map(Option::unwrap).join("\n")
    };
    insta::assert_snapshot!("too_long_closed", card(Cause::HalfAnswer, Some(42)));
    insta::assert_snapshot!("too_long_open", card(Cause::TimedOut, Some(42)));
    insta::assert_snapshot!("without_end_closed", card(Cause::HalfAnswer, None));
    insta::assert_snapshot!("without_end_open", card(Cause::TimedOut, None));
}

#[test]
fn a_node_that_never_listened() {
    let card = Story::default()
        .node(5, "n1", NodeEventKind::Started { pid: 77, port: 24011 })
        .node(
            30_005,
            "n1",
            NodeEventKind::StartFailed { sentence: "n1 did not listen on port 24011 within 30 s.".into() },
        )
        .card(What::Found(Finding::Node {
            late: false,
            starved: false,
            node: "n1".into(),
            sentence: "n1 was started, and after 30 s nothing listened on 127.0.0.1:24011. It listens on port 8080."
                .into(),
            said: vec!["listening on :8080".into()],
        }));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_node_that_ended_unasked() {
    let card = deleted().node(120, "n1", exited(101)).card(What::Found(Finding::Node {
        late: false,
        starved: false,
        node: "n1".into(),
        sentence: "n1 ended by itself (exit status 101); nothing had asked it to.".into(),
        said: vec!["thread 'main' panicked at src/log.rs:41:9:".into(), "record is cut short".into()],
    }));
    insta::assert_snapshot!(shown(&card));
}

fn printed(lines: &[&str]) -> Output {
    Output { lines: lines.iter().map(|line| (*line).to_owned()).collect(), ..Output::default() }
}

#[test]
fn a_failed_build() {
    let said = printed(&["error[E0425]: cannot find value `x` in this scope", " --> src/main.rs:3:5"]);
    let card = Story::default().not_started(Blocked::Build {
        command: "cargo build --release".into(),
        status: "exit status 101".into(),
        took: std::time::Duration::from_secs(3),
        said: Output { earlier: 12, later: 1, from_error: true, ..said },
    });
    assert_eq!((card.subject, card.test.as_str(), card.hints.len()), (Subject::Build, "", 0));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_program_that_does_not_start() {
    let start = |nodes: &[&str], said| {
        let story = nodes.iter().fold(Story::default(), |story, node| {
            story.node(5, node, NodeEventKind::Started { pid: 77, port: 24011 })
        });
        let failed = NodeEventKind::StartFailed { sentence: "n1 ended.".into() };
        story.node(17, "n1", failed).not_started(Blocked::Start {
            node: "n1".into(),
            sentence: "n1 ended with exit status 1 after 12 ms, before its port accepted a connection.".into(),
            command: failure(What::Found(Finding::Value { sentence: String::new() })).commands["n1"].clone(),
            said,
        })
    };
    let traceback =
        ["Traceback (most recent call last):", "  File \"server.py\", line 3, in <module>", "KeyError: 1"];
    insta::assert_snapshot!("one_node", shown(&start(&["n1"], printed(&traceback))));
    insta::assert_snapshot!("several_nodes", shown(&start(&["n1", "n2"], Output::default())));
}

#[test]
fn one_of_many_at_once() {
    let mut story = Story::default();
    for i in 0..212 {
        story = story.operation(request(100 + i, "PUT", "n1", &format!("/kv/k{i}")));
    }
    let get = answered(500, "GET", "n1", "/kv/k7", 404, b"key not found\n");
    let card = story.restart(400).operation(get.clone()).card(What::Copies {
        failed: 3,
        of: 212,
        copy: "i = 7".into(),
        first: Box::new(wrong(
            get,
            vec![mismatch("status", json!(200), json!(404)), mismatch("body", json!("v7"), json!("key not found\n"))],
        )),
    });
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn too_few_answered() {
    let mut story = Story::default();
    for i in 0..60 {
        let put = Operation {
            method: "PUT".into(),
            ..unanswered(100 + i, &format!("/kv/k{i}"), if i < 40 { Cause::Reset } else { Cause::Refused }, "")
        };
        story = story.operation(put);
    }
    let card = story.card(What::Found(Finding::TooFew {
        passed: 1,
        wanted: 100,
        unanswered: vec![(Unanswered::Cause(Cause::Reset), 40), (Unanswered::Cause(Cause::Refused), 20)],
        starved: false,
        refused: Vec::new(),
    }));
    insta::assert_snapshot!(shown(&card));
}

/// Five nodes, the first two cut off from the others.
fn partitioned() -> Story {
    let mut story = Story::default();
    for (number, node) in ["n1", "n2", "n3", "n4", "n5"].into_iter().enumerate() {
        let port = 24011 + number as u16;
        story = story
            .node(5, node, NodeEventKind::Started { pid: 70 + number as i32, port })
            .node(30 + number as u64, node, NodeEventKind::Ready { after: ms(25) })
            .says(60, node, "follower, term 0");
    }
    let cut = ["n1", "n2"].into_iter().flat_map(|one| {
        ["n3", "n4", "n5"]
            .into_iter()
            .flat_map(move |other| [(one.to_owned(), other.to_owned()), (other.into(), one.into())])
    });
    let text = "partition n1, n2 | n3, n4, n5".to_owned();
    story
        .says(700, "n2", "candidate, term 1")
        .says(710, "n2", "leader, term 1")
        .links(900, Links { verb: Verb::Partition, text, cut: cut.collect(), slow: Vec::new() })
        .says(1700, "n4", "candidate, term 2")
        .says(1710, "n4", "leader, term 2")
        .says(1712, "n5", "follower, term 2")
        .node(1800, "n5", NodeEventKind::Paused)
}

#[test]
fn two_leaders_of_one_term_are_proven_by_their_answers() {
    let info = |at, node: &str| {
        let body = format!(r#"{{"id":"{node}","role":"leader","term":2,"leader":"{node}","peers":[]}}"#);
        answered(at, "GET", node, "/cluster/info", 200, body.as_bytes())
    };
    let card = partitioned().log("n1", 1950, "n1: leader of term 2").card(What::Found(Finding::Breach {
        sentence: "Two nodes led in term 2: n4 said so first, and then n1 did. A term has one leader at most.".into(),
        proof: vec![info(1710, "n4"), info(1990, "n1")],
    }));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn the_cluster_is_told_as_it_was_when_rounds_failed() {
    let put = answered(4000, "PUT", "n4", "/kv/a", 503, b"no majority\n");
    let last = wrong(put.clone(), vec![mismatch("status", json!(200), json!(503))]);
    let card = partitioned().operation(put).card(What::Rounds { failed: 2, of: 3, allowed: 1, last: Box::new(last) });
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_busy_machine_and_a_value() {
    let what = What::Found(Finding::Value { sentence: "The answer has no `term`.".into() });
    let reason = "the machine was too busy: lsfr's own timers ran up to 210 ms late.".into();
    let card = deleted().ends(Verdict::NotJudged { reason, failure: Box::new(failure(what)) });
    insta::assert_snapshot!(shown(&card));
}

/// A read of what was overwritten, while a node was cut off.
fn stale() -> Violation {
    let operation = |client, node: &str, action, called, returned| history::Operation {
        client,
        node: Some(node.into()),
        key: "abcde-1".into(),
        action,
        called: ms(called),
        returned: Some(ms(returned)),
        outcome: history::Outcome::Ok,
        note: None,
    };
    let operations = vec![
        operation(0, "n1", history::Action::Write { value: "1-7".into() }, 3000, 3050),
        operation(3, "n3", history::Action::Read { value: Some("2-5".into()) }, 3100, 3200),
    ];
    let fault = history::Fault {
        kind: history::FaultKind::Cut,
        what: "n3 was cut off from n1 and n2".into(),
        nodes: vec!["n3".into()],
        from: ms(2900),
        to: Some(ms(4100)),
    };
    Violation {
        with: "linearizable".into(),
        explanation: history::Explanation {
            key: "abcde-1".into(),
            title: "stale read".into(),
            sentence: "n3 answered `abcde-1 = 2-5` at +3.20s, after n1 had acknowledged `abcde-1 = 1-7` at +3.05s. n3 was cut off from n1 and n2 from +2.90s to +4.10s.".into(),
            operations,
            places: vec![0, 1],
            culprit: 1,
            faults: vec![fault],
        },
        request: Some(request(3100, "GET", "n3", "/kv/abcde-1")),
        operations: 3211,
        history: format!("{FOLDER}/history.jsonl"),
        timeline: Some(format!("{FOLDER}/timeline.html")),
    }
}

#[test]
fn a_history_that_cannot_be_is_told_as_it_was_when_it_went_wrong() {
    let card = partitioned()
        .log("n3", 3150, "n3: leader of term 1")
        .log("n3", 9000, "n3: much later")
        .node(9100, "n2", NodeEventKind::Killed)
        .card(What::Found(Finding::Violation(Box::new(stale()))));
    insta::assert_snapshot!(shown(&card));
    let operations = &stale().explanation.operations;
    assert_eq!(Some(card.moment()), operations[stale().explanation.culprit].returned, "not the end of the test");
    for columns in [40, 60, 100] {
        for line in shown_at(&card, columns).lines() {
            let whole = ["curl", "Again", "Records", "Timeline"].iter().any(|word| line.contains(word));
            assert!(whole || crate::text::width(line) <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn a_history_of_too_few_operations_has_its_latencies() {
    let latency = Latency { operations: 143, p50: 12.0, p95: 480.5, p99: 1900.0, max: 1990.0 };
    let sentence = "Could not decide: only 143 operations succeeded, and with fewer than 300 nothing is proven. 20 were certainly not done; for 312 nobody can tell.".into();
    let card = partitioned().card(What::Found(Finding::Undecided {
        sentence,
        latency,
        history: format!("{FOLDER}/history.jsonl"),
        starved: false,
    }));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn nothing_that_came_from_outside_reaches_the_terminal_raw() {
    let evil = "a\u{1b}]0;owned\u{7}b\u{202e}\u{9b}31m\r";
    let get = answered(85, "GET", "n1", &format!("/kv/{evil}"), 200, evil.as_bytes());
    let mut card = deleted()
        .log("n1", 71, evil)
        .operation(get.clone())
        .card(wrong(get, vec![mismatch(&format!("headers.{evil}"), json!(evil), json!([evil]))]));
    card.hints[0] = evil.into();
    card.told.push(evil.into());
    let text = shown(&card);
    let raw: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n' || *c == '\u{202e}').collect();
    assert!(raw.is_empty(), "{text}");
}

#[test]
fn a_narrow_page_breaks_nothing_but_commands() {
    let get = answered(85, "GET", "n1", "/kv/wal:gone", 200, "日本".repeat(40).as_bytes());
    let card = deleted().operation(get.clone()).card(wrong(get, vec![mismatch("status", json!(404), json!(200))]));
    for columns in [0, 40, 60, 100] {
        for line in plain(&render(&card, columns)).lines() {
            let whole = ["./run.sh", "curl", "Again", "Records"].iter().any(|word| line.contains(word));
            assert!(whole || crate::text::width(line) <= columns.max(40), "{columns}: {line}");
        }
    }
}

#[test]
fn a_caret_points_at_the_difference_on_a_narrow_page_too() {
    let expected = "0123456789".repeat(5);
    let actual = format!("{}_{}", &expected[..40], &expected[41..]);
    let get = answered(85, "GET", "n1", "/kv/long", 200, actual.as_bytes());
    let card = Story::default()
        .operation(get.clone())
        .card(wrong(get, vec![mismatch("body", json!(expected), json!(actual))]));
    let text = shown_at(&card, 40);
    let lines: Vec<&str> = text.lines().collect();
    let caret = lines.iter().position(|line| line.trim() == "^").unwrap();
    let column = lines[caret].find('^').unwrap();
    assert_eq!((&lines[caret - 1][column..column + 1], &lines[caret - 2][column..column + 1]), ("_", "0"), "{text}");
}

fn ran(command: &[&str]) -> Ran {
    Ran { command: command.iter().map(|word| (*word).to_owned()).collect(), ..Ran::default() }
}

fn case(name: &str, source: &str) -> Case {
    let text = source.lines().map(str::to_owned);
    Case {
        name: name.into(),
        about: "Subtraction groups to the left: (10 - 3) - 2.".into(),
        file: format!("{FOLDER}/scratch/operators-5/{name}/{name}.c"),
        lines: (3..).zip(text).collect(),
        ..Case::default()
    }
}

#[test]
fn a_program_returns_and_prints_something_else() {
    let first = Case {
        compiled: Some(ran(&["./run.sh", "a/minus.c", "-o", "a/program"])),
        ran: Ran {
            stdin: Some("programs/1/stdin".into()),
            said: vec!["assertion failed".into()],
            ..ran(&["a/program"])
        },
        mismatches: vec![
            mismatch("exit", json!(5), json!(9)),
            mismatch("stdout", json!("one\ntwo\n"), json!("one\ntoo\n")),
        ],
        more: 12,
        ..case("minus", "int main(void) {\n\treturn 10 - 3 - 2;\n}\n")
    };
    let others =
        vec![("divide".into(), "exit differs".into()), ("shift".into(), "It did not end within 10s.".into())];
    let card =
        Story::default().card(What::Found(Finding::Cases { of: 9, first: Box::new(first), others, not_tried: 1 }));
    insta::assert_snapshot!(shown(&card));
    assert_eq!(card.summary(), "minus.c  exit: expected 5, actual 9");
}

#[test]
fn a_program_that_is_wrong_is_accepted() {
    let first = Case {
        line: Some(4),
        ran: ran(&["./run.sh", "a/missing.c", "-o", "a/program"]),
        mismatches: vec![
            mismatch("exit", json!(1), json!(0)),
            Mismatch {
                path: "program".into(),
                expected: Expected::Words("no file".into()),
                actual: Some(json!("a file was written")),
                source: None,
            },
        ],
        ..case("missing", "int main(void) {\n    return a;\n}\n")
    };
    let card = Story::default().card(What::Found(Finding::Cases {
        of: 1,
        first: Box::new(first),
        others: Vec::new(),
        not_tried: 0,
    }));
    insta::assert_snapshot!(shown(&card));
}

/// A step of a walk that asked for this key.
fn walked(at: u64, method: &str, status: u16, sent: &str, value: Option<&str>) -> WalkStep {
    let body = (!sent.is_empty()).then(|| Excerpt::new(sent.as_bytes()));
    let asked = answered(at, method, "n1", "/kv/k1", status, value.unwrap_or_default().as_bytes());
    WalkStep {
        at: ms(at),
        took: ms(1),
        node: "n1".into(),
        by: None,
        act: WalkAct::Asked(Box::new(Operation { body, ..asked })),
        value: value.map(|value| Excerpt::new(value.as_bytes())),
        version: None,
        before: 0,
        killed: false,
    }
}

/// A walk whose kill left open whether a write was done, and then neither of the two values was there.
fn open_walk(shown: Shown) -> Walk {
    let held = |value: &str| Holding::Value { value: Excerpt::new(value.as_bytes()), version: None };
    let right = |value: &str| Possible {
        outcome: WalkOutcome::Done,
        value: Some(Excerpt::new(value.as_bytes())),
        version: PossibleVersion::Any,
    };
    let killed = WalkStep { killed: true, ..walked(60, "PUT", 200, "v2", None) };
    Walk {
        model: "store".into(),
        operations: 71,
        crashes: 4,
        at: ms(85),
        shown,
        steps: vec![walked(41, "PUT", 200, "v1", None), killed, walked(85, "GET", 404, "", None)],
        left_out: 2,
        held: Some(Held { key: "k1".into(), one_of: vec![held("v1"), held("v2")] }),
        command: None,
        possible: vec![right("v1"), right("v2")],
    }
}

#[test]
fn a_walk_of_several_workers_says_who_did_what() {
    let text = |text: &str| Excerpt::new(text.as_bytes());
    let said = |at: u64, by: &str, line: &str, body: Option<&str>, heard: &[&str]| WalkStep {
        by: Some(by.into()),
        act: WalkAct::Said {
            text: text(line),
            body: body.map(text),
            heard: heard.iter().map(|heard| text(heard)).collect(),
        },
        ..walked(at, "", 0, "", None)
    };
    let held = Holding::Job { state: JobState::Reserved, by: Some("w1".into()), tube: "t1".into(), priority: 9 };
    let walk = Walk {
        steps: vec![
            said(41, "w1", "put 9 0 1000 5", Some("v1\nä"), &["INSERTED 1"]),
            said(43, "w1", "reserve-with-timeout 0", None, &["RESERVED 1 5", "v1\nä"]),
            WalkStep { by: Some("w2".into()), act: WalkAct::Left, ..walked(44, "", 0, "", None) },
            said(45, "w2", "delete 1", None, &["DELETED"]),
        ],
        left_out: 0,
        held: Some(Held { key: "job 1".into(), one_of: vec![held] }),
        possible: vec![Possible { outcome: WalkOutcome::Absent, value: None, version: PossibleVersion::Any }],
        ..open_walk(Shown::Shrunk { tried: 9 })
    };
    let get = answered(45, "GET", "n1", "/kv/k1", 404, b"key not found\n");
    let last = Box::new(wrong(get, vec![mismatch("line", json!("NOT_FOUND"), json!("DELETED"))]));
    insta::assert_snapshot!(shown(&Story::default().card(What::Walked { walk: Box::new(walk), last })));
}

#[test]
fn a_walk_on_a_cluster_is_shown_by_a_slice_of_it() {
    let lost = WalkStep { node: "n2".into(), act: WalkAct::Lost, ..walked(50, "", 0, "", None) };
    let back = WalkStep { node: "n2".into(), act: WalkAct::Returned, ..walked(70, "", 0, "", None) };
    let mut sent_again = WalkStep { before: 3, node: "n3".into(), ..walked(52, "PUT", 200, "v2", None) };
    if let WalkAct::Asked(operation) = &mut sent_again.act {
        operation.headers.push(("Idempotency-Key".into(), "walk-3".into()));
    }
    let walk = Walk {
        steps: vec![walked(41, "PUT", 200, "v1", None), lost, sent_again, back, walked(85, "GET", 404, "", None)],
        left_out: 0,
        ..open_walk(Shown::OfCluster)
    };
    let get = answered(85, "GET", "n1", "/kv/k1", 404, b"key not found\n");
    let last = Box::new(wrong(get, vec![mismatch("status", json!(200), json!(404))]));
    insta::assert_snapshot!(shown(&Story::default().card(What::Walked { walk: Box::new(walk), last })));
}

#[test]
fn a_walk_is_told_by_the_steps_that_lead_to_its_end() {
    let get = answered(85, "GET", "n1", "/kv/k1", 404, b"key not found\n");
    let told = |shown| {
        let last = Box::new(wrong(get.clone(), vec![mismatch("status", json!(200), json!(404))]));
        let story = Story::default().operation(request(41, "PUT", "n1", "/kv/other")).operation(get.clone());
        self::shown(&story.card(What::Walked { walk: Box::new(open_walk(shown)), last }))
    };
    let all =
        [Shown::Shrunk { tried: 9 }, Shown::ShrunkInTime { tried: 3 }, Shown::Slice { tried: 2 }, Shown::OfCluster];
    insta::assert_snapshot!(all.map(told).join("\n"));
}
