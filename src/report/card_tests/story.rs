//! Stories to make cards from: what happened in a test, as events.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use crate::facts::*;
use crate::report::card::Card;
use crate::report::collect::cards;
use crate::report::describe::English;

pub(super) const FOLDER: &str = ".lsfr/runs/20261123-120301-crash-recovery";

pub(super) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(super) fn request(at: u64, method: &str, node: &str, path: &str) -> Operation {
    let port = 24010 + node.trim_start_matches('n').parse::<u16>().unwrap();
    Operation {
        id: Some(OperationId(at)),
        node: node.into(),
        address: format!("127.0.0.1:{port}"),
        method: method.into(),
        path: path.into(),
        headers: vec![],
        body: (method == "PUT").then(|| Excerpt::new(b"temporary")),
        hops: Vec::new(),
        called: ms(at),
        took: ms(1),
        result: Answered::Answer(Answer { status: 200, headers: vec![], body: Excerpt::new(b""), unsettled: false }),
    }
}

pub(super) fn answered(at: u64, method: &str, node: &str, path: &str, status: u16, body: &[u8]) -> Operation {
    let answer = Answer { status, headers: vec![], body: Excerpt::new(body), unsettled: false };
    Operation { result: Answered::Answer(answer), ..request(at, method, node, path) }
}

/// A redirect of a request for this path.
pub(super) fn hop(path: &str, node: &str, to: &str, called: u64) -> Hop {
    let port = |node: &str| 24010 + node.trim_start_matches('n').parse::<u16>().unwrap();
    Hop {
        id: Some(OperationId(called)),
        node: node.into(),
        address: format!("127.0.0.1:{}", port(node)),
        path: path.into(),
        status: 307,
        location: format!("http://127.0.0.1:{}{path}", port(to)),
        to: to.into(),
        called: ms(called),
    }
}

pub(super) fn unanswered(at: u64, path: &str, cause: Cause, detail: &str) -> Operation {
    let took = if cause == Cause::TimedOut { ms(5000) } else { ms(1) };
    let result = Answered::NoAnswer { cause, detail: detail.into(), part: None, starved: false };
    Operation { took, result, ..request(at, "GET", "n1", path) }
}

pub(super) fn mismatch(path: &str, expected: Json, actual: impl Into<Option<Json>>) -> Mismatch {
    Mismatch { path: path.into(), expected: Expected::Value(expected), actual: actual.into(), source: None }
}

pub(super) fn wrong(operation: Operation, mismatches: Vec<Mismatch>) -> What {
    What::Found(Finding::Answer { operation: Box::new(operation), mismatches })
}

pub(super) fn failure(what: What) -> Failure {
    let command = |node: &str, port: u16| {
        let folder = format!("--working-dir=/home/ada/kv-store/{FOLDER}/data/{node}");
        (node.to_owned(), vec!["./run.sh".to_owned(), format!("--port={port}"), folder])
    };
    Failure {
        requirement: "Recovery".into(),
        proves: "recovery".into(),
        step: Some(Place {
            file: "stages/crash-recovery/tests.yaml".into(),
            line: 24,
            path: "steps[4]".into(),
            text: "GET /kv/wal:gone".into(),
        }),
        what,
        hints: vec![
            "A log that records only puts brings deleted keys back. What does yours hold for a DELETE?".into(),
            "Write a record for each DELETE, and replay it like the others.".into(),
        ],
        commands: BTreeMap::from([command("n1", 24011), command("n2", 24012), command("n3", 24013)]),
    }
}

pub(super) fn exited(code: i32) -> NodeEventKind {
    NodeEventKind::Exited { status: ExitStatus::Code(code) }
}

/// What happened before, then the failure.
#[derive(Default)]
pub(super) struct Story {
    pub(super) events: Vec<Stamped>,
    pub(super) logs: Vec<(&'static str, u64, String)>,
}

impl Story {
    pub(super) fn operation(mut self, operation: Operation) -> Self {
        self.events.push(Stamped { at: operation.called + operation.took, event: Event::Operation(operation) });
        self
    }

    pub(super) fn node(mut self, at: u64, node: &str, what: NodeEventKind) -> Self {
        self.events.push(Stamped { at: ms(at), event: Event::Node { node: node.into(), what } });
        self
    }

    pub(super) fn says(mut self, at: u64, node: &str, text: &str) -> Self {
        self.events.push(Stamped {
            at: ms(at),
            event: Event::Says {
                node: node.into(),
                text: text.into(),
                role: String::new(),
                term: None,
                leads: false,
                group: String::new(),
                members: Vec::new(),
            },
        });
        self
    }

    pub(super) fn links(mut self, at: u64, links: Links) -> Self {
        self.events.push(Stamped { at: ms(at), event: Event::Links(links) });
        self
    }

    pub(super) fn restart(self, at: u64) -> Self {
        self.node(at, "n1", NodeEventKind::Killed)
            .node(at + 1, "n1", NodeEventKind::Started { pid: 77, port: 24011 })
            .node(at + 40, "n1", NodeEventKind::Ready { after: ms(39) })
    }

    pub(super) fn log(mut self, node: &'static str, at: u64, text: &str) -> Self {
        self.logs.push((node, at, text.to_owned()));
        self
    }

    pub(super) fn card(self, what: What) -> Card {
        self.ends(Verdict::Failed(Box::new(failure(what))))
    }

    pub(super) fn ends(self, verdict: Verdict) -> Card {
        self.told(Event::TestEnded {
            stage: "crash-recovery".into(),
            test: "Deletes survive kill -9".into(),
            verdict,
            took: ms(86),
        })
    }

    pub(super) fn not_started(self, why: Blocked) -> Card {
        self.told(Event::NotStarted(NotStarted { stage: "crash-recovery".into(), why, not_judged: None }))
    }

    /// The card that this event makes.
    pub(super) fn told(self, event: Event) -> Card {
        let started = Event::RunStarted(RunStarted {
            version: "0.1.0".into(),
            challenge: "kv-store".into(),
            stages: vec!["crash-recovery".into()],
            seed: 8123,
            folder: FOLDER.into(),
            time: "2026-11-23T12:03:01+01:00".into(),
            faults: None,
        });
        let at = self.events.last().map_or(ms(0), |last| last.at);
        let all = [Stamped { at: ms(0), event: started }].into_iter().chain(self.events);
        // The stream is also read back from events.jsonl: what was written must make the same card.
        let read = |stamped: Stamped| serde_json::from_str(&serde_json::to_string(&stamped).unwrap()).unwrap();
        let events: Vec<Stamped> = all.chain([Stamped { at, event }]).map(read).collect();
        let cards = cards(&events, &English, &mut |log, from, to| {
            let lines =
                self.logs.iter().filter(|(name, at, _)| *name == log.node && ms(*at) >= from && ms(*at) <= to);
            lines.map(|(_, at, text)| (ms(*at), text.clone())).collect()
        });
        let [card] = &cards[..] else { panic!("{} cards", cards.len()) };
        serde_json::from_str(&serde_json::to_string(card).unwrap()).unwrap()
    }
}
