//! What a run tells: one stream of typed events that every reporter consumes.
//!
//! The app, plain text, JSON lines, JUnit and the run folder all see the same stream, in the same order, and
//! `events.jsonl` is that stream written down. Times count from the start of the run.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use crate::cluster::{Expired, NodeEventKind, Output};
use crate::history::Explanation;
use crate::scenario::matcher::Mismatch;
use crate::seconds;
use crate::text::beginning;
pub use crate::workload::Latency;

/// An event and when it happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stamped {
    #[serde(with = "seconds")]
    pub at: Duration,
    #[serde(flatten)]
    pub event: Event,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    RunStarted(RunStarted),
    BuildStarted {
        command: String,
    },
    BuildEnded {
        status: String,
        passed: bool,
        #[serde(with = "seconds")]
        took: Duration,
        /// The last lines it printed, cleaned.
        tail: Vec<String>,
    },
    StageStarted {
        stage: String,
        title: String,
        tests: Vec<String>,
    },
    NotStarted(NotStarted),
    TestStarted {
        stage: String,
        test: String,
    },
    /// A step begins; `text` is what it does, for people.
    StepStarted {
        text: String,
    },
    Node {
        node: String,
        #[serde(flatten)]
        what: NodeEventKind,
    },
    Operation(Operation),
    Spoken(Spoken),
    /// The links between nodes were changed.
    Links(Links),
    /// What a node says of itself has changed: `leader, term 3`.
    Says {
        node: String,
        text: String,
    },
    /// A node that runs does not answer any more when it is asked what it is, since then.
    Silent {
        node: String,
        #[serde(with = "seconds")]
        since: Duration,
    },
    /// A node that was silent answers again.
    AnswersAgain {
        node: String,
    },
    /// A workload: what its clients and faults do, told in sums. Its operations are in its history alone.
    Load(Load),
    /// Something lsfr did or chose on its own: a random choice, a fresh cluster, a restart between tests.
    Note {
        text: String,
    },
    /// A test cannot be judged, and is tried once more when the machine is quieter: it starts anew after this.
    TestAgain {
        stage: String,
        test: String,
        reason: String,
    },
    TestEnded {
        stage: String,
        test: String,
        verdict: Verdict,
        #[serde(with = "seconds")]
        took: Duration,
    },
    StageEnded {
        stage: String,
        verdict: StageVerdict,
        #[serde(with = "seconds")]
        took: Duration,
    },
    RunEnded {
        outcome: Outcome,
        #[serde(with = "seconds")]
        took: Duration,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunStarted {
    pub version: String,
    pub challenge: String,
    pub stages: Vec<String>,
    pub seed: u64,
    /// The run's folder, relative to the challenge directory.
    pub folder: String,
    /// Local time, `2026-11-23T12:03:01+01:00`.
    pub time: String,
}

/// The program could not be built or started: no test of a stage, or of all that come after it, could be tried. No
/// test failed of it, and those are told as not run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotStarted {
    /// The stage that was to be tested.
    pub stage: String,
    pub why: Blocked,
    /// Why this is not judged: a slow machine may have caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<String>,
}

/// What a program did not get past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Blocked {
    Build {
        command: String,
        status: String,
        said: Output,
    },
    /// `sentence` says all that is known; `command` is `./run.sh` with its arguments.
    Start {
        node: String,
        sentence: String,
        command: Vec<String>,
        said: Output,
    },
}

/// A change to the links between nodes, and how they are since.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Links {
    /// What was done, for people: `partition n1, n2 | n3, n4, n5`.
    pub text: String,
    /// The ways that are cut now: from whom, to whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slow: Vec<SlowLink>,
}

/// A way that is slow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlowLink {
    pub from: String,
    pub to: String,
    /// `50ms ± 40ms, 10% lost`
    pub how: String,
}

