//! What led to a failure: the events of the running test, kept while it runs, picked and folded when it fails.
//!
//! A test can make thousands of requests, and a reader wants eight lines. Kept apart are faults, notes, what failed
//! and the writes to the path that failed; everything between is counted.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cause::outcome;
use super::cluster_now::ClusterNow;
use super::diff::plural;
use super::times::{some_seconds, time};
use crate::runner::event::{Links, NodeEventKind, Operation};

/// One line of what led to a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Since the run began; none for a line that counts others.
    #[serde(default, with = "some_seconds", skip_serializing_if = "Option::is_none")]
    pub at: Option<Duration>,
    /// `PUT`, `KILL`, `NOTE`; empty for a line that counts others.
    pub verb: String,
    pub node: String,
    /// The path, or what there is to say.
    pub text: String,
    /// `200`, `timed out`; empty where there is none.
    pub outcome: String,
    #[serde(default, with = "some_seconds", skip_serializing_if = "Option::is_none")]
    pub took: Option<Duration>,
    /// It is what failed.
    #[serde(default)]
    pub wrong: bool,
}

impl Row {
    fn counted(text: String) -> Self {
        Row {
            at: None,
            verb: String::new(),
            node: String::new(),
            text,
            outcome: String::new(),
            took: None,
            wrong: false,
        }
    }
}

#[derive(Debug, Clone)]
struct Entry {
    row: Row,
    /// When what it tells began: a start is told when the node is ready, and its first lines came before.
    began: Duration,
    /// When a request began, in order of which requests are told.
    operation: bool,
}

/// What is known of a node now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeNow {
    Starting,
    Up,
    Paused,
    /// Stopped or killed by the test.
    Down,
    /// It ended by itself, and how.
    Ended {
        at: Duration,
        how: String,
    },
}

impl NodeNow {
    /// `up`, `paused`, `down`
    pub fn word(&self) -> String {
        match self {
            NodeNow::Starting => "starting".to_owned(),
            NodeNow::Up => "up".to_owned(),
            NodeNow::Paused => "paused".to_owned(),
            NodeNow::Down => "down".to_owned(),
            NodeNow::Ended { how, .. } => format!("ended by itself: {how}"),
        }
    }
}

/// The events of the running test, and the state of each node, which outlives the test.
#[derive(Debug, Default)]
pub struct Trail {
    entries: VecDeque<Entry>,
    dropped: usize,
    nodes: BTreeMap<String, NodeNow>,
    says: BTreeMap<String, String>,
    links: Links,
}

/// Entries kept of one test: enough for the loads of any stage, a few MB.
const KEPT: usize = 20_000;
/// Lines told.
const TOLD: usize = 8;

/// The lines to tell, and since when.
#[derive(Debug, Default)]
pub struct Told {
    pub rows: Vec<Row>,
    pub from: Option<Duration>,
}

