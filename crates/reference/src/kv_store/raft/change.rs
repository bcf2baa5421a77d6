//! Changes of the members, one node at a time (thesis §4.1 and §4.2).
//!
//! A change of one node needs no joint consensus: a majority of the old configuration and one of the new share a node, so
//! there are never two leaders of one term, or two entries committed at one place. Joint consensus could change any
//! number at once, but nobody can ask for that, and it has two entries, and two majorities to count, for each change.
//!
//! Two rules keep it safe. A leader begins no change before the one before it is committed. And it begins none before it
//! has committed an entry of its own term: otherwise an earlier leader's change, which it has never heard of, and its own
//! could both differ by one node from the same configuration, and by two from each other. (Ongaro found this after the
//! thesis, <https://groups.google.com/g/raft-dev/c/t4xj6dJTP6E>.)
//!
//! A new node learns before it counts: it is sent the log, in rounds, each up to where the log ended when the round began.
//! A round that takes less than an election time-out means that the node is as good as the others (§4.2.1). One that
//! has been removed is told so, and nothing after that. A leader that has removed itself goes on until that is committed,
//! and makes the best of the others stand at once (§3.10, §4.2.2).

use std::time::Duration;

use super::super::bug::Bug;
use super::super::record::Operation;
use super::replication::Progress;
use super::{Body, Members, News, NodeId, Place, Raft, Role, Time};

/// A new node that has not caught up by then is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The last round must be shorter: a leader with an election time-out to spare would wait no longer for this node.
const ROUND: Duration = Duration::from_millis(500);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Change {
    Add(NodeId),
    Remove(NodeId),
}

/// What becomes of a change that a node is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Asked {
    /// The members are so already, as far as this leader knows.
    AlreadySo,
    /// It is in the log here, and done when that is committed.
    Appended(Place),
    /// The new node learns. [`super::Output::learnt`] says how that ends.
    Learning,
    /// Another one is under way.
    UnderWay,
    /// It would leave nobody.
    LastMember,
    /// The leader does not know yet what the ones before it have committed.
    TooEarly,
    NotLeading,
}

/// How the learning of a new node ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Learnt {
    /// It is a member, as of this entry.
    Appended(Place),
    GivenUp,
}

/// A node that is to be a member.
#[derive(Debug)]
pub(super) struct Learner {
    node: NodeId,
    until: Time,
    round_began: Time,
    /// The round ends when the node has this entry.
    round_end: u64,
}

impl Raft {
    pub(in super::super) fn change(&mut self, change: &Change, now: Time) -> Asked {
        let Role::Leader { first_of_term, learner, .. } = &self.role else { return Asked::NotLeading };
        if self.commit < *first_of_term && self.bug != Bug::ChangeBeforeOwnEntry {
            return Asked::TooEarly;
        }
        let careless = self.bug == Bug::TwoChangesAtOnce;
        if self.configurations.index() > self.commit && !careless {
            return Asked::UnderWay;
        }
        let is_so = match change {
            Change::Add(node) => self.members().contains(node),
            Change::Remove(node) => !self.members().contains(node),
        };
        match change {
            _ if is_so => Asked::AlreadySo,
            _ if learner.is_some() && !careless => Asked::UnderWay,
            Change::Remove(_) if self.members().len() == 1 && self.bug == Bug::LastMemberRemoved => Asked::AlreadySo,
            Change::Remove(_) if self.members().len() == 1 => Asked::LastMember,
            Change::Remove(node) => {
                let mut members = self.members().clone();
                members.remove(node);
                Asked::Appended(self.append_members(members))
            }
            Change::Add(node) if self.bug == Bug::CountsBeforeCaughtUp || learner.is_some() => {
                let mut members = self.members().clone();
                members.insert(node.clone());
                self.meet(node, now);
                Asked::Appended(self.append_members(members))
            }
            Change::Add(node) => {
                self.teach(node.clone(), now);
                Asked::Learning
            }
        }
    }

