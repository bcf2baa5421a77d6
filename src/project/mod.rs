//! A learner's directory: where it is, what its lsfr.yaml says, and how a new one is made.

mod config;
mod edit;
mod readme;
pub mod scaffold;
mod starters;

use std::path::{Path, PathBuf};

pub use config::{Config, ConfigError};
pub use starters::starter_languages;

/// The file that makes a directory a challenge directory.
pub const CONFIG_FILE: &str = "lsfr.yaml";

/// A challenge directory and its lsfr.yaml.
#[derive(Debug, Clone)]
pub struct Project {
    /// The directory of lsfr.yaml: absolute, and where the program is started.
    pub dir: PathBuf,
    pub config: Config,
}

#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error(
        "there is no {CONFIG_FILE} in {} or a directory above it: go to a challenge directory, or make one with \
         `lsfr new <challenge>` (`lsfr list` names them)",
        .0.display()
    )]
    NotFound(PathBuf),
    #[error("the directory {} cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Project {
    /// The project that `start` is in: the nearest directory, going up, that holds an lsfr.yaml.
    pub fn find(start: &Path) -> Result<Self, ProjectError> {
        let start = start.canonicalize().map_err(|error| ProjectError::Unreadable(start.to_owned(), error))?;
        for dir in start.ancestors() {
            let file = dir.join(CONFIG_FILE);
            // A dangling link is found too: going on upwards would pick a project that nobody meant.
            if file.symlink_metadata().is_ok() {
                return Ok(Self { dir: dir.to_owned(), config: Config::load(&file)? });
            }
        }
        Err(ProjectError::NotFound(start))
    }

    pub fn run_sh(&self) -> PathBuf {
        self.dir.join("run.sh")
    }

    /// Where lsfr keeps what it records; never watched, ignored by git.
    pub fn state_dir(&self) -> PathBuf {
        self.dir.join(".lsfr")
    }

    pub fn runs_dir(&self) -> PathBuf {
        self.state_dir().join("runs")
    }

    /// The folder of a pack that does not come with lsfr; a relative path is relative to the project.
    pub fn pack_dir(&self) -> Option<PathBuf> {
        self.config.pack.as_ref().map(|path| self.dir.join(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_found_from_below() {
        let temp = tempfile::tempdir().unwrap();
        let below = temp.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(temp.path().join(CONFIG_FILE), "challenge: kv-store\npath: ../pack\n").unwrap();
        let project = Project::find(&below).unwrap();
        assert_eq!(project.dir, temp.path().canonicalize().unwrap());
        assert_eq!(project.config.challenge, "kv-store");
        assert_eq!(project.pack_dir().unwrap(), project.dir.join("../pack"));
        assert_eq!(project.runs_dir(), project.dir.join(".lsfr/runs"));
    }

    #[test]
    fn no_project_and_a_dangling_one_are_told_apart() {
        let temp = tempfile::tempdir().unwrap();
        let error = Project::find(temp.path()).unwrap_err();
        assert!(error.to_string().contains("lsfr new <challenge>"), "{error}");
        std::os::unix::fs::symlink("nowhere", temp.path().join(CONFIG_FILE)).unwrap();
        let error = Project::find(temp.path()).unwrap_err();
        assert!(matches!(error, ProjectError::Config(ConfigError::Read { .. })), "{error}");
    }
}
