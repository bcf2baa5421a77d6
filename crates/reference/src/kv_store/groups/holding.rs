//! What a group has of each slot: part of its state, and changed by its log alone.

use serde::{Deserialize, Serialize};

use super::super::bug::Bug;
use super::GroupId;
use super::plan::{Plan, Site};
use super::slots::Slot;

/// What a group has of a slot. A move is known by its number, which is larger than those of all earlier moves of the slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Hold {
    /// It was never here.
    Away,
    /// It is this group's, since the move with this number.
    Here { since: u64 },
}

/// Where to go with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Whereabouts {
    Here,
    /// Another group has it, as far as this one knows.
    At(GroupId),
    /// It is on its way from one group to another.
    Moving,
}

/// What a group knows of itself and of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Shards {
    group: GroupId,
    /// The newest that this group has heard of. For the first group it is the plan itself.
    plan: Plan,
    holds: Vec<Hold>,
}

impl Shards {
    /// A group as it begins.
    pub(in super::super) fn new(group: GroupId, plan: Plan) -> Shards {
        let hold = |slot| if plan.site(slot).owner == group { Hold::Here { since: 0 } } else { Hold::Away };
        let holds = Slot::all().map(hold).collect();
        Shards { group, plan, holds }
    }

    pub(in super::super) fn group(&self) -> &GroupId {
        &self.group
    }

    pub(in super::super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where a key is. Only `Here` is certain: it is this group's own log that says so.
    pub(in super::super) fn whereabouts(&self, key: &str, bug: Bug) -> Whereabouts {
        let slot = match bug {
            Bug::HashesDiffer if self.plan.keeper() != Some(&self.group) => {
                Slot::of(&format!("{}:{key}", self.group))
            }
            _ => Slot::of(key),
        };
        let Site { owner, to, .. } = self.plan.site(slot);
        match &self.holds[slot.at()] {
            Hold::Here { .. } => Whereabouts::Here,
            Hold::Away if to.is_some() || *owner == self.group => Whereabouts::Moving,
            Hold::Away => Whereabouts::At(owner.clone()),
        }
    }
}
