//! What nodes say to each other. A request and its reply are messages alike: each may come late, twice, out of
//! order or never, so each says all that is needed to judge it: the sender's term, and what it asks or answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::record::Record;

/// A node's name. It is the node's identity everywhere; addresses are only dialled.
pub(in super::super) type NodeId = Arc<str>;

/// A configuration: all who vote.
pub(in super::super) type Members = BTreeSet<NodeId>;

/// An entry's place: two logs that hold the same place are the same up to there (Log Matching, §5.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Place {
    /// 0 is the place before the first entry, in term 0.
    pub(in super::super) index: u64,
    pub(in super::super) term: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Message {
    pub(in super::super) from: NodeId,
    /// The sender's term when it spoke.
    pub(in super::super) term: u64,
    pub(in super::super) body: Body,
    /// Only `Append` has any. They are apart from the body because they travel as records, not as JSON.
    pub(in super::super) entries: Vec<Record>,
    /// Only `Piece` has one. It travels as it is, too.
    pub(in super::super) piece: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Body {
    /// "Would you vote for me in the term after mine?" Changes nothing at either end (thesis §9.6).
    AskPreVote {
        last: Place,
    },
    /// Answers the asker whose term was `asked`.
    PreVote {
        asked: u64,
        granted: bool,
    },
    /// RequestVote (§5.2).
    AskVote {
        last: Place,
        /// The leader goes, and has chosen the sender: nobody need protect it.
        chosen: bool,
    },
    Vote {
        granted: bool,
    },
    /// AppendEntries (§5.3). Without entries it is a heartbeat, and a question about `previous`.
    Append {
        previous: Place,
        commit: u64,
        round: u64,
    },
    /// The sender's log is on its disk, and is the leader's, up to `matched`.
    Appended {
        matched: u64,
        round: u64,
    },
    /// The sender's log is not the leader's at index `previous`. They can be the same up to `hint` at most.
    Refused {
        previous: u64,
        hint: Place,
        round: u64,
    },
    /// InstallSnapshot (thesis, figure 5.3): a part of the state as of `last`, which begins at `offset` and comes with the
    /// message. The whole has `size` bytes.
    Piece {
        last: Place,
        members: Members,
        offset: u64,
        size: u64,
        round: u64,
    },
    /// Answers the piece at `offset` of that snapshot: the sender has the first `have` bytes.
    Took {
        last: Place,
        offset: u64,
        have: u64,
        round: u64,
    },
    /// TimeoutNow (thesis §3.10): "I go. Stand for election at once."
    StandNow,
    /// To an old leader: only the term of this message matters. A refusal would carry the new term with the old round,
    /// and a node that leads in both terms would take it for an answer to what it asks now.
    Outdated,
}
