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
            let mistakes = self.errors.len();
            let Some(template) = self.template(item, &names).filter(|_| self.errors.len() == mistakes) else {
                continue;
            };
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

#[cfg(test)]
mod tests {
    use crate::scenario::Tests;
    use crate::scenario::decode::tests::read;
    use crate::yaml::Diagnostic;

    fn file(cluster: &str, step: &str) -> Result<Tests, Vec<Diagnostic>> {
        read(&format!("cluster: {cluster}\ntests:\n  - name: A\n    proves: a\n    steps:\n      - {step}\n"))
    }

    const STEP: &str = "http: GET /a";

    #[test]
    fn a_number_of_nodes_makes_members_of_all() {
        let nodes = file("3", STEP).unwrap().nodes;
        assert_eq!(nodes.names, ["n1", "n2", "n3"]);
        assert_eq!(nodes.members, nodes.names);
        assert_eq!(nodes.arguments, vec![Vec::<String>::new(); 3]);
    }

    #[test]
    fn each_node_is_told_what_is_its_own() {
        let told = "{ nodes: 4, members: [n2, n1], arguments: [\"--members=$(members | join(','))\", --me=$(node)] }";
        let nodes = file(told, STEP).unwrap().nodes;
        assert_eq!(nodes.members, ["n1", "n2"]);
        assert_eq!(nodes.arguments[3], ["--members=n1,n2", "--me=n4"]);
        let groups = "{ nodes: 4, groups: { a: [n1, n3], b: [n2] }, arguments: [\"--of=$(group | default('none'))=$(members | join('+'))\"] }";
        let nodes = file(groups, "compare: $(groups.a)\n        is: [n1, n3]").unwrap().nodes;
        assert_eq!(nodes.arguments.concat(), ["--of=a=n1+n3", "--of=b=n2", "--of=a=n1+n3", "--of=none=n1+n2+n3+n4"]);
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (cluster, message) in [
            ("17", "a cluster has 1 to 16 nodes"),
            ("{ members: [n1] }", "`cluster` has no `nodes`"),
            ("{ nodes: 2, members: [n3] }", "no node is called `n3`"),
            ("{ nodes: 2, members: [n1, n1] }", "`n1` is there twice"),
            ("{ nodes: 2, groups: { a: [n1], b: [n1, n2] } }", "`n1` is in another group"),
            ("{ nodes: 2, groups: { a-b: [n1] } }", "`a-b` is not a name: a letter, then letters, digits and `_`"),
            ("{ nodes: 2, arguments: [--port=1] }", "`--port` is lsfr's own"),
            (
                "{ nodes: 2, arguments: [--data=/tmp] }",
                "`--data=/tmp` has a '/' in it; letters, digits and `-=+,.:_` are allowed",
            ),
            ("{ nodes: 2, arguments: [\"--x=$(leader)\"] }", "nothing is called `leader` here"),
            ("{ nodes: 2, arguments: [\"--x=$(group)\"] }", "nothing is called `group` here"),
        ] {
            let told = file(cluster, STEP).unwrap_err();
            assert_eq!(told[0].message, message, "{cluster}");
        }
        let told = file("3", "compare: $(groups)\n        is: 1").unwrap_err();
        assert_eq!(told[0].message, "nothing is called `groups` here");
    }
}
