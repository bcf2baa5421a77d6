//! The scenario language: what a stage's `tests.yaml` says, read once into these types.
//!
//! It is data and can do only what it names: no shell, no file outside the test's own folder, no address but the
//! nodes'. [`verbs`] has the table of every verb; [`decode`] reads a file by it and reports all mistakes at once.

pub mod answer;
pub mod argument;
pub mod case;
pub mod decode;
pub mod docs;
pub mod draw;
pub mod expr;
pub mod hint;
pub mod limits;
pub mod load;
pub mod matcher;
pub mod memory;
pub mod template;
pub mod verbs;

use std::sync::Arc;
use std::time::Duration;

use crate::yaml::{Source, Span};
use case::Case;
use expr::Expression;
use hint::Hint;
use matcher::Matcher;
use template::{Data, Template};

/// The tests of one stage.
#[derive(Debug)]
pub struct Tests {
    /// How many nodes, called n1, n2 and so on.
    pub nodes: usize,
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
    /// What it expects depends on when its steps are done.
    pub timed: bool,
    pub hints: Vec<Hint>,
    pub steps: Vec<Step>,
}

#[derive(Debug)]
pub struct Step {
    pub place: Place,
    /// One at a time to whoever asks, the mildest first.
    pub hints: Vec<Hint>,
    pub action: Action,
}

/// Where a step stands in its file.
#[derive(Debug, Clone)]
pub struct Place {
    pub source: Arc<Source>,
    pub at: Span,
    /// `steps[2].eventually.steps[0]`
    pub path: String,
}

