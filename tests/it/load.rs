//! Workloads as whole runs: clients and faults beside each other, histories that are kept and judged, and what is
//! reported for those that cannot be.

use std::fs;

use serde_json::{Value, json};

use crate::support::{LSFR, Project, run};

const CHALLENGE: &str = "
format: 1
key: loaded
name: Loaded
summary: Be right under load.
program: server
parts:
  - name: All
    stages:
      - { key: load, title: Be right, minutes: 10 }
roles:
  leader: { http: GET /cluster/info, where: { json: { role: leader } }, highest: json.term }
operations:
  read: { http: GET /kv/$(key), ok: { status: 200 }, absent: { status: 404 }, value: body }
  write: { http: PUT /kv/$(key), body: $(value), ok: { status: 200 }, no: { status: 400 } }
";

const HEAD: &str = "
cluster: 3
tests:
  - name: Answers are right
    proves: right
    hint: Look at the picture.
    steps:
      - find: leader
        within: 10s
";

/// The files of a project whose only stage has one test of these steps.
pub(crate) fn files(steps: &str) -> [(&'static str, String); 5] {
    let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    [
        ("pack/challenge.yaml", CHALLENGE.to_owned()),
        ("pack/overview.md", "Loaded.\n".to_owned()),
        ("pack/stages/load/guide.md", "# Load\n\n## Right\n\nEvery answer is right.\n".to_owned()),
        ("pack/stages/load/tests.yaml", format!("{HEAD}{indented}")),
        ("lsfr.yaml", "challenge: loaded\npath: pack\nstages:\n  current: load\n".to_owned()),
    ]
}

fn project(program: Project, steps: &str) -> Project {
    files(steps).iter().for_each(|(name, text)| program.write(name, text));
    program
}

/// Clients that are bound to see a stale read.
pub(crate) const READS_AND_WRITES: &str = "- workload:
    name: clients
    clients: 6
    keys: 2
    for: 2s
    mix: { read: 1, write: 1 }
- check: { history: clients, with: linearizable, min_ok: 20 }";

fn of_load<'e>(events: &'e [Value], kind: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event["event"] == "load" && event["kind"] == kind).collect()
}

const FAULTS: &str = "- workload:
    name: clients
    clients: 6
    keys: 3
    for: 20s
    until: { ok: 50, faults: 3 }
    timeout: 1s
    mix: { read: 1, write: 1 }
    while: { every: 1s, faults: [pause, cut, kill], aim: leader }
    settle: 10s
- check: { history: clients, with: linearizable, min_ok: 50 }";

#[test]
fn faults_and_choices_repeat_with_the_seed_and_the_history_is_kept_and_right() {
    let project = project(Project::reference(), FAULTS);
    let drawn = |events: &[Value]| {
        let faults = of_load(events, "fault");
        assert!(faults.len() >= 3, "{faults:?}");
        // Which node an aimed fault hits depends on who leads at that moment; what the fault is and how long it lasts
        // does not.
        let fault = |fault: &&Value| {
            let verb = fault["text"].as_str().unwrap().split(' ').next().unwrap().to_owned();
            (fault["number"].clone(), verb, fault["lasts"].clone())
        };
        faults[..3].iter().map(fault).collect::<Vec<_>>()
    };
    let keys = |history: &str| {
        let keys: std::collections::BTreeSet<String> = history
            .lines()
            .filter_map(|line| Some(serde_json::from_str::<Value>(line).unwrap()["key"].as_str()?.to_owned()))
            .collect();
        keys
    };
    let mut seen = Vec::new();
    for _ in 0..2 {
        project.lsfr(["test", "--seed", "5"]).exits(0);
        let events = project.events();
        let ended = of_load(&events, "ended");
        assert!(ended[0]["ok"].as_u64() >= Some(50) && ended[0]["faults"].as_u64() >= Some(3), "{ended:?}");
        assert_eq!(of_load(&events, "judged")[0]["verdict"], "ok");
        let history = fs::read_to_string(project.runs().pop().unwrap().join("history.jsonl")).unwrap();
        let operations = history.lines().filter(|line| line.contains("\"op\"")).count();
        // Totals are reported, not operations.
        assert!(events.len() < 200 + operations / 2, "{} events for {operations} operations", events.len());
        assert!(history.lines().filter(|line| line.contains("\"fault\"")).count() >= 3);
        seen.push((drawn(&events), keys(&history)));
    }
    assert_eq!(seen[0], seen[1]);
    let run_folder = project.runs().pop().unwrap();
    run(&project.dir, ["check-history", run_folder.join("history.jsonl").to_str().unwrap()]).exits(0);
    project.assert_nothing_runs();
}

const FAULTS_THAT_DO_NOT_MATTER: &str = "- workload:
    name: clients
    clients: 6
    keys: 2
    for: 2s
    mix: { read: 1, write: 1 }
    while: { every: 500ms, faults: [slow] }
- check: { history: clients, with: linearizable, min_ok: 20 }";

