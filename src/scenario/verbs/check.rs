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
    /// The heading of the guide, as a slug, that promises that what was refused has not happened.
    pub refused: Option<String>,
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
    field(
        "refused",
        Shape::Plain,
        "The heading of guide.md, as a slug, that promises that what was refused has not happened: a card names it where that is what is wrong.",
    ),
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
    // What the history is of, too; not if nothing is known of it.
    let history = fields.get("history").and_then(|node| {
        let name = decoder.name(node)?;
        let recorded = decoder.recorded.contains(&name);
        let of = if recorded { Some(Object::Queue) } else { decoder.known_workload(node, &name) };
        Some((name, of))
    });
    let with = fields.get("with").and_then(|node| {
        node.as_text().and_then(history::checker).or_else(|| {
            let names = list(CHECKERS.iter().map(|checker| checker.name()));
            decoder.wrong(node, "a checker", &format!("the checkers are {names}"))
        })
    });
    if let (Some(with), Some((name, Some(of))), Some(node)) = (with, &history, fields.get("with"))
        && *of != with.object()
    {
        decoder.error(node.at, format!("`{name}` cannot be judged by `{}`", with.name()), which_judges_what(*of));
    }
    let drained = matches!(fields.get("drained").map(|node| &node.value), Some(Value::Bool(true)));
    let min_ok = fields.get("min_ok").map_or(Some(Data::Plain(1.into())), |node| decoder.count(node, names));
    let within = decoder.duration_field(&fields, "within").unwrap_or(JUDGED);
    let refused = fields.get("refused").and_then(|node| decoder.plain_text(node));
    let (history, with, min_ok) = (history?.0, with?, min_ok?);
    Some(Action::Check(Box::new(Check { history, with, min_ok, drained, within, refused })))
}

/// Which checkers are for what was done to this.
fn which_judges_what(of: Object) -> String {
    let those = CHECKERS.iter().filter(|checker| checker.object() == of);
    format!("what was done to {} is judged by {}", objects(of), list(those.map(|checker| checker.name())))
}

/// `lists`
fn objects(of: Object) -> &'static str {
    match of {
        Object::Register => "single keys",
        Object::Queue => "queues, as `record` writes it down,",
        Object::Lists => "lists, by `transaction` of a workload,",
        Object::Accounts => "accounts, by `transfer` and `balances` of a workload,",
    }
}

/// What each checker decides.
pub(super) fn checkers() -> String {
    let line = |checker: &&dyn Checker| {
        let of = match checker.object() {
            Object::Register => "",
            Object::Queue => ", for what was recorded",
            Object::Lists => ", for transactions",
            Object::Accounts => ", for accounts",
        };
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
        let loaded = |mix: &str| format!("- workload: {{ name: h, for: 1s, mix: {{ {mix} }} }}");
        let histories = [
            (Object::Register, loaded("read: 1")),
            (Object::Lists, loaded("read: 1, transaction: 1")),
            (Object::Accounts, loaded("transfer: 1, balances: 1")),
            (Object::Queue, "- tcp: p\n  send: x\n  record: { history: h, put: x }".to_owned()),
        ];
        for checker in history::CHECKERS {
            for (of, history) in &histories {
                let check = format!("- check: {{ history: h, with: {} }}", checker.name());
                let read = steps(&format!("{history}\n{check}"));
                if *of == checker.object() {
                    let tests = read.unwrap();
                    let Action::Check(read) = &tests.tests[0].steps[1].action else { panic!() };
                    assert_eq!(read.with.name(), checker.name());
                } else {
                    let errors = read.unwrap_err();
                    assert_eq!(errors[0].message, format!("`h` cannot be judged by `{}`", checker.name()));
                    assert!(errors[0].help.as_ref().unwrap().contains("is judged by"), "{}", errors[0]);
                }
            }
        }
    }
}
