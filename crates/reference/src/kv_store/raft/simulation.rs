//! Whole clusters in one thread, in simulated time: messages are lost, doubled, late and out of order, disks are slow,
//! nodes make snapshots and the members change at any moment, nodes crash between any two writes, stop for a while, and are
//! cut off in one direction or both. All of it follows from a seed. `checks` watches the promises of the paper's figure 3
//! after every step.
//!
//! `RAFT_SEEDS=1000` runs more of them, `RAFT_SEED=17` one.

mod checks;
mod disk;
mod faults;
mod recipes;
mod runs;
mod state;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use rand_seeder::Seeder;

use super::super::bug::Bug;
use super::super::record::{Operation, Record};
use super::{Change, Members, Message, NodeId, Output, Raft, Sizes, Snapshot, Ticket, Time, Write};
use checks::Checks;
use disk::Disk;
use state::State;

const fn ms(milliseconds: u64) -> Time {
    Duration::from_millis(milliseconds)
}

struct Node {
    /// `None` while it is down.
    raft: Option<Raft>,
    disk: Disk,
    /// What is on its way to the disk, in order, and when it gets there.
    writing: VecDeque<(Time, Ticket, Vec<Write>)>,
    /// The disk once all that is there: what Raft has in memory.
    memory: Disk,
    state: State,
    paused_until: Time,
    wakes_at: Time,
    /// Counts the starts: whatever was under way in an earlier life does not concern the next.
    life: u64,
}

enum Event {
    Deliver {
        to: NodeId,
        message: Message,
    },
    Written {
        node: NodeId,
        life: u64,
    },
    Wake {
        node: NodeId,
        life: u64,
    },
    /// What the node wrote aside is there.
    Made {
        node: NodeId,
        life: u64,
        snapshot: Snapshot,
    },
    /// A client asks some node for something.
    Client,
    /// Something breaks or heals.
    Fault,
}

struct Simulation {
    now: Time,
    random: ChaCha8Rng,
    nodes: BTreeMap<NodeId, Node>,
    /// By time, and then by number.
    queue: BTreeMap<(Time, u64), Event>,
    numbered: u64,
    /// Nothing goes from the first to the second.
    cut: BTreeSet<(NodeId, NodeId)>,
    /// What was sent over a cut link, and comes when it heals.
    held: Vec<(NodeId, NodeId, Message)>,
    /// Whether messages are lost, late and doubled.
    unreliable: bool,
    proposed: u64,
    /// Whether the rules of changes are checked, and not only what they are for.
    rules: bool,
    /// Whether the members change.
    changes: bool,
    /// How many events there have been.
    steps: u64,
    first: Members,
    bug: Bug,
    checks: Checks,
}

impl Simulation {
    /// `all` nodes, of which the first `members` are members.
    fn new(seed: u64, all: usize, members: usize, bug: Bug) -> Simulation {
        let ids: Vec<NodeId> = (1..=all).map(|number| format!("n{number}").into()).collect();
        let first: Members = ids[..members].iter().cloned().collect();
        let mut simulation = Simulation {
            now: Duration::ZERO,
            random: Seeder::from(format!("raft {seed}")).into_rng(),
            nodes: BTreeMap::new(),
            queue: BTreeMap::new(),
            numbered: 0,
            cut: BTreeSet::new(),
            held: Vec::new(),
            unreliable: true,
            proposed: 0,
            rules: true,
            changes: all > members,
            steps: 0,
            checks: Checks::new(first.clone()),
            first,
            bug,
        };
        for id in ids {
            let node = Node {
                raft: None,
                disk: Disk::default(),
                writing: VecDeque::new(),
                memory: Disk::default(),
                state: State::default(),
                paused_until: Duration::ZERO,
                wakes_at: Duration::ZERO,
                life: 0,
            };
            simulation.nodes.insert(id, node);
        }
        for id in simulation.ids() {
            simulation.start(&id);
        }
        simulation
    }

    fn ids(&self) -> Vec<NodeId> {
        self.nodes.keys().cloned().collect()
    }

