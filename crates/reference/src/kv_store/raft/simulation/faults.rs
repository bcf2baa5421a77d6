//! What breaks, and how it heals.

use super::super::Write;
use super::{Disk, Event, NodeId, Simulation, ms};

impl Simulation {
    /// One of all that can happen. Healing is as likely as harm, so that there is something to break.
    pub(super) fn fault(&mut self) {
        let id = self.any_node();
        match self.below(12) {
            0 => self.crash(&id),
            1 => self.ids().iter().for_each(|id| self.crash(id)),
            2 => {
                let until = self.now + ms(self.below(3000));
                if let Some(node) = self.nodes.get_mut(&id) {
                    node.paused_until = until;
                }
            }
            3 => self.partition(),
            4 => self.cut_one_way(&id),
            5..8 => self.ids().iter().for_each(|id| self.start(id)),
            8..11 => self.heal_links(),
            _ => self.crash_leader(),
        }
    }

    /// A part of what was under way is on the disk, in order; the rest is gone, also the second half of one append.
    pub(super) fn crash(&mut self, id: &NodeId) {
        let Some(node) = self.nodes.get_mut(id).filter(|node| node.raft.is_some()) else { return };
        node.raft = None;
        let writes = node.writing.drain(..).flat_map(|(_, _, writes)| writes);
        let writes: Vec<Write> = writes.flat_map(|write| Disk::steps(&write)).collect();
        let done = self.below(writes.len() as u64 + 1) as usize;
        if let Some(node) = self.nodes.get_mut(id) {
            writes[..done].iter().for_each(|write| node.disk.write(write));
            node.paused_until = ms(0);
        }
    }

    fn crash_leader(&mut self) {
        self.leaders().iter().for_each(|id| self.crash(id));
    }

    fn partition(&mut self) {
        let sides: Vec<(NodeId, bool)> = self.ids().into_iter().map(|id| (id, self.one_in(2))).collect();
        for (from, side) in &sides {
            for (to, other) in &sides {
                if side != other {
                    self.cut.insert((from.clone(), to.clone()));
                }
            }
        }
    }

    /// The node is heard and hears nothing, or the other way round.
    fn cut_one_way(&mut self, id: &NodeId) {
        let deaf = self.one_in(2);
        for other in self.ids() {
            let way = if deaf { (other, id.clone()) } else { (id.clone(), other) };
            self.cut.insert(way);
        }
    }

    /// What was held comes now, in order, or never.
    fn heal_links(&mut self) {
        self.cut.clear();
        for (from, to, message) in std::mem::take(&mut self.held) {
            if !self.one_in(3) {
                self.send(&from, to, message);
            }
        }
    }

    /// Everything works again, and stays so.
    pub(super) fn heal_all(&mut self) {
        self.unreliable = false;
        self.queue.retain(|_, event| !matches!(event, Event::Fault));
        self.heal_links();
        for id in self.ids() {
            if let Some(node) = self.nodes.get_mut(&id) {
                node.paused_until = ms(0);
            }
            self.start(&id);
        }
    }
}
