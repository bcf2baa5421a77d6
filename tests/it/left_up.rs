//! `lsfr test --keep`: the nodes of the first test that fails stay up, as long as somebody looks at them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::support::{Project, lsfr};

/// A run whose first failure has left its nodes up.
struct Looked {
    project: Project,
    child: Child,
    out: BufReader<ChildStdout>,
    address: SocketAddr,
}

/// The next event of this kind.
fn event(out: &mut impl BufRead, wanted: &str) -> Value {
    let mut seen = String::new();
    loop {
        let mut line = String::new();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "no {wanted} in\n{seen}");
        let event: Value = serde_json::from_str(&line).unwrap();
        if event["event"] == wanted {
            return event;
        }
        seen.push_str(&line);
    }
}

fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /kv/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 "))
}

impl Looked {
    fn at(only: Option<&str>) -> Self {
        let project = Project::buggy("second-put-ignored");
        let mut command = lsfr(&project.dir);
        command.args(["test", "--keep", "--format", "json"]).args(only.iter().flat_map(|test| ["--only", test]));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let ended = event(&mut out, "card");
        let left = event(&mut out, "left_up");
        assert_eq!(left["test"], ended["test"]);
        assert_eq!(left["nodes"].as_array().unwrap().len(), 1);
        let address: SocketAddr = left["nodes"][0]["address"].as_str().unwrap().parse().unwrap();
        let curl = ended["request"]["curl"].as_str().unwrap();
        assert!(curl.contains(&address.to_string()), "the card's request goes to what is left up: {curl}");
        assert!(answers(address));
        Self { project, child, out, address }
    }

    /// What else it tells, and how it ends.
    fn ends(mut self) -> (Vec<Value>, Option<i32>) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let status = self.child.wait().unwrap();
        self.project.assert_nothing_runs();
        assert!(!answers(self.address));
        (rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), status.code())
    }
}

#[test]
fn enter_ends_them_and_the_run_goes_on() {
    let mut looked = Looked::at(None);
    looked.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    let (rest, code) = looked.ends();
    assert_eq!(code, Some(1));
    let named = |name: &str| rest.iter().filter(|event| event["event"] == name).count();
    assert_eq!(named("left_up"), 0, "only the first one is looked at");
    assert!(named("test_ended") > 2 && named("card") > 0);
    let ended = rest.last().unwrap();
    assert_eq!((&ended["event"], &ended["outcome"]["outcome"]), (&"run_ended".into(), &"failed".into()));
}

#[test]
fn the_end_of_input_ends_them_too() {
    let mut looked = Looked::at(Some("A second PUT replaces the value"));
    drop(looked.child.stdin.take());
    assert_eq!(looked.ends().1, Some(1));
}

#[test]
fn in_words_it_says_where_they_are_and_what_to_begin_with() {
    let project = Project::buggy("second-put-ignored");
    // Nobody can press anything: it looks and goes on.
    let said = project.lsfr(["test", "--keep"]).exits(1);
    said.says(&["Left up for a look by hand:", "n1 127.0.0.1:", "curl -i http://127.0.0.1:", "Enter ends them."]);
    // Not with what would look at many failures.
    project.lsfr(["test", "--keep", "--watch"]).exits(2);
    project.assert_nothing_runs();
}

/// Nothing was left to do: the run has its verdict.
#[test]
fn a_signal_after_the_last_test_ends_them_and_keeps_the_verdict() {
    let looked = Looked::at(Some("A second PUT replaces the value"));
    kill(Pid::from_raw(looked.child.id() as i32), Signal::SIGINT).unwrap();
    let (rest, code) = looked.ends();
    assert_eq!(code, Some(1));
    assert_eq!(rest.last().unwrap()["outcome"]["outcome"], "failed");
}

#[test]
fn a_signal_before_the_last_test_interrupts_the_run() {
    let looked = Looked::at(None);
    kill(Pid::from_raw(looked.child.id() as i32), Signal::SIGTERM).unwrap();
    let (rest, code) = looked.ends();
    assert_eq!(code, Some(130));
    assert_eq!(rest.last().unwrap()["outcome"]["outcome"], "interrupted");
}

/// The guards end them.
#[test]
fn nothing_outlives_a_killed_lsfr() {
    let mut looked = Looked::at(None);
    looked.child.kill().unwrap();
    looked.child.wait().unwrap();
    crate::support::eventually("the nodes end", || match crate::support::alive(&looked.project.dir) {
        left if left.is_empty() => Ok(()),
        left => Err(format!("{left:?}")),
    });
}
