//! `lsfr next`: moves on, once what it leaves behind passes.

use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use chrono::DateTime;
use serde_json::json;

use crate::report::records;
use crate::runner::event::{Outcome, StageVerdict};

use super::args::Format;
use super::execute::{self, Engine, Job};
use super::session::Session;
use super::{Exit, Problem, Result, test};

/// Folders whose changes are the program's or the tools' own, not the learner's.
const PASSED_OVER: [&str; 12] = [
    ".lsfr",
    ".git",
    ".hg",
    ".svn",
    ".idea",
    ".vscode",
    "target",
    "node_modules",
    "__pycache__",
    ".venv",
    ".build",
    "build",
];

pub(super) fn run(named: Option<&str>, format: Format) -> Result {
    let session = Session::open()?;
    match named {
        Some(stage) => up_to(session, stage, format),
        None => one(session, format),
    }
}

/// From the current stage to the one after it.
fn one(session: Session, format: Format) -> Result {
    let current = session.current()?;
    if !still_passes(&session, &current) {
        let stages = vec![session.stage(None)?];
        let outcome = tested(&session, stages, format)?;
        if outcome != Outcome::Passed {
            return Ok(test::exit(&outcome));
        }
    }
    let at = session.place(&current)?;
    let mut completed = session.project.config.completed.clone();
    if !session.is_completed(&current) {
        completed.push(current.clone());
    }
    let next = session.challenge.stages().nth(at + 1).map(|stage| stage.key.clone());
    moved(session, &next.unwrap_or(current), completed, format)
}

/// Straight to a stage, if all before it and it pass.
fn up_to(session: Session, stage: &str, format: Format) -> Result {
    let stages = session.stages_up_to(Some(stage))?;
    let before: Vec<String> = stages.iter().map(|stage| stage.key.clone()).filter(|key| key != stage).collect();
    let outcome = tested(&session, stages, format)?;
    if outcome != Outcome::Passed {
        return Ok(test::exit(&outcome));
    }
    let mut completed = session.project.config.completed.clone();
    for key in before {
        if !completed.contains(&key) {
            completed.push(key);
        }
    }
    moved(session, stage, completed, format)
}

fn tested(session: &Session, stages: Vec<crate::challenge::Stage>, format: Format) -> Result<Outcome> {
    let job =
        Job { session, stages, only: None, seed: execute::random_seed(), format, junit: None, throw_away: false };
    execute::run(&Engine::start()?, job)
}

fn moved(mut session: Session, stage: &str, completed: Vec<String>, format: Format) -> Result {
    let was = session.current()?;
    let done = session.challenge.stages().all(|stage| completed.contains(&stage.key));
    session.project.config.record_progress(stage, &completed).map_err(Problem::usage)?;
    let mut out = anstream::stdout();
    if format == Format::Json {
        let line = json!({ "event": "moved", "from": was, "to": stage, "completed": completed, "finished": done });
        writeln!(out, "{line}")?;
    } else if done {
        writeln!(
            out,
            "{} is complete: every stage passes. `lsfr test --so-far` proves it again any time.",
            session.challenge.name
        )?;
    } else {
        let title =
            session.challenge.stages().find(|entry| entry.key == stage).map_or("", |entry| entry.title.as_str());
        if was != stage {
            writeln!(out, "{was} is done.")?;
        }
        writeln!(out, "Now: {stage}, {title}. `lsfr guide` has the instructions.")?;
    }
    Ok(Exit::Passed)
}

/// Whether the last run of this stage passed as a whole and nothing of the project changed since it began.
fn still_passes(session: &Session, stage: &str) -> bool {
    let dir = &session.project.dir;
    let runs = records::list(dir).into_iter().filter_map(|folder| records::load(&folder).ok());
    let last = runs.into_iter().find(|run| run.record.results.iter().any(|result| result.stage == stage));
    let Some(run) = last else { return false };
    let passed =
        run.record.results.iter().any(|result| result.stage == stage && result.verdict == Some(StageVerdict::Passed));
    let Ok(began) = DateTime::parse_from_rfc3339(&run.record.time) else { return false };
    let same = run.record.version == env!("CARGO_PKG_VERSION");
    passed && same && !changed_since(dir, SystemTime::from(began))
}

/// Whether any file of the project changed after `time`. What cannot be read counts as changed: testing once more
/// costs seconds, a stage passed by an old program costs more.
fn changed_since(dir: &Path, time: SystemTime) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return true };
    entries.into_iter().any(|entry| {
        let Ok(entry) = entry else { return true };
        let name = entry.file_name();
        if PASSED_OVER.iter().any(|passed_over| name == *passed_over) || name == crate::project::CONFIG_FILE {
            return false;
        }
        let Ok(metadata) = entry.metadata() else { return true };
        if metadata.is_dir() {
            return changed_since(&entry.path(), time);
        }
        !metadata.modified().is_ok_and(|modified| modified <= time)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_change_anywhere_is_seen_and_records_are_not_a_change() {
        let temp = tempfile::tempdir().unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        let touch = |name: &str| {
            let path = temp.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::File::create(&path).unwrap().set_modified(later + Duration::from_secs(1)).unwrap();
        };
        touch(".lsfr/runs/x/events.jsonl");
        touch("target/debug/server");
        touch("lsfr.yaml");
        assert!(!changed_since(temp.path(), later));
        touch("src/deep/main.py");
        assert!(changed_since(temp.path(), later));
        assert!(!changed_since(temp.path(), later + Duration::from_secs(2)));
        assert!(changed_since(&temp.path().join("missing"), later));
    }
}
