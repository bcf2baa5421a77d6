//! Which nodes a step means.

use crate::yaml::{Node, Value};

use super::super::Selector;
use super::super::verbs;
use super::fields::list;
use super::{Decoder, Names};

impl Decoder<'_> {
    pub(crate) fn selector(&mut self, node: &Node, names: &Names) -> Option<Selector> {
        match &node.value {
            Value::Text(text) => {
                if !text.contains("$(") {
                    self.node_name(node, text);
                }
                Some(Selector::Named(self.template(node, names)?))
            }
            Value::List(items) if !items.is_empty() => {
                let items = items.iter().filter_map(|item| {
                    if let Value::Text(text) = &item.value
                        && !text.contains("$(")
                    {
                        self.node_name(item, text);
                    }
                    self.template(item, names)
                });
                Some(Selector::List(items.collect()))
            }
            Value::Map(entries) => match &entries[..] {
                [entry] if entry.key == "except" => {
                    Some(Selector::Except(Box::new(self.selector(&entry.value, names)?)))
                }
                [entry] if entry.key == "random" => Some(Selector::Random(self.count(&entry.value, names)?)),
                _ => self.wrong(
                    node,
                    "a choice of nodes",
                    "write `n1`, `[n1, n2]`, `all`, `random`, `{ except: n1 }` or `{ random: 2 }`",
                ),
            },
            _ => self.wrong(node, "a choice of nodes", "write `n1`, `[n1, n2]`, `all` or `{ except: n1 }`"),
        }
    }

    fn node_name(&mut self, node: &Node, text: &str) {
        let numbered = (1..=self.nodes).map(|number| format!("n{number}"));
        let words = verbs::SELECTED.map(String::from);
        let roles = self.around.roles.iter().flat_map(|role| [role.clone(), format!("{role}s")]);
        let known: Vec<String> = numbered.chain(words).chain(roles).collect();
        if !known.iter().any(|name| name == text) {
            let help = format!("here there are {}", list(known.iter().map(String::as_str)));
            self.error(node.at, format!("no node is called `{text}`"), help);
        }
    }
}
