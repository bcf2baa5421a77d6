//! What the log is made of: numbered records, and their form in a file.
//!
//! ```text
//! length  u32   bytes of the body
//! check   u32   CRC-32 of the length and the body
//! body    index u64 · term u64 · kind u8
//!         condition u8 · version u64
//!         id length u8 · id · asked at u64
//!         key length u16 · key · value (the rest)
//! ```
//!
//! All numbers are little-endian. Fields that a command does not have are 0 or empty. The check covers the length too,
//! so that a file that ends in zeros, which some file systems leave after a power cut, does not end in a valid record.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;

use super::crc32::crc32;
use super::groups::Step;
use super::transactions::TxnStep;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) operation: Operation,
    pub(super) condition: Condition,
    /// Commands with the same id happen once.
    pub(super) id: Option<RequestId>,
}

/// Whether the operation happens. It is checked when the command is applied, in the order of the log: what held when
/// the request arrived may no longer hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    None,
    /// The key is there, with this version.
    Version(u64),
    /// The key is not there.
    Missing,
}

/// The name that a client gave to its request, the same each time it sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId {
    pub(super) id: Arc<str>,
    /// When the server took the request, in seconds since 1970. It is part of the command, so that all nodes that apply
    /// it forget it at the same place in the log.
    pub(super) at: u64,
}

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
    /// Changes no value: these nodes are the members from here on.
    Members(BTreeSet<Arc<str>>),
    /// Changes who has which keys.
    Step(Step),
    /// Several operations as one, or a part of that.
    Transaction(TxnStep),
}

/// A command with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Counts from 1, without gaps.
    pub(super) index: u64,
    /// Who wrote it, once there are leaders; a node alone writes 0.
    pub(super) term: u64,
    pub(super) command: Command,
}

/// What a piece of a log begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// A whole record, and its length in bytes.
    Record(Record, usize),
    /// Nothing: the log ends here.
    End,
    /// Something that is not a record: cut short, or damaged.
    Broken,
}

const HEADER: usize = 8;

/// What [`Record::peek`] needs: all before the term.
pub(super) const PEEK: usize = HEADER + 8;

const PUT: u8 = 1;
const DELETE: u8 = 2;
const CLEAR: u8 = 3;
const NOTHING: u8 = 4;
const MEMBERS: u8 = 5;
const STEP: u8 = 6;
const TRANSACTION: u8 = 7;

const VERSION: u8 = 1;
const MISSING: u8 = 2;

impl Operation {
    /// The key that it is about.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Operation::Put { key, .. } | Operation::Delete { key } => Some(key),
            Operation::Clear | Operation::Nothing => None,
            Operation::Members(_) | Operation::Step(_) | Operation::Transaction(_) => None,
        }
    }
}

impl From<Operation> for Command {
    fn from(operation: Operation) -> Command {
        Command { operation, condition: Condition::None, id: None }
    }
}

impl Command {
    /// About how many bytes it takes in a log.
    pub(super) fn size(&self) -> usize {
        match &self.operation {
            Operation::Put { key, value } => key.len() + value.len(),
            Operation::Delete { key } => key.len(),
            Operation::Clear | Operation::Nothing => 0,
            Operation::Members(members) => members.iter().map(|member| member.len() + 1).sum(),
            Operation::Step(step) => step.size(),
            Operation::Transaction(step) => step.size(),
        }
    }
}

