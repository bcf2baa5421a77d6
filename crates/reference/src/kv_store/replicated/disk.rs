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
use super::super::raft::{Ballot, Ticket, Write};
use super::super::record::Record;
use super::ballot;
use super::node::Event;

/// How old the buffer of `acknowledges-before-writing` gets.
const LATE: Duration = Duration::from_millis(300);

/// At most this many jobs share one sync: those who wait for the first must not wait for ever.
const BATCH: usize = 64;

type Job = (Ticket, Vec<Write>);

/// The log and the ballot.
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
    pub(super) ballot: Ballot,
    pub(super) entries: Vec<Record>,
    pub(super) replayed: Replayed,
}

/// Reads what `folder` holds; makes the folder if it is missing.
pub(super) fn recover(folder: &Path, bug: Bug) -> Result<Found, StorageError> {
    folder::create(folder)?;
    let mut ballot = ballot::load(folder)?;
    match bug {
        Bug::TermNotStored => ballot = Ballot::default(),
        Bug::VoteNotStored => ballot.voted_for = None,
        _ => {}
    }
    let mut entries: Vec<Record> = Vec::new();
    let log_bug = if bug == Bug::TornEntryStopsStart { Bug::TornRecordStopsStart } else { bug };
    let log_bug = if bug == Bug::LogNotRestored { Bug::LogEmptiedOnStart } else { log_bug };
    let (log, replayed) = Log::open(folder, 0, log_bug, |mut record| match bug {
        Bug::IdsNotRestored => {
            record.command.id = None;
            entries.push(record);
        }
        Bug::LogNotRestored => {}
        Bug::TruncationNotWritten if record.index <= entries.len() as u64 => {}
        _ => entries.push(record),
    })?;
    Ok(Found {
        files: Files { folder: folder.to_owned(), log, bug, late: Late::default() },
        ballot,
        entries,
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
                entries.iter().for_each(|entry| self.log.add(entry));
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
        }
    }

    fn write_late(&mut self) {
        self.late.entries.drain(..).for_each(|entry| self.log.add(&entry));
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.log.flush()
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
