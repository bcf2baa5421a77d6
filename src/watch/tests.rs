//! Whole watchers on real directories. A test that nothing is reported then makes a change that counts: events come in
//! order, so that what was to be ignored would have come with it or before it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::watching::Pace;
use super::{How, WatchEvent, Watcher};

/// Far beyond what any of it takes; only a failure waits this long.
const DEADLINE: Duration = Duration::from_secs(20);

/// Longer than any pause that a busy machine puts between two steps of a save.
const PACE: Pace = Pace { quiet: Duration::from_millis(150), at_most: DEADLINE };

/// A watched directory with `main.py` in it.
struct Watched {
    dir: TempDir,
    told: Receiver<WatchEvent>,
    watcher: Option<Watcher>,
}

impl Watched {
    fn start(prepare: impl Fn(&Path)) -> Watched {
        Watched::start_with(None, prepare)
    }

    fn polling(prepare: impl Fn(&Path)) -> Watched {
        Watched::start_with(Some("asked to".to_owned()), prepare)
    }

    fn start_with(poll: Option<String>, prepare: impl Fn(&Path)) -> Watched {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("main.py"), "one").unwrap();
        prepare(dir.path());
        let (tell, told) = mpsc::channel();
        let watcher = Watcher::start_with(dir.path(), poll, PACE, move |event| drop(tell.send(event)));
        Watched { dir, told, watcher: Some(watcher) }
    }

    /// Started, and past the first reading.
    fn ready(prepare: impl Fn(&Path)) -> Watched {
        let watched = Watched::start(prepare);
        let (_, how) = watched.watching();
        assert_eq!(how, How::Events);
        watched
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn next(&self) -> WatchEvent {
        self.told.recv_timeout(DEADLINE).expect("told before the deadline")
    }

    fn watching(&self) -> (usize, How) {
        match self.next() {
            WatchEvent::Watching { files, how } => (files, how),
            other => panic!("{other:?}"),
        }
    }

    /// The next change, skipping news about the watch itself.
    fn changed(&self) -> Vec<String> {
        loop {
            match self.next() {
                WatchEvent::Watching { .. } => {}
                WatchEvent::Changed { files } => {
                    return files.iter().map(|file| file.display().to_string()).collect();
                }
                WatchEvent::Problem(problem) => panic!("{problem}"),
            }
        }
    }

    fn problem(&self) -> String {
        loop {
            if let WatchEvent::Problem(problem) = self.next() {
                return problem;
            }
        }
    }

    /// Proves that nothing done so far counts: a later change is reported alone.
    fn nothing_so_far(&self) {
        self.write("proof.txt", &format!("{:?}", Instant::now()));
        assert_eq!(self.changed(), ["proof.txt"]);
    }
}

#[test]
fn a_file_written_in_place_is_told_once() {
    let watched = Watched::ready(|_| {});
    watched.write("main.py", "two");
    assert_eq!(watched.changed(), ["main.py"]);
    watched.nothing_so_far();
}

#[test]
fn a_file_replaced_by_a_rename_is_told_under_its_own_name() {
    let watched = Watched::ready(|_| {});
    watched.write("main.py.tmp", "two");
    fs::rename(watched.path("main.py.tmp"), watched.path("main.py")).unwrap();
    assert_eq!(watched.changed(), ["main.py"]);
    watched.write("main.py", "three");
    assert_eq!(watched.changed(), ["main.py"]);
}

#[test]
fn a_file_deleted_and_created_again_is_told_once() {
    let watched = Watched::ready(|_| {});
    fs::remove_file(watched.path("main.py")).unwrap();
    watched.write("main.py", "two");
    assert_eq!(watched.changed(), ["main.py"]);
    watched.nothing_so_far();
}

#[test]
fn a_deleted_file_is_a_change_and_counts_no_more() {
    let watched = Watched::ready(|dir| fs::write(dir.join("b.py"), "b").unwrap());
    fs::remove_file(watched.path("b.py")).unwrap();
    assert_eq!(watched.watching(), (1, How::Events));
    assert_eq!(watched.changed(), ["b.py"]);
}

#[test]
fn a_burst_of_saves_is_told_once() {
    let watched = Watched::ready(|_| {});
    for content in 0..20 {
        watched.write("main.py", &content.to_string());
        watched.write("other.py", &content.to_string());
    }
    assert_eq!(watched.changed(), ["main.py", "other.py"]);
    watched.nothing_so_far();
}

