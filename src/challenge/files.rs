//! The files of a pack, from the binary or from a folder, read with every limit that a pack has.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::scenario::case::CaseFiles;
use crate::scenario::decode::MAX_FILE;
use crate::text::BYTE_ORDER_MARK;
use crate::yaml::{Diagnostic, Source, Span};

use super::embed::Table;

/// How many files and folders one folder of a pack may hold in all, and how many bytes. Links can lead to the same
/// folder in any number of ways.
const MOST_FILES: usize = 10_000;
const MOST_BYTES: usize = 64 << 20;

/// Where a pack's files are. Paths are relative to the pack and separated by `/`.
#[derive(Debug, Clone)]
pub(super) enum Files {
    Embedded { table: Table, key: String },
    Folder(PathBuf),
}

impl Files {
    /// The name of a file in errors: its path in the pack's folder or, for a pack inside the binary, in lsfr's own.
    pub(super) fn shown(&self, path: &str) -> PathBuf {
        match self {
            Files::Embedded { key, .. } => ["challenges", key, path].iter().collect(),
            Files::Folder(_) => PathBuf::from(path),
        }
    }

    /// An error about a file as a whole.
    pub(super) fn problem(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&Source::new(self.shown(path), ""), Span::default(), message)
    }

    /// A file of the pack; none if it is not there.
    pub(super) fn read(&self, path: &str) -> Result<Option<Arc<Source>>, Diagnostic> {
        let bytes = match self {
            Files::Embedded { table, key } => {
                let name = format!("{key}/{path}");
                let found = table.binary_search_by_key(&name.as_str(), |(path, _)| path).ok();
                found.map(|at| table[at].1.as_bytes().to_vec())
            }
            Files::Folder(root) => self.read_from(root, path)?,
        };
        let Some(bytes) = bytes else { return Ok(None) };
        if bytes.len() > MAX_FILE {
            let message = format!("this file has more than {} KB", MAX_FILE >> 10);
            return Err(self.problem(path, message).help("split it, or make what it holds with `random_text`"));
        }
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(&bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(Source::new(self.shown(path), text))),
            Err(error) => {
                let text = String::from_utf8_lossy(bytes);
                // Up to the mistake, the text is the same as the bytes.
                let at = Span::of(&text, error.valid_up_to()..error.valid_up_to() + 1);
                let source = Source::new(self.shown(path), text);
                Err(Diagnostic::new(&source, at, "this is not UTF-8").help("save the file as UTF-8"))
            }
        }
    }

    fn read_from(&self, root: &Path, path: &str) -> Result<Option<Vec<u8>>, Diagnostic> {
        let unreadable = |error: io::Error| {
            self.problem(path, format!("this file cannot be read: {error}")).help("check that you may read it")
        };
        // The path is resolved first: no link in a pack may lead to the reader's own files.
        let place = match inside(root, path) {
            Ok(Some(place)) => place,
            Ok(None) => {
                let problem = self.problem(path, "this is a link that leads out of the pack");
                return Err(problem.help("put the file itself into the pack"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        // Checked before opening it, because opening a named pipe would wait for a writer.
        if !place.metadata().map_err(unreadable)?.is_file() {
            return Err(self.problem(path, "this is not a file").help("a pack holds folders and plain files"));
        }
        let mut bytes = Vec::new();
        let file = File::open(&place).map_err(unreadable)?;
        file.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Some(bytes))
    }

    /// All files in a folder of the pack and its subfolders, by path relative to `from`; none if it is not there.
    pub(super) fn below(&self, from: &str, folder: &str) -> Result<CaseFiles, Diagnostic> {
        let mut files = CaseFiles::new();
        let mut bytes = 0;
        let too_many = |what: String| {
            self.problem(&format!("{from}/{folder}"), what)
                .help("split the stage, and look for links that lead in circles")
        };
        let mut add = |path: &str| -> Result<(), Diagnostic> {
            let name = path.strip_prefix(from).unwrap_or(path).trim_start_matches('/');
            if let Some(source) = self.read(path)? {
                bytes += source.text.len();
                if bytes > MOST_BYTES {
                    return Err(too_many(format!("this folder has more than {} MB", MOST_BYTES >> 20)));
                }
                files.insert(name.to_owned(), source);
            }
            Ok(())
        };
        let top = format!("{from}/{folder}");
        match self {
            Files::Embedded { table, key } => {
                let prefix = format!("{key}/");
                let inside = format!("{top}/");
                let paths = table.iter().filter_map(|(path, _)| path.strip_prefix(&prefix));
                paths.filter(|path| path.starts_with(&inside)).try_for_each(add)?;
            }
            Files::Folder(root) => {
                let mut open = vec![top];
                let mut seen = 0;
                while let Some(folder) = open.pop() {
                    let unreadable = |error: io::Error| {
                        self.problem(&folder, format!("this folder cannot be read: {error}"))
                            .help("check that you may read it")
                    };
                    for (name, is_folder) in entries_in(&root.join(&folder)).map_err(unreadable)? {
                        seen += 1;
                        if seen > MOST_FILES {
                            return Err(too_many(format!("this folder has more than {MOST_FILES} files")));
                        }
                        let path = format!("{folder}/{name}");
                        if is_folder {
                            open.push(path);
                        } else {
                            add(&path)?;
                        }
                    }
                }
            }
        }
        Ok(files)
    }

    /// The names of the subfolders of a folder of the pack, sorted, without hidden ones; none if it is not there.
    pub(super) fn folders(&self, path: &str) -> Result<BTreeSet<String>, Diagnostic> {
        match self {
            Files::Embedded { table, key } => {
                let prefix = format!("{key}/{path}/");
                let below = table.iter().filter_map(|(path, _)| path.strip_prefix(&prefix));
                Ok(below.filter_map(|path| path.split_once('/')).map(|(name, _)| name.to_owned()).collect())
            }
            Files::Folder(root) => folders_in(&root.join(path)).map_err(|error| {
                self.problem(path, format!("this folder cannot be read: {error}")).help("check that you may read it")
            }),
        }
    }
}

fn folders_in(folder: &Path) -> io::Result<BTreeSet<String>> {
    let entries = entries_in(folder)?;
    Ok(entries.into_iter().filter(|(_, is_folder)| *is_folder).map(|(name, _)| name).collect())
}

/// The entries of a folder, without hidden ones, and whether each is a folder; nothing if it is not there.
fn entries_in(folder: &Path) -> io::Result<Vec<(String, bool)>> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push((name, entry.path().is_dir()));
        }
    }
    Ok(names)
}

