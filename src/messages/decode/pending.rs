//! The bytes of one direction that no frame has yet.

use bytes::{Buf, BytesMut};

#[derive(Debug, Default)]
pub(super) struct Pending {
    bytes: BytesMut,
    /// The offset of the first of them.
    start: u64,
    /// Up to here there is no line end: a long line that comes byte by byte is not searched again for each.
    searched: usize,
}

impl Pending {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    pub(super) fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.bytes.advance(count);
        self.start += count as u64;
        self.searched = 0;
    }

    /// Bytes that never came here. Nothing may be pending.
    pub(super) fn skip(&mut self, count: u64) {
        debug_assert!(self.bytes.is_empty());
        self.start += count;
    }

    /// Where the first line ends: the place of its `\n`.
    pub(super) fn line_end(&mut self) -> Option<usize> {
        let found = memchr::memchr(b'\n', &self.bytes[self.searched..]).map(|at| at + self.searched);
        self.searched = found.unwrap_or(self.bytes.len());
        found
    }

    /// The length of a head: lines up to an empty one, which belongs to it. Empty lines in front do, too, as some
    /// programs send one after a body.
    pub(super) fn head_end(&mut self) -> Option<usize> {
        let blank = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let text = self.bytes.iter().position(|byte| !blank(byte))?;
        let mut at = self.searched.max(text);
        while let Some(found) = memchr::memchr(b'\n', &self.bytes[at..]) {
            let next = at + found + 1;
            match &self.bytes[next..] {
                [b'\n', ..] => return Some(next + 1),
                [b'\r', b'\n', ..] => return Some(next + 2),
                // Not known before more has come: this line end is looked at again.
                [] | [b'\r'] => {
                    self.searched = next - 1;
                    return None;
                }
                _ => at = next,
            }
        }
        self.searched = self.bytes.len().max(text);
        None
    }
}
