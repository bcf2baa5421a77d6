use std::time::Duration;

use super::*;
use crate::facts::{Answer, Answered, Excerpt, ExitStatus, Failure, Finding, Links, OperationId, Verb};
use crate::facts::{Speech, Spoken};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn request(at: u64, node: &str, path: &str, status: u16) -> Operation {
    Operation {
        id: Some(OperationId(at)),
        node: node.into(),
        address: "127.0.0.1:24011".into(),
        method: "GET".into(),
        path: path.into(),
        headers: Vec::new(),
        body: None,
        hops: Vec::new(),
        called: ms(at),
        took: ms(1),
        result: Answered::Answer(Answer { status, headers: Vec::new(), body: Excerpt::new(b""), unsettled: false }),
    }
}

fn node(node: &str, what: NodeEventKind) -> Event {
    Event::Node { node: node.into(), what }
}

fn started(name: &str) -> Event {
    node(name, NodeEventKind::Started { pid: 1, port: 2 })
}

fn ready(name: &str, after: u64) -> Event {
    node(name, NodeEventKind::Ready { after: ms(after) })
}

fn step() -> Event {
    Event::StepStarted { text: String::new() }
}

fn test(name: &str) -> Event {
    Event::TestStarted { stage: "s".into(), test: name.into() }
}

fn ended(verdict: Verdict) -> Event {
    Event::TestEnded { stage: "s".into(), test: "Keys last".into(), verdict, took: ms(400) }
}

fn failed(finding: Finding) -> Event {
    ended(Verdict::Failed(Box::new(Failure {
        requirement: String::new(),
        proves: String::new(),
        step: None,
        what: finding.into(),
        hints: Vec::new(),
        commands: std::collections::BTreeMap::new(),
    })))
}

/// All lines after these events, in order of time; of those that repeat, how often.
fn lines(events: Vec<(u64, Event)>) -> Vec<String> {
    let mut open = OwnLines::default();
    let mut lines: Vec<(OwnLine, usize)> = Vec::new();
    for (at, event) in events {
        for change in open.take(&Stamped { at: ms(at), event }) {
            match change {
                Change::New(line) => lines.push((line, 1)),
                Change::Completed { line, nodes, text, wrong } => {
                    lines[line].0 = OwnLine { nodes, text, wrong, ..lines[line].0.clone() };
                }
                Change::Repeated { line, .. } => lines[line].1 += 1,
                Change::Taken { line } => lines[line].1 -= 1,
                Change::Wrong { line } => lines[line].0.wrong = true,
            }
        }
    }
    lines.sort_by_key(|(line, _)| line.at);
    let shown = |(line, times): (OwnLine, usize)| {
        let OwnLine { at, nodes, text, wrong, .. } = line;
        let times = if times > 1 { format!(" ×{times}") } else { String::new() };
        let wrong = if wrong { " ✗" } else { "" };
        format!("{} [{}] {text}{times}{wrong}", at.as_millis(), nodes.join(" "))
    };
    lines.into_iter().map(shown).collect()
}

#[test]
fn what_begins_and_ends_is_one_line() {
    let lines = lines(vec![
        (0, test("Keys last")),
        (10, started("n1")),
        (12, started("n2")),
        (40, ready("n2", 28)),
        (52, ready("n1", 42)),
        (100, node("n1", NodeEventKind::Killed)),
        (101, started("n1")),
        (140, ready("n1", 39)),
        (200, node("n1", NodeEventKind::Stopping)),
        (240, node("n1", NodeEventKind::Stopped { status: ExitStatus::Code(0), signalled: Vec::new() })),
        (400, ended(Verdict::Passed)),
    ]);
    assert_eq!(
        lines,
        [
            "0 [] TEST Keys last  passed after 400 ms",
            "10 [n1 n2] START n1, n2  ready after 42 ms",
            "100 [n1] KILL n1",
            "101 [n1] START n1  ready after 39 ms",
            "200 [n1] STOP n1  exit status 0",
        ]
    );
}

#[test]
fn what_is_not_ready_yet_says_so_and_a_failed_start_is_wrong() {
    let begun = vec![(10, started("n1")), (12, started("n2")), (40, ready("n2", 28))];
    assert_eq!(lines(begun.clone()), ["10 [n1 n2] START n1, n2  not ready yet"]);
    let failed = (90, node("n1", NodeEventKind::StartFailed { sentence: "It ended.".into() }));
    let lines = lines(begun.into_iter().chain([failed]).collect());
    assert_eq!(lines, ["10 [n1 n2] START n1, n2  failed ✗"]);
}

