//! Groups of nodes in which each can be reached from each (R. Tarjan, "Depth-First Search and Linear Graph Algorithms",
//! 1972), without recursion: a history is deeper than a stack.

use super::graph::Graph;

const UNVISITED: u32 = u32::MAX;

/// The groups of more than one node.
pub(super) fn components(graph: &Graph) -> Vec<Vec<u32>> {
    let nodes = graph.nodes();
    let mut search = Search {
        graph,
        order: vec![UNVISITED; nodes],
        low: vec![0; nodes],
        waiting: vec![false; nodes],
        stack: Vec::new(),
        visited: 0,
        found: Vec::new(),
    };
    for node in 0..nodes as u32 {
        if search.order[node as usize] == UNVISITED {
            search.from(node);
        }
    }
    search.found
}

struct Search<'a> {
    graph: &'a Graph,
    /// In which order nodes were visited.
    order: Vec<u32>,
    /// The earliest node on the stack that is known to be reached from each.
    low: Vec<u32>,
    waiting: Vec<bool>,
    /// Nodes whose group is not complete.
    stack: Vec<u32>,
    visited: u32,
    found: Vec<Vec<u32>>,
}

impl Search<'_> {
    fn from(&mut self, root: u32) {
        // Each node on the way, and how many of its edges have been followed.
        let mut way: Vec<(u32, usize)> = vec![(root, 0)];
        self.enter(root);
        while let Some((node, followed)) = way.last_mut() {
            let node = *node;
            if let Some(&next) = self.graph.after(node).get(*followed) {
                *followed += 1;
                if self.order[next as usize] == UNVISITED {
                    self.enter(next);
                    way.push((next, 0));
                } else if self.waiting[next as usize] {
                    self.low[node as usize] = self.low[node as usize].min(self.order[next as usize]);
                }
                continue;
            }
            way.pop();
            if let Some((before, _)) = way.last() {
                self.low[*before as usize] = self.low[*before as usize].min(self.low[node as usize]);
            }
            if self.low[node as usize] == self.order[node as usize] {
                self.complete(node);
            }
        }
    }

    fn enter(&mut self, node: u32) {
        self.order[node as usize] = self.visited;
        self.low[node as usize] = self.visited;
        self.visited += 1;
        self.waiting[node as usize] = true;
        self.stack.push(node);
    }

    /// Everything on the stack from this node on is one group.
    fn complete(&mut self, node: u32) {
        let begin = self.stack.iter().rposition(|other| *other == node).unwrap_or_default();
        let group = self.stack.split_off(begin);
        group.iter().for_each(|node| self.waiting[*node as usize] = false);
        if group.len() > 1 {
            self.found.push(group);
        }
    }
}
