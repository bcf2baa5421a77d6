//! `check`: the judgement of a history.

use std::time::Duration;

use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::decode::{Decoder, Names, Undecoded, list};
use crate::scenario::template::Data;
use crate::yaml::Value;

/// How long a checker may think.
const JUDGED: Duration = Duration::from_secs(20);

/// A question to a history.
#[derive(Debug)]
pub struct Check {
    /// The workload that made it.
    pub history: String,
    pub with: Checker,
    /// With fewer operations that succeeded nothing is said.
    pub min_ok: Data,
    /// The queue was emptied before: what is missing is lost.
    pub drained: bool,
    /// The checker gives up after this time.
    pub within: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checker {
    /// There is an order of all operations, each between its call and its return, in which every answer is right.
    Linearizable,
    /// No message is lost, invented, or back after it was deleted.
    TotalQueue,
}

impl Checker {
    pub const WORDS: &'static [&'static str] = &["linearizable", "total_queue"];

    pub fn word(self) -> &'static str {
        match self {
            Checker::Linearizable => "linearizable",
            Checker::TotalQueue => "total_queue",
        }
    }
}

const CHECK: &[Field] = &[
    required(
        "history",
        Shape::Name,
        "The workload whose history is judged, which is waited for; or what `record` of `tcp` steps has made.",
    ),
    required(
        "with",
        Shape::Word(Checker::WORDS),
        "`linearizable`: all operations can be put in one order, each at a moment between its call and its return, in which every answer is right. `total_queue`, for what was recorded: no message is lost, none comes that nobody put, and none comes back after its deletion was answered.",
    ),
    field(
        "min_ok",
        Shape::Count,
        "With fewer operations that succeeded nothing can be said, which fails; 1 if left out.",
    ),
    field("drained", Shape::Flag, "Of `total_queue`: the queue was emptied before, so that what is missing is lost."),
    field("within", Shape::Duration, "The checker gives up after this time, which fails; 20s if left out."),
];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "check",
    group: "load",
    takes: Shape::Map(CHECK),
    beside: &[HINT],
    doc: "Waits for a workload and judges its history. A history that cannot be judged, for want of operations or of time, fails in its own words.",
    example: "- workload: { name: clients, for: 2s, mix: { read: 1, write: 1 } }\n- check: { history: clients, with: linearizable, min_ok: 100 }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let fields = decoder.fields(step.value, CHECK, "`check`")?;
    let history = fields.get("history").and_then(|node| {
        let name = decoder.name(node)?;
        if !decoder.recorded.contains(&name) {
            decoder.known_workload(node, &name);
        }
        Some(name)
    });
    let with = fields.get("with").and_then(|node| match node.as_text() {
        Some("linearizable") => Some(Checker::Linearizable),
        Some("total_queue") => Some(Checker::TotalQueue),
        _ => decoder.wrong(node, "a checker", &format!("the checkers are {}", list(Checker::WORDS.iter().copied()))),
    });
    if let (Some(with), Some(history), Some(node)) = (with, &history, fields.get("with"))
        && decoder.recorded.contains(history) != (with == Checker::TotalQueue)
    {
        let help = "`total_queue` judges what was recorded, `linearizable` what a workload did";
        decoder.error(node.at, format!("`{history}` cannot be judged by `{}`", with.word()), help);
    }
    let drained = matches!(fields.get("drained").map(|node| &node.value), Some(Value::Bool(true)));
    let min_ok = fields.get("min_ok").map_or(Some(Data::Plain(1.into())), |node| decoder.count(node, names));
    let within = decoder.duration_field(&fields, "within").unwrap_or(JUDGED);
    Some(Action::Check(Box::new(Check { history: history?, with: with?, min_ok: min_ok?, drained, within })))
}
