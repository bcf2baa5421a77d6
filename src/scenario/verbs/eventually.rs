//! `eventually`: steps tried again until they pass.

use std::time::Duration;

use super::{ALONE, Action, Field, HINT, STEPS, Shape, Verb, field};
use crate::scenario::Step;
use crate::scenario::decode::{Decoder, Names, Undecoded};

#[derive(Debug)]
pub struct Eventually {
    /// None means `defaults.within`.
    pub within: Option<Duration>,
    pub steps: Vec<Step>,
}

const EVENTUALLY: &[Field] =
    &[field("within", Shape::Duration, "The deadline; `defaults.within` if left out."), STEPS, HINT];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "eventually",
    group: "time",
    takes: Shape::Map(EVENTUALLY),
    beside: ALONE,
    doc: "Repeats its steps until they pass, or the deadline does.",
    example: "- eventually:\n    within: 3s\n    steps:\n      - http: GET /ready\n        expect: { status: 200 }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let (within, steps) = decoder.steps_for_a_time(step, EVENTUALLY, "within", names)?;
    Some(Action::Eventually(Eventually { within, steps }))
}
