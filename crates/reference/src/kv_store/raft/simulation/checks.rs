//! The promises of Raft (figure 3 of the paper), and of this program on top.

use std::collections::BTreeMap;

use super::super::super::record::{Operation, Record};
use super::super::{Members, NodeId, Place, Raft, RoleName, Snapshot, Status, Write};
use super::{Disk, Node, State};

/// How much there was to check.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) commits: usize,
    pub(super) leaders: usize,
    /// Snapshots that were sent and installed.
    pub(super) installed: usize,
    /// Changes of the members that were committed.
    pub(super) changes: usize,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Seen) {
        self.commits += other.commits;
        self.leaders += other.leaders;
        self.installed += other.installed;
        self.changes += other.changes;
    }
}

pub(super) struct Checks {
    /// The configurations that were committed, each with its index.
    members: Vec<(u64, Members)>,
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
    installed: usize,
}

impl Checks {
    pub(super) fn new(first: Members) -> Checks {
        Checks {
            members: vec![(0, first)],
            leaders: BTreeMap::new(),
            entries: BTreeMap::new(),
            committed: Vec::new(),
            states: Vec::new(),
            shown: BTreeMap::new(),
            reads: BTreeMap::new(),
            installed: 0,
        }
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            commits: self.committed.len(),
            leaders: self.leaders.len(),
            installed: self.installed,
            changes: self.members.len() - 1,
        }
    }

    pub(super) fn has_committed(&self, place: Place) -> bool {
        let committed = place.index.checked_sub(1).and_then(|at| self.committed.get(at as usize));
        committed.is_some_and(|(record, _)| record.term == place.term)
    }

    /// The committed configuration as of an entry.
    fn members_at(&self, index: u64) -> &Members {
        let at = self.members.partition_point(|(at, _)| *at <= index);
        &self.members[at - 1].1
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

    /// A leader changes the members by one, when the change before is committed, and an entry of its own term is: then each
    /// majority of the new ones has a node of each majority of the old ones.
    pub(super) fn changes(&self, id: &NodeId, log: &Disk, write: &Write) {
        let Write::Append(entries) = write else { return };
        for entry in entries {
            let Operation::Members(new) = &entry.command.operation else { continue };
            if self.leaders.get(&entry.term) != Some(id) {
                continue;
            }
            let earlier = entries.iter().filter(|earlier| earlier.index < entry.index);
            let in_log =
                log.entries.iter().chain(earlier).rev().find_map(|earlier| match &earlier.command.operation {
                    Operation::Members(members) => Some((earlier.index, members)),
                    _ => None,
                });
            let in_snapshot = log.snapshot.as_ref().map(|snapshot| (snapshot.last.index, &snapshot.members));
            let (at, old) = in_log.or(in_snapshot).unwrap_or((0, &self.members[0].1));
            assert!(at <= self.committed.len() as u64, "{id} makes {new:?} of {old:?}, which is not committed");
            assert!(majorities_overlap(old, new), "{id} makes {new:?} of {old:?}");
            let own = self.committed.iter().rev().any(|(committed, _)| committed.term == entry.term);
            assert!(own, "{id} makes {new:?} before it has committed an entry of its own term");
        }
    }

    /// State Machine Safety, where a snapshot takes the place of entries: it is the state after them.
    pub(super) fn installed(&mut self, id: &NodeId, snapshot: &Snapshot) -> State {
        self.installed += 1;
        let state = State::of(snapshot);
        assert_eq!(state.as_ref(), self.states.get(snapshot.last.index as usize - 1), "{id} installs another state");
        assert_eq!(&snapshot.members, self.members_at(snapshot.last.index), "{id} installs other members");
        state.unwrap_or_default()
    }

    /// State Machine Safety: nobody ever applies another entry at an index. And the first to say that an entry is
    /// committed has it on the disks of a majority.
    pub(super) fn committed(&mut self, raft: &Raft, committed: &[Record], disks: &BTreeMap<&NodeId, &Disk>) {
        for record in committed {
            let at = record.index as usize - 1;
            if let Some((known, _)) = self.committed.get(at) {
                assert_eq!(known, record, "{} applies another entry", raft.id);
                continue;
            }
            assert_eq!(at, self.committed.len(), "{} commits past a gap", raft.id);
            let is_majority = |members: &Members| {
                let have = members.iter().filter(|member| disks.get(member).is_some_and(|disk| disk.has(record)));
                have.count() > members.len() / 2
            };
            // It can be committed with a later entry, and the next change can have begun since.
            let enough = raft.configurations.from(record.index).any(is_majority);
            assert!(enough, "{} commits {record:?}, which no majority has on its disks", raft.id);
            if let Operation::Members(members) = &record.command.operation {
                self.members.push((record.index, members.clone()));
            }
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
        assert!(raft.may_stand(), "{id} leads in term {term} and is outside");
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

    /// With nothing broken any more there is one leader, and all members have and apply the same.
    pub(super) fn assert_settled(&self, nodes: &BTreeMap<NodeId, Node>) {
        let members = self.members_at(self.committed.len() as u64);
        let members = members.iter().map(|member| (member, &nodes[member]));
        let statuses: Vec<Status> = members.clone().filter_map(|(_, node)| node.raft.as_ref()?.status()).collect();
        let first = &statuses[0];
        assert!(first.leader.is_some(), "no leader: {statuses:?}");
        for status in &statuses {
            assert_eq!((status.term, &status.leader), (first.term, &first.leader), "{statuses:?}");
            assert_eq!(status.members, first.members);
        }
        let newest = self.committed.last().map(|(record, _)| record.term);
        assert_eq!(newest, Some(first.term), "nothing is committed in the last term");
        for (id, node) in members {
            // What was committed in the last moments need not be everywhere.
            let behind = self.committed.len() as u64 - node.state.last.index;
            assert!(behind < 50, "{id} is {behind} entries behind");
        }
    }
}

fn majorities_overlap(a: &Members, b: &Members) -> bool {
    a.len() / 2 + 1 + b.len() / 2 + 1 > a.union(b).count()
}
