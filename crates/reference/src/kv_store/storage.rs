//! The log, the snapshot and the map together: what a start recovers, and how a change becomes durable.
//!
//! One thread owns this (`writer.rs`), so changes are in one order. Readers share the map.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::bug::Bug;
use super::error::StorageError;
use super::folder;
use super::log::{self, Log, Replayed};
use super::map::{Map, Outcome};
use super::record::{Command, Condition, Operation, Record};
use super::snapshot::Snapshot;

/// A log smaller than this is not worth a snapshot, however little data it describes.
const SMALL_LOG: u64 = 4 << 20;

/// The map as readers see it.
#[derive(Clone, Default)]
pub(super) struct SharedMap(Arc<RwLock<Map>>);

impl SharedMap {
    /// No lock is held over anything that can panic half-way through a change, so a poisoned one is whole.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Map> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Map> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Storage {
    folder: PathBuf,
    log: Log,
    map: SharedMap,
    compaction: Option<JoinHandle<Result<(), StorageError>>>,
    small_log: u64,
    bug: Bug,
}

/// What a start recovered.
pub(super) struct Recovered {
    pub(super) storage: Storage,
    pub(super) from_snapshot: Map,
    pub(super) snapshot: u64,
    pub(super) replayed: Replayed,
}

impl Storage {
    /// Recovers the map from `folder`, which is made if it is missing.
    pub(super) fn open(folder: &Path, bug: Bug) -> Result<Recovered, StorageError> {
        folder::create(folder)?;
        let Snapshot { index, map: from_snapshot } = Snapshot::load(folder)?;
        let mut map = from_snapshot.clone();
        let (log, replayed) = Log::open(folder, index, bug, |mut record| {
            if bug == Bug::ConditionNotReplayed {
                record.command.condition = Condition::None;
            }
            let known = matches!(&record.command.operation,
                Operation::Put { key, .. } if map.get(key).is_some());
            if !(bug == Bug::ReplayKeepsFirst && known) {
                map.apply(&record, bug);
            }
        })?;
        if bug == Bug::SnapshotOverLog {
            for (key, entry) in from_snapshot.iter() {
                map.put(key.clone(), entry.clone());
            }
        }
        map.loaded(bug);
        let storage = Storage {
            folder: folder.to_owned(),
            log,
            map: SharedMap(Arc::new(RwLock::new(map))),
            compaction: None,
            small_log: SMALL_LOG,
            bug,
        };
        Ok(Recovered { storage, from_snapshot, snapshot: index, replayed })
    }

    pub(super) fn map(&self) -> SharedMap {
        self.map.clone()
    }

    /// Makes the changes, in order, and returns the outcome of each. They last when this returns; only then may anyone
    /// be told, and only then can a reader see them: a value that was read once must not be gone after a crash.
    pub(super) fn commit(&mut self, commands: Vec<Command>) -> Result<Vec<Outcome>, StorageError> {
        let records = match self.bug {
            Bug::ClearLoggedPerKey => self.log_clears_per_key(commands)?,
            _ => self.log.append(commands)?,
        };
        let mut map = self.map.write();
        Ok(records.iter().map(|record| map.apply(record, self.bug)).collect())
    }

    fn log_clears_per_key(&mut self, commands: Vec<Command>) -> Result<Vec<Record>, StorageError> {
        let mut records = Vec::new();
        for command in commands {
            if command.operation != Operation::Clear {
                records.extend(self.log.append(vec![command])?);
                continue;
            }
            let mut keys: Vec<_> = self.map.read().iter().map(|(key, _)| key.clone()).collect();
            // In order, so that a kill leaves the same keys each time.
            keys.sort();
            for key in keys {
                self.log.append(vec![Operation::Delete { key }.into()])?;
                // Widens the window: a kill from outside lands between two keys.
                thread::sleep(Duration::from_millis(2));
            }
            records.push(Record { index: self.log.last(), term: 0, command });
        }
        Ok(records)
    }

