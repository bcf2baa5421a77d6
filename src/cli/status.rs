//! `lsfr status`: how far, and what to do now.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::facts::{FaultCause, Outcome};
use crate::report::card::{Card, Subject};
use crate::report::records::{self, Recorded};
use crate::text::{clean, pad};

use super::args::Format;
use super::{Exit, Result};
use crate::session::Session;

pub(super) fn run(format: Format) -> Result {
    let session = Session::open()?;
    let current = session.current()?;
    let last = records::latest(&session.project.dir);
    let mut out = anstream::stdout().lock();
    if format == Format::Json {
        let stages: Vec<_> = session
            .challenge
            .stages()
            .map(|stage| json!({ "stage": stage.key, "title": stage.title, "completed": session.is_completed(&stage.key) }))
            .collect();
        let last = last.map(
            |run| json!({ "outcome": run.record.outcome, "time": run.record.time, "stages": run.record.stages }),
        );
        let line = json!({
            "event": "status", "challenge": session.challenge.key, "current": current, "stages": stages, "last_run": last,
        });
        writeln!(out, "{line}")?;
        return Ok(Exit::Passed);
    }
    let (strong, dim, good, now) = (
        Style::new().bold(),
        Style::new().dimmed(),
        AnsiColor::Green.on_default(),
        AnsiColor::Cyan.on_default().bold(),
    );
    let total = session.challenge.stages().count();
    let done = session.challenge.stages().filter(|stage| session.is_completed(&stage.key)).count();
    writeln!(out, "{strong}{}{strong:#}  {dim}{done} of {total} stages{dim:#}", session.challenge.name)?;
    let width = session.challenge.stages().map(|stage| stage.key.len()).max().unwrap_or(0);
    for part in &session.challenge.parts {
        writeln!(out, "\n  {dim}{}{dim:#}", part.name.to_uppercase())?;
        for stage in &part.stages {
            let key = pad(&stage.key, width);
            let (mark, style) = match () {
                // The last stage stays the current one after it has been passed.
                () if stage.key == current && !session.is_completed(&stage.key) => ("▸", now),
                () if session.is_completed(&stage.key) => ("✓", good),
                () => ("·", dim),
            };
            writeln!(out, "  {style}{mark} {key}{style:#}  {}  {dim}{} min{dim:#}", stage.title, stage.minutes)?;
        }
    }
    writeln!(out)?;
    if let Some(run) = &last {
        writeln!(out, "Last run: {}", described(run))?;
    }
    let all = done == total;
    let passed = last
        .as_ref()
        .is_some_and(|run| run.record.outcome == Outcome::Passed && run.record.stages.contains(&current));
    let advice: &[(&str, &str)] = match (all, &last) {
        (true, _) => &[("lsfr test --so-far", "every stage is done; this proves all of them again")],
        (_, None) => &[("lsfr guide", "what to build"), ("lsfr test", "tests it")],
        (_, Some(_)) if passed => &[("lsfr next", "moves on to the next stage")],
        (_, Some(_)) => &[
            ("lsfr test", "tests again"),
            ("lsfr hint", "gives the next hint"),
            ("lsfr guide", "has the instructions"),
        ],
    };
    for (command, does) in advice {
        writeln!(out, "  {strong}{}{strong:#}  {dim}{does}{dim:#}", pad(command, 18))?;
    }
    Ok(Exit::Passed)
}

fn described(run: &Recorded) -> String {
    let record = &run.record;
    let what = match (&record.outcome, run.live) {
        (_, true) => "still running".to_owned(),
        (Outcome::Passed, _) => "passed".to_owned(),
        (Outcome::Failed, _) => match record.cards.iter().find(|card| card.not_judged.is_none()) {
            Some(Card { subject: Subject::Test, test, .. }) => format!("failed, first at \"{}\"", clean(test)),
            Some(Card { subject: Subject::Build, .. }) => "not tried: the build failed".to_owned(),
            Some(Card { subject: Subject::Start, .. }) => "not tried: the program does not start".to_owned(),
            Some(card) => format!("not tried: {}", card.title()),
            None => "failed".to_owned(),
        },
        (Outcome::NotJudged, _) => "not judged: the machine was too busy".to_owned(),
        (Outcome::Interrupted, _) => "interrupted".to_owned(),
        (Outcome::BrokenPack { .. }, _) => "the pack has a mistake".to_owned(),
        (Outcome::Fault { cause: FaultCause::Disk, .. }, _) => "not judged: the disk was full".to_owned(),
        (Outcome::Fault { cause: FaultCause::Folder, .. }, _) => "not judged: its folder was removed".to_owned(),
        (Outcome::Fault { .. }, _) => "lsfr itself failed".to_owned(),
    };
    format!("{} {what}  (seed {})", record.stages.join(", "), record.seed)
}
