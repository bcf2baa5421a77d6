//! `lsfr test --repeat`: the same stages with one seed after another, and what the runs that failed have in common.

use std::io::Write;

use serde_json::json;

use crate::facts::Outcome;
use crate::report::repeated::{Ran, Repeated};
use crate::report::seen_before::SeenBefore;
use crate::report::story::Listener;
use crate::session::Session;
use crate::tty;

use super::args::Format;
use super::execute::{self, Engine, Job, Repeat};
use super::{Exit, Result, test};

/// Columns where there is no terminal, and the most where there is one.
const COLUMNS: u16 = 80;
const WIDEST: u16 = 100;

/// Runs it that many times. `job` makes the job for a seed.
pub(super) fn run<'s>(
    engine: &Engine,
    times: u64,
    format: Format,
    first: u64,
    session: &'s Session,
    job: impl Fn(u64, Repeat) -> Result<Job<'s>>,
) -> Result {
    let mut runs: Vec<Ran> = Vec::new();
    let mut cut_short = None;
    let seen_before = SeenBefore::default();
    for round in 0..times {
        if format == Format::Text {
            let _ = writeln!(anstream::stdout(), "— run {} of {times}", round + 1);
        }
        let seed = first.wrapping_add(round);
        let listener = Listener::new(session.challenge.roles.keys().cloned());
        let repeat = Repeat { story: listener.clone(), seen_before: seen_before.clone() };
        let outcome = execute::run(engine, job(seed, repeat)?)?;
        if matches!(outcome, Outcome::Interrupted | Outcome::BrokenPack { .. } | Outcome::Fault { .. }) {
            cut_short = Some(outcome);
            break;
        }
        runs.push(Ran { seed, outcome, story: listener.take() });
    }
    // What was learnt before somebody interrupted it is worth reporting.
    if cut_short.is_none() || runs.len() > 1 {
        // The verdict stands, whether or not anyone reads the summary.
        let _ = summary(&Repeated::new(&runs), format);
    }
    if let Some(outcome) = cut_short {
        return Ok(test::exit(&outcome));
    }
    let any = |wanted: &Outcome| runs.iter().any(|ran| ran.outcome == *wanted);
    Ok(if any(&Outcome::Failed) {
        Exit::Failed
    } else if any(&Outcome::NotJudged) {
        Exit::Own
    } else {
        Exit::Passed
    })
}

fn summary(repeated: &Repeated, format: Format) -> Result<()> {
    let mut out = anstream::stdout();
    if format == Format::Json {
        let mut line = json!({ "event": "repeated" });
        if let (Some(line), Ok(serde_json::Value::Object(rest))) =
            (line.as_object_mut(), serde_json::to_value(repeated))
        {
            line.extend(rest);
        }
        return Ok(writeln!(out, "{line}")?);
    }
    let columns = tty::columns().map_or(COLUMNS, |columns| columns.clamp(40, WIDEST));
    writeln!(out)?;
    for line in repeated.lines(usize::from(columns)) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