    /// Begins a snapshot in the background when the log has grown larger than the data it describes. Writes go on
    /// meanwhile, into a new segment.
    pub(super) fn compact_if_due(&mut self) -> Result<(), StorageError> {
        if self.compaction.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return Ok(());
        }
        self.end_compaction();
        if self.log.size() < self.due() {
            return Ok(());
        }
        self.log.rotate()?;
        let snapshot = Snapshot { index: self.log.last(), map: self.map.read().clone() };
        let (folder, bug) = (self.folder.clone(), self.bug);
        if bug == Bug::LogEmptiedBeforeSnapshot {
            log::remove_up_to(&folder, snapshot.index)?;
        }
        self.compaction = Some(thread::spawn(move || {
            if bug == Bug::LogEmptiedBeforeSnapshot {
                // Widens the window: as long as the snapshot of a large map takes.
                thread::sleep(Duration::from_secs(1));
            }
            snapshot.store(&folder)?;
            log::remove_up_to(&folder, snapshot.index)
        }));
        Ok(())
    }

    /// The size of the log that calls for a snapshot. A multiple of the data itself, so that the cost of
    /// snapshots stays in proportion to the writes, and a start reads at most about twice the data.
    fn due(&self) -> u64 {
        match self.bug {
            // A snapshot after a few writes, so that a short test sees one.
            Bug::LogEmptiedBeforeSnapshot | Bug::SnapshotOverLog => 2 << 10,
            // One file for ever: a second one after the torn record would be taken for damage at the next start.
            Bug::TornTailKept => u64::MAX,
            _ => self.small_log.max(self.map.read().size() as u64),
        }
    }

    /// A snapshot that failed has cost nothing: the log still holds all of it, and the next one tries again.
    fn end_compaction(&mut self) {
        match self.compaction.take().map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) => eprintln!("no snapshot: {error}"),
            Some(Err(_)) => eprintln!("no snapshot: its thread panicked"),
        }
    }

    /// Leaves nothing under way. What was committed needs no more than this: the next start reads the log
    /// whether the last one ended well or not.
    pub(super) fn finish(mut self) -> Result<(), StorageError> {
        self.log.flush()?;
        self.end_compaction();
        if self.bug.snapshots_at_exit() {
            self.log.rotate()?;
            let snapshot = Snapshot { index: self.log.last(), map: self.map.read().clone() };
            snapshot.store(&self.folder)?;
            log::remove_up_to(&self.folder, snapshot.index)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use std::fs;

    fn put(key: &str, value: &str) -> Command {
        Operation::Put { key: key.into(), value: Bytes::copy_from_slice(value.as_bytes()) }.into()
    }

    fn delete(key: &str) -> Command {
        Operation::Delete { key: key.into() }.into()
    }

    fn open(folder: &Path) -> Storage {
        let mut storage = Storage::open(folder, Bug::None).unwrap().storage;
        storage.small_log = 200;
        storage
    }

    fn state(folder: &Path) -> Map {
        Storage::open(folder, Bug::None).unwrap().storage.map().read().clone()
    }

    fn copy(from: &Path) -> tempfile::TempDir {
        let to = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.path().join(entry.file_name())).unwrap();
        }
        to
    }

    #[test]
    fn a_start_after_an_end_without_warning_finds_every_change() {
        let folder = tempfile::tempdir().unwrap();
        let mut storage = open(folder.path());
        storage.commit(vec![put("a", "1"), put("b", "2"), put("a", "3")]).unwrap();
        storage.commit(vec![delete("b")]).unwrap();
        let before = storage.map().read().clone();
        assert_eq!(before.len(), 1);
        assert_eq!(state(folder.path()), before);
        storage.commit(vec![Operation::Clear.into(), put("c", "4")]).unwrap();
        let map = state(folder.path());
        assert_eq!((map.len(), map.get("c").map(|entry| &entry.value[..])), (1, Some(&b"4"[..])));
    }

    #[test]
    fn snapshots_keep_the_folder_small_and_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut storage = open(folder.path());
        for i in 0..300 {
            let key = format!("key-{}", i % 7);
            storage.commit(vec![put(&key, &format!("value-{i}"))]).unwrap();
            if i % 5 == 0 {
                storage.commit(vec![delete(&key)]).unwrap();
            }
            storage.compact_if_due().unwrap();
            storage.end_compaction();
        }
        let before = storage.map().read().clone();
        storage.finish().unwrap();
        assert_eq!(state(folder.path()), before);
        let size: u64 =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
        assert!(size < 1000, "{size} bytes for 7 short values");
    }

    /// Walks through the steps of a compaction by hand, and starts from a copy of the folder after each.
    #[test]
    fn a_compaction_cut_off_after_any_step_loses_nothing_and_brings_nothing_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut storage = open(folder.path());
        storage.commit(vec![put("kept", "old"), put("deleted", "x")]).unwrap();
        storage.log.rotate().unwrap();
        Snapshot { index: 2, map: storage.map().read().clone() }.store(folder.path()).unwrap();
        log::remove_up_to(folder.path(), 2).unwrap();
        storage.commit(vec![put("kept", "new"), delete("deleted")]).unwrap();
        let expected = storage.map().read().clone();
        let check = |step: &str| {
            let folder = copy(folder.path());
            let mut again = open(folder.path());
            assert_eq!(*again.map().read(), expected, "after: {step}");
            assert_eq!(again.log.last(), 4, "after: {step}");
            again.commit(vec![put("later", "1")]).unwrap();
            drop(again);
            assert_eq!(state(folder.path()).len(), 2, "a write after: {step}");
        };

        storage.log.rotate().unwrap();
        check("rotate");
        let snapshot = Snapshot { index: 4, map: expected.clone() };
        fs::write(folder.path().join("snapshot.unfinished"), b"half of one").unwrap();
        check("half a snapshot");
        snapshot.store(folder.path()).unwrap();
        check("snapshot");
        log::remove_up_to(folder.path(), 4).unwrap();
        check("remove");
    }
}
