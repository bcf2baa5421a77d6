//! `explore`: a walk at random over the operations of a model, which judges each answer.

use std::time::Duration;

use model::{Crashes, Key, Mix, Nodes, Vary, Worker};

use super::{Action, Field, HINT, Shape, Verb, field, required};
use crate::scenario::decode::{Decoder, Fields, KnownModel, Names, Undecoded, list};
use crate::scenario::model::names_versions;
use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

const KEYS: Key = 4;
/// So many answers are enough if the pack does not say how many, and half of the operations where these are few.
const ENOUGH: usize = 50;
const MAX_KEYS: i64 = 100;
const MAX_WORKERS: i64 = 8;
const MAX_OPERATIONS: i64 = 100_000;
const MAX_WEIGHT: i64 = 1000;

#[derive(Debug)]
pub struct Explore {
    /// Of challenge.yaml.
    pub model: String,
    pub operations: usize,
    pub keys: Key,
    pub workers: Worker,
    pub vary: Vary,
    pub mix: Mix,
    pub crashes: Crashes,
    pub nodes: Nodes,
    /// With fewer answers judged than this it says nothing about the program.
    pub at_least: usize,
    /// It ends after this time, once enough is judged.
    pub during: Option<Duration>,
    /// For one operation.
    pub timeout: Option<Duration>,
}

impl Explore {
    /// Whether versions are looked at.
    pub fn versions(&self) -> bool {
        names_versions(self.mix.iter().map(|(kind, _)| *kind))
    }
}

const EXPLORE: &[Field] = &[
    required("model", Shape::Name, "A model of challenge.yaml."),
    required("operations", Shape::Range(1, MAX_OPERATIONS), "How many operations, if all answers are right."),
    required(
        "mix",
        Shape::Values,
        "Which operations of the model, by weight, as in `{ get: 4, put: 3 }`. Versions are looked at where one of them names a version.",
    ),
    field("keys", Shape::Range(1, MAX_KEYS), "How many keys, or tubes of a queue; 4 if left out."),
    field(
        "workers",
        Shape::Range(1, MAX_WORKERS),
        "How many clients take turns, where operations are lines; each has a connection of its own. 1 if left out.",
    ),
    field(
        "vary",
        Shape::Words(&["priority", "delay"]),
        "Which numbers of a queue's jobs differ from one to the next; the others are 0, and so are all if it is left out. A time to run and a delay other than 0 are longer than any walk.",
    ),
    field(
        "crashes",
        Shape::Words(&["kill", "restart"]),
        "What happens to the node now and then: `kill` is kill -9 between two operations or within one, `restart` a stop in good order; then it is started again. Of a cluster a node is killed, most often the one that answered last, and started again some operations later; a majority stays up. Nothing if left out.",
    ),
    field(
        "at_least",
        Shape::Range(1, MAX_OPERATIONS),
        "With fewer answers judged than this the test is not judged; 50 if left out, or half of `operations` if that is less. An operation that a kill cut off counts for nothing. A walk goes on until so many are judged, whatever `operations` and `for` say, but not beyond four minutes: a right program that needs longer for so many, as with more than 4.8 s for each of 50, is not judged.",
    ),
    field("for", Shape::Duration, "It ends after this time, however few operations it has done, but for `at_least`."),
    field("timeout", Shape::Duration, "For one operation; `defaults.timeout` if left out."),
];

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "explore",
    group: "load",
    takes: Shape::Map(EXPLORE),
    beside: &[HINT],
    doc: "Does operations at random, one after the other, and compares each answer with what a model of challenge.yaml holds possible. When an answer is wrong, the fewest operations that still lead to a wrong answer are looked for on fresh nodes, several at a time, for up to 10 s, or 30 s while more than 8 are left, and the card shows these. On a cluster each operation is asked of any node, redirects are followed, and it is asked again until it is decided; the card shows the operations of the walk that have to do with the wrong answer.",
    example: "- explore:\n    model: store\n    operations: 200\n    mix: { get: 4, put: 3, delete: 1 }\n    crashes: [kill, restart]",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, _: &mut Names) -> Option<Action> {
    let fields = decoder.fields(step.value, EXPLORE, "`explore`")?;
    if decoder.repeated > 0 {
        let message = "a walk cannot be taken in steps that run many times at once, or until they pass";
        decoder.error(step.value.at, message, "take it alone");
    }
    let name = fields.get("model").and_then(|node| decoder.name(node));
    let known = name.as_ref().and_then(|name| known(decoder, fields.get("model")?, name));
    let mix = match (known, fields.get("mix")) {
        (Some(known), Some(node)) => mix(decoder, node, known),
        _ => None,
    };
    let number = |decoder: &mut Decoder<'_>, name: &str, most: i64| {
        let node = fields.get(name)?;
        match node.value {
            Value::Int(number) if (1..=most).contains(&number) => Some(number),
            _ => {
                let message = format!("`{name}` is a whole number from 1 to {most}");
                decoder.error(node.at, message, "write a number in this range");
                None
            }
        }
    };
    let operations = number(decoder, "operations", MAX_OPERATIONS);
    let keys = number(decoder, "keys", MAX_KEYS).map_or(KEYS, |keys| keys as Key);
    let workers = number(decoder, "workers", MAX_WORKERS).map_or(1, |workers| workers as Worker);
    let mut crashes = Crashes::default();
    if let Some(node) = fields.get("crashes") {
        let words = [("kill", &mut crashes.kill), ("restart", &mut crashes.restart)];
        chosen(decoder, node, "crash", words)?;
    }
    let nodes = Nodes { many: decoder.nodes as u8, may_be_down: decoder.minority as u8 };
    if let Some(known) = known.filter(|_| decoder.nodes > 1) {
        fits_a_cluster(decoder, &fields, known, crashes);
    }
    let mut vary = Vary::default();
    if let Some(node) = fields.get("vary") {
        let words = [("priority", &mut vary.priority), ("delay", &mut vary.delay)];
        chosen(decoder, node, "number of jobs", words)?;
    }
    let at_least = number(decoder, "at_least", MAX_OPERATIONS);
    if let (Some(enough), Some(all), Some(node)) = (at_least, operations, fields.get("at_least"))
        && enough > all
    {
        decoder.error(node.at, format!("there are only {all} operations"), "write a smaller number");
    }
    let during = decoder.duration_field(&fields, "for");
    let timeout = decoder.duration_field(&fields, "timeout");
    let operations = operations? as usize;
    let at_least = at_least.map_or(ENOUGH.min(operations.div_ceil(2)), |enough| enough as usize);
    let (model, mix) = (name?, mix?);
    Some(Action::Explore(Box::new(Explore {
        model,
        operations,
        keys,
        workers,
        vary,
        mix,
        crashes,
        nodes,
        at_least,
        during,
        timeout,
    })))
}

