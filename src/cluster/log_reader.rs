//! Reading a node's log back, each line with its time: whole (`lsfr logs`) or a window of it (a failure card). A log
//! may have hundreds of megabytes, so nothing here loads one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use super::logs::{MARK, log_path, times_path};

/// Longer lines are cut here.
pub(crate) const LINE_BYTES: usize = 16 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Since the run's start; up to 10 ms late.
    pub at: Duration,
    /// Without its line end; invalid UTF-8 replaced. Not cleaned: control sequences are still in it.
    pub text: String,
    /// lsfr wrote it, not the node. `text` has no mark then.
    pub own: bool,
}

/// How many bytes of a log were there at which time.
#[derive(Debug, Default)]
pub(crate) struct LogIndex {
    /// Both rise.
    entries: Vec<(u64, Duration)>,
    /// When somebody last looked.
    last: Duration,
}

impl LogIndex {
    /// Empty where there is no index; then every line has time 0.
    pub(crate) fn load(run_dir: &Path, node: &str) -> io::Result<LogIndex> {
        match std::fs::read(times_path(run_dir, node)) {
            Ok(bytes) => Ok(LogIndex::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(LogIndex::default()),
            Err(error) => Err(error),
        }
    }

    /// Lines that are not whole (lsfr was killed while writing one) are left out.
    fn parse(text: &str) -> LogIndex {
        let LogIndex { mut entries, mut last } = LogIndex::default();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let Some((length, micros)) = line.trim_end().split_once(' ') else {
                continue;
            };
            let (Ok(length), Ok(micros)) = (length.parse(), micros.parse()) else {
                continue;
            };
            let at = Duration::from_micros(micros);
            let known = entries.last().map(|entry| entry.0);
            if at < last || known == Some(length) {
                continue;
            }
            last = at;
            if known < Some(length) {
                entries.push((length, at));
            } else {
                // The log was cut to this length. What was kept keeps its times.
                let cut = entries.partition_point(|entry| entry.0 < length);
                entries.truncate(cut + 1);
                entries[cut].0 = length;
            }
        }
        LogIndex { entries, last }
    }

    /// Bytes from the start that have a time.
    pub(crate) fn timed(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.0)
    }

    /// When the byte at `offset` was first seen.
    fn time_of(&self, offset: u64) -> Duration {
        let entry = self.entries.partition_point(|entry| entry.0 <= offset);
        self.entries.get(entry).map_or(self.last, |entry| entry.1)
    }

    /// The bytes first seen from `from` to `to`, both included.
    fn window(&self, from: Duration, to: Duration, length: u64) -> Range<u64> {
        let before = |entry: usize| match entry.checked_sub(1) {
            Some(last) => self.entries[last].0.min(length),
            None => 0,
        };
        let start = before(self.entries.partition_point(|entry| entry.1 < from));
        let after = self.entries.partition_point(|entry| entry.1 <= to);
        let end = if after == self.entries.len() { length } else { before(after) };
        start..end.max(start)
    }
}

/// All lines of a node's log, in order. A log that is still written to ends where it ends now.
#[derive(Debug)]
pub struct LogReader {
    lines: Lines,
    index: LogIndex,
}

impl LogReader {
    /// The error is of kind NotFound where the run has no such node.
    pub fn open(run_dir: &Path, node: &str) -> io::Result<LogReader> {
        let index = LogIndex::load(run_dir, node)?;
        let file = File::open(log_path(run_dir, node))?;
        let end = file.metadata()?.len();
        Ok(LogReader { lines: Lines::new(file, 0..end)?, index })
    }
}

impl Iterator for LogReader {
    type Item = io::Result<LogLine>;

