//! Messages as the body of a request: one after the other, each a header in JSON and its entries as records.
//!
//! ```text
//! header length u32 · entries length u32 · header · entries
//! ```
//!
//! Numbers are little-endian. Values go as they are, in the form they have in the log; JSON would make six bytes of
//! some.

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
    let Message { from, term, body, entries } = message;
    // Strings and numbers: nothing in it can fail to become JSON.
    let header = serde_json::to_vec(&Header { from, term, body }).unwrap_or_default();
    out.extend_from_slice(&(header.len() as u32).to_le_bytes());
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&header);
    let start = out.len();
    for entry in &entries {
        entry.encode(out);
    }
    // A message has about 1 MiB of entries, or a single one: the cast is exact.
    let length = ((out.len() - start) as u32).to_le_bytes();
    out[length_at..length_at + 4].copy_from_slice(&length);
}

/// The messages in `bytes`; `None` when it is anything else.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let header_length = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let entries_length = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let (header, rest) = bytes.split_at_checked(header_length)?;
        let (records, rest) = rest.split_at_checked(entries_length)?;
        bytes = rest;
        let Header { from, term, body } = serde_json::from_slice(header).ok()?;
        messages.push(Message { from, term, body, entries: decode_entries(records)? });
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