/// On a cluster an operation may have to be asked again, and the store as a whole is never ended.
fn fits_a_cluster(decoder: &mut Decoder<'_>, fields: &Fields<'_>, known: &KnownModel, crashes: Crashes) {
    for entry in fields.get("mix").map(Node::entries).unwrap_or_default() {
        let word = &entry.key;
        let decides = known.undecided.iter().any(|kind| kind.word == word);
        if !decides && known.operations.iter().any(|kind| kind.word == word) {
            let help =
                "say in challenge.yaml which answers decide nothing, as in `undecided: { status: { gte: 500 } }`";
            decoder.error(entry.key_at, format!("on a cluster `{word}` needs `undecided`"), help);
        }
    }
    if let Some(at) = fields.get("crashes").filter(|_| crashes.restart) {
        decoder.error(at.at, "nodes of a cluster are killed, and not restarted", "write `crashes: [kill]`");
    }
    if let Some(at) = fields.get("workers") {
        decoder.error(at.at, "on a cluster one client walks", "leave out `workers`");
    }
}

fn known<'a>(decoder: &mut Decoder<'a>, node: &Node, name: &str) -> Option<&'a KnownModel> {
    let around = decoder.around;
    let known = around.models.get(name);
    if known.is_none() {
        let names = || around.models.keys().map(String::as_str);
        let help = match did_you_mean(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if around.models.is_empty() => "challenge.yaml has no `models`".to_owned(),
            None => format!("the `models` of challenge.yaml are {}", list(names())),
        };
        decoder.error(node.at, format!("challenge.yaml has no model `{name}`"), help);
    }
    known
}

fn mix(decoder: &mut Decoder<'_>, node: &Node, known: &KnownModel) -> Option<Mix> {
    let Value::Map(entries) = &node.value else {
        return decoder.wrong(node, "a map", "write each operation and its weight, as in `{ get: 4, put: 3 }`");
    };
    let mut mix = Mix::new();
    for entry in entries {
        let words = || known.operations.iter().map(|kind| kind.word);
        let Some(kind) = known.operations.iter().find(|kind| kind.word == entry.key) else {
            let help = did_you_mean(&entry.key, words()).map_or_else(
                || format!("its operations are {}", list(words())),
                |near| format!("did you mean `{near}`?"),
            );
            decoder.error(entry.key_at, format!("the model has no operation `{}`", entry.key), help);
            continue;
        };
        match entry.value.value {
            Value::Int(weight @ 1..=MAX_WEIGHT) => mix.push((kind, weight as u32)),
            _ => decoder.error(
                entry.value.at,
                format!("a weight is a whole number from 1 to {MAX_WEIGHT}"),
                "write a number",
            ),
        }
    }
    if mix.is_empty() {
        decoder.error(
            node.at,
            "this asks for no operation",
            "give an operation a weight, as in `{ get: 4, put: 3 }`",
        );
        return None;
    }
    Some(mix)
}

