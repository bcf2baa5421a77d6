//! One node: what stays the same across all its starts, and where what happens to it is reported.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::event::{NodeEvent, NodeState};
use super::kills::Kills;
use super::logs::NodeLog;
use crate::facts::NodeEventKind;
use crate::network::Network;

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) port: u16,
    /// Its --working-dir, absolute.
    pub(crate) data: PathBuf,
    told: Told,
    /// Its part of the links between nodes; none for a single node.
    pub(crate) network: Option<Arc<Network>>,
    pub(crate) log: Arc<NodeLog>,
    /// It was ready at least once.
    pub(crate) was_ready: AtomicBool,
    pub(crate) kills: Kills,
    /// How much time it was granted for its start with an empty folder.
    empty_start: Mutex<Option<Duration>>,
    state: Mutex<NodeState>,
    events: mpsc::UnboundedSender<NodeEvent>,
}

/// What a node is told by arguments, beside its port and folder.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// How it reaches each of the others, by name; empty for a single node.
    pub(crate) peers: Vec<(String, SocketAddr)>,
    /// What the pack has for it.
    pub(crate) arguments: Vec<String>,
}

impl Node {
    pub(crate) fn new(
        name: String,
        port: u16,
        data: PathBuf,
        network: Option<&Arc<Network>>,
        told: Told,
        log: NodeLog,
        events: mpsc::UnboundedSender<NodeEvent>,
    ) -> Node {
        Node {
            name,
            port,
            data,
            network: network.cloned(),
            told,
            log: Arc::new(log),
            was_ready: AtomicBool::new(false),
            kills: Kills::default(),
            empty_start: Mutex::default(),
            state: Mutex::new(NodeState::Down),
            events,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub(crate) fn args(&self) -> Vec<OsString> {
        let mut working_dir = OsString::from("--working-dir=");
        working_dir.push(&self.data);
        let mut args = vec![format!("--port={}", self.port).into(), working_dir];
        let Told { peers, arguments } = &self.told;
        if !peers.is_empty() {
            let peers: Vec<String> = peers.iter().map(|(name, address)| format!("{name}={address}")).collect();
            args.push(format!("--id={}", self.name).into());
            args.push(format!("--peers={}", peers.join(",")).into());
        }
        args.extend(arguments.iter().map(OsString::from));
        args
    }

    /// Its port accepts, so the links to it do.
    pub(crate) fn open_links(&self) -> io::Result<()> {
        self.network.as_ref().map_or(Ok(()), |network| network.open(&self.name))
    }

    /// It has ended, so the links to it refuse.
    pub(crate) async fn close_links(&self) {
        if let Some(network) = &self.network {
            network.close(&self.name).await;
        }
    }

    pub(crate) fn empty_start(&self) -> Option<Duration> {
        *lock(&self.empty_start)
    }

    pub(crate) fn started_empty(&self, granted: Duration) {
        *lock(&self.empty_start) = Some(granted);
    }

    pub(crate) fn state(&self) -> NodeState {
        *lock(&self.state)
    }

    pub(crate) fn set_state(&self, state: NodeState) {
        *lock(&self.state) = state;
    }

    /// Nobody listening to events is no reason to fail.
    pub(crate) fn tell(&self, kind: NodeEventKind) {
        let _ = self.events.send(NodeEvent { at: Instant::now(), node: self.name.clone(), kind });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
