//! What a verdict means on a machine that is busy with other things: a correct program passes, and what a program did
//! wrong is judged. Threads of this test take the processors, for a bounded time.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::support::{Project, Said, eventually, lsfr};

/// No test may keep a machine busy for longer, however it ends.
const LONGEST: Duration = Duration::from_secs(150);

/// Work that has nothing to do with lsfr, on every processor.
struct OtherWork {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl OtherWork {
    /// `each`: threads for each processor, which share it with whatever lsfr runs.
    fn begin(each: usize) -> OtherWork {
        let over = Arc::new(AtomicBool::new(false));
        let processors = thread::available_parallelism().unwrap().get();
        let spin = |_| {
            let over = Arc::clone(&over);
            thread::spawn(move || {
                let began = Instant::now();
                while !over.load(Ordering::Relaxed) && began.elapsed() < LONGEST {
                    (0..10_000).for_each(|number| {
                        black_box(number);
                    });
                }
            })
        };
        let threads = (0..each * processors).map(spin).collect();
        OtherWork { over, threads }
    }
}

impl Drop for OtherWork {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.threads.drain(..).for_each(|thread| thread.join().unwrap());
    }
}

/// A server of one answer to all requests, in Python.
fn server(body: &str) -> String {
    format!(
        r#"
import socket, sys, threading, time
port = int(next(arg.split("=")[1] for arg in sys.argv if arg.startswith("--port=")))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(64)
def serve(peer):
{body}
while True:
    peer, _ = listener.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
"#
    )
}

fn python(body: &str) -> Project {
    let project = Project::new();
    project.write("server.py", &server(body));
    project.run_sh("#!/bin/sh\nexec python3 server.py \"$@\"\n");
    project
}

/// The verdicts of a run with JSON output, by test.
fn verdicts(said: &Said) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ended = said.json().into_iter().filter(|event| event["event"] == "test_ended");
    ended.map(|event| (text(&event["test"]), text(&event["verdict"]["verdict"]))).collect()
}

const FIRST: &str = "A stored value comes back";

#[track_caller]
fn is_verdict(said: &Said, test: &str, verdict: &str) {
    assert_eq!(verdicts(said), [(test.to_owned(), verdict.to_owned())], "{}\n{}", said.out, said.err);
}

#[test]
fn an_answer_without_an_end_is_judged_while_others_use_the_machine() {
    let project = python(
        "    peer.recv(65536)\n    peer.sendall(b'HTTP/1.1 200 OK\\r\\nA: b\\r\\n\\r\\nsome')\n    time.sleep(1000)",
    );
    let _others = OtherWork::begin(2);
    let said = project.lsfr(["test", "http-api", "--only", FIRST, "--format", "json"]).exits(1);
    is_verdict(&said, FIRST, "failed");
}

#[test]
fn a_wrong_answer_of_a_cluster_is_judged_while_others_use_the_machine() {
    let project = Project::buggy("log-not-restored");
    let _others = OtherWork::begin(2);
    let test = "A crash of all nodes loses no acknowledged write";
    let said = project.lsfr(["test", "durability", "--only", test, "--format", "json"]).exits(1);
    is_verdict(&said, test, "failed");
}

#[test]
fn a_right_cluster_passes_while_others_use_the_machine() {
    let project = Project::reference();
    let _others = OtherWork::begin(3);
    let said = project.lsfr(["test", "leader-election", "--format", "json"]);
    let verdicts: Vec<String> = verdicts(&said).into_iter().map(|(_, verdict)| verdict).collect();
    assert!(verdicts.iter().all(|verdict| ["passed", "not_judged"].contains(&verdict.as_str())), "{}", said.out);
    assert!(verdicts.len() > 3 && verdicts.contains(&"passed".to_owned()), "{}", said.out);
}

/// Time in which lsfr itself was stopped counts against nobody.
#[test]
fn a_program_that_answers_while_lsfr_is_stopped_is_in_time() {
    let project = python(
        "    peer.recv(65536)\n    open('asked', 'w').close()\n    time.sleep(0.5)\n    \
             peer.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n')\n    \
             peer.close()",
    );
    let mut command = lsfr(&project.dir);
    command.args(["test", "http-api", "--only", FIRST, "--format", "json"]);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_raw(child.id() as i32);
    let asked = project.dir.join("asked");
    eventually("the first request", || if asked.exists() { Ok(()) } else { Err("not asked".to_owned()) });
    kill(pid, Signal::SIGSTOP).unwrap();
    // Longer than the 5 s that a request may take in this stage.
    thread::sleep(Duration::from_secs(6));
    kill(pid, Signal::SIGCONT).unwrap();
    let said = Said::of(child.wait_with_output().unwrap());
    // The first PUT was answered; the GET after it lacks the value.
    let card = said.json().into_iter().find(|event| event["event"] == "card").unwrap();
    assert_eq!(card["request"]["method"], "GET", "{card}");
    assert_eq!(card["differences"][0]["path"], "body", "{card}");
}
