//! Who owns which slot, and who is to: the state machine of the first group's log, as the shard master of DSLabs' lab 4
//! and the shard controller of MIT 6.5840 are.
//!
//! A change of the groups says where each slot is to go. The slots then move one after the other, each on its own, and the
//! plan notes every arrival. The plan is settled when none has to move any more and the others have heard so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::bug::Bug;
use super::super::raft::Members;
use super::GroupId;
use super::slots::{SLOTS, Slot};

/// Where a slot is, and where it is to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Site {
    pub(in super::super) owner: GroupId,
    /// The version with which it was given to the owner; 0 from the start.
    pub(in super::super) since: u64,
    /// A move that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in super::super) to: Option<GroupId>,
    /// The version that ordered the move: it names the move, since a slot moves once with each change.
    #[serde(default)]
    pub(in super::super) ordered: u64,
}

/// One slot on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Move {
    pub(in super::super) slot: Slot,
    pub(in super::super) from: GroupId,
    pub(in super::super) to: GroupId,
    pub(in super::super) number: u64,
}

/// What becomes of a change that somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Changed {
    /// It is under way, from now on or already.
    Moving,
    AlreadySo,
    /// Another one is under way.
    Busy,
    /// The first group keeps the plan.
    KeepsPlan,
    /// The group is there, and has other members.
    OtherMembers,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Plan {
    /// Rises with everything that happens to the plan.
    version: u64,
    settled: bool,
    groups: BTreeMap<GroupId, Members>,
    /// Those that go, and that still have slots.
    leaving: BTreeMap<GroupId, Members>,
    /// Of each slot in order.
    sites: Vec<Site>,
}

impl Plan {
    /// The plan that a cluster begins with. Every node makes it for itself, and all make the same. There is at least one
    /// group.
    pub(in super::super) fn first(groups: BTreeMap<GroupId, Members>, bug: Bug) -> Plan {
        let different = if bug == Bug::AllInOneGroup { 1 } else { groups.len() };
        let owners = groups.keys().take(different).cycle().take(usize::from(SLOTS));
        let sites = owners.map(|owner| Site { owner: owner.clone(), since: 0, to: None, ordered: 0 }).collect();
        Plan { version: 1, settled: true, groups, leaving: BTreeMap::new(), sites }
    }

    pub(in super::super) fn version(&self) -> u64 {
        self.version
    }

    pub(in super::super) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Those that are to stay.
    pub(in super::super) fn groups(&self) -> &BTreeMap<GroupId, Members> {
        &self.groups
    }

    /// The group that keeps the plan.
    pub(in super::super) fn keeper(&self) -> Option<&GroupId> {
        self.groups.keys().next()
    }

    /// All groups that one may have to talk to, with their nodes.
    pub(in super::super) fn everyone(&self) -> impl Iterator<Item = (&GroupId, &Members)> {
        self.groups.iter().chain(&self.leaving)
    }

    pub(in super::super) fn members(&self, group: &str) -> Option<&Members> {
        self.groups.get(group).or_else(|| self.leaving.get(group))
    }

    pub(in super::super) fn site(&self, slot: Slot) -> &Site {
        &self.sites[slot.at()]
    }
}
