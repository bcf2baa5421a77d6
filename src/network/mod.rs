//! The links between nodes: one for each directed pair, each a proxy in lsfr that can hold, slow and reset what goes
//! through it.
//!
//! A link from n1 to n2 is where n1 dials n2. Its listener belongs to the network for the whole run, and accepts only
//! while n2 does. [`Policy`] says what happens to bytes; all links follow one value of it.

mod policy;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

pub use policy::{Flow, Policy, Slow};

/// What went through one flow so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Connections that are open now, whichever side opened them.
    pub connections: usize,
    /// Bytes delivered.
    pub bytes: u64,
    /// Bytes that have arrived at links and are not delivered yet.
    pub held: u64,
}

/// All links of a cluster. Dropping it closes them.
#[derive(Debug)]
pub struct Network {
    policy: watch::Sender<Arc<Policy>>,
}

impl Network {
    /// Keeps a port for each directed pair of `nodes`, from `ports`; every link refuses at first.
    /// `seed` is for jitter and loss.
    pub fn new(nodes: &[(String, SocketAddr)], ports: &[u16], seed: u64) -> io::Result<Network> {
        let _ = (nodes, ports, seed);
        Ok(Network { policy: watch::Sender::new(Arc::default()) })
    }

    /// Where `from` dials `to`.
    pub fn address(&self, from: &str, to: &str) -> SocketAddr {
        todo!("{from} {to}")
    }

    /// The node that a port of a link leads to.
    pub fn node_behind(&self, port: u16) -> Option<&str> {
        todo!("{port}")
    }

    /// The links to `node` accept from now on: its port does.
    pub async fn open(&self, node: &str) {
        todo!("{node}")
    }

    /// The links to `node` refuse from now on; returns when they do. Connections end as the node's own do.
    pub async fn close(&self, node: &str) {
        todo!("{node}")
    }

    /// Changes the policy of all links at one instant.
    pub fn change(&self, change: impl FnOnce(&mut Policy)) {
        self.policy.send_modify(|policy| change(Arc::make_mut(policy)));
    }

    pub fn policy(&self) -> Arc<Policy> {
        self.policy.borrow().clone()
    }

    /// What went from one node to another.
    pub fn traffic(&self, from: &str, to: &str) -> Traffic {
        todo!("{from} {to}")
    }
}
