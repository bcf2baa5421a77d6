//! What most commands begin with: the project of this directory, its challenge, and a stage of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::challenge::{self, Challenge, Origin, Stage};
use crate::project::{CONFIG_FILE, Project};
use crate::text::did_you_mean;

use super::{Problem, Result};

/// A learner's directory with its challenge.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) project: Project,
    pub(super) challenge: Arc<Challenge>,
}

impl Session {
    /// The project of the current directory, or of the closest one above it.
    pub(super) fn open() -> Result<Self> {
        let here = std::env::current_dir().map_err(Problem::own)?;
        let project = Project::find(&here).map_err(Problem::usage)?;
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
    pub(super) fn current(&self) -> Result<String> {
        if let Some(current) = &self.project.config.current {
            return Ok(current.clone());
        }
        let open = self.challenge.stages().find(|stage| !self.is_completed(&stage.key));
        let stage = open.or_else(|| self.challenge.stages().last());
        stage.map(|stage| stage.key.clone()).ok_or_else(|| Problem::usage("this challenge has no stages"))
    }

    pub(super) fn is_completed(&self, key: &str) -> bool {
        self.project.config.completed.iter().any(|completed| completed == key)
    }

    /// A stage's place, from 0.
    pub(super) fn place(&self, key: &str) -> Result<usize> {
        let at = self.challenge.stages().position(|stage| stage.key == key);
        at.ok_or_else(|| {
            let keys = || self.challenge.stages().map(|stage| stage.key.as_str());
            let help = match did_you_mean(key, keys()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Its stages are {}.", keys().collect::<Vec<_>>().join(", ")),
            };
            Problem::usage(format!("{} has no stage `{key}`. {help}", self.challenge.key))
        })
    }

    /// The stage named, or the current one, with its tests.
    pub(super) fn stage(&self, named: Option<&str>) -> Result<Stage> {
        let key = match named {
            Some(key) => key.to_owned(),
            None => self.current()?,
        };
        self.place(&key)?;
        Ok(self.challenge.stage(&key)?)
    }

    /// Every stage up to the one named, or up to the current one.
    pub(super) fn stages_up_to(&self, named: Option<&str>) -> Result<Vec<Stage>> {
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
pub(super) fn named(name: &str) -> Result<(Challenge, Option<PathBuf>)> {
    if name.contains('/') || name == "." || name == ".." {
        let folder = Path::new(name);
        if !folder.is_dir() {
            return Err(Problem::usage(format!("there is no folder {name}; a name with a `/` is a pack's folder")));
        }
        let folder = folder.canonicalize().map_err(Problem::own)?;
        return Ok((load(&Origin::Folder(folder.clone()))?, Some(folder)));
    }
    Ok((load(&Origin::BuiltIn(name.to_owned()))?, None))
}

/// A mistake that lsfr.yaml makes.
fn in_config(problem: &Problem) -> Problem {
    Problem::usage(format!("{CONFIG_FILE}: {}", problem.message))
}

fn load(origin: &Origin) -> Result<Challenge> {
    Ok(challenge::load(origin)?)
}
