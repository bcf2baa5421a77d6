//! The loop around Raft: it takes what has arrived, asks Raft what must be done, and does it.
//!
//! It never waits for the disk or for a peer. Everything that has arrived meanwhile is taken at once, so that under
//! load many changes share one message and one sync.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand_seeder::Seeder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::super::super::start::AddressBook;
use super::super::bug::Bug;
use super::super::map::{Map, Outcome};
use super::super::raft::{
    Asked, Change, Learnt, Message, NodeId, Output, Place, Raft, RoleName, Sizes, Snapshot, Status, Stored, Ticket,
};
use super::super::record::{Command, Operation, Record};
use super::super::snapshot::decode_state;
use super::super::storage::SharedMap;
use super::compactor::Compactor;
use super::disk::Queue;
use super::transport::Lines;

/// The outcome; or who leads instead, if that is known. If this is dropped, nobody can tell.
pub(super) type Answer<T> = oneshot::Sender<Result<T, Option<NodeId>>>;

pub(super) enum Event {
    Message(Message),
    Write(Command, Answer<Outcome>),
    Read(Answer<()>),
    Change(Change, Answer<Changed>),
    /// The disk holds everything up to this ticket.
    Written(Ticket),
    /// A snapshot of this node is written aside; `None` if that failed.
    Made(Option<Snapshot>),
    Stop,
}

/// What came of a change of the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    Done,
    /// There was nothing to change, if this node still leads.
    AlreadySo,
    UnderWay,
    LastMember,
    /// Nothing happened: the leader must first hear what others have committed.
    TooEarly,
    /// Nothing happened: the new node has not caught up.
    GivenUp,
}

/// This many events are taken before Raft's clock and the disk have their turn.
const AT_ONCE: usize = 1024;

/// How long `applies-out-of-order` waits for more to apply.
const LATE: Duration = Duration::from_millis(150);

pub(super) struct Node {
    id: NodeId,
    raft: Raft,
    start: Instant,
    map: SharedMap,
    disk: Queue,
    lines: Lines,
    compactor: Compactor,
    /// The term in which this node leads.
    leads: Option<u64>,
    /// Who waits for the entry at an index. The term is part of the key, because after a change of leader another
    /// leader's entry can be there.
    writes: BTreeMap<u64, (u64, Answer<Outcome>)>,
    reads: HashMap<u64, (u64, Answer<()>)>,
    next_read: u64,
    /// Who waits for a change of the members, and for which entry, once there is one.
    change: Option<(Option<Place>, Answer<Changed>)>,
    status: watch::Sender<Status>,
    bug: Bug,
    /// Only for `applies-out-of-order`: what is committed but not applied, and since when, at the longest, it has been
    /// held.
    held: Vec<Record>,
    held_since: Instant,
}

