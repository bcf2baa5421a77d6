//! What a transaction does, and what is told of it.

use super::operation::{Key, Text, Token};

/// What is done to a key within a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    Get,
    Put,
    /// Adds to the end of the value; a missing one is empty.
    Append,
    Delete,
    /// Stops all unless the key has this version.
    Check,
    /// Stops all if the key is there.
    Absent,
}

impl Doing {
    pub const ALL: [Doing; 6] = [Doing::Get, Doing::Put, Doing::Append, Doing::Delete, Doing::Check, Doing::Absent];

    /// As a pack names it, where a check that the key is not there is one of no version.
    pub fn word(self) -> &'static str {
        match self {
            Doing::Get => "get",
            Doing::Put => "put",
            Doing::Append => "append",
            Doing::Delete => "delete",
            Doing::Check | Doing::Absent => "check",
        }
    }

    pub fn takes_value(self) -> bool {
        matches!(self, Doing::Put | Doing::Append)
    }

    pub fn is_check(self) -> bool {
        matches!(self, Doing::Check | Doing::Absent)
    }

    pub(crate) fn writes(self) -> bool {
        matches!(self, Doing::Put | Doing::Append | Doing::Delete)
    }
}

/// A part of a transaction, with a version that is named or known. No check follows a write of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<V> {
    pub doing: Doing,
    pub key: Key,
    pub value: Option<Text>,
    pub version: Option<V>,
}

/// What is told of a key after a part of a transaction; none of both if it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    pub value: Option<Text>,
    pub version: Option<Text>,
}

/// What must be told of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RightSeen {
    pub value: Option<Text>,
    pub version: Token,
}

/// Whether all of it is as it must be.
pub(crate) fn are(rights: &[RightSeen], results: &[Seen]) -> bool {
    rights.len() == results.len() && rights.iter().zip(results).all(|(right, seen)| right.is(seen, results))
}

impl RightSeen {
    /// Whether this is it, among all that is told of the transaction.
    pub fn is(&self, seen: &Seen, results: &[Seen]) -> bool {
        self.value == seen.value && self.takes_version(seen, results)
    }

    pub fn takes_version(&self, seen: &Seen, results: &[Seen]) -> bool {
        match self.version {
            Token::As(place) => results.get(place).is_some_and(|other| other.version == seen.version),
            _ => self.version.takes(seen.version.as_ref()),
        }
    }
}

/// Whether a later part writes the key of this one: what is told of its version is not looked at if the key was written
/// before, too.
pub(crate) fn is_written_later<V>(parts: &[Part<V>], place: usize) -> bool {
    let key = parts[place].key;
    parts[place + 1..].iter().any(|part| part.key == key && part.doing.writes())
}
