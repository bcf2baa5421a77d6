//! Random walks: a pack of lines needs no Rust for one, the card of a wrong answer has the few steps that lead to it, and
//! a right program passes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Project, Said, run};

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packs/set");

/// Runs the stage of the set with this bug, or none.
fn set(bug: &str, arguments: &[&str]) -> (tempfile::TempDir, Said) {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new", PACK, "mine"]).exits(0);
    let dir = temp.path().join("mine");
    fs::write(dir.join("set.py"), include_str!("../programs/set_server.py")).unwrap();
    let bug = if bug.is_empty() { String::new() } else { format!("--bug {bug}") };
    fs::write(dir.join("run.sh"), format!("#!/bin/sh\nexec python3 set.py {bug} \"$@\"\n")).unwrap();
    let said = run(&dir, ["test"].iter().chain(arguments));
    (temp, said)
}

fn events(project: &Path) -> Vec<Value> {
    let mut runs: Vec<_> =
        fs::read_dir(project.join(".lsfr/runs")).unwrap().flatten().map(|run| run.path()).collect();
    runs.sort();
    let text = fs::read_to_string(runs.pop().unwrap().join("events.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the failed test's walk is, as facts.
fn walk(events: &[Value]) -> &Value {
    let ended = events.iter().find(|event| event["event"] == "test_ended").unwrap();
    let what = &ended["verdict"]["what"];
    assert_eq!(what["kind"], "walked", "{ended}");
    &what["walk"]
}

/// That it went wrong again, and that no more steps than these are shown if there was time to look for the fewest.
#[track_caller]
fn few(walk: &Value, most: usize) {
    let steps = walk["steps"].as_array().unwrap();
    match walk["shown"]["how"].as_str() {
        Some("shrunk") => assert!(steps.len() <= most, "{steps:#?}"),
        how => assert_eq!(how, Some("shrunk_in_time")),
    }
}

#[test]
fn a_pack_of_lines_is_walked_by_its_data_alone() {
    run(Path::new(PACK).parent().unwrap(), ["check", PACK]).exits(0);
    let (temp, said) = set("", &[]);
    said.exits(0);
    let ended = |event: &Value| event["event"] == "walking" && event["walk"] == "ended";
    let ended = events(&temp.path().join("mine")).into_iter().find(ended).unwrap();
    assert_eq!(ended["operations"], 200);
    assert!(ended["crashes"].as_u64() > Some(0));
}

#[test]
fn the_card_has_the_few_lines_that_lead_to_a_wrong_one() {
    let (temp, said) = set("remove-not-logged", &["--seed", "3"]);
    said.exits(1).says(&["of a random walk went wrong", "REMOVED"]);
    let events = events(&temp.path().join("mine"));
    few(walk(&events), 4);
    let (temp, said) = set("adds-counted", &["--seed", "3"]);
    said.exits(1).says(&["SAY", "COUNT"]);
    let events = self::events(&temp.path().join("mine"));
    few(walk(&events), 4);
}

#[test]
fn a_program_that_ends_is_shown_with_what_ends_it() {
    let (temp, said) = set("second-clear-ends-it", &["--seed", "3"]);
    said.exits(1).says(&["2 steps", "CLEAR", "IndexError"]);
    let events = events(&temp.path().join("mine"));
    let steps = walk(&events)["steps"].as_array().unwrap();
    let lines: Vec<_> = steps.iter().map(|step| step["act"]["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(lines, ["CLEAR", "CLEAR"]);
}

#[test]
fn walks_go_on_until_one_goes_wrong_or_the_time_is_over() {
    let (_temp, said) = set("", &["--explore", "2s"]);
    said.exits(0).says(&["No wrong answer in", "operations and"]);
    let (_temp, said) = set("adds-counted", &["--explore", "1m", "--format", "json"]);
    let said = said.exits(1);
    let explored = said.json().pop().unwrap();
    assert_eq!(explored["event"], "explored");
    assert_eq!(explored["walks"], 1);
    let project = Project::reference();
    project
        .lsfr(["test", "leader-election", "--explore", "1s"])
        .exits(2)
        .says(&["no test of leader-election is a random walk", "lsfr test conditional-writes --explore"]);
}

#[test]
fn a_walk_on_a_cluster_is_shown_by_the_steps_of_its_keys() {
    let project = Project::buggy("repeat-gets-new-etag");
    let arguments = ["test", "exactly-once", "--only", "Requests in any order happen once", "--seed", "1"];
    project.lsfr(arguments).exits(1).says(&["of a random walk went wrong", "is not done again", " as walk-"]);
    let events = project.events();
    let walk = walk(&events);
    assert_eq!(walk["shown"]["how"], "of_cluster");
    let steps = walk["steps"].as_array().unwrap();
    let path = |step: &Value| step["act"]["path"].as_str().map(str::to_owned);
    let last = path(steps.last().unwrap()).unwrap();
    let others = steps.iter().filter_map(path).filter(|path| path.starts_with("/kv/"));
    assert!(others.clone().count() > 1);
    assert!(others.into_iter().all(|path| path == last), "{steps:#?}");
}

#[test]
fn the_same_seed_walks_the_same_way() {
    let shown = || {
        let project = Project::buggy("deletes-not-logged");
        let arguments = ["test", "crash-recovery", "--only", "Operations in any order", "--seed", "5"];
        project.lsfr(arguments).exits(1);
        let events = project.events();
        let walk = walk(&events);
        few(walk, 4);
        walk["operations"].as_u64()
    };
    assert_eq!(shown(), shown());
}
