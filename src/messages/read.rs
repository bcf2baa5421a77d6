//! The record of a run's messages, read back: all that the index says of each at once, its lines when they are asked for.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::network::Hold;

use super::index::{self, Kind, Row};
use super::message::{Ended, Fate, Message, MessageId};
use super::segments::{FORMAT, paths};

/// A record. It may still be written to: then it is as it was when it was opened.
#[derive(Debug)]
pub struct Record {
    segments: Vec<Segment>,
    /// In the order in which their first bytes came.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Segment {
    lines: File,
    length: u64,
}

/// What the index says of a message.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: MessageId,
    pub from: Arc<str>,
    pub to: Arc<str>,
    pub kind: Kind,
    pub began: Duration,
    /// When its fate was decided, and what it is. Neither is known of what was under way when lsfr was killed.
    pub ended: Option<Duration>,
    pub fate: Option<Fate>,
    pub held: Option<Hold>,
    /// The same for messages that are alike.
    pub alike: u32,
    /// The connection and the exchange within it: a request and its answers have the same.
    pub exchange: Option<(u32, u32)>,
    segment: usize,
    line: u32,
    fate_line: Option<u32>,
}

#[cfg(test)]
impl Entry {
    /// One for tests of what is done with entries.
    pub(super) fn example(id: MessageId, from: &str, to: &str, began: Duration, alike: u32) -> Entry {
        Entry {
            id,
            from: from.into(),
            to: to.into(),
            kind: Kind::HttpRequest,
            began,
            ended: None,
            fate: None,
            held: None,
            alike,
            exchange: None,
            segment: 0,
            line: 0,
            fate_line: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("The record {file} could not be read: {error}.")]
    Read { file: String, error: io::Error },
    #[error("The record {file} is of another version of lsfr.")]
    Version { file: String },
    #[error("The record {file} is broken: {what}. The run can be made again with `lsfr test`.")]
    Broken { file: String, what: String },
}

/// The first line of a segment.
#[derive(Debug, Deserialize)]
struct Header {
    messages: u64,
    nodes: Vec<Arc<str>>,
    first: u64,
}

impl Record {
    /// None if no nodes of the run could speak to each other.
    pub fn open(folder: &Path) -> Result<Option<Record>, ReadError> {
        let mut record = Record { segments: Vec::new(), entries: Vec::new() };
        let numbers = numbers(folder);
        for number in &numbers {
            record.add(folder, *number)?;
        }
        record.entries.sort_by_key(|entry| (entry.began, entry.id));
        Ok(if numbers.is_empty() { None } else { Some(record) })
    }

