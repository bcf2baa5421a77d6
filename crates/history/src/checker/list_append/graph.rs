//! Which transaction must come before which, as a graph whose circles are violations (A. Adya, "Weak Consistency: A
//! Generalized Theory and Optimistic Implementations for Distributed Transactions", 1999; K. Kingsbury and P. Alvaro,
//! "Elle: Inferring Isolation Anomalies from Experimental Observations", 2020).
//!
//! Only neighbours are connected: the writer of each element with that of the next (ww), and each reader with the writer
//! of the last element that it found (wr) and of the first that it did not (rw). The rest follows. So does real time,
//! from a chain of nodes that stand for moments: a transaction leads to the moment of its return, each moment to the
//! next, and the last moment before a call to what was called. That makes a few edges for each transaction where all
//! pairs would be quadratic.

use super::observed::Observed;
use super::versions::{UNSEEN, Versions};

/// Nodes are the transactions, by their numbers, and then others that connect them.
pub(super) struct Graph {
    /// Where the edges of each node begin in `targets`.
    begins: Vec<u32>,
    targets: Vec<u32>,
}

impl Graph {
    pub(super) fn new(observed: &Observed<'_>, versions: &Versions, real_time: bool) -> Self {
        let mut edges = Edges { list: Vec::new(), nodes: observed.transactions.len() as u32 };
        edges.of_versions(observed, versions);
        if real_time {
            edges.of_time(observed, versions);
        }
        edges.graph()
    }

    pub(super) fn nodes(&self) -> usize {
        self.begins.len() - 1
    }

    pub(super) fn after(&self, node: u32) -> &[u32] {
        &self.targets[self.begins[node as usize] as usize..self.begins[node as usize + 1] as usize]
    }
}

struct Edges {
    list: Vec<(u32, u32)>,
    nodes: u32,
}

impl Edges {
    fn add(&mut self, from: u32, to: u32) {
        if from != to {
            self.list.push((from, to));
        }
    }

    fn node(&mut self) -> u32 {
        self.nodes += 1;
        self.nodes - 1
    }

    fn of_versions(&mut self, observed: &Observed<'_>, versions: &Versions) {
        let writer = |append: u32| observed.owner(append).transaction;
        // Of each key, who did something to it that nobody saw, and who saw all that anybody saw.
        let mut ends: Vec<End> = versions.keys.iter().map(|_| End::default()).collect();
        for (key, end) in versions.keys.iter().zip(&mut ends) {
            for pair in key.order.windows(2) {
                self.add(writer(pair[0]), writer(pair[1]));
            }
            end.sources.extend(key.order.last().map(|last| writer(*last)));
        }
        for access in &observed.accesses {
            if !versions.done[access.transaction as usize] {
                continue;
            }
            let end = &mut ends[access.key as usize];
            if versions.ends(access).is_some_and(|(_, last)| last == UNSEEN) {
                end.targets.push(access.transaction);
            }
            let Some(found) = access.found else { continue };
            let order = &versions.keys[access.key as usize].order;
            if let Some(last) = found.checked_sub(1) {
                self.add(writer(order[last as usize]), access.transaction);
            }
            match order.get(found as usize) {
                Some(next) => self.add(access.transaction, writer(*next)),
                None => end.sources.push(access.transaction),
            }
        }
        ends.into_iter().for_each(|end| self.of_end(end));
    }

    /// Whoever saw the whole list comes before whoever appended to it and was not seen. They are connected by way of a
    /// node, or there could be as many edges as pairs.
    fn of_end(&mut self, end: End) {
        let End { sources, mut targets } = end;
        if sources.is_empty() || targets.is_empty() {
            return;
        }
        targets.sort_unstable();
        let mut both: Vec<u32> =
            sources.iter().copied().filter(|source| targets.binary_search(source).is_ok()).collect();
        both.sort_unstable();
        both.dedup();
        // One that is both does not come before itself. Where two are, each does come before the other.
        let alone = if let [alone] = both[..] { Some(alone) } else { None };
        let node = self.node();
        for source in sources.into_iter().filter(|source| Some(*source) != alone) {
            self.add(source, node);
        }
        for target in targets {
            self.add(node, target);
            alone.into_iter().for_each(|alone| self.add(alone, target));
        }
    }

    fn of_time(&mut self, observed: &Observed<'_>, versions: &Versions) {
        let done = || (0..).zip(&observed.transactions).filter(|(number, _)| versions.done[*number as usize]);
        let mut returns: Vec<_> =
            done().filter_map(|(number, transaction)| Some((transaction.over()?, number))).collect();
        returns.sort_unstable();
        let first = self.nodes;
        self.nodes += returns.len() as u32;
        for (moment, (_, number)) in (first..).zip(&returns) {
            self.add(*number, moment);
            if moment > first {
                self.add(moment - 1, moment);
            }
        }
        for (number, transaction) in done() {
            let before = returns.partition_point(|(at, _)| *at < transaction.called());
            if let Some(last) = before.checked_sub(1) {
                self.add(first + last as u32, number);
            }
        }
    }

    fn graph(self) -> Graph {
        let mut begins = vec![0u32; self.nodes as usize + 1];
        for (from, _) in &self.list {
            begins[*from as usize + 1] += 1;
        }
        for node in 1..begins.len() {
            begins[node] += begins[node - 1];
        }
        let mut next = begins.clone();
        let mut targets = vec![0; self.list.len()];
        for (from, to) in self.list {
            let place = &mut next[from as usize];
            targets[*place as usize] = to;
            *place += 1;
        }
        Graph { begins, targets }
    }
}

/// The end of a list.
#[derive(Default)]
struct End {
    /// Who saw all of it, and who appended the last element that was seen.
    sources: Vec<u32>,
    /// Who appended to it and was not seen.
    targets: Vec<u32>,
}
