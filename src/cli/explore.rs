//! `lsfr test --explore`: random walks with one seed after another, until one goes wrong or the time is over.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::challenge::Stage;
use crate::facts::Outcome;
use crate::report::walks::{Tally, Walks};
use crate::session::Session;

use super::args::{Format, TestArgs};
use super::execute::{self, Engine, Job, Told};
use super::{Exit, Problem, Result, replay, test};

pub(super) fn run(args: &TestArgs, during: Duration, format: Format) -> Result {
    let session = Session::open()?;
    let stage = session.stage(args.stage.as_deref())?;
    let key = stage.key.clone();
    let names = walks_of(&stage);
    if names.is_empty() {
        return Err(Problem::usage(takes_none(&session, &key)));
    }
    let engine = Engine::start()?;
    let walks = Walks::default();
    let began = Instant::now();
    let mut seed = args.seed.unwrap_or_else(crate::session::run::random_seed);
    let outcome = loop {
        let name = &names[walks.tally().runs as usize % names.len()];
        let job = Job {
            session: &session,
            stages: vec![session.stage(Some(&key))?],
            only: Some(name.clone()),
            seed,
            format,
            junit: None,
            throw_away: false,
            moves_on: false,
            keep: false,
            faults: None,
            told: Told::Walk(walks.clone()),
        };
        let outcome = execute::run(&engine, job)?;
        match outcome {
            Outcome::Passed | Outcome::NotJudged if began.elapsed() < during => seed = seed.wrapping_add(1),
            outcome => break outcome,
        }
    };
    let tally = walks.tally();
    match format {
        Format::Json => json_end(&tally)?,
        Format::Text => text_end(&session, &tally, &outcome, format)?,
    }
    Ok(match outcome {
        // A walk that was not judged was followed by others.
        Outcome::NotJudged if tally.walks > 0 => Exit::Passed,
        outcome => test::exit(&outcome),
    })
}

fn walks_of(stage: &Stage) -> Vec<String> {
    stage.tests.tests.iter().filter(|test| test.is_walk()).map(|test| test.name.clone()).collect()
}

fn takes_none(session: &Session, key: &str) -> String {
    match last_with_walks(session, key) {
        Some(last) => format!(
            "no test of {key} is a random walk. The last stage before it that has one is {last}: \
             `lsfr test {last} --explore 10m`"
        ),
        None => format!("no test of {key}, nor of a stage before it, is a random walk"),
    }
}

/// The last stage up to this one that has a random walk among its tests.
pub(super) fn last_with_walks(session: &Session, key: &str) -> Option<String> {
    let stages = session.stages_up_to(Some(key)).ok()?;
    stages.iter().rev().find(|stage| !walks_of(stage).is_empty()).map(|stage| stage.key.clone())
}

fn text_end(session: &Session, tally: &Tally, outcome: &Outcome, format: Format) -> Result<()> {
    let mut out = anstream::stdout();
    match outcome {
        Outcome::Passed | Outcome::NotJudged => writeln!(out, "No wrong answer in {tally}.")?,
        Outcome::Interrupted => writeln!(out, "Interrupted; no wrong answer in {tally}.")?,
        Outcome::Failed | Outcome::BrokenPack { .. } | Outcome::Fault { .. } => {
            replay::show(session, &replay::find(&session.project.dir, None)?, format)?;
            writeln!(out, "Found after {tally}.")?;
        }
    }
    Ok(())
}

fn json_end(tally: &Tally) -> Result<()> {
    let Tally { walks, operations, crashes, .. } = tally;
    let line = json!({ "event": "explored", "walks": walks, "operations": operations, "crashes": crashes });
    Ok(writeln!(anstream::stdout(), "{line}")?)
}
