//! The log of a server alone: every change in order, on the disk before anyone is told of it.
//!
//! ```text
//! length u32 · check u32 (CRC-32 of the length and the change) · change
//! ```
//!
//! It only grows. A server that lives for years would copy the jobs that are left into a new one now and then.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use bytes::Bytes;

use super::super::kv_store::crc32;
use super::bug::Bug;
use super::change::Change;

const NAME: &str = "changes";
const HEADER: usize = 8;

pub(super) struct Log {
    file: File,
    buffer: Vec<u8>,
    bug: Bug,
}

/// What a start found.
pub(super) struct Found {
    pub(super) log: Log,
    pub(super) changes: Vec<Change>,
    /// Bytes of a record cut short at the end, which were cut off.
    pub(super) dropped: usize,
}

impl Log {
    pub(super) fn open(folder: &Path, bug: Bug) -> io::Result<Found> {
        fs::create_dir_all(folder)?;
        let path = folder.join(NAME);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Bytes::new(),
            read => read?.into(),
        };
        let mut changes = Vec::new();
        let mut at = 0;
        while let Some((change, length)) = record(&bytes, at) {
            changes.push(change);
            at += length;
        }
        let dropped = bytes.len() - at;
        if dropped > 0 && bug == Bug::TornRecordStopsStart {
            return Err(io::Error::new(ErrorKind::InvalidData, "the log's last record is broken"));
        }
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        if dropped > 0 && bug != Bug::TornRecordStays {
            file.set_len(at as u64)?;
        }
        // A new file's name must last, too.
        File::open(folder)?.sync_all()?;
        Ok(Found { log: Log { file, buffer: Vec::new(), bug }, changes, dropped })
    }

    /// Puts a change into the buffer, which [`Log::flush`] writes.
    pub(super) fn add(&mut self, change: &Change) {
        let forgotten = match change {
            Change::Delete { .. } => self.bug == Bug::DeletesNotLogged,
            Change::Bury { .. } => self.bug == Bug::BuriesNotLogged,
            Change::Kick { .. } => self.bug == Bug::KicksNotLogged,
            Change::Release { delay, .. } => self.bug == Bug::DelayedReleasesNotLogged && *delay > 0,
            Change::Put { .. } => false,
        };
        if forgotten {
            return;
        }
        let change = match (self.bug, change.clone()) {
            (Bug::BuriedPriorityNotLogged, Change::Bury { id, .. }) => Change::Bury { id, pri: 0 },
            (Bug::BodiesLoggedAsText, Change::Put { id, tube, pri, delay, ttr, created, body }) => {
                let body = String::from_utf8_lossy(&body).into_owned().into();
                Change::Put { id, tube, pri, delay, ttr, created, body }
            }
            (_, change) => change,
        };
        let change = change.encode();
        // A change is a body of 64 KiB and little more: the cast is exact.
        let length = (change.len() as u32).to_le_bytes();
        self.buffer.extend_from_slice(&length);
        self.buffer.extend_from_slice(&crc32(&[&length, &change]).to_le_bytes());
        self.buffer.extend_from_slice(&change);
    }

    /// Everything is on the disk when this returns. After an error nobody can say how much is.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() || self.bug == Bug::NothingLogged {
            return Ok(());
        }
        match self.bug {
            Bug::TornRecordStopsStart | Bug::TornRecordStays => self.write_slowly()?,
            // A buffer that is flushed when it is full.
            Bug::AcknowledgedBeforeFlush if self.buffer.len() < 16 << 10 => return Ok(()),
            _ => self.file.write_all(&self.buffer)?,
        }
        self.buffer.clear();
        self.file.sync_data()
    }

    /// Widens the window in which a kill leaves half a record.
    fn write_slowly(&mut self) -> io::Result<()> {
        for piece in self.buffer.chunks(16 << 10) {
            self.file.write_all(piece)?;
            if self.buffer.len() > piece.len() {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
        Ok(())
    }
}

/// The record at `at`, and its length; `None` at the end, and where a record is broken.
fn record(bytes: &Bytes, at: usize) -> Option<(Change, usize)> {
    let (length, rest) = bytes[at..].split_first_chunk::<4>()?;
    let (check, rest) = rest.split_first_chunk::<4>()?;
    let (change, _) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    if crc32(&[length, change]) != u32::from_le_bytes(*check) {
        return None;
    }
    Some((Change::decode(&bytes.slice_ref(change))?, HEADER + change.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_crash_cuts_off_the_rest_is_read_and_written_on() {
        let changes: Vec<Change> = (1..=3).map(|id| Change::Bury { id, pri: 5 }).collect();
        let whole = tempfile::tempdir().unwrap();
        let mut log = Log::open(whole.path(), Bug::None).unwrap().log;
        changes.iter().for_each(|change| log.add(change));
        log.flush().unwrap();
        let bytes = fs::read(whole.path().join(NAME)).unwrap();
        for cut in 0..=bytes.len() {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(NAME), &bytes[..cut]).unwrap();
            let mut found = Log::open(folder.path(), Bug::None).unwrap();
            let read = found.changes.len();
            assert_eq!(found.changes, changes[..read]);
            assert!(cut < bytes.len() || read == 3);
            found.log.add(&Change::Kick { id: 9 });
            found.log.flush().unwrap();
            let again = Log::open(folder.path(), Bug::None).unwrap();
            assert_eq!((again.changes.len(), again.dropped), (read + 1, 0));
        }
    }
}
