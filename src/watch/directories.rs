//! The subscription to the system's events. On Linux each directory that counts is watched by itself, so that a folder
//! of dependencies costs no watches, which are scarce.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// FSEvents watches whole trees, and every further path makes it start over.
pub(super) const WHOLE_TREE: bool = cfg!(target_os = "macos");

/// What the system reports, as paths relative to the directory.
#[derive(Debug)]
pub(super) enum Told {
    Touched(Vec<PathBuf>),
    /// Events were lost.
    Lost,
    /// No more events will come, for this reason.
    Failed(String),
}

pub(super) struct Directories {
    watcher: RecommendedWatcher,
    root: PathBuf,
    watched: HashSet<PathBuf>,
}

impl Directories {
    /// Watches nothing yet. `root` has to be free of links, or the paths of events will not match it.
    pub(super) fn new(root: &Path, tell: impl Fn(Told) + Send + 'static) -> Result<Directories, String> {
        let top = root.to_path_buf();
        let watcher = notify::recommended_watcher(move |event| {
            if let Some(told) = told(&top, event) {
                tell(told);
            }
        });
        let watcher = watcher.map_err(|error| why(&error))?;
        Ok(Directories { watcher, root: root.to_path_buf(), watched: HashSet::new() })
    }

    /// Watches one directory, or the file that a link leads to; returns whether it was not watched before. What cannot
    /// be watched because it cannot be read is left to the reader to report.
    pub(super) fn watch(&mut self, path: &Path) -> Result<bool, String> {
        if WHOLE_TREE && !path.as_os_str().is_empty() || self.watched.contains(path) {
            return Ok(false);
        }
        let mode = if WHOLE_TREE { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        match self.watcher.watch(&self.whole(path), mode) {
            Ok(()) => Ok(self.watched.insert(path.to_path_buf())),
            Err(error) if is_of_the_path(&error) => Ok(false),
            Err(error) => Err(why(&error)),
        }
    }

    /// Lets a path and everything below it be watched again. An event on a directory can mean that another one has
    /// taken its place, and that the watch is gone with the old one.
    pub(super) fn forget(&mut self, path: &Path) {
        if self.watched.contains(path) {
            self.watched.retain(|watched| !watched.starts_with(path));
        }
    }

    /// Ends the watches on directories that no longer count.
    pub(super) fn keep(&mut self, dirs: &BTreeSet<PathBuf>, links: &[PathBuf]) {
        if WHOLE_TREE {
            return;
        }
        let (kept, rest) = self.watched.drain().partition(|path| dirs.contains(path) || links.contains(path));
        self.watched = kept;
        for path in rest {
            // Fails for one that is gone, whose watch went with it.
            let _ = self.watcher.unwatch(&self.whole(&path));
        }
    }

    fn whole(&self, path: &Path) -> PathBuf {
        if path.as_os_str().is_empty() { self.root.clone() } else { self.root.join(path) }
    }
}

fn told(root: &Path, event: notify::Result<Event>) -> Option<Told> {
    let event = match event {
        Ok(event) => event,
        Err(error) => return Some(Told::Failed(why(&error))),
    };
    if event.need_rescan() {
        return Some(Told::Lost);
    }
    // Reading files, as this module does itself, must not count as an event. The end of a write is one: what was
    // written through a memory map shows nowhere else.
    if matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write)) {
        return None;
    }
    let paths = event.paths.iter().filter_map(|path| path.strip_prefix(root).ok());
    Some(Told::Touched(paths.map(Path::to_path_buf).collect()))
}

/// Whether an error is about one path, which is gone or closed, and not about watching as such.
fn is_of_the_path(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory
        ),
        _ => false,
    }
}

fn why(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "no inotify watches left".to_owned(),
        _ => format!("no file events: {error}"),
    }
}
