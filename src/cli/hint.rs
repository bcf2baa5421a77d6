//! `lsfr hint`: the next hint for the last failure.

use std::io::Write;

use serde_json::json;

use crate::report::hints::Hints;
use crate::report::records;
use crate::text::{clean, wrap};

use super::args::Format;
use super::{Exit, Problem, Result};
use crate::session::Session;

pub(super) fn run(format: Format) -> Result {
    let session = Session::open()?;
    let dir = &session.project.dir;
    let Some(run) = records::latest(dir) else {
        return Err(Problem::usage(
            "nothing has been tested yet, so there is nothing to hint at: `lsfr test` comes first",
        ));
    };
    let Some(card) = run.record.cards.iter().find(|card| card.not_judged.is_none()) else {
        return Err(Problem::usage("no test failed in the last run, so there is nothing to hint at"));
    };
    let mut out = anstream::stdout();
    if card.hints.is_empty() {
        match format {
            Format::Text => writeln!(out, "There is no hint for this failure. `lsfr replay` shows it again.")?,
            Format::Json => {
                let line = json!({ "event": "hint", "stage": card.stage, "test": card.title(), "number": 0, "of": 0, "hint": null });
                writeln!(out, "{line}")?;
            }
        }
        return Ok(Exit::Passed);
    }
    let mut hints = Hints::load(dir);
    let (number, hint) = match hints.next(card) {
        Some(next) => next,
        None => (card.hints.len(), card.hints.last().map_or("", String::as_str)),
    };
    let of = card.hints.len();
    if format == Format::Json {
        let line = json!({ "event": "hint", "stage": card.stage, "test": card.title(), "number": number, "of": of, "hint": hint });
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "{} › {}", clean(&card.stage), clean(card.title()))?;
        writeln!(out, "Hint {number} of {of}")?;
        for line in wrap(&clean(hint), 80, 0) {
            writeln!(out, "  {line}")?;
        }
        if number == of {
            writeln!(out, "That is the last one. `lsfr guide {}` has the contract.", card.stage)?;
        }
    }
    match hints.save() {
        Some(problem) => Err(Problem::own(problem)),
        None => Ok(Exit::Passed),
    }
}
