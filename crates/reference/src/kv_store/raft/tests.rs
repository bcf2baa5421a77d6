//! One node at a time, with the others played by hand: the rules that chance seldom puts to the test in `simulation`.

mod snapshots;

use std::time::Duration;

use rand_seeder::Seeder;

use super::super::bug::Bug;
use super::super::record::{Operation, Record};
use super::*;

const fn ms(milliseconds: u64) -> Time {
    Duration::from_millis(milliseconds)
}

const NO_READS: [u64; 0] = [];

fn place(index: u64, term: u64) -> Place {
    Place { index, term }
}

/// Entries with these terms, from index 1.
fn entries(terms: &[u64]) -> Vec<Record> {
    let record =
        |(at, term): (usize, &u64)| Record { index: at as u64 + 1, term: *term, command: Operation::Nothing.into() };
    terms.iter().enumerate().map(record).collect()
}

/// n1 of five, in the term of its last entry.
fn node(terms: &[u64]) -> Raft {
    let ballot = Ballot { term: terms.last().copied().unwrap_or(0), voted_for: None };
    start(Stored { ballot, snapshot: None, entries: entries(terms) })
}

fn five() -> Members {
    ["n1", "n2", "n3", "n4", "n5"].map(NodeId::from).into()
}

fn start(stored: Stored) -> Raft {
    Raft::new("n1".into(), five(), stored, Seeder::from("n1").into_rng(), ms(0), Bug::None)
}

fn from(peer: &str, term: u64, body: Body) -> Message {
    Message { from: peer.into(), term, body, entries: Vec::new(), piece: Bytes::new() }
}

fn append(term: u64, previous: Place, commit: u64, entries: Vec<Record>) -> Message {
    Message { entries, ..from("n2", term, Body::Append { previous, commit, round: 1 }) }
}

/// Everything that the node sends to `to` when its disk is quick.
fn said(raft: &mut Raft, to: &str, now: Time) -> Vec<(u64, Body)> {
    let mut said = Vec::new();
    loop {
        let output = raft.take_output(now);
        let for_peer = output.messages.into_iter().filter(|(peer, _)| &**peer == to);
        said.extend(for_peer.map(|(_, message)| (message.term, message.body)));
        match output.writes {
            Some((ticket, _)) => raft.written(ticket, now),
            None => return said,
        }
    }
}

/// Makes it the leader of the term after its last, with the votes of n2 and n3.
fn elect(raft: &mut Raft) -> Time {
    let now = raft.wake_at();
    raft.tick(now);
    let term = raft.ballot.term;
    for peer in ["n2", "n3"] {
        raft.receive(from(peer, term, Body::PreVote { asked: term, granted: true }), now);
    }
    said(raft, "n2", now);
    for peer in ["n2", "n3"] {
        raft.receive(from(peer, term + 1, Body::Vote { granted: true }), now);
    }
    assert_eq!(raft.leads(), Some(term + 1));
    now
}

#[test]
fn a_node_that_hears_a_leader_grants_nothing_and_keeps_its_term() {
    let mut raft = node(&[1]);
    raft.receive(append(1, place(1, 1), 0, vec![]), ms(100));
    said(&mut raft, "n2", ms(100));
    raft.receive(from("n3", 7, Body::AskPreVote { last: place(9, 7) }), ms(500));
    assert_eq!(said(&mut raft, "n3", ms(500)), [(1, Body::PreVote { asked: 7, granted: false })]);
    raft.receive(from("n3", 8, Body::AskVote { last: place(9, 7), chosen: false }), ms(500));
    assert_eq!(said(&mut raft, "n3", ms(500)), []);
    assert_eq!(raft.ballot.term, 1);

    raft.receive(from("n3", 7, Body::AskPreVote { last: place(9, 7) }), ms(560));
    assert_eq!(said(&mut raft, "n3", ms(560)), [(1, Body::PreVote { asked: 7, granted: true })]);
    assert_eq!(raft.ballot.term, 1, "the question alone makes no term");
}

