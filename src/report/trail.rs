//! What led to a failure: the events of the running test, kept while it runs, picked and folded when it fails.
//!
//! A test can make thousands of requests, and a reader wants eight lines. Kept apart are faults, notes, what failed
//! and the writes to the path that failed; everything between is counted.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cause::outcome;
use super::cluster_now::ClusterNow;
use super::cluster_state::ClusterState;
use super::diff::plural;
use super::fold::{TOGETHER, fold, said_last};
use super::words::{links_words, load_words, node_words, speech_words};
use crate::facts::{Answered, Cause, Conversation, Links, Load, LoadEvent, NodeEventKind, Operation, Spoken, Verb};
use crate::seconds;

/// One line of what led to a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Since the run began; none for a line that counts others.
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub at: Option<Duration>,
    /// `PUT`, `KILL`, `NOTE`; empty for a line that counts others.
    pub verb: String,
    pub node: String,
    /// The path, or what there is to say.
    pub text: String,
    /// `200`, `timed out`; empty where there is none.
    pub outcome: String,
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub took: Option<Duration>,
    /// It is what failed.
    #[serde(default)]
    pub wrong: bool,
}

impl Row {
    pub(super) fn counted(text: String) -> Self {
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

/// A fact of the test, with its line. What is folded, kept apart or left out hangs on the fact alone, never on the words.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) row: Row,
    /// When what it tells began: a start is told when the node is ready, and its first lines came before.
    pub(super) began: Duration,
    pub(super) about: About,
    /// Whose it is: of a request that was redirected, all that were asked.
    pub(super) nodes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum About {
    Request {
        method: String,
        path: String,
        answered: Result<u16, Cause>,
    },
    /// Something said, heard or done on this connection.
    Spoken(String),
    /// Something done to nodes or links, or that a node did.
    Deed(Verb),
    /// What a node says of itself.
    Says,
    Silent,
    AnswersAgain,
    Note,
    Load,
}

/// The events of the running test, and the cluster, which outlives the test.
#[derive(Debug, Default)]
pub struct Trail {
    entries: VecDeque<Entry>,
    dropped: usize,
    cluster: ClusterState,
    /// The cluster after each thing that was done or said, the latest last.
    states: VecDeque<ClusterNow>,
}

/// Entries kept of one test: enough for the loads of any stage, a few MB.
const KEPT: usize = 20_000;
/// States kept of one test.
const STATES: usize = 500;
/// Lines told of what was done to nodes and links before that.
const DEEDS: usize = 6;
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
        self.states.clear();
        self.dropped = 0;
    }

    /// Forgets the cluster too: the next one is new.
    pub fn new_cluster(&mut self) {
        self.clear();
        self.cluster.forget();
    }

    /// The nodes and links, as they are now.
    pub fn cluster(&self) -> &ClusterState {
        &self.cluster
    }

    /// The nodes and links, as they were at a moment of this test: a test may go on after an answer that was wrong. None for a
    /// node alone.
    pub(super) fn cluster_at(&self, moment: Duration) -> Option<ClusterNow> {
        let known = self.states.partition_point(|state| state.at <= moment);
        self.states.get(known.checked_sub(1)?).cloned()
    }

    fn note_state(&mut self) {
        if self.states.len() == STATES {
            self.states.pop_front();
        }
        self.states.extend(self.cluster.now());
    }

