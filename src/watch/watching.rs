//! The watcher's thread: it waits for a change, lets a burst of them end, looks at what was touched, and reports.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::directories::{self, Directories, Told};
use super::file_system;
use super::snapshot::Snapshot;
use super::{How, WatchEvent};

/// How long a burst of changes may last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// An editor that replaces a file, or writes it in pieces, is done when nothing happened for this long.
    pub(super) quiet: Duration,
    /// A program that never stops writing does not hold back a save for longer.
    pub(super) at_most: Duration,
}

impl Pace {
    pub(super) const USUAL: Pace = Pace { quiet: Duration::from_millis(30), at_most: Duration::from_millis(250) };
}

/// Between two looks at all files, and at whether a lost directory is back.
const POLL: Duration = Duration::from_millis(500);

/// How much longer than a look the pause after it is, at least: looking takes no more than a fifth of the time, however
/// many files there are and however slow the network is.
const REST: u32 = 4;

pub(super) enum Message {
    Told(Told),
    /// The watcher was dropped.
    End,
}

/// The state of the thread. Whatever waits or reads returns `Break` once the watcher is dropped.
pub(super) struct Watching {
    tell: Box<dyn Fn(WatchEvent) + Send>,
    ended: Arc<AtomicBool>,
    messages: Sender<Message>,
    inbox: Receiver<Message>,
    snapshot: Snapshot,
    /// None while it polls.
    directories: Option<Directories>,
    /// Why events will not do, once that is known.
    poll: Option<String>,
    pace: Pace,
    /// Before the next look at all files.
    rest: Duration,
    told: Option<(usize, How)>,
    told_unreadable: BTreeMap<PathBuf, String>,
}

impl Watching {
    pub(super) fn new(
        dir: &Path,
        poll: Option<String>,
        pace: Pace,
        tell: Box<dyn Fn(WatchEvent) + Send>,
        ended: Arc<AtomicBool>,
        (messages, inbox): (Sender<Message>, Receiver<Message>),
    ) -> Watching {
        // Events come under the real path, and under no other.
        let root = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
        Watching {
            tell,
            ended,
            messages,
            inbox,
            snapshot: Snapshot::new(&root),
            directories: None,
            poll,
            pace,
            rest: POLL,
            told: None,
            told_unreadable: BTreeMap::new(),
        }
    }

    /// Until the watcher is dropped.
    pub(super) fn run(mut self) {
        let _ = self.watch();
    }

    fn watch(&mut self) -> ControlFlow<()> {
        // Nothing was known before, so what is found first is no change.
        self.start_over()?;
        self.report(BTreeSet::new())?;
        loop {
            let changed = if self.directories.is_some() {
                let touched = self.wait()?;
                self.look(&touched)?
            } else {
                self.poll()?
            };
            self.report(changed)?;
        }
    }

    /// Waits for something to be touched that counts, and for the burst to end.
    fn wait(&mut self) -> ControlFlow<(), BTreeSet<PathBuf>> {
        let mut touched = BTreeSet::new();
        while touched.is_empty() {
            // Never fails: this holds a sender itself.
            let Ok(message) = self.inbox.recv() else { return ControlFlow::Break(()) };
            self.take(message, &mut touched)?;
        }
        let end = Instant::now() + self.pace.at_most;
        let mut quiet = Instant::now() + self.pace.quiet;
        loop {
            let left = quiet.min(end).saturating_duration_since(Instant::now());
            // Checked here too, because a wait of zero length still takes what is there, and that may never end.
            if left.is_zero() {
                return ControlFlow::Continue(touched);
            }
            let Ok(message) = self.inbox.recv_timeout(left) else { return ControlFlow::Continue(touched) };
            if self.take(message, &mut touched)? {
                quiet = Instant::now() + self.pace.quiet;
            }
        }
    }

    /// Notes what a message says was touched, and returns whether any of it counts: a log that is ignored, and written
    /// all the time, must not hold back a save beside it.
    fn take(&mut self, message: Message, touched: &mut BTreeSet<PathBuf>) -> ControlFlow<(), bool> {
        match message {
            Message::End => return ControlFlow::Break(()),
            Message::Told(Told::Touched(paths)) => {
                let counting: Vec<PathBuf> = paths.into_iter().filter(|path| self.snapshot.concerns(path)).collect();
                let counts = !counting.is_empty();
                touched.extend(counting);
                return ControlFlow::Continue(counts);
            }
            Message::Told(Told::Lost) => {
                touched.insert(PathBuf::new());
            }
            Message::Told(Told::Failed(why)) => {
                self.poll = Some(why);
                touched.insert(PathBuf::new());
            }
        }
        ControlFlow::Continue(true)
    }

    /// Looks at what was touched, and returns the files that changed.
    fn look(&mut self, touched: &BTreeSet<PathBuf>) -> ControlFlow<(), BTreeSet<PathBuf>> {
        if touched.contains(Path::new("")) {
            return self.start_over();
        }
        if let Some(directories) = &mut self.directories {
            touched.iter().for_each(|path| directories.forget(path));
        }
        self.read(touched)
    }

