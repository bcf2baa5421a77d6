//! Who leads the other groups, as far as this node has heard. It asks them all, again and again, so that a request for
//! another group's key can be sent to its leader at once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::super::raft::{Members, NodeId};
use super::GroupId;
use super::calls::Calls;
use super::wire::Question;

/// How often each group is asked.
pub(super) const OFTEN: Duration = Duration::from_millis(250);

/// How long an answer may take. Links between groups may be slower than those inside one.
const ANSWER: Duration = Duration::from_millis(800);

/// A leader that was not confirmed for this long may be none any more.
const OLD: Duration = Duration::from_millis(2500);

#[derive(Default)]
pub(super) struct Directory {
    leaders: Mutex<HashMap<GroupId, (NodeId, Instant)>>,
    /// Where to go on among the nodes of a group that nobody is known to lead.
    turn: Mutex<usize>,
}

impl Directory {
    /// Asks one node of each of these groups who leads it.
    pub(super) async fn ask_all(self: &Arc<Self>, calls: &Arc<Calls>, groups: BTreeMap<GroupId, Members>) {
        let mut asking = JoinSet::new();
        for (group, members) in groups {
            let (directory, calls) = (self.clone(), calls.clone());
            asking.spawn(async move { directory.ask(&calls, &group, &members).await });
        }
        while asking.join_next().await.is_some() {}
    }

    async fn ask(&self, calls: &Calls, group: &GroupId, members: &Members) {
        let Some(node) = self.node(group, members) else { return };
        match calls.call(&node, &Question::Leader, &[], ANSWER).await {
            Some((reply, _)) => self.note(group, reply.leader),
            None => self.doubt(group, &node),
        }
    }

    /// What a node of the group has said.
    pub(super) fn note(&self, group: &GroupId, leader: Option<NodeId>) {
        let mut leaders = self.leaders.lock().unwrap_or_else(PoisonError::into_inner);
        match leader {
            Some(leader) => leaders.insert(group.clone(), (leader, Instant::now())),
            None => leaders.remove(group),
        };
    }

    /// This node of the group does not answer.
    pub(super) fn doubt(&self, group: &GroupId, node: &NodeId) {
        let mut leaders = self.leaders.lock().unwrap_or_else(PoisonError::into_inner);
        if leaders.get(group).is_some_and(|(leader, _)| leader == node) {
            leaders.remove(group);
        }
    }

    /// The leader, if one is known.
    pub(super) fn leader(&self, group: &str) -> Option<NodeId> {
        let leaders = self.leaders.lock().unwrap_or_else(PoisonError::into_inner);
        let (leader, since) = leaders.get(group)?;
        (since.elapsed() < OLD).then(|| leader.clone())
    }

    /// The node of the group that is to be asked: its leader, or one after the other.
    pub(super) fn node(&self, group: &str, members: &Members) -> Option<NodeId> {
        self.leader(group).or_else(|| {
            let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            *turn = turn.wrapping_add(1);
            members.iter().nth(*turn % members.len().max(1)).cloned()
        })
    }
}
