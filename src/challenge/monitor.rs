//! The `monitor` of challenge.yaml: what every node is asked throughout the tests of a cluster, and what must hold of
//! the answers at all times.

use std::time::Duration;

use crate::scenario::Expect;
use crate::scenario::decode::{Decoder, Names, OF_AN_ANSWER};
use crate::scenario::expr::Expression;
use crate::scenario::hint::Hint;
use crate::scenario::template::{Data, Template};
use crate::scenario::verbs::{self, Field, Shape, field, required};
use crate::yaml::{Node, Span};

/// At most one node leads in a term, and no node's term goes back.
#[derive(Debug)]
pub struct Monitor {
    pub method: String,
    pub path: Template,
    /// The time between two questions to a node.
    pub every: Duration,
    /// What a node that leads answers.
    pub leads: Expect<Data>,
    pub term: Expression,
    /// The group that a node belongs to: terms are counted by group. None where all nodes are one cluster.
    pub group: Option<Expression>,
    /// What a node's answer says about it, for people.
    pub says: Option<Template>,
    /// The names of the members of its cluster, as a node that leads has them.
    pub members: Option<Expression>,
    /// The first stage that is watched.
    pub from: String,
    /// The first stage in which terms outlast restarts.
    pub over_restarts_from: String,
    pub hints: Vec<Hint>,
    /// What all nodes do together.
    pub under_way: Option<UnderWay>,
    pub(super) stages_at: [Span; 2],
}

/// Something that takes the whole cluster a while, and that any node can be asked about: keys move between groups.
#[derive(Debug)]
pub struct UnderWay {
    pub method: String,
    pub path: Template,
    /// The time between two questions, each to another node.
    pub every: Duration,
    /// Whether it is under way, by a node's answer. An answer without what is looked for says nothing.
    pub when: Expression,
    /// What is under way, for people.
    pub says: Template,
    /// The nodes that are asked: those that know it at first hand. All where none are named.
    pub among: Vec<String>,
    /// The first stage that has it.
    pub from: String,
    pub(super) from_at: Span,
}

const MONITOR: &[Field] = &[
    required("http", Shape::Request, "write what each node is asked, as in `http: GET /cluster/info`"),
    required("every", Shape::Duration, "write how often, as in `every: 100ms`"),
    required("leads", Shape::Map(verbs::EXPECT), "write what a node that leads answers"),
    required("term", Shape::Plain, "write an expression for the term, as in `term: json.term`"),
    field("group", Shape::Plain, "an expression for the group whose terms these are, where there are several"),
    field("says", Shape::Text, "what the answer says of the node, for people"),
    field("members", Shape::Plain, "an expression for the list of members, by the answer of a node that leads"),
    required("from", Shape::Plain, "write the key of the first stage that is watched"),
    required("over_restarts_from", Shape::Plain, "write the key of the first stage in which terms outlast restarts"),
    field(
        "under_way",
        Shape::Map(UNDER_WAY),
        "something that takes all nodes a while, and that any of them tells of",
    ),
    verbs::HINT,
];

const UNDER_WAY: &[Field] = &[
    required("http", Shape::Request, "write what a node is asked, as in `http: GET /cluster/groups`"),
    required("every", Shape::Duration, "write how often, as in `every: 100ms`"),
    required("when", Shape::Plain, "write an expression that is true while it is under way"),
    required("says", Shape::Text, "write what is under way, for people"),
    field("among", Shape::List, "the nodes that are asked, as in `among: [n1, n2, n3]`; all if left out"),
    required("from", Shape::Plain, "write the key of the first stage that has it"),
];

impl Decoder<'_> {
    pub(super) fn monitor(&mut self, node: &Node) -> Option<Monitor> {
        let fields = self.fields(node, MONITOR, "`monitor`")?;
        let request = fields.get("http").and_then(|node| self.request(node, &Names::new()));
        let every = fields.get("every").and_then(|node| self.duration(node));
        let leads = fields.get("leads").and_then(|node| self.expect(node, &Names::new(), "`leads`"));
        let seen: Names = OF_AN_ANSWER.map(str::to_owned).into();
        let term = fields.get("term").and_then(|node| self.expression(node, &seen));
        let says = match fields.get("says") {
            Some(node) => Some(self.template(node, &seen)?),
            None => None,
        };
        let group = match fields.get("group") {
            Some(node) => Some(self.expression(node, &seen)?),
            None => None,
        };
        let members = match fields.get("members") {
            Some(node) => Some(self.expression(node, &seen)?),
            None => None,
        };
        let under_way = match fields.get("under_way") {
            Some(node) => Some(self.under_way(node)?),
            None => None,
        };
        let hints = self.hints(fields.get("hint"));
        let mut stage = |name| fields.get(name).and_then(|node| Some((self.plain_text(node)?, node.at)));
        let (from, over) = (stage("from"), stage("over_restarts_from"));
        let ((method, path), (from, from_at), (over_restarts_from, over_at)) = (request?, from?, over?);
        Some(Monitor {
            method,
            path: path?,
            every: every?,
            leads: leads?,
            term: term?,
            group,
            says,
            members,
            from,
            over_restarts_from,
            hints,
            under_way,
            stages_at: [from_at, over_at],
        })
    }

    fn under_way(&mut self, node: &Node) -> Option<UnderWay> {
        let fields = self.fields(node, UNDER_WAY, "`under_way`")?;
        let request = fields.get("http").and_then(|node| self.request(node, &Names::new()));
        let every = fields.get("every").and_then(|node| self.duration(node));
        let seen: Names = OF_AN_ANSWER.map(str::to_owned).into();
        let when = fields.get("when").and_then(|node| self.expression(node, &seen));
        let says = fields.get("says").and_then(|node| self.template(node, &seen));
        let among = fields
            .get("among")
            .and_then(|node| self.items(node, "a list of nodes", "write names, as in `[n1, n2, n3]`"));
        let among = among.unwrap_or_default().iter().filter_map(|node| self.plain_text(node)).collect();
        let from = fields.get("from").and_then(|node| Some((self.plain_text(node)?, node.at)));
        let ((method, path), (from, from_at)) = (request?, from?);
        Some(UnderWay { method, path: path?, every: every?, when: when?, says: says?, among, from, from_at })
    }
}
