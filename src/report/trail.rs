//! What led to a failure: the facts of the running test, kept while it runs, picked and folded when it fails.
//!
//! A test can make thousands of requests, and a reader wants eight lines. Faults, notes, what failed and the writes to
//! the path that failed keep lines of their own; everything between is counted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::contrast::Contrast;
use super::describe::{Describe, Words};
use super::exchange::{Answering, Contradiction, contradiction, exchanges, is_of};
use super::fact::{Asked, Entry, Fact, Sort};
use super::fold::{Line, TOGETHER, fold, said_last};
use super::given::BothGiven;
use super::headers::Header;
use super::reissued::Reissued;
use super::stray::Stray;
use super::tagged::Tagged;
use crate::facts::{
    Cause, Conversation, Item, Links, Load, LoadEvent, NodeEventKind, Operation, OperationId, Source, Speech, Spoken,
    Verb,
};
use crate::seconds;

/// One line of what led to a failure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// The headers of a request that say what it asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub took: Option<Duration>,
    /// This is what failed.
    #[serde(default)]
    pub wrong: bool,
}

/// The facts of the running test.
#[derive(Debug, Default)]
pub struct Trail {
    entries: VecDeque<Entry>,
    dropped: usize,
}

/// This many entries are kept for one test: enough for the loads of any stage, a few MB.
const KEPT: usize = 20_000;
/// At most this many lines of what was done to nodes and links come before the lines that are shown anyway.
const DEEDS: usize = 6;
/// At most this many lines of earlier writes to the path that failed.
const WRITES: usize = 3;
/// At most this many lines of writes that are seldom made.
const SELDOM: usize = 3;
/// A kind of write is seldom made if it goes to at most this many paths, each so often on average.
const FEW_PATHS: usize = 4;
const FEW_TRIES: usize = 10;
/// At most this many lines of earlier exchanges about what failed.
const ABOUT: usize = 10;
/// At most this many lines are shown.
const TOLD: usize = 8;

/// The lines to show, and since when.
#[derive(Debug, Default)]
pub struct Told {
    pub rows: Vec<Row>,
    pub from: Option<Duration>,
    /// An earlier answer to the request that failed, in words.
    pub contrast: Option<String>,
    /// The two exchanges of a conversation that do not fit each other, in words.
    pub contradiction: Option<String>,
    /// What was said of the value that should have come and of the one that came, in words.
    pub given: Option<String>,
    /// Who answered in these two, and when.
    pub answered: Vec<Answering>,
}

/// What failed, as far as it is part of the trail.
#[derive(Debug, Default, Clone, Copy)]
pub struct Failing<'a> {
    pub requests: &'a [&'a Operation],
    pub talk: Option<&'a Conversation>,
    /// The earlier answers that what was expected comes from.
    pub sources: &'a [&'a Source],
    /// When it failed, where that is known only later.
    pub moment: Option<Duration>,
    /// What was wrong with the answer is its ETag.
    pub wrong_tag: bool,
}

impl Trail {
    /// Forgets the facts of the previous test.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.dropped = 0;
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// When something was last said on a connection, up to a moment.
    pub(super) fn last_said(&self, connection: &str, until: Duration) -> Option<Duration> {
        let is_said = |entry: &&Entry| match &entry.fact {
            Fact::Spoken { connection: other, what: Speech::Sent { .. }, .. } => {
                other == connection && entry.at <= until
            }
            _ => false,
        };
        self.entries.iter().rfind(is_said).map(|entry| entry.at)
    }

