//! Lines: one JSON object or array on each, or text. And the same behind a length in bytes.

use crate::network::Way;

use super::frame::{Content, Frame};
use super::pending::Pending;
use super::{Garbage, LONGEST, is_text, shape};

/// The next line, if it has come.
pub(super) fn next_line(way: Way, pending: &mut Pending) -> Result<Option<Frame>, Garbage> {
    let Some(end) = pending.line_end() else {
        return if pending.bytes().len() > LONGEST { Err(Garbage) } else { Ok(None) };
    };
    if end > LONGEST {
        return Err(Garbage);
    }
    let line = &pending.bytes()[..end];
    let frame = line_frame(way, pending.start(), pending.start() + end as u64 + 1, line)?;
    pending.consume(end + 1);
    Ok(Some(frame))
}

/// What a line without its end is.
pub(super) fn line_frame(way: Way, start: u64, end: u64, line: &[u8]) -> Result<Frame, Garbage> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if let Some(shape) = shape::of(line) {
        return Ok(Frame { shape: Some(shape), ..Frame::new(way, start, end, Content::Json, line.trim_ascii()) });
    }
    if !is_text(line) {
        return Err(Garbage);
    }
    Ok(Frame::new(way, start, end, Content::Text, line))
}

/// How the length in front of a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    width: usize,
    little_endian: bool,
}

impl Prefix {
    pub(super) const ALL: [Prefix; 4] = [
        Prefix { width: 2, little_endian: false },
        Prefix { width: 4, little_endian: false },
        Prefix { width: 4, little_endian: true },
        Prefix { width: 8, little_endian: false },
    ];

    /// The JSON behind the prefix, and the length of both. None if it has not all come.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Option<(&[u8], usize)>, Garbage> {
        if bytes.len() < self.width {
            return Ok(None);
        }
        let fold = |length: u64, byte: &u8| (length << 8) | u64::from(*byte);
        let prefix = &bytes[..self.width];
        let length = match self.little_endian {
            true => prefix.iter().rev().fold(0, fold),
            false => prefix.iter().fold(0, fold),
        };
        let length = usize::try_from(length).ok().filter(|length| (2..=LONGEST).contains(length)).ok_or(Garbage)?;
        match bytes.get(self.width) {
            Some(b'{' | b'[') => {}
            Some(_) => return Err(Garbage),
            None => return Ok(None),
        }
        let all = self.width + length;
        Ok(bytes.get(self.width..all).map(|json| (json, all)))
    }
}

/// The next message behind a length, if it has come.
pub(super) fn next_framed(way: Way, prefix: Prefix, pending: &mut Pending) -> Result<Option<Frame>, Garbage> {
    let start = pending.start();
    let Some((json, length)) = prefix.read(pending.bytes())? else { return Ok(None) };
    let shape = shape::of(json).ok_or(Garbage)?;
    let frame = Frame::new(way, start, start + length as u64, Content::FramedJson, json);
    pending.consume(length);
    Ok(Some(Frame { shape: Some(shape), ..frame }))
}
