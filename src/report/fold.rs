//! Which neighbouring events of a test are told in one line.

use std::collections::BTreeMap;
use std::time::Duration;

use super::trail::{Entry, Row, SAYS, SPOKEN};

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
        let to_node = |entry: &Entry| !entry.operation && !entry.row.wrong && !entry.row.node.is_empty();
        if to_node(a) && to_node(b) {
            return a.row.verb == b.row.verb
                && a.row.node != b.row.node
                && b.row.at.zip(a.row.at).is_some_and(|(b, a)| b - a < TOGETHER);
        }
        let plain = |entry: &Entry| entry.operation && !entry.row.wrong && !apart(entry);
        let alike = |a: &Row, b: &Row| (&a.verb, &a.node, &a.outcome) == (&b.verb, &b.node, &b.outcome);
        let answered = |entry: &Entry| entry.row.outcome.starts_with(|c: char| c.is_ascii_digit());
        // Where answers cease is worth a line.
        (plain(a) && plain(b) && answered(a) == answered(b))
            || (apart(a) && apart(b) && !a.row.wrong && !b.row.wrong && alike(&a.row, &b.row))
    };
    let mut lines = Vec::new();
    for group in entries.chunk_by(together) {
        let one = |entry: &&'a Entry| Line { row: entry.row.clone(), entries: vec![*entry] };
        match group {
            [first, _, ..] if first.is_spoken() => {
                lines.push(Line { row: Row::counted(conversations(group)), entries: group.to_vec() });
            }
            [first, _, ..] if !first.operation => {
                let nodes: Vec<&str> = group.iter().map(|entry| entry.row.node.as_str()).collect();
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
fn conversations(group: &[&Entry]) -> String {
    let mut names: Vec<&str> = group.iter().map(|entry| entry.row.verb.trim_end_matches(SPOKEN).trim_end()).collect();
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
        for Entry { row, .. } in stretch.values() {
            match alike.iter_mut().find(|(text, _)| *text == row.text) {
                Some((_, nodes)) => nodes.push(&row.node),
                None => alike.push((&row.text, vec![&row.node])),
            }
        }
        let texts: Vec<String> = alike.iter().map(|(text, nodes)| format!("{} {text}", nodes.join(", "))).collect();
        let row = Row { node: String::new(), text: texts.join("; "), ..last.row.clone() };
        said.push(Entry { row, began: last.began, operation: false });
        stretch.clear();
    };
    entries.retain(|entry| {
        if entry.row.verb == SAYS {
            stretch.insert(entry.row.node.clone(), entry);
            return false;
        }
        if !entry.operation || entry.row.wrong {
            close(&mut stretch, &mut said);
        }
        true
    });
    close(&mut stretch, &mut said);
    said
}

/// "212 more PUTs, all 200", or the commonest kinds with their numbers.
fn count(entries: &[&Entry]) -> String {
    let mut kinds: Vec<(String, String, usize)> = Vec::new();
    for Entry { row, .. } in entries {
        match kinds.iter_mut().find(|(verb, outcome, _)| *verb == row.verb && *outcome == row.outcome) {
            Some((.., count)) => *count += 1,
            None => kinds.push((row.verb.clone(), row.outcome.clone(), 1)),
        }
    }
    if let [(verb, outcome, count)] = &kinds[..] {
        return format!("{count} more {verb}s, all {outcome}");
    }
    kinds.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    let shown: Vec<String> =
        kinds.iter().take(4).map(|(verb, outcome, count)| format!("{verb} {outcome} ×{count}")).collect();
    let rest = if kinds.len() > 4 { ", …" } else { "" };
    format!("{} more: {}{rest}", entries.len(), shown.join(", "))
}
