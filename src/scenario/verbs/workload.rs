//! `workload` and `await`: clients that do operations of challenge.yaml, beside the steps that follow.

use std::time::Duration;

use history::Object;

use super::nemesis::{self, NEMESIS, Nemesis};
use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::Selector;
use crate::scenario::decode::{Decoder, Fields, Names, Undecoded, list};
use crate::scenario::load::Kind;
use crate::scenario::template::Data;
use crate::yaml::{Node, Value};

const CLIENTS: u32 = 10;
const KEYS: i64 = 5;
/// Keys that are in use at once.
pub const MAX_KEYS: u64 = 1000;
/// Clients of one workload: each may have a connection to every node, so a node has at most this many.
const MAX_CLIENTS: i64 = 64;

/// Clients that do operations for a time.
#[derive(Debug)]
pub struct Workload {
    pub name: String,
    pub clients: u32,
    /// How many, or their names.
    pub keys: Data,
    /// A key is replaced by a fresh one after this many operations.
    pub fresh_after: Option<u32>,
    /// The longest that the workload takes.
    pub during: Duration,
    pub until: Option<Until>,
    /// Kinds and their weights, none of them 0.
    pub mix: Vec<(Kind, u32)>,
    pub to: Option<Selector>,
    /// Operations per second, all clients together. None: each client goes on as soon as it has its answer.
    pub rate: Option<u32>,
    /// For one operation.
    pub timeout: Option<Duration>,
    pub nemesis: Option<Nemesis>,
    /// How long after everything is healed an operation must have succeeded.
    pub settle: Option<Duration>,
}

/// Enough work to end a workload before its time is over.
#[derive(Debug, Clone, Copy)]
pub struct Until {
    /// Operations that succeeded.
    pub ok: u64,
    /// Faults that began and ended.
    pub faults: u64,
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
    field(
        "transaction",
        Shape::Range(0, 1000),
        "The weight of `transaction`: one to four steps, each of which reads a list or appends to it. Keys are lists then, for `read` and `compare_and_set`, too: these become transactions of the history. No element is appended twice.",
    ),
    field(
        "transfer",
        Shape::Range(0, 1000),
        "The weight of transfers: two of the accounts that were read last are checked, and their balances put, in one `transaction`. Keys are accounts then.",
    ),
    field("balances", Shape::Range(0, 1000), "The weight of reads of all accounts, in one `transaction`."),
];

const UNTIL: &[Field] = &[
    field("ok", Shape::Range(1, 1_000_000), "That many operations have succeeded."),
    field("faults", Shape::Range(1, 1000), "That many faults of `while` have begun and ended."),
];