    fn below(&mut self, n: u64) -> u64 {
        self.random.next_u64() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn any_node(&mut self) -> NodeId {
        let at = self.below(self.nodes.len() as u64) as usize;
        self.ids().swap_remove(at)
    }

    /// All nodes that believe they lead.
    fn leaders(&self) -> Vec<NodeId> {
        let leads = |node: &Node| node.raft.as_ref().is_some_and(|raft| raft.leads().is_some());
        self.nodes.iter().filter(|(_, node)| leads(node)).map(|(id, _)| id.clone()).collect()
    }

    fn at(&mut self, time: Time, event: Event) {
        self.numbered += 1;
        self.queue.insert((time, self.numbered), event);
    }

    fn start(&mut self, id: &NodeId) {
        let (first, bug) = (self.first.clone(), self.bug);
        let sizes = Sizes { piece: 8 + self.below(40) as usize, behind: self.below(60) as usize };
        let random = Seeder::from(self.random.next_u64()).into_rng();
        let Some(node) = self.nodes.get_mut(id).filter(|node| node.raft.is_none()) else { return };
        node.life += 1;
        node.memory = node.disk.clone();
        let stored = node.disk.stored();
        node.state = stored.snapshot.as_ref().and_then(State::of).unwrap_or_default();
        let raft = Raft::new(id.clone(), first, stored, random, self.now, bug);
        node.raft = Some(raft.with_sizes(sizes));
        node.wakes_at = self.now;
        self.with(id, |_, _| {});
    }

    /// Lets the node do something, and carries out what follows from it.
    fn with(&mut self, id: &NodeId, act: impl FnOnce(&mut Raft, Time)) {
        let now = self.now;
        // Sometimes more happens before the node checks what must be done, as in a busy process.
        let busy = self.unreliable && self.one_in(4);
        let Some(raft) = self.nodes.get_mut(id).and_then(|node| node.raft.as_mut()) else { return };
        act(raft, now);
        let mut wake = now + ms(5);
        if !busy {
            let output = raft.take_output(now);
            wake = raft.wake_at();
            self.carry_out(id, output);
        }
        let Some(node) = self.nodes.get_mut(id) else { return };
        if node.wakes_at <= now || wake < node.wakes_at {
            node.wakes_at = wake;
            let event = Event::Wake { node: id.clone(), life: node.life };
            self.at(wake, event);
        }
    }

    fn carry_out(&mut self, id: &NodeId, output: Output) {
        self.apply(id, &output);
        if let Some((ticket, writes)) = output.writes {
            let slow = if self.one_in(8) { 400 } else { 20 };
            let delay = Duration::from_micros(self.below(slow * 1000));
            let Some(node) = self.nodes.get_mut(id) else { return };
            for write in &writes {
                self.checks.write(id, &node.memory, write);
                if self.rules {
                    self.checks.changes(id, &node.memory, write);
                }
                node.memory.write(write);
            }
            let after = node.writing.back().map_or(self.now, |(time, ..)| *time);
            node.writing.push_back((after + delay, ticket, writes));
            let event = Event::Written { node: id.clone(), life: node.life };
            self.at(after + delay, event);
        }
        for (to, message) in output.messages {
            self.send(id, to, message);
        }
        let node = &self.nodes[id];
        if let Some(raft) = &node.raft {
            self.checks.leads(id, raft, &node.memory);
            self.checks.shown(id, raft);
        }
        for read in output.reads {
            self.checks.answered(id, read, self.nodes[id].state.last.index);
        }
    }

    fn apply(&mut self, id: &NodeId, output: &Output) {
        if output.committed.is_empty() && output.installed.is_none() {
            return;
        }
        let node = &self.nodes[id];
        let disks: BTreeMap<&NodeId, &Disk> = self.nodes.iter().map(|(id, node)| (id, &node.disk)).collect();
        if let Some(raft) = &node.raft {
            self.checks.committed(raft, &output.committed, &disks);
        }
        let Some(node) = self.nodes.get_mut(id) else { return };
        if let Some(snapshot) = &output.installed {
            node.state = self.checks.installed(id, snapshot);
        }
        for record in &output.committed {
            assert_eq!(record.index, node.state.last.index + 1, "{id} applies out of order");
            node.state.apply(record);
        }
    }

    fn send(&mut self, from: &NodeId, to: NodeId, message: Message) {
        if self.cut.contains(&(from.clone(), to.clone())) {
            self.held.push((from.clone(), to, message));
            return;
        }
        let copies = if !self.unreliable {
            1
        } else if self.one_in(10) {
            0
        } else if self.one_in(10) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let longest = match self.unreliable && self.one_in(10) {
                true => 3_000_000,
                false => 10_000,
            };
            let delay = Duration::from_micros(100 + self.below(longest));
            let event = Event::Deliver { to: to.clone(), message: message.clone() };
            self.at(self.now + delay, event);
        }
    }

