//! The logs of one run: an index that a thread keeps, and what the app adds to it.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::text::clean;

use super::index::{Index, OwnLine};
use super::indexer::{Followers, Indexer, Order};
use super::pattern::Pattern;

/// The logs of one run. When it is dropped, its thread ends.
#[derive(Debug)]
pub struct LogStore {
    shared: Arc<Mutex<Index>>,
    orders: Sender<Order>,
}

impl LogStore {
    /// Starts a thread that reads the logs below `run_dir`, and follows them while the run is `live`. `wake` is called
    /// from it when there is something new to draw: every 30 ms at most for what nodes print and while it counts, and
    /// for what the app asked for.
    pub fn open(run_dir: &Path, live: bool, wake: Box<dyn Fn() + Send>) -> io::Result<LogStore> {
        let shared = Arc::new(Mutex::new(Index::default()));
        let (orders, received) = channel();
        let indexer = Indexer {
            run_dir: run_dir.to_owned(),
            shared: shared.clone(),
            orders: received,
            wake,
            live,
            followers: Followers::default(),
        };
        thread::Builder::new().name("log index".to_owned()).spawn(move || indexer.run())?;
        Ok(LogStore { shared, orders })
    }

    /// Adds a line of lsfr's own, about `node` where it is about one. They may come slightly out of order.
    pub fn own(&self, at: Duration, node: Option<String>, text: String) {
        let at = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
        let mut index = self.index();
        index.own.push(OwnLine { at, node, text: clean(&text).into() });
        index.unmerged += 1;
        drop(index);
        self.order(Order::Look);
    }

    /// The run has ended: the logs are looked at one last time, and half a line counts as one.
    pub fn ended(&self) {
        self.order(Order::End);
    }

    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        lock(&self.shared)
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
