//! Nodes: the learner's program as processes that can be started, stopped, killed and paused. None of them is alive
//! after a run, however the run ends.
//!
//! A node is a tree of processes below a [`guard`], one guard for each start. [`Cluster`] is what a runner sees.

mod error;
mod event;
mod flood;
mod granted;
pub mod guard;
mod kills;
mod life;
mod limits;
mod log_reader;
mod logs;
mod node;
mod output;
mod ports;
mod process;
mod ready;
mod redirect;
mod run_sh;
pub mod run_to_end;
mod sockets;
mod standstill;
mod start;
mod stopping;
mod tree;
mod unrunnable;
mod wire;
mod writing;

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nix::sys::signal::Signal;
use tokio::sync::{Mutex, MutexGuard, Semaphore, mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

pub use error::{ClusterError, NodeError, PortInUse, StartError, StopError};
pub use event::{NodeEvent, NodeState};
pub use granted::{Deadline, Expired, GrantedTime, Waited};
pub use kills::Kills;
pub use limits::Limits;
pub(crate) use log_reader::{LINE_BYTES, last_lines};
pub use log_reader::{LogLine, LogReader, read_window};
pub use logs::{BUILD_LOG, add_log, log_path};
pub(crate) use logs::{MARK, NodeLog, follow as follow_logs, times_path};
pub use ports::PortsError;
pub use run_sh::Unstartable;
pub(crate) use run_sh::{diagnose, diagnose_127, shell_did_not_run};
pub use sockets::{Owner, listening_ports, owner};
pub use standstill::stand_still;
pub(crate) use tree::OPENED;
pub use unrunnable::Unrunnable;

use crate::facts::{ExitStatus, NodeEventKind};
use crate::network::{Network, Tap};
use life::{End, GUARD_ANSWERS_WITHIN, Life, Phase};
use node::{Node, Told};
use ports::PortBlock;
use wire::Order;

#[derive(Debug, Clone)]
pub struct ClusterSpec {
    /// Holds run.sh and is its current directory.
    pub challenge_dir: PathBuf,
    /// Logs go to `logs/` in it. A later cluster of the same run goes on with them.
    pub run_dir: PathBuf,
    /// `<data_dir>/<node>` is a node's --working-dir.
    pub data_dir: PathBuf,
    /// Their names, in order.
    pub nodes: Vec<String>,
    /// What each of them is told beside its port, folder, name and peers, in the same order.
    pub arguments: Vec<Vec<String>>,
    /// lsfr's binary: /proc/self/exe, or `current_exe()` where there is no /proc.
    pub guard: PathBuf,
    /// For jitter and loss on the links between nodes.
    pub seed: u64,
    /// Times in logs count from here.
    pub started_at: Instant,
    pub patience: Patience,
    pub limits: Limits,
    /// The time that starts and stops are given.
    pub time: GrantedTime,
    /// Hears what goes through the links between nodes.
    pub tap: Option<Arc<dyn Tap>>,
}

/// Of a cluster of more nodes than this only [`STARTS`] start at once: runtimes that compile at the start would keep
/// each other from it.
const FEW: usize = 5;
const STARTS: usize = 2;

/// How long a node may take, in granted time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the port accepts, while the node has never been ready.
    pub first_start: Duration,
    pub later_start: Duration,
    /// From SIGTERM to the end of the last process.
    pub stop: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            first_start: Duration::from_secs(30),
            later_start: Duration::from_secs(10),
            stop: Duration::from_secs(15),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// From the order to the first accepted connection.
    pub after: Duration,
    /// How much of that the program was granted.
    pub granted: Duration,
    /// Of run.sh.
    pub pid: i32,
    pub port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    pub status: ExitStatus,
    pub after: Duration,
}

/// The nodes of one run. All methods may be called from many tasks at once; those on one node take turns. Dropping
/// it kills everything, a moment later; [`Cluster::shutdown`] waits for that.
///
/// Methods that take a node's name panic if it is not one of [`Cluster::nodes`], as an index out of bounds would.
pub struct Cluster {
    spec: ClusterSpec,
    slots: Vec<Slot>,
    network: Option<Arc<Network>>,
    /// One for each node that may be starting.
    starts: Semaphore,
    closing: watch::Sender<bool>,
    _ports: PortBlock,
}