    /// The nodes that the test's events name, in order of name.
    pub fn nodes(&self) -> Vec<String> {
        let mut names: Vec<String> = self.entries.iter().flat_map(|entry| entry.nodes.iter().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }

    pub fn operation(&mut self, operation: &Operation) {
        // Its row tells them all.
        for hop in &operation.hops {
            let is_hop = |entry: &Entry| {
                let of_method = matches!(&entry.about, About::Request { method, .. } if *method == operation.method);
                of_method && entry.began == hop.called && entry.nodes == [hop.node.as_str()]
            };
            if let Some(at) = self.entries.iter().rposition(is_hop) {
                self.entries.remove(at);
            }
        }
        self.push(of(operation, false));
    }

    pub fn spoken(&mut self, spoken: &Spoken) {
        let (direction, text) = speech_words(&spoken.what);
        let verb = format!("{} {direction}", spoken.connection);
        let row = Row { at: Some(spoken.when), verb, node: spoken.node.clone(), ..Row::counted(text) };
        let about = About::Spoken(spoken.connection.clone());
        self.push(Entry { row, began: spoken.when, about, nodes: vec![spoken.node.clone()] });
    }

    pub fn note(&mut self, at: Duration, text: &str) {
        let row = Row { at: Some(at), verb: "NOTE".into(), ..Row::counted(text.to_owned()) };
        self.push(Entry { row, began: at, about: About::Note, nodes: Vec::new() });
    }

    /// Workloads begin and end; what their faults do is told by nodes and links.
    pub fn load(&mut self, at: Duration, load: &Load) {
        if matches!(load.what, LoadEvent::Fault { .. } | LoadEvent::Judged { .. }) {
            return;
        }
        if let Some((verb, text)) = load_words(load) {
            let row = Row { at: Some(at), verb: verb.into(), ..Row::counted(text) };
            self.push(Entry { row, began: at, about: About::Load, nodes: Vec::new() });
        }
    }

    pub fn links(&mut self, at: Duration, links: &Links) {
        self.cluster.links(at, links);
        self.note_state();
        let (verb, text) = links_words(links);
        let row = Row { at: Some(at), verb: verb.to_string(), ..Row::counted(text) };
        self.push(Entry { row, began: at, about: About::Deed(verb), nodes: Vec::new() });
    }

    /// A node says something else of itself than before.
    pub fn says(&mut self, at: Duration, node: &str, text: &str) {
        self.cluster.says(at, node, text);
        self.note_state();
        self.of_node(at, About::Says, "SAYS", node, text);
    }

    /// A node that runs answers nothing, since before it was noticed.
    pub fn silent(&mut self, at: Duration, node: &str, since: Duration) {
        self.cluster.silent(at, node, since);
        self.note_state();
        self.of_node(since, About::Silent, "SILENT", node, "runs, and answers nothing from here on");
    }

    pub fn answers_again(&mut self, at: Duration, node: &str) {
        self.cluster.answers_again(at, node);
        self.note_state();
        self.of_node(at, About::AnswersAgain, "ANSWERS", node, "again");
    }

    fn of_node(&mut self, at: Duration, about: About, verb: &str, node: &str, text: &str) {
        let row = Row { at: Some(at), verb: verb.into(), node: node.to_owned(), ..Row::counted(text.to_owned()) };
        self.push(Entry { row, began: at, about, nodes: vec![node.to_owned()] });
    }

    pub fn node(&mut self, at: Duration, node: &str, what: &NodeEventKind) {
        let (verb, text) = node_words(what);
        // The row has the node's name already.
        let text = text.strip_prefix(&format!("{node} ")).map_or(text.clone(), str::to_owned);
        self.cluster.node(at, node, what);
        self.note_state();
        let row = Row {
            at: Some(at),
            verb: verb.to_string(),
            node: node.to_owned(),
            wrong: matches!(what, NodeEventKind::StartFailed { .. } | NodeEventKind::OverLimit { .. }),
            ..Row::counted(text)
        };
        // The end of a start or a stop completes the line of its beginning.
        let completes = !matches!(what, NodeEventKind::Started { .. } | NodeEventKind::Stopping)
            && matches!(verb, Verb::Start | Verb::Stop);
        let mut began = at;
        if completes {
            let open = |entry: &Entry| entry.about == About::Deed(verb) && entry.nodes == [node];
            if let Some(index) = self.entries.iter().rposition(open)
                && let Some(open) = self.entries.remove(index)
            {
                began = open.began;
            }
        }
        self.push(Entry { row, began, about: About::Deed(verb), nodes: vec![node.to_owned()] });
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }

    /// The lines that lead to these failed requests, or to this conversation, or to the end of the test if it failed
    /// otherwise.
    pub fn tell(&self, failed: &[&Operation], talk: Option<&Conversation>) -> Told {
        self.tell_until(failed, talk, None)
    }

    /// The same, of what came before a moment: where it is known only later that something failed then.
    pub fn tell_until(&self, failed: &[&Operation], talk: Option<&Conversation>, moment: Option<Duration>) -> Told {
        let failed: Vec<Entry> = failed.iter().map(|operation| of(operation, true)).collect();
        let end = failed.iter().map(Entry::end).max();
        let is_failed = |entry: &Entry| entry.is_request() && failed.iter().any(|other| entry.is(other));
        let mut entries: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| !is_failed(entry))
            .filter(|entry| moment.is_none_or(|moment| entry.began <= moment))
            // What came after the failure did not lead to it; the end of a node may be noticed a little later.
            .filter(|entry| match end {
                Some(end) if entry.is_request() => entry.began < end,
                Some(end) => entry.began <= end + TOGETHER,
                None => true,
            })
            .chain(&failed)
            .collect();
        entries.sort_by_key(|entry| entry.row.at);
        let said = said_last(&mut entries);
        let ends = talk.and_then(|talk| end_of(talk, &mut entries));
        let mut entries: Vec<&Entry> = entries.into_iter().chain(&said).chain(&ends).collect();
        entries.sort_by_key(|entry| entry.row.at);

        let path = |entry: &Entry| match &entry.about {
            About::Request { path, .. } => Some(path.clone()),
            _ => None,
        };
        let failed_paths: Vec<String> = failed.iter().filter_map(path).collect();
        let writes_it = |entry: &Entry| {
            matches!(&entry.about, About::Request { method, path, .. }
                if !matches!(method.as_str(), "GET" | "HEAD") && failed_paths.contains(path))
        };
        let lines = fold(&entries, &writes_it);

        // Each side of a conversation has a line of its own.
        let most = if talk.is_some() { 2 * TOLD } else { TOLD };
        let mut first = lines.len().saturating_sub(most);
        if lines.len() == most + 1 || self.dropped > 0 {
            // The line that would say "1 earlier" takes as much room as the line itself.
            first = first.saturating_sub(1);
        }
        // Of those before, the last request that wrote the same, and what was done to nodes and links.
        let wrote = lines[..first].iter().rposition(|line| line.is(&writes_it));
        let deeds = (0..first).rev().filter(|at| lines[*at].entries.iter().any(|entry| entry.is_deed()));
        let mut deeds: Vec<usize> = deeds.take(DEEDS).collect();
        // A start counts for what came before it: every test begins with one.
        while deeds
            .last()
            .is_some_and(|at| lines[*at].entries.iter().all(|entry| entry.about == About::Deed(Verb::Start)))
        {
            deeds.pop();
        }
        let pinned: Vec<usize> = deeds.into_iter().chain(wrote).collect();
        let mut rows = Vec::new();
        let mut skipped = self.dropped;
        for (at, line) in lines.iter().enumerate() {
            if at < first && !pinned.contains(&at) {
                skipped += line.entries.len();
                continue;
            }
            if skipped > 0 {
                let word = if rows.is_empty() { "earlier" } else { "more" };
                rows.push(Row::counted(format!("{skipped} {word} {}", plural(skipped, "event", "events"))));
                skipped = 0;
            }
            rows.push(line.row.clone());
        }
        let told = lines[first..].iter().chain(wrote.map(|at| &lines[at]));
        let from = told.flat_map(|line| &line.entries).map(|entry| entry.began).min();
        Told { rows, from }
    }
}

