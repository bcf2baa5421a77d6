//! The index beside a segment of `messages.jsonl`: 40 bytes for each message, in the order of their numbers. Whatever
//! sorts, filters, joins and folds a million messages reads this, and the lines only of those that are shown.
//!
//! | bytes | what, the least significant byte first |
//! |---|---|
//! | 0 to 7 | when its first byte came, in microseconds since the run's start |
//! | 8 to 15 | when its fate was decided; 0 before that |
//! | 16 to 19 | where its line begins in the segment |
//! | 20 to 23 | where the line of its fate begins; 0 before that |
//! | 24 to 27 | equal for messages that are alike |
//! | 28 to 31 | its connection |
//! | 32 to 35 | its exchange within the connection, plus 1; 0 if it has none |
//! | 36, 37 | who sent it, and to whom: places in the segment's list of nodes |
//! | 38 | its kind |
//! | 39 | its fate in the lower half, what held it in the upper one |

use std::time::Duration;

use crate::network::Hold;

use super::decode::Content;
use super::message::{Ended, Fate, Loss, Message};

pub(super) const LENGTH: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    HttpRequest,
    HttpAnswer,
    Json,
    FramedJson,
    Text,
    Http2,
    Bytes,
    Unrecorded,
}

const KINDS: [Kind; 8] = [
    Kind::HttpRequest,
    Kind::HttpAnswer,
    Kind::Json,
    Kind::FramedJson,
    Kind::Text,
    Kind::Http2,
    Kind::Bytes,
    Kind::Unrecorded,
];

/// In the order of their numbers, from 1; 0 is none.
pub(super) const FATES: [Fate; 7] = [
    Fate::HandedOver,
    Fate::CutShort,
    Fate::Undelivered,
    Fate::Lost { why: Loss::Reset },
    Fate::Lost { why: Loss::ResetByNode },
    Fate::Lost { why: Loss::ReceiverGone },
    Fate::Lost { why: Loss::Unreachable },
];

/// In the order of their numbers, from 1; 0 is none.
pub(super) const HOLDS: [Hold; 3] = [Hold::Cut, Hold::Slow, Hold::Full];

impl From<&Content> for Kind {
    fn from(content: &Content) -> Kind {
        match content {
            Content::HttpRequest { .. } => Kind::HttpRequest,
            Content::HttpAnswer { .. } => Kind::HttpAnswer,
            Content::Json => Kind::Json,
            Content::FramedJson => Kind::FramedJson,
            Content::Text => Kind::Text,
            Content::Http2 => Kind::Http2,
            Content::Bytes => Kind::Bytes,
            Content::Unrecorded => Kind::Unrecorded,
        }
    }
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) began: Duration,
    pub(super) ended: Option<Duration>,
    pub(super) line: u32,
    pub(super) fate_line: Option<u32>,
    pub(super) alike: u32,
    pub(super) connection: u32,
    pub(super) exchange: Option<u32>,
    pub(super) from: u8,
    pub(super) to: u8,
    pub(super) kind: Kind,
    pub(super) fate: Option<Fate>,
    pub(super) held: Option<Hold>,
}

impl Row {
    /// A message without a fate, whose line begins there.
    pub(super) fn new(message: &Message, alike: u32, line: u32, from: u8, to: u8) -> Row {
        Row {
            began: message.began,
            ended: None,
            line,
            fate_line: None,
            alike,
            // They need only be told apart within a record.
            connection: message.connection as u32,
            exchange: message.exchange.and_then(|exchange| u32::try_from(exchange).ok()),
            from,
            to,
            kind: Kind::from(&message.content),
            fate: None,
            held: None,
        }
    }

    pub(super) fn end(&mut self, ended: &Ended, line: u32) {
        self.ended = Some(ended.at);
        self.fate_line = Some(line);
        self.fate = Some(ended.fate);
        self.held = ended.held.map(|held| held.by);
    }

    pub(super) fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        bytes[0..8].copy_from_slice(&micros(self.began).to_le_bytes());
        // A fate at the very start would look like none.
        bytes[8..16].copy_from_slice(&self.ended.map_or(0, |ended| micros(ended).max(1)).to_le_bytes());
        bytes[16..20].copy_from_slice(&self.line.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.fate_line.unwrap_or(0).to_le_bytes());
        bytes[24..28].copy_from_slice(&self.alike.to_le_bytes());
        bytes[28..32].copy_from_slice(&self.connection.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.exchange.map_or(0, |exchange| exchange.wrapping_add(1)).to_le_bytes());
        bytes[36] = self.from;
        bytes[37] = self.to;
        bytes[38] = place(&KINDS, self.kind);
        bytes[39] = self.fate.map_or(0, |fate| place(&FATES, fate) + 1)
            | (self.held.map_or(0, |by| place(&HOLDS, by) + 1) << 4);
        bytes
    }

    /// None for what no version of lsfr has written.
    pub(super) fn from_bytes(bytes: &[u8; LENGTH]) -> Option<Row> {
        let long = |at: usize| bytes[at..].first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        let short = |at: usize| bytes[at..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let (fate, held) = (bytes[39] & 0xf, bytes[39] >> 4);
        Some(Row {
            began: Duration::from_micros(long(0)?),
            ended: long(8).filter(|micros| *micros > 0).map(Duration::from_micros),
            line: short(16)?,
            fate_line: short(20).filter(|line| *line > 0),
            alike: short(24)?,
            connection: short(28)?,
            exchange: short(32).and_then(|exchange| exchange.checked_sub(1)),
            from: bytes[36],
            to: bytes[37],
            kind: *KINDS.get(usize::from(bytes[38]))?,
            fate: if fate == 0 { None } else { Some(*FATES.get(usize::from(fate) - 1)?) },
            held: if held == 0 { None } else { Some(*HOLDS.get(usize::from(held) - 1)?) },
        })
    }
}

/// Tables are shorter than a half of a byte can count.
fn place<T: PartialEq>(table: &[T], value: T) -> u8 {
    table.iter().position(|entry| *entry == value).unwrap_or_default() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let row = Row {
            began: Duration::from_micros(1_424_001),
            ended: None,
            line: 70_000,
            fate_line: None,
            alike: 0xdead_beef,
            connection: 7,
            exchange: Some(0),
            from: 3,
            to: 250,
            kind: Kind::HttpAnswer,
            fate: None,
            held: None,
        };
        assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
        for fate in FATES {
            for held in HOLDS.map(Some).into_iter().chain([None]) {
                let ended = Some(Duration::from_micros(2_052_000));
                let row = Row { ended, fate_line: Some(90_000), fate: Some(fate), held, exchange: None, ..row };
                assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
            }
        }
        for kind in KINDS {
            assert_eq!(Row::from_bytes(&Row { kind, ..row }.to_bytes()).unwrap().kind, kind);
        }
        assert_eq!(Row::from_bytes(&[0xff; LENGTH]), None);
    }
}
