//! lsfr.yaml: which challenge, which stage, what is done.
//!
//! The file is the learner's. Progress is written into its text by position (edit.rs), so that comments, order and
//! unknown keys stay, and the new text replaces the old in one rename: whoever reads it, or pulls the plug, sees one
//! or the other.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::edit;
use crate::text::BYTE_ORDER_MARK;
use crate::yaml::{self, Diagnostic, Node, Source, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The lsfr.yaml that was read.
    pub file: PathBuf,
    /// The challenge's key.
    pub challenge: String,
    /// `path`: the folder of a pack that does not come with lsfr, as written.
    pub pack: Option<PathBuf>,
    /// `build`: a shell command that runs once before the nodes start.
    pub build: Option<String>,
    /// The stage that is worked on; `None` before the first.
    pub current: Option<String>,
    /// The stages that are done, in the file's order.
    pub completed: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{} cannot be read: {error}", file.display())]
    Read { file: PathBuf, error: std::io::Error },
    /// The file says something that lsfr cannot work with, or in a shape that it cannot change. It is left as it is.
    #[error(transparent)]
    Broken(Box<Diagnostic>),
    #[error("{} cannot be written, and is unchanged: {error}", file.display())]
    Write { file: PathBuf, error: std::io::Error },
}

impl From<Diagnostic> for ConfigError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Broken(Box::new(diagnostic))
    }
}

impl Config {
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        Self::read(file, &source(file)?.1)
    }

    fn read(file: &Path, source: &Arc<Source>) -> Result<Self, ConfigError> {
        let tree = yaml::parse(source)?;
        let wrong = |at, message: String, help: &str| Diagnostic::new(source, at, message).help(help);
        if !matches!(tree.value, Value::Map(_)) {
            let message = format!("lsfr.yaml holds {}, where `challenge: NAME` is expected", tree.kind());
            return Err(wrong(tree.at, message, "it begins with a line such as `challenge: kv-store`").into());
        }
        let stages = match tree.get("stages") {
            Some(Node { value: Value::Map(_) | Value::Null, .. }) | None => tree.get("stages"),
            Some(other) => {
                let message = format!("`stages` is {}, where a map is expected", other.kind());
                return Err(wrong(other.at, message, "it holds `current: STAGE` and `completed:` with a list").into());
            }
        };
        let Some(challenge) = text(source, &tree, "challenge")? else {
            let message = "lsfr.yaml does not name its challenge".to_owned();
            return Err(wrong(tree.at, message, "add a line such as `challenge: kv-store`").into());
        };
        Ok(Self {
            file: file.to_owned(),
            challenge,
            pack: text(source, &tree, "path")?.map(PathBuf::from),
            build: text(source, &tree, "build")?,
            current: stages.map(|stages| text(source, stages, "current")).transpose()?.flatten(),
            completed: stages.map(|stages| completed(source, stages)).transpose()?.unwrap_or_default(),
        })
    }

    /// Writes how far the learner has come. What the file says about completed stages keeps its order; stages that are
    /// not in `completed` leave, new ones are added at the end. The file is read again first, so that what an editor
    /// saved in the meantime is kept. On an error nothing has changed.
    pub fn record_progress(&mut self, current: &str, completed: &[String]) -> Result<(), ConfigError> {
        let (mark, source) = source(&self.file)?;
        let now = Self::read(&self.file, &source)?;
        let wanted = edit::Progress { current, completed: edit::merged(&now.completed, completed) };
        if now.current.as_deref() != Some(current) || now.completed != wanted.completed {
            let text = edit::with_progress(&source, &wanted)?;
            replace(&self.file, &format!("{mark}{text}"))
                .map_err(|error| ConfigError::Write { file: self.file.clone(), error })?;
        }
        *self = Self { current: Some(current.to_owned()), completed: wanted.completed, ..now };
        Ok(())
    }
}

/// The file's text, and the byte order mark in front of it, if there is one.
fn source(file: &Path) -> Result<(&'static str, Arc<Source>), ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|error| ConfigError::Read { file: file.to_owned(), error })?;
    Ok(match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (BYTE_ORDER_MARK, Source::new(file, text)),
        None => ("", Source::new(file, text)),
    })
}

/// A key that holds one line of text; empty and absent are the same.
fn text(source: &Arc<Source>, map: &Node, key: &str) -> Result<Option<String>, Diagnostic> {
    match map.get(key) {
        None | Some(Node { value: Value::Null, .. }) => Ok(None),
        Some(Node { value: Value::Text(text), .. }) => {
            Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
        }
        Some(other) => Err(not_text(source, other, &format!("`{key}`"))),
    }
}

fn completed(source: &Arc<Source>, stages: &Node) -> Result<Vec<String>, Diagnostic> {
    let list = match stages.get("completed") {
        None | Some(Node { value: Value::Null, .. }) => return Ok(Vec::new()),
        Some(Node { value: Value::List(items), .. }) => items,
        Some(other) => {
            let message = format!("`completed` is {}, where a list is expected", other.kind());
            return Err(Diagnostic::new(source, other.at, message)
                .help("write one stage per line, as in `- http-api`, or `completed: []` for none"));
        }
    };
    let stage =
        |item: &Node| item.as_text().map(str::to_owned).ok_or_else(|| not_text(source, item, "a completed stage"));
    list.iter().map(stage).collect()
}

