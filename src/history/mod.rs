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

#[cfg(test)]
mod brute_force;
mod explain;
pub mod fault;
pub mod file;
mod linearizable;
pub mod operation;
mod queue;
mod register;
#[cfg(test)]
mod samples;
mod search;
mod seconds;
mod settle;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
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
    let registers = linearizable(history, limits);
    let queues = total_queue(history);
    let (one, other) = (registers.counts, queues.counts);
    Judgement {
        verdict: registers.verdict.and(queues.verdict),
        counts: Counts {
            operations: one.operations + other.operations,
            ok: one.ok + other.ok,
            no: one.no + other.no,
            unknown: one.unknown + other.unknown,
            keys: one.keys + other.keys,
        },
        queue: queues.queue,
    }
}
