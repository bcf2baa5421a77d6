//! The same request earlier, where it was answered in another way although nothing was written in between, or although its
//! name made it a repeat: it rules out that the program never got it right.

use std::time::Duration;

use super::fact::{Asked, Entry};

/// A request that was made more often than this, with nothing done in between, waits for something that changes by itself.
const POLLS: usize = 3;

/// An earlier answer to the request that failed.
#[derive(Debug, Clone)]
pub struct Contrast {
    pub asked: Asked,
    /// When it was asked for, and which node gave it.
    pub at: Duration,
    pub node: String,
    /// The first thing that was done to nodes or links after that.
    pub before: Option<Entry>,
}

impl Contrast {
    /// `entries` are those of the test in order, up to the requests that failed. Where several nodes answered wrong, it is
    /// one of these that had answered in another way.
    pub(super) fn of(failed: &[Entry], entries: &[&Entry]) -> Option<Contrast> {
        match failed {
            [failed] => Self::to(failed, entries),
            several => several.iter().find_map(|failed| {
                let of_node: Vec<&Entry> = entries.iter().copied().filter(|entry| concerns(entry, failed)).collect();
                Self::to(failed, &of_node)
            }),
        }
    }

    fn to(failed: &Entry, entries: &[&Entry]) -> Option<Contrast> {
        let asked = failed.request()?;
        if asked.is_write() {
            return Self::to_repeat(failed, asked, entries);
        }
        let on_path = |entry: &Entry| entry.request().filter(|other| other.path == asked.path).cloned();
        let is_write =
            |entry: &&Entry| entry.request().is_some_and(|other| other.is_write() && other.item() == asked.item());
        // After a write another answer may be right.
        let written = entries.iter().rposition(is_write);
        let since = &entries[written.map_or(0, |at| at + 1)..];
        let is_contrast = |entry: &&Entry| {
            let earlier = !entry.wrong && entry.end() <= failed.at;
            earlier && on_path(entry).is_some_and(|other| is_other(&other, asked, written.is_some()))
        };
        let place = since.iter().rposition(is_contrast)?;
        let earlier = since[place];
        let before = since[place..].iter().find(|entry| entry.is_deed()).map(|entry| Entry::clone(entry));
        if before.is_none() && since.iter().filter(|entry| on_path(entry).is_some()).count() > POLLS {
            return None;
        }
        Some(Contrast { asked: on_path(earlier)?, at: earlier.at, node: earlier.nodes.last()?.clone(), before })
    }

    /// The first answer to a request of this name, if this one got another.
    fn to_repeat(failed: &Entry, asked: &Asked, entries: &[&Entry]) -> Option<Contrast> {
        let name = asked.name()?;
        let is_first = |entry: &&Entry| {
            let named = entry.request().filter(|other| other.name() == Some(name));
            entry.end() <= failed.at && named.is_some_and(|other| matches!(other.answered, Ok(..500)))
        };
        let place = entries.iter().position(is_first)?;
        let (first, earlier) = (entries[place], entries[place].request()?);
        if first.wrong || !is_repeat(earlier, asked) || !is_other(earlier, asked, true) {
            return None;
        }
        let before = entries[place..].iter().find(|entry| entry.is_deed()).map(|entry| Entry::clone(entry));
        Some(Contrast { asked: earlier.clone(), at: first.at, node: first.nodes.last()?.clone(), before })
    }
}

/// Whether it is no read at all, or one that the node answered whose later answer failed.
fn concerns(entry: &Entry, failed: &Entry) -> bool {
    let is_read = entry.request().is_some_and(|asked| !asked.is_write());
    !is_read || entry.nodes.last() == failed.nodes.last()
}

/// Whether both ask for the same, as far as that is known.
fn is_repeat(earlier: &Asked, asked: &Asked) -> bool {
    let body_is_known = asked.sent.is_some() || asked.method == "DELETE";
    body_is_known
        && (&earlier.method, &earlier.path, &earlier.headers, &earlier.sent)
            == (&asked.method, &asked.path, &asked.headers, &asked.sent)
}

/// Whether it is the same request with another answer. Where nothing was written, bodies may differ for any reason.
fn is_other(earlier: &Asked, failed: &Asked, written: bool) -> bool {
    let body = |asked: &Asked| (asked.body.clone(), asked.bytes);
    earlier.method == failed.method
        && earlier.answered.is_ok()
        && (earlier.answered != failed.answered || written && body(earlier) != body(failed))
}