fn not_text(source: &Arc<Source>, node: &Node, what: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(source, node.at, format!("{what} is {}, where text is expected", node.kind()));
    match node.value {
        Value::List(_) | Value::Map(_) => diagnostic,
        _ => diagnostic.help("put it in quotes if that is what you mean"),
    }
}

/// Puts a new text in a file's place. A link keeps its target, the file its permissions.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let file = file.canonicalize()?;
    let dir = file.parent().unwrap_or(Path::new("/"));
    let mut temp = tempfile::Builder::new().prefix(".lsfr.yaml.").tempfile_in(dir)?;
    temp.write_all(text.as_bytes())?;
    temp.as_file().set_permissions(file.metadata()?.permissions())?;
    temp.as_file().sync_all()?;
    temp.persist(&file).map_err(|error| error.error)?;
    // The rename is in the directory; without this a power cut may undo it, but not tear the file.
    std::fs::File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lsfr.yaml");
        std::fs::write(&path, text).unwrap();
        (temp, path)
    }

    fn owned(stages: &[&str]) -> Vec<String> {
        stages.iter().map(|stage| (*stage).to_owned()).collect()
    }

    #[test]
    fn the_original_shape_loads() {
        let (_temp, path) =
            file("challenge: kv-store\nstages:\n  current: persistence\n  completed:\n  - http-api\n");
        let config = Config::load(&path).unwrap();
        assert_eq!(config.challenge, "kv-store");
        assert_eq!(config.current.as_deref(), Some("persistence"));
        assert_eq!(config.completed, ["http-api"]);
        assert_eq!((config.pack, config.build), (None, None));
    }

    #[test]
    fn what_is_left_out_is_absent() {
        for text in ["challenge: x\n", "challenge: x\nstages:\n", "challenge: x\nstages: {completed: }\nbuild: ''\n"]
        {
            let (_temp, path) = file(text);
            let config = Config::load(&path).unwrap();
            assert_eq!((config.current, config.completed, config.build), (None, vec![], None), "{text}");
        }
    }

    #[test]
    fn a_broken_file_shows_its_line_and_stays() {
        for (text, said) in [
            ("", "challenge: NAME"),
            ("stages:\n  current: x\n", "does not name its challenge"),
            ("challenge: x\nstages: [a]\n", "lsfr.yaml:2:9"),
            ("challenge: x\nstages:\n  current: 7\n", "lsfr.yaml:3:12"),
            ("challenge: x\nstages:\n  completed: a\n", "where a list is expected"),
            ("challenge: x\nstages:\n  completed: [a, 1]\n", "lsfr.yaml:3:18"),
            ("challenge: x\n\tstages: y\n", "not valid YAML"),
            ("<<<<<<< HEAD\nchallenge: x\n=======\n", "not valid YAML"),
        ] {
            let (_temp, path) = file(text);
            let shown = Config::load(&path).unwrap_err().to_string();
            assert!(shown.contains(said), "{text}: {shown}");
            let mut config = Config {
                file: path.clone(),
                challenge: "x".into(),
                pack: None,
                build: None,
                current: None,
                completed: vec![],
            };
            config.record_progress("y", &[]).unwrap_err();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn progress_is_written_and_an_edit_in_between_is_kept() {
        let (temp, path) = file("challenge: x\nstages:\n  current: a\n");
        let mut config = Config::load(&path).unwrap();
        std::fs::write(&path, "# mine\nchallenge: x\nbuild: make\nstages:\n  current: a # here\n").unwrap();
        config.record_progress("b", &owned(&["a"])).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "# mine\nchallenge: x\nbuild: make\nstages:\n  current: b # here\n  completed:\n  - a\n"
        );
        assert_eq!(config.build.as_deref(), Some("make"));
        assert_eq!(config, Config::load(&path).unwrap());
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_and_stays() {
        let (_temp, path) = file("\u{feff}challenge: x\r\nstages:\r\n  current: a\r\n");
        let mut config = Config::load(&path).unwrap();
        assert_eq!((config.challenge.as_str(), config.current.as_deref()), ("x", Some("a")));
        config.record_progress("b", &owned(&["a"])).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "\u{feff}challenge: x\r\nstages:\r\n  current: b\r\n  completed:\r\n  - a\r\n"
        );
        assert_eq!(config, Config::load(&path).unwrap());
        let (_temp, broken) = file("\u{feff}challenge: 7\n");
        assert!(Config::load(&broken).unwrap_err().to_string().contains("lsfr.yaml:1:12\n  |\n1 | challenge: 7\n"));
    }

    #[test]
    fn links_and_permissions_stay() {
        let (temp, path) = file("challenge: x\n");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let link = temp.path().join("link.yaml");
        symlink("lsfr.yaml", &link).unwrap();
        Config::load(&link).unwrap().record_progress("a", &[]).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(Config::load(&path).unwrap().current.as_deref(), Some("a"));
    }
}
