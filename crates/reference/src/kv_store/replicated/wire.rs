//! Messages as the body of a request: one after the other, each a header in JSON, its entries as records, and its piece of
//! a snapshot.
//!
//! ```text
//! header length u32 · entries length u32 · piece length u32 · header · entries · piece
//! ```
//!
//! Numbers are little-endian. Values go as they are, in the form they have in the log; JSON would make six bytes of
//! some.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::raft::{Body, Message, NodeId};
use super::super::record::{Decoded, Record, take};

#[derive(Serialize, Deserialize)]
struct Header {
    from: NodeId,
    term: u64,
    body: Body,
}

/// Appends the message to `out`.
pub(super) fn encode(message: Message, out: &mut Vec<u8>) {
    let Message { from, term, body, entries, piece } = message;
    // Strings and numbers: nothing in it can fail to become JSON.
    let header = serde_json::to_vec(&Header { from, term, body }).unwrap_or_default();
    out.extend_from_slice(&(header.len() as u32).to_le_bytes());
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(piece.len() as u32).to_le_bytes());
    out.extend_from_slice(&header);
    let start = out.len();
    for entry in &entries {
        entry.encode(out);
    }
    // A message has about 1 MiB of entries, or a single one: the cast is exact.
    let length = ((out.len() - start) as u32).to_le_bytes();
    out[length_at..length_at + 4].copy_from_slice(&length);
    out.extend_from_slice(&piece);
}

/// The messages in `bytes`; `None` when it is anything else.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let header_length = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let entries_length = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let piece_length = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let (header, rest) = bytes.split_at_checked(header_length)?;
        let (records, rest) = rest.split_at_checked(entries_length)?;
        let (piece, rest) = rest.split_at_checked(piece_length)?;
        bytes = rest;
        let Header { from, term, body } = serde_json::from_slice(header).ok()?;
        let piece = Bytes::copy_from_slice(piece);
        messages.push(Message { from, term, body, entries: decode_entries(records)?, piece });
    }
    Some(messages)
}

fn decode_entries(mut bytes: &[u8]) -> Option<Vec<Record>> {
    let mut entries = Vec::new();
    loop {
        match Record::decode(bytes) {
            Decoded::Record(record, size) => {
                entries.push(record);
                bytes = &bytes[size..];
            }
            Decoded::End => return Some(entries),
            Decoded::Broken => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::raft::Place;
    use super::super::super::record::Operation;
    use super::*;

    fn append(values: &[&'static [u8]]) -> Message {
        let put = |(at, value): (usize, &&'static [u8])| Record {
            index: at as u64 + 8,
            term: 3,
            command: Operation::Put { key: "a:b".into(), value: Bytes::from_static(value) }.into(),
        };
        let body = Body::Append { previous: Place { index: 7, term: 2 }, commit: 5, round: u64::MAX };
        let entries = values.iter().enumerate().map(put).collect();
        Message { from: "n1".into(), term: 3, body, entries, piece: Bytes::new() }
    }

    fn all() -> Vec<Message> {
        let place = Place { index: 4, term: 2 };
        let bodies = [
            Body::AskPreVote { last: place },
            Body::PreVote { asked: 1, granted: true },
            Body::AskVote { last: place, chosen: true },
            Body::StandNow,
            Body::Vote { granted: false },
            Body::Appended { matched: 4, round: 2 },
            Body::Refused { previous: 9, hint: place, round: 2 },
            Body::Outdated,
            Body::Took { last: place, offset: 7, have: 9, round: 2 },
        ];
        let message = |body| Message { from: "n5".into(), term: 9, body, entries: Vec::new(), piece: Bytes::new() };
        let mut messages: Vec<Message> = bodies.into_iter().map(message).collect();
        let members = ["n1", "n2"].map(NodeId::from).into();
        let piece = Body::Piece { last: place, members, offset: 8, size: 11, round: 3 };
        messages.push(Message { piece: Bytes::from_static(b"\0\xff\n"), ..message(piece) });
        messages.push(append(&[]));
        messages.push(append(&[b"x", b"line\n\0\xff", &[b'"'; 100_000]]));
        messages
    }

    fn encoded(messages: &[Message]) -> Vec<u8> {
        let mut bytes = Vec::new();
        messages.iter().for_each(|message| encode(message.clone(), &mut bytes));
        bytes
    }

    #[test]
    fn what_is_sent_arrives_one_or_many_and_values_take_no_more_than_they_are() {
        assert_eq!(decode(&[]), Some(Vec::new()));
        assert_eq!(decode(&encoded(&all())), Some(all()));
        for message in all() {
            let bytes = encoded(std::slice::from_ref(&message));
            let values: usize = message.entries.iter().map(|entry| entry.command.size()).sum();
            assert!(bytes.len() < values + 300, "{} bytes for {values}", bytes.len());
            assert_eq!(decode(&bytes), Some(vec![message]));
        }
    }

    #[test]
    fn a_part_of_a_message_is_none() {
        let bytes = encoded(&[append(&[b"one", b"two"])]);
        for length in 1..bytes.len() {
            assert_eq!(decode(&bytes[..length]), None, "cut at {length}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>) {
            prop_assert!(bytes.is_empty() || decode(&bytes).is_none());
        }
    }
}
