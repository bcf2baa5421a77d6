//! Messages between nodes are counted, whoever sends them and however they are framed: a right program that is frugal passes,
//! one that floods does not, and one whose framing is not known is told so.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Said, run};

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packs/broadcast");
const PLAIN: &str = include_str!("../programs/broadcast.py");
const BATCHES: &str = include_str!("../programs/broadcast_batches.py");
const FEW: &str = "Each value takes few messages";

/// What a run of the pack says of this program, and what the test that failed found, if one did.
fn broadcast(program: &str, arguments: &str, test: &[&str]) -> (Said, Option<Value>) {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new", PACK, "mine"]).exits(0);
    let dir = temp.path().join("mine");
    fs::write(dir.join("broadcast.py"), program).unwrap();
    fs::write(dir.join("run.sh"), format!("#!/bin/sh\nexec python3 broadcast.py {arguments} \"$@\"\n")).unwrap();
    let said = run(&dir, ["test", "--seed", "4"].iter().chain(test));
    let found = found(&dir);
    (said, found)
}

fn found(project: &Path) -> Option<Value> {
    let runs = fs::read_dir(project.join(".lsfr/runs")).unwrap().map(|run| run.unwrap().path());
    let run = runs.filter(|run| run.is_dir()).last().unwrap();
    let text = fs::read_to_string(run.join("events.jsonl")).unwrap();
    let mut events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let failed = events.find(|event| event["event"] == "test_ended" && event["verdict"]["verdict"] == "failed")?;
    Some(failed["verdict"]["what"].clone())
}

#[test]
fn programs_that_send_little_pass_however_they_frame_it() {
    run(Path::new(PACK).parent().unwrap(), ["check", PACK]).exits(0);
    broadcast(PLAIN, "", &[]).0.exits(0);
    broadcast(BATCHES, "", &[]).0.exits(0);
}

#[test]
fn a_flood_is_counted_and_shown_by_kind_and_pair() {
    let (said, found) = broadcast(PLAIN, "--bug told-on", &["--only", FEW]);
    said.exits(1).says(&[
        "for 20 operations",
        "messages for each operation",
        "expected at most 12",
        "messages POST /told",
        "messages answers 200",
        "n1 → n",
    ]);
    let found = found.unwrap();
    assert_eq!((&found["kind"], &found["operations"]), (&"traffic".into(), &20.into()));
    let kinds = found["messages"]["kinds"].as_array().unwrap();
    let of = |kind: &Value| {
        kind["pairs"].as_array().unwrap().iter().map(|pair| pair["messages"].as_u64().unwrap()).sum::<u64>()
    };
    // Each node tells each other each value at least once, and more often only if that is not answered in time.
    assert_eq!(kinds.len(), 2, "{kinds:#?}");
    assert!(kinds.iter().map(of).all(|messages| messages >= 400), "{kinds:#?}");
    // Bytes are counted a moment later.
    let bytes =
        |pairs: &Value| pairs.as_array().unwrap().iter().map(|pair| pair["bytes"].as_u64().unwrap()).sum::<u64>();
    let of_messages = kinds.iter().map(|kind| bytes(&kind["pairs"])).sum::<u64>();
    assert!(of_messages > 0 && of_messages <= bytes(&found["bytes"]), "{found:#}");
}

#[test]
fn a_lost_value_is_found_before_anything_is_counted() {
    let (said, found) =
        broadcast(PLAIN, "--bug odd-left-out", &["--only", "A value that one node is told reaches all"]);
    said.exits(1);
    assert_eq!(found.unwrap()["kind"], "not_in_time");
}

#[test]
fn a_framing_that_is_not_known_is_a_failure_of_its_own() {
    let (said, found) = broadcast(BATCHES, "--masked", &["--only", FEW]);
    said.exits(1).says(&["cannot tell where one ends", "JSON behind its length"]);
    let found = found.unwrap();
    assert!(!found["messages"]["unrecognised"].as_array().unwrap().is_empty(), "{found}");
    assert_eq!(found["mismatches"], Value::Array(Vec::new()));
}
