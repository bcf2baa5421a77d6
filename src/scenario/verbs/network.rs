//! What is done to links.

use std::time::Duration;

use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::Selector;
use crate::scenario::decode::{Decoder, Fields, Names, Undecoded};
use crate::scenario::expr::Expression;
use crate::scenario::template::Template;
use crate::yaml::{Node, Value};

/// A change to the links between nodes.
#[derive(Debug)]
pub struct Network {
    pub change: LinkChange,
    /// Expressions over the groups and nodes that were chosen.
    pub save: Vec<(String, Expression)>,
}

#[derive(Debug)]
pub enum LinkChange {
    /// Nodes of different groups are cut from each other.
    Partition(Groups),
    /// Each of these is cut from all others.
    Isolate(Selector),
    /// Two groups; these nodes are in the smaller.
    Halves(Selector),
    /// Two groups, and a node that keeps its links to both.
    Bridge(Selector),
    /// Each node keeps its links to its neighbours in a ring drawn from the seed.
    Ring,
    Cut {
        from: Selector,
        to: Selector,
    },
    Slow {
        nodes: Selector,
        /// Only links between `nodes` and these.
        to: Option<Selector>,
        /// What `nodes` send is slow, and not what they get.
        one_way: bool,
        slow: Slow,
    },
    Reset(Selector),
    Heal(Selector),
    /// What was done to the direction from the first nodes to the second.
    HealWay {
        from: Selector,
        to: Selector,
        /// Only for connections that are made from now on.
        new: bool,
    },
}

#[derive(Debug)]
pub enum Groups {
    Written(Vec<Selector>),
    /// An expression for a list of lists of names.
    Given(Template),
}

/// How slow links are made; a value of zero, or none, has no effect.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slow {
    pub delay: Duration,
    pub jitter: Duration,
    /// Bytes a second.
    pub rate: Option<u64>,
    /// Percent of the pieces sent.
    pub loss: u8,
}

/// The choices that `save` can see.
const OF_A_CHOICE: [&str; 2] = ["groups", "nodes"];

const CUT: &[Field] = &[
    required("from", Shape::Selector, "Nodes whose bytes are held."),
    required("to", Shape::Selector, "Nodes that the bytes were for."),
];

const HEAL: &[Field] = &[
    required("from", Shape::Selector, "Nodes whose bytes go on."),
    required("to", Shape::Selector, "Nodes that the bytes are for."),
    field(
        "connections",
        Shape::Word(&["new"]),
        "`new`: only those that are made from now on. Bytes on those that are there stay held until the next `heal`, so that what was sent first comes last.",
    ),
];

const SLOW: &[Field] = &[
    required("nodes", Shape::Selector, "The nodes whose links are slow, both ways."),
    field("to", Shape::Selector, "Only the links between those nodes and these; to all others if left out."),
    field("one_way", Shape::Flag, "Whether only what `nodes` send is slow, and not what they get."),
    field("delay", Shape::Duration, "From the arrival of bytes at a link to their departure."),
    field("jitter", Shape::Duration, "The delay varies by at most this, either way. Bytes keep their order."),
    field("rate", Shape::Range(1, 1 << 40), "Bytes a second, on each connection."),
    field(
        "loss",
        Shape::Range(0, 90),
        "Percent of the pieces sent. Nothing is missing in the end: a lost piece comes 200 ms late, twice that if it is lost again, and so on, as TCP does it.",
    ),
];

const CHOSEN: Field = field(
    "save",
    Shape::Expressions,
    "Names for later: expressions over `nodes` (those selected) and `groups` (the sides, as lists; of halves the smaller first).",
);

