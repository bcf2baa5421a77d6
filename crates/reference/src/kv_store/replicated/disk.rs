//! The thread that writes. It takes everything that waits, writes it in order, syncs once, and then says how far it has
//! come: under load the price of a sync is shared by many (group commit).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc as queue;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::super::bug::Bug;
use super::super::error::StorageError;
use super::super::folder;
use super::super::log::{Log, Replayed};
use super::super::raft::{Ballot, Stored, Ticket, Write};
use super::super::record::Record;
use super::node::Event;
use super::{ballot, mistakes, snapshot_file};

/// How old the buffer of `acknowledges-before-writing` gets.
const LATE: Duration = Duration::from_millis(300);

/// At most this many jobs share one sync: those who wait for the first must not wait for ever.
const BATCH: usize = 64;

/// A segment of the log is closed at this size: the log can only be cut at the end of one.
const SEGMENT: u64 = 1 << 20;

type Job = (Ticket, Vec<Write>);

/// The log, the ballot and the snapshot.
pub(super) struct Files {
    folder: PathBuf,
    log: Log,
    bug: Bug,
    late: Late,
}

/// `acknowledges-before-writing`: a buffer inside the process, which is written when it is old and more is added.
#[derive(Default)]
struct Late {
    entries: Vec<Record>,
    since: Option<Instant>,
}

/// What a start found.
pub(super) struct Found {
    pub(super) files: Files,
    pub(super) stored: Stored,
    /// Entries that are applied once more, over the snapshot: only for bugs.
    pub(super) again: Vec<Record>,
    pub(super) replayed: Replayed,
}

/// Reads what `folder` holds; makes the folder if it is missing.
pub(super) fn recover(folder: &Path, bug: Bug) -> Result<Found, StorageError> {
    folder::create(folder)?;
    let mut ballot = ballot::load(folder)?;
    match bug {
        Bug::TermNotStored => ballot = Ballot::default(),
        Bug::VoteNotStored | Bug::VoteForgotten => ballot.voted_for = None,
        _ => {}
    }
    let snapshot = snapshot_file::load(folder)?;
    let index = snapshot.as_ref().map_or(0, |snapshot| snapshot.last.index);
    let mut again = Vec::new();
    let mut entries: Vec<Record> = Vec::new();
    let log_bug = if bug == Bug::TornEntryStopsStart { Bug::TornRecordStopsStart } else { bug };
    let log_bug = if bug == Bug::LogNotRestored { Bug::LogEmptiedOnStart } else { log_bug };
    let before = if bug == Bug::AppliedTwice { index.saturating_sub(mistakes::KEPT) } else { index };
    let (mut log, replayed) = Log::open(folder, before, log_bug, |mut record| match bug {
        Bug::IdsNotRestored => {
            record.command.id = None;
            entries.push(record);
        }
        Bug::LogNotRestored => {}
        Bug::AppliedTwice if record.index <= index => again.push(record),
        Bug::TruncationNotWritten if record.index <= entries.len() as u64 => {}
        _ => entries.push(record),
    })?;
    if bug == Bug::TailForgotten && snapshot.is_some() {
        entries.clear();
        log.restart_after(index)?;
    }
    Ok(Found {
        files: Files { folder: folder.to_owned(), log, bug, late: Late::default() },
        stored: Stored { ballot, snapshot, entries },
        again,
        replayed,
    })
}

