//! A value that an answer gave for one path, and that only a request for another path has sent: keys that meet in one place,
//! or a body that requests share. Whether the two were under way at once tells these apart.

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
    /// The last write to the path itself.
    pub own: Option<Own>,
}

/// A write to the path that was read, and when it was under way as seen from the one that sent the value.
#[derive(Debug, Clone)]
pub struct Own {
    pub asked: Asked,
    pub at: Duration,
    pub relation: Relation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It was answered this long before the other began.
    Before(Duration),
    /// It began this long after the other was answered.
    After(Duration),
    Beside,
}

impl Relation {
    fn of(own: &Entry, other: &Entry) -> Relation {
        if own.end() <= other.at {
            Relation::Before(other.at - own.end())
        } else if other.end() <= own.at {
            Relation::After(own.at - other.end())
        } else {
            Relation::Beside
        }
    }
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
        let writes_it =
            |entry: &&&Entry| entry.request().is_some_and(|other| other.is_write() && other.item() == read.item());
        let own = entries.iter().rfind(writes_it).and_then(|own| {
            Some(Own { asked: own.request()?.clone(), at: own.at, relation: Relation::of(own, first) })
        });
        Some(Stray { asked: asked.clone(), at: first.at, node: first.nodes.first()?.clone(), own })
    }
}
