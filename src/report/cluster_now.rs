//! The cluster at one moment: what each node does and says of itself, how the links are, and what was done last.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::times::clock;
use crate::facts::{NodeStatus, SlowLink, Verb};
use crate::seconds;

/// What is known of a cluster of more than one node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterNow {
    /// The moment, since the run began.
    #[serde(with = "seconds")]
    pub at: Duration,
    pub nodes: Vec<NodeLine>,
    /// The directions that are cut: from whom, to whom.
    pub cut: Vec<(String, String)>,
    pub slow: Vec<SlowLink>,
    /// What all nodes do together: `keys on the move`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_way: Option<String>,
    /// What was done to nodes and links, the latest last.
    pub deeds: Vec<Deed>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeLine {
    pub node: String,
    pub state: NodeStatus,
    /// How it ended, if by itself.
    pub how: String,
    /// What it said of itself last: `leader, term 3`. Empty if nothing.
    pub says: String,
    /// The role in it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// The term in it, and whether it leads in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leads: bool,
    /// The group that it belongs to, which what it says begins with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// It is not a member, by what its leader said last.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// Since when it does and says that.
    #[serde(with = "seconds")]
    pub since: Duration,
}

/// What is said of a node that is no member of its cluster.
pub const OUTSIDE: &str = "not a member";

/// Something that was done to nodes or links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    #[serde(with = "seconds")]
    pub at: Duration,
    pub verb: Verb,
    /// The nodes it was done to; none where it was done to links.
    pub nodes: Vec<String>,
    /// What there is to say of it: `n1, n2 | n3, n4, n5`.
    pub text: String,
}

impl ClusterNow {
    /// What is wrong with the links, a line for each thing; nothing where nothing is.
    pub fn link_lines(&self) -> Vec<String> {
        let nodes: Vec<&str> = self.nodes.iter().map(|node| node.node.as_str()).collect();
        let cut: BTreeSet<(&str, &str)> = self.cut.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        let mut lines = match sides(&nodes, &cut) {
            Some(sides) => vec![format!("partition {}", sides.join(" | "))],
            None => cuts(&nodes, &cut),
        };
        lines.extend(slow(&nodes, &self.slow));
        lines
    }
}

impl NodeLine {
    /// Its state, and how that came about if by itself.
    pub fn state_words(&self) -> String {
        let state = self.state.word();
        match self.state {
            NodeStatus::Silent => format!("{state} since {}", clock(self.since)),
            _ if self.how.is_empty() => state.to_owned(),
            _ => format!("{state} by itself: {}", self.how),
        }
    }
}

/// The groups of a partition, if that is what the cuts are: nodes that are not cut from each other in either direction
/// belong together.
fn sides(nodes: &[&str], cut: &BTreeSet<(&str, &str)>) -> Option<Vec<String>> {
    if cut.is_empty() {
        return None;
    }
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for node in nodes {
        match groups.iter_mut().find(|group| !cut.contains(&(group[0], node))) {
            Some(group) => group.push(node),
            None => groups.push(vec![node]),
        }
    }
    let apart = |one: &str, other: &str| {
        let place = |node: &str| groups.iter().position(|group| group.contains(&node));
        place(one) != place(other)
    };
    let pairs = || nodes.iter().flat_map(|one| nodes.iter().map(move |other| (*one, *other)));
    pairs()
        .filter(|(one, other)| one != other)
        .all(|(one, other)| apart(one, other) == cut.contains(&(one, other)))
        .then(|| groups.iter().map(|group| group.join(", ")).collect())
}

/// `n1 ↔ n2, n3` where both ways are cut, `n1 → n4` where one is.
fn cuts(nodes: &[&str], cut: &BTreeSet<(&str, &str)>) -> Vec<String> {
    let (both, one) = named(nodes, cut);
    let both = both.into_iter().map(|pairs| format!("cut both ways  {pairs}"));
    both.chain(one.into_iter().map(|pairs| format!("cut one way  {pairs}"))).collect()
}

fn slow(nodes: &[&str], slow: &[SlowLink]) -> Vec<String> {
    let mut kinds: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for link in slow {
        kinds.entry(&link.how).or_default().insert((&link.from, &link.to));
    }
    let all = nodes.len() * nodes.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (how, mut pairs) in kinds {
        if pairs.len() == all {
            lines.push(format!("slow, all links  {how}"));
            continue;
        }
        // Naming the nodes whose every link is slow says it all.
        let whole = |node: &&&str| {
            let mut others = nodes.iter().filter(|other| other != node);
            others.all(|other| pairs.contains(&(**node, *other)) && pairs.contains(&(*other, **node)))
        };
        let centres: Vec<&str> = nodes.iter().filter(whole).copied().collect();
        if !centres.is_empty() {
            lines.push(format!("slow, all links of {}  {how}", centres.join(", ")));
            pairs.retain(|(from, to)| !centres.contains(from) && !centres.contains(to));
        }
        let (both, one) = named(nodes, &pairs);
        lines.extend(both.into_iter().chain(one).map(|pairs| format!("slow  {pairs}  {how}")));
    }
    lines
}

