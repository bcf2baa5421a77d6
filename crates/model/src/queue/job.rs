//! A job, where it is, and what a crash may make of it.

use std::collections::BTreeSet;

use super::super::operation::{JobState, Key, Span, Text, Worker};

/// What is due may come so much before its time, and so much after it, in milliseconds.
const EARLY: u64 = 20;
const LATE: u64 = 1000;
/// A crash moves what is due by so much at most.
const MOVED: u64 = 1000;
/// Two moments that are nearer than this have no order: a clock of whole seconds will do.
const APART: u64 = 3000;
/// A worker is warned when its time with a job is over in so many milliseconds.
const WARNED: u64 = 1000;

/// When something happens by itself: not before `from`, and not after `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    from: u64,
    to: u64,
}

impl Window {
    /// So many seconds after what happened in `at`.
    pub(super) fn after(at: Span, seconds: u32) -> Self {
        let wait = u64::from(seconds) * 1000;
        Self { from: (at.sent + wait).saturating_sub(EARLY), to: at.received + wait + LATE }
    }

    /// As soon as it is noticed, in this many milliseconds at most.
    pub(super) fn soon(at: Span, most: u64) -> Self {
        Self { from: at.sent, to: at.received + most }
    }

    /// Whether it has happened; none if that is open.
    pub(super) fn is_over(self, at: Span) -> Option<bool> {
        match (at.received < self.from, at.sent > self.to) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            (false, false) => None,
        }
    }

    fn moved(self) -> Self {
        Self { from: self.from.saturating_sub(MOVED), to: self.to + MOVED }
    }

    /// It certainly comes first.
    pub(super) fn is_before(self, other: Self) -> bool {
        self.to + APART < other.from
    }
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Ready,
    Reserved {
        by: Worker,
        due: Window,
    },
    /// Its worker has gone, and the server may not have noticed.
    Left {
        due: Window,
    },
    Delayed {
        due: Window,
    },
    Buried {
        /// The step that did it; none if its place among the buried is open.
        at: Option<usize>,
    },
}

impl Place {
    pub(super) fn due(self) -> Option<Window> {
        match self {
            Place::Reserved { due, .. } | Place::Left { due } | Place::Delayed { due } => Some(due),
            Place::Ready | Place::Buried { .. } => None,
        }
    }

    pub(super) fn state(self) -> JobState {
        match self {
            Place::Ready => JobState::Ready,
            Place::Reserved { by, .. } => JobState::Reserved(Some(by)),
            Place::Left { .. } => JobState::Reserved(None),
            Place::Delayed { .. } => JobState::Delayed,
            Place::Buried { .. } => JobState::Buried,
        }
    }

    pub(super) fn is_reserved_by(self, worker: Worker) -> bool {
        matches!(self, Place::Reserved { by, .. } if by == worker)
    }

    pub(super) fn is_reserved(self) -> bool {
        matches!(self, Place::Reserved { .. } | Place::Left { .. })
    }

    /// The worker that has it may be warned that its time is over soon.
    pub(super) fn may_warn(self, worker: Worker, at: Span) -> bool {
        match self {
            Place::Reserved { by, due } => by == worker && due.from.saturating_sub(WARNED) <= at.received,
            _ => false,
        }
    }

    /// After the server was ended and started again.
    fn restarted(self) -> Self {
        match self {
            Place::Ready | Place::Reserved { .. } | Place::Left { .. } => Place::Ready,
            Place::Delayed { due } => Place::Delayed { due: due.moved() },
            Place::Buried { .. } => Place::Buried { at: None },
        }
    }
}

/// How often something has happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Counts {
    pub(super) reserves: u32,
    pub(super) timeouts: u32,
    /// None if it is open whether something was one.
    pub(super) releases: Option<u32>,
    pub(super) buries: u32,
    pub(super) kicks: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Job {
    pub(super) place: Place,
    pub(super) priority: u32,
    /// Its number; none until an answer told it.
    pub(super) id: Option<u64>,
    /// The place and the priority that it had when something last happened to it that outlives a crash.
    kept: (Place, u32),
    /// Of the last put or release; none if nobody need know it any more.
    pub(super) delay: Option<u32>,
    /// None if nobody need know them any more.
    pub(super) counts: Option<Counts>,
    pub(super) tube: Key,
    pub(super) time_to_run: u32,
    pub(super) body: Text,
}

impl Job {
    /// One that was just put.
    pub(super) fn new(place: Place, priority: u32, tube: Key, body: Text) -> Self {
        let counts = Counts { releases: Some(0), ..Counts::default() };
        Self {
            place,
            priority,
            id: None,
            kept: (place, priority),
            delay: Some(0),
            counts: Some(counts),
            tube,
            time_to_run: 1,
            body,
        }
    }

    pub(super) fn count(&mut self, count: impl FnOnce(&mut Counts)) {
        if let Some(counts) = &mut self.counts {
            count(counts);
        }
    }

    /// Moves it to where it is after a crash, too.
    pub(super) fn keep(&mut self, place: Place, priority: u32) {
        (self.place, self.priority, self.kept) = (place, priority, (place, priority));
    }

    pub(super) fn reserve(&mut self, by: Worker, at: Span) {
        self.place = Place::Reserved { by, due: Window::after(at, self.time_to_run) };
        self.count(|counts| counts.reserves += 1);
    }

    /// What was due happens.
    pub(super) fn expire(&mut self) {
        match self.place {
            Place::Reserved { .. } => self.count(|counts| counts.timeouts += 1),
            // Some count it as a release.
            Place::Left { .. } => self.count(|counts| counts.releases = None),
            Place::Ready | Place::Delayed { .. } | Place::Buried { .. } => {}
        }
        self.place = Place::Ready;
    }

    /// What a restart may make of it. A reservation does not outlive it; neither need a release without a delay, so that
    /// the job may be where it was before it was reserved.
    pub(super) fn restarted(&self) -> BTreeSet<Job> {
        let (kept, kept_priority) = (self.kept.0.restarted(), self.kept.1);
        let place = self.place.restarted();
        let ways = [(place, self.priority), (place, kept_priority), (kept, kept_priority)];
        let way = |(place, priority)| {
            let mut job = Job { delay: None, counts: None, ..self.clone() };
            job.keep(place, priority);
            job
        };
        ways.into_iter().map(way).collect()
    }

    /// It certainly comes before the other, where both are ready. `number` is that of the step that put it. The job that
    /// was put first has the smaller number, except over a crash.
    pub(super) fn is_before(&self, number: usize, other: &Job, others: usize) -> bool {
        let older = number < others && self.id.zip(other.id).is_some_and(|(mine, theirs)| mine < theirs);
        self.priority < other.priority || self.priority == other.priority && older
    }
}
