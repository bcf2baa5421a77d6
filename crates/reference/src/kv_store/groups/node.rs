//! What a real node stands on: its log, and calls to the nodes of other groups.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::super::super::start::AddressBook;
use super::super::bug::Bug;
use super::super::map::Outcome;
use super::super::raft::{Members, NodeId, RoleName};
use super::super::record::Command;
use super::super::replicated::Replicated;
use super::super::storage::SharedMap;
use super::super::transactions::Running;
use super::GroupId;
use super::calls::Calls;
use super::directory::Directory;
use super::ground::{Ground, Heard};
use super::mover;
use super::service::others;
use super::wire::{Answer, Question};

/// How long a question may take with all that it leads to, and how long one node is waited for.
const PATIENCE: Duration = Duration::from_millis(2400);
const ANSWER: Duration = Duration::from_millis(1500);

/// How long to wait for a group to elect.
const PAUSE: Duration = Duration::from_millis(60);

pub(super) struct NodeGround {
    group: GroupId,
    map: SharedMap,
    cluster: Arc<Replicated>,
    calls: Arc<Calls>,
    directory: Arc<Directory>,
    heard: Heard,
    name: String,
    running: Running,
    bug: Bug,
}

impl NodeGround {
    pub(super) fn new(
        group: GroupId,
        book: AddressBook,
        map: SharedMap,
        cluster: Arc<Replicated>,
        bug: Bug,
    ) -> NodeGround {
        let (calls, directory) = (Arc::new(Calls::new(book)), Arc::default());
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let name = format!("{}-{}", calls.book().id, since_epoch.as_micros());
        let (heard, running) = (Heard::default(), Running::default());
        NodeGround { group, map, cluster, calls, directory, heard, name, running, bug }
    }

    pub(super) fn leads(&self) -> bool {
        self.cluster.leads()
    }

    /// Who leads this node's own group, as far as it knows.
    pub(super) fn own_leader(&self) -> Option<NodeId> {
        let status = self.cluster.status();
        let status = status.borrow();
        match status.role {
            RoleName::Leader => Some(self.calls.book().id.clone()),
            _ => status.leader.clone(),
        }
    }

    pub(super) fn leader(&self, group: &str) -> Option<NodeId> {
        if *group == *self.group { self.own_leader() } else { self.directory.leader(group) }
    }

    /// The group that keeps the plan.
    pub(super) fn keeper(&self) -> Option<GroupId> {
        self.map.read().shards.as_ref().map(|shards| shards.plan().keeper().clone())
    }

    pub(super) fn others(&self) -> BTreeMap<GroupId, Members> {
        self.map.read().shards.as_ref().map(|shards| others(shards.plan(), &self.group)).unwrap_or_default()
    }

    pub(super) async fn ask_for_leaders(&self) {
        self.directory.ask_all(&self.calls, self.others()).await;
    }

    /// Asks the nodes of the other groups one after the other, each for so long.
    pub(super) async fn ask_everybody(&self, patience: Duration) {
        for node in self.others().values().flatten() {
            self.calls.call(node, &Question::Leader, &[], patience).await;
        }
    }

    fn members(&self, group: &str) -> Members {
        let map = self.map.read();
        map.shards.as_ref().and_then(|shards| shards.plan().members(group).cloned()).unwrap_or_default()
    }

    /// Where to send a client that wants this group.
    pub(super) fn address(&self, group: &str) -> Option<SocketAddr> {
        let node = self.directory.node(group, &self.members(group))?;
        self.calls.book().peers.get(&node).copied()
    }

    /// The node that is to be asked.
    fn node(&self, group: &str) -> Option<NodeId> {
        match *group == *self.group {
            true => self.own_leader(),
            false => self.directory.node(group, &self.members(group)),
        }
    }
}

impl Ground for NodeGround {
    fn map(&self) -> &SharedMap {
        &self.map
    }

    fn heard(&self) -> &Heard {
        &self.heard
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn running(&self) -> &Running {
        &self.running
    }

    async fn write(&self, command: Command) -> Option<Outcome> {
        self.cluster.write(command).await.ok()
    }

    async fn catch_up(&self) -> bool {
        self.cluster.catch_up().await.is_ok()
    }

    async fn ask(&self, group: &GroupId, question: Question, contents: Bytes) -> Option<(Answer, Bytes)> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let Some(node) = self.node(group) else {
                sleep(PAUSE).await;
                continue;
            };
            if node == self.calls.book().id {
                return Some(Box::pin(mover::answer(self, question, contents, self.bug)).await);
            }
            // About as long as a slow link takes, at least.
            let patience = ANSWER + Duration::from_millis(contents.len() as u64 >> 10);
            let Some((reply, answer)) = self.calls.call(&node, &question, &contents, patience).await else {
                self.directory.doubt(group, &node);
                sleep(PAUSE).await;
                continue;
            };
            let elsewhere = reply.leader.as_ref().is_some_and(|leader| *leader != node);
            self.directory.note(group, reply.leader);
            match reply.answer {
                Answer::NotLeading if elsewhere => {}
                Answer::NotLeading => sleep(PAUSE).await,
                told => return Some((told, answer)),
            }
        }
        None
    }
}
