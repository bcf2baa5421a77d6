//! `disk_usage`: what the files in a node's folder take on the disk.

use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::facts::{Expected, Finding, Mismatch, UsedFile};
use crate::scenario::expr::Scope;
use crate::scenario::verbs::disk::DiskUsage;
use crate::text::clean;

use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;
use super::phrases::selector;

/// What `stat` counts blocks in, whatever the file system's own are.
const BLOCK: u64 = 512;
/// A file takes whole pages of this size.
const PAGE: u64 = 4096;
/// How many files a failure names, the largest first.
const NAMED: usize = 4;

impl Interpreter<'_> {
    pub(super) async fn disk_usage(&self, usage: &DiskUsage, scope: &Scope, frame: &Frame) -> Result<(), Stop> {
        let nodes = self.select(&usage.nodes, Pool::Every, scope, frame).await?;
        let is = usage.is.resolve(scope)?;
        let mut largest = 0;
        for node in nodes {
            let folder = self.cluster()?.folder(&node).to_owned();
            // Folders of thousands of files take their time.
            let files = tokio::task::spawn_blocking(move || files(&folder)).await;
            let files = files.map_err(io::Error::other).and_then(|files| files);
            let mut files =
                files.map_err(|error| Stop::fault(format!("the folder of {node} cannot be read: {error}")))?;
            let bytes: u64 = files.iter().map(|file| file.bytes).sum();
            largest = bytes.max(largest);
            let actual = Json::from(bytes);
            if !is.check("disk_usage", Some(&actual)).is_empty() {
                let expected = Expected::Words(is.describe_sizes());
                let mismatches =
                    vec![Mismatch { path: "disk_usage".into(), expected, actual: Some(actual), source: None }];
                files.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
                let others = files.len().saturating_sub(NAMED);
                files.truncate(NAMED);
                return Err(Stop::failed(Finding::DiskUsage { node, bytes, largest: files, others, mismatches }));
            }
        }
        self.run.traffic.measured(largest);
        Ok(())
    }
}

pub(super) fn describe(usage: &DiskUsage) -> String {
    format!("measure the folder of {}", selector(&usage.nodes))
}

/// The files below a folder. One that the program removes meanwhile takes nothing; links are not followed.
fn files(folder: &Path) -> io::Result<Vec<UsedFile>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut left = vec![PathBuf::new()];
    while let Some(within) = left.pop() {
        let entries = match std::fs::read_dir(folder.join(&within)) {
            Ok(entries) => entries,
            Err(error) if is_gone(&error) => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let path = within.join(entry.file_name());
            let about = match entry.metadata() {
                Ok(about) => about,
                Err(error) if is_gone(&error) => continue,
                Err(error) => return Err(error),
            };
            if about.is_dir() {
                left.push(path);
            } else if about.is_file() && seen.insert((about.dev(), about.ino())) {
                let bytes = (about.blocks() * BLOCK).min(about.len().next_multiple_of(PAGE));
                found.push(UsedFile { path: clean(&path.display().to_string()), bytes });
            }
        }
    }
    Ok(found)
}

/// It was there a moment ago.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_are_counted_once_however_deep_and_whatever_links_to_them() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/log"), vec![1; 10_000]).unwrap();
        fs::write(root.join("small"), "x").unwrap();
        fs::hard_link(root.join("small"), root.join("same")).unwrap();
        std::os::unix::fs::symlink("/", root.join("root")).unwrap();
        fs::File::create(root.join("hole")).unwrap().set_len(1 << 30).unwrap();
        let mut files = files(root).unwrap();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths.len(), 3, "{paths:?}");
        assert_eq!((paths[0], files[0].bytes <= 12_288 && files[0].bytes > 0), ("a/b/log", true));
        assert_eq!((paths[1], files[1].bytes), ("hole", 0), "a hole takes nothing");
        assert!(files[2].bytes <= 4096);
        assert!(super::files(&root.join("nothing")).unwrap().is_empty(), "a node that never started has no folder");
    }
}
