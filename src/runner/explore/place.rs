//! The node that a walk is taken on: the test's own, or a fresh one on which a part of the walk is done again.

use std::time::Duration;

use model::Worker;
use tokio::sync::mpsc;

use crate::cluster::{Cluster, ClusterSpec};
use crate::facts::{Answered, Cause, Event};

use super::super::Run;
use super::super::http::{Clients, Exchange, Request};
use super::super::node_failure;
use super::super::stop::Stop;

pub(super) struct Place<'a> {
    pub(super) run: &'a Run,
    pub(super) cluster: &'a Cluster,
    pub(super) clients: &'a Clients,
    pub(super) node: String,
    /// For one operation.
    pub(super) timeout: Duration,
    /// There are several workers, each with a connection of its own.
    pub(super) several: bool,
    /// What is done here is not reported.
    pub(super) quiet: bool,
}

impl Place<'_> {
    /// The name of one of several workers.
    pub(super) fn worker(&self, worker: Worker) -> Option<String> {
        self.several.then(|| worker_name(worker))
    }

    pub(super) fn connection_name(&self, worker: Worker) -> String {
        self.worker(worker).unwrap_or_else(|| "walk".to_owned())
    }

    pub(super) async fn send(&self, request: &Request) -> Result<Exchange, Stop> {
        let exchange = self.clients.ask(self.cluster, &self.node, request, self.run.began).await;
        if let Answered::NoAnswer { cause: Cause::Local, detail, .. } = &exchange.operation.result {
            let fault = format!("lsfr could not send {} {} to {}: {detail}", request.method, request.path, self.node);
            return Err(Stop::fault(fault));
        }
        if !self.quiet {
            self.run.emit(Event::Operation(exchange.operation.clone()));
        }
        Ok(exchange)
    }

    pub(super) async fn kill(&self) -> Result<(), Stop> {
        let killed = self.cluster.kill(&self.node).await;
        killed.map_err(|error| node_failure::not_obeyed(&self.node, &error))
    }

    pub(super) async fn stop(&self) -> Result<(), Stop> {
        self.clients.close(&self.node);
        let stopped = self.cluster.stop(&self.node).await;
        stopped.map(drop).map_err(|error| node_failure::not_stopped(&self.node, &error))
    }

    pub(super) async fn start(&self) -> Result<(), Stop> {
        let started = self.cluster.start(&self.node).await;
        started.map(drop).map_err(|error| node_failure::not_started(&self.node, &error))
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
