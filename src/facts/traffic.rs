//! What nodes have sent each other since a mark, where that is more than they may, or less.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::mismatch::Mismatch;
use super::not;
use crate::seconds;

/// What was counted, and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// The mark from which it was counted, and when it was set.
    pub mark: String,
    #[serde(with = "seconds")]
    pub since: Duration,
    /// When the count ended.
    #[serde(with = "seconds")]
    pub until: Duration,
    /// How many operations all of it was for, where the limits are for each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations: Option<u64>,
    /// The bytes from each node to each other.
    pub bytes: Vec<PairSum>,
    /// The messages that these bytes are, where messages had to be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Counted>,
    /// lsfr could not follow all of it, and what it missed may decide.
    #[serde(default, skip_serializing_if = "not")]
    pub unsure: bool,
    /// Empty if the messages could not be counted.
    pub mismatches: Vec<Mismatch>,
}

impl Traffic {
    pub fn all_bytes(&self) -> u64 {
        self.bytes.iter().map(|pair| pair.bytes).sum()
    }

    /// Bytes that lsfr cannot divide into messages, though messages had to be counted.
    pub fn unrecognised(&self) -> &[PairSum] {
        self.messages.as_ref().map_or(&[], |counted| &counted.unrecognised)
    }
}

/// Messages, by what they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Those that are alike together, the most frequent first.
    pub kinds: Vec<SentKind>,
    /// Messages of further kinds, and their bytes.
    #[serde(default)]
    pub others: PairSum,
    /// Bytes in no framing that lsfr knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unrecognised: Vec<PairSum>,
    /// lsfr had no time to follow all of it: there may be more of everything.
    #[serde(default, skip_serializing_if = "not")]
    pub missed: bool,
}

impl Counted {
    pub fn all(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.messages()).sum::<u64>() + self.others.messages
    }
}

/// Messages that are alike, whatever their values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentKind {
    pub what: SentWhat,
    /// From each node to each other, the most first.
    pub pairs: Vec<PairSum>,
}

impl SentKind {
    pub fn messages(&self) -> u64 {
        self.pairs.iter().map(|pair| pair.messages).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.pairs.iter().map(|pair| pair.bytes).sum()
    }
}

/// How much one node sent another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSum {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub messages: u64,
    pub bytes: u64,
}

/// What messages that are alike have in common, or the first of them as an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SentWhat {
    HttpRequest { method: String, path: String },
    HttpAnswer { status: u16 },
    Json { example: String },
    Text { example: String },
}
