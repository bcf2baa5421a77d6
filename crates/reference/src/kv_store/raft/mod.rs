//! Raft, as in "In Search of an Understandable Consensus Algorithm" (§ refers to it), with what Ongaro's thesis
//! "Consensus: Bridging Theory and Practice" adds: changes of the members and snapshots (chapters 4 and 5), pre-vote and
//! check-quorum (6.2, 6.4 and 9.6).
//!
//! This is the algorithm alone, without files, sockets or clocks. Something goes in: a message, a command, a ticket
//! that the disk has written, the time. [`Raft::take_output`] returns what must be done: what to write, what to send,
//! what has been committed. So a test can run a whole cluster in one thread, in any order of events (`simulation.rs`).
//!
//! | module | holds |
//! |---|---|
//! | `election` | time-outs, pre-votes, votes |
//! | `replication` | AppendEntries from both ends, commit, check-quorum |
//! | `reads` | a leader asks whether it still leads, before it answers a read |
//! | `snapshot` | a log that begins behind a snapshot, and how one gets to a follower |
//! | `members`, `change` | the configurations in the log, and how a leader makes a new one |
//! | `log` | the entries |
//! | `exchange` | what a start needs, and what must be done |
//! | `durable` | how much of that is on the disk, and what must wait for it |
//! | `message` | what nodes say to each other |
//! | `news` | what a node says of itself in its log |
//! | `mistaken` | what bugs need |

mod change;
mod durable;
mod election;
mod exchange;
mod log;
mod members;
mod message;
mod mistaken;
mod news;
mod reads;
mod replication;
#[cfg(test)]
mod simulation;
mod snapshot;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;

use super::super::start::Pace;
use super::bug::Bug;
use super::record::{Command, Operation, Record};
use change::Learner;
pub(super) use change::{Asked, Change, Learnt};
use durable::Durable;
pub(super) use durable::{Ticket, Write};
pub(super) use exchange::{Ballot, Output, RoleName, Status, Stored};
use log::RaftLog;
use members::Configurations;
pub(super) use message::{Body, Members, Message, NodeId, Place};
use mistaken::Mistaken;
pub(super) use news::News;
use reads::Reads;
use replication::Progress;
use snapshot::Incoming;
pub(super) use snapshot::{Sizes, Snapshot};

/// The time since some moment that this node chose. Only differences matter.
pub(super) type Time = Duration;

/// How often a leader speaks to everyone, and a candidate repeats its question.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// A node that heard from a leader within its shortest time-out, less this, helps nobody to depose it. So the first whose
/// time is out finds that the others have waited long enough too.
const LEADER_ALIVE_MARGIN: Duration = Duration::from_millis(50);

enum Role {
    Follower {
        leader: Option<NodeId>,
    },
    /// Asks whether it would win, before it disturbs anyone with a new term.
    PreCandidate {
        granted: BTreeSet<NodeId>,
    },
    Candidate {
        granted: BTreeSet<NodeId>,
        /// A leader that goes has asked it to stand.
        chosen: bool,
    },
    Leader {
        /// All to whom it speaks: the other members, a node that learns, and those who do not know yet that they have been
        /// removed.
        peers: BTreeMap<NodeId, Progress>,
        reads: Reads,
        first_of_term: u64,
        learner: Option<Learner>,
    },
}

pub(super) struct Raft {
    id: NodeId,
    configurations: Configurations,
    ballot: Ballot,
    /// The newest one. The log begins at its end, or a little before.
    snapshot: Option<Snapshot>,
    /// What has come of one that a leader sends.
    incoming: Option<Incoming>,
    log: RaftLog,
    role: Role,
    /// The newest entry known to be committed.
    commit: u64,
    durable: Durable,
    /// Messages that wait for the disk.
    promises: Vec<(Ticket, NodeId, Message)>,
    /// When a leader of the current term last spoke.
    leader_heard: Option<Time>,
    /// When a follower stands for election, and when a candidate gives up and tries again.
    election_at: Time,
    /// When a leader or candidate speaks to all again.
    heartbeat_at: Time,
    random: ChaCha8Rng,
    pace: Pace,
    sizes: Sizes,
    output: Output,
    bug: Bug,
    /// Only for bugs.
    mistaken: Mistaken,
}

