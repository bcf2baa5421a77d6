//! The links between nodes: one for each directed pair, each a proxy in lsfr that can hold, slow and reset what goes
//! through it.
//!
//! A link from n1 to n2 is where n1 dials n2. Its listener belongs to the network for the whole run, and accepts only
//! while n2 does. [`Policy`] says what happens to bytes; all links follow one value of it, which changes at once.
//!
//! | module | holds |
//! |---|---|
//! | `policy` | what is cut, slow and reset, as one value |
//! | `gate` | what the policy says of one flow now |
//! | `piece` | bytes on their way, and when they may leave |
//! | `connection` | one connection: two pumps |
//! | `link` | one link: its port and its listener |
//! | `tap` | what is reported to whoever records |

mod connection;
mod gate;
mod link;
mod piece;
mod policy;
mod tap;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;

pub use policy::{Flow, Policy, Slow};
pub use tap::{Connection, Ending, Hold, Passage, Report, Tap, Way};

use nix::sys::resource::{Resource, getrlimit};

use connection::Counters;
use link::Link;

/// Connections that a link carries or holds at once, where lsfr may open enough files. More wait in the backlog, as in
/// front of a busy server.
const CONNECTIONS: usize = 512;

/// What has gone through one flow so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Connections that are open now, whichever side opened them.
    pub connections: usize,
    /// Bytes that have arrived at links, whatever became of them.
    pub sent: u64,
    /// Bytes delivered.
    pub bytes: u64,
    /// Bytes that have arrived at links and are not delivered yet.
    pub held: u64,
}

/// All links of a cluster. Dropping it closes them, and ends what they carry.
#[derive(Debug)]
pub struct Network {
    /// Connections follow it, and end when it is dropped.
    policy: watch::Sender<Arc<Policy>>,
    links: Vec<Arc<Link>>,
    counters: HashMap<Flow, Arc<Counters>>,
}

impl Network {
    /// How many ports the links of this many nodes take.
    pub fn ports(nodes: usize) -> usize {
        nodes * nodes.saturating_sub(1)
    }

    /// Keeps a port for each directed pair of `nodes`, from `ports`; every link refuses at first. `seed` is for jitter
    /// and loss; `tap` hears what goes through.
    ///
    /// Must be called within a runtime. Panics if there are fewer than [`Network::ports`] ports.
    pub fn new(
        nodes: &[(String, SocketAddr)],
        ports: &[u16],
        seed: u64,
        tap: Option<Arc<dyn Tap>>,
    ) -> io::Result<Network> {
        let policy = watch::Sender::new(Arc::default());
        let names: Vec<Arc<str>> = nodes.iter().map(|(name, _)| name.as_str().into()).collect();
        let pairs = || (0..nodes.len()).flat_map(|from| (0..nodes.len()).map(move |to| (from, to)));
        let pairs = || pairs().filter(|(from, to)| from != to);
        let flow = |(from, to): (usize, usize)| (nodes[from].0.clone(), nodes[to].0.clone());
        let counters: HashMap<Flow, Arc<Counters>> = pairs().map(|pair| (flow(pair), Arc::default())).collect();
        let room = room(Network::ports(nodes.len()));
        let links = pairs().zip(ports).map(|((from, to), port)| {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
            let (forward, back) =
                (Arc::clone(&counters[&flow((from, to))]), Arc::clone(&counters[&flow((to, from))]));
            // Far apart, so that the connections of two links never draw the same.
            let seed = seed.wrapping_add((from * nodes.len() + to) as u64 * (1 << 32));
            let link = Link::new(
                &names[from],
                &names[to],
                address,
                nodes[to].1,
                forward,
                back,
                policy.subscribe(),
                seed,
                room,
                tap.clone(),
            );
            link.map(Arc::new)
        });
        let links: Vec<Arc<Link>> = links.collect::<io::Result<_>>()?;
        assert_eq!(links.len(), Network::ports(nodes.len()), "a port for each link");
        Ok(Network { policy, links, counters })
    }

    /// Where `from` dials `to`. Panics if there is no such link.
    pub fn address(&self, from: &str, to: &str) -> SocketAddr {
        let found = self.links.iter().find(|link| *link.from == *from && *link.to == *to);
        found.unwrap_or_else(|| panic!("there is no link from {from} to {to}")).address
    }

    /// The node that a port of a link leads to.
    pub fn node_behind(&self, port: u16) -> Option<&str> {
        self.links.iter().find(|link| link.address.port() == port).map(|link| &*link.to)
    }

    /// The port of each link, and the node that it leads to.
    pub fn leads(&self) -> impl Iterator<Item = (u16, &str)> {
        self.links.iter().map(|link| (link.address.port(), &*link.to))
    }

    /// The links to `node` accept from now on: its port does.
    pub fn open(&self, node: &str) -> io::Result<()> {
        self.to(node).try_for_each(Link::open)
    }

    /// The links to `node` refuse from now on; returns when they do. Connections end as the node's own do.
    pub async fn close(&self, node: &str) {
        for link in self.to(node) {
            link.close().await;
        }
    }

    fn to(&self, node: &str) -> impl Iterator<Item = &Arc<Link>> {
        self.links.iter().filter(move |link| *link.to == *node)
    }

    /// Changes the policy of all links at one instant.
    pub fn change(&self, change: impl FnOnce(&mut Policy)) {
        self.policy.send_modify(|policy| change(Arc::make_mut(policy)));
    }

    pub fn policy(&self) -> Arc<Policy> {
        self.policy.borrow().clone()
    }

    /// What went from one node to another. Nothing where there is no link.
    pub fn traffic(&self, from: &str, to: &str) -> Traffic {
        let counters = self.counters.get(&(from.to_owned(), to.to_owned()));
        counters.map_or_else(Traffic::default, |counters| Traffic {
            connections: counters.connections.load(Ordering::Relaxed),
            sent: counters.sent.load(Ordering::Relaxed),
            bytes: counters.bytes.load(Ordering::Relaxed),
            held: counters.held.load(Ordering::Relaxed),
        })
    }
}

/// How many connections each of this many links may have. Programs that open one for each message, and leave it while
/// the peer is cut off, would otherwise use up all the files that lsfr may open. A connection takes two; half are for
/// the rest.
fn room(links: usize) -> usize {
    let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| usize::try_from(soft).unwrap_or(usize::MAX));
    (files / 2 / 2 / links.max(1)).clamp(8, CONNECTIONS)
}

impl Drop for Network {
    fn drop(&mut self) {
        self.links.iter().for_each(|link| link.abandon());
    }
}
