//! `lsfr test`.

use std::io::Write;

use serde_json::json;

use crate::challenge::Stage;
use crate::runner::event::Outcome;
use crate::text::did_you_mean;

use super::args::{Format, TestArgs};
use super::execute::{self, Engine, Job};
use super::{Exit, Problem, Result, watch};
use crate::session::Session;

pub(super) fn run(args: &TestArgs, format: Format) -> Result {
    let session = Session::open()?;
    let stages = || -> Result<Vec<Stage>> {
        if args.so_far {
            Ok(session.stages_up_to(args.stage.as_deref())?)
        } else {
            Ok(vec![session.stage(args.stage.as_deref())?])
        }
    };
    let loaded = stages()?;
    let only = args.only.as_ref().map(|wanted| chosen(wanted, &loaded)).transpose()?;
    let job = |seed, stages| Job {
        session: &session,
        stages,
        only: only.clone(),
        seed,
        format,
        junit: args.junit.as_deref(),
        throw_away: false,
    };
    let engine = Engine::start()?;
    let first = args.seed.unwrap_or_else(crate::session::run::random_seed);
    if args.watch {
        return watch::run(&session, &engine, format, |cancel| {
            // A new seed each time would hide whether a change mended anything.
            execute::run_until(&engine, job(first, stages()?), cancel)
        });
    }
    let Some(times) = args.repeat else {
        return Ok(exit(&execute::run(&engine, job(first, loaded))?));
    };
    let mut outcomes = Vec::new();
    for round in 0..times {
        if format == Format::Text {
            let _ = writeln!(anstream::stdout(), "— run {} of {times}", round + 1);
        }
        let seed = first.wrapping_add(round);
        let outcome = execute::run(&engine, job(seed, stages()?))?;
        if matches!(outcome, Outcome::Interrupted | Outcome::Fault { .. }) {
            return Ok(exit(&outcome));
        }
        outcomes.push((seed, outcome));
    }
    // The verdict stands, whether or not anyone reads the summary.
    let _ = summary(&outcomes, format);
    let worst = |wanted: &Outcome| outcomes.iter().any(|(_, outcome)| outcome == wanted);
    Ok(if worst(&Outcome::Failed) {
        Exit::Failed
    } else if worst(&Outcome::NotJudged) {
        Exit::Own
    } else {
        Exit::Passed
    })
}

/// How often it passed, and with which seeds it did not.
fn summary(outcomes: &[(u64, Outcome)], format: Format) -> Result<()> {
    let with = |wanted: &Outcome| -> Vec<u64> {
        outcomes.iter().filter(|(_, outcome)| outcome == wanted).map(|(seed, _)| *seed).collect()
    };
    let (passed, failed, unjudged) = (with(&Outcome::Passed), with(&Outcome::Failed), with(&Outcome::NotJudged));
    let mut out = anstream::stdout();
    if format == Format::Json {
        let line = json!({
            "event": "repeated", "runs": outcomes.len(), "passed": passed.len(), "failed_seeds": failed, "not_judged_seeds": unjudged,
        });
        return Ok(writeln!(out, "{line}")?);
    }
    let share = 100.0 * passed.len() as f64 / outcomes.len() as f64;
    writeln!(out, "\nPassed {} of {} runs ({share:.0}%).", passed.len(), outcomes.len())?;
    for (what, seeds) in [("Failed", &failed), ("Not judged", &unjudged)] {
        if !seeds.is_empty() {
            let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
            writeln!(out, "{what} with the seeds {}. `--seed` repeats one.", seeds.join(", "))?;
        }
    }
    Ok(())
}

/// The test that is meant: by its whole name, or by a part that only one has.
fn chosen(wanted: &str, stages: &[Stage]) -> Result<String> {
    let names = || stages.iter().flat_map(|stage| &stage.tests.tests).map(|test| test.name.as_str());
    if let Some(name) = names().find(|name| *name == wanted) {
        return Ok(name.to_owned());
    }
    let lower = wanted.to_lowercase();
    let parts: Vec<&str> = names().filter(|name| name.to_lowercase().contains(&lower)).collect();
    match &parts[..] {
        [one] => Ok((*one).to_owned()),
        [] => {
            let help = match did_you_mean(wanted, names()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("The tests are:\n  {}", names().collect::<Vec<_>>().join("\n  ")),
            };
            Err(Problem::usage(format!("no test is called \"{wanted}\". {help}")))
        }
        several => Err(Problem::usage(format!("\"{wanted}\" fits several tests:\n  {}", several.join("\n  ")))),
    }
}

pub(super) fn exit(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Passed => Exit::Passed,
        Outcome::Failed => Exit::Failed,
        Outcome::NotJudged | Outcome::Fault { .. } => Exit::Own,
        Outcome::Interrupted => Exit::Interrupted,
    }
}
