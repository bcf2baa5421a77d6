//! One start of a node, seen from lsfr: the guard, the orders to it, and a task that follows its reports.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use super::event::NodeState;
use super::granted::GrantedTime;
use super::limits::OverLimit;
use super::node::Node;
use super::wire::{Launch, Order, Report};
use super::{guard, process, run_sh, standstill, tree};
use crate::facts::{ExitStatus, NodeEventKind, Signalled};

/// How long a guard may take to answer, and a killed tree to be gone. Both take milliseconds.
pub(crate) const GUARD_ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Who will report that the tree ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// `start`, as an error.
    Starting,
    /// Nobody asked for it: an event.
    Running,
    /// Whoever asked for it.
    Ending,
    /// It has ended, and that has been reported.
    Over,
}

/// What the guard has reported so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub(crate) started: Option<Result<i32, (Option<i32>, String)>>,
    /// Orders carried out.
    pub(crate) done: u64,
    /// Who was sent SIGTERM.
    pub(crate) signalled: Vec<Signalled>,
    pub(crate) over_limit: Option<OverLimit>,
    pub(crate) end: Option<End>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// The tree is empty.
    Empty { status: ExitStatus, at: Instant },
    /// The guard died first; what it left has been killed.
    GuardLost,
}

/// What may be looked at while somebody else waits for the node.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) guard: i32,
    phase: Mutex<Phase>,
}

impl Shared {
    pub(crate) fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Life {
    /// Closing it makes the guard kill the tree, so dropping a life ends it.
    orders: ChildStdin,
    sent: u64,
    progress: watch::Receiver<Progress>,
    pub(crate) shared: Arc<Shared>,
    /// Where this start's output begins in the log.
    pub(crate) log_start: u64,
}

impl Life {
    /// Starts a guard. Waits for nothing: even if the caller is dropped, the life must be in its slot.
    pub(crate) fn begin(binary: &Path, node: &Arc<Node>, time: &GrantedTime) -> io::Result<Life> {
        let log_start = node.log.len();
        let (pid, mut child) = tree::start_guard(|| {
            let child = Command::new(binary)
                .arg0(guard::NAME)
                .arg(guard::ARGUMENT)
                // Without it, output reaches the log late or, after SIGKILL, never.
                .env("PYTHONUNBUFFERED", "1")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
            pid.map(|pid| (pid, child)).ok_or_else(|| io::Error::other("the guard ended at once"))
        })?;
        let (Some(orders), Some(reports)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the guard has no pipes"));
        };
        time.add(pid, &node.name);
        let (sender, progress) = watch::channel(Progress::default());
        let shared = Arc::new(Shared { guard: pid, phase: Mutex::new(Phase::Starting) });
        tokio::spawn(follow(child, reports, sender, Arc::clone(&shared), Arc::clone(node), time.clone()));
        Ok(Life { orders, sent: 0, progress, shared, log_start })
    }

    /// Tells the guard what to start. That run.sh could be started is not known yet.
    pub(crate) async fn launch(&mut self, launch: &Launch) -> io::Result<()> {
        let mut line = serde_json::to_vec(launch).map_err(io::Error::other)?;
        line.push(b'\n');
        // That the guard is dead already shows in the end of its reports.
        let _ = self.orders.write_all(&line).await;
        Ok(())
    }

    pub(crate) fn is_over(&self) -> bool {
        *self.shared.phase() == Phase::Over
    }

    /// From here on the end of the tree is expected. False if it has ended already.
    pub(crate) fn expect_end(&self) -> bool {
        let mut phase = self.shared.phase();
        if *phase == Phase::Over {
            return false;
        }
        *phase = Phase::Ending;
        true
    }

    pub(crate) async fn send(&mut self, order: Order) {
        let Ok(mut line) = serde_json::to_vec(&order) else {
            return;
        };
        line.push(b'\n');
        // A broken pipe means that the tree has ended, which whoever waits for its end learns.
        if self.orders.write_all(&line).await.is_ok() {
            self.sent += 1;
        }
    }

    /// Sends an order and waits until it is carried out. False if the guard did not answer, or the tree ended.
    pub(crate) async fn obeyed(&mut self, order: Order) -> bool {
        let _pausing = standstill::pausing().await;
        self.send(order).await;
        let sent = self.sent;
        let answered = self.progress.wait_for(|progress| progress.done >= sent || progress.end.is_some());
        matches!(
            timeout(GUARD_ANSWERS_WITHIN, answered).await,
            Ok(Ok(progress)) if progress.end.is_none()
        )
    }

