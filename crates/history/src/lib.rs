#![doc = include_str!("../README.md")]
//!
//! # Inside
//!
//! Pure functions from a [`History`] to a [`Judgement`]; this library knows nothing about who makes a history.
//!
//! | module | what it is |
//! |---|---|
//! | `operation`, `fault` | what one client did once, and how it ended; what was done to the nodes meanwhile |
//! | [`mod@file`] | histories as lines of JSON |
//! | `checker` | the promises, a file or a folder each |
//! | `verdict` | what a checker says |
//! | `explain` | the few operations that prove a violation, in words |
//! | [`picture`] | the same few as lanes of a terminal |
//! | [`timeline`] | the whole history as a page for a browser |
//! | [`text`], [`seconds`] | text from outside made safe to print; times in JSON |
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod checker;
mod exact;
mod explain;
mod fault;
pub mod file;
mod operation;
mod phrases;
pub mod picture;
#[cfg(test)]
mod samples;
pub mod seconds;
#[cfg(test)]
mod simulation;
pub mod text;
pub mod timeline;
mod verdict;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use checker::{CHECKERS, Checker, Limits, Linearizable, TotalQueue, checker, judge};
pub use fault::{Fault, FaultKind};
pub use operation::{Action, Object, Operation, Outcome};
pub use verdict::{Counts, Explanation, Judgement, QueueCounts, Verdict};

/// A key, a value, the name of a node: shared, because histories repeat them.
pub type Text = Arc<str>;

/// What clients did and saw, and what was done to the nodes meanwhile. Times count from the start of the run, all on
/// one monotonic clock.
///
/// ```
/// use std::time::Duration;
///
/// use history::{Action, History, Limits, Operation, Outcome, Verdict, judge};
///
/// let operation = |client, action, milliseconds: [u64; 2], outcome| Operation {
///     client,
///     node: None,
///     key: "x".into(),
///     action,
///     called: Duration::from_millis(milliseconds[0]),
///     returned: Some(Duration::from_millis(milliseconds[1])),
///     outcome,
///     note: None,
/// };
/// let history = History {
///     operations: vec![
///         operation(1, Action::Write { value: "7".into() }, [0, 10], Outcome::Ok),
///         // Nobody knows whether this one was done: either read is right.
///         operation(2, Action::Write { value: "9".into() }, [20, 5020], Outcome::Unknown),
///         operation(3, Action::Read { value: Some("9".into()) }, [30, 40], Outcome::Ok),
///     ],
///     ..History::default()
/// };
/// assert_eq!(judge(&history, &Limits::default()).verdict, Verdict::Ok);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// What keys held before the first operation; a key that is not here was absent.
    pub initial: BTreeMap<Text, Text>,
    /// Every operation, in any order. One that was under way when the run ended belongs here too, as
    /// [`Outcome::Unknown`]: left out, it would make the value it wrote one that came from nowhere.
    pub operations: Vec<Operation>,
    /// What was wrong on purpose, in any order. It changes no verdict, but is reported along with a violation.
    pub faults: Vec<Fault>,
    /// At the end every queue was emptied: whoever held a message had deleted or released it, and messages were taken
    /// until none came. Only then can a message be called lost.
    pub drained: bool,
}
