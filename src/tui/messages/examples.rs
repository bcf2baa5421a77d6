//! A run for tests of the view: a leader is cut off from one node, another takes over, one is paused, one killed.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::facts::{self, Answered, Event, NodeEventKind, Operation, Stamped, Verb};
use crate::messages::examples::Example;
use crate::messages::{Fate, Loss};
use crate::network::Hold;
use crate::report::Reporter;
use crate::report::records::RunFolder;
use crate::report::run_state::RunState;

/// From so many nodes on there are groups of three, and the run goes on for a while.
const MANY: usize = 9;

/// A folder with one run in it.
pub(in crate::tui) struct Recorded {
    _project: TempDir,
    pub(in crate::tui) run: PathBuf,
}

pub(in crate::tui) const STAGE: &str = "first";
pub(in crate::tui) const TEST: &str = "A leader that nobody hears is replaced";

/// Tells the events of a run to its folder, in milliseconds.
struct Told {
    folder: RunFolder,
    state: RunState,
    groups: bool,
}

impl Told {
    fn event(&mut self, ms: u64, event: Event) {
        let stamped = Stamped { at: Duration::from_millis(ms), event };
        self.state.event(&stamped);
        self.folder.event(&stamped, &self.state);
    }

    fn node(&mut self, ms: u64, node: &str, what: NodeEventKind) {
        self.event(ms, Event::Node { node: node.into(), what });
    }

    fn says(&mut self, ms: u64, node: &str, role: &str, term: u64) {
        let (text, leads) = (format!("{role}, term {term}"), role == "leader");
        let number: usize = node[1..].parse().unwrap();
        let group = if self.groups { format!("g{}", number.div_ceil(3)) } else { String::new() };
        self.event(
            ms,
            Event::Says {
                node: node.into(),
                text,
                role: role.into(),
                term: Some(term),
                leads,
                group,
                members: Vec::new(),
            },
        );
    }

    fn links(&mut self, ms: u64, verb: Verb, text: &str, cut: &[(&str, &str)]) {
        let cut = cut.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        self.event(ms, Event::Links(facts::Links { verb, text: text.into(), cut, slow: Vec::new() }));
    }

    fn asked(&mut self, ms: u64, node: &str, path: &str, status: u16) -> Operation {
        let body = facts::Excerpt::new(b"");
        let answer = facts::Answer { status, headers: Vec::new(), body, unsettled: false };
        let mut operation = Operation::example("PUT", Answered::Answer(answer));
        (operation.node, operation.path) = (node.into(), path.into());
        operation.called = Duration::from_millis(ms);
        operation.id = Some(facts::OperationId(ms));
        self.event(ms + 3, Event::Operation(operation.clone()));
        operation
    }
}

fn names(nodes: usize) -> Vec<String> {
    (1..=nodes).map(|number| format!("n{number}")).collect()
}

/// That run with so many nodes, three at least.
pub(in crate::tui) fn recorded(nodes: usize) -> Recorded {
    let names = names(nodes);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let recorded = events(&names);
    messages(&names).write(&recorded.run);
    recorded
}

/// That run as long as no node has said anything to another.
pub(in crate::tui) fn recorded_silent(names: &[&str]) -> Recorded {
    let recorded = events(names);
    Example::new(names).write(&recorded.run);
    recorded
}

/// That run with votes that are messages of their own.
pub(in crate::tui) fn recorded_votes(names: &[&str]) -> Recorded {
    let recorded = events(names);
    let mut example = Example::new(names);
    for (number, from) in names.iter().filter(|from| **from != "n3").enumerate() {
        example.asks(1_425_000 + number as u64 * 300, from, "n3", "/raft/voted", "{\"granted\":true}");
    }
    example.write(&recorded.run);
    recorded
}

/// How the test of the run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tui) enum Ends {
    Passed,
    /// It fails at the answer of 1,440 ms.
    AtAnAnswer,
    /// It fails at no answer.
    Failed,
}

/// That run of five nodes, whose test fails.
pub(in crate::tui) fn recorded_failing(ends: Ends) -> Recorded {
    let names = names(5);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let recorded = told(&names, ends);
    messages(&names).write(&recorded.run);
    recorded
}

/// The same run without a record of messages.
pub(in crate::tui) fn events(names: &[&str]) -> Recorded {
    told(names, Ends::Passed)
}

fn failure(finding: facts::Finding) -> facts::Verdict {
    facts::Verdict::Failed(Box::new(facts::Failure {
        requirement: String::new(),
        proves: String::new(),
        step: None,
        what: finding.into(),
        hints: Vec::new(),
        commands: Default::default(),
    }))
}

