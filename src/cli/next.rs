//! `lsfr next`: moves on, once the stages that it leaves behind pass.

use std::io::Write;

use serde_json::json;

use crate::facts::Outcome;
use crate::session::progress::{self, Moved};
use crate::session::{Session, run};

use super::args::Format;
use super::execute::{self, Engine, Job, Told};
use super::{Exit, Result, explore, test};

pub(super) fn run(named: Option<&str>, format: Format) -> Result {
    let mut session = Session::open()?;
    let moved = match named {
        None => {
            let current = session.current()?;
            if let Some(why) = progress::untested(&session, &current) {
                if format == Format::Text {
                    writeln!(anstream::stdout(), "{current} is tested first: {why}.")?;
                }
                let stages = vec![session.stage(None)?];
                let outcome = tested(&session, stages, format)?;
                if outcome != Outcome::Passed {
                    return Ok(test::exit(&outcome));
                }
            }
            progress::advance(&mut session)?
        }
        Some(stage) => {
            let stages = session.stages_up_to(Some(stage))?;
            let outcome = tested(&session, stages, format)?;
            if outcome != Outcome::Passed {
                return Ok(test::exit(&outcome));
            }
            progress::jump(&mut session, stage)?
        }
    };
    tell(&session, &moved, format)
}

fn tested(session: &Session, stages: Vec<crate::challenge::Stage>, format: Format) -> Result<Outcome> {
    let seed = run::random_seed();
    let job = Job {
        session,
        stages,
        only: None,
        seed,
        format,
        junit: None,
        throw_away: false,
        moves_on: true,
        keep: false,
        faults: None,
        told: Told::Alone,
    };
    execute::run(&Engine::start()?, job)
}

fn tell(session: &Session, moved: &Moved, format: Format) -> Result {
    let Moved { from, to, completed, finished } = moved;
    let mut out = anstream::stdout();
    if format == Format::Json {
        let line = json!({ "event": "moved", "from": from, "to": to, "completed": completed, "finished": finished });
        writeln!(out, "{line}")?;
    } else if *finished {
        writeln!(
            out,
            "{} is complete: every stage passes. `lsfr test --so-far` proves it again any time.",
            session.challenge.name
        )?;
        if let Some(stage) = explore::last_with_walks(session, to) {
            writeln!(
                out,
                "To be surer still: `lsfr test {stage} --explore 10m` takes random walks until one goes wrong."
            )?;
        }
    } else {
        let entry = session.challenge.stages().find(|entry| entry.key == *to);
        let title = entry.map_or("", |entry| entry.title.as_str());
        if from != to {
            writeln!(out, "{from} is done.")?;
        }
        writeln!(out, "Now: {to}, {title}. `lsfr guide` has the instructions.")?;
    }
    Ok(Exit::Passed)
}
