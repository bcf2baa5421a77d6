//! What was said on a connection and what came of it, as one line of what led to a failure; and the earlier exchange
//! that the one that failed does not fit.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::fact::{Entry, Fact};
use super::fold::TOGETHER;
use crate::facts::{Closing, Excerpt, Item, Mismatch, Source, Speech};

/// What was said, and all that came before anything else was said on that connection.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub connection: String,
    /// None where it was said long before, or before something else happened.
    pub said: Option<Excerpt>,
    /// What came, and when.
    pub heard: Vec<(Duration, Heard)>,
    pub about: Vec<Item>,
    /// It may have changed something.
    pub changes: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Text(Excerpt),
    /// The connection's end, or silence.
    Else(Speech),
}

impl Exchange {
    /// The same said on the same connection, with the same answer.
    pub(super) fn is_like(&self, other: &Exchange) -> bool {
        let heard = |exchange: &Exchange| exchange.heard.iter().map(|(_, heard)| heard.clone()).collect::<Vec<_>>();
        self.connection == other.connection && self.said == other.said && heard(self) == heard(other)
    }

    fn is_answered(&self) -> bool {
        self.heard.iter().any(|(_, heard)| matches!(heard, Heard::Text(_)))
    }
}

/// An exchange that the one that failed does not fit.
#[derive(Debug)]
pub struct Contradiction<'a> {
    pub earlier: &'a Entry,
    pub failed: &'a Entry,
    /// What was said, where its answer is an entry of its own.
    pub asked: Option<&'a Entry>,
    /// The first thing that differs.
    pub mismatch: Option<&'a Mismatch>,
}

/// An answer: who gave it, when that was asked for, if it is known, and when the last of it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    pub node: String,
    pub asked: Option<Duration>,
    pub at: Duration,
}

impl Contradiction<'_> {
    /// The two answers, the earlier one first.
    pub(super) fn answered(&self) -> Vec<Answering> {
        let heard = |entry: &Entry, asked: Option<&Entry>| {
            let exchange = entry.exchange()?;
            let (at, _) = exchange.heard.iter().rfind(|(_, heard)| matches!(heard, Heard::Text(_)))?;
            let asked = exchange.said.as_ref().map(|_| entry.at).or(asked.map(|asked| asked.at));
            Some(Answering { node: entry.nodes.last()?.clone(), asked, at: *at })
        };
        [heard(self.earlier, None), heard(self.failed, self.asked)].into_iter().flatten().collect()
    }
}

/// The facts in order, each answer with what was said before it. An answer stands by itself if it came late and something
/// else had happened meanwhile, or if something was done to nodes or links in between.
pub(super) fn exchanges(entries: &[&Entry]) -> Vec<Entry> {
    let mut talking = Talking::default();
    let spoke: BTreeSet<&str> =
        entries.iter().filter(|entry| is_sent(entry)).filter_map(|entry| entry.connection()).collect();
    for entry in entries {
        match &entry.fact {
            // What is said on it shows that it is open.
            Fact::Spoken { connection, what: Speech::Opened, .. } if spoke.contains(connection.as_str()) => {
                talking.forget(connection);
            }
            Fact::Spoken { connection, what, about, changes, .. } => {
                talking.spoken(entry, connection, what, about, *changes)
            }
            _ => {
                if entry.is_deed() {
                    talking.last_deed = talking.made.len();
                }
                talking.made.push((*entry).clone());
            }
        }
    }
    talking.made
}

fn is_sent(entry: &Entry) -> bool {
    matches!(&entry.fact, Fact::Spoken { what: Speech::Sent { .. }, .. })
}

/// The exchanges of all connections under way.
#[derive(Debug, Default)]
struct Talking {
    made: Vec<Entry>,
    /// The place after the last thing that was done to nodes or links.
    last_deed: usize,
    connections: HashMap<String, Open>,
}

#[derive(Debug, Default)]
struct Open {
    /// Where its last exchange is.
    place: usize,
    /// What was said last is about these.
    asked: Vec<Item>,
    changes: bool,
    /// All that was said and heard on it is about these.
    about: Vec<Item>,
}

impl Open {
    /// What was last said and heard on it is about these.
    fn last(&self) -> Vec<Item> {
        const LAST: usize = 8;
        self.about[self.about.len().saturating_sub(LAST)..].to_vec()
    }
}

impl Talking {
    fn forget(&mut self, connection: &str) {
        self.connections.remove(connection);
    }

