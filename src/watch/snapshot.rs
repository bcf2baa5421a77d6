//! Every file that counts and what it held when it was last read, and what differs when a part of the tree is read
//! again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::mem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::links;
use super::print::Print;
use super::rules::{Rules, is_ignore_file};

type Files = BTreeMap<PathBuf, Print>;

/// Called with each directory before its entries are listed, so that a watch on it misses nothing; breaks off the
/// reading.
pub(super) type Visit<'a> = &'a mut dyn FnMut(&Path) -> ControlFlow<()>;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Directory,
    /// A link to a directory that is looked into.
    LinkedDirectory,
    Other,
}

/// A directory as it was last read. All paths are relative to it, and it is the empty path itself.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    root: PathBuf,
    rules: Rules,
    files: Files,
    dirs: BTreeSet<PathBuf>,
    /// Links that may lead to files, whose events come under other names, or not at all.
    links: BTreeSet<PathBuf>,
    /// Directories that links lead to, and those below them.
    linked: BTreeSet<PathBuf>,
    /// With the reason.
    unreadable: BTreeMap<PathBuf, String>,
}

impl Snapshot {
    /// Of a directory of which nothing has been read.
    pub(super) fn new(root: &Path) -> Snapshot {
        Snapshot {
            root: root.to_path_buf(),
            rules: Rules::new(root),
            files: Files::new(),
            dirs: BTreeSet::new(),
            links: BTreeSet::new(),
            linked: BTreeSet::new(),
            unreadable: BTreeMap::new(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    pub(super) fn dirs(&self) -> &BTreeSet<PathBuf> {
        &self.dirs
    }

    /// The links that lead to files.
    pub(super) fn links(&self) -> Vec<PathBuf> {
        self.links.iter().filter(|link| self.files.contains_key(*link)).cloned().collect()
    }

    /// Whether anything is behind links to directories.
    pub(super) fn looks_elsewhere(&self) -> bool {
        !self.linked.is_empty()
    }

    pub(super) fn unreadable(&self) -> &BTreeMap<PathBuf, String> {
        &self.unreadable
    }

    /// Whether something at this path could be a change. Before it is looked at, it may be a file or a directory.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        let Some(parent) = path.parent() else { return true };
        let ignored = || self.rules.ignore(path, false) && self.rules.ignore(path, true);
        self.dirs.contains(parent) && (is_ignore_file(path) || !ignored())
    }

    /// Looks again at some paths, and returns those of the files there, or below them, that differ.
    pub(super) fn update(&mut self, paths: &BTreeSet<PathBuf>, visit: Visit) -> ControlFlow<(), BTreeSet<PathBuf>> {
        let mut changed = BTreeSet::new();
        let mut read: Vec<&Path> = Vec::new();
        // In order, so that a directory comes before what is in it.
        for path in paths {
            if read.iter().any(|dir| path.starts_with(dir)) || !self.concerns(path) {
                continue;
            }
            let is_dir = self.kind(path).is_some_and(|kind| kind != Kind::Other);
            let dir = match path.parent() {
                Some(parent) if is_ignore_file(path) => Some(parent),
                _ if is_dir || self.dirs.contains(path) => Some(path.as_path()),
                _ => None,
            };
            if let Some(dir) = dir {
                changed.extend(self.read(dir, visit)?);
                read.push(dir);
            }
            if !is_dir && self.look_again(path) {
                changed.insert(path.clone());
            }
        }
        for link in self.links.clone() {
            if self.look_again(&link) {
                changed.insert(link);
            }
        }
        ControlFlow::Continue(changed)
    }

    /// Reads a directory and all below it, and returns the files that differ.
    pub(super) fn read(&mut self, at: &Path, visit: Visit) -> ControlFlow<(), Vec<PathBuf>> {
        let (before, rest) = mem::take(&mut self.files).into_iter().partition(|(path, _)| path.starts_with(at));
        let rules = self.rules.clone();
        self.rules.forget(at);
        self.dirs.retain(|dir| !dir.starts_with(at));
        self.links.retain(|link| !link.starts_with(at));
        self.linked.retain(|dir| !dir.starts_with(at));
        self.unreadable.retain(|path, _| !path.starts_with(at));
        let mut pending = Vec::new();
        let mut too_many = false;
        // One that is gone, or cannot be asked about, is reported where it is listed.
        if !self.rules.ignore(at, true) && self.kind(at) != Some(Kind::Other) {
            pending.push(at.to_path_buf());
        }
        while let Some(dir) = pending.pop() {
            if self.linked.len() >= links::MOST && self.is_behind_a_link(&dir) {
                // Reported once, and not for each folder.
                if !mem::replace(&mut too_many, true) {
                    self.unreadable.insert(dir, links::TOO_MANY.to_owned());
                }
                continue;
            }
            visit(&dir)?;
            self.list(dir, &before, &mut pending);
        }
        let changed = differences((&before, &rules), (&self.files, &self.rules));
        self.files.extend(rest);
        ControlFlow::Continue(changed)
    }

    /// The files that differ from those of an earlier snapshot.
    pub(super) fn changed_since(&self, before: &Snapshot) -> Vec<PathBuf> {
        differences((&before.files, &before.rules), (&self.files, &self.rules))
    }

    /// One directory: its files are read, its directories left in `pending`.
    fn list(&mut self, dir: PathBuf, before: &Files, pending: &mut Vec<PathBuf>) {
        let entries = match fs::read_dir(self.whole(&dir)) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return,
            Err(error) => {
                // What cannot be seen is not gone.
                let known = before.range(dir.clone()..).take_while(|(path, _)| path.starts_with(&dir));
                self.files.extend(known.map(|(path, print)| (path.clone(), print.clone())));
                self.unreadable.insert(dir.clone(), error.to_string());
                self.dirs.insert(dir);
                return;
            }
        };
        self.rules.read(&dir);
        for entry in entries.flatten() {
            let path = dir.join(entry.file_name());
            let Ok(kind) = entry.file_type() else { continue };
            if self.rules.ignore(&path, kind.is_dir()) {
                continue;
            }
            let leads_on = || !self.rules.ignore(&path, true) && links::lead_on(&self.root, &path);
            if kind.is_dir() || kind.is_symlink() && leads_on() {
                pending.push(path);
            } else {
                self.look_at(&path, kind.is_symlink(), before.get(&path));
            }
        }
        if self.is_behind_a_link(&dir) {
            self.linked.insert(dir.clone());
        }
        self.dirs.insert(dir);
    }

    /// Reads one file again, and returns whether it differs.
    pub(super) fn look_again(&mut self, path: &Path) -> bool {
        let before = self.files.remove(path);
        self.links.remove(path);
        self.unreadable.remove(path);
        if !self.rules.ignore(path, false) {
            let is_link = fs::symlink_metadata(self.whole(path)).is_ok_and(|metadata| metadata.is_symlink());
            self.look_at(path, is_link, before.as_ref());
        }
        match (before, self.files.get(path)) {
            (Some(before), Some(now)) => !now.same(&before),
            (before, now) => before.is_some() != now.is_some(),
        }
    }

    fn look_at(&mut self, path: &Path, is_link: bool, before: Option<&Print>) {
        let print = Print::take(&self.whole(path), before).unwrap_or_else(|error| {
            self.unreadable.insert(path.to_path_buf(), error.to_string());
            before.cloned()
        });
        if is_link {
            self.links.insert(path.to_path_buf());
        }
        if let Some(print) = print {
            self.files.insert(path.to_path_buf(), print);
        }
    }

    fn kind(&self, path: &Path) -> Option<Kind> {
        let metadata = fs::symlink_metadata(self.whole(path)).ok()?;
        Some(if metadata.is_dir() {
            Kind::Directory
        } else if metadata.is_symlink() && links::lead_on(&self.root, path) {
            Kind::LinkedDirectory
        } else {
            Kind::Other
        })
    }

    fn is_behind_a_link(&self, dir: &Path) -> bool {
        dir.parent().is_some_and(|parent| self.linked.contains(parent))
            || self.kind(dir) == Some(Kind::LinkedDirectory)
    }

    /// Not a bare `join`: it would end the directory's own path with a slash.
    fn whole(&self, path: &Path) -> PathBuf {
        if path.as_os_str().is_empty() { self.root.clone() } else { self.root.join(path) }
    }
}

/// Files that only one side has, or that differ. A file that came into sight or went out of it because an ignore file
/// changed did not change itself.
fn differences(before: (&Files, &Rules), now: (&Files, &Rules)) -> Vec<PathBuf> {
    let ((old, old_rules), (new, new_rules)) = (before, now);
    let gone = old.keys().filter(|path| !new.contains_key(*path) && !new_rules.hide(path));
    let other = new.iter().filter(|(path, print)| match old.get(*path) {
        Some(before) => !print.same(before),
        None => !old_rules.hide(path),
    });
    gone.chain(other.map(|(path, _)| path)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(root: &Path, name: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }

    fn read(snapshot: &mut Snapshot) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let mut visited = Vec::new();
        let changed = snapshot.read(Path::new(""), &mut |dir| {
            visited.push(dir.to_path_buf());
            ControlFlow::Continue(())
        });
        (changed.continue_value().unwrap(), visited)
    }

    #[test]
    fn folders_that_do_not_count_are_never_visited() {
        let temp = tempfile::tempdir().unwrap();
        for name in ["node_modules/a/b.js", "target/debug/kv", "out/kv", "src/main.rs"] {
            file(temp.path(), name);
        }
        fs::write(temp.path().join(".gitignore"), "/out\n").unwrap();
        let mut snapshot = Snapshot::new(temp.path());
        let (changed, visited) = read(&mut snapshot);
        assert_eq!(changed, [Path::new(".gitignore"), Path::new("src/main.rs")]);
        assert_eq!(visited, [Path::new(""), Path::new("src")]);
        assert!(!snapshot.concerns(Path::new("target/debug")));
        assert!(!snapshot.concerns(Path::new("out")));
        assert!(snapshot.concerns(Path::new("src/new.rs")));
    }

    #[test]
    fn a_file_in_the_place_of_a_directory_is_a_change_of_both() {
        let temp = tempfile::tempdir().unwrap();
        file(temp.path(), "kv/main.rs");
        let mut snapshot = Snapshot::new(temp.path());
        read(&mut snapshot);
        fs::remove_dir_all(temp.path().join("kv")).unwrap();
        file(temp.path(), "kv");
        let changed = snapshot.update(&BTreeSet::from([PathBuf::from("kv")]), &mut |_| ControlFlow::Continue(()));
        let changed = changed.continue_value().unwrap();
        assert_eq!(changed.iter().collect::<Vec<_>>(), [Path::new("kv"), Path::new("kv/main.rs")]);
        assert!(read(&mut snapshot).0.is_empty());
    }

    #[test]
    fn reading_ends_when_the_visitor_says_so() {
        let temp = tempfile::tempdir().unwrap();
        file(temp.path(), "a/b/c");
        let mut visits = 0;
        let mut visit = |_: &Path| {
            visits += 1;
            ControlFlow::Break(())
        };
        assert!(Snapshot::new(temp.path()).read(Path::new(""), &mut visit).is_break());
        assert_eq!(visits, 1);
    }
}
