//! Whether anything of the project changed after a time: what `lsfr next` asks before it believes an old run.

use std::path::Path;
use std::time::SystemTime;

use super::rules::Rules;

/// Whether any file that counts changed after `time`. What cannot be read counts as changed: testing once more costs
/// seconds, a stage passed by an old program costs more.
pub fn changed_since(dir: &Path, time: SystemTime) -> bool {
    below(dir, Path::new(""), &mut Rules::new(dir), time)
}

fn below(root: &Path, dir: &Path, rules: &mut Rules, time: SystemTime) -> bool {
    let Ok(entries) = std::fs::read_dir(root.join(dir)) else { return true };
    rules.read(dir);
    entries.into_iter().any(|entry| {
        let Ok(entry) = entry else { return true };
        let path = dir.join(entry.file_name());
        let Ok(metadata) = entry.metadata() else { return true };
        if rules.ignore(&path, metadata.is_dir()) {
            return false;
        }
        if metadata.is_dir() {
            return below(root, &path, rules, time);
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
        touch("deep/data.db");
        std::fs::write(temp.path().join(".gitignore"), "*.db\n").unwrap();
        assert!(!changed_since(temp.path(), later));
        touch("src/deep/main.py");
        assert!(changed_since(temp.path(), later));
        assert!(!changed_since(temp.path(), later + Duration::from_secs(2)));
        assert!(changed_since(&temp.path().join("missing"), later));
    }
}