    fn spoken(&mut self, entry: &Entry, connection: &str, what: &Speech, about: &[Item], changes: bool) {
        let heard = match what {
            Speech::Received { text } => Heard::Text(text.clone()),
            Speech::Ended { .. } | Speech::Silence { .. } => Heard::Else(what.clone()),
            Speech::Sent { text } => {
                let open = self.connections.entry(connection.to_owned()).or_default();
                (open.asked, open.changes, open.place) = (about.to_vec(), changes, self.made.len());
                open.about.extend_from_slice(about);
                let (said, about) = (Some(text.clone()), about.to_vec());
                let exchange =
                    Exchange { connection: connection.to_owned(), said, heard: Vec::new(), about, changes };
                self.made.push(Entry { fact: Fact::Exchange(exchange), ..entry.clone() });
                return;
            }
            Speech::Opened | Speech::Closed { .. } => {
                let closed = matches!(what, Speech::Closed { how } if *how != Closing::Write);
                // Whatever it had to do with may have changed by that.
                let about = self.connections.get(connection).map(Open::last).unwrap_or_default();
                let fact = Fact::Spoken {
                    connection: connection.to_owned(),
                    what: what.clone(),
                    about,
                    changes: closed,
                    given: Vec::new(),
                };
                self.made.push(Entry { fact, ..entry.clone() });
                return;
            }
        };
        let open = self
            .connections
            .entry(connection.to_owned())
            .or_insert_with(|| Open { place: usize::MAX, ..Open::default() });
        open.about.extend_from_slice(about);
        let next = self.made.len();
        let soon = self.made.get(open.place).is_some_and(|asked| {
            open.place + 1 == next || open.place >= self.last_deed && entry.at.saturating_sub(asked.at) < TOGETHER
        });
        if soon && let Some(Entry { fact: Fact::Exchange(exchange), wrong, .. }) = self.made.get_mut(open.place) {
            exchange.heard.push((entry.at, heard));
            exchange.about.extend_from_slice(about);
            *wrong |= entry.wrong;
            return;
        }
        let about = open.asked.iter().chain(about).cloned().collect();
        let (connection, heard) = (connection.to_owned(), vec![(entry.at, heard)]);
        let exchange = Exchange { connection, said: None, heard, about, changes: open.changes };
        open.place = next;
        self.made.push(Entry { fact: Fact::Exchange(exchange), ..entry.clone() });
    }
}

/// The earlier answer that the exchange that failed does not fit: the last that changed what should have come or, where
/// that is about nothing, what came; or else the one that the expectation comes from.
pub(super) fn contradiction<'a>(
    entries: &[&'a Entry],
    wanted: &[Item],
    mismatch: Option<&'a Mismatch>,
) -> Option<Contradiction<'a>> {
    let at = entries.iter().rposition(|entry| entry.wrong && entry.exchange().is_some())?;
    let (failed, exchange) = (entries[at], entries[at].exchange()?);
    let before = || entries[..at].iter().rev().copied();
    let asks = |entry: &&Entry| entry.exchange().is_some_and(|exchange| exchange.said.is_some());
    let on_it = |entry: &&Entry| entry.connection() == failed.connection();
    let asked = before().filter(|_| exchange.said.is_none()).filter(on_it).find(asks);
    // That nothing came is about nothing that was asked for by the way.
    let items = if wanted.is_empty() && exchange.is_answered() { &exchange.about[..] } else { wanted };
    let changed = |entry: &&Entry| {
        let other = entry.exchange().filter(|other| other.changes && other.is_answered());
        // An earlier attempt of the same wait does not contradict it.
        let other = other.filter(|other| !other.is_like(exchange));
        other.is_some_and(|other| other.about.iter().any(|item| items.contains(item)))
    };
    let is_asked = |entry: &Entry| asked.is_some_and(|asked| std::ptr::eq(asked, entry));
    let source = mismatch.and_then(|mismatch| mismatch.source.as_ref());
    let of_source = || before().find(|entry| source.is_some_and(|source| is_of(source, entry)));
    let earlier = before().filter(|entry| !is_asked(entry)).find(changed).or_else(of_source)?;
    Some(Contradiction { earlier, failed, asked, mismatch })
}

/// Whether it is the answer that a value comes from.
pub(super) fn is_of(source: &Source, entry: &Entry) -> bool {
    let (Source::Heard { connection, at, .. }, Some(exchange)) = (source, entry.exchange()) else { return false };
    exchange.connection == *connection && exchange.heard.iter().any(|(when, _)| when == at)
}
