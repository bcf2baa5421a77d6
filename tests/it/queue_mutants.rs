//! The mutants of the message queue: each known-bad program fails the test that is named for it, and the card says what it
//! said before (mutants.rs says what is recorded of it, and why).

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use lsfr::challenge::{self, Mutant, Origin};
use lsfr::report::card::Card;
use serde_json::Value as Json;

const CHALLENGE: &str = "message-queue";
/// Mutants that run at once. They wait more than they compute.
const AT_ONCE: usize = 3;

macro_rules! stages {
    ($($test:ident $stage:literal)*) => {
        const STAGES: &[&str] = &[$($stage),*];
        $(#[test]
        fn $test() {
            insta::assert_snapshot!(stringify!($test), cards($stage));
        })*
    };
}

stages! {
    put_and_reserve "put-and-reserve"
    errors "errors"
    blocking_reserve "blocking-reserve"
    priorities "priorities"
    time_to_run "time-to-run"
    delays "delays"
    tubes "tubes"
    bury_and_kick "bury-and-kick"
    statistics "statistics"
    crash_recovery "crash-recovery"
    replication "replication"
    guarantees "guarantees"
}

#[test]
fn every_seeded_bug_is_a_mutant_of_its_stage_and_every_mutant_is_run_here() {
    let listed: BTreeSet<(String, String)> = mutants().into_iter().map(|mutant| (mutant.bug, mutant.stage)).collect();
    let seeded: BTreeSet<(String, String)> =
        lsfr::reference::bugs(CHALLENGE).iter().map(|bug| (bug.name.to_owned(), bug.stage.to_owned())).collect();
    assert_eq!(listed, seeded);
    let stages: BTreeSet<&str> = listed.iter().map(|(_, stage)| stage.as_str()).collect();
    assert_eq!(STAGES.iter().copied().collect::<BTreeSet<&str>>(), stages);
}

fn mutants() -> Vec<Mutant> {
    challenge::load(&Origin::BuiltIn(CHALLENGE.to_owned())).unwrap().mutants().unwrap()
}

/// The cards of a stage's mutants, in the order of the pack.
fn cards(stage: &str) -> String {
    let mutants: Vec<Mutant> = mutants().into_iter().filter(|mutant| mutant.stage == stage).collect();
    let next = Mutex::new(mutants.iter().enumerate());
    let told = Mutex::new(vec![String::new(); mutants.len()]);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let taken = next.lock().unwrap().next();
                    let Some((at, mutant)) = taken else { return };
                    let failure = run(mutant);
                    told.lock().unwrap()[at] = failure;
                }
            });
        }
    });
    told.into_inner().unwrap().join("\n")
}

/// Runs the test that is named for a mutant, and tells how it failed.
fn run(mutant: &Mutant) -> String {
    let project = tempfile::tempdir().unwrap();
    let lsfr = env!("CARGO_BIN_EXE_lsfr");
    let run_sh = project.path().join("run.sh");
    let text = format!("#!/bin/sh\nexec '{lsfr}' __reference {CHALLENGE} --bug {} \"$@\"\n", mutant.bug);
    fs::write(&run_sh, text).unwrap();
    fs::set_permissions(&run_sh, fs::Permissions::from_mode(0o755)).unwrap();
    let config = format!("challenge: {CHALLENGE}\nstages:\n  current: {}\n", mutant.stage);
    fs::write(project.path().join("lsfr.yaml"), config).unwrap();
    let output = Command::new(lsfr)
        .args(["test", &mutant.stage, "--only", &mutant.test, "--seed", "1", "--format", "json"])
        .current_dir(project.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let events: Vec<Json> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let Some(card) = events.iter().find(|event| event["event"] == "card") else {
        let said = String::from_utf8_lossy(&output.stderr);
        return format!("{}\n  not caught  {} {said}\n", mutant.bug, output.status);
    };
    let card: Card = serde_json::from_value(card.clone()).unwrap();
    // Connections talk at once, and which of them fails first is chance.
    let hint = card.hints.last().map(|hint| format!("  last hint    {hint}\n")).unwrap_or_default();
    format!("{}\n  test         {}\n  requirement  {}\n{hint}", mutant.bug, card.test, card.requirement)
}
