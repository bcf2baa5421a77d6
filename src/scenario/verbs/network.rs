//! What is done to links.

use super::{Field, HINT, Shape, Verb, field, required};

pub const CUT: &[Field] = &[
    required("from", Shape::Selector, "Nodes whose bytes are held."),
    required("to", Shape::Selector, "Nodes that the bytes were for."),
];

pub const HEAL: &[Field] = &[
    required("from", Shape::Selector, "Nodes whose bytes go on."),
    required("to", Shape::Selector, "Nodes that the bytes are for."),
];

pub const SLOW: &[Field] = &[
    required("nodes", Shape::Selector, "The nodes whose links are slow, both ways."),
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
    },
    Verb {
        name: "isolate",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts each of these nodes from all others, both ways.",
        example: "- isolate: leader\n  save: { old: \"nodes[0]\" }",
    },
    Verb {
        name: "halves",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts the cluster in two. These nodes are in the smaller part, which is filled up with nodes drawn from the seed.",
        example: "- halves: leader\n  save: { small: \"groups[0]\", large: \"groups[1]\" }",
    },
    Verb {
        name: "bridge",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Cuts the cluster in two, drawn from the seed, except for this one node, which keeps its links to both parts.",
        example: "- bridge: random",
    },
    Verb {
        name: "ring",
        group: "network",
        takes: Shape::Empty,
        beside: LINKS,
        doc: "Leaves each node its links to a majority, its neighbours in a ring drawn from the seed; no two nodes see the same majority.",
        example: "- ring: {}",
    },
    Verb {
        name: "cut",
        group: "network",
        takes: Shape::Map(CUT),
        beside: LINKS,
        doc: "Cuts one way only: a request that goes the open way arrives, and its answer is held.",
        example: "- cut: { from: $(deaf), to: { except: $(deaf) } }",
    },
    Verb {
        name: "slow",
        group: "network",
        takes: Shape::Map(SLOW),
        beside: LINKS,
        doc: "Makes the links of nodes slow, both ways.",
        example: "- slow: { nodes: all, delay: 50ms, jitter: 40ms, loss: 10 }",
    },
    Verb {
        name: "reset",
        group: "network",
        takes: Shape::Selector,
        beside: LINKS,
        doc: "Resets every connection between these nodes and others. Bytes that were held on them are gone.",
        example: "- reset: $(behind)",
    },
    Verb {
        name: "heal",
        group: "network",
        takes: Shape::SelectorOr(HEAL),
        beside: LINKS,
        doc: "Ends what was done to the links of these nodes, or to one way only. What was held is delivered, in order.",
        example: "- heal: all",
    },
];
