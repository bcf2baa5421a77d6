//! Programs that are wrong in the ways that programs are: each is failed, explained, and gone afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use lsfr::cluster::{Cluster, ClusterSpec, GrantedTime, Limits, Patience};
use serde_json::Value;

use crate::support::{Project, Said, run, tests_of};

/// A server that reads each request and answers it as its first argument says.
const SERVER: &str = r#"
import os, socket, sys, threading, time
kind = sys.argv[1]
port = int([a for a in sys.argv if a.startswith("--port=")][0][7:])

def answer(client):
    stream = client.makefile("rwb")
    request = stream.readline()
    if not request: return
    while stream.readline().strip(): pass
    if kind == "garbage": stream.write(b"PONG \x1b[2J 42\n")
    elif kind == "half": stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    elif kind == "redirect" or kind == "astray":
        there = b"http://127.0.0.1:%d%s" % (port if kind == "redirect" else 9, request.split()[1])
        stream.write(b"HTTP/1.1 307 Moved\r\nContent-Length: 0\r\nLocation: " + there + b"\r\n\r\n")
    elif kind == "hang": time.sleep(1000)
    elif kind == "crash":
        print("ValueError: no such key", flush=True)
        os._exit(3)
    elif kind == "huge":
        stream.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000): stream.write(b"x" * 1000000)
    elif kind == "flood":
        # Nearly full at once, with a hole: how fast the disk is makes no difference.
        os.ftruncate(1, 499_000_000)
        block = b"\n" + b"z" * 99
        while True: os.write(1, block * 1000)
    stream.flush()
    client.close()

family, host = (socket.AF_INET6, "::1") if kind == "six" else (socket.AF_INET, "127.0.0.1")
listener = socket.socket(family)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, 0 if kind == "elsewhere" else port))
listener.listen()
while True:
    client, _ = listener.accept()
    threading.Thread(target=answer, args=(client,), daemon=True).start()
"#;

fn run_sh(kind: &str) -> String {
    format!("#!/bin/sh\nexec python3 server.py {kind} \"$@\"\n")
}

const TEST: &str = "GET of a missing key is 404";

/// Runs one test against a server of this kind; asserts that it leaves nothing but records that can be read.
#[track_caller]
fn told(kind: &str, phrases: &[&str]) -> Said {
    let project = Project::new();
    project.write("server.py", SERVER);
    project.run_sh(&run_sh(kind));
    told_of(&project, phrases)
}

#[track_caller]
fn told_of(project: &Project, phrases: &[&str]) -> Said {
    let said = project.lsfr(["test", "--only", TEST]).exits(1).says(phrases).says(&[
        "✗ GET of a missing key is 404",
        "http-api › Put and get",
        "./run.sh --port=",
        "What led here",
        "Hint 1 of 2",
        "Again lsfr test http-api --only \"GET of a missing key is 404\" --seed ",
    ]);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
    afterwards(project);
    said
}

#[track_caller]
fn afterwards(project: &Project) {
    project.assert_nothing_runs();
    let folder = project.runs().pop().unwrap();
    let record: Value = serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap();
    assert_eq!(record["cards"].as_array().unwrap().len(), 1);
    assert_eq!(project.events().last().unwrap()["event"], "run_ended");
    assert!(folder.join("logs/n1.log").is_file());
}

/// The same for a program that does not start: no test fails because of it.
#[track_caller]
fn told_not_started(project: &Project, phrases: &[&str]) {
    let said = project.lsfr(["test", "--only", TEST]).exits(1).says(phrases).says(&[
        "✗ The program does not start http-api",
        "./run.sh --port=",
        "GET of a missing key is 404 not tried: the program does not start",
        "0 of 1 test passed, 1 not tried",
        "Again lsfr test http-api",
    ]);
    for phrase in ["✗ GET of a missing key", "Put and get", "Hint", "--only"] {
        assert!(!said.out.contains(phrase), "{phrase}: {}", said.out);
    }
    afterwards(project);
}

