//! `tcp`: what is said and heard on a connection.

use std::time::Duration;

use super::{Action, Field, HINT, NEVER, Shape, Verb, field, required};
use crate::scenario::decode::{Decoder, Names, OF_A_TALK, Undecoded};
use crate::scenario::expr::Expression;
use crate::scenario::template::Template;
use crate::scenario::{Selector, Talk};
use crate::yaml::{Node, Value};

/// What is said and heard on a connection, which is opened when it is first named.
#[derive(Debug)]
pub struct Tcp {
    pub name: Template,
    /// The node to open it to, if it is not open.
    pub to: Option<Selector>,
    pub talk: Talk,
    /// Even during an election, no node may answer here that it does not lead.
    pub never_unsettled: bool,
    /// Afterwards nothing comes for this time.
    pub silent: Option<Duration>,
    /// Afterwards the node closes it.
    pub closed: bool,
    pub close: Option<Close>,
    pub timeout: Option<Duration>,
    pub took: Option<Took>,
    pub record: Option<Record>,
    pub save: Vec<(String, Expression)>,
}

/// What a conversation meant to a queue.
#[derive(Debug)]
pub struct Record {
    pub history: String,
    pub kind: RecordKind,
    pub value: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    Put,
    Take,
    Ack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// lsfr sends no more, but still listens.
    Write,
    All,
    Reset,
}

/// How long it took until the last of a conversation had come.
#[derive(Debug)]
pub struct Took {
    /// A time saved earlier; if there is none, the time counts from this step's own first byte.
    pub since: Option<Expression>,
    pub at_least: Option<Duration>,
    pub at_most: Option<Duration>,
}

/// What a conversation means to a queue.
const RECORD: &[Field] = &[
    required("history", Shape::Name, "The history that it belongs to, which `check` judges."),
    field("put", Shape::Text, "A message was given to the queue. No message is put twice."),
    field("take", Shape::Text, "A message was got from it; the expression may use what this step saved."),
    field("ack", Shape::Text, "A message was deleted for good."),
];

const TOOK: &[Field] = &[
    field(
        "since",
        Shape::Plain,
        "An expression for the beginning: `sent` or `came`, saved by an earlier step. This step's own `sent` if left out.",
    ),
    field("at_least", Shape::Duration, "The last byte came no earlier."),
    field("at_most", Shape::Duration, "The last byte came no later."),
];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "tcp",
    group: "talk",
    takes: Shape::Text,
    beside: &[
        field(
            "to",
            Shape::Selector,
            "The one node to which the connection is opened, if it is not open; left out where there is one node.",
        ),
        field(
            "send",
            Shape::Sent,
            "What is said: a line, a list of lines written at once, or a map. `\\r\\n` ends each line.",
        ),
        field(
            "receive",
            Shape::Received,
            "What must come then, in order: a line, a map of `bytes`, or a list of them.",
        ),
        field("silent", Shape::Duration, "Afterwards nothing comes for this time."),
        field("closed", Shape::Flag, "Afterwards the node closes the connection."),
        field(
            "close",
            Shape::Word(&["write", "all", "reset"]),
            "Finally lsfr closes it: `write` says no more but still listens, `reset` is rude (RST).",
        ),
        field(
            "record",
            Shape::Map(RECORD),
            "Notes what this step was to a queue: done where it passes, perhaps done where no answer came, not done where another came.",
        ),
        NEVER,
        field("timeout", Shape::Duration, "For all that must come; `defaults.timeout` if left out."),
        field("took", Shape::Map(TOOK), "When the last of it must have arrived."),
        field(
            "save",
            Shape::Expressions,
            "Names for later: expressions over the first `line` and its `words`, all `lines`, the last `body` (bytes as text) and `yaml`, `node`, and the times `sent` (of the first byte) and `came` (of the last), in seconds of the run.",
        ),
        HINT,
    ],
    doc: "Talks on a connection of this name, which is opened when it is first named, and stays open until the test or its node ends.",
    example: "- tcp: worker\n  send: reserve\n  receive: [\"RESERVED 1 5\", hello]",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let name = decoder.template(step.value, names);
    let to = step.fields.get("to").and_then(|node| decoder.selector(node, names));
    let talk = decoder.talk(&step.fields, names);
    let never_unsettled = decoder.never_unsettled(&step.fields);
    let silent = decoder.duration_field(&step.fields, "silent");
    let closed = match step.fields.get("closed").map(|node| (node, &node.value)) {
        None => false,
        Some((_, Value::Bool(true))) => true,
        Some((node, _)) => return decoder.wrong(node, "`true`", "write `closed: true`, or remove the key"),
    };
    let close = match step.fields.get("close").map(|node| (node, node.as_text())) {
        None => None,
        Some((_, Some("write"))) => Some(Close::Write),
        Some((_, Some("all"))) => Some(Close::All),
        Some((_, Some("reset"))) => Some(Close::Reset),
        Some((node, _)) => return decoder.wrong(node, "a way to close", "write `write`, `all` or `reset`"),
    };
    let timeout = decoder.duration_field(&step.fields, "timeout");
    let took = match step.fields.get("took") {
        None => None,
        Some(node) => Some(took(decoder, node, names)?),
    };
    let talk = talk?;
    if took.is_some() && talk.receive.is_empty() && !closed {
        decoder.error(step.value.at, "`took` has nothing to wait for", "say what comes in `receive`");
    }
    if talk.send.is_none()
        && talk.receive.is_empty()
        && silent.is_none()
        && !closed
        && close.is_none()
        && to.is_none()
    {
        decoder.error(
            step.value.at,
            "nothing is said on this connection",
            "add `send`, `receive`, `silent` or `close`",
        );
    }
    let save = decoder.save(&step.fields, &OF_A_TALK, names);
    let record = match step.fields.get("record") {
        None => None,
        Some(node) => Some(record(decoder, node, names)?),
    };
    Some(Action::Tcp(Box::new(Tcp {
        name: name?,
        to,
        talk,
        never_unsettled: never_unsettled?,
        silent,
        closed,
        close,
        timeout,
        took,
        record,
        save,
    })))
}