/// Something about a workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// The workload's.
    pub name: String,
    #[serde(flatten)]
    pub what: LoadEvent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LoadEvent {
    /// Its clients are at work; `text` is how many, and at what.
    Began { text: String },
    /// Operations so far: done, certainly not done, and open; and faults that have ended.
    Progress { ok: u64, no: u64, unknown: u64, faults: u32 },
    /// A fault begins, as it was drawn. What it does to nodes and links is told as such.
    Fault {
        number: u32,
        /// `pause n2`
        text: String,
        /// Those it touches: the smaller side of a partition.
        nodes: Vec<String>,
        #[serde(with = "seconds")]
        lasts: Duration,
        /// The role whose holder it was aimed at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aimed_at: Option<String>,
    },
    /// All is healed; a write must succeed now, and every key be read.
    Settling {
        #[serde(with = "seconds")]
        within: Duration,
    },
    /// It is over. `history`: the file, relative to the challenge directory.
    Ended { ok: u64, no: u64, unknown: u64, faults: u32, latency: Latency, history: String },
    /// Its history was judged: `ok`, `violation` or `unknown`.
    Judged {
        with: String,
        verdict: String,
        text: String,
        #[serde(with = "seconds")]
        took: Duration,
    },
}

/// One request to a node, with whatever came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Operation {
    pub node: String,
    /// `127.0.0.1:24011`.
    pub address: String,
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Excerpt>,
    /// The redirects that led here, in their order; each was told as a request of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<Hop>,
    /// When the request began, and how long until the last byte of the answer or the error.
    #[serde(with = "seconds")]
    pub called: Duration,
    #[serde(with = "seconds")]
    pub took: Duration,
    pub result: Answered,
}

/// A redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// The node that redirected, and where it was asked.
    pub node: String,
    pub address: String,
    pub path: String,
    pub status: u16,
    /// As it was sent.
    pub location: String,
    /// The node that it leads to.
    pub to: String,
    #[serde(with = "seconds")]
    pub called: Duration,
}

impl Operation {
    /// The node that was asked first.
    pub fn asked(&self) -> &str {
        self.hops.first().map_or(&self.node, |hop| &hop.node)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    Answer(Answer),
    NoAnswer {
        cause: Cause,
        detail: String,
        /// What had come of it, where its head came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
        /// It timed out, and the program did not have that time: see [`Expired::Starved`].
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
}

/// A part of an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Bytes that its Content-Length names; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<u64>,
    /// Bytes that came.
    pub came: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    pub body: Excerpt,
    /// It is not what was expected, but what a cluster may answer that has not settled on a leader.
    #[serde(default, skip_serializing_if = "not")]
    pub unsettled: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn not(fact: &bool) -> bool {
    !fact
}

/// A body, shortened for the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Its beginning, at most [`Excerpt::MOST`] bytes; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// The whole body's length in bytes.
    pub bytes: usize,
    /// Where the whole body was kept, relative to the challenge directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl Excerpt {
    pub const MOST: usize = 2048;

    pub fn of(body: &[u8]) -> Self {
        Self { text: beginning(body, Self::MOST), bytes: body.len(), file: None }
    }

    pub fn is_whole(&self) -> bool {
        self.bytes <= Self::MOST
    }
}

/// Something said, heard or done on a connection of a `tcp` step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    pub connection: String,
    pub node: String,
    /// Since the run began: when it was written, or the last of it was read.
    #[serde(with = "seconds")]
    pub when: Duration,
    #[serde(flatten)]
    pub what: Speech,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "speech", rename_all = "snake_case")]
pub enum Speech {
    /// By lsfr.
    Sent {
        text: Excerpt,
    },
    /// By the node: a line with its end, or the bytes that were asked for.
    Received {
        text: Excerpt,
    },
    Opened,
    /// By the node, or in a way that tells of an error.
    Ended {
        cause: Cause,
    },
    /// By lsfr: `all`, `write`, `reset`.
    Closed {
        how: String,
    },
    /// Nothing came for so long.
    Silence {
        #[serde(with = "seconds")]
        time: Duration,
    },
}

