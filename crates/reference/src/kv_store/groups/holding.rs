//! What a group has of each slot: part of its state, and changed by its log alone.

use serde::{Deserialize, Serialize};

use super::super::bug::Bug;
use super::GroupId;
use super::plan::{Plan, Site};
use super::slots::Slot;

/// So many bits of a version are the place in the log; those above are the move.
pub(in super::super) const INDEX_BITS: u32 = 40;

/// What a group has of a slot. A move is known by its number, which is larger than those of all earlier moves of the slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Hold {
    /// It was never here.
    Away,
    /// So many parts of it have come.
    Arriving { number: u64, parts: u64 },
    /// It is this group's, since the move with this number.
    Here { since: u64 },
    /// It is frozen: nothing is read or written here any more, and all of it goes to another group.
    Leaving { since: u64, to: GroupId, number: u64 },
    /// The other group has it.
    Gone { to: GroupId, number: u64 },
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

/// What becomes of a part of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It is to be taken; before the first one, whatever the slot held here goes.
    Take { first: bool },
    /// It has come before.
    Known,
    /// Another part must come before it.
    Early { wanted: u64 },
}

/// What a group knows of itself and of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Shards {
    group: GroupId,
    /// The newest that this group has heard of. For the keeper it is the plan itself.
    pub(super) plan: Plan,
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

    pub(in super::super) fn keeps_plan(&self) -> bool {
        self.group == *self.plan.keeper()
    }

    pub(in super::super) fn hold(&self, slot: Slot) -> &Hold {
        &self.holds[slot.at()]
    }

    /// Where a key is. Only `Here` is certain: it is this group's own log that says so.
    pub(in super::super) fn whereabouts(&self, key: &str, bug: Bug) -> Whereabouts {
        let slot = match bug {
            Bug::HashesDiffer if !self.keeps_plan() => Slot::of(&format!("{}:{key}", self.group)),
            _ => Slot::of(key),
        };
        let Site { owner, since, to, .. } = self.plan.site(slot);
        match self.hold(slot) {
            Hold::Here { .. } => Whereabouts::Here,
            hold if bug == Bug::NewOwnerTooEarly && !matches!(hold, Hold::Leaving { .. }) && to.is_some() => {
                let to = to.clone().unwrap_or_default();
                if to == self.group { Whereabouts::Here } else { Whereabouts::At(to) }
            }
            Hold::Leaving { .. } | Hold::Arriving { .. } => Whereabouts::Moving,
            // The plan has not heard of it yet.
            Hold::Gone { to, number } if since < number => Whereabouts::At(to.clone()),
            Hold::Gone { .. } | Hold::Away if *owner == self.group => Whereabouts::Moving,
            // Perhaps it has to move: until then the owner serves it.
            Hold::Gone { .. } | Hold::Away => Whereabouts::At(owner.clone()),
        }
    }

    /// The number that a write has in the version of what it writes. The move comes before the place in the log: the log of
    /// the group that has the slot next may be shorter.
    pub(in super::super) fn version(&self, key: &str, index: u64, bug: Bug) -> u64 {
        match self.hold(Slot::of(key)) {
            _ if bug == Bug::EtagIsLogIndex => index,
            Hold::Here { since } | Hold::Leaving { since, .. } => since << INDEX_BITS | index,
            _ => index,
        }
    }

    /// A newer plan counts.
    pub(super) fn adopt(&mut self, plan: &Plan, bug: Bug) {
        if bug == Bug::NewestMapOnlyAtKeeper && plan.lets_others_go(&self.plan, &self.group) {
            return;
        }
        if plan.version() > self.plan.version() && !self.keeps_plan() {
            self.plan = plan.clone();
        }
    }

    pub(super) fn freeze(&mut self, slot: Slot, to: &GroupId, number: u64) {
        if let Hold::Here { since } = *self.hold(slot)
            && since < number
        {
            self.holds[slot.at()] = Hold::Leaving { since, to: to.clone(), number };
        }
    }

    /// True if what it holds must go.
    pub(super) fn release(&mut self, slot: Slot, number: u64) -> bool {
        match self.hold(slot) {
            Hold::Leaving { to, number: leaving, .. } if *leaving == number => {
                self.holds[slot.at()] = Hold::Gone { to: to.clone(), number };
                true
            }
            _ => false,
        }
    }

    /// A part has come.
    pub(super) fn arrive(&mut self, slot: Slot, number: u64, part: u64, last: bool, bug: Bug) -> Arrival {
        let next = match self.hold(slot) {
            Hold::Arriving { number: under_way, parts } if *under_way == number => *parts,
            Hold::Away => 0,
            Hold::Gone { .. } if bug == Bug::ReturnedSlotRefused => {
                self.holds[slot.at()] = Hold::Here { since: number };
                return Arrival::Known;
            }
            Hold::Arriving { number: earlier, .. } | Hold::Gone { number: earlier, .. } if *earlier < number => 0,
            _ => return Arrival::Known,
        };
        if part != next {
            return if part < next { Arrival::Known } else { Arrival::Early { wanted: next } };
        }
        self.holds[slot.at()] =
            if last { Hold::Here { since: number } } else { Hold::Arriving { number, parts: next + 1 } };
        Arrival::Take { first: part == 0 }
    }
}