fn record(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Option<Record> {
    let fields = decoder.fields(node, RECORD, "`record`")?;
    let history = decoder.name(fields.get("history")?)?;
    decoder.recorded.insert(history.clone());
    let kinds = [("put", RecordKind::Put), ("take", RecordKind::Take), ("ack", RecordKind::Ack)];
    let given: Vec<_> = kinds.iter().filter_map(|(name, kind)| Some((*kind, fields.get(name)?))).collect();
    let [(kind, value)] = given[..] else {
        return decoder.wrong(node, "one of `put`, `take` and `ack`", "write what this step is to the queue");
    };
    Some(Record { history, kind, value: decoder.template(value, names)? })
}

fn took(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Option<Took> {
    let fields = decoder.fields(node, TOOK, "`took`")?;
    let since = match fields.get("since") {
        None => None,
        Some(node) => Some(decoder.expression(node, names)?),
    };
    let (at_least, at_most) =
        (decoder.duration_field(&fields, "at_least"), decoder.duration_field(&fields, "at_most"));
    if at_least.is_none() && at_most.is_none() {
        decoder.error(node.at, "`took` says no time", "add `at_least` or `at_most`");
    }
    Some(Took { since, at_least, at_most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::decode::tests::{problems, steps};
    use crate::scenario::{Received, Sent};

    #[test]
    fn conversations_say_what_they_lack() {
        let tests = steps(
            "- tcp: w$(1 + 1)\n  to: n1\n  send: [a, b]\n  receive: [OK, { matches: ^a }, { bytes: \"$(words[1])\", yaml: { a: 1 } }]\n  took: { at_most: 1s }\n  save: { x: yaml.a, t: came }\n- tcp: w\n  send: { bytes: $(x), pieces: 3 }\n  took: { since: t, at_least: 1s }\n  closed: true",
        )
        .unwrap();
        let Action::Tcp(tcp) = &tests.tests[0].steps[0].action else { panic!() };
        assert!(matches!(tcp.talk.send, Some(Sent::Lines(_))));
        assert!(matches!(tcp.talk.receive[..], [Received::Line(_), Received::Line(_), Received::Bytes { .. }]));
        assert_eq!(problems("- tcp: p"), ["1:8 nothing is said on this connection"]);
        assert_eq!(problems("- tcp: p\n  receive: []").len(), 1);
        assert_eq!(problems("- tcp: p\n  send: { byte: x }").len(), 2);
        assert!(steps("- tcp: p\n  send: { hex: 00fF }\n  receive: { bytes: 1, hex: \"0a\" }").is_ok());
        assert_eq!(problems("- tcp: p\n  send: { hex: 0g }"), ["2:16 `0g` is not made of bytes"]);
        assert_eq!(problems("- tcp: p\n  send: { hex: aa, bytes: aa }").len(), 1);
        assert_eq!(
            problems("- tcp: p\n  receive: { bytes: \"$(words[1])\" }"),
            ["2:21 nothing is called `words` here"]
        );
        assert_eq!(problems("- tcp: p\n  send: x\n  took: { at_most: 1s }"), ["1:8 `took` has nothing to wait for"]);
        assert_eq!(problems("- tcp: p\n  receive: x\n  took: { since: sent }").len(), 2);
        assert_eq!(problems("- tcp: p\n  close: now"), ["2:10 this is text, not a way to close"]);
        assert_eq!(problems("- tcp: p\n  closed: false"), ["2:11 this is true or false, not `true`"]);
        let judged = |with: &str| {
            problems(&format!(
                "- tcp: p\n  send: x\n  record: {{ history: h, put: x }}\n- check: {{ history: h, with: {with} }}"
            ))
        };
        assert!(
            steps(
                "- tcp: p\n  send: x\n  record: { history: h, ack: x }\n- check: { history: h, with: total_queue }"
            )
            .is_ok()
        );
        assert_eq!(judged("linearizable"), ["4:30 `h` cannot be judged by `linearizable`"]);
        assert_eq!(judged("total"), ["4:30 this is text, not a checker"]);
        assert_eq!(problems("- tcp: p\n  send: x\n  record: { history: h }").len(), 1);
    }
}
