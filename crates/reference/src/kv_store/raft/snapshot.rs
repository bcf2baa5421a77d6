//! Snapshots (thesis chapter 5): the state as of one entry, in place of the log up to there.
//!
//! Whoever runs Raft makes a snapshot beside it, writes it aside, and gives it to [`Raft::keep`]: only then does the log
//! begin behind it. A follower that needs entries which the leader no longer has is sent the snapshot, in pieces: one at
//! a time, with a time-out of its own, since a piece may take longer than a heartbeat may. Heartbeats go on meanwhile.
//! Pieces and their answers name the snapshot and the offset that they are about, so that one that comes late, or twice,
//! changes nothing. The last piece replaces the follower's log and state, as one step.
//!
//! The whole snapshot stays in memory, as the state does. A store with more data than memory would read each piece from
//! the file.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::super::bug::Bug;
use super::{Body, Members, News, NodeId, Place, Raft, RaftLog, Role, Time};

/// How long a leader waits for the answer to a piece. Slow links need much longer for one than for a heartbeat.
const ANSWER: Duration = Duration::from_secs(2);

/// The state as of an entry, and the configuration, which is a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Snapshot {
    /// The newest entry in it.
    pub(in super::super) last: Place,
    pub(in super::super) members: Members,
    pub(in super::super) state: Bytes,
}

/// Sizes in bytes. The simulation has its own.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Sizes {
    /// Of a piece of a snapshot.
    pub(in super::super) piece: usize,
    /// Of the entries that stay in memory though a snapshot holds them. It is at least the size of the snapshot: entries
    /// that come while it is sent are then still there when it has arrived.
    pub(in super::super) behind: usize,
}

impl Sizes {
    pub(in super::super) const USUAL: Sizes = Sizes { piece: 256 << 10, behind: 4 << 20 };
}

/// A snapshot on its way to a follower.
#[derive(Debug)]
pub(super) struct Transfer {
    snapshot: Snapshot,
    /// The follower has everything before this.
    offset: usize,
}

/// A snapshot on its way from a leader. Of the same place each node has a snapshot of its own, and perhaps another one
/// after a crash: pieces of two must not be mixed.
#[derive(Debug)]
pub(super) struct Incoming {
    from: NodeId,
    term: u64,
    last: Place,
    bytes: BytesMut,
}

