//! What a checker says of a history, and how a violation is explained.

use serde::{Deserialize, Serialize};

use super::{Fault, Operation, Outcome, Text};

/// A verdict, and what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether it can have happened.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How many operations were judged.
    pub counts: Counts,
    /// What became of messages. None if there are no queues in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueCounts>,
    /// In which order transactions on lists can have been done. None if there are none, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

/// In which order transactions can have been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// One after the other, in some order.
    pub serializable: bool,
    /// In such an order, each between its call and its return.
    pub real_time: bool,
}

impl Judgement {
    /// The judgement on things that were judged apart.
    pub(crate) fn and(self, other: Judgement) -> Judgement {
        let (one, two) = (self.counts, other.counts);
        Judgement {
            verdict: self.verdict.and(other.verdict),
            counts: Counts {
                operations: one.operations + two.operations,
                ok: one.ok + two.ok,
                no: one.no + two.no,
                unknown: one.unknown + two.unknown,
                keys: one.keys + two.keys,
            },
            queue: self.queue.or(other.queue),
            order: self.order.or(other.order),
        }
    }

    /// What it rests on: `12 operations on 1 key: 9 done, 1 not done, 2 without a clear answer`.
    pub fn sentence(&self) -> String {
        let Counts { operations, ok, no, unknown, keys } = self.counts;
        let s = |count: usize| if count == 1 { "" } else { "s" };
        let mut sentence = format!(
            "{operations} operation{} on {keys} key{}: {ok} done, {no} not done, {unknown} without a clear answer",
            s(operations),
            s(keys)
        );
        if let Some(queue) = &self.queue {
            let QueueCounts { put, delivered, deleted, lost, excused, duplicated, recovered } = queue;
            sentence += &format!(
                ". {put} message{} put, {delivered} delivered ({duplicated} again, {recovered} whose put had no answer), \
                 {deleted} deleted, {lost} lost",
                s(*put)
            );
            if *excused > 0 {
                sentence += &format!(", {excused} not seen again that takes without an answer may have had");
            }
        }
        match self.order {
            Some(Order { serializable: true, real_time: true }) => {
                sentence += ". All transactions fit in one order, also in real time";
            }
            Some(Order { serializable: true, real_time: false }) => {
                sentence += ". All transactions fit in one order, but not in real time";
            }
            Some(Order { serializable: false, .. }) => sentence += ". Not all transactions fit in one order",
            None => {}
        }
        sentence
    }
}

/// Whether what clients saw can have happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It can.
    Ok,
    /// It cannot: the reason, as one explanation.
    Violation(Box<Explanation>),
    /// It could not be decided; a sentence says why. Never a pass.
    Unknown {
        /// The sentence.
        reason: String,
    },
}

/// How many operations were judged, by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub operations: usize,
    /// Done.
    pub ok: usize,
    /// Certainly not done, unmet conditions among them.
    pub no: usize,
    /// Those that may have been done, or not.
    pub unknown: usize,
    /// The keys that they were done on.
    pub keys: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.operations += 1;
        *match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::No | Outcome::Unmet => &mut self.no,
            Outcome::Unknown => &mut self.unknown,
        } += 1;
    }
}

impl Verdict {
    /// The verdict on two things that were judged apart: the first violation, then what is unknown.
    pub(crate) fn and(self, other: Verdict) -> Verdict {
        match (&self, &other) {
            (Verdict::Violation(_), _) | (_, Verdict::Ok) => self,
            (Verdict::Unknown { .. }, Verdict::Unknown { .. }) => self,
            _ => other,
        }
    }
}

/// What became of the messages of all queues.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCounts {
    /// Puts that were acknowledged.
    pub put: usize,
    /// Takes that gave a message.
    pub delivered: usize,
    /// Deletions that were acknowledged.
    pub deleted: usize,
    /// Acknowledged and gone.
    pub lost: usize,
    /// Gone too, but a take without an answer may have had them.
    pub excused: usize,
    /// Deliveries of a message beyond the number of times it was put.
    pub duplicated: usize,
    /// Deliveries of messages whose put had no answer.
    pub recovered: usize,
}

/// Why a history cannot have happened: the fewest operations that prove it, in words and as a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The register or queue.
    pub key: Text,
    /// What is wrong, in two or three words: `stale read`.
    pub title: String,
    /// What happened, in one or two sentences with times, then the faults that were in force.
    pub sentence: String,
    /// The operations that prove it, in the order of their calls. By themselves they cannot have happened either.
    pub operations: Vec<Operation>,
    /// Their places in [`super::History::operations`].
    pub places: Vec<usize>,
    /// The one of them, counted from 0, whose answer shows that something is wrong.
    pub culprit: usize,
    /// The faults that were in force between them.
    pub faults: Vec<Fault>,
}

impl Explanation {
    /// The operation that settles it: of those that were answered before the wrong answer was asked for, the last one, by
    /// its place in `operations`. From its answer on, the wrong one could no longer be right. None if nothing was answered
    /// before that: then it is the later ones that contradict it.
    pub fn settled_by(&self) -> Option<usize> {
        let asked = self.operations.get(self.culprit)?.called;
        let answered = |operation: &Operation| {
            operation.returned.filter(|at| operation.outcome != Outcome::Unknown && *at <= asked)
        };
        let before = self.operations.iter().enumerate().filter_map(|(place, one)| Some((answered(one)?, place)));
        before.max().map(|(_, place)| place)
    }
}