#[test]
fn a_run_sh_that_cannot_be_started_is_explained() {
    let project = Project::new();
    let file = project.dir.join("run.sh");
    let script = |text: &str| {
        let _ = fs::remove_file(&file);
        project.run_sh(text);
    };
    fs::remove_file(&file).unwrap();
    told_not_started(
        &project,
        &["there is no run.sh in the challenge directory", "make it executable with `chmod +x run.sh`"],
    );
    script("#!/bin/sh\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    told_not_started(&project, &["run.sh is not executable. Make it so with `chmod +x run.sh`."]);
    script("#!/no/such/sh\n");
    told_not_started(
        &project,
        &["run.sh asks for `/no/such/sh` in its first line, and there is no such program here"],
    );
    script("#!/usr/bin/env no-such-python\n");
    told_not_started(
        &project,
        &["run.sh asks for `no-such-python` in its first line", "Install it, or change the line."],
    );
    script("#!/bin/sh\r\nexec python3 server.py \"$@\"\r\n");
    told_not_started(&project, &["ends with a Windows line end (CR LF)", "`sed -i 's/\\r$//' run.sh`"]);
    script("");
    told_not_started(&project, &["run.sh is empty. Give it a first line such as `#!/bin/sh`"]);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    told_not_started(&project, &["run.sh could not be started: it is not a file"]);
}

#[test]
fn a_program_that_ends_at_once_holds_back_all_tests() {
    let project = Project::new();
    project.run_sh("#!/bin/sh\necho 'SyntaxError: line 3' >&2\nexit 4\n");
    let tests = tests_of("http-api");
    let said = project.lsfr(["test"]).exits(1).says(&[
        "n1 ended with exit status 4 after",
        "before its port accepted a connection",
        "n1 said SyntaxError: line 3",
        &format!("all {tests} tests not tried: the program does not start"),
        &format!("0 of {tests} tests passed, {tests} not tried"),
    ]);
    // The reason is on the screen that the learner looks at.
    assert!(said.out.lines().count() < 35, "{}", said.out);
    afterwards(&project);
    project.run_sh("#!/bin/sh\nkill -SEGV $$\n");
    told_not_started(&project, &["n1 was killed by SIGSEGV (signal 11)"]);
}

#[test]
fn an_answer_that_is_not_http_is_explained() {
    let said = told("garbage", &["curl -i http://127.0.0.1:", "What n1 sent is not HTTP (", "--http0.9 --output -"]);
    said.says(&["An answer begins with a line such as `HTTP/1.1 200 OK`"]);
}

#[test]
fn a_half_answer_is_explained() {
    told(
        "half",
        &[
            "curl -i http://127.0.0.1:",
            "n1 closed the connection in the middle of its answer, after",
            ": 10 bytes were promised, 4 came.",
            "Content-Length promises more bytes than were sent",
            "Compare the Content-Length with the bytes of the body",
        ],
    );
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    told("huge", &["curl -i http://127.0.0.1:", "The answer of n1 is larger than lsfr reads (16 MB)."]);
}

#[test]
fn a_connection_that_is_closed_without_an_answer_is_explained() {
    told(
        "close",
        &[
            "curl -i http://127.0.0.1:",
            "n1 closed the connection after",
            "without an answer",
            "an uncaught exception or a panic",
        ],
    );
}

#[test]
fn a_crash_names_the_request_that_it_came_with() {
    let said = told(
        "crash",
        &[
            "curl -i http://127.0.0.1:",
            "Likely n1 ended by itself at +",
            "exit status 3",
            "Look at the last lines n1 printed: `lsfr logs n1`",
        ],
    );
    said.says(&["EXIT n1 ended by itself: exit status 3", "n1 said", "ValueError: no such key"]);
}

#[test]
fn a_redirect_that_nobody_asked_for_is_shown() {
    told("redirect", &["status expected 404 actual 307", "location \"http://127.0.0.1:"]);
}

#[test]
fn a_flood_is_stopped() {
    let project = Project::on_disk();
    project.write("server.py", SERVER);
    project.run_sh(&run_sh("flood"));
    let said = project.lsfr(["test", "--only", TEST]).exits(1);
    said.says(&["MB in this run; the limit is 500 MB, so lsfr killed it. Print less for each request.", "LIMIT n1"]);
    afterwards(&project);
    let log = fs::metadata(project.runs()[0].join("logs/n1.log")).unwrap().len();
    assert!((499_900_000..=500_004_096).contains(&log), "{log}");
    project.lsfr(["replay"]).exits(1).says(&["the limit is 500 MB"]);
    let home = project.temp.path().to_owned();
    project.temp.close().unwrap();
    assert!(!home.exists());
}

/// A pack whose one test follows redirects and is soon out of patience.
fn impatient_pack(dir: &Path) {
    fs::create_dir_all(dir.join("stages/ask")).unwrap();
    let write = |name: &str, text: &str| fs::write(dir.join(name), text).unwrap();
    write(
        "challenge.yaml",
        "format: 1\nkey: tiny\nname: Tiny\nsummary: Answer.\nprogram: server\nparts:\n  - name: One\n    stages:\n      - { key: ask, title: Ask, minutes: 20 }\n",
    );
    write("overview.md", "A small one.\n");
    write("mutants.yaml", "- { bug: none, stage: ask, test: It answers }\n");
    write("stages/ask/guide.md", "# Ask\n\n## It answers\n\nIt does.\n");
    write(
        "stages/ask/tests.yaml",
        "tests:\n  - name: It answers\n    proves: it-answers\n    hint: Look at the answer.\n    steps:\n      - http: GET /a\n        follow: true\n        timeout: 300ms\n        expect: { status: 200 }\n",
    );
}

#[test]
fn redirects_and_silence_have_an_end() {
    let temp = tempfile::tempdir().unwrap();
    impatient_pack(&temp.path().join("pack"));
    run(temp.path(), ["check", "pack"]).exits(0).says(&["tiny is sound 1 stage, 1 test, 1 mutant"]);
    let said = run(temp.path(), ["check", "pack", "--program", "exit 3;", "--only", "ask"]).exits(1);
    said.says(&["seed 1: the program does not start"]);
    run(temp.path(), ["new", "./pack"]).exits(0);
    let project = Project { dir: temp.path().join("tiny").canonicalize().unwrap(), temp };
    project.write("server.py", SERVER);
    project.run_sh(&run_sh("redirect"));
    let said = project.lsfr(["test"]).exits(1).says(&[
        "more redirects than lsfr follows (its Location is `http://127.0.0.1:",
        "Two nodes name each other, or a node names itself, as the leader.",
    ]);
    // The endless redirect is cut off after a few.
    let hops = said.out.lines().filter(|line| line.contains("n1 → n1  307")).count();
    assert_eq!(hops, 5, "{}", said.out);
    afterwards(&project);

    project.run_sh(&run_sh("astray"));
    let said = project.lsfr(["test"]).exits(1);
    said.says(&["n1 redirected to an address that belongs to no node (its Location is `http://127.0.0.1:9/a`)."]);
    afterwards(&project);

    project.run_sh(&run_sh("hang"));
    let said = project.lsfr(["test"]);
    // On a machine that is busy with other things a deadline proves nothing.
    let code = if said.out.contains("Not judged") { 3 } else { 1 };
    said.exits(code).says(&[
        "No complete answer from n1 in ",
        "Either the handler waits (for a lock, for the disk",
        "Make the request by hand with the line above",
    ]);
    afterwards(&project);
}

/// Starts a program that lsfr waits 30 s for, with less patience: what the learner would be shown.
async fn never_ready(kind: &str) -> String {
    let temp = tempfile::tempdir().unwrap();
    let challenge_dir = temp.path().join("challenge");
    fs::create_dir(&challenge_dir).unwrap();
    fs::write(challenge_dir.join("server.py"), SERVER).unwrap();
    let script = if kind == "sleep" { "#!/bin/sh\nexec sleep 1000\n".to_owned() } else { run_sh(kind) };
    fs::write(challenge_dir.join("run.sh"), script).unwrap();
    fs::set_permissions(challenge_dir.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let spec = ClusterSpec {
        challenge_dir: challenge_dir.clone(),
        run_dir: temp.path().join("run"),
        data_dir: temp.path().join("run/data"),
        nodes: vec!["n1".to_owned()],
        arguments: Vec::new(),
        guard: env!("CARGO_BIN_EXE_lsfr").into(),
        seed: 1,
        started_at: Instant::now(),
        patience: Patience { first_start: Duration::from_secs(2), ..Patience::default() },
        limits: Limits::default(),
        time: GrantedTime::begin(),
        tap: None,
    };
    let (events, _kept) = tokio::sync::mpsc::unbounded_channel();
    let cluster = Cluster::new(spec, events).await.unwrap();
    let error = cluster.start("n1").await.unwrap_err();
    cluster.shutdown().await;
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_listens_nowhere_or_elsewhere_is_told_so() {
    let (silent, elsewhere, six) = tokio::join!(never_ready("sleep"), never_ready("elsewhere"), never_ready("six"));
    assert!(silent.starts_with("n1 did not accept a connection on 127.0.0.1:"), "{silent}");
    assert!(silent.ends_with(" within 2 s. It listens on no port."), "{silent}");
    assert!(elsewhere.contains(" It listens on 127.0.0.1:"), "{elsewhere}");
    assert!(elsewhere.ends_with(" instead. The port to use is in the argument --port."), "{elsewhere}");
    assert!(six.contains(" It listens on [::1]:"), "{six}");
    assert!(six.ends_with("The port is right, the address is not: listen on 127.0.0.1."), "{six}");
}
