//! What is done to processes.

use super::{ALONE, Field, Shape, Verb, field, required};

/// As many nodes as one machine can be asked to run.
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

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "start",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Starts nodes that are down, and waits until their ports accept.",
        example: "- start: n1",
    },
    Verb {
        name: "stop",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Sends SIGTERM and waits up to 15 s for the nodes to end.",
        example: "- stop: n1",
    },
    Verb {
        name: "kill",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Sends SIGKILL to every process of the nodes.",
        example: "- kill: $(old)",
    },
    Verb {
        name: "restart",
        group: "nodes",
        takes: Shape::SelectorOr(RESTART),
        beside: ALONE,
        doc: "Stops (or kills) nodes and starts them again.",
        example: "- restart: { nodes: n1, signal: kill }",
    },
    Verb {
        name: "pause",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Stops every process of the nodes with SIGSTOP; sockets stay open.",
        example: "- pause: n1",
    },
    Verb {
        name: "resume",
        group: "nodes",
        takes: Shape::Selector,
        beside: ALONE,
        doc: "Lets paused nodes continue.",
        example: "- resume: n1",
    },
    Verb {
        name: "crash_all",
        group: "nodes",
        takes: Shape::Empty,
        beside: ALONE,
        doc: "Kills all nodes as if at one instant: all are paused before the first is killed.",
        example: "- crash_all: {}",
    },
];
