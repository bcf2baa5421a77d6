//! Which neighbouring events of a test are told in one line.

use crate::facts::Cause;
use std::collections::BTreeMap;
use std::time::Duration;

use super::trail::{About, Entry, Row};

/// A line and the events it stands for.
pub(super) struct Line<'a> {
    pub(super) row: Row,
    pub(super) entries: Vec<&'a Entry>,
}

impl Line<'_> {
    pub(super) fn is(&self, what: &dyn Fn(&Entry) -> bool) -> bool {
        matches!(self.entries[..], [entry] if what(entry))
    }
}

/// What is done to several nodes within this time was done to them together.
pub(super) const TOGETHER: Duration = Duration::from_millis(100);

/// Neighbours of one kind: of requests the first is told and the others counted; nodes are named together.
pub(super) fn fold<'a>(entries: &[&'a Entry], apart: &dyn Fn(&Entry) -> bool) -> Vec<Line<'a>> {
    // The last things said are told one by one, whoever said them: they are what the failure is about.
    let old = entries.iter().rev().filter(|entry| entry.is_spoken()).nth(LAST_SAID).and_then(|entry| entry.row.at);
    let spoken_of_old = |entry: &Entry| entry.is_spoken() && !entry.row.wrong && entry.row.at <= old;
    let together = |a: &&Entry, b: &&Entry| {
        if a.is_spoken() || b.is_spoken() {
            return spoken_of_old(a) && spoken_of_old(b);
        }
        // The same done to several nodes at once.
        let to_node = |entry: &Entry| !entry.is_request() && !entry.row.wrong && !entry.nodes.is_empty();
        if to_node(a) && to_node(b) {
            return a.about == b.about
                && a.nodes != b.nodes
                && b.row.at.zip(a.row.at).is_some_and(|(b, a)| b - a < TOGETHER);
        }
        let plain = |entry: &Entry| entry.is_request() && !entry.row.wrong && !apart(entry);
        let alike = |a: &Entry, b: &Entry| kind(a) == kind(b) && a.nodes == b.nodes;
        let answered = |entry: &Entry| matches!(entry.about, About::Request { answered: Ok(_), .. });
        // Where answers cease is worth a line.
        (plain(a) && plain(b) && answered(a) == answered(b))
            || (apart(a) && apart(b) && !a.row.wrong && !b.row.wrong && alike(a, b))
    };
    let mut lines = Vec::new();
    for group in entries.chunk_by(together) {
        let one = |entry: &&'a Entry| Line { row: entry.row.clone(), entries: vec![*entry] };
        match group {
            [first, _, ..] if first.is_spoken() => {
                lines.push(Line { row: Row::counted(conversations(group)), entries: group.to_vec() });
            }
            [first, _, ..] if !first.is_request() => {
                let nodes: Vec<&str> = group.iter().flat_map(|entry| &entry.nodes).map(String::as_str).collect();
                let row = Row { node: String::new(), text: nodes.join(", "), ..first.row.clone() };
                lines.push(Line { row, entries: group.to_vec() });
            }
            [first, rest @ ..] if rest.len() > 1 => {
                lines.push(one(first));
                lines.push(Line { row: Row::counted(count(rest)), entries: rest.to_vec() });
            }
            few => lines.extend(few.iter().map(one)),
        }
    }
    lines
}

/// Things said that are told one by one.
const LAST_SAID: usize = 12;

/// `412 lines on producer, worker`
fn conversations<'a>(group: &[&'a Entry]) -> String {
    let name = |entry: &&'a Entry| match &entry.about {
        About::Spoken(connection) => Some(connection.as_str()),
        _ => None,
    };
    let mut names: Vec<&str> = group.iter().filter_map(name).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    let others = if more > 0 { format!(" and {more} other connections") } else { String::new() };
    format!("{} lines on {}{others}", group.len(), names.join(", "))
}

/// Takes out what nodes said of themselves, and gives in its place one row for each stretch between two faults: what
/// each said last. An election that takes ten rounds is one line so, and does not break up the requests around it.
pub(super) fn said_last(entries: &mut Vec<&Entry>) -> Vec<Entry> {
    let mut said = Vec::new();
    let mut stretch: BTreeMap<String, &Entry> = BTreeMap::new();
    let close = |stretch: &mut BTreeMap<String, &Entry>, said: &mut Vec<Entry>| {
        let Some(last) = stretch.values().max_by_key(|entry| entry.row.at) else { return };
        // Who says the same is told together.
        let mut alike: Vec<(&str, Vec<&str>)> = Vec::new();
        for (node, Entry { row, .. }) in stretch.iter() {
            match alike.iter_mut().find(|(text, _)| *text == row.text) {
                Some((_, nodes)) => nodes.push(node),
                None => alike.push((&row.text, vec![node])),
            }
        }
        let texts: Vec<String> = alike.iter().map(|(text, nodes)| format!("{} {text}", nodes.join(", "))).collect();
        let row = Row { node: String::new(), text: texts.join("; "), ..last.row.clone() };
        said.push(Entry { row, began: last.began, about: About::Says, nodes: Vec::new() });
        stretch.clear();
    };
    entries.retain(|entry| {
        if let (About::Says, [node]) = (&entry.about, &entry.nodes[..]) {
            stretch.insert(node.clone(), entry);
            return false;
        }
        if !entry.is_request() || entry.row.wrong {
            close(&mut stretch, &mut said);
        }
        true
    });
    close(&mut stretch, &mut said);
    said
}

/// "212 more PUTs, all 200", or the commonest kinds with their numbers.
fn count(entries: &[&Entry]) -> String {
    let mut kinds: Vec<(&Entry, usize)> = Vec::new();
    for entry in entries {
        match kinds.iter_mut().find(|(first, _)| kind(first) == kind(entry)) {
            Some((_, count)) => *count += 1,
            None => kinds.push((entry, 1)),
        }
    }
    if let [(Entry { row, .. }, count)] = &kinds[..] {
        return format!("{count} more {}s, all {}", row.verb, row.outcome);
    }
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told = |(Entry { row, .. }, count): &(&Entry, usize)| format!("{} {} ×{count}", row.verb, row.outcome);
    let shown: Vec<String> = kinds.iter().take(4).map(told).collect();
    let rest = if kinds.len() > 4 { ", …" } else { "" };
    format!("{} more: {}{rest}", entries.len(), shown.join(", "))
}

/// Requests of one kind: how they were made, and what came of them.
fn kind(entry: &Entry) -> Option<(&str, Result<u16, Cause>)> {
    match &entry.about {
        About::Request { method, answered, .. } => Some((method, *answered)),
        _ => None,
    }
}
