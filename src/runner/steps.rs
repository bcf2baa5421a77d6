//! The interpreter: runs steps one after the other, in the order they are written.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::challenge::{Role, Unsettled};
use crate::cluster::{Cluster, Deadline, NodeError, NodeState};
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::scenario::load::Operations;
use crate::scenario::template::Data;
use crate::scenario::{Action, Defaults, Expect, NodeVerb, Step};

use super::connection::Connections;
use super::doubt::surest;
use super::http::Clients;
use super::load::Loads;
use super::monitor::Watch;
use super::recorded::Recorded;
use super::seen::{History, brief};
use super::select::Pool;
use super::stop::{Failed, Stop};
use super::{Run, trouble, words};
use crate::facts::{Event, Finding, What};

/// The first pause between two attempts, and the longest.
const SHORT_PAUSE: Duration = Duration::from_millis(5);
const LONG_PAUSE: Duration = Duration::from_millis(50);
/// Between two looks of `consistently`.
const LOOK: Duration = Duration::from_millis(20);

/// One test being run.
pub(super) struct Interpreter<'a> {
    pub(super) run: &'a Run,
    /// None where the program is no server.
    pub(super) cluster: Option<&'a Cluster>,
    pub(super) clients: &'a Clients,
    /// Those that the test has opened, by name.
    pub(super) connections: Connections,
    pub(super) watch: Option<&'a Watch<'a>>,
    pub(super) roles: &'a BTreeMap<String, Role>,
    pub(super) operations: &'a Arc<Operations>,
    pub(super) loads: Loads,
    /// What `tcp` steps have recorded.
    pub(super) recorded: Recorded,
    pub(super) defaults: Defaults,
    /// `seed/stage/test`: what every draw's key begins with.
    pub(super) key: String,
    /// The test's own folder, for programs that read and write files.
    pub(super) folder: PathBuf,
    pub(super) unsettled: &'a Unsettled,
    /// Since when it matters that lsfr does its steps in time.
    pub(super) timed: Timed,
}

/// Since when what a test expects depends on when lsfr does each step: for all of a test that says so, else since it
/// last waited.
#[derive(Debug)]
pub(super) struct Timed {
    always: bool,
    since: Mutex<Option<std::time::Instant>>,
}

impl Timed {
    pub(super) fn new(always: bool) -> Self {
        Self { always, since: Mutex::new(always.then(std::time::Instant::now)) }
    }

    pub(super) fn since(&self) -> Option<std::time::Instant> {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) {
        if !self.always {
            *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::time::Instant::now());
        }
    }
}

/// What steps inherit from the steps around them.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    /// Rounds and copies that these steps are part of, as `/2/17`: part of every draw's key.
    pub(super) rounds: String,
    /// Requests do not wait beyond this.
    pub(super) deadline: Option<Deadline>,
    /// Others are in flight at the same time, so a request gets longer.
    pub(super) many: bool,
    /// No answer is no failure here, and neither is one that matches this.
    pub(super) unanswered: Option<Expect<serde_json::Value>>,
    /// Attempts and copies are not told one by one.
    pub(super) quiet: bool,
}

pub(super) type Done<'s> = Pin<Box<dyn Future<Output = Result<(), Stop>> + Send + 's>>;

