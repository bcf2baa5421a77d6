//! `wait`: does nothing for a given time.

use std::time::Duration;

use super::{Action, HINT, Shape, Verb, required};
use crate::scenario::decode::{Decoder, Names, Undecoded};

#[derive(Debug)]
pub struct Wait {
    pub time: Duration,
    pub because: String,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "wait",
    group: "time",
    takes: Shape::Duration,
    beside: &[required("because", Shape::Plain, "Why nothing better than waiting will do."), HINT],
    doc: "Does nothing for a time.",
    example: "- wait: 300ms\n  because: the lease must run out",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, _: &mut Names) -> Option<Action> {
    let (time, because) = (decoder.duration(step.value), decoder.plain_text(step.fields.get("because")?));
    Some(Action::Wait(Wait { time: time?, because: because? }))
}

#[cfg(test)]
mod tests {
    use crate::scenario::decode::tests::problems;

    #[test]
    fn it_needs_a_time_and_a_reason() {
        assert_eq!(problems("- wait: 300\n  because: x"), ["1:9 this is not a time"]);
        assert_eq!(problems("- wait: 300ms"), ["1:3 `wait` has no `because`"]);
    }
}
