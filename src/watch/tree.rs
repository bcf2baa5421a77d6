//! The learner's files as they are, and how they differ from what they were.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ignore::{DirEntry, WalkBuilder};

use crate::project::CONFIG_FILE;

/// Folders whose changes are the program's or the tools' own, not the learner's, whatever .gitignore says.
const PASSED_OVER: [&str; 16] = [
    ".lsfr",
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".idea",
    ".vscode",
    "target",
    "node_modules",
    "__pycache__",
    ".venv",
    ".gradle",
    ".mypy_cache",
    ".pytest_cache",
    ".build",
    "build",
];
/// Larger files are compared by size and time alone.
const HASHED: u64 = 8 * 1024 * 1024;
/// Two writes within this time may have one time stamp.
const GRANULE: Duration = Duration::from_millis(20);

/// What is remembered of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    inode: u64,
    executable: bool,
    /// Of the content; none where it is too large or cannot be read.
    hash: Option<u64>,
    /// It changed so shortly before it was read that the next change may have the same time.
    recent: bool,
}

#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    files: BTreeMap<PathBuf, Stamp>,
    dirs: BTreeSet<PathBuf>,
    problem: Option<String>,
}

impl Tree {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, files: BTreeMap::new(), dirs: BTreeSet::new(), problem: None }
    }

    pub(super) fn files(&self) -> usize {
        self.files.len()
    }

    /// Every directory that holds something watched.
    pub(super) fn dirs(&self) -> &BTreeSet<PathBuf> {
        &self.dirs
    }

    /// Why nothing can be seen, in a sentence.
    pub(super) fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// Walks the directory. Returns what is different from last time, relative to it.
    pub(super) fn look(&mut self) -> BTreeSet<PathBuf> {
        if let Err(error) = fs::read_dir(&self.root) {
            self.problem = Some(format!("The challenge directory cannot be read any more: {error}."));
            return BTreeSet::new();
        }
        self.problem = None;
        let mut files = BTreeMap::new();
        let mut dirs = BTreeSet::new();
        let mut changed = BTreeSet::new();
        // What cannot be read is not watched; an editor may be half way through replacing it.
        for entry in walk(&self.root).flatten() {
            if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                dirs.insert(entry.into_path());
                continue;
            }
            // Of a link, what it points at; a link to a directory is not followed.
            let Ok(metadata) = fs::metadata(entry.path()).map(Some).or_else(gone) else { continue };
            let Some(metadata) = metadata.filter(Metadata::is_file) else { continue };
            let Ok(path) = entry.path().strip_prefix(&self.root).map(Path::to_owned) else { continue };
            let known = self.files.get(&path);
            let stamp = stamp(entry.path(), &metadata, known);
            let same = known.is_some_and(|known| same(known, &stamp));
            if !same {
                changed.insert(path.clone());
            }
            files.insert(path, stamp);
        }
        changed.extend(self.files.keys().filter(|path| !files.contains_key(*path)).cloned());
        self.files = files;
        self.dirs = dirs;
        changed
    }
}

fn gone(_: std::io::Error) -> Result<Option<Metadata>, ()> {
    Ok(None)
}

fn same(one: &Stamp, other: &Stamp) -> bool {
    let content = match (one.hash, other.hash) {
        (Some(one), Some(other)) => one == other,
        _ => one.modified == other.modified,
    };
    one.executable == other.executable && one.length == other.length && content
}

/// Reads a file only if something about it is not as it was.
fn stamp(path: &Path, metadata: &Metadata, known: Option<&Stamp>) -> Stamp {
    let modified = metadata.modified().ok();
    let mut stamp = Stamp {
        length: metadata.len(),
        modified,
        inode: metadata.ino(),
        executable: metadata.permissions().mode() & 0o111 != 0,
        hash: None,
        recent: modified.is_none_or(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age < GRANULE)),
    };
    let untouched = known.filter(|known| {
        !known.recent && (known.length, known.modified, known.inode) == (stamp.length, stamp.modified, stamp.inode)
    });
    stamp.hash = match untouched {
        Some(known) => known.hash,
        None if stamp.length <= HASHED => hash(path),
        None => None,
    };
    stamp
}

fn hash(path: &Path) -> Option<u64> {
    let mut file = fs::File::open(path).ok()?;
    let mut hasher = DefaultHasher::new();
    let mut buffer = [0; 64 * 1024];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hasher.finish()),
            length => hasher.write(&buffer[..length]),
        }
    }
}

/// The learner's files and the directories that hold them. Hidden files are among them: a `.env` may matter.
fn walk(root: &Path) -> ignore::Walk {
    WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
        .build()
}

fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    if entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return PASSED_OVER.iter().any(|passed_over| name == *passed_over);
    }
    (entry.depth() == 1 && name == CONFIG_FILE) || is_an_editors(name)
}

/// Files that editors put beside the one that is saved.
fn is_an_editors(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with('~')
        || name.starts_with(".#")
        || (name.starts_with('#') && name.ends_with('#'))
        // Vim's probe for a writable directory, and its swap files.
        || name == "4913"
        || [".swp", ".swo", ".swx", ".tmp", ".part", ".crswap", ".kate-swp"].iter().any(|end| name.ends_with(end))
        || name.starts_with(&format!(".{CONFIG_FILE}."))
}

/// Whether any of the learner's files changed after `time`. What cannot be read counts as changed: testing once more
/// costs seconds, a stage passed by an old program costs more.
pub fn changed_since(dir: &Path, time: SystemTime) -> bool {
    walk(dir).any(|entry| {
        let Ok(entry) = entry else { return true };
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            return false;
        }
        match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_file() => !metadata.modified().is_ok_and(|modified| modified <= time),
            Ok(_) => false,
            // A link that points nowhere.
            Err(_) => !entry.path_is_symlink(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_anywhere_is_seen_and_records_are_not_a_change() {
        let temp = tempfile::tempdir().unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        let touch = |name: &str| {
            let path = temp.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(&path).unwrap().set_modified(later + Duration::from_secs(1)).unwrap();
        };
        touch(".lsfr/runs/x/events.jsonl");
        touch("target/debug/server");
        touch("lsfr.yaml");
        touch("data.db");
        fs::write(temp.path().join(".gitignore"), "*.db\n").unwrap();
        assert!(!changed_since(temp.path(), later));
        touch("src/deep/main.py");
        assert!(changed_since(temp.path(), later));
        assert!(!changed_since(temp.path(), later + Duration::from_secs(2)));
        assert!(changed_since(&temp.path().join("missing"), later));
    }

    #[test]
    fn what_editors_leave_is_theirs() {
        for name in ["main.py~", ".#main.py", "#main.py#", ".main.py.swp", "4913", ".lsfr.yaml.Xa81"] {
            assert!(is_an_editors(OsStr::new(name)), "{name}");
        }
        for name in ["main.py", ".env", "#notes", "swp", "lsfr.yaml"] {
            assert!(!is_an_editors(OsStr::new(name)), "{name}");
        }
    }
}
