//! Which neighbouring facts of a test share a line.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fact::{Entry, Fact};

/// A line and the facts it stands for.
#[derive(Debug)]
pub enum Line<'a> {
    One(&'a Entry),
    /// The same done to several nodes at once.
    Together(Vec<&'a Entry>),
    /// Requests that are only counted.
    Requests(Vec<&'a Entry>),
    /// Messages on connections that are only counted.
    Conversations(Vec<&'a Entry>),
    /// The line before, again and again.
    Again(Vec<&'a Entry>),
}

impl Line<'_> {
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let all = match self {
            Line::One(entry) => std::slice::from_ref(entry),
            Line::Together(entries)
            | Line::Requests(entries)
            | Line::Conversations(entries)
            | Line::Again(entries) => entries,
        };
        all.iter().copied()
    }

    /// The fact whose time the line shows; none for a line that counts.
    pub(super) fn head(&self) -> Option<&Entry> {
        match self {
            Line::One(_) | Line::Together(_) => self.entries().next(),
            Line::Requests(_) | Line::Conversations(_) | Line::Again(_) => None,
        }
    }

    pub(super) fn is(&self, what: &dyn Fn(&Entry) -> bool) -> bool {
        matches!(self, Line::One(entry) if what(entry))
    }
}

/// Whatever is done to several nodes within this time counts as done to them together.
pub(super) const TOGETHER: Duration = Duration::from_millis(100);
/// This many exchanges are shown one by one.
const LAST_SAID: usize = 8;

/// Neighbours of one kind. Of requests, the first is shown and the others are counted; nodes are named together.
pub(super) fn fold<'a>(entries: &[&'a Entry], apart: &dyn Fn(&Entry) -> bool) -> Vec<Line<'a>> {
    // The last exchanges are shown one by one, whoever began them: they are what the failure is about.
    let old = entries.iter().rev().filter(|entry| entry.is_spoken()).nth(LAST_SAID).map(|entry| entry.at);
    let spoken_of_old = |entry: &Entry| entry.is_spoken() && !entry.wrong && Some(entry.at) <= old && !apart(entry);
    let together = |a: &&Entry, b: &&Entry| {
        if a.is_spoken() || b.is_spoken() {
            return repeats(a, b) || spoken_of_old(a) && spoken_of_old(b);
        }
        // The same done to several nodes at once.
        let to_node = |entry: &Entry| !entry.is_request() && !entry.wrong && !entry.nodes.is_empty();
        if to_node(a) && to_node(b) {
            return a.fact.sort() == b.fact.sort() && a.nodes != b.nodes && b.at - a.at < TOGETHER;
        }
        let plain = |entry: &Entry| entry.is_request() && !entry.wrong && !apart(entry);
        let alike = |a: &Entry, b: &Entry| way(a) == way(b) && a.nodes == b.nodes;
        let answered = |entry: &Entry| entry.request().is_some_and(|asked| asked.answered.is_ok());
        // The point where answers cease is worth a line.
        (plain(a) && plain(b) && answered(a) == answered(b))
            || (apart(a) && apart(b) && !a.wrong && !b.wrong && alike(a, b))
    };
    let mut lines = Vec::new();
    for group in entries.chunk_by(together) {
        match group {
            [first, rest @ ..] if rest.len() > 1 && group.windows(2).all(|two| repeats(two[0], two[1])) => {
                lines.extend([Line::One(first), Line::Again(rest.to_vec())]);
            }
            [first, _, ..] if first.is_spoken() && spoken_of_old(first) => {
                lines.push(Line::Conversations(group.to_vec()));
            }
            [first, ..] if first.is_spoken() => lines.extend(group.iter().map(|entry| Line::One(entry))),
            [first, _, ..] if !first.is_request() => lines.push(Line::Together(group.to_vec())),
            [first, rest @ ..] if rest.len() > 1 => {
                lines.push(Line::One(first));
                lines.push(Line::Requests(rest.to_vec()));
            }
            few => lines.extend(few.iter().map(|entry| Line::One(entry))),
        }
    }
    lines
}

/// Two exchanges of a wait: the same was said, and the same came.
fn repeats(a: &Entry, b: &Entry) -> bool {
    let both = a.exchange().zip(b.exchange());
    !a.wrong && !b.wrong && a.nodes == b.nodes && both.is_some_and(|(a, b)| a.is_like(b))
}

/// Requests of one kind: how they were made, and what came of them.
fn way(entry: &Entry) -> Option<(&str, Result<u16, crate::facts::Cause>)> {
    entry.request().map(|asked| (asked.method.as_str(), asked.answered))
}

/// Requests by kind, with their number, in the order in which each kind came first.
pub(super) fn ways<'a>(entries: &[&'a Entry]) -> Vec<(&'a Entry, usize)> {
    let mut kinds: Vec<(&Entry, usize)> = Vec::new();
    for entry in entries {
        match kinds.iter_mut().find(|(first, _)| way(first) == way(entry)) {
            Some((_, count)) => *count += 1,
            None => kinds.push((entry, 1)),
        }
    }
    kinds
}

/// Replaces what nodes said of themselves by one line for each stretch between two faults: what each said last. That
/// way an election that takes ten rounds is one line, and does not break up the requests around it.
pub(super) fn said_last(entries: &mut Vec<&Entry>) -> Vec<Entry> {
    let mut said = Vec::new();
    let mut stretch: BTreeMap<String, (&Entry, String)> = BTreeMap::new();
    let close = |stretch: &mut BTreeMap<String, (&Entry, String)>, said: &mut Vec<Entry>| {
        let Some((last, _)) = stretch.values().max_by_key(|(entry, _)| entry.at) else { return };
        let (at, began) = (last.at, last.began);
        // Nodes that say the same are listed together.
        let mut alike: Vec<(Vec<String>, String)> = Vec::new();
        for (node, (_, text)) in std::mem::take(stretch) {
            match alike.iter_mut().find(|(_, other)| *other == text) {
                Some((nodes, _)) => nodes.push(node),
                None => alike.push((vec![node], text)),
            }
        }
        said.push(Entry { began, ..Entry::new(at, Fact::SaidLast(alike), Vec::new()) });
    };
    entries.retain(|entry| {
        if let (Fact::Says(text), [node]) = (&entry.fact, &entry.nodes[..]) {
            stretch.insert(node.clone(), (entry, text.clone()));
            return false;
        }
        if !entry.is_request() || entry.wrong {
            close(&mut stretch, &mut said);
        }
        true
    });
    close(&mut stretch, &mut said);
    said
}
