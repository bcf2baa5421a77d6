//! What bugs need: things that the right program has no need to know, or does not do.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::bug::Bug;
use super::super::record::Operation;
use super::{Body, Members, NodeId, Place, Raft, Role, Time};

/// How late a leader is with the entry at the start of its term, if nobody asks it for anything.
const LATE: Duration = Duration::from_millis(1500);

/// Widens the window of `leader-counts-unwritten`.
const WRITES_LATE: Duration = Duration::from_millis(700);

/// What the right program has no need to know.
#[derive(Debug, Default)]
pub(super) struct Mistaken {
    /// The members of the flags.
    first: Members,
    /// The most that there ever were.
    most: Members,
    was_member: bool,
    /// How many members do not count.
    pub(super) left_out: usize,
    /// Where the log ended at the start.
    pub(super) old_end: Place,
    /// Until when a leader keeps what it has to write.
    write_at: Time,
    /// How many heartbeats there have been since a majority answered.
    pub(super) missed_beats: u32,
    /// How far the others' logs were known to be this one's, and the newest rounds that they had answered, whenever this
    /// node led.
    known: BTreeMap<NodeId, (u64, u64)>,
    /// How many votes have come since it stood for election, its own among them.
    pub(super) votes: usize,
    /// It hears nothing any more.
    pub(super) deaf: bool,
    /// When a leader makes up for the entry that its term should have begun with.
    pub(super) begins_at: Time,
}

impl Mistaken {
    pub(super) fn new(first: Members, current: &Members, id: &NodeId, old_end: Place) -> Mistaken {
        let (most, was_member) = (current.clone(), current.contains(id));
        Mistaken { first, most, was_member, old_end, ..Mistaken::default() }
    }

    pub(super) fn see(&mut self, members: &Members, id: &NodeId) {
        self.was_member |= members.contains(id);
        if members.len() > self.most.len() {
            self.most = members.clone();
        }
    }

    /// An answer to this leader.
    pub(super) fn note(&mut self, from: &NodeId, matched: u64, round: u64) {
        let known = self.known.entry(from.clone()).or_default();
        *known = (known.0.max(matched), known.1.max(round));
    }

    /// `matches-kept`.
    pub(super) fn known_match(&self, member: &NodeId) -> u64 {
        self.known.get(member).map_or(0, |(matched, _)| *matched)
    }

    /// `rounds-kept`.
    pub(super) fn known_round(&self, member: &NodeId) -> u64 {
        self.known.get(member).map_or(0, |(_, round)| *round)
    }

    pub(super) fn first(&self) -> &Members {
        &self.first
    }
}

impl Raft {
    /// Among whom a majority is counted: the members, except with a bug.
    pub(super) fn voters(&self) -> &Members {
        match self.bug {
            Bug::MajorityFromFlags => &self.mistaken.first,
            Bug::MajorityNeverShrinks => &self.mistaken.most,
            _ => self.members(),
        }
    }

    /// This many members must not be counted. Only for bugs.
    pub(in super::super) fn leave_out(&mut self, members: usize) {
        // Only after it has written a vote and an entry, and so has had a leader: a node that has just started counts
        // all members.
        self.mistaken.left_out = if self.durable.all() > 1 { members } else { 0 };
    }

    /// `leader-counts-unwritten`: what must be written waits for more.
    pub(super) fn keeps_writes(&mut self, now: Time) -> bool {
        if self.bug == Bug::LeaderCountsUnwritten && self.leads().is_some() && now < self.mistaken.write_at {
            return true;
        }
        self.mistaken.write_at = now + WRITES_LATE;
        false
    }

    /// `any-request-puts-off`.
    pub(super) fn put_off_by(&mut self, body: &Body, now: Time) {
        if let (Bug::AnyRequestPutsOff, Role::Follower { .. }, Body::AskVote { last, .. } | Body::AskPreVote { last }) =
            (self.bug, &self.role, body)
            && self.is_up_to_date(*last)
        {
            self.put_off_election(now);
            if !self.leader_is_alive(now) {
                // It stands for election late, but does not name a dead leader.
                self.role = Role::Follower { leader: None };
            }
        }
    }

    /// `removed-node-deposes`.
    pub(super) fn disturbs(&self) -> bool {
        self.bug == Bug::RemovedNodeDeposes && self.mistaken.was_member && !self.is_member()
    }

    /// `unknown-nodes-dropped`: only those are heard that are members, or that this leader speaks to.
    pub(super) fn drops(&self, from: &NodeId) -> bool {
        let speaks_to = matches!(&self.role, Role::Leader { peers, .. } if peers.contains_key(from));
        self.bug == Bug::UnknownNodesDropped && !self.members().contains(from) && !speaks_to
    }

    /// `change-before-own-entry`: the entry that the term should have begun with.
    pub(super) fn begin_term(&mut self) {
        let Role::Leader { first_of_term, .. } = self.role else { return };
        if self.bug == Bug::ChangeBeforeOwnEntry && self.log.last().index < first_of_term {
            self.append_own(Operation::Nothing.into());
        }
    }

    /// The same, in time.
    pub(super) fn begin_term_late(&mut self, now: Time) {
        if now >= self.mistaken.begins_at {
            self.begin_term();
        }
    }

    pub(super) fn begins_late(&mut self, now: Time) {
        self.mistaken.begins_at = now + LATE;
    }

    /// `log-cut-before-snapshot`.
    pub(in super::super) fn cut_now(&mut self, index: u64) {
        self.durable.cut(index);
    }

    /// `dead-node-keeps-log`: whether this leader waits for a node.
    pub(in super::super) fn has_silent_peer(&self) -> bool {
        matches!(&self.role, Role::Leader { peers, .. } if peers.values().any(|peer| peer.is_silent()))
    }
}
