//! Which paths count as the learner's: not what ignore files name, not build and dependency folders, not lsfr's own
//! records or its log, and not what editors put beside a file while they save it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::log;
use crate::project::CONFIG_FILE;

/// Folders whose changes are the program's or the tools' own, not the learner's. Names that a learner may well give to
/// sources (`dist`, `bin`, `vendor`) are left to ignore files: a save that goes unnoticed is worse than a run too many.
const PASSED_OVER: &[&str] = &[
    ".lsfr",
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".bzr",
    "_darcs",
    ".idea",
    ".vscode",
    "target",
    "build",
    ".build",
    "_build",
    "node_modules",
    "__pycache__",
    ".venv",
    "venv",
    ".tox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".gradle",
    ".zig-cache",
    "zig-out",
    ".stack-work",
    "dist-newstyle",
];

/// Later files override earlier ones, line by line.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// What counts below a directory. All paths asked about are relative to it.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    root: PathBuf,
    /// Of the repository that the directory lies in, the nearest first.
    above: Vec<Gitignore>,
    /// By the directory they stand in.
    inside: BTreeMap<PathBuf, Gitignore>,
}

impl Rules {
    /// Those from above; `read` adds the rest, directory by directory.
    pub(super) fn new(root: &Path) -> Rules {
        Rules { root: root.to_path_buf(), above: above(root), inside: BTreeMap::new() }
    }

    /// Takes in the ignore files that stand in a directory, as they are now.
    pub(super) fn read(&mut self, dir: &Path) {
        match ignore_files(&self.root.join(dir)) {
            Some(rules) => self.inside.insert(dir.to_path_buf(), rules),
            None => self.inside.remove(dir),
        };
    }

    /// Forgets a directory and all below it.
    pub(super) fn forget(&mut self, dir: &Path) {
        self.inside.retain(|at, _| !at.starts_with(dir));
    }

    /// Whether a path is passed over, given that the directory it stands in is not.
    pub(super) fn ignore(&self, path: &Path, is_dir: bool) -> bool {
        let Some(name) = path.file_name() else { return false };
        let own = if is_dir { PASSED_OVER.iter().any(|passed_over| name == *passed_over) } else { is_passing(name) };
        own || self.named(path, is_dir) || (!is_dir && log::is(&self.root.join(path)))
    }

    /// Whether a file is passed over, or any directory on the way to it.
    pub(super) fn hide(&self, file: &Path) -> bool {
        self.ignore(file, false) || file.ancestors().skip(1).any(|dir| self.ignore(dir, true))
    }

    /// Whether an ignore file names it: the nearest that says anything decides.
    fn named(&self, path: &Path, is_dir: bool) -> bool {
        let whole = self.root.join(path);
        let inside = path.ancestors().skip(1).filter_map(|dir| self.inside.get(dir));
        inside
            .chain(&self.above)
            .map(|rules| rules.matched(&whole, is_dir))
            .find(|said| !said.is_none())
            .is_some_and(|said| said.is_ignore())
    }
}

/// Whether a change of this file changes the rules.
pub(super) fn is_ignore_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| IGNORE_FILES.iter().any(|file| name == *file))
}

/// The rules of the repository around a directory. Without one there are none: an ignore file in a home directory
/// says nothing about a project below it.
fn above(root: &Path) -> Vec<Gitignore> {
    if root.join(".git").exists() {
        return Vec::new();
    }
    let Some(repository) = root.ancestors().skip(1).find(|dir| dir.join(".git").exists()) else { return Vec::new() };
    let dirs = root.ancestors().skip(1).take_while(|dir| dir.starts_with(repository));
    let above: Vec<Gitignore> = dirs.filter_map(ignore_files).collect();
    // A repository that ignores the whole directory (`*` in a home directory's) does not say what counts in it.
    let ignored = |dir: &Path| above.iter().any(|rules| matches!(rules.matched(dir, true), Match::Ignore(_)));
    if root.ancestors().take_while(|dir| *dir != repository).any(ignored) {
        return Vec::new();
    }
    above
}

