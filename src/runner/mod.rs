//! Runs stages: the scenario interpreter. It emits events and knows nothing about who listens.

mod attempts;
mod blocked;
mod budget;
mod connection;
mod doubt;
mod explore;
mod follow;
mod http;
mod kept;
mod monitor;
mod nemesis;
mod node_failure;
mod program;
mod recorded;
mod select;
mod stage;
mod steps;
mod stop;
mod stream;
mod tcp;
mod together;
mod traffic;
mod verbs;

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::ffi::OsString;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::timeout;

use crate::challenge::{Challenge, Program, Stage};
use crate::cluster::run_to_end::{self, Once, Programs};
use crate::cluster::{BUILD_LOG, GrantedTime, Limits, NodeEvent, NodeLog, follow_logs, last_lines};
use crate::facts::{
    Blocked, Event, FaultCause, Finding, NodeEventKind, Outcome, Output, RunStarted, StageVerdict, Stamped, Verdict,
    What,
};
use crate::machine::{Disk, Folder, Lack};
use crate::messages::Recording;
use crate::scenario::about::About;
use crate::scenario::limits;
use crate::text::clean;

use budget::Budget;
pub use explore::SHRUNK;
pub use stream::{Events, Sink, stream};

/// A build may take this long.
const BUILD: Duration = Duration::from_secs(600);
/// A killed program is gone within milliseconds; one that the system cannot kill is not waited for longer.
const KILLED: Duration = Duration::from_secs(10);
/// What the output of a compiler is called there.
const COMPILER_LOG: &str = "compiler";
/// How often is looked whether there is room on the disk: a program may fill it and free it again within a test.
const LOOK_AT_DISK: Duration = Duration::from_millis(100);
/// How much of a build's output a card shows.
const TAIL: usize = 30;

/// Everything that a run needs to know.
#[derive(Debug)]
pub struct Plan {
    /// The challenge directory, where run.sh is.
    pub project: PathBuf,
    /// The run's folder, which exists, and its name relative to `project`.
    pub folder: PathBuf,
    pub folder_name: String,
    pub challenge: Arc<Challenge>,
    pub stages: Vec<Stage>,
    /// Run only the tests of this name.
    pub only: Option<String>,
    pub seed: u64,
    /// Of the faults of each workload only those with these numbers happen.
    pub faults: Option<BTreeSet<u32>>,
    /// A command for `sh`, run once before anything else.
    pub build: Option<String>,
    /// lsfr's own binary, which guards processes.
    pub guard: PathBuf,
    /// Where the run's files are.
    pub disk: Arc<Disk>,
    /// Local time, for the record.
    pub time: String,
    /// As long as this is so, the nodes of a test that fails stay up for a look by hand, and the run waits.
    pub leave_up: watch::Receiver<bool>,
}

/// What all parts of a run share.
#[derive(Debug)]
struct Run {
    began: Instant,
    sink: Sink,
    project: PathBuf,
    folder: PathBuf,
    folder_name: String,
    guard: PathBuf,
    disk: Arc<Disk>,
    /// The run's folder as it was made.
    made: Folder,
    seed: u64,
    /// The only faults that happen, if not all do.
    faults: Option<BTreeSet<u32>>,
    nodes: Mutex<mpsc::UnboundedReceiver<NodeEvent>>,
    /// Nodes that ended unasked, and why the steps must end because of it.
    gone: Mutex<VecDeque<Gone>>,
    went: Notify,
    kept: kept::Kept,
    /// Files of histories so far.
    histories: Mutex<usize>,
    /// How many programs steps have run.
    ran: AtomicU32,
    programs: Programs,
    /// What run.sh prints, if it is not a server, whose nodes have logs.
    log: Mutex<Option<Arc<NodeLog>>>,
    /// What deadlines run on.
    time: GrantedTime,
    requests: http::Numbers,
    second_tries: doubt::SecondTries,
    budget: Budget,
    traffic: traffic::Traffic,
    /// What lines on connections are about.
    about: About,
    /// What nodes say to each other.
    messages: Arc<Recording>,
}

