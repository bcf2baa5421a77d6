//! The table of verbs: every key the language has, what it takes, what may stand beside it, a line about it, and how it
//! is read.
//!
//! Decoding, "did you mean", the JSON Schema and the reference page all come from here. Each verb, or group of similar
//! verbs, has a file with its row, its type, and the code that reads a step into the type. What the verb does is in the
//! file of the same name among the runner's verbs.

pub mod cases;
pub mod check;
pub mod compare;
pub mod concurrently;
pub mod consistently;
pub mod disk;
pub mod each;
pub mod eventually;
pub mod explore;
pub mod find;
pub mod http;
mod models;
pub mod nemesis;
pub mod network;
pub mod nodes;
mod operations;
pub mod programs;
pub mod repeat;
pub mod set;
pub mod shared;
mod talk;
pub mod tcp;
pub mod traffic;
mod values;
pub mod wait;
pub mod workload;

use std::borrow::Cow;

use super::Step;
use super::decode::{Decoder, Names, Undecoded};

pub use http::NEED;
pub use models::{ASKED, LEFT, MODEL, MODEL_STEPS, SAID};
pub use nodes::{EXCEPT, MAX_NODES, SELECTED};
pub use operations::{OPERATION, OPERATION_STEPS};
use talk::NEVER;
pub use talk::{EXPECT, METHODS, RECEIVED, SENT, TALK};
pub use values::{FUNCTIONS, Function, OPERATORS};

/// What a step does. Code that runs, describes or walks steps matches on all of these without `_`, so that a new verb
/// cannot be forgotten anywhere.
#[derive(Debug)]
pub enum Action {
    Nodes(nodes::Nodes),
    CrashAll,
    DiskUsage(disk::DiskUsage),
    Network(Box<network::Network>),
    Mark(traffic::Mark),
    Traffic(Box<traffic::Traffic>),
    Http(Box<http::Http>),
    Tcp(Box<tcp::Tcp>),
    Command(Box<programs::Command>),
    Cases(Box<cases::Cases>),
    Eventually(eventually::Eventually),
    Consistently(consistently::Consistently),
    Wait(wait::Wait),
    Repeat(repeat::Repeat),
    Each(each::Each),
    Find(find::Find),
    Set(set::Set),
    Compare(compare::Compare),
    Use(shared::Use),
    Concurrently(Box<concurrently::Concurrently>),
    Workload(Box<workload::Workload>),
    Await(workload::Await),
    Explore(Box<explore::Explore>),
    Check(Box<check::Check>),
}

impl Action {
    /// The steps inside it, list by list.
    pub fn inside(&self) -> Vec<&[Step]> {
        match self {
            Action::Eventually(eventually) => vec![&eventually.steps],
            Action::Consistently(consistently) => vec![&consistently.steps],
            Action::Repeat(repeat) => vec![&repeat.steps],
            Action::Each(each) => vec![&each.steps],
            Action::Use(shared) => vec![&shared.steps],
            Action::Concurrently(many) => {
                let beside = many.beside.as_ref().map(|beside| &beside.steps[..]);
                [&many.steps[..]].into_iter().chain(beside).collect()
            }
            Action::Nodes(_)
            | Action::CrashAll
            | Action::DiskUsage(_)
            | Action::Network(_)
            | Action::Mark(_)
            | Action::Traffic(_)
            | Action::Http(_)
            | Action::Tcp(_)
            | Action::Command(_)
            | Action::Cases(_)
            | Action::Wait(_)
            | Action::Find(_)
            | Action::Set(_)
            | Action::Compare(_)
            | Action::Workload(_)
            | Action::Await(_)
            | Action::Explore(_)
            | Action::Check(_) => Vec::new(),
        }
    }
}

/// The table, grouped.
const VERBS: &[&[Verb]] = &[
    nodes::VERBS,
    disk::VERBS,
    network::VERBS,
    traffic::VERBS,
    http::VERBS,
    tcp::VERBS,
    programs::VERBS,
    cases::VERBS,
    eventually::VERBS,
    consistently::VERBS,
    wait::VERBS,
    repeat::VERBS,
    each::VERBS,
    find::VERBS,
    set::VERBS,
    compare::VERBS,
    shared::VERBS,
    concurrently::VERBS,
    workload::VERBS,
    check::VERBS,
    explore::VERBS,
];

