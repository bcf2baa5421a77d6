//! `lsfr messages`: what nodes said to each other, recorded at the links of a real run.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lsfr::messages::Recording;
use lsfr::network::{Connection, Ending, Passage, Report, Way};

use crate::support::{Project, Said};

const CUT: &str = "Without a majority anywhere nobody leads, until it heals";
const QUICK: &str = "GET of a missing key is 404";

#[test]
fn a_run_tells_who_said_what_to_whom_and_what_a_cut_held() {
    let project = Project::reference();
    project.lsfr(["messages"]).exits(2).says(&["nothing has been run here yet"]);
    project.lsfr(["test", "quorum", "--only", CUT]).exits(0);
    let folder = project.runs()[0].clone();
    let name = folder.file_name().unwrap().to_str().unwrap();

    let text = project.lsfr(["messages"]).exits(0).says(&[
        "POST /raft/messages",
        "START n1, n2, n3, n4, n5",
        "SAYS leader",
        "PARTITION",
        "held",
        "by a cut, handed over",
    ]);
    assert!(!text.out.contains('\u{1b}'));
    let times: Vec<f64> =
        text.out.lines().map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
    assert!(times.is_sorted(), "{}", text.out);
    assert_eq!(project.lsfr(["messages", name]).exits(0).out, text.out);

    every_message_is_one_object(&project);
    parts_can_be_chosen(&project);

    let diagram = project.lsfr(["messages", "--format", "mermaid"]).exits(0).out;
    assert!(diagram.starts_with("sequenceDiagram\n    participant p0 as n1\n"), "{diagram}");
    assert!(diagram.contains("->>") && diagram.contains("--)") && diagram.contains(": PARTITION"), "{diagram}");
    project.lsfr(["logs", "--format", "mermaid"]).exits(2).says(&["possible values: text, json"]);
}

fn every_message_is_one_object(project: &Project) {
    let all = project.lsfr(["messages", "--format", "json"]).exits(0).json();
    let nodes: BTreeSet<&str> = all.iter().map(|message| message["from"].as_str().unwrap()).collect();
    assert_eq!(nodes, BTreeSet::from(["n1", "n2", "n3", "n4", "n5"]));
    let held = all.iter().filter(|message| message["held"]["by"] == "cut");
    let held: Vec<_> = held.filter(|message| message["fate"] == "handed-over").collect();
    assert!(!held.is_empty());
    for message in held {
        assert!(message["ended"].as_f64() > message["held"]["since"].as_f64(), "{message}");
    }
    // Each request that was answered has its answer in the same exchange.
    let exchange = |message: &serde_json::Value| (message["connection"].as_u64(), message["exchange"].as_u64());
    let asked: BTreeSet<_> = all.iter().filter(|one| one["kind"] == "http-request").map(exchange).collect();
    let answers: Vec<_> = all.iter().filter(|one| one["kind"] == "http-answer").collect();
    assert!(!answers.is_empty() && answers.iter().all(|answer| asked.contains(&exchange(answer))));
    assert!(all.iter().all(|message| message["kind"] == "http-request" || message["kind"] == "http-answer"));
    assert!(all.iter().all(|message| message["fate"].is_string()), "the run has ended");
}

fn parts_can_be_chosen(project: &Project) {
    let between = project.lsfr(["messages", "--between", "n2,n1", "--format", "json"]).exits(0).json();
    let pairs = [("n1", "n2"), ("n2", "n1")].map(|(from, to)| (Some(from), Some(to)));
    assert!(!between.is_empty());
    assert!(between.iter().all(|one| pairs.contains(&(one["from"].as_str(), one["to"].as_str()))));
    let middle = between[between.len() / 2]["began"].as_f64().unwrap();
    let early = project.lsfr(["messages", "--to", &format!("+{middle}"), "--format=json"]).exits(0).json();
    let requests = early.iter().filter(|one| one["kind"] == "http-request");
    assert!(!early.is_empty() && requests.clone().all(|one| one["began"].as_f64() <= Some(middle)));
    let votes = project.lsfr(["messages", "--grep", "\"ask_vote\"", "--format=json"]).exits(0).json();
    let requests = votes.iter().filter(|one| one["kind"] == "http-request");
    assert!(requests.clone().count() > 0 && requests.clone().all(|one| one["body"].to_string().contains("ask_vote")));
    project.lsfr(["messages", "--from", "+999"]).exits(0).says(&["No messages."]);
    assert_eq!(project.lsfr(["messages", "--from=+999", "--format=json"]).exits(0).out, "");
    project.lsfr(["messages", "--from=+2", "--to=+1"]).exits(2).says(&["--from is later than --to"]);
    project.lsfr(["messages", "--between", "n1,n9"]).exits(2).says(&["no node n9", "n1, n2, n3, n4, n5"]);
    project.lsfr(["messages", "--between", "n1"]).exits(2).says(&["name two nodes, such as n1,n2"]);
    project.lsfr(["messages", "--grep", "("]).exits(2).says(&["unclosed group"]);
    project.lsfr(["messages", "--from", "soon"]).exits(2).says(&["such as +1.2"]);
    project.lsfr(["messages", "2020"]).exits(2).says(&["there is no run 2020"]);
}