    fn next(&mut self) -> Option<io::Result<LogLine>> {
        let (start, text) = match self.lines.next()? {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        let (text, own) = match text.strip_prefix(MARK) {
            Some(rest) => (rest.to_owned(), true),
            None => (text, false),
        };
        Some(Ok(LogLine { at: self.index.time_of(start), text, own }))
    }
}

/// The last `max_lines` of the lines that came from `from` to `to`; none where the node has no log.
pub fn read_window(
    run_dir: &Path,
    node: &str,
    from: Duration,
    to: Duration,
    max_lines: usize,
) -> io::Result<Vec<LogLine>> {
    let file = match File::open(log_path(run_dir, node)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let index = LogIndex::load(run_dir, node)?;
    let window = index.window(from, to, file.metadata()?.len());
    let window = last_lines_of(&file, window, max_lines)?;
    LogReader { lines: Lines::new(file, window)?, index }.collect()
}

/// The last `max_lines` lines of a file from byte `from` on, without lsfr's own.
pub(crate) fn last_lines(path: &Path, from: u64, max_lines: usize) -> io::Result<Vec<String>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let window = last_lines_of(&file, from.min(length)..length, max_lines)?;
    Lines::new(file, window)?
        .map(|line| line.map(|(_, text)| text))
        .filter(|line| !line.as_ref().is_ok_and(|text| text.starts_with(MARK)))
        .collect()
}

/// All lines of a file from byte `from` on, without lsfr's own.
pub(crate) fn printed(path: &Path, from: u64) -> io::Result<impl Iterator<Item = io::Result<String>>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let lines = Lines::new(file, from.min(length)..length)?.map(|line| line.map(|(_, text)| text));
    Ok(lines.filter(|line| !line.as_ref().is_ok_and(|text| text.starts_with(MARK))))
}

/// Narrows a range of bytes to the last lines that begin in it, reading backwards.
fn last_lines_of(file: &File, range: Range<u64>, max_lines: usize) -> io::Result<Range<u64>> {
    const CHUNK: u64 = 64 * 1024;
    let Range { start, end } = range;
    if max_lines == 0 || start >= end {
        return Ok(end..end);
    }
    let mut buffer = vec![0; CHUNK as usize];
    let mut lines = 0;
    let mut earliest = end;
    // A line begins after each line end. The byte before the range is read, too: it shows whether the range begins with
    // a line or in the middle of one.
    let mut chunk_end = end - 1;
    let first = start.saturating_sub(1);
    while chunk_end > first {
        let chunk_start = chunk_end.saturating_sub(CHUNK).max(first);
        let chunk = &mut buffer[..(chunk_end - chunk_start) as usize];
        file.read_exact_at(chunk, chunk_start)?;
        for (index, byte) in chunk.iter().enumerate().rev() {
            if *byte == b'\n' {
                earliest = chunk_start + index as u64 + 1;
                lines += 1;
                if lines == max_lines {
                    return Ok(earliest..end);
                }
            }
        }
        chunk_end = chunk_start;
    }
    if start == 0 {
        earliest = 0;
    }
    Ok(earliest..end)
}

/// Lines that begin in a range of bytes, with where they begin.
#[derive(Debug)]
struct Lines {
    file: BufReader<File>,
    position: u64,
    end: u64,
}

impl Lines {
    fn new(mut file: File, range: Range<u64>) -> io::Result<Lines> {
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Lines { file: BufReader::with_capacity(64 * 1024, file), position: range.start, end: range.end })
    }

    fn read(&mut self) -> io::Result<Option<(u64, String)>> {
        let start = self.position;
        let mut kept = Vec::new();
        let mut length = 0_u64;
        let mut whole = false;
        while !whole {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let line_end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..line_end.unwrap_or(buffer.len())];
            let room = LINE_BYTES - kept.len();
            kept.extend_from_slice(&part[..part.len().min(room)]);
            length += part.len() as u64;
            whole = line_end.is_some();
            let used = part.len() + usize::from(whole);
            self.file.consume(used);
            self.position += used as u64;
        }
        if self.position == start {
            return Ok(None);
        }
        let cut = length > LINE_BYTES as u64;
        if !cut && kept.last() == Some(&b'\r') {
            kept.pop();
        }
        let mut text = String::from_utf8_lossy(&kept).into_owned();
        if cut {
            text.push_str(&format!(" … [line cut, it has {length} bytes]"));
        }
        Ok(Some((start, text)))
    }
}

impl Iterator for Lines {
    type Item = io::Result<(u64, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.position >= self.end {
            return None;
        }
        let line = self.read().transpose();
        if !matches!(line, Some(Ok(_))) {
            // After an error, or the end of a file that was cut short: no more.
            self.end = 0;
        }
        line
    }
}

#[cfg(test)]
#[path = "log_reader_tests.rs"]
mod tests;
