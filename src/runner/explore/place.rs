//! Where a walk is taken: on the test's own nodes, or on a fresh one on which a part of the walk is done again.

use std::time::Duration;

use model::Worker;
use tokio::sync::mpsc;

use crate::cluster::{Cluster, ClusterSpec};

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

/// A cluster with an empty folder, of which nothing is reported.
pub(super) async fn fresh(run: &Run, spec: &ClusterSpec, number: u32) -> Result<Cluster, Stop> {
    // Its log goes on from one to the next, apart from that of the test's own node.
    let folder = run.folder.join(SHRUNK);
    let data = folder.join(format!("data-{number}"));
    let spec = ClusterSpec { run_dir: folder, data_dir: data, ..spec.clone() };
    let (events, _) = mpsc::unbounded_channel();
    Cluster::new(spec, events).await.map_err(|error| Stop::fault(error.to_string()))
}

/// The folder of that cluster's node, empty.
pub(super) fn empty_folder(run: &Run, spec: &ClusterSpec, number: u32) -> std::io::Result<()> {
    let data = run.folder.join(SHRUNK).join(format!("data-{number}"));
    spec.nodes.iter().try_for_each(|node| std::fs::create_dir_all(data.join(node)))
}

/// Ends it, and removes what it wrote.
pub(super) async fn end(run: &Run, cluster: Cluster, number: u32) {
    cluster.shutdown().await;
    // Whatever cannot be removed now goes with the run's folder.
    let _ = std::fs::remove_dir_all(run.folder.join(SHRUNK).join(format!("data-{number}")));
}
