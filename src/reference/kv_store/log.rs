//! The log: every change in order, appended and synced before anyone is told that it happened.
//!
//! It is kept in segments named after their first record, `log-00000000000000000001`, so that a snapshot can
//! make old records unneeded without rewriting a file: whole segments are removed.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::bug::Bug;
use super::error::{StorageError, Trying};
use super::folder;
use super::record::{Decoded, Operation, Record};

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

impl Log {
    /// Opens the log in `folder`, whose records up to `snapshot` are in a snapshot already, and passes each
    /// later one to `apply`. A record cut short at the end is cut off, so that new records follow a whole one.
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
            let bytes = fs::read(path).trying("read", path)?;
            let mut at = 0;
            loop {
                match Record::decode(&bytes[at..]) {
                    Decoded::Record(record, length) => {
                        if record.index != next && !bug.leaves_gaps() {
                            let offset = at as u64;
                            return Err(StorageError::Damaged { path: path.clone(), offset });
                        }
                        next = record.index + 1;
                        at += length;
                        if record.index > snapshot {
                            replayed.records += 1;
                            apply(record);
                        }
                    }
                    Decoded::End => break,
                    Decoded::Broken => {
                        // Only the last write can have been cut short: each segment was synced to its end
                        // before the next one was begun.
                        let last = place + 1 == segments.len();
                        if !last || bug == Bug::TornRecordStopsStart {
                            let offset = at as u64;
                            return Err(StorageError::Damaged { path: path.clone(), offset });
                        }
                        replayed.dropped = (bytes.len() - at) as u64;
                        if bug != Bug::TornTailKept {
                            cut(path, at as u64)?;
                        }
                        break;
                    }
                }
            }
            size += at as u64;
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

    /// Numbers the operations and writes them. They are on disk when this returns, whichever way the program
    /// ends after that. After an error the log must not be used again: its end is unknown.
    pub(super) fn append(&mut self, operations: &[Operation]) -> Result<(), StorageError> {
        for operation in operations {
            let record = Record { index: self.next, term: 0, operation: operation.clone() };
            self.next += 1;
            let forgotten = match record.operation {
                Operation::Delete { .. } => self.bug == Bug::DeletesNotLogged,
                Operation::Clear => matches!(self.bug, Bug::ClearNotSaved | Bug::ClearNotLogged),
                Operation::Put { .. } => false,
            };
            if !forgotten {
                self.encode(&record);
            }
        }
        if self.bug == Bug::RecordsInterleaved && operations.len() > 1 {
            interleave(&mut self.buffer);
        }
        if self.bug == Bug::AcknowledgedBeforeFlush && self.may_wait() {
            return Ok(());
        }
        self.flush()
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

/// What two threads do that each append a header and then a body, without a lock around the two.
fn interleave(buffer: &mut [u8]) {
    let middle = 8.min(buffer.len());
    buffer.rotate_left(middle);
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn put(key: &str, length: usize) -> Operation {
        Operation::Put { key: key.into(), value: Bytes::from(vec![b'v'; length]) }
    }

    fn open(folder: &Path, snapshot: u64) -> Result<(Log, Replayed, Vec<Record>), StorageError> {
        let mut records = Vec::new();
        let (log, replayed) = Log::open(folder, snapshot, Bug::None, |record| records.push(record))?;
        Ok((log, replayed, records))
    }

    #[test]
    fn what_is_appended_is_replayed_in_order_with_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, replayed, _) = open(folder.path(), 0).unwrap();
        assert_eq!(replayed, Replayed::default());
        log.append(&[put("a", 1), Operation::Clear]).unwrap();
        log.append(&[Operation::Delete { key: "a".into() }]).unwrap();
        assert_eq!(log.last(), 3);
        let (log, replayed, records) = open(folder.path(), 0).unwrap();
        assert_eq!(replayed, Replayed { records: 3, dropped: 0 });
        assert_eq!(log.last(), 3);
        let indexes: Vec<u64> = records.iter().map(|record| record.index).collect();
        assert_eq!(indexes, [1, 2, 3]);
        assert_eq!(records[0].operation, put("a", 1));
        assert_eq!(records[1].operation, Operation::Clear);
    }

    #[test]
    fn a_tail_torn_at_any_byte_is_dropped_and_does_not_hide_what_follows() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, ..) = open(folder.path(), 0).unwrap();
        let path = log.path.clone();
        let mut ends = vec![0];
        for length in [3, 40, 1] {
            log.append(&[put("key", length)]).unwrap();
            ends.push(fs::metadata(&path).unwrap().len());
        }
        drop(log);
        let whole = fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let kept = ends.iter().filter(|end| **end <= length as u64).count() - 1;
            let (mut log, replayed, records) = open(folder.path(), 0).unwrap();
            assert_eq!(records.len(), kept, "cut at {length}");
            assert_eq!(replayed.dropped, length as u64 - ends[kept], "cut at {length}");
            log.append(&[put("after", 5)]).unwrap();
            drop(log);
            let (_, replayed, records) = open(folder.path(), 0).unwrap();
            assert_eq!(replayed, Replayed { records: kept as u64 + 1, dropped: 0 });
            assert_eq!(records[kept].operation, put("after", 5), "cut at {length}");
        }
    }

    #[test]
    fn rotated_segments_are_one_log_and_are_removed_up_to_a_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, ..) = open(folder.path(), 0).unwrap();
        log.append(&[put("a", 1), put("b", 1)]).unwrap();
        log.rotate().unwrap();
        log.rotate().unwrap();
        log.append(&[put("c", 1)]).unwrap();
        drop(log);
        assert_eq!(open(folder.path(), 0).unwrap().1.records, 3);
        assert_eq!(open(folder.path(), 2).unwrap().1.records, 1);

        remove_up_to(folder.path(), 2).unwrap();
        assert_eq!(segments(folder.path()).unwrap().len(), 1);
        assert_eq!(open(folder.path(), 2).unwrap().1.records, 1);
        assert!(matches!(open(folder.path(), 1), Err(StorageError::Gap { expected: 2, found: 3, .. })));
    }

    #[test]
    fn a_segment_that_the_snapshot_covers_is_passed_over_even_with_a_gap_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, ..) = open(folder.path(), 0).unwrap();
        for key in ["a", "b", "c"] {
            log.append(&[put(key, 1)]).unwrap();
            log.rotate().unwrap();
        }
        log.append(&[put("d", 1)]).unwrap();
        drop(log);
        fs::remove_file(path_of(folder.path(), 2)).unwrap();
        assert!(matches!(open(folder.path(), 0), Err(StorageError::Gap { .. })));
        let (log, replayed, records) = open(folder.path(), 3).unwrap();
        assert_eq!((log.last(), replayed.records), (4, 1));
        assert_eq!(records[0].operation, put("d", 1));
    }

    #[test]
    fn damage_before_the_last_segment_is_told_and_not_repaired() {
        let folder = tempfile::tempdir().unwrap();
        let (mut log, ..) = open(folder.path(), 0).unwrap();
        log.append(&[put("a", 30)]).unwrap();
        let first = log.path.clone();
        log.rotate().unwrap();
        log.append(&[put("b", 1)]).unwrap();
        drop(log);
        cut(&first, 20).unwrap();
        assert!(matches!(open(folder.path(), 0), Err(StorageError::Damaged { offset: 0, .. })));
        assert_eq!(fs::metadata(&first).unwrap().len(), 20);
    }
}
