//! Files that are replaced whole: a reader, or a crash in the middle, never sees half of one.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes beside the file and renames over it.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = beside(path)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Whether a file could be replaced, as far as that can be known in advance.
pub(super) fn check_replaceable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    beside(path).map(drop)
}

/// A file in the same folder, which is gone when this is dropped.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Like any new file, less the user's mask: a temporary file would otherwise be private, and CI reads reports as
    // another user.
    let permissions = Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".lsfr-").permissions(permissions).tempfile_in(folder)
}
