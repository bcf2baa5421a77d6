//! `set`: names for values.

use super::{ALONE, Action, Shape, Verb};
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::scenario::template::Data;
use crate::yaml::Value;

#[derive(Debug)]
pub struct Set {
    /// In order: a value may use the names before it.
    pub values: Vec<(String, Data)>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "set",
    group: "flow",
    takes: Shape::Values,
    beside: ALONE,
    doc: "Gives names to values.",
    example: "- set: { key: $(random_key()), value: $(random_text(100)) }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let Value::Map(entries) = &step.value.value else {
        return decoder.wrong(step.value, "a map", "write each name and its value, as in `{ key: $(random_key()) }`");
    };
    let mut values = Vec::new();
    for entry in entries {
        decoder.check_name(entry);
        // A later value may use an earlier name of the same step.
        if let Some(data) = decoder.data(&entry.value, names) {
            values.push((entry.key.clone(), data));
        }
        names.insert(entry.key.clone());
    }
    Some(Action::Set(Set { values }))
}
