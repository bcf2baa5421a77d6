//! `compare`: what a value computed from saved values must be.

use super::{Action, HINT, Shape, Verb, required};
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::scenario::matcher::Matcher;
use crate::scenario::template::Data;

#[derive(Debug)]
pub struct Compare {
    pub value: Data,
    pub is: Matcher<Data>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "compare",
    group: "flow",
    takes: Shape::Any,
    beside: &[required("is", Shape::Matcher, "What the value must be."), HINT],
    doc: "Checks a value that was made from what was saved: whether any answer came twice, say.",
    example: "- set: { ids: [4, 5] }\n- compare: $(ids | unique | list)\n  is: $(ids)",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let (value, is) = (decoder.data(step.value, names), decoder.matcher(step.fields.get("is")?, names));
    Some(Action::Compare(Compare { value: value?, is: is? }))
}

#[cfg(test)]
mod tests {
    use crate::scenario::decode::tests::problems;

    #[test]
    fn what_the_value_must_be_is_said() {
        assert_eq!(problems("- compare: 1"), ["1:3 `compare` has no `is`"]);
    }
}