#[test]
fn fewer_faults_are_looked_for_and_only_the_ones_that_are_named_happen() {
    let project = project(Project::buggy("follower-serves-get"), FAULTS_THAT_DO_NOT_MATTER);
    let numbers = |project: &Project| -> Vec<u64> {
        let events = project.events();
        of_load(&events, "fault").iter().map(|fault| fault["number"].as_u64().unwrap()).collect()
    };
    project.lsfr(["test", "--seed", "1", "--faults", "2"]).exits(1).says(&["--seed 1 --faults 2"]);
    assert_eq!(numbers(&project), [2]);
    project.lsfr(["test", "--seed", "1", "--faults", "none"]).exits(1);
    assert_eq!(numbers(&project), [0; 0]);
    let said = run(&project.dir, ["test", "--seed", "1", "--shrink"]).exits(1);
    said.says(&[
        "without any fault  failed",
        "It fails without any fault: so it failed in ",
        "--seed 1 --faults none",
    ]);
    let said = run(&project.dir, ["test", "--seed", "1", "--shrink=10m", "--format", "json"]).exits(1);
    let last: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!((&last["event"], &last["faults"], &last["complete"]), (&"shrunk".into(), &json!([]), &true.into()));
    assert!(last["of"].as_u64() >= Some(1) && last["rate"]["runs"].as_u64() >= Some(1), "{last}");

    let said = run(&project.dir, ["test", "--seed", "1", "--faults", "none", "--shrink"]).exits(1);
    said.says(&["No fault of a workload had begun when it failed"]);
    run(&project.dir, ["test", "--faults", "two"]).exits(2).says(&["write numbers of faults"]);
    project.assert_nothing_runs();
}

#[test]
fn a_stale_read_is_told_in_a_sentence_a_picture_and_a_page_by_every_report() {
    let project = project(Project::buggy("follower-serves-get"), READS_AND_WRITES);
    let junit = project.dir.join("junit.xml");
    let said = run(&project.dir, ["test", "--seed", "1", "--junit", junit.to_str().unwrap()]).exits(1);
    let record: Value =
        serde_json::from_str(&fs::read_to_string(project.runs().pop().unwrap().join("run.json")).unwrap()).unwrap();
    let card = &record["cards"][0];
    let sentence = card["explanation"]["sentence"].as_str().unwrap();
    assert!(card["explanation"]["operations"].as_array().unwrap().len() >= 2, "{card}");
    let said = said.says(&[sentence, "client ", "✗", "curl -i http://127.0.0.1:", "/timeline.html"]);
    assert!(said.out.contains('├') && said.out.contains('┤'), "no picture in\n{}", said.out);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let junit = words(&fs::read_to_string(junit).unwrap());
    let first_words = sentence.split(" `").next().unwrap();
    assert!(junit.contains(first_words), "{junit}");
    let page = fs::read_to_string(project.runs().pop().unwrap().join("timeline.html")).unwrap();
    assert!(page.contains("<html"), "{page}");
    // The nodes and their messages are below the clients.
    assert!(page.contains("\"nodes\":[\"n1\",\"n2\",\"n3\"") && page.contains("\"up\""), "{page}");
    assert!(page.contains("POST /raft/messages"), "{page}");
    project.lsfr(["replay"]).says(&[sentence]);
    project.assert_nothing_runs();
}

