//! What links are to do with bytes: one immutable value for all of them, so that a change takes hold everywhere at the
//! same instant.

use std::collections::BTreeMap;
use std::time::Duration;

/// A way that bytes go: from the first node to the second. Both the requests of the first and its answers to the
/// second go this way.
pub type Flow = (String, String);

/// What is wrong with the links of a cluster. Flows that are not in it are fast and open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    cut: std::collections::BTreeSet<Flow>,
    slow: BTreeMap<Flow, Slow>,
    /// How often each flow's connections have been reset; a connection ends when the number grows.
    resets: BTreeMap<Flow, u64>,
    /// Flows that are open for connections made since the last renewal only; the bytes of older ones are held.
    renewed: std::collections::BTreeSet<Flow>,
    /// How often each flow has been renewed; a connection that was made before knows a smaller number.
    renewals: BTreeMap<Flow, u64>,
}

/// How slow a flow is. What is zero, or none, does nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slow {
    /// From the arrival of bytes at the link to their departure.
    pub delay: Duration,
    /// The delay of each piece differs by at most this, either way; order is kept.
    pub jitter: Duration,
    /// Bytes a second.
    pub rate: Option<u64>,
    /// The share of pieces that are lost once or more, from 0 to 1. A piece that is lost comes late, as TCP sends it
    /// again: 200 ms later, and twice that for each further loss.
    pub loss: f64,
}

impl Policy {
    /// Bytes from `from` to `to` are held from now on; what was held before stays held.
    pub fn cut(&mut self, from: &str, to: &str) {
        self.cut.insert(flow(from, to));
    }

    /// Nodes of different groups are cut from each other, both ways; one in no group keeps its links.
    pub fn separate(&mut self, groups: &[Vec<String>]) {
        for (at, group) in groups.iter().enumerate() {
            for other in &groups[at + 1..] {
                for (one, two) in group.iter().flat_map(|one| other.iter().map(move |two| (one, two))) {
                    if one != two {
                        self.cut(one, two);
                        self.cut(two, one);
                    }
                }
            }
        }
    }

    /// Each node keeps the nodes next to it on both sides, as many as make a majority with itself.
    pub fn cut_to_ring(&mut self, ring: &[String]) {
        let count = ring.len();
        let reach = (count / 2).div_ceil(2);
        for (at, one) in ring.iter().enumerate() {
            for (to, other) in ring.iter().enumerate() {
                let apart = at.abs_diff(to);
                if apart.min(count - apart) > reach {
                    self.cut(one, other);
                }
            }
        }
    }

    /// Replaces how slow the flow was.
    pub fn slow(&mut self, from: &str, to: &str, slow: Slow) {
        self.slow.insert(flow(from, to), slow);
    }

    /// Opens the flow, at full speed. What was held is delivered.
    pub fn heal(&mut self, from: &str, to: &str) {
        self.cut.remove(&flow(from, to));
        self.slow.remove(&flow(from, to));
        self.renewed.remove(&flow(from, to));
    }

    /// Opens the flow for connections that are made from now on. Bytes on those that are there are held until it is healed:
    /// what was sent first can come last.
    pub fn renew(&mut self, from: &str, to: &str) {
        let flow = flow(from, to);
        self.cut.remove(&flow);
        *self.renewals.entry(flow.clone()).or_default() += 1;
        self.renewed.insert(flow);
    }

    /// Resets every connection between the two, whichever of them opened it.
    pub fn reset(&mut self, one: &str, other: &str) {
        for flow in [flow(one, other), flow(other, one)] {
            *self.resets.entry(flow).or_default() += 1;
        }
    }

    pub fn is_cut(&self, from: &str, to: &str) -> bool {
        self.cut.contains(&flow(from, to))
    }

    pub fn slowness(&self, from: &str, to: &str) -> Option<Slow> {
        self.slow.get(&flow(from, to)).copied()
    }

    pub(crate) fn resets(&self, from: &str, to: &str) -> u64 {
        self.resets.get(&flow(from, to)).copied().unwrap_or_default()
    }

    pub(crate) fn renewals(&self, from: &str, to: &str) -> u64 {
        self.renewals.get(&flow(from, to)).copied().unwrap_or_default()
    }

    /// Whether a connection's bytes are held that was made when the flow had been renewed so often.
    pub(crate) fn holds(&self, from: &str, to: &str, renewals: u64) -> bool {
        let is_old = renewals < self.renewals(from, to) && self.renewed.contains(&flow(from, to));
        is_old || self.is_cut(from, to)
    }

    /// The flows that are open for new connections only, in order.
    pub fn renewed(&self) -> impl Iterator<Item = &Flow> {
        self.renewed.iter()
    }

    /// The flows that are cut, in order.
    pub fn cuts(&self) -> impl Iterator<Item = &Flow> {
        self.cut.iter()
    }

    /// The flows that are slow, in order.
    pub fn slows(&self) -> impl Iterator<Item = (&Flow, &Slow)> {
        self.slow.iter()
    }

    /// Opens every flow, at full speed.
    pub fn clear(&mut self) {
        self.cut.clear();
        self.slow.clear();
        self.renewed.clear();
    }

    /// Nothing is cut or slow.
    pub fn is_whole(&self) -> bool {
        self.cut.is_empty() && self.slow.is_empty() && self.renewed.is_empty()
    }
}

fn flow(from: &str, to: &str) -> Flow {
    (from.to_owned(), to.to_owned())
}
