//! One stage: its tests in order, each on a healthy cluster, and what happens to the cluster between them.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::challenge::{Monitor, Program, Stage};
use crate::cluster::{Cluster, ClusterSpec, NodeEvent, NodeState, StartError};
use crate::network::Policy;
use crate::scenario::Test;
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::scenario::hint;

use super::blocked::{Held, Unready};
use super::connection::Connections;
use super::doubt::{self, Circumstances};
use super::http::Clients;
use super::monitor::Watch;
use super::recorded::Recorded;
use super::steps::{Frame, Interpreter, Shrinking, Timed};
use super::stop::{Failed, Stop};
use super::verbs::traffic::Marks;
use super::verbs::workload::{Loads, Orders};
use super::{Gone, Plan, Run, node_failure};
use crate::facts::{
    Blocked, EarlyEnd, Event, Failure, FaultCause, Finding, LeftUp, NodeAddress, NotStarted, Outcome, ShortWalk,
    StageVerdict, Verb, Verdict, What,
};

/// After a broken connection: how long to wait for the news that the node has ended, which explains it.
const NEWS: Duration = Duration::from_millis(250);
/// After a node has ended: how long the request that this broke has to be reported.
const GRACE: Duration = Duration::from_millis(100);

/// The cluster of a stage, as long as it is healthy.
struct Nodes<'a> {
    run: &'a Run,
    plan: &'a Plan,
    stage: &'a Stage,
    events: &'a mpsc::UnboundedSender<NodeEvent>,
    cluster: Option<Cluster>,
    clients: Clients,
    /// What the cluster's nodes said, if that is watched.
    watch: Option<Watch<'a>>,
}

/// Runs a stage's tests. An error ends the whole run: interrupted, or lsfr's own fault.
pub(super) async fn run(
    run: &Run,
    plan: &Plan,
    stage: &Stage,
    events: &mpsc::UnboundedSender<NodeEvent>,
    mut cancel: Pin<&mut (impl Future<Output = ()> + Send)>,
    broken: Option<&Blocked>,
) -> Result<StageVerdict, Outcome> {
    let chosen = |test: &&Test| plan.only.as_ref().is_none_or(|name| *name == test.name);
    let tests: Vec<&Test> = stage.tests.tests.iter().filter(chosen).collect();
    let names = tests.iter().map(|test| test.name.clone()).collect();
    run.emit(Event::StageStarted { stage: stage.key.clone(), title: stage.title.clone(), tests: names });
    let (began, waited) = (Instant::now(), run.budget.waited());
    let clients = Clients::new(&run.time, &run.requests);
    let mut nodes = Nodes { run, plan, stage, events, cluster: None, clients, watch: None };
    // Once for all stages.
    if let Some(why) = broken.filter(|_| plan.stages.first().is_some_and(|first| first.key == stage.key)) {
        let stage = stage.key.clone();
        run.emit(Event::NotStarted(NotStarted { stage, why: why.clone(), not_judged: None }));
    }
    let tally = nodes.all(&tests, cancel.as_mut(), broken.map(Held::by)).await;
    nodes.end().await;
    let verdict = match tally? {
        Tally { failed: 1.., .. } => StageVerdict::Failed,
        Tally { not_judged: 1.., .. } => StageVerdict::NotJudged,
        _ if tests.len() < stage.tests.tests.len() => StageVerdict::Partial,
        _ => StageVerdict::Passed,
    };
    let took = began.elapsed().saturating_sub(run.budget.waited() - waited);
    run.emit(Event::StageEnded { stage: stage.key.clone(), verdict, took });
    Ok(verdict)
}

/// How a look at a failed test's nodes ended, if there was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Over,
    /// With the run, whose `cancel` must not be asked again.
    Cancelled,
}

/// Tests of a stage that did not pass.
#[derive(Default)]
struct Tally {
    failed: usize,
    not_judged: usize,
}

