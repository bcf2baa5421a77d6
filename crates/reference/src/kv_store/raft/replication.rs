//! The log goes from the leader to the others (§5.3), and what a majority has is committed (§5.4.2).

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::bug::Bug;
use super::super::record::{Command, Operation, Record};
use super::reads::Reads;
use super::snapshot::Transfer;
use super::{Body, HEARTBEAT, News, NodeId, Place, Raft, Role, Time};

/// How long a leader waits for the answer to entries before it considers them lost.
const ANSWER: Duration = Duration::from_millis(300);

/// What a leader knows of another node.
#[derive(Debug)]
pub(super) struct Progress {
    /// The entry to send next.
    next: u64,
    /// The node's log is on its disk, and is this one, up to here.
    matched: u64,
    /// When the node last answered in this term.
    heard: Time,
    sending: Sending,
    /// The snapshot that is sent, for want of the entries.
    pub(super) transfer: Option<Transfer>,
    /// The newest round that the node has answered.
    pub(super) round: u64,
}

/// One message with entries is under way at a time: what is proposed meanwhile goes into the next, so the busier
/// the leader the larger its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    Idle,
    /// Entries up to `last` are under way. They are lost if no answer has come by `until`.
    Waiting {
        last: u64,
        until: Time,
    },
    /// A piece of a snapshot is under way, and may be for longer.
    WaitingForPiece {
        until: Time,
    },
    /// Nothing has been answered for a while: only heartbeats are sent until something is. A node that is cut off would
    /// otherwise get the same entries again and again on its return.
    Silent,
}

impl Raft {
    /// Takes office. Once a majority has the entry at the start of the term, that commits everything that earlier
    /// leaders left (§8).
    pub(super) fn lead(&mut self, now: Time) {
        let next = self.log.last().index + 1;
        let progress = |peer| (peer, Progress::new(next, now));
        let peers: BTreeMap<_, _> = self.other_members().into_iter().map(progress).collect();
        self.role = Role::Leader { peers, reads: Reads::default(), first_of_term: next, learner: None };
        self.heartbeat_at = now + HEARTBEAT;
        let begins =
            !matches!(self.bug, Bug::NoEntryAtTermStart | Bug::OldTermCommitByCount | Bug::AnswersBeforeApplied);
        let begins = begins && self.bug != Bug::ChangeBeforeOwnEntry;
        self.begins_late(now);
        if begins && !self.bug.has_no_log_yet() {
            self.append_own(Operation::Nothing.into());
        }
    }

    pub(super) fn append_own(&mut self, command: Command) -> Place {
        let place = Place { index: self.log.last().index + 1, term: self.ballot.term };
        let entry = Record { index: place.index, term: place.term, command };
        self.push(entry);
        place
    }

    /// Adds the next entry, whoever made it. It is a promise to nobody before it is on the disk.
    fn push(&mut self, entry: Record) {
        self.configurations.push(&entry);
        self.mistaken.see(self.configurations.current(), &self.id);
        self.log.push(entry.clone());
        self.durable.append(entry);
    }

    /// Cuts off everything after `index`. With a configuration that was there, the one before it counts again.
    fn truncate(&mut self, index: u64) {
        if self.bug != Bug::ConfigurationNotRolledBack {
            self.configurations.truncate(index);
        }
        self.log.truncate(index);
        self.durable.truncate(index);
    }

    /// The leader's clock: steps down without a majority, speaks to everyone otherwise.
    pub(super) fn beat(&mut self, now: Time) {
        let Role::Leader { first_of_term, .. } = self.role else { return };
        let lost = match self.bug {
            Bug::NoStepDown => false,
            Bug::LeaseCountsBeats => self.count_beat(now) >= 10,
            _ => !self.has_heard_majority(self.patience(), now),
        };
        if lost {
            self.news(News::LostQuorum);
            self.follow(None, now);
            if self.bug == Bug::DeafAfterStepDown {
                self.mistaken.deaf = true;
                self.election_at = now + Duration::from_secs(86_400);
            }
            return;
        }
        if self.bug == Bug::AnswersBeforeApplied && self.log.last().index < first_of_term {
            // With the first heartbeat, and not before it, which widens the window.
            self.append_own(Operation::Nothing.into());
        }
        self.begin_term_late(now);
        self.heartbeat_at = now + if self.bug == Bug::HeartbeatsTooRare { 15 * HEARTBEAT } else { HEARTBEAT };
        self.send_heartbeats(now);
    }

    /// Whether a majority, this leader among them, has answered within the last `time`.
    pub(super) fn has_heard_majority(&self, time: Duration, now: Time) -> bool {
        let Role::Leader { peers, .. } = &self.role else { return false };
        let heard = peers.iter().filter(|(_, progress)| now.saturating_sub(progress.heard) < time);
        self.is_majority(heard.map(|(peer, _)| peer).chain([&self.id]))
    }

