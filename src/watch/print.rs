//! What a file holds, in a few bytes: enough to tell a save that changed something from one that did not.

use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Larger files are compared by size and time alone: they are data more often than source.
const READ_UP_TO: u64 = 8 << 20;

/// A file written this shortly before it was read may be written again without its times showing it: file systems
/// keep time in steps, of up to two seconds.
const STEP: Duration = Duration::from_secs(2);

/// A file as it was read.
#[derive(Debug, Clone)]
pub(super) struct Print {
    stamp: Stamp,
    /// Of the content; none for a file that is too large to read, or may not be read.
    hash: Option<u64>,
    executable: bool,
    /// Whether an equal stamp proves equal content.
    settled: bool,
}

/// What the file system says about a file without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: (i64, i64),
    /// Also moves when a program sets `modified` back.
    status_changed: (i64, i64),
    inode: u64,
}

impl Print {
    /// Of the file that a path leads to, through links; `Ok(None)` if there is no regular file. `before` saves reading a
    /// file that has not been touched.
    pub(super) fn take(path: &Path, before: Option<&Print>) -> io::Result<Option<Print>> {
        let now = SystemTime::now();
        let metadata = match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
            // Gone, or a link to nothing or to itself.
            Err(_) => return Ok(None),
        };
        let stamp = Stamp::from_metadata(&metadata);
        if let Some(before) = before.filter(|before| before.settled && before.stamp == stamp) {
            return Ok(Some(before.clone()));
        }
        let executable = metadata.mode() & 0o111 != 0;
        let changed = metadata.modified().ok().max(status_changed(&metadata));
        // Checked: some file systems keep any time that a program makes up.
        let settled = changed.and_then(|changed| changed.checked_add(STEP)).is_some_and(|settled| settled < now);
        let hash = if stamp.size > READ_UP_TO { None } else { hash(path).ok() };
        Ok(Some(Print { stamp, hash, executable, settled }))
    }

    /// Whether a program that reads or runs the file would notice no difference.
    pub(super) fn same(&self, other: &Print) -> bool {
        let content = match (self.hash, other.hash) {
            (Some(hash), Some(other)) => hash == other,
            (None, None) => self.stamp.modified == other.stamp.modified,
            _ => false,
        };
        content && self.stamp.size == other.stamp.size && self.executable == other.executable
    }
}

impl Stamp {
    fn from_metadata(metadata: &Metadata) -> Stamp {
        Stamp {
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            status_changed: (metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }
}

fn status_changed(metadata: &Metadata) -> Option<SystemTime> {
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn hash(path: &Path) -> io::Result<u64> {
    // Bounded, because a file that was small a moment ago may be growing as fast as it is read.
    let mut file = File::open(path)?.take(READ_UP_TO + 1);
    let mut hasher = DefaultHasher::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            read => hasher.write(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_just_written_is_read_again_even_if_its_times_are_the_same() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a");
        fs::write(&path, "one").unwrap();
        let first = Print::take(&path, None).unwrap().unwrap();
        fs::write(&path, "two").unwrap();
        let second = Print { stamp: Stamp::from_metadata(&fs::metadata(&path).unwrap()), ..first.clone() };
        assert!(!Print::take(&path, Some(&second)).unwrap().unwrap().same(&first));
    }

    #[test]
    fn a_large_file_is_compared_without_reading_it() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a");
        let file = File::create(&path).unwrap();
        file.set_len(READ_UP_TO + 1).unwrap();
        let first = Print::take(&path, None).unwrap().unwrap();
        assert_eq!(first.hash, None);
        assert!(Print::take(&path, None).unwrap().unwrap().same(&first));
        file.set_len(READ_UP_TO + 2).unwrap();
        assert!(!Print::take(&path, None).unwrap().unwrap().same(&first));
    }
}
