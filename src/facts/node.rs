//! What happens to nodes, and how processes end.

use std::fmt;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

use super::not;
use crate::seconds;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitStatus {
    Code(i32),
    /// The signal's number; 0 where it could not be determined (real-time signals).
    Signal(i32),
}

impl ExitStatus {
    pub fn success(self) -> bool {
        self == ExitStatus::Code(0)
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ExitStatus::Code(code) => write!(f, "exit status {code}"),
            ExitStatus::Signal(number) => match Signal::try_from(number) {
                Ok(signal) => write!(f, "killed by {} (signal {number})", signal.as_str()),
                Err(_) => f.write_str("killed by a real-time signal"),
            },
        }
    }
}

/// What a node does, as shown beside its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeStatus {
    Starting,
    Up,
    /// It runs, but answers nothing.
    Silent,
    Paused,
    /// Stopped or killed by the test.
    Down,
    /// It ended by itself.
    Ended,
}

impl NodeStatus {
    pub fn word(self) -> &'static str {
        match self {
            NodeStatus::Starting => "starting",
            NodeStatus::Up => "up",
            NodeStatus::Silent => "silent",
            NodeStatus::Paused => "paused",
            NodeStatus::Down => "down",
            NodeStatus::Ended => "ended",
        }
    }
}

/// A process of a node to which SIGTERM was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signalled {
    pub pid: i32,
    /// Its program: `python3`.
    pub name: String,
    /// The file that it runs, where its arguments show it: `server.py`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Since the node was asked to stop.
    #[serde(with = "seconds")]
    pub after: Duration,
    /// The node consisted of this process alone.
    pub alone: bool,
}

impl fmt::Display for Signalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Signalled { pid, name, file, after, .. } = self;
        match file {
            Some(file) => write!(f, "{file} ({name}, pid {pid})")?,
            None => write!(f, "{name} (pid {pid})")?,
        }
        match after.as_millis() {
            0 if after.is_zero() => f.write_str(" at once"),
            ms @ 0..100 => write!(f, " after {ms} ms"),
            _ => write!(f, " after {:.1} s", after.as_secs_f64()),
        }
    }
}

/// `run.sh (sh, pid 4121) at once, server.py (python3, pid 4125) after 0.5 s`
pub fn signalled_words(signalled: &[Signalled]) -> String {
    signalled.iter().map(Signalled::to_string).collect::<Vec<_>>().join(", ")
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum NodeEventKind {
    /// run.sh has this pid; the port does not accept yet.
    Started {
        pid: i32,
        port: u16,
    },
    /// The port accepts.
    Ready {
        #[serde(with = "seconds")]
        after: Duration,
    },
    /// The start failed. Whoever called `start` has the error; this is its sentence, for the record.
    StartFailed {
        sentence: String,
    },
    /// SIGTERM was sent.
    Stopping,
    /// Its last process ended after SIGTERM.
    Stopped {
        status: ExitStatus,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signalled: Vec<Signalled>,
    },
    Killed,
    Paused,
    Resumed,
    /// run.sh ended, but processes that it had started live on; the node is still up.
    MainExited {
        status: ExitStatus,
    },
    /// The whole tree ended unasked.
    Exited {
        status: ExitStatus,
    },
    /// A limit was passed and the tree was killed for it; no `Exited` follows.
    OverLimit {
        sentence: String,
    },
    /// The node's guard died (somebody killed it), so the node was killed too: not the program's fault.
    GuardLost,
}

/// Lines of output, as they were printed, and how many are left out around them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Output {
    pub lines: Vec<String>,
    pub earlier: usize,
    pub later: usize,
    /// They begin with the first line that tells an error; otherwise they are the last ones.
    #[serde(skip_serializing_if = "not")]
    pub from_error: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_reads_like_a_shells() {
        assert_eq!(ExitStatus::Code(1).to_string(), "exit status 1");
        assert_eq!(ExitStatus::Signal(11).to_string(), "killed by SIGSEGV (signal 11)");
        assert_eq!(ExitStatus::Signal(0).to_string(), "killed by a real-time signal");
    }

    #[test]
    fn signals_name_the_process_and_the_time() {
        let one = Signalled {
            pid: 41,
            name: "sh".into(),
            file: Some("run.sh".into()),
            after: Duration::ZERO,
            alone: false,
        };
        let two =
            Signalled { pid: 42, name: "main".into(), file: None, after: Duration::from_millis(3), ..one.clone() };
        let three = Signalled { after: Duration::from_millis(540), ..two.clone() };
        assert_eq!(
            signalled_words(&[one, two, three]),
            "run.sh (sh, pid 41) at once, main (pid 42) after 3 ms, main (pid 42) after 0.5 s"
        );
    }

    #[test]
    fn events_are_tagged_in_kebab_case() {
        let kind = NodeEventKind::MainExited { status: ExitStatus::Code(0) };
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(json, r#"{"kind":"main-exited","status":{"code":0}}"#);
        assert_eq!(serde_json::from_str::<NodeEventKind>(&json).unwrap(), kind);
    }
}
