//! What lsfr did, as lines between those that nodes print: for `lsfr logs`, and for the app's log view.
//!
//! Facts that belong together share a line: a start and that the node is ready, a test and its verdict, what was done to
//! several nodes at once, a request that is repeated until something holds. So a line may still change after it was
//! made: [`OwnLines::take`] says what an event does to the lines. Nothing here holds a run: only what is still open, and
//! which requests the running test has made.

use std::collections::HashMap;
use std::mem;
use std::time::Duration;

use super::fact::{without_query, writes};
use super::own_deeds::Deeds;
use super::own_requests::{Requests, outcome_words, speech_line};
use super::own_wrong::wrong_lines;
use super::phrases::{links_words, load_words};
use super::times::{clock, time};
use crate::facts::{Cause, Event, Load, LoadEvent, NodeAddress, NodeEventKind, Operation, Stamped, Verdict};
use crate::text::clean;

/// A line of lsfr's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLine {
    /// Since the run's start.
    pub at: Duration,
    /// The nodes that it is about; none if it is about no node in particular.
    pub nodes: Vec<String>,
    pub kind: Kind,
    /// Cleaned.
    pub text: String,
    /// This is what failed.
    pub wrong: bool,
    /// Of a request with its answer, as far as it is known: what was asked for.
    pub asked: Option<Asked>,
}

/// What a client asked for, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub ask: Ask,
    pub came: Came,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Http {
        method: String,
        path: String,
    },
    /// An operation of a workload: which it is, not what it was done to.
    Operation(mem::Discriminant<history::Action>),
}

impl Ask {
    /// What a request reads or writes: its path without the query.
    pub fn item(&self) -> Option<&str> {
        match self {
            Ask::Http { path, .. } => Some(without_query(path)),
            Ask::Operation(_) => None,
        }
    }

