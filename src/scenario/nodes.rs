//! The nodes of a stage: their names, which of them are members to begin with, and what each is told when it is started,
//! beside its port, folder, name and peers.

use std::collections::BTreeMap;

use super::draw::Draw;
use super::expr::{EvalError, Scope};
use super::template::Template;

/// What lsfr itself tells every node; no pack may tell it something else.
pub const OWN: [&str; 4] = ["port", "working-dir", "id", "peers"];

#[derive(Debug, Clone, Default)]
pub struct Nodes {
    /// `n1`, `n2` and so on.
    pub names: Vec<String>,
    /// The nodes that count at the beginning: a majority is one of these.
    pub members: Vec<String>,
    /// Groups that elect on their own, and their members. None where all nodes are one cluster.
    pub groups: BTreeMap<String, Vec<String>>,
    /// By node, in the order of their names; all empty where the pack names none.
    pub arguments: Vec<Vec<String>>,
}

impl Nodes {
    /// So many nodes, all of them members.
    pub fn count(count: usize) -> Self {
        let names: Vec<String> = (1..=count).map(name).collect();
        Self { members: names.clone(), groups: BTreeMap::new(), arguments: vec![Vec::new(); count], names }
    }

    /// With so many of any of them down, each group still has its majority.
    pub fn minority(&self) -> usize {
        let groups = self.groups.values().map(Vec::len).min();
        groups.unwrap_or(self.members.len()).saturating_sub(1) / 2
    }

    /// The names that an argument of a node may use.
    pub fn scope(&self, node: &str) -> Scope {
        let mut scope = Scope::new(Draw::new(""));
        scope.set("node", node.to_owned());
        self.name_in(&mut scope);
        if let Some((group, members)) = self.groups.iter().find(|(_, members)| members.iter().any(|one| one == node))
        {
            scope.set("group", group.clone());
            scope.set("members", members.clone());
        }
        scope
    }

    /// Names who is there and who counts.
    pub fn name_in(&self, scope: &mut Scope) {
        scope.set("nodes", self.names.clone());
        scope.set("members", self.members.clone());
        if !self.groups.is_empty() {
            scope.set_json("groups", &serde_json::json!(self.groups));
        }
    }

    /// What each node is told. They depend on nothing but the names, so that a mistake is found before anything runs.
    pub fn arguments(&self, templates: &[Template]) -> Result<Vec<Vec<String>>, EvalError> {
        let told = |node: &String| {
            let scope = self.scope(node);
            templates.iter().map(|template| template.text(&scope)).collect()
        };
        self.names.iter().map(told).collect()
    }
}

/// The name of a node by its number, from 1.
pub fn name(number: usize) -> String {
    format!("n{number}")
}

/// What is wrong with an argument of a pack. A pack is data from anywhere: it may not lead a program out of its folder.
pub fn mistake(argument: &str) -> Option<String> {
    let Some(named) = argument.strip_prefix("--") else {
        return Some(format!("`{argument}` is not an option: it does not begin with `--`"));
    };
    let name = named.split('=').next().unwrap_or_default();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Some(format!("`{argument}` has no name of small letters, digits and `-` after `--`"));
    }
    if OWN.contains(&name) {
        return Some(format!("`--{name}` is lsfr's own"));
    }
    let odd = argument.chars().find(|c| !c.is_ascii_alphanumeric() && !"-=+,.:_".contains(*c));
    odd.map(|odd| format!("`{argument}` has a {odd:?} in it; letters, digits and `-=+,.:_` are allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_an_option_that_names_no_path() {
        for right in ["--members=n1,n2,n3", "--groups=g1=n1+n2,g2=n3", "--verbose", "--at=1.5:2_0"] {
            assert_eq!(mistake(right), None, "{right}");
        }
        for (wrong, why) in [
            ("members=n1", "does not begin with `--`"),
            ("--", "has no name"),
            ("--=x", "has no name"),
            ("--Data=x", "has no name"),
            ("--port=1", "is lsfr's own"),
            ("--working-dir=x", "is lsfr's own"),
            ("--peers", "is lsfr's own"),
            ("--data=/etc", "has a '/' in it"),
            ("--data=..\\x", "has a '\\\\' in it"),
            ("--x=a b", "has a ' ' in it"),
            ("--x=\n", "has a '\\n' in it"),
        ] {
            let told = mistake(wrong).unwrap_or_default();
            assert!(told.contains(why), "{wrong}: {told}");
        }
    }

    #[test]
    fn a_minority_leaves_each_group_its_majority() {
        let of = |count| Nodes::count(count).minority();
        assert_eq!([1, 2, 3, 4, 5].map(of), [0, 0, 1, 1, 2]);
        let group = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let groups = [("g1".to_owned(), group(&["n1", "n2", "n3"])), ("g2".to_owned(), group(&["n4", "n5", "n6"]))];
        assert_eq!(Nodes { groups: groups.into(), ..Nodes::count(6) }.minority(), 1);
    }
}