/// A node that ended unasked.
#[derive(Debug)]
enum Gone {
    /// On its own: the program's failure.
    Exited(What),
    /// Killed for passing a limit: the program's failure too.
    OverLimit(What),
    /// Its guard was killed: nobody's failure.
    Guard(String),
}

/// Runs the plan to its end, or until `cancel` is ready; nothing that it started is alive afterwards. The outcome is
/// also the last event.
pub async fn run(plan: Plan, sink: Sink, cancel: impl Future<Output = ()> + Send) -> Outcome {
    let (node_events, nodes) = mpsc::unbounded_channel();
    let began = Instant::now();
    let run = Run {
        began,
        sink,
        project: plan.project.clone(),
        folder: plan.folder.clone(),
        folder_name: plan.folder_name.clone(),
        guard: plan.guard.clone(),
        disk: Arc::clone(&plan.disk),
        made: Folder::at(&plan.folder),
        seed: plan.seed,
        faults: plan.faults.clone(),
        nodes: Mutex::new(nodes),
        gone: Mutex::default(),
        went: Notify::new(),
        kept: kept::Kept::default(),
        histories: Mutex::new(0),
        ran: AtomicU32::new(0),
        programs: Programs::default(),
        log: Mutex::default(),
        time: GrantedTime::begin(),
        requests: http::Numbers::default(),
        second_tries: doubt::SecondTries::default(),
        budget: Budget::new(limits::TEST, limits::RUN),
        traffic: traffic::Traffic::default(),
        about: About::new(&plan.challenge.models),
        messages: Arc::new(Recording::new(&plan.folder, began)),
    };
    run.emit(Event::RunStarted(RunStarted {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        challenge: plan.challenge.key.clone(),
        stages: plan.stages.iter().map(|stage| stage.key.clone()).collect(),
        seed: plan.seed,
        folder: plan.folder_name.clone(),
        time: plan.time.clone(),
        faults: plan.faults.clone(),
    }));
    let mut cancel = std::pin::pin!(cancel);
    let outcome = tokio::select! {
        outcome = run.stages(&plan, node_events, cancel.as_mut()) => outcome,
        never = run.follow_nodes() => match never {},
        never = run.look_at_disk() => match never {},
    };
    run.finish_recording().await;
    let outcome = run.blamed(outcome);
    // An abandoned build or step may still be dying.
    let _ = timeout(KILLED, run.programs.ended()).await;
    let took = run.began.elapsed().saturating_sub(run.budget.waited());
    run.emit(Event::RunEnded { outcome: outcome.clone(), took });
    outcome
}

impl Run {
    /// Sends an event to whoever listens. What nodes did before it is sent first.
    fn emit(&self, event: Event) {
        self.drain();
        self.send(Instant::now(), event);
    }

    fn send(&self, at: Instant, event: Event) {
        match &event {
            Event::TestStarted { .. } => self.messages.test_begins(),
            Event::TestEnded { verdict, .. } => {
                let passed = matches!(verdict, Verdict::Passed);
                self.messages.test_ends(passed);
                // Its card looks for values in them.
                if !passed {
                    self.messages.written();
                }
            }
            _ => {}
        }
        let bytes = budget::weight(&event);
        self.budget.event(bytes);
        self.sink.send(bytes, Stamped { at: at.duration_since(self.began), event });
    }

    /// Verdicts do not depend on the record of messages; that it is incomplete is told beside them.
    async fn finish_recording(&self) {
        let messages = Arc::clone(&self.messages);
        let finished = tokio::task::spawn_blocking(move || messages.finish()).await;
        if let Err(error) = finished.unwrap_or_else(|panic| Err(std::io::Error::other(panic))) {
            self.disk.note(&error);
            self.emit(Event::Note { text: format!("messages between nodes are not all recorded: {error}") });
        }
    }

