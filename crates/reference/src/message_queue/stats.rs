//! Numbers and lists, as YAML in an answer.

use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::bug::Bug;
use super::client::Connected;
use super::command::MAX_BODY;
use super::keeper::Keeper;
use super::queue::{Job, JobId, State, Time, Tube};
use super::service::Service;

/// A map as it grows.
struct Map(String);

impl Map {
    fn new() -> Map {
        Map("---\n".to_owned())
    }

    fn with(mut self, name: &str, value: impl Display) -> Map {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{name}: {value}");
        self
    }
}

fn ok(yaml: &str) -> Bytes {
    format!("OK {}\r\n{yaml}\r\n", yaml.len()).into()
}

pub(super) fn list<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Bytes {
    let lines: String = names.map(|name| format!("- {name}\n")).collect();
    ok(&format!("---\n{lines}"))
}

pub(super) fn of_job(id: JobId, job: &Job, now: Time) -> Bytes {
    let (state, left) = match job.state {
        State::Ready => ("ready", 0),
        State::Reserved { until, .. } => ("reserved", until.saturating_sub(now)),
        State::Delayed { until } => ("delayed", until.saturating_sub(now)),
        State::Buried { .. } => ("buried", 0),
    };
    let map = Map::new()
        .with("id", id)
        .with("tube", &job.tube)
        .with("state", state)
        .with("pri", job.pri)
        .with("age", now.saturating_sub(job.created) / 1000)
        .with("delay", job.delay)
        .with("ttr", job.ttr)
        .with("time-left", left / 1000)
        .with("file", 0)
        .with("reserves", job.counts.reserves)
        .with("timeouts", job.counts.timeouts)
        .with("releases", job.counts.releases)
        .with("buries", job.counts.buries)
        .with("kicks", job.counts.kicks);
    ok(&map.0)
}

/// How many jobs are in which state.
#[derive(Default)]
struct Jobs {
    urgent: u64,
    ready: u64,
    reserved: u64,
    delayed: u64,
    buried: u64,
}

impl Jobs {
    fn add(&mut self, tube: &Tube) {
        self.urgent += tube.urgent;
        self.ready += tube.ready.len() as u64;
        self.reserved += tube.reserved;
        self.delayed += tube.delayed.len() as u64;
        self.buried += tube.buried.len() as u64;
    }

    fn write(self, map: Map, bug: Bug) -> Map {
        let ready = if bug == Bug::ReadyCountsReserved { self.ready + self.reserved } else { self.ready };
        map.with("current-jobs-urgent", self.urgent)
            .with("current-jobs-ready", ready)
            .with("current-jobs-reserved", self.reserved)
            .with("current-jobs-delayed", self.delayed)
            .with("current-jobs-buried", self.buried)
    }
}

fn waits(one: &Connected) -> bool {
    one.waits.is_some() || one.warned
}

/// `None` where there is no such tube.
pub(super) fn of_tube(service: &Service, name: &Arc<str>, now: Time) -> Option<Bytes> {
    let tube = service.queue.tubes.get(name)?;
    let mut jobs = Jobs::default();
    jobs.add(tube);
    let living = service.queue.jobs.values().filter(|job| job.tube == *name).count() as u64;
    let total = if service.bug == Bug::TotalCountsLiving { living } else { tube.total };
    let waiting = service.clients.values().filter(|one| waits(one) && one.watches.contains(name)).count();
    let (pause, end) = tube.pause.unwrap_or((0, now));
    let map = jobs
        .write(Map::new().with("name", name), service.bug)
        .with("total-jobs", total)
        .with("current-using", tube.users)
        .with("current-watching", tube.watchers)
        .with("current-waiting", waiting)
        .with("cmd-delete", tube.deletes)
        .with("cmd-pause-tube", 0)
        .with("pause", pause)
        .with("pause-time-left", end.saturating_sub(now) / 1000);
    Some(ok(&map.0))
}

pub(super) fn of_all(service: &Service, up: Duration) -> Bytes {
    let mut jobs = Jobs::default();
    service.queue.tubes.values().for_each(|tube| jobs.add(tube));
    let clients = service.clients.values();
    let gone = |bug: Bug| if service.bug == bug { service.gone } else { 0 };
    let workers = clients.clone().filter(|one| one.works).count() + gone(Bug::GoneWaitersWork);
    let map = jobs
        .write(Map::new(), service.bug)
        .with("total-jobs", service.queue.total)
        .with("job-timeouts", service.queue.timeouts)
        .with("max-job-size", MAX_BODY)
        .with("current-tubes", service.queue.tubes.len())
        .with("current-connections", clients.len() + gone(Bug::ClosedAreCounted))
        .with("current-producers", clients.clone().filter(|one| one.puts).count())
        .with("current-workers", workers)
        .with("current-waiting", clients.filter(|one| waits(one)).count())
        .with("pid", std::process::id())
        .with("uptime", up.as_secs());
    let map = match &service.keeper {
        Keeper::Alone(_) => map,
        Keeper::Cluster(cluster) => {
            let info = cluster.info();
            map.with("id", info.id).with("role", info.role).with("term", info.term).with("leader", info.leader)
        }
    };
    ok(&map.0)
}
