//! `cases`: programs of the stage's own folder, found and read before anything runs.

use std::time::Duration;

use super::programs::{MOST_MEMORY, memory};
use super::{Action, HINT, Shape, Verb, field};
use crate::scenario::case::{self, Case};
use crate::scenario::decode::{Decoder, Names, Undecoded, list};
use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

/// Programs to be compiled by run.sh and run, or refused.
#[derive(Debug)]
pub struct Cases {
    /// The patterns that name them.
    pub shown: Vec<String>,
    /// Where each is, below the stage's folder.
    pub paths: Vec<String>,
    pub cases: Vec<Case>,
    /// For each compilation and each program.
    pub timeout: Option<Duration>,
    /// Bytes of resident memory.
    pub memory: Option<u64>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "cases",
    group: "talk",
    takes: Shape::Files,
    beside: &[
        field("timeout", Shape::Duration, "For each compilation, and for each program; 10s if left out."),
        field("memory", Shape::Range(1, MOST_MEMORY), "For each of them, in megabytes; 2000 if left out."),
        HINT,
    ],
    doc: "Has each of these programs compiled with `./run.sh SOURCE… -o PROGRAM`, and runs what was made. [Its comment](#cases) says what must come of it.",
    example: "- cases: cases/add-*.c",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, _: &mut Names) -> Option<Action> {
    let patterns: Vec<&Node> = match &step.value.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![step.value],
    };
    let mut cases = Cases {
        shown: Vec::new(),
        paths: Vec::new(),
        cases: Vec::new(),
        timeout: decoder.duration_field(&step.fields, "timeout"),
        memory: memory(decoder, &step.fields),
    };
    let all = case::paths(decoder.cases);
    for node in patterns {
        let Some(pattern) = decoder.plain_text(node) else { continue };
        let found: Vec<&String> = all.iter().filter(|path| case::fits(&pattern, path)).collect();
        if found.is_empty() {
            let help = match did_you_mean(&pattern, all.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if all.is_empty() => "put programs into the folder `cases` beside tests.yaml".to_owned(),
                None => format!("there are {}", list(all.iter().map(String::as_str))),
            };
            decoder.error(node.at, format!("no program is called `{pattern}`"), help);
        }
        for path in found {
            if cases.paths.contains(path) {
                decoder.error(node.at, format!("`{path}` is named twice"), "name each program once");
                continue;
            }
            if !decoder.may_read(node, &Names::new()) {
                return None;
            }
            cases.paths.push(path.clone());
            match case::read(path, decoder.cases) {
                Ok(case) => cases.cases.push(case),
                Err(errors) => decoder.errors.extend(errors),
            }
        }
        cases.shown.push(pattern);
    }
    Some(Action::Cases(Box::new(cases)))
}
