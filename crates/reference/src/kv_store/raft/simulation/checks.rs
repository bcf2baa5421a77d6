//! The promises of Raft (figure 3 of the paper), and of this program on top.

use std::collections::BTreeMap;

use super::super::super::record::Record;
use super::super::{NodeId, Place, Raft, RoleName, Snapshot, Status, Write};
use super::{Disk, Node, State};

pub(super) struct Checks {
    size: usize,
    leaders: BTreeMap<u64, NodeId>,
    /// Each entry that was ever in a log, by index and term, and the term of the entry before it.
    entries: BTreeMap<(u64, u64), (Record, u64)>,
    /// Each committed entry in order, and the term in which it was.
    committed: Vec<(Record, u64)>,
    /// The state after each of them.
    states: Vec<State>,
    shown: BTreeMap<NodeId, Status>,
    /// How much was committed when a read was asked for.
    reads: BTreeMap<(NodeId, u64), u64>,
    /// How many were sent and installed.
    snapshots: usize,
}

impl Checks {
    pub(super) fn new(size: usize) -> Checks {
        Checks {
            size,
            leaders: BTreeMap::new(),
            entries: BTreeMap::new(),
            committed: Vec::new(),
            states: Vec::new(),
            shown: BTreeMap::new(),
            reads: BTreeMap::new(),
            snapshots: 0,
        }
    }

    pub(super) fn commits(&self) -> usize {
        self.committed.len()
    }

    pub(super) fn snapshots(&self) -> usize {
        self.snapshots
    }

    pub(super) fn terms(&self) -> usize {
        self.leaders.len()
    }

    /// Log Matching: an entry is known by index and term, and has always followed the same entry. By induction two
    /// logs with the same entry are the same up to there.
    pub(super) fn write(&mut self, id: &NodeId, log: &Disk, write: &Write) {
        let Write::Append(entries) = write else { return };
        let Place { index, term } = log.last();
        let mut last = (index, term);
        for entry in entries {
            assert_eq!(entry.index, last.0 + 1, "{id} leaves a gap");
            assert!(entry.term >= last.1, "{id}: terms fall along the log");
            let place = (entry.index, entry.term);
            let known = self.entries.entry(place).or_insert_with(|| (entry.clone(), last.1));
            assert_eq!(*known, (entry.clone(), last.1), "{id} has another entry at {place:?}");
            last = place;
        }
    }

    /// State Machine Safety, where a snapshot takes the place of entries: it is the state after them.
    pub(super) fn installed(&mut self, id: &NodeId, snapshot: &Snapshot) -> State {
        self.snapshots += 1;
        let state = State::of(snapshot);
        assert_eq!(state.as_ref(), self.states.get(snapshot.last.index as usize - 1), "{id} installs another state");
        state.unwrap_or_default()
    }

    /// State Machine Safety: nobody ever applies another entry at an index. And the first to say that an entry is
    /// committed has it on the disks of a majority.
    pub(super) fn committed(&mut self, raft: &Raft, committed: &[Record], disks: &[&Disk]) {
        for record in committed {
            let at = record.index as usize - 1;
            if let Some((known, _)) = self.committed.get(at) {
                assert_eq!(known, record, "{} applies another entry", raft.id);
                continue;
            }
            assert_eq!(at, self.committed.len(), "{} commits past a gap", raft.id);
            let have = disks.iter().filter(|disk| disk.has(record)).count();
            assert!(have > self.size / 2, "{} commits {record:?}, which {have} have on their disks", raft.id);
            self.committed.push((record.clone(), raft.ballot.term));
            let mut state = self.states.last().copied().unwrap_or_default();
            state.apply(record);
            self.states.push(state);
        }
    }

    /// Election Safety: one leader in a term. Leader Completeness: it has what was committed in earlier terms.
    pub(super) fn leads(&mut self, id: &NodeId, raft: &Raft, log: &Disk) {
        let Some(term) = raft.leads() else { return };
        if let Some(leader) = self.leaders.get(&term) {
            assert_eq!(leader, id, "two leaders of term {term}");
            return;
        }
        self.leaders.insert(term, id.clone());
        for (record, when) in &self.committed {
            let has = log.has(record);
            assert!(*when >= term || has, "{id} leads in term {term} without {record:?} of term {when}");
        }
    }

    /// What clients see: a term never falls, whatever happens to the node, and one node leads in it.
    pub(super) fn shown(&mut self, id: &NodeId, raft: &Raft) {
        let Some(status) = raft.status() else { return };
        if let Some(before) = self.shown.get(id) {
            assert!(status.term >= before.term, "{id} showed {before:?} and now {status:?}");
        }
        match status.role {
            RoleName::Leader => assert_eq!(status.leader.as_ref(), Some(id)),
            RoleName::Candidate => assert_eq!(status.leader, None),
            RoleName::Follower => {}
        }
        if let Some(leader) = &status.leader {
            assert_eq!(self.leaders.get(&status.term), Some(leader), "{id} names one who never led");
        }
        self.shown.insert(id.clone(), status);
    }

    pub(super) fn asked(&mut self, id: &NodeId, read: u64) {
        self.reads.insert((id.clone(), read), self.committed.len() as u64);
    }

    /// A read sees everything that was committed when it was asked.
    pub(super) fn answered(&mut self, id: &NodeId, read: u64, applied: u64) {
        let committed = self.reads.remove(&(id.clone(), read));
        let stale = committed.is_none_or(|committed| committed > applied);
        assert!(!stale, "{id} answers a read as of {applied} that must see {committed:?}");
    }

    /// With nothing broken any more there is one leader, and everyone has and applies the same.
    pub(super) fn assert_settled(&self, nodes: &BTreeMap<NodeId, Node>) {
        let statuses: Vec<Status> = nodes.values().filter_map(|node| node.raft.as_ref()?.status()).collect();
        let first = &statuses[0];
        assert!(first.leader.is_some(), "no leader: {statuses:?}");
        for status in &statuses {
            assert_eq!((status.term, &status.leader), (first.term, &first.leader), "{statuses:?}");
        }
        let newest = self.committed.last().map(|(record, _)| record.term);
        assert_eq!(newest, Some(first.term), "nothing is committed in the last term");
        for (id, node) in nodes {
            // What was committed in the last moments need not be everywhere.
            let behind = self.committed.len() as u64 - node.state.last.index;
            assert!(behind < 50, "{id} is {behind} entries behind");
        }
    }
}