/// Takes out the line at which a conversation failed, and what was said after it; gives it back as what failed.
fn end_of(talk: &Conversation, entries: &mut Vec<&Entry>) -> Option<Entry> {
    let is_end = |entry: &&Entry| {
        matches!(&entry.about, About::Spoken(name) if *name == talk.connection) && entry.row.at == Some(talk.when)
    };
    let at = entries.iter().rposition(is_end)?;
    let end = entries.remove(at);
    entries.retain(|entry| !entry.is_spoken() || entry.row.at <= Some(talk.when));
    Some(Entry { row: Row { wrong: true, ..end.row.clone() }, ..end.clone() })
}

impl Entry {
    /// It was said or heard on a connection.
    pub(super) fn is_spoken(&self) -> bool {
        matches!(self.about, About::Spoken(_))
    }

    pub(super) fn is_request(&self) -> bool {
        matches!(self.about, About::Request { .. })
    }

    /// It was done to nodes or links after the test had begun.
    fn is_deed(&self) -> bool {
        matches!(self.about, About::Deed(_) | About::Silent | About::AnswersAgain)
    }

    fn end(&self) -> Duration {
        self.began + self.row.took.unwrap_or_default()
    }

    /// The same request, as told twice: in the stream and in the failure.
    fn is(&self, other: &Entry) -> bool {
        let key = |entry: &Entry| match &entry.about {
            About::Request { method, path, .. } => Some((method.clone(), path.clone())),
            _ => None,
        };
        self.began == other.began && self.nodes == other.nodes && key(self) == key(other)
    }
}

