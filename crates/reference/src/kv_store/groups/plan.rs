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
    /// The group whose log this is in.
    keeper: GroupId,
    groups: BTreeMap<GroupId, Members>,
    /// Those that go: others may still have to talk to them.
    leaving: BTreeMap<GroupId, Members>,
    /// Of each slot in order.
    sites: Vec<Site>,
}

/// `GET /cluster/groups`.
#[derive(Serialize)]
struct Shown<'a> {
    version: u64,
    settled: bool,
    groups: &'a BTreeMap<GroupId, Members>,
}

impl Plan {
    /// The plan that a cluster begins with. Every node makes it for itself, and all make the same. The first of the groups
    /// keeps it; there is at least one.
    pub(in super::super) fn first(groups: BTreeMap<GroupId, Members>, bug: Bug) -> Plan {
        let different = if bug == Bug::AllInOneGroup { 1 } else { groups.len() };
        let owners = groups.keys().take(different).cycle().take(usize::from(SLOTS));
        let sites = owners.map(|owner| Site { owner: owner.clone(), since: 0, to: None, ordered: 0 }).collect();
        let keeper = groups.keys().next().cloned().unwrap_or_default();
        Plan { version: 1, settled: true, keeper, groups, leaving: BTreeMap::new(), sites }
    }

    pub(in super::super) fn version(&self) -> u64 {
        self.version
    }

    pub(in super::super) fn is_settled(&self) -> bool {
        self.settled
    }

