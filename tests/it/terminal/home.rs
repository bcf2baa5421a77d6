//! Where a test starts lsfr.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::load::{READS_AND_WRITES, files};
use crate::support::{self, LSFR, alive, eventually};

/// A directory to start lsfr in. It is the home of whatever lsfr starts too: their environment tells them apart.
pub(super) struct Home {
    temp: TempDir,
}

impl Home {
    pub(super) fn new() -> Home {
        Home { temp: tempfile::Builder::new().prefix("lsfr-terminal-").tempdir().unwrap() }
    }

    /// With a kv-store project, and this after `#!/bin/sh` in its run.sh, where LSFR is lsfr's server.
    pub(super) fn with_project(run_sh: &str) -> Home {
        let home = Home::new();
        support::run(home.path(), ["new", "kv-store"]).exits(0);
        home.run_sh(run_sh);
        home
    }

    /// With a pack of one load of reads and writes in `loaded`, and a server with this bug.
    pub(super) fn loaded(bug: &str) -> Home {
        let home = Home::new();
        for (name, text) in files(READS_AND_WRITES) {
            let file = home.path().join("loaded").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        home.script("loaded/run.sh", &format!("exec '{LSFR}' __reference kv-store --bug {bug} \"$@\""));
        home
    }

    pub(super) fn path(&self) -> &Path {
        self.temp.path()
    }

    pub(super) fn project(&self) -> PathBuf {
        self.path().join("kv-store")
    }

    /// Saves run.sh as an editor does: all of it, at once.
    pub(super) fn run_sh(&self, body: &str) {
        let body = body.replace("LSFR", &format!("'{LSFR}' __reference kv-store"));
        let new = self.project().join(".run.sh.new");
        script(&new, &body);
        fs::rename(new, self.project().join("run.sh")).unwrap();
    }

    /// An executable file in the home.
    pub(super) fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.path().join(name);
        script(&path, body);
        path
    }

    /// What lsfr wrote down of its panics.
    #[cfg(debug_assertions)]
    pub(super) fn crashes(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path().join("lsfr")).into_iter().flatten().flatten();
        let crash =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("crash-"));
        let paths = entries.map(|entry| entry.path()).filter(crash);
        paths.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// Living processes called this that lsfr started here.
    pub(super) fn named(&self, name: &str) -> usize {
        alive(self.path()).iter().filter(|(_, other)| other == name).count()
    }

    /// The states of those, as `ps` shows them.
    pub(super) fn states(&self, name: &str) -> Vec<char> {
        let named = alive(self.path()).into_iter().filter(|(_, other)| other == name);
        let stat = named.filter_map(|(pid, _)| fs::read_to_string(format!("/proc/{pid}/stat")).ok());
        stat.filter_map(|stat| stat.rsplit(") ").next()?.chars().next()).collect()
    }

    /// To all called this that lsfr started here, and to itself.
    pub(super) fn signal(&self, name: &str, signal: Signal) {
        for (pid, _) in alive(self.path()).into_iter().filter(|(_, other)| other == name) {
            kill(Pid::from_raw(pid), signal).unwrap();
        }
    }

    /// If lsfr could end in its own way, it is the last to go.
    #[track_caller]
    pub(super) fn assert_nothing_runs(&self) {
        assert_eq!(alive(self.path()), []);
    }

    /// If it could not, the guards follow it.
    #[track_caller]
    pub(super) fn assert_all_ends(&self) {
        eventually("no process is left", || match alive(self.path()) {
            left if left.is_empty() => Ok(()),
            left => Err(format!("{left:?}")),
        });
    }
}

impl Drop for Home {
    /// A failed assertion must not leave behind what it found.
    fn drop(&mut self) {
        for (pid, _) in alive(self.path()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

fn script(path: &Path, body: &str) {
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
