//! What the logs of groups hold of transactions. A step may be taken again, or too late: then it changes nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::groups::GroupId;
use super::TxnId;
use super::ops::{Op, Results};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum TxnStep {
    /// All of it, in this group.
    Run { ops: Vec<Op> },
    /// A group's part of it: lock, look, and note what to write.
    Prepare { txn: TxnId, coordinator: GroupId, ops: Vec<Op> },
    /// The coordinator's decision, which is the transaction's fate.
    Decide { txn: TxnId, decision: Decision },
    /// A group has heard of the decision about what it prepared at this place. A part that was prepared again, since an
    /// old message came late, is at another place, and not the one that was decided about.
    Finish { txn: TxnId, place: u64, commit: bool },
    /// All groups have heard of these: nobody will ask again.
    Forget { txns: Vec<TxnId> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Decision {
    Commit {
        /// Where the other groups have prepared their parts.
        places: BTreeMap<GroupId, u64>,
        /// Kept for repeats, where the client gave its request a name.
        results: Option<Results>,
    },
    /// `check_failed` is an answer, and kept for repeats.
    Abort { check_failed: bool },
}

impl TxnStep {
    /// About how many bytes it takes.
    pub(in super::super) fn size(&self) -> usize {
        match self {
            TxnStep::Run { ops } | TxnStep::Prepare { ops, .. } => 100 + ops.iter().map(Op::size).sum::<usize>(),
            TxnStep::Decide { decision: Decision::Commit { results: Some(results), .. }, .. } => {
                200 + results
                    .iter()
                    .map(|seen| seen.value.as_ref().map_or(0, |value| value.len()) + 40)
                    .sum::<usize>()
            }
            TxnStep::Forget { txns } => 40 * txns.len(),
            _ => 200,
        }
    }

    pub(in super::super) fn encode(&self) -> Vec<u8> {
        // Strings and numbers: nothing in it can fail to become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// `None` when it is anything else.
    pub(in super::super) fn decode(bytes: &[u8]) -> Option<TxnStep> {
        serde_json::from_slice(bytes).ok()
    }
}