#[test]
fn a_candidate_that_nobody_answers_stays_in_its_term() {
    let mut raft = node(&[1]);
    for _ in 0..100 {
        let now = raft.wake_at();
        raft.tick(now);
        for (term, body) in said(&mut raft, "n2", now) {
            assert!(matches!((term, body), (1, Body::AskPreVote { .. })));
        }
    }
}

#[test]
fn a_vote_is_on_the_disk_before_it_is_given_and_is_given_once() {
    let mut raft = node(&[1]);
    raft.receive(from("n3", 2, Body::AskVote { last: place(1, 1), chosen: false }), ms(10));
    let output = raft.take_output(ms(10));
    assert_eq!(output.messages, []);
    assert_eq!(raft.status(), None, "a term that a crash could take back is not shown");
    let (ticket, writes) = output.writes.unwrap();
    assert_eq!(writes, [Write::Ballot(Ballot { term: 2, voted_for: Some("n3".into()) })]);
    raft.written(ticket, ms(10));
    assert_eq!(said(&mut raft, "n3", ms(10)), [(2, Body::Vote { granted: true })]);
    assert_eq!(raft.status().unwrap().term, 2);
    for (peer, granted) in [("n4", false), ("n3", true)] {
        raft.receive(from(peer, 2, Body::AskVote { last: place(5, 1), chosen: false }), ms(20));
        assert_eq!(said(&mut raft, peer, ms(20)), [(2, Body::Vote { granted })]);
    }
}

#[test]
fn nobody_is_asked_for_a_vote_before_the_own_one_is_on_the_disk() {
    let mut raft = node(&[1]);
    let now = raft.wake_at();
    raft.tick(now);
    said(&mut raft, "n2", now);
    for peer in ["n2", "n3"] {
        raft.receive(from(peer, 1, Body::PreVote { asked: 1, granted: true }), now);
    }
    let output = raft.take_output(now);
    assert_eq!(output.messages, []);
    raft.written(output.writes.unwrap().0, now);
    assert_eq!(said(&mut raft, "n2", now), [(2, Body::AskVote { last: place(1, 1), chosen: false })]);
}

#[test]
fn a_shorter_or_older_log_gets_no_vote() {
    for (last, granted) in [(place(2, 3), false), (place(9, 2), false), (place(3, 3), true), (place(1, 4), true)] {
        let mut raft = node(&[1, 3, 3]);
        raft.receive(from("n2", 4, Body::AskVote { last, chosen: false }), ms(10));
        assert_eq!(said(&mut raft, "n2", ms(10)), [(4, Body::Vote { granted })], "{last:?}");
    }
}

#[test]
fn votes_of_an_earlier_election_do_not_count() {
    let mut raft = node(&[1]);
    let now = raft.wake_at();
    raft.tick(now);
    for peer in ["n2", "n3"] {
        raft.receive(from(peer, 1, Body::PreVote { asked: 1, granted: true }), now);
    }
    said(&mut raft, "n2", now);
    for peer in ["n2", "n3", "n4", "n5"] {
        raft.receive(from(peer, 1, Body::Vote { granted: true }), now);
    }
    assert_eq!(raft.leads(), None);
    raft.receive(from("n2", 2, Body::Vote { granted: true }), now);
    raft.receive(from("n2", 2, Body::Vote { granted: true }), now);
    assert_eq!(raft.leads(), None, "one vote, told twice");
    raft.receive(from("n3", 2, Body::Vote { granted: true }), now);
    assert_eq!(raft.leads(), Some(2));
}

#[test]
fn an_old_message_that_matches_cuts_nothing_off() {
    let mut raft = node(&[1, 1, 1, 1]);
    raft.receive(append(1, place(1, 1), 0, entries(&[1, 1])[1..].to_vec()), ms(10));
    assert_eq!(raft.log.last(), place(4, 1));
    let output = raft.take_output(ms(10));
    assert_eq!(output.writes, None);
    assert_eq!(output.messages[0].1.body, Body::Appended { matched: 2, round: 1 });
}