    /// The nodes that the test's facts name, in order of name.
    pub fn nodes(&self) -> Vec<String> {
        let mut names: Vec<String> = self.entries.iter().flat_map(|entry| entry.nodes.iter().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }

    pub fn operation(&mut self, operation: &Operation) {
        // Its entry covers them all.
        for hop in operation.hops.iter().filter_map(|hop| hop.id) {
            if let Some(at) = self.entries.iter().rposition(|entry| entry.id() == Some(hop)) {
                self.entries.remove(at);
            }
        }
        self.push(Entry::from_operation(operation));
    }

    pub fn spoken(&mut self, spoken: &Spoken) {
        let Spoken { connection, what, about, changes, given, .. } = spoken.clone();
        let fact = Fact::Spoken { connection, what, about, changes, given };
        self.push(Entry::new(spoken.when, fact, vec![spoken.node.clone()]));
    }

    pub fn note(&mut self, at: Duration, text: &str) {
        self.push(Entry::new(at, Fact::Note(text.to_owned()), Vec::new()));
    }

    /// That a workload begins and ends; what its faults do is reported as events of nodes and links.
    pub fn load(&mut self, at: Duration, load: &Load) {
        match load.what {
            LoadEvent::Fault { .. } | LoadEvent::Judged { .. } | LoadEvent::Progress { .. } => {}
            LoadEvent::Began { .. } | LoadEvent::Settling { .. } | LoadEvent::Ended { .. } => {
                self.push(Entry::new(at, Fact::Load(load.clone()), Vec::new()));
            }
        }
    }

    pub fn links(&mut self, at: Duration, links: &Links) {
        self.push(Entry::new(at, Fact::Links(links.clone()), Vec::new()));
    }

    /// What a node says of itself has changed.
    pub fn says(&mut self, at: Duration, node: &str, text: &str) {
        self.push(Entry::new(at, Fact::Says(text.to_owned()), vec![node.to_owned()]));
    }

    /// A running node answers nothing, and has not since some time before that was noticed.
    pub fn silent(&mut self, node: &str, since: Duration) {
        self.push(Entry::new(since, Fact::Silent, vec![node.to_owned()]));
    }

    pub fn answers_again(&mut self, at: Duration, node: &str) {
        self.push(Entry::new(at, Fact::AnswersAgain, vec![node.to_owned()]));
    }

    pub fn node(&mut self, at: Duration, node: &str, what: &NodeEventKind) {
        let mut entry = Entry::new(at, Fact::Node(what.clone()), vec![node.to_owned()]);
        entry.wrong = matches!(what, NodeEventKind::StartFailed { .. } | NodeEventKind::OverLimit { .. });
        // The end of a start or a stop completes the line of its beginning.
        let verb = Verb::from_event(what);
        let begins = matches!(what, NodeEventKind::Started { .. } | NodeEventKind::Stopping);
        if !begins && matches!(verb, Verb::Start | Verb::Stop) {
            let open = |entry: &Entry| entry.fact.sort() == Sort::Deed(verb) && entry.nodes == [node];
            if let Some(index) = self.entries.iter().rposition(open)
                && let Some(open) = self.entries.remove(index)
            {
                entry.began = open.began;
            }
        }
        self.push(entry);
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }

    /// The lines that lead to what failed, or to the end of the test if what failed is not part of the trail.
    pub fn tell(&self, failing: Failing, words: &dyn Describe) -> Told {
        let failed: Vec<Entry> = failing
            .requests
            .iter()
            .map(|operation| Entry { wrong: true, ..Entry::from_operation(operation) })
            .collect();
        let mut entries = self.until(&failed, failing.moment);
        let contrast = Contrast::of(&failed, &entries).map(|contrast| words.contrast(&contrast));
        let stray = Stray::of(&failed, &entries).filter(|_| contrast.is_none());
        let contrast = contrast.or_else(|| stray.as_ref().map(|stray| words.stray(stray)));
        let contrast =
            contrast.or_else(|| Tagged::of(failing.requests, &entries).map(|tagged| words.tagged(&tagged)));
        let reissued = || Reissued::of(&failed, &entries, self.dropped).filter(|_| failing.wrong_tag);
        let contrast = contrast.or_else(|| reissued().map(|reissued| words.reissued(&reissued)));
        let said = said_last(&mut entries);
        let ends = failing.talk.and_then(|talk| end_of(talk, &mut entries));
        let mut entries: Vec<&Entry> = entries.into_iter().chain(&said).chain(&ends).collect();
        entries.sort_by_key(|entry| entry.at);
        let exchanges = exchanges(&entries);
        let entries: Vec<&Entry> = exchanges.iter().collect();
        let items = items(&entries, &failing);
        let mismatch = failing.talk.and_then(|talk| talk.mismatches.first());
        let wanted = failing.talk.map_or(&[][..], |talk| &talk.about);
        let contradiction = contradiction(&entries, wanted, mismatch);
        let answered = contradiction.as_ref().map(Contradiction::answered).unwrap_or_default();
        let contradiction = contradiction.map(|both| words.contradiction(&both));
        let is_about = |entry: &Entry| entry.about().iter().any(|item| items.contains(item));

        let asked: Vec<&Asked> = failed.iter().filter_map(Entry::request).collect();
        let writes_it = |entry: &Entry| {
            let written = entry.request().filter(|asked| asked.is_write());
            written.is_some_and(|written| asked.iter().any(|asked| asked.item() == written.item()))
        };
        let seldom = seldom(&entries, &asked);
        let sources: BTreeSet<OperationId> = failing.sources.iter().filter_map(|source| source.id()).collect();
        let sent_by = stray.as_ref().and_then(|stray| stray.asked.id);
        let stands_out = |entry: &Entry| {
            seldom.iter().any(|other| std::ptr::eq(*other, entry))
                || entry.id().is_some_and(|id| sources.contains(&id) || Some(id) == sent_by)
                || entry.request().is_some_and(|asked| asked.is_write() && asked.answered == Err(Cause::Abandoned))
        };
        let lines = fold(&entries, &|entry| writes_it(entry) || stands_out(entry) || is_about(entry));
        let mut first = lines.len().saturating_sub(TOLD);
        if lines.len() == TOLD + 1 || self.dropped > 0 {
            // The line that would say "1 earlier" takes as much room as the line itself.
            first = first.saturating_sub(1);
        }
        // Of the earlier ones, the last requests that wrote to the same path, what was seldom asked for, writes that were
        // under way when it failed, the answers that the expectation comes from, what was said about the same job, and what was done to nodes and links.
        let wrote: Vec<usize> = (0..first).rev().filter(|at| lines[*at].is(&writes_it)).take(WRITES).collect();
        let out = (0..first).filter(|at| lines[*at].is(&stands_out));
        let about = told_about(&lines[..first], &is_about);
        let pinned = deeds(&lines[..first]).into_iter().chain(wrote.iter().copied()).chain(out).chain(about);
        let pinned: Vec<usize> = pinned.collect();
        let told = lines[first..].iter().chain(wrote.first().map(|at| &lines[*at]));
        let from = told.flat_map(Line::entries).map(|entry| entry.began).min();
        let given = failing.talk.and_then(|talk| BothGiven::of(talk, &self.entries)).map(|both| words.given(&both));
        let rows = rows(&lines, first, &pinned, self.dropped, words);
        Told { rows, from, contrast, contradiction, given, answered }
    }

    /// The facts up to and including what failed, in order.
    fn until<'e>(&'e self, failed: &'e [Entry], moment: Option<Duration>) -> Vec<&'e Entry> {
        let end = failed.iter().map(Entry::end).max();
        let is_failed = |entry: &Entry| failed.iter().any(|other| other.id().is_some() && other.id() == entry.id());
        let mut entries: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| !is_failed(entry))
            .filter(|entry| moment.is_none_or(|moment| entry.began <= moment))
            // What came after the failure did not lead to it, except that the end of a node may be noticed a little
            // late.
            .filter(|entry| match end {
                Some(end) if entry.is_request() => entry.began < end,
                Some(end) => entry.began <= end + TOGETHER,
                None => true,
            })
            .chain(failed)
            .collect();
        entries.sort_by_key(|entry| entry.at);
        entries
    }
}

