//! Who leads (§5.2, §5.4.1), with the question before an election (thesis §9.6): a node that was cut off for a while asks
//! before it stands, and so disturbs nobody when it returns.

use std::collections::BTreeSet;

use rand_core::Rng;

use super::super::super::start::Pace;
use super::super::bug::Bug;
use super::{Ballot, Body, HEARTBEAT, LEADER_ALIVE_MARGIN, News, NodeId, Place, Raft, Role, Time};

impl Raft {
    /// A new time-out, drawn each time: nodes that stood for election at the same moment will hardly do so again.
    pub(super) fn put_off_election(&mut self, now: Time) {
        let Pace { shortest, longest, .. } = self.pace;
        if self.bug == Bug::FixedTimeouts {
            self.election_at = now + (shortest + longest) / 2;
            return;
        }
        let width = (longest - shortest).as_micros() as u64;
        let drawn = std::time::Duration::from_micros(self.random.next_u64() % width);
        self.election_at = now + shortest + drawn;
    }

    pub(super) fn leader_is_alive(&self, now: Time) -> bool {
        let alive = self.pace.shortest - LEADER_ALIVE_MARGIN;
        let heard = self.leader_heard.is_some_and(|heard| now.saturating_sub(heard) < alive);
        heard || matches!(self.role, Role::Leader { .. })
    }

    /// The time is out: a follower has heard no leader, or a candidate has won nothing.
    pub(super) fn ask_pre_votes(&mut self, now: Time) {
        if self.bug == Bug::WaitsForOldLeader && self.leader_heard.is_some() {
            self.put_off_election(now);
            return;
        }
        if matches!(self.role, Role::Follower { .. }) {
            self.news(News::Asks { term: self.ballot.term + 1 });
        }
        self.role = Role::PreCandidate { granted: BTreeSet::from([self.id.clone()]) };
        self.put_off_election(now);
        if self.pace.hesitation.is_zero() {
            self.ask_again(now);
        } else {
            self.heartbeat_at = now + self.pace.hesitation;
        }
        self.end_pre_vote(now);
    }

    /// Asks those who have not granted yet: the question or its answer may have been lost.
    pub(super) fn ask_again(&mut self, now: Time) {
        self.heartbeat_at = if self.bug == Bug::FixedTimeouts { self.election_at } else { now + HEARTBEAT };
        let last = self.log.last();
        let (granted, body) = match &self.role {
            Role::PreCandidate { granted } => (granted.clone(), Body::AskPreVote { last }),
            Role::Candidate { granted, chosen } => (granted.clone(), Body::AskVote { last, chosen: *chosen }),
            _ => return,
        };
        for peer in self.other_members() {
            if !granted.contains(&peer) || self.bug == Bug::VotesCountedTwice {
                // The candidate's own vote is counted already, so it must be on the disk before anyone else's.
                self.promise(self.durable.newest_ballot(), peer, body.clone());
            }
        }
    }

    pub(super) fn answer_pre_vote(&mut self, from: NodeId, term: u64, last: Place, now: Time) {
        let granted = term >= self.ballot.term && !self.leader_is_alive(now) && self.is_up_to_date(last);
        // A refusal carries this node's term, from which one that is behind learns.
        self.promise(self.durable.newest_ballot(), from, Body::PreVote { asked: term, granted });
        if self.bug == Bug::PreVoteRaisesTerm && term >= self.ballot.term {
            self.enter_term(term + 1, now);
        }
    }

    pub(super) fn count_pre_vote(&mut self, from: NodeId, asked: u64, yes: bool, now: Time) {
        if let Role::PreCandidate { granted } = &mut self.role
            && yes
            && asked == self.ballot.term
        {
            granted.insert(from);
            self.end_pre_vote(now);
        }
    }

    fn end_pre_vote(&mut self, now: Time) {
        let Role::PreCandidate { granted } = &self.role else { return };
        if self.is_majority(granted) {
            self.stand(now, false);
        }
    }

    /// Begins an election in a new term, with a vote for itself. Whoever was `chosen` is heard though the leader lives.
    pub(super) fn stand(&mut self, now: Time, chosen: bool) {
        self.set_ballot(Ballot { term: self.ballot.term + 1, voted_for: Some(self.id.clone()) });
        self.news(News::Stands { term: self.ballot.term });
        self.role = Role::Candidate { granted: BTreeSet::from([self.id.clone()]), chosen };
        self.mistaken.votes = 1;
        self.put_off_election(now);
        match self.bug {
            // Widens the window: the others' time-outs end before they are asked.
            Bug::FixedTimeouts => self.heartbeat_at = now + 4 * HEARTBEAT,
            _ => self.ask_again(now),
        }
        self.end_election(now);
    }

    pub(super) fn answer_vote(&mut self, from: NodeId, term: u64, last: Place, now: Time) {
        if term > self.ballot.term {
            // The new term is not entered, for the sake of a living leader. An answer would tell the asker nothing.
            return;
        }
        let again = match self.bug {
            Bug::VotesTwice => true,
            Bug::FollowerVotesTwice => self.ballot.voted_for.as_ref() != Some(&self.id),
            _ => false,
        };
        let free = self.ballot.voted_for.as_ref().is_none_or(|whom| *whom == from) || again;
        let granted = term == self.ballot.term && free && self.is_up_to_date(last);
        if granted {
            if self.ballot.voted_for.is_none() {
                self.set_ballot(Ballot { term, voted_for: Some(from.clone()) });
                self.news(News::Voted { whom: from.clone(), term });
            }
            self.put_off_election(now);
        }
        self.promise(self.durable.newest_ballot(), from, Body::Vote { granted });
    }

    pub(super) fn count_vote(&mut self, from: NodeId, term: u64, yes: bool, now: Time) {
        if let Role::Candidate { granted, .. } = &mut self.role
            && yes
            && (term == self.ballot.term || self.bug == Bug::CountsOldVotes)
        {
            granted.insert(from);
            self.mistaken.votes += 1;
            self.end_election(now);
        }
    }

    /// Leads once it has a majority. Its own vote counts when it is on the disk: alone, it could win a term twice.
    pub(super) fn end_election(&mut self, now: Time) {
        let Role::Candidate { granted, .. } = &self.role else { return };
        let counted = self.bug == Bug::VotesCountedTwice && self.mistaken.votes > self.voters().len() / 2;
        if (counted || self.is_majority(granted)) && self.durable.is_written(self.durable.newest_ballot()) {
            self.news(News::Leads { term: self.ballot.term });
            self.lead(now);
        }
    }

    /// Whether a log that ends at `last` has at least what this one has: only such a node may lead, for
    /// then it has all that was committed (§5.4.1).
    pub(super) fn is_up_to_date(&self, last: Place) -> bool {
        let mut own = self.log.last();
        if self.bug == Bug::VotesByOldEnd && self.mistaken.old_end.index > 0 {
            own = self.mistaken.old_end;
        }
        match self.bug {
            Bug::VotesByCommit => own = self.log.place_at(self.commit).unwrap_or_default(),
            Bug::LongerLogWins => return last.index >= own.index,
            _ => {}
        }
        (last.term, last.index) >= (own.term, own.index) || self.bug == Bug::VotesForShorterLog
    }
}