impl Tally {
    /// `held`: what holds back the tests that are not run.
    fn add(&mut self, verdict: &Verdict, held: Option<&Held>) {
        match verdict {
            Verdict::Passed => {}
            Verdict::NotRun { .. } if held.is_some_and(|held| held.not_judged.is_some()) => self.not_judged += 1,
            Verdict::Failed(_) | Verdict::NotRun { .. } => self.failed += 1,
            Verdict::NotJudged { .. } => self.not_judged += 1,
        }
    }
}

impl<'a> Nodes<'a> {
    /// Runs tests one after the other.
    async fn all(
        &mut self,
        tests: &[&Test],
        mut cancel: Pin<&mut (impl Future<Output = ()> + Send)>,
        mut held: Option<Held>,
    ) -> Result<Tally, Outcome> {
        let mut tally = Tally::default();
        for (at, test) in tests.iter().enumerate() {
            let started = Instant::now();
            let (stage, name) = (self.stage.key.clone(), test.name.clone());
            let verdict = if let Some(held) = &held {
                Verdict::NotRun { reason: held.reason.to_owned() }
            } else {
                self.run.emit(Event::TestStarted { stage: stage.clone(), test: name.clone() });
                let (verdict, holds) = tokio::select! {
                    result = self.tried(test) => result?,
                    () = cancel.as_mut() => return Err(Outcome::Interrupted),
                };
                held = holds;
                verdict
            };
            if let Some(outcome) = self.run.unjudgeable(&verdict) {
                return Err(outcome);
            }
            tally.add(&verdict, held.as_ref());
            let healthy = matches!(verdict, Verdict::Passed | Verdict::NotRun { .. });
            let failed = matches!(verdict, Verdict::Failed(_));
            self.run.emit(Event::TestEnded { stage, test: name, verdict, took: started.elapsed() });
            let look = if failed { self.look(test, cancel.as_mut()).await } else { Look::Over };
            if !healthy {
                self.end().await;
            }
            if look == Look::Cancelled {
                // Nothing was left to do: the run has come to its end.
                let last = at + 1 == tests.len() && self.is_last();
                return if last { Ok(tally) } else { Err(Outcome::Interrupted) };
            }
            if super::ready(cancel.as_mut()).await {
                return Err(Outcome::Interrupted);
            }
        }
        Ok(tally)
    }

    /// Leaves the nodes of a failed test as they are, for as long as somebody wants to look at them.
    async fn look(&self, test: &Test, cancel: Pin<&mut (impl Future<Output = ()> + Send)>) -> Look {
        let mut leave_up = self.plan.leave_up.clone();
        let Some(cluster) = self.cluster.as_ref().filter(|_| *leave_up.borrow()) else { return Look::Over };
        let address = |node: &String| NodeAddress { node: node.clone(), address: cluster.address(node) };
        let nodes = cluster.nodes().iter().map(address).collect();
        let (stage, test) = (self.stage.key.clone(), test.name.clone());
        self.run.emit(Event::LeftUp(LeftUp { stage, test, nodes }));
        let began = Instant::now();
        let look = tokio::select! {
            // Nobody is there any more, if this fails.
            _ = leave_up.wait_for(|wanted| !wanted) => Look::Over,
            () = cancel => Look::Cancelled,
        };
        self.run.budget.stood_still(began.elapsed());
        look
    }

    /// No stage comes after this one.
    fn is_last(&self) -> bool {
        self.plan.stages.last().is_some_and(|last| last.key == self.stage.key)
    }

    /// Runs one test; if the first attempt cannot be judged, runs it once more, when the machine is quieter if that may help.
    async fn tried(&mut self, test: &Test) -> Result<(Verdict, Option<Held>), Outcome> {
        let (verdict, held) = self.test(test).await?;
        let doubt = match (&verdict, &held) {
            (Verdict::NotJudged { reason, .. }, _) => Some(reason),
            (_, held) => held.as_ref().and_then(|held| held.not_judged.as_ref()),
        };
        let Some(reason) = doubt.filter(|_| self.run.second_tries.take()).cloned() else {
            return Ok((verdict, self.told(held)));
        };
        self.end().await;
        let (stage, name) = (&self.stage.key, &test.name);
        self.run.emit(Event::TestAgain { stage: stage.clone(), test: name.clone(), reason });
        if machine_may_explain(&verdict) {
            doubt::until_quiet(&self.run.time).await;
        }
        // Files that programs made the first time must not be there the second time.
        if let Err(error) = remove(&self.folder(test)) {
            return Err(Outcome::Fault { cause: FaultCause::Own, message: error });
        }
        self.run.emit(Event::TestStarted { stage: stage.clone(), test: name.clone() });
        let (verdict, held) = self.test(test).await?;
        Ok((verdict, self.told(held)))
    }