    pub(crate) async fn started(&mut self) -> Progress {
        self.reached(|progress| progress.started.is_some() || progress.end.is_some()).await
    }

    /// How the tree ended, once it has.
    pub(crate) async fn ended(&mut self) -> End {
        self.reached(|progress| progress.end.is_some()).await.end.unwrap_or(End::GuardLost)
    }

    pub(crate) fn signalled(&self) -> Vec<Signalled> {
        self.progress.borrow().signalled.clone()
    }

    /// The process that was started is still the shell, or whatever else runs run.sh.
    pub(crate) fn runs_run_sh(&self) -> bool {
        let pid = match self.progress.borrow().started {
            Some(Ok(pid)) => pid,
            _ => return false,
        };
        process::script(pid).is_some_and(|script| script.file == run_sh::NAME)
    }

    pub(crate) fn over_limit(&self) -> Option<OverLimit> {
        self.progress.borrow().over_limit
    }

    async fn reached(&mut self, reached: impl FnMut(&Progress) -> bool) -> Progress {
        match self.progress.wait_for(reached).await {
            Ok(progress) => progress.clone(),
            // The follower is gone only when the runtime is being torn down.
            Err(_) => Progress { end: Some(End::GuardLost), ..Progress::default() },
        }
    }
}

/// Follows a guard's reports to their end, and reports what nobody asked for.
async fn follow(
    mut child: Child,
    reports: ChildStdout,
    progress: watch::Sender<Progress>,
    shared: Arc<Shared>,
    node: Arc<Node>,
    time: GrantedTime,
) {
    let mut lines = BufReader::new(reports).lines();
    let mut end = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(report) = serde_json::from_str::<Report>(&line) else {
            continue;
        };
        match report {
            Report::Started { pid } => {
                progress.send_modify(|progress| progress.started = Some(Ok(pid)));
            }
            Report::NotStarted { errno, message } => {
                end = Some(empty(ExitStatus::Code(127)));
                progress.send_modify(|progress| progress.started = Some(Err((errno, message))));
            }
            // While the tree is being ended, its processes end in any order, which is not worth reporting.
            Report::MainExited(status) if *shared.phase() != Phase::Ending => {
                node.log.mark(&format!("run.sh of {} ended ({status}); processes it started live on", node.name));
                node.tell(NodeEventKind::MainExited { status });
            }
            Report::MainExited(_) => {}
            Report::Done => progress.send_modify(|progress| progress.done += 1),
            Report::Signalled(signalled) => progress.send_modify(|progress| progress.signalled.push(signalled)),
            Report::OverLimit(over) => {
                progress.send_modify(|progress| progress.over_limit = Some(over));
            }
            Report::Empty { status } => {
                node.log.sample();
                end = Some(empty(status));
            }
        }
    }
    let _ = child.wait().await;
    tree::guard_ended(shared.guard);
    time.remove(shared.guard);
    let end = match end {
        Some(end) => end,
        None => {
            let _ = tokio::task::spawn_blocking(tree::kill_orphans).await;
            End::GuardLost
        }
    };
    node.close_links().await;
    let over_limit = progress.borrow().over_limit;
    if let Some(over) = over_limit {
        // Only now: if the program printed too much, the guard has cut the log, and would have cut this line with it.
        node.log.mark(&over.sentence(&node.name));
    }
    {
        let mut phase = shared.phase();
        let unasked = *phase == Phase::Running;
        let (state, kind) = match (end, over_limit) {
            (End::Empty { status, .. }, None) => (NodeState::Exited { status }, NodeEventKind::Exited { status }),
            (End::Empty { status, .. }, Some(over)) => {
                let sentence = over.sentence(&node.name);
                (NodeState::Exited { status }, NodeEventKind::OverLimit { sentence })
            }
            (End::GuardLost, _) => (NodeState::Down, NodeEventKind::GuardLost),
        };
        if unasked {
            if let NodeEventKind::Exited { status } = kind {
                node.log.mark(&format!("EXITED {} ({status})", node.name));
            }
            node.set_state(state);
            node.tell(kind);
        } else {
            node.set_state(NodeState::Down);
        }
        *phase = Phase::Over;
    }
    progress.send_modify(|progress| progress.end = Some(end));
}

fn empty(status: ExitStatus) -> End {
    End::Empty { status, at: Instant::now() }
}
