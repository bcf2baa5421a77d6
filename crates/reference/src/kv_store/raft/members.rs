//! Who the members are: the configurations in the log (thesis chapter 4). Each is an entry, and the newest one counts from
//! the moment it is in the log, committed or not. When it is cut off again, the one before it counts.

use super::super::record::{Operation, Record};
use super::{Members, NodeId, Raft};

/// Those of the log, oldest first, each with the index of its entry, behind the one that the log begins with.
#[derive(Debug)]
pub(super) struct Configurations {
    first: (u64, Members),
    later: Vec<(u64, Members)>,
}

impl Configurations {
    /// `members` are those of the snapshot up to `index`, or those that the cluster begins with.
    pub(super) fn new(index: u64, members: Members, entries: &[Record]) -> Configurations {
        let mut configurations = Configurations { first: (index, members), later: Vec::new() };
        entries.iter().for_each(|entry| configurations.push(entry));
        configurations
    }

    pub(super) fn push(&mut self, entry: &Record) {
        if let Operation::Members(members) = &entry.command.operation {
            self.later.push((entry.index, members.clone()));
        }
    }

    /// The log ends after `index` now.
    pub(super) fn truncate(&mut self, index: u64) {
        self.later.retain(|(at, _)| *at <= index);
    }

    /// The log begins after `index` now.
    pub(super) fn compact(&mut self, index: u64) {
        while self.later.first().is_some_and(|(at, _)| *at <= index) {
            self.first = self.later.remove(0);
        }
    }

    /// The log is replaced by a snapshot up to `index`.
    pub(super) fn install(&mut self, index: u64, members: Members) {
        *self = Configurations { first: (index, members), later: Vec::new() };
    }

    /// Where the one that counts is in the log.
    pub(super) fn index(&self) -> u64 {
        self.later.last().unwrap_or(&self.first).0
    }

    /// The one that counts.
    pub(super) fn current(&self) -> &Members {
        &self.later.last().unwrap_or(&self.first).1
    }

    /// All that have counted for the entry at `index`: the one there, and those after it.
    #[cfg(test)]
    pub(super) fn from(&self, index: u64) -> impl Iterator<Item = &Members> {
        let later = self.later.iter().filter(move |(at, _)| *at > index).map(|(_, members)| members);
        later.chain([self.at(index)])
    }

    /// The one that counts for a log up to `index`.
    pub(super) fn at(&self, index: u64) -> &Members {
        let before = self.later.iter().rfind(|(at, _)| *at <= index);
        &before.unwrap_or(&self.first).1
    }
}

impl Raft {
    /// All who vote.
    pub(in super::super) fn members(&self) -> &Members {
        self.configurations.current()
    }

    /// Who is outside counts for nothing. It may vote for others: a candidate may know of a newer configuration.
    pub(super) fn is_member(&self) -> bool {
        self.members().contains(&self.id)
    }

    /// Who is outside may stand as long as it does not know that this is for good: nobody else may have the entry that
    /// removes it, and a longer log than its own is then not to be had (thesis §4.2.2).
    pub(super) fn may_stand(&self) -> bool {
        let newest = self.configurations.index();
        let in_doubt = newest > self.commit && self.configurations.at(newest - 1).contains(&self.id);
        self.is_member() || in_doubt
    }

    /// Whether it knows that it is outside for good, but would be in doubt after a crash: what is committed is not on the
    /// disk. A snapshot is, and holds nothing else.
    pub(in super::super) fn should_remember(&self) -> bool {
        let newest = self.configurations.index();
        !self.is_member() && newest <= self.commit && newest > self.snapshot_index()
    }

    /// All members but this node.
    pub(super) fn other_members(&self) -> Vec<NodeId> {
        self.members().iter().filter(|member| **member != self.id).cloned().collect()
    }

    /// The largest number that as many members as `enough` have reached.
    pub(super) fn reached_by(&self, enough: usize, reached: impl Fn(&NodeId) -> u64) -> u64 {
        let mut all: Vec<u64> = self.voters().iter().map(reached).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        enough.checked_sub(1).and_then(|at| all.get(at)).copied().unwrap_or(0)
    }
}