    /// Reports what holds back all tests.
    fn told(&self, mut held: Option<Held>) -> Option<Held> {
        if let Some(untold) = held.as_mut().and_then(|held| held.untold.take()) {
            self.run.emit(Event::NotStarted(*untold));
        }
        held
    }

    /// Runs one test: its verdict, and what holds back all others, if anything does.
    async fn test(&mut self, test: &Test) -> Result<(Verdict, Option<Held>), Outcome> {
        let began = Instant::now();
        self.run.budget.test_begins();
        match self.ready(test).await {
            Ok(()) => {}
            Err(Unready::NotStarted(node, error)) => return self.not_started(test, &node, &error, began),
            Err(Unready::Stop(stop)) => return self.ended(test, Err(stop), began, None),
        }
        let (loads, orders) = Loads::new();
        let interpreter = self.interpreter(test, loads);
        let result = self.steps(test, &interpreter, orders).await;
        interpreter.loads.end(self.run).await;
        self.ended(test, self.better_explained(result), began, interpreter.timed.since())
    }

    /// Brings up what the test relies on.
    async fn ready(&mut self, test: &Test) -> Result<(), Unready> {
        if self.cluster.is_some()
            && let Some(gone) = self.run.take_gone()
        {
            // This happened after the last test ended. It is reported here because it would otherwise stay hidden.
            return Err(Unready::Stop(gone.stop(Failed::nowhere())));
        }
        if test.fresh && self.cluster.is_some() {
            self.end().await;
            self.run.emit(Event::AnotherCluster);
        }
        if self.cluster.is_none() {
            // Whatever happened to an earlier cluster has already been reported.
            self.run.forget_gone();
        }
        match self.plan.challenge.program {
            Program::Server => self.healthy().await,
            _ => Ok(()),
        }
    }

