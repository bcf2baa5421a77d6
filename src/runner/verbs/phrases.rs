//! The words for what a step does to nodes and values.

use crate::scenario::Selector;
use crate::scenario::template::Data;

pub(super) fn selector(of: &Selector) -> String {
    match of {
        Selector::Named(name) => name.source().to_owned(),
        Selector::List(names) => names.iter().map(|name| name.source()).collect::<Vec<_>>().join(", "),
        Selector::Except(inner) => format!("all but {}", selector(inner)),
        Selector::Random(count) => format!("{} at random", data(count)),
    }
}

pub(super) fn data(value: &Data) -> String {
    match value {
        Data::Plain(serde_json::Value::String(text)) => text.clone(),
        Data::Plain(value) => value.to_string(),
        Data::Text(template) => template.source().to_owned(),
        Data::List(items) => format!("{} items", items.len()),
        Data::Map(_) => "a map".to_owned(),
    }
}
