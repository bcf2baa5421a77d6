//! Which runs are kept: the newest few, within a size; always the newest, the last failed one of each stage and those
//! that still run. Only folders directly in `.lsfr/runs` whose names are a run's are ever removed; links are left alone.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::records::{LOCK, load};

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) runs: usize,
    pub(super) bytes: u64,
}

impl Limits {
    pub(super) const USUAL: Self = Self { runs: 20, bytes: 1 << 30 };
}

/// Held while a run's folder is made or old ones are removed, so that two lsfr processes never do these at once.
pub(super) fn guard(runs: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(runs.join(".lock"))?;
    match file.lock() {
        // Some network file systems have no locks; there, it is up to the learner to run one lsfr at a time.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        locked => locked.map(|()| file),
    }
}

/// Whether the lsfr that made this folder still runs.
pub(super) fn is_live(folder: &Path) -> bool {
    let Ok(file) = File::open(folder.join(LOCK)) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// All runs in this folder, the oldest first.
pub(super) fn runs(runs: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(runs).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<(String, SystemTime, PathBuf)> = entries
        // The type of the entry itself: a link to a folder is not a folder.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let stamp = name.get(..15).filter(|_| is_run(&name))?.to_owned();
            // Runs that began in the same second are in the order of their locks, which are written once.
            let made = fs::metadata(entry.path().join(LOCK)).and_then(|lock| lock.modified());
            Some((stamp, made.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(.., path)| path).collect()
}

/// `20261123-120301-crash-recovery`
fn is_run(name: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        name.as_bytes().get(range).is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit))
    };
    digits(0..8) && digits(9..15) && name.len() > 16 && name.get(8..9) == Some("-") && name.get(15..16) == Some("-")
}

/// Removes the oldest runs until the others are within the limits. Call it with the [`guard`] held.
pub(super) fn prune(folder: &Path, limits: Limits) {
    let runs = runs(folder);
    let mut left: Vec<(&PathBuf, u64)> = runs.iter().map(|run| (run, size(run))).collect();
    let fits = |left: &[(&PathBuf, u64)]| {
        left.len() <= limits.runs && left.iter().map(|(_, size)| size).sum::<u64>() <= limits.bytes
    };
    if fits(&left) {
        return;
    }
    let kept = kept(&runs);
    let mut at = 0;
    while !fits(&left) && at < left.len() {
        let run = left[at].0;
        if kept.contains(run) {
            at += 1;
            continue;
        }
        left.remove(at);
        // Links inside are removed, not followed. What cannot be removed now is tried again next time.
        let _ = fs::remove_dir_all(run);
    }
}

fn kept(runs: &[PathBuf]) -> HashSet<PathBuf> {
    let mut kept = HashSet::new();
    let mut stages = HashSet::new();
    kept.extend(runs.last().cloned());
    for run in runs.iter().rev() {
        let failed = load(run).map(|run| run.record.failed_stages().map(str::to_owned).collect::<Vec<_>>());
        let mut last_failure = false;
        for stage in failed.into_iter().flatten() {
            last_failure |= stages.insert(stage);
        }
        if last_failure || is_live(run) {
            kept.insert(run.clone());
        }
    }
    kept
}

/// Bytes on disk, which are fewer than the length of a file with holes.
fn size(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    let own = about.blocks() * 512;
    if !about.is_dir() {
        return own;
    }
    let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    own + entries.map(|entry| size(&entry.path())).sum::<u64>()
}
