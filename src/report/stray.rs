//! A value that an answer gave for one path, and that only a request for another path has sent: keys that meet in one place,
//! or a body that requests share.

use std::time::Duration;

use super::fact::{Asked, Entry};

/// Shorter values are the same by chance.
const SHORTEST: usize = 4;

/// The request that sent the value.
#[derive(Debug, Clone)]
pub struct Stray {
    pub asked: Asked,
    /// When it was asked for, and which node was asked first.
    pub at: Duration,
    pub node: String,
}

impl Stray {
    /// `entries` are those of the test in order, up to the one request that failed.
    pub(super) fn of(failed: &[Entry], entries: &[&Entry]) -> Option<Stray> {
        let [failed] = failed else { return None };
        let read = failed.request().filter(|asked| !asked.is_write() && asked.answered.is_ok())?;
        if read.body.len() < SHORTEST || read.body.len() != read.bytes {
            return None;
        }
        let sent_it = |entry: &&&Entry| entry.request().is_some_and(|asked| asked.sent.as_ref() == Some(&read.body));
        let mut senders = entries.iter().filter(sent_it);
        let first = senders.next()?;
        let asked = first.request()?;
        let is_elsewhere = |entry: &&Entry| entry.request().is_some_and(|other| other.item() != asked.item());
        if asked.item() == read.item() || senders.any(is_elsewhere) {
            return None;
        }
        Some(Stray { asked: asked.clone(), at: first.at, node: first.nodes.first()?.clone() })
    }
}
