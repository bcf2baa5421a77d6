//! Which part of a node's state is on its disk.
//!
//! Writing takes time, and Raft goes on meanwhile. Each thing to write gets a ticket; the disk writes them in order
//! and says up to which ticket it has come. A message that promises something waits for the ticket of
//! what it promises: a vote for the vote, an acknowledgement for the entries.

use std::collections::VecDeque;

use super::super::record::Record;
use super::{Ballot, Snapshot};

/// Numbers whatever must be written, from 1.
pub(in super::super) type Ticket = u64;

/// Something to write, after all that came before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Write {
    Ballot(Ballot),
    /// Cut the log's end off, after this index.
    Truncate(u64),
    Append(Vec<Record>),
    /// Put this snapshot, which has been written aside, in place of the one before it.
    Keep(Snapshot),
    /// Remove entries up to this index, or as many as can be removed easily.
    Cut(u64),
    /// Write this snapshot, and put it in place of the one before it and of the whole log: both, or after a crash neither.
    Install(Snapshot),
}

#[derive(Debug, Default)]
pub(super) struct Durable {
    issued: Ticket,
    written: Ticket,
    /// The newest one with a ballot.
    ballot: Ticket,
    /// Each ticket under way that is about the log, and the newest entry that is on the disk with it.
    log: VecDeque<(Ticket, u64)>,
    /// The newest entry on the disk.
    index: u64,
    writes: Vec<Write>,
}

impl Durable {
    /// A start found entries up to `index`.
    pub(super) fn new(index: u64) -> Durable {
        Durable { index, ..Durable::default() }
    }

    pub(super) fn ballot(&mut self, ballot: Ballot) {
        self.issued += 1;
        self.ballot = self.issued;
        match self.writes.last_mut() {
            Some(Write::Ballot(newest)) => *newest = ballot,
            _ => self.writes.push(Write::Ballot(ballot)),
        }
    }

    pub(super) fn append(&mut self, entry: Record) {
        self.issued += 1;
        self.log.push_back((self.issued, entry.index));
        match self.writes.last_mut() {
            Some(Write::Append(entries)) => entries.push(entry),
            _ => self.writes.push(Write::Append(vec![entry])),
        }
    }

    /// What is cut off no longer counts from now on, even if its append is still under way: an entry of the same index
    /// and term may be appended again, and then waits for its own ticket.
    pub(super) fn truncate(&mut self, index: u64) {
        self.issued += 1;
        self.truncate_to(index);
        self.writes.push(Write::Truncate(index));
    }

    fn truncate_to(&mut self, index: u64) {
        self.index = self.index.min(index);
        for (_, newest) in &mut self.log {
            *newest = (*newest).min(index);
        }
    }

    /// The entries go after the snapshot that holds them is in its place: a crash in between leaves both, never neither.
    pub(super) fn compact(&mut self, snapshot: Snapshot) {
        self.issued += 1;
        let index = snapshot.last.index;
        self.writes.push(Write::Keep(snapshot));
        self.writes.push(Write::Cut(index));
    }

    /// Only for `log-cut-before-snapshot`.
    pub(super) fn cut(&mut self, index: u64) {
        self.issued += 1;
        self.writes.push(Write::Cut(index));
    }

    /// The log is another one from now on: until that is on the disk, nothing of it is.
    pub(super) fn install(&mut self, snapshot: Snapshot) {
        self.truncate_to(0);
        self.issued += 1;
        self.log.push_back((self.issued, snapshot.last.index));
        self.writes.push(Write::Install(snapshot));
    }

    /// Takes what must be written, and the ticket to return when that is done.
    pub(super) fn take(&mut self) -> Option<(Ticket, Vec<Write>)> {
        (!self.writes.is_empty()).then(|| (self.issued, std::mem::take(&mut self.writes)))
    }

    /// Everything up to `ticket` is on the disk.
    pub(super) fn written(&mut self, ticket: Ticket) {
        self.written = self.written.max(ticket);
        while let Some((ticket, index)) = self.log.front().copied().filter(|(ticket, _)| *ticket <= self.written) {
            debug_assert!(ticket <= self.issued);
            self.log.pop_front();
            self.index = self.index.max(index);
        }
    }

    pub(super) fn is_written(&self, ticket: Ticket) -> bool {
        ticket <= self.written
    }

    /// The newest entry on the disk.
    pub(super) fn index(&self) -> u64 {
        self.index
    }

    /// The ticket that a message waits for if it promises everything so far.
    pub(super) fn all(&self) -> Ticket {
        self.issued
    }

    /// The ticket that a message waits for if it promises no entry.
    pub(super) fn newest_ballot(&self) -> Ticket {
        self.ballot
    }
}
