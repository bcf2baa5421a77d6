//! The part of the table that makes and judges histories: `workload`, `await` and `check`, and the `operations` of
//! challenge.yaml that a workload does.

use super::{EXPECT, Field, HINT, Shape, Verb, field, required};
use crate::scenario::load::Checker;

/// Clients of one workload: each may have a connection to every node, and a node has this many at the most.
pub const MAX_CLIENTS: i64 = 64;

pub const MIX: &[Field] = &[
    field("read", Shape::Range(0, 1000), "The weight of `read`."),
    field("write", Shape::Range(0, 1000), "The weight of `write`. No value is written twice."),
    field(
        "compare_and_set",
        Shape::Range(0, 1000),
        "The weight of `compare_and_set`: a key is read, and set if it still has the version that was read.",
    ),
    field("delete", Shape::Range(0, 1000), "The weight of `delete`."),
];

pub const UNTIL: &[Field] = &[
    field("ok", Shape::Range(1, 1_000_000), "That many operations have succeeded."),
    field("faults", Shape::Range(1, 1000), "That many faults of `while` have begun and ended."),
];

const FAULTS: &[&str] =
    &["partition", "isolate", "halves", "bridge", "ring", "cut", "kill", "restart", "pause", "slow"];

pub const NEMESIS: &[Field] = &[
    required("every", Shape::Duration, "From the beginning of one fault to that of the next."),
    field("lasts", Shape::Duration, "No fault is longer, nor shorter than half of it; half of `every` if left out."),
    required(
        "faults",
        Shape::Words(FAULTS),
        "What is done, in an order drawn from the seed in which each comes once before any comes again. A fault touches fewer than half of the nodes (one, where there are one or two): `isolate`, `kill`, `pause` and `slow` as in the verbs, `halves` the smaller side, `cut` one way to them or from them, `restart` kills and starts at once. `bridge` and `ring` leave every node or all but a few a majority. `partition` is one of `isolate`, `halves`, `bridge` and `ring`.",
    ),
    field(
        "aim",
        Shape::Name,
        "A role of challenge.yaml: two faults in three, at random, touch the node that has it.",
    ),
];

pub const WORKLOAD: &[Field] = &[
    required("name", Shape::Name, "What its history is called."),
    field(
        "clients",
        Shape::Range(1, MAX_CLIENTS),
        "How many clients; 10 if left out. Each does one operation at a time.",
    ),
    field("keys", Shape::Range(1, 1000), "How many keys at a time, drawn from the seed; 5 if left out."),
    field(
        "fresh_after",
        Shape::Range(1, 1_000_000),
        "After that many operations on a key, a fresh one takes its place.",
    ),
    required("for", Shape::Duration, "How long; with `until`, at most this long."),
    field("until", Shape::Map(UNTIL), "It ends when all of this is reached."),
    required("mix", Shape::Map(MIX), "Which operations of challenge.yaml, by weight."),
    field(
        "to",
        Shape::Selector,
        "The nodes that the clients are spread over; `all` if left out. A client stays with its node, follows redirects to others, and asks another where its own refuses.",
    ),
    field(
        "rate",
        Shape::Range(1, 1_000_000),
        "Operations a second, all clients together; latencies count from the moment an operation was due. Without it each client goes on when it has its answer.",
    ),
    field(
        "timeout",
        Shape::Duration,
        "For one operation, redirects included; `defaults.timeout` if left out. One that takes longer may have been done.",
    ),
    field("while", Shape::Map(NEMESIS), "Faults beside the clients. In the end everything is healed and started."),
    field(
        "settle",
        Shape::Duration,
        "Afterwards, within this time, a write must succeed and every key be read through every node. It is part of the history.",
    ),
];

pub const CHECK: &[Field] = &[
    required(
        "history",
        Shape::Name,
        "The workload whose history is judged once it has ended; or the history that `record` of `tcp` steps has made.",
    ),
    required(
        "with",
        Shape::Word(Checker::WORDS),
        "`linearizable`: all operations can be put in one order, each at a moment between its call and its return, in which every answer is right. `total_queue`, for what was recorded: no message is lost, none comes that nobody put, and none comes back after its deletion was answered.",
    ),
    field(
        "min_ok",
        Shape::Count,
        "With fewer successful operations nothing can be judged, and the step fails; 1 if left out.",
    ),
    field("drained", Shape::Flag, "Of `total_queue`: the queue was emptied before, so that what is missing is lost."),
    field("within", Shape::Duration, "The checker gives up after this time, and the step fails; 20s if left out."),
];

/// One operation of challenge.yaml.
pub const OPERATION: &[Field] = &[
    required("http", Shape::Request, "The request. Its path sees `key`, and so do headers and body."),
    field("headers", Shape::TextMap, "More headers; `version` is the one that the key's last read gave."),
    field("body", Shape::Text, "The request's body, sent as `text/plain; charset=utf-8`; `value` is the new value."),
    required("ok", Shape::Many(EXPECT), "Answers that say it is done."),
    field("no", Shape::Many(EXPECT), "Answers that say it is not done, and never will be."),
    field("unmet", Shape::Many(EXPECT), "Of `compare_and_set`: not done, because the key has another version."),
    field("absent", Shape::Many(EXPECT), "Of `read`: done, and there is no such key."),
    field("value", Shape::Plain, "Of `read`: an expression over an answer that is ok, for what was read."),
    field("version", Shape::Plain, "Of `read`: an expression for what a `compare_and_set` must name."),
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "workload",
        group: "load",
        takes: Shape::Map(WORKLOAD),
        beside: &[HINT],
        doc: "Starts clients that do operations of challenge.yaml at random, and records what each was told. The steps after it run beside them, until `await` or `check`.",
        example: "- workload:\n    name: clients\n    for: 8s\n    mix: { read: 5, write: 4 }\n    while: { every: 2s, faults: [partition, kill, pause, slow] }\n    settle: 10s\n- check: { history: clients, with: linearizable, min_ok: 500 }",
    },
    Verb {
        name: "await",
        group: "load",
        takes: Shape::Name,
        beside: &[HINT],
        doc: "Waits until a workload has ended, and everything that was done meanwhile is healed.",
        example: "- workload: { name: clients, for: 2s, mix: { write: 1 } }\n- await: clients",
    },
    Verb {
        name: "check",
        group: "load",
        takes: Shape::Map(CHECK),
        beside: &[HINT],
        doc: "Waits for a workload and judges its history. A history that cannot be judged, for lack of operations or of time, fails with a message of its own.",
        example: "- workload: { name: clients, for: 2s, mix: { read: 1, write: 1 } }\n- check: { history: clients, with: linearizable, min_ok: 100 }",
    },
];
