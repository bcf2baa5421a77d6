//! What nodes of different groups say to each other: a question, and its answer.
//!
//! ```text
//! header length u32 · header in JSON · contents (the rest)
//! ```
//!
//! The length is little-endian. A question may come twice, late or never, and so may be asked again: each changes nothing
//! the second time.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::raft::NodeId;
use super::super::record::take;
use super::super::transactions::{Op, Results, TxnId};
use super::GroupId;
use super::plan::Plan;
use super::slots::Slot;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Question {
    /// "Who leads your group?"
    Leader,
    /// To the keeper: "My group has heard of this version. Is there a newer plan?"
    Plan { group: GroupId, version: u64 },
    /// To the keeper: "What are the groups at this moment?"
    Shown,
    /// To the keeper: "The slot has arrived."
    Moved { slot: Slot, number: u64 },
    /// To a group with a part in a transaction: "Lock these keys, and note what you are going to write."
    Prepare {
        txn: TxnId,
        coordinator: GroupId,
        ops: Vec<Op>,
        /// Whether to wait for locks.
        wait: bool,
    },
    /// To the same: "This was decided about what you prepared there."
    Finish { txn: TxnId, place: u64, commit: bool },
    /// To the coordinator: "What was decided about what my group prepared there?"
    Fate { txn: TxnId, group: GroupId, place: u64 },
    /// To the new owner of a slot, with a part of what it holds.
    Install { slot: Slot, number: u64, part: u64, last: bool },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reply {
    /// Who leads the group of the node that was asked, as far as it knows.
    pub(super) leader: Option<NodeId>,
    pub(super) answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Answer {
    Done,
    /// Only a leader can say, and only with a majority.
    NotLeading,
    Plan(Plan),
    /// It comes with the answer.
    Shown,
    Prepared {
        place: u64,
        results: Results,
    },
    CheckFailed,
    /// Another transaction holds a key.
    Locked,
    /// A key is another group's, or on its way.
    NotHere,
    /// `None`: not decided yet.
    Fate {
        commit: Option<bool>,
    },
    /// "This part must come first."
    Wanted {
        part: u64,
    },
}

pub(super) fn encode(header: &impl Serialize, contents: &[u8]) -> Bytes {
    // Strings and numbers: nothing in it can fail to become JSON.
    let header = serde_json::to_vec(header).unwrap_or_default();
    let mut bytes = Vec::with_capacity(4 + header.len() + contents.len());
    // A header is far below 4 GiB: the cast is exact.
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(contents);
    bytes.into()
}

/// `None` when it is anything else.
pub(super) fn decode<T: DeserializeOwned>(bytes: &Bytes) -> Option<(T, Bytes)> {
    let mut rest = &bytes[..];
    let length = u32::from_le_bytes(take(&mut rest)?) as usize;
    let (header, contents) = rest.split_at_checked(length)?;
    Some((serde_json::from_slice(header).ok()?, bytes.slice_ref(contents)))
}
