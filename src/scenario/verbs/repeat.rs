//! `repeat`: the same steps, a given number of times.

use super::{Action, Field, HINT, STEPS, Shape, Verb, field, required};
use crate::scenario::Step;
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::scenario::template::Data;

#[derive(Debug)]
pub struct Repeat {
    pub times: Data,
    /// What the number of a round is called.
    pub name: String,
    /// The other rounds may fail.
    pub at_least: Option<Data>,
    pub steps: Vec<Step>,
}

const ROUNDS: &[Field] = &[required(
    "at_least",
    Shape::Count,
    "That many rounds pass, or more. A round that fails is reported, and the next begins.",
)];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "repeat",
    group: "flow",
    takes: Shape::Count,
    beside: &[
        field("as", Shape::Name, "The name of the round's number, from 0; `i` if left out."),
        field("need", Shape::Map(ROUNDS), "How many rounds must pass; all if left out."),
        STEPS,
        HINT,
    ],
    doc: "Runs its steps that many times.",
    example: "- repeat: 4\n  steps:\n    - restart: n1",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let times = decoder.count(step.value, names);
    let at_least = match step.fields.get("need") {
        Some(node) => {
            let need = decoder.fields(node, ROUNDS, "`need`")?;
            Some(decoder.count(need.get("at_least")?, names)?)
        }
        None => None,
    };
    let (name, steps) = decoder.rounds(step, "i", names)?;
    Some(Action::Repeat(Repeat { times: times?, name, at_least, steps }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::decode::tests::{problems, steps};

    #[test]
    fn rounds_may_be_allowed_to_fail() {
        let tests = steps("- repeat: 3\n  need: { at_least: 2 }\n  steps:\n    - kill: n1").unwrap();
        assert!(matches!(&tests.tests[0].steps[0].action, Action::Repeat(repeat) if repeat.at_least.is_some()));
        assert_eq!(problems("- repeat: 3\n  need: 2\n  steps:\n    - kill: n1"), ["2:9 this is a number, not a map"]);
    }
}
