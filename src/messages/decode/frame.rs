//! What decoding makes of a stream: frames, each a stretch of one direction's bytes with what it says.

use serde::{Deserialize, Serialize};

use crate::network::Way;

use super::shape;

/// Bytes of a head or body that are kept to be shown.
pub const SHOWN: usize = 4 << 10;
/// Bytes of a body that are kept until it is whole, to see its shape.
const SHAPED: usize = 64 << 10;

/// What a message is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Content {
    HttpRequest {
        method: String,
        /// Path and query, as sent.
        path: String,
    },
    HttpAnswer {
        status: u16,
    },
    /// A JSON object or array, on a line or alone.
    Json,
    /// A JSON object or array behind its length.
    FramedJson,
    /// A line of text.
    Text,
    /// A part of an HTTP/2 connection, which is not decoded.
    Http2,
    /// Bytes of no format that is known here.
    Bytes,
    /// Bytes that were not recorded, because lsfr had no time for them; more may be missing around them.
    Unrecorded,
}

/// A stretch of one direction of a connection: from the byte at `start` up to the one before `end`. Those of a direction
/// follow each other without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub way: Way,
    pub start: u64,
    pub end: u64,
    pub content: Content,
    /// Start line and headers of HTTP, at most [`SHOWN`] bytes.
    pub head: Vec<u8>,
    /// Its beginning, at most [`SHOWN`] bytes, without what frames it.
    pub body: Vec<u8>,
    /// The whole body's length.
    pub length: u64,
    /// Its sender did not end in the middle of it.
    pub whole: bool,
    /// Of the JSON in its body.
    pub shape: Option<u64>,
    /// Which exchange of the connection a request begins, or an answer belongs to.
    pub exchange: Option<u64>,
}

impl Frame {
    /// One whose body is all of `bytes`, and what frames it the rest.
    pub(super) fn new(way: Way, start: u64, end: u64, content: Content, bytes: &[u8]) -> Frame {
        Frame {
            way,
            start,
            end,
            content,
            head: Vec::new(),
            body: bytes[..bytes.len().min(SHOWN)].to_vec(),
            length: bytes.len() as u64,
            whole: true,
            shape: None,
            exchange: None,
        }
    }
}

/// A body as it comes.
#[derive(Debug, Default)]
pub(super) struct Body {
    kept: Vec<u8>,
    length: u64,
}

impl Body {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        // Only what begins at the beginning is worth keeping.
        if self.kept.len() as u64 == self.length {
            let room = SHAPED - self.kept.len();
            self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        self.length += bytes.len() as u64;
    }

    /// Bytes that were not recorded.
    pub(super) fn skip(&mut self, bytes: u64) {
        self.length += bytes;
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Of one that is too long, the shape of what it begins with.
    pub(super) fn shape(&self) -> Option<u64> {
        let whole = self.kept.len() as u64 == self.length;
        shape::of(&self.kept).filter(|_| whole).or_else(|| shape::within(&self.kept))
    }

    pub(super) fn shown(mut self) -> Vec<u8> {
        self.kept.truncate(SHOWN);
        self.kept.shrink_to_fit();
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_has_the_shape_of_what_it_begins_with() {
        let shape = |begin: &str, length: usize| {
            let mut body = Body::default();
            body.add(begin.as_bytes());
            body.add(&vec![0; length]);
            body.shape()
        };
        let long = shape("{\"term\":1}", 3 * SHAPED);
        assert!(long.is_some());
        assert_eq!(long, shape("{\"term\":2}", 2 * SHAPED));
        assert_eq!(long, shape("{\"term\":2}", 10));
        assert_ne!(long, shape("{\"vote\":2}", 3 * SHAPED));
        assert_eq!(shape("{\"cut", 2 * SHAPED), None);
    }
}
