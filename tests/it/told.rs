//! What is reported of nodes and requests while a cluster runs, and of a mutant whose test the program itself fails.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::support::{Project, lsfr, run};

#[test]
fn a_node_that_stops_answering_is_told_as_silent() {
    let project = Project::reference();
    let mut lsfr = lsfr(&project.dir);
    lsfr.args(["test", "leader-election", "--only", "A leader stays", "--format=json"]);
    let mut running = lsfr.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let (mut pid, mut told) = (None, Vec::new());
    for line in lines {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let of_n2 = event["node"] == "n2";
        if of_n2 && event["kind"] == "started" {
            pid = event["pid"].as_i64();
        }
        // It has answered once. Nobody tells lsfr why it no longer answers.
        if of_n2
            && event["event"] == "says"
            && let Some(pid) = pid.take()
        {
            kill(Pid::from_raw(i32::try_from(pid).unwrap()), Signal::SIGSTOP).unwrap();
        }
        told.push(event);
    }
    running.wait().unwrap();
    let is_silent = |event: &&Value| event["event"] == "silent" && event["node"] == "n2";
    let silent = told.iter().find(is_silent).expect("n2 is not told as silent");
    let card = told.iter().find(|event| event["event"] == "card").expect("no test fails");
    let nodes = card["cluster"]["nodes"].as_array().unwrap();
    let n2 = nodes.iter().find(|node| node["node"] == "n2").unwrap();
    assert_eq!((&n2["state"], &n2["says"], &n2["since"]), (&"silent".into(), &"".into(), &silent["since"]));
    project.assert_nothing_runs();
}

#[test]
fn each_hop_of_a_redirected_request_is_recorded() {
    let project = Project::reference();
    project.lsfr(["test", "leader-election", "--only", "Every node leads a client"]).exits(0);
    let events = project.events();
    let hops = events.iter().filter_map(|event| Some((event, event["hops"].as_array()?.last()?)));
    let followed: Vec<(&Value, &Value)> = hops.collect();
    assert!(!followed.is_empty(), "four of five nodes redirect");
    for (answered, hop) in followed {
        assert_eq!((&hop["status"], &hop["to"]), (&307.into(), &answered["node"]));
        assert_ne!(hop["node"], answered["node"]);
        // Nodes know each other by the addresses of the links between them.
        let (location, path) = (hop["location"].as_str().unwrap(), answered["path"].as_str().unwrap());
        assert!(location.starts_with("http://127.0.0.1:") && location.ends_with(path), "{answered}");
    }
}

#[test]
fn a_mutant_is_not_caught_by_a_test_that_the_program_fails_too() {
    let temp = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = temp.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "pack/challenge.yaml",
        "format: 1\nkey: pack\nname: Small\nsummary: A small one.\nprogram: compiler\nparts:\n  - name: One\n    stages:\n      - { key: one, title: One, minutes: 5 }\n",
    );
    write("pack/overview.md", "You build it.\n");
    write("pack/mutants.yaml", "- { bug: ends-badly, stage: one, test: It works }\n");
    write("pack/stages/one/guide.md", "# One\n\n## It\n\nIt works.\n");
    write(
        "pack/stages/one/tests.yaml",
        "tests:\n  - name: It works\n    proves: it\n    hint: Look.\n    steps:\n      - exec: [it]\n        expect: { exit: 0 }\n",
    );
    let program = temp.path().join("program");
    let says = |text: &str| {
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let check = |only: &[&str]| {
        let program = program.display().to_string();
        run(temp.path(), ["check", "pack", "--program", &program].iter().chain(only))
    };
    says("#!/bin/sh\n[ \"$1\" != --bug ]\n");
    check(&[]).exits(0).says(&["1 of 1 mutants were caught"]);
    says("#!/bin/sh\nexit 1\n");
    for only in [&[][..], &["--only=ends-badly"]] {
        let said = check(only).exits(1);
        said.says(&["0 of 1 mutants were caught", "the program itself does not pass that test with seed 1"]);
    }
}