struct Slot {
    node: Arc<Node>,
    /// Kept apart from the node: the task that follows a guard keeps the node alive, but must not keep open the pipe
    /// whose end tells the guard that the cluster is gone.
    life: Mutex<Option<Life>>,
}

impl Cluster {
    /// Takes ports and opens logs; starts no node. Events go to `events` for as long as the cluster lives.
    pub async fn new(spec: ClusterSpec, events: mpsc::UnboundedSender<NodeEvent>) -> Result<Cluster, ClusterError> {
        let absolute = |path: &PathBuf| std::path::absolute(path).map_err(ClusterError::WorkingDirectory);
        let spec = ClusterSpec {
            challenge_dir: absolute(&spec.challenge_dir)?,
            run_dir: absolute(&spec.run_dir)?,
            data_dir: absolute(&spec.data_dir)?,
            ..spec
        };
        let mut block = PortBlock::take()?;
        let ports = block.ports(spec.nodes.len())?;
        let network = match spec.nodes.len() {
            0 | 1 => None,
            count => {
                let links = block.ports(Network::ports(count))?;
                let address = |port: &u16| SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
                let nodes: Vec<(String, SocketAddr)> =
                    spec.nodes.iter().cloned().zip(ports.iter().map(address)).collect();
                Some(Arc::new(
                    Network::new(&nodes, &links, spec.seed, spec.tap.clone()).map_err(ClusterError::Links)?,
                ))
            }
        };
        let mut slots = Vec::with_capacity(ports.len());
        for (at, (name, port)) in spec.nodes.iter().zip(ports).enumerate() {
            let log = NodeLog::open(&spec.run_dir, name, spec.started_at).map_err(|error| ClusterError::Log {
                node: name.clone(),
                run_dir: spec.run_dir.clone(),
                error,
            })?;
            let data = spec.data_dir.join(name);
            let others = spec.nodes.iter().filter(|other| *other != name);
            let peers = network
                .iter()
                .flat_map(|network| others.clone().map(|other| (other.clone(), network.address(name, other))));
            let told =
                Told { peers: peers.collect(), arguments: spec.arguments.get(at).cloned().unwrap_or_default() };
            let node = Node::new(name.clone(), port, data, network.as_ref(), told, log, events.clone());
            slots.push(Slot { node: Arc::new(node), life: Mutex::new(None) });
        }
        let logs = slots.iter().map(|slot| Arc::downgrade(&slot.node.log));
        tokio::spawn(logs::follow(logs.collect()));
        let starts = Semaphore::new(if slots.len() > FEW { STARTS } else { slots.len() });
        Ok(Cluster { spec, slots, network, starts, closing: watch::Sender::new(false), _ports: block })
    }

    pub fn nodes(&self) -> &[String] {
        &self.spec.nodes
    }

    pub fn address(&self, node: &str) -> SocketAddr {
        self.slot(node).node.address()
    }

    /// The links between the nodes; none for a single node.
    pub fn network(&self) -> Option<&Network> {
        self.network.as_deref()
    }

    /// The node whose own port this is, or to which a link with this port leads.
    pub fn node_at(&self, port: u16) -> Option<&str> {
        let own = self.slots.iter().find(|slot| slot.node.port == port).map(|slot| slot.node.name.as_str());
        own.or_else(|| self.network()?.node_behind(port))
    }

