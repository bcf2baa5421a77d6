//! `http`: a request, and what its answer must be.

use std::time::Duration;

use super::{Action, EXPECT, Field, HINT, NEVER, Shape, Verb, field};
use crate::scenario::decode::{Decoder, Names, OF_AN_ANSWER, Undecoded};
use crate::scenario::expr::Expression;
use crate::scenario::template::{Data, Template};
use crate::scenario::{Expect, Selector};
use crate::yaml::{Node, Value};

#[derive(Debug)]
pub struct Http {
    pub method: String,
    pub path: Template,
    pub to: Option<Selector>,
    pub body: Option<Data>,
    pub headers: Vec<(String, Template)>,
    pub follow: bool,
    /// Even during an election, no node may answer here that it does not lead.
    pub never_unsettled: bool,
    pub timeout: Option<Duration>,
    pub need: Need,
    pub expect: Expect<Data>,
    pub save: Vec<(String, Expression)>,
}

/// How many of the nodes asked must answer as expected.
#[derive(Debug, Clone)]
pub enum Need {
    All,
    Any,
    None,
    Exactly(Data),
    AtLeast(Data),
}

pub const NEED: &[Field] = &[
    field("exactly", Shape::Count, "That many answers fit, and no more."),
    field("at_least", Shape::Count, "That many answers fit, or more."),
];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "http",
    group: "talk",
    takes: Shape::Request,
    beside: &[
        field(
            "to",
            Shape::Selector,
            "Which nodes are asked; `all` if left out, which is n1 where there is one node.",
        ),
        field("body", Shape::Text, "The request's body, sent as `text/plain; charset=utf-8`."),
        field("headers", Shape::TextMap, "More headers."),
        field("follow", Shape::Flag, "Whether redirects to nodes are followed, at most 5."),
        field("timeout", Shape::Duration, "For the whole answer; with more than one in flight at least 10s."),
        NEVER,
        field("need", Shape::Need, "How many of the answers must fit; `all` if left out."),
        field("expect", Shape::Map(EXPECT), "What the answer must be."),
        field(
            "save",
            Shape::Expressions,
            "Names for later: expressions over `status`, `headers`, `body`, `json`, `node` and `latency` (seconds) of the first answer that fits, in order of node names.",
        ),
        HINT,
    ],
    doc: "Sends a request and checks the answer.",
    example: "- http: GET /kv/$(key)\n  expect: { status: 404, body: { line: key not found } }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let mut seen = names.clone();
    seen.insert("node".to_owned());
    let (method, path) = decoder.request(step.value, &seen)?;
    let to = step.fields.get("to").and_then(|node| decoder.selector(node, names));
    let body = step.fields.get("body").and_then(|node| decoder.data(node, &seen));
    let headers = step.fields.get("headers").map(|node| decoder.text_map(node, &seen)).unwrap_or_default();
    let (follow, never_unsettled) = (decoder.flag(&step.fields, "follow"), decoder.never_unsettled(&step.fields));
    let timeout = decoder.duration_field(&step.fields, "timeout");
    let need = step.fields.get("need").map_or(Some(Need::All), |node| need(decoder, node, names));
    let expect =
        step.fields.get("expect").map_or(Some(Expect::default()), |node| decoder.expect(node, &seen, "`expect`"));
    let save = decoder.save(&step.fields, &OF_AN_ANSWER, names);
    Some(Action::Http(Box::new(Http {
        method: method.to_owned(),
        path: path?,
        to,
        body,
        headers,
        follow: follow?,
        never_unsettled: never_unsettled?,
        timeout,
        need: need?,
        expect: expect?,
        save,
    })))
}

fn need(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Option<Need> {
    match (&node.value, node.entries()) {
        (Value::Text(word), _) if word == "all" => Some(Need::All),
        (Value::Text(word), _) if word == "any" => Some(Need::Any),
        (Value::Text(word), _) if word == "none" => Some(Need::None),
        (_, [entry]) if entry.key == "exactly" => Some(Need::Exactly(decoder.count(&entry.value, names)?)),
        (_, [entry]) if entry.key == "at_least" => Some(Need::AtLeast(decoder.count(&entry.value, names)?)),
        _ => decoder.wrong(
            node,
            "a number of answers",
            "write `all`, `any`, `none`, `{ exactly: 1 }` or `{ at_least: 3 }`",
        ),
    }
}