const LINKS: &[Field] = &[CHOSEN, HINT];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "partition",
        group: "network",
        takes: Shape::Groups,
        beside: LINKS,
        doc: "Cuts nodes of different groups from each other, both ways. Bytes on the way are held, not lost; sockets stay open, and new connections hang. A node in no group keeps its links.",
        example: "- partition: [[n1, n2], [n3, n4, n5]]",
        decode: |decoder, step, names| change(decoder, step, names, partition),
    },
    Verb {
        name: "isolate",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts each of these nodes from all others, both ways.",
        example: "- isolate: leader\n  save: { old: \"nodes[0]\" }",
        decode: |decoder, step, names| of_nodes(decoder, step, names, LinkChange::Isolate),
    },
    Verb {
        name: "halves",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts the cluster in two. These nodes are in the smaller part, which is filled up with nodes drawn from the seed.",
        example: "- halves: leader\n  save: { small: \"groups[0]\", large: \"groups[1]\" }",
        decode: |decoder, step, names| of_nodes(decoder, step, names, LinkChange::Halves),
    },
    Verb {
        name: "bridge",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts the cluster in two, drawn from the seed, except for this one node, which keeps its links to both parts.",
        example: "- bridge: random",
        decode: |decoder, step, names| of_nodes(decoder, step, names, LinkChange::Bridge),
    },
    Verb {
        name: "ring",
        group: "network",
        takes: Shape::Empty,
        beside: LINKS,
        doc: "Leaves each node its links to a majority, its neighbours in a ring drawn from the seed; no two nodes see the same majority.",
        example: "- ring: {}",
        decode: |decoder, step, names| {
            change(decoder, step, names, |decoder, step, _| decoder.nothing(step).map(|()| LinkChange::Ring))
        },
    },
    Verb {
        name: "cut",
        group: "network",
        takes: Shape::Map(CUT),
        beside: LINKS,
        doc: "Cuts one way only: a request that goes the open way arrives, and its answer is held.",
        example: "- cut: { from: $(deaf), to: { except: $(deaf) } }",
        decode: |decoder, step, names| change(decoder, step, names, cut),
    },
    Verb {
        name: "slow",
        group: "network",
        takes: Shape::Map(SLOW),
        beside: LINKS,
        doc: "Makes the links of nodes slow, both ways.",
        example: "- slow: { nodes: all, delay: 50ms, jitter: 40ms, loss: 10 }",
        decode: |decoder, step, names| change(decoder, step, names, slow),
    },
    Verb {
        name: "reset",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Resets every connection between these nodes and others. Bytes that were held on them are gone.",
        example: "- reset: $(behind)",
        decode: |decoder, step, names| of_nodes(decoder, step, names, LinkChange::Reset),
    },
    Verb {
        name: "heal",
        group: "network",
        takes: Shape::SelectorOr(HEAL),
        beside: LINKS,
        doc: "Ends what was done to the links of these nodes, or to one way only. What was held is delivered, in order.",
        example: "- heal: all",
        decode: |decoder, step, names| change(decoder, step, names, heal),
    },
];

fn change(
    decoder: &mut Decoder<'_>,
    step: &Undecoded<'_>,
    names: &mut Names,
    change: impl FnOnce(&mut Decoder<'_>, &Undecoded<'_>, &Names) -> Option<LinkChange>,
) -> Option<Action> {
    if decoder.nodes == 1 {
        decoder.error(
            step.value.at,
            "a single node has no links",
            "give the file a `cluster:` of more nodes, as in `cluster: 5`",
        );
    }
    let change = change(decoder, step, names)?;
    let save = decoder.save(&step.fields, &OF_A_CHOICE, names);
    Some(Action::Network(Box::new(Network { change, save })))
}

fn of_nodes(
    decoder: &mut Decoder<'_>,
    step: &Undecoded<'_>,
    names: &mut Names,
    of: fn(Selector) -> LinkChange,
) -> Option<Action> {
    change(decoder, step, names, |decoder, step, names| decoder.selector(step.value, names).map(of))
}

fn partition(decoder: &mut Decoder<'_>, step: &Undecoded<'_>, names: &Names) -> Option<LinkChange> {
    const HELP: &str = "write at least two groups, as in `[[n1, n2], [n3, n4, n5]]`";
    let groups = match &step.value.value {
        Value::List(items) if items.len() >= 2 => {
            Groups::Written(items.iter().filter_map(|item| decoder.selector(item, names)).collect())
        }
        Value::Text(text) if text.starts_with("$(") => Groups::Given(decoder.template(step.value, names)?),
        _ => return decoder.wrong(step.value, "a list of groups", HELP),
    };
    Some(LinkChange::Partition(groups))
}

fn cut(decoder: &mut Decoder<'_>, step: &Undecoded<'_>, names: &Names) -> Option<LinkChange> {
    let fields = decoder.fields(step.value, CUT, &step.what())?;
    let (from, to) = way(decoder, &fields, names)?;
    Some(LinkChange::Cut { from, to })
}

