//! Maps with known keys: unknown ones, empty ones and missing ones are reported with what to do.

use crate::text::did_you_mean;
use crate::yaml::{Entry, Node, Value};

use super::super::verbs::Field;
use super::Decoder;

/// The known keys of a map.
pub(crate) struct Fields<'a> {
    entries: Vec<&'a Entry>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(entries: Vec<&'a Entry>) -> Self {
        Self { entries }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Node> {
        self.entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value)
    }
}

impl Decoder<'_> {
    /// The fields of a map by their table. `what` is the map in an error's words. A missing or unknown key is
    /// reported and the rest is still read, so that one mistake does not hide the next.
    pub(crate) fn fields<'a>(&mut self, node: &'a Node, table: &[Field], what: &str) -> Option<Fields<'a>> {
        let Value::Map(entries) = &node.value else {
            let keys = list(table.iter().map(|field| field.name));
            return self.wrong(node, "a map", &format!("{what} has the keys {keys}"));
        };
        let known: Vec<&Entry> = entries.iter().filter(|entry| self.known(entry, table, what)).collect();
        for field in table.iter().filter(|field| field.required) {
            if !entries.iter().any(|entry| entry.key == field.name) {
                self.error(node.at, format!("{what} has no `{}`", field.name), field.doc);
            }
        }
        Some(Fields::new(known))
    }

    /// The items of a list that must have some.
    pub(crate) fn items<'n>(&mut self, node: &'n Node, wanted: &str, help: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) if !items.is_empty() => Some(items),
            Value::List(_) => {
                self.error(node.at, "this list is empty", help);
                None
            }
            _ => self.wrong(node, wanted, help),
        }
    }

    fn known(&mut self, entry: &Entry, table: &[Field], what: &str) -> bool {
        if !table.iter().any(|field| field.name == entry.key) {
            let names = || table.iter().map(|field| field.name);
            let help = did_you_mean(&entry.key, names()).map_or_else(
                || format!("{what} has the keys {}", list(names())),
                |near| format!("did you mean `{near}`?"),
            );
            self.error(entry.key_at, format!("{what} has no key `{}`", entry.key), help);
            return false;
        }
        self.has_value(entry)
    }

    /// Whether a key has a value: a key without one is a mistake, not a default.
    pub(crate) fn has_value(&mut self, entry: &Entry) -> bool {
        if matches!(entry.value.value, Value::Null) {
            self.error(entry.key_at, format!("`{}` has no value", entry.key), "give it one, or remove the key");
            return false;
        }
        true
    }
}

/// An error lists at most this many names; there can be hundreds.
const LISTED: usize = 40;

/// `a`, `b` and `c`, for people.
pub(crate) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names = names.map(|name| format!("`{name}`"));
    let mut shown: Vec<String> = names.by_ref().take(LISTED).collect();
    match names.count() {
        0 => {}
        more => shown.push(format!("{more} more")),
    }
    match &shown[..] {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