impl Files {
    /// Entries may stay in a buffer until [`Files::sync`].
    fn write(&mut self, write: &Write) -> Result<(), StorageError> {
        match write {
            Write::Append(entries) => {
                if self.bug == Bug::AcknowledgesBeforeWriting {
                    if self.late.since.is_none_or(|since| since.elapsed() > LATE) {
                        self.write_late();
                        self.late.since = Some(Instant::now());
                    }
                    self.late.entries.extend_from_slice(entries);
                    return Ok(());
                }
                for entry in entries {
                    match mistakes::left_out(entry, self.bug) {
                        Some(nothing) => self.log.add(&nothing),
                        None => self.log.add(entry),
                    }
                }
                Ok(())
            }
            Write::Truncate(after) => {
                self.write_late();
                self.sync()?;
                self.log.truncate(*after)
            }
            // The order is kept across the two files: no entry is written before the term it was accepted in.
            Write::Ballot(ballot) => {
                self.write_late();
                self.sync()?;
                ballot::store(&self.folder, ballot)
            }
            // Nor is a snapshot in place before the log is on the disk that it is to replace.
            Write::Keep(snapshot) => {
                self.sync()?;
                mistakes::before_keeping(&self.folder, snapshot, self.bug)?;
                match self.bug {
                    // It has been in place all the time.
                    Bug::SnapshotInPlace => Ok(()),
                    _ => snapshot_file::keep(&self.folder, snapshot),
                }
            }
            Write::Cut(index) if self.bug == Bug::AppliedTwice => self.log.cut(index.saturating_sub(mistakes::KEPT)),
            Write::Cut(index) => self.log.cut(*index),
            Write::Install(snapshot) if self.bug == Bug::InstalledNotStored => {
                self.log.restart_after(snapshot.last.index)
            }
            Write::Install(snapshot) => {
                self.sync()?;
                snapshot_file::begin_install(&self.folder, snapshot)?;
                self.log.restart_after(snapshot.last.index)?;
                snapshot_file::finish_install(&self.folder)
            }
        }
    }

    fn write_late(&mut self) {
        self.late.entries.drain(..).for_each(|entry| self.log.add(&entry));
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.log.flush()?;
        match self.bug.keeps_whole_log() {
            true => Ok(()),
            false => self.log.rotate_at(SEGMENT),
        }
    }
}

/// The way to the thread. The loop has the only one.
pub(super) struct Queue(queue::Sender<Job>);

impl Queue {
    pub(super) fn write(&self, job: Job) {
        // An error means that the thread has failed, and has said so: the server is about to end.
        let _ = self.0.send(job);
    }
}

pub(super) struct Disk(Mutex<Option<JoinHandle<()>>>);

impl Disk {
    /// Starts the thread. It ends when the queue is dropped and empty.
    pub(super) fn start(
        files: Files,
        written: mpsc::UnboundedSender<Event>,
        failed: watch::Sender<bool>,
    ) -> io::Result<(Disk, Queue)> {
        let (queue, jobs) = queue::channel();
        let thread = thread::Builder::new().name("disk".to_owned()).spawn(move || {
            if let Err(error) = run(files, &jobs, &written) {
                eprintln!("{error}");
                failed.send_replace(true);
            }
        })?;
        Ok((Disk(Mutex::new(Some(thread))), Queue(queue)))
    }

    /// Returns when the thread has ended.
    pub(super) fn join(&self) {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            eprintln!("the thread that writes panicked");
        }
    }
}

