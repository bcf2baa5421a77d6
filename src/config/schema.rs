//! The JSON Schema (draft 2020-12) of config.yaml, for editors. It is kept in `assets/` too; a test compares.

use serde_json::{Map, Value as Json, json};

use super::table::{SHARE, Shape, TABLE, THEME};
use crate::tui::action::{Action, Pane, TABLE as ACTIONS};
use crate::tui::layout::Shares;
use crate::tui::theme::own::ATTRIBUTES;
use crate::tui::theme::{Choice, Look};

pub fn json_schema() -> Json {
    let settings = TABLE.iter().map(|setting| (setting.name, described(of(setting.shape), setting.doc)));
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "Settings of lsfr".into());
    if let Json::Object(map) = map(settings) {
        schema.extend(map);
    }
    Json::Object(schema)
}

fn of(shape: Shape) -> Json {
    match shape {
        Shape::Theme => {
            let base = json!({ "enum": Choice::NAMES });
            let colour = json!({ "type": ["string", "integer"] });
            let attributes = ATTRIBUTES.map(|(name, _)| (name, json!({ "type": "boolean" })));
            let parts = [("text", colour.clone()), ("on", colour.clone())].into_iter().chain(attributes);
            let look = json!({ "anyOf": [colour, map(parts)] });
            let looks = map(Look::all().map(|of| (of.name(), look.clone())));
            let own = THEME.map(|(name, doc)| {
                let inside = if name == "base" { or_nothing(base.clone()) } else { looks.clone() };
                (name, described(inside, doc))
            });
            json!({ "anyOf": [base, map(own), { "type": "null" }] })
        }
        Shape::Flag => json!({ "type": ["boolean", "null"] }),
        Shape::Command => json!({ "type": ["string", "null"] }),
        Shape::Shares => {
            let percent = json!({ "type": "integer", "minimum": SHARE.start(), "maximum": SHARE.end() });
            let panes = Pane::ALL.into_iter().filter(|pane| Shares::default().of(*pane).is_some());
            map(panes.map(|pane| (Action::Focus(pane).entry().name, or_nothing(percent.clone()))))
        }
        Shape::Keys => {
            let key = json!({ "type": ["string", "integer"] });
            let keys = or_nothing(json!({ "anyOf": [key, { "type": "array", "items": key }] }));
            map(ACTIONS.iter().map(|entry| (entry.name, described(keys.clone(), entry.help))))
        }
    }
}

/// A map with these keys and no others, or nothing: its keys may all be comments.
fn map<'a>(properties: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    let properties: Map<String, Json> = properties.into_iter().map(|(name, of)| (name.to_owned(), of)).collect();
    json!({ "type": ["object", "null"], "properties": properties, "additionalProperties": false })
}

fn or_nothing(schema: Json) -> Json {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn described(mut schema: Json, doc: &str) -> Json {
    schema["description"] = doc.into();
    schema
}