    fn add(&mut self, folder: &Path, number: u32) -> Result<(), ReadError> {
        let (lines_path, index_path) = paths(folder, number);
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = name(&lines_path);
        let failed = |error| ReadError::Read { file: file.clone(), error };
        let broken = |what: &str| ReadError::Broken { file: file.clone(), what: what.to_owned() };
        // Before the lines: what is in the index has been written there.
        let rows = match std::fs::read(&index_path) {
            Ok(rows) => rows,
            // Removed meanwhile, to make room.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(ReadError::Read { file: name(&index_path), error }),
        };
        let lines = File::open(&lines_path).map_err(failed)?;
        let length = lines.metadata().map_err(failed)?.len();
        let mut first = String::new();
        BufReader::new(&lines).read_line(&mut first).map_err(failed)?;
        if first.is_empty() {
            return Ok(());
        }
        let header: Header = serde_json::from_str(&first).map_err(|error| broken(&error.to_string()))?;
        if header.messages != FORMAT {
            return Err(ReadError::Version { file });
        }
        let segment = self.segments.len();
        for (at, row) in rows.chunks_exact(index::LENGTH).enumerate() {
            let Some(row) = row.first_chunk().and_then(Row::from_bytes) else {
                return Err(ReadError::Broken { file: name(&index_path), what: format!("its row {at} is none") });
            };
            let node = |place: u8| header.nodes.get(usize::from(place)).cloned();
            let (Some(from), Some(to)) = (node(row.from), node(row.to)) else {
                return Err(broken("it does not name all of its nodes"));
            };
            self.entries.push(Entry {
                id: MessageId(header.first + at as u64),
                from,
                to,
                kind: row.kind,
                began: row.began,
                ended: row.ended,
                fate: row.fate,
                held: row.held,
                alike: row.alike,
                exchange: row.exchange.map(|exchange| (row.connection, exchange)),
                segment,
                line: row.line,
                fate_line: row.fate_line,
            });
        }
        self.segments.push(Segment { lines, length });
        Ok(())
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Its message, with its fate if that is known.
    pub fn message(&self, entry: &Entry) -> Result<(Message, Option<Ended>), ReadError> {
        let file = || format!("of message {}", entry.id.0);
        let failed = |error| ReadError::Read { file: file(), error };
        let message: Message = self.line(entry, entry.line).map_err(failed)?;
        if message.id != entry.id {
            return Err(ReadError::Broken { file: file(), what: format!("it is that of {}", message.id.0) });
        }
        // A row may be a moment ahead of the lines, and stays so if lsfr was killed in that moment.
        let written = |line: &u32| u64::from(*line) < self.segments[entry.segment].length;
        let ended = entry.fate_line.filter(written).map(|line| self.line(entry, line));
        let ended = ended.transpose().map_err(failed)?;
        Ok((message, ended))
    }

    /// The line of its message as it stands there, to be looked through where most are not read any further.
    pub fn raw(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        let file = format!("of message {}", entry.id.0);
        self.bytes(entry, entry.line).map_err(|error| ReadError::Read { file, error })
    }

    /// The messages that began within this time and whose lines, as they stand there, are wanted. None where more than `most`
    /// bytes would have to be looked through.
    pub fn scan(
        &self,
        when: &Range<Duration>,
        most: u64,
        mut wanted: impl FnMut(&[u8]) -> bool,
    ) -> Result<Option<Vec<&Entry>>, ReadError> {
        /// More than any line has.
        const LINE: u64 = 128 << 10;
        let mut entries: Vec<&Entry> = self.entries.iter().filter(|entry| when.contains(&entry.began)).collect();
        entries.sort_by_key(|entry| (entry.segment, entry.line));
        let (mut found, mut left) = (Vec::new(), most);
        for entries in entries.chunk_by(|one, other| one.segment == other.segment) {
            let (Some(first), Some(last)) = (entries.first(), entries.last()) else { continue };
            let segment = &self.segments[first.segment];
            let (from, to) = (u64::from(first.line), (u64::from(last.line) + LINE).min(segment.length));
            let Some(rest) = left.checked_sub(to.saturating_sub(from)) else { return Ok(None) };
            left = rest;
            let mut bytes = vec![0; to.saturating_sub(from) as usize];
            let failed = |error| ReadError::Read { file: format!("of message {}", first.id.0), error };
            segment.lines.read_exact_at(&mut bytes, from).map_err(failed)?;
            for entry in entries {
                let line = bytes.get((entry.line - first.line) as usize..).unwrap_or_default();
                let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
                if wanted(&line[..end]) {
                    found.push(*entry);
                }
            }
        }
        found.sort_by_key(|entry| (entry.began, entry.id));
        Ok(Some(found))
    }

    fn line<T: DeserializeOwned>(&self, entry: &Entry, at: u32) -> io::Result<T> {
        Ok(serde_json::from_slice(&self.bytes(entry, at)?)?)
    }

    fn bytes(&self, entry: &Entry, at: u32) -> io::Result<Vec<u8>> {
        const STEP: usize = 4 << 10;
        let segment = &self.segments[entry.segment];
        let mut line = Vec::new();
        loop {
            let from = line.len();
            let begin = u64::from(at) + from as u64;
            let room = segment.length.saturating_sub(begin).min((STEP + from) as u64);
            if room == 0 {
                break;
            }
            line.resize(from + room as usize, 0);
            segment.lines.read_exact_at(&mut line[from..], begin)?;
            if let Some(end) = memchr::memchr(b'\n', &line[from..]) {
                line.truncate(from + end);
                break;
            }
        }
        Ok(line)
    }
}

/// The segments that are there, in order.
fn numbers(folder: &Path) -> Vec<u32> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            match name.strip_prefix("messages")?.strip_suffix(".jsonl")? {
                "" => Some(1),
                rest => rest.strip_prefix('-')?.parse().ok().filter(|number| *number > 1),
            }
        })
        .collect();
    numbers.sort_unstable();
    numbers
}
