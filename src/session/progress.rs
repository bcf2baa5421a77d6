//! How a learner gets from one stage to the next, and whether a stage still passes.

use std::time::SystemTime;

use chrono::DateTime;

use super::{Session, SessionError};
use crate::report::records;
use crate::runner::event::StageVerdict;
use crate::watch::changed_since;

/// What a step forward led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub from: String,
    pub to: String,
    pub completed: Vec<String>,
    /// Every stage is done now.
    pub finished: bool,
}

/// From the current stage, which passes, to the one after it.
pub fn advance(session: &mut Session) -> Result<Moved, SessionError> {
    let current = session.current()?;
    let at = session.place(&current)?;
    let next = session.challenge.stages().nth(at + 1).map(|stage| stage.key.clone());
    let to = next.unwrap_or_else(|| current.clone());
    record(session, &to, &[current])
}

/// Straight to a stage, when it and all before it pass.
pub fn jump(session: &mut Session, stage: &str) -> Result<Moved, SessionError> {
    let at = session.place(stage)?;
    let before: Vec<String> = session.challenge.stages().take(at).map(|stage| stage.key.clone()).collect();
    record(session, stage, &before)
}

fn record(session: &mut Session, to: &str, passed: &[String]) -> Result<Moved, SessionError> {
    let from = session.current()?;
    let mut completed = session.project.config.completed.clone();
    for key in passed {
        if !completed.contains(key) {
            completed.push(key.clone());
        }
    }
    let finished = session.challenge.stages().all(|stage| completed.contains(&stage.key));
    session.project.config.record_progress(to, &completed).map_err(SessionError::usage)?;
    Ok(Moved { from, to: to.to_owned(), completed, finished })
}

/// Whether the last run of this stage passed as a whole and no watched file changed since it began.
pub fn still_passes(session: &Session, stage: &str) -> bool {
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
