//! Starts a run: its folder, its plan, and who hears of it.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::Local;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::{Session, SessionError, progress};
use crate::challenge::Stage;
use crate::cluster;
use crate::facts::Outcome;
use crate::log;
use crate::machine::{self, Disk};
use crate::report::card::{Card, LogOf};
use crate::report::hints::Hints;
use crate::report::records::RunFolder;
use crate::report::{NodeLogs, Reporter, Reports, timeline_page};
use crate::runner::{self, Plan, SHRUNK};

/// How often a live line is redrawn while nothing happens.
const TICK: Duration = Duration::from_millis(100);
/// A card can use this many of a node's lines.
const LINES: usize = 200;

/// What to run.
#[derive(Debug)]
pub struct Job {
    pub stages: Vec<Stage>,
    /// Only the tests of this name.
    pub only: Option<String>,
    pub seed: u64,
    /// Of the faults of each workload only those with these numbers happen.
    pub faults: Option<BTreeSet<u32>>,
}

/// A run that is ready to begin: its folder exists.
pub struct Prepared {
    plan: Plan,
    reports: Reports,
}

/// Makes the run's folder. The reporters hear of the run in their order, the folder last, so that what a reader sees is
/// never older than what is recorded as running.
pub fn prepare(session: &Session, job: Job, mut reporters: Vec<Box<dyn Reporter>>) -> Result<Prepared, SessionError> {
    raise_file_limit();
    let disk = machine_has_what_it_needs(&session.project.dir)?;
    let project = &session.project;
    let now = Local::now();
    let last = job.stages.last().map_or("", |stage| stage.key.as_str());
    let folder = RunFolder::create(&project.dir, last, now).map_err(SessionError::own)?.on(Arc::clone(&disk));
    let plan = Plan {
        project: project.dir.clone(),
        folder: folder.path().to_owned(),
        folder_name: folder.relative().to_owned(),
        challenge: Arc::clone(&session.challenge),
        stages: job.stages,
        only: job.only,
        seed: job.seed,
        faults: job.faults,
        build: project.config.build.clone(),
        guard: own_binary(),
        disk,
        time: now.to_rfc3339_opts(chrono::SecondsFormat::Millis, false),
        leave_up: watch::channel(false).1,
    };
    log::note(format_args!("run {}, seed {}", folder.path().display(), plan.seed));
    // Before anything of the project is started: whatever is saved from now on was not tested.
    progress::note_sources(session, folder.path());
    let logs = node_logs(folder.path());
    reporters.push(Box::new(folder));
    Ok(Prepared { plan, reports: Reports::new(logs, Hints::load(&project.dir), reporters).in_project(&project.dir) })
}

/// What nodes printed, as a run's folder has it.
pub(crate) fn node_logs(folder: &Path) -> Box<NodeLogs> {
    let (own, again) = (folder.to_owned(), folder.join(SHRUNK));
    Box::new(move |log: LogOf, from: Duration, to: Duration| {
        let folder = if log.again { &again } else { &own };
        let lines = cluster::read_window(folder, log.node, from, to, LINES).unwrap_or_default();
        lines.into_iter().filter(|line| !line.own).map(|line| (line.at, line.text)).collect()
    })
}

impl Prepared {
    /// Where the run is recorded.
    pub fn folder(&self) -> &std::path::Path {
        &self.plan.folder
    }

    /// While `wanted` is true, the nodes of a test that fails stay up, and the run waits.
    pub fn leaving_up(mut self, wanted: watch::Receiver<bool>) -> Self {
        self.plan.leave_up = wanted;
        self
    }

    /// Runs to the end, or until `cancel` is ready. What it started is gone when this returns.
    pub async fn run(self, cancel: impl Future<Output = ()> + Send + 'static) -> Result<Outcome, SessionError> {
        let Prepared { plan, mut reports } = self;
        let folder = plan.folder.clone();
        let (sink, mut events) = runner::stream();
        // A task of its own: whoever reads the output may be slow, and the run's clocks do not wait for it.
        let mut running = tokio::spawn(runner::run(plan, sink, cancel));
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
        while let Some(event) = events.try_recv() {
            reports.event(&event);
        }
        log::note(format_args!("run ended: {outcome:?}"));
        let outcome = outcome
            .map_err(|panic| SessionError::own(format!("lsfr has a bug, and the run ended there: {panic}")))?;
        let unwritten = reports.finish();
        if !unwritten.is_empty() {
            return Err(SessionError::own(unwritten.join("\n")));
        }
        // The pages are whole without it.
        let completed = tokio::task::spawn_blocking(move || timeline_page::add_clusters(&folder)).await;
        if let Err(error) = completed.map_err(|panic| panic.to_string()).and_then(|completed| completed) {
            log::note(format_args!("nodes cannot be added to a timeline: {error}"));
        }
        Ok(outcome)
    }
}

/// The next hint for a failure, given and remembered, with its number from 1; none when all were given.
pub fn next_hint(session: &Session, card: &Card) -> Result<Option<usize>, SessionError> {
    let mut hints = Hints::load(&session.project.dir);
    hints.as_shown(card);
    let given = hints.next(card).map(|(number, _)| number);
    match hints.save() {
        Some(problem) => Err(SessionError::own(problem)),
        None => Ok(given),
    }
}

/// Before anything starts: the disk that a run in this folder writes to.
pub(crate) fn machine_has_what_it_needs(dir: &Path) -> Result<Arc<Disk>, SessionError> {
    machine::check_loopback().map_err(SessionError::own)?;
    let disk = Disk::containing(dir);
    match disk.lack() {
        Some(lack) => Err(SessionError::own(lack)),
        None => Ok(Arc::new(disk)),
    }
}

/// Connections, logs and guards of many nodes need more open files than some systems give at first.
pub(crate) fn raise_file_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where this is refused, a run that needs more says so itself.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(65_536), hard);
    }
}

/// lsfr's own binary, which also guards processes. Through /proc it is the one that runs, even after an update.
pub(crate) fn own_binary() -> PathBuf {
    let linux = PathBuf::from("/proc/self/exe");
    if linux.exists() { linux } else { std::env::current_exe().unwrap_or_else(|_| PathBuf::from("lsfr")) }
}

/// A seed that was not used lately, short enough to type.
pub(crate) fn random_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let key = format!("{}-{}", now.as_nanos(), std::process::id());
    crate::scenario::draw::Draw::new(key).next().below(1_000_000)
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