/// A conversation that went wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conversation {
    pub connection: String,
    pub node: String,
    /// `127.0.0.1:24011`.
    pub address: String,
    /// Everything that lsfr has sent on this connection, to be sent again by hand.
    pub sent: Excerpt,
    /// When it was found.
    #[serde(with = "seconds")]
    pub when: Duration,
    /// What came differs.
    pub mismatches: Vec<Mismatch>,
    /// What happened, where a difference does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Why nothing more came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// A time was missed.
    pub late: bool,
    /// It was, and the program never had it: see [`Expired::Starved`].
    #[serde(default, skip_serializing_if = "not")]
    pub starved: bool,
    /// See [`Answer::unsettled`].
    #[serde(default, skip_serializing_if = "not")]
    pub unsettled: bool,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing listens on the port.
    Refused,
    /// The connection was reset.
    Reset,
    /// The connection was closed before the first byte of an answer.
    Closed,
    /// The connection was closed in the middle of an answer.
    HalfAnswer,
    /// No answer, or no end of it, in time.
    TimedOut,
    /// What came is not HTTP.
    Garbage,
    /// The answer is larger than lsfr reads.
    TooLarge,
    /// More redirects than are followed.
    TooManyRedirects,
    /// A redirect to an address that is no node's.
    ForeignRedirect,
    /// The request could not be made: the machine has no ports or files left.
    Local,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Passed,
    Failed(Box<Failure>),
    /// It could not be run: why, in a few words. What was in the way is told in an event of its own.
    NotRun {
        reason: String,
    },
    /// It failed while the machine was too busy to judge it.
    NotJudged {
        reason: String,
        failure: Box<Failure>,
    },
}

impl Verdict {
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed(_) => "failed",
            Verdict::NotRun { .. } => "not_run",
            Verdict::NotJudged { .. } => "not_judged",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageVerdict {
    Passed,
    Failed,
    NotJudged,
    /// Only some of its tests were asked for, and they passed.
    Partial,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    Failed,
    NotJudged,
    Interrupted,
    /// A test asks for what none may: the pack's author has to change it.
    BrokenPack {
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
    },
    /// The run could not go on; nothing after that was judged.
    Fault {
        #[serde(default)]
        cause: FaultCause,
        message: String,
    },
}

/// Whose fault it is that a run could not go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCause {
    /// lsfr's own.
    #[default]
    Own,
    /// The disk is full.
    Disk,
}

/// A mistake of a pack in words, with the line that it stands in.
pub fn pack_mistake(message: &str, place: Option<&Place>) -> String {
    match place {
        Some(place) if place.text.is_empty() => format!("{message}\n  in {}:{}", place.file, place.line),
        Some(place) => format!("{message}\n  in {}:{}: {}", place.file, place.line, place.text),
        None => message.to_owned(),
    }
}

/// A broken promise: everything a failure card needs that the stream before it does not hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    /// The requirement's heading in the guide, and its slug.
    pub requirement: String,
    pub proves: String,
    /// The step that failed, where there is one.
    pub step: Option<Place>,
    pub what: What,
    /// Hints of the step and of what is around it that fit this kind of failure: those for it by name first, and of these
    /// and of the others the closest first.
    pub hints: Vec<String>,
    /// How each node that the test used was started: `./run.sh --port=…`.
    pub commands: BTreeMap<String, Vec<String>>,
}