/// What the exchange that failed is about, or the exchanges that a value comes from.
fn items(entries: &[&Entry], failing: &Failing) -> Vec<Item> {
    let of_failed = entries.iter().rev().find(|entry| entry.wrong && entry.exchange().is_some());
    let of_sources = entries.iter().filter(|entry| failing.sources.iter().any(|source| is_of(source, entry)));
    let wanted = failing.talk.into_iter().flat_map(|talk| &talk.about);
    let about = of_failed.into_iter().chain(of_sources).flat_map(|entry| entry.about());
    about.chain(wanted).cloned().collect::<BTreeSet<Item>>().into_iter().collect()
}

/// The last lines about what failed: those that changed something before those that only looked.
fn told_about(lines: &[Line], is_about: &dyn Fn(&Entry) -> bool) -> Vec<usize> {
    let mut about: Vec<usize> = (0..lines.len()).rev().filter(|at| lines[*at].entries().any(is_about)).collect();
    let looks = |at: &usize| lines[*at].entries().all(|entry| entry.exchange().is_some_and(|it| !it.changes));
    about.sort_by_key(looks);
    about.truncate(ABOUT);
    about
}

/// The last writes of kinds that the test makes few of and that did not fail: a member that joins among a thousand values
/// that are written.
fn seldom<'a>(entries: &[&'a Entry], failed: &[&Asked]) -> Vec<&'a Entry> {
    let kind = |asked: &'a Asked| (asked.method.as_str(), asked.place());
    let mut kinds: BTreeMap<_, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let mut writes: Vec<(&Entry, &Asked)> = Vec::new();
    for (entry, asked) in entries.iter().filter_map(|entry| Some((*entry, entry.request()?))) {
        if asked.is_write() && !failed.iter().any(|failed| failed.place() == asked.place()) {
            let (requests, paths) = kinds.entry(kind(asked)).or_default();
            *requests += 1;
            paths.insert(&asked.path);
            writes.push((entry, asked));
        }
    }
    writes.retain(|(_, asked)| {
        let (requests, paths) = &kinds[&kind(asked)];
        *requests <= FEW_TRIES * paths.len() && paths.len() <= FEW_PATHS
    });
    let mut told: Vec<(&Entry, &Asked)> = Vec::new();
    for (entry, asked) in writes.into_iter().rev() {
        // Of tries of one request, the last.
        if !told.iter().any(|(_, other)| (&other.method, &other.path) == (&asked.method, &asked.path)) {
            told.push((entry, asked));
        }
    }
    told.into_iter().take(SELDOM).map(|(entry, _)| entry).collect()
}

