//! `while` of a workload: the faults beside its clients.

use std::time::Duration;

use super::{Field, Shape, field, required};
use crate::scenario::decode::{Decoder, list};
use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

/// Faults on a schedule drawn from the seed.
#[derive(Debug, Clone)]
pub struct Nemesis {
    /// From the beginning of one fault to that of the next.
    pub every: Duration,
    /// The longest that a fault lasts.
    pub lasts: Duration,
    pub faults: Vec<FaultWord>,
    /// Two faults out of three, chosen at random, hit the node that has this role.
    pub aim: Option<String>,
}

/// A kind of fault, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultWord {
    /// One of the four shapes below, chosen at random.
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

    /// Whether it is done to links, which a single node does not have.
    pub fn is_of_links(self) -> bool {
        !matches!(self, FaultWord::Kill | FaultWord::Restart | FaultWord::Pause)
    }
}

const FAULTS: &[&str] =
    &["partition", "isolate", "halves", "bridge", "ring", "cut", "kill", "restart", "pause", "slow"];

pub(super) const NEMESIS: &[Field] = &[
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

pub(super) fn decode(decoder: &mut Decoder<'_>, node: &Node) -> Option<Nemesis> {
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
                "a single node has no links",
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
