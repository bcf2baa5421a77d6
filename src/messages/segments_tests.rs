//! What is written, read back.

use std::collections::BTreeMap;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::messages::decode::Content;
use crate::messages::message::{Fate, Held, Loss};
use crate::messages::read::Record;
use crate::network::Hold;

fn message(id: u64, body: &str) -> Message {
    Message {
        id: MessageId(id),
        connection: 3,
        exchange: Some(id),
        from: "n1".into(),
        to: "n2".into(),
        began: Duration::from_millis(id),
        came: Duration::from_millis(id + 1),
        bytes: 100,
        content: Content::HttpRequest { method: "POST".into(), path: "/raft/append".into() },
        head: "POST /raft/append HTTP/1.1".into(),
        length: body.len() as u64,
        body: body.into(),
        cut_short: false,
    }
}

fn ended(id: u64) -> Ended {
    Ended { id: MessageId(id), at: Duration::from_millis(id + 2), fate: Fate::HandedOver, held: None }
}

fn few() -> Limits {
    Limits { segment: 2000, all: 15_000 }
}

/// Some messages, each with its fate a message later.
fn write(segments: &mut Segments, from: u64, to: u64) {
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(300));
    for id in from..to {
        segments.write(&Told::Message(Box::new(message(id, &body)), 9)).unwrap();
        if let Some(before) = id.checked_sub(1) {
            segments.write(&Told::Ended(ended(before))).unwrap();
        }
    }
}

fn read(folder: &TempDir) -> Record {
    Record::open(folder.path()).unwrap().unwrap()
}

/// The messages that are left, and whether each has a body.
fn left(folder: &TempDir) -> BTreeMap<u64, bool> {
    let record = read(folder);
    let one = |entry| {
        let (message, _) = record.message(entry).unwrap();
        (message.id.0, !message.body.is_empty())
    };
    record.entries().iter().map(one).collect()
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Record::open(folder.path()).unwrap().is_none(), "no nodes spoke to each other");
    let mut segments = Segments::new(folder.path(), Limits::USUAL);
    segments.add_nodes(&["n1".into(), "n2".into()]).unwrap();
    segments.flush().unwrap();
    assert!(read(&folder).entries().is_empty(), "they could have");
    let long = "x".repeat(10_000);
    let all = [message(0, "{\"a\":1}"), message(1, &long), message(2, "")];
    for one in &all {
        segments.write(&Told::Message(Box::new(one.clone()), 40 + one.id.0 as u32)).unwrap();
    }
    let held = Some(Held { since: Duration::from_millis(1), by: Hold::Cut });
    let lost = Ended { fate: Fate::Lost { why: Loss::Reset }, held, ..ended(1) };
    segments.write(&Told::Ended(lost)).unwrap();
    segments.flush().unwrap();
    // Its row has been written.
    segments.write(&Told::Ended(ended(0))).unwrap();
    segments.flush().unwrap();
    let record = read(&folder);
    let entries = record.entries();
    let read: Vec<_> = entries.iter().map(|entry| record.message(entry).unwrap()).collect();
    assert_eq!(read, [(all[0].clone(), Some(ended(0))), (all[1].clone(), Some(lost)), (all[2].clone(), None),]);
    let [one, two, three] = entries else { panic!("{entries:?}") };
    assert_eq!((&*one.from, &*one.to, one.alike, one.exchange), ("n1", "n2", 40, Some((3, 0))));
    assert_eq!((two.fate, two.held, two.ended), (Some(lost.fate), Some(Hold::Cut), Some(Duration::from_millis(3))));
    assert_eq!((three.fate, three.ended), (None, None));
}

#[test]
fn a_record_whose_writer_was_killed_is_read_as_far_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::new(folder.path(), Limits::USUAL);
    write(&mut segments, 0, 3);
    segments.flush().unwrap();
    // The row is written at once, the line with the next ones.
    segments.write(&Told::Ended(ended(2))).unwrap();
    write(&mut segments, 3, 4);
    let record = read(&folder);
    let all: Vec<_> = record.entries().iter().map(|entry| record.message(entry).unwrap()).collect();
    assert_eq!(all.iter().map(|(_, ended)| ended.is_some()).collect::<Vec<_>>(), [true, true, false]);
    fs::write(paths(folder.path(), 1).1, b"forty bytes, but of no index that is known").unwrap();
    assert!(matches!(Record::open(folder.path()), Err(crate::messages::ReadError::Broken { .. })));
}

#[test]
fn nodes_that_join_later_are_named_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::new(folder.path(), Limits::USUAL);
    write(&mut segments, 0, 3);
    let joined = Message { from: "n6".into(), ..message(3, "") };
    segments.write(&Told::Message(Box::new(joined), 9)).unwrap();
    // The fate of a message is written where the message is.
    segments.write(&Told::Ended(ended(2))).unwrap();
    segments.flush().unwrap();
    let record = read(&folder);
    let from: Vec<&str> = record.entries().iter().map(|entry| &*entry.from).collect();
    assert_eq!(from, ["n1", "n1", "n1", "n6"]);
    assert_eq!(record.message(&record.entries()[2]).unwrap().1, Some(ended(2)));
}

#[test]
fn of_passed_tests_the_oldest_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::new(folder.path(), few());
    segments.test_begins();
    write(&mut segments, 0, 10);
    segments.test_ends(false);
    segments.begin().unwrap();
    segments.test_begins();
    write(&mut segments, 10, 16);
    segments.test_ends(true);
    segments.begin().unwrap();
    segments.test_begins();
    write(&mut segments, 16, 26);
    segments.flush().unwrap();
    let left = left(&folder);
    let gone: Vec<u64> = (0..26).filter(|id| !left.contains_key(id)).collect();
    assert!(!gone.is_empty() && gone.iter().all(|id| (10..16).contains(id)), "{gone:?}");
    assert!(left.values().all(|body| *body));
}

#[test]
fn then_the_oldest_bodies_go_and_the_end_stays_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::new(folder.path(), few());
    segments.test_begins();
    write(&mut segments, 0, 26);
    segments.flush().unwrap();
    let left_then = left(&folder);
    assert_eq!(left_then.len(), 26);
    let bodies: Vec<u64> = left_then.iter().filter(|(_, body)| **body).map(|(id, _)| *id).collect();
    assert!(bodies.len() < 26 && bodies.windows(2).all(|pair| pair[1] == pair[0] + 1) && bodies.ends_with(&[25]));
    // Lines that were moved are found, and those of fates that come later.
    let record = read(&folder);
    assert_eq!(record.message(&record.entries()[0]).unwrap().1, Some(ended(0)));
    write(&mut segments, 26, 300);
    segments.flush().unwrap();
    let left_now = left(&folder);
    assert!(left_now.len() < 300 && left_now.contains_key(&299) && !left_now.contains_key(&0));
    let length = |path: fs::DirEntry| path.metadata().unwrap().len();
    let jsonl = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    let all: u64 = jsonl.filter(|file| file.path().extension().is_some_and(|end| end == "jsonl")).map(length).sum();
    assert!(all < few().all + few().segment, "{all}");
}

#[test]
fn fates_of_messages_that_are_gone_are_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let mut segments = Segments::new(folder.path(), few());
    write(&mut segments, 0, 300);
    for id in 0..300 {
        segments.write(&Told::Ended(ended(id))).unwrap();
    }
    segments.flush().unwrap();
    let record = read(&folder);
    assert!(record.entries().iter().all(|entry| entry.ended.is_some()));
}
