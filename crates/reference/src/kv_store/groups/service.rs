//! What the API may ask about groups, and what other groups may ask of this one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::super::super::start::AddressBook;
use super::super::bug::Bug;
use super::super::raft::{Members, NodeId, RoleName, Status};
use super::super::replicated::Refused;
use super::super::storage::SharedMap;
use super::GroupId;
use super::calls::Calls;
use super::directory::{Directory, OFTEN};
use super::holding::Whereabouts;
use super::plan::Plan;
use super::wire::{self, Answer, Question, Reply};

/// `GET /cluster/locate/{key}`.
#[derive(Serialize)]
struct Located<'a> {
    group: &'a str,
}

/// A node's part in a store of many groups.
pub(in super::super) struct Groups {
    group: GroupId,
    map: SharedMap,
    calls: Arc<Calls>,
    directory: Arc<Directory>,
    status: watch::Receiver<Status>,
    asking: JoinHandle<()>,
    bug: Bug,
}

impl Groups {
    /// The state in `map` is a group's, as it begins or as it was recovered. Must be called in the runtime that will serve
    /// it.
    pub(in super::super) fn start(
        group: GroupId,
        book: AddressBook,
        map: SharedMap,
        status: watch::Receiver<Status>,
        bug: Bug,
    ) -> Groups {
        let (calls, directory) = (Arc::new(Calls::new(book)), Arc::new(Directory::default()));
        let asking = tokio::spawn(ask(group.clone(), map.clone(), calls.clone(), directory.clone()));
        Groups { group, map, calls, directory, status, asking, bug }
    }

    pub(in super::super) fn group(&self) -> &GroupId {
        &self.group
    }

    /// Whether this node's group has the key; who else, if not.
    pub(in super::super) fn must_be_here(&self, key: &str) -> Result<(), Refused> {
        let (whereabouts, members) = {
            let map = self.map.read();
            let Some(shards) = &map.shards else { return Ok(()) };
            let whereabouts = shards.whereabouts(key, self.bug);
            let members = match &whereabouts {
                Whereabouts::At(group) => shards.plan().members(group).cloned(),
                _ => None,
            };
            (whereabouts, members)
        };
        match whereabouts {
            Whereabouts::Here => Ok(()),
            Whereabouts::Moving => Err(Refused::Moving),
            Whereabouts::At(group) => Err(self.elsewhere(&group, &members.unwrap_or_default())),
        }
    }

    fn elsewhere(&self, group: &str, members: &Members) -> Refused {
        let address = self.directory.address(&self.calls, group, members);
        address.map_or(Refused::NoLeader, Refused::Redirect)
    }

    /// The group that has the key, as JSON; `None` while that changes.
    pub(in super::super) fn locate(&self, key: &str) -> Option<Bytes> {
        let map = self.map.read();
        let whereabouts = map.shards.as_ref().map(|shards| shards.whereabouts(key, self.bug));
        let group = match &whereabouts {
            _ if self.bug == Bug::LocateNamesOwnGroup => &self.group,
            Some(Whereabouts::At(group)) => group,
            Some(Whereabouts::Moving) => return None,
            Some(Whereabouts::Here) | None => &self.group,
        };
        // A string: it cannot fail to become JSON.
        Some(serde_json::to_vec(&Located { group }).unwrap_or_default().into())
    }

    /// Answers what a node of another group asks; `None` if it asks nothing.
    pub(in super::super) async fn answer(&self, body: &Bytes) -> Option<Bytes> {
        let (question, _contents): (Question, Bytes) = wire::decode(body)?;
        let answer = match question {
            Question::Leader => Answer::Done,
        };
        Some(wire::encode(&Reply { leader: self.leader(), answer }, &[]))
    }

    /// Only for `leader-of-first-group`.
    pub(in super::super) fn first_leader(&self) -> Option<NodeId> {
        let first = self.map.read().shards.as_ref().and_then(|shards| shards.plan().keeper().cloned())?;
        if first == self.group { self.leader() } else { self.directory.leader(&first) }
    }

    /// Only for `dead-group-stalls`.
    pub(in super::super) async fn wait_for_all(&self) {
        for _ in 0..60 {
            let others = self.map.read().shards.as_ref().map(|shards| others(shards.plan(), &self.group));
            if others.is_none_or(|others| others.keys().all(|group| self.directory.leader(group).is_some())) {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Who leads this group, as far as this node knows.
    fn leader(&self) -> Option<NodeId> {
        let status = self.status.borrow();
        match status.role {
            RoleName::Leader => Some(self.calls.book().id.clone()),
            _ => status.leader.clone(),
        }
    }

    /// Asks nobody anything any more.
    pub(in super::super) fn stop(&self) {
        self.asking.abort();
    }
}

/// Keeps the directory up to date.
async fn ask(group: GroupId, map: SharedMap, calls: Arc<Calls>, directory: Arc<Directory>) {
    loop {
        let others = {
            let map = map.read();
            map.shards.as_ref().map(|shards| others(shards.plan(), &group)).unwrap_or_default()
        };
        directory.ask_all(&calls, others).await;
        sleep(OFTEN).await;
    }
}

fn others(plan: &Plan, own: &str) -> BTreeMap<GroupId, Members> {
    let others = plan.everyone().filter(|(group, _)| ***group != *own);
    others.map(|(group, members)| (group.clone(), members.clone())).collect()
}
