//! Where an answer is not what was expected.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::source::Source;
use super::spot::Spot;

/// One place where an answer is not what was expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    pub path: Spot,
    /// What was expected, in words or as the value itself.
    pub expected: Expected,
    /// What was there, if anything was.
    #[serde(serialize_with = "recorded::optional")]
    pub actual: Option<Json>,
    /// The earlier answer that the expected value comes from, where it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Exactly this value: reports can show a difference.
    #[serde(serialize_with = "recorded::value")]
    Value(Json),
    /// Something that a value cannot say, such as "more than 3".
    Words(String),
}

/// Values as they are recorded: whole, because a difference can be anywhere, unless they are megabytes long. The record
/// holds the failure's card as well, and the run's folder holds whatever is long.
mod recorded {
    use serde::{Serialize, Serializer};
    use serde_json::Value as Json;

    use crate::text::shortened;

    /// Limits in bytes of a value written as JSON: up to which it stays whole, and to which a longer one is cut.
    const MOST: usize = 1 << 20;
    const LEFT: usize = 4096;

    pub(super) fn value<S: Serializer>(value: &Json, serializer: S) -> Result<S::Ok, S::Error> {
        let (text, all) = match value {
            Json::String(text) if text.len() > MOST => (shortened(text, LEFT), text.len()),
            Json::Array(_) | Json::Object(_) => {
                let text = value.to_string();
                if text.len() <= MOST {
                    return value.serialize(serializer);
                }
                (shortened(&text, LEFT), text.len())
            }
            short => return short.serialize(serializer),
        };
        serializer.serialize_str(&format!("{text} ({all} bytes)"))
    }

    pub(super) fn optional<S: Serializer>(actual: &Option<Json>, serializer: S) -> Result<S::Ok, S::Error> {
        match actual {
            Some(actual) => value(actual, serializer),
            None => serializer.serialize_none(),
        }
    }
}
