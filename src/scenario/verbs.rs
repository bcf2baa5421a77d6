//! The table of verbs: every key the language has, what it takes, what may stand beside it, and a line on it.
//!
//! Decoding, "did you mean", the JSON Schema and the reference page all come from here.

mod flow;
mod load;
mod network;
mod nodes;
mod programs;
mod talk;
mod values;

use std::borrow::Cow;

pub use flow::{CONSISTENTLY, EVENTUALLY, ROUNDS, WHILE};
pub use load::{CHECK, MAX_CLIENTS, MIX, NEMESIS, OPERATION, UNTIL, WORKLOAD};
pub use network::{CUT, HEAL, SLOW};
pub use nodes::{EXCEPT, MAX_NODES, SELECTED};
pub use programs::{EXPECT_COMMAND, MOST_MEMORY};
pub use talk::{EXPECT, METHODS, NEED, RECEIVED, RECORD, SENT, TALK, TOOK};
pub use values::{FUNCTIONS, Function, OPERATORS};

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
    /// A whole number from the first to the second.
    Range(i64, i64),
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
    /// The line on it, with what each checker decides where it names one.
    pub fn line(&self) -> Cow<'static, str> {
        match self.shape {
            Shape::Checker => load::checkers().into(),
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
    field("cluster", Shape::Range(1, MAX_NODES), "How many nodes: n1, n2 and so on; 1 if left out."),
    field("defaults", Shape::Map(DEFAULTS), "Times for steps that name none."),
    required("tests", Shape::Tests, "The tests, in order."),
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
    STEPS,
    HINT,
];

const ALONE: &[Field] = &[HINT];

/// All verbs, those of a group together.
pub fn verbs() -> impl Iterator<Item = &'static Verb> {
    let groups = [nodes::VERBS, network::VERBS, talk::VERBS, programs::VERBS, flow::VERBS, load::VERBS];
    groups.into_iter().flatten()
}

pub fn verb(name: &str) -> Option<&'static Verb> {
    verbs().find(|verb| verb.name == name)
}
