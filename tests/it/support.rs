//! A throw-away challenge directory and the real binary in it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lsfr::challenge::{self, Origin};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const LSFR: &str = env!("CARGO_BIN_EXE_lsfr");

/// A killed lsfr's guards need moments to follow it; a machine that compiles meanwhile needs more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How many stages a challenge of lsfr's own has.
pub(crate) fn stages_of(challenge: &str) -> usize {
    let origin = Origin::BuiltIn(challenge.to_owned());
    challenge::load(&origin).unwrap().stages().count()
}

/// How many tests a stage of the store has.
pub(crate) fn tests_of(stage: &str) -> usize {
    let challenge = challenge::load(&Origin::BuiltIn("kv-store".to_owned())).unwrap();
    challenge.stage(stage).unwrap().tests.tests.len()
}

/// What is said when all of them have passed: `23 of 23`.
pub(crate) fn all_of(stage: &str) -> String {
    let tests = tests_of(stage);
    format!("{tests} of {tests}")
}

#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> Result<(), String>) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(instead) = holds() {
        assert!(Instant::now() < deadline, "never: {what}; {instead}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Living processes, as (pid, name), whose working directory is in a folder or that were given its path, even if only
/// in their environment.
pub(crate) fn alive(home: &Path) -> Vec<(i32, String)> {
    let mark = home.as_os_str().as_encoded_bytes();
    let names = |bytes: Vec<u8>| bytes.windows(mark.len()).any(|window| window == mark);
    let ours = |proc: &Path| {
        ["environ", "cmdline"].iter().any(|file| fs::read(proc.join(file)).is_ok_and(&names))
            || fs::read_link(proc.join("cwd")).is_ok_and(|cwd| cwd.starts_with(home))
    };
    let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let proc = entry.path();
        let stat = fs::read_to_string(proc.join("stat")).ok()?;
        let ended = stat.rsplit(") ").next()?.starts_with(['Z', 'X']);
        let name = fs::read_to_string(proc.join("comm")).ok()?;
        (!ended && ours(&proc)).then(|| (pid, name.trim_end().to_owned()))
    });
    processes.collect()
}

/// lsfr in a directory, without any colour settings from the environment.
pub(crate) fn lsfr(dir: &Path) -> Command {
    let mut command = Command::new(LSFR);
    command.current_dir(dir).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: Output) -> Said {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Asserts the exit code; if it differs, shows what was printed.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Said {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// Asserts that each phrase is said, wherever the lines are broken.
    #[track_caller]
    pub(crate) fn says(self, phrases: &[&str]) -> Said {
        let all = words(&format!("{}\n{}", self.out, self.err));
        for phrase in phrases {
            assert!(all.contains(&words(phrase)), "{phrase:?} is not in\n{}\n{}", self.out, self.err);
        }
        self
    }

    /// Each line of the output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(line).collect()
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn run<A: AsRef<OsStr>>(dir: &Path, args: impl IntoIterator<Item = A>) -> Said {
    Said::of(lsfr(dir).args(args).output().unwrap())
}

/// A challenge directory, for kv-store unless another challenge is named.
pub(crate) struct Project {
    /// Holds the project, and whatever else a test puts beside it.
    pub(crate) temp: TempDir,
    pub(crate) dir: PathBuf,
}

impl Project {
    /// As `lsfr new kv-store` makes it.
    pub(crate) fn new() -> Project {
        Project::of(tempfile::tempdir().unwrap(), "kv-store")
    }

    /// As `lsfr new compiler` makes it.
    pub(crate) fn compiler() -> Project {
        Project::of(tempfile::tempdir().unwrap(), "compiler")
    }

    /// For files of many megabytes: temporary folders may be in memory.
    pub(crate) fn on_disk() -> Project {
        Project::of(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(), "kv-store")
    }

    /// In a directory with a Latin-1 name, which is not UTF-8.
    #[cfg(target_os = "linux")]
    pub(crate) fn in_latin_1(challenge: &str) -> Project {
        use std::os::unix::ffi::OsStrExt;
        let temp = tempfile::Builder::new().prefix(OsStr::from_bytes(b"caf\xe9-")).tempdir().unwrap();
        Project::of(temp, challenge)
    }

    fn of(temp: TempDir, challenge: &str) -> Project {
        run(temp.path(), ["new", challenge]).exits(0);
        let dir = temp.path().join(challenge).canonicalize().unwrap();
        Project { temp, dir }
    }

    /// With the program that comes with lsfr.
    pub(crate) fn reference() -> Project {
        Project::with_reference("")
    }

    /// With that program and a known bug.
    pub(crate) fn buggy(bug: &str) -> Project {
        Project::with_reference(&format!("--bug {bug}"))
    }

    fn with_reference(arguments: &str) -> Project {
        let project = Project::new();
        project.run_sh(&format!("#!/bin/sh\nexec '{LSFR}' __reference kv-store {arguments} \"$@\"\n"));
        project
    }

    pub(crate) fn run_sh(&self, text: &str) {
        fs::write(self.dir.join("run.sh"), text).unwrap();
        fs::set_permissions(self.dir.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.dir.join(name)).unwrap()
    }

    pub(crate) fn lsfr<const N: usize>(&self, args: [&str; N]) -> Said {
        run(&self.dir, args)
    }

    /// The folders of its runs, oldest first.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.dir.join(".lsfr/runs")).into_iter().flatten().flatten();
        let mut runs: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        runs.sort_by_key(|run| fs::metadata(run.join("events.jsonl")).unwrap().created().unwrap());
        runs
    }

    /// Events of its last run.
    pub(crate) fn events(&self) -> Vec<Value> {
        let run = self.runs().pop().unwrap();
        let text = fs::read_to_string(run.join("events.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Asserts that no process is at home in the project or was started with a path in it.
    #[track_caller]
    pub(crate) fn assert_nothing_runs(&self) {
        let home = self.temp.path().canonicalize().unwrap();
        assert_eq!(alive(&home), []);
    }
}
