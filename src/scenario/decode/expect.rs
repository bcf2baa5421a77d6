//! Matchers and what an answer must be.

use serde_json::Value as Json;

use crate::yaml::{Node, Value};

use super::super::matcher::{Comparison, MOST_PATTERN, Matcher, Operator, compiled};
use super::super::template::Data;
use super::super::{Expect, verbs};
use super::{Decoder, Names};

/// Items that may come in any order.
const MOST_UNORDERED: usize = 500;

impl Decoder<'_> {
    pub(crate) fn expect(&mut self, node: &Node, names: &Names, what: &str) -> Option<Expect<Data>> {
        let fields = self.fields(node, verbs::EXPECT, what)?;
        if node.entries().is_empty() {
            self.error(node.at, format!("{what} is empty"), "name what to look at, as in `status: 200`");
        }
        let mut matcher = |name: &str| fields.get(name).and_then(|node| self.matcher(node, names));
        let (status, body, json, error) = (matcher("status"), matcher("body"), matcher("json"), matcher("error"));
        let headers = fields.get("headers").map(|node| self.matchers(node, names)).unwrap_or_default();
        if error.is_some() && (status.is_some() || body.is_some() || json.is_some() || !headers.is_empty()) {
            self.error(node.at, "an answer cannot be expected beside an error", "keep `error`, or the others");
        }
        Some(Expect { status, headers, body, json, error })
    }

    pub(crate) fn matchers(&mut self, node: &Node, names: &Names) -> Vec<(String, Matcher<Data>)> {
        let Value::Map(entries) = &node.value else {
            self.wrong::<()>(node, "a map", "write each name and what it must be");
            return Vec::new();
        };
        let entries = entries.iter();
        entries.filter_map(|entry| Some((entry.key.clone(), self.matcher(&entry.value, names)?))).collect()
    }

    pub(crate) fn matcher(&mut self, node: &Node, names: &Names) -> Option<Matcher<Data>> {
        match &node.value {
            Value::Map(entries) if !entries.is_empty() && entries.iter().all(|entry| is_operator(&entry.key)) => {
                let operators = entries.iter().filter_map(|entry| self.operator(&entry.key, &entry.value, names));
                Some(Matcher::All(operators.collect()))
            }
            Value::Map(entries) => {
                let entries = entries.iter();
                let entries =
                    entries.filter_map(|entry| Some((entry.key.clone(), self.matcher(&entry.value, names)?)));
                Some(Matcher::Subset(entries.collect()))
            }
            Value::List(items) => {
                Some(Matcher::Items(items.iter().filter_map(|item| self.matcher(item, names)).collect()))
            }
            _ => Some(Matcher::Equals(self.data(node, names)?)),
        }
    }

    fn operator(&mut self, name: &str, node: &Node, names: &Names) -> Option<Operator<Data>> {
        Some(match name {
            "equals" => Operator::Equals(self.data(node, names)?),
            "not" => Operator::Not(self.matcher(node, names)?),
            "gt" => Operator::Compare(Comparison::Gt, self.data(node, names)?),
            "gte" => Operator::Compare(Comparison::Gte, self.data(node, names)?),
            "lt" => Operator::Compare(Comparison::Lt, self.data(node, names)?),
            "lte" => Operator::Compare(Comparison::Lte, self.data(node, names)?),
            "one_of" => match &node.value {
                Value::Text(text) if text.starts_with("$(") => Operator::Among(self.data(node, names)?),
                _ => Operator::OneOf(self.choices(node, names)?),
            },
            "unordered" => {
                let items = self.choices(node, names)?;
                // Each may be tried with each.
                if items.len() > MOST_UNORDERED {
                    let help = "compare the list once it is sorted: `compare: $(list | sort)`";
                    self.error(node.at, format!("`unordered` takes at most {MOST_UNORDERED} items"), help);
                }
                Operator::Unordered(items)
            }
            "matches" => Operator::Matches(self.pattern(node, names)?),
            "contains" => Operator::Contains(self.data(node, names)?),
            "starts_with" => Operator::StartsWith(self.data(node, names)?),
            "line" => Operator::Line(self.data(node, names)?),
            "length" => Operator::Length(Box::new(self.matcher(node, names)?)),
            "exists" => match node.value {
                Value::Bool(wanted) => Operator::Exists(wanted),
                _ => return self.wrong(node, "true or false", "write `exists: true` or `exists: false`"),
            },
            _ => return None,
        })
    }

    fn choices(&mut self, node: &Node, names: &Names) -> Option<Vec<Matcher<Data>>> {
        match &node.value {
            Value::List(items) if !items.is_empty() => {
                Some(items.iter().filter_map(|item| self.matcher(item, names)).collect())
            }
            _ => self.wrong(node, "a list with something in it", "write the choices as `[a, b]`"),
        }
    }

    fn pattern(&mut self, node: &Node, names: &Names) -> Option<Data> {
        let data = self.data(node, names)?;
        if let Data::Plain(pattern @ Json::String(_)) = &data
            && let Err(problem) = compiled(pattern, MOST_PATTERN)
        {
            let reason = problem.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
            self.error(
                node.at,
                format!("this regular expression cannot be read: {reason}"),
                "a backslash makes a mark plain",
            );
        }
        Some(data)
    }
}

fn is_operator(name: &str) -> bool {
    verbs::OPERATORS.iter().any(|operator| operator.name == name)
}