/// Pairs in few words, by the node that most of them have in common: first those that hold in both directions, then the
/// others.
fn named(nodes: &[&str], pairs: &BTreeSet<(&str, &str)>) -> (Vec<String>, Vec<String>) {
    let (mut both, mut one): (BTreeSet<_>, BTreeSet<_>) =
        pairs.iter().copied().partition(|(from, to)| pairs.contains(&(*to, *from)));
    let (mut both_ways, mut one_way) = (Vec::new(), Vec::new());
    // Of several nodes that are in equally many pairs, the first by name.
    let most = |left: &BTreeSet<(&str, &str)>, is: &dyn Fn(&(&str, &str), &str) -> bool| {
        let count = |node: &str| left.iter().filter(|pair| is(pair, node)).count();
        nodes.iter().rev().map(|node| (count(node), *node)).max_by_key(|(count, _)| *count).unwrap_or((0, ""))
    };
    let (from, to) =
        (|pair: &(&str, &str), node: &str| pair.0 == node, |pair: &(&str, &str), node: &str| pair.1 == node);
    while !both.is_empty() {
        let (_, node) = most(&both, &from);
        let others: Vec<&str> = both.iter().filter(|pair| pair.0 == node).map(|pair| pair.1).collect();
        both_ways.push(format!("{node} ↔ {}", others.join(", ")));
        both.retain(|pair| !from(pair, node) && !to(pair, node));
    }
    while !one.is_empty() {
        let ((out, sender), (into, receiver)) = (most(&one, &from), most(&one, &to));
        if out >= into {
            let others: Vec<&str> = one.iter().filter(|pair| pair.0 == sender).map(|pair| pair.1).collect();
            one_way.push(format!("{sender} → {}", others.join(", ")));
            one.retain(|pair| !from(pair, sender));
        } else {
            let others: Vec<&str> = one.iter().filter(|pair| pair.1 == receiver).map(|pair| pair.0).collect();
            one_way.push(format!("{} → {receiver}", others.join(", ")));
            one.retain(|pair| !to(pair, receiver));
        }
    }
    (both_ways, one_way)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: [&str; 5] = ["n1", "n2", "n3", "n4", "n5"];

    fn lines(cut: &[(&str, &str)], slow_links: &[(&str, &str, &str)]) -> Vec<String> {
        let text = |text: &&str| (*text).to_owned();
        let node = |node: &&str| NodeLine {
            node: text(node),
            state: NodeStatus::Up,
            how: String::new(),
            says: String::new(),
            role: String::new(),
            term: None,
            leads: false,
            group: String::new(),
            outside: false,
            since: Duration::ZERO,
        };
        let slow = |(from, to, how): &(&str, &str, &str)| SlowLink { from: text(from), to: text(to), how: text(how) };
        let now = ClusterNow {
            nodes: NODES.iter().map(node).collect(),
            cut: cut.iter().map(|(from, to)| (text(from), text(to))).collect(),
            slow: slow_links.iter().map(slow).collect(),
            ..ClusterNow::default()
        };
        now.link_lines()
    }

    fn both<'n>(pairs: &[(&'n str, &'n str)]) -> Vec<(&'n str, &'n str)> {
        pairs.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect()
    }

    #[test]
    fn a_partition_is_told_by_its_sides() {
        let cut = both(&[("n1", "n3"), ("n1", "n4"), ("n1", "n5"), ("n2", "n3"), ("n2", "n4"), ("n2", "n5")]);
        assert_eq!(lines(&cut, &[]), ["partition n1, n2 | n3, n4, n5"]);
        assert!(lines(&[], &[]).is_empty());
    }

    #[test]
    fn what_is_no_partition_is_told_pair_by_pair() {
        // A bridge: n3 sees both sides.
        let cut = both(&[("n1", "n4"), ("n1", "n5"), ("n2", "n4"), ("n2", "n5")]);
        let told = ["cut both ways  n1 ↔ n4, n5", "cut both ways  n2 ↔ n4, n5"];
        assert_eq!(lines(&cut, &[]), told);
        let deaf = [("n2", "n1"), ("n3", "n1")];
        assert_eq!(lines(&deaf, &[]), ["cut one way  n2, n3 → n1"]);
    }

    #[test]
    fn slow_links_are_told_by_whose_they_are() {
        let all: Vec<(&str, &str, &str)> = NODES
            .iter()
            .flat_map(|one| NODES.iter().filter(move |other| *other != one).map(move |other| (*one, *other, "50ms")))
            .collect();
        assert_eq!(lines(&[], &all), ["slow, all links  50ms"]);
        let of_n2: Vec<_> = all.iter().filter(|(from, to, _)| *from == "n2" || *to == "n2").copied().collect();
        assert_eq!(lines(&[], &of_n2), ["slow, all links of n2  50ms"]);
        let one = [("n1", "n2", "10% lost")];
        assert_eq!(lines(&[], &one), ["slow  n1 → n2  10% lost"]);
        let some = [("n2", "n4", "1ms"), ("n4", "n2", "1ms"), ("n2", "n3", "1ms"), ("n3", "n2", "1ms")];
        assert_eq!(lines(&[], &some), ["slow  n2 ↔ n3, n4  1ms"]);
    }
}