fn told(names: &[&str], ends: Ends) -> Recorded {
    let project = tempfile::tempdir().unwrap();
    let folder = RunFolder::create(project.path(), STAGE, chrono::Local::now()).unwrap();
    let run = folder.path().to_owned();
    let mut told = Told { folder, state: RunState::default(), groups: names.len() >= MANY };
    let started = facts::RunStarted {
        version: String::new(),
        challenge: "kv".into(),
        stages: vec![STAGE.into()],
        seed: 1,
        folder: String::new(),
        time: String::new(),
        faults: None,
    };
    told.event(0, Event::RunStarted(started));
    let tests = vec![TEST.to_owned()];
    told.event(0, Event::StageStarted { stage: STAGE.into(), title: String::new(), tests });
    told.event(1, Event::TestStarted { stage: STAGE.into(), test: TEST.into() });
    for node in names {
        told.node(20, node, NodeEventKind::Started { pid: 1, port: 24011 });
        told.node(90, node, NodeEventKind::Ready { after: Duration::from_millis(70) });
    }
    for node in names {
        told.says(900, node, if *node == "n2" { "leader" } else { "follower" }, 1);
    }
    for key in 0..5 {
        told.asked(1_200 + key * 20, "n2", &format!("/kv/k{key}"), 200);
    }
    if ends == Ends::AtAnAnswer {
        told.asked(1_310, "n2", "/kv/a", 200);
    }
    told.links(1_350, Verb::Cut, "n2 → n1", &[("n2", "n1")]);
    told.says(1_433, "n3", "leader", 2);
    for node in names.iter().filter(|node| !["n2", "n3"].contains(node)) {
        told.says(1_434, node, "follower", 2);
    }
    let asked = told.asked(1_440, "n2", "/kv/a", 200);
    if let Some(node) = names.get(3) {
        told.node(1_600, node, NodeEventKind::Paused);
    }
    if let Some(node) = names.get(4) {
        told.node(1_700, node, NodeEventKind::Killed);
    }
    told.links(2_058, Verb::Heal, "all links", &[]);
    told.says(2_070, "n2", "follower", 2);
    if names.len() >= MANY {
        told.asked(3_300, "n3", "/kv/late", 200);
    }
    let verdict = match ends {
        Ends::Passed => facts::Verdict::Passed,
        Ends::AtAnAnswer => failure(facts::Finding::Answer { operation: Box::new(asked), mismatches: Vec::new() }),
        Ends::Failed => failure(facts::Finding::Value { sentence: "It is gone.".into() }),
    };
    let (stage, test) = (STAGE.into(), TEST.into());
    told.event(2_300, Event::TestEnded { stage, test, verdict, took: Duration::from_millis(2_299) });
    let ended = Event::RunEnded { outcome: facts::Outcome::Passed, took: Duration::from_millis(2_310) };
    told.event(2_310, ended);
    drop(told);
    logs(&run);
    Recorded { _project: project, run }
}

fn messages(names: &[&str]) -> Example {
    let mut example = Example::new(names);
    let append = "{\"term\":1,\"entries\":[]}";
    for beat in 0..4 {
        for to in names.iter().filter(|to| **to != "n2") {
            let at = 910_000 + beat * 100_000;
            example.asks(at, "n2", to, "/raft/append", append).answered(at + 700, 200, "{\"ok\":true}");
        }
    }
    let entry = "{\"term\":1,\"entries\":[{\"key\":\"a\",\"value\":\"evil \u{1b}[31m\"}]}";
    example.asks(1_432_000, "n2", "n1", "/raft/append", entry).fate(2_060_000, Fate::HandedOver, Some(Hold::Cut));
    for (number, to) in names.iter().filter(|to| **to != "n3").enumerate() {
        let at = 1_424_000 + number as u64 * 300;
        example.asks(at, "n3", to, "/raft/vote", "{\"term\":2}");
        example.answered(at + 900, 200, &format!("{{\"granted\":{}}}", number != 1));
    }
    for beat in 0..6 {
        for to in names.iter().filter(|to| **to != "n3") {
            let at = 1_435_000 + beat * 100_000;
            let gone = to == &"n5" && at > 1_700_000;
            example.asks(at, "n3", to, "/raft/append", "{\"term\":2,\"entries\":[]}");
            if gone {
                example.fate(at + 40, Fate::Lost { why: Loss::ReceiverGone }, None);
            } else {
                example.answered(at + 800, 200, "{\"ok\":true}");
            }
        }
    }
    example
}

fn logs(run: &std::path::Path) {
    let logs = run.join("logs");
    fs::create_dir_all(&logs).unwrap();
    let text = "started\nnobody heard, asking for votes\nleading term 2\n";
    fs::write(logs.join("n3.log"), text).unwrap();
    fs::write(logs.join("n3.times"), format!("8 95000\n39 1423000\n{} 1432500\n", text.len())).unwrap();
}
