//! Writes the record of a run's messages: segments of JSON lines, `messages.jsonl`, `messages-2.jsonl` and so on, each
//! with its [index](super::index). `format.md` says what the lines are.
//!
//! The record has a limit. What goes first are segments in which every test passed, then the bodies of the oldest
//! messages, then the oldest segments: what led to a failure is at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::index::{self, Row};
use super::message::{Ended, Message, MessageId};
use super::tracker::Told;

/// The version of lines and index.
pub(super) const FORMAT: u64 = 1;
/// What is written at once.
const BUFFER: usize = 64 << 10;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of lines in a segment.
    pub(super) segment: u64,
    /// Bytes of lines in all.
    pub(super) all: u64,
}

impl Limits {
    pub(super) const USUAL: Limits = Limits { segment: 16 << 20, all: 16 * (16 << 20) };
}

/// The files of a segment, by its number from 1.
pub(super) fn paths(folder: &Path, number: u32) -> (PathBuf, PathBuf) {
    let name = if number == 1 { "messages".to_owned() } else { format!("messages-{number}") };
    (folder.join(format!("{name}.jsonl")), folder.join(format!("{name}.index")))
}

#[derive(Debug)]
pub(super) struct Segments {
    folder: PathBuf,
    limits: Limits,
    /// Places in this list stand for nodes in the index.
    nodes: Vec<Arc<str>>,
    /// In order; the last one is written to.
    all: Vec<Segment>,
    next_segment: u32,
    next_message: u64,
    test_runs: bool,
}

#[derive(Debug)]
struct Segment {
    number: u32,
    lines: File,
    index: File,
    /// The message with the first row.
    first: u64,
    /// Lines that are not written yet, and the length of those that are.
    buffer: Vec<u8>,
    written: u64,
    /// How many rows are in the index, and those that are not yet.
    indexed: usize,
    rows: Vec<Row>,
    bodies: bool,
    /// It has messages of the test that runs, or of one that did not pass.
    running: bool,
    kept: bool,
}

impl Segments {
    /// Nothing is written before the first message.
    pub(super) fn new(folder: &Path, limits: Limits) -> Segments {
        Segments {
            folder: folder.to_owned(),
            limits,
            nodes: Vec::new(),
            all: Vec::new(),
            next_segment: 1,
            next_message: 0,
            test_runs: false,
        }
    }

    /// Nodes that will speak. Others are added when they do; then a new segment begins.
    pub(super) fn add_nodes(&mut self, nodes: &[Arc<str>]) -> io::Result<()> {
        let known = self.nodes.len();
        for node in nodes {
            if !self.nodes.contains(node) {
                self.nodes.push(Arc::clone(node));
            }
        }
        if self.nodes.len() > known || self.all.is_empty() { self.begin() } else { Ok(()) }
    }

    pub(super) fn test_begins(&mut self) {
        self.test_runs = true;
        if let Some(current) = self.all.last_mut() {
            current.running = true;
        }
    }

    pub(super) fn test_ends(&mut self, passed: bool) {
        self.test_runs = false;
        for segment in &mut self.all {
            segment.kept |= segment.running && !passed;
            segment.running = false;
        }
    }

    pub(super) fn write(&mut self, told: &Told) -> io::Result<()> {
        match told {
            Told::Message(message, alike) => self.message(message, *alike),
            Told::Ended(ended) => self.ended(ended),
        }
    }

    /// Reports could not be taken: lsfr had no time for them.
    pub(super) fn missed(&mut self, reports: u64) -> io::Result<()> {
        match self.all.last_mut() {
            Some(current) => current.line(&json!({ "missed": reports })).map(drop),
            None => Ok(()),
        }
    }

    fn message(&mut self, message: &Message, alike: u32) -> io::Result<()> {
        self.add_nodes(&[Arc::clone(&message.from), Arc::clone(&message.to)])?;
        if self.all.last().is_some_and(|current| current.length() >= self.limits.segment) {
            self.begin()?;
        }
        // More nodes than a byte can count would need more ports than there are.
        let place = |node| self.nodes.iter().position(|known| known == node).unwrap_or_default() as u8;
        let (from, to) = (place(&message.from), place(&message.to));
        let Some(current) = self.all.last_mut() else { return Ok(()) };
        let line = current.line(message)?;
        current.rows.push(Row::new(message, alike, line, from, to));
        self.next_message = message.id.0 + 1;
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let MessageId(id) = ended.id;
        let Some(segment) = self.all.iter_mut().rev().find(|segment| segment.first <= id) else { return Ok(()) };
        // Its segment may have been removed.
        let at = (id - segment.first) as usize;
        if at < segment.indexed + segment.rows.len() { segment.end(at, ended) } else { Ok(()) }
    }

