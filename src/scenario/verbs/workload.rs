//! `workload` and `await`: clients that do operations of challenge.yaml, beside the steps that follow.

use std::time::Duration;

use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::Selector;
use crate::scenario::decode::{Decoder, Fields, Names, Undecoded, list};
use crate::scenario::load::Kind;
use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

const CLIENTS: u32 = 10;
const KEYS: u32 = 5;
/// Clients of one workload: each may have a connection to every node, and a node has this many at the most.
const MAX_CLIENTS: i64 = 64;

/// Clients that do operations for a time.
#[derive(Debug)]
pub struct Workload {
    pub name: String,
    pub clients: u32,
    pub keys: u32,
    /// A key is replaced by a fresh one after so many operations.
    pub fresh_after: Option<u32>,
    /// The most time that it takes.
    pub during: Duration,
    pub until: Option<Until>,
    /// Kinds and their weights, none of them 0.
    pub mix: Vec<(Kind, u32)>,
    pub to: Option<Selector>,
    /// Operations a second, all clients together; none: each client goes on when it has its answer.
    pub rate: Option<u32>,
    /// For one operation.
    pub timeout: Option<Duration>,
    pub nemesis: Option<Nemesis>,
    /// When all is healed: how long until an operation must have succeeded.
    pub settle: Option<Duration>,
}

/// Enough work, which ends a workload before its time.
#[derive(Debug, Clone, Copy)]
pub struct Until {
    /// Operations that succeeded.
    pub ok: u64,
    /// Faults that began and ended.
    pub faults: u64,
}

/// Faults on a schedule drawn from the seed.
#[derive(Debug, Clone)]
pub struct Nemesis {
    /// From the beginning of one fault to that of the next.
    pub every: Duration,
    /// No fault is longer.
    pub lasts: Duration,
    pub faults: Vec<FaultWord>,
    /// Two faults of three, by lot, touch the node that has this role.
    pub aim: Option<String>,
}

/// A kind of fault, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultWord {
    /// One of the four shapes below, by lot.
    Partition,
    Isolate,
    Halves,
    Bridge,
    Ring,
    Cut,
    Kill,
    Restart,
    Pause,
    Slow,
}

impl FaultWord {
    pub const ALL: [(FaultWord, &'static str); 10] = [
        (FaultWord::Partition, "partition"),
        (FaultWord::Isolate, "isolate"),
        (FaultWord::Halves, "halves"),
        (FaultWord::Bridge, "bridge"),
        (FaultWord::Ring, "ring"),
        (FaultWord::Cut, "cut"),
        (FaultWord::Kill, "kill"),
        (FaultWord::Restart, "restart"),
        (FaultWord::Pause, "pause"),
        (FaultWord::Slow, "slow"),
    ];

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(fault, _)| fault)
    }

    /// Whether it is done to links, of which a node alone has none.
    pub fn is_of_links(self) -> bool {
        !matches!(self, FaultWord::Kill | FaultWord::Restart | FaultWord::Pause)
    }
}

/// The name of the workload that is waited for.
#[derive(Debug)]
pub struct Await(pub String);

const MIX: &[Field] = &[
    field("read", Shape::Range(0, 1000), "The weight of `read`."),
    field("write", Shape::Range(0, 1000), "The weight of `write`. No value is written twice."),
    field(
        "compare_and_set",
        Shape::Range(0, 1000),
        "The weight of `compare_and_set`: a key is read, and set if it still has the version that was read.",
    ),
    field("delete", Shape::Range(0, 1000), "The weight of `delete`."),
];

const UNTIL: &[Field] = &[
    field("ok", Shape::Range(1, 1_000_000), "As many operations have succeeded."),
    field("faults", Shape::Range(1, 1000), "As many faults of `while` have begun and ended."),
];

const FAULTS: &[&str] =
    &["partition", "isolate", "halves", "bridge", "ring", "cut", "kill", "restart", "pause", "slow"];