impl Trail {
    /// Forgets the events of the test before; nodes live on.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.dropped = 0;
    }

    /// Forgets the cluster too: the next one is new.
    pub fn new_cluster(&mut self) {
        self.clear();
        self.nodes.clear();
        self.says.clear();
        self.links = Links::default();
    }

    /// How the cluster is, if it is one.
    pub fn cluster_now(&self) -> Option<ClusterNow> {
        ClusterNow::new(&self.nodes, &self.says, &self.links)
    }

    pub fn node_now(&self, node: &str) -> Option<&NodeNow> {
        self.nodes.get(node)
    }

    /// The nodes that the test's events name, in order of name.
    pub fn nodes(&self) -> Vec<String> {
        let mut names: Vec<String> = self.entries.iter().map(|entry| entry.row.node.clone()).collect();
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        names
    }

    pub fn operation(&mut self, operation: &Operation) {
        self.push(of(operation, false));
    }

    pub fn note(&mut self, at: Duration, text: &str) {
        let row = Row { at: Some(at), verb: "NOTE".into(), ..Row::counted(text.to_owned()) };
        self.push(Entry { row, began: at, operation: false });
    }

    pub fn links(&mut self, at: Duration, links: &Links) {
        self.links = links.clone();
        let (verb, text) = links_words(links);
        let row = Row { at: Some(at), verb, ..Row::counted(text) };
        self.push(Entry { row, began: at, operation: false });
    }

    /// A node says something else of itself than before.
    pub fn says(&mut self, at: Duration, node: &str, text: &str) {
        self.says.insert(node.to_owned(), text.to_owned());
        let row = Row { at: Some(at), verb: SAYS.into(), node: node.to_owned(), ..Row::counted(text.to_owned()) };
        self.push(Entry { row, began: at, operation: false });
    }

    pub fn node(&mut self, at: Duration, node: &str, what: &NodeEventKind) {
        let (verb, text) = node_words(what);
        // The row has the node's name already.
        let text = text.strip_prefix(&format!("{node} ")).map_or(text.clone(), str::to_owned);
        let now = match what {
            NodeEventKind::Started { .. } => Some(NodeNow::Starting),
            NodeEventKind::Ready { .. } | NodeEventKind::Resumed => Some(NodeNow::Up),
            NodeEventKind::StartFailed { .. }
            | NodeEventKind::Stopped { .. }
            | NodeEventKind::Killed
            | NodeEventKind::GuardLost => Some(NodeNow::Down),
            NodeEventKind::Paused => Some(NodeNow::Paused),
            NodeEventKind::Exited { status } => Some(NodeNow::Ended { at, how: status.to_string() }),
            NodeEventKind::OverLimit { sentence } => Some(NodeNow::Ended { at, how: sentence.clone() }),
            NodeEventKind::Stopping | NodeEventKind::MainExited { .. } => None,
        };
        if let Some(now) = now {
            self.nodes.insert(node.to_owned(), now);
        }
        let row = Row {
            at: Some(at),
            verb: verb.into(),
            node: node.to_owned(),
            wrong: matches!(what, NodeEventKind::StartFailed { .. } | NodeEventKind::OverLimit { .. }),
            ..Row::counted(text)
        };
        // The end of a start or a stop completes the line of its beginning.
        let completes = !matches!(what, NodeEventKind::Started { .. } | NodeEventKind::Stopping)
            && matches!(verb, "START" | "STOP");
        let mut began = at;
        if completes {
            let open = |entry: &Entry| entry.row.verb == verb && entry.row.node == node;
            if let Some(index) = self.entries.iter().rposition(open)
                && let Some(open) = self.entries.remove(index)
            {
                began = open.began;
            }
        }
        self.push(Entry { row, began, operation: false });
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }

    /// The lines that lead to these failed requests, or to the end of the test if it failed otherwise.
    pub fn tell(&self, failed: &[&Operation]) -> Told {
        let failed: Vec<Entry> = failed.iter().map(|operation| of(operation, true)).collect();
        let end = failed.iter().map(Entry::end).max();
        let is_failed = |entry: &Entry| entry.operation && failed.iter().any(|other| entry.is(other));
        let mut entries: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| !is_failed(entry))
            // Requests made after the failure did not lead to it.
            .filter(|entry| !entry.operation || end.is_none_or(|end| entry.began < end))
            .chain(&failed)
            .collect();
        entries.sort_by_key(|entry| entry.row.at);
        let said = said_last(&mut entries);
        let mut entries: Vec<&Entry> = entries.into_iter().chain(&said).collect();
        entries.sort_by_key(|entry| entry.row.at);

        let writes_it = |entry: &Entry| {
            entry.operation
                && !matches!(entry.row.verb.as_str(), "GET" | "HEAD")
                && failed.iter().any(|other| other.row.text == entry.row.text)
        };
        let lines = fold(&entries, &writes_it);

        let mut first = lines.len().saturating_sub(TOLD);
        if lines.len() == TOLD + 1 || self.dropped > 0 {
            // The line that would say "1 earlier" takes as much room as the line itself.
            first = first.saturating_sub(1);
        }
        let pinned = lines[..first].iter().rposition(|line| line.is(&writes_it));
        let skipped = |lines: &[Line]| lines.iter().map(|line| line.entries.len()).sum::<usize>();
        let (told, before, between) = match pinned {
            Some(at) => (Some(&lines[at]), skipped(&lines[..at]), skipped(&lines[at + 1..first])),
            None => (None, skipped(&lines[..first]), 0),
        };
        let before = before + self.dropped;
        let counted = |count: usize, word: &str| {
            (count > 0).then(|| Row::counted(format!("{count} {word} {}", plural(count, "event", "events"))))
        };
        let rows = counted(before, "earlier")
            .into_iter()
            .chain(told.map(|line| line.row.clone()))
            .chain(counted(between, "more"))
            .chain(lines[first..].iter().map(|line| line.row.clone()))
            .collect();
        let from =
            told.into_iter().chain(&lines[first..]).flat_map(|line| &line.entries).map(|entry| entry.began).min();
        Told { rows, from }
    }
}

