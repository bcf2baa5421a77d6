//! Cards of each kind of failure, as a learner reads them.

mod headers;
mod histories;
mod programs;
mod story;
mod talks;
mod told;
mod walks;

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
        in_turn: false,
        spread: None,
        others: Vec::new(),
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
