//! What a project holds, without a watcher: what `lsfr next` compares before it believes an old run.

use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::links;
use super::rules::Rules;

/// All files that count, as the file system tells of them without their being read.
#[derive(Debug)]
pub struct Sources {
    /// In order of their paths.
    files: Vec<(PathBuf, Stamp)>,
}

/// What changes with any change of a file. The status also tells of a file that was moved here with its old times, and of one
/// that may be run now.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Stamp {
    size: u64,
    mode: u32,
    inode: u64,
    modified: (i64, i64),
    status_changed: (i64, i64),
}

/// What could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    pub path: PathBuf,
    pub why: String,
}

impl Sources {
    pub fn read(dir: &Path) -> Result<Sources, Unseen> {
        let mut walk = Walk { root: dir, rules: Rules::new(dir), files: Vec::new(), linked: 0 };
        walk.below(Path::new(""), false)?;
        walk.files.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Sources { files: walk.files })
    }

    /// The same for as long as nothing changes.
    pub fn fingerprint(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.files.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// The file that changed last, if it did after a time.
    pub fn changed_since(&self, time: SystemTime) -> Option<&Path> {
        let last = self.changes().max_by_key(|(_, at)| *at)?;
        (last.1 > time).then_some(last.0)
    }

    /// When each file changed last.
    pub fn changes(&self) -> impl Iterator<Item = (&Path, SystemTime)> {
        // Nobody asks about a change before 1970.
        let at = |(seconds, nanoseconds): (i64, i64)| {
            let seconds = Duration::from_secs(seconds.try_into().ok()?);
            SystemTime::UNIX_EPOCH.checked_add(seconds + Duration::from_nanos(nanoseconds.try_into().ok()?))
        };
        self.files.iter().filter_map(move |(file, stamp)| Some((file.as_path(), at(stamp.changed())?)))
    }
}

impl Stamp {
    fn from_metadata(metadata: &Metadata) -> Stamp {
        Stamp {
            size: metadata.size(),
            mode: metadata.mode(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            status_changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    fn changed(&self) -> (i64, i64) {
        self.modified.max(self.status_changed)
    }
}

struct Walk<'a> {
    root: &'a Path,
    rules: Rules,
    files: Vec<(PathBuf, Stamp)>,
    /// Folders behind links.
    linked: usize,
}

impl Walk<'_> {
    /// All files below a folder. What cannot be read ends it: testing once more costs seconds, a stage passed by an old
    /// program costs more.
    fn below(&mut self, dir: &Path, linked: bool) -> Result<(), Unseen> {
        let unseen = |path: &Path, why: String| Unseen { path: path.to_owned(), why };
        self.linked += usize::from(linked);
        if self.linked > links::MOST {
            return Err(unseen(dir, links::TOO_MANY.to_owned()));
        }
        let entries = fs::read_dir(self.root.join(dir)).map_err(|error| unseen(dir, error.to_string()))?;
        self.rules.read(dir);
        for entry in entries {
            let entry = entry.map_err(|error| unseen(dir, error.to_string()))?;
            let path = dir.join(entry.file_name());
            let metadata = entry.metadata().map_err(|error| unseen(&path, error.to_string()))?;
            let is_link = metadata.is_symlink();
            let leads_on = is_link && !self.rules.ignore(&path, true) && links::lead_on(self.root, &path);
            if self.rules.ignore(&path, metadata.is_dir()) {
                continue;
            }
            if metadata.is_dir() || leads_on {
                self.below(&path, linked || leads_on)?;
            }
            if metadata.is_dir() {
                continue;
            }
            self.files.push((path.clone(), Stamp::from_metadata(&metadata)));
            if is_link {
                // The file that it leads to. One that leads nowhere holds nothing, as in the watch.
                match fs::metadata(self.root.join(&path)) {
                    Ok(target) if target.is_file() => self.files.push((path, Stamp::from_metadata(&target))),
                    Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                        return Err(unseen(&path, error.to_string()));
                    }
                    Ok(_) | Err(_) => {}
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn fingerprint(dir: &Path) -> String {
        Sources::read(dir).unwrap().fingerprint()
    }

    fn write(dir: &Path, name: &str, text: &str) {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn every_change_is_seen_and_records_are_no_change() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("project");
        write(&dir, "src/main.py", "one");
        write(&dir, "src/deep/other.py", "one");
        write(&dir, ".gitignore", "*.db\n");
        let mut before = fingerprint(&dir);
        for name in [".lsfr/runs/x/events.jsonl", "target/debug/server", "lsfr.yaml", "deep/data.db"] {
            write(&dir, name, "new");
            assert_eq!(fingerprint(&dir), before, "{name}");
        }
        // None of these makes a time of the file's content newer than it was.
        write(temp.path(), "older.py", "longer");
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let older = fs::File::options().write(true).open(temp.path().join("older.py")).unwrap();
        older.set_modified(old).unwrap();
        let changes: [&dyn Fn(); 4] = [
            &|| write(&dir, "src/main.py", "longer"),
            &|| fs::rename(temp.path().join("older.py"), dir.join("src/main.py")).unwrap(),
            &|| fs::set_permissions(dir.join("src/main.py"), fs::Permissions::from_mode(0o755)).unwrap(),
            &|| fs::remove_file(dir.join("src/deep/other.py")).unwrap(),
        ];
        for (number, change) in changes.iter().enumerate() {
            change();
            let now = fingerprint(&dir);
            assert_ne!(now, before, "{number}");
            assert_eq!(fingerprint(&dir), now);
            before = now;
        }
        assert_eq!(Sources::read(&temp.path().join("missing")).unwrap_err().path, Path::new(""));
    }

    #[test]
    fn the_last_change_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        write(temp.path(), "src/a.py", "one");
        write(temp.path(), "src/b.py", "one");
        assert_eq!(Sources::read(temp.path()).unwrap().changed_since(later), None);
        let file = fs::File::options().write(true).open(temp.path().join("src/a.py")).unwrap();
        file.set_modified(later + Duration::from_secs(1)).unwrap();
        assert_eq!(Sources::read(temp.path()).unwrap().changed_since(later), Some(Path::new("src/a.py")));
    }

    #[test]
    fn what_links_lead_to_counts() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, other) = (temp.path().join("project"), temp.path().join("other"));
        write(&other, "deep/server.py", "one");
        write(&other, "shared.py", "one");
        write(&other, "target/debug/server", "one");
        fs::create_dir(&dir).unwrap();
        symlink(&other, dir.join("src")).unwrap();
        symlink(other.join("shared.py"), dir.join("shared.py")).unwrap();
        symlink(".", dir.join("itself")).unwrap();
        symlink("nowhere", dir.join("broken")).unwrap();
        symlink(&dir, other.join("back")).unwrap();
        let mut before = fingerprint(&dir);
        for name in ["deep/server.py", "shared.py", "deep/new.py"] {
            write(&other, name, "longer");
            let now = fingerprint(&dir);
            assert_ne!(now, before, "{name}");
            before = now;
        }
        write(&other, "target/debug/server", "longer");
        assert_eq!(fingerprint(&dir), before);
        for number in 0..links::MOST {
            fs::create_dir(other.join(number.to_string())).unwrap();
        }
        assert_eq!(Sources::read(&dir).unwrap_err().why, links::TOO_MANY);
    }
}