/// Where `path` really is, if that is below `root`.
fn inside(root: &Path, path: &str) -> io::Result<Option<PathBuf>> {
    let place = match root.join(path).canonicalize() {
        // A dangling link and a missing file are the same error; only the first is a mistake in itself.
        Err(error) if error.kind() == io::ErrorKind::NotFound && root.join(path).is_symlink() => {
            return Err(io::Error::other("it is a link to nothing"));
        }
        other => other?,
    };
    Ok(place.starts_with(root.canonicalize()?).then_some(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn problem(files: &Files, path: &str) -> String {
        files.read(path).unwrap_err().to_string()
    }

    #[test]
    fn both_kinds_of_pack_read_alike() {
        let table: Table = &[
            ("demo/overview.md", "Hello\n"),
            ("demo/stages/one/deep/two.c", "int x;\n"),
            ("demo/stages/one/guide.md", "# One\n"),
        ];
        let embedded = Files::Embedded { table, key: "demo".to_owned() };
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("stages/one")).unwrap();
        fs::create_dir_all(root.path().join("stages/.git")).unwrap();
        fs::create_dir_all(root.path().join("stages/one/deep")).unwrap();
        fs::write(root.path().join("stages/one/deep/two.c"), "int x;\n").unwrap();
        fs::write(root.path().join("stages/one/guide.md"), "# One\n").unwrap();
        fs::write(root.path().join("stages/readme"), "").unwrap();
        fs::write(root.path().join("overview.md"), "\u{feff}Hello\n").unwrap();
        let folder = Files::Folder(root.path().to_owned());
        for files in [&embedded, &folder] {
            let below = files.below("stages", "one").unwrap();
            assert_eq!(below.keys().collect::<Vec<_>>(), ["one/deep/two.c", "one/guide.md"]);
            assert!(files.below("stages/one", "cases").unwrap().is_empty());
            assert_eq!(files.read("overview.md").unwrap().unwrap().text, "Hello\n");
            assert!(files.read("stages/two/guide.md").unwrap().is_none());
            assert_eq!(files.folders("stages").unwrap().into_iter().collect::<Vec<_>>(), ["one"]);
            assert!(files.folders("nothing").unwrap().is_empty());
        }
        let name = |files: &Files| files.read("overview.md").unwrap().unwrap().name.clone();
        assert_eq!(name(&embedded), Path::new("challenges/demo/overview.md"));
        assert_eq!(name(&folder), Path::new("overview.md"));
    }

    #[test]
    fn a_file_that_cannot_be_taken_says_why() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::os::unix::fs::symlink(outside.path().join("secret"), at("out.md")).unwrap();
        std::os::unix::fs::symlink(at("gone"), at("nothing.md")).unwrap();
        fs::write(at("inside.md"), "in").unwrap();
        std::os::unix::fs::symlink(at("inside.md"), at("link.md")).unwrap();
        fs::create_dir(at("folder.md")).unwrap();
        fs::write(at("large.md"), "x".repeat(MAX_FILE + 1)).unwrap();
        fs::write(at("full.md"), "x".repeat(MAX_FILE)).unwrap();
        fs::write(at("latin.md"), b"one\ncaf\xe9 two\n").unwrap();
        nix::unistd::mkfifo(&at("pipe.md"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let files = Files::Folder(root.path().to_owned());
        assert!(problem(&files, "out.md").starts_with("this is a link that leads out of the pack\n  --> out.md"));
        assert!(problem(&files, "nothing.md").contains("it is a link to nothing"));
        assert!(problem(&files, "folder.md").contains("this is not a file"));
        assert!(problem(&files, "pipe.md").contains("this is not a file"));
        assert!(problem(&files, "large.md").contains("more than 256 KB"));
        let latin = problem(&files, "latin.md");
        assert!(latin.contains("latin.md:2:4") && latin.contains("2 | caf\u{fffd} two\n  |    ^"), "{latin}");
        assert_eq!(files.read("link.md").unwrap().unwrap().text, "in");
        // Two links in each folder to the next: twenty of them are a million folders.
        fs::create_dir_all(at("one/d20")).unwrap();
        for number in 0..20 {
            fs::create_dir_all(at(&format!("one/d{number}"))).unwrap();
            for name in ["x", "y"] {
                let (next, link) = (at(&format!("one/d{}", number + 1)), at(&format!("one/d{number}/{name}")));
                std::os::unix::fs::symlink(next, link).unwrap();
            }
        }
        let many = files.below("one", "d0").unwrap_err().to_string();
        assert!(many.contains("more than 10000 files"), "{many}");
        assert!(files.read("full.md").is_ok());
    }
}