    fn drain(&self) {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        while let Ok(event) = nodes.try_recv() {
            self.node_event(event);
        }
    }

    fn node_event(&self, event: NodeEvent) {
        let node = &event.node;
        let what = |sentence| {
            What::Found(Finding::Node { node: node.clone(), sentence, said: Vec::new(), late: false, starved: false })
        };
        let gone = match &event.kind {
            NodeEventKind::Exited { status } => {
                Some(Gone::Exited(what(format!("{node} ended on its own while the test ran: {status}."))))
            }
            NodeEventKind::OverLimit { sentence } => Some(Gone::OverLimit(what(sentence.clone()))),
            NodeEventKind::GuardLost => Some(Gone::Guard(format!(
                "the process of lsfr that guards {node} was killed, so {node} was killed too"
            ))),
            _ => None,
        };
        if let Some(gone) = gone {
            self.gone.lock().unwrap_or_else(PoisonError::into_inner).push_back(gone);
            self.went.notify_waiters();
        }
        self.send(event.at, Event::Node { node: event.node, what: event.kind });
    }

    /// Reports what nodes do at the moment they do it, even while there is nothing else to report.
    async fn follow_nodes(&self) -> Infallible {
        loop {
            let told = std::future::poll_fn(|context| {
                let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
                nodes.poll_recv(context)
            });
            match told.await {
                Some(event) => self.node_event(event),
                None => std::future::pending().await,
            }
        }
    }

    async fn look_at_disk(&self) -> Infallible {
        loop {
            self.disk.look();
            tokio::time::sleep(LOOK_AT_DISK).await;
        }
    }

    /// Waits until a node ends unasked.
    async fn gone(&self) -> Gone {
        loop {
            let went = self.went.notified();
            if let Some(gone) = self.take_gone() {
                return gone;
            }
            went.await;
        }
    }

