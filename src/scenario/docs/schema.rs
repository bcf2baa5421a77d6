//! The JSON Schema (draft 2020-12) of `tests.yaml`.
//!
//! It is for editors, which use it to complete and underline. It knows shapes, not names: whether a variable, a role or
//! a node exists is for the decoder to say.

use history::CHECKERS;
use serde_json::{Map, Value as Json, json};

use super::super::verbs::{self, Field, Shape, Verb};
use crate::facts::FailureKind;

const NAME: &str = "^[A-Za-z][A-Za-z0-9_]*$";
const DURATION: &str = "^[0-9]+(\\.[0-9]+)?(ms|s|m)$";
const EXPRESSION: &str = "^\\$\\(";

pub fn json_schema() -> Json {
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "The tests of a stage".into());
    if let Json::Object(file) = map(verbs::FILE) {
        schema.extend(file);
    }
    let operators: Vec<&str> = verbs::OPERATORS.iter().map(|operator| operator.name).collect();
    let steps: Vec<Json> = verbs::verbs().map(step).collect();
    let definitions = json!({
        "test": map(verbs::TEST),
        "step": { "oneOf": steps },
        "text": { "type": ["string", "number", "boolean"] },
        "plain": { "type": "string", "pattern": "\\S" },
        "hint": { "anyOf": [refer("plain"), map(verbs::HINT_FOR)] },
        "name": { "type": "string", "pattern": NAME },
        "duration": { "type": "string", "pattern": DURATION },
        "expression": { "type": "string", "pattern": EXPRESSION },
        "count": { "anyOf": [{ "type": "integer", "minimum": 0 }, refer("expression")] },
        "selector": {
            "anyOf": [
                { "type": "string" },
                { "type": "array", "minItems": 1, "items": refer("text") },
                one_of(verbs::EXCEPT),
            ],
        },
        "need": { "anyOf": [{ "enum": ["all", "any", "none"] }, one_of(verbs::NEED)] },
        "received": {
            "if": { "type": "object", "required": ["bytes"] },
            "then": map(verbs::RECEIVED),
            "else": refer("matcher"),
        },
        // A map of operators alone is a comparison, any other map a subset of what must be there.
        "matcher": {
            "if": { "type": "object", "minProperties": 1, "propertyNames": { "enum": operators } },
            "then": map(verbs::OPERATORS),
            "else": { "additionalProperties": refer("matcher"), "items": refer("matcher") },
        },
    });
    schema.insert("$defs".into(), definitions);
    Json::Object(schema)
}

fn refer(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A map with these keys and no others.
fn map(fields: &[Field]) -> Json {
    let properties = fields.iter().map(|field| (field.name.to_owned(), described(field.shape, &field.line())));
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    object(properties.collect(), &required)
}

fn object(properties: Map<String, Json>, required: &[&str]) -> Json {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A map with exactly one of these keys.
fn one_of(fields: &[Field]) -> Json {
    let mut map = map(fields);
    map["minProperties"] = 1.into();
    map["maxProperties"] = 1.into();
    map
}

fn step(verb: &Verb) -> Json {
    let beside = verb.beside.iter().map(|field| (field.name.to_owned(), described(field.shape, &field.line())));
    let properties = [(verb.name.to_owned(), described(verb.takes, verb.doc))].into_iter().chain(beside);
    let needed = verb.beside.iter().filter(|field| field.required).map(|field| field.name);
    let required: Vec<&str> = [verb.name].into_iter().chain(needed).collect();
    object(properties.collect(), &required)
}

fn described(shape: Shape, doc: &str) -> Json {
    let mut schema = schema_of(shape);
    schema["description"] = doc.into();
    schema
}

fn schema_of(shape: Shape) -> Json {
    match shape {
        Shape::Text => refer("text"),
        Shape::Plain => refer("plain"),
        Shape::Name => refer("name"),
        Shape::Request => {
            json!({ "type": "string", "pattern": format!("^({}) /", verbs::METHODS.join("|")) })
        }
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Words(words) => json!({ "type": "array", "minItems": 1, "items": { "enum": words } }),
        Shape::Count => refer("count"),
        Shape::Range(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Shape::RangeOr(low, high, fields) => json!({ "anyOf": [schema_of(Shape::Range(low, high)), map(fields)] }),
        Shape::Duration => refer("duration"),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Any => json!({}),
        Shape::Texts => json!({ "type": "array", "items": refer("text") }),
        Shape::List => json!({ "anyOf": [{ "type": "array" }, refer("expression")] }),
        Shape::Hints => json!({ "anyOf": [refer("hint"), { "type": "array", "items": refer("hint") }] }),
        Shape::Checker => json!({ "enum": CHECKERS.iter().map(|checker| checker.name()).collect::<Vec<_>>() }),
        Shape::FailureKinds => {
            let kind = json!({ "enum": FailureKind::WORDS });
            json!({ "anyOf": [kind, { "type": "array", "minItems": 1, "items": kind }] })
        }
        Shape::Files => {
            json!({ "anyOf": [refer("plain"), { "type": "array", "items": refer("plain") }] })
        }
        Shape::Selector => refer("selector"),
        Shape::Groups => {
            json!({ "anyOf": [{ "type": "array", "minItems": 2, "items": refer("selector") }, refer("expression")] })
        }
        Shape::SelectorOr(fields) => json!({ "anyOf": [refer("selector"), map(fields)] }),
        Shape::Steps => json!({ "type": "array", "minItems": 1, "items": refer("step") }),
        Shape::Tests => json!({ "type": "array", "minItems": 1, "items": refer("test") }),
        Shape::Expressions => json!({
            "type": "object",
            "propertyNames": { "pattern": NAME },
            "additionalProperties": { "type": ["string", "integer"] },
        }),
        Shape::Values => json!({ "type": "object" }),
        Shape::TextMap => json!({ "type": "object", "additionalProperties": refer("text") }),
        Shape::Map(fields) => map(fields),
        Shape::Many(fields) => {
            json!({ "anyOf": [map(fields), { "type": "array", "minItems": 1, "items": map(fields) }] })
        }
        Shape::WordOr(word, fields) => json!({ "anyOf": [{ "const": word }, map(fields)] }),
        Shape::Need => refer("need"),
        Shape::Matcher => refer("matcher"),
        Shape::Choices => json!({ "type": "array", "minItems": 1, "items": refer("matcher") }),
        Shape::ChoicesOrList => json!({ "anyOf": [schema_of(Shape::Choices), refer("expression")] }),
        Shape::Matchers => json!({ "type": "object", "additionalProperties": refer("matcher") }),
        Shape::Sent => json!({
            "anyOf": [refer("text"), { "type": "array", "minItems": 1, "items": refer("text") }, map(verbs::SENT)],
        }),
        Shape::Received => {
            json!({ "anyOf": [refer("received"), { "type": "array", "minItems": 1, "items": refer("received") }] })
        }
        Shape::Empty => json!({ "type": "object", "maxProperties": 0 }),
    }
}
