//! Which files of a challenge directory are the learner's, and when they change.

use std::path::Path;
use std::time::SystemTime;

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
/// Whether any file of the project changed after `time`. What cannot be read counts as changed: testing once more
/// costs seconds, a stage passed by an old program costs more.
pub fn changed_since(dir: &Path, time: SystemTime) -> bool {
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
#[derive(Debug)]
pub enum WatchEvent {
    Watching { files: usize, how: How },
    Changed { files: Vec<std::path::PathBuf> },
    Problem(String),
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    Events,
    Polling(String),
}
pub struct Watcher;
impl Watcher {
    pub fn start(_: &Path, _: impl Fn(WatchEvent) + Send + 'static) -> Watcher {
        Watcher
    }
}
#[derive(Debug, Default)]
pub struct OwnWrites;
impl OwnWrites {
    pub fn changed(&mut self, f: &[std::path::PathBuf], _: bool) -> Vec<std::path::PathBuf> {
        f.to_vec()
    }
    pub fn ignored(&self) -> Vec<std::path::PathBuf> {
        vec![]
    }
}
