//! Whether a value is as a JSON Schema says, for the tests that compare schemas with decoders.

use serde_json::{Value as Json, json};

use crate::yaml::{Node, Value};

/// Whether the schema accepts a file: supports as much of JSON Schema as the schema uses, and panics on the rest.
pub(crate) fn accepts(root: &Json, schema: &Json, value: &Json) -> bool {
    let list = |key: &str| schema[key].as_array().unwrap();
    schema.as_object().unwrap().iter().all(|(keyword, rule)| match keyword.as_str() {
        "$schema" | "title" | "description" | "$defs" | "then" | "else" => true,
        "$ref" => accepts(root, root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(), value),
        "type" => match rule {
            Json::Array(kinds) => kinds.iter().any(|kind| is(value, kind)),
            kind => is(value, kind),
        },
        "enum" => list("enum").contains(value),
        "const" => rule == value,
        "pattern" => {
            value.as_str().is_none_or(|text| regex::Regex::new(rule.as_str().unwrap()).unwrap().is_match(text))
        }
        "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
        "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
        "anyOf" => list("anyOf").iter().any(|choice| accepts(root, choice, value)),
        "oneOf" => list("oneOf").iter().filter(|choice| accepts(root, choice, value)).count() == 1,
        "if" => accepts(root, &schema[if accepts(root, rule, value) { "then" } else { "else" }], value),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| accepts(root, rule, item))),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
        "required" => {
            keys(value).is_none_or(|keys| list("required").iter().all(|key| keys.contains(&key.as_str().unwrap())))
        }
        "minProperties" => keys(value).is_none_or(|keys| keys.len() as u64 >= rule.as_u64().unwrap()),
        "maxProperties" => keys(value).is_none_or(|keys| keys.len() as u64 <= rule.as_u64().unwrap()),
        "propertyNames" => keys(value).is_none_or(|keys| keys.iter().all(|key| accepts(root, rule, &json!(key)))),
        "properties" => {
            let rules = rule.as_object().unwrap();
            keys(value).is_none_or(|keys| {
                keys.iter().all(|key| rules.get(*key).is_none_or(|rule| accepts(root, rule, &value[*key])))
            })
        }
        "additionalProperties" => keys(value).is_none_or(|keys| {
            let mut others = keys.iter().filter(|key| schema["properties"].get(**key).is_none());
            others.all(|key| *rule != json!(false) && accepts(root, rule, &value[*key]))
        }),
        other => panic!("the schema uses `{other}`, which this test does not know"),
    })
}

fn keys(value: &Json) -> Option<Vec<&str>> {
    Some(value.as_object()?.keys().map(String::as_str).collect())
}

fn is(value: &Json, kind: &Json) -> bool {
    match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("no such type: {other}"),
    }
}

pub(crate) fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.value))).collect(),
    }
}
