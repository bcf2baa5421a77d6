//! What the language has for clusters that grow: nodes that are told more than their peers, members, fresh folders, the
//! size of a folder, and the time of a start.

use super::support::{Project, run};

const CHALLENGE: &str = "\
format: 1
key: tiny
name: Tiny
summary: Answer.
program: server
parts:
  - name: One
    stages:
      - { key: grow, title: Grow, minutes: 20 }
";

/// It counts its starts, says what it was told, takes bytes into its folder, and starts late if it was asked to.
const SERVER: &str = r#"
import http.server, json, os, sys, time
told = dict(arg[2:].split("=", 1) for arg in sys.argv[1:])
folder = told["working-dir"]
begun = os.path.join(folder, "begun")
with open(begun, "a") as file:
    file.write("x")
late = os.path.join(folder, "late")
if os.path.exists(late):
    time.sleep(float(open(late).read()))

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        told_last = [arg for arg in sys.argv[1:] if arg.split("=")[0] in ("--members", "--me")]
        self.answer({"told": told_last, "last": sys.argv[-1] == told_last[-1], "begun": os.path.getsize(begun)})
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(os.path.join(folder, self.path.strip("/")), "wb") as file:
            file.write(body)
        self.answer({})
    def answer(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(told["port"])), Handler).serve_forever()
"#;

const CLUSTER: &str = "\
cluster:
  nodes: 6
  members: [n1, n2, n3]
  arguments: [\"--members=$(members | join(','))\", \"--me=$(node)\"]
tests:
";

/// A project of a pack with these tests.
fn project(tests: &str) -> Project {
    let temp = tempfile::tempdir().unwrap();
    let pack = temp.path().join("pack");
    std::fs::create_dir_all(pack.join("stages/grow")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(pack.join(name), text).unwrap();
    write("challenge.yaml", CHALLENGE);
    write("overview.md", "A small one.\n");
    write("mutants.yaml", "- { bug: none, stage: grow, test: It grows }\n");
    write("stages/grow/guide.md", "# Grow\n\n## It grows\n\nIt does.\n");
    write("stages/grow/tests.yaml", &format!("{CLUSTER}{tests}"));
    run(temp.path(), ["check", "pack"]).exits(0);
    run(temp.path(), ["new", "./pack"]).exits(0);
    let project = Project { dir: temp.path().join("tiny").canonicalize().unwrap(), temp };
    project.write("server.py", SERVER);
    project.run_sh("#!/bin/sh\nexec python3 server.py \"$@\"\n");
    project
}

/// A test with these steps.
fn test(name: &str, more: &str, steps: &str) -> String {
    let steps = steps.trim_end().replace('\n', "\n      ");
    format!(
        "  - name: {name}\n    proves: it-grows\n    hint: Look.\n{more}    steps:\n      {}\n",
        steps.trim_start()
    )
}

#[test]
fn nodes_are_told_who_counts_and_steps_count_them() {
    let tests = test(
        "It grows",
        "",
        "
- http: GET /
  expect: { json: { told: [\"--members=n1,n2,n3\", \"--me=$(node)\"], last: true } }
- compare: $(members)
  is: [n1, n2, n3]
- isolate: minority
  save: { few: nodes }
- compare: $(few | length)
  is: 1
- compare: $(few[0] in members)
  is: true
- heal: all
- isolate: majority
  save: { most: nodes }
- compare: $(most | reject('in', members) | list)
  is: []
- compare: $(most | length)
  is: 2
- heal: all
- set: { members: [n2, n3, n4, n5, n6] }
- isolate: minority
  save: { few: nodes }
- compare: $(few | length)
  is: 2
- compare: $('n1' in few)
  is: false
- heal: all
",
    );
    let project = project(&tests);
    project.lsfr(["test"]).exits(0);
    project.assert_nothing_runs();
}

#[test]
fn a_fresh_test_begins_with_empty_folders_and_the_next_one_goes_on() {
    let put = "- http: PUT /data\n  body: x\n  expect: { status: 200 }";
    let begun = |times: u32| format!("- http: GET /\n  expect: {{ json: {{ begun: {times} }} }}");
    let tests = [
        test("It grows", "", &format!("{put}\n- restart: all\n{}", begun(2))),
        test("It goes on", "", &begun(2)),
        test("It is fresh", "    fresh: true\n", &format!("{}\n- disk_usage: all\n  is: {{ lte: 4096 }}", begun(1))),
    ];
    let project = project(&tests.concat());
    project.lsfr(["test"]).exits(0);
    project.assert_nothing_runs();
}

#[test]
fn a_folder_that_is_too_large_is_told_with_its_files() {
    let tests = test(
        "It grows",
        "",
        "
- concurrently: 6
  in_flight: 2
  while:
    every: 10ms
    steps:
      - disk_usage: n2
        is: { lte: 300000 }
  steps:
    - http: PUT /file-$(i)
      to: n2
      body: $('x' * 100000)
      expect: { status: 200 }
- eventually:
    within: 1s
    steps:
      - disk_usage: n2
        is: { lte: 300000 }
",
    );
    let project = project(&tests);
    let said = project.lsfr(["test"]).exits(1);
    said.says(&["The folder of n2 takes", "KB on the disk.", "Its files:", "file-", "102.4 KB", "at most 300.0 KB"]);
    project.assert_nothing_runs();
}

#[test]
fn a_start_is_measured_against_one_with_an_empty_folder() {
    let steps = |late: &str| {
        format!(
            "
- http: PUT /late
  to: n5
  body: \"{late}\"
  expect: {{ status: 200 }}
- kill: n5
- start: n5
  longer_by: 2s
"
        )
    };
    let project = project(&(test("It grows", "", &steps("0.1")) + &test("It is late", "", &steps("4"))));
    project.lsfr(["test", "--only", "It grows"]).exits(0);
    let said = project.lsfr(["test", "--only", "It is late"]).exits(1);
    let said = said.says(&[
        "n5 took 4.",
        "until its port accepted. With an empty folder a start took",
        "may take 2.0 s more",
    ]);
    // The line that starts the node by hand has the arguments in the order in which it got them.
    said.says(&["--members=n1,n2,n3 --me=n5"]);
    project.assert_nothing_runs();
}