    fn interpreter(&self, test: &Test, loads: Loads) -> Interpreter<'_> {
        Interpreter {
            run: self.run,
            cluster: self.cluster.as_ref(),
            clients: &self.clients,
            connections: Connections::default(),
            watch: self.watch.as_ref(),
            roles: &self.plan.challenge.roles,
            operations: &self.plan.challenge.operations,
            models: &self.plan.challenge.models,
            spec: self.cluster.is_some().then(|| self.spec()),
            shrinking: Shrinking::default(),
            loads,
            recorded: Recorded::default(),
            marks: Marks::default(),
            defaults: self.stage.tests.defaults,
            key: self.key(test),
            folder: self.folder(test),
            unsettled: &self.plan.challenge.unsettled,
            timed: Timed::new(test.timed),
        }
    }

    /// What all random choices of a test depend on.
    fn key(&self, test: &Test) -> String {
        format!("{}/{}/{}", self.run.seed, self.stage.key, test.name)
    }

    fn scope(&self, test: &Test) -> Scope {
        let mut scope = Scope::new(Draw::new(self.key(test)));
        scope.set("seed", self.run.seed);
        scope.set("folder", self.folder(test).display().to_string());
        self.stage.tests.nodes.name_in(&mut scope);
        scope
    }

    /// Runs the steps of a test until they are through, or until something ends them.
    async fn steps(&self, test: &Test, interpreter: &Interpreter<'_>, orders: Orders) -> Result<(), Stop> {
        let mut scope = self.scope(test);
        let frame = Frame::default();
        let mut steps: Pin<Box<dyn Future<Output = Result<(), Stop>> + Send>> = Box::pin(async {
            interpreter.steps(&test.steps, &mut scope, &frame).await?;
            interpreter.nothing_is_left().await
        });
        let result = tokio::select! {
            result = &mut steps => self.explained(result).await,
            stop = interpreter.drive(orders) => self.explained(Err(stop)).await,
            gone = self.run.gone() => match self.after(interpreter, &mut steps).await {
                Some(Err(Stop::Failed(failed))) => Err(gone.stop(*failed)),
                _ => Err(gone.stop(Failed::nowhere())),
            },
            overrun = self.run.overrun() => Err(overrun),
            never = self.run.budget.turns() => match never {},
            breach = self.breach() => Err(Stop::Failed(Box::new(breach))),
        };
        drop(steps);
        match interpreter.loads.under_way() {
            Some(name) if result.is_ok() => {
                Err(Stop::pack(format!("the test ended while the workload `{name}` was under way")))
            }
            _ => result,
        }
    }

    /// How the steps end after a node has ended, if they do so soon.
    async fn after(
        &self,
        interpreter: &Interpreter<'_>,
        steps: &mut (impl Future<Output = Result<(), Stop>> + Unpin),
    ) -> Option<Result<(), Stop>> {
        match timeout(GRACE, &mut *steps).await {
            Ok(result) => Some(result),
            Err(_) if interpreter.shrinking.has_begun() => Some(steps.await),
            Err(_) => None,
        }
    }

    /// What explains a failure better than what the steps saw of it.
    fn better_explained(&self, result: Result<(), Stop>) -> Result<(), Stop> {
        // A step may have noticed this and failed because of it, too.
        let breach = self.watch.as_ref().and_then(Watch::take_breach);
        let result = breach.map_or(result, |breach| Err(Stop::Failed(Box::new(breach))));
        match self.run.take_gone() {
            // A program may crash right after its last answer.
            Some(gone) if result.is_ok() => Err(gone.stop(Failed::nowhere())),
            // Whatever failed, the reason is the node that somebody killed behind the test's back.
            Some(gone @ Gone::Guard(_)) => Err(gone.stop(Failed::nowhere())),
            _ => result,
        }
    }

    /// After a broken connection the node may have ended, which is the better explanation.
    async fn explained(&self, result: Result<(), Stop>) -> Result<(), Stop> {
        match result {
            Err(Stop::Failed(failed)) if failed.what.finding().is_broken_connection() => {
                match timeout(NEWS, self.run.gone()).await {
                    Ok(gone) => Err(gone.stop(*failed)),
                    Err(_) => Err(Stop::Failed(failed)),
                }
            }
            other => other,
        }
    }

    fn ended(
        &self,
        test: &Test,
        result: Result<(), Stop>,
        began: Instant,
        timed: Option<Instant>,
    ) -> Result<(Verdict, Option<Held>), Outcome> {
        match result {
            Ok(()) => Ok((Verdict::Passed, None)),
            Err(Stop::Failed(failed)) => Ok((self.judge(test, *failed, began, timed), None)),
            Err(other) => Err(fault(other)),
        }
    }

    /// Without nodes no test can be tried. That is reported once, and does not count as a failure of the first test.
    fn not_started(
        &self,
        test: &Test,
        node: &str,
        error: &StartError,
        began: Instant,
    ) -> Result<(Verdict, Option<Held>), Outcome> {
        let failed = match node_failure::not_started(node, error) {
            Stop::Failed(failed) => *failed,
            other => return Err(fault(other)),
        };
        if let Some(excuse) = self.run.excuse() {
            return Err(excuse);
        }
        let not_judged = match self.judge(test, failed, began, None) {
            Verdict::NotJudged { reason, .. } => Some(reason),
            _ => None,
        };
        let command = self.cluster.as_ref().map(|cluster| cluster.command_line(node)).unwrap_or_default();
        let said = error.said().cloned().unwrap_or_default();
        let why = Blocked::Start { node: node.to_owned(), sentence: error.to_string(), command, said };
        let held = Held::by(&why);
        let event = NotStarted { stage: self.stage.key.clone(), why, not_judged: not_judged.clone() };
        let held = Held { not_judged, untold: Some(Box::new(event)), ..held };
        Ok((Verdict::NotRun { reason: held.reason.to_owned() }, Some(held)))
    }

    /// Watches the nodes while a test runs, until something that must hold at all times does not.
    async fn breach(&self) -> Failed {
        let (Some(watch), Some(cluster)) = (&self.watch, &self.cluster) else { return std::future::pending().await };
        tokio::select! {
            never = watch.ask(self.run, cluster, &self.clients) => match never {},
            breach = watch.breach() => breach,
        }
    }

    /// A failure, unless a busy machine explains it.
    fn judge(&self, test: &Test, mut failed: Failed, began: Instant, timed: Option<Instant>) -> Verdict {
        let run = self.run;
        let circumstances =
            Circumstances::read(&run.time, run.began, began, self.stage.tests.nodes.names.len(), timed);
        let doubt = failed.doubt.take().or_else(|| circumstances.doubt(&failed.what));
        let failure = Box::new(self.failure(test, failed));
        match doubt {
            Some(doubt) => Verdict::NotJudged { reason: doubt.to_string(), failure },
            None => Verdict::Failed(failure),
        }
    }

    fn failure(&self, test: &Test, failed: Failed) -> Failure {
        // The card reads the logs at once, and what a program prints when it fails is what it needs most.
        if let Some(cluster) = &self.cluster {
            cluster.sample_logs();
        }
        let mut what = failed.what;
        if let Finding::Violation(violation) = what.finding_mut()
            && let Some(slug) = &mut violation.breaks
            && let Some(requirement) = self.stage.guide.requirement(slug)
        {
            slug.clone_from(&requirement.title);
        }
        let requirement = self.stage.guide.requirement(&test.proves);
        // In a walk that was too short nothing was wrong.
        let hints = failed.hints.into_iter().chain(test.hints.iter().cloned());
        let hints = hints.filter(|_| !matches!(what.finding(), Finding::ShortWalk(_)));
        let hints = hint::fitting(hints, what.kind());
        let commands: BTreeMap<String, Vec<String>> = self.cluster.as_ref().map_or_else(BTreeMap::new, |cluster| {
            cluster.nodes().iter().map(|node| (node.clone(), cluster.command_line(node))).collect()
        });
        Failure {
            requirement: requirement.map_or_else(|| test.proves.clone(), |requirement| requirement.title.clone()),
            proves: test.proves.clone(),
            step: failed.place,
            what,
            hints,
            commands,
        }
    }

    fn folder(&self, test: &Test) -> PathBuf {
        let at = self.stage.tests.tests.iter().position(|other| std::ptr::eq(other, test)).unwrap_or(0);
        self.run.folder.join("scratch").join(format!("{}-{}", self.stage.key, at + 1))
    }

    /// A cluster with every node up: what a test may rely on.
    async fn healthy(&mut self) -> Result<(), Unready> {
        if self.cluster.is_none() {
            let cluster = Cluster::new(self.spec(), self.events.clone()).await;
            self.cluster = Some(cluster.map_err(|error| Stop::fault(error.to_string()))?);
            self.watch = self.watch()?;
        }
        let Some(cluster) = &self.cluster else { return Ok(()) };
        if let Some(network) = cluster.network().filter(|network| !network.policy().is_whole()) {
            self.run.change(network, Verb::Heal, "heal all links".to_owned(), Policy::clear);
        }
        let watch = self.watch.as_ref();
        let starts = cluster.nodes().iter().map(|node| async move {
            match cluster.state(node) {
                NodeState::Up => Ok(()),
                NodeState::Paused => {
                    let resumed = cluster.resume(node).await;
                    resumed.map_err(|error| Unready::Stop(node_failure::not_obeyed(node, &error)))
                }
                _ => {
                    if let Some(watch) = watch {
                        watch.started();
                    }
                    match cluster.start(node).await {
                        Ok(_) => Ok(()),
                        Err(error) => Err(Unready::NotStarted(node.clone(), Box::new(error))),
                    }
                }
            }
        });
        futures_util::future::join_all(starts).await.into_iter().collect()
    }

    /// A cluster of this stage, with folders that are not there yet.
    fn spec(&self) -> ClusterSpec {
        let nodes = &self.stage.tests.nodes;
        ClusterSpec {
            challenge_dir: self.run.project.clone(),
            run_dir: self.run.folder.clone(),
            data_dir: self.fresh_data(),
            nodes: nodes.names.clone(),
            arguments: nodes.arguments.clone(),
            guard: self.run.guard.clone(),
            seed: self.run.seed,
            started_at: self.run.began,
            patience: crate::cluster::Patience::default(),
            limits: crate::cluster::Limits::default(),
            time: self.run.time.clone(),
            tap: self.run.messages.tap(&nodes.names),
        }
    }

    /// The monitor of this stage. It remembers one cluster, and must not outlast that cluster's data.
    fn watch(&self) -> Result<Option<Watch<'a>>, Stop> {
        let (challenge, stage) = (&self.plan.challenge, &self.stage.key);
        let monitor = challenge.monitor.as_ref();
        let monitor = monitor
            .filter(|monitor| self.stage.tests.nodes.names.len() > 1 && challenge.reaches(stage, &monitor.from));
        let watch = |monitor: &'a Monitor| {
            let under_way = monitor.under_way.as_ref().filter(|under_way| challenge.reaches(stage, &under_way.from));
            Watch::new(monitor, challenge.reaches(stage, &monitor.over_restarts_from), under_way)
        };
        monitor.map(watch).transpose()
    }

    /// `data`, then `data-2` and so on: what a failed test left stays as it was.
    fn fresh_data(&self) -> PathBuf {
        let names = std::iter::once("data".to_owned()).chain((2..).map(|number| format!("data-{number}")));
        let paths = names.map(|name| self.run.folder.join(name));
        paths.into_iter().find(|path| !path.exists()).unwrap_or_else(|| self.run.folder.join("data"))
    }

    async fn end(&mut self) {
        self.clients = Clients::new(&self.run.time, &self.run.requests);
        self.watch = None;
        if let Some(cluster) = self.cluster.take() {
            cluster.shutdown().await;
        }
    }
}