impl Interpreter<'_> {
    /// Boxed, because steps hold steps.
    pub(super) fn steps<'s>(&'s self, steps: &'s [Step], scope: &'s mut Scope, frame: &'s Frame) -> Done<'s> {
        Box::pin(async move {
            for step in steps {
                self.step(step, scope, frame).await.map_err(|stop| stop.at(step))?;
            }
            Ok(())
        })
    }

    async fn step(&self, step: &Step, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        self.run.step_begins(step).await?;
        scope.draw_at(Draw::new(format!("{}/{}{}", self.key, step.place.path, frame.rounds)));
        if !frame.quiet {
            self.run.tell(Event::StepStarted { text: words::of(step) });
        }
        match &step.action {
            Action::Nodes { verb, nodes } => {
                let pool = if *verb == NodeVerb::Start { Pool::Down } else { Pool::Up };
                let nodes = self.select(nodes, pool, scope, frame).await?;
                self.change(*verb, &nodes).await
            }
            Action::CrashAll => {
                let cluster = self.cluster()?;
                cluster.nodes().iter().for_each(|node| self.clients.close(node));
                let crashed = cluster.crash_all().await.map_err(|error| trouble::not_obeyed("a node", &error));
                cluster.nodes().iter().for_each(|node| self.connections.forget(node));
                crashed
            }
            Action::Network(network) => self.links(network, scope, frame).await,
            Action::Http(http) => self.http(http, scope, frame).await,
            Action::Tcp(tcp) => self.tcp_recorded(tcp, scope, frame).await,
            Action::Command(command) => self.command(command, scope).await,
            Action::Cases(cases) => self.cases(cases).await,
            Action::Eventually { within, steps } => {
                self.eventually(within.unwrap_or(self.defaults.within), steps, scope, frame).await
            }
            Action::Consistently { during, steps } => self.consistently(*during, steps, scope, frame).await,
            Action::Wait { time, .. } => {
                self.depends_on_now();
                sleep(*time).await;
                Ok(())
            }
            Action::Repeat { times, name, at_least: None, steps } => {
                for round in 0..count(times, scope)? {
                    scope.set(name, round);
                    self.steps(steps, scope, &frame.round(round)).await?;
                }
                scope.remove(name);
                Ok(())
            }
            Action::Repeat { times, name, at_least: Some(need), steps } => {
                let (times, need) = (count(times, scope)?, count(need, scope)?);
                self.rounds(times, need, name, steps, scope, frame).await
            }
            Action::Each { items, name, steps } => {
                let list = items.value(scope)?;
                // The steps below have accounts of their own, and this list is there for as long as they run.
                let _made = scope.made();
                let list = list.try_iter().map_err(|error| Stop::pack(error.to_string()))?;
                for (round, item) in list.enumerate() {
                    scope.set(name, item);
                    self.steps(steps, scope, &frame.round(round as u64)).await?;
                }
                scope.remove(name);
                Ok(())
            }
            Action::Find { role, within, save } => {
                let within = within.unwrap_or(self.defaults.within);
                let found = self.find(role, within, scope, frame).await?;
                for (name, expression) in save {
                    let value =
                        expression.eval(&found.names).map_err(|error| Stop::undefined(error, "Its answer"))?;
                    scope.save(name, value)?;
                }
                Ok(())
            }
            Action::Set(values) => {
                for (name, data) in values {
                    let value = data.value(scope)?;
                    scope.save(name, value)?;
                }
                Ok(())
            }
            Action::Compare { value, is } => {
                let actual = value.json(scope)?;
                let wrong = is.resolve(scope)?.check("the value", Some(&actual));
                match wrong.first() {
                    None => Ok(()),
                    Some(mismatch) => Err(self.compared(mismatch, &actual)),
                }
            }
            Action::Use { steps, .. } => self.steps(steps, scope, frame).await,
            Action::Concurrently(many) => self.concurrently(many, scope, frame).await,
            Action::Workload(workload) => self.workload(workload, step, scope, frame).await,
            Action::Await(name) => self.await_load(name).await.map(|_| ()),
            Action::Check(check) => self.check(check, scope).await,
        }
    }

    /// What follows depends on how much time passes from here on.
    pub(super) fn depends_on_now(&self) {
        self.timed.now();
    }

    pub(super) fn cluster(&self) -> Result<&Cluster, Stop> {
        self.cluster.ok_or_else(|| Stop::pack("this challenge's program is no server: it has no nodes".to_owned()))
    }

    /// Rounds of which some may fail. What those saved is forgotten.
    async fn rounds(
        &self,
        times: u64,
        need: u64,
        name: &str,
        steps: &[Step],
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let allowed = times.saturating_sub(need);
        let mut failures: Vec<Box<Failed>> = Vec::new();
        for round in 0..times {
            let mut attempt = scope.clone();
            attempt.set(name, round);
            match self.steps(steps, &mut attempt, &frame.round(round)).await {
                Ok(()) => *scope = attempt,
                Err(Stop::Failed(failed))
                    if !matches!(
                        failed.what,
                        What::Found(Finding::Node { .. }) | What::Found(Finding::Breach { .. })
                    ) =>
                {
                    let text = format!("round {} of {times} failed: {}", round + 1, brief(&failed.what));
                    self.run.tell(Event::Note { text });
                    failures.push(failed);
                    let count = failures.len();
                    if count as u64 > allowed {
                        // The last one first: what came before it is further away in the logs.
                        failures.reverse();
                        let Some(mut failed) = surest(failures, |failed| failed) else { break };
                        let last = Box::new(failed.what);
                        let (of, allowed) = (times as usize, allowed as usize);
                        failed.what = What::Rounds { failed: count, of, allowed, last };
                        return Err(Stop::Failed(failed));
                    }
                }
                Err(other) => return Err(other),
            }
        }
        scope.remove(name);
        Ok(())
    }

    pub(super) async fn change(&self, verb: NodeVerb, nodes: &[String]) -> Result<(), Stop> {
        let changes = nodes.iter().map(|node| self.change_one(verb, node));
        for result in futures_util::future::join_all(changes).await {
            result?;
        }
        Ok(())
    }

    async fn change_one(&self, verb: NodeVerb, node: &str) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        let obeyed = |result: Result<(), NodeError>| result.map_err(|error| trouble::not_obeyed(node, &error));
        match verb {
            NodeVerb::Start => self.start(node).await,
            NodeVerb::Stop => self.stop(node).await,
            NodeVerb::Kill => self.kill(node).await,
            NodeVerb::Pause => obeyed(cluster.pause(node).await),
            NodeVerb::Resume => obeyed(cluster.resume(node).await),
            NodeVerb::Restart { kill } => {
                if kill {
                    self.kill(node).await?;
                } else {
                    self.stop(node).await?;
                }
                self.start(node).await
            }
        }
    }

    async fn kill(&self, node: &str) -> Result<(), Stop> {
        self.clients.close(node);
        let killed = self.cluster()?.kill(node).await.map_err(|error| trouble::not_obeyed(node, &error));
        self.connections.forget(node);
        killed
    }

    async fn start(&self, node: &str) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        if cluster.state(node) == NodeState::Up {
            return Ok(());
        }
        if let Some(watch) = self.watch {
            watch.started();
        }
        match cluster.start(node).await {
            Ok(_) => Ok(()),
            Err(error) => Err(trouble::not_started(node, &error)),
        }
    }

    async fn stop(&self, node: &str) -> Result<(), Stop> {
        self.clients.close(node);
        let stopped = self.cluster()?.stop(node).await;
        self.connections.forget(node);
        match stopped {
            Ok(_) => Ok(()),
            Err(error) => Err(trouble::not_stopped(node, &error)),
        }
    }

    async fn eventually(
        &self,
        within: Duration,
        steps: &[Step],
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let deadline = self.run.time.deadline(within).earlier(frame.deadline.as_ref());
        let inner = Frame { deadline: Some(deadline.clone()), quiet: true, ..frame.clone() };
        let mut history = History::new();
        let mut last = None;
        let (mut attempts, mut pause) = (0, SHORT_PAUSE);
        let starved = loop {
            // Only the attempt that passed leaves its names behind.
            let mut attempt = scope.clone();
            attempts += 1;
            let result = tokio::select! {
                result = self.steps(steps, &mut attempt, &inner) => Some(result),
                // Requests end by themselves at the deadline; this is for steps that would not.
                () = async { deadline.expired().await; sleep(LONG_PAUSE).await } => None,
            };
            match result {
                Some(Ok(())) => {
                    *scope = attempt;
                    return Ok(());
                }
                Some(Err(Stop::Failed(failed))) if !matches!(failed.what, What::Found(Finding::Node { .. })) => {
                    history.add(brief(&failed.what));
                    last = Some(failed);
                }
                Some(Err(other)) => return Err(other),
                None => {}
            }
            if let Some(expired) = deadline.passed_after(pause) {
                break expired.is_starved();
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(LONG_PAUSE);
        };
        let Some(mut failed) = last else {
            let last = Box::new(What::Found(Finding::Value {
                sentence: "It did not come to its end in this time.".to_owned(),
            }));
            return Err(Stop::failed(What::NotInTime { within, attempts, last, seen: history.into_seen(), starved }));
        };
        let seen = history.into_seen();
        failed.what = What::NotInTime { within, attempts, last: Box::new(failed.what), seen, starved };
        Err(Stop::Failed(failed))
    }

    async fn consistently(
        &self,
        during: Duration,
        steps: &[Step],
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        self.depends_on_now();
        let history = History::new();
        let inner = Frame { quiet: true, ..frame.clone() };
        loop {
            let mut look = scope.clone();
            match self.steps(steps, &mut look, &inner).await {
                Err(Stop::Failed(mut failed)) if !matches!(failed.what, What::Found(Finding::Node { .. })) => {
                    let last = Box::new(failed.what);
                    failed.what = What::DidNotHold { held: history.elapsed(), wanted: during, last };
                    return Err(Stop::Failed(failed));
                }
                other => other?,
            }
            if history.elapsed() + LOOK >= during {
                return Ok(());
            }
            sleep(LOOK).await;
        }
    }
}

impl Frame {
    pub(super) fn round(&self, number: u64) -> Self {
        Self { rounds: format!("{}/{number}", self.rounds), ..self.clone() }
    }
}

/// A whole number that a step names.
pub(super) fn count(data: &Data, scope: &Scope) -> Result<u64, Stop> {
    let value = data.json(scope)?;
    value.as_u64().ok_or_else(|| Stop::pack(format!("{value} is no whole number")))
}
