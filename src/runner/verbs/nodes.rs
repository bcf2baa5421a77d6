//! `start`, `stop`, `kill`, `restart`, `pause`, `resume` and `crash_all`: what is done to processes.

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
        self.change(nodes.verb, &chosen).await
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
        let killed = self.cluster()?.kill(node).await.map_err(|error| node_failure::not_obeyed(node, &error));
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
    format!("{} {}", word(nodes.verb), selector(&nodes.nodes))
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
