//! The part of a card's page that shows how the nodes were at the failure, and what they printed.

use super::card::Said;
use super::card_page::{Role, Writer};
use super::card_told::listed;
use super::cluster_now::{ClusterNow, NodeLine};
use super::diff::plural;
use super::printed::{stretches, wrapped};
use super::times::clock;
use crate::facts::NodeStatus;
use crate::text::{clean, pad, width};

/// How many lines one line of a log may take up.
const SAID: usize = 3;
/// So many nodes have a line each.
const AT_A_GLANCE: usize = 5;

impl Writer<'_> {
    /// A line for each node, or for those that are alike where there are many, one for each thing that
    /// is wrong with the links, and one for what all do together.
    pub(super) fn cluster(&mut self, cluster: &ClusterNow) {
        self.gap();
        self.line([(Role::Text, "  ".to_owned()), (Role::Strong, "The cluster then".to_owned())]);
        let rows = alike(&cluster.nodes);
        let name = rows.iter().map(|(names, _)| width(names)).chain(["links".len()]).max().unwrap_or(0) + 2;
        let says = cluster.nodes.iter().filter(|node| !node.says.is_empty());
        let state = says.map(|node| width(node.state.word())).max().unwrap_or(0) + 2;
        for (names, node) in &rows {
            let up = node.state == NodeStatus::Up;
            let words = clean(&node.state_words());
            let state = if node.says.is_empty() { words } else { pad(&words, state) };
            let role = if up { Role::Text } else { Role::Strong };
            self.labelled(4, (Role::Text, &pad(names, name)), &(state + &clean(&node.says)), role);
        }
        let wrong = cluster.link_lines();
        let (links, role) =
            if wrong.is_empty() { (vec!["all open".to_owned()], Role::Text) } else { (wrong, Role::Strong) };
        for (number, line) in links.iter().enumerate() {
            let label = if number == 0 { "links" } else { "" };
            self.labelled(4, (Role::Text, &pad(label, name)), &clean(line), role);
        }
        if let Some(what) = &cluster.under_way {
            self.labelled(4, (Role::Text, &pad("all", name)), &clean(what), Role::Strong);
        }
    }

    /// Those whose last words have no room.
    pub(super) fn said_too(&mut self, nodes: &[String]) {
        let (Some(first), names) = (nodes.first(), listed(nodes)) else { return };
        self.gap();
        let sentence = format!("{names} printed something then, too: `lsfr logs {first}`");
        self.labelled(2, (Role::Text, ""), &clean(&sentence), Role::Dim);
    }

    pub(super) fn said(&mut self, said: &Said) {
        self.gap();
        self.line([(Role::Text, "  ".to_owned()), (Role::Strong, format!("{} said", clean(&said.node)))]);
        if said.earlier > 0 {
            let word = plural(said.earlier, "line", "lines");
            self.line([(Role::Dim, format!("    … {} earlier {word}", said.earlier))]);
        }
        let at = said.lines.iter().filter_map(|line| line.at).map(|at| clock(at).len() + 2).max().unwrap_or(0);
        for said in &said.lines {
            if said.left_out > 0 {
                let word = plural(said.left_out, "line", "lines");
                self.line([(Role::Dim, format!("    … {} more {word}", said.left_out))]);
            }
            let label = pad(&said.at.map_or_else(String::new, clock), at);
            // What came of a build or a start has no times; nodes' logs mark their own words.
            let mut rows = wrapped(&stretches(&said.text, said.at.is_none()), self.room(4 + at));
            if rows.len() > SAID {
                rows.truncate(SAID);
                rows[SAID - 1].push((Role::Text, "…".to_owned()));
            }
            for (number, row) in rows.into_iter().enumerate() {
                let (role, label) =
                    if number == 0 { (Role::Dim, label.clone()) } else { (Role::Text, " ".repeat(at)) };
                self.line([(Role::Text, "    ".to_owned()), (role, label)].into_iter().chain(row));
            }
        }
        if said.later > 0 {
            let word = plural(said.later, "line", "lines");
            self.line([(Role::Dim, format!("    … {} more {word}", said.later))]);
        }
    }
}

/// Each node with its name, or, where there are more than a reader takes in at a glance, those that are alike together.
fn alike(nodes: &[NodeLine]) -> Vec<(String, &NodeLine)> {
    let mut rows: Vec<(Vec<&str>, &NodeLine)> = Vec::new();
    for node in nodes {
        let same = |other: &NodeLine| (other.state_words(), &other.says) == (node.state_words(), &node.says);
        match rows.iter_mut().find(|(_, other)| nodes.len() > AT_A_GLANCE && same(other)) {
            Some((names, _)) => names.push(&node.node),
            None => rows.push((vec![&node.node], node)),
        }
    }
    rows.into_iter().map(|(names, node)| (clean(&names.join(", ")), node)).collect()
}
