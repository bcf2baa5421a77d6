//! `consistently`: steps that must pass every time, for a given time.

use std::time::Duration;

use super::{ALONE, Action, Field, HINT, STEPS, Shape, Verb, required};
use crate::scenario::Step;
use crate::scenario::decode::{Decoder, Names, Undecoded};

#[derive(Debug)]
pub struct Consistently {
    pub during: Duration,
    pub steps: Vec<Step>,
}

const CONSISTENTLY: &[Field] = &[required("for", Shape::Duration, "How long it must hold."), STEPS, HINT];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "consistently",
    group: "time",
    takes: Shape::Map(CONSISTENTLY),
    beside: ALONE,
    doc: "Repeats its steps for a time; they must pass every time.",
    example: "- consistently:\n    for: 2s\n    steps:\n      - http: GET /kv/$(key)\n        expect: { status: 404 }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let (during, steps) = decoder.steps_for_a_time(step, CONSISTENTLY, "for", names)?;
    Some(Action::Consistently(Consistently { during: during?, steps }))
}
