//! `lsfr test`.

use crate::challenge::Stage;
use crate::facts::Outcome;
use crate::text::did_you_mean;

use super::args::{Faults, Format, TestArgs};
use super::execute::{self, Engine, Job, Told};
use super::shrink::Shrinking;
use super::{Exit, Problem, Result, explore, repeat, watch};
use crate::session::Session;

pub(super) fn run(args: &TestArgs, format: Format) -> Result {
    if let Some(during) = args.explore {
        return explore::run(args, during, format);
    }
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
        moves_on: false,
        keep: args.keep,
        faults: args.faults.clone().map(|Faults(wanted)| wanted),
        told: Told::Alone,
    };
    let engine = Engine::start()?;
    let first = args.seed.unwrap_or_else(crate::session::run::random_seed);
    if let Some(during) = args.shrink {
        let stage = loaded.first().map(|stage| stage.key.clone()).unwrap_or_default();
        let (engine, session, seed) = (&engine, &session, first);
        let job = |(only, faults, told)| Ok(Job { only, faults, told, ..job(first, stages()?) });
        let faults = args.faults.clone().map(|Faults(wanted)| wanted);
        return Shrinking { engine, session, format, stage, seed, during, job }.run(only.clone(), faults);
    }
    if args.watch {
        return watch::run(&session, &engine, format, |cancel| {
            // A new seed each time would hide whether a change fixed anything.
            execute::run_until(&engine, job(first, stages()?), cancel)
        });
    }
    let Some(times) = args.repeat else {
        return Ok(exit(&execute::run(&engine, job(first, loaded))?));
    };
    repeat::run(&engine, times, format, first, &session, |seed, repeat| {
        Ok(Job { told: Told::OneOfSeveral(repeat), ..job(seed, stages()?) })
    })
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
        Outcome::BrokenPack { .. } => Exit::Usage,
        Outcome::NotJudged | Outcome::Fault { .. } => Exit::Own,
        Outcome::Interrupted => Exit::Interrupted,
    }
}
