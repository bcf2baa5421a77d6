//! Faults of the machine: reported as such, before anything else, and never as the program's.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use lsfr::challenge::{self, Origin};
use lsfr::facts::{Event, FaultCause, Outcome, Verdict};
use lsfr::machine::{Disk, ROOM};
use lsfr::runner::{self, Plan};

use crate::support::{LSFR, Project, Said};

const TEST: &str = "GET of a missing key is 404";
/// Answers, and wrongly.
const SERVES_FILES: &str = "exec python3 -m http.server \"$(printf %s \"$1\" | cut -d= -f2)\" --bind 127.0.0.1\n";

/// What a run of one test reported on this disk, and how it ended.
async fn run_on(disk: Disk, project: &Project, build: Option<&str>) -> (Vec<Event>, Outcome) {
    let challenge = Arc::new(challenge::load(&Origin::BuiltIn("kv-store".to_owned())).unwrap());
    let folder = project.dir.join("run");
    std::fs::create_dir_all(&folder).unwrap();
    let plan = Plan {
        project: project.dir.clone(),
        folder,
        folder_name: "run".to_owned(),
        stages: vec![challenge.stage("http-api").unwrap()],
        challenge,
        only: Some(TEST.to_owned()),
        seed: 1,
        faults: None,
        build: build.map(str::to_owned),
        guard: LSFR.into(),
        disk: Arc::new(disk),
        time: String::new(),
        leave_up: tokio::sync::watch::channel(false).1,
    };
    let (sink, mut events) = runner::stream();
    let told = async {
        let mut told = Vec::new();
        while let Some(stamped) = events.recv().await {
            told.push(stamped.event);
        }
        told
    };
    let (outcome, told) = tokio::join!(runner::run(plan, sink, std::future::pending()), told);
    (told, outcome)
}

