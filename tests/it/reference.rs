//! The reference key-value store as a process: what only a real one shows, with real signals and sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    /// What it printed before it listened.
    said: Vec<String>,
    /// Held open, as a log file is.
    _stdout: BufReader<ChildStdout>,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lsfr"));
    command.arg("__reference").args(args);
    command
}

impl Server {
    fn start(folder: &Path, more: &[&str]) -> Server {
        Server::start_at(0, folder, more)
    }

    pub(crate) fn start_at(port: u16, folder: &Path, more: &[&str]) -> Server {
        let mut child = command(&["kv-store", &format!("--port={port}")])
            .arg(format!("--working-dir={}", folder.display()))
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = Vec::new();
        let mut address = None;
        let mut line = String::new();
        while address.is_none() && stdout.read_line(&mut line).unwrap() > 0 {
            let text = line.trim().to_owned();
            match text.strip_prefix("listening on ") {
                Some(listening) => address = Some(listening.parse().unwrap()),
                None => said.push(text),
            }
            line.clear();
        }
        let Some(address) = address else {
            panic!("it ended with {:?}: {said:?}", child.wait());
        };
        Server { child, address, said, _stdout: stdout }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_ask(method, path, body).unwrap()
    }

    fn try_ask(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let answer = self.try_ask_whole(method, path, body)?;
        let status = answer.get(9..12).and_then(|status| status.parse().ok());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
        match status.zip(body) {
            Some((status, body)) => Ok((status, body.to_owned())),
            None => Err(std::io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// The answer with its head.
    pub(crate) fn try_ask_whole(&self, method: &str, path: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: n1\r\nConnection: close\r\n");
        stream.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    pub(crate) fn crash(mut self) {
        self.signal(Signal::SIGKILL);
        self.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.said, ["replayed 0 records"]);
    for (key, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
        assert_eq!(server.ask("PUT", &format!("/kv/{key}"), value).0, 200);
    }
    assert_eq!(server.ask("DELETE", "/kv/b", "").0, 200);
    server.crash();

    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.said, ["replayed 4 records"]);
    assert_eq!(server.ask("GET", "/kv/a", ""), (200, "3".to_owned()));
    assert_eq!(server.ask("GET", "/kv/b", "").0, 404);
    assert_eq!(server.ask("DELETE", "/clear", "").0, 200);
    server.crash();

    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.ask("GET", "/kv/a", "").0, 404);
}

#[test]
fn what_was_acknowledged_in_the_middle_of_a_burst_survives_five_kills() {
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = Mutex::new(Vec::new());
    for round in 0..5 {
        let server = Server::start(folder.path(), &[]);
        let value = format!("{round}").repeat(300_000);
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for client in 0..4 {
                let (server, value, done, acknowledged) = (&server, &value, &done, &acknowledged);
                scope.spawn(move || {
                    for i in 0.. {
                        let key = format!("/kv/{round}:{client}:{i}");
                        match server.try_ask("PUT", &key, value) {
                            Ok((200, _)) => acknowledged.lock().unwrap().push((key, round)),
                            _ => return,
                        }
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            while done.load(Ordering::Relaxed) < 6 {
                thread::sleep(Duration::from_millis(1));
            }
            server.signal(Signal::SIGKILL);
        });
        drop(server);
        let server = Server::start(folder.path(), &[]);
        for (key, round) in acknowledged.lock().unwrap().iter() {
            let (status, found) = server.ask("GET", key, "");
            assert!(status == 200 && found == format!("{round}").repeat(300_000), "{key}: {status}");
        }
        server.crash();
    }
}

#[test]
fn sigterm_ends_it_at_once_whatever_idle_connections_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &[]);
    let _silent = server.connect();
    let mut idle = server.connect();
    idle.write_all(b"GET /kv/a HTTP/1.1\r\nHost: n1\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
    let asked = Instant::now();
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
}

#[test]
fn a_request_in_flight_at_sigterm_is_finished_and_lasts() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &[]);
    let mut stream = server.connect();
    let head = "PUT /kv/a HTTP/1.1\r\nHost: n1\r\nContent-Length: 8\r\n";
    stream.write_all(format!("{head}Expect: 100-continue\r\n\r\n").as_bytes()).unwrap();
    // The server asks for the body, so the request is under way.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"), "{go_on:?}");
    stream.write_all(b"half").unwrap();
    server.signal(Signal::SIGTERM);
    while TcpStream::connect(server.address).is_ok() {
        thread::sleep(Duration::from_millis(1));
    }
    stream.write_all(b"half").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.wait(), Some(0));
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.ask("GET", "/kv/a", ""), (200, "halfhalf".to_owned()));
}

#[test]
fn a_second_server_on_the_port_ends_with_a_sentence_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let never = other.path().join("never");
    let output = run(&[
        "kv-store",
        &format!("--port={}", server.address.port()),
        &format!("--working-dir={}", never.display()),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("cannot listen on {}", server.address)), "{said}");
    assert!(!never.exists());
}

#[test]
fn wrong_usage_is_status_2_and_says_what_there_is() {
    let cases: [(&[&str], &str); 5] = [
        (&[], "kv-store"),
        (&["no-such-thing"], "kv-store"),
        (&["kv-store"], "--port"),
        (&["kv-store", "--port=0", "--working-dir=x", "--wrong"], "--wrong"),
        (&["kv-store", "--port=0", "--working-dir=x", "--bug", "no-such-bug"], "second-put-ignored"),
    ];
    for (args, hint) in cases {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(hint), "{args:?}: {said}");
    }
}

#[test]
fn with_every_seeded_bug_it_starts_takes_a_value_and_stops() {
    for bug in ::reference::bugs("kv-store") {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(folder.path(), &["--bug", bug.name]);
        let (status, _) = server.ask("PUT", "/kv/key", "value");
        assert!((200..300).contains(&status), "{}: {status}", bug.name);
        server.signal(Signal::SIGTERM);
        assert_eq!(server.wait(), Some(0), "{}", bug.name);
    }
}

fn run(args: &[&str]) -> Output {
    command(args).output().unwrap()
}