fn heal(decoder: &mut Decoder<'_>, step: &Undecoded<'_>, names: &Names) -> Option<LinkChange> {
    if step.value.get("from").is_none() && step.value.get("to").is_none() {
        return decoder.selector(step.value, names).map(LinkChange::Heal);
    }
    let fields = decoder.fields(step.value, HEAL, &step.what())?;
    let (from, to) = way(decoder, &fields, names)?;
    let new = match fields.get("connections") {
        Some(node) if node.value != Value::Text("new".to_owned()) => {
            return decoder.wrong(node, "`new`", "without it what is held is delivered, too");
        }
        given => given.is_some(),
    };
    Some(LinkChange::HealWay { from, to, new })
}

fn way(decoder: &mut Decoder<'_>, fields: &Fields<'_>, names: &Names) -> Option<(Selector, Selector)> {
    let from = fields.get("from").and_then(|node| decoder.selector(node, names));
    let to = fields.get("to").and_then(|node| decoder.selector(node, names));
    Some((from?, to?))
}

fn slow(decoder: &mut Decoder<'_>, step: &Undecoded<'_>, names: &Names) -> Option<LinkChange> {
    let fields = decoder.fields(step.value, SLOW, "`slow`")?;
    let (slow, one_way) = (slowness(decoder, step.value, &fields), decoder.flag(&fields, "one_way")?);
    let nodes = fields.get("nodes").and_then(|node| decoder.selector(node, names));
    let to = match fields.get("to") {
        Some(node) => Some(decoder.selector(node, names)?),
        None => None,
    };
    Some(LinkChange::Slow { nodes: nodes?, to, one_way, slow: slow? })
}

fn slowness(decoder: &mut Decoder<'_>, value: &Node, fields: &Fields<'_>) -> Option<Slow> {
    let delay = decoder.duration_field(fields, "delay").unwrap_or_default();
    let jitter = decoder.duration_field(fields, "jitter").unwrap_or_default();
    let rate = range(decoder, fields, "rate", 1, 1 << 40);
    let loss = range(decoder, fields, "loss", 0, 90).and_then(|loss| u8::try_from(loss).ok()).unwrap_or_default();
    let slow = Slow { delay, jitter, rate, loss };
    if slow == Slow::default() {
        decoder.error(value.at, "nothing is made slow", "give a `delay`, a `jitter`, a `rate` or a `loss`");
        return None;
    }
    if jitter > delay {
        decoder.error(
            value.at,
            "the jitter is more than the delay",
            "bytes cannot leave before they come: give a longer `delay`",
        );
        return None;
    }
    Some(slow)
}

fn range(decoder: &mut Decoder<'_>, fields: &Fields<'_>, name: &str, low: i64, high: i64) -> Option<u64> {
    let node = fields.get(name)?;
    match node.value {
        Value::Int(number) if (low..=high).contains(&number) => u64::try_from(number).ok(),
        _ => decoder.wrong(node, &format!("a whole number from {low} to {high}"), "write it without a unit"),
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::decode::tests::{problems, read};

    #[test]
    fn steps_of_the_network_say_what_they_lack() {
        assert_eq!(problems("- partition: [n1]"), ["1:14 this is a list, not a list of groups"]);
        assert_eq!(problems("- partition: [[n1], n9]"), ["1:21 no node is called `n9`"]);
        assert_eq!(problems("- cut: { from: n1 }"), ["1:8 `cut` has no `to`"]);
        assert_eq!(problems("- slow: { nodes: all }"), ["1:9 nothing is made slow"]);
        let jitter = problems("- slow: { nodes: all, delay: 10ms, jitter: 20ms }");
        assert_eq!(jitter, ["1:9 the jitter is more than the delay"]);
        let loss = problems("- slow: { nodes: all, loss: 95 }");
        assert!(loss.iter().any(|problem| problem.ends_with("not a whole number from 0 to 90")), "{loss:?}");
        let heal = problems("- heal: { from: n1, to: n2, connections: old }");
        assert_eq!(heal, ["1:42 this is text, not `new`"]);
        assert_eq!(problems("- ring: all"), ["1:9 this is text, not `{}`"]);
        assert_eq!(problems("- isolate: n1\n  save: { a: group }"), ["2:14 nothing is called `group` here"]);
        let alone = read("tests:\n  - name: A\n    proves: b\n    steps:\n      - heal: all\n").unwrap_err();
        assert_eq!(alone[0].message, "a single node has no links");
    }
}
