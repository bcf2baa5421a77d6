//! What the commands and the app work on: the project of a directory with its challenge. Runs are started here
//! ([`run`]) and progress is made here ([`progress`]), so that a key of the app does what the command does.

pub mod progress;
pub mod run;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::challenge::{self, Challenge, Origin, Stage};
use crate::project::{CONFIG_FILE, Project, ProjectError};
use crate::text::did_you_mean;
use crate::yaml::Diagnostic;

/// Why there is no session, or why it cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The caller's or the project's mistake.
    #[error("{0}")]
    Usage(String),
    /// There is no project in this directory or above it.
    #[error("{0}")]
    NoProject(String),
    /// lsfr's own, or the system's.
    #[error("{0}")]
    Own(String),
}

impl SessionError {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(message.to_string())
    }

    pub(crate) fn own(message: impl fmt::Display) -> Self {
        Self::Own(message.to_string())
    }
}

impl From<Vec<Diagnostic>> for SessionError {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        Self::usage(shown.join("\n\n"))
    }
}

type Result<T> = std::result::Result<T, SessionError>;

/// A learner's directory with its challenge.
#[derive(Debug, Clone)]
pub struct Session {
    pub project: Project,
    pub challenge: Arc<Challenge>,
}

impl Session {
    /// The project of the current directory, or of the closest one above it.
    pub fn open() -> Result<Self> {
        Self::open_in(&std::env::current_dir().map_err(SessionError::own)?)
    }

    /// The project of a directory, or of the closest one above it.
    pub fn open_in(dir: &Path) -> Result<Self> {
        let project = Project::find(dir).map_err(|error| match error {
            ProjectError::NotFound(_) => SessionError::NoProject(error.to_string()),
            _ => SessionError::usage(error),
        })?;
        let origin = match project.pack_dir() {
            Some(folder) => Origin::Folder(folder),
            None => Origin::BuiltIn(project.config.challenge.clone()),
        };
        let unknown = match &origin {
            Origin::Folder(folder) => !folder.is_dir(),
            // What comes with lsfr is sound, so all that can be wrong is its name.
            Origin::BuiltIn(_) => true,
        };
        // Whoever runs `lsfr test` named no challenge: the file that does is the one to correct.
        let challenge = load(&origin).map_err(|problem| if unknown { in_config(&problem) } else { problem })?;
        let challenge = Arc::new(challenge);
        let session = Self { project, challenge };
        session.check_progress()?;
        Ok(session)
    }

    /// lsfr.yaml may name stages that the challenge does not have: from a newer lsfr, or mistyped.
    fn check_progress(&self) -> Result<()> {
        let config = &self.project.config;
        for key in config.completed.iter().chain(&config.current) {
            self.place(key).map_err(|problem| in_config(&problem))?;
        }
        Ok(())
    }

    /// The stage that the learner is at.
    pub fn current(&self) -> Result<String> {
        if let Some(current) = &self.project.config.current {
            return Ok(current.clone());
        }
        let open = self.challenge.stages().find(|stage| !self.is_completed(&stage.key));
        let stage = open.or_else(|| self.challenge.stages().last());
        stage.map(|stage| stage.key.clone()).ok_or_else(|| SessionError::usage("this challenge has no stages"))
    }

    pub fn is_completed(&self, key: &str) -> bool {
        self.project.config.completed.iter().any(|completed| completed == key)
    }

    /// A stage's position, from 0.
    pub fn place(&self, key: &str) -> Result<usize> {
        let at = self.challenge.stages().position(|stage| stage.key == key);
        at.ok_or_else(|| {
            let keys = || self.challenge.stages().map(|stage| stage.key.as_str());
            let help = match did_you_mean(key, keys()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Its stages are {}.", keys().collect::<Vec<_>>().join(", ")),
            };
            SessionError::usage(format!("{} has no stage `{key}`. {help}", self.challenge.key))
        })
    }

    /// The stage named, or the current one, with its tests.
    pub fn stage(&self, named: Option<&str>) -> Result<Stage> {
        let key = match named {
            Some(key) => key.to_owned(),
            None => self.current()?,
        };
        self.place(&key)?;
        Ok(self.challenge.stage(&key)?)
    }

    /// Every stage up to the one named, or up to the current one.
    pub fn stages_up_to(&self, named: Option<&str>) -> Result<Vec<Stage>> {
        let key = match named {
            Some(key) => key.to_owned(),
            None => self.current()?,
        };
        let last = self.place(&key)?;
        let stages = self.challenge.stages().take(last + 1);
        stages.map(|stage| Ok(self.challenge.stage(&stage.key)?)).collect()
    }
}

/// A challenge by the name that was typed: one that comes with lsfr, or the folder of a pack where it has a `/`.
pub fn named(name: &str) -> Result<(Challenge, Option<PathBuf>)> {
    if name.contains('/') || name == "." || name == ".." {
        let folder = Path::new(name);
        if !folder.is_dir() {
            return Err(SessionError::usage(format!(
                "there is no folder {name}; a name with a `/` is a pack's folder"
            )));
        }
        let folder = folder.canonicalize().map_err(SessionError::own)?;
        return Ok((load(&Origin::Folder(folder.clone()))?, Some(folder)));
    }
    Ok((load(&Origin::BuiltIn(name.to_owned()))?, None))
}

/// A mistake that lsfr.yaml makes.
fn in_config(problem: &SessionError) -> SessionError {
    SessionError::usage(format!("{CONFIG_FILE}: {}", problem))
}

fn load(origin: &Origin) -> Result<Challenge> {
    Ok(challenge::load(origin)?)
}
