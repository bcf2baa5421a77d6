//! The cluster at one moment, in a few lines: what each node does and says of itself, and what is wrong with the links.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::runner::event::{Links, SlowLink};

use super::trail::NodeNow;

/// What is known of a cluster of more than one node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterNow {
    pub nodes: Vec<NodeLine>,
    /// What is wrong with the links, a line for each; empty when nothing is.
    pub links: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeLine {
    pub node: String,
    /// `up`, `paused`, `down`
    pub state: String,
    /// What it said of itself last: `leader, term 3`. Empty if nothing.
    pub says: String,
}

impl ClusterNow {
    /// None for a node alone.
    pub(super) fn new(
        nodes: &BTreeMap<String, NodeNow>,
        says: &BTreeMap<String, String>,
        links: &Links,
    ) -> Option<Self> {
        if nodes.len() < 2 {
            return None;
        }
        let line = |(node, now): (&String, &NodeNow)| {
            let says = match now {
                NodeNow::Up | NodeNow::Paused => says.get(node).cloned().unwrap_or_default(),
                // What it said before it ended is no longer so.
                NodeNow::Starting | NodeNow::Down | NodeNow::Ended { .. } => String::new(),
            };
            NodeLine { node: node.clone(), state: now.word(), says }
        };
        let names: Vec<&str> = nodes.keys().map(String::as_str).collect();
        Some(Self { nodes: nodes.iter().map(line).collect(), links: link_lines(&names, links) })
    }
}

/// What is wrong with the links between `nodes`.
pub fn link_lines(nodes: &[&str], links: &Links) -> Vec<String> {
    let cut: BTreeSet<(&str, &str)> = links.cut.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let mut lines = match sides(nodes, &cut) {
        Some(sides) => vec![format!("partition {}", sides.join(" | "))],
        None => cuts(nodes, &cut),
    };
    lines.extend(slow(nodes, &links.slow));
    lines
}

/// The groups of a partition, if the cuts are one: who is not cut from each other in either way belongs together.
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

/// `n1 ↮ n2, n3` where both ways are cut, `n1 → n4 cut` where one is.
fn cuts(nodes: &[&str], cut: &BTreeSet<(&str, &str)>) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, one) in nodes.iter().enumerate() {
        let both = |other: &&&str| cut.contains(&(*one, **other)) && cut.contains(&(**other, *one));
        let cut_off: Vec<&str> = nodes[at + 1..].iter().filter(both).copied().collect();
        if !cut_off.is_empty() {
            lines.push(format!("cut both ways  {one} ↔ {}", cut_off.join(", ")));
        }
        let one_way: Vec<&str> = nodes
            .iter()
            .filter(|other| cut.contains(&(*one, **other)) && !cut.contains(&(**other, *one)))
            .copied()
            .collect();
        if !one_way.is_empty() {
            lines.push(format!("cut one way  {one} → {}", one_way.join(", ")));
        }
    }
    lines
}

fn slow(nodes: &[&str], slow: &[SlowLink]) -> Vec<String> {
    let mut kinds: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for link in slow {
        kinds.entry(&link.how).or_default().insert((&link.from, &link.to));
    }
    let all = nodes.len() * nodes.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (how, pairs) in kinds {
        if pairs.len() == all {
            lines.push(format!("slow, all links  {how}"));
            continue;
        }
        // The nodes whose every link is slow tell the whole of it.
        let whole = |node: &&&str| {
            nodes
                .iter()
                .filter(|other| other != node)
                .all(|other| pairs.contains(&(**node, *other)) && pairs.contains(&(*other, **node)))
        };
        let centres: Vec<&str> = nodes.iter().filter(whole).copied().collect();
        let told = |(from, to): &&(&str, &str)| centres.contains(from) || centres.contains(to);
        if !centres.is_empty() {
            lines.push(format!("slow, all links of {}  {how}", centres.join(", ")));
        }
        let rest: Vec<String> =
            pairs.iter().filter(|pair| !told(pair)).map(|(from, to)| format!("{from} → {to}")).collect();
        if !rest.is_empty() {
            lines.push(format!("slow  {}  {how}", rest.join(", ")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: [&str; 5] = ["n1", "n2", "n3", "n4", "n5"];

    fn links(cut: &[(&str, &str)], slow: &[(&str, &str, &str)]) -> Links {
        let text = |text: &&str| (*text).to_owned();
        Links {
            text: String::new(),
            cut: cut.iter().map(|(from, to)| (text(from), text(to))).collect(),
            slow: slow
                .iter()
                .map(|(from, to, how)| SlowLink { from: text(from), to: text(to), how: text(how) })
                .collect(),
        }
    }

    fn both<'n>(pairs: &[(&'n str, &'n str)]) -> Vec<(&'n str, &'n str)> {
        pairs.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect()
    }

    #[test]
    fn a_partition_is_told_by_its_sides() {
        let cut = both(&[("n1", "n3"), ("n1", "n4"), ("n1", "n5"), ("n2", "n3"), ("n2", "n4"), ("n2", "n5")]);
        assert_eq!(link_lines(&NODES, &links(&cut, &[])), ["partition n1, n2 | n3, n4, n5"]);
        assert!(link_lines(&NODES, &links(&[], &[])).is_empty());
    }

    #[test]
    fn what_is_no_partition_is_told_pair_by_pair() {
        // A bridge: n3 sees both sides.
        let cut = both(&[("n1", "n4"), ("n1", "n5"), ("n2", "n4"), ("n2", "n5")]);
        let told = ["cut both ways  n1 ↔ n4, n5", "cut both ways  n2 ↔ n4, n5"];
        assert_eq!(link_lines(&NODES, &links(&cut, &[])), told);
        let deaf = [("n2", "n1"), ("n3", "n1")];
        assert_eq!(link_lines(&NODES, &links(&deaf, &[])), ["cut one way  n2 → n1", "cut one way  n3 → n1"]);
    }

    #[test]
    fn slow_links_are_told_by_whose_they_are() {
        let all: Vec<(&str, &str, &str)> = NODES
            .iter()
            .flat_map(|one| NODES.iter().filter(move |other| *other != one).map(move |other| (*one, *other, "50ms")))
            .collect();
        assert_eq!(link_lines(&NODES, &links(&[], &all)), ["slow, all links  50ms"]);
        let of_n2: Vec<_> = all.iter().filter(|(from, to, _)| *from == "n2" || *to == "n2").copied().collect();
        assert_eq!(link_lines(&NODES, &links(&[], &of_n2)), ["slow, all links of n2  50ms"]);
        let one = [("n1", "n2", "10% lost")];
        assert_eq!(link_lines(&NODES, &links(&[], &one)), ["slow  n1 → n2  10% lost"]);
    }
}
