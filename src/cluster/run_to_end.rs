//! A program run once, to its end, under a guard like every node: a build, or a step that runs a program.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{oneshot, watch};

use super::granted::{Deadline, Expired, GrantedTime};
use super::limits::{Limits, OverLimit};
use super::wire::{Launch, Report};
use super::{guard, tree};
use crate::facts::ExitStatus;

/// How many programs of a run are alive, so that the end of the run can wait for those that nobody else waits for any
/// more; and what the ones that have ended used.
#[derive(Debug, Default)]
pub struct Programs {
    alive: watch::Sender<usize>,
}

impl Programs {
    /// Returns when none is alive.
    pub async fn ended(&self) {
        // The sender is borrowed, so it cannot be gone.
        let _ = self.alive.subscribe().wait_for(|alive| *alive == 0).await;
    }

    fn enter(&self) -> Alive {
        self.alive.send_modify(|alive| *alive += 1);
        Alive(self.alive.clone())
    }
}

/// One program, counted until this is dropped.
struct Alive(watch::Sender<usize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.send_modify(|alive| *alive -= 1);
    }
}

/// What to run. Its stdin, stdout and stderr are files in `files`, which is made, unless both outputs go to `output`.
#[derive(Debug)]
pub struct Once<'a> {
    /// lsfr's binary.
    pub guard: &'a Path,
    pub program: &'a Path,
    pub args: &'a [OsString],
    pub dir: &'a Path,
    pub files: &'a Path,
    /// An existing file that both outputs are appended to.
    pub output: Option<&'a Path>,
    pub limits: Limits,
    /// The system stops it when any file that it writes, its outputs included, has this many bytes; no limit if none.
    pub longest_file: Option<u64>,
    pub programs: &'a Programs,
    /// The clock of its time limit.
    pub time: &'a GrantedTime,
}

#[derive(Debug)]
pub struct Finished {
    pub end: End,
    pub stdout: PathBuf,
    pub stderr: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Exited(ExitStatus),
    TimedOut(Expired),
    /// The operating system would not start it: the error number, if it gave one, and its message.
    NotStarted {
        errno: Option<i32>,
        message: String,
    },
    /// It was killed for using too much: what, as a sentence.
    OverLimit(OverLimit),
}

#[derive(Debug, thiserror::Error)]
#[error("lsfr could not run {}: {source}.", program.display())]
pub struct OnceError {
    program: PathBuf,
    source: io::Error,
}

impl Once<'_> {
    /// Runs it with this on its stdin. When it ends, or its time is over, whatever it left running is killed. So is all
    /// of it when this future is dropped; [`Programs::ended`] waits for that.
    pub async fn with_stdin(&self, stdin: &[u8], timeout: Duration) -> Result<Finished, OnceError> {
        self.run(stdin, timeout).await.map_err(|source| OnceError { program: self.program.to_owned(), source })
    }

    async fn run(&self, stdin: &[u8], timeout: Duration) -> io::Result<Finished> {
        std::fs::create_dir_all(self.files)?;
        let [input, stdout, stderr] = ["stdin", "stdout", "stderr"].map(|name| self.files.join(name));
        std::fs::write(&input, stdin)?;
        let [stdout, stderr] = match self.output {
            Some(output) => [output.to_owned(), output.to_owned()],
            None => {
                for output in [&stdout, &stderr] {
                    std::fs::write(output, "")?;
                }
                [stdout, stderr]
            }
        };
        let launch = Launch {
            program: self.program.as_os_str().to_owned(),
            args: self.args.to_vec(),
            dir: self.dir.as_os_str().to_owned(),
            log: stderr.clone().into_os_string(),
            output: Some(stdout.clone().into_os_string()),
            input: Some(input.into_os_string()),
            limits: self.limits,
            longest_file: self.longest_file,
            port: None,
        };
        let mut line = serde_json::to_vec(&launch).map_err(io::Error::other)?;
        line.push(b'\n');
        let (pid, mut child) = tree::start_guard(|| {
            let child = Command::new(self.guard)
                .arg0(guard::NAME)
                .arg(guard::ARGUMENT)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
            pid.map(|pid| (pid, child)).ok_or_else(|| io::Error::other("the guard ended at once"))
        })?;
        let (Some(orders), Some(reports)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the guard has no pipes"));
        };
        // In a task of its own, which goes on until the guard is gone, even if the caller is dropped.
        let (wanted, unwanted) = oneshot::channel();
        let guard = Guard { pid, child, orders, reports };
        self.time.add(pid, "the program");
        let time = self.time.clone();
        let alive = self.programs.enter();
        let deadline = self.time.deadline(timeout);
        let followed = tokio::spawn(async move {
            let end = follow(guard, &line, &deadline, unwanted).await;
            time.remove(pid);
            drop(alive);
            end
        });
        let end = followed.await.map_err(io::Error::other)??;
        drop(wanted);
        Ok(Finished { end, stdout, stderr })
    }
}

struct Guard {
    pid: i32,
    child: Child,
    orders: ChildStdin,
    reports: ChildStdout,
}

/// Launches the program and follows the guard's reports until nothing is left of either. The end of the orders makes
/// the guard kill what is left, and so does the end of `unwanted`.
async fn follow(
    guard: Guard,
    launch: &[u8],
    deadline: &Deadline,
    mut unwanted: oneshot::Receiver<()>,
) -> io::Result<End> {
    let Guard { pid, mut child, mut orders, reports } = guard;
    // That the guard is dead already shows in the end of its reports.
    let _ = orders.write_all(launch).await;
    let mut orders = Some(orders);
    let mut end = None;
    let mut empty = false;
    let mut lines = BufReader::new(reports).lines();
    let expired = deadline.expired();
    tokio::pin!(expired);
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line,
            how = &mut expired, if orders.is_some() => {
                orders = None;
                end = Some(End::TimedOut(how));
                continue;
            }
            _ = &mut unwanted, if orders.is_some() => {
                orders = None;
                continue;
            }
        };
        let Ok(Some(line)) = line else { break };
        match serde_json::from_str::<Report>(&line) {
            Ok(Report::NotStarted { errno, message }) => {
                empty = true;
                end = Some(End::NotStarted { errno, message });
            }
            Ok(Report::MainExited(status)) => {
                orders = None;
                end.get_or_insert(End::Exited(status));
            }
            Ok(Report::OverLimit(over)) => end = Some(End::OverLimit(over)),
            Ok(Report::Empty { status }) => {
                empty = true;
                end.get_or_insert(End::Exited(status));
            }
            Ok(_) | Err(_) => {}
        }
    }
    let _ = child.wait().await;
    tree::guard_ended(pid);
    if !empty {
        let _ = tokio::task::spawn_blocking(tree::kill_orphans).await;
    }
    end.ok_or_else(|| io::Error::other("the guard ended before the program did"))
}
