//! What can go wrong with the files.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub(super) enum StorageError {
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb: "read", "create".
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "{} is damaged at byte {offset}, and whole records were written after that; a crash alone does not \
         do this. Restore the folder from a copy, or empty it to start with no data.",
        path.display()
    )]
    Damaged { path: PathBuf, offset: u64 },
    #[error(
        "{} begins with record {found}, but the one that follows what was read before is {expected}; a file \
         is missing. Restore the folder from a copy, or empty it to start with no data.",
        path.display()
    )]
    Gap { path: PathBuf, expected: u64, found: u64 },
}

/// Says what was tried on which path when it fails.
pub(super) trait Trying<T> {
    fn trying(self, what: &'static str, path: &Path) -> Result<T, StorageError>;
}

impl<T> Trying<T> for io::Result<T> {
    fn trying(self, what: &'static str, path: &Path) -> Result<T, StorageError> {
        self.map_err(|source| StorageError::Io { what, path: path.to_owned(), source })
    }
}
