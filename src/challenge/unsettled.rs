//! `unsettled` of challenge.yaml: how a cluster may answer that has no leader yet, or a different one than a moment
//! ago.
//!
//! On a busy machine heartbeats come late, and a correct program holds a new election. An unexpected answer of this
//! kind then proves nothing.

use serde_json::Value as Json;

use crate::facts::{Expected, Mismatch, Spot};
use crate::scenario::Expect;
use crate::scenario::decode::Decoder;
use crate::scenario::matcher::Matcher;
use crate::scenario::verbs::{Field, Shape, field};
use crate::yaml::{Node, Value};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// The status of an HTTP answer.
    pub status: Vec<u16>,
    /// How a line begins.
    pub lines: Vec<String>,
    /// The path of the field that says who leads: `json.role`.
    pub fields: Vec<Spot>,
}

const UNSETTLED: &[Field] = &[
    field("status", Shape::List, "statuses by which a node says that it does not lead now, as in `[307, 503]`"),
    field("lines", Shape::Texts, "how a line begins by which a node says so, as in `[NOT_LEADER]`"),
    field("fields", Shape::Texts, "what in an answer says who leads, as in `[json.role, json.term]`"),
];

impl Unsettled {
    /// Whether an HTTP answer differs from what was expected only in who leads. `never`: here the contract allows no
    /// answer by which a node says that it does not lead.
    pub fn excuses_answer(&self, status: u16, expect: &Expect<Json>, mismatches: &[Mismatch], never: bool) -> bool {
        if never {
            return self.only_roles(mismatches);
        }
        // A node that leads by now does the work itself instead of redirecting, or finds nothing there.
        let serves = matches!(status, 200..300 | 404);
        let wanted =
            expect.status.as_ref().filter(|_| mismatches.iter().any(|mismatch| mismatch.path == Spot::Status));
        let elsewhere = wanted.is_some_and(|wanted| self.takes_no_other(wanted));
        self.status.contains(&status) || (elsewhere && serves) || self.only_roles(mismatches)
    }

    /// The same for what came on a connection.
    pub fn excuses_talk(&self, mismatches: &[Mismatch], never: bool) -> bool {
        if never {
            return self.only_roles(mismatches);
        }
        let begins = |text: &str| self.lines.iter().any(|line| text.starts_with(line.as_str()));
        let line = |mismatch: &Mismatch| {
            let actual = mismatch.actual.as_ref().and_then(Json::as_str);
            let wanted = match &mismatch.expected {
                Expected::Value(value) => value.as_str(),
                Expected::Words(_) => None,
            };
            actual.is_some_and(begins) || wanted.is_some_and(begins)
        };
        let role = |mismatch: &Mismatch| self.fields.contains(&mismatch.path);
        !mismatches.is_empty() && mismatches.iter().all(|mismatch| line(mismatch) || role(mismatch))
    }

    /// Whether a node that answers as it should says that it does not lead. `not: 200` accepts that too, but only asks
    /// that the request is not carried out.
    fn takes_no_other(&self, wanted: &Matcher<Json>) -> bool {
        let takes = |status: &u16| wanted.check("status", Some(&Json::from(*status))).is_empty();
        let mut taken = (100..600).filter(takes).peekable();
        taken.peek().is_some() && taken.all(|status| self.status.contains(&status))
    }

    fn only_roles(&self, mismatches: &[Mismatch]) -> bool {
        !mismatches.is_empty() && mismatches.iter().all(|mismatch| self.fields.contains(&mismatch.path))
    }
}

impl Decoder<'_> {
    pub(super) fn unsettled(&mut self, node: &Node) -> Option<Unsettled> {
        let fields = self.fields(node, UNSETTLED, "`unsettled`")?;
        let mut texts = |name: &str| -> Option<Vec<String>> {
            let Some(node) = fields.get(name) else { return Some(Vec::new()) };
            let Value::List(items) = &node.value else { return self.wrong(node, "a list", "write `[…]`") };
            items.iter().map(|item| self.plain_text(item)).collect()
        };
        let (lines, paths) = (texts("lines"), texts("fields"));
        let status = match fields.get("status").map(|node| (node, &node.value)) {
            None => Some(Vec::new()),
            Some((_, Value::List(items))) => items.iter().map(|item| self.status(item)).collect(),
            Some((node, _)) => self.wrong(node, "a list of statuses", "write them as `[307, 503]`"),
        };
        Some(Unsettled { status: status?, lines: lines?, fields: paths?.into_iter().map(Spot::from).collect() })
    }

    fn status(&mut self, node: &Node) -> Option<u16> {
        match node.value {
            Value::Int(status @ 100..=599) => u16::try_from(status).ok(),
            _ => self.wrong(node, "a status", "write a number from 100 to 599"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::matcher::Operator;

    fn unsettled() -> Unsettled {
        Unsettled {
            status: vec![307, 503],
            lines: vec!["NOT_LEADER".to_owned()],
            fields: vec!["json.role".into(), "json.term".into()],
        }
    }

    fn differs(path: &str, expected: impl Into<Json>, actual: impl Into<Json>) -> Mismatch {
        Mismatch {
            path: path.into(),
            expected: Expected::Value(expected.into()),
            actual: Some(actual.into()),
            source: None,
        }
    }

    #[test]
    fn answers_of_a_cluster_without_a_leader_are_told_from_wrong_ones() {
        let wants = |status: u16| Expect { status: Some(Matcher::Equals(status.into())), ..Expect::default() };
        let is = |actual: u16, wanted: u16| {
            unsettled().excuses_answer(actual, &wants(wanted), &[differs("status", wanted, actual)], false)
        };
        assert!(is(503, 200) && is(307, 200), "it does not lead");
        assert!(is(200, 307) && is(204, 503) && is(404, 307), "it leads by now");
        assert!(!is(404, 200) && !is(500, 200));
        let not_done = Matcher::All(vec![Operator::Not(Matcher::Equals(200.into()))]);
        let refused = Expect { status: Some(not_done), ..Expect::default() };
        let done = [differs("status", 503, 200)];
        assert!(!unsettled().excuses_answer(200, &refused, &done, false), "whoever leads, it may not be done");
        assert!(!is(400, 307) && !is(302, 307) && !is(500, 503), "no node that leads answers so");
        let redirected = [differs("status", 200, 307)];
        assert!(!unsettled().excuses_answer(307, &wants(200), &redirected, true), "where nobody may redirect");
        let fields = |paths: &[&str]| {
            let mismatches: Vec<Mismatch> = paths.iter().map(|path| differs(path, 1, 2)).collect();
            unsettled().excuses_answer(200, &Expect::default(), &mismatches, true)
        };
        assert!(fields(&["json.role"]) && fields(&["json.role", "json.term"]));
        assert!(!fields(&["json.role", "json.id"]) && !fields(&["body"]));
    }

    #[test]
    fn lines_are_known_by_their_beginning() {
        let is = |wanted: &str, actual: &str| unsettled().excuses_talk(&[differs("line", wanted, actual)], false);
        assert!(is("INSERTED 1", "NOT_LEADER 127.0.0.1:24011"));
        assert!(is("NOT_LEADER 127.0.0.1:24011", "INSERTED 1"));
        assert!(!is("INSERTED 1", "NOT_FOUND"));
        let both = [differs("line", "INSERTED 1", "NOT_LEADER"), differs("bytes", "a job", "another")];
        assert!(!unsettled().excuses_talk(&both, false), "the second is wrong whoever leads");
    }
}
