//! Which node is at which address. A redirect names any of them: a node's own port, or a link that leads to it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use history::Text;

#[derive(Debug, Clone)]
pub struct Directory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    nodes: Vec<(Text, SocketAddr)>,
    /// Ports of nodes and of links, and the node behind each.
    ports: HashMap<u16, usize>,
}

impl Directory {
    /// `nodes` in order, with their own addresses; `links`: further ports, each with the node that it leads to.
    pub fn new<'a>(
        nodes: impl IntoIterator<Item = (&'a str, SocketAddr)>,
        links: impl IntoIterator<Item = (u16, &'a str)>,
    ) -> Self {
        let nodes: Vec<(Text, SocketAddr)> =
            nodes.into_iter().map(|(name, address)| (Text::from(name), address)).collect();
        let mut ports: HashMap<u16, usize> =
            nodes.iter().enumerate().map(|(at, (_, address))| (address.port(), at)).collect();
        for (port, name) in links {
            if let Some(at) = nodes.iter().position(|(node, _)| **node == *name) {
                ports.insert(port, at);
            }
        }
        Self(Arc::new(Inner { nodes, ports }))
    }

    pub(super) fn len(&self) -> usize {
        self.0.nodes.len()
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.0.nodes.iter().position(|(node, _)| **node == *name)
    }

    pub(super) fn name(&self, at: usize) -> &Text {
        &self.0.nodes[at].0
    }

    pub(super) fn address(&self, at: usize) -> SocketAddr {
        self.0.nodes[at].1
    }

    pub(super) fn behind(&self, port: u16) -> Option<usize> {
        self.0.ports.get(&port).copied()
    }
}
