//! `check`: the judgement of a history.

use std::time::Duration;

use history::{CHECKERS, Checker, Object};

use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::decode::{Decoder, Names, Undecoded, list};
use crate::scenario::template::Data;
use crate::yaml::Value;

/// How long a checker may think.
const JUDGED: Duration = Duration::from_secs(20);

/// A question about a history.
#[derive(Debug)]
pub struct Check {
    /// The workload that made it.
    pub history: String,
    pub with: &'static dyn Checker,
    /// If fewer operations than this succeeded, the history is not judged.
    pub min_ok: Data,
    /// The queue was emptied before, so whatever is missing is lost.
    pub drained: bool,
    /// The checker gives up after this time.
    pub within: Duration,
}

/// Whether the histories it judges are made by `record`, which writes down what was done to a queue. Histories of
/// workloads are of anything else.
pub fn is_for_recorded(checker: &dyn Checker) -> bool {
    match checker.object() {
        Object::Register | Object::Lists | Object::Accounts => false,
        Object::Queue => true,
    }
}

const CHECK: &[Field] = &[
    required(
        "history",
        Shape::Name,
        "The workload whose history is judged once it has ended; or the history that `record` of `tcp` steps has made.",
    ),
    // Its line comes from the checkers.
    required("with", Shape::Checker, ""),
    field(
        "min_ok",
        Shape::Count,
        "With fewer successful operations nothing can be judged, and the step fails; 1 if left out.",
    ),
    field("drained", Shape::Flag, "Of `total_queue`: the queue was emptied before, so that what is missing is lost."),
    field("within", Shape::Duration, "The checker gives up after this time, and the step fails; 20s if left out."),
];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "check",
    group: "load",
    takes: Shape::Map(CHECK),
    beside: &[HINT],
    doc: "Waits for a workload and judges its history. A history that cannot be judged, for lack of operations or of time, fails with a message of its own.",
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
    let with = fields.get("with").and_then(|node| {
        node.as_text().and_then(history::checker).or_else(|| {
            let names = list(CHECKERS.iter().map(|checker| checker.name()));
            decoder.wrong(node, "a checker", &format!("the checkers are {names}"))
        })
    });
    if let (Some(with), Some(history), Some(node)) = (with, &history, fields.get("with"))
        && decoder.recorded.contains(history) != is_for_recorded(with)
    {
        decoder.error(node.at, format!("`{history}` cannot be judged by `{}`", with.name()), which_judges_what());
    }
    let drained = matches!(fields.get("drained").map(|node| &node.value), Some(Value::Bool(true)));
    let min_ok = fields.get("min_ok").map_or(Some(Data::Plain(1.into())), |node| decoder.count(node, names));
    let within = decoder.duration_field(&fields, "within").unwrap_or(JUDGED);
    Some(Action::Check(Box::new(Check { history: history?, with: with?, min_ok: min_ok?, drained, within })))
}

/// Which checkers are for which histories.
fn which_judges_what() -> String {
    let those = |recorded: bool| CHECKERS.iter().filter(move |checker| is_for_recorded(**checker) == recorded);
    let names = |recorded| list(those(recorded).map(|checker| checker.name()));
    let s = if those(true).count() == 1 { "s" } else { "" };
    format!("{} judge{s} what was recorded, {} what a workload did", names(true), names(false))
}

/// What each checker decides.
pub(super) fn checkers() -> String {
    let line = |checker: &&dyn Checker| {
        let of = if is_for_recorded(*checker) { ", for what was recorded" } else { "" };
        format!("`{}`{of}: {}.", checker.name(), checker.promise())
    };
    CHECKERS.iter().map(line).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::decode::tests::steps;

    #[test]
    fn every_checker_can_be_named_for_the_histories_that_it_judges() {
        let loaded = "- workload: { name: h, for: 1s, mix: { read: 1 } }";
        let recorded = "- tcp: p\n  send: x\n  record: { history: h, put: x }";
        for checker in history::CHECKERS {
            let (own, other) = match checker.object() {
                Object::Register | Object::Lists | Object::Accounts => (loaded, recorded),
                Object::Queue => (recorded, loaded),
            };
            let check = format!("- check: {{ history: h, with: {} }}", checker.name());
            let tests = steps(&format!("{own}\n{check}")).unwrap();
            let Action::Check(read) = &tests.tests[0].steps[1].action else { panic!() };
            assert_eq!(read.with.name(), checker.name());
            let errors = steps(&format!("{other}\n{check}")).unwrap_err();
            assert_eq!(errors[0].message, format!("`h` cannot be judged by `{}`", checker.name()));
            assert!(errors[0].help.as_ref().unwrap().contains(checker.name()), "{}", errors[0]);
        }
    }
}