    /// It is a request that may change something.
    pub fn is_write(&self) -> bool {
        matches!(self, Ask::Http { method, .. } if writes(method))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Came {
    Answer(u16),
    Nothing(Cause),
    Operation(history::Outcome),
}

impl OwnLine {
    /// Messages before it are not told together with those after it: something was done, a node became something else,
    /// an answer is wrong.
    pub fn parts_messages(&self) -> bool {
        self.wrong || !self.kind.is_of_clients()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A build or a test begins, or has failed.
    Chapter,
    /// Something was done to nodes or links, or a node ended.
    Deed,
    /// A request with its answer.
    Request,
    /// Said by lsfr on a connection.
    Sent,
    /// Said by a node on a connection.
    Received,
    Remark,
}

impl Kind {
    /// It is what clients and nodes said to each other.
    pub fn is_of_clients(self) -> bool {
        matches!(self, Kind::Request | Kind::Sent | Kind::Received)
    }
}

/// What an event does to the lines. Lines are counted from 0 in the order in which they are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    New(OwnLine),
    /// More is known of a line.
    Completed {
        line: usize,
        nodes: Vec<String>,
        text: String,
        wrong: bool,
    },
    /// The same again, at this time.
    Repeated {
        line: usize,
        at: Duration,
    },
    /// One of the repeats has a line of its own now.
    Taken {
        line: usize,
    },
    Wrong {
        line: usize,
    },
}

/// Turns the events of a run into lines, in the order in which they are reported.
#[derive(Debug, Default)]
pub struct OwnLines {
    made: usize,
    deeds: Deeds,
    requests: Requests,
    /// The running build or test: its line, and the text of that.
    chapter: Option<(usize, String)>,
    /// Tests that were not run: the line that counts them, and why.
    not_run: Option<(usize, String)>,
}

impl OwnLines {
    pub fn take(&mut self, stamped: &Stamped) -> Vec<Change> {
        let changes = self.changes(stamped);
        self.made += changes.iter().filter(|change| matches!(change, Change::New(_))).count();
        changes
    }

    fn changes(&mut self, stamped: &Stamped) -> Vec<Change> {
        let (at, next) = (stamped.at, self.made);
        if !matches!(stamped.event, Event::Operation(_) | Event::Says { .. } | Event::Load(_)) {
            self.requests.no_more_repeats();
        }
        let remark = |node: Option<&String>, text: String| vec![Change::New(line(at, node, Kind::Remark, text))];
        match &stamped.event {
            Event::BuildStarted { command } => self.begin(at, format!("BUILD {}", clean(command))),
            Event::BuildEnded { status, passed, took, .. } => {
                let status = clean(status);
                let failed = (!passed).then(|| format!("BUILD failed: {status}"));
                self.end(at, &format!("{status} after {}", time(*took)), failed)
            }
            Event::TestStarted { test, .. } => {
                self.requests.forget();
                self.begin(at, format!("TEST {}", clean(test)))
            }
            Event::TestAgain { reason, .. } => {
                self.requests.forget();
                remark(None, format!("TEST not judged, and tried again: {reason}"))
            }
            Event::TestEnded { test, verdict, took, .. } => self.test_ended(at, test, verdict, *took),
            Event::Node { node, what } => self.deeds.node(at, node, what, next),
            Event::Operation(operation) => self.requests.operation(operation, next),
            Event::Spoken(spoken) => {
                self.requests.spoken(spoken, next);
                vec![Change::New(speech_line(spoken))]
            }
            Event::Links(links) => {
                if self.deeds.is_of_fault(at, None) {
                    return Vec::new();
                }
                let (verb, text) = links_words(links);
                vec![Change::New(line(at, None, Kind::Deed, format!("{verb} {text}")))]
            }
            Event::Says { node, text, .. } => remark(Some(node), format!("SAYS {text}")),
            Event::Silent { node, since } => {
                remark(Some(node), format!("SILENT runs, but has answered nothing since {}", clock(*since)))
            }
            Event::AnswersAgain { node } => remark(Some(node), "ANSWERS again".to_owned()),
            Event::UnderWay { what, ended } => {
                remark(None, format!("{} {what}", if *ended { "ENDS" } else { "BEGINS" }))
            }
            Event::Load(load) => self.load(at, load),
            Event::Note { text } => remark(None, text.clone()),
            Event::LeftUp(left) => left.nodes.iter().map(|up| left_up(at, up)).collect(),
            Event::RunStarted(_)
            | Event::StageStarted { .. }
            | Event::NotStarted(_)
            | Event::StepStarted { .. }
            | Event::Copies { .. }
            | Event::Walking(_)
            | Event::AnotherCluster
            | Event::StageEnded { .. }
            | Event::RunEnded { .. } => Vec::new(),
        }
    }

    fn begin(&mut self, at: Duration, text: String) -> Vec<Change> {
        self.not_run = None;
        self.chapter = Some((self.made, text.clone()));
        vec![Change::New(line(at, None, Kind::Chapter, text))]
    }

    /// How it ended completes the line of its beginning. What failed gets a line where it ended, too.
    fn end(&mut self, at: Duration, how: &str, failed: Option<String>) -> Vec<Change> {
        let wrong = failed.is_some();
        let begun = self.chapter.take().map(|(line, text)| Change::Completed {
            line,
            nodes: Vec::new(),
            text: format!("{text}  {how}"),
            wrong,
        });
        let ended = failed.map(|text| Change::New(OwnLine { wrong: true, ..line(at, None, Kind::Chapter, text) }));
        begun.into_iter().chain(ended).collect()
    }

    fn test_ended(&mut self, at: Duration, test: &str, verdict: &Verdict, took: Duration) -> Vec<Change> {
        let how = |words: &str| format!("{words} after {}", time(took));
        match verdict {
            Verdict::Passed => self.end(at, &how("passed"), None),
            Verdict::Failed(failure) => {
                let mut changes = wrong_lines(&failure.what, at, &self.requests);
                changes.extend(self.end(at, &how("failed"), Some(format!("FAILED {}", clean(test)))));
                changes
            }
            Verdict::NotJudged { reason, failure } => {
                let mut changes = wrong_lines(&failure.what, at, &self.requests);
                changes.extend(self.end(at, &how("not judged"), Some(format!("NOT JUDGED {}", clean(reason)))));
                changes
            }
            Verdict::NotRun { reason } => {
                if let Some((line, of)) = &self.not_run
                    && of == reason
                {
                    return vec![Change::Repeated { line: *line, at }];
                }
                self.not_run = Some((self.made, reason.clone()));
                vec![Change::New(line(at, None, Kind::Remark, format!("TEST not run: {reason}")))]
            }
        }
    }

    fn load(&mut self, at: Duration, load: &Load) -> Vec<Change> {
        let Some((verb, text)) = load_words(load) else { return Vec::new() };
        let text = format!("{verb} {text}");
        if let LoadEvent::Fault { nodes, .. } = &load.what {
            self.deeds.fault(at, nodes);
            return vec![Change::New(OwnLine { nodes: nodes.clone(), ..line(at, None, Kind::Deed, text) })];
        }
        vec![Change::New(line(at, None, Kind::Remark, text))]
    }
}

fn left_up(at: Duration, NodeAddress { node, address }: &NodeAddress) -> Change {
    Change::New(line(at, Some(node), Kind::Remark, format!("LEFT UP for a look by hand: {address}")))
}

pub(super) fn line(at: Duration, node: Option<&String>, kind: Kind, text: String) -> OwnLine {
    OwnLine {
        at,
        nodes: node.cloned().into_iter().collect(),
        kind,
        text: clean(text.trim_end()),
        wrong: false,
        asked: None,
    }
}

/// The text of a line that was made of one event alone: a request, or something said on a connection.
pub fn words(event: &Event) -> Option<String> {
    match event {
        Event::Operation(operation) => Some(request_words(operation)),
        Event::Spoken(spoken) => Some(speech_line(spoken).text),
        _ => None,
    }
}

/// `PUT /kv/a  200`
pub(super) fn request_words(operation: &Operation) -> String {
    format!("{} {}  {}", clean(&operation.method), clean(&operation.path), outcome_words(operation))
}

/// All lines of a run but its requests and conversations, of which it may have thousands; in order of time.
pub fn without_requests(events: impl Iterator<Item = Stamped>) -> Vec<OwnLine> {
    all(events).into_iter().filter(|line| !line.kind.is_of_clients()).collect()
}

/// All lines of a run, in order of time.
pub fn all(events: impl Iterator<Item = Stamped>) -> Vec<OwnLine> {
    let mut open = OwnLines::default();
    let mut lines: Vec<OwnLine> = Vec::new();
    let mut repeats: HashMap<usize, usize> = HashMap::new();
    for stamped in events {
        for change in open.take(&stamped) {
            match change {
                Change::New(line) => lines.push(line),
                Change::Completed { line, nodes, text, wrong } => {
                    if let Some(known) = lines.get_mut(line) {
                        *known = OwnLine { nodes, text, wrong, ..known.clone() };
                    }
                }
                Change::Repeated { line, .. } => *repeats.entry(line).or_insert(1) += 1,
                Change::Taken { line } => {
                    repeats.entry(line).and_modify(|times| *times = times.saturating_sub(1));
                }
                Change::Wrong { line } => {
                    if let Some(known) = lines.get_mut(line) {
                        known.wrong = true;
                    }
                }
            }
        }
    }
    for (number, times) in repeats.into_iter().filter(|(_, times)| *times > 1) {
        if let Some(line) = lines.get_mut(number) {
            line.text.push_str(&format!("  ×{times}"));
        }
    }
    // Events about nodes are recorded a moment after they happen.
    lines.sort_by_key(|line| line.at);
    lines
}

/// That a node was started, stopped and so on, where the line of that is still open.
pub(super) fn is_end(what: &NodeEventKind) -> bool {
    matches!(what, NodeEventKind::Ready { .. } | NodeEventKind::StartFailed { .. } | NodeEventKind::Stopped { .. })
}

#[cfg(test)]
#[path = "own_lines_tests.rs"]
mod tests;