#[test]
fn polls_share_a_line_within_their_step() {
    let poll = |at, node, status| (at, Event::Operation(request(at, node, "/info", status)));
    let lines = lines(vec![
        (1, step()),
        poll(2, "n1", 503),
        poll(3, "n2", 503),
        poll(4, "n1", 503),
        poll(5, "n2", 200),
        poll(6, "n1", 503),
        poll(7, "n1", 200),
        (8, step()),
        poll(9, "n1", 200),
        (10, node("n1", NodeEventKind::Paused)),
        poll(11, "n1", 200),
    ]);
    assert_eq!(
        lines,
        [
            "2 [n1] GET /info  503 ×3",
            "3 [n2] GET /info  503",
            "5 [n2] GET /info  200",
            "7 [n1] GET /info  200",
            "9 [n1] GET /info  200",
            "10 [n1] PAUSE n1",
            "11 [n1] GET /info  200",
        ]
    );
}

#[test]
fn the_answer_that_was_wrong_is_marked_at_its_place_and_stands_alone() {
    let get = |at, path, status| (at, Event::Operation(request(at, "n1", path, status)));
    let wrong = |operation| failed(Finding::Answer { operation: Box::new(operation), mismatches: Vec::new() });
    let single = lines(vec![
        (0, test("Keys last")),
        get(2, "/kv/a", 404),
        get(3, "/kv/b", 200),
        (5, wrong(request(2, "n1", "/kv/a", 404))),
    ]);
    assert_eq!(
        single,
        [
            "0 [] TEST Keys last  failed after 400 ms ✗",
            "2 [n1] GET /kv/a  404 ✗",
            "3 [n1] GET /kv/b  200",
            "5 [] FAILED Keys last ✗",
        ]
    );
    let polled = lines(vec![
        get(1, "/kv/a", 404),
        get(2, "/kv/a", 404),
        get(3, "/kv/a", 404),
        (5, wrong(request(3, "n1", "/kv/a", 404))),
    ]);
    assert_eq!(polled, ["1 [n1] GET /kv/a  404 ×2", "3 [n1] GET /kv/a  404 ✗", "5 [] FAILED Keys last ✗"]);
}

#[test]
fn a_fault_of_a_workload_is_told_once() {
    let fault = Event::Load(Load {
        name: "load".into(),
        what: LoadEvent::Fault {
            number: 3,
            text: "pause n2".into(),
            nodes: vec!["n2".into()],
            lasts: ms(2000),
            aimed_at: None,
        },
    });
    let heal = Links { verb: Verb::Heal, text: "heal all links".into(), cut: Vec::new(), slow: Vec::new() };
    let lines = lines(vec![
        (10, fault),
        (11, node("n2", NodeEventKind::Paused)),
        (2011, node("n2", NodeEventKind::Resumed)),
        (2020, Event::Links(heal)),
    ]);
    assert_eq!(lines, ["10 [n2] FAULT 3: pause n2 for 2.0 s", "2011 [n2] RESUME n2", "2020 [] HEAL all links"]);
}

#[test]
fn a_conversation_has_a_line_for_each_side() {
    let said = |at, what| {
        (
            at,
            Event::Spoken(Spoken {
                connection: "p".into(),
                node: "n1".into(),
                when: ms(at),
                about: vec![],
                changes: false,
                given: vec![],
                what,
            }),
        )
    };
    let text = |text: &str| Excerpt::new(text.as_bytes());
    let lines = lines(vec![
        said(1, Speech::Opened),
        said(2, Speech::Sent { text: text("put 0\r\n") }),
        said(3, Speech::Received { text: text("UNKNOWN\r\n") }),
    ]);
    assert_eq!(lines, ["1 [n1] p: opened", "2 [n1] p: \"put 0\\r\\n\"", "3 [n1] p: \"UNKNOWN\\r\\n\""]);
}

#[test]
fn tests_that_were_not_run_are_counted_and_a_build_that_failed_is_marked() {
    let not_run = || ended(Verdict::NotRun { reason: "it was not built".into() });
    let built =
        Event::BuildEnded { status: "exit status 101".into(), passed: false, took: ms(3000), tail: Vec::new() };
    let lines = lines(vec![
        (1, Event::BuildStarted { command: "cargo build".into() }),
        (3001, built),
        (3002, not_run()),
        (3003, not_run()),
    ]);
    assert_eq!(
        lines,
        [
            "1 [] BUILD cargo build  exit status 101 after 3.0 s ✗",
            "3001 [] BUILD failed: exit status 101 ✗",
            "3002 [] TEST not run: it was not built ×2",
        ]
    );
}

#[test]
fn requests_are_for_the_app_alone() {
    let events = [(1, test("Keys last")), (2, Event::Operation(request(2, "n1", "/kv/a", 200)))];
    let events = events.map(|(at, event)| Stamped { at: ms(at), event });
    let lines: Vec<String> = without_requests(events.into_iter()).into_iter().map(|line| line.text).collect();
    assert_eq!(lines, ["TEST Keys last"]);
}
