//! Where an expectation comes from, when no pack has written it down: an earlier answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::operation::{Answered, Excerpt, Operation, OperationId};
use crate::seconds;

/// An answer that a test has saved something of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    Answer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<OperationId>,
        /// Who gave it, after redirects.
        node: String,
        method: String,
        path: String,
        status: u16,
        /// When the request began.
        #[serde(with = "seconds")]
        at: Duration,
    },
    /// What came on a connection of a `tcp` step.
    Heard {
        connection: String,
        node: String,
        /// What it answers, if anything was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Excerpt>,
        text: Excerpt,
        #[serde(with = "seconds")]
        at: Duration,
    },
}

impl Source {
    /// None if the request had no answer.
    pub fn of(operation: &Operation) -> Option<Source> {
        let Answered::Answer(answer) = &operation.result else { return None };
        let first = operation.hops.first();
        Some(Source::Answer {
            id: operation.id,
            node: operation.node.clone(),
            method: operation.method.clone(),
            path: first.map_or(&operation.path, |hop| &hop.path).clone(),
            status: answer.status,
            at: first.map_or(operation.called, |hop| hop.called),
        })
    }

    pub fn at(&self) -> Duration {
        match self {
            Source::Answer { at, .. } | Source::Heard { at, .. } => *at,
        }
    }

    pub fn id(&self) -> Option<OperationId> {
        match self {
            Source::Answer { id, .. } => *id,
            Source::Heard { .. } => None,
        }
    }
}
