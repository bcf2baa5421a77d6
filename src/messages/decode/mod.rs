//! What a connection says, decoded by its content: HTTP/1.x, JSON or text in lines, JSON behind lengths. HTTP/2 is named,
//! and anything else is bytes.
//!
//! A [`Decoder`] takes the bytes of both ways as they come, and does no I/O. Its frames do not depend on where the stream
//! was split (except those of bytes, which have no other boundaries than these), and cover it without a gap. What
//! turns out not to be what it looked like is bytes from that message on.

mod chunked;
mod frame;
pub(super) mod hash;
mod http;
mod lines;
mod pending;
mod shape;
mod sniff;
mod stream;
#[cfg(test)]
mod tests;

use crate::network::Way;

pub use frame::{Content, Frame, SHOWN};

use http::Exchanges;
use stream::Stream;

/// A head, a line or a JSON message may have this many bytes. What is longer is bytes.
const LONGEST: usize = 256 << 10;

/// What comes is not of the format that it looked like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Garbage;

/// Bytes of a stream of which it cannot be told yet what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecided {
    /// JSON that came whole, without a line end.
    Message(Box<Frame>),
    Bytes {
        start: u64,
        length: u64,
    },
}

/// Decodes one connection.
#[derive(Debug)]
pub struct Decoder {
    forward: Stream,
    back: Stream,
    exchanges: Exchanges,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder { forward: Stream::new(Way::Forward), back: Stream::new(Way::Back), exchanges: Exchanges::default() }
    }
}

impl Decoder {
    /// Takes the next bytes of one way.
    pub fn bytes(&mut self, way: Way, bytes: &[u8]) -> Vec<Frame> {
        let mut out = Vec::new();
        if bytes.is_empty() {
            return out;
        }
        let (stream, other, exchanges) = self.streams(way);
        other.turn(&mut out);
        if other.is_http2() {
            stream.follow_http2();
        }
        stream.take(bytes, exchanges, &mut out);
        out
    }

    /// Passes over bytes of one way that were not recorded.
    pub fn gap(&mut self, way: Way, bytes: u64) -> Vec<Frame> {
        let mut out = Vec::new();
        let (stream, _, exchanges) = self.streams(way);
        stream.skip(bytes, exchanges, &mut out);
        out
    }

    /// The sender has ended one way, or reset the connection.
    pub fn end(&mut self, way: Way, reset: bool) -> Vec<Frame> {
        let mut out = Vec::new();
        self.streams(way).0.end(reset, &mut out);
        out
    }

    /// What has come one way while it cannot be told yet what the stream is: a message, if nothing more comes; or bytes,
    /// from this one on.
    pub fn undecided(&self, way: Way) -> Option<Undecided> {
        let stream = match way {
            Way::Forward => &self.forward,
            Way::Back => &self.back,
        };
        stream.undecided()
    }

    /// One way, the other, and what both know.
    fn streams(&mut self, way: Way) -> (&mut Stream, &mut Stream, &mut Exchanges) {
        let Decoder { forward, back, exchanges } = self;
        match way {
            Way::Forward => (forward, back, exchanges),
            Way::Back => (back, forward, exchanges),
        }
    }
}

/// UTF-8 that could have been typed: no control characters but tabs.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|c| c == '\t' || !c.is_control()))
}
