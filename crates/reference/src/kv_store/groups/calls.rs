//! The way to nodes of other groups: a request to `/groups/ask`, and its answer.
//!
//! Calls to a node may be under way side by side, each over a connection of its own; one that has been answered is kept
//! for the next call.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::super::super::start::AddressBook;
use super::super::raft::NodeId;
use super::super::replicated::{Connection, post};
use super::wire::{self, Question, Reply};

/// Where nodes of other groups ask.
pub(in super::super) const PATH: &str = "/groups/ask";

/// Connections to a node that are kept.
const KEPT: usize = 8;

pub(super) struct Calls {
    book: AddressBook,
    kept: Mutex<HashMap<NodeId, Vec<Connection>>>,
}

impl Calls {
    pub(super) fn new(book: AddressBook) -> Calls {
        Calls { book, kept: Mutex::default() }
    }

    pub(super) fn book(&self) -> &AddressBook {
        &self.book
    }

    /// `None` when no answer comes in time. Then nobody knows whether the question was heard.
    pub(super) async fn call(
        &self,
        node: &NodeId,
        question: &Question,
        contents: &[u8],
        patience: Duration,
    ) -> Option<(Reply, Bytes)> {
        let address = *self.book.peers.get(node)?;
        let body = wire::encode(question, contents);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get_mut(node).and_then(Vec::pop);
        let (connection, answer) = timeout(patience, post(address, PATH, kept, body)).await.ok()?.ok()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let to_node = kept.entry(node.clone()).or_default();
        if to_node.len() < KEPT {
            to_node.push(connection);
        }
        wire::decode(&answer)
    }
}