    fn take_gone(&self) -> Option<Gone> {
        self.drain();
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn forget_gone(&self) {
        self.drain();
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Why no failure says anything about the program: on a full disk, or without the folder that its data is in, it
    /// fails however right it is.
    fn excuse(&self) -> Option<Outcome> {
        let gone = || {
            self.made.is_gone().then(|| Outcome::Fault {
                cause: FaultCause::Folder,
                message: format!(
                    "{} was removed while the run went on, and with it the data of the nodes and lsfr's records. \
                     Run again. Old runs need not be removed by hand: lsfr keeps the last few.",
                    self.folder_name
                ),
            })
        };
        self.disk.lack().map(disk_fault).or_else(gone)
    }

    /// Why a test cannot be judged. A test that passed all the same counts, unless the result could not be recorded.
    fn unjudgeable(&self, verdict: &Verdict) -> Option<Outcome> {
        match verdict {
            Verdict::Failed(_) | Verdict::NotJudged { .. } => self.excuse(),
            Verdict::Passed | Verdict::NotRun { .. } => self.disk.was_full().map(disk_fault),
        }
    }

    /// On a full disk, or without its folder, lsfr's own errors are caused by that.
    fn blamed(&self, outcome: Outcome) -> Outcome {
        let why = match outcome {
            Outcome::Fault { cause: FaultCause::Own, .. } => self.excuse(),
            Outcome::Passed | Outcome::Failed | Outcome::NotJudged => self.disk.was_full().map(disk_fault),
            Outcome::BrokenPack { .. }
            | Outcome::Fault { cause: FaultCause::Disk | FaultCause::Folder, .. }
            | Outcome::Interrupted => None,
        };
        why.unwrap_or(outcome)
    }

    async fn stages(
        &self,
        plan: &Plan,
        node_events: mpsc::UnboundedSender<NodeEvent>,
        mut cancel: std::pin::Pin<&mut (impl Future<Output = ()> + Send)>,
    ) -> Outcome {
        let built = match &plan.build {
            None => Ok(()),
            Some(command) => tokio::select! {
                built = self.build(command) => built,
                () = cancel.as_mut() => return Outcome::Interrupted,
            },
        };
        let broken = match built {
            Ok(()) => None,
            Err(Ok(why)) => Some(why),
            Err(Err(message)) => return Outcome::Fault { cause: FaultCause::Own, message },
        };
        if plan.challenge.program == Program::Compiler {
            match NodeLog::open(&self.folder, COMPILER_LOG, self.began) {
                Ok(log) => *self.log.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(log)),
                Err(error) => {
                    let message = format!("the compiler's log cannot be kept: {error}");
                    return Outcome::Fault { cause: FaultCause::Own, message };
                }
            }
        }
        let mut worst = Outcome::Passed;
        for stage in &plan.stages {
            let verdict = stage::run(self, plan, stage, &node_events, cancel.as_mut(), broken.as_ref()).await;
            match verdict {
                Ok(StageVerdict::Passed | StageVerdict::Partial) => {}
                Ok(StageVerdict::Failed) => worst = Outcome::Failed,
                Ok(StageVerdict::NotJudged) if worst == Outcome::Passed => worst = Outcome::NotJudged,
                Ok(StageVerdict::NotJudged) => {}
                Err(outcome) => return outcome,
            }
        }
        worst
    }

    /// Builds the program. The inner error is the learner's, the outer one is lsfr's own.
    async fn build(&self, command: &str) -> Result<(), Result<Blocked, String>> {
        self.emit(Event::BuildStarted { command: command.to_owned() });
        let began = Instant::now();
        let own = |error: std::io::Error| Err(format!("the build's output cannot be kept: {error}"));
        // Its output is read like a node's: as it comes, with times.
        let log = NodeLog::open(&self.folder, BUILD_LOG, self.began).map(Arc::new).map_err(own)?;
        let followed = tokio::spawn(follow_logs(vec![Arc::downgrade(&log)]));
        let args = [OsString::from("-c"), OsString::from(command)];
        let files = self.folder.join("build");
        let once = Once {
            guard: &self.guard,
            program: Path::new("/bin/sh"),
            args: &args,
            dir: &self.project,
            files: &files,
            output: Some(&log.path),
            limits: Limits::default(),
            longest_file: None,
            programs: &self.programs,
            time: &self.time,
        };
        let finished = once.with_stdin(b"", BUILD).await.map_err(|error| Err(error.to_string()))?;
        log.sample();
        let tail = last_lines(&log.path, 0, TAIL).map_err(own)?;
        let tail: Vec<String> = tail.iter().map(|line| clean(line)).collect();
        let path = log.path.clone();
        drop(log);
        let _ = followed.await;
        let (status, passed) = match &finished.end {
            run_to_end::End::Exited(status) => (status.to_string(), status.success()),
            run_to_end::End::TimedOut(_) => (format!("not done after {} s", BUILD.as_secs()), false),
            run_to_end::End::NotStarted { message, .. } => (message.clone(), false),
            run_to_end::End::OverLimit(over) => (over.sentence_of_program("It"), false),
        };
        let took = began.elapsed();
        self.emit(Event::BuildEnded { status: status.clone(), passed, took, tail: tail.clone() });
        if passed {
            return Ok(());
        }
        if let Some(Outcome::Fault { message, .. }) = self.excuse() {
            return Err(Err(message));
        }
        // A build may print hundreds of megabytes.
        let said = tokio::task::spawn_blocking(move || Output::read(&path, 0, TAIL)).await;
        let said = said.map_err(std::io::Error::other).and_then(|said| said).map_err(own)?;
        Err(Ok(Blocked::Build { command: command.to_owned(), status, took, said }))
    }
}

fn disk_fault(lack: Lack) -> Outcome {
    Outcome::Fault { cause: FaultCause::Disk, message: lack.to_string() }
}

/// Whether a future is ready at once.
async fn ready(future: std::pin::Pin<&mut (impl Future<Output = ()> + Send)>) -> bool {
    let mut future = future;
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
}

#[cfg(test)]
mod fuzz_tests;
