//! Random walks: a pack of lines needs no Rust for one, the card of a wrong answer has the few steps that lead to it, and
//! a right program passes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Project, Said, run};

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packs/set");

/// Runs the stage of the set with this bug, or none.
fn set(bug: &str, arguments: &[&str]) -> (tempfile::TempDir, Said) {
    let bug = if bug.is_empty() { String::new() } else { format!("--bug {bug}") };
    set_of(Path::new(PACK), &bug, arguments)
}

/// The same of a pack of this folder, with these options of the program.
fn set_of(pack: &Path, options: &str, arguments: &[&str]) -> (tempfile::TempDir, Said) {
    let temp = tempfile::tempdir().unwrap();
    run(temp.path(), ["new".as_ref(), pack.as_os_str(), "mine".as_ref()]).exits(0);
    let dir = temp.path().join("mine");
    fs::write(dir.join("set.py"), include_str!("../programs/set_server.py")).unwrap();
    fs::write(dir.join("run.sh"), format!("#!/bin/sh\nexec python3 set.py {options} \"$@\"\n")).unwrap();
    let said = run(&dir, ["test"].iter().chain(arguments));
    (temp, said)
}

/// A copy of the pack in which these words of a file are replaced.
fn changed_pack(temp: &Path, name: &str, words: &str, instead: &str) -> PathBuf {
    let pack = temp.join("pack");
    let stage = "stages/members";
    fs::create_dir_all(pack.join(stage)).unwrap();
    for file in
        ["challenge.yaml", "overview.md", "mutants.yaml", "stages/members/guide.md", "stages/members/tests.yaml"]
    {
        let text = fs::read_to_string(Path::new(PACK).join(file)).unwrap();
        let text = if file == name { text.replace(words, instead) } else { text };
        fs::write(pack.join(file), text).unwrap();
    }
    pack
}

fn ended(project: &Path) -> Value {
    let ended = |event: &Value| event["event"] == "walking" && event["walk"] == "ended";
    events(project).into_iter().find(ended).unwrap()
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
    let ended = ended(&temp.path().join("mine"));
    assert_eq!((&ended["operations"], &ended["early"]), (&200.into(), &Value::Null));
    assert!(ended["judged"].as_u64() > Some(100));
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

/// Where time does not end it.
#[test]
fn the_same_seed_walks_the_same_way() {
    let shown = || {
        let (temp, said) = set("remove-not-logged", &["--seed", "5"]);
        said.exits(1);
        let events = events(&temp.path().join("mine"));
        walk(&events)["operations"].as_u64()
    };
    assert_eq!(shown(), shown());
}

#[test]
fn a_slow_program_is_judged_by_what_it_answers() {
    let temp = tempfile::tempdir().unwrap();
    let pack = changed_pack(
        temp.path(),
        "stages/members/tests.yaml",
        "operations: 200",
        "operations: 200\n          for: 50ms",
    );
    // By then it has answered twice.
    let slow = "--answer-after=0.02";
    let (walked, said) = set_of(&pack, slow, &[]);
    said.exits(0);
    let ended = ended(&walked.path().join("mine"));
    assert_eq!((&ended["judged"], &ended["early"]), (&50.into(), &"time".into()));
    let (_temp, said) = set_of(&pack, &format!("{slow} --bug adds-counted"), &["--seed", "1"]);
    said.exits(1).says(&["of a random walk went wrong", "COUNT"]);
}

/// A cluster that decides nothing, and a walk of what cannot be asked again.
#[test]
fn a_walk_that_ends_before_it_says_anything_is_not_judged() {
    let temp = tempfile::tempdir().unwrap();
    let pack = temp.path().join("pack");
    fs::create_dir_all(pack.join("stages/all")).unwrap();
    let files = [
        ("challenge.yaml", UNDECIDED),
        ("overview.md", "# All\n\nBuild it.\n"),
        ("mutants.yaml", "[]\n"),
        ("stages/all/guide.md", "# All\n\n## Clear\n\nAll keys go.\n"),
        ("stages/all/tests.yaml", UNDECIDED_TESTS),
    ];
    files.iter().for_each(|(name, text)| fs::write(pack.join(name), text).unwrap());
    run(temp.path(), ["new".as_ref(), pack.as_os_str(), "mine".as_ref()]).exits(0);
    let dir = temp.path().join("mine");
    fs::write(dir.join("run.sh"), format!("#!/bin/sh\nexec python3 -c '{UNAVAILABLE}' \"$@\"\n")).unwrap();
    let said = run(&dir, ["test"]).exits(3);
    assert!(!said.out.contains("Hint"), "nothing was wrong: {}", said.out);
    said.says(&[
        "judged 0 answers, and a verdict takes 5: an operation that cannot be asked again",
        "with fewer than 5 it says nothing",
        "Not judged",
    ]);
    let events = events(&dir);
    let ended = events.iter().find(|event| event["event"] == "test_ended").unwrap();
    let what = &ended["verdict"]["failure"]["what"];
    assert_eq!(
        (&what["kind"], &what["end"], &what["judged"]),
        (&"short_walk".into(), &"undecided".into(), &0.into())
    );
}

const UNDECIDED: &str = "\
format: 1
key: all
name: All
summary: Build it.
program: server
parts:
  - name: All
    stages:
      - { key: all, title: All, minutes: 20 }
models:
  members:
    model: set
    operations:
      clear: { http: DELETE /clear, ok: { status: 200 }, undecided: { status: 503 } }
";

const UNDECIDED_TESTS: &str = "\
cluster: 2
tests:
  - name: All keys go
    proves: clear
    fresh: true
    hint: Do it by hand.
    steps:
      - explore: { model: members, operations: 10, mix: { clear: 1 } }
";

/// It answers 503, whatever it is asked.
const UNAVAILABLE: &str = "\
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_DELETE(self):
        self.send_error(503)
port = next(int(arg[7:]) for arg in sys.argv if arg.startswith(\"--port=\"))
http.server.ThreadingHTTPServer((\"127.0.0.1\", port), Handler).serve_forever()
";
