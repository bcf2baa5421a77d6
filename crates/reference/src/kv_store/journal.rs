//! A cluster as a journal: a list of entries that only grows, which a majority agrees on. Programs that keep a state of
//! their own need nothing else from a store.
//!
//! Each entry is the value of a key that is its number. Only a node that leads appends, after it has seen everything that
//! was appended before it led, so that no number is given twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

use super::super::start::AddressBook;
use super::bug::Bug;
use super::raft::{RoleName, Status};
use super::record::Operation;
use super::replicated::Replicated;
use super::storage::SharedMap;

pub(crate) struct Journal {
    id: Arc<str>,
    replicated: Replicated,
    map: SharedMap,
    status: watch::Receiver<Status>,
}

/// Where a node stands in its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) id: Arc<str>,
    /// `leader`, `follower` or `candidate`.
    pub(crate) role: &'static str,
    pub(crate) term: u64,
    pub(crate) leader: Option<Arc<str>>,
}

impl Standing {
    pub(crate) fn leads(&self) -> bool {
        self.role == "leader"
    }
}

impl Journal {
    /// Recovers what `folder` holds and joins the cluster. Must be called in the runtime that will serve it.
    pub(crate) fn open(folder: &Path, book: AddressBook, bug: Option<&str>) -> Result<Journal, String> {
        let id = book.id.clone();
        let map = SharedMap::default();
        let bug = bug.and_then(Bug::named).unwrap_or(Bug::None);
        let opened = Replicated::open(folder, book, map.clone(), bug).map_err(|error| error.to_string())?;
        let (replicated, _) = opened;
        let status = replicated.status();
        Ok(Journal { id, replicated, map, status })
    }

    pub(crate) fn standing(&self) -> Standing {
        let Status { role, term, leader, .. } = self.status.borrow().clone();
        let role = match role {
            RoleName::Follower => "follower",
            RoleName::Candidate => "candidate",
            RoleName::Leader => "leader",
        };
        Standing { id: self.id.clone(), role, term, leader }
    }

    /// Reports changes of the standing.
    pub(crate) fn changes(&self) -> watch::Receiver<impl Sized + use<>> {
        self.status.clone()
    }

    /// Appends an entry under this number; false if that did not happen, or nobody can tell. The first poll decides its
    /// place among others.
    pub(crate) async fn append(&self, number: u64, entry: Bytes) -> bool {
        // Of equal length, so that they sort as the numbers do.
        let key = format!("{number:016x}").into();
        self.replicated.write(Operation::Put { key, value: entry }.into()).await.is_ok()
    }

    /// Returns when everything that was appended before can be seen here; false if this node does not lead.
    pub(crate) async fn catch_up(&self) -> bool {
        self.replicated.catch_up().await.is_ok()
    }

    /// All entries, in order.
    pub(crate) fn entries(&self) -> Vec<Bytes> {
        let map = self.map.read();
        let entries: BTreeMap<&Arc<str>, &Bytes> = map.iter().map(|(key, entry)| (key, &entry.value)).collect();
        entries.into_values().cloned().collect()
    }

    /// Takes what a peer sent in one request.
    pub(crate) fn receive(&self, body: &[u8]) {
        self.replicated.receive(body);
    }

    /// Ends the node, and returns when what it had to write is written. Blocks.
    pub(crate) fn close(&self) {
        self.replicated.close();
    }
}