impl Raft {
    /// A node as it starts, with what it had on its disk. `first` is the configuration that the cluster begins with: one
    /// on the disk is newer. `random` must differ from node to node, or their time-outs would be the same.
    pub(super) fn new(id: NodeId, first: Members, stored: Stored, random: ChaCha8Rng, now: Time, bug: Bug) -> Raft {
        let Stored { ballot, snapshot, entries } = stored;
        let has_data = entries.iter().any(|entry| matches!(entry.command.operation, Operation::Put { .. }));
        let flags = first.clone();
        let (base, members) = match &snapshot {
            Some(snapshot) if bug == Bug::ConfigurationNotStored => (snapshot.last, first),
            Some(snapshot) => (snapshot.last, snapshot.members.clone()),
            None => (Place::default(), first),
        };
        let in_log = if bug == Bug::ConfigurationNotStored { &[] } else { &entries[..] };
        let configurations = Configurations::new(base.index, members, in_log);
        let log = RaftLog::new(base, entries);
        let durable = Durable::new(log.last().index);
        let mistaken = Mistaken::new(flags, configurations.current(), &id, log.last());
        let mut raft = Raft {
            id,
            configurations,
            ballot,
            snapshot,
            incoming: None,
            log,
            role: Role::Follower { leader: None },
            commit: base.index,
            durable,
            promises: Vec::new(),
            leader_heard: None,
            election_at: now,
            heartbeat_at: now,
            random,
            pace: Pace::USUAL,
            sizes: Sizes::USUAL,
            output: Output::default(),
            bug,
            mistaken,
        };
        raft.put_off_election(now);
        match bug {
            Bug::OwnVoteNotStored => raft.ballot.voted_for = raft.ballot.voted_for.filter(|whom| *whom != raft.id),
            Bug::StartsAsLeader if raft.ballot.voted_for.as_ref() == Some(&raft.id) && has_data => {
                raft.lead(now);
            }
            _ => {}
        }
        raft
    }

    /// The same node, as it starts, at another pace.
    pub(super) fn at_pace(mut self, pace: Pace, now: Time) -> Raft {
        self.pace = pace;
        self.put_off_election(now);
        self
    }

    /// The same node, as it starts, with other sizes.
    pub(super) fn with_sizes(mut self, sizes: Sizes) -> Raft {
        self.sizes = sizes;
        self
    }

    /// When [`Raft::tick`] is due next.
    pub(super) fn wake_at(&self) -> Time {
        match self.role {
            Role::Follower { .. } => self.election_at,
            Role::PreCandidate { .. } | Role::Candidate { .. } => self.election_at.min(self.heartbeat_at),
            Role::Leader { .. } => self.heartbeat_at,
        }
    }

    /// Does what is due. Messages that have arrived go first: after a pause of the whole process the leader's may be
    /// among them.
    pub(super) fn tick(&mut self, now: Time) {
        match self.role {
            Role::Leader { .. } if now >= self.heartbeat_at => self.beat(now),
            Role::Leader { .. } => {}
            _ if now >= self.election_at && self.disturbs() => self.stand(now, false),
            _ if now >= self.election_at && !self.may_stand() => {
                self.follow(None, now);
                self.put_off_election(now);
            }
            _ if now >= self.election_at && self.bug.stands_at_once() => self.stand(now, false),
            _ if now >= self.election_at => self.ask_pre_votes(now),
            Role::PreCandidate { .. } | Role::Candidate { .. } if now >= self.heartbeat_at => self.ask_again(now),
            _ => {}
        }
    }

    pub(super) fn receive(&mut self, message: Message, now: Time) {
        let Message { from, term, body, entries, piece } = message;
        // Whoever else speaks is heard, member or not: a node may lead by a configuration that this one has yet to hear
        // of, and from nobody else (thesis §4.1).
        if from == self.id || self.mistaken.deaf || self.drops(&from) {
            return;
        }
        let hears_all = self.bug == Bug::NoPreVote;
        let unasked = matches!(body, Body::AskVote { chosen: false, .. });
        let hears_all = hears_all || (self.bug == Bug::RemovedNodeDeposes && !self.members().contains(&from));
        let helps_nobody = unasked && self.leader_is_alive(now) && !hears_all;
        // The question before an election does not make a term, and one that would only disturb a living leader is
        // not heard.
        if term > self.ballot.term && !matches!(body, Body::AskPreVote { .. }) && !helps_nobody {
            self.enter_term(term, now);
        }
        self.put_off_by(&body, now);
        match body {
            Body::AskPreVote { last } => self.answer_pre_vote(from, term, last, now),
            Body::PreVote { asked, granted } => self.count_pre_vote(from, asked, granted, now),
            Body::AskVote { last, .. } => self.answer_vote(from, term, last, now),
            Body::Vote { granted } => self.count_vote(from, term, granted, now),
            Body::Append { previous, commit, round } => {
                self.append(from, term, previous, commit, round, entries, now);
            }
            Body::Appended { matched, round } => self.appended(&from, term, matched, round, now),
            Body::Refused { previous, hint, round } => self.refused(&from, term, previous, hint, round, now),
            Body::Piece { last, members, offset, size, round } => {
                let piece = Snapshot { last, members, state: piece };
                self.take_piece(from, term, piece, offset, size, round, now);
            }
            Body::Took { last, offset, have, round } => self.took(&from, term, last, [offset, have], round, now),
            Body::StandNow => self.stand_now(&from, term, now),
            // The term has been looked at above.
            Body::Outdated => {}
        }
    }

