//! `use`: steps of the pack's shared.yaml.

use super::{ALONE, Action, Shape, Verb};
use crate::scenario::Step;
use crate::scenario::decode::{Decoder, Names, Undecoded};

/// The verb itself, for code that looks at steps that have not been decoded.
pub const USE: &str = "use";

#[derive(Debug)]
pub struct Use {
    pub name: String,
    pub steps: Vec<Step>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: USE,
    group: "flow",
    takes: Shape::Name,
    beside: ALONE,
    doc: "Runs steps of the pack's shared.yaml, which see and set the names of whoever uses them.",
    example: "- use: fill",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let name = decoder.name(step.value)?;
    let steps = decoder.shared_steps(step.value, &name, names)?;
    Some(Action::Use(Use { name, steps }))
}