impl Entry {
    fn end(&self) -> Duration {
        self.began + self.row.took.unwrap_or_default()
    }

    /// The same request, as told twice: in the stream and in the failure.
    fn is(&self, other: &Entry) -> bool {
        let (a, b) = (&self.row, &other.row);
        self.began == other.began && a.verb == b.verb && a.node == b.node && a.text == b.text
    }
}

fn of(operation: &Operation, wrong: bool) -> Entry {
    Entry {
        row: Row {
            at: Some(operation.called),
            verb: operation.method.clone(),
            node: operation.node.clone(),
            text: operation.path.clone(),
            outcome: outcome(&operation.result),
            took: Some(operation.took),
            wrong,
        },
        began: operation.called,
        operation: true,
    }
}

/// A line and the events it stands for.
struct Line<'a> {
    row: Row,
    entries: Vec<&'a Entry>,
}

impl Line<'_> {
    fn is(&self, what: &dyn Fn(&Entry) -> bool) -> bool {
        matches!(self.entries[..], [entry] if what(entry))
    }
}

/// What is done to several nodes within this time was done to them together.
const TOGETHER: Duration = Duration::from_millis(100);

/// Neighbours of one kind: of requests the first is told and the others counted; nodes are named together.
fn fold<'a>(entries: &[&'a Entry], apart: &dyn Fn(&Entry) -> bool) -> Vec<Line<'a>> {
    let together = |a: &&Entry, b: &&Entry| {
        // The same done to several nodes at once.
        let to_node = |entry: &Entry| !entry.operation && !entry.row.wrong && !entry.row.node.is_empty();
        if to_node(a) && to_node(b) {
            return a.row.verb == b.row.verb
                && a.row.node != b.row.node
                && b.row.at.zip(a.row.at).is_some_and(|(b, a)| b - a < TOGETHER);
        }
        let plain = |entry: &Entry| entry.operation && !entry.row.wrong && !apart(entry);
        let alike = |a: &Row, b: &Row| (&a.verb, &a.node, &a.outcome) == (&b.verb, &b.node, &b.outcome);
        let answered = |entry: &Entry| entry.row.outcome.starts_with(|c: char| c.is_ascii_digit());
        // Where answers cease is worth a line.
        (plain(a) && plain(b) && answered(a) == answered(b))
            || (apart(a) && apart(b) && !a.row.wrong && !b.row.wrong && alike(&a.row, &b.row))
    };
    let mut lines = Vec::new();
    for group in entries.chunk_by(together) {
        let one = |entry: &&'a Entry| Line { row: entry.row.clone(), entries: vec![*entry] };
        match group {
            [first, _, ..] if !first.operation => {
                let nodes: Vec<&str> = group.iter().map(|entry| entry.row.node.as_str()).collect();
                let row = Row { node: String::new(), text: nodes.join(", "), ..first.row.clone() };
                lines.push(Line { row, entries: group.to_vec() });
            }
            [first, rest @ ..] if rest.len() > 1 => {
                lines.push(one(first));
                lines.push(Line { row: Row::counted(count(rest)), entries: rest.to_vec() });
            }
            few => lines.extend(few.iter().map(one)),
        }
    }
    lines
}

