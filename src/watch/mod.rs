//! Which files of a challenge directory are the learner's, and when they change.
//!
//! Events of the file system only say when to look: what changed is found by walking the directory and comparing each
//! file with what it was ([`tree`]). So an editor that renames, a .gitignore that changes, a new folder and a file
//! system that sends no events at all are one case. Everything happens on one thread, which sleeps while nothing
//! changes.

mod own_writes;
mod tree;
#[cfg(test)]
mod watch_tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use notify::{Config, ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

pub use own_writes::OwnWrites;
use tree::Tree;
pub use tree::changed_since;

/// No more events for this long, and a save is whole.
const QUIET: Duration = Duration::from_millis(25);
/// A burst is not waited for longer.
const BURST: Duration = Duration::from_millis(250);
/// How often is looked where no events come.
const POLL: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent {
    /// So many files are watched, in this way; told when either changes.
    Watching { files: usize, how: How },
    /// These files have another content than before, or are new, or gone. Relative to the directory.
    Changed { files: Vec<PathBuf> },
    /// A sentence about why nothing is seen.
    Problem(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    Events,
    /// Looking again and again, and why.
    Polling(String),
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    messages: Sender<Message>,
}

enum Message {
    /// Something happened somewhere.
    Stirred,
    /// The system lost events, or cannot send them any more.
    Lost(String),
    Stop,
}

impl Watcher {
    /// `tell` is called on the watcher's own thread. Returns at once.
    pub fn start(dir: &Path, tell: impl Fn(WatchEvent) + Send + 'static) -> Self {
        Self::start_as(dir, no_events(dir).map(How::Polling), tell)
    }

    fn start_as(dir: &Path, how: Option<How>, tell: impl Fn(WatchEvent) + Send + 'static) -> Self {
        let (messages, received) = channel();
        let stirred = messages.clone();
        let dir = dir.to_owned();
        let watch = move || Watch::new(dir, how, stirred, Box::new(tell)).run(&received);
        if let Err(error) = thread::Builder::new().name("watch".to_owned()).spawn(watch) {
            // Without a thread there is nobody to tell; the header goes on saying that it looks.
            drop(error);
        }
        Self { messages }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // The thread may have ended already.
        let _ = self.messages.send(Message::Stop);
    }
}

/// What the thread works with.
struct Watch {
    tree: Tree,
    how: How,
    events: Option<RecommendedWatcher>,
    /// Directories that events are asked for.
    asked: BTreeSet<PathBuf>,
    told: Option<(usize, How)>,
    /// The problem that was told last.
    problem: Option<String>,
    tell: Box<dyn Fn(WatchEvent) + Send>,
}

impl Watch {
    fn new(dir: PathBuf, how: Option<How>, messages: Sender<Message>, tell: Box<dyn Fn(WatchEvent) + Send>) -> Self {
        let mut watch = Self {
            tree: Tree::new(dir),
            how: how.unwrap_or(How::Events),
            events: None,
            asked: BTreeSet::new(),
            told: None,
            problem: None,
            tell,
        };
        if watch.how == How::Events {
            let send = move |event: notify::Result<notify::Event>| {
                let message = match event {
                    // Reading is no change; the walk itself reads.
                    Ok(event) if matches!(event.kind, EventKind::Access(_)) => return,
                    Ok(_) => Message::Stirred,
                    Err(error) => Message::Lost(reason(&error)),
                };
                let _ = messages.send(message);
            };
            match RecommendedWatcher::new(send, Config::default().with_follow_symlinks(false)) {
                Ok(events) => watch.events = Some(events),
                Err(error) => watch.poll(reason(&error)),
            }
        }
        watch
    }

    fn run(mut self, messages: &Receiver<Message>) {
        // The watches come before the first look: what changes in between is seen twice rather than never.
        self.look(false);
        loop {
            let message = match self.how {
                How::Events => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
                How::Polling(_) => messages.recv_timeout(POLL),
            };
            match message {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Message::Lost(reason)) => self.poll(reason),
                Ok(Message::Stirred) => {
                    if !settled(messages) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.look(true);
        }
    }

    fn poll(&mut self, reason: String) {
        self.events = None;
        self.asked.clear();
        self.how = How::Polling(reason);
    }

    /// Walks, compares, tells.
    fn look(&mut self, tell: bool) {
        let mut found = self.tree.look();
        // A directory that events are asked for only now may have got files since it was walked.
        while self.ask() {
            found.extend(self.tree.look());
        }
        let problem = self.tree.problem();
        if problem != self.problem {
            if let Some(problem) = &problem {
                (self.tell)(WatchEvent::Problem(problem.clone()));
            }
            self.problem = problem;
        }
        let watching = (self.tree.files(), self.how.clone());
        if self.told.as_ref() != Some(&watching) && self.problem.is_none() {
            self.told = Some(watching.clone());
            (self.tell)(WatchEvent::Watching { files: watching.0, how: watching.1 });
        }
        if tell && !found.is_empty() {
            (self.tell)(WatchEvent::Changed { files: found.into_iter().collect() });
        }
    }

    /// Asks for the events of directories that are new. Says whether there were any.
    fn ask(&mut self) -> bool {
        let Some(events) = &mut self.events else { return false };
        let dirs = self.tree.dirs();
        for gone in self.asked.difference(dirs) {
            // It may have been deleted, and its watch with it.
            let _ = events.unwatch(gone);
        }
        let new: Vec<PathBuf> = dirs.difference(&self.asked).cloned().collect();
        self.asked.clone_from(dirs);
        for dir in &new {
            match events.watch(dir, RecursiveMode::NonRecursive) {
                Ok(()) => {}
                // Deleted again already.
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound) || !dir.exists() => {
                    self.asked.remove(dir);
                }
                Err(error) => {
                    self.poll(reason(&error));
                    return false;
                }
            }
        }
        new.iter().any(|dir| self.asked.contains(dir))
    }
}

/// Waits until nothing more stirs. False: it is to stop.
fn settled(messages: &Receiver<Message>) -> bool {
    let until = Instant::now() + BURST;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match messages.recv_timeout(QUIET.min(left)) {
            Ok(Message::Stirred | Message::Lost(_)) if !left.is_zero() => {}
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
            Ok(_) | Err(RecvTimeoutError::Timeout) => return true,
        }
    }
}

fn reason(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "no more inotify watches are allowed".to_owned(),
        ErrorKind::Io(error) => format!("file events fail ({error})"),
        other => format!("file events fail ({other:?})"),
    }
}

/// Why the file system that holds a directory sends no events, if it is one of those: what others change on a server
/// or a host goes unseen.
#[cfg(target_os = "linux")]
fn no_events(dir: &Path) -> Option<String> {
    use nix::sys::statfs::{self, FUSE_SUPER_MAGIC, NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, statfs};
    const CIFS: i64 = 0xff53_4d42;
    const SMB2: i64 = 0xfe53_4d42;
    const V9FS: i64 = 0x0102_1997;
    const VBOXSF: i64 = 0x786f_4256;
    let kind = statfs(dir).ok()?.filesystem_type();
    let shared = [CIFS, SMB2, V9FS, VBOXSF].iter().any(|magic| kind == statfs::FsType(*magic as _));
    if kind == NFS_SUPER_MAGIC || kind == SMB_SUPER_MAGIC || shared {
        return Some("network file system".to_owned());
    }
    (kind == FUSE_SUPER_MAGIC).then(|| "FUSE file system".to_owned())
}

#[cfg(not(target_os = "linux"))]
fn no_events(_: &Path) -> Option<String> {
    None
}
