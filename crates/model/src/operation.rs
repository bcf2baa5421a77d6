//! What is asked of a store, what it answers, and which answers are right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::kind::{Stat, Takes};
use super::transaction::{Part, RightSeen, Seen, are};

/// Shared: the same values are in many states.
pub type Text = Arc<str>;

/// One of the keys of a walk, which are numbered from 0.
pub type Key = u32;

/// One of the clients of a walk, which are numbered from 0. Each has a connection of its own.
pub type Worker = u8;

/// Seconds after which something is due: no walk is as long.
pub(crate) const FAR: u32 = 1000;

/// When something was sent and its answer came, in milliseconds since the walk began. Between the two it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    pub sent: u64,
    pub received: u64,
}

impl Span {
    pub fn at(moment: u64) -> Self {
        Self { sent: moment, received: moment }
    }
}

/// An operation as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// That of the step: which came first.
    pub number: usize,
    pub by: Worker,
    pub at: Span,
    /// Which operation of the model's table.
    pub word: &'static str,
    pub key: Option<Key>,
    pub value: Option<Text>,
    pub version: Option<Text>,
    pub job: Option<Text>,
    pub numbers: BTreeMap<Takes, u32>,
    /// What a transaction does, in order.
    pub parts: Vec<Part<Text>>,
    /// Its name: the step that asked it first. All that have one name are one request, which happens once.
    pub id: Option<usize>,
}

impl Asked {
    /// Its name, or what else tells it apart.
    pub(crate) fn name(&self) -> usize {
        self.id.unwrap_or(self.number)
    }

    /// The keys that it is about, in order; one may come again.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.key.into_iter().chain(self.parts.iter().map(|part| part.key))
    }

    /// A number that it takes; 0 if it is not given.
    pub(crate) fn amount(&self, part: Takes) -> u32 {
        self.numbers.get(&part).copied().unwrap_or_default()
    }
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done.
    Ok,
    /// The key is not there.
    Absent,
    /// The key is there already.
    Present,
    /// It was not done, because its condition does not hold.
    Unmet,
    /// There is nothing to give.
    Empty,
    /// There is nothing to give, and the client's time with something that it holds is nearly over.
    Soon,
}

impl Outcome {
    pub const ALL: [Outcome; 6] =
        [Outcome::Ok, Outcome::Absent, Outcome::Present, Outcome::Unmet, Outcome::Empty, Outcome::Soon];

    /// As a pack writes it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Absent => "absent",
            Outcome::Present => "present",
            Outcome::Unmet => "unmet",
            Outcome::Empty => "empty",
            Outcome::Soon => "soon",
        }
    }
}

/// What a store answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub value: Option<Text>,
    pub version: Option<Text>,
    pub job: Option<Text>,
    /// Those that it tells, and that somebody looks at.
    pub stats: BTreeMap<Stat, Text>,
    /// What is told of each part of a transaction.
    pub results: Vec<Seen>,
}

impl Answer {
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, value: None, version: None, job: None, stats: BTreeMap::new(), results: Vec::new() }
    }
}

/// An answer that is right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub outcome: Outcome,
    /// What must have been read; none where the operation reads nothing.
    pub value: Option<Text>,
    pub version: Token,
    pub job: Token,
    /// What must be told, where somebody looks at it; others may be anything.
    pub stats: BTreeMap<Stat, Text>,
    pub results: Vec<RightSeen>,
}

/// What the version, or the number of a job, in a right answer must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// Nobody looks at it.
    Any,
    Is(Text),
    /// None of these, which were given before.
    New(Arc<BTreeSet<Text>>),
    /// The one that the result at this place tells.
    As(usize),
    /// There is none.
    Nothing,
}

impl Right {
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            value: None,
            version: Token::Any,
            job: Token::Any,
            stats: BTreeMap::new(),
            results: Vec::new(),
        }
    }

    /// Whether this answer is it.
    pub fn is(&self, answer: &Answer) -> bool {
        self.outcome == answer.outcome
            && (self.value.is_none() || self.value == answer.value)
            && self.version.takes(answer.version.as_ref())
            && self.job.takes(answer.job.as_ref())
            && are(&self.results, &answer.results)
            && self.wrong_stats(answer).next().is_none()
    }

    /// What the answer tells otherwise, with what it must be.
    pub fn wrong_stats<'a>(&'a self, answer: &'a Answer) -> impl Iterator<Item = (Stat, &'a Text, &'a Text)> {
        let wrong = |(stat, told): (&Stat, &'a Text)| {
            self.stats.get(stat).filter(|wanted| *wanted != told).map(|wanted| (*stat, wanted, told))
        };
        answer.stats.iter().filter_map(wrong)
    }
}

impl Token {
    pub fn takes(&self, token: Option<&Text>) -> bool {
        match self {
            Token::Any => true,
            Token::Is(wanted) => token == Some(wanted),
            Token::New(had) => token.is_some_and(|token| !had.contains(token)),
            // Whoever has the other result compares.
            Token::As(_) => token.is_some(),
            Token::Nothing => token.is_none(),
        }
    }

    /// It is not known which it is, until somebody sees it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Token::New(_))
    }

    /// Somebody saw it.
    pub(crate) fn bind(&mut self, token: Option<&Text>) {
        if let (Token::New(_), Some(token)) = (&*self, token) {
            *self = Token::Is(token.clone());
        }
    }
}

/// What a walk is about at a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Key(Key),
    /// By its number.
    Job(Text),
}

/// What a store holds under a key, or of a job.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    Nothing,
    /// The key itself.
    Member,
    /// The version is none where nobody looks at it, or it has not been seen.
    Value {
        value: Text,
        version: Option<Text>,
    },
    Job {
        state: JobState,
        tube: Key,
        priority: u32,
    },
}

impl Holding {
    /// Whether it is a job of this tube.
    pub(crate) fn is_in(&self, tube: Key) -> bool {
        matches!(self, Holding::Job { tube: of, .. } if *of == tube)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobState {
    Ready,
    /// By this worker; none if that has gone.
    Reserved(Option<Worker>),
    Delayed,
    Buried,
}

impl JobState {
    pub fn word(self) -> &'static str {
        match self {
            JobState::Ready => "ready",
            JobState::Reserved(_) => "reserved",
            JobState::Delayed => "delayed",
            JobState::Buried => "buried",
        }
    }
}
