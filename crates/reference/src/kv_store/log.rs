//! The log: every change in order, appended and synced before anyone is told that it happened.
//!
//! It is kept in segments named after their first record, `log-00000000000000000001`, so that a snapshot can
//! make old records unneeded without rewriting a file: whole segments are removed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::bug::Bug;
use super::error::{StorageError, Trying};
use super::folder;
use super::record::{Command, Decoded, Operation, PEEK, Record};

pub(super) struct Log {
    folder: PathBuf,
    path: PathBuf,
    segment: File,
    segment_first: u64,
    next: u64,
    size: u64,
    buffer: Vec<u8>,
    /// Since when the buffer has waited: only for `acknowledged-before-flush`.
    buffered: Option<Instant>,
    bug: Bug,
}

/// What a start found in the log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Replayed {
    pub(super) records: u64,
    /// Bytes of a record cut short at the end, which were dropped.
    pub(super) dropped: u64,
}

/// Passes each record of a segment to `apply`, and moves `next` to the index after the last of them. Returns the length
/// of the complete records, and how many bytes after them were dropped.
fn replay(
    path: &Path,
    next: &mut u64,
    last: bool,
    bug: Bug,
    mut apply: impl FnMut(Record),
) -> Result<(u64, u64), StorageError> {
    let bytes = fs::read(path).trying("read", path)?;
    let mut at = 0;
    loop {
        let damaged = || StorageError::Damaged { path: path.to_owned(), offset: at as u64 };
        match Record::decode(&bytes[at..]) {
            Decoded::Record(record, length) => {
                if record.index != *next && !bug.leaves_gaps() {
                    return Err(damaged());
                }
                *next = record.index + 1;
                at += length;
                apply(record);
            }
            Decoded::End => return Ok((at as u64, 0)),
            Decoded::Broken => {
                // Only the last write can have been cut short: each segment was synced to its end
                // before the next one was begun.
                if !last || bug == Bug::TornRecordStopsStart {
                    return Err(damaged());
                }
                if bug != Bug::TornTailKept {
                    cut(path, at as u64)?;
                }
                return Ok((at as u64, (bytes.len() - at) as u64));
            }
        }
    }
}

impl Log {
    /// Opens the log in `folder`, whose records up to `snapshot` are in a snapshot already, and passes each later one
    /// to `apply`. A record cut short at the end is cut off, so that new records follow a complete one.
    pub(super) fn open(
        folder: &Path,
        snapshot: u64,
        bug: Bug,
        mut apply: impl FnMut(Record),
    ) -> Result<(Log, Replayed), StorageError> {
        let mut segments = segments(folder)?;
        // A crash while segments are removed leaves some that the snapshot covers. They may have gaps
        // between them, so they must go before the rest is read.
        while segments.len() > 1 && segments[1].0 <= snapshot + 1 {
            let (_, path) = segments.remove(0);
            fs::remove_file(&path).trying("remove", &path)?;
        }
        let mut next = segments.first().map_or(snapshot + 1, |(first, _)| *first);
        if next > snapshot + 1 && !bug.leaves_gaps() {
            let path = segments[0].1.clone();
            return Err(StorageError::Gap { path, expected: snapshot + 1, found: next });
        }
        let mut replayed = Replayed::default();
        let mut size = 0;
        for (place, (first, path)) in segments.iter().enumerate() {
            if *first != next && !bug.leaves_gaps() {
                return Err(StorageError::Gap { path: path.clone(), expected: next, found: *first });
            }
            let last = place + 1 == segments.len();
            let (length, dropped) = replay(path, &mut next, last, bug, |record| {
                if record.index > snapshot {
                    replayed.records += 1;
                    apply(record);
                }
            })?;
            replayed.dropped = dropped;
            size += length;
        }
        // The last segment can end below the snapshot when a crash came before the next one was begun.
        next = next.max(snapshot + 1);
        if bug == Bug::LogEmptiedOnStart {
            for (_, path) in segments.drain(..) {
                fs::remove_file(&path).trying("remove", &path)?;
            }
        }
        let (segment_first, path) = match segments.pop() {
            Some(last) => last,
            None => (next, path_of(folder, next)),
        };
        let segment = append_to(folder, &path)?;
        let log = Log {
            folder: folder.to_owned(),
            path,
            segment,
            segment_first,
            next,
            size,
            buffer: Vec::new(),
            buffered: None,
            bug,
        };
        Ok((log, replayed))
    }

