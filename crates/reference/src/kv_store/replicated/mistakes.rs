//! What some bugs do with snapshots and their files instead.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use bytes::Bytes;

use super::super::bug::Bug;
use super::super::error::{StorageError, Trying};
use super::super::map::Map;
use super::super::raft::{Members, Place, Snapshot, Stored};
use super::super::record::{Operation, Record};
use super::super::snapshot::encode_state;
use super::super::storage::SharedMap;
use super::super::transactions::TxnStep;
use super::snapshot_file;

/// So many entries that a snapshot holds are in the log, too, with `applied-twice`.
pub(super) const KEPT: u64 = 64;

/// A start of a program that has no snapshot of what its log follows: the log goes on from whatever there is.
pub(super) fn close_gap(stored: &mut Stored, members: &Members, bug: Bug) {
    let Some(first) = stored.entries.first() else { return };
    if !matches!(bug, Bug::LogCutBeforeSnapshot | Bug::InstalledNotStored) {
        return;
    }
    let last = Place { index: first.index - 1, term: first.term };
    match &mut stored.snapshot {
        Some(snapshot) => snapshot.last = last,
        None if first.index == 1 => {}
        None => {
            let mut state = Vec::new();
            encode_state(&Map::default(), &mut state);
            stored.snapshot = Some(Snapshot { last, members: members.clone(), state: Bytes::from(state) });
        }
    }
}

/// The map that is in the snapshot, in the thread that makes it.
pub(super) fn at_another_moment(map: Map, shared: &SharedMap, bug: Bug) -> Map {
    match bug {
        Bug::LogCutBeforeSnapshot => {
            // Widens the window: as long as the snapshot of a large map takes.
            thread::sleep(Duration::from_secs(1));
            map
        }
        Bug::SnapshotLaterThanIndex => {
            thread::sleep(Duration::from_millis(300));
            shared.read().clone()
        }
        _ => map,
    }
}

/// `prepared-not-stored`: what was prepared and not decided is not there after a start.
pub(super) fn forget_prepared(entries: &mut [Record], bug: Bug) {
    if bug != Bug::PreparedNotStored {
        return;
    }
    let mut ended = BTreeSet::new();
    for entry in entries.iter_mut().rev() {
        match &entry.command.operation {
            Operation::Transaction(TxnStep::Finish { txn, .. } | TxnStep::Decide { txn, .. }) => {
                ended.insert(txn.clone());
            }
            Operation::Transaction(TxnStep::Prepare { txn, .. }) if !ended.contains(txn) => {
                entry.command = Operation::Nothing.into();
            }
            _ => {}
        }
    }
}

/// What a log has in the place of an entry that is in memory only.
pub(super) fn left_out(entry: &Record, bug: Bug) -> Option<Record> {
    let is_left_out = match (&entry.command.operation, bug) {
        (Operation::Step(step), Bug::MapNotStored) => step.is_of_plan(),
        _ => false,
    };
    is_left_out.then(|| Record { command: Operation::Nothing.into(), ..entry.clone() })
}

/// A new snapshot is about to take the place of the one before it.
pub(super) fn before_keeping(folder: &Path, new: &Snapshot, bug: Bug) -> Result<(), StorageError> {
    match bug {
        Bug::OldSnapshotsKept => {
            let path = folder.join("snapshot");
            let old = folder.join(format!("old-snapshot-before-{}", new.last.index));
            match fs::rename(&path, &old) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error).trying("rename", &path),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// `snapshot-in-place`: slowly, as a large one is written.
pub(super) fn write_in_place(folder: &Path, snapshot: &Snapshot) -> Result<(), StorageError> {
    snapshot_file::make(folder, snapshot)?;
    let (made, path) = (snapshot_file::made(folder, snapshot), folder.join("snapshot"));
    let bytes = fs::read(&made).trying("read", &made)?;
    let write = || -> io::Result<()> {
        let mut file = File::create(&path)?;
        for piece in bytes.chunks(bytes.len() / 10 + 1) {
            file.write_all(piece)?;
            thread::sleep(Duration::from_millis(100));
        }
        file.sync_all()
    };
    write().trying("write", &path)?;
    fs::remove_file(&made).trying("remove", &made)
}