#[derive(Debug)]
pub enum Action {
    Nodes {
        verb: NodeVerb,
        nodes: Selector,
    },
    CrashAll,
    Network(Box<Network>),
    Http(Box<Http>),
    Tcp(Box<Tcp>),
    Command(Box<Command>),
    Cases(Box<Cases>),
    Eventually {
        within: Option<Duration>,
        steps: Vec<Step>,
    },
    Consistently {
        during: Duration,
        steps: Vec<Step>,
    },
    Wait {
        time: Duration,
        because: String,
    },
    /// With `at_least`, the other rounds may fail.
    Repeat {
        times: Data,
        name: String,
        at_least: Option<Data>,
        steps: Vec<Step>,
    },
    Each {
        items: Data,
        name: String,
        steps: Vec<Step>,
    },
    Find {
        role: String,
        within: Option<Duration>,
        save: Vec<(String, Expression)>,
    },
    Set(Vec<(String, Data)>),
    /// A value that was made of what was saved, and what it must be.
    Compare {
        value: Data,
        is: Matcher<Data>,
    },
    Use {
        name: String,
        steps: Vec<Step>,
    },
    Concurrently(Box<Concurrently>),
    /// Goes on beside the steps after it.
    Workload(Box<load::Workload>),
    /// Waits for the workload of this name.
    Await(String),
    Check(Box<load::Check>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeVerb {
    Start,
    Stop,
    Kill,
    Pause,
    Resume,
    Restart { kill: bool },
}

/// A change to the links between nodes.
#[derive(Debug)]
pub struct Network {
    pub change: LinkChange,
    /// Over the groups and nodes that were chosen.
    pub save: Vec<(String, Expression)>,
}

#[derive(Debug)]
pub enum LinkChange {
    /// Nodes of different groups are cut from each other.
    Partition(Groups),
    /// Each of these is cut from all others.
    Isolate(Selector),
    /// Two groups; these nodes are in the smaller.
    Halves(Selector),
    /// Two groups, and a node that keeps its links to both.
    Bridge(Selector),
    /// Each node keeps its links to its neighbours in a ring drawn from the seed.
    Ring,
    Cut {
        from: Selector,
        to: Selector,
    },
    Slow {
        nodes: Selector,
        slow: Slow,
    },
    Reset(Selector),
    Heal(Selector),
    /// What was done to the way from these to those.
    HealWay {
        from: Selector,
        to: Selector,
    },
}

#[derive(Debug)]
pub enum Groups {
    Written(Vec<Selector>),
    /// An expression for a list of lists of names.
    Given(Template),
}

/// How slow links are made; what is zero, or none, does nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slow {
    pub delay: Duration,
    pub jitter: Duration,
    /// Bytes a second.
    pub rate: Option<u64>,
    /// Percent of the pieces sent.
    pub loss: u8,
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

/// How many of the nodes asked must answer as expected.
#[derive(Debug, Clone)]
pub enum Need {
    All,
    Any,
    None,
    Exactly(Data),
    AtLeast(Data),
}

#[derive(Debug)]
pub struct Http {
    pub method: String,
    pub path: Template,
    pub to: Option<Selector>,
    pub body: Option<Data>,
    pub headers: Vec<(String, Template)>,
    pub follow: bool,
    /// Also while a cluster elects, no node may answer here that it does not lead.
    pub never_unsettled: bool,
    pub timeout: Option<Duration>,
    pub need: Need,
    pub expect: Expect<Data>,
    pub save: Vec<(String, Expression)>,
}

/// What an answer must be. With nothing said of `error`, there must be an answer.
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

/// What is said and heard on a connection, which is opened when it is first named.
#[derive(Debug)]
pub struct Tcp {
    pub name: Template,
    /// Where it is opened, if it is not open.
    pub to: Option<Selector>,
    pub talk: Talk,
    /// Also while a cluster elects, no node may answer here that it does not lead.
    pub never_unsettled: bool,
    /// Afterwards nothing comes for this time.
    pub silent: Option<Duration>,
    /// Afterwards the node closes it.
    pub closed: bool,
    pub close: Option<Close>,
    pub timeout: Option<Duration>,
    pub took: Option<Took>,
    pub record: Option<Record>,
    pub save: Vec<(String, Expression)>,
}

/// What a conversation was to a queue.
#[derive(Debug)]
pub struct Record {
    pub history: String,
    pub kind: RecordKind,
    pub value: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    Put,
    Take,
    Ack,
}

/// What is sent, and what must come then.
#[derive(Debug, Clone)]
pub struct Talk {
    pub send: Option<Sent>,
    pub receive: Vec<Received>,
}

#[derive(Debug, Clone)]
pub enum Sent {
    /// A line or a list of them, all written at once.
    Lines(Data),
    /// As they are, in so many pieces with a pause between.
    Bytes { bytes: Data, pieces: Data, pause: Duration },
}

#[derive(Debug, Clone)]
pub enum Received {
    Line(Matcher<Data>),
    /// So many bytes, whatever they are.
    Bytes {
        count: Data,
        text: Option<Matcher<Data>>,
        yaml: Option<Matcher<Data>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// lsfr says no more, and still listens.
    Write,
    All,
    Reset,
}

/// How long it took until the last of a conversation had come.
#[derive(Debug)]
pub struct Took {
    /// A time saved before; since this step's own first byte if there is none.
    pub since: Option<Expression>,
    pub at_least: Option<Duration>,
    pub at_most: Option<Duration>,
}

/// A program run to its end: `run.sh` (`exec`), or a file that it made (`run`).
#[derive(Debug)]
pub struct Command {
    /// The file to run, by its name in the test's folder; none means run.sh.
    pub file: Option<Template>,
    pub args: Vec<Template>,
    pub stdin: Option<Data>,
    /// Files written into the test's folder before it starts: name and content.
    pub files: Vec<(String, Data)>,
    pub timeout: Option<Duration>,
    /// Bytes of resident memory.
    pub memory: Option<u64>,
    pub expect: ExpectCommand,
    pub save: Vec<(String, Expression)>,
}

/// Programs to be compiled by run.sh and run, or refused.
#[derive(Debug)]
pub struct Cases {
    /// The patterns that name them.
    pub shown: Vec<String>,
    /// Where each is, below the stage's folder.
    pub paths: Vec<String>,
    pub cases: Vec<Case>,
    /// For each compilation and each program.
    pub timeout: Option<Duration>,
    /// Bytes of resident memory.
    pub memory: Option<u64>,
}

#[derive(Debug, Default)]
pub struct ExpectCommand {
    pub exit: Option<Matcher<Data>>,
    pub stdout: Option<Matcher<Data>>,
    pub stderr: Option<Matcher<Data>>,
    pub files: Vec<(String, Matcher<Data>)>,
}

#[derive(Debug)]
pub struct Concurrently {
    pub copies: Data,
    pub name: String,
    pub in_flight: Data,
    /// No copy starts after this time once `at_least` copies have passed.
    pub during: Option<Duration>,
    pub steps: Vec<Step>,
    pub beside: Option<Beside>,
    pub unanswered: Option<Expect<Data>>,
    pub keep: Option<String>,
    pub at_least: Data,
}

/// Steps run once beside the copies, when `after` of them have ended.
#[derive(Debug)]
pub struct Beside {
    pub after: Data,
    pub steps: Vec<Step>,
}