const WORKLOAD: &[Field] = &[
    required("name", Shape::Name, "What its history is called."),
    field(
        "clients",
        Shape::Range(1, MAX_CLIENTS),
        "How many clients; 10 if left out. Each does one operation at a time.",
    ),
    field(
        "keys",
        Shape::Count,
        "How many keys at a time, drawn from the seed, 1 to 1000; 5 if left out. Or an expression that gives a list of their names. Accounts must be named, 2 to 16 of them, and be there.",
    ),
    field(
        "fresh_after",
        Shape::Range(1, 1_000_000),
        "After that many operations on a key that was drawn, a fresh one takes its place.",
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
        "Afterwards, within this time, a write must succeed and every key be read through every node that clients ask. It is part of the history.",
    ),
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "workload",
        group: "load",
        takes: Shape::Map(WORKLOAD),
        beside: &[HINT],
        doc: "Starts clients that do operations of challenge.yaml at random, and records how each was answered. The steps after it run beside them, until `await` or `check`.",
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
    let during = decoder.duration_field(&fields, "for");
    let mix = fields.get("mix").and_then(|node| mix(decoder, node));
    if let (Some(name), Some(node)) = (&name, fields.get("name")) {
        // With a wrong mix, nothing is said of what it cannot be judged by.
        let of = mix.as_deref().map_or(Object::Register, object);
        decoder.workload_begins(node, name, of);
    }
    let keys = match fields.get("keys") {
        Some(node) => keys(decoder, node, names)?,
        None => Data::Plain(KEYS.into()),
    };
    let to = match fields.get("to") {
        Some(node) => Some(decoder.selector(node, names)?),
        None => None,
    };
    let nemesis = match fields.get("while") {
        Some(node) => Some(nemesis::decode(decoder, node)?),
        None => None,
    };
    let until = match fields.get("until") {
        Some(node) => Some(until(decoder, node, nemesis.is_some())?),
        None => None,
    };
    let number = |decoder: &mut Decoder<'_>, name: &str| ranged(decoder, &fields, WORKLOAD, name);
    let clients = number(decoder, "clients");
    let (fresh_after, rate) = (number(decoder, "fresh_after"), number(decoder, "rate"));
    let timeout = decoder.duration_field(&fields, "timeout");
    let settle = decoder.duration_field(&fields, "settle");
    Some(Action::Workload(Box::new(Workload {
        name: name?,
        clients: clients.unwrap_or(CLIENTS),
        keys,
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
        let operation = kind.operation();
        if !decoder.around.operations.contains(&operation) {
            let known = decoder.around.operations.iter().map(|kind| kind.word());
            let help = match decoder.around.operations.is_empty() {
                true => "challenge.yaml has no `operations`".to_owned(),
                false => format!("the `operations` of challenge.yaml are {}", list(known)),
            };
            decoder.error(at.at, format!("challenge.yaml does not say what `{}` is", operation.word()), help);
        }
        match ranged(decoder, &fields, MIX, kind.word()) {
            Some(0) | None => {}
            Some(weight) => mix.push((kind, weight)),
        }
    }
    if mix.is_empty() {
        decoder.error(
            node.at,
            "this asks for no operation",
            "give an operation a weight, as in `{ read: 5, write: 4 }`",
        );
        return None;
    }
    let of = object(&mix);
    let fits = |kind: Kind| match of {
        Object::Lists => matches!(kind, Kind::Read | Kind::CompareAndSet | Kind::Transaction),
        of => kind.object() == of,
    };
    if let Some((kind, _)) = mix.iter().find(|(kind, _)| !fits(*kind)) {
        let of = if of == Object::Lists { "lists, to which is only appended" } else { "accounts" };
        let help = "give another workload, with keys of its own, what is done to single keys";
        decoder.error(node.at, format!("the keys are {of}: `{}` does not go with them", kind.word()), help);
        return None;
    }
    if of == Object::Accounts && mix.len() < 2 {
        let help = "a transfer needs what was read, and is seen in nothing else";
        decoder.error(node.at, "`transfer` and `balances` go together", help);
        return None;
    }
    Some(mix)
}

/// What clients with this mix work on.
pub fn object(mix: &[(Kind, u32)]) -> Object {
    let any = |of| mix.iter().any(|(kind, _)| kind.object() == of);
    [Object::Accounts, Object::Lists].into_iter().find(|of| any(*of)).unwrap_or(Object::Register)
}

fn keys(decoder: &mut Decoder<'_>, node: &Node, names: &Names) -> Option<Data> {
    let in_range = |number: i64| u64::try_from(number).is_ok_and(|number| (1..=MAX_KEYS).contains(&number));
    match node.value {
        Value::Int(number) if !in_range(number) => {
            decoder.error(node.at, format!("`keys` is a whole number from 1 to {MAX_KEYS}"), "or a list of names");
            None
        }
        _ => decoder.count(node, names),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::decode::tests::{problems, read, steps};

    #[test]
    fn a_workload_loads_with_what_it_leaves_out() {
        let text = "- workload:\n    name: load\n    for: 8s\n    mix: { read: 5, write: 0 }\n    until: { ok: 300 }\n    while: { every: 3s, faults: [kill, cut], aim: leader }\n- check: { history: load, with: linearizable }";
        let tests = steps(text).unwrap();
        let Action::Workload(load) = &tests.tests[0].steps[0].action else { panic!() };
        assert!(matches!(&load.keys, Data::Plain(keys) if *keys == KEYS));
        assert_eq!((load.clients, load.mix.as_slice()), (10, &[(Kind::Read, 5)][..]));
        let nemesis = load.nemesis.as_ref().unwrap();
        assert_eq!((nemesis.lasts, nemesis.aim.as_deref()), (Duration::from_millis(1500), Some("leader")));
        let until = load.until.unwrap();
        assert_eq!((until.ok, until.faults), (300, 0));
        let Action::Check(check) = &tests.tests[0].steps[1].action else { panic!() };
        assert_eq!(check.within, Duration::from_secs(20));
    }

    #[test]
    fn a_workload_says_what_is_wrong_with_it() {
        let load = |fields: &str| {
            let text = format!("- workload: {{ name: a, for: 1s, mix: {{ read: 1 }}, {fields} }}\n- await: a");
            problems(&text)
                .into_iter()
                .map(|problem| problem.split_once(' ').unwrap().1.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(load("client: 3"), ["`workload` has no key `client`"]);
        assert_eq!(load("clients: 65"), ["`clients` is a whole number from 1 to 64"]);
        assert_eq!(load("to: n9"), ["no node is called `n9`"]);
        assert_eq!(load("until: { faults: 3 }"), ["there are no faults to wait for"]);
        let faults = |faults: &str| load(&format!("while: {{ every: 1s, faults: {faults} }}"));
        assert_eq!(faults("[kil]"), ["there is no fault `kil`"]);
        assert_eq!(faults("[]"), ["this list is empty"]);
        assert_eq!(faults("[kill, kill]"), ["`kill` is there twice"]);
        assert_eq!(faults("kill"), ["this is text, not a list of faults"]);
        assert_eq!(
            load("while: { every: 1s, lasts: 2s, faults: [kill] }"),
            ["a fault would still last when the next begins"]
        );
        assert_eq!(load("while: { every: 1s, faults: [kill], aim: leadr }"), ["no role is called `leadr`"]);
        let mix = |mix: &str| problems(&format!("- workload: {{ name: a, for: 1s, mix: {mix} }}\n- await: a"));
        assert_eq!(mix("{ read: 0 }"), ["1:38 this asks for no operation"]);
        assert_eq!(mix("{ delete: 1 }"), ["1:48 challenge.yaml does not say what `delete` is"]);
        let alone = "tests:\n  - name: A\n    proves: b\n    steps:\n      - workload: { name: a, for: 1s, mix: { read: 1 }, while: { every: 1s, faults: [kill, cut] } }\n      - await: a\n";
        assert_eq!(read(alone).unwrap_err()[0].message, "a single node has no links");
    }

    #[test]
    fn a_workload_is_begun_once_and_waited_for() {
        let load = "- workload: { name: a, for: 1s, mix: { read: 1 } }";
        assert_eq!(problems(load), ["1:21 nothing waits for the workload `a`"]);
        assert_eq!(problems(&format!("- await: a\n{load}\n- await: a")), ["1:10 no workload is called `a` here"]);
        assert_eq!(
            problems(&format!("{load}\n- check: {{ history: b, with: linearizable }}\n- await: a")),
            ["2:21 no workload is called `b` here"]
        );
        assert_eq!(
            problems(&format!("{load}\n- check: {{ history: a, with: total }}")),
            ["2:30 this is text, not a checker"]
        );
        let indented = load.replace('\n', "\n    ");
        let inside = format!("- eventually:\n    steps:\n      {indented}\n      - await: a");
        assert_eq!(problems(&inside).len(), 1, "{:?}", problems(&inside));
    }
}
