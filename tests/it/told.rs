//! What is reported of nodes and requests while a cluster runs, and of a mutant whose test the program itself fails.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
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

/// Writes a pack of one stage into the folder `pack` there.
fn pack(place: &Path, program: &str, mutant: &str, tests: &str) {
    let challenge = format!(
        "format: 1\nkey: pack\nname: Small\nsummary: A small one.\nprogram: {program}\nparts:\n  - name: One\n    stages:\n      - {{ key: one, title: One, minutes: 5 }}\n",
    );
    for (name, text) in [
        ("challenge.yaml", &*challenge),
        ("overview.md", "You build it.\n"),
        ("mutants.yaml", &format!("- {mutant}\n")),
        ("stages/one/guide.md", "# One\n\n## It\n\nIt works.\n"),
        ("stages/one/tests.yaml", tests),
    ] {
        let path = place.join("pack").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn a_mutant_is_not_caught_by_a_test_that_the_program_fails_too() {
    let temp = tempfile::tempdir().unwrap();
    pack(
        temp.path(),
        "compiler",
        "{ bug: ends-badly, stage: one, test: It works }",
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

/// Answers GET with the number in the path; a POST to `/wait` it never answers, and `/waits` tells whether one has come.
const SLOW: &str = r#"
import sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

waits = threading.Event()

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        waits.set()
        threading.Event().wait()

    def do_GET(self):
        number = self.path[1:]
        self.send_response(int(number) if number.isdigit() else 200 if waits.is_set() else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

port = next(int(arg[7:]) for arg in sys.argv if arg.startswith("--port="))
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"#;

const UNDER_WAY: &str = "
tests:
  - name: What is under way is told
    proves: it
    hint: Look.
    steps:
      - concurrently: 1
        at_least: 0
        while:
          after: 0
          steps:
            - eventually:
                within: 20s
                steps:
                  - http: GET /waits
                    expect: { status: 200 }
            - http: GET /404
              expect: { status: 200 }
        steps:
          - http: POST /wait
            body: x
            timeout: 60s
            expect: { status: 200 }
  - name: Others that fail are told
    proves: it
    hint: Look.
    steps:
      - concurrently: 4
        in_flight: 4
        at_least: 4
        steps:
          - http: GET /$([200, 403, 404, 403][i])
            expect: { status: 200 }
";

#[test]
fn what_is_under_way_when_a_test_fails_and_how_others_failed_is_told() {
    let temp = tempfile::tempdir().unwrap();
    pack(temp.path(), "server", "{ bug: none, stage: one, test: Others that fail are told }", UNDER_WAY);
    run(temp.path(), ["new", "./pack", "mine"]).exits(0);
    let mine = temp.path().join("mine");
    fs::write(mine.join("server.py"), SLOW).unwrap();
    fs::write(mine.join("run.sh"), "#!/bin/sh\nexec python3 server.py \"$@\"\n").unwrap();
    let said = run(&mine, ["test", "--format=json"]);
    let cards: Vec<Value> = said.json().into_iter().filter(|event| event["event"] == "card").collect();
    let [under_way, others] = &cards[..] else { panic!("{}", said.out) };
    let rows = under_way["led_here"].as_array().unwrap();
    let post = rows.iter().find(|row| row["verb"] == "POST").expect("the request under way has a row");
    assert_eq!((&post["text"], &post["outcome"]), (&"/wait".into(), &"no answer yet".into()));
    let told: Vec<&str> = others["told"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(told[0].starts_with("3 of 4 at once failed. The first of them (i = 1) got status 403"), "{told:#?}");
    assert_eq!(told[1], "Others failed otherwise. n1, asked GET /404, got status 404 instead of 200.");
}
