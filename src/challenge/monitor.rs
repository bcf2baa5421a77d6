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
    pub(super) stages_at: [Span; 2],
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
    verbs::HINT,
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
            stages_at: [from_at, over_at],
        })
    }
}
