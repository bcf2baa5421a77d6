//! When a snapshot is due, and how it is made: beside the running node, which goes on meanwhile.
//!
//! Bytes are counted, not entries: a log of few large values is as large as one of many small ones. A snapshot is due when
//! the log has grown by as much as the data it describes, so that the cost of snapshots stays in proportion to the
//! writes. The copy of the map that it is made from shares the values with the map, and so costs little.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::super::bug::Bug;
use super::super::error::StorageError;
use super::super::map::Map;
use super::super::raft::{Members, Place, Raft, Snapshot};
use super::super::record::Record;
use super::super::snapshot::{decode_state, encode_state, state_size};
use super::super::storage::SharedMap;
use super::node::Event;
use super::{mistakes, snapshot_file};

/// A log smaller than this is not worth a snapshot, however little data it describes.
const SMALL_LOG: usize = 4 << 20;

/// What an entry takes in the log beside its key and its value, about.
const OVERHEAD: usize = 64;

pub(super) struct Compactor {
    folder: PathBuf,
    events: mpsc::UnboundedSender<Event>,
    failed: watch::Sender<bool>,
    /// The newest entry in the map.
    applied: Place,
    /// Bytes of the entries applied since the last snapshot was begun.
    grown: usize,
    /// Whether one is being made.
    busy: bool,
    /// Only for `entries-counted`.
    entries: usize,
    bug: Bug,
}

impl Compactor {
    pub(super) fn new(
        folder: &Path,
        events: mpsc::UnboundedSender<Event>,
        failed: watch::Sender<bool>,
        bug: Bug,
    ) -> Compactor {
        let folder = folder.to_owned();
        Compactor { folder, events, failed, applied: Place::default(), grown: 0, busy: false, entries: 0, bug }
    }

    /// Puts the state that a start found into the map, and `again`, which is empty except with a bug, over it.
    pub(super) fn load(
        mut self,
        snapshot: Option<&Snapshot>,
        again: &[Record],
        map: &SharedMap,
    ) -> Result<Compactor, StorageError> {
        if let Some(snapshot) = snapshot {
            let path = || self.folder.join("snapshot");
            let state =
                decode_state(&snapshot.state).ok_or_else(|| StorageError::Damaged { path: path(), offset: 0 })?;
            say!("loaded a snapshot of {} keys as of entry {}", state.len(), snapshot.last.index);
            let mut state = state.restored(self.bug);
            again.iter().for_each(|record| {
                state.apply(record, self.bug);
            });
            *map.write() = state;
            self.applied = snapshot.last;
        }
        Ok(self)
    }

    /// These are in the map now.
    pub(super) fn applied(&mut self, committed: &[Record]) {
        if let Some(newest) = committed.last() {
            self.applied = Place { index: newest.index, term: newest.term };
            self.entries += committed.len();
            self.grown += committed.iter().map(|record| record.command.size() + OVERHEAD).sum::<usize>();
        }
    }

    /// The map is that of a leader's snapshot now.
    pub(super) fn installed(&mut self, last: Place) {
        self.applied = last;
        self.grown = 0;
    }

    /// Begins a snapshot when one is due.
    pub(super) fn make_if_due(&mut self, shared: &SharedMap, raft: &mut Raft) {
        let held_up = self.bug == Bug::DeadNodeKeepsLog && raft.has_silent_peer();
        if self.busy || held_up || !(self.is_due(shared) || raft.should_remember()) {
            return;
        }
        self.busy = true;
        (self.grown, self.entries) = (0, 0);
        let members = raft.members_at(self.applied.index).clone();
        let (last, map) = (self.applied, shared.read().clone());
        if self.bug == Bug::LogCutBeforeSnapshot {
            raft.cut_now(last.index);
        }
        let (folder, events, bug, shared) = (self.folder.clone(), self.events.clone(), self.bug, shared.clone());
        if bug == Bug::CompactionBlocks {
            std::thread::sleep(Duration::from_secs(3));
        }
        tokio::task::spawn_blocking(move || {
            let map = mistakes::at_another_moment(map, &shared, bug).for_snapshot(last.index, bug);
            let made = make(&folder, last, members, map, bug);
            if let Err(error) = &made {
                // It has cost nothing: the log still holds all of it, and the next one tries again.
                eprintln!("no snapshot: {error}");
            }
            // An error means that the node is stopping.
            let _ = events.send(Event::Made(made.ok()));
        });
    }

    fn is_due(&self, map: &SharedMap) -> bool {
        if self.bug == Bug::EntriesCounted {
            return self.entries >= 10_000;
        }
        // Mostly this is all there is to see, without a look at the map.
        self.grown >= SMALL_LOG && self.grown >= map.read().size() && !self.bug.keeps_whole_log()
    }

    /// The one that was being made is made, or will not be.
    pub(super) fn ended(&mut self) {
        self.busy = false;
    }

    /// Raft has a newer snapshot than the one that was made.
    pub(super) fn drop_made(&self, snapshot: &Snapshot) {
        if self.bug == Bug::SnapshotInPlace {
            return;
        }
        if let Err(error) = snapshot_file::drop_made(&self.folder, snapshot) {
            eprintln!("{error}");
        }
    }

    /// Ends the server: it cannot go on.
    pub(super) fn fail(&self, why: &str) {
        eprintln!("{why}");
        self.failed.send_replace(true);
    }
}

/// Writes the snapshot aside.
fn make(folder: &Path, last: Place, members: Members, map: Map, bug: Bug) -> Result<Snapshot, StorageError> {
    let snapshot = Snapshot { last, members, state: encoded(&map) };
    match bug {
        Bug::SnapshotInPlace => mistakes::write_in_place(folder, &snapshot)?,
        _ => snapshot_file::make(folder, &snapshot)?,
    }
    Ok(match bug {
        Bug::EtagsNotSent | Bug::IdsNotSent => {
            Snapshot { state: encoded(&map.for_sending(last.index, bug)), ..snapshot }
        }
        _ => snapshot,
    })
}

fn encoded(map: &Map) -> Bytes {
    let mut state = Vec::with_capacity(state_size(map));
    encode_state(map, &mut state);
    state.into()
}
