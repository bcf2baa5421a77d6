//! Links to directories: sources may be elsewhere, so links are looked into like the project's own folders.

use std::path::Path;

/// A link to a home directory or a disk must not make all of it the learner's: only this many folders behind links are
/// looked into.
pub(super) const MOST: usize = 1_000;
pub(super) const TOO_MANY: &str = "links lead to more than 1,000 folders";

/// Whether a link leads to a directory that is to be looked into. One that leads to its own directory, to one above it,
/// or into something that is looked into anyway would go on for ever, or report each change twice.
pub(super) fn lead_on(root: &Path, link: &Path) -> bool {
    let Ok(target) = root.join(link).canonicalize() else { return false };
    let mut around = link.ancestors().skip(1).filter_map(|dir| root.join(dir).canonicalize().ok());
    target.is_dir() && around.all(|dir| !dir.starts_with(&target) && !target.starts_with(&dir))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_what_is_elsewhere_is_looked_into_and_no_loop() {
        let temp = tempfile::tempdir().unwrap();
        let (root, other) = (temp.path().join("project"), temp.path().join("other"));
        fs::create_dir_all(root.join("own/deep")).unwrap();
        fs::create_dir_all(other.join("sub")).unwrap();
        fs::write(other.join("file"), "").unwrap();
        let link = |target: &Path, name: &str| symlink(target, root.join(name)).unwrap();
        link(&other, "other");
        link(&other.join("sub"), "own/deep/sub");
        link(&other.join("file"), "file");
        link(Path::new("own"), "inside");
        link(Path::new("."), "itself");
        link(Path::new(".."), "above");
        link(Path::new("nowhere"), "broken");
        link(Path::new("loop"), "loop");
        for (name, leads) in [
            ("other", true),
            ("own/deep/sub", true),
            ("file", false),
            ("inside", false),
            ("itself", false),
            ("above", false),
            ("broken", false),
            ("loop", false),
        ] {
            assert_eq!(lead_on(&root, Path::new(name)), leads, "{name}");
        }
        // Two that lead to each other.
        fs::create_dir(temp.path().join("third")).unwrap();
        symlink(temp.path().join("third"), other.join("third")).unwrap();
        symlink(&other, temp.path().join("third/other")).unwrap();
        assert!(lead_on(&root, Path::new("other/third")));
        assert!(!lead_on(&root, Path::new("other/third/other")));
    }
}
