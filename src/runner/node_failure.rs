//! Failures of nodes, from the cluster's errors.

use std::time::Duration;

use crate::cluster::{Expired, NodeError, StartError, StopError};

use super::stop::Stop;
use crate::facts::Finding;

pub(super) fn not_started(node: &str, error: &StartError) -> Stop {
    if error.is_own_fault() {
        return Stop::fault(error.to_string());
    }
    // A program that listens on another port was fast enough, unless that is only the first of its ports.
    let missed = match error {
        StartError::NeverListened { elsewhere, expired, .. } if elsewhere.is_empty() || expired.is_starved() => {
            Some(*expired)
        }
        _ => None,
    };
    match error.said() {
        Some(said) if said.lines.is_empty() => failed(node, format!("{error} It printed nothing."), &[], missed),
        Some(said) => failed(node, error.to_string(), &said.lines, missed),
        None => failed(node, error.to_string(), &[], missed),
    }
}

/// Its port accepts, but too late: all times are granted ones.
pub(super) fn started_late(node: &str, took: Duration, empty: Duration, longer_by: Duration) -> Stop {
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    let sentence = format!(
        "{node} took {} until its port accepted. With an empty folder a start took {}, and this one may take {} more.",
        seconds(took),
        seconds(empty),
        seconds(longer_by)
    );
    failed(node, sentence, &[], Some(Expired::Granted))
}

pub(super) fn not_stopped(node: &str, error: &StopError) -> Stop {
    match error {
        StopError::Node(error) => not_obeyed(node, error),
        StopError::OverLimit { sentence, .. } => failed(node, sentence.clone(), &[], None),
        StopError::TooSlow { last_lines, expired, .. } => failed(node, error.to_string(), last_lines, Some(*expired)),
        StopError::Interrupted { .. } => failed(node, error.to_string(), &[], None),
    }
}

pub(super) fn not_obeyed(node: &str, error: &NodeError) -> Stop {
    match error {
        NodeError::GuardSilent { .. } => Stop::fault(error.to_string()),
        other => failed(node, other.to_string(), &[], None),
    }
}

/// `missed`: how its deadline passed, if it had one.
fn failed(node: &str, sentence: String, said: &[String], missed: Option<Expired>) -> Stop {
    let starved = missed.is_some_and(Expired::is_starved);
    let (node, said, late) = (node.to_owned(), said.to_vec(), missed.is_some());
    Stop::failed(Finding::Node { node, sentence, said, late, starved })
}
