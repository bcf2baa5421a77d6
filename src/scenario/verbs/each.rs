//! `each`: the same steps for each item of a list.

use super::{Action, HINT, STEPS, Shape, Verb, field};
use crate::scenario::Step;
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::scenario::template::Data;
use crate::yaml::Value;

#[derive(Debug)]
pub struct Each {
    pub items: Data,
    /// What the item of a round is called.
    pub name: String,
    pub steps: Vec<Step>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "each",
    group: "flow",
    takes: Shape::List,
    beside: &[field("as", Shape::Name, "The name of the item; `item` if left out."), STEPS, HINT],
    doc: "Runs its steps for each item of a list.",
    example: "- each: $(writes)\n  as: write\n  steps:\n    - http: GET /kv/$(write.key)",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let items = match &step.value.value {
        Value::List(_) => decoder.data(step.value, names),
        Value::Text(text) if text.starts_with("$(") => decoder.data(step.value, names),
        _ => decoder.wrong(step.value, "a list", "write `[a, b]`, or an expression `$(…)` that gives a list"),
    };
    let (name, steps) = decoder.rounds(step, "item", names)?;
    Some(Action::Each(Each { items: items?, name, steps }))
}
