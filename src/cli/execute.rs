//! Runs stages for a command: the run's folder, the reporters, and what signals do.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use chrono::Local;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::challenge::Stage;
use crate::cluster;
use crate::report::hints::Hints;
use crate::report::json::JsonLines;
use crate::report::junit::Junit;
use crate::report::records::RunFolder;
use crate::report::text::Text;
use crate::report::{Reporter, Reports};
use crate::runner::event::Outcome;
use crate::runner::{self, Plan};

use super::args::Format;
use super::session::Session;
use super::{Problem, Result};

/// How often a live line is redrawn while nothing happens.
const TICK: Duration = Duration::from_millis(100);
/// As many of a node's lines as a card can use.
pub(super) const LINES: usize = 200;

/// Stages to run for one command.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) session: &'a Session,
    pub(super) stages: Vec<Stage>,
    pub(super) only: Option<String>,
    pub(super) seed: u64,
    pub(super) format: Format,
    pub(super) junit: Option<&'a Path>,
    /// The project is gone afterwards: no command is named for it.
    pub(super) throw_away: bool,
}

/// What stages run on, and what listens for signals meanwhile. A command starts it before it makes anything that a
/// signal must not leave behind, and keeps it over all of its runs: once lsfr has listened, a signal that comes while
/// nobody does is lost.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) runtime: tokio::runtime::Runtime,
    pub(super) interrupt: Interrupt,
}

impl Engine {
    pub(super) fn start() -> Result<Self> {
        raise_file_limit();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| Problem::own(format!("lsfr could not start its runtime: {error}")))?;
        let interrupt = runtime.block_on(async { Interrupt::listen() })?;
        Ok(Self { runtime, interrupt })
    }
}

/// Runs them to the end, or until a signal. What it started is gone when this returns.
pub(super) fn run(engine: &Engine, job: Job<'_>) -> Result<Outcome> {
    let Session { project, challenge } = job.session;
    let Job { stages, only, seed, format, junit, throw_away, .. } = job;
    let current = if throw_away { None } else { Some(job.session.current()?) };
    let now = Local::now();
    let last = stages.last().map_or("", |stage| stage.key.as_str());
    let folder = RunFolder::create(&project.dir, last, now).map_err(Problem::own)?;
    let plan = Plan {
        project: project.dir.clone(),
        folder: folder.path().to_owned(),
        folder_name: folder.relative().to_owned(),
        challenge: Arc::clone(challenge),
        stages,
        only,
        seed,
        build: project.config.build.clone(),
        guard: own_binary(),
        time: now.to_rfc3339_opts(chrono::SecondsFormat::Millis, false),
    };
    let run_dir = folder.path().to_owned();
    let logs = Box::new(move |node: &str, from: Duration, to: Duration| {
        let lines = cluster::read_window(&run_dir, node, from, to, LINES).unwrap_or_default();
        lines.into_iter().filter(|line| !line.own).map(|line| (line.at, line.text)).collect()
    });
    let mut reporters: Vec<Box<dyn Reporter>> = vec![match format {
        Format::Text => Box::new(Text::stdout(current)),
        Format::Json => Box::new(JsonLines::new(std::io::stdout())),
    }];
    if let Some(file) = junit {
        reporters.push(Box::new(Junit::new(file.to_owned())));
    }
    // Last, so that what a reader sees is never older than what is recorded as running.
    reporters.push(Box::new(folder));
    let mut reports = Reports::new(logs, Hints::load(&project.dir), reporters);

    let outcome = engine.runtime.block_on(async {
        let (sink, mut events) = mpsc::unbounded_channel();
        // A task of its own: whoever reads the output may be slow, and the run's clocks do not wait for it.
        let mut running = tokio::spawn(runner::run(plan, sink, engine.interrupt.wait()));
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let outcome = loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => reports.event(&event),
                outcome = &mut running => break outcome,
                _ = tick.tick() => reports.tick(),
            }
        };
        while let Ok(event) = events.try_recv() {
            reports.event(&event);
        }
        outcome.map_err(|panic| Problem::own(format!("lsfr has a bug, and the run ended there: {panic}")))
    })?;
    let unwritten = reports.finish();
    if !unwritten.is_empty() {
        return Err(Problem::own(unwritten.join("\n")));
    }
    Ok(outcome)
}

/// Connections, logs and guards of many nodes need more open files than some systems give at first.
fn raise_file_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where this is refused, a run that needs more says so itself.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(65_536), hard);
    }
}

/// lsfr's own binary, which also guards processes. Through /proc it is the one that runs, even after an update.
pub(super) fn own_binary() -> PathBuf {
    let linux = PathBuf::from("/proc/self/exe");
    if linux.exists() { linux } else { std::env::current_exe().unwrap_or_else(|_| PathBuf::from("lsfr")) }
}

/// A seed that was not used lately, short enough to type.
pub(super) fn random_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let key = format!("{}-{}", now.as_nanos(), std::process::id());
    crate::scenario::draw::Draw::new(key).next().below(1_000_000)
}

/// INT, TERM and HUP: the first ends the run and cleans up, a second INT leaves at once. The guards clean up then.
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
                    else => return,
                }
                first.get_or_insert_with(Instant::now);
                let _ = sender.send(true);
            }
        });
        Ok(Self { came })
    }

    /// Ready once a signal has come.
    pub(super) fn wait(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut came = self.came.clone();
        Box::pin(async move {
            if came.wait_for(|came| *came).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_short_and_differ() {
        let seeds: std::collections::BTreeSet<u64> = (0..20).map(|_| random_seed()).collect();
        assert!(seeds.len() > 15);
        assert!(seeds.iter().all(|seed| *seed < 1_000_000));
    }
}