/// The last lines of what was done to nodes and links, the latest first.
fn deeds(lines: &[Line]) -> Vec<usize> {
    let is_deed = |at: &usize| lines[*at].entries().any(Entry::is_deed);
    let mut deeds: Vec<usize> = (0..lines.len()).rev().filter(is_deed).take(DEEDS).collect();
    // A start counts only if something came before it: every test begins with one.
    let is_start = |at: &usize| lines[*at].entries().all(|entry| entry.fact.sort() == Sort::Deed(Verb::Start));
    while deeds.last().is_some_and(is_start) {
        deeds.pop();
    }
    deeds
}

/// The lines from the first on and those that are pinned before it, with counts of what is left out.
fn rows(lines: &[Line], first: usize, pinned: &[usize], dropped: usize, words: &dyn Describe) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut skipped, mut dropped): (Vec<&Line>, usize) = (Vec::new(), dropped);
    for (at, line) in lines.iter().enumerate() {
        // Two lines that count what is left out would be one.
        if at < first && !pinned.contains(&at) || !skipped.is_empty() && line.head().is_none() {
            skipped.push(line);
            continue;
        }
        match &skipped[..] {
            [] if dropped == 0 => {}
            // That one is left out would take as much room.
            [one @ Line::One(_)] if dropped == 0 => rows.push(Row::new(one.head(), words.line(one))),
            _ => {
                let entries: Vec<&Entry> = skipped.iter().flat_map(|line| line.entries()).collect();
                rows.push(Row::new(None, words.left_out(&entries, dropped, rows.is_empty())));
            }
        }
        skipped.clear();
        dropped = 0;
        rows.push(Row::new(line.head(), words.line(line)));
    }
    rows
}

/// Takes out the line at which a conversation failed, and what was said after it; returns it as what failed.
fn end_of(talk: &Conversation, entries: &mut Vec<&Entry>) -> Option<Entry> {
    let is_end = |entry: &&Entry| entry.connection() == Some(&talk.connection) && entry.at == talk.when;
    let at = entries.iter().rposition(is_end)?;
    let end = entries.remove(at);
    entries.retain(|entry| !entry.is_spoken() || entry.at <= talk.when);
    Some(Entry { wrong: true, ..end.clone() })
}

impl Entry {
    fn id(&self) -> Option<OperationId> {
        self.request()?.id
    }
}

