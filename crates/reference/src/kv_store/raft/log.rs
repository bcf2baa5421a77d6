//! The log as Raft sees it: entries in memory. What is on the disk follows it (`durable.rs`, `disk.rs`).

use super::super::record::Record;
use super::message::Place;

/// About how many bytes of entries one message carries. It always carries one entry, however large.
const MESSAGE: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct RaftLog {
    /// The place that the first entry follows. It moves once the beginning of the log is in a snapshot.
    base: Place,
    entries: Vec<Record>,
}

impl RaftLog {
    pub(super) fn new(base: Place, entries: Vec<Record>) -> RaftLog {
        RaftLog { base, entries }
    }

    /// The place before the first entry that is kept.
    pub(super) fn base(&self) -> Place {
        self.base
    }

    /// The place of the newest entry.
    pub(super) fn last(&self) -> Place {
        self.entries.last().map_or(self.base, |entry| Place { index: entry.index, term: entry.term })
    }

    /// `None` for an index after the end, and for one that is no longer kept.
    pub(super) fn term_at(&self, index: u64) -> Option<u64> {
        if index == self.base.index {
            return Some(self.base.term);
        }
        self.position(index).map(|at| self.entries[at].term)
    }

    pub(super) fn place_at(&self, index: u64) -> Option<Place> {
        self.term_at(index).map(|term| Place { index, term })
    }

    pub(super) fn holds(&self, place: Place) -> bool {
        self.term_at(place.index) == Some(place.term)
    }

    /// The entry's position in `entries`.
    fn position(&self, index: u64) -> Option<usize> {
        let at = usize::try_from(index.checked_sub(self.base.index + 1)?).ok()?;
        (at < self.entries.len()).then_some(at)
    }

    /// Appends an entry, which must be the next.
    pub(super) fn push(&mut self, entry: Record) {
        debug_assert_eq!(entry.index, self.last().index + 1);
        self.entries.push(entry);
    }

    /// Cuts off everything after `index`.
    pub(super) fn truncate(&mut self, index: u64) {
        self.entries.truncate(usize::try_from(index.saturating_sub(self.base.index)).unwrap_or(usize::MAX));
    }

    /// Forgets what a snapshot of everything up to `index` holds, but for the last of it, about `behind` bytes: a node that
    /// is only a little behind needs no snapshot.
    pub(super) fn compact(&mut self, index: u64, behind: usize) {
        let held = self.position(index).map_or(0, |at| at + 1);
        let mut size = 0;
        let recent = self.entries[..held].iter().rev().take_while(|entry| {
            size += entry.command.size() + 1;
            size <= behind
        });
        let forgotten = held - recent.count();
        if let Some(newest) = self.entries.drain(..forgotten).next_back() {
            self.base = Place { index: newest.index, term: newest.term };
        }
    }

    /// The entries after `after`, up to `to`.
    pub(super) fn between(&self, after: u64, to: u64) -> &[Record] {
        let from = self.position(after + 1).unwrap_or(self.entries.len());
        let to = self.position(to).map_or(0, |at| at + 1);
        &self.entries[from.min(to)..to]
    }

    /// The entries after `after`, as many as go into one message.
    pub(super) fn message_after(&self, after: u64) -> Vec<Record> {
        let mut size = 0;
        let entries = self.between(after, self.last().index).iter();
        let fitting = entries.take_while(|entry| {
            let first = size == 0;
            size += entry.command.size() + 1;
            first || size <= MESSAGE
        });
        fitting.cloned().collect()
    }

    /// The last place at which this log and another can be the same, when the other's terms up to `place.index` are at
    /// most `place.term`. Terms never fall along a log, so everything after it differs, and one question skips whole
    /// terms (§5.3, the end). A place before the base means that nobody can tell any more.
    pub(super) fn can_match(&self, place: Place) -> Place {
        let mut index = place.index.min(self.last().index);
        while let Some(term) = self.term_at(index) {
            if term <= place.term {
                return Place { index, term };
            }
            // Never below 0: the place before the first entry has term 0, which is at most any term.
            index -= 1;
        }
        Place { index, term: place.term }
    }

    /// What of a message is past the base. Everything up to there is committed, and so it is the leader's.
    pub(super) fn past_base(&self, previous: Place, mut entries: Vec<Record>) -> (Place, Vec<Record>) {
        if previous.index >= self.base.index {
            return (previous, entries);
        }
        entries.retain(|entry| entry.index > self.base.index);
        (self.base, entries)
    }
}