/// The first error ends it: after a failed write or sync nobody can say what is on the disk, and only a new
/// start, which reads it, finds out.
fn run(
    mut files: Files,
    jobs: &queue::Receiver<Job>,
    written: &mpsc::UnboundedSender<Event>,
) -> Result<(), StorageError> {
    while let Ok(first) = jobs.recv() {
        let mut newest = 0;
        for (ticket, writes) in std::iter::once(first).chain(jobs.try_iter()).take(BATCH) {
            for write in &writes {
                files.write(write)?;
            }
            newest = ticket;
        }
        files.sync()?;
        // An error means that the node is stopping.
        let _ = written.send(Event::Written(newest));
    }
    files.write_late();
    files.sync()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use bytes::Bytes;

    use super::super::super::raft::{Place, Snapshot};
    use super::super::super::record::Operation;
    use super::*;

    fn files(folder: &Path) -> Files {
        recover(folder, Bug::None).unwrap().files
    }

    fn put(index: u64, size: usize) -> Record {
        let operation = Operation::Put { key: "k".into(), value: vec![index as u8; size].into() };
        Record { index, term: 1, command: operation.into() }
    }

    fn snapshot(index: u64) -> Snapshot {
        let state = Bytes::from_static(b"state");
        Snapshot { last: Place { index, term: 1 }, members: ["n1".into()].into(), state }
    }

    fn write(files: &mut Files, writes: &[Write]) {
        writes.iter().for_each(|write| files.write(write).unwrap());
        files.sync().unwrap();
    }

    /// Index of the snapshot, and of the first and last entry after it.
    fn found(folder: &Path) -> (u64, Option<(u64, u64)>) {
        let Stored { snapshot, entries, .. } = recover(folder, Bug::None).unwrap().stored;
        let ends = entries.first().map(|first| (first.index, first.index + entries.len() as u64 - 1));
        (snapshot.map_or(0, |snapshot| snapshot.last.index), ends)
    }

    fn copy(from: &Path) -> tempfile::TempDir {
        let to = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.path().join(entry.file_name())).unwrap();
        }
        to
    }

    fn size(folder: &Path) -> u64 {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
    }

    /// Ten entries of 400 KB: three or four segments.
    fn with_ten(folder: &Path) -> Files {
        let mut files = files(folder);
        (1..=10).for_each(|index| write(&mut files, &[Write::Append(vec![put(index, 400_000)])]));
        files
    }

    #[test]
    fn the_files_of_the_log_shrink_behind_a_snapshot_and_a_start_finds_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = with_ten(folder.path());
        snapshot_file::make(folder.path(), &snapshot(8)).unwrap();
        assert_eq!(found(copy(folder.path()).path()), (0, Some((1, 10))), "made, and not in its place");
        files.write(&Write::Keep(snapshot(8))).unwrap();
        assert_eq!(found(copy(folder.path()).path()), (8, Some((9, 10))), "in its place, and nothing is cut");
        files.write(&Write::Cut(8)).unwrap();
        assert_eq!(found(copy(folder.path()).path()), (8, Some((9, 10))));
        assert!(size(folder.path()) < 2_500_000, "{}", size(folder.path()));
        write(&mut files, &[Write::Append(vec![put(11, 1)])]);
        assert_eq!(found(folder.path()), (8, Some((9, 11))));
    }

    #[test]
    fn a_snapshot_waits_for_the_entries_that_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path());
        snapshot_file::make(folder.path(), &snapshot(1)).unwrap();
        // One batch: the first is still in a buffer when the second comes.
        files.write(&Write::Append(vec![put(1, 5), put(2, 5)])).unwrap();
        files.write(&Write::Keep(snapshot(1))).unwrap();
        assert_eq!(found(folder.path()), (1, Some((2, 2))));
    }

    /// Walks through the steps by hand, and starts from a copy of the folder after each.
    #[test]
    fn a_leaders_snapshot_replaces_log_and_snapshot_or_neither_wherever_a_crash_comes() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = with_ten(folder.path());
        snapshot_file::make(folder.path(), &snapshot(4)).unwrap();
        write(&mut files, &[Write::Keep(snapshot(4))]);
        assert_eq!(found(copy(folder.path()).path()), (4, Some((5, 10))));
        snapshot_file::begin_install(folder.path(), &snapshot(7)).unwrap();
        assert_eq!(found(copy(folder.path()).path()), (7, None));
        let mut segments: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        segments.retain(|path| path.to_str().unwrap().contains("log-"));
        segments.sort();
        for segment in segments.iter().rev() {
            fs::remove_file(segment).unwrap();
            assert_eq!(found(copy(folder.path()).path()), (7, None));
        }
        snapshot_file::finish_install(folder.path()).unwrap();
        assert_eq!(found(copy(folder.path()).path()), (7, None));

        let folder = tempfile::tempdir().unwrap();
        let mut files = with_ten(folder.path());
        write(&mut files, &[Write::Install(snapshot(20)), Write::Append(vec![put(21, 5)])]);
        assert_eq!(found(folder.path()), (20, Some((21, 21))));
    }
}