#[test]
fn an_entry_that_differs_cuts_the_tail_off_on_the_disk_too() {
    let mut raft = node(&[1, 1, 1, 1]);
    raft.receive(append(2, place(1, 1), 4, entries(&[1, 1, 2])[1..].to_vec()), ms(10));
    let output = raft.take_output(ms(10));
    let (ticket, writes) = output.writes.unwrap();
    let new = entries(&[1, 1, 2])[2..].to_vec();
    let ballot = Ballot { term: 2, voted_for: None };
    assert_eq!(writes, [Write::Ballot(ballot), Write::Truncate(2), Write::Append(new)]);
    assert_eq!(output.messages, [], "not acknowledged before it is written");
    raft.written(ticket, ms(10));
    assert_eq!(said(&mut raft, "n2", ms(10)), [(2, Body::Appended { matched: 3, round: 1 })]);
    assert_eq!(raft.commit, 3, "what was compared, not what the leader has committed");
}

#[test]
fn an_entry_that_was_cut_off_and_came_back_waits_for_its_second_write() {
    let mut raft = node(&[1]);
    raft.receive(append(1, place(1, 1), 0, entries(&[1, 1])[1..].to_vec()), ms(10));
    let (first, _) = raft.take_output(ms(10)).writes.unwrap();
    raft.receive(append(2, place(1, 1), 0, entries(&[1, 2])[1..].to_vec()), ms(20));
    raft.receive(append(3, place(1, 1), 0, entries(&[1, 1, 3])[1..].to_vec()), ms(30));
    let (second, _) = raft.take_output(ms(30)).writes.unwrap();
    raft.written(first, ms(10));
    assert_eq!(raft.durable.index(), 1);
    assert_eq!(raft.take_output(ms(40)).messages, []);
    raft.written(second, ms(10));
    assert_eq!(said(&mut raft, "n2", ms(50)), [(3, Body::Appended { matched: 3, round: 1 })]);
}

#[test]
fn entries_of_an_earlier_term_are_committed_with_one_of_this_and_not_by_count() {
    let mut raft = node(&[1, 2]);
    let now = elect(&mut raft);
    said(&mut raft, "n2", now);
    for peer in ["n2", "n3", "n4", "n5"] {
        raft.receive(from(peer, 3, Body::Appended { matched: 2, round: 1 }), now);
    }
    assert_eq!(raft.commit, 0, "all have it, and a leader of another term could still replace it");
    raft.receive(from("n2", 3, Body::Appended { matched: 3, round: 1 }), now);
    assert_eq!(raft.commit, 0);
    raft.receive(from("n3", 3, Body::Appended { matched: 3, round: 1 }), now);
    assert_eq!(raft.commit, 3, "with no write by any client");
}

#[test]
fn answers_of_an_earlier_term_are_no_answers() {
    let mut raft = node(&[1, 1]);
    let now = elect(&mut raft);
    said(&mut raft, "n2", now);
    for peer in ["n2", "n3", "n4"] {
        raft.receive(from(peer, 1, Body::Appended { matched: 3, round: 9 }), now);
    }
    assert_eq!(raft.commit, 0);
}

#[test]
fn an_old_leader_hears_the_new_term_and_nothing_that_looks_like_an_answer() {
    let mut raft = node(&[1, 3]);
    raft.receive(append(2, place(1, 1), 0, vec![]), ms(10));
    assert_eq!(said(&mut raft, "n2", ms(10)), [(3, Body::Outdated)]);
    assert_eq!(raft.leader(), None);
}

#[test]
fn a_leader_that_hears_no_majority_for_a_second_steps_down() {
    let mut raft = node(&[1]);
    let start = elect(&mut raft);
    let mut now = start;
    // With n2 alone it has two of five.
    while now < start + ms(1900) {
        let reached = now < start + ms(1000);
        for peer in if reached { &["n2", "n3"][..] } else { &["n2"] } {
            raft.receive(from(peer, 2, Body::Appended { matched: 1, round: 1 }), now);
        }
        assert_eq!(raft.leads(), Some(2), "{now:?}");
        now = raft.wake_at();
        raft.tick(now);
        said(&mut raft, "n2", now);
    }
    assert_eq!(raft.leads(), None);
    assert_eq!(raft.status().unwrap(), Status { role: RoleName::Follower, term: 2, leader: None, members: five() });
}