    /// The index of the newest record; 0 when there has been none.
    pub(super) fn last(&self) -> u64 {
        self.next - 1
    }

    /// Bytes of the records that no snapshot was begun for.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Numbers the commands and writes them. They are on disk when this returns, whichever way the program
    /// ends after that. After an error the log must not be used again: its end is unknown.
    pub(super) fn append(&mut self, commands: Vec<Command>) -> Result<Vec<Record>, StorageError> {
        let records: Vec<Record> =
            (self.next..).zip(commands).map(|(index, command)| Record { index, term: 0, command }).collect();
        for record in &records {
            self.next += 1;
            let forgotten = match record.command.operation {
                Operation::Delete { .. } => self.bug == Bug::DeletesNotLogged,
                Operation::Clear => matches!(self.bug, Bug::ClearNotSaved | Bug::ClearNotLogged),
                _ => false,
            };
            if !forgotten {
                self.encode(record);
            }
        }
        if self.bug == Bug::RecordsInterleaved && records.len() > 1 {
            interleave(&mut self.buffer);
        }
        if self.bug != Bug::AcknowledgedBeforeFlush || !self.may_wait() {
            self.flush()?;
        }
        Ok(records)
    }

    /// Puts an entry in the buffer, which [`Log::flush`] writes. Its index must be the next.
    pub(super) fn add(&mut self, entry: &Record) {
        debug_assert!(entry.index == self.next || self.bug != Bug::None);
        self.next = entry.index + 1;
        self.encode(entry);
    }

    /// Cuts off everything after `after`, for good. The buffer must be flushed.
    pub(super) fn truncate(&mut self, after: u64) -> Result<(), StorageError> {
        if after >= self.last() {
            return Ok(());
        }
        if self.bug == Bug::TruncationNotWritten {
            self.next = after + 1;
            return Ok(());
        }
        let mut segments = segments(&self.folder)?;
        // The newest goes first: whatever a crash leaves is then without a gap.
        while let Some((_, path)) = segments.pop_if(|(first, _)| *first > after) {
            fs::remove_file(&path).trying("remove", &path)?;
        }
        self.next = after + 1;
        let (first, path) = match segments.pop() {
            Some((first, path)) => {
                cut(&path, offset_after(&path, after).trying("read", &path)?)?;
                (first, path)
            }
            None => (self.next, path_of(&self.folder, self.next)),
        };
        self.segment = append_to(&self.folder, &path)?;
        self.segment_first = first;
        self.path = path;
        Ok(())
    }

    fn encode(&mut self, record: &Record) {
        let start = self.buffer.len();
        record.encode(&mut self.buffer);
        if self.bug == Bug::LengthIn16Bits {
            self.buffer[start + 2..start + 4].fill(0);
        }
    }

