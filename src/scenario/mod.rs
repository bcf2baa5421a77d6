//! The scenario language: what a stage's `tests.yaml` says, read once into these types.
//!
//! It is data and can do only what it names: no shell, no file outside the test's own folder, no address other than the
//! nodes'. [`verbs`] has the table of every verb; [`decode`] reads a file by it and reports all mistakes at once.

pub mod about;
pub mod answer;
pub mod argument;
pub mod case;
pub mod decode;
pub mod docs;
pub mod draw;
pub mod expr;
pub mod hex;
pub mod hint;
pub mod limits;
pub mod load;
pub mod matcher;
pub mod memory;
pub mod model;
pub mod nodes;
pub mod readings;
pub mod returned;
pub mod template;
pub mod verbs;

use std::sync::Arc;
use std::time::Duration;

use crate::facts::Spot;
use crate::yaml::{Source, Span};
use hint::Hint;
use matcher::Matcher;
use nodes::Nodes;
use template::{Data, Template};

pub use verbs::Action;

/// The tests of one stage.
#[derive(Debug)]
pub struct Tests {
    pub nodes: Nodes,
    pub defaults: Defaults,
    pub tests: Vec<Test>,
}

#[derive(Debug, Clone, Copy)]
pub struct Defaults {
    /// For one request; with more than one in flight it is at least [`Defaults::BUSY_TIMEOUT`].
    pub timeout: Duration,
    /// For `eventually` and `find`.
    pub within: Duration,
}

impl Defaults {
    pub const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
}

impl Default for Defaults {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), within: Duration::from_secs(3) }
    }
}

#[derive(Debug)]
pub struct Test {
    pub name: String,
    pub name_at: Span,
    /// The slug of the guide's heading that states the promise.
    pub proves: String,
    pub proves_at: Span,
    /// What the test expects depends on when its steps are done.
    pub timed: bool,
    /// Its nodes begin with empty folders.
    pub fresh: bool,
    pub hints: Vec<Hint>,
    pub steps: Vec<Step>,
}

impl Test {
    /// Whether it is a random walk, which is then its first step.
    pub fn is_walk(&self) -> bool {
        self.steps.first().is_some_and(|step| matches!(step.action, Action::Explore(_)))
    }
}

#[derive(Debug)]
pub struct Step {
    pub place: Place,
    /// Given one at a time on request, the mildest first.
    pub hints: Vec<Hint>,
    pub action: Action,
}

/// Where a step is in its file.
#[derive(Debug, Clone)]
pub struct Place {
    pub source: Arc<Source>,
    pub at: Span,
    /// `steps[2].eventually.steps[0]`
    pub path: String,
}

/// Which nodes a step means; resolved when the step runs.
#[derive(Debug, Clone)]
pub enum Selector {
    /// A node, a role, `all`, `majority`, `minority` or `random`; an expression may also give a list.
    Named(Template),
    List(Vec<Template>),
    Except(Box<Selector>),
    Random(Data),
}

/// What an answer must be. Unless it mentions `error`, there must be an answer.
#[derive(Debug, Clone)]
pub struct Expect<T> {
    pub status: Option<Matcher<T>>,
    pub headers: Vec<(String, Matcher<T>)>,
    pub body: Option<Matcher<T>>,
    pub json: Option<Matcher<T>>,
    pub error: Option<Matcher<T>>,
}

impl<T> Default for Expect<T> {
    fn default() -> Self {
        Self { status: None, headers: Vec::new(), body: None, json: None, error: None }
    }
}

/// What is sent, and what must come back.
#[derive(Debug, Clone)]
pub struct Talk {
    pub send: Option<Sent>,
    pub receive: Vec<Received>,
}

impl Talk {
    /// The names that the expectation at a place needs: of the line with this number, of bytes, or of the YAML in them.
    pub fn names_at(&self, place: &Spot) -> Vec<String> {
        match place {
            Spot::Line(number) => match self.receive.get(number.unwrap_or(1).saturating_sub(1)) {
                Some(Received::Line(matcher)) => matcher.names(),
                _ => Vec::new(),
            },
            Spot::Inside(path) | Spot::Body(path) => {
                let bytes = self.receive.iter().filter_map(|received| match received {
                    Received::Bytes { text, yaml, .. } => Some((text.as_ref(), yaml.as_ref())),
                    Received::Line(_) => None,
                });
                let matched = bytes.filter_map(|(text, yaml)| match path.strip_prefix("yaml") {
                    Some(below) => yaml.map(|matcher| matcher.names_at(below)),
                    None => text.map(Matcher::names),
                });
                matched.flatten().collect()
            }
            _ => Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub enum Sent {
    /// A line or a list of them, all written at once.
    Lines(Data),
    /// The bytes as they are, or as hexadecimal digits, in this many pieces with a pause between them.
    Bytes { bytes: Data, hex: bool, pieces: Data, pause: Duration },
}

#[derive(Debug, Clone)]
pub enum Received {
    Line(Matcher<Data>),
    /// This many bytes, whatever they are.
    Bytes {
        count: Data,
        text: Option<Matcher<Data>>,
        hex: Option<Box<Matcher<Data>>>,
        yaml: Option<Matcher<Data>>,
    },
}