    /// Runs until the time has come.
    fn run_until(&mut self, end: Time) {
        while let Some(first) = self.queue.first_entry().filter(|first| first.key().0 <= end) {
            let ((time, _), event) = first.remove_entry();
            self.now = time;
            self.steps += 1;
            self.happen(event);
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        let whose = match &event {
            Event::Deliver { to: node, .. } | Event::Written { node, .. } | Event::Wake { node, .. } => Some(node),
            Event::Made { node, .. } => Some(node),
            Event::Client | Event::Fault => None,
        };
        if let Some(paused) = whose.map(|id| self.nodes[id].paused_until).filter(|until| *until > self.now) {
            self.at(paused, event);
            return;
        }
        match event {
            Event::Deliver { to, message } => self.with(&to, |raft, now| raft.receive(message, now)),
            Event::Wake { node, life } if self.nodes[&node].life == life => {
                self.with(&node, |raft, now| raft.tick(now));
            }
            Event::Written { node, life } if self.nodes[&node].life == life => self.end_write(&node),
            Event::Made { node, life, snapshot } if self.nodes[&node].life == life => {
                self.with(&node, |raft, _| {
                    raft.keep(snapshot);
                });
            }
            Event::Written { .. } | Event::Wake { .. } | Event::Made { .. } => {}
            Event::Client => {
                self.ask();
                if self.one_in(4) {
                    self.make_snapshot();
                }
                let pause = ms(1 + self.below(40));
                self.at(self.now + pause, Event::Client);
            }
            Event::Fault => {
                self.fault();
                let pause = ms(20 + self.below(600));
                self.at(self.now + pause, Event::Fault);
            }
        }
    }

    fn end_write(&mut self, id: &NodeId) {
        let Some(node) = self.nodes.get_mut(id) else { return };
        let Some((_, ticket, writes)) = node.writing.pop_front() else { return };
        writes.iter().for_each(|write| node.disk.write(write));
        self.with(id, |raft, now| raft.written(ticket, now));
    }

    /// A node makes a snapshot of what it has applied, and goes on meanwhile.
    fn make_snapshot(&mut self) {
        let large = if self.one_in(10) { 400 } else { 20 };
        let (id, padding) = (self.any_node(), self.below(large) as usize);
        let longest = if self.one_in(5) { 2000 } else { 30 };
        let after = ms(self.below(longest));
        let Some(Node { raft: Some(raft), state, life, .. }) = self.nodes.get(&id) else { return };
        if state.last.index > 0 {
            let members = raft.members_at(state.last.index).clone();
            let snapshot = Snapshot { last: state.last, members, state: state.bytes(padding) };
            let event = Event::Made { node: id, life: *life, snapshot };
            self.at(self.now + after, event);
        }
    }

    /// A write or a read at a node, mostly one that takes itself for the leader; another refuses it.
    fn ask(&mut self) {
        let id = match self.leaders() {
            leaders if !leaders.is_empty() && !self.one_in(4) => {
                leaders[self.below(leaders.len() as u64) as usize].clone()
            }
            _ => self.any_node(),
        };
        self.proposed += 1;
        let number = self.proposed;
        if self.one_in(3) {
            self.checks.asked(&id, number);
            self.with(&id, |raft, now| {
                raft.read(number, now);
            });
            return;
        }
        if self.changes && self.one_in(6) {
            // Mostly one that is up, or the next change would seldom have its turn.
            let nodes = [self.any_node(), self.any_node(), self.any_node()];
            let node = nodes.iter().find(|id| self.nodes[*id].raft.is_some()).unwrap_or(&nodes[0]).clone();
            let change = if self.one_in(3) { Change::Remove(node) } else { Change::Add(node) };
            self.with(&id, |raft, now| {
                raft.change(&change, now);
            });
            return;
        }
        let value = Bytes::from(number.to_string());
        let command = Operation::Put { key: "k".into(), value }.into();
        self.with(&id, |raft, _| {
            raft.propose(command);
        });
    }
}