/// With redirects: from the first node that was asked to the answer of the last.
fn of(operation: &Operation, wrong: bool) -> Entry {
    let first = operation.hops.first();
    let called = first.map_or(operation.called, |hop| hop.called);
    let nodes: Vec<String> = operation.hops.iter().map(|hop| &hop.node).chain([&operation.node]).cloned().collect();
    let path = first.map_or(&operation.path, |hop| &hop.path);
    let answered = match &operation.result {
        Answered::Answer(answer) => Ok(answer.status),
        Answered::NoAnswer { cause, .. } => Err(*cause),
    };
    Entry {
        row: Row {
            at: Some(called),
            verb: operation.method.clone(),
            node: nodes.join(HOP),
            text: path.clone(),
            outcome: outcome(&operation.result),
            took: Some((operation.called + operation.took).saturating_sub(called)),
            wrong,
        },
        began: called,
        about: About::Request { method: operation.method.clone(), path: path.clone(), answered },
        nodes,
    }
}

/// Between the nodes of a request that was redirected.
const HOP: &str = "→";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Answered, Excerpt};

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
            hops: Vec::new(),
            called: ms(at),
            took: ms(1),
            result: Answered::Answer(Answer { status, headers: vec![], body: Excerpt::of(b""), unsettled: false }),
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
        let told = trail.tell(&[&failed], None);
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
            lines(&trail.tell(&[&failed], None)),
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
        let told = lines(&trail.tell(&[], None));
        assert_eq!(told[0], "… 10 earlier events");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn what_was_done_to_links_is_told_however_long_before_and_the_cluster_as_it_was_then() {
        let mut trail = Trail::default();
        for node in ["n1", "n2"] {
            trail.node(ms(1), node, &NodeEventKind::Ready { after: ms(1) });
        }
        let links = |cut: &[(&str, &str)]| Links {
            verb: if cut.is_empty() { Verb::Heal } else { Verb::Partition },
            text: if cut.is_empty() { "heal all links" } else { "partition n1 | n2" }.into(),
            cut: cut.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect(),
            slow: Vec::new(),
        };
        trail.links(ms(10), &links(&[("n1", "n2"), ("n2", "n1")]));
        for i in 0..100 {
            trail.says(ms(20 + 2 * i), "n1", if i % 2 == 0 { "leader, term 1" } else { "follower, term 2" });
            trail.operation(&operation(
                21 + 2 * i,
                ["GET", "PUT"][i as usize % 2],
                "n2",
                "/kv/other",
                if i % 3 == 0 { 200 } else { 503 },
            ));
        }
        trail.links(ms(900), &links(&[]));
        let failed = operation(400, "GET", "n1", "/kv/a", 200);
        let told = lines(&trail.tell(&[&failed], None));
        assert!(told.iter().any(|line| line.starts_with("10 ") && line.contains("n1 | n2")), "{told:#?}");
        assert!(!told.iter().any(|line| line.contains("HEAL")), "{told:#?}");
        assert_eq!(trail.cluster_at(ms(401)).unwrap().cut.len(), 2);
        assert!(trail.cluster_at(ms(901)).unwrap().cut.is_empty());
        assert!(trail.cluster_at(ms(0)).is_none());
    }

    #[test]
    fn the_state_of_a_node_outlives_the_test() {
        let mut trail = Trail::default();
        trail.node(ms(1), "n1", &NodeEventKind::Stopping);
        assert_eq!(lines(&trail.tell(&[], None)), ["1 STOP n1 still running"]);
        let stopped = NodeEventKind::Stopped { status: crate::facts::ExitStatus::Code(0), signalled: Vec::new() };
        trail.node(ms(9), "n1", &stopped);
        assert_eq!(lines(&trail.tell(&[], None)), ["9 STOP n1 exit status 0"]);
        trail.clear();
        assert_eq!(trail.cluster().node_now("n1"), Some(&crate::report::cluster_state::NodeNow::Down));
        assert!(trail.tell(&[], None).rows.is_empty());
    }
}
