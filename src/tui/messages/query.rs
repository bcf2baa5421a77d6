//! What of a record is to be shown: messages of some nodes, or with some text, and log lines beside them.

use super::Loaded;
use crate::tui::logs::Pattern;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Which messages, as it was typed; empty for all.
    pub filter: String,
    /// Which lines of logs stand at their node's lifeline, as it was typed; empty for none.
    pub lines: String,
}

/// What a filter means in a run.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// One: what it sent or was sent. Two or more: what was said among them.
    nodes: Vec<String>,
    text: Option<Pattern>,
}

impl Filter {
    /// The first word may name nodes: `n1`, `n1,n3`. The rest is a text or a regular expression.
    pub(super) fn new(typed: &str, loaded: &Loaded) -> Filter {
        let typed = typed.trim();
        let (first, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        let named: Vec<String> = first.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if !named.is_empty() && named.iter().all(|name| loaded.nodes.contains(name)) {
            return Filter { nodes: named, text: Pattern::new(rest.trim()) };
        }
        Filter { nodes: Vec::new(), text: Pattern::new(typed) }
    }

    pub(super) fn text(&self) -> Option<&Pattern> {
        self.text.as_ref()
    }

    pub(super) fn lets_pair(&self, from: &str, to: &str) -> bool {
        let named = |node: &str| self.nodes.iter().any(|known| known == node);
        match self.nodes.len() {
            0 => true,
            1 => named(from) || named(to),
            _ => named(from) && named(to),
        }
    }

    /// Of what is about these nodes; what is about none concerns all.
    pub(super) fn lets_any(&self, nodes: &[String]) -> bool {
        self.nodes.is_empty() || nodes.is_empty() || nodes.iter().any(|node| self.nodes.contains(node))
    }

    pub(super) fn lets_text(&self, text: &str) -> bool {
        self.text.as_ref().is_none_or(|pattern| pattern.is_in(text))
    }
}
