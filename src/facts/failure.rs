//! A broken promise: what went wrong, where, and what is known of it.

use std::collections::BTreeMap;
use std::time::Duration;

use history::Explanation;
use serde::{Deserialize, Serialize};

use super::asked::{Need, Refused, Unanswered};
use super::conversation::Conversation;
use super::copies::Spread;
use super::mismatch::Mismatch;
use super::not;
use super::operation::Operation;
use super::source::Source;
use super::traffic::Traffic;
use super::walk::{ShortWalk, Walk};
use super::workload::Latency;
use crate::seconds;

/// A broken promise: everything a failure card needs beyond what the stream before it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    /// The requirement's heading in the guide, and its slug.
    pub requirement: String,
    pub proves: String,
    /// The step that failed, where there is one.
    pub step: Option<Place>,
    pub what: What,
    /// Hints of the step and of what encloses it that fit this kind of failure. Those that name the kind come first,
    /// then the others; within each group, the closest first.
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

/// What went wrong: a chain of what waited for it, counted it or held it to a time, around what was found in the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A deadline passed; `last` is the last attempt's failure.
    NotInTime {
        #[serde(with = "seconds")]
        within: Duration,
        attempts: u32,
        last: Box<What>,
        seen: Vec<Seen>,
        /// The program was not granted that time.
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
    /// Some of many copies failed; this is the first one's failure.
    Copies {
        failed: usize,
        of: usize,
        copy: String,
        first: Box<What>,
        /// Each began when the one before had ended.
        #[serde(default, skip_serializing_if = "not")]
        in_turn: bool,
        /// None where all failed, and in a record of a version that did not note it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spread: Option<Spread>,
        /// Some of the others, each of which went wrong in another way.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<Finding>,
    },
    /// More of the rounds failed than may; this is the last one's failure.
    Rounds { failed: usize, of: usize, allowed: usize, last: Box<What> },
    /// A walk at random came to it; `last` is the failure that ends the steps that are shown.
    Walked { walk: Box<Walk>, last: Box<What> },
    #[serde(untagged)]
    Found(Finding),
}

/// What was found to be wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// A wrong answer, or no answer at all: then `mismatches` is empty.
    Answer { operation: Box<Operation>, mismatches: Vec<Mismatch> },
    /// What came on a connection is not what was expected, or did not come.
    Conversation(Box<Conversation>),
    /// Too few nodes gave a matching answer, or too many did.
    Answers {
        need: Need,
        fitted: Vec<String>,
        others: Vec<(Operation, Vec<Mismatch>)>,
        /// More matched than may.
        #[serde(default, skip_serializing_if = "not")]
        too_many: bool,
    },
    /// Too few copies got through for the test to mean anything.
    TooFew {
        passed: usize,
        wanted: usize,
        unanswered: Vec<(Unanswered, usize)>,
        /// Some had no answer because the program was not granted its time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
        /// Those of the unanswered that a cluster without a leader refused. Not recorded: they matter while it is judged.
        #[serde(skip)]
        refused: Vec<Refused>,
    },
    /// A node could not be started or stopped, or ended unasked. `sentence` says all that is known. `late`: a deadline
    /// passed; `starved`: it did, and the program was not granted that time.
    Node {
        node: String,
        sentence: String,
        said: Vec<String>,
        late: bool,
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// The folder of a node takes more on the disk than it may, or less.
    DiskUsage {
        node: String,
        bytes: u64,
        /// Its largest files, and how many there are beside them.
        largest: Vec<UsedFile>,
        others: usize,
        mismatches: Vec<Mismatch>,
    },
    /// No node took the role in time.
    NoRole {
        role: String,
        #[serde(with = "seconds")]
        within: Duration,
        seen: Vec<Seen>,
        /// The program was not granted that time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// Nodes sent each other more than they may, or less; or messages had to be counted, and it cannot be told where one
    /// ends.
    Traffic(Box<Traffic>),
    /// A program run by `exec` or `run` did something else.
    Command { ran: Ran, mismatches: Vec<Mismatch> },
    /// Some of the programs of a table of cases went wrong: the first of them, and for each of the others its name and
    /// what was wrong.
    Cases { of: usize, first: Box<Case>, others: Vec<(String, String)>, not_tried: usize },
    /// Something that must hold at all times did not: `sentence`, and the answers that prove it.
    Breach { sentence: String, proof: Vec<Operation> },
    /// What clients saw cannot have happened, in any order of their operations.
    Violation(Box<Violation>),
    /// A history that nothing can be said about, and why.
    Undecided {
        sentence: String,
        latency: Latency,
        history: String,
        /// The program was not granted its time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
    /// A walk at random that ended too early to say anything. Nothing in it was wrong.
    ShortWalk(ShortWalk),
    /// A value differs from what was expected of it.
    Value { sentence: String },
    /// The same of a value that was made of earlier answers, the oldest first.
    Compared { sentence: String, sources: Vec<Source> },
}

/// A file in a node's folder, and what it takes on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedFile {
    /// Relative to the folder.
    pub path: String,
    pub bytes: u64,
}

/// A history that breaks a promise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Violation {
    /// `linearizable`
    pub with: String,
    pub explanation: Explanation,
    /// For each of its operations the nodes that were asked, in order, where one alone did not do it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Vec<Asked>>,
    /// The guide's paragraph that it breaks by itself, whatever else the test proves: what was refused has happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaks: Option<String>,
    /// The request whose answer is impossible, so that it can be repeated by hand.
    pub request: Option<Operation>,
    /// Names of headers that were sent with it, and whose values the history does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost_headers: Vec<String>,
    /// How many operations the history has.
    pub operations: usize,
    /// Files, relative to the challenge directory.
    pub history: String,
    pub timeline: Option<String>,
}

/// A node that was asked in an operation of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub node: String,
    /// When, since the run began.
    #[serde(with = "seconds")]
    pub at: Duration,
    /// A status, or what came instead.
    pub answer: String,
}

/// A program that `exec`, `run` or `cases` ran to its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// When it was started, since the run began; none in a record of a version that did not note it.
    #[serde(default, with = "seconds::optional", skip_serializing_if = "Option::is_none")]
    pub began: Option<Duration>,
    /// What was run, and its arguments, in a form that works in the challenge directory.
    pub command: Vec<String>,
    /// The file that it was given to read, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// What happened, where that is not a mismatch: it could not be started, or did not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The last lines of what it said on standard error, cleaned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// A deadline passed.
    pub late: bool,
    /// It did, and the program was not granted that time.
    #[serde(default, skip_serializing_if = "not")]
    pub starved: bool,
}

/// A case that went wrong: a small program that should have been compiled, or refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    /// Why it is among the cases.
    pub about: String,
    /// The file to look at, as it can be opened in the challenge directory.
    pub file: String,
    /// For a program that must be refused, the line that is wrong in it; else the line that found a wrong value, if the
    /// program said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// It is invalid, and the compiler has to say so.
    #[serde(default)]
    pub refused: bool,
    /// Lines of the file, with their numbers; only the first ones, if there are many.
    pub lines: Vec<(usize, String)>,
    /// How many more lines there are.
    #[serde(default)]
    pub more: usize,
    /// What its exit status is computed from, where the text of the program says so in one place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The compilation that came before, if it succeeded.
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
