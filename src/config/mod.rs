//! The learner's own settings: `config.yaml` in lsfr's folder of the XDG configuration directory.
//!
//! | file | idea |
//! |---|---|
//! | `table` | every setting with what it means; the three below are made from it |
//! | `decode` | what the file says; every mistake at once, each with its line |
//! | `page` | the settings in force, as a file with comments |
//! | `schema` | the JSON Schema, for editors |

mod decode;
mod page;
mod schema;
mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use page::page;
pub use schema::json_schema;

use crate::text::BYTE_ORDER_MARK;
use crate::tui::Settings;
use crate::tui::keymap::Keymap;
use crate::tui::layout::Shares;
use crate::tui::theme::own::Overrides;
use crate::tui::theme::{Choice, Themes};
use crate::xdg;
use crate::yaml::{self, Diagnostic, Source, Span};

/// A theme of one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemeChoice {
    pub base: Choice,
    /// How single looks differ from the base.
    pub looks: Overrides,
}

/// What is set, and what holds where nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub theme: ThemeChoice,
    pub mouse: bool,
    /// The editor's command, in words; empty if VISUAL and EDITOR decide.
    pub editor: Vec<String>,
    pub shares: Shares,
    pub keys: Keymap,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            mouse: true,
            editor: Vec::new(),
            shares: Shares::default(),
            keys: Keymap::default(),
        }
    }
}

impl Config {
    /// For the app. What the environment says of the theme holds for this one run, before the file.
    pub fn settings(self, notes: Vec<String>, variable: impl Fn(&str) -> Option<String>) -> Settings {
        Settings {
            themes: Themes::from_environment(variable).with(self.theme.base, self.theme.looks),
            keymap: self.keys,
            mouse: self.mouse,
            editor: self.editor,
            shares: self.shares,
            notes,
        }
    }
}

/// The settings, and where they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    pub config: Config,
    /// Where config.yaml is, or would be; none if the environment names no place for it.
    pub file: Option<PathBuf>,
    pub exists: bool,
    /// What the learner should know of their files.
    pub notes: Vec<String>,
}

/// Reads config.yaml. Where there is none, the keys.yaml of earlier versions is still read.
pub fn load(variable: impl Fn(&str) -> Option<OsString>) -> Result<Loaded, Vec<Diagnostic>> {
    match xdg::config_dir(variable) {
        Some(dir) => load_from(&dir),
        None => Ok(Loaded { config: Config::default(), file: None, exists: false, notes: Vec::new() }),
    }
}

fn load_from(dir: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let (file, keys) = (dir.join("config.yaml"), dir.join("keys.yaml"));
    let (source, mut notes) = (read(&file)?, Vec::new());
    let config = match &source {
        Some(source) => {
            if keys.exists() {
                notes.push(format!(
                    "keys.yaml is no longer read, now that there is a config.yaml: put it below `keys:` in there. Both \
                     are in {}.",
                    dir.display()
                ));
            }
            decode::config(source)?
        }
        None => match read(&keys)? {
            Some(source) => {
                notes.push(format!(
                    "Settings are in config.yaml now: put keys.yaml below `keys:` in it. Their place is {}.",
                    dir.display()
                ));
                let tree = yaml::parse(&source).map_err(|error| vec![error])?;
                Config { keys: Keymap::default().with(&source, &tree)?, ..Config::default() }
            }
            None => Config::default(),
        },
    };
    Ok(Loaded { config, exists: source.is_some(), file: Some(file), notes })
}

/// A file's text; none if there is no such file.
fn read(file: &Path) -> Result<Option<Arc<Source>>, Vec<Diagnostic>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(Source::new(file, text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text)))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("the settings cannot be read: {error}");
            Err(vec![Diagnostic::new(&Source::new(file, ""), Span::default(), message)])
        }
    }
}
