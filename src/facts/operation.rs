//! A request to a node, and whatever came back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::not;
use crate::seconds;
use crate::text::beginning;

/// Which of a run's requests it is: the stream reports it once, and a failure may contain it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperationId(pub u64);

/// One request to a node, with whatever came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Operation {
    /// Its number in the run; none in a record of a version that did not number requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OperationId>,
    pub node: String,
    /// `127.0.0.1:24011`.
    pub address: String,
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Excerpt>,
    /// The redirects that led here, in order; each was reported as a request of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<Hop>,
    /// When the request began, and how long until the last byte of the answer or the error.
    #[serde(with = "seconds")]
    pub called: Duration,
    #[serde(with = "seconds")]
    pub took: Duration,
    pub result: Answered,
}

#[cfg(test)]
impl Operation {
    /// One for tests of what is done with operations.
    pub(crate) fn example(method: &str, result: Answered) -> Self {
        Self {
            id: None,
            node: "n1".into(),
            address: "127.0.0.1:24011".into(),
            method: method.into(),
            path: "/kv/a".into(),
            headers: Vec::new(),
            body: None,
            hops: Vec::new(),
            called: Duration::ZERO,
            took: Duration::ZERO,
            result,
        }
    }
}

/// A redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// The request that it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OperationId>,
    /// The node that redirected, and the address at which it was asked.
    pub node: String,
    pub address: String,
    pub path: String,
    pub status: u16,
    /// As it was sent.
    pub location: String,
    /// The node that it points to.
    pub to: String,
    #[serde(with = "seconds")]
    pub called: Duration,
}

impl Operation {
    /// Whether this node was asked, or redirected it.
    pub fn went_through(&self, node: &str) -> bool {
        self.node == node || self.hops.iter().any(|hop| hop.node == node)
    }

    /// The node that was asked first.
    pub fn asked(&self) -> &str {
        self.hops.first().map_or(&self.node, |hop| &hop.node)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    Answer(Answer),
    NoAnswer {
        cause: Cause,
        detail: String,
        /// What had arrived of the answer, if its head did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
        /// It timed out, and the program was not granted that time.
        #[serde(default, skip_serializing_if = "not")]
        starved: bool,
    },
}

/// A part of an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Bytes that its Content-Length promises; none without that header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<u64>,
    /// Bytes that arrived.
    pub came: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    pub body: Excerpt,
    /// It is not what was expected, but a cluster that has not settled on a leader may answer this.
    #[serde(default, skip_serializing_if = "not")]
    pub unsettled: bool,
}

/// A body, shortened for the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Its beginning, at most [`Excerpt::MOST`] bytes; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// The whole body's length in bytes.
    pub bytes: usize,
    /// Where the whole body was kept, relative to the challenge directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl Excerpt {
    pub const MOST: usize = 2048;

    pub fn new(body: &[u8]) -> Self {
        Self { text: beginning(body, Self::MOST), bytes: body.len(), file: None }
    }

    pub fn is_whole(&self) -> bool {
        self.bytes <= Self::MOST
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing listens on the port.
    Refused,
    /// The connection was reset.
    Reset,
    /// The connection was closed before the first byte of an answer.
    Closed,
    /// The connection was closed in the middle of an answer.
    HalfAnswer,
    /// No answer, or no end of it, in time.
    TimedOut,
    /// What came is not HTTP.
    Garbage,
    /// The answer is larger than lsfr reads.
    TooLarge,
    /// More redirects than are followed.
    TooManyRedirects,
    /// A redirect to an address that belongs to no node.
    ForeignRedirect,
    /// The request could not be made: the machine has no ports or files left.
    Local,
    /// The test went on, or ended, before there was an answer.
    Abandoned,
}

impl Cause {
    /// As tests and records write it.
    pub fn word(self) -> &'static str {
        match self {
            Cause::Refused => "refused",
            Cause::Reset => "reset",
            Cause::Closed => "closed",
            Cause::HalfAnswer => "half_answer",
            Cause::TimedOut => "timed_out",
            Cause::Garbage => "garbage",
            Cause::TooLarge => "too_large",
            Cause::TooManyRedirects => "too_many_redirects",
            Cause::ForeignRedirect => "foreign_redirect",
            Cause::Local => "local",
            Cause::Abandoned => "abandoned",
        }
    }
}