const NEMESIS: &[Field] = &[
    required("every", Shape::Duration, "From the beginning of one fault to that of the next."),
    field("lasts", Shape::Duration, "No fault is longer, nor shorter than half of it; half of `every` if left out."),
    required(
        "faults",
        Shape::Words(FAULTS),
        "What is done, in an order drawn from the seed in which each comes once before any comes again. A fault touches fewer than half of the nodes (one, where there are one or two): `isolate`, `kill`, `pause` and `slow` as in the verbs, `halves` the smaller side, `cut` one way to them or from them, `restart` kills and starts at once. `bridge` and `ring` leave every node or all but a few a majority. `partition` is one of `isolate`, `halves`, `bridge` and `ring`.",
    ),
    field("aim", Shape::Name, "A role of challenge.yaml: two faults of three, by lot, touch the node that has it."),
];

const WORKLOAD: &[Field] = &[
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
        "After so many operations on a key, a fresh one takes its place.",
    ),
    required("for", Shape::Duration, "How long; with `until` the longest."),
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

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "workload",
        group: "load",
        takes: Shape::Map(WORKLOAD),
        beside: &[HINT],
        doc: "Starts clients that do operations of challenge.yaml at random, and records what each was told. The steps after it run beside them, until `await` or `check`.",
        example: "- workload:\n    name: clients\n    for: 8s\n    mix: { read: 5, write: 4 }\n    while: { every: 2s, faults: [partition, kill, pause, slow] }\n    settle: 10s\n- check: { history: clients, with: linearizable, min_ok: 500 }",
        decode: workload,
    },
    Verb {
        name: "await",
        group: "load",
        takes: Shape::Name,
        beside: &[HINT],
        doc: "Waits until a workload has ended, and everything that was done meanwhile is healed.",
        example: "- workload: { name: clients, for: 2s, mix: { write: 1 } }\n- await: clients",
        decode: await_,
    },
];

fn workload(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    if decoder.repeated > 0 {
        decoder.error(
            step.value.at,
            "a workload cannot start in steps that run many times at once, or until they pass",
            "start it before them",
        );
    }
    let fields = decoder.fields(step.value, WORKLOAD, "`workload`")?;
    let name = fields.get("name").and_then(|node| decoder.name(node));
    if let (Some(name), Some(node)) = (&name, fields.get("name")) {
        decoder.workload_begins(node, name);
    }
    let during = decoder.duration_field(&fields, "for");
    let mix = fields.get("mix").and_then(|node| mix(decoder, node));
    let to = match fields.get("to") {
        Some(node) => Some(decoder.selector(node, names)?),
        None => None,
    };
    let nemesis = match fields.get("while") {
        Some(node) => Some(nemesis(decoder, node)?),
        None => None,
    };
    let until = match fields.get("until") {
        Some(node) => Some(until(decoder, node, nemesis.is_some())?),
        None => None,
    };
    let number = |decoder: &mut Decoder<'_>, name: &str| ranged(decoder, &fields, WORKLOAD, name);
    let (clients, keys) = (number(decoder, "clients"), number(decoder, "keys"));
    let (fresh_after, rate) = (number(decoder, "fresh_after"), number(decoder, "rate"));
    let timeout = decoder.duration_field(&fields, "timeout");
    let settle = decoder.duration_field(&fields, "settle");
    Some(Action::Workload(Box::new(Workload {
        name: name?,
        clients: clients.unwrap_or(CLIENTS),
        keys: keys.unwrap_or(KEYS),
        fresh_after,
        during: during?,
        until,
        mix: mix?,
        to,
        rate,
        timeout,
        nemesis,
        settle,
    })))
}

fn await_(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, _: &mut Names) -> Option<Action> {
    let name = decoder.name(step.value)?;
    decoder.known_workload(step.value, &name);
    Some(Action::Await(Await(name)))
}

fn mix(decoder: &mut Decoder<'_>, node: &Node) -> Option<Vec<(Kind, u32)>> {
    let fields = decoder.fields(node, MIX, "`mix`")?;
    let mut mix = Vec::new();
    for kind in Kind::ALL {
        let Some(at) = fields.get(kind.word()) else { continue };
        if !decoder.around.operations.contains(&kind) {
            let known = decoder.around.operations.iter().map(|kind| kind.word());
            let help = match decoder.around.operations.is_empty() {
                true => "challenge.yaml has no `operations`".to_owned(),
                false => format!("the `operations` of challenge.yaml are {}", list(known)),
            };
            decoder.error(at.at, format!("challenge.yaml does not say what `{}` is", kind.word()), help);
        }
        match ranged(decoder, &fields, MIX, kind.word()) {
            Some(0) | None => {}
            Some(weight) => mix.push((kind, weight)),
        }
    }
    if mix.is_empty() {
        decoder.error(node.at, "nothing is to be done", "give an operation a weight, as in `{ read: 5, write: 4 }`");
        return None;
    }
    Some(mix)
}