#[test]
fn a_single_node_has_no_record() {
    let project = Project::reference();
    project.lsfr(["test", "--only", QUICK]).exits(0);
    let folder = project.runs()[0].clone();
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert!(files.filter(|name| name.starts_with("messages")).count() == 0);
    project.lsfr(["messages"]).exits(2).says(&["there are no messages in", "no two of its nodes"]);
}

/// A record in the folder of a run, of what was said on one connection.
fn record(project: &Project, said: &[(Way, &[u8])]) {
    project.lsfr(["test", "--only", QUICK]).exits(0);
    let started = Instant::now();
    let recording = Recording::new(&project.runs()[0], started);
    let tap = recording.tap(&["n1".to_owned(), "n2".to_owned()]).unwrap();
    let connection = Arc::new(Connection { number: 1, from: "n1".into(), to: "n2".into() });
    let mut offsets = [0, 0];
    let mut at = started;
    let mut hear = |what| {
        at += Duration::from_millis(10);
        tap.hear(Report { connection: Arc::clone(&connection), at, what });
    };
    for (way, bytes) in said {
        let offset = &mut offsets[usize::from(*way == Way::Back)];
        hear(Passage::Came { way: *way, offset: *offset, bytes: Bytes::copy_from_slice(bytes) });
        *offset += bytes.len() as u64;
        hear(Passage::HandedOver { way: *way, upto: *offset });
    }
    hear(Passage::Ended(Ending::Closed));
    recording.finish().unwrap();
}

/// Nothing in it does anything to a terminal.
#[track_caller]
fn is_inert(said: &Said) {
    let acts = |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{200b}' | '\u{feff}'));
    assert!(!said.out.contains(acts) && !said.err.contains(acts), "{said:?}");
    assert!(said.out.contains("evil"));
}

#[test]
fn nothing_that_a_node_says_reaches_a_terminal_as_it_is() {
    let project = Project::reference();
    let evil = "evil\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{7f}\u{202e}\u{200b}\r\n";
    let body = format!("POST /evil HTTP/1.1\r\nx: \u{1b}[2J\u{202e}\r\ncontent-length: {}\r\n\r\n{evil}", evil.len());
    let json = "HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{\"evil\":\"\u{9b}31m\u{202e}\"}";
    record(&project, &[(Way::Forward, body.as_bytes()), (Way::Back, json.as_bytes()), (Way::Back, evil.as_bytes())]);
    for format in ["text", "json", "mermaid"] {
        let format = format!("--format={format}");
        is_inert(&project.lsfr(["messages", &format]).exits(0));
    }
}

#[test]
fn other_protocols_are_told_as_what_they_are() {
    let project = Project::reference();
    let said: [(Way, &[u8]); 4] = [
        (Way::Forward, b"{\"type\": \"vote\", \"term\": 3}\n"),
        (Way::Back, b"\x00\x01\xffPING\x00"),
        (Way::Forward, b"put 0 0 5\r\n"),
        (Way::Back, b"\x02\x03"),
    ];
    record(&project, &said);
    project.lsfr(["messages"]).exits(0).says(&[
        "n1 → n2 {\"type\":\"vote\",\"term\":3}",
        "n2 → n1 8 bytes ·PING·",
        "n1 → n2 put 0 0 5",
        "n2 → n1 2 bytes ·",
    ]);
}
