//! The snapshot of a node with peers, in its file: what `raft::Snapshot` has, in the state's own form (`../snapshot.rs`).
//!
//! ```text
//! index u64 · term u64 · members length u32 · members, one a line · state · check u32
//! ```
//!
//! A crash at any moment must leave the old snapshot and the old log, or the new ones. There are two ways to a new
//! snapshot, and each has one rename at which it has happened:
//!
//! * A node's own is written beside the running node as `snapshot-made-INDEX`, and synced. The thread that writes the log
//!   renames it to `snapshot`, in the order that Raft gives, and then removes the log before it. A crash in between leaves
//!   entries that the snapshot holds already; the start passes over them.
//! * A leader's replaces the log, too, and a half of the old log behind a new snapshot would be wrong. So it is renamed to
//!   `snapshot-installs`, the log is removed, and then it becomes `snapshot`. A start that finds the first of these names
//!   does the rest.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::super::crc32::crc32;
use super::super::error::{StorageError, Trying};
use super::super::folder;
use super::super::log;
use super::super::raft::{Place, Snapshot};
use super::super::record::{decode_members, encode_members, take};

const NAME: &str = "snapshot";
const MADE: &str = "snapshot-made-";
const UNFINISHED: &str = "snapshot-unfinished";
const INSTALLS: &str = "snapshot-installs";

/// The snapshot in `folder`. Finishes what a crash interrupted.
pub(super) fn load(folder: &Path) -> Result<Option<Snapshot>, StorageError> {
    let installs = folder.join(INSTALLS);
    if installs.try_exists().trying("look for", &installs)? {
        log::remove_all(folder)?;
        finish_install(folder)?;
    }
    remove_unfinished(folder)?;
    let path = folder.join(NAME);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => Bytes::from(bytes.trying("read", &path)?),
    };
    decode(&bytes).map(Some).ok_or(StorageError::Damaged { path, offset: 0 })
}

fn remove_unfinished(folder: &Path) -> Result<(), StorageError> {
    for entry in fs::read_dir(folder).trying("list", folder)? {
        let entry = entry.trying("list", folder)?;
        let path = entry.path();
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(MADE) || name == UNFINISHED) {
            fs::remove_file(&path).trying("remove", &path)?;
        }
    }
    Ok(())
}

/// Writes a snapshot aside. [`keep`] puts it in place.
pub(super) fn make(folder: &Path, snapshot: &Snapshot) -> Result<(), StorageError> {
    write(&made(folder, snapshot), snapshot)
}

/// Removes a snapshot that was written aside for nothing.
pub(super) fn drop_made(folder: &Path, snapshot: &Snapshot) -> Result<(), StorageError> {
    let path = made(folder, snapshot);
    fs::remove_file(&path).trying("remove", &path)
}

/// Puts a snapshot that was written aside in the place of the one before it. All that it holds must be in the log on
/// the disk, or a crash could leave a gap between the two.
pub(super) fn keep(folder: &Path, snapshot: &Snapshot) -> Result<(), StorageError> {
    rename(folder, &made(folder, snapshot), NAME)
}

/// Writes a leader's snapshot. When this returns it will be the snapshot, whatever happens: the log must go, and then
/// comes [`finish_install`].
pub(super) fn begin_install(folder: &Path, snapshot: &Snapshot) -> Result<(), StorageError> {
    let unfinished = folder.join(UNFINISHED);
    write(&unfinished, snapshot)?;
    rename(folder, &unfinished, INSTALLS)
}

/// The log has gone.
pub(super) fn finish_install(folder: &Path) -> Result<(), StorageError> {
    rename(folder, &folder.join(INSTALLS), NAME)
}

pub(super) fn made(folder: &Path, snapshot: &Snapshot) -> PathBuf {
    folder.join(format!("{MADE}{}", snapshot.last.index))
}

fn rename(folder: &Path, from: &Path, name: &str) -> Result<(), StorageError> {
    let path = folder.join(name);
    fs::rename(from, &path).trying("replace", &path)?;
    folder::sync(folder)
}

fn write(path: &Path, snapshot: &Snapshot) -> Result<(), StorageError> {
    let members = encode_members(&snapshot.members);
    let mut header = Vec::with_capacity(20 + members.len());
    header.extend_from_slice(&snapshot.last.index.to_le_bytes());
    header.extend_from_slice(&snapshot.last.term.to_le_bytes());
    // A few names: the cast is exact.
    header.extend_from_slice(&(members.len() as u32).to_le_bytes());
    header.extend_from_slice(members.as_bytes());
    let check = crc32(&[&header, &snapshot.state]);
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(&header)?;
        file.write_all(&snapshot.state)?;
        file.write_all(&check.to_le_bytes())?;
        file.sync_all()
    };
    write().trying("write", path)
}

fn decode(file: &Bytes) -> Option<Snapshot> {
    let (mut bytes, check) = file.split_last_chunk::<4>()?;
    if crc32(&[bytes]) != u32::from_le_bytes(*check) {
        return None;
    }
    let index = u64::from_le_bytes(take(&mut bytes)?);
    let term = u64::from_le_bytes(take(&mut bytes)?);
    let length = u32::from_le_bytes(take(&mut bytes)?) as usize;
    let (members, state) = bytes.split_at_checked(length)?;
    let members = decode_members(members)?;
    Some(Snapshot { last: Place { index, term }, members, state: file.slice_ref(state) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(index: u64) -> Snapshot {
        let members = ["n1", "n3", "a b"].map(Into::into).into();
        let state = Bytes::from(vec![index as u8; 1000 + index as usize]);
        Snapshot { last: Place { index, term: 3 }, members, state }
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        fs::read_dir(folder).unwrap().map(name).collect()
    }

    #[test]
    fn what_is_kept_or_installed_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load(folder.path()).unwrap(), None);
        make(folder.path(), &example(5)).unwrap();
        keep(folder.path(), &example(5)).unwrap();
        assert_eq!(load(folder.path()).unwrap(), Some(example(5)));
        begin_install(folder.path(), &example(9)).unwrap();
        finish_install(folder.path()).unwrap();
        assert_eq!(load(folder.path()).unwrap(), Some(example(9)));
        assert_eq!(names(folder.path()), [NAME]);
    }

    #[test]
    fn one_that_was_only_made_or_not_finished_changes_nothing_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &example(5)).unwrap();
        keep(folder.path(), &example(5)).unwrap();
        make(folder.path(), &example(8)).unwrap();
        let whole = fs::read(made(folder.path(), &example(8))).unwrap();
        fs::write(folder.path().join(UNFINISHED), &whole[..700]).unwrap();
        assert_eq!(load(folder.path()).unwrap(), Some(example(5)));
        assert_eq!(names(folder.path()), [NAME]);
    }

    #[test]
    fn damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &example(2)).unwrap();
        let whole = fs::read(made(folder.path(), &example(2))).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert_eq!(decode(&changed.into()), None, "changed at {at}");
            assert_eq!(decode(&Bytes::copy_from_slice(&whole[..at])), None, "cut at {at}");
        }
    }
}
