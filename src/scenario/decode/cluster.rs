//! `cluster`: how many nodes, or a map that says more of them.

use crate::yaml::{Node, Value};

use super::super::nodes::{self, Nodes};
use super::super::verbs;
use super::{Decoder, Names};

impl Decoder<'_> {
    /// The nodes of the file. Where something is wrong, as many as are known of.
    pub(super) fn cluster(&mut self, node: Option<&Node>) -> Nodes {
        let Some(node) = node else { return Nodes::count(1) };
        if !matches!(node.value, Value::Map(_)) {
            return self.node_count(node);
        }
        let Some(fields) = self.fields(node, verbs::CLUSTER, "`cluster`") else { return Nodes::count(1) };
        let mut cluster = fields.get("nodes").map_or_else(|| Nodes::count(1), |node| self.node_count(node));
        if let Some(node) = fields.get("members") {
            cluster.members = self.members(node, &cluster);
        }
        if let Some(node) = fields.get("groups") {
            self.groups(node, &mut cluster);
        }
        if let Some(node) = fields.get("arguments") {
            self.arguments(node, &mut cluster);
        }
        cluster
    }

    fn node_count(&mut self, node: &Node) -> Nodes {
        match node.value {
            Value::Int(count) if (1..=verbs::MAX_NODES).contains(&count) => Nodes::count(count as usize),
            _ => {
                let message = format!("a cluster has 1 to {} nodes", verbs::MAX_NODES);
                self.error(node.at, message, "write a number, as in `cluster: 5`");
                Nodes::count(1)
            }
        }
    }

    fn members(&mut self, node: &Node, cluster: &Nodes) -> Vec<String> {
        let mut members = Vec::new();
        let help = "write a list of names, as in `[n1, n2, n3]`";
        let Some(items) = self.items(node, "a list of nodes", help) else { return cluster.names.clone() };
        for item in items {
            match item.as_text() {
                Some(name) if members.iter().any(|other| other == name) => {
                    self.error(item.at, format!("`{name}` is there twice"), "a node is a member or it is not");
                }
                Some(name) if cluster.names.iter().any(|other| other == name) => members.push(name.to_owned()),
                Some(name) => self.error(item.at, format!("no node is called `{name}`"), help),
                None => {
                    self.wrong::<()>(item, "the name of a node", help);
                }
            }
        }
        if members.is_empty() {
            self.error(node.at, "nobody is a member", help);
        }
        members.sort_by_key(|member| cluster.names.iter().position(|name| name == member));
        members
    }

    fn groups(&mut self, node: &Node, cluster: &mut Nodes) {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map of names to nodes", "write `{ g1: [n1, n2, n3], g2: [n4, n5, n6] }`");
            return;
        };
        for entry in entries {
            if !super::is_name(&entry.key) {
                self.error(entry.key_at, super::not_a_name(&entry.key), "choose a name such as `g1`");
                continue;
            }
            let members = self.members(&entry.value, cluster);
            let elsewhere = |member: &&String| cluster.groups.values().any(|group| group.contains(member));
            if let Some(twice) = members.iter().find(elsewhere) {
                self.error(
                    entry.value.at,
                    format!("`{twice}` is in another group"),
                    "a node is in one group at most",
                );
            }
            cluster.groups.insert(entry.key.clone(), members);
        }
    }

    fn arguments(&mut self, node: &Node, cluster: &mut Nodes) {
        let help = "write them as `[\"--members=$(members | join(','))\"]`";
        let Some(items) = self.items(node, "a list of arguments", help) else { return };
        let mut names: Names = ["node", "nodes", "members"].map(String::from).into();
        if !cluster.groups.is_empty() {
            names.extend(["group", "groups"].map(String::from));
        }
        for item in items {
            let Some(template) = self.template(item, &names) else { continue };
            let told = match cluster.arguments(std::slice::from_ref(&template)) {
                Ok(told) => told,
                Err(error) => {
                    self.error(item.at, format!("`{}` has no value: {error}", template.source()), help);
                    continue;
                }
            };
            match told.iter().flatten().find_map(|argument| nodes::mistake(argument)) {
                Some(mistake) => self.error(item.at, mistake, "an argument is an option of the learner's program"),
                None => cluster.arguments.iter_mut().zip(told).for_each(|(all, more)| all.extend(more)),
            }
        }
    }
}