impl Record {
    /// Appends the record to `out`.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let Command { operation, condition, id } = &self.command;
        let (members, step, transaction);
        let (kind, key, value): (u8, &str, &[u8]) = match operation {
            Operation::Put { key, value } => (PUT, key, value),
            Operation::Delete { key } => (DELETE, key, &[]),
            Operation::Clear => (CLEAR, "", &[]),
            Operation::Nothing => (NOTHING, "", &[]),
            Operation::Members(nodes) => {
                members = encode_members(nodes);
                (MEMBERS, "", members.as_bytes())
            }
            Operation::Step(taken) => {
                step = taken.encode();
                (STEP, "", &step)
            }
            Operation::Transaction(taken) => {
                transaction = taken.encode();
                (TRANSACTION, "", &transaction)
            }
        };
        let (condition, version) = match condition {
            Condition::None => (0, 0),
            Condition::Version(version) => (VERSION, *version),
            Condition::Missing => (MISSING, 0),
        };
        let (id, at) = id.as_ref().map_or(("", 0), |id| (&*id.id, id.at));
        let start = out.len();
        out.extend_from_slice(&[0; HEADER]);
        out.extend_from_slice(&self.index.to_le_bytes());
        out.extend_from_slice(&self.term.to_le_bytes());
        out.push(kind);
        out.push(condition);
        out.extend_from_slice(&version.to_le_bytes());
        // The API lets no id over 64 bytes, no key over 200 and no value over 1,000,000 through: all casts are exact.
        out.push(id.len() as u8);
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(&at.to_le_bytes());
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
        let [condition] = take(&mut body)?;
        let version = u64::from_le_bytes(take(&mut body)?);
        let condition = match condition {
            0 => Condition::None,
            VERSION => Condition::Version(version),
            MISSING => Condition::Missing,
            _ => return None,
        };
        let [id_length] = take(&mut body)?;
        let (id, rest) = body.split_at_checked(usize::from(id_length))?;
        let id = str::from_utf8(id).ok()?;
        body = rest;
        let at = u64::from_le_bytes(take(&mut body)?);
        let id = (!id.is_empty()).then(|| RequestId { id: id.into(), at });
        let key_length = usize::from(u16::from_le_bytes(take(&mut body)?));
        let (key, value) = body.split_at_checked(key_length)?;
        let key: Arc<str> = str::from_utf8(key).ok()?.into();
        let operation = match kind {
            // A copy: a slice would keep the whole file in memory for as long as one value lives.
            PUT => Operation::Put { key, value: Bytes::copy_from_slice(value) },
            DELETE => Operation::Delete { key },
            CLEAR => Operation::Clear,
            NOTHING => Operation::Nothing,
            MEMBERS => Operation::Members(decode_members(value)?),
            TRANSACTION => Operation::Transaction(TxnStep::decode(value)?),
            STEP => Operation::Step(Step::decode(value)?),
            _ => return None,
        };
        let record = Record { index, term, command: Command { operation, condition, id } };
        Some((record, HEADER + size))
    }
}

/// A line for each. No name has a line break in it: it comes from a flag that lists them with commas.
pub(super) fn encode_members(members: &BTreeSet<Arc<str>>) -> String {
    members.iter().flat_map(|member| [member, "\n"]).collect()
}

pub(super) fn decode_members(lines: &[u8]) -> Option<BTreeSet<Arc<str>>> {
    Some(str::from_utf8(lines).ok()?.lines().map(Arc::from).collect())
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

    fn commands() -> impl Strategy<Value = Command> {
        let key = "[A-Za-z0-9:_.-]{1,200}";
        let operation = prop_oneof![
            (key, proptest::collection::vec(any::<u8>(), 1..2000))
                .prop_map(|(key, value)| { Operation::Put { key: key.into(), value: value.into() } }),
            key.prop_map(|key| Operation::Delete { key: key.into() }),
            Just(Operation::Clear),
            Just(Operation::Nothing),
            proptest::collection::btree_set("[a-z0-9-]{1,20}", 0..8)
                .prop_map(|members| Operation::Members(members.into_iter().map(Arc::from).collect())),
        ];
        let condition =
            prop_oneof![Just(Condition::None), any::<u64>().prop_map(Condition::Version), Just(Condition::Missing),];
        let id = ("[A-Za-z0-9-]{1,64}", any::<u64>()).prop_map(|(id, at)| RequestId { id: id.into(), at });
        (operation, condition, proptest::option::of(id)).prop_map(|(operation, condition, id)| Command {
            operation,
            condition,
            id,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(index: u64, term: u64, command in commands(), rest: Vec<u8>) {
            let record = Record { index, term, command };
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
        let id = Some(RequestId { id: "a-1".into(), at: 1 });
        Record { index: 7, term: 0, command: Command { operation, condition: Condition::Version(3), id } }
            .encode(&mut bytes);
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
        let id = Some(RequestId { id: "i".repeat(64).into(), at: u64::MAX });
        let command = Command { operation, condition: Condition::Version(u64::MAX), id };
        let record = Record { index: u64::MAX, term: u64::MAX, command };
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        let size = bytes.len();
        assert_eq!(Record::decode(&bytes), Decoded::Record(record, size));
    }
}