    /// Writes what is in the buffer and waits until it is on disk.
    pub(super) fn flush(&mut self) -> Result<(), StorageError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        if matches!(self.bug, Bug::TornRecordStopsStart | Bug::TornTailKept) {
            self.write_slowly()?;
        } else {
            self.segment.write_all(&self.buffer).trying("append to", &self.path)?;
            // The time of the last change is not worth a second write: the length is synced, and that is all
            // that a start needs.
            self.segment.sync_data().trying("sync", &self.path)?;
        }
        self.size += self.buffer.len() as u64;
        self.buffer.clear();
        self.buffer.shrink_to(1 << 20);
        self.buffered = None;
        Ok(())
    }

    /// Widens the window of the two bugs with torn records: a kill from outside lands between two pieces
    /// nearly always, where one write and a sync leave it a few microseconds.
    fn write_slowly(&mut self) -> Result<(), StorageError> {
        for piece in self.buffer.chunks(32 << 10) {
            self.segment.write_all(piece).trying("append to", &self.path)?;
            if self.buffer.len() > piece.len() {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(())
    }

    /// Whether a buffer that is flushed at 64 KiB or after 200 ms need not be flushed yet.
    fn may_wait(&mut self) -> bool {
        if self.buffer.is_empty() {
            return true;
        }
        let since = *self.buffered.get_or_insert_with(Instant::now);
        self.buffer.len() < 64 << 10 && since.elapsed() < Duration::from_millis(200)
    }

    /// Begins a new segment when this one has `size` bytes. The buffer must be flushed.
    pub(super) fn rotate_at(&mut self, size: u64) -> Result<(), StorageError> {
        match self.segment.metadata().trying("look at", &self.path)?.len() {
            length if length < size => Ok(()),
            _ => self.rotate(),
        }
    }

    /// Removes the segments that end at `snapshot` or before it. The oldest goes first: whatever a crash leaves is then
    /// without a gap.
    pub(super) fn cut(&mut self, snapshot: u64) -> Result<(), StorageError> {
        let segments = segments(&self.folder)?;
        for ((_, path), (next, _)) in segments.iter().zip(&segments[1..]) {
            if *next <= snapshot + 1 {
                fs::remove_file(path).trying("remove", path)?;
            }
        }
        Ok(())
    }

    /// Drops all records: the next one is that after `snapshot`.
    pub(super) fn restart_after(&mut self, snapshot: u64) -> Result<(), StorageError> {
        self.buffer.clear();
        remove_all(&self.folder)?;
        self.next = snapshot + 1;
        self.path = path_of(&self.folder, self.next);
        self.segment = append_to(&self.folder, &self.path)?;
        self.segment_first = self.next;
        Ok(())
    }

    /// Begins a new segment, so that the records so far can be removed once a snapshot holds them.
    pub(super) fn rotate(&mut self) -> Result<(), StorageError> {
        self.size = 0;
        if self.segment_first == self.next {
            return Ok(());
        }
        let path = path_of(&self.folder, self.next);
        self.segment = append_to(&self.folder, &path)?;
        self.segment_first = self.next;
        self.path = path;
        Ok(())
    }
}

/// Removes the segments that a snapshot of all records up to `snapshot` has made unneeded. The log must have
/// been rotated there. The oldest goes first: whatever a crash leaves is then without a gap.
pub(super) fn remove_up_to(folder: &Path, snapshot: u64) -> Result<(), StorageError> {
    for (first, path) in segments(folder)? {
        if first <= snapshot {
            fs::remove_file(&path).trying("remove", &path)?;
        }
    }
    Ok(())
}

/// Removes the whole log.
pub(super) fn remove_all(folder: &Path) -> Result<(), StorageError> {
    for (_, path) in segments(folder)?.iter().rev() {
        fs::remove_file(path).trying("remove", path)?;
    }
    folder::sync(folder)
}

/// The segments in the order of their records.
fn segments(folder: &Path) -> Result<Vec<(u64, PathBuf)>, StorageError> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(folder).trying("list", folder)? {
        let entry = entry.trying("list", folder)?;
        let name = entry.file_name();
        let first = name.to_str().and_then(|name| name.strip_prefix("log-"));
        if let Some(first) = first.and_then(|first| first.parse().ok()) {
            segments.push((first, entry.path()));
        }
    }
    segments.sort();
    Ok(segments)
}

fn path_of(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("log-{first:020}"))
}

fn append_to(folder: &Path, path: &Path) -> Result<File, StorageError> {
    let file = OpenOptions::new().append(true).create(true).open(path).trying("open", path)?;
    folder::sync(folder)?;
    Ok(file)
}

/// Cuts a segment's end off, for good.
fn cut(path: &Path, length: u64) -> Result<(), StorageError> {
    let file = OpenOptions::new().write(true).open(path).trying("open", path)?;
    file.set_len(length).and_then(|()| file.sync_all()).trying("cut the end off", path)
}

/// Where the records after `after` begin in the segment.
fn offset_after(path: &Path, after: u64) -> io::Result<u64> {
    let mut segment = BufReader::new(File::open(path)?);
    let mut at = 0;
    let mut start = [0; PEEK];
    loop {
        match segment.read_exact(&mut start) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(at),
            read => read?,
        }
        let (index, size) = Record::peek(&start);
        if index > after {
            return Ok(at);
        }
        at += size as u64;
        segment.seek_relative(size as i64 - PEEK as i64)?;
    }
}

/// What two threads do that each append a header and then a body, without a lock around the two.
fn interleave(buffer: &mut [u8]) {
    let middle = 8.min(buffer.len());
    buffer.rotate_left(middle);
}

#[cfg(test)]
mod tests;
