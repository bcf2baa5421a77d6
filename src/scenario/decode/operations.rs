//! `operations` of challenge.yaml: what a workload does.

use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

use super::super::Expect;
use super::super::load::{Kind, Operation, Operations, Request, Steps};
use super::super::template::Data;
use super::super::verbs;
use super::answer::OF_AN_ANSWER;
use super::fields::list;
use super::{Decoder, Names};

impl Decoder<'_> {
    pub(crate) fn operations(&mut self, node: &Node) -> Operations {
        let mut operations = Operations::new();
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each operation's name and what it is, as in `read: { http: … }`");
            return operations;
        };
        for entry in entries {
            let words = || Kind::of_packs().map(Kind::word);
            let Some(kind) = Kind::of_packs().find(|kind| kind.word() == entry.key) else {
                let help = did_you_mean(&entry.key, words()).map_or_else(
                    || format!("the operations are {}", list(words())),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(entry.key_at, format!("no operation is called `{}`", entry.key), help);
                continue;
            };
            if self.has_value(entry)
                && let Some(operation) = self.operation(kind, &entry.value)
            {
                operations.insert(kind, operation);
            }
        }
        if let (Some(node), Some(read)) = (node.get(Kind::CompareAndSet.word()), operations.get(&Kind::Read))
            && read.version.is_none()
        {
            self.error(
                node.at,
                "`read` gives no `version` to compare",
                "give `read` one, as in `version: headers.etag`",
            );
        }
        if let (Some(node), None) = (node.get(Kind::CompareAndSet.word()), node.get(Kind::Read.word())) {
            self.error(node.at, "what is compared must have been read", "say what `read` is, and its `version`");
        }
        operations
    }

    fn operation(&mut self, kind: Kind, node: &Node) -> Option<Operation> {
        let what = format!("`{}`", kind.word());
        let fields = self.fields(node, verbs::OPERATION, &what)?;
        for (name, of) in [
            ("unmet", &[Kind::CompareAndSet, Kind::Transaction][..]),
            ("absent", &[Kind::Read]),
            ("value", &[Kind::Read]),
            ("version", &[Kind::Read]),
            ("steps", &[Kind::Transaction]),
        ] {
            if let Some(node) = fields.get(name).filter(|_| !of.contains(&kind)) {
                let those = list(of.iter().map(|kind| kind.word()));
                self.error(node.at, format!("{what} has no `{name}`"), format!("it belongs to {those}"));
            }
        }
        let mut names: Names = [if kind == Kind::Transaction { "steps" } else { "key" }.to_owned()].into();
        if kind.sets() {
            names.insert("value".to_owned());
        }
        if kind == Kind::CompareAndSet {
            names.insert("version".to_owned());
        }
        let request = fields.get("http").and_then(|node| self.request(node, &names));
        let headers = fields.get("headers").map(|node| self.text_map(node, &names)).unwrap_or_default();
        let body = match fields.get("body") {
            Some(node) => Some(self.template(node, &names)?),
            None => None,
        };
        let mut answers = |name: &str| fields.get(name).map(|node| self.answers(node, name)).unwrap_or_default();
        let (ok, no, unmet, absent) = (answers("ok"), answers("no"), answers("unmet"), answers("absent"));
        let seen: Names = OF_AN_ANSWER.map(str::to_owned).into();
        let mut expression = |name: &str| fields.get(name).and_then(|node| self.expression(node, &seen));
        let (value, version) = (expression("value"), expression("version"));
        if kind == Kind::Read && fields.get("value").is_none() {
            self.error(node.at, "`read` does not say what was read", "give it a `value`, as in `value: body`");
        }
        if kind == Kind::CompareAndSet && fields.get("unmet").is_none() {
            self.error(
                node.at,
                "`compare_and_set` does not say when it was not met",
                "give it `unmet`, as in `unmet: { status: 412 }`",
            );
        }
        let steps = match fields.get("steps") {
            Some(node) => Some(self.transaction_steps(node)?),
            None if kind == Kind::Transaction => {
                let help = "give it `steps`, as in `steps: { get: …, append: …, values: … }`";
                self.error(node.at, "`transaction` does not say what its steps are", help);
                None
            }
            None => None,
        };
        let (method, path) = request?;
        let request = Request::Http { method, path: path?, headers, body };
        Some(Operation { request, ok, no, unmet, absent, value, version, steps })
    }

    fn transaction_steps(&mut self, node: &Node) -> Option<Steps> {
        let fields = self.fields(node, verbs::OPERATION_STEPS, "`steps`")?;
        let mut text = |name: &str, sees: &[&str]| {
            let names: Names = sees.iter().map(|name| (*name).to_owned()).collect();
            fields.get(name).map(|node| self.template(node, &names))
        };
        let (get, append) = (text("get", &["key"])??, text("append", &["key", "value"])??);
        let (check, put) = (text("check", &["key", "version"]), text("put", &["key", "value"]));
        let seen: Names = OF_AN_ANSWER.map(str::to_owned).into();
        let mut expression = |name: &str| fields.get(name).and_then(|node| self.expression(node, &seen));
        let (values, versions) = (expression("values")?, expression("versions"));
        Some(Steps { get, append, check: check.flatten(), put: put.flatten(), values, versions })
    }

    /// One expectation, or a list of them.
    pub(super) fn answers(&mut self, node: &Node, name: &str) -> Vec<Expect<Data>> {
        let what = format!("`{name}`");
        let nodes: Vec<&Node> = match &node.value {
            Value::List(items) if items.is_empty() => {
                self.error(node.at, "this list is empty", "write an answer, as in `{ status: 200 }`");
                Vec::new()
            }
            Value::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut answers = Vec::new();
        for node in nodes {
            let Some(expect) = self.expect(node, &Names::new(), &what) else { continue };
            if expect.error.is_some() {
                self.error(
                    node.at,
                    "without an answer nobody knows",
                    "a refused connection is `no` by itself; anything else may have been done",
                );
            }
            answers.push(expect);
        }
        answers
    }
}
