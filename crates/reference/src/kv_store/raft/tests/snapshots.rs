//! Snapshots, piece by piece.

use super::*;

fn snapshot(index: u64, term: u64, state: &'static [u8]) -> Snapshot {
    Snapshot { last: place(index, term), members: five(), state: Bytes::from_static(state) }
}

/// From `offset` on, as many bytes as `length`.
fn piece(term: u64, of: &Snapshot, offset: usize, length: usize) -> Message {
    let Snapshot { last, members, state } = of.clone();
    let body = Body::Piece { last, members, offset: offset as u64, size: state.len() as u64, round: 1 };
    Message { piece: state.slice(offset..offset + length), ..from("n2", term, body) }
}

fn took(of: &Snapshot, offset: u64, have: u64) -> Body {
    Body::Took { last: of.last, offset, have, round: 1 }
}

#[test]
fn pieces_that_come_twice_late_or_from_another_snapshot_change_nothing() {
    let mut raft = node(&[1]);
    let new = snapshot(9, 2, b"abcdef");
    let answer = |raft: &mut Raft, message| {
        raft.receive(message, ms(10));
        said(raft, "n2", ms(10)).pop().unwrap().1
    };
    assert_eq!(answer(&mut raft, piece(2, &new, 2, 2)), took(&new, 2, 0), "the first piece is missing");
    assert_eq!(answer(&mut raft, piece(2, &new, 0, 2)), took(&new, 0, 2));
    assert_eq!(answer(&mut raft, piece(2, &new, 0, 2)), took(&new, 0, 2));
    assert_eq!(answer(&mut raft, piece(2, &new, 2, 2)), took(&new, 2, 4));
    assert_eq!(answer(&mut raft, piece(2, &new, 0, 2)), took(&new, 0, 4));
    // Of the same entries, but another leader made it: its bytes may be in another order.
    assert_eq!(answer(&mut raft, piece(3, &snapshot(9, 2, b"fedcba"), 4, 2)), took(&new, 4, 0));
    assert_eq!(raft.log.last(), place(1, 1), "nothing is installed in parts");
}

#[test]
fn the_last_piece_replaces_log_and_state_and_is_acknowledged_when_that_is_on_the_disk() {
    let mut raft = node(&[1, 1, 1]);
    raft.receive(append(2, place(3, 1), 3, Vec::new()), ms(5));
    said(&mut raft, "n2", ms(5));
    let new = snapshot(9, 2, b"abcdef");
    raft.receive(piece(2, &new, 0, 6), ms(10));
    let output = raft.take_output(ms(10));
    assert_eq!(output.installed, Some(new.clone()));
    assert_eq!((output.committed, output.messages), (vec![], vec![]));
    let (ticket, writes) = output.writes.unwrap();
    assert_eq!(writes, [Write::Install(new.clone())]);
    assert_eq!((raft.log.last(), raft.durable.index()), (place(9, 2), 0));
    raft.written(ticket, ms(10));
    assert_eq!(said(&mut raft, "n2", ms(10)), [(2, Body::Appended { matched: 9, round: 1 })]);
    raft.receive(piece(2, &snapshot(7, 2, b"old"), 0, 3), ms(20));
    let output = raft.take_output(ms(20));
    assert_eq!((output.installed, output.writes), (None, None), "one that comes late");
    assert_eq!(output.messages[0].1.body, Body::Appended { matched: 7, round: 1 });
}

#[test]
fn a_snapshot_of_entries_that_are_here_leaves_those_after_it() {
    let mut raft = node(&[1, 1, 2, 2]);
    raft.receive(piece(2, &snapshot(3, 2, b"state"), 0, 2), ms(10));
    let output = raft.take_output(ms(10));
    assert_eq!((output.installed, raft.log.last(), raft.commit), (None, place(4, 2), 3));
    assert_eq!(output.committed.len(), 3);
    assert_eq!(output.messages[0].1.body, Body::Appended { matched: 3, round: 1 });
}

#[test]
fn the_log_begins_behind_a_snapshot_once_that_is_in_its_place_and_not_before_an_older_one() {
    let mut raft = node(&[1, 1, 1, 1]).with_sizes(Sizes { piece: 2, behind: 0 });
    raft.receive(append(1, place(4, 1), 4, Vec::new()), ms(10));
    said(&mut raft, "n2", ms(10));
    let made = snapshot(3, 1, b"");
    assert!(raft.keep(made.clone()));
    assert_eq!(raft.take_output(ms(10)).writes.unwrap().1, [Write::Keep(made), Write::Cut(3)]);
    assert_eq!((raft.log.base(), raft.log.last()), (place(3, 1), place(4, 1)));
    assert!(!raft.keep(snapshot(3, 1, b"")) && !raft.keep(snapshot(2, 1, b"")));
    // An old message with what the snapshot holds, and more.
    let mut late = entries(&[1, 1, 1, 1, 1]);
    late.remove(0);
    raft.receive(append(1, place(1, 1), 4, late), ms(20));
    assert_eq!(said(&mut raft, "n2", ms(20)), [(1, Body::Appended { matched: 5, round: 1 })]);
}

#[test]
fn a_follower_that_needs_what_is_gone_is_sent_the_snapshot_piece_by_piece_and_heartbeats_beside_it() {
    let stored = Stored {
        ballot: Ballot { term: 2, voted_for: None },
        snapshot: Some(snapshot(8, 2, b"abcde")),
        entries: Vec::new(),
    };
    let mut raft = start(stored).with_sizes(Sizes { piece: 2, behind: 0 });
    let now = elect(&mut raft);
    said(&mut raft, "n2", now);
    let pieces = |raft: &mut Raft, now| -> Vec<u64> {
        let offset = |(_, body)| match body {
            Body::Piece { offset, .. } => Some(offset),
            _ => None,
        };
        said(raft, "n2", now).into_iter().filter_map(offset).collect()
    };
    raft.receive(from("n2", 3, Body::Refused { previous: 8, hint: place(2, 1), round: 0 }), now);
    assert_eq!(pieces(&mut raft, now), [0]);
    let of = snapshot(8, 2, b"abcde");
    raft.receive(from("n2", 3, took(&of, 0, 2)), now);
    raft.receive(from("n2", 3, took(&of, 0, 2)), now);
    assert_eq!(pieces(&mut raft, now), [2], "an answer that comes twice is answered once");
    for beat in 1..=25 {
        let now = now + beat * HEARTBEAT;
        for peer in ["n3", "n4"] {
            raft.receive(from(peer, 3, Body::Appended { matched: 9, round: 1 }), now);
        }
        raft.tick(now);
        let said = said(&mut raft, "n2", now);
        assert!(matches!(said[..], [(3, Body::Append { .. })]), "only heartbeats while it is silent: {said:?}");
    }
    let now = now + 26 * HEARTBEAT;
    raft.receive(from("n2", 3, Body::Refused { previous: 8, hint: place(2, 1), round: 9 }), now);
    assert_eq!(pieces(&mut raft, now), [2], "the lost one again");
    raft.receive(from("n2", 3, took(&of, 2, 4)), now);
    assert_eq!(pieces(&mut raft, now), [4]);
    raft.receive(from("n2", 3, Body::Appended { matched: 8, round: 9 }), now);
    let next = said(&mut raft, "n2", now);
    assert!(matches!(next[..], [(3, Body::Append { previous: Place { index: 8, term: 2 }, .. })]), "{next:?}");
}
