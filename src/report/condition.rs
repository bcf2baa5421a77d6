//! What a lane shows of a node: whether it runs and leads, and whether its links let it reach the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cluster_state::ClusterState;
use crate::facts::NodeStatus;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    pub status: NodeStatus,
    pub reach: Reach,
    /// Its links are slow.
    pub slow: bool,
    pub leads: bool,
    /// The term that it leads in.
    pub term: Option<u64>,
}

/// What holds for all nodes, or the links of all, alike. It is told once, and not again of each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common {
    /// None of them reaches a majority.
    pub cut: bool,
    pub slow: bool,
    /// How slow, where all links that are slow are so alike.
    pub how: Option<String>,
    /// What they do together.
    pub under_way: Option<Arc<str>>,
}

/// How much of the cluster a node can exchange messages with, itself included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    #[default]
    All,
    /// Some of its links are cut.
    Most,
    /// It is cut off: what it reaches is no majority.
    Minority,
}

/// What holds for all, and every node with what holds for it besides, in the order of their names.
pub(super) fn conditions(cluster: &ClusterState) -> (Common, Vec<(&Arc<str>, Condition)>) {
    let links = cluster.links();
    let cut: BTreeSet<(&str, &str)> = links.cut.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let slow: BTreeSet<(&str, &str)> = links.slow.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
    // Where no node has most of its links slow, it is a few links that are, and those show at both ends.
    let by_most = cluster.nodes().any(|(node, ..)| mostly(cluster, &slow, node));
    let each = cluster.nodes().map(|(node, status, says)| {
        let slow = if by_most { mostly(cluster, &slow, node) } else { touched(cluster, &slow, node) > 0 };
        // What it said before it fell silent says nothing about what it is now.
        let leads = says.filter(|says| says.leads && matches!(status, NodeStatus::Up | NodeStatus::Paused));
        let is = Condition {
            status,
            reach: reach(cluster.size(), touched(cluster, &cut, node)),
            slow,
            leads: leads.is_some(),
            term: leads.and_then(|says| says.term),
        };
        (node, is)
    });
    let mut each: Vec<_> = each.collect();
    let several = each.len() > 1;
    let mut hows = links.slow.iter().map(|link| &link.how);
    let how = hows.next().filter(|first| hows.all(|how| how == *first));
    let slow = several && each.iter().all(|(_, is)| is.slow);
    let common = Common {
        cut: several && each.iter().all(|(_, is)| is.reach == Reach::Minority),
        slow,
        how: how.filter(|_| slow).cloned(),
        under_way: cluster.under_way().cloned(),
    };
    for (_, is) in &mut each {
        is.slow &= !common.slow;
        is.reach = if common.cut { Reach::All } else { is.reach };
    }
    (common, each)
}

fn reach(size: usize, cut: usize) -> Reach {
    match size.saturating_sub(cut) {
        _ if cut == 0 => Reach::All,
        reached if 2 * reached <= size => Reach::Minority,
        _ => Reach::Most,
    }
}

/// How many others a link from or to this node is among these.
fn touched(cluster: &ClusterState, links: &BTreeSet<(&str, &str)>, node: &str) -> usize {
    if links.is_empty() {
        return 0;
    }
    let among = |other: &str| links.contains(&(node, other)) || links.contains(&(other, node));
    cluster.nodes().filter(|(other, ..)| among(other)).count()
}

fn mostly(cluster: &ClusterState, links: &BTreeSet<(&str, &str)>, node: &str) -> bool {
    2 * touched(cluster, links, node) > cluster.size().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reaches_no_majority_is_cut_off() {
        let reached = |size, cut: &[usize]| cut.iter().map(|cut| reach(size, *cut)).collect::<Vec<_>>();
        // One alone, two sides, a bridge.
        assert_eq!(reached(5, &[4, 1]), [Reach::Minority, Reach::Most]);
        assert_eq!(reached(5, &[3, 2, 0]), [Reach::Minority, Reach::Most, Reach::All]);
        assert_eq!(reached(4, &[2]), [Reach::Minority], "half of them is no majority");
        assert_eq!(reached(2, &[1]), [Reach::Minority]);
        assert_eq!(reached(1, &[0]), [Reach::All]);
    }
}