impl Gone {
    /// Replaces what the step saw of it by this. A request that the node's end broke stays: it is the one to repeat,
    /// and its card mentions the end too.
    fn stop(self, seen: Failed) -> Stop {
        match self {
            Gone::Exited(What::Found(Finding::Node { node, .. })) if is_request_to(&node, &seen.what) => {
                Stop::Failed(Box::new(seen))
            }
            Gone::Exited(what) | Gone::OverLimit(what) => Stop::Failed(Box::new(Failed { what, ..seen })),
            Gone::Guard(sentence) => Stop::fault(sentence),
        }
    }
}

fn fault(stop: Stop) -> Outcome {
    let message = match stop {
        Stop::Pack(fault) => return Outcome::BrokenPack { message: fault.message, place: fault.place },
        Stop::Fault(fault) => fault.to_string(),
        Stop::Unanswered(how, _) => {
            format!("a request without an answer ({how}) was let through where none is allowed")
        }
        Stop::Failed(failed) => super::attempts::brief(&failed.what),
    };
    Outcome::Fault { cause: FaultCause::Own, message }
}

/// Whether a test may be judged when the machine is quieter. A walk that could not go on met that by its draws and kills.
fn machine_may_explain(verdict: &Verdict) -> bool {
    let Verdict::NotJudged { failure, .. } = verdict else { return true };
    !matches!(failure.what.finding(), Finding::ShortWalk(ShortWalk { end: EarlyEnd::Open | EarlyEnd::Undecided, .. }))
}

/// Whether one request to this node got no answer because its connection broke.
fn is_request_to(node: &str, what: &What) -> bool {
    let finding = match what {
        What::Found(finding) => finding,
        What::Walked { last, .. } => last.finding(),
        _ => return false,
    };
    let to = match finding {
        Finding::Answer { operation, .. } => &operation.node,
        Finding::Conversation(talk) => &talk.node,
        _ => return false,
    };
    to == node && finding.is_broken_connection()
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("the test's folder cannot be removed: {error}"))
        }
        _ => Ok(()),
    }
}