    /// Says "I lead" to everyone, in a new round.
    pub(super) fn send_heartbeats(&mut self, now: Time) {
        let Role::Leader { peers, reads, .. } = &mut self.role else { return };
        reads.begin_round();
        for progress in peers.values_mut() {
            if let Sending::Waiting { until, .. } | Sending::WaitingForPiece { until } = progress.sending
                && now >= until
            {
                progress.sending = Sending::Silent;
            }
        }
        let peers: Vec<NodeId> = peers.keys().cloned().collect();
        // Everything without an answer is sent again, as simple leaders do.
        let again = self.bug == Bug::TailCutByOldMessage;
        for peer in peers {
            self.send_append(peer, again, now);
        }
    }

    /// Sends new entries to whoever has answered for those before.
    pub(super) fn replicate(&mut self, now: Time) {
        let Role::Leader { peers, .. } = &self.role else { return };
        let last = self.log.last().index;
        let sends_snapshot = peers.values().any(|progress| progress.transfer.is_some());
        let blocked = self.bug == Bug::SendingBlocksOthers && sends_snapshot;
        let ready = |progress: &Progress| {
            progress.sending == Sending::Idle && progress.next <= last && (!blocked || progress.transfer.is_some())
        };
        let due: Vec<NodeId> =
            peers.iter().filter(|(_, progress)| ready(progress)).map(|(peer, _)| peer.clone()).collect();
        for peer in due {
            self.send_append(peer, true, now);
        }
    }

    pub(super) fn send_append(&mut self, to: NodeId, with_entries: bool, now: Time) {
        let Role::Leader { peers, reads, .. } = &mut self.role else { return };
        let Some(progress) = peers.get_mut(&to) else { return };
        // What comes next may no longer be in the log. A heartbeat then asks about where that begins.
        let previous = self.log.place_at(progress.next - 1);
        if previous.is_none() && with_entries {
            self.send_piece(&to, now);
            return;
        }
        let previous = previous.unwrap_or(self.log.base());
        let mut entries = Vec::new();
        if with_entries {
            entries = self.log.message_after(previous.index);
            let last = previous.index + entries.len() as u64;
            progress.sending = Sending::Waiting { last, until: now + ANSWER };
        }
        let body = Body::Append { previous, commit: self.commit, round: reads.round() };
        // A leader's entries may be on others' disks before they are on its own: only its own count of them waits.
        self.send(to, body, entries);
    }

    /// AppendEntries, as its receiver.
    #[expect(clippy::too_many_arguments, reason = "the fields of the message, as the paper has them")]
    pub(super) fn append(
        &mut self,
        from: NodeId,
        term: u64,
        previous: Place,
        commit: u64,
        round: u64,
        entries: Vec<Record>,
        now: Time,
    ) {
        if term < self.ballot.term && self.bug != Bug::ObeysOldLeader {
            self.promise(self.durable.newest_ballot(), from, Body::Outdated);
            return;
        }
        self.hear_leader(&from, now);
        let (previous, entries) = self.log.past_base(previous, entries);
        if !self.log.holds(previous) {
            let hint = self.log.can_match(previous);
            let refused = Body::Refused { previous: previous.index, hint, round };
            self.promise(self.durable.newest_ballot(), from, refused);
            return;
        }
        let matched = previous.index + entries.len() as u64;
        if self.bug == Bug::TailCutByOldMessage && !entries.is_empty() && matched < self.log.last().index {
            self.truncate(matched);
        }
        self.take_entries(entries);
        if self.bug == Bug::AppliedOnAppend {
            self.commit_up_to(self.log.last().index);
        }
        // Not the end of the log: whatever follows the last entry that was compared may be another leader's.
        let checked = if self.bug == Bug::CommitsPastChecked { self.log.last().index } else { matched };
        self.commit_up_to(commit.min(checked));
        self.promise_matched(from, matched, round);
    }

    /// "My log is yours up to `matched`": it is said once that is on the disk.
    pub(super) fn promise_matched(&mut self, to: NodeId, matched: u64, round: u64) {
        let waits = matched > self.durable.index() && self.bug != Bug::AcknowledgesBeforeWriting;
        let ticket = if waits { self.durable.all() } else { self.durable.newest_ballot() };
        self.promise(ticket, to, Body::Appended { matched, round });
    }

    pub(super) fn hear_leader(&mut self, from: &NodeId, now: Time) {
        if !matches!(&self.role, Role::Follower { leader: Some(leader) } if leader == from) {
            self.news(News::Follows { leader: from.clone(), term: self.ballot.term });
            self.follow(Some(from.clone()), now);
        }
        self.leader_heard = Some(now);
        self.put_off_election(now);
    }

    /// Adds what the log does not hold. Only an entry that differs cuts the tail off: an old message that comes late
    /// matches, and what came after it stays.
    fn take_entries(&mut self, entries: Vec<Record>) {
        for entry in entries {
            match self.log.term_at(entry.index) {
                Some(term) if term == entry.term => continue,
                Some(_) if self.bug == Bug::ConflictingTailKept => continue,
                Some(_) => {
                    debug_assert!(
                        entry.index > self.commit || self.bug != Bug::None,
                        "a committed entry is for good"
                    );
                    let after = entry.index - 1;
                    self.truncate(after);
                    self.news(News::Truncated { after });
                }
                None => {}
            }
            self.push(entry);
        }
    }

