//! A read that goes through the leader's log without being in it (§8, thesis §6.4): a leader may have been deposed
//! without knowing. So it asks the others in a round of heartbeats that begins after the read arrived, and
//! answers once a majority has taken part, from everything committed by then.

use super::super::bug::Bug;
use super::{Raft, Role, Time};

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
    /// Asks for a read, and says in which term. It comes out in [`super::Output::reads`], unless this node leads no more
    /// by then; `None` when it does not lead now.
    pub(in super::super) fn read(&mut self, id: u64) -> Option<u64> {
        let Role::Leader { reads, .. } = &mut self.role else { return None };
        // A round under way may have been answered before this read arrived.
        reads.waiting.push((id, reads.round + 1));
        Some(self.ballot.term)
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
        let middle = self.members.len() / 2;
        let Role::Leader { peers, reads, first_of_term } = &mut self.role else { return };
        let mut rounds: Vec<u64> = peers.values().map(|progress| progress.round).chain([reads.round]).collect();
        rounds.sort_unstable_by(|a, b| b.cmp(a));
        reads.confirmed = rounds[middle];
        // Before its first commit a new leader does not know what earlier ones have committed.
        let anyway = matches!(self.bug, Bug::NoEntryAtTermStart | Bug::OldTermCommitByCount);
        if self.commit >= *first_of_term || anyway {
            let confirmed = reads.confirmed;
            let ready = reads.waiting.partition_point(|(_, round)| *round <= confirmed);
            self.output.reads.extend(reads.waiting.drain(..ready).map(|(id, _)| id));
        }
    }
}
