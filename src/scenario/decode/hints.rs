//! Hints, and the kinds of failure that they are for.

use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

use super::super::hint::Hint;
use super::super::verbs;
use super::Decoder;
use super::fields::list;
use crate::facts::FailureKind;

impl Decoder<'_> {
    pub(crate) fn hints(&mut self, node: Option<&Node>) -> Vec<Hint> {
        let Some(node) = node else { return Vec::new() };
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.hint(item)).collect(),
            _ => self.hint(node).into_iter().collect(),
        }
    }

    fn hint(&mut self, node: &Node) -> Option<Hint> {
        if !matches!(node.value, Value::Map(_)) {
            return Some(Hint { text: self.plain_text(node)?, kinds: Vec::new() });
        }
        let fields = self.fields(node, verbs::HINT_FOR, "a hint")?;
        let kinds = fields.get("for").map(|node| self.failure_kinds(node));
        let text = fields.get("text").and_then(|node| self.plain_text(node));
        Some(Hint { text: text?, kinds: kinds? })
    }

    fn failure_kinds(&mut self, node: &Node) -> Vec<FailureKind> {
        let items = match &node.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        if items.is_empty() {
            self.error(
                node.at,
                "this hint is for no failure at all",
                "name a kind of failure, or write the text alone",
            );
        }
        items.into_iter().filter_map(|item| self.failure_kind(item)).collect()
    }

    fn failure_kind(&mut self, node: &Node) -> Option<FailureKind> {
        let words = || FailureKind::WORDS.iter().copied();
        let Some(word) = node.as_text() else {
            return self.wrong(node, "a kind of failure", &format!("the kinds are {}", list(words())));
        };
        let kind = FailureKind::from_word(word);
        if kind.is_none() {
            let help = did_you_mean(word, words())
                .map_or_else(|| format!("the kinds are {}", list(words())), |near| format!("did you mean `{near}`?"));
            self.error(node.at, format!("there is no kind of failure `{word}`"), help);
        }
        kind
    }
}
