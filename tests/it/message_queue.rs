//! The message queue: its reference, the program that it is modelled on, a client that nobody here wrote, and the starter.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{LSFR, Said, run};
use lsfr::challenge::{self, Origin};
use tempfile::TempDir;

struct Project {
    _temp: TempDir,
    dir: PathBuf,
}

impl Project {
    fn new(run_sh: &str) -> Project {
        let temp = tempfile::tempdir().unwrap();
        run(temp.path(), ["new", "message-queue"]).exits(0);
        let dir = temp.path().join("message-queue");
        fs::write(dir.join("run.sh"), run_sh).unwrap();
        fs::set_permissions(dir.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        Project { _temp: temp, dir }
    }

    fn reference() -> Project {
        Project::new(&format!("#!/bin/sh\nexec '{LSFR}' __reference message-queue \"$@\"\n"))
    }

    fn test<const N: usize>(&self, args: [&str; N]) -> Said {
        run(&self.dir, ["test"].into_iter().chain(args))
    }
}

/// Each stage and the names of its tests.
fn stages() -> Vec<(String, Vec<String>)> {
    let challenge = challenge::load(&Origin::BuiltIn("message-queue".to_owned())).unwrap();
    let names = |key: &str| challenge.stage(key).unwrap().tests.tests.iter().map(|test| test.name.clone()).collect();
    challenge.stages().map(|stage| (stage.key.clone(), names(&stage.key))).collect()
}

/// Whether a program that the test needs is installed; fails if all programs must be and this one is not.
fn is_here(what: &str, found: bool) -> bool {
    if found {
        return true;
    }
    assert!(env::var_os("LSFR_ALL_PROGRAMS").is_none(), "{what} is not installed, and LSFR_ALL_PROGRAMS is set");
    eprintln!("{what} is not installed here: it was not tried");
    false
}

#[test]
fn the_reference_passes_the_stages_of_one_server() {
    Project::reference().test(["crash-recovery", "--so-far"]).exits(0);
}

#[test]
fn the_reference_passes_the_stages_of_three_servers() {
    let project = Project::reference();
    project.test(["replication"]).exits(0);
    project.test(["guarantees"]).exits(0);
}

/// Another make of it: one event loop, and a Raft of its own.
#[test]
fn a_queue_on_one_event_loop_passes_every_stage() {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/queue_py/queue_server.py");
    let project = Project::new(&format!("#!/bin/sh\nexec python3 -B '{program}' \"$@\"\n"));
    project.test(["crash-recovery", "--so-far"]).exits(0);
    project.test(["replication"]).exits(0);
    project.test(["guarantees"]).exits(0);
}

#[test]
fn the_starter_fails_every_stage() {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new", "message-queue", "--lang", "python"]).exits(0);
    let dir = temp.path().join("message-queue");
    for (stage, tests) in stages() {
        // One failed test is enough. What the starter says of everything is right for some of the errors.
        let test = if stage == "errors" { &tests[2] } else { &tests[0] };
        let said = run(&dir, ["test", &stage, "--only", test]);
        // A cluster that finds no leader on a machine that is busy with other things is not judged.
        assert!(matches!(said.code, Some(1 | 3)), "{stage}: {}", said.out);
    }
}

/// The stages in which the time of a reserved job ends. beanstalkd 1.12 looks for jobs whose time is over when the first of
/// them is due, takes those that were due before, and forgets the one that is due at this very microsecond: it stays
/// reserved until its worker speaks (beanstalkd issues 262 and 380). How often that happens depends on the machine, up to
/// nearly always. There its waits are made to end a millisecond late, and nothing else is changed.
const TIMES_END: [&str; 4] = ["time-to-run", "tubes", "bury-and-kick", "statistics"];

#[test]
fn the_real_beanstalkd_passes_the_stages_of_one_server() {
    if !is_here("beanstalkd", Command::new("beanstalkd").arg("-v").output().is_ok())
        || !is_here("gcc", Command::new("gcc").arg("--version").output().is_ok())
    {
        return;
    }
    let run_sh = |before: &str| {
        format!("#!/bin/sh\n{before}exec beanstalkd -l 127.0.0.1 -p \"${{1#*=}}\" -b \"${{2#*=}}\" -f0\n")
    };
    let as_it_is = Project::new(&run_sh(""));
    let library = as_it_is.dir.join("late_timers.so");
    let compiled = Command::new("gcc")
        .args(["-shared", "-fPIC", "tests/programs/late_timers.c", "-o"])
        .arg(&library)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(compiled.unwrap().success());
    let with_late_timers = Project::new(&run_sh(&format!("LD_PRELOAD='{}' ", library.display())));
    for (stage, mut tests) in stages().into_iter().take(10) {
        let project = if TIMES_END.contains(&stage.as_str()) { &with_late_timers } else { &as_it_is };
        if stage == KILLED_OFTEN {
            tests.pop();
            tests.iter().for_each(|test| drop(project.test([&stage, "--only", test]).exits(0)));
        } else {
            project.test([&stage]).exits(0);
        }
    }
}

/// The stage whose random walk, its last test, beanstalkd 1.12 does not always pass: killed a dozen times, now and then it has
/// lost a job that it acknowledged and that nobody deleted, and gives its number to another.
const KILLED_OFTEN: &str = "crash-recovery";

/// Walks with one seed after another, for as long as a test may take.
#[test]
fn random_walks_on_the_real_beanstalkd_find_nothing() {
    if !is_here("beanstalkd", Command::new("beanstalkd").arg("-v").output().is_ok()) {
        return;
    }
    let run_sh = "#!/bin/sh\nexec beanstalkd -l 127.0.0.1 -p \"${1#*=}\" -b \"${2#*=}\" -f0\n";
    let project = Project::new(run_sh);
    for stage in ["put-and-reserve", "priorities", "delays", "tubes", "bury-and-kick", "statistics"] {
        project.test([stage, "--explore", "2s"]).exits(0).says(&["No wrong answer in"]);
    }
}

/// The few commands that lead to a wrong answer, and which of the workers gave them.
#[test]
fn the_card_of_a_wrong_queue_has_the_few_commands_that_show_it() {
    let bugs = [("bury-and-kick", "delete-by-anyone"), ("crash-recovery", "buries-not-logged")];
    for (stage, bug) in bugs {
        let project =
            Project::new(&format!("#!/bin/sh\nexec '{LSFR}' __reference message-queue --bug {bug} \"$@\"\n"));
        let walk = stages().into_iter().find(|(key, _)| key == stage).unwrap().1.pop().unwrap();
        project.test([stage, "--only", &walk, "--seed", "1"]).exits(1).says(&["of a random walk went wrong", "w1: "]);
    }
}

#[test]
fn a_client_library_from_the_registry_works() {
    let installed = Command::new("python3").args(["-c", "import greenstalk"]).stderr(Stdio::null()).status();
    if !is_here("greenstalk (Python)", installed.is_ok_and(|status| status.success())) {
        return;
    }
    let temp = tempfile::tempdir().unwrap();
    let mut server = Command::new(LSFR)
        .args(["__reference", "message-queue", "--port=0", "--working-dir"])
        .arg(temp.path().join("data"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufRead::lines(std::io::BufReader::new(server.stdout.take().unwrap()));
    let port =
        said.find_map(|line| line.unwrap().strip_prefix("listening on 127.0.0.1:").map(str::to_owned)).unwrap();
    let client =
        Command::new("python3").args(["-c", include_str!("../programs/greenstalk_client.py"), &port]).output();
    let _ = server.kill();
    let _ = server.wait();
    let client = client.unwrap();
    let said = String::from_utf8_lossy(&client.stderr).into_owned();
    assert!(client.status.success() && client.stdout == b"all is well\n", "{said}");
}
