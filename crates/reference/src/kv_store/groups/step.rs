//! What the logs of groups hold beside what clients ask for.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::raft::Members;
use super::GroupId;
use super::plan::Plan;
use super::slots::Slot;
use super::wire;

/// One step in the life of plans and slots. A step may be taken again, or too late: then it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Step {
    /// Of the plan: a group is to have its part.
    Join { group: GroupId, members: Members },
    /// Of the plan: a group is to have nothing.
    Leave { group: GroupId },
    /// Of the plan: the slot has arrived.
    Moved { slot: Slot, number: u64 },
    /// Of the plan: everyone has heard of this version.
    Settle { version: u64 },
    /// The group has heard of a plan.
    Adopt { plan: Plan },
    /// The group serves the slot no longer, and is to hand it over.
    Freeze { slot: Slot, to: GroupId, number: u64 },
    /// A part of what the slot holds; with the last one the group has it.
    Install {
        slot: Slot,
        number: u64,
        /// Counts from 0.
        part: u64,
        last: bool,
        #[serde(skip)]
        contents: Bytes,
    },
    /// The slot has been handed over, and what it holds can go.
    Release { slot: Slot, number: u64 },
}

impl Step {
    /// Only for `map-not-stored`.
    pub(in super::super) fn is_of_plan(&self) -> bool {
        !matches!(self, Step::Freeze { .. } | Step::Install { .. } | Step::Release { .. })
    }

    /// About how many bytes it takes.
    pub(in super::super) fn size(&self) -> usize {
        match self {
            Step::Install { contents, .. } => 100 + contents.len(),
            Step::Adopt { .. } => 4 << 10,
            _ => 100,
        }
    }

    pub(in super::super) fn encode(&self) -> Bytes {
        match self {
            Step::Install { contents, .. } => wire::encode(self, contents),
            _ => wire::encode(self, &[]),
        }
    }

    /// `None` when it is anything else.
    pub(in super::super) fn decode(bytes: &[u8]) -> Option<Step> {
        let (mut step, rest): (Step, Bytes) = wire::decode(&Bytes::copy_from_slice(bytes))?;
        if let Step::Install { contents, .. } = &mut step {
            *contents = rest;
        }
        Some(step)
    }
}
