//! Requests, and what is kept of their answers.

use crate::yaml::{Entry, Node, Value};

use super::super::expr::Expression;
use super::super::template::Template;
use super::super::verbs;
use super::fields::Fields;
use super::{Decoder, Names};

/// What `save` of an `http` step and of `find` can see of the answer.
pub(crate) const OF_AN_ANSWER: [&str; 6] = ["status", "headers", "body", "json", "node", "latency"];

impl Decoder<'_> {
    /// `METHOD /path`. If only the path is wrong, it is none, so that the rest of the step is still read.
    pub(crate) fn request(&mut self, value: &Node, names: &Names) -> Option<(String, Option<Template>)> {
        let line = value.as_text().unwrap_or_default();
        let Some((method, path)) =
            line.split_once(' ').filter(|(method, path)| verbs::METHODS.contains(method) && path.starts_with('/'))
        else {
            return self.wrong(value, "a method and a path", "write `GET /path`, the path from its `/`");
        };
        let path = Node { value: Value::Text(path.to_owned()), at: value.at };
        Some((method.to_owned(), self.template(&path, names)))
    }

    pub(crate) fn text_map(&mut self, node: &Node, names: &Names) -> Vec<(String, Template)> {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each name and its text");
            return Vec::new();
        };
        entries.iter().filter_map(|entry| Some((entry.key.clone(), self.template(&entry.value, names)?))).collect()
    }

    /// `save`: expressions over an answer. The names it makes are known to the steps after it.
    pub(crate) fn save(
        &mut self,
        fields: &Fields<'_>,
        seen: &[&str],
        names: &mut Names,
    ) -> Vec<(String, Expression)> {
        let Some(node) = fields.get("save") else { return Vec::new() };
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write a name and what to keep, as in `{ term: json.term }`");
            return Vec::new();
        };
        let mut inside = names.clone();
        inside.extend(seen.iter().map(|name| (*name).to_owned()));
        let mut saved = Vec::new();
        for entry in entries {
            self.check_name(entry);
            names.insert(entry.key.clone());
            if self.has_value(entry)
                && let Some(expression) = self.expression(&entry.value, &inside)
            {
                saved.push((entry.key.clone(), expression));
            }
        }
        saved
    }

    pub(crate) fn check_name(&mut self, entry: &Entry) {
        if !super::is_name(&entry.key) {
            self.error(entry.key_at, super::not_a_name(&entry.key), "choose a name such as `key`");
        }
    }
}