#[test]
fn a_node_that_does_not_answer_gets_heartbeats_and_not_the_same_entries_again_and_again() {
    let mut raft = node(&[1]);
    let start = elect(&mut raft);
    let mut with_entries = 0;
    let mut heartbeats = 0;
    let mut now = start;
    while now < start + ms(5000) {
        raft.propose(Operation::Clear.into()).unwrap();
        let output = raft.take_output(now);
        for (to, message) in output.messages {
            match &*to {
                "n5" if message.entries.is_empty() => heartbeats += 1,
                "n5" => with_entries += 1,
                peer => {
                    let Body::Append { previous, round, .. } = message.body else { panic!("{message:?}") };
                    let matched = previous.index + message.entries.len() as u64;
                    raft.receive(from(peer, 2, Body::Appended { matched, round }), now);
                }
            }
        }
        now = raft.wake_at();
        raft.tick(now);
    }
    assert_eq!((with_entries, heartbeats >= 45), (1, true), "{heartbeats} heartbeats");
    raft.receive(from("n5", 2, Body::Refused { previous: 1, hint: place(0, 0), round: 40 }), now);
    let output = raft.take_output(now);
    let (_, message) = output.messages.iter().rfind(|(to, _)| &**to == "n5").unwrap();
    assert_eq!(message.entries[0].index, 1, "from where the logs are the same");
}

#[test]
fn where_logs_part_is_found_in_a_few_questions_however_much_differs() {
    // The leader has terms 1 and 7; the other has long tails of terms that it never heard of.
    let mut own = vec![1; 100];
    own.extend([7; 3000]);
    let mut leader = node(&own);
    let mut other = vec![1; 90];
    for term in 2..=6 {
        other.extend([term; 400]);
    }
    let mut follower = node(&other);
    follower.id = "n2".into();

    let now = elect(&mut leader);
    let mut questions = 0;
    while follower.log.last() != leader.log.last() {
        questions += 1;
        assert!(questions < 6, "the follower is at {:?}", follower.log.last());
        let output = leader.take_output(now);
        for (_, message) in output.messages.into_iter().filter(|(to, _)| &**to == "n2") {
            follower.receive(message, now);
        }
        let output = follower.take_output(now);
        if let Some((ticket, _)) = output.writes {
            follower.written(ticket, now);
        }
        for (_, message) in output.messages.into_iter().chain(follower.take_output(now).messages) {
            leader.receive(message, now);
        }
    }
}

#[test]
fn a_read_waits_for_a_round_that_began_after_it_and_for_the_first_commit() {
    let mut raft = node(&[1]);
    let now = elect(&mut raft);
    said(&mut raft, "n2", now);
    assert_eq!(raft.read(1, now), Some(2));
    assert_eq!(raft.take_output(now).reads, NO_READS);
    assert_eq!(raft.read(2, now), Some(2));
    let answer = |raft: &mut Raft, peer, round| {
        raft.receive(from(peer, 2, Body::Appended { matched: 1, round }), now);
        raft.take_output(now).reads
    };
    assert_eq!(answer(&mut raft, "n2", 1), NO_READS);
    assert_eq!(answer(&mut raft, "n3", 1), NO_READS, "it leads, but does not know yet what is committed");
    for peer in ["n2", "n3"] {
        raft.receive(from(peer, 2, Body::Appended { matched: 2, round: 0 }), now);
    }
    assert_eq!(raft.take_output(now).reads, [1], "the second came when the round had begun");
    assert_eq!(answer(&mut raft, "n4", 2), NO_READS);
    assert_eq!(answer(&mut raft, "n5", 2), [2]);
    assert_eq!(raft.read(3, now), Some(2));
    raft.receive(from("n4", 3, Body::Outdated), now);
    assert_eq!(raft.read(4, now), None);
    for peer in ["n2", "n3"] {
        assert_eq!(answer(&mut raft, peer, 3), NO_READS);
    }
}
