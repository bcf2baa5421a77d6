//! `start`, `stop`, `kill`, `restart`, `pause`, `resume` and `crash_all`: what is done to processes.

use std::time::Duration;

use crate::cluster::{NodeError, NodeState};
use crate::scenario::expr::Scope;
use crate::scenario::verbs::nodes::{NodeVerb, Nodes};

use super::super::node_failure;
use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;
use super::phrases::selector;

impl Interpreter<'_> {
    pub(super) async fn nodes(&self, nodes: &Nodes, scope: &Scope, frame: &Frame) -> Result<(), Stop> {
        let pool = if nodes.verb == NodeVerb::Start { Pool::Down } else { Pool::Up };
        let chosen = self.select(&nodes.nodes, pool, scope, frame).await?;
        if nodes.writing {
            for node in &chosen {
                self.kill_as_it_writes(node).await?;
            }
            return Ok(());
        }
        match nodes.longer_by {
            Some(longer_by) => self.start_in_time(&chosen, longer_by).await,
            None => self.change(nodes.verb, &chosen).await,
        }
    }

    pub(super) async fn crash_all(&self) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        cluster.nodes().iter().for_each(|node| self.clients.close(node));
        let crashed = cluster.crash_all().await.map_err(|error| node_failure::not_obeyed("a node", &error));
        cluster.nodes().iter().for_each(|node| self.connections.forget(node));
        crashed
    }

    pub(in crate::runner) async fn change(&self, verb: NodeVerb, nodes: &[String]) -> Result<(), Stop> {
        let changes = nodes.iter().map(|node| self.change_one(verb, node));
        for result in futures_util::future::join_all(changes).await {
            result?;
        }
        Ok(())
    }

    async fn change_one(&self, verb: NodeVerb, node: &str) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        let obeyed = |result: Result<(), NodeError>| result.map_err(|error| node_failure::not_obeyed(node, &error));
        match verb {
            NodeVerb::Start => self.start(node).await.map(drop),
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
                self.start(node).await.map(drop)
            }
        }
    }

    /// Starts nodes, each of which may take only so much longer than a start with an empty folder.
    async fn start_in_time(&self, nodes: &[String], longer_by: Duration) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        let starts = nodes.iter().map(async |node| Ok::<_, Stop>((node, self.start(node).await?)));
        for started in futures_util::future::join_all(starts).await {
            let (node, Some(granted)) = started? else { continue };
            // Every cluster begins with empty folders.
            let Some(empty) = cluster.empty_start() else { continue };
            if granted > empty + longer_by {
                return Err(node_failure::started_late(node, granted, empty, longer_by));
            }
        }
        Ok(())
    }

    async fn kill(&self, node: &str) -> Result<(), Stop> {
        self.clients.close(node);
        let killed = self.cluster()?.kill(node).await.map_err(|error| node_failure::not_obeyed(node, &error));
        self.connections.forget(node);
        killed
    }

    async fn kill_as_it_writes(&self, node: &str) -> Result<(), Stop> {
        self.clients.close(node);
        let killed = self.cluster()?.kill_as_it_writes(node).await;
        self.connections.forget(node);
        killed.map_err(|error| node_failure::not_obeyed(node, &error))
    }

    /// How much time the start was granted; none if the node was up.
    async fn start(&self, node: &str) -> Result<Option<Duration>, Stop> {
        let cluster = self.cluster()?;
        if cluster.state(node) == NodeState::Up {
            return Ok(None);
        }
        if let Some(watch) = self.watch {
            watch.started();
        }
        match cluster.start(node).await {
            Ok(started) => Ok(Some(started.granted)),
            Err(error) => Err(node_failure::not_started(node, &error)),
        }
    }

    async fn stop(&self, node: &str) -> Result<(), Stop> {
        self.clients.close(node);
        let stopped = self.cluster()?.stop(node).await;
        self.connections.forget(node);
        match stopped {
            Ok(_) => Ok(()),
            Err(error) => Err(node_failure::not_stopped(node, &error)),
        }
    }
}

pub(super) fn describe(nodes: &Nodes) -> String {
    let limit = nodes.longer_by.map(|time| format!(", {time:?} longer than empty at most")).unwrap_or_default();
    let once = if nodes.writing { " while it writes" } else { "" };
    format!("{} {}{once}{limit}", word(nodes.verb), selector(&nodes.nodes))
}

fn word(verb: NodeVerb) -> &'static str {
    match verb {
        NodeVerb::Start => "start",
        NodeVerb::Stop => "stop",
        NodeVerb::Kill => "kill",
        NodeVerb::Pause => "pause",
        NodeVerb::Resume => "resume",
        NodeVerb::Restart { kill: false } => "restart",
        NodeVerb::Restart { kill: true } => "kill and start",
    }
}