/// What a key's value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text, expressions allowed.
    Text,
    /// Text as it is, without expressions.
    Plain,
    /// A name: letters, digits and `_`.
    Name,
    /// `METHOD /path`, expressions allowed in the path.
    Request,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words, at least one of them and none twice.
    Words(&'static [&'static str]),
    /// A whole number, or an expression that gives one.
    Count,
    /// A whole number between these two, both included.
    Range(i64, i64),
    /// The same, or a map of these fields.
    RangeOr(i64, i64, &'static [Field]),
    /// `300ms`, `2s`, `1m`.
    Duration,
    Flag,
    /// Anything: text, numbers, lists, maps, expressions.
    Any,
    /// A list of texts.
    Texts,
    /// A list, or an expression that gives one.
    List,
    /// One hint, or a list of them: a text, or a map of [`HINT_FOR`].
    Hints,
    /// The name of a checker.
    Checker,
    /// One kind of failure, or a list of them.
    FailureKinds,
    /// One pattern for files of the stage's folder, or a list of them.
    Files,
    Selector,
    /// A list of selectors, or an expression that gives a list of lists of names.
    Groups,
    /// A selector, or a map of these fields.
    SelectorOr(&'static [Field]),
    Steps,
    /// The tests of a stage.
    Tests,
    /// A map of names to expressions, written without `$( )`.
    Expressions,
    /// A map of names to values.
    Values,
    /// A map of names to texts.
    TextMap,
    /// A map of these fields.
    Map(&'static [Field]),
    /// A map of these fields, or a list of such maps.
    Many(&'static [Field]),
    /// The word, or a map of these fields.
    WordOr(&'static str, &'static [Field]),
    Need,
    Matcher,
    /// A list of matchers.
    Choices,
    /// The same, or an expression that gives a list of values.
    ChoicesOrList,
    /// A map of names to matchers.
    Matchers,
    /// What is sent on a connection.
    Sent,
    /// What comes on a connection.
    Received,
    /// `{}`
    Empty,
}

/// A key that may stand beside a verb or inside its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    pub doc: &'static str,
}

impl Field {
    /// The line about it, with what each checker decides if it takes the name of one.
    pub fn line(&self) -> Cow<'static, str> {
        match self.shape {
            Shape::Checker => check::checkers().into(),
            _ => self.doc.into(),
        }
    }
}

/// A verb, which makes a step.
#[derive(Debug)]
pub struct Verb {
    pub name: &'static str,
    pub group: &'static str,
    pub takes: Shape,
    pub beside: &'static [Field],
    pub doc: &'static str,
    pub example: &'static str,
    /// Reads a step with this verb. The keys beside it are known to be allowed; mistakes in their values are reported
    /// to the decoder.
    pub(super) decode: fn(&mut Decoder<'_>, &mut Undecoded<'_>, &mut Names) -> Option<Action>,
}

pub(crate) const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

pub(crate) const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

pub const HINT: Field =
    field("hint", Shape::Hints, "Hints for whoever fails here, the mildest first; given one at a time.");

/// A hint for some kinds of failure only.
pub const HINT_FOR: &[Field] = &[
    required("for", Shape::FailureKinds, "The kind of failure that it helps with, or a list of kinds."),
    required("text", Shape::Plain, "The hint, which is given when it is asked for."),
];

const STEPS: Field = required("steps", Shape::Steps, "The steps.");

/// Keys of the file itself.
pub const FILE: &[Field] = &[
    field(
        "cluster",
        Shape::RangeOr(1, MAX_NODES, CLUSTER),
        "How many nodes: n1, n2 and so on; 1 if left out. Or a map that says more of them.",
    ),
    field("defaults", Shape::Map(DEFAULTS), "Times for steps that name none."),
    required("tests", Shape::Tests, "The tests, in order."),
];

pub const CLUSTER: &[Field] = &[
    required("nodes", Shape::Range(1, MAX_NODES), "How many nodes. At most two of more than five start at once."),
    field(
        "members",
        Shape::Texts,
        "The nodes that count at the beginning of a test, as in `[n1, n2, n3]`; all if left out. A test finds them in `members`.",
    ),
    field(
        "groups",
        Shape::Values,
        "Groups of nodes that elect on their own, as in `{ g1: [n1, n2, n3], g2: [n4, n5, n6] }`. A test finds them in `groups`.",
    ),
    field(
        "arguments",
        Shape::Texts,
        "What each node is told beside its port, folder, name and peers: options such as `--members=$(members | join(','))`, in which `node`, `nodes` and `members` are known, and where there are groups `group`, with its own `members`. An option has no `/`.",
    ),
];

pub const DEFAULTS: &[Field] = &[
    field("timeout", Shape::Duration, "For one request; 5s if left out. With more than one in flight at least 10s."),
    field("within", Shape::Duration, "For `eventually` and `find`; 3s if left out."),
];

pub const TEST: &[Field] = &[
    required("name", Shape::Plain, "A claim: \"Acknowledged writes survive kill -9\"."),
    required("proves", Shape::Plain, "The heading of guide.md that promises it, as a slug."),
    field(
        "timed",
        Shape::Flag,
        "Whether what it expects depends on when lsfr does each step, as with delays; then a failure is not judged where lsfr itself was late.",
    ),
    field(
        "fresh",
        Shape::Flag,
        "Whether its nodes begin with empty folders. Otherwise a healthy cluster is used on, with its data.",
    ),
    STEPS,
    HINT,
];

const ALONE: &[Field] = &[HINT];

/// All verbs, grouped.
pub fn verbs() -> impl Iterator<Item = &'static Verb> {
    VERBS.iter().copied().flatten()
}

pub fn verb(name: &str) -> Option<&'static Verb> {
    verbs().find(|verb| verb.name == name)
}