impl Raft {
    /// The newest snapshot that this node knows of.
    pub(super) fn snapshot_index(&self) -> u64 {
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.last.index)
    }

    /// The configuration that a snapshot of everything up to `index` holds. What is committed can be asked for, back to
    /// the newest snapshot.
    pub(in super::super) fn members_at(&self, index: u64) -> &Members {
        if self.bug == Bug::ConfigurationNotInSnapshot {
            return self.mistaken.first();
        }
        self.configurations.at(index)
    }

    /// Takes a snapshot that has been written aside. False if there is a newer one, which the leader may have sent.
    pub(in super::super) fn keep(&mut self, snapshot: Snapshot) -> bool {
        if snapshot.last.index <= self.snapshot_index() {
            return false;
        }
        debug_assert!(snapshot.last.index <= self.commit, "a snapshot holds what is committed");
        self.log.compact(snapshot.last.index, self.sizes.behind.max(snapshot.state.len()));
        self.configurations.compact(snapshot.last.index);
        self.durable.compact(snapshot.clone());
        self.snapshot = Some(snapshot);
        true
    }

    /// Sends the piece that the follower needs next.
    pub(super) fn send_piece(&mut self, to: &NodeId, now: Time) {
        let (size, Some(newest)) = (self.sizes.piece, &self.snapshot) else { return };
        if self.bug == Bug::SnapshotNeverSent || (self.bug == Bug::LearnerGetsNoSnapshot && self.teaches(to)) {
            return;
        }
        let Role::Leader { peers, reads, .. } = &mut self.role else { return };
        let Some(progress) = peers.get_mut(to) else { return };
        if progress.transfer.is_none() {
            self.output.news.push(News::SendsSnapshot { to: to.clone(), index: newest.last.index });
        }
        let transfer = progress.transfer.get_or_insert_with(|| Transfer { snapshot: newest.clone(), offset: 0 });
        let Snapshot { last, members, state } = &transfer.snapshot;
        let piece = state.slice(transfer.offset..state.len().min(transfer.offset.saturating_add(size)));
        let body = Body::Piece {
            last: *last,
            members: members.clone(),
            offset: transfer.offset as u64,
            size: state.len() as u64,
            round: reads.round(),
        };
        progress.wait_for_piece(now + ANSWER);
        // It is all committed: nothing has to wait for this node's disk.
        let message = super::Message { piece, ..self.message(body, Vec::new()) };
        self.output.messages.push((to.clone(), message));
    }

    /// "I have the first `have` bytes." Only the answer to the last question counts: if old ones did, each would be
    /// answered with a piece, and there would be more and more of both.
    pub(super) fn took(
        &mut self,
        from: &NodeId,
        term: u64,
        last: Place,
        [offset, have]: [u64; 2],
        round: u64,
        now: Time,
    ) {
        let Some(progress) = self.progress(from, term) else { return };
        progress.hear(round, now);
        if let Some(transfer) = &mut progress.transfer
            && transfer.snapshot.last == last
            && transfer.offset as u64 == offset
            && have <= transfer.snapshot.state.len() as u64
        {
            transfer.offset = have as usize;
            progress.stop_waiting();
        }
        self.answer_reads();
    }

    /// InstallSnapshot, as its receiver.
    #[expect(clippy::too_many_arguments, reason = "the fields of the message, as the paper has them")]
    pub(super) fn take_piece(
        &mut self,
        from: NodeId,
        term: u64,
        snapshot: Snapshot,
        offset: u64,
        size: u64,
        round: u64,
        now: Time,
    ) {
        if term < self.ballot.term {
            self.promise(self.durable.newest_ballot(), from, Body::Outdated);
            return;
        }
        self.hear_leader(&from, now);
        let Snapshot { last, members, state: piece } = snapshot;
        if last.index <= self.commit || self.log.holds(last) {
            // All that the snapshot holds is here, and stays: entries after it may have been acknowledged.
            self.incoming = None;
            self.commit_up_to(last.index);
            self.promise_matched(from, last.index, round);
            return;
        }
        let mixes = self.bug == Bug::PiecesMixed;
        let same =
            |incoming: &Incoming| mixes || (incoming.from == from && incoming.term == term && incoming.last == last);
        let mut bytes = match self.incoming.take().filter(same) {
            Some(incoming) => incoming.bytes,
            None => BytesMut::new(),
        };
        if bytes.len() as u64 == offset || mixes {
            bytes.extend_from_slice(&piece);
        }
        let have = bytes.len() as u64;
        if have < size {
            self.incoming = Some(Incoming { from: from.clone(), term, last, bytes });
            self.promise(self.durable.newest_ballot(), from, Body::Took { last, offset, have, round });
            return;
        }
        self.install(Snapshot { last, members, state: bytes.freeze() });
        self.promise_matched(from, last.index, round);
    }

    /// The snapshot replaces everything: the log has nothing that it holds, or something else in its place.
    fn install(&mut self, snapshot: Snapshot) {
        self.news(News::Installs { index: snapshot.last.index });
        self.log = RaftLog::new(snapshot.last, Vec::new());
        self.configurations.install(snapshot.last.index, snapshot.members.clone());
        self.commit = snapshot.last.index;
        // It holds what these would change.
        self.output.committed.clear();
        self.durable.install(snapshot.clone());
        self.output.installed = Some(snapshot.clone());
        self.snapshot = Some(snapshot);
    }
}

impl Transfer {
    pub(super) fn index(&self) -> u64 {
        self.snapshot.last.index
    }
}
