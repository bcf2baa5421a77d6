//! `concurrently`: many copies of the same steps.

use std::time::Duration;

use super::{Action, EXPECT, Field, HINT, STEPS, Shape, Verb, field};
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::scenario::template::Data;
use crate::scenario::{Expect, Step};
use crate::yaml::{Node, Value};

/// The most connections to one node at a time.
const MAX_IN_FLIGHT: i64 = 64;

#[derive(Debug)]
pub struct Concurrently {
    pub copies: Data,
    pub name: String,
    pub in_flight: Data,
    /// No copy starts after this time once `at_least` copies have passed.
    pub during: Option<Duration>,
    pub steps: Vec<Step>,
    pub beside: Option<Beside>,
    pub unanswered: Option<Expect<Data>>,
    pub keep: Option<String>,
    pub at_least: Data,
}

/// Steps that run beside the copies, when `after` copies have ended.
#[derive(Debug)]
pub struct Beside {
    pub after: Data,
    /// They are run again this long after they have ended, for as long as there are copies.
    pub every: Option<Duration>,
    pub steps: Vec<Step>,
}

const WHILE: &[Field] = &[
    field("after", Shape::Count, "Begins when that many copies have ended; at once if left out."),
    field(
        "every",
        Shape::Duration,
        "The steps are run again this long after they have ended, until all copies have; once if left out.",
    ),
    STEPS,
];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "concurrently",
    group: "many at once",
    takes: Shape::Count,
    beside: &[
        field("as", Shape::Name, "The name of the copy's number, from 0; `i` if left out."),
        field("in_flight", Shape::Count, "How many run at once; 32 if left out, 64 at most."),
        field("for", Shape::Duration, "No copy starts after this time once `at_least` have passed."),
        STEPS,
        field("while", Shape::Map(WHILE), "Steps run beside the copies."),
        field(
            "unanswered",
            Shape::WordOr("allowed", EXPECT),
            "A copy that is refused, reset, closed or timed out is left out; with a map, so is one whose answer matches it. A wrong answer still fails.",
        ),
        field(
            "keep",
            Shape::Name,
            "The name for the list of copies that passed, each with its number and what it saved.",
        ),
        field("at_least", Shape::Count, "If fewer copies pass, the step fails; 1 if left out."),
        HINT,
    ],
    doc: "Runs many copies of its steps at once. After a wrong answer others go on for up to a second, for the card to say what they got.",
    example: "- concurrently: 200\n  in_flight: 32\n  steps:\n    - set: { key: $(random_key()) }\n    - http: PUT /kv/$(key)\n      body: $(key)\n      expect: { status: 200 }\n      save: { key: key }\n  keep: writes",
    decode: |decoder, step, names| decoder.repeatedly(|decoder| decode(decoder, step, names)),
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let copies = decoder.count(step.value, names);
    let in_flight = step.fields.get("in_flight").map_or(Some(Data::Plain(32.into())), |node| {
        if matches!(node.value, Value::Int(number) if !(1..=MAX_IN_FLIGHT).contains(&number)) {
            decoder.error(
                node.at,
                format!("1 to {MAX_IN_FLIGHT} can be in flight"),
                "more would test the listen backlog, not the program",
            );
        }
        decoder.count(node, names)
    });
    let during = decoder.duration_field(&step.fields, "for");
    let name = step.fields.get("as").map_or(Some("i".to_owned()), |node| decoder.name(node));
    // Copies have names of their own: what one saves is seen neither by the others nor afterwards.
    let mut inside = names.clone();
    inside.extend(name.clone());
    let steps = step.fields.get("steps").and_then(|node| decoder.steps(node, &step.path, &mut inside));
    let beside = match step.fields.get("while") {
        Some(node) => Some(beside(decoder, node, &step.inside(), names)?),
        None => None,
    };
    let unanswered = match step.fields.get("unanswered") {
        None => None,
        Some(node) if node.as_text() == Some("allowed") => Some(Expect::default()),
        Some(node) if matches!(node.value, Value::Map(_)) => Some(decoder.expect(node, names, "`unanswered`")?),
        Some(node) => {
            return decoder.wrong(node, "`allowed` or a map", "write `allowed`, or what else counts as no answer");
        }
    };
    let keep = match step.fields.get("keep") {
        Some(node) => Some(decoder.name(node)?),
        None => None,
    };
    let at_least = step.fields.get("at_least").map_or(Some(Data::Plain(1.into())), |node| decoder.count(node, names));
    names.extend(keep.clone());
    Some(Action::Concurrently(Box::new(Concurrently {
        copies: copies?,
        name: name?,
        in_flight: in_flight?,
        during,
        steps: steps?,
        beside,
        unanswered,
        keep,
        at_least: at_least?,
    })))
}

fn beside(decoder: &mut Decoder<'_>, node: &Node, inner: &str, names: &mut Names) -> Option<Beside> {
    let fields = decoder.fields(node, WHILE, "`while`")?;
    let after = fields.get("after").map_or(Some(Data::Plain(0.into())), |node| decoder.count(node, names));
    let every = match fields.get("every") {
        Some(node) => Some(decoder.duration(node)?),
        None => None,
    };
    let steps = decoder.steps(fields.get("steps")?, &format!("{inner}.while"), names);
    Some(Beside { after: after?, every, steps: steps? })
}
