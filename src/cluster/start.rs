//! Starting a node: until its port accepts, or until it is clear why it never will.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::timeout;

use crate::last_words::last_words_marked;

use super::error::{PortInUse, StartError};
use super::event::NodeState;
use super::granted::Expired;
use super::life::{End, GUARD_ANSWERS_WITHIN, Life, Phase};
use super::node::Node;
use super::wire::{Launch, Order};
use super::{ClusterSpec, Started, log_reader, ports, ready, run_sh, sockets, tree};
use crate::facts::{ExitStatus, NodeEventKind, Output};

/// Few enough to read; if a panic began above them, its beginning is shown too.
pub(crate) const LAST_LINES: usize = 20;
/// At most this much of what a failed start printed.
const SAID: usize = 30;
/// Lines that are searched for that.
const DEEP: usize = 500;

/// Leaves the life in its slot as soon as there is one: if the caller gives up, the cluster must not lose sight of the
/// tree.
pub(crate) async fn start(
    node: &Arc<Node>,
    slot: &mut Option<Life>,
    spec: &ClusterSpec,
    mut closing: watch::Receiver<bool>,
) -> Result<Started, StartError> {
    if slot.as_ref().is_some_and(|life| !life.is_over()) {
        return Err(StartError::AlreadyRunning { node: node.name.clone() });
    }
    node.kills.end();
    let result = tokio::select! {
        biased;
        _ = closing.wait_for(|closing| *closing) => Err(StartError::Interrupted { node: node.name.clone() }),
        result = try_start(node, slot, spec) => result,
    };
    if let Err(error) = &result {
        if let Some(life) = slot {
            end(life).await;
        }
        node.set_state(NodeState::Down);
        node.tell(NodeEventKind::StartFailed { sentence: error.to_string() });
    }
    result
}

async fn try_start(node: &Arc<Node>, slot: &mut Option<Life>, spec: &ClusterSpec) -> Result<Started, StartError> {
    let own = |what, error| StartError::Own { node: node.name.clone(), what, error };
    if !ports::is_free(node.port) {
        return Err(StartError::PortTaken {
            node: node.name.clone(),
            port: node.port,
            owner: sockets::owner(node.port),
        });
    }
    let empty = std::fs::read_dir(&node.data).map_or(true, |mut files| files.next().is_none());
    std::fs::create_dir_all(&node.data).map_err(|error| own("make the working directory", error))?;
    node.set_state(NodeState::Starting);
    node.log.mark(&format!("START {} port {}", node.name, node.port));

    let launch = Launch {
        program: format!("./{}", run_sh::NAME).into(),
        args: node.args(),
        dir: spec.challenge_dir.clone().into(),
        log: node.log.path.clone().into(),
        output: None,
        input: None,
        limits: spec.limits,
        longest_file: None,
        port: Some(node.port),
    };
    let begun = Instant::now();
    let life =
        slot.insert(Life::begin(&spec.guard, node, &spec.time).map_err(|error| own("start a guard process", error))?);
    life.launch(&launch).await.map_err(|error| own("give its guard orders", error))?;

    let pid = match life.started().await.started {
        Some(Ok(pid)) => pid,
        Some(Err((errno, message))) => {
            return Err(StartError::Unstartable {
                node: node.name.clone(),
                cause: run_sh::diagnose(&spec.challenge_dir, errno, &message),
            });
        }
        None => {
            return Err(StartError::GuardLost { node: node.name.clone() });
        }
    };
    node.tell(NodeEventKind::Started { pid, port: node.port });

    let patience =
        if node.was_ready.load(Ordering::Relaxed) { spec.patience.later_start } else { spec.patience.first_start };
    let deadline = spec.time.deadline(patience);
    tokio::select! {
        biased;
        end = life.ended() => Err(ended_early(node, life, end, begun, &spec.challenge_dir)),
        () = ready::accepting(node.address()) => {
            let granted = spec.time.since(begun);
            if empty {
                node.started_empty(granted);
            }
            accepted(node, life, Ready { pid, begun, granted }, &spec.challenge_dir).await
        }
        expired = deadline.expired() => Err(never_listened(node, life, begun, expired)),
    }
}

/// A start whose port accepts.
struct Ready {
    pid: i32,
    begun: Instant,
    granted: Duration,
}

async fn accepted(node: &Node, life: &mut Life, ready: Ready, dir: &Path) -> Result<Started, StartError> {
    let Ready { pid, begun, granted } = ready;
    let after = begun.elapsed();
    if let Err(error) = node.open_links() {
        return Err(StartError::Own { node: node.name.clone(), what: "open the links to it", error });
    }
    {
        let mut phase = life.shared.phase();
        if *phase == Phase::Starting {
            // Reported under the lock, so that an end that comes now is reported after it.
            *phase = Phase::Running;
            node.was_ready.store(true, Ordering::Relaxed);
            node.set_state(NodeState::Up);
            node.tell(NodeEventKind::Ready { after });
            return Ok(Started { after, granted, pid, port: node.port });
        }
    }
    // It ended in this moment, perhaps before the links were open.
    let end = life.ended().await;
    node.close_links().await;
    Err(ended_early(node, life, end, begun, dir))
}

fn ended_early(node: &Node, life: &Life, end: End, begun: Instant, dir: &Path) -> StartError {
    let name = node.name.clone();
    let End::Empty { status, at } = end else {
        return StartError::GuardLost { node: name };
    };
    if let Some(over) = life.over_limit() {
        return StartError::OverLimit { sentence: over.sentence(&name), node: name };
    }
    if status == ExitStatus::Code(127)
        && let Some(cause) = run_sh::diagnose_127(dir)
    {
        return StartError::Unstartable { node: name, cause };
    }
    StartError::ExitedAtOnce {
        node: name,
        status,
        after: at.saturating_duration_since(begun),
        port_in_use: port_in_use(node, &[], &last_lines(node, life)),
        said: said(node, life),
    }
}

fn never_listened(node: &Node, life: &Life, begun: Instant, expired: Expired) -> StartError {
    let after = begun.elapsed();
    let tree = tree::descendants(life.shared.guard);
    StartError::NeverListened {
        node: node.name.clone(),
        wanted: node.address(),
        after,
        elsewhere: sockets::listening_ports(&tree),
        port_in_use: port_in_use(node, &tree, &last_lines(node, life)),
        said: said(node, life),
        expired,
    }
}

pub(crate) fn last_lines(node: &Node, life: &Life) -> Vec<String> {
    let lines = log_reader::last_lines(&node.log.path, life.log_start, DEEP).unwrap_or_default();
    last_words_marked(&lines, LAST_LINES)
}

/// What this start printed, from its first error on.
fn said(node: &Node, life: &Life) -> Output {
    Output::read(&node.log.path, life.log_start, SAID).unwrap_or_default()
}

/// What runtimes print for EADDRINUSE.
fn port_in_use(node: &Node, tree: &[i32], last_lines: &[String]) -> Option<PortInUse> {
    let told = last_lines
        .iter()
        .any(|line| line.contains("EADDRINUSE") || line.to_lowercase().contains("address already in use"));
    told.then(|| PortInUse {
        port: node.port,
        owner: sockets::owner(node.port).filter(|owner| !tree.contains(&owner.pid)),
    })
}

/// Kills what a failed start left.
async fn end(life: &mut Life) {
    if life.expect_end() {
        life.send(Order::Kill).await;
        let _ = timeout(GUARD_ANSWERS_WITHIN, life.ended()).await;
    }
}