    /// "My log is yours up to `matched`."
    pub(super) fn appended(&mut self, from: &NodeId, term: u64, matched: u64, round: u64, now: Time) {
        let round = self.confirms(round);
        let Some(progress) = self.progress(from, term) else { return };
        progress.hear(round, now);
        progress.matched = progress.matched.max(matched);
        let known = (progress.matched, progress.round);
        progress.next = progress.next.max(progress.matched + 1);
        if progress.transfer.take_if(|transfer| transfer.index() <= matched).is_some()
            || matches!(progress.sending, Sending::Waiting { last, .. } if last <= matched)
        {
            progress.sending = Sending::Idle;
        }
        self.mistaken.note(from, known.0, known.1);
        self.commit_what_a_majority_has();
        self.dismiss(from, now);
        self.answer_reads();
    }

    /// "My log is not yours at `previous`."
    pub(super) fn refused(&mut self, from: &NodeId, term: u64, previous: u64, hint: Place, round: u64, now: Time) {
        let (hint, bug, round) = (self.log.can_match(hint), self.bug, self.confirms(round));
        let Some(progress) = self.progress(from, term) else { return };
        progress.hear(round, now);
        // Anything else answers a question that was asked before the last step back.
        if previous == progress.next - 1 {
            match bug {
                Bug::NeverBacksUp => progress.sending = Sending::Silent,
                Bug::BacksUpOnePerHeartbeat => {
                    progress.next = (progress.next - 1).max(progress.matched + 1);
                    progress.sending = Sending::Silent;
                }
                // A follower that started with an empty log is sent all of it, as by a leader that trusts refusals alone:
                // before the stage of this bug nothing is lost by one such start.
                Bug::LogNotRestored => {
                    progress.matched = hint.index;
                    progress.next = hint.index + 1;
                    progress.sending = Sending::Idle;
                }
                _ => {
                    progress.next = progress.matched.max(hint.index) + 1;
                    progress.sending = Sending::Idle;
                }
            }
            if bug == Bug::CommitsPastChecked {
                // Like leaders that look for the place with empty messages.
                self.send_append(from.clone(), false, now);
            }
        }
        self.answer_reads();
    }

    /// The round that an answer is for: the one that it was asked in.
    fn confirms(&self, round: u64) -> u64 {
        match &self.role {
            Role::Leader { reads, .. } if self.bug == Bug::OldAnswersConfirm => reads.round(),
            _ => round,
        }
    }

    /// What is known of a node that answers in the current term; `None` when this node does not lead in that.
    pub(super) fn progress(&mut self, from: &NodeId, term: u64) -> Option<&mut Progress> {
        match &mut self.role {
            Role::Leader { peers, .. } if term == self.ballot.term => peers.get_mut(from),
            _ => None,
        }
    }

    /// Counts who has what on the disk, the leader like everyone else. An entry of an earlier term is never committed
    /// by counting: another leader could still replace it (§5.4.2, figure 8). It is committed with the first entry of
    /// this term.
    pub(super) fn commit_what_a_majority_has(&mut self) {
        let Role::Leader { peers, .. } = &self.role else { return };
        let own = if self.bug == Bug::LeaderCountsUnwritten { self.log.last().index } else { self.durable.index() };
        let matched = |member: &NodeId| match peers.get(member) {
            Some(progress) if self.bug == Bug::MatchesKept => progress.matched.max(self.mistaken.known_match(member)),
            Some(progress) => progress.matched,
            None if *member == self.id => own,
            None => 0,
        };
        let enough = if self.bug == Bug::TwoOfFiveEnough { 2 } else { self.voters().len() / 2 + 1 };
        let mut index = self.reached_by(enough, matched);
        if self.bug == Bug::RemovedLeaderCountsItself && !self.is_member() {
            index = index.max(own.min(self.reached_by(enough - 1, matched)));
        }
        if self.log.term_at(index) == Some(self.ballot.term) || self.bug == Bug::OldTermCommitByCount {
            self.commit_up_to(index);
        }
    }

    pub(super) fn commit_up_to(&mut self, index: u64) {
        if index > self.commit {
            self.output.committed.extend_from_slice(self.log.between(self.commit, index));
            self.commit = index;
        }
    }
}

impl Progress {
    pub(super) fn new(next: u64, now: Time) -> Progress {
        Progress { next, matched: 0, heard: now, sending: Sending::Idle, transfer: None, round: 0 }
    }

    pub(super) fn matched(&self) -> u64 {
        self.matched
    }

    pub(super) fn is_silent(&self) -> bool {
        self.sending == Sending::Silent
    }

    pub(super) fn wait_for_piece(&mut self, until: Time) {
        self.sending = Sending::WaitingForPiece { until };
    }

    pub(super) fn stop_waiting(&mut self) {
        self.sending = Sending::Idle;
    }

    pub(super) fn hear(&mut self, round: u64, now: Time) {
        self.heard = now;
        self.round = self.round.max(round);
        if self.sending == Sending::Silent {
            self.sending = Sending::Idle;
        }
    }
}
