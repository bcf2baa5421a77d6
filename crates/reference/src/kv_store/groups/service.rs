//! What the API may ask about groups, and what other groups may ask of this one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::super::super::start::AddressBook;
use super::super::bug::Bug;
use super::super::raft::{Members, NodeId};
use super::super::record::RequestId;
use super::super::replicated::{Refused, Replicated};
use super::super::storage::SharedMap;
use super::super::transactions::{self, Op, Verdict};
use super::GroupId;
use super::directory::OFTEN;
use super::ground::Ground;
use super::holding::Whereabouts;
use super::mover;
use super::node::NodeGround;
use super::plan::Plan;
use super::wire::{self, Answer, Question, Reply};

/// How often a leader looks what is to be done.
const TEND: Duration = Duration::from_millis(150);

/// `GET /cluster/locate/{key}`.
#[derive(Serialize)]
struct Located<'a> {
    group: &'a str,
}

/// A node's part in a store of many groups.
pub(in super::super) struct Groups {
    group: GroupId,
    ground: Arc<NodeGround>,
    tasks: [JoinHandle<()>; 3],
    bug: Bug,
}

impl Groups {
    /// The state in `map` is a group's, as it begins or as it was recovered. Must be called in the runtime that will serve
    /// it.
    pub(in super::super) fn start(
        group: GroupId,
        book: AddressBook,
        map: SharedMap,
        cluster: Arc<Replicated>,
        bug: Bug,
    ) -> Groups {
        let ground = Arc::new(NodeGround::new(group.clone(), book, map, cluster, bug));
        let tasks = [
            tokio::spawn(ask(ground.clone())),
            tokio::spawn(tend(ground.clone(), bug)),
            tokio::spawn(recover(ground.clone(), bug)),
        ];
        Groups { group, ground, tasks, bug }
    }

    pub(in super::super) fn group(&self) -> &GroupId {
        &self.group
    }

    /// What to answer where a key is not here.
    pub(in super::super) fn refused(&self, whereabouts: &Whereabouts) -> Refused {
        match whereabouts {
            Whereabouts::At(group) => self.elsewhere(group),
            Whereabouts::Here | Whereabouts::Moving => Refused::Moving,
        }
    }

    fn elsewhere(&self, group: &GroupId) -> Refused {
        self.ground.address(group).map_or(Refused::NoLeader, Refused::Redirect)
    }

    /// Whether this group's log has the plan; who else's, if not.
    pub(in super::super) fn must_keep_plan(&self) -> Result<(), Refused> {
        match self.ground.keeper() {
            Some(keeper) if keeper != self.group => Err(self.elsewhere(&keeper)),
            _ => Ok(()),
        }
    }

    /// Does a transaction whose first key is here, at its leader.
    pub(in super::super) async fn transact(&self, ops: &[Op], id: Option<RequestId>) -> Verdict {
        transactions::coordinate(&*self.ground, ops, id, self.bug).await
    }

    /// `GET /cluster/groups`, as of this moment if the keeper can be reached.
    pub(in super::super) async fn shown(&self) -> Bytes {
        if let Some(keeper) = self.ground.keeper()
            && let Some((Answer::Shown, shown)) = self.ground.ask(&keeper, Question::Shown, Bytes::new()).await
        {
            return shown;
        }
        let map = self.ground.map().read();
        map.shards.as_ref().map(|shards| shards.plan().shown(false, self.bug)).unwrap_or_default().into()
    }

    /// The group that has the key, as JSON; `None` while that changes.
    pub(in super::super) fn locate(&self, key: &str) -> Option<Bytes> {
        let whereabouts = self.ground.map().read().whereabouts(key, self.bug);
        let group = match &whereabouts {
            _ if self.bug == Bug::LocateNamesOwnGroup => &self.group,
            Whereabouts::At(group) => group,
            Whereabouts::Moving => return None,
            Whereabouts::Here => &self.group,
        };
        // A string: it cannot fail to become JSON.
        Some(serde_json::to_vec(&Located { group }).unwrap_or_default().into())
    }

    /// Answers what a node of another group asks; `None` if it asks nothing.
    pub(in super::super) async fn answer(&self, body: &Bytes) -> Option<Bytes> {
        let (question, contents): (Question, Bytes) = wire::decode(body)?;
        let (answer, contents) = match question {
            Question::Leader => (Answer::Done, Bytes::new()),
            _ if !self.ground.leads() => (Answer::NotLeading, Bytes::new()),
            _ => mover::answer(&*self.ground, question, contents, self.bug).await,
        };
        Some(wire::encode(&Reply { leader: self.ground.own_leader(), answer }, &contents))
    }

    /// Only for `leader-of-first-group`.
    pub(in super::super) fn first_leader(&self) -> Option<NodeId> {
        self.ground.leader(&self.ground.keeper()?)
    }

    /// Only for `dead-group-stalls`.
    pub(in super::super) async fn wait_for_all(&self) {
        for _ in 0..60 {
            if self.ground.others().keys().all(|group| self.ground.leader(group).is_some()) {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Only for `frozen-group-stalls`.
    pub(in super::super) async fn ask_everybody(&self) {
        self.ground.ask_everybody(Duration::from_secs(1)).await;
    }

    /// Does nothing for groups any more.
    pub(in super::super) fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Keeps the directory up to date.
async fn ask(ground: Arc<NodeGround>) {
    loop {
        ground.ask_for_leaders().await;
        sleep(OFTEN).await;
    }
}

async fn tend(ground: Arc<NodeGround>, bug: Bug) {
    loop {
        if ground.leads() {
            mover::tend(&*ground, bug).await;
        }
        sleep(TEND).await;
    }
}

/// Ends transactions that nobody sees to.
async fn recover(ground: Arc<NodeGround>, bug: Bug) {
    loop {
        if ground.leads() {
            transactions::recover(&ground, bug).await;
        }
        sleep(TEND).await;
    }
}

/// All groups but this one.
pub(super) fn others(plan: &Plan, own: &str) -> BTreeMap<GroupId, Members> {
    let others = plan.everyone().filter(|(group, _)| ***group != *own);
    others.map(|(group, members)| (group.clone(), members.clone())).collect()
}
