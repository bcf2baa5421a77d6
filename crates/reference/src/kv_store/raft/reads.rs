//! A read that goes through the leader's log without being in it (§8, thesis §6.4): a leader may have been deposed
//! without knowing. So it asks the others in a round of heartbeats that begins after the read arrived, and
//! answers once a majority has taken part, from everything committed by then.

use std::time::Duration;

use super::super::bug::Bug;
use super::{HEARTBEAT, NodeId, Raft, Role, Time};

/// The lease of two bugs: shorter than any election time-out, and longer.
const LEASE: Duration = Duration::from_millis(490);
const LONG_LEASE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The newest round of heartbeats that has begun.
    round: u64,
    /// The newest round that a majority has answered.
    confirmed: u64,
    /// Each read, and the round that it waits for, oldest first.
    waiting: Vec<(u64, u64)>,
}

impl Reads {
    pub(super) fn begin_round(&mut self) {
        self.round += 1;
    }

    pub(super) fn round(&self) -> u64 {
        self.round
    }
}

impl Raft {
    /// Asks for a read, and says in which term. It comes out in [`super::Output::reads`], unless this node no longer
    /// leads by then; `None` when it does not lead now.
    pub(in super::super) fn read(&mut self, id: u64, now: Time) -> Option<u64> {
        self.begin_term();
        let sure = self.is_sure(now);
        let Role::Leader { reads, .. } = &mut self.role else { return None };
        // A round under way may have been answered before this read arrived.
        let round = if sure { 0 } else { reads.round + 1 };
        reads.waiting.push((id, round));
        Some(self.ballot.term)
    }

    /// Whether a leader need not ask. It always must, except with some bugs.
    fn is_sure(&self, now: Time) -> bool {
        match self.bug {
            Bug::ReadsWithoutAsking => true,
            Bug::LeaseTooLong => self.has_heard_majority(LONG_LEASE, now),
            Bug::LeaseFromAnswer => self.has_heard_majority(LEASE, now),
            Bug::LeaseCountsBeats => self.mistaken.missed_beats < 4,
            _ => false,
        }
    }

    /// How long a leader without a majority leads. Some bugs need longer, which is allowed, for anyone to see them.
    pub(super) fn patience(&self) -> Duration {
        match self.bug {
            Bug::StepsDownLate => Duration::from_secs(10),
            Bug::ReadsWithoutAsking
            | Bug::LeaseTooLong
            | Bug::TwoConfirm
            | Bug::ReadsAnsweredAtStepDown
            | Bug::Stale404
            | Bug::OldAnswersConfirm
            | Bug::RoundsKept
            | Bug::LeaseFromAnswer => LONG_LEASE,
            _ => self.pace.quorum_lost,
        }
    }

    /// How many heartbeats there have been since a majority answered, with this one: only for `lease-counts-beats`.
    pub(super) fn count_beat(&mut self, now: Time) -> u32 {
        let heard = self.has_heard_majority(2 * HEARTBEAT, now);
        self.mistaken.missed_beats = if heard { 0 } else { self.mistaken.missed_beats + 1 };
        self.mistaken.missed_beats
    }

    /// One round at a time, for all the reads that came during the one before.
    pub(super) fn start_round_for_reads(&mut self, now: Time) {
        self.answer_reads();
        let Role::Leader { reads, .. } = &self.role else { return };
        if reads.round == reads.confirmed && !reads.waiting.is_empty() {
            self.send_heartbeats(now);
            // A majority of one has answered already.
            self.answer_reads();
        }
    }

    pub(super) fn answer_reads(&mut self) {
        let Role::Leader { peers, reads, .. } = &self.role else { return };
        let round_of = |member: &NodeId| match peers.get(member) {
            Some(progress) if self.bug == Bug::RoundsKept => progress.round.max(self.mistaken.known_round(member)),
            Some(progress) => progress.round,
            None if *member == self.id => reads.round,
            None => 0,
        };
        let enough = match self.bug {
            Bug::TwoConfirm => 2,
            Bug::AllConfirm => self.voters().len(),
            _ => self.voters().len() / 2 + 1,
        };
        let confirmed = self.reached_by(enough, round_of);
        let Role::Leader { reads, first_of_term, .. } = &mut self.role else { return };
        reads.confirmed = confirmed;
        // Before its first commit a new leader does not know what earlier ones have committed.
        let anyway =
            matches!(self.bug, Bug::NoEntryAtTermStart | Bug::OldTermCommitByCount | Bug::AnswersBeforeApplied);
        if self.commit >= *first_of_term || anyway {
            let ready = reads.waiting.partition_point(|(_, round)| *round <= confirmed);
            self.output.reads.extend(reads.waiting.drain(..ready).map(|(id, _)| id));
        }
    }
}
