//! `mark` and `traffic`: how much nodes have sent each other since some moment.

use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::decode::{Decoder, Names, Undecoded, list};
use crate::scenario::matcher::Matcher;
use crate::scenario::template::Data;
use crate::text::did_you_mean;
use crate::yaml::Node;

/// Names a moment.
#[derive(Debug)]
pub struct Mark(pub String);

/// A question about what nodes have sent each other.
#[derive(Debug)]
pub struct Traffic {
    /// The mark.
    pub since: String,
    pub messages: Option<Matcher<Data>>,
    pub bytes: Option<Matcher<Data>>,
    /// The limits are for each of these.
    pub each: Option<Each>,
}

/// What the messages were for.
#[derive(Debug)]
pub enum Each {
    /// So many operations.
    Of(Data),
    /// The operations of a workload, which ends first.
    Workload(String),
}

const TRAFFIC: &[Field] = &[
    required("since", Shape::Name, "The `mark` from which it is counted."),
    field(
        "messages",
        Shape::Matcher,
        "What the number of messages must be. A request and its answer are two. The program fails if lsfr does not know the framing of what its nodes send: HTTP/1.x, JSON or text in lines, JSON behind its length.",
    ),
    field("bytes", Shape::Matcher, "What the number of bytes must be, whatever they are."),
    field("operations", Shape::Count, "How many operations that was for: then the limits are for each of them."),
    field(
        "workload",
        Shape::Name,
        "The workload that it was for, which ends first: the limits are for each of its operations.",
    ),
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "mark",
        group: "network",
        takes: Shape::Name,
        beside: &[HINT],
        doc: "Names this moment: `traffic` counts from here what nodes send each other.",
        example: "- mark: begun",
        decode: mark,
    },
    Verb {
        name: "traffic",
        group: "network",
        takes: Shape::Map(TRAFFIC),
        beside: &[HINT],
        doc: "Counts what nodes have sent each other since a mark, both ways on every link, whatever became of it. Clients of the test do not count.",
        example: "- mark: begun\n- wait: 1s\n  because: what follows a write takes a moment\n- traffic: { since: begun, messages: { lte: 12 }, operations: 1 }",
        decode: traffic,
    },
];

fn mark(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, _: &mut Names) -> Option<Action> {
    if decoder.nodes == 1 {
        let help = "give the file a `cluster:` of more nodes, as in `cluster: 5`";
        decoder.error(step.value.at, "a single node has nobody to send anything to", help);
    }
    let name = decoder.name(step.value)?;
    decoder.marks.insert(name.clone());
    Some(Action::Mark(Mark(name)))
}

fn traffic(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let fields = decoder.fields(step.value, TRAFFIC, "`traffic`")?;
    let since = fields.get("since").and_then(|node| known_mark(decoder, node));
    let mut matcher = |name| match fields.get(name) {
        Some(node) => decoder.matcher(node, names).map(Some),
        None => Some(None),
    };
    let (messages, bytes) = (matcher("messages")?, matcher("bytes")?);
    if messages.is_none() && bytes.is_none() {
        decoder.error(step.value.at, "this asks nothing", "say how many `messages` there may be, or `bytes`");
    }
    let each = match (fields.get("operations"), fields.get("workload")) {
        (Some(node), Some(_)) => {
            decoder.error(node.at, "the limits are for one or the other", "remove `operations` or `workload`");
            None
        }
        (Some(node), None) => Some(Each::Of(decoder.count(node, names)?)),
        (None, Some(node)) => {
            let name = decoder.name(node)?;
            decoder.known_workload(node, &name);
            Some(Each::Workload(name))
        }
        (None, None) => None,
    };
    Some(Action::Traffic(Box::new(Traffic { since: since?, messages, bytes, each })))
}

fn known_mark(decoder: &mut Decoder<'_>, node: &Node) -> Option<String> {
    let name = decoder.name(node)?;
    if decoder.marks.contains(&name) {
        return Some(name);
    }
    let known = || decoder.marks.iter().map(String::as_str);
    let help = match did_you_mean(&name, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if decoder.marks.is_empty() => format!("set it before this step, as in `- mark: {name}`"),
        None => format!("this test has {}", list(known())),
    };
    decoder.error(node.at, format!("no mark is called `{name}` here"), help);
    None
}

#[cfg(test)]
mod tests {
    use crate::scenario::decode::tests::{problems, problems_of_one};

    #[test]
    fn it_counts_from_a_mark_and_asks_something() {
        assert_eq!(problems("- traffic: { since: begun, bytes: 1 }"), ["1:21 no mark is called `begun` here"]);
        assert_eq!(problems("- mark: begun\n- traffic: { since: begun }"), ["2:12 this asks nothing"]);
        assert_eq!(problems("- mark: begun\n- traffic: { bytes: 1 }"), ["2:12 `traffic` has no `since`"]);
        assert_eq!(problems_of_one("- mark: begun"), ["2:9 a single node has nobody to send anything to"]);
    }

    #[test]
    fn limits_are_for_operations_or_for_those_of_a_workload_that_runs() {
        let with = |each: &str| problems(&format!("- mark: m\n- traffic: {{ since: m, messages: 1, {each} }}"));
        assert_eq!(with("operations: many"), ["2:49 this is text, not a whole number"]);
        assert_eq!(with("workload: w"), ["2:47 no workload is called `w` here"]);
        assert_eq!(with("operations: 1, workload: w"), ["2:49 the limits are for one or the other"]);
    }
}