#[test]
fn equal_content_is_no_change_however_it_is_written() {
    let watched = Watched::ready(|_| {});
    watched.write("main.py", "one");
    fs::File::open(watched.path("main.py")).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    watched.write("other.tmp", "one");
    fs::rename(watched.path("other.tmp"), watched.path("main.py")).unwrap();
    watched.nothing_so_far();
}

#[test]
fn what_is_ignored_is_not_told() {
    let watched = Watched::ready(|dir| {
        fs::create_dir_all(dir.join("node_modules/left-pad")).unwrap();
        fs::create_dir_all(dir.join("logs")).unwrap();
        fs::write(dir.join(".gitignore"), "*.o\nlogs/\n").unwrap();
    });
    for name in [
        "node_modules/left-pad/index.js",
        "target/debug/kv",
        ".lsfr/run",
        "lsfr.yaml",
        "a.o",
        "logs/a",
        ".main.py.swp",
    ] {
        watched.write(name, "new");
    }
    watched.nothing_so_far();
}

#[test]
fn a_file_in_a_new_directory_is_told_and_the_directory_is_watched_from_then_on() {
    let watched = Watched::ready(|_| {});
    watched.write("src/deep/server.py", "one");
    assert_eq!(watched.changed(), ["src/deep/server.py"]);
    watched.write("src/deep/server.py", "two");
    assert_eq!(watched.changed(), ["src/deep/server.py"]);
}

#[test]
fn a_directory_that_is_moved_or_made_anew_stays_watched() {
    let watched = Watched::ready(|dir| {
        fs::create_dir_all(dir.join("src/deep")).unwrap();
        fs::write(dir.join("src/deep/a.py"), "a").unwrap();
    });
    fs::rename(watched.path("src"), watched.path("lib")).unwrap();
    assert_eq!(watched.changed(), ["lib/deep/a.py", "src/deep/a.py"]);
    watched.write("lib/deep/a.py", "b");
    assert_eq!(watched.changed(), ["lib/deep/a.py"]);
    fs::remove_dir_all(watched.path("lib")).unwrap();
    watched.write("lib/deep/a.py", "c");
    assert_eq!(watched.changed(), ["lib/deep/a.py"]);
    watched.write("lib/deep/a.py", "d");
    assert_eq!(watched.changed(), ["lib/deep/a.py"]);
}

#[test]
fn a_changed_ignore_file_takes_effect_and_only_it_is_told() {
    let watched = Watched::ready(|dir| {
        fs::create_dir(dir.join("data")).unwrap();
        fs::write(dir.join("data/a.log"), "a").unwrap();
        fs::write(dir.join("data/c.log"), "c").unwrap();
    });
    watched.write(".gitignore", "data/\n");
    assert_eq!(watched.watching(), (2, How::Events));
    assert_eq!(watched.changed(), [".gitignore"]);
    watched.write("data/a.log", "b");
    watched.write("data/b.log", "b");
    watched.nothing_so_far();
    fs::remove_file(watched.path(".gitignore")).unwrap();
    assert_eq!(watched.changed(), [".gitignore"]);
    watched.write("data/a.log", "c");
    assert_eq!(watched.changed(), ["data/a.log"]);
}