/// Takes out what nodes said of themselves, and gives in its place one row for each stretch between two faults: what
/// each said last. An election that takes ten rounds is one line so, and does not break up the requests around it.
fn said_last(entries: &mut Vec<&Entry>) -> Vec<Entry> {
    let mut said = Vec::new();
    let mut stretch: BTreeMap<String, &Entry> = BTreeMap::new();
    let close = |stretch: &mut BTreeMap<String, &Entry>, said: &mut Vec<Entry>| {
        let Some(last) = stretch.values().max_by_key(|entry| entry.row.at) else { return };
        // Who says the same is told together.
        let mut alike: Vec<(&str, Vec<&str>)> = Vec::new();
        for Entry { row, .. } in stretch.values() {
            match alike.iter_mut().find(|(text, _)| *text == row.text) {
                Some((_, nodes)) => nodes.push(&row.node),
                None => alike.push((&row.text, vec![&row.node])),
            }
        }
        let texts: Vec<String> = alike.iter().map(|(text, nodes)| format!("{} {text}", nodes.join(", "))).collect();
        let row = Row { node: String::new(), text: texts.join("; "), ..last.row.clone() };
        said.push(Entry { row, began: last.began, operation: false });
        stretch.clear();
    };
    entries.retain(|entry| {
        if entry.row.verb == SAYS {
            stretch.insert(entry.row.node.clone(), entry);
            return false;
        }
        if !entry.operation || entry.row.wrong {
            close(&mut stretch, &mut said);
        }
        true
    });
    close(&mut stretch, &mut said);
    said
}

/// "212 more PUTs, all 200", or the commonest kinds with their numbers.
fn count(entries: &[&Entry]) -> String {
    let mut kinds: Vec<(String, String, usize)> = Vec::new();
    for Entry { row, .. } in entries {
        match kinds.iter_mut().find(|(verb, outcome, _)| *verb == row.verb && *outcome == row.outcome) {
            Some((.., count)) => *count += 1,
            None => kinds.push((row.verb.clone(), row.outcome.clone(), 1)),
        }
    }
    if let [(verb, outcome, count)] = &kinds[..] {
        return format!("{count} more {verb}s, all {outcome}");
    }
    kinds.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    let shown: Vec<String> =
        kinds.iter().take(4).map(|(verb, outcome, count)| format!("{verb} {outcome} ×{count}")).collect();
    let rest = if kinds.len() > 4 { ", …" } else { "" };
    format!("{} more: {}{rest}", entries.len(), shown.join(", "))
}

/// What a node says of itself, in a row.
const SAYS: &str = "SAYS";

/// What was done to the links: a verb in capitals, and the rest.
pub fn links_words(links: &Links) -> (String, String) {
    let (verb, rest) = links.text.split_once(' ').unwrap_or((&links.text, ""));
    (verb.to_uppercase(), rest.to_owned())
}