    /// Writes what is buffered.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.all.iter_mut().try_for_each(Segment::flush)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.flush()?;
        self.make_room()?;
        let number = self.next_segment;
        let (lines, index) = paths(&self.folder, number);
        let create = |path| OpenOptions::new().read(true).write(true).create_new(true).open(path);
        let mut segment = Segment {
            number,
            lines: create(lines)?,
            index: create(index)?,
            first: self.next_message,
            buffer: Vec::new(),
            written: 0,
            indexed: 0,
            rows: Vec::new(),
            bodies: true,
            running: self.test_runs,
            kept: false,
        };
        segment.line(&json!({ "messages": FORMAT, "nodes": self.nodes, "first": self.next_message }))?;
        self.next_segment += 1;
        self.all.push(segment);
        Ok(())
    }

    /// Removes what matters least until another segment fits.
    fn make_room(&mut self) -> io::Result<()> {
        let room = self.limits.all - self.limits.segment;
        while self.all.iter().map(Segment::length).sum::<u64>() > room {
            if let Some(at) = self.all.iter().position(|segment| !segment.running && !segment.kept) {
                self.all.remove(at).remove(&self.folder)?;
            } else if let Some(segment) = self.all.iter_mut().find(|segment| segment.bodies) {
                segment.strip(&self.folder)?;
            } else {
                self.all.remove(0).remove(&self.folder)?;
            }
        }
        Ok(())
    }
}

impl Segment {
    fn length(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Adds a line, and says where it begins.
    fn line(&mut self, line: &impl serde::Serialize) -> io::Result<u32> {
        let at = self.length();
        serde_json::to_writer(&mut self.buffer, line)?;
        self.buffer.push(b'\n');
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        u32::try_from(at).map_err(io::Error::other)
    }

    /// Writes the line of a fate, and into the row of its message.
    fn end(&mut self, at: usize, ended: &Ended) -> io::Result<()> {
        let line = self.line(ended)?;
        if let Some(row) = at.checked_sub(self.indexed).and_then(|at| self.rows.get_mut(at)) {
            row.end(ended, line);
            return Ok(());
        }
        let mut bytes = [0; index::LENGTH];
        let place = (at * index::LENGTH) as u64;
        self.index.read_exact_at(&mut bytes, place)?;
        let Some(mut row) = Row::from_bytes(&bytes) else { return Ok(()) };
        row.end(ended, line);
        self.index.write_all_at(&row.to_bytes(), place)
    }

    /// The lines first: a row never points behind the end.
    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.lines.write_all_at(&self.buffer, self.written)?;
            self.written += self.buffer.len() as u64;
            self.buffer.clear();
        }
        if !self.rows.is_empty() {
            let rows: Vec<u8> = self.rows.iter().flat_map(|row| row.to_bytes()).collect();
            self.index.write_all_at(&rows, (self.indexed * index::LENGTH) as u64)?;
            self.indexed += self.rows.len();
            self.rows.clear();
        }
        Ok(())
    }

    fn remove(self, folder: &Path) -> io::Result<()> {
        let (lines, index) = paths(folder, self.number);
        fs::remove_file(index).and_then(|()| fs::remove_file(lines))
    }

    /// Writes the segment anew, without heads and bodies. Whoever has the files open keeps those that were. Nothing may
    /// be buffered.
    fn strip(&mut self, folder: &Path) -> io::Result<()> {
        self.bodies = false;
        let (lines_path, index_path) = paths(folder, self.number);
        let mut stripped = Vec::new();
        let rows = fs::read(&index_path)?;
        let rows = rows.chunks_exact(index::LENGTH).filter_map(|row| row.first_chunk().and_then(Row::from_bytes));
        let mut moved: Vec<Row> = rows.collect();
        for line in BufReader::new(File::open(&lines_path)?).lines() {
            let mut line: Value = serde_json::from_str(&line?)?;
            let at = u32::try_from(stripped.len()).map_err(io::Error::other)?;
            if let Some(fields) = line.as_object_mut() {
                let row = fields.get("id").and_then(Value::as_u64).and_then(|id| id.checked_sub(self.first));
                if let Some(row) = row.and_then(|row| moved.get_mut(row as usize)) {
                    let is_fate = fields.contains_key("fate");
                    *(if is_fate { row.fate_line.get_or_insert_default() } else { &mut row.line }) = at;
                }
                fields.remove("head");
                fields.remove("body");
            }
            serde_json::to_writer(&mut stripped, &line)?;
            stripped.push(b'\n');
        }
        let index: Vec<u8> = moved.iter().flat_map(|row| row.to_bytes()).collect();
        let replace = |path: &Path, bytes: &[u8]| {
            let mut file = tempfile::Builder::new().prefix(".messages").tempfile_in(folder)?;
            file.write_all(bytes)?;
            file.persist(path).map_err(io::Error::from)
        };
        self.index = replace(&index_path, &index)?;
        self.lines = replace(&lines_path, &stripped)?;
        self.written = stripped.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