/// Removes every key of this name from a value, at any depth.
fn without(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(map) => {
            names.iter().for_each(|name| drop(map.remove(*name)));
            map.values_mut().for_each(|value| without(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| without(value, names)),
        _ => {}
    }
}

#[test]
fn an_old_run_is_replayed_with_its_card_its_picture_and_its_timeline() {
    let project = project(Project::buggy("follower-serves-get"), READS_AND_WRITES);
    project.lsfr(["test", "--seed", "1"]).exits(1);
    let folder = project.runs().pop().unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let record = fs::read_to_string(folder.join("run.json")).unwrap();
    let json: Value = serde_json::from_str(&record).unwrap();
    let sentence = json["cards"][0]["explanation"]["sentence"].as_str().unwrap().to_owned();
    let (history, timeline) = (format!("{name}/history.jsonl"), format!("{name}/timeline.html"));

    let said = project.lsfr(["replay", &name]).exits(1);
    assert!(said.out.contains('├'), "no picture in\n{}", said.out);
    said.says(&["✗ Answers are right", &sentence, &format!("History .lsfr/runs/{history}"), &timeline]);
    let told = project.lsfr(["replay", "--format", "json"]).exits(1).json();
    let last = told.last().unwrap();
    assert_eq!(last["event"], "history");
    assert!(last["timeline"].as_str().unwrap().ends_with(&timeline), "{last}");

    // Another version described its failures differently, and knew neither these fields nor the page.
    let events = fs::read_to_string(folder.join("events.jsonl")).unwrap();
    fs::write(folder.join("events.jsonl"), events.replace("\"kind\":\"violation\"", "\"kind\":\"other\"")).unwrap();
    let mut old = json;
    without(&mut old, &["places", "history_file", "timeline", "differences", "hints_given", "cluster", "took"]);
    fs::write(folder.join("run.json"), old.to_string()).unwrap();
    fs::remove_file(folder.join("timeline.html")).unwrap();
    let draw = format!("lsfr check-history .lsfr/runs/{history} --html timeline.html");
    project.lsfr(["replay"]).exits(1).says(&["✗ Answers are right", &sentence, "Failed in", &draw]);
    fs::remove_file(folder.join("events.jsonl")).unwrap();
    project.lsfr(["replay"]).exits(1).says(&["loaded seed 1", "✗ Answers are right", &sentence, "Failed in", &draw]);
    let told = project.lsfr(["replay", "--format", "json"]).exits(1).json();
    let count = |kind: &str| told.iter().filter(|line| line["event"] == kind).count();
    assert_eq!((count("run_started"), count("test_ended"), count("card"), count("run_ended")), (1, 1, 1, 1));

    // A run that was killed from outside does not even have that.
    fs::write(folder.join("run.json"), r#"{"challenge":"loaded","seed":1,"stages":["load"]}"#).unwrap();
    project.lsfr(["replay"]).exits(130).says(&["loaded seed 1", "Interrupted"]);
}

#[test]
fn repeated_runs_say_where_a_failing_one_parts_from_one_that_passed() {
    let steps = "- workload:
    name: clients
    clients: 6
    keys: 2
    for: 3s
    mix: { read: 1, write: 1 }
    timeout: 1s
    while: { every: 700ms, faults: [pause], aim: leader }
- check: { history: clients, with: linearizable, min_ok: 20 }";
    let project = project(Project::new(), steps);
    // The first run passes, the ones after it do not.
    let program = format!("'{LSFR}' __reference kv-store");
    project.run_sh(&format!(
        "#!/bin/sh\n[ $(ls .lsfr/runs | wc -l) = 1 ] || set -- --bug follower-serves-get \"$@\"\nexec {program} \"$@\"\n"
    ));
    let said = project.lsfr(["test", "--repeat", "2", "--seed", "5"]).exits(1);
    let again = "Again lsfr test load --only \"Answers are right\" --seed 6";
    said.says(&["Passed 1 of 2 runs (50%).", "\"Answers are right\" failed in 1 of 2 runs.", "most alike:", again]);
    // Its runs are counted from the beginning again.
    fs::remove_dir_all(project.dir.join(".lsfr")).unwrap();
    let told = project.lsfr(["test", "--repeat", "2", "--seed", "5", "--format", "json"]).exits(1).json();
    let repeated = told.last().unwrap();
    assert_eq!((&repeated["event"], &repeated["rate"]), (&"repeated".into(), &0.5.into()));
    assert_eq!(repeated["failed_seeds"], serde_json::json!([6]));
    let failing = &repeated["failures"][0];
    assert_eq!(failing["again"], again.trim_start_matches("Again "));
    let apart = &failing["apart"];
    assert_eq!((&apart["failed"]["seed"], &apart["passed"]["seed"]), (&6.into(), &5.into()));
    for side in ["failed", "passed"] {
        let faults = apart[side]["faults"].as_array().unwrap();
        assert!(faults.iter().any(|fault| fault.as_str().unwrap().starts_with("pause of ")), "{apart}");
        assert!(apart[side]["latency"]["p50"].as_f64().unwrap() > 0.0, "{apart}");
    }
    project.assert_nothing_runs();
}

#[test]
fn too_few_operations_are_no_pass_and_say_so_with_latencies() {
    let steps = "- workload: { name: clients, for: 1s, mix: { read: 1, write: 1 }, rate: 50 }
- check: { history: clients, with: linearizable, min_ok: 1000 }";
    let project = project(Project::reference(), steps);
    let said = project.lsfr(["test"]);
    assert!(matches!(said.code, Some(1 | 3)), "{said:?}");
    said.says(&["Could not decide: only", "with fewer than 1000 nothing is proven", "p50", "p99", "history.jsonl"]);
    project.assert_nothing_runs();
}

#[test]
fn steps_run_beside_a_workload_and_what_is_broken_for_good_does_not_settle() {
    // Two of three nodes stay down: the load ends, and no write succeeds any more.
    let steps = "- workload: { name: clients, for: 1500ms, mix: { read: 1, write: 1 }, timeout: 500ms, settle: 1s }
- kill: [n2, n3]
- await: clients";
    let project = project(Project::reference(), steps);
    let said = project.lsfr(["test", "--format", "json"]);
    assert!(matches!(said.code, Some(1 | 3)), "{said:?}");
    let events = said.json();
    let kill = events.iter().position(|event| event["event"] == "node" && event["kind"] == "killed").unwrap();
    let began = events.iter().position(|event| event["event"] == "load" && event["kind"] == "began").unwrap();
    let settling = events.iter().position(|event| event["event"] == "load" && event["kind"] == "settling").unwrap();
    assert!(began < kill && kill < settling, "{began} {kill} {settling}");
    let card = events.iter().find(|event| event["event"] == "card").unwrap();
    assert!(card["told"].to_string().contains("succeeded"), "{card}");
    // What there was of it is kept.
    assert!(project.runs().pop().unwrap().join("history.jsonl").is_file());
    project.assert_nothing_runs();
}