impl Node {
    pub(super) fn new(
        book: &AddressBook,
        stored: Stored,
        map: SharedMap,
        disk: Queue,
        compactor: Compactor,
        bug: Bug,
    ) -> (Node, watch::Receiver<Status>) {
        let id = book.id.clone();
        let members = book.members.clone();
        let term = stored.ballot.term;
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let random = Seeder::from(format!("{id} {since_epoch:?} {}", std::process::id())).into_rng();
        let start = Instant::now();
        let raft = Raft::new(id.clone(), members, stored, random, start.elapsed(), bug);
        let piece = if bug == Bug::SnapshotSentWhole { usize::MAX } else { Sizes::USUAL.piece };
        let raft = raft.at_pace(book.pace, start.elapsed()).with_sizes(Sizes { piece, ..Sizes::USUAL });
        let members = raft.members().clone();
        let shown = Status { role: RoleName::Follower, term, leader: None, members };
        let (status, shows) = watch::channel(shown);
        let node = Node {
            id,
            raft,
            start,
            map,
            disk,
            lines: Lines::new(book, bug),
            compactor,
            leads: None,
            writes: BTreeMap::new(),
            reads: HashMap::new(),
            next_read: 0,
            change: None,
            status,
            bug,
            held: Vec::new(),
            held_since: start,
        };
        (node, shows)
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Event>) {
        loop {
            let wake = self.start + self.raft.wake_at();
            let mut event = match timeout_at(wake, inbox.recv()).await {
                Ok(None) => return,
                Ok(event) => event,
                // Nothing came: it is time for a tick.
                Err(_) => None,
            };
            for _ in 0..AT_ONCE {
                match event {
                    Some(Event::Stop) => return,
                    Some(event) => self.take(event),
                    None => break,
                }
                event = inbox.try_recv().ok();
            }
            if matches!(self.bug, Bug::MajorityOfTheLiving | Bug::MajorityOfTheReachable) {
                self.raft.leave_out(self.lines.absent().len());
            }
            self.raft.tick(self.start.elapsed());
            let output = self.raft.take_output(self.start.elapsed());
            self.carry_out(output);
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Message(message) => self.raft.receive(message, self.start.elapsed()),
            Event::Written(ticket) => self.raft.written(ticket, self.start.elapsed()),
            Event::Made(made) => {
                self.compactor.ended();
                if let Some(snapshot) = made
                    && !self.raft.keep(snapshot.clone())
                {
                    self.compactor.drop_made(&snapshot);
                }
            }
            Event::Write(command, answer) => match self.raft.propose(command) {
                Some(Place { index, .. }) if self.bug == Bug::AcknowledgedAfterOwnAppend => {
                    done(answer, Outcome::Stored(index));
                }
                Some(Place { index, term }) => {
                    self.writes.insert(index, (term, answer));
                }
                None => self.refuse(answer),
            },
            Event::Read(answer) => {
                self.next_read += 1;
                match self.raft.read(self.next_read, self.start.elapsed()) {
                    Some(term) => {
                        self.reads.insert(self.next_read, (term, answer));
                    }
                    None => self.refuse(answer),
                }
            }
            Event::Change(change, answer) => match self.raft.change(&change, self.start.elapsed()) {
                Asked::AlreadySo => done(answer, Changed::AlreadySo),
                Asked::Appended(_) if self.is_answered_at_once(&change) => done(answer, Changed::Done),
                Asked::Learning if self.bug == Bug::PutAnsweredAtOnce => done(answer, Changed::Done),
                Asked::Appended(place) => self.change = Some((Some(place), answer)),
                Asked::Learning => self.change = Some((None, answer)),
                Asked::UnderWay => done(answer, Changed::UnderWay),
                Asked::LastMember => done(answer, Changed::LastMember),
                Asked::TooEarly => done(answer, Changed::TooEarly),
                Asked::NotLeading => self.refuse(answer),
            },
            // `run` sees to it.
            Event::Stop => {}
        }
    }

    fn refuse<T>(&self, answer: Answer<T>) {
        let leader = match self.bug {
            Bug::RedirectsForEver => self.status.borrow().leader.clone(),
            _ => self.raft.leader(),
        };
        // An error means that the client has gone.
        let _ = answer.send(Err(leader));
    }

    fn carry_out(&mut self, output: Output) {
        for news in output.news {
            say!("{}: {news}", self.id);
        }
        if let Some(writes) = output.writes {
            self.disk.write(writes);
        }
        for (to, message) in output.messages {
            self.lines.send(&to, message);
        }
        if let Some(snapshot) = output.installed {
            self.install(&snapshot);
        }
        match output.learnt {
            Some(Learnt::Appended(place)) => {
                if let Some((waits, _)) = &mut self.change {
                    *waits = Some(place);
                }
            }
            Some(Learnt::GivenUp) => self.end_change(Changed::GivenUp),
            None => {}
        }
        self.apply(output.committed);
        self.compactor.make_if_due(&self.map, &mut self.raft);
        for read in output.reads {
            if let Some((_, answer)) = self.reads.remove(&read) {
                done(answer, ());
            }
        }
        let leads = self.raft.leads();
        if leads != self.leads {
            self.leads = leads;
            self.change = None;
            // What was asked for in another term: a write that another leader may commit or replace, a read that will
            // not be confirmed.
            if !matches!(self.bug, Bug::WaiterByIndexAlone | Bug::RedirectsAfterAppend) {
                self.writes.retain(|_, (term, _)| leads == Some(*term));
            }
            let over = self.reads.extract_if(|_, (term, _)| leads != Some(*term));
            over.filter(|_| self.bug == Bug::ReadsAnsweredAtStepDown).for_each(|(_, (_, answer))| done(answer, ()));
        }
        if self.bug == Bug::RedirectsAfterAppend && self.raft.leader().is_some() {
            for (_, (_, answer)) in std::mem::take(&mut self.writes) {
                self.refuse(answer);
            }
        }
        if let Some(status) = self.raft.status() {
            let status = self.with_old_leader(status);
            self.status.send_if_modified(|shown| {
                let changed = *shown != status;
                *shown = status;
                changed
            });
        }
    }

