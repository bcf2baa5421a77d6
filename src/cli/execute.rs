//! Runs stages for a command: the reporters that it asks for, and what signals do.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, raise};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::challenge::Stage;
use crate::cluster::stand_still;
use crate::facts::Outcome;
use crate::report::Reporter;
use crate::report::json::JsonLines;
use crate::report::junit::Junit;
use crate::report::schedule;
use crate::report::seen_before::SeenBefore;
use crate::report::story::Listener;
use crate::report::text::Text;
use crate::report::walks::{LiveWalks, Walks};
use crate::session::{Session, run};

use super::args::Format;
use super::keep::UntilEnter;
use super::{Problem, Result};

/// Stages to run for one command.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) session: &'a Session,
    pub(super) stages: Vec<Stage>,
    pub(super) only: Option<String>,
    pub(super) seed: u64,
    pub(super) format: Format,
    pub(super) junit: Option<&'a Path>,
    /// The project is gone afterwards, so no command is suggested for it.
    pub(super) throw_away: bool,
    /// The command moves on by itself when they pass, so `lsfr next` is not suggested.
    pub(super) moves_on: bool,
    /// The nodes of the first test that fails stay up until enter is pressed.
    pub(super) keep: bool,
    /// Of the faults of each workload only those with these numbers happen.
    pub(super) faults: Option<BTreeSet<u32>>,
    pub(super) told: Told,
}

/// How a run is told.
#[derive(Debug)]
pub(super) enum Told {
    Alone,
    /// Beside other runs of the same stages, with which it is compared.
    OneOfSeveral(Repeat),
    /// It is one of many random walks, of which only their number is told.
    Walk(Walks),
    /// Its faults are heard of; in text it is shown itself only the first time.
    Shrunk {
        schedule: schedule::Listener,
        first: bool,
    },
}

/// One of several runs of the same stages.
#[derive(Debug)]
pub(super) struct Repeat {
    /// Hears what happens.
    pub(super) story: Listener,
    pub(super) seen_before: SeenBefore,
}

/// What stages run on, and what listens for signals meanwhile. A command starts it before it makes anything that a
/// signal must not leave behind, and keeps it across all of its runs: once lsfr has listened for signals, one that
/// arrives while nobody listens is lost.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) runtime: tokio::runtime::Runtime,
    pub(super) interrupt: Interrupt,
}

impl Engine {
    pub(super) fn start() -> Result<Self> {
        let runtime = runtime()?;
        let interrupt = runtime.block_on(async { Interrupt::listen() })?;
        Ok(Self { runtime, interrupt })
    }
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| Problem::own(format!("lsfr could not start its runtime: {error}")))
}

/// Runs them to the end, or until a signal. What it started is gone when this returns.
pub(super) fn run(engine: &Engine, job: Job<'_>) -> Result<Outcome> {
    run_until(engine, job, engine.interrupt.wait())
}

/// Runs them to the end, or until `cancel` is ready.
pub(super) fn run_until(
    engine: &Engine,
    job: Job<'_>,
    cancel: impl Future<Output = ()> + Send + 'static,
) -> Result<Outcome> {
    let Job { session, stages, only, seed, format, junit, throw_away, moves_on, keep, faults, told } = job;
    let current = if throw_away { None } else { Some(session.current()?) };
    let mut reporters: Vec<Box<dyn Reporter>> = match (format, &told) {
        (Format::Json, _) => vec![Box::new(JsonLines::new(std::io::stdout()))],
        (Format::Text, Told::Walk(walks)) => vec![Box::new(LiveWalks(walks.clone()))],
        (Format::Text, Told::OneOfSeveral(repeat)) => {
            vec![Box::new(Text::one_of_several(repeat.seen_before.clone()))]
        }
        (Format::Text, Told::Shrunk { first: false, .. }) => Vec::new(),
        (Format::Text, Told::Alone | Told::Shrunk { first: true, .. }) => {
            vec![Box::new(Text::stdout(current, moves_on))]
        }
    };
    if let Some(file) = junit {
        reporters.push(Box::new(Junit::new(file.to_owned()).map_err(Problem::usage)?));
    }
    match told {
        Told::OneOfSeveral(repeat) => reporters.push(Box::new(repeat.story)),
        Told::Shrunk { schedule, .. } => reporters.push(Box::new(schedule)),
        Told::Walk(walks) if format == Format::Json => reporters.push(Box::new(walks)),
        Told::Alone | Told::Walk(_) => {}
    }
    let leave_up = keep.then(UntilEnter::new).map(|(until_enter, wanted)| {
        reporters.push(Box::new(until_enter));
        wanted
    });
    let mut prepared = run::prepare(session, run::Job { stages, only, seed, faults }, reporters)?;
    if let Some(wanted) = leave_up {
        prepared = prepared.leaving_up(wanted);
    }
    Ok(engine.runtime.block_on(prepared.run(cancel))?)
}

/// INT, TERM and HUP: the first ends the run and cleans up, a second INT leaves at once, and the guards clean up. TSTP
/// stops lsfr as it stops any command, and the nodes with it until lsfr continues.
#[derive(Debug, Clone)]
pub(super) struct Interrupt {
    came: watch::Receiver<bool>,
}

impl Interrupt {
    /// Begins to listen. Must be called inside of a runtime.
    fn listen() -> Result<Self> {
        let own = |error| Problem::own(format!("lsfr could not listen for signals: {error}"));
        let mut int = signal(SignalKind::interrupt()).map_err(own)?;
        let mut term = signal(SignalKind::terminate()).map_err(own)?;
        let mut hup = signal(SignalKind::hangup()).map_err(own)?;
        let mut stop = signal(SignalKind::from_raw(Signal::SIGTSTP as i32)).map_err(own)?;
        let (sender, came) = watch::channel(false);
        tokio::spawn(async move {
            let mut first: Option<Instant> = None;
            loop {
                tokio::select! {
                    Some(()) = int.recv() => {
                        // A terminal may send one ctrl-c twice within moments; nobody types that fast.
                        if first.is_some_and(|first| first.elapsed() > Duration::from_millis(200)) {
                            std::process::exit(130);
                        }
                    }
                    Some(()) = term.recv() => {}
                    Some(()) = hup.recv() => {}
                    Some(()) = stop.recv() => {
                        // TTIN does what TSTP did before lsfr listened for it; like it, it does nothing where no shell
                        // could say `fg`.
                        stand_still(|| {
                            let _ = raise(Signal::SIGTTIN);
                        })
                        .await;
                        continue;
                    }
                    else => return,
                }
                first.get_or_insert_with(Instant::now);
                let _ = sender.send(true);
            }
        });
        Ok(Self { came })
    }

    /// Ready once a signal has arrived.
    pub(super) fn wait(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut came = self.came.clone();
        Box::pin(async move {
            if came.wait_for(|came| *came).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}
