//! Failures of nodes, from the cluster's errors.

use crate::cluster::{NodeError, StartError, StopError};

use super::event::What;
use super::stop::Stop;

pub(super) fn not_started(node: &str, error: &StartError) -> Stop {
    if error.is_own_fault() {
        return Stop::Fault(error.to_string());
    }
    // A program that listens elsewhere was fast enough.
    let late = matches!(error, StartError::NeverListened { elsewhere, .. } if elsewhere.is_empty());
    match error.said() {
        Some(said) if said.lines.is_empty() => told(node, format!("{error} It printed nothing."), &[], late),
        Some(said) => told(node, error.to_string(), &said.lines, late),
        None => told(node, error.to_string(), &[], late),
    }
}

pub(super) fn not_stopped(node: &str, error: &StopError) -> Stop {
    match error {
        StopError::Node(error) => not_obeyed(node, error),
        StopError::TooSlow { last_lines, .. } => told(node, error.to_string(), last_lines, true),
        StopError::Interrupted { .. } => told(node, error.to_string(), &[], false),
    }
}

pub(super) fn not_obeyed(node: &str, error: &NodeError) -> Stop {
    match error {
        NodeError::GuardSilent { .. } => Stop::Fault(error.to_string()),
        other => told(node, other.to_string(), &[], false),
    }
}

fn told(node: &str, sentence: String, said: &[String], late: bool) -> Stop {
    Stop::failed(What::Node { node: node.to_owned(), sentence, said: said.to_vec(), late })
}
