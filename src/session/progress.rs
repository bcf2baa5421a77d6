//! How a learner gets from one stage to the next, and whether a stage still passes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use super::{Session, SessionError};
use crate::facts::StageVerdict;
use crate::report::records;
use crate::text::clean;
use crate::watch::{Sources, Unseen};

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

/// Why a stage has to be tested before it is left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untested {
    /// No run of it is recorded.
    Never,
    /// The last run of it did not pass as a whole.
    NotPassed,
    /// Another lsfr ran it.
    OtherVersion(String),
    PackChanged,
    /// `build` in lsfr.yaml is a different one.
    BuildChanged,
    /// A file, relative to the project.
    Changed(PathBuf),
    /// A file is gone, or others have taken the place of what was there.
    Otherwise,
    /// What the run tested was not noted with it, or cannot be read.
    NotNoted,
    Unseen(Unseen),
}

impl fmt::Display for Untested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Untested::Never => f.write_str("no run of this stage is recorded"),
            Untested::NotPassed => f.write_str("the last run of this stage did not pass"),
            Untested::OtherVersion(version) => write!(f, "lsfr {version} ran it last, and this is {VERSION}"),
            Untested::PackChanged => f.write_str("the pack changed since the last run"),
            Untested::BuildChanged => f.write_str("`build` in lsfr.yaml changed since the last run"),
            Untested::Changed(path) => write!(f, "{} changed since the last run", clean(&path.to_string_lossy())),
            Untested::NotNoted => f.write_str("it was not noted which files the last run tested"),
            Untested::Otherwise => f.write_str("files were removed or replaced since the last run"),
            Untested::Unseen(Unseen { path, why }) => {
                let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
                write!(f, "whether anything changed cannot be seen in {}: {why}", clean(&path.to_string_lossy()))
            }
        }
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// In the folder of a run: what was there when it began.
const SOURCES: &str = "sources.json";

/// What a run tested, as fingerprints.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tested {
    project: String,
    /// None: the challenge came with lsfr.
    pack: Option<String>,
    /// The command.
    build: Option<String>,
}

/// Notes in the folder of a run what it tests. Where that fails, the stage is tested once more.
pub(super) fn note_sources(session: &Session, folder: &Path) {
    if let Ok(json) = Tested::now(session).map(|(tested, _)| tested).map(|tested| serde_json::to_vec(&tested)) {
        let _ = json.map_err(std::io::Error::other).and_then(|json| std::fs::write(folder.join(SOURCES), json));
    }
}

impl Tested {
    /// What a run would test now, and the files of the project.
    fn now(session: &Session) -> Result<(Tested, Sources), Unseen> {
        let project = Sources::read(&session.project.dir)?;
        let pack = session.project.pack_dir().map(|pack| Sources::read(&pack)).transpose()?;
        let tested = Tested {
            project: project.fingerprint(),
            pack: pack.map(|pack| pack.fingerprint()),
            build: session.project.config.build.clone(),
        };
        Ok((tested, project))
    }
}

/// What a run would test now, to be compared with what earlier runs tested.
#[derive(Debug)]
pub struct AsItIs(Option<(Tested, Sources)>);

impl AsItIs {
    /// Reads all files of the project.
    pub fn read(session: &Session) -> Self {
        Self(Tested::now(session).ok())
    }

    /// Whether the run in this folder tested the same. What cannot be told is not the same.
    pub fn was_tested_in(&self, folder: &Path) -> bool {
        let noted = std::fs::read(folder.join(SOURCES)).ok();
        let noted = noted.and_then(|noted| serde_json::from_slice::<Tested>(&noted).ok());
        noted.as_ref().zip(self.0.as_ref()).is_some_and(|(noted, (now, _))| noted == now)
    }

    /// The files of the project, and when each changed last.
    pub fn changes(&self) -> Vec<(PathBuf, SystemTime)> {
        let sources = self.0.iter().flat_map(|(_, sources)| sources.changes());
        sources.map(|(file, at)| (file.to_owned(), at)).collect()
    }
}

/// Why the last run of this stage does not show that the stage passes now. None: it does.
pub fn untested(session: &Session, stage: &str) -> Option<Untested> {
    let dir = &session.project.dir;
    let runs = records::list(dir).into_iter().filter_map(|folder| records::load(&folder).ok());
    let last = runs.into_iter().find(|run| run.record.results.iter().any(|result| result.stage == stage));
    let Some(run) = last else { return Some(Untested::Never) };
    let passed =
        run.record.results.iter().any(|result| result.stage == stage && result.verdict == Some(StageVerdict::Passed));
    if !passed {
        return Some(Untested::NotPassed);
    }
    if run.record.version != VERSION {
        return Some(Untested::OtherVersion(run.record.version));
    }
    let (now, project) = match Tested::now(session) {
        Ok(now) => now,
        Err(unseen) => return Some(Untested::Unseen(unseen)),
    };
    let noted = std::fs::read(run.folder.join(SOURCES)).ok();
    let otherwise = match noted.and_then(|noted| serde_json::from_slice::<Tested>(&noted).ok()) {
        Some(noted) if noted == now => return None,
        Some(noted) if noted.pack != now.pack => return Some(Untested::PackChanged),
        Some(noted) if noted.build != now.build => return Some(Untested::BuildChanged),
        Some(_) => Untested::Otherwise,
        None => Untested::NotNoted,
    };
    let began = DateTime::parse_from_rfc3339(&run.record.time).ok();
    let changed = began.and_then(|began| project.changed_since(SystemTime::from(began)).map(Path::to_owned));
    Some(changed.map_or(otherwise, Untested::Changed))
}
