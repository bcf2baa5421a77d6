//! The disk of a node, and what a crash leaves on it.

use super::super::{Ballot, Place, Snapshot, Stored, Write};
use super::Record;

#[derive(Clone, Default)]
pub(super) struct Disk {
    pub(super) ballot: Ballot,
    pub(super) snapshot: Option<Snapshot>,
    /// They may begin before the end of the snapshot.
    pub(super) entries: Vec<Record>,
}

impl Disk {
    pub(super) fn write(&mut self, write: &Write) {
        match write {
            Write::Ballot(ballot) => self.ballot = ballot.clone(),
            Write::Truncate(after) => self.entries.retain(|entry| entry.index <= *after),
            Write::Append(entries) => self.entries.extend_from_slice(entries),
            Write::Keep(snapshot) => self.snapshot = Some(snapshot.clone()),
            Write::Cut(index) => self.entries.retain(|entry| entry.index > *index),
            Write::Install(snapshot) => {
                self.snapshot = Some(snapshot.clone());
                self.entries.clear();
            }
        }
    }

    /// What a crash can leave of a write: any number of these, from the first.
    pub(super) fn steps(write: &Write) -> Vec<Write> {
        match write {
            Write::Append(entries) => entries.iter().map(|entry| Write::Append(vec![entry.clone()])).collect(),
            // A file of the log after the other.
            Write::Cut(index) => (0..3).rev().map(|left| Write::Cut(index.saturating_sub(left))).collect(),
            other => vec![other.clone()],
        }
    }

    /// What a start finds.
    pub(super) fn stored(&self) -> Stored {
        let snapshot = self.snapshot.clone();
        let index = snapshot.as_ref().map_or(0, |snapshot| snapshot.last.index);
        let entries: Vec<Record> = self.entries.iter().filter(|entry| entry.index > index).cloned().collect();
        assert!(entries.first().is_none_or(|first| first.index == index + 1), "a gap after the snapshot");
        Stored { ballot: self.ballot.clone(), snapshot, entries }
    }

    /// Whether it has the entry, or a snapshot that holds it.
    pub(super) fn has(&self, record: &Record) -> bool {
        let in_snapshot = self.snapshot.as_ref().is_some_and(|snapshot| snapshot.last.index >= record.index);
        in_snapshot || self.entry(record.index) == Some(record)
    }

    fn entry(&self, index: u64) -> Option<&Record> {
        let first = self.entries.first()?.index;
        self.entries.get(usize::try_from(index.checked_sub(first)?).ok()?)
    }

    /// The place of the newest entry.
    pub(super) fn last(&self) -> Place {
        let snapshot = self.snapshot.as_ref().map(|snapshot| snapshot.last);
        let entry = self.entries.last().map(|entry| Place { index: entry.index, term: entry.term });
        entry.or(snapshot).unwrap_or_default()
    }
}
