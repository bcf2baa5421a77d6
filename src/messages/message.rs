//! A message between two nodes, and what became of it, as facts: `messages.jsonl` has a line for each of the two.
//! Times count from the start of the run.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::network::Hold;
use crate::seconds;

use super::decode::hash::Hash;
use super::decode::{Content, Frame};

/// Which of a run's messages it is. They are numbered in the order in which they were decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId(pub u64);

/// What one node sent another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub connection: u64,
    /// A request and its answers have the same, within their connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u64>,
    pub from: Arc<str>,
    pub to: Arc<str>,
    /// When its first byte came to the link.
    #[serde(with = "seconds")]
    pub began: Duration,
    /// When its last byte did.
    #[serde(with = "seconds")]
    pub came: Duration,
    /// Its length with all that frames it.
    pub bytes: u64,
    #[serde(flatten)]
    pub content: Content,
    /// Start line and headers of HTTP. Bytes that are not UTF-8 are replaced, as in the body; nothing is cleaned.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub head: String,
    /// The body's whole length.
    #[serde(default)]
    pub length: u64,
    /// Its first 4 KB.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// Its sender ended the connection, or this way of it, in the middle of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub id: MessageId,
    #[serde(with = "seconds")]
    pub at: Duration,
    #[serde(flatten)]
    pub fate: Fate,
    /// It had to wait at the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// All of it is in the receiver's kernel. A paused node reads it later.
    HandedOver,
    /// As much as came of it was handed over.
    CutShort,
    /// Its connection ended before it was handed over.
    Lost { why: Loss },
    /// It was still on its way when the cluster ended.
    Undelivered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// The test reset the link.
    Reset,
    /// One of the two nodes reset the connection.
    ResetByNode,
    /// The receiver had closed the connection.
    ReceiverGone,
    /// The receiver did not accept the connection.
    Unreachable,
}

/// From when a message waited, and for what. It waited until it was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    #[serde(with = "seconds")]
    pub since: Duration,
    pub by: Hold,
}

/// Bytes of a body that is alike to others of about its length.
const LONG: u64 = 4 << 10;

/// Messages for which this is equal are alike: of one kind and one shape, whatever their values.
pub(super) fn alike(frame: &Frame) -> u32 {
    let mut hash = Hash::default();
    match &frame.content {
        Content::HttpRequest { method, path } => {
            hash.add(method.as_bytes());
            hash.add(b" ");
            hash.add(path.as_bytes());
        }
        Content::HttpAnswer { status } => hash.add(&status.to_le_bytes()),
        Content::Text => hash.add(frame.body.split(|byte| *byte == b' ').next().unwrap_or_default()),
        Content::Json | Content::FramedJson | Content::Http2 | Content::Bytes | Content::Unrecorded => {}
    }
    match (frame.shape, &frame.content) {
        (Some(shape), _) => hash.add(&shape.to_le_bytes()),
        // Lines differ by their first word.
        (None, Content::Text) => {}
        // Of what is not understood, the length tells most; of what is long, about how long it is.
        (None, _) if frame.length >= LONG => hash.add(&frame.length.ilog2().to_le_bytes()),
        (None, _) => hash.add(&frame.length.to_le_bytes()),
    }
    let value = hash.value();
    (value ^ (value >> 32)) as u32
}