fn ignore_files(dir: &Path) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(dir);
    let present = IGNORE_FILES.iter().map(|name| dir.join(name)).filter(|file| file.is_file());
    let read = present.map(|file| builder.add(file)).count();
    // A line that is not a pattern is passed over, as git does.
    if read == 0 { None } else { builder.build().ok() }
}

/// Files that come and go beside the learner's: lsfr's record of progress, editors' swap, backup, lock and temporary
/// files, the file manager's notes.
fn is_passing(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let swap = [".swp", ".swo", ".swn", ".swx", ".kate-swp"];
    let whole = [CONFIG_FILE, ".DS_Store", "4913"];
    let starts = [".#", ".goutputstream-"];
    let ends = ["~", ".bck", "___jb_tmp___", "___jb_old___"];
    whole.contains(&name)
        || starts.iter().any(|start| name.starts_with(start))
        || ends.iter().chain(&swap).any(|end| name.ends_with(end))
        || (name.len() > 1 && name.starts_with('#') && name.ends_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_editors_and_tools_leave_behind_is_passed_over_and_a_script_called_build_is_not() {
        let temp = tempfile::tempdir().unwrap();
        let rules = Rules::new(temp.path());
        for name in [".main.py.swp", "4913", "main.py~", "#main.py#", ".#main.py", "lsfr.yaml", "src/.DS_Store"] {
            assert!(rules.ignore(Path::new(name), false), "{name}");
        }
        for name in ["main.py", "build", "#", "4914", ".env", "swp"] {
            assert!(!rules.ignore(Path::new(name), false), "{name}");
        }
        for name in ["build", "src/venv", ".jj", "zig-out"] {
            assert!(rules.ignore(Path::new(name), true), "{name}");
        }
        for name in ["dist", "src", ".github"] {
            assert!(!rules.ignore(Path::new(name), true), "{name}");
        }
        assert!(rules.hide(Path::new("a/node_modules/b/c.js")));
        assert!(!rules.hide(Path::new("a/b/c.js")));
    }

    #[test]
    fn the_log_of_lsfr_is_passed_over() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap();
        log::open(&root.join("own.txt")).unwrap();
        let rules = Rules::new(&root);
        assert!(rules.ignore(Path::new("own.txt"), false));
        assert!(!rules.ignore(Path::new("other.txt"), false));
    }

    #[test]
    fn the_nearest_ignore_file_decides() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir(temp.path().join("sub")).unwrap();
        fs::write(temp.path().join(".gitignore"), "*.log\nout/\n").unwrap();
        fs::write(temp.path().join("sub/.ignore"), "!keep.log\n").unwrap();
        let mut rules = Rules::new(temp.path());
        rules.read(Path::new(""));
        rules.read(Path::new("sub"));
        assert!(rules.ignore(Path::new("a.log"), false));
        assert!(rules.ignore(Path::new("sub/a.log"), false));
        assert!(!rules.ignore(Path::new("sub/keep.log"), false));
        assert!(rules.ignore(Path::new("sub/out"), true));
        assert!(!rules.ignore(Path::new("sub/out"), false));
        rules.forget(Path::new("sub"));
        assert!(rules.ignore(Path::new("sub/keep.log"), false));
    }

    #[test]
    fn the_repository_around_counts_unless_it_ignores_the_whole_directory() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("courses/kv");
        fs::create_dir_all(&dir).unwrap();
        fs::write(temp.path().join(".gitignore"), "/courses/kv/server\n").unwrap();
        assert!(!Rules::new(&dir).ignore(Path::new("server"), false), "no repository");
        fs::create_dir(temp.path().join(".git")).unwrap();
        assert!(Rules::new(&dir).ignore(Path::new("server"), false));
        fs::write(temp.path().join(".gitignore"), "*\n").unwrap();
        assert!(!Rules::new(&dir).ignore(Path::new("server"), false));
    }
}