    /// `./run.sh` and its arguments, for a reader.
    pub fn command_line(&self, node: &str) -> Vec<String> {
        let args = self.slot(node).node.args();
        std::iter::once(OsString::from(format!("./{}", run_sh::NAME)))
            .chain(args)
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    pub fn kills(&self, node: &str) -> &Kills {
        &self.slot(node).node.kills
    }

    pub fn state(&self, node: &str) -> NodeState {
        self.slot(node).node.state()
    }

    /// Starts a node and waits until its port accepts. After an error nothing of it runs.
    pub async fn start(&self, node: &str) -> Result<Started, StartError> {
        let slot = self.slot(node);
        let mut life = slot.life.lock().await;
        // It is never closed, so there is always a turn.
        let _turn = self.starts.acquire().await;
        start::start(&slot.node, &mut life, &self.spec, self.closing.subscribe()).await
    }

    /// The longest that a node's start with an empty folder took of the time that it was granted.
    pub fn empty_start(&self) -> Option<Duration> {
        self.slots.iter().filter_map(|slot| slot.node.empty_start()).max()
    }

    /// A node's --working-dir.
    pub fn folder(&self, node: &str) -> &Path {
        &self.slot(node).node.data
    }

    /// Makes sure that one SIGTERM reaches the program, and waits until all of its processes have ended; kills them if
    /// they take too long, which is an error.
    pub async fn stop(&self, node: &str) -> Result<Stopped, StopError> {
        let slot = self.slot(node);
        let node = &slot.node;
        let mut slot_life = slot.life.lock().await;
        let life = running(node, &mut slot_life)?;
        let grace = self.spec.patience.stop;
        let begun = Instant::now();
        node.log.mark(&format!("STOP {} (SIGTERM)", node.name));
        node.tell(NodeEventKind::Stopping);
        let deadline = self.spec.time.deadline(grace);
        life.send(Order::Term).await;

        let mut closing = self.closing.subscribe();
        let end = tokio::select! {
            biased;
            end = deadline.limit(life.ended()) => end,
            _ = closing.wait_for(|closing| *closing) => {
                return Err(StopError::Interrupted { node: node.name.clone() });
            }
        };
        match end {
            Ok(End::Empty { status, at }) => {
                refuses(node).await?;
                if let Some(over) = life.over_limit() {
                    let sentence = over.sentence(&node.name);
                    node.log.mark(&format!("KILL {} (over a limit)", node.name));
                    node.tell(NodeEventKind::OverLimit { sentence: sentence.clone() });
                    return Err(StopError::OverLimit { node: node.name.clone(), sentence });
                }
                node.log.mark(&format!("STOPPED {} ({status})", node.name));
                node.tell(NodeEventKind::Stopped { status, signalled: life.signalled() });
                Ok(Stopped { status, after: at.saturating_duration_since(begun) })
            }
            Ok(End::GuardLost) => {
                node.tell(NodeEventKind::GuardLost);
                Err(guard_silent(node).into())
            }
            Err(expired) => {
                let alive = tree::names(life.shared.guard);
                let run_sh_waits = alive.len() > 1 && life.runs_run_sh();
                let signalled = life.signalled();
                let last_lines = start::last_lines(node, life);
                life.send(Order::Kill).await;
                killed(node, life).await?;
                let node = node.name.clone();
                Err(StopError::TooSlow { node, grace, signalled, alive, run_sh_waits, last_lines, expired })
            }
        }
    }

    /// Sends SIGKILL to every process of the node. Returns when no process is left and its port refuses.
    pub async fn kill(&self, node: &str) -> Result<(), NodeError> {
        let slot = self.slot(node);
        let mut life = slot.life.lock().await;
        let life = running(&slot.node, &mut life)?;
        slot.node.kills.begin();
        life.send(Order::Kill).await;
        killed(&slot.node, life).await
    }

    /// Kills all nodes that run, as if the machine lost its power: every process is stopped before the first is
    /// killed, so that none sees another die.
    pub async fn crash_all(&self) -> Result<(), NodeError> {
        // Always in the nodes' order, so that two calls cannot wait for each other.
        let mut lives = Vec::new();
        for slot in &self.slots {
            lives.push((&slot.node, slot.life.lock().await));
        }
        let mut running: Vec<(&Arc<Node>, &mut Life)> = lives
            .iter_mut()
            .filter_map(|(node, life)| Some((*node, life.as_mut()?)))
            .filter(|(_, life)| life.expect_end())
            .collect();
        join_all(running.iter_mut().map(|(_, life)| life.obeyed(Order::Pause))).await;
        let ends = join_all(running.iter_mut().map(async |(node, life)| {
            node.kills.begin();
            life.send(Order::Kill).await;
            killed(node, life).await
        }));
        ends.await.into_iter().collect()
    }

    /// Sends SIGSTOP to every process of the node. Returns when none of its processes runs.
    pub async fn pause(&self, node: &str) -> Result<(), NodeError> {
        self.order(node, Order::Pause, NodeState::Paused).await
    }

    pub async fn resume(&self, node: &str) -> Result<(), NodeError> {
        self.order(node, Order::Resume, NodeState::Up).await
    }

    async fn order(&self, node: &str, order: Order, state: NodeState) -> Result<(), NodeError> {
        let slot = self.slot(node);
        let node = &slot.node;
        let mut life = slot.life.lock().await;
        let life = life.as_mut().ok_or_else(|| not_running(node))?;
        let (word, kind) = match order {
            Order::Pause => ("PAUSE", NodeEventKind::Paused),
            _ => ("RESUME", NodeEventKind::Resumed),
        };
        if !life.is_over() {
            node.log.mark(&format!("{word} {}", node.name));
            if life.obeyed(order).await {
                let phase = life.shared.phase();
                // It may have ended since, which has been reported already; its state stays what that made it.
                if *phase == Phase::Running {
                    node.set_state(state);
                    node.tell(kind);
                    return Ok(());
                }
            } else if !life.is_over() {
                return Err(guard_silent(node));
            }
        }
        Err(not_running(node))
    }

    /// Gives what the nodes printed up to now its time, for a reader that cannot wait for the next sample.
    pub fn sample_logs(&self) {
        self.slots.iter().for_each(|slot| slot.node.log.sample());
    }

    /// Ends the run: kills whatever runs, interrupts starts and stops under way. Nothing is alive after it.
    pub async fn shutdown(&self) {
        self.closing.send_replace(true);
        join_all(self.slots.iter().map(async |slot| {
            if let Some(mut life) = slot.life.lock().await.take()
                && life.expect_end()
            {
                life.send(Order::Kill).await;
                if timeout(GUARD_ANSWERS_WITHIN, life.ended()).await.is_err() {
                    // A stopped or stuck guard. Its tree first: a guard that the kernel is long in ending would keep it
                    // alive until lsfr is gone. What is made meanwhile comes to lsfr with the guard's end.
                    let guard = life.shared.guard;
                    let _ = spawn_blocking(move || tree::signal_all(guard, Signal::SIGKILL)).await;
                    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(guard), Signal::SIGKILL);
                    let _ = timeout(GUARD_ANSWERS_WITHIN, life.ended()).await;
                }
            }
            slot.node.log.sample();
        }))
        .await;
    }