    /// Makes the command an entry of the leader's log, and says where; `None` when this node does not lead. The
    /// entry is committed, or something else is at its index.
    pub(super) fn propose(&mut self, command: Command) -> Option<Place> {
        self.begin_term();
        matches!(self.role, Role::Leader { .. }).then(|| self.append_own(command))
    }

    /// Everything up to `ticket` is on the disk.
    pub(super) fn written(&mut self, ticket: Ticket, now: Time) {
        self.durable.written(ticket);
        let released = self.promises.extract_if(.., |(waits, ..)| self.durable.is_written(*waits));
        self.output.messages.extend(released.map(|(_, to, message)| (to, message)));
        self.end_election(now);
        self.commit_what_a_majority_has();
    }

    /// What must be done since the last call.
    pub(super) fn take_output(&mut self, now: Time) -> Output {
        self.leave_if_removed(now);
        self.watch_learner(now);
        self.replicate(now);
        self.start_round_for_reads(now);
        if !self.keeps_writes(now) {
            self.output.writes = self.durable.take();
        }
        std::mem::take(&mut self.output)
    }

    /// The state at this instant; `None` while the term is not on the disk yet: after a crash now, this node would know
    /// nothing of it, and a term that was shown must not be taken back.
    pub(super) fn status(&self) -> Option<Status> {
        let (role, leader) = match &self.role {
            Role::Follower { .. } => (RoleName::Follower, self.leader()),
            // It only asks, and is no candidate before it has been told that it would win.
            Role::PreCandidate { .. } if !self.is_member() => (RoleName::Follower, None),
            Role::PreCandidate { .. } | Role::Candidate { .. } => (RoleName::Candidate, None),
            Role::Leader { .. } => (RoleName::Leader, Some(self.id.clone())),
        };
        let written = self.durable.is_written(self.durable.newest_ballot());
        written.then(|| Status { role, term: self.ballot.term, leader, members: self.members().clone() })
    }

    /// The term in which this node leads.
    pub(super) fn leads(&self) -> Option<u64> {
        matches!(self.role, Role::Leader { .. }).then_some(self.ballot.term)
    }

    /// Who else leads, where that is known.
    pub(super) fn leader(&self) -> Option<NodeId> {
        match &self.role {
            _ if self.bug == Bug::LeaderNeverLearnt => None,
            Role::Follower { leader } => leader.clone(),
            _ => None,
        }
    }

    /// Whether these are more than half of all members, whether those live or not.
    fn is_majority<'a>(&self, agree: impl IntoIterator<Item = &'a NodeId>) -> bool {
        let members = self.voters();
        let count = agree.into_iter().filter(|node| members.contains(*node)).count();
        match self.bug {
            Bug::MajorityOfPeers => count >= members.len() / 2,
            // Never one alone: two of those in one term would be another mistake.
            Bug::MajorityOfTheReachable | Bug::MajorityOfTheLiving => {
                count > 1 && count > (members.len() - self.mistaken.left_out.min(members.len())) / 2
            }
            _ => count > members.len() / 2,
        }
    }

    /// Learns of a newer term. Whatever this node was in the old term, it no longer is.
    fn enter_term(&mut self, term: u64, now: Time) {
        if !matches!(self.role, Role::Follower { .. }) {
            self.news(News::Outdated { term });
        }
        self.set_ballot(Ballot { term, voted_for: None });
        self.follow(None, now);
    }

    fn follow(&mut self, leader: Option<NodeId>, now: Time) {
        let led = matches!(self.role, Role::Leader { .. });
        self.role = Role::Follower { leader };
        self.leader_heard = None;
        if led {
            // A leader has no election time-out running.
            self.put_off_election(now);
        }
    }

    fn set_ballot(&mut self, ballot: Ballot) {
        if ballot.term != self.ballot.term {
            // Promises of an old term help nobody, and one about entries may no longer hold.
            self.promises.clear();
        }
        self.ballot = ballot.clone();
        self.durable.ballot(ballot);
    }

    fn message(&self, body: Body, entries: Vec<Record>) -> Message {
        Message { from: self.id.clone(), term: self.ballot.term, body, entries, piece: Bytes::new() }
    }

    /// Sends at once: for messages that promise nothing.
    fn send(&mut self, to: NodeId, body: Body, entries: Vec<Record>) {
        let message = self.message(body, entries);
        self.output.messages.push((to, message));
    }

    /// Sends once everything up to `ticket` is on the disk.
    fn promise(&mut self, ticket: Ticket, to: NodeId, body: Body) {
        if self.durable.is_written(ticket) {
            self.send(to, body, Vec::new());
        } else {
            let message = self.message(body, Vec::new());
            self.promises.push((ticket, to, message));
        }
    }

    fn news(&mut self, news: News) {
        self.output.news.push(news);
    }
}
