//! A snapshot: the whole map as of one record, in one file, so that the log before it can go. Versions and answers are in
//! it, too: they are promises like the values.
//!
//! It is written under another name and renamed when it is complete and synced: whatever moment a crash
//! picks, `snapshot` is the old one or the new one, never half of one.
//!
//! ```text
//! index u64 · term u64 · state · check u32
//!
//! state: count u64 · count × (key length u16 · value length u32 · version u64 · key · value)
//!        count u64 · count × (id length u8 · id · slot u8 · asked at u64 · outcome u8 · version u64
//!                           · results length u32 · results in JSON, only of transactions)
//!        what this group has of all keys, and transactions that are not over, in JSON; nothing where there are none
//! ```
//!
//! This is the file of a node alone. A node with peers has the same state in a file of its own
//! (`replicated/snapshot_file.rs`).

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::crc32::crc32;
use super::error::{StorageError, Trying};
use super::folder;
use super::groups::Slot;
use super::map::{Entry, Map, Outcome};
use super::record::{RequestId, take};

const DONE: u8 = 1;
const STORED: u8 = 2;
const CONDITION_FAILED: u8 = 3;
const RESULTS: u8 = 4;

/// A map, and the index of the newest record in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) index: u64,
    pub(super) map: Map,
}

impl Snapshot {
    /// Writes the snapshot in place of the one before it.
    pub(super) fn store(&self, folder: &Path) -> Result<(), StorageError> {
        let unfinished = unfinished_path(folder);
        let bytes = self.encode();
        let write = || -> io::Result<()> {
            let mut file = File::create(&unfinished)?;
            file.write_all(&bytes)?;
            file.sync_all()
        };
        write().trying("write", &unfinished)?;
        let path = path(folder);
        fs::rename(&unfinished, &path).trying("replace", &path)?;
        folder::sync(folder)
    }

    /// The stored snapshot, or an empty one where there is none.
    pub(super) fn load(folder: &Path) -> Result<Snapshot, StorageError> {
        let unfinished = unfinished_path(folder);
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).trying("remove", &unfinished);
            }
            _ => {}
        }
        let path = path(folder);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Snapshot::default()),
            bytes => bytes.trying("read", &path)?,
        };
        Snapshot::decode(&bytes).ok_or(StorageError::Damaged { path, offset: 0 })
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(state_size(&self.map) + 20);
        bytes.extend_from_slice(&self.index.to_le_bytes());
        bytes.extend_from_slice(&0u64.to_le_bytes());
        encode_state(&self.map, &mut bytes);
        let check = crc32(&[&bytes]);
        bytes.extend_from_slice(&check.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Snapshot> {
        let (mut bytes, check) = bytes.split_last_chunk::<4>()?;
        if crc32(&[bytes]) != u32::from_le_bytes(*check) {
            return None;
        }
        let index = u64::from_le_bytes(take(&mut bytes)?);
        let _term = take::<8>(&mut bytes)?;
        Some(Snapshot { index, map: decode_state(bytes)? })
    }
}

/// At most so many bytes does the state take.
pub(super) fn state_size(map: &Map) -> usize {
    map.size() + 14 * map.len() + 83 * map.answers.len() + 16
}

