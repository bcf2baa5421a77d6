//! Real directories, with a real watcher on them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, channel};

use super::*;

/// Nobody waits so long unless something is broken.
const DEADLINE: Duration = Duration::from_secs(20);

struct Watched {
    temp: tempfile::TempDir,
    events: Receiver<WatchEvent>,
    watcher: Option<Watcher>,
}

impl Watched {
    fn of(files: &[&str], how: Option<How>) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let (sender, events) = channel();
        for file in files {
            write(temp.path(), file, "first");
        }
        let root = temp.path().canonicalize().unwrap();
        let watcher = Watcher::start_as(&root, how, move |event| drop(sender.send(event)));
        let watched = Self { temp, events, watcher: Some(watcher) };
        let first = watched.events.recv_timeout(DEADLINE).unwrap();
        let WatchEvent::Watching { files: count, .. } = first else { panic!("{first:?}") };
        assert_eq!(count, files.iter().filter(|file| is_watched(file)).count());
        watched
    }

    fn write(&self, file: &str, text: &str) {
        write(self.temp.path(), file, text);
    }

    fn path(&self, file: &str) -> PathBuf {
        self.temp.path().join(file)
    }

    /// The files of the next change.
    #[track_caller]
    fn changed(&self) -> Vec<String> {
        loop {
            match self.events.recv_timeout(DEADLINE).unwrap() {
                WatchEvent::Changed { files } => {
                    return files.iter().map(|file| file.display().to_string()).collect();
                }
                WatchEvent::Watching { .. } => {}
                WatchEvent::Problem(problem) => panic!("{problem}"),
            }
        }
    }

    /// Nothing has been told of so far: a change that counts is the next thing to be told.
    #[track_caller]
    fn nothing_until(&self, file: &str) {
        self.write(file, &format!("{:?}", Instant::now()));
        assert_eq!(self.changed(), [file]);
    }
}

fn is_watched(file: &str) -> bool {
    !file.starts_with("target/") && !file.starts_with(".lsfr/") && file != "lsfr.yaml"
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn saves_are_seen_however_an_editor_saves() {
    let watched = Watched::of(&["main.py", "lib/a.py", "lsfr.yaml"], None);
    watched.write("main.py", "second");
    assert_eq!(watched.changed(), ["main.py"]);
    // Renamed over.
    watched.write("lib/.a.py.swp", "third");
    fs::rename(watched.path("lib/.a.py.swp"), watched.path("lib/a.py")).unwrap();
    assert_eq!(watched.changed(), ["lib/a.py"]);
    // Moved away, written anew, the old one deleted.
    fs::rename(watched.path("main.py"), watched.path("main.py~")).unwrap();
    watched.write("main.py", "fourth");
    fs::remove_file(watched.path("main.py~")).unwrap();
    assert_eq!(watched.changed(), ["main.py"]);
    fs::remove_file(watched.path("main.py")).unwrap();
    assert_eq!(watched.changed(), ["main.py"]);
}

#[test]
fn equal_content_and_reading_are_no_change() {
    let watched = Watched::of(&["main.py"], None);
    watched.write("main.py", "first");
    fs::read(watched.path("main.py")).unwrap();
    let later = std::time::SystemTime::now() + Duration::from_secs(5);
    fs::File::options().write(true).open(watched.path("main.py")).unwrap().set_modified(later).unwrap();
    watched.nothing_until("other.py");
}

#[test]
fn what_is_ignored_is_not_seen() {
    let watched = Watched::of(&["main.py", "target/out", ".lsfr/x", "lsfr.yaml"], None);
    for file in ["target/out", ".lsfr/x", "lsfr.yaml", "target/new/deep", ".main.py.swp", "#main.py#"] {
        watched.write(file, "changed");
    }
    watched.nothing_until("main.py");
}

#[test]
fn gitignore_is_read_and_read_again() {
    let watched = Watched::of(&["main.py", "deep/data.db"], None);
    watched.write(".gitignore", "*.db\n");
    // What is ignored from now on has gone, as far as anybody watches.
    assert_eq!(watched.changed(), [".gitignore", "deep/data.db"]);
    watched.write("deep/data.db", "changed");
    watched.nothing_until("main.py");
    fs::remove_file(watched.path(".gitignore")).unwrap();
    assert_eq!(watched.changed(), [".gitignore", "deep/data.db"]);
    watched.write("deep/data.db", "again");
    assert_eq!(watched.changed(), ["deep/data.db"]);
}

#[test]
fn a_new_folder_and_what_is_in_it_are_seen() {
    let watched = Watched::of(&["main.py"], None);
    watched.write("new/deep/a.py", "x");
    let mut seen = watched.changed();
    // It may come in two parts: the folder is made before the file.
    while !seen.contains(&"new/deep/a.py".to_owned()) {
        seen = watched.changed();
    }
    watched.nothing_until("new/deep/a.py");
}

#[test]
fn the_executable_bit_is_a_change() {
    let watched = Watched::of(&["run.sh"], None);
    fs::set_permissions(watched.path("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(watched.changed(), ["run.sh"]);
}

#[test]
fn where_no_events_come_it_looks_by_itself() {
    let how = How::Polling("network file system".to_owned());
    let watched = Watched::of(&["main.py"], Some(how));
    watched.write("main.py", "second");
    assert_eq!(watched.changed(), ["main.py"]);
}

#[test]
fn a_directory_that_goes_away_is_told_once() {
    let watched = Watched::of(&["main.py"], Some(How::Polling("a test".to_owned())));
    fs::remove_dir_all(watched.temp.path()).unwrap();
    loop {
        match watched.events.recv_timeout(DEADLINE).unwrap() {
            WatchEvent::Problem(problem) => break assert!(problem.contains("cannot be read"), "{problem}"),
            _ => continue,
        }
    }
}

#[test]
fn a_dropped_watcher_ends() {
    let mut watched = Watched::of(&["main.py"], None);
    drop(watched.watcher.take());
    // The thread holds the sender: when it has ended, so has the channel.
    assert_eq!(watched.events.recv_timeout(DEADLINE), Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
}