/// What happened to a node: a verb in capitals, and what there is to say of it.
pub fn node_words(what: &NodeEventKind) -> (&'static str, String) {
    match what {
        NodeEventKind::Started { .. } => ("START", "not ready yet".to_owned()),
        NodeEventKind::Ready { after } => ("START", format!("ready after {}", time(*after))),
        // The failure says why, at length.
        NodeEventKind::StartFailed { .. } => ("START", "failed".to_owned()),
        NodeEventKind::Stopping => ("STOP", "still running".to_owned()),
        NodeEventKind::Stopped { status } => ("STOP", status.to_string()),
        NodeEventKind::Killed => ("KILL", String::new()),
        NodeEventKind::Paused => ("PAUSE", String::new()),
        NodeEventKind::Resumed => ("RESUME", String::new()),
        NodeEventKind::MainExited { status } => ("EXIT", format!("run.sh ended ({status}); what it started runs on")),
        NodeEventKind::Exited { status } => ("EXIT", format!("ended by itself: {status}")),
        NodeEventKind::OverLimit { sentence } => ("LIMIT", sentence.clone()),
        NodeEventKind::GuardLost => ("KILL", "lsfr's guard of it was killed from outside".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::event::{Answer, Answered, Excerpt};

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn operation(at: u64, method: &str, node: &str, path: &str, status: u16) -> Operation {
        Operation {
            node: node.into(),
            address: "127.0.0.1:24011".into(),
            method: method.into(),
            path: path.into(),
            headers: vec![],
            body: None,
            called: ms(at),
            took: ms(1),
            result: Answered::Answer(Answer { status, headers: vec![], body: Excerpt::of(b"") }),
        }
    }

    fn lines(told: &Told) -> Vec<String> {
        let line = |row: &Row| {
            let at = row.at.map(|at| format!("{} ", at.as_millis())).unwrap_or("… ".into());
            let wrong = if row.wrong { " ✗" } else { "" };
            let words = [&row.verb, &row.node, &row.text, &row.outcome];
            let words: Vec<&str> = words.iter().map(|word| word.as_str()).filter(|word| !word.is_empty()).collect();
            format!("{at}{}{wrong}", words.join(" "))
        };
        told.rows.iter().map(line).collect()
    }

    #[test]
    fn a_load_is_counted_and_the_write_that_was_lost_stands_apart() {
        let mut trail = Trail::default();
        trail.node(ms(5), "n1", &NodeEventKind::Started { pid: 1, port: 24011 });
        trail.node(ms(30), "n1", &NodeEventKind::Ready { after: ms(25) });
        for i in 0..500 {
            trail.operation(&operation(100 + i, "PUT", "n1", &format!("/kv/k{i}"), 200));
        }
        trail.node(ms(700), "n1", &NodeEventKind::Killed);
        trail.node(ms(701), "n1", &NodeEventKind::Started { pid: 2, port: 24011 });
        trail.node(ms(740), "n1", &NodeEventKind::Ready { after: ms(39) });
        for i in 0..77 {
            trail.operation(&operation(800 + i, "GET", "n1", &format!("/kv/k{i}"), 200));
        }
        let failed = operation(877, "GET", "n1", "/kv/k77", 404);
        trail.operation(&failed);
        trail.operation(&operation(900, "GET", "n1", "/kv/later", 200));
        let told = trail.tell(&[&failed]);
        assert_eq!(
            lines(&told),
            [
                "… 78 earlier events",
                "177 PUT n1 /kv/k77 200",
                "178 PUT n1 /kv/k78 200",
                "… 421 more PUTs, all 200",
                "700 KILL n1",
                "740 START n1 ready after 39 ms",
                "800 GET n1 /kv/k0 200",
                "… 76 more GETs, all 200",
                "877 GET n1 /kv/k77 404 ✗",
            ]
        );
        assert_eq!(told.from, Some(ms(177)));
    }

    #[test]
    fn attempts_of_a_wait_are_counted_by_what_came() {
        let mut trail = Trail::default();
        for i in 0..40 {
            let status = if i % 3 == 0 { 307 } else { 503 };
            trail.operation(&operation(i, "GET", "n1", "/cluster/info", status));
        }
        let failed = operation(50, "GET", "n1", "/cluster/info", 503);
        assert_eq!(
            lines(&trail.tell(&[&failed])),
            ["0 GET n1 /cluster/info 307", "… 39 more: GET 503 ×26, GET 307 ×13", "50 GET n1 /cluster/info 503 ✗"]
        );
    }

    #[test]
    fn memory_is_bounded_and_what_was_dropped_is_counted() {
        let mut trail = Trail::default();
        for i in 0..(KEPT as u64 + 10) {
            trail.operation(&operation(i, "PUT", "n1", "/kv/a", 200));
        }
        assert_eq!(trail.entries.len(), KEPT);
        let told = lines(&trail.tell(&[]));
        assert_eq!(told[0], "… 10 earlier events");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn the_state_of_a_node_outlives_the_test() {
        let mut trail = Trail::default();
        trail.node(ms(1), "n1", &NodeEventKind::Stopping);
        assert_eq!(lines(&trail.tell(&[])), ["1 STOP n1 still running"]);
        trail.node(ms(9), "n1", &NodeEventKind::Stopped { status: crate::cluster::ExitStatus::Code(0) });
        assert_eq!(lines(&trail.tell(&[])), ["9 STOP n1 exit status 0"]);
        trail.clear();
        assert_eq!(trail.node_now("n1"), Some(&NodeNow::Down));
        assert!(trail.tell(&[]).rows.is_empty());
    }
}