    /// Reads everything, with a new subscription: the directory may be another one than before, and events may have
    /// been lost.
    fn start_over(&mut self) -> ControlFlow<(), BTreeSet<PathBuf>> {
        self.directories = None;
        self.until_it_is_there()?;
        if self.poll.is_none() {
            self.poll = file_system::without_events(self.snapshot.root()).map(str::to_owned);
        }
        if self.poll.is_none() {
            let messages = self.messages.clone();
            let tell = move |told| {
                // Fails once the watch has ended.
                let _ = messages.send(Message::Told(told));
            };
            match Directories::new(self.snapshot.root(), tell) {
                Ok(directories) => self.directories = Some(directories),
                Err(why) => self.poll = Some(why),
            }
        }
        self.read(&BTreeSet::from([PathBuf::new()]))
    }

    /// Looks at paths, and watches the directories that are found there.
    fn read(&mut self, paths: &BTreeSet<PathBuf>) -> ControlFlow<(), BTreeSet<PathBuf>> {
        let Watching { snapshot, directories, ended, poll, .. } = self;
        let mut changed = snapshot.update(paths, &mut |dir| {
            if ended.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            if let Some(Err(why)) = directories.as_mut().map(|directories| directories.watch(dir)) {
                *directories = None;
                *poll = Some(why);
            }
            ControlFlow::Continue(())
        })?;
        if directories::WHOLE_TREE && snapshot.looks_elsewhere() {
            *poll = Some("links to other folders".to_owned());
            *directories = None;
        }
        let Some(watching) = directories else { return ControlFlow::Continue(changed) };
        for link in snapshot.links() {
            match watching.watch(&link) {
                // It was read before it was watched.
                Ok(true) if snapshot.look_again(&link) => {
                    changed.insert(link);
                }
                Ok(_) => {}
                Err(why) => {
                    *poll = Some(why);
                    *directories = None;
                    return ControlFlow::Continue(changed);
                }
            }
        }
        watching.keep(snapshot.dirs(), &snapshot.links());
        ControlFlow::Continue(changed)
    }

    /// Waits for the next look at all files, and takes it.
    fn poll(&mut self) -> ControlFlow<(), BTreeSet<PathBuf>> {
        self.pause(self.rest)?;
        self.until_it_is_there()?;
        let everything = BTreeSet::from([PathBuf::new()]);
        let before = self.snapshot.clone();
        let end = Instant::now() + self.pace.at_most;
        // A file that is being written looks different each time.
        loop {
            let began = Instant::now();
            let differs = !self.read(&everything)?.is_empty();
            self.rest = rest_after(began.elapsed());
            if !differs || Instant::now() >= end {
                break;
            }
            self.pause(self.pace.quiet)?;
        }
        ControlFlow::Continue(self.snapshot.changed_since(&before).into_iter().collect())
    }

    /// While the directory is away, what is known of it is kept, to be compared with what comes back.
    fn until_it_is_there(&mut self) -> ControlFlow<()> {
        if self.snapshot.root().is_dir() {
            return ControlFlow::Continue(());
        }
        let gone = format!("{} is gone; it is watched again once it is back.", self.snapshot.root().display());
        self.say(WatchEvent::Problem(gone))?;
        while !self.snapshot.root().is_dir() {
            self.pause(POLL)?;
        }
        // Reported again, or nobody learns that the problem is over.
        self.told = None;
        ControlFlow::Continue(())
    }

    /// Lets time pass.
    fn pause(&mut self, time: Duration) -> ControlFlow<()> {
        let end = Instant::now() + time;
        while let Ok(message) = self.inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
            // Events here are left over from a subscription that ended.
            if matches!(message, Message::End) {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn report(&mut self, changed: BTreeSet<PathBuf>) -> ControlFlow<()> {
        let unreadable = self.snapshot.unreadable().clone();
        if unreadable.is_empty() && !self.told_unreadable.is_empty() {
            self.told = None;
        }
        let how = self.poll.clone().map_or(How::Events, How::Polling);
        let now = (self.snapshot.count(), how);
        if self.told.as_ref() != Some(&now) {
            self.say(WatchEvent::Watching { files: now.0, how: now.1.clone() })?;
            self.told = Some(now);
        }
        for (path, why) in unreadable.iter().filter(|(path, _)| !self.told_unreadable.contains_key(*path)) {
            let shown = if path.as_os_str().is_empty() { self.snapshot.root() } else { path };
            let problem = format!("{} cannot be read ({why}): changes there go unnoticed.", shown.display());
            self.say(WatchEvent::Problem(problem))?;
        }
        self.told_unreadable = unreadable;
        if changed.is_empty() {
            return ControlFlow::Continue(());
        }
        self.say(WatchEvent::Changed { files: changed.into_iter().collect() })
    }

    fn say(&self, event: WatchEvent) -> ControlFlow<()> {
        if self.ended.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        (self.tell)(event);
        ControlFlow::Continue(())
    }
}

fn rest_after(look: Duration) -> Duration {
    POLL.max(look * REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_that_take_long_are_taken_less_often() {
        assert_eq!(rest_after(Duration::from_millis(60)), POLL);
        assert_eq!(rest_after(Duration::from_secs(1)), Duration::from_secs(4));
    }
}
