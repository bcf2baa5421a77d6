//! What the log is made of: numbered records, and their form in a file.
//!
//! ```text
//! length  u32   bytes of the body
//! check   u32   CRC-32 of the length and the body
//! body    index u64 · term u64 · kind u8 · key length u16 · key · value (the rest)
//! ```
//!
//! All numbers are little-endian. The check covers the length too: a file that ends in zeros, which some
//! file systems leave after a power cut, is then no record.

use std::sync::Arc;

use bytes::Bytes;

use super::crc32::crc32;

/// One change, whole: after a crash it has happened or it has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Put {
        key: Arc<str>,
        value: Bytes,
    },
    Delete {
        key: Arc<str>,
    },
    Clear,
    /// Changes nothing: what a leader begins its term with.
    Nothing,
}

/// An operation with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Counts from 1, without gaps.
    pub(super) index: u64,
    /// Who wrote it, once there are leaders; a node alone writes 0.
    pub(super) term: u64,
    pub(super) operation: Operation,
}

/// What a piece of a log begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// A whole record, and its length in bytes.
    Record(Record, usize),
    /// Nothing: the log ends here.
    End,
    /// Something that is no record: cut short, or damaged.
    Broken,
}

const HEADER: usize = 8;

/// What [`Record::peek`] needs: all before the term.
pub(super) const PEEK: usize = HEADER + 8;

const PUT: u8 = 1;
const DELETE: u8 = 2;
const CLEAR: u8 = 3;
const NOTHING: u8 = 4;

impl Operation {
    /// About how many bytes it takes in a log.
    pub(super) fn size(&self) -> usize {
        match self {
            Operation::Put { key, value } => key.len() + value.len(),
            Operation::Delete { key } => key.len(),
            Operation::Clear | Operation::Nothing => 0,
        }
    }
}

impl Record {
    /// Appends the record to `out`.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let (kind, key, value): (u8, &str, &[u8]) = match &self.operation {
            Operation::Put { key, value } => (PUT, key, value),
            Operation::Delete { key } => (DELETE, key, &[]),
            Operation::Clear => (CLEAR, "", &[]),
            Operation::Nothing => (NOTHING, "", &[]),
        };
        let start = out.len();
        out.extend_from_slice(&[0; HEADER]);
        out.extend_from_slice(&self.index.to_le_bytes());
        out.extend_from_slice(&self.term.to_le_bytes());
        out.push(kind);
        // The API lets no key over 200 bytes and no value over 1,000,000 through: both casts are exact.
        out.extend_from_slice(&(key.len() as u16).to_le_bytes());
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(value);
        let length = ((out.len() - start - HEADER) as u32).to_le_bytes();
        let check = crc32(&[&length, &out[start + HEADER..]]).to_le_bytes();
        out[start..start + 4].copy_from_slice(&length);
        out[start + 4..start + HEADER].copy_from_slice(&check);
    }

    /// The index of the record that begins with `start`, and its length in bytes, taken on trust.
    pub(super) fn peek(start: &[u8; PEEK]) -> (u64, usize) {
        let (length, rest) = start.split_at(4);
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        (number(&rest[4..]), HEADER + number(length) as usize)
    }

    /// Reads the record that `bytes` begins with.
    pub(super) fn decode(bytes: &[u8]) -> Decoded {
        if bytes.is_empty() {
            return Decoded::End;
        }
        match Record::decode_whole(bytes) {
            Some((record, size)) => Decoded::Record(record, size),
            None => Decoded::Broken,
        }
    }

    fn decode_whole(mut bytes: &[u8]) -> Option<(Record, usize)> {
        let length = take::<4>(&mut bytes)?;
        let check = u32::from_le_bytes(take(&mut bytes)?);
        let size = u32::from_le_bytes(length) as usize;
        let mut body = bytes.get(..size)?;
        if crc32(&[&length, body]) != check {
            return None;
        }
        let index = u64::from_le_bytes(take(&mut body)?);
        let term = u64::from_le_bytes(take(&mut body)?);
        let [kind] = take(&mut body)?;
        let key_length = usize::from(u16::from_le_bytes(take(&mut body)?));
        let (key, value) = body.split_at_checked(key_length)?;
        let key: Arc<str> = str::from_utf8(key).ok()?.into();
        let operation = match kind {
            // A copy: a slice would keep the whole file in memory for as long as one value lives.
            PUT => Operation::Put { key, value: Bytes::copy_from_slice(value) },
            DELETE => Operation::Delete { key },
            CLEAR => Operation::Clear,
            NOTHING => Operation::Nothing,
            _ => return None,
        };
        let record = Record { index, term, operation };
        Some((record, HEADER + size))
    }
}

/// Takes `N` bytes from the front.
pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn operations() -> impl Strategy<Value = Operation> {
        let key = "[A-Za-z0-9:_.-]{1,200}";
        prop_oneof![
            (key, proptest::collection::vec(any::<u8>(), 1..2000))
                .prop_map(|(key, value)| { Operation::Put { key: key.into(), value: value.into() } }),
            key.prop_map(|key| Operation::Delete { key: key.into() }),
            Just(Operation::Clear),
            Just(Operation::Nothing),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(index: u64, term: u64, operation in operations(), rest: Vec<u8>) {
            let record = Record { index, term, operation };
            let mut bytes = Vec::new();
            record.encode(&mut bytes);
            let size = bytes.len();
            bytes.extend(rest);
            prop_assert_eq!(Record::decode(&bytes), Decoded::Record(record, size));
        }

        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>) {
            prop_assert!(!matches!(Record::decode(&bytes), Decoded::Record(..)));
        }
    }

    #[test]
    fn a_record_cut_anywhere_or_changed_anywhere_is_broken() {
        let operation = Operation::Put { key: "a:b".into(), value: Bytes::from_static(b"x\ny\0") };
        let mut bytes = Vec::new();
        Record { index: 7, term: 0, operation }.encode(&mut bytes);
        assert_eq!(Record::decode(&[]), Decoded::End);
        for cut in 1..bytes.len() {
            assert_eq!(Record::decode(&bytes[..cut]), Decoded::Broken, "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert_eq!(Record::decode(&changed), Decoded::Broken, "changed at {at}");
        }
    }

    #[test]
    fn zeros_are_no_record() {
        assert_eq!(Record::decode(&[0; 64]), Decoded::Broken);
    }

    #[test]
    fn the_longest_value_fits() {
        let operation = Operation::Put { key: "k".repeat(200).into(), value: vec![0xAB; 1_000_000].into() };
        let record = Record { index: u64::MAX, term: u64::MAX, operation };
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        let size = bytes.len();
        assert_eq!(Record::decode(&bytes), Decoded::Record(record, size));
    }
}
