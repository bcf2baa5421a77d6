//! `find`: the node that has a role.

use std::time::Duration;

use super::{Action, HINT, Shape, Verb, field};
use crate::scenario::Selector;
use crate::scenario::decode::{Decoder, Names, OF_A_TALK, OF_AN_ANSWER, Undecoded};
use crate::scenario::expr::Expression;

#[derive(Debug)]
pub struct Find {
    pub role: String,
    /// The nodes that are asked; all that are up if none are named.
    pub among: Option<Selector>,
    /// None means `defaults.within`.
    pub within: Option<Duration>,
    pub save: Vec<(String, Expression)>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "find",
    group: "flow",
    takes: Shape::Name,
    beside: &[
        field("among", Shape::Selector, "The nodes that are asked, as far as they are up; all if left out."),
        field("within", Shape::Duration, "The deadline; `defaults.within` if left out."),
        field("save", Shape::Expressions, "Names for later, over its answer as in `http`."),
        HINT,
    ],
    doc: "Waits until a node has this role of challenge.yaml.",
    example: "- find: leader\n  save: { old: node, term: json.term }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let role = decoder.name(step.value)?;
    decoder.known_role(step.value, &role);
    let among = match step.fields.get("among") {
        Some(node) => Some(decoder.selector(node, names)?),
        None => None,
    };
    let within = decoder.duration_field(&step.fields, "within");
    // What it said over HTTP or TCP, whichever the pack uses.
    let seen: Vec<&str> = OF_AN_ANSWER.into_iter().chain(OF_A_TALK).collect();
    let save = decoder.save(&step.fields, &seen, names);
    Some(Action::Find(Find { role, among, within, save }))
}
