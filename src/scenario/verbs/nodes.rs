//! What is done to processes.

use std::time::Duration;

use super::{ALONE, Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::Selector;
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::yaml::Node;

/// A change to nodes.
#[derive(Debug)]
pub struct Nodes {
    pub verb: NodeVerb,
    pub nodes: Selector,
    /// Of a start: how much longer it may take than one with an empty folder did.
    pub longer_by: Option<Duration>,
    /// Of a kill: it waits until the node writes.
    pub writing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeVerb {
    Start,
    Stop,
    Kill,
    Pause,
    Resume,
    Restart { kill: bool },
}

/// The most nodes that one machine can be asked to run.
pub const MAX_NODES: i64 = 16;

/// Words that choose nodes, beside their names and roles.
pub const SELECTED: [&str; 4] = ["all", "majority", "minority", "random"];

pub const EXCEPT: &[Field] = &[
    field("except", Shape::Selector, "All nodes but these."),
    field("random", Shape::Count, "That many nodes, drawn from the seed."),
];

const RESTART: &[Field] = &[
    required("nodes", Shape::Selector, "Which nodes."),
    field("signal", Shape::Word(&["term", "kill"]), "`term` (the default) asks and waits; `kill` does not ask."),
];

const KILL: &[Field] = &[
    field(
        "once",
        Shape::Word(&["writing"]),
        "`writing`: the signal is sent when a file in the node's folder begins to grow, so that it comes in the middle of a large write; after 1 s in any case.",
    ),
    HINT,
];

const START: &[Field] = &[
    field(
        "longer_by",
        Shape::Duration,
        "How much longer each start may take than the longest of the starts with which this cluster began, when all folders were empty. If left out, 10 s is the limit.",
    ),
    HINT,
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "start",
        group: "nodes",
        takes: Shape::Selector,
        beside: START,
        doc: "Starts nodes that are down, and waits until their ports accept.",
        example: "- start: n1",
        decode: start,
    },
    Verb {
        name: "stop",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Sends SIGTERM and waits up to 15 s for the nodes to end.",
        example: "- stop: n1",
        decode: |decoder, step, names| nodes(decoder, NodeVerb::Stop, step.value, names),
    },
    Verb {
        name: "kill",
        group: "nodes",
        takes: Shape::Selector,
        beside: KILL,
        doc: "Sends SIGKILL to every process of the nodes.",
        example: "- kill: $(old)",
        decode: kill,
    },
    Verb {
        name: "restart",
        group: "nodes",
        takes: Shape::SelectorOr(RESTART),
        beside: ALONE,
        doc: "Stops (or kills) nodes and starts them again.",
        example: "- restart: { nodes: n1, signal: kill }",
        decode: restart,
    },
    Verb {
        name: "pause",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Stops every process of the nodes with SIGSTOP; sockets stay open.",
        example: "- pause: n1",
        decode: |decoder, step, names| nodes(decoder, NodeVerb::Pause, step.value, names),
    },
    Verb {
        name: "resume",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Lets paused nodes continue.",
        example: "- resume: n1",
        decode: |decoder, step, names| nodes(decoder, NodeVerb::Resume, step.value, names),
    },
    Verb {
        name: "crash_all",
        group: "nodes",
        takes: Shape::Empty,
        beside: ALONE,
        doc: "Kills all nodes as if at one instant: all are paused before the first is killed.",
        example: "- crash_all: {}",
        decode: |decoder, step, _| decoder.nothing(step).map(|()| Action::CrashAll),
    },
];

fn nodes(decoder: &mut Decoder<'_>, verb: NodeVerb, nodes: &Node, names: &Names) -> Option<Action> {
    Some(Action::Nodes(Nodes { verb, nodes: decoder.selector(nodes, names)?, longer_by: None, writing: false }))
}

fn kill(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let writing = match step.fields.get("once").map(|node| (node, node.as_text())) {
        None => false,
        Some((_, Some("writing"))) => true,
        Some((node, _)) => return decoder.wrong(node, "`writing`", "write `once: writing`, or remove the key"),
    };
    let nodes = decoder.selector(step.value, names)?;
    Some(Action::Nodes(Nodes { verb: NodeVerb::Kill, nodes, longer_by: None, writing }))
}

fn start(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let longer_by = match step.fields.get("longer_by") {
        Some(node) => Some(decoder.duration(node)?),
        None => None,
    };
    let nodes = decoder.selector(step.value, names)?;
    Some(Action::Nodes(Nodes { verb: NodeVerb::Start, nodes, longer_by, writing: false }))
}

fn restart(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let value = step.value;
    if value.get("nodes").is_none() && value.get("signal").is_none() {
        return nodes(decoder, NodeVerb::Restart { kill: false }, value, names);
    }
    let fields = decoder.fields(value, RESTART, "`restart`")?;
    let kill = match fields.get("signal").map(|node| (node, node.as_text())) {
        None | Some((_, Some("term"))) => false,
        Some((_, Some("kill"))) => true,
        Some((node, _)) => return decoder.wrong(node, "a signal that `restart` sends", "write `term` or `kill`"),
    };
    nodes(decoder, NodeVerb::Restart { kill }, fields.get("nodes")?, names)
}
