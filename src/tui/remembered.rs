//! Where the learner was in a project, for the next time that it is opened: `.lsfr/app.json`.
//!
//! It is worth nothing but comfort. What cannot be read counts as nothing remembered; what a newer lsfr has written is
//! left for that; and two apps in one project overwrite each other's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value as Json, json};

use super::action::Pane;
use super::guide::Place;
use super::layout::Shares;
use crate::report::write::write_atomically;

/// Of what is written here. A version that only adds fields keeps it.
const VERSION: u64 = 1;
/// No honest file comes near it.
const LONGEST: u64 = 1 << 16;

/// All of it may be out of date: stages and tests that are no longer there, a guide that has been rewritten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The stage that was current.
    pub current: Option<String>,
    /// The stage that was shown.
    pub stage: Option<String>,
    /// The name of the test that the cursor was on, in that stage.
    pub test: Option<String>,
    /// Where the reader was in that stage's guide.
    pub guide: Option<Place>,
    #[serde(serialize_with = "write_pane", deserialize_with = "read_pane")]
    pub focus: Option<Pane>,
    /// Those that are not the settings'.
    pub shares: Shares,
    pub zoom: bool,
    /// The newest run that the app knew of, by the name of its folder.
    pub run: Option<String>,
}

/// What became of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Written,
    /// It said so already.
    Same,
    /// A newer lsfr's is there, and stays.
    LeftAlone,
}

/// What is remembered of a project, in this directory.
pub fn load(project: &Path) -> Remembered {
    match read(&file(project)) {
        Ok(Found::Ours(remembered)) => *remembered,
        Ok(Found::Nothing | Found::Newer) | Err(_) => Remembered::default(),
    }
}

/// Remembers it for the next time. A file that cannot be read, for want of rights say, is not replaced.
pub fn save(project: &Path, remembered: &Remembered) -> io::Result<Saved> {
    let file = file(project);
    match read(&file)? {
        Found::Newer => return Ok(Saved::LeftAlone),
        Found::Ours(now) if *now == *remembered => return Ok(Saved::Same),
        Found::Ours(_) | Found::Nothing => {}
    }
    let mut json = json!(remembered);
    json["version"] = VERSION.into();
    if let Some(folder) = file.parent() {
        // Only this one: a project that was removed must not be back.
        fs::create_dir(folder).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        })?;
    }
    write_atomically(&file, format!("{json:#}\n").as_bytes())?;
    Ok(Saved::Written)
}

fn file(project: &Path) -> PathBuf {
    project.join(".lsfr/app.json")
}

enum Found {
    /// No file, or one that says nothing: cut off, or not JSON.
    Nothing,
    Ours(Box<Remembered>),
    Newer,
}

fn read(file: &Path) -> io::Result<Found> {
    match file.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
        Ok(metadata) if metadata.len() > LONGEST => return Ok(Found::Nothing),
        Ok(_) => {}
    }
    let Ok(json) = serde_json::from_slice::<Json>(&fs::read(file)?) else { return Ok(Found::Nothing) };
    Ok(match json["version"].as_u64() {
        Some(version) if version > VERSION => Found::Newer,
        Some(_) => serde_json::from_value(json).map_or(Found::Nothing, Found::Ours),
        None => Found::Nothing,
    })
}

fn write_pane<S: Serializer>(pane: &Option<Pane>, serializer: S) -> Result<S::Ok, S::Error> {
    pane.map(Pane::name).serialize(serializer)
}

/// A pane that is none is no pane; whatever else is remembered still counts.
fn read_pane<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Pane>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    Ok(name.and_then(|name| Pane::ALL.into_iter().find(|pane| pane.name() == name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Remembered {
        Remembered {
            current: Some("persistence".to_owned()),
            stage: Some("http-api".to_owned()),
            test: Some("A value is stored".to_owned()),
            guide: serde_json::from_value(json!({"section": "values", "letters": 40})).unwrap(),
            focus: Some(Pane::Tests),
            shares: Shares { logs: Some(50), ..Shares::default() },
            zoom: true,
            run: Some("20261129-100430-http-api".to_owned()),
        }
    }

    fn written(text: &str) -> tempfile::TempDir {
        let project = tempfile::tempdir().unwrap();
        fs::create_dir(project.path().join(".lsfr")).unwrap();
        fs::write(file(project.path()), text).unwrap();
        project
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let project = tempfile::tempdir().unwrap();
        assert_eq!(load(project.path()), Remembered::default());
        assert_eq!(save(project.path(), &some()).unwrap(), Saved::Written);
        assert_eq!(load(project.path()), some());
        assert_eq!(save(project.path(), &some()).unwrap(), Saved::Same);
        assert_eq!(save(project.path(), &Remembered::default()).unwrap(), Saved::Written);
        assert_eq!(load(project.path()), Remembered::default());
        let left = fs::read_dir(project.path().join(".lsfr")).unwrap().count();
        assert_eq!(left, 1, "no temporary file");
    }

    #[test]
    fn what_says_nothing_is_passed_over_and_replaced() {
        let long = format!("{{\"version\": 1, \"stage\": \"{}\"}}", "x".repeat(1 << 16));
        for text in ["", "{\"version\": 1, \"sta", "[]", "{}", "{\"version\": 1, \"zoom\": 3}", &long] {
            let project = written(text);
            assert_eq!(load(project.path()), Remembered::default(), "{text:.40}");
            assert_eq!(save(project.path(), &some()).unwrap(), Saved::Written);
            assert_eq!(load(project.path()), some());
        }
    }

    #[test]
    fn a_field_that_is_missing_or_unknown_does_not_hide_the_others() {
        let project = written("{\"version\": 1, \"stage\": \"quorum\", \"focus\": \"Nowhere\", \"later\": [1]}");
        let wanted = Remembered { stage: Some("quorum".to_owned()), ..Remembered::default() };
        assert_eq!(load(project.path()), wanted);
    }

    #[test]
    fn what_a_newer_lsfr_wrote_stays() {
        let text = "{\"version\": 2, \"stage\": [\"quorum\"]}";
        let project = written(text);
        assert_eq!(load(project.path()), Remembered::default());
        assert_eq!(save(project.path(), &some()).unwrap(), Saved::LeftAlone);
        assert_eq!(fs::read_to_string(file(project.path())).unwrap(), text);
    }

    #[test]
    fn a_file_that_cannot_be_read_stays() {
        let project = tempfile::tempdir().unwrap();
        // root may read everything, but not a directory.
        fs::create_dir_all(file(project.path())).unwrap();
        assert_eq!(load(project.path()), Remembered::default());
        save(project.path(), &some()).unwrap_err();
        assert!(file(project.path()).is_dir());
    }

    #[test]
    fn a_project_that_was_removed_is_not_back() {
        let home = tempfile::tempdir().unwrap();
        save(&home.path().join("project"), &some()).unwrap_err();
        assert!(!home.path().join("project").exists());
    }

    #[test]
    fn a_place_that_cannot_be_written_is_an_error() {
        let project = tempfile::tempdir().unwrap();
        fs::write(project.path().join(".lsfr"), "a file").unwrap();
        save(project.path(), &some()).unwrap_err();
        assert_eq!(fs::read_to_string(project.path().join(".lsfr")).unwrap(), "a file");
    }
}
