//! Ports for a run: a block of 100 of its own, so that two runs on one machine never meet.
//!
//! Blocks lie in 20000 to 31999, below what systems hand out for outgoing connections: asking the system for a free
//! port and closing it again is a race that a busy machine loses.

use std::fs::{DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

const FIRST: u16 = 20_000;
const BLOCK: u16 = 100;
const BLOCKS: u16 = 120;

#[derive(Debug, thiserror::Error)]
pub enum PortsError {
    #[error(
        "lsfr could not make its lock folder {}: {error}. Make the folder writable, or set TMPDIR to one that is.",
        path.display()
    )]
    Folder { path: PathBuf, error: io::Error },
    #[error(
        "the lock folder {} belongs to somebody else or others may write to it. Remove it, or set TMPDIR to a folder of yours.",
        path.display()
    )]
    NotOurs { path: PathBuf },
    #[error("all ports from 20000 to 31999 are taken by other runs. End some of them, then try again.")]
    NoBlock,
    #[error("fewer than {wanted} ports are free from {first} to {last}. End what listens there, then try again.")]
    BlockFull { wanted: usize, first: u16, last: u16 },
}

/// A block of ports, ours until this is dropped (or lsfr dies: the lock goes with it).
#[derive(Debug)]
pub(crate) struct PortBlock {
    first: u16,
    next: u16,
    _lock: File,
}

impl PortBlock {
    pub(crate) fn take() -> Result<PortBlock, PortsError> {
        let folder = lock_folder(&std::env::temp_dir())?;
        let start = RandomState::new().build_hasher().finish();
        PortBlock::take_from(&folder, (start % u64::from(BLOCKS)) as u16)
    }

    fn take_from(folder: &Path, start: u16) -> Result<PortBlock, PortsError> {
        for step in 0..BLOCKS {
            let first = FIRST + (start + step) % BLOCKS * BLOCK;
            let path = folder.join(format!("{first}.lock"));
            let lock = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .custom_flags(OFlag::O_NOFOLLOW.bits())
                .open(&path)
                .map_err(|error| PortsError::Folder { path: path.clone(), error })?;
            if lock.try_lock().is_ok() {
                return Ok(PortBlock { first, next: first, _lock: lock });
            }
        }
        Err(PortsError::NoBlock)
    }

    /// The next `count` ports of the block on which nobody listens at this moment.
    pub(crate) fn ports(&mut self, count: usize) -> Result<Vec<u16>, PortsError> {
        let end = self.first + BLOCK;
        let mut free = Vec::with_capacity(count);
        while free.len() < count {
            if self.next == end {
                return Err(PortsError::BlockFull { wanted: count, first: self.first, last: end - 1 });
            }
            if is_free(self.next) {
                free.push(self.next);
            }
            self.next += 1;
        }
        Ok(free)
    }
}

/// Whether a server could listen here. std sets SO_REUSEADDR, so connections that linger do not count.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_ok()
}

/// A folder that only this user can write to, so that nobody can plant a link in it.
fn lock_folder(temporary: &Path) -> Result<PathBuf, PortsError> {
    let failed = |path: &Path, error| PortsError::Folder { path: path.to_owned(), error };
    // A file of ours is the way to our user id that std has.
    let me = tempfile::tempfile_in(temporary)
        .and_then(|file| file.metadata())
        .map_err(|error| failed(temporary, error))?
        .uid();
    let path = temporary.join(format!("lsfr-ports-{me}"));
    match DirBuilder::new().mode(0o700).create(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(&path, error)),
    }
    let found = path.symlink_metadata().map_err(|error| failed(&path, error))?;
    if found.is_dir() && found.uid() == me && found.mode() & 0o022 == 0 {
        Ok(path)
    } else {
        Err(PortsError::NotOurs { path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_blocks_never_meet_and_a_dropped_one_is_free_again() {
        let folder = tempfile::tempdir().unwrap();
        let first = PortBlock::take_from(folder.path(), 119).unwrap();
        let second = PortBlock::take_from(folder.path(), 119).unwrap();
        assert_eq!((first.first, second.first), (31_900, 20_000));
        drop(first);
        assert_eq!(PortBlock::take_from(folder.path(), 119).unwrap().first, 31_900);
    }

    #[test]
    fn all_blocks_taken_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let held: Vec<_> = (0..BLOCKS).map(|_| PortBlock::take_from(folder.path(), 7).unwrap()).collect();
        assert!(matches!(PortBlock::take_from(folder.path(), 7), Err(PortsError::NoBlock)));
        drop(held);
    }

    #[test]
    fn a_port_in_use_is_passed_over_and_a_full_block_says_so() {
        let mut block = PortBlock::take().unwrap();
        let taken = TcpListener::bind(("127.0.0.1", block.first));
        let ports = block.ports(3).unwrap();
        assert!(taken.is_ok() && !ports.contains(&block.first));
        assert!(matches!(block.ports(100), Err(PortsError::BlockFull { .. })));
    }

    #[test]
    fn a_link_in_place_of_the_lock_folder_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = lock_folder(temporary.path()).unwrap();
        assert_eq!(lock_folder(temporary.path()).unwrap(), folder);
        std::fs::remove_dir(&folder).unwrap();
        std::os::unix::fs::symlink(temporary.path(), &folder).unwrap();
        assert!(matches!(lock_folder(temporary.path()), Err(PortsError::NotOurs { .. })));
    }
}
