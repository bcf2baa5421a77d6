//! Whether anything of the project changed after a time: what `lsfr next` asks before it believes an old run.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use super::rules::Rules;

/// Whether any file that counts changed after `time`. What cannot be read counts as changed: testing once more costs
/// seconds, a stage passed by an old program costs more.
pub fn changed_since(dir: &Path, time: SystemTime) -> bool {
    below(dir, Path::new(""), &mut Rules::new(dir), time)
}

fn below(root: &Path, dir: &Path, rules: &mut Rules, time: SystemTime) -> bool {
    let Ok(entries) = fs::read_dir(root.join(dir)) else { return true };
    rules.read(dir);
    entries.into_iter().any(|entry| {
        let Ok(entry) = entry else { return true };
        let path = dir.join(entry.file_name());
        let Ok(metadata) = entry.metadata() else { return true };
        if rules.ignore(&path, metadata.is_dir()) {
            return false;
        }
        let is_link = metadata.is_symlink();
        if metadata.is_dir() {
            return below(root, &path, rules, time);
        }
        let as_old = |metadata: Metadata| metadata.modified().is_ok_and(|modified| modified <= time);
        !as_old(metadata) || is_link && !target_matches(&root.join(path), as_old)
    })
}

/// Whether the file that a link leads to is as it should be. A link to a directory is not followed, and one that leads
/// nowhere holds nothing, as in the watch.
fn target_matches(link: &Path, matches: impl Fn(Metadata) -> bool) -> bool {
    match fs::metadata(link) {
        Ok(target) => !target.is_file() || matches(target),
        Err(error) => error.kind() != ErrorKind::PermissionDenied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::time::Duration;

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
        touch("deep/data.db");
        fs::write(temp.path().join(".gitignore"), "*.db\n").unwrap();
        assert!(!changed_since(temp.path(), later));
        touch("src/deep/main.py");
        assert!(changed_since(temp.path(), later));
        assert!(!changed_since(temp.path(), later + Duration::from_secs(2)));
        assert!(changed_since(&temp.path().join("missing"), later));
    }

    #[test]
    fn a_link_counts_by_the_file_it_leads_to() {
        let later = SystemTime::now() + Duration::from_secs(60);
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("shared.py");
        fs::write(&target, "one").unwrap();
        let temp = tempfile::tempdir().unwrap();
        symlink(&target, temp.path().join("shared.py")).unwrap();
        symlink(outside.path(), temp.path().join("directory")).unwrap();
        symlink("nowhere", temp.path().join("broken")).unwrap();
        symlink("loop", temp.path().join("loop")).unwrap();
        assert!(!changed_since(temp.path(), later));
        fs::File::open(&target).unwrap().set_modified(later + Duration::from_secs(1)).unwrap();
        assert!(changed_since(temp.path(), later));
    }
}