    pub(in super::super) fn keeper(&self) -> &GroupId {
        &self.keeper
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

    /// The slots that have to move.
    pub(in super::super) fn moves(&self) -> impl Iterator<Item = Move> {
        let on_the_way = |(slot, site): (Slot, &Site)| {
            let to = site.to.clone()?;
            Some(Move { slot, from: site.owner.clone(), to, number: site.ordered })
        };
        Slot::all().zip(&self.sites).filter_map(on_the_way)
    }

    /// As clients see it, in JSON. Who cannot know the newest plan must not call it settled.
    pub(in super::super) fn shown(&self, surely: bool, bug: Bug) -> Vec<u8> {
        let settled = (self.settled && surely) || bug == Bug::SettledTooEarly;
        let shown = Shown { version: self.version, settled, groups: &self.groups };
        // Strings and numbers: nothing in it can fail to become JSON.
        serde_json::to_vec(&shown).unwrap_or_default()
    }

    /// Another group is to have its part.
    pub(super) fn join(&mut self, group: &GroupId, members: &Members, bug: Bug) -> Changed {
        match self.groups.get(group) {
            Some(known) if known != members => return Changed::OtherMembers,
            Some(_) => return self.unchanged(),
            None if !self.settled => return Changed::Busy,
            None => {}
        }
        if self.groups.values().any(|taken| !taken.is_disjoint(members)) {
            return Changed::OtherMembers;
        }
        self.groups.insert(group.clone(), members.clone());
        self.share_out(bug);
        Changed::Moving
    }

    /// A group is to give up what it has.
    pub(super) fn leave(&mut self, group: &GroupId, bug: Bug) -> Changed {
        if *group == self.keeper {
            return Changed::KeepsPlan;
        }
        if !self.groups.contains_key(group) && (self.settled || self.leaving.contains_key(group)) {
            return self.unchanged();
        }
        if !self.settled {
            return Changed::Busy;
        }
        self.leaving.extend(self.groups.remove_entry(group));
        self.share_out(bug);
        Changed::Moving
    }

    fn unchanged(&self) -> Changed {
        if self.settled { Changed::AlreadySo } else { Changed::Moving }
    }

    /// Orders moves until all groups have as many slots as the others, or one more. No slot moves that need not.
    fn share_out(&mut self, bug: Bug) {
        self.version += 1;
        self.settled = false;
        let mut shares: BTreeMap<GroupId, Vec<Slot>> =
            self.groups.keys().map(|group| (group.clone(), Vec::new())).collect();
        let mut homeless = Vec::new();
        for (slot, site) in Slot::all().zip(&self.sites) {
            shares.get_mut(&site.owner).unwrap_or(&mut homeless).push(slot);
        }
        match bug {
            Bug::JoinReshuffles => return self.deal_anew(),
            Bug::LeaveForgetsSome => homeless.retain(|slot| slot.number() % 4 != 3),
            _ => {}
        }
        loop {
            let size = |(group, slots): (&GroupId, &Vec<Slot>)| (slots.len(), group.clone());
            let Some((least, poorest)) = shares.iter().map(size).min() else { return };
            let Some((most, richest)) = shares.iter().map(size).max() else { return };
            let slot = match homeless.pop() {
                Some(slot) => Some(slot),
                None if most > least + 1 => shares.get_mut(&richest).and_then(Vec::pop),
                None => None,
            };
            let Some(slot) = slot else { return };
            let site = &mut self.sites[slot.at()];
            (site.to, site.ordered) = (Some(poorest.clone()), self.version);
            shares.entry(poorest).or_default().push(slot);
        }
    }

    /// Only for `newest-map-only-at-keeper`: somebody goes who was there in the plan before, and it is not this group.
    pub(super) fn lets_others_go(&self, before: &Plan, group: &str) -> bool {
        self.groups.len() < before.groups.len() && !self.leaving.contains_key(group)
    }

    /// Only for `join-reshuffles`.
    fn deal_anew(&mut self) {
        let owners: Vec<GroupId> = self.groups.keys().rev().cloned().collect();
        for (site, owner) in self.sites.iter_mut().zip(owners.iter().cycle()) {
            if site.owner != *owner {
                (site.to, site.ordered) = (Some(owner.clone()), self.version);
            }
        }
    }

    /// A slot has arrived.
    pub(super) fn moved(&mut self, slot: Slot, number: u64) {
        let site = &mut self.sites[slot.at()];
        if site.ordered == number
            && let Some(to) = site.to.take()
        {
            (site.owner, site.since) = (to, number);
            self.version += 1;
        }
    }

    /// Everyone has heard of this version, in which nothing has to move.
    pub(super) fn settle(&mut self, version: u64) {
        if self.version == version && !self.settled && self.moves().next().is_none() {
            self.settled = true;
            self.leaving.clear();
            self.version += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(group: u8) -> Members {
        (1..=3).map(|node| format!("n{}", (group - 1) * 3 + node).into()).collect()
    }

    fn first(groups: u8) -> Plan {
        let groups = (1..=groups).map(|group| (format!("g{group}").into(), members(group)));
        Plan::first(groups.collect(), Bug::None)
    }

    /// How many slots each group has.
    fn shares(plan: &Plan) -> BTreeMap<GroupId, usize> {
        let mut shares = BTreeMap::new();
        plan.sites.iter().for_each(|site| *shares.entry(site.owner.clone()).or_insert(0) += 1);
        shares
    }

    fn settle(plan: &mut Plan) -> usize {
        let moves: Vec<Move> = plan.moves().collect();
        for Move { slot, number, .. } in &moves {
            plan.moved(*slot, *number);
        }
        plan.settle(plan.version());
        assert!(plan.is_settled());
        moves.len()
    }

    #[test]
    fn shares_are_even_and_nothing_moves_that_need_not() {
        let mut plan = first(2);
        assert_eq!(shares(&plan).into_values().collect::<Vec<_>>(), [32, 32]);
        assert_eq!(plan.join(&"g3".into(), &members(3), Bug::None), Changed::Moving);
        assert!(plan.moves().all(|one| *one.to == *"g3"));
        assert_eq!(settle(&mut plan), 21);
        assert_eq!(shares(&plan).into_values().collect::<Vec<_>>(), [22, 21, 21]);
        assert_eq!(plan.leave(&"g2".into(), Bug::None), Changed::Moving);
        assert!(plan.moves().all(|one| *one.from == *"g2"));
        assert_eq!(settle(&mut plan), 21);
        assert_eq!(shares(&plan).into_values().collect::<Vec<_>>(), [32, 32]);
    }

    #[test]
    fn one_change_at_a_time_and_the_same_again_is_no_other() {
        let mut plan = first(2);
        let (g1, g2, g3, g4): (GroupId, GroupId, GroupId, GroupId) =
            ("g1".into(), "g2".into(), "g3".into(), "g4".into());
        assert_eq!(plan.join(&g1, &members(1), Bug::None), Changed::AlreadySo);
        assert_eq!(plan.join(&g1, &members(4), Bug::None), Changed::OtherMembers);
        assert_eq!(plan.join(&g3, &members(2), Bug::None), Changed::OtherMembers);
        assert_eq!(plan.leave(&g1, Bug::None), Changed::KeepsPlan);
        assert_eq!(plan.leave(&g4, Bug::None), Changed::AlreadySo);
        assert_eq!(plan.join(&g3, &members(3), Bug::None), Changed::Moving);
        let version = plan.version();
        assert_eq!(plan.join(&g3, &members(3), Bug::None), Changed::Moving);
        assert_eq!(plan.join(&g4, &members(4), Bug::None), Changed::Busy);
        assert_eq!(plan.leave(&g2, Bug::None), Changed::Busy);
        assert_eq!(plan.version(), version);
        settle(&mut plan);
        assert_eq!(plan.join(&g3, &members(3), Bug::None), Changed::AlreadySo);
        assert_eq!(plan.leave(&g2, Bug::None), Changed::Moving);
        assert_eq!(plan.leave(&g2, Bug::None), Changed::Moving);
        assert_eq!(plan.join(&g2, &members(2), Bug::None), Changed::Busy);
        settle(&mut plan);
        assert_eq!(plan.leave(&g2, Bug::None), Changed::AlreadySo);
    }

    #[test]
    fn an_old_report_changes_nothing() {
        let mut plan = first(2);
        plan.join(&"g3".into(), &members(3), Bug::None);
        let old: Vec<Move> = plan.moves().collect();
        settle(&mut plan);
        plan.leave(&"g3".into(), Bug::None);
        let before = plan.clone();
        for Move { slot, number, .. } in old {
            plan.moved(slot, number);
        }
        assert_eq!(plan, before);
        plan.settle(plan.version());
        assert!(!plan.is_settled(), "there are moves left");
    }
}
