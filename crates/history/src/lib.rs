//! Histories: what clients asked of a system and what they were told, the verdict whether that can have happened, and
//! which operations it was that cannot.
//!
//! Pure functions from a [`History`] to a [`Judgement`]. Who makes a history (a workload of a stage, a file from
//! elsewhere) is nothing that this module knows.
//!
//! | file | what it is |
//! |---|---|
//! | [`operation`] | what one client did once, and how it ended |
//! | [`fault`] | what was done to the nodes meanwhile |
//! | [`file`] | histories as lines of JSON |
//! | [`verdict`] | what a checker says, and how a violation is told |
//! | `linearizable` | registers, a key at a time |
//! | `register`, `settle` | one key as numbers, and what its operations leave open |
//! | `zones`, `search` | what can be seen without a search, and the search |
//! | `queue` | messages: none lost, none invented |
//! | `explain` | the few operations that prove it, and a sentence |
//! | [`picture`] | the same few as lanes of a terminal |
//! | [`timeline`] | the whole history as a page for a browser |

#[cfg(test)]
mod brute_force;
mod exact;
mod explain;
pub mod fault;
pub mod file;
mod linearizable;
pub mod operation;
pub mod picture;
mod queue;
mod register;
#[cfg(test)]
mod samples;
mod search;
pub mod seconds;
mod settle;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
pub mod text;
pub mod timeline;
pub mod verdict;
mod words;
mod zones;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use fault::{Fault, FaultKind};
pub use linearizable::{Limits, linearizable};
pub use operation::{Action, Operation, Outcome};
pub use queue::total_queue;
pub use verdict::{Counts, Explanation, Judgement, QueueCounts, Verdict};

/// A key, a value, the name of a node: shared, because histories repeat them.
pub type Text = Arc<str>;

/// What clients did and saw, and what was done to the nodes meanwhile. Times count from the start of the run, all on
/// one monotonic clock.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// What keys held before the first operation; a key that is not here was absent.
    pub initial: BTreeMap<Text, Text>,
    /// Every operation, in any order. One that was under way when the run ended belongs here too, as
    /// [`Outcome::Unknown`]: left out, it would make the value it wrote one that came from nowhere.
    pub operations: Vec<Operation>,
    pub faults: Vec<Fault>,
    /// At the end every queue was emptied: whoever held a message had deleted it or let go of it, and messages were
    /// taken until none came. Only then can a message be called lost.
    pub drained: bool,
}

/// Judges registers and queues, each as what it is.
pub fn judge(history: &History, limits: &Limits) -> Judgement {
    let queues = history.operations.iter().filter(|operation| operation.action.is_of_queue()).count();
    if queues == 0 {
        return linearizable(history, limits);
    }
    let queued = total_queue(history);
    if queues == history.operations.len() {
        return queued;
    }
    let registers = linearizable(history, limits);
    let (one, other) = (registers.counts, queued.counts);
    Judgement {
        verdict: registers.verdict.and(queued.verdict),
        counts: Counts {
            operations: one.operations + other.operations,
            ok: one.ok + other.ok,
            no: one.no + other.no,
            unknown: one.unknown + other.unknown,
            keys: one.keys + other.keys,
        },
        queue: queued.queue,
    }
}

/// What is said of a history in which nothing was answered: that it can have happened says nothing.
fn nothing_answered(counts: &Counts) -> Option<Verdict> {
    let reason = match counts.operations {
        _ if counts.ok > 0 => return None,
        0 => "There are no operations to judge.".to_owned(),
        1 => "The one operation was not done, as far as is known: there is nothing to judge.".to_owned(),
        all => format!("None of the {all} operations was done, as far as is known: there is nothing to judge."),
    };
    Some(Verdict::Unknown { reason })
}
