//! The logs of one run: an index that a thread keeps, and what the app adds to it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::cluster::log_path;

use super::events::Events;
use super::index::Index;
use super::indexer::{Followers, Indexer, Order};
use super::pane::Source;
use super::paths::Paths;
use super::pattern::Pattern;

/// The logs of one run. When it is dropped, its thread ends.
#[derive(Debug)]
pub struct LogStore {
    shared: Arc<Mutex<Index>>,
    orders: Sender<Order>,
    run_dir: PathBuf,
}

impl LogStore {
    /// Starts a thread that reads the logs below `run_dir` and the run's events, and follows them while the run is `live`. `wake` is called
    /// from it when there is something new to draw: every 30 ms at most for what nodes print and while it counts, and
    /// for what the app asked for.
    pub fn open(run_dir: &Path, live: bool, wake: Box<dyn Fn() + Send>) -> io::Result<LogStore> {
        let shared = Arc::new(Mutex::new(Index { paths: Paths::of(run_dir), ..Index::default() }));
        let (orders, received) = channel();
        let indexer = Indexer {
            run_dir: run_dir.to_owned(),
            shared: shared.clone(),
            orders: received,
            wake,
            live,
            followers: Followers::default(),
            events: Events::of(run_dir),
        };
        thread::Builder::new().name("log index".to_owned()).spawn(move || indexer.run())?;
        Ok(LogStore { shared, orders, run_dir: run_dir.to_owned() })
    }

    /// The run has ended: the logs are looked at one last time, and half a line counts as one.
    pub fn ended(&self) {
        self.order(Order::End);
    }

    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        lock(&self.shared)
    }

    /// The line that is at this place of a node's log.
    pub(super) fn source(&self, node: &str, offset: u64) -> Option<Source> {
        let path = log_path(&self.run_dir, node);
        let mut before = BufReader::with_capacity(256 * 1024, File::open(&path).ok()?.take(offset));
        let mut line = 1;
        loop {
            let bytes = before.fill_buf().ok()?;
            if bytes.is_empty() {
                return Some(Source { file: path, line });
            }
            line += memchr::memchr_iter(b'\n', bytes).count();
            let read = bytes.len();
            before.consume(read);
        }
    }

    pub(super) fn ask(&self, filter: Option<&Pattern>, search: Option<&Pattern>) {
        if self.index().ask(filter, search) {
            self.order(Order::Look);
        }
    }

    fn order(&self, order: Order) {
        // The thread is there as long as the store.
        let _ = self.orders.send(order);
    }
}

pub(super) fn lock(index: &Mutex<Index>) -> MutexGuard<'_, Index> {
    index.lock().unwrap_or_else(PoisonError::into_inner)
}