/// Appends the whole state to `bytes`.
pub(super) fn encode_state(map: &Map, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&(map.len() as u64).to_le_bytes());
    for (key, entry) in map.iter() {
        bytes.extend_from_slice(&(key.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&(entry.value.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&entry.version.to_le_bytes());
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(&entry.value);
    }
    bytes.extend_from_slice(&(map.answers.len() as u64).to_le_bytes());
    for (request, outcome, slot) in map.answers.iter() {
        let (code, version) = match &outcome {
            Outcome::Done => (DONE, 0),
            Outcome::Stored(version) => (STORED, *version),
            Outcome::ConditionFailed => (CONDITION_FAILED, 0),
            Outcome::Results(_) => (RESULTS, 0),
            // Nothing else is an answer that is kept.
            _ => continue,
        };
        bytes.push(request.id.len() as u8);
        bytes.extend_from_slice(request.id.as_bytes());
        bytes.push(slot.number());
        bytes.extend_from_slice(&request.at.to_le_bytes());
        bytes.push(code);
        bytes.extend_from_slice(&version.to_le_bytes());
        if let Outcome::Results(results) = &outcome {
            // Strings and numbers: nothing in it can fail to become JSON.
            let results = serde_json::to_vec(results).unwrap_or_default();
            // A few values of at most 1,000,000 bytes: the cast is exact.
            bytes.extend_from_slice(&(results.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&results);
        }
    }
    if map.shards.is_some() || !map.transactions.is_empty() {
        // The same.
        bytes.extend_from_slice(&serde_json::to_vec(&(&map.shards, &map.transactions)).unwrap_or_default());
    }
}

/// The map whose state this is; `None` when it is anything else.
pub(super) fn decode_state(mut bytes: &[u8]) -> Option<Map> {
    let count = u64::from_le_bytes(take(&mut bytes)?);
    let mut map = Map::default();
    for _ in 0..count {
        let key_length = usize::from(u16::from_le_bytes(take(&mut bytes)?));
        let value_length = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let version = u64::from_le_bytes(take(&mut bytes)?);
        let (key, rest) = bytes.split_at_checked(key_length)?;
        let (value, rest) = rest.split_at_checked(value_length)?;
        let key: Arc<str> = str::from_utf8(key).ok()?.into();
        map.put(key, Entry { value: Bytes::copy_from_slice(value), version });
        bytes = rest;
    }
    let count = u64::from_le_bytes(take(&mut bytes)?);
    for _ in 0..count {
        let [id_length] = take(&mut bytes)?;
        let (id, rest) = bytes.split_at_checked(usize::from(id_length))?;
        bytes = rest;
        let [slot] = take(&mut bytes)?;
        let at = u64::from_le_bytes(take(&mut bytes)?);
        let [outcome] = take(&mut bytes)?;
        let version = u64::from_le_bytes(take(&mut bytes)?);
        let outcome = match outcome {
            DONE => Outcome::Done,
            STORED => Outcome::Stored(version),
            CONDITION_FAILED => Outcome::ConditionFailed,
            RESULTS => {
                let length = u32::from_le_bytes(take(&mut bytes)?) as usize;
                let (results, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Outcome::Results(serde_json::from_slice(results).ok()?)
            }
            _ => return None,
        };
        let request = RequestId { id: str::from_utf8(id).ok()?.into(), at };
        map.answers.keep(&request, outcome, Slot::numbered(slot)?);
    }
    if !bytes.is_empty() {
        (map.shards, map.transactions) = serde_json::from_slice(bytes).ok()?;
    }
    Some(map)
}

fn path(folder: &Path) -> PathBuf {
    folder.join("snapshot")
}

fn unfinished_path(folder: &Path) -> PathBuf {
    folder.join("snapshot.unfinished")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(index: u64) -> Snapshot {
        let mut map = Map::default();
        for i in 0..index {
            let value = Bytes::from(vec![i as u8; i as usize + 1]);
            map.put(format!("key-{i}").into(), Entry { value, version: 2 * i });
        }
        for (id, outcome) in [("a", Outcome::Stored(index)), ("b", Outcome::ConditionFailed), ("c-1", Outcome::Done)]
        {
            map.answers.keep(&RequestId { id: id.into(), at: index }, outcome, Slot::of(id));
        }
        Snapshot { index, map }
    }

    #[test]
    fn what_is_stored_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Snapshot::load(folder.path()).unwrap(), Snapshot::default());
        for index in [5, 40, 0] {
            example(index).store(folder.path()).unwrap();
            assert_eq!(Snapshot::load(folder.path()).unwrap(), example(index));
        }
    }

    #[test]
    fn one_that_was_not_finished_changes_nothing_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        example(3).store(folder.path()).unwrap();
        let newer = example(9).encode();
        for length in [0, 1, newer.len() / 2, newer.len()] {
            fs::write(unfinished_path(folder.path()), &newer[..length]).unwrap();
            assert_eq!(Snapshot::load(folder.path()).unwrap(), example(3));
            assert!(!unfinished_path(folder.path()).exists());
        }
    }

    #[test]
    fn damage_is_told() {
        let bytes = example(4).encode();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(Snapshot::decode(&changed), None, "changed at {at}");
            assert_eq!(Snapshot::decode(&bytes[..at]), None, "cut at {at}");
        }
    }
}