    fn slot(&self, node: &str) -> &Slot {
        self.slots
            .iter()
            .find(|slot| slot.node.name == node)
            .unwrap_or_else(|| panic!("the cluster has no node {node}"))
    }
}

/// The node's life, which is expected to end from now on.
fn running<'a>(node: &Node, life: &'a mut MutexGuard<'_, Option<Life>>) -> Result<&'a mut Life, NodeError> {
    life.as_mut().filter(|life| life.expect_end()).ok_or_else(|| not_running(node))
}

/// Waits for the end of a node that was just killed, and reports it.
async fn killed(node: &Node, life: &mut Life) -> Result<(), NodeError> {
    match timeout(GUARD_ANSWERS_WITHIN, life.ended()).await {
        Ok(End::Empty { .. }) => {}
        // It has been killed, but earlier than intended: what clients saw of it since proves nothing.
        Ok(End::GuardLost) => {
            node.tell(NodeEventKind::GuardLost);
            return Err(guard_silent(node));
        }
        Err(_) => {
            return Err(NodeError::Unkillable {
                node: node.name.clone(),
                waited: GUARD_ANSWERS_WITHIN,
                alive: tree::names(life.shared.guard),
            });
        }
    }
    refuses(node).await?;
    node.log.mark(&format!("KILL {}", node.name));
    node.tell(NodeEventKind::Killed);
    Ok(())
}

/// An ended tree has closed its sockets; only one that was handed to a stranger can still accept.
async fn refuses(node: &Node) -> Result<(), NodeError> {
    timeout(Duration::from_secs(2), ready::refusing(node.address())).await.map_err(|_| NodeError::PortStillAccepts {
        node: node.name.clone(),
        port: node.port,
        owner: sockets::owner(node.port),
    })
}

fn not_running(node: &Node) -> NodeError {
    NodeError::NotRunning {
        node: node.name.clone(),
        status: match node.state() {
            NodeState::Exited { status } => Some(status),
            _ => None,
        },
    }
}

fn guard_silent(node: &Node) -> NodeError {
    NodeError::GuardSilent { node: node.name.clone() }
}