fn judges(event: &Event) -> bool {
    match event {
        Event::NotStarted(_) => true,
        Event::TestEnded { verdict, .. } => matches!(verdict, Verdict::Failed(_) | Verdict::NotJudged { .. }),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_failure_is_judged_on_a_full_disk() {
    // Wrong in three ways: in what it answers, at its start, in its build.
    let wrong = Project::new();
    wrong.run_sh(&format!("#!/bin/sh\n{SERVES_FILES}"));
    let unstartable = Project::new();
    unstartable.run_sh("#!/bin/sh\nexit 3\n");
    for (project, build) in [(&wrong, None), (&unstartable, None), (&wrong, Some("exit 2"))] {
        let disk = |free| Disk::measured(&project.dir, free);
        let (told, outcome) = run_on(disk(|_| Ok(ROOM)), project, build).await;
        assert_eq!(outcome, Outcome::Failed);
        assert!(told.iter().any(judges), "{told:?}");

        let (told, outcome) = run_on(disk(|_| Ok(ROOM - 1)), project, build).await;
        assert!(!told.iter().any(judges), "{told:?}");
        let Outcome::Fault { cause: FaultCause::Disk, message } = outcome else { panic!("{outcome:?}") };
        assert!(message.contains("199 MB are free"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_judged_after_a_write_that_found_no_room() {
    let project = Project::reference();
    // A program that passes all the same is right.
    let (_, outcome) = run_on(Disk::measured(&project.dir, |_| Ok(0)), &project, None).await;
    assert_eq!(outcome, Outcome::Passed);
    let disk = Disk::measured(&project.dir, |_| Ok(ROOM));
    disk.note(&std::io::ErrorKind::StorageFull.into());
    let (told, outcome) = run_on(disk, &project, None).await;
    assert!(matches!(outcome, Outcome::Fault { cause: FaultCause::Disk, .. }), "{outcome:?}");
    assert!(!told.iter().any(|event| matches!(event, Event::TestEnded { .. })), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_folder_is_removed_blames_nobody_for_it() {
    let wrong = Project::new();
    wrong.run_sh(&format!("#!/bin/sh\n{SERVES_FILES}"));
    let removes = Project::new();
    removes.run_sh("#!/bin/sh\nrm -rf run\nexit 3\n");
    let late = Project::new();
    late.run_sh(&format!("#!/bin/sh\nrm -rf run\n{SERVES_FILES}"));
    // Before the build's output is read, while a node starts, and before a test that fails.
    for (project, build) in [(&wrong, Some("rm -rf run")), (&removes, None), (&late, None)] {
        let disk = Disk::measured(&project.dir, |_| Ok(ROOM));
        let (told, outcome) = run_on(disk, project, build).await;
        assert!(!told.iter().any(judges), "{told:?}");
        let Outcome::Fault { cause: FaultCause::Folder, message } = outcome else { panic!("{outcome:?}") };
        assert!(message.starts_with("run was removed while the run went on"), "{message}");
    }
}

/// A script in namespaces of its own, which gets lsfr as its argument; none if this user may not create namespaces.
/// What it mounts is gone with them.
fn in_namespaces(kinds: &str, script: &str, dir: &Path) -> Option<Said> {
    let allowed = |flags: &&String| {
        let tried = Command::new("unshare").args([flags.as_str(), "true"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    let flags = [format!("-{kinds}"), format!("-r{kinds}")].into_iter().find(|flags| allowed(&flags))?;
    let mut command = Command::new("unshare");
    command.args([&flags, "sh", "-c", script, "sh", LSFR]).current_dir(dir);
    Some(Said::of(command.output().unwrap()))
}

#[test]
fn without_a_loopback_nothing_is_started() {
    let project = Project::reference();
    match in_namespaces("n", "exec \"$1\" test", &project.dir) {
        Some(said) => {
            let said = said.exits(3).says(&["Connections to 127.0.0.1 do not work", "`ip link set lo up`"]);
            assert!(said.err.starts_with("lsfr: Connections to 127.0.0.1") && said.out.is_empty(), "{said:?}");
            assert_eq!(project.runs().len(), 0);
        }
        // That this is reported is tested with an address that no machine has.
        None => assert_eq!(lsfr::machine::check_loopback(), Ok(())),
    }
}

#[test]
fn a_program_is_not_blamed_for_a_full_disk() {
    let project = Project::new();
    // It takes all the room that there is, as soon as it is asked for anything, and then answers nothing.
    project.write(
        "server.py",
        r#"
import os, socket, sys
argument = lambda name: [a for a in sys.argv if a.startswith(name)][0][len(name):]
listener = socket.create_server(("127.0.0.1", int(argument("--port="))))
while True:
    client, _ = listener.accept()
    client.recv(1000)
    with open(argument("--working-dir=") + "/values", "wb") as values:
        while True: values.write(b"x" * 1000000)
"#,
    );
    project.run_sh("#!/bin/sh\nexec python3 server.py \"$@\"\n");
    let on_a_disk_of = |size: u32, flags: &str| {
        let script = format!(
            "disk=../disk{size}; mkdir -p $disk && mount -t tmpfs -o size={size}m none $disk && cp * $disk \
             && cd $disk && exec \"$1\" test --only '{TEST}' {flags}"
        );
        in_namespaces("m", &script, &project.dir)
    };
    // Where no disk may be mounted, the tests above have to do.
    if let Some(said) = on_a_disk_of(100, "") {
        let said = said.exits(3).says(&["MB are free on the disk of", "a run needs 200 MB"]);
        assert!(said.err.starts_with("lsfr: ") && said.out.is_empty(), "{said:?}");
    }
    if let Some(said) = on_a_disk_of(230, "") {
        let said = said.exits(3).says(&["The disk is full"]);
        for phrase in ["✗", "Hint", "curl", "Put and get", "lsfr itself failed"] {
            assert!(!said.out.contains(phrase), "{phrase}: {}", said.out);
        }
    }
    if let Some(said) = on_a_disk_of(230, "--format=json") {
        let lines = said.exits(3).json();
        assert!(!lines.iter().any(|line| line["event"] == "card"), "{lines:?}");
        let ended = lines.iter().find(|line| line["event"] == "run_ended").unwrap();
        assert_eq!((&ended["outcome"]["outcome"], &ended["outcome"]["cause"]), (&"fault".into(), &"disk".into()));
    }
}
