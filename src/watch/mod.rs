//! Which files of a learner's challenge directory changed, for the app's watch mode.
//!
//! A [`Watcher`] works on a thread of its own and reports what it sees: how many files it watches and by which means,
//! and which of them have other content than before. What a file is, and whether it counts, is decided below:
//!
//! | file | idea |
//! |---|---|
//! | `rules` | which paths are the learner's: ignore files, build folders, what editors leave behind |
//! | `print` | what a file holds, so that saving the same text twice is no change |
//! | `snapshot` | every file that counts, and what differs when a part of the tree is read again |
//! | `directories` | the subscription to the system's events, a directory at a time |
//! | `file_system` | where those events do not come |
//! | `watching` | the thread: waits, lets a burst end, reports |
//! | `own_writes` | files that a run writes itself, so that it does not start itself for ever |
//! | `links` | which links to directories are looked into |
//! | `sources` | the same question without a watcher: is everything as it was for an old run |

mod directories;
mod file_system;
mod links;
mod own_writes;
mod print;
mod rules;
mod snapshot;
mod sources;
#[cfg(test)]
mod tests;
mod watching;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

pub use own_writes::OwnWrites;
pub use sources::{Sources, Unseen};

use watching::{Message, Pace, Watching};

/// What a watcher reports. Paths are relative to the directory.
#[derive(Debug)]
pub enum WatchEvent {
    /// Reported when the watch begins, again when the number of files or the means changes, and when a problem is over.
    Watching { files: usize, how: How },
    /// These files have other content than before, or are new, or gone, in order of their paths. Never empty.
    Changed { files: Vec<PathBuf> },
    /// A sentence for the learner: what goes unwatched, and why.
    Problem(String),
}

/// The means by which changes are noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The system reports them.
    Events,
    /// All files are looked at twice a second, or less often where that takes long, for this reason: "network file
    /// system".
    Polling(String),
}

/// A watch on a directory; it ends when this is dropped.
pub struct Watcher {
    ended: Arc<AtomicBool>,
    messages: Sender<Message>,
}

impl Watcher {
    /// Returns at once: the directory is first read on the watcher's own thread, which `tell` is called on.
    pub fn start(dir: &Path, tell: impl Fn(WatchEvent) + Send + 'static) -> Watcher {
        Watcher::start_with(dir, None, Pace::USUAL, tell)
    }

    /// As `start`; with a reason, it polls from the beginning.
    fn start_with(
        dir: &Path,
        poll: Option<String>,
        pace: Pace,
        tell: impl Fn(WatchEvent) + Send + 'static,
    ) -> Watcher {
        let ended = Arc::new(AtomicBool::new(false));
        let (messages, inbox) = mpsc::channel();
        let watcher = Watcher { ended: ended.clone(), messages: messages.clone() };
        // The file system is asked on the thread too: on a network that hangs, even a look at the directory can hang.
        let dir = dir.to_path_buf();
        let tell: Box<dyn Fn(WatchEvent) + Send> = Box::new(tell);
        let spawned = thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || Watching::new(&dir, poll, pace, tell, ended, (messages, inbox)).run());
        // Without a thread there is nobody to tell; the app works as it does with watch mode off.
        drop(spawned);
        watcher
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Not joined: the thread may be in the middle of reporting, to the very thread that drops this.
        self.ended.store(true, Ordering::Relaxed);
        let _ = self.messages.send(Message::End);
    }
}
