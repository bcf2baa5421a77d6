//! Where a walk is taken: on the test's own nodes, or on a fresh one on which a part of the walk is done again.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use model::Worker;
use tokio::sync::mpsc;

use crate::cluster::{Cluster, ClusterSpec, add_log};

use super::super::Run;
use super::super::follow::Sender;
use super::super::http::{Clients, Exchange, Request};
use super::super::monitor::Watch;
use super::super::node_failure;
use super::super::stop::Stop;

pub(super) struct Place<'a> {
    pub(super) run: &'a Run,
    pub(super) cluster: &'a Cluster,
    pub(super) clients: &'a Clients,
    /// The only one, or the first.
    pub(super) node: String,
    /// For one operation.
    pub(super) timeout: Duration,
    /// There are several workers, each with a connection of its own.
    pub(super) several: bool,
    /// What is done here is not reported.
    pub(super) quiet: bool,
    /// Of a cluster: what its nodes say is watched, and redirects are followed.
    pub(super) watch: Option<&'a Watch<'a>>,
    pub(super) follow: bool,
}

impl Place<'_> {
    /// The name of one of several workers.
    pub(super) fn worker(&self, worker: Worker) -> Option<String> {
        self.several.then(|| worker_name(worker))
    }

    pub(super) fn connection_name(&self, worker: Worker) -> String {
        self.worker(worker).unwrap_or_else(|| "walk".to_owned())
    }

    pub(super) async fn send(&self, node: &str, request: Request) -> Result<Exchange, Stop> {
        let (run, cluster, clients) = (self.run, self.cluster, self.clients);
        Sender { run, cluster, clients, watch: self.watch, quiet: self.quiet }.send(node, request, self.follow).await
    }

    pub(super) async fn kill(&self, node: &str) -> Result<(), Stop> {
        self.cluster.kill(node).await.map_err(|error| node_failure::not_obeyed(node, &error))
    }

    pub(super) async fn stop(&self) -> Result<(), Stop> {
        self.clients.close(&self.node);
        let stopped = self.cluster.stop(&self.node).await;
        stopped.map(drop).map_err(|error| node_failure::not_stopped(&self.node, &error))
    }

    pub(super) async fn start(&self, node: &str) -> Result<(), Stop> {
        if let Some(watch) = self.watch {
            watch.started();
        }
        let started = self.cluster.start(node).await;
        started.map(drop).map_err(|error| node_failure::not_started(node, &error))
    }
}

/// What the folder of these clusters is called, in that of the run.
pub const SHRUNK: &str = "shrink";

pub(super) fn worker_name(worker: Worker) -> String {
    format!("w{}", worker + 1)
}

/// A cluster with an empty folder, of which nothing is reported, and that folder.
pub(super) async fn fresh(run: &Run, spec: &ClusterSpec, number: u32) -> Result<(Cluster, Folder), Stop> {
    let folder = Folder(run.folder.join(SHRUNK).join(format!("data-{number}")));
    let spec = ClusterSpec { run_dir: folder.0.clone(), data_dir: folder.0.clone(), ..spec.clone() };
    let (events, _) = mpsc::unbounded_channel();
    let cluster = Cluster::new(spec, events).await.map_err(|error| Stop::fault(error.to_string()))?;
    Ok((cluster, folder))
}

/// The logs and the data of a fresh cluster. They are removed with this; whatever cannot be goes with the run's folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Adds the nodes' logs to those that cards read, and leaves an empty folder to each node, for whoever does by hand
    /// what was done there.
    pub(super) fn keep(self, nodes: &[String]) -> io::Result<()> {
        let data = self.0.clone();
        if let Some(logs) = data.parent() {
            nodes.iter().try_for_each(|node| add_log(&data, logs, node))?;
        }
        drop(self);
        nodes.iter().try_for_each(|node| fs::create_dir_all(data.join(node)))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