/// Reads a list of two words into what each stands for.
fn chosen(decoder: &mut Decoder<'_>, node: &Node, what: &str, words: [(&str, &mut bool); 2]) -> Option<()> {
    let [(first, one), (second, other)] = words;
    let help = format!("write `[{first}]`, `[{second}]` or both");
    for item in decoder.items(node, "a list", &help)? {
        let place = match item.as_text() {
            Some(word) if word == first => &mut *one,
            Some(word) if word == second => &mut *other,
            _ => return decoder.wrong(item, &format!("a {what}"), &format!("write `{first}` or `{second}`")),
        };
        if std::mem::replace(place, true) {
            decoder.error(item.at, "this is there twice", "write it once");
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::decode::tests::{of_one, problems_of_one};

    #[test]
    fn a_walk_has_what_it_needs() {
        let text =
            "- explore: { model: store, operations: 50, mix: { get: 2, put: 1 }, crashes: [restart], for: 2s }";
        let tests = of_one(text).unwrap();
        let Action::Explore(explore) = &tests.tests[0].steps[0].action else { panic!() };
        assert_eq!((explore.operations, explore.keys, explore.mix.len()), (50, KEYS, 2));
        assert_eq!(explore.crashes, Crashes { kill: false, restart: true });
        assert!(!explore.versions());
        assert_eq!(explore.nodes, Nodes::ONE);
        assert_eq!(explore.at_least, 25, "half of them");
        assert_eq!((explore.workers, explore.vary), (1, Vary::default()));
        let text =
            "- explore: { model: store, operations: 50, at_least: 9, mix: { get: 2 }, workers: 3, vary: [delay] }";
        let tests = of_one(text).unwrap();
        let Action::Explore(explore) = &tests.tests[0].steps[0].action else { panic!() };
        assert_eq!(explore.at_least, 9);
        assert_eq!((explore.workers, explore.vary), (3, Vary { priority: false, delay: true }));
    }

    #[test]
    fn a_walk_says_what_is_wrong_with_it() {
        let of = |fields: &str| {
            let text = format!("- explore: {{ operations: 5, {fields} }}");
            let problems = problems_of_one(&text);
            problems.into_iter().map(|problem| problem.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("model: stor, mix: { get: 1 }"), ["challenge.yaml has no model `stor`"]);
        assert_eq!(of("model: store, mix: { gett: 1, put: 1 }"), ["the model has no operation `gett`"]);
        assert_eq!(of("model: store, mix: { get: 0, put: 1 }"), ["a weight is a whole number from 1 to 1000"]);
        assert_eq!(of("model: store, mix: {}"), ["this asks for no operation"]);
        assert_eq!(of("model: store, mix: { get: 1 }, keys: 0"), ["`keys` is a whole number from 1 to 100"]);
        assert_eq!(of("model: store, mix: { get: 1 }, crashes: [kill, kill]"), ["this is there twice"]);
        assert_eq!(of("model: store, mix: { get: 1 }, crashes: [crash]"), ["this is text, not a crash"]);
        assert_eq!(of("model: store, mix: { get: 1 }, vary: [ttr]"), ["this is text, not a number of jobs"]);
        assert_eq!(of("model: store, mix: { get: 1 }, workers: 9"), ["`workers` is a whole number from 1 to 8"]);
        assert_eq!(of("model: store, mix: { get: 1 }, at_least: 6"), ["there are only 5 operations"]);
        let of_many = |fields: &str| {
            let text = format!("- explore: {{ model: store, operations: 5, mix: {{ get: 1 }}{fields} }}");
            crate::scenario::decode::tests::problems(&text)
        };
        let of_five = ["1:3 a walk begins with an empty store", "1:50 on a cluster `get` needs `undecided`"];
        assert_eq!(of_many(""), of_five);
        let wrong = of_many(", workers: 2, crashes: [restart]");
        assert!(wrong[2].ends_with("on a cluster one client walks"), "{wrong:?}");
        assert!(wrong[3].ends_with("nodes of a cluster are killed, and not restarted"), "{wrong:?}");
    }
}