    fn teach(&mut self, node: NodeId, now: Time) {
        self.news(News::Teaches { node: node.clone() });
        let last = self.log.last().index;
        self.meet(&node, now);
        let Role::Leader { learner, .. } = &mut self.role else { return };
        *learner = Some(Learner { node: node.clone(), until: now + PATIENCE, round_began: now, round_end: last });
        // The answer says where its log ends.
        self.send_append(node, false, now);
    }

    /// Begins to speak to a node.
    fn meet(&mut self, node: &NodeId, now: Time) {
        let next = self.log.last().index + 1;
        if let Role::Leader { peers, .. } = &mut self.role {
            peers.insert(node.clone(), Progress::new(next, now));
        }
    }

    pub(super) fn teaches(&self, node: &NodeId) -> bool {
        matches!(&self.role, Role::Leader { learner: Some(learner), .. } if learner.node == *node)
    }

    /// Looks how far the new node has come.
    pub(super) fn watch_learner(&mut self, now: Time) {
        let last = self.log.last().index;
        let Role::Leader { peers, learner, .. } = &mut self.role else { return };
        let Some(one) = learner else { return };
        let matched = peers.get(&one.node).map_or(0, Progress::matched);
        if now >= one.until {
            let node = one.node.clone();
            peers.remove(&node);
            if self.bug == Bug::GivenUpBlocks {
                one.until = Time::MAX;
            } else {
                *learner = None;
            }
            self.output.learnt = Some(Learnt::GivenUp);
            self.news(News::GivesUp { node });
        } else if matched >= one.round_end && now.saturating_sub(one.round_began) < ROUND {
            let node = one.node.clone();
            *learner = None;
            let mut members = self.members().clone();
            members.insert(node);
            self.output.learnt = Some(Learnt::Appended(self.append_members(members)));
        } else if matched >= one.round_end {
            (one.round_began, one.round_end) = (now, last);
        }
    }

    fn append_members(&mut self, members: Members) -> Place {
        self.news(News::Changes { members: members.clone() });
        self.append_own(Operation::Members(members).into())
    }

    /// Has a last word with a node that has been removed, once it has the entry that says so and that is committed.
    pub(super) fn dismiss(&mut self, node: &NodeId, now: Time) {
        let Role::Leader { peers, .. } = &self.role else { return };
        let newest = self.configurations.index();
        let knows = peers.get(node).is_some_and(|progress| progress.matched() >= newest) && self.commit >= newest;
        if !self.members().contains(node) && !self.teaches(node) && knows {
            self.send_append(node.clone(), false, now);
            if let Role::Leader { peers, .. } = &mut self.role {
                peers.remove(node);
            }
        }
    }

    /// A leader that is outside, for good, gives its office away. The others would elect without this, but later.
    pub(super) fn leave_if_removed(&mut self, now: Time) {
        let Role::Leader { peers, .. } = &self.role else { return };
        let is_for_good = self.configurations.index() <= self.commit || self.bug == Bug::LeavesBeforeCommit;
        if self.is_member() || !is_for_good || self.bug == Bug::RemovedLeaderLeadsOn {
            return;
        }
        let members = peers.iter().filter(|(peer, _)| self.members().contains(*peer));
        let best = members.max_by_key(|(_, progress)| progress.matched()).map(|(peer, _)| peer.clone());
        self.news(News::Leaves { successor: best.clone() });
        if let Some(best) = best {
            self.send(best, Body::StandNow, Vec::new());
        }
        self.follow(None, now);
    }

    /// The leader goes, and has chosen this node.
    pub(super) fn stand_now(&mut self, from: &NodeId, term: u64, now: Time) {
        let follows = matches!(&self.role, Role::Follower { leader: Some(leader) } if leader == from);
        if follows && term == self.ballot.term && self.is_member() {
            self.stand(now, true);
        }
    }
}
