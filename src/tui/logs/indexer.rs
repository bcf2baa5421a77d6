//! The thread behind a [`LogStore`](super::LogStore): looks while the run lasts, works while there is work, sleeps
//! otherwise, and ends when the store is gone.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::events::Events;
use super::follower::Follower;
use super::index::{Block, Index, Node};
use super::scan;
use super::store::lock;

/// As often as frames are drawn at most.
const LOOK_EVERY: Duration = Duration::from_millis(30);

pub(super) enum Order {
    /// Something was asked for.
    Look,
    /// The run is over.
    End,
}

pub(super) struct Indexer {
    pub(super) run_dir: PathBuf,
    pub(super) shared: Arc<Mutex<Index>>,
    pub(super) orders: Receiver<Order>,
    pub(super) wake: Box<dyn Fn() + Send>,
    pub(super) live: bool,
    pub(super) followers: Followers,
    pub(super) events: Events,
}

#[derive(Default)]
pub(super) struct Followers {
    known: BTreeSet<String>,
    pub(super) all: Vec<Follower>,
    buffer: Vec<u8>,
    /// The run has ended and its logs have been looked at once since then: an orphan that goes on writing must not keep
    /// the thread awake.
    looked_last: bool,
    finished: bool,
}

impl Indexer {
    pub(super) fn run(mut self) {
        let mut changed = false;
        let mut woken = Instant::now();
        loop {
            let pass = Instant::now();
            let (told, telling) = self.read_events(pass + LOOK_EVERY);
            let (gained, indexing) = self.index(pass + LOOK_EVERY);
            let indexing = indexing || telling;
            changed |= told;
            let (counted, counting) = self.count(pass + 2 * LOOK_EVERY);
            changed |= gained || counted;
            let busy = indexing || counting;
            if changed && (!busy || woken.elapsed() >= LOOK_EVERY) {
                (self.wake)();
                (changed, woken) = (false, Instant::now());
            }
            if !self.wait(busy) {
                return;
            }
        }
    }

    /// False when the store is gone.
    fn wait(&mut self, busy: bool) -> bool {
        let first = if busy {
            Err(RecvTimeoutError::Timeout)
        } else if self.live {
            self.orders.recv_timeout(LOOK_EVERY)
        } else {
            self.orders.recv().map_err(RecvTimeoutError::from)
        };
        match first {
            Ok(Order::End) => self.live = false,
            Ok(Order::Look) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        loop {
            match self.orders.try_recv() {
                Ok(Order::End) => self.live = false,
                Ok(Order::Look) => {}
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Whether events came, and whether there are more. They are few beside what nodes print, so they come first.
    fn read_events(&mut self, until: Instant) -> (bool, bool) {
        let (mut any, mut buffer) = (false, Vec::new());
        loop {
            let mut told = Vec::new();
            let more = self.events.step(&mut buffer, &mut told);
            let mut index = lock(&self.shared);
            any |= !told.is_empty();
            if index.events.is_none() {
                index.events = self.events.file();
            }
            told.into_iter().for_each(|(change, event)| index.change(change, event));
            index.merge_own();
            if !more {
                // A jump may wait for this.
                any |= !std::mem::replace(&mut index.told, true);
                return (any, false);
            }
            if Instant::now() >= until {
                return (any, true);
            }
        }
    }

    /// Whether lines came, and whether there are more.
    fn index(&mut self, until: Instant) -> (bool, bool) {
        if self.followers.finished {
            return (false, false);
        }
        let mut any = false;
        if !self.followers.looked_last {
            self.find_nodes();
            let cut = self.followers.look(!self.live);
            if !cut.is_empty() {
                lock(&self.shared).forget(&cut);
                any = true;
            }
        }
        loop {
            let mut blocks = Vec::new();
            let more = self.followers.step(&mut blocks);
            let mut index = lock(&self.shared);
            any |= !blocks.is_empty();
            index.merge(blocks);
            if !more {
                // A jump may wait for this.
                any |= !std::mem::replace(&mut index.settled, true);
                return (any, false);
            }
            if Instant::now() >= until {
                return (any, true);
            }
        }
    }

    fn count(&self, until: Instant) -> (bool, bool) {
        let mut any = false;
        while scan::round(&self.shared) {
            any = true;
            if Instant::now() >= until {
                return (true, true);
            }
        }
        (any, false)
    }

    /// Nodes may start at any time of a run.
    fn find_nodes(&mut self) {
        let entries = std::fs::read_dir(self.run_dir.join("logs")).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut new: Vec<String> = names
            .filter_map(|name| Some(name.strip_suffix(".log")?.to_owned()))
            .filter(|name| !self.followers.known.contains(name))
            .collect();
        new.sort_by_key(|name| (name.len(), name.clone()));
        for name in new {
            let mut index = lock(&self.shared);
            let Ok(source) = u16::try_from(index.nodes.len() + 1) else {
                return;
            };
            // One that cannot be opened is tried again at the next look.
            if let Ok(follower) = Follower::open(&self.run_dir, &name, source) {
                index.nodes.push(Node { name: name.clone(), file: follower.file() });
                self.followers.all.push(follower);
                self.followers.known.insert(name);
            }
        }
    }
}

impl Followers {
    /// The sources of those that begin again.
    pub(super) fn look(&mut self, ended: bool) -> Vec<u16> {
        self.looked_last = ended;
        self.all.iter_mut().filter_map(|follower| follower.look(ended)).collect()
    }

    /// Goes on with the log that is furthest behind in time, so that blocks come nearly in order. False when all
    /// that was seen is done.
    pub(super) fn step(&mut self, blocks: &mut Vec<Block>) -> bool {
        let waiting = self.all.iter_mut().filter_map(|follower| Some((follower.next_at()?, follower)));
        if let Some((_, follower)) = waiting.min_by_key(|(at, _)| *at) {
            follower.step(&mut self.buffer, blocks);
            return true;
        }
        if self.looked_last {
            self.all.iter_mut().for_each(|follower| follower.finish(blocks));
            self.buffer = Vec::new();
            self.finished = true;
        }
        false
    }
}
