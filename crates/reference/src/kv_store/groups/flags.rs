//! `--group` and `--groups`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::bug::Bug;
use super::super::raft::Members;
use super::GroupId;
use super::holding::Shards;
use super::plan::Plan;

/// The flags of a store of many groups.
#[derive(clap::Args)]
pub(in super::super) struct GroupFlags {
    /// The group that this node is in; with --groups
    #[arg(long, value_name = "NAME", requires = "groups")]
    group: Option<Arc<str>>,
    /// The groups that the cluster begins with, as in g1=n1+n2+n3,g2=n4+n5+n6; without it all keys are in one
    #[arg(long, value_name = "NAME=NODES,…", value_delimiter = ',', value_parser = parse_group, requires = "group")]
    groups: Vec<(GroupId, Members)>,
}

/// What the flags say.
#[derive(Clone, Debug)]
pub(in super::super) struct Grouping {
    group: GroupId,
    groups: BTreeMap<GroupId, Members>,
}

impl GroupFlags {
    /// `None` where all keys are in one group.
    pub(in super::super) fn grouping(self) -> Option<Grouping> {
        let group = self.group.filter(|_| !self.groups.is_empty())?;
        Some(Grouping { group, groups: self.groups.into_iter().collect() })
    }
}

impl Grouping {
    /// The nodes of this node's own group, where `--groups` names it.
    pub(in super::super) fn members(&self) -> Option<&Members> {
        self.groups.get(&self.group)
    }

    /// The group as it begins.
    pub(in super::super) fn shards(self, bug: Bug) -> Shards {
        Shards::new(self.group, Plan::first(self.groups, bug))
    }
}

fn parse_group(group: &str) -> Result<(GroupId, Members), String> {
    let (name, nodes) = group.split_once('=').unwrap_or_default();
    let members: Members = nodes.split('+').map(Arc::from).collect();
    if name.is_empty() || members.iter().any(|member| member.is_empty()) {
        return Err("it is not like g1=n1+n2+n3".to_owned());
    }
    Ok((name.into(), members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_name_and_its_nodes() {
        let members: Members = ["n1", "n2"].map(Arc::from).into();
        assert_eq!(parse_group("g1=n1+n2"), Ok(("g1".into(), members)));
        for bad in ["", "g1", "g1=", "=n1", "g1=n1+", "g1=n1++n2"] {
            assert!(parse_group(bad).is_err(), "{bad:?}");
        }
    }
}