#[test]
fn the_executable_bit_is_a_change_and_another_bit_is_not() {
    let watched = Watched::ready(|_| {});
    let mode = |mode| fs::set_permissions(watched.path("main.py"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o755);
    assert_eq!(watched.changed(), ["main.py"]);
    mode(0o711);
    watched.nothing_so_far();
}

#[test]
fn a_link_counts_by_the_content_it_leads_to_and_a_loop_ends() {
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("shared.py");
    fs::write(&target, "one").unwrap();
    let watched = Watched::start(|dir| {
        symlink(&target, dir.join("shared.py")).unwrap();
        symlink(dir, dir.join("again")).unwrap();
        symlink("loop", dir.join("loop")).unwrap();
    });
    assert_eq!(watched.watching(), (2, How::Events));
    fs::write(&target, "two").unwrap();
    assert_eq!(watched.changed(), ["shared.py"]);
    for content in ["three", "four"] {
        fs::write(outside.path().join("new.py"), content).unwrap();
        fs::rename(outside.path().join("new.py"), &target).unwrap();
        assert_eq!(watched.changed(), ["shared.py"], "replaced by {content}");
    }
}

#[test]
fn a_directory_that_vanishes_is_told_and_watched_again_once_it_is_back() {
    let watched = Watched::ready(|_| {});
    let away = tempfile::tempdir().unwrap();
    let dir = watched.path("");
    fs::rename(&dir, away.path().join("kv")).unwrap();
    assert!(watched.problem().ends_with("is gone; it is watched again once it is back."));
    fs::write(away.path().join("kv/main.py"), "two").unwrap();
    fs::rename(away.path().join("kv"), &dir).unwrap();
    assert_eq!(watched.watching(), (1, How::Events), "said anew, so that the problem is known to be over");
    assert_eq!(watched.changed(), ["main.py"]);
    watched.write("main.py", "three");
    assert_eq!(watched.changed(), ["main.py"]);
}

#[test]
fn a_directory_that_cannot_be_read_is_told_and_what_was_in_it_is_not_taken_for_deleted() {
    let watched = Watched::ready(|dir| {
        fs::create_dir(dir.join("closed")).unwrap();
        fs::write(dir.join("closed/a.py"), "a").unwrap();
    });
    let mode = |mode| fs::set_permissions(watched.path("closed"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    // The superuser may read it all the same; then there is no problem to report, and no change either.
    if fs::read_dir(watched.path("closed")).is_err() {
        let problem = watched.problem();
        assert!(problem.starts_with("closed cannot be read (Permission denied"), "{problem}");
        mode(0o755);
        assert_eq!(watched.watching(), (2, How::Events), "said anew, so that the problem is known to be over");
        mode(0o000);
        watched.problem();
    }
    watched.nothing_so_far();
    mode(0o755);
    watched.write("closed/a.py", "b");
    assert_eq!(watched.changed(), ["closed/a.py"]);
}

#[test]
fn polling_notices_the_same_changes_and_says_why_it_polls() {
    let watched = Watched::polling(|dir| fs::write(dir.join(".gitignore"), "*.o\n").unwrap());
    assert_eq!(watched.watching(), (2, How::Polling("asked to".to_owned())));
    watched.write("a.o", "new");
    watched.write("main.py", "one");
    watched.write("src/server.py", "one");
    assert_eq!(watched.changed(), ["src/server.py"]);
    watched.write("main.py", "two");
    assert_eq!(watched.changed(), ["main.py"]);
    fs::remove_dir_all(watched.path("src")).unwrap();
    assert_eq!(watched.changed(), ["src/server.py"]);
}

#[test]
fn a_thousand_files_are_counted() {
    let watched = Watched::start(|dir| {
        for at in 0..999 {
            let file = dir.join(format!("src/{}/{at}.py", at % 10));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, at.to_string()).unwrap();
        }
    });
    assert_eq!(watched.watching(), (1000, How::Events));
    watched.write("src/7/7.py", "new");
    assert_eq!(watched.changed(), ["src/7/7.py"]);
}

#[test]
fn dropping_it_ends_the_thread() {
    for mut watched in [Watched::ready(|_| {}), Watched::polling(|_| {})] {
        drop(watched.watcher.take());
        // The sender goes with the thread that holds it.
        let end = Instant::now() + DEADLINE;
        while watched.told.recv_timeout(end - Instant::now()).is_ok() {}
        assert_eq!(watched.told.try_recv().unwrap_err(), mpsc::TryRecvError::Disconnected);
    }
}

#[test]
fn sources_behind_a_link_are_watched() {
    for poll in [None, Some("asked to".to_owned())] {
        let other = tempfile::tempdir().unwrap();
        fs::create_dir(other.path().join("deep")).unwrap();
        fs::write(other.path().join("deep/server.py"), "one").unwrap();
        let watched = Watched::start_with(poll, |dir| {
            symlink(other.path(), dir.join("src")).unwrap();
            symlink(dir, other.path().join("back")).unwrap();
        });
        assert_eq!(watched.watching().0, 2);
        watched.write("src/deep/server.py", "two");
        assert_eq!(watched.changed(), ["src/deep/server.py"]);
        fs::write(other.path().join("new.py"), "new").unwrap();
        assert_eq!(watched.changed(), ["src/new.py"]);
        fs::remove_file(watched.path("src")).unwrap();
        assert_eq!(watched.changed(), ["src/deep/server.py", "src/new.py"]);
        fs::write(other.path().join("new.py"), "newer").unwrap();
        watched.nothing_so_far();
        symlink(other.path(), watched.path("lib")).unwrap();
        assert_eq!(watched.changed(), ["lib/deep/server.py", "lib/new.py"]);
        fs::write(other.path().join("new.py"), "newest").unwrap();
        assert_eq!(watched.changed(), ["lib/new.py"]);
    }
}