    /// What a follower shows that never forgets its leader: itself, and the leader that it had.
    fn with_old_leader(&self, status: Status) -> Status {
        let shown = self.status.borrow();
        let forgets = match self.bug {
            Bug::NamesDeadLeader => false,
            Bug::RedirectsForEver => shown.leader.as_ref().is_none_or(|leader| self.lines.absent().contains(leader)),
            _ => true,
        };
        if forgets || status.leader.is_some() || shown.role != RoleName::Follower {
            return status;
        }
        Status { role: RoleName::Follower, leader: shown.leader.clone(), ..status }
    }

    /// Replaces the state: what it had and the snapshot has not was deleted meanwhile.
    fn install(&mut self, snapshot: &Snapshot) {
        match decode_state(&snapshot.state) {
            Some(state) => {
                self.replace(state.restored(self.bug));
                self.compactor.installed(snapshot.last);
            }
            // Its bytes are as they were sent: another program sent them.
            None => self.compactor.fail("the leader's snapshot is none of this program"),
        }
    }

    fn replace(&self, mut state: Map) {
        let mut map = self.map.write();
        if self.bug == Bug::SnapshotMerged {
            let old = map.iter().filter(|(key, _)| state.get(key).is_none());
            let old: Vec<_> = old.map(|(key, entry)| (key.clone(), entry.clone())).collect();
            old.into_iter().for_each(|(key, entry)| state.put(key, entry));
        }
        *map = state;
    }

    fn apply(&mut self, committed: Vec<Record>) {
        let committed = if self.bug == Bug::AppliesOutOfOrder { self.late(committed) } else { committed };
        if committed.is_empty() {
            return;
        }
        let mut map = self.map.write();
        let outcomes: Vec<Outcome> = committed.iter().map(|record| map.apply(record, self.bug)).collect();
        drop(map);
        self.compactor.applied(&committed);
        // Only now: whoever is told that a change is done must be able to read it.
        for (record, outcome) in committed.iter().zip(outcomes) {
            if let Some((term, answer)) = self.writes.remove(&record.index)
                && (term == record.term || self.bug == Bug::WaiterByIndexAlone)
            {
                done(answer, outcome);
            }
            let place = Place { index: record.index, term: record.term };
            if matches!(self.change, Some((Some(waits), _)) if waits == place) {
                self.end_change(Changed::Done);
            }
        }
    }

    fn end_change(&mut self, with: Changed) {
        if let Some((_, answer)) = self.change.take() {
            done(answer, with);
        }
    }
}

impl Node {
    /// Only for bugs: whether a change counts as done before anyone else has it.
    fn is_answered_at_once(&self, change: &Change) -> bool {
        match change {
            Change::Remove(node) if self.bug == Bug::LeavesBeforeCommit => *node == self.id,
            Change::Remove(_) => self.bug == Bug::DeleteAnsweredAtOnce,
            Change::Add(_) => false,
        }
    }

    /// Only for `applies-out-of-order`: what can be applied now.
    fn late(&mut self, committed: Vec<Record>) -> Vec<Record> {
        self.held.extend(committed);
        // What an earlier leader left is in order, as it is after a start.
        let begins = self.held.iter().any(|record| record.command.operation == Operation::Nothing);
        if self.leads.is_none() || begins {
            return std::mem::take(&mut self.held);
        }
        if self.held_since.elapsed() < LATE {
            return Vec::new();
        }
        self.held_since = Instant::now();
        let mut held = std::mem::take(&mut self.held);
        held.reverse();
        held
    }
}

fn done<T>(answer: Answer<T>, with: T) {
    // An error means that the client has gone.
    let _ = answer.send(Ok(with));
}
