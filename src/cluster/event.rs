//! What a node is doing, and what a cluster reports of it.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::facts::{ExitStatus, NodeEventKind};

/// What a node is doing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum NodeState {
    /// Not running, as asked (or not started yet, or its start failed).
    Down,
    Starting,
    Up,
    Paused,
    /// It ended, though nobody had asked it to.
    Exited {
        status: ExitStatus,
    },
}

/// One thing that happened to one node.
#[derive(Debug, Clone)]
pub struct NodeEvent {
    pub at: Instant,
    pub node: String,
    pub kind: NodeEventKind,
}