/// A step's place in its pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: usize,
    /// `steps[2].eventually.steps[0]`
    pub path: String,
    /// What the step does, in words.
    pub text: String,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A wrong answer, or none: `mismatches` is empty when there was none.
    Answer { operation: Box<Operation>, mismatches: Vec<Mismatch> },
    /// What came on a connection is not what was expected, or did not come.
    Conversation(Box<Conversation>),
    /// Not as many nodes as needed gave a fitting answer.
    Answers {
        need: String,
        fitted: Vec<String>,
        others: Vec<(Operation, Vec<Mismatch>)>,
        /// More fitted than may.
        #[serde(default, skip_serializing_if = "not")]
        too_many: bool,
    },
    /// A deadline passed; `last` is the last attempt's failure.
    NotInTime {
        #[serde(with = "seconds")]
        within: Duration,
        attempts: u32,
        last: Box<What>,
        seen: Vec<Seen>,
        /// The program did not have that time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// Something that had to hold for a time did not.
    DidNotHold {
        #[serde(with = "seconds")]
        held: Duration,
        #[serde(with = "seconds")]
        wanted: Duration,
        last: Box<What>,
    },
    /// Some of many copies failed; the first one's failure.
    Copies { failed: usize, of: usize, copy: String, first: Box<What> },
    /// Too few copies got through for the test to mean anything.
    TooFew {
        passed: usize,
        wanted: usize,
        unanswered: Vec<(String, usize)>,
        /// Some had no answer because the program did not have its time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// A node could not be started or stopped, or ended unasked. `sentence` says all that is known.
    /// `late`: a deadline passed; `starved`: and the program did not have that time.
    Node {
        node: String,
        sentence: String,
        said: Vec<String>,
        late: bool,
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// No node took the role in time.
    NoRole {
        role: String,
        #[serde(with = "seconds")]
        within: Duration,
        seen: Vec<Seen>,
        /// The program did not have that time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// A program run by `exec` or `run` did something else.
    Command { ran: Ran, mismatches: Vec<Mismatch> },
    /// Some of the programs of a table of cases went wrong: the first of them, and the others by name and what was wrong.
    Cases { of: usize, first: Box<Case>, others: Vec<(String, String)>, not_tried: usize },
    /// Something that must hold at all times did not: `sentence`, and the answers that prove it.
    Breach { sentence: String, proof: Vec<Operation> },
    /// Some of the rounds failed, more than may; the last one's failure.
    Rounds { failed: usize, of: usize, allowed: usize, last: Box<What> },
    /// What clients saw cannot have happened, in any order of their operations.
    Violation(Box<Violation>),
    /// A history that nothing can be said of, and why.
    Undecided {
        sentence: String,
        latency: Latency,
        history: String,
        /// The program did not have its time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// A value differs from what was expected of it.
    Value { sentence: String },
}

/// A history that breaks a promise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Violation {
    /// `linearizable`
    pub with: String,
    pub explanation: Explanation,
    /// The request whose answer cannot be, to be repeated by hand.
    pub request: Option<Operation>,
    /// How many operations the history has.
    pub operations: usize,
    /// Files, relative to the challenge directory.
    pub history: String,
    pub timeline: Option<String>,
}

/// A program that `exec`, `run` or `cases` ran to its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// What was run, and its arguments, as they can be given again in the challenge directory.
    pub command: Vec<String>,
    /// The file that it could read, where it was given anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// What happened, where that is no mismatch: it could not be started, did not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The last lines of what it said on standard error, cleaned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// A deadline passed.
    pub late: bool,
    /// It did, and the program did not have that time.
    #[serde(default, skip_serializing_if = "not")]
    pub starved: bool,
}

/// A case that went wrong: a small program that was to be compiled, or refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    /// Why it is among the cases.
    pub about: String,
    /// The file to look at, as it can be opened in the challenge directory.
    pub file: String,
    /// The line that is wrong in it, of a program that must be refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// It is wrong, and the compiler has to say so.
    #[serde(default)]
    pub refused: bool,
    /// Lines of the file, with their numbers; their beginning, if they are many.
    pub lines: Vec<(usize, String)>,
    /// How many more lines there are.
    #[serde(default)]
    pub more: usize,
    /// The compilation that came before, if that went well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiled: Option<Ran>,
    /// What went wrong.
    pub ran: Ran,
    pub mismatches: Vec<Mismatch>,
}

/// A stretch of time in which the answer stayed the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Since the wait began.
    #[serde(with = "seconds")]
    pub at: Duration,
    pub what: String,
    pub times: u32,
}
