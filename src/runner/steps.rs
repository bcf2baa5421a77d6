//! The interpreter: runs steps one after the other, in the order they are written.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::challenge::{Role, Unsettled};
use crate::cluster::{Cluster, ClusterSpec, Deadline};
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::scenario::load::Operations;
use crate::scenario::model::Models;
use crate::scenario::template::Data;
use crate::scenario::{Defaults, Expect, Step};

use super::connection::Connections;
use super::http::Clients;
use super::monitor::Watch;
use super::recorded::Recorded;
use super::stop::Stop;
use super::verbs::traffic::Marks;
use super::verbs::workload::Loads;
use super::{Run, verbs};
use crate::facts::Event;

/// One test being run.
pub(super) struct Interpreter<'a> {
    pub(super) run: &'a Run,
    /// None if the program is not a server.
    pub(super) cluster: Option<&'a Cluster>,
    pub(super) clients: &'a Clients,
    /// The connections that the test has opened, by name.
    pub(super) connections: Connections,
    pub(super) watch: Option<&'a Watch<'a>>,
    pub(super) roles: &'a BTreeMap<String, Role>,
    pub(super) operations: &'a Arc<Operations>,
    pub(super) models: &'a Models,
    /// How a cluster like this one is made; its folder is for whoever makes one to choose.
    pub(super) spec: Option<ClusterSpec>,
    pub(super) shrinking: Shrinking,
    pub(super) loads: Loads,
    /// What `tcp` steps have recorded.
    pub(super) recorded: Recorded,
    /// Moments from which it is counted what nodes send each other.
    pub(super) marks: Marks,
    pub(super) defaults: Defaults,
    /// `seed/stage/test`: what every draw's key begins with.
    pub(super) key: String,
    /// The test's own folder, for programs that read and write files.
    pub(super) folder: PathBuf,
    pub(super) unsettled: &'a Unsettled,
    /// The moment since which it matters that lsfr does its steps in time.
    pub(super) timed: Timed,
}

/// Whether a walk that went wrong is being shrunk. Its node has said all that it has to say by then: that it ends does not
/// end the test.
#[derive(Debug, Default)]
pub(super) struct Shrinking(AtomicBool);

impl Shrinking {
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The moment since which what a test expects depends on when lsfr does each step: the beginning of a test that says
/// so, otherwise the last time that something had to hold for a while. A wait is none: it gives nodes time, and a promise
/// that is kept then is kept later, too.
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
    /// Requests do not wait beyond this moment.
    pub(super) deadline: Option<Deadline>,
    /// Others are in flight at the same time, so a request gets longer.
    pub(super) many: bool,
    /// Here it is not a failure if there is no answer, or one that matches this.
    pub(super) unanswered: Option<Expect<serde_json::Value>>,
    /// Attempts and copies are not reported one by one.
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
            self.run.emit(Event::StepStarted { text: verbs::describe(step) });
        }
        self.act(step, scope, frame).await
    }

    /// What follows depends on how much time passes from here on.
    pub(super) fn depends_on_now(&self) {
        self.timed.now();
    }

    pub(super) fn cluster(&self) -> Result<&Cluster, Stop> {
        self.cluster.ok_or_else(|| Stop::pack("this challenge's program is not a server: it has no nodes".to_owned()))
    }
}

impl Frame {
    /// Whether the time of the steps around is up.
    pub(super) fn is_over(&self) -> bool {
        self.deadline.as_ref().is_some_and(|deadline| deadline.passed().is_some())
    }

    pub(super) fn round(&self, number: u64) -> Self {
        Self { rounds: format!("{}/{number}", self.rounds), ..self.clone() }
    }
}

/// A whole number that a step asks for.
pub(super) fn count(data: &Data, scope: &Scope) -> Result<u64, Stop> {
    let value = data.json(scope)?;
    value.as_u64().ok_or_else(|| Stop::pack(format!("{value} is not a whole number")))
}
