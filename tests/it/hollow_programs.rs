//! Programs that lack everything a stage is about: none of its tests passes, because each first makes sure that there
//! is something to test.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::{LSFR, run};

/// The tests of `stage` that pass with the reference and this bug.
fn passed(challenge: &str, bug: &str, stage: &str) -> Vec<String> {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new", challenge]).exits(0);
    let project = temp.path().join(challenge);
    let run_sh = project.join("run.sh");
    fs::write(&run_sh, format!("#!/bin/sh\nexec '{LSFR}' __reference {challenge} --bug {bug} \"$@\"\n")).unwrap();
    fs::set_permissions(&run_sh, fs::Permissions::from_mode(0o755)).unwrap();
    let said = run(&project, ["test", stage, "--format", "json"]).exits(1);
    let ended: Vec<Value> = said.json().into_iter().filter(|event| event["event"] == "test_ended").collect();
    // A program that did not even start would pass nothing either.
    assert!(ended.iter().any(|event| event["verdict"]["verdict"] == "failed"), "{}", said.out);
    let passed = ended.iter().filter(|event| event["verdict"]["verdict"] == "passed");
    passed.map(|event| event["test"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_store_without_etags_has_no_conditional_writes() {
    assert_eq!(passed("kv-store", "no-etag", "conditional-writes"), [""; 0]);
}

#[test]
fn a_store_that_saves_nothing_survives_neither_a_restart_nor_a_crash() {
    assert_eq!(passed("kv-store", "nothing-saved", "persistence"), [""; 0]);
    assert_eq!(passed("kv-store", "nothing-saved", "crash-recovery"), [""; 0]);
}

#[test]
fn a_queue_that_saves_nothing_survives_no_crash() {
    assert_eq!(passed("message-queue", "nothing-logged", "crash-recovery"), [""; 0]);
}
