//! The working directory, and how to make a change of its file names durable.

use std::fs::{self, File};
use std::path::Path;

use super::error::{StorageError, Trying};

/// Syncs the folder's list of names. A new or renamed file can otherwise be gone after a power cut, even when its bytes
/// are on the disk.
pub(super) fn sync(folder: &Path) -> Result<(), StorageError> {
    File::open(folder).and_then(|folder| folder.sync_all()).trying("sync the folder", folder)
}

/// Makes the folder if it is missing.
pub(super) fn create(folder: &Path) -> Result<(), StorageError> {
    fs::create_dir_all(folder).trying("create the folder", folder)
}
