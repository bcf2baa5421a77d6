//! What goes in at a start, and what comes out.

use super::super::record::Record;
use super::{Learnt, Members, Message, News, NodeId, Snapshot, Ticket, Write};

/// The term, and who got this node's vote in it: never forgotten, or two leaders could win one term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Ballot {
    pub(in super::super) term: u64,
    pub(in super::super) voted_for: Option<NodeId>,
}

/// What a start finds on the disk.
#[derive(Debug, Default)]
pub(in super::super) struct Stored {
    pub(in super::super) ballot: Ballot,
    pub(in super::super) snapshot: Option<Snapshot>,
    /// Those after the snapshot.
    pub(in super::super) entries: Vec<Record>,
}

/// The role as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Status {
    pub(in super::super) role: RoleName,
    pub(in super::super) term: u64,
    pub(in super::super) leader: Option<NodeId>,
    pub(in super::super) members: Members,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum RoleName {
    Follower,
    Candidate,
    Leader,
}

/// What must be done. The parts may be done in any order: what has to wait for the disk is not in it yet.
#[derive(Debug, Default)]
pub(in super::super) struct Output {
    /// To be written in this order, after everything before; then the ticket goes to [`Raft::written`].
    pub(in super::super) writes: Option<(Ticket, Vec<Write>)>,
    /// Each with the node it is for. Losing one is harmless.
    pub(in super::super) messages: Vec<(NodeId, Message)>,
    /// Replaces the state, before `committed` is applied.
    pub(in super::super) installed: Option<Snapshot>,
    /// To be applied, in order.
    pub(in super::super) committed: Vec<Record>,
    /// How the learning of a new member ended.
    pub(in super::super) learnt: Option<Learnt>,
    /// Reads that may be answered from what is applied after `committed`.
    pub(in super::super) reads: Vec<u64>,
    pub(in super::super) news: Vec<News>,
}