fn until(decoder: &mut Decoder<'_>, node: &Node, faults: bool) -> Option<Until> {
    let fields = decoder.fields(node, UNTIL, "`until`")?;
    if let (Some(node), false) = (fields.get("faults"), faults) {
        decoder.error(node.at, "there are no faults to wait for", "say which in `while`, or remove the key");
    }
    let mut number = |name: &str| ranged(decoder, &fields, UNTIL, name).map_or(0, u64::from);
    let until = Until { ok: number("ok"), faults: number("faults") };
    if node.entries().is_empty() {
        decoder.error(node.at, "`until` is empty", "write what is enough, as in `{ ok: 300 }`");
    }
    Some(until)
}

fn nemesis(decoder: &mut Decoder<'_>, node: &Node) -> Option<Nemesis> {
    let fields = decoder.fields(node, NEMESIS, "`while`")?;
    let every = decoder.duration_field(&fields, "every");
    let lasts = decoder.duration_field(&fields, "lasts");
    if let (Some(every), Some(lasts), Some(node)) = (every, lasts, fields.get("lasts"))
        && lasts > every
    {
        decoder.error(node.at, "a fault would still last when the next begins", "give a shorter time than `every`");
    }
    if let (Some(node), Some(every)) = (fields.get("every"), every)
        && every.is_zero()
    {
        decoder.error(node.at, "faults need time between them", "give a longer time, as in `3s`");
    }
    let faults = fields.get("faults").and_then(|node| faults(decoder, node));
    let aim = match fields.get("aim") {
        Some(node) => {
            let role = decoder.name(node)?;
            decoder.known_role(node, &role);
            Some(role)
        }
        None => None,
    };
    let every = every?;
    Some(Nemesis { every, lasts: lasts.unwrap_or(every / 2), faults: faults?, aim })
}

fn faults(decoder: &mut Decoder<'_>, node: &Node) -> Option<Vec<FaultWord>> {
    let words = || FaultWord::ALL.iter().map(|(_, word)| *word);
    let Value::List(items) = &node.value else {
        return decoder.wrong(node, "a list of faults", "write them as `[partition, kill]`");
    };
    if items.is_empty() {
        decoder.error(node.at, "this list is empty", format!("the faults are {}", list(words())));
    }
    let mut faults = Vec::new();
    for item in items {
        let Some(text) = item.as_text() else {
            decoder.wrong::<()>(item, "a fault", &format!("the faults are {}", list(words())));
            continue;
        };
        let Some(fault) = FaultWord::named(text) else {
            let help = did_you_mean(text, words()).map_or_else(
                || format!("the faults are {}", list(words())),
                |near| format!("did you mean `{near}`?"),
            );
            decoder.error(item.at, format!("there is no fault `{text}`"), help);
            continue;
        };
        if fault.is_of_links() && decoder.nodes == 1 {
            decoder.error(
                item.at,
                "a node alone has no links",
                "give the file a `cluster:` of more nodes, as in `cluster: 5`",
            );
        }
        if faults.contains(&fault) {
            decoder.error(item.at, format!("`{text}` is there twice"), "each comes once before any comes again");
        }
        faults.push(fault);
    }
    Some(faults)
}

/// A whole number in the range that the table gives its field.
fn ranged(decoder: &mut Decoder<'_>, fields: &Fields<'_>, table: &[Field], name: &str) -> Option<u32> {
    let node = fields.get(name)?;
    let shape = table.iter().find(|field| field.name == name)?.shape;
    let Shape::Range(low, high) = shape else { return None };
    match node.value {
        Value::Int(number) if (low..=high).contains(&number) => u32::try_from(number).ok(),
        _ => {
            decoder.error(
                node.at,
                format!("`{name}` is a whole number from {low} to {high}"),
                "write it without a unit",
            );
            None
        }
    }
}
