//! A value: a text, or a number or a boolean as its JSON. Null counts as present, and is None; a missing key is absent.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Text;

pub(super) fn serialize<S: Serializer>(value: &Option<Option<Text>>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().and_then(Option::as_ref).serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Text>>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(Some(None)),
        serde_json::Value::String(text) => Ok(Some(Some(text.into()))),
        scalar @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => {
            Ok(Some(Some(scalar.to_string().into())))
        }
        _ => Err(de::Error::custom("a value is a text, a number, true, false or null")),
    }
}
