//! Reading the lines of a block back, and making text of their bytes.

use std::borrow::Cow;
use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use crate::cluster::LINE_BYTES;
use crate::text::clean;

use super::index::Block;
use super::paths::Paths;

/// The bytes of a block, and where its lines are in them.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    lines: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    offset: u64,
    range: Range<usize>,
    /// In the file, without the line end.
    length: u64,
}

/// A line as it is in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw<'a> {
    /// In the file.
    pub(super) offset: u64,
    /// Without the line end; what is beyond [`LINE_BYTES`] is missing. None if the file no longer has it.
    pub(super) bytes: Option<Cow<'a, [u8]>>,
    pub(super) length: u64,
}

impl Lines {
    /// Always as many lines as the block has: a file that shrank or cannot be read leaves some without text.
    pub(super) fn read(file: &File, block: &Block) -> Lines {
        let len = block.len as usize;
        let single = block.lines == 1;
        // One byte more than is shown: the `\r` of a line end must not look like the line's own.
        let wanted = if single { len.min(LINE_BYTES + 2) } else { len };
        let mut lines = Lines { bytes: vec![0; wanted], lines: Vec::with_capacity(usize::from(block.lines)) };
        let got = read_up_to(file, &mut lines.bytes, block.start);
        lines.bytes.truncate(got);
        let count = usize::from(block.lines);
        let mut from = 0;
        while from < got && lines.lines.len() < count {
            let end = memchr::memchr(b'\n', &lines.bytes[from..]).map_or(got, |end| from + end);
            // Of a single line that was not read whole, the block knows the length.
            let whole = if single && end == wanted && wanted < len { len - 1 } else { end - from };
            lines.push(block.start + from as u64, from..end, whole as u64);
            from = end + 1;
        }
        // Each line had at least one byte, so these offsets rise and stay inside the block.
        let missing = count - lines.lines.len();
        let end = block.start + len as u64;
        lines.lines.extend((0..missing).map(|line| Part {
            offset: end - (missing - line) as u64,
            range: usize::MAX..usize::MAX,
            length: 0,
        }));
        lines
    }

    pub(super) fn own(number: u64, text: &str) -> Lines {
        let mut lines = Lines { bytes: text.as_bytes().to_vec(), lines: Vec::new() };
        lines.push(number, 0..text.len(), text.len() as u64);
        lines
    }

    fn push(&mut self, offset: u64, range: Range<usize>, mut length: u64) {
        let mut range = range.start..range.end.min(range.start + LINE_BYTES);
        if length <= LINE_BYTES as u64 && self.bytes[range.clone()].last() == Some(&b'\r') {
            range.end -= 1;
            length -= 1;
        }
        self.lines.push(Part { offset, range, length });
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Raw<'_>> {
        self.lines.iter().map(|part| Raw {
            offset: part.offset,
            bytes: self.bytes.get(part.range.clone()).map(Cow::Borrowed),
            length: part.length,
        })
    }

    pub(super) fn keep(&mut self, mut fits: impl FnMut(&[u8]) -> bool) {
        let bytes = &self.bytes;
        self.lines.retain(|part| fits(bytes.get(part.range.clone()).unwrap_or_default()));
    }
}

impl Raw<'_> {
    pub(super) fn into_owned(self) -> Raw<'static> {
        let bytes = self.bytes.map(|bytes| Cow::Owned(bytes.into_owned()));
        Raw { offset: self.offset, bytes, length: self.length }
    }

    /// What follows the line's text: how much of it is not shown.
    pub(super) fn note(&self) -> Option<String> {
        if self.bytes.is_none() {
            return Some("[no longer in the log]".to_owned());
        }
        (self.length > LINE_BYTES as u64).then(|| format!(" … [line cut, it has {} bytes]", self.length))
    }

    /// Cleaned, with the note.
    pub(super) fn text(&self) -> String {
        let mut text = clean(&String::from_utf8_lossy(self.bytes.as_deref().unwrap_or_default()));
        text.extend(self.note());
        text
    }
}

/// A line's bytes as the text that is shown.
pub(super) fn shown(raw: &[u8], paths: &Paths) -> String {
    clean(&String::from_utf8_lossy(&paths.shortened(raw)))
}

/// How much was there.
fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> usize {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    filled
}
