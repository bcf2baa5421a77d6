#![doc = include_str!("../README.md")]
//!
//! # Inside
//!
//! Pure functions from a [`History`] to a [`Judgement`]; this library knows nothing about who makes a history.
//!
//! | module | what it is |
//! |---|---|
//! | `operation`, `fault` | what one client did once, and how it ended; what was done to the nodes meanwhile |
//! | `list` | what a read of a list found, sharing what reads have in common |
//! | [`mod@file`] | histories as lines of JSON |
//! | `foreign` | histories that Jepsen and others have recorded |
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
mod foreign;
mod list;
mod operation;
mod phrases;
pub mod picture;
#[cfg(test)]
mod samples;
pub mod seconds;
#[cfg(test)]
mod simulated_store;
#[cfg(test)]
mod simulation;
pub mod text;
pub mod timeline;
mod verdict;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use checker::{
    BankTotal, CHECKERS, Checker, Limits, Linearizable, ListAppend, TotalQueue, checker, judge, judge_with,
};
pub use fault::{Fault, FaultKind};
pub use foreign::Format;
pub use list::{List, Lists};
pub use operation::{Action, Object, Operation, Outcome, Step};
pub use verdict::{Counts, Explanation, Judgement, Order, QueueCounts, Verdict};

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
    /// What a bank promises of its accounts.
    pub bank: Bank,
}

/// What a bank promises of its accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// What all accounts hold together. None: what the first read of them found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// No account is ever below zero.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_negative: bool,
}
