//! What links report to whoever records what goes through them: which bytes came, which were held and by what, which
//! were handed over, and how each connection ended. Where nobody records, nothing is done.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Hears everything that goes through the links of a network.
pub trait Tap: fmt::Debug + Send + Sync {
    /// Called by the tasks that carry the bytes, in the middle of their work: it must return at once, whatever becomes
    /// of the report. What is reported of one connection comes in order.
    fn hear(&self, report: Report);
}

/// One connection through a link.
#[derive(Debug, PartialEq, Eq)]
pub struct Connection {
    /// No other connection of the process has it.
    pub number: u64,
    /// Who dialled, and whom.
    pub from: Arc<str>,
    pub to: Arc<str>,
}

/// A direction of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// From whoever dialled.
    Forward,
    /// The way of the answers.
    Back,
}

impl Way {
    pub fn other(self) -> Way {
        match self {
            Way::Forward => Way::Back,
            Way::Back => Way::Forward,
        }
    }
}

/// Something that happened to a connection.
#[derive(Debug, Clone)]
pub struct Report {
    pub connection: Arc<Connection>,
    pub at: Instant,
    pub what: Passage,
}

/// Offsets count the bytes of one direction from 0.
#[derive(Debug, Clone)]
pub enum Passage {
    /// Bytes came to the link; the first of them has this offset.
    Came { way: Way, offset: u64, bytes: Bytes },
    /// The sender has ended this direction, or reset the connection. Nothing comes after it.
    SenderEnded { way: Way, reset: bool },
    /// What came and has not been handed over waits from now on.
    Held { way: Way, by: Hold },
    /// All bytes before this offset are in the receiver's kernel. Whether it reads them is up to it.
    HandedOver { way: Way, upto: u64 },
    /// The receiver takes no more: what comes this way is lost.
    ReceiverGone { way: Way },
    /// The last report of a connection.
    Ended(Ending),
}

/// Why bytes wait at a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "lowercase")]
pub enum Hold {
    /// This direction is cut.
    Cut,
    /// This direction is slow: delay, rate or loss.
    Slow,
    /// The receiver's kernel has no room: it reads too slowly, or is paused.
    Full,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As its two nodes ended it.
    Closed,
    /// One of its nodes reset it.
    ResetByNode,
    /// The policy reset it.
    ResetByPolicy,
    /// The node that was dialled did not accept.
    Unreachable,
    /// The network itself is at its end.
    NetworkGone,
}

/// Reports of one direction of a connection. Each holder counts its own offsets: one reads, another writes.
#[derive(Debug, Clone)]
pub(super) struct Reporter {
    to: Option<(Arc<dyn Tap>, Arc<Connection>)>,
    way: Way,
    offset: u64,
}

impl Reporter {
    pub(super) fn new(tap: Option<Arc<dyn Tap>>, connection: &Arc<Connection>, way: Way) -> Reporter {
        Reporter { to: tap.map(|tap| (tap, Arc::clone(connection))), way, offset: 0 }
    }

    fn report(&self, at: Instant, what: Passage) {
        if let Some((tap, connection)) = &self.to {
            tap.hear(Report { connection: Arc::clone(connection), at, what });
        }
    }

    pub(super) fn came(&mut self, at: Instant, bytes: &Bytes) {
        if self.to.is_some() {
            self.report(at, Passage::Came { way: self.way, offset: self.offset, bytes: bytes.clone() });
            self.offset += bytes.len() as u64;
        }
    }

    pub(super) fn sender_ended(&self, at: Instant, reset: bool) {
        self.report(at, Passage::SenderEnded { way: self.way, reset });
    }

    pub(super) fn held(&self, by: Hold) {
        if self.to.is_some() {
            self.report(Instant::now(), Passage::Held { way: self.way, by });
        }
    }

    pub(super) fn handed_over(&mut self, bytes: usize) {
        if self.to.is_some() {
            self.offset += bytes as u64;
            self.report(Instant::now(), Passage::HandedOver { way: self.way, upto: self.offset });
        }
    }

    pub(super) fn receiver_gone(&self) {
        self.report(Instant::now(), Passage::ReceiverGone { way: self.way });
    }
}

/// Reports the end of a connection when it is dropped, so that one whose task is aborted ends, too.
#[derive(Debug)]
pub(super) struct Farewell {
    to: Option<(Arc<dyn Tap>, Arc<Connection>)>,
    pub(super) ending: Ending,
}

impl Farewell {
    pub(super) fn new(tap: Option<Arc<dyn Tap>>, connection: &Arc<Connection>) -> Farewell {
        Farewell { to: tap.map(|tap| (tap, Arc::clone(connection))), ending: Ending::NetworkGone }
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if let Some((tap, connection)) = self.to.take() {
            tap.hear(Report { connection, at: Instant::now(), what: Passage::Ended(self.ending) });
        }
    }
}
