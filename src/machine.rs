//! What lsfr needs of the machine: room on the disk, and a loopback. If either is missing, nothing that a program does
//! says anything about the program.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// Room for the records, logs and data of a run, in bytes.
pub const ROOM: u64 = 200_000_000;
/// With less than this a program cannot write either: once it has been so, later failures may be due to it.
const NOTHING: u64 = ROOM / 10;
/// A connection to the same machine needs no network; only a machine that stands still is this late.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the machine lacks: what happened, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lack {
    #[error(
        "{} MB are free on the disk of {}, and a run needs {} MB. Make room there, then run again; `.lsfr/runs` has the records of earlier runs.",
        .free / 1_000_000, .dir.display(), ROOM / 1_000_000
    )]
    Room { dir: PathBuf, free: u64 },
    #[error("A file of this run in {} could not be written: {error}. Make room there, then run again.", .dir.display())]
    Write { dir: PathBuf, error: String },
    #[error(
        "Connections to {address} do not work on this machine ({error}), and that is where nodes listen. On Linux `ip link set lo up`, as root, brings the loopback up."
    )]
    Loopback { address: Ipv4Addr, error: String },
}

/// Whether nodes that listen on the loopback can be reached.
pub fn check_loopback() -> Result<(), Lack> {
    reaches_itself(Ipv4Addr::LOCALHOST)
}

fn reaches_itself(address: Ipv4Addr) -> Result<(), Lack> {
    let reached = TcpListener::bind(SocketAddr::from((address, 0))).and_then(|listener| {
        // Connected as soon as the kernel has queued it; nobody needs to accept it.
        TcpStream::connect_timeout(&listener.local_addr()?, PATIENCE).map(drop)
    });
    reached.map_err(|error| Lack::Loopback { address, error: error.to_string() })
}

/// The disk that a run writes to.
#[derive(Debug)]
pub struct Disk {
    dir: PathBuf,
    /// How many bytes are free where a folder is.
    free: fn(&Path) -> io::Result<u64>,
    /// The first write that found no room. It stays set: later failures may be due to it, even once there is room
    /// again.
    full: OnceLock<Lack>,
    /// The first time that nothing was left. A program that filled the disk, failed and ended leaves room behind.
    ran_out: OnceLock<Lack>,
}

impl Disk {
    pub fn containing(dir: &Path) -> Self {
        Self::measured(dir, free)
    }

    /// The same, with a different way to measure free space.
    pub fn measured(dir: &Path, free: fn(&Path) -> io::Result<u64>) -> Self {
        Self { dir: dir.to_owned(), free, full: OnceLock::new(), ran_out: OnceLock::new() }
    }

    /// Takes note of a write error.
    pub fn note(&self, error: &io::Error) {
        if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
            self.full.get_or_init(|| Lack::Write { dir: self.dir.clone(), error: error.to_string() });
        }
    }

    /// Takes note of how much room there is now.
    pub fn look(&self) {
        if let Some(free) = (self.free)(&self.dir).ok().filter(|free| *free < NOTHING) {
            self.ran_out.get_or_init(|| Lack::Room { dir: self.dir.clone(), free });
        }
    }

    /// Whether a write has found no room.
    pub fn was_full(&self) -> Option<Lack> {
        self.full.get().cloned()
    }

    /// Whether there is too little room now, or was before. A disk that cannot be asked counts as having room.
    pub fn lack(&self) -> Option<Lack> {
        let short = || (self.free)(&self.dir).ok().filter(|free| *free < ROOM);
        self.was_full()
            .or_else(|| self.ran_out.get().cloned())
            .or_else(|| short().map(|free| Lack::Room { dir: self.dir.clone(), free }))
    }
}

/// A folder that was there, whatever has been done to it since.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Keeps the folder's number from being given to another one. None where it cannot be opened: then nothing is known.
    open: Option<File>,
}

impl Folder {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), open: File::open(path).ok() }
    }

    /// It was removed; another one may stand in its place.
    pub fn is_gone(&self) -> bool {
        let number = |folder: fs::Metadata| (folder.dev(), folder.ino());
        let Some(then) = self.open.as_ref().and_then(|open| open.metadata().ok()) else { return false };
        match fs::metadata(&self.path) {
            Ok(now) => number(now) != number(then),
            Err(error) => error.kind() == ErrorKind::NotFound,
        }
    }
}

fn free(dir: &Path) -> io::Result<u64> {
    let disk = nix::sys::statvfs::statvfs(dir)?;
    // Their types differ from system to system.
    #[allow(clippy::useless_conversion)]
    Ok(u64::from(disk.blocks_available()).saturating_mul(u64::from(disk.fragment_size())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_that_does_not_work_is_told_with_what_to_do() {
        assert_eq!(check_loopback(), Ok(()));
        // Set aside for documentation: no machine has it.
        let lack = reaches_itself(Ipv4Addr::new(192, 0, 2, 1)).unwrap_err().to_string();
        assert!(lack.contains("192.0.2.1") && lack.contains("`ip link set lo up`"), "{lack}");
    }

    #[test]
    fn a_disk_lacks_room_below_the_limit() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(free(here).unwrap() > 0);
        assert_eq!(Disk::measured(here, |_| Ok(ROOM)).lack(), None);
        assert_eq!(Disk::measured(here, |_| Err(ErrorKind::Unsupported.into())).lack(), None);
        let short = Disk::measured(here, |_| Ok(ROOM - 1)).lack().unwrap().to_string();
        assert!(short.starts_with("199 MB are free on the disk of ") && short.contains("needs 200 MB"), "{short}");
    }

    #[test]
    fn a_disk_that_ran_out_for_a_moment_stays_short() {
        thread_local!(static FREE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) });
        let disk = Disk::measured(Path::new("/project"), |_| Ok(FREE.get()));
        FREE.set(ROOM);
        disk.look();
        assert_eq!(disk.lack(), None);
        FREE.set(NOTHING - 1);
        disk.look();
        FREE.set(ROOM);
        let lack = disk.lack().unwrap().to_string();
        assert!(lack.starts_with("19 MB are free"), "{lack}");
        assert_eq!(disk.was_full(), None, "what passes all the same is right");
    }

    #[test]
    fn a_folder_that_was_removed_is_gone_even_if_another_has_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run");
        fs::create_dir(&path).unwrap();
        let folder = Folder::at(&path);
        fs::write(path.join("file"), "").unwrap();
        assert!(!folder.is_gone());
        fs::remove_dir_all(&path).unwrap();
        assert!(folder.is_gone());
        fs::create_dir(&path).unwrap();
        assert!(folder.is_gone());
        assert!(!Folder::at(&dir.path().join("never")).is_gone());
    }

    #[test]
    fn a_disk_that_was_full_once_stays_that() {
        let disk = Disk::measured(Path::new("/project"), |_| Ok(ROOM));
        disk.note(&ErrorKind::PermissionDenied.into());
        assert_eq!((disk.was_full(), disk.lack()), (None, None));
        disk.note(&io::Error::from_raw_os_error(nix::libc::ENOSPC));
        assert!(matches!(disk.was_full(), Some(Lack::Write { .. })));
        assert_eq!(disk.lack(), disk.was_full());
    }
}