impl Row {
    /// `head`: the fact that a line shows, or the first of several. None for a line that counts.
    fn new(head: Option<&Entry>, words: Words) -> Self {
        let Words { verb, node, text, outcome } = words;
        Row {
            at: head.map(|entry| entry.at),
            verb,
            node,
            text,
            outcome,
            headers: head.and_then(Entry::request).map(|asked| asked.headers.clone()).unwrap_or_default(),
            took: head.and_then(Entry::request).map(|asked| asked.took),
            wrong: head.is_some_and(|entry| entry.wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Answered, Event, Excerpt, Stamped, Verdict};
    use crate::report::describe::English;
    use crate::report::run_state::RunState;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn operation(at: u64, method: &str, node: &str, path: &str, status: u16) -> Operation {
        Operation {
            id: Some(OperationId(at)),
            node: node.into(),
            address: "127.0.0.1:24011".into(),
            method: method.into(),
            path: path.into(),
            headers: vec![],
            body: None,
            hops: Vec::new(),
            called: ms(at),
            took: ms(1),
            result: Answered::Answer(Answer { status, headers: vec![], body: Excerpt::new(b""), unsettled: false }),
        }
    }

    fn tell(trail: &Trail, requests: &[&Operation]) -> Told {
        trail.tell(Failing { requests, ..Failing::default() }, &English)
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
        let told = tell(&trail, &[&failed]);
        assert_eq!(
            lines(&told),
            [
                "… 78 earlier: PUT 200 ×77, START",
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
    fn a_write_of_a_kind_that_is_seldom_made_has_a_line_of_its_own() {
        let mut trail = Trail::default();
        for i in 0..300 {
            trail.operation(&operation(10 * i, "PUT", "n1", &format!("/kv/k{i}"), 200));
            if (100..103).contains(&i) {
                trail.operation(&operation(10 * i + 1, "PUT", "n1", "/cluster/members/n6", 503));
            }
        }
        trail.operation(&operation(1500, "PUT", "n1", "/cluster/members/n6", 200));
        trail.node(ms(3100), "n1", &NodeEventKind::Killed);
        for i in 0..10 {
            let method = if i % 2 == 0 { "GET" } else { "PUT" };
            let lost = if i > 5 { 503 } else { 200 };
            trail.operation(&operation(3200 + i, method, "n2", &format!("/kv/later{i}"), lost));
        }
        let failed = operation(3300, "GET", "n2", "/kv/k7", 404);
        let told = lines(&tell(&trail, &[&failed]));
        assert!(told.contains(&"1500 PUT n1 /cluster/members/n6 200".to_owned()), "{told:#?}");
        assert_eq!(told.iter().filter(|line| line.contains("members")).count(), 1, "{told:#?}");
        assert!(told.len() <= TOLD + SELDOM + 4, "{told:#?}");
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
            lines(&tell(&trail, &[&failed])),
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
        let told = lines(&tell(&trail, &[]));
        assert_eq!(told[0], "… 10 earlier events");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn what_was_done_to_links_is_told_however_long_before_and_the_cluster_as_it_was_then() {
        let mut state = RunState::default();
        let mut tell = |at, event| state.event(&Stamped { at: ms(at), event });
        for node in ["n1", "n2"] {
            tell(1, Event::Node { node: node.into(), what: NodeEventKind::Ready { after: ms(1) } });
        }
        let links = |cut: &[(&str, &str)]| Links {
            verb: if cut.is_empty() { Verb::Heal } else { Verb::Partition },
            text: if cut.is_empty() { "heal all links" } else { "partition n1 | n2" }.into(),
            cut: cut.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect(),
            slow: Vec::new(),
        };
        tell(10, Event::Links(links(&[("n1", "n2"), ("n2", "n1")])));
        for i in 0..100 {
            let (role, text) =
                if i % 2 == 0 { ("leader", "leader, term 1") } else { ("follower", "follower, term 2") };
            let says = Event::Says {
                node: "n1".into(),
                text: text.into(),
                role: role.into(),
                term: Some(1 + i % 2),
                leads: i % 2 == 0,
                group: String::new(),
                members: Vec::new(),
            };
            tell(20 + 2 * i, says);
            let (at, method) = (21 + 2 * i, ["GET", "PUT"][i as usize % 2]);
            let status = if i % 3 == 0 { 200 } else { 503 };
            tell(at, Event::Operation(operation(at, method, "n2", "/kv/other", status)));
        }
        tell(900, Event::Links(links(&[])));
        let failed = operation(400, "GET", "n1", "/kv/a", 200);
        let told = lines(&self::tell(state.trail(), &[&failed]));
        assert!(told.iter().any(|line| line.starts_with("10 ") && line.contains("n1 | n2")), "{told:#?}");
        assert!(!told.iter().any(|line| line.contains("HEAL")), "{told:#?}");
        let cut = |at| state.cluster_at(ms(at)).and_then(|cluster| cluster.now(&English)).map(|now| now.cut.len());
        assert_eq!((cut(401), cut(901), cut(0)), (Some(2), Some(0), None));
    }

    #[test]
    fn the_state_of_a_node_outlives_the_test() {
        let mut state = RunState::default();
        let node = |what| Event::Node { node: "n1".into(), what };
        state.event(&Stamped { at: ms(1), event: node(NodeEventKind::Stopping) });
        assert_eq!(lines(&tell(state.trail(), &[])), ["1 STOP n1 still running"]);
        let stopped = NodeEventKind::Stopped { status: crate::facts::ExitStatus::Code(0), signalled: Vec::new() };
        state.event(&Stamped { at: ms(9), event: node(stopped) });
        assert_eq!(lines(&tell(state.trail(), &[])), ["9 STOP n1 exit status 0"]);
        let (stage, test, verdict) = ("s".to_owned(), "t".to_owned(), Verdict::Passed);
        state.event(&Stamped { at: ms(10), event: Event::TestEnded { stage, test, verdict, took: ms(10) } });
        state.event(&Stamped { at: ms(11), event: Event::StepStarted { text: String::new() } });
        assert_eq!(state.cluster().node_now("n1"), Some(&crate::report::cluster_state::NodeNow::Down));
        assert!(tell(state.trail(), &[]).rows.is_empty());
    }
}
