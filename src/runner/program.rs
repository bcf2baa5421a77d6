//! One program, run to its end for a step under a guard, like every other process of a run, and what is seen of it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value as Json;

use crate::cluster::run_to_end::{End, Once};
use crate::cluster::{Limits, Unrunnable, diagnose, diagnose_127};
use crate::facts::{ExitStatus, Ran};
use crate::last_words::last_words_marked;
use crate::text::{boundary, clean};

use super::Run;
use super::stop::Stop;

/// A program may take this long, if a step does not say otherwise.
const USUAL: Duration = Duration::from_secs(10);
/// A program that the learner's compiler made is stopped when its output, or a file it writes, reaches this many bytes;
/// a step sees no more than that.
pub(super) const MAX_OUTPUT: u64 = 16 << 20;
/// The same for run.sh, which may have large things to keep.
const MAX_FILE: u64 = 1 << 30;
/// This much of what a program printed goes into the log.
const LOGGED: usize = 64 * 1024;
/// How many of the last lines of a program's output a failure shows, and in how many it looks for a panic.
const SAID: usize = 12;
const DEEP: usize = 500;
/// The signal with which the system ends a program that writes too long a file.
const SIGXFSZ: i32 = 25;

/// What to run, and how.
#[derive(Debug)]
pub(super) struct Program<'a> {
    /// As sentences call it: "The compiler".
    pub(super) who: &'static str,
    /// None means run.sh, in the challenge directory.
    pub(super) file: Option<&'a Path>,
    pub(super) args: &'a [OsString],
    pub(super) dir: &'a Path,
    pub(super) stdin: &'a str,
    pub(super) timeout: Option<Duration>,
    /// Bytes.
    pub(super) memory: Option<u64>,
}

/// How it ended, and what it wrote.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) ran: Ran,
    /// None if it did not end by itself; `ran` says why.
    pub(super) status: Option<ExitStatus>,
    pub(super) stdout: PathBuf,
    pub(super) stderr: PathBuf,
}

impl Seen {
    /// A status as a number, a signal in words.
    pub(super) fn exit(&self) -> Json {
        match self.status {
            Some(ExitStatus::Code(code)) => Json::from(code),
            Some(killed @ ExitStatus::Signal(_)) => Json::from(killed.to_string()),
            None => Json::Null,
        }
    }
}

impl Run {
    pub(super) async fn program(&self, program: &Program<'_>) -> Result<Seen, Stop> {
        let path = program.file.map_or_else(|| self.project.join("run.sh"), Path::to_owned);
        let number = self.ran.fetch_add(1, Ordering::Relaxed);
        let files = self.folder.join("programs").join(number.to_string());
        let made = program.file.is_some();
        let usual = Limits::default();
        let once = Once {
            guard: &self.guard,
            program: &path,
            args: program.args,
            dir: program.dir,
            files: &files,
            output: None,
            limits: Limits { memory: program.memory.unwrap_or(usual.memory), ..usual },
            longest_file: Some(if made { MAX_OUTPUT } else { MAX_FILE }),
            programs: &self.programs,
            time: &self.time,
        };
        let timeout = program.timeout.unwrap_or(USUAL);
        let began = self.began.elapsed();
        let finished = once
            .with_stdin(program.stdin.as_bytes(), timeout)
            .await
            .map_err(|error| Stop::fault(error.to_string()))?;
        let mut ran = Ran {
            began: Some(began),
            command: std::iter::once(self.shown(&path))
                .chain(program.args.iter().map(|arg| self.shown(Path::new(arg))))
                .collect(),
            stdin: (!program.stdin.is_empty()).then(|| self.shown(&files.join("stdin"))),
            ..Ran::default()
        };
        let status = match finished.end {
            End::Exited(ExitStatus::Signal(SIGXFSZ)) => {
                let most = once.longest_file.unwrap_or_default() >> 20;
                ran.sentence = Some(format!("{} wrote more than {most} MB, and was stopped.", program.who));
                None
            }
            End::Exited(status) => {
                if !made && status == ExitStatus::Code(127) {
                    ran.sentence = diagnose_127(&self.project).map(|cause| cause.to_string());
                }
                Some(status).filter(|_| ran.sentence.is_none())
            }
            End::TimedOut(expired) => {
                ran.late = true;
                ran.starved = expired.is_starved();
                ran.sentence = Some(format!("{} did not end within {timeout:?}.", program.who));
                None
            }
            End::OverLimit(over) => {
                ran.sentence = Some(over.sentence_of_program(program.who));
                None
            }
            End::NotStarted { errno, message } => {
                ran.sentence = Some(if made {
                    format!("{} cannot be run: {}.", program.who, Unrunnable::diagnose(&path, errno, &message))
                } else {
                    diagnose(&self.project, errno, &message).to_string()
                });
                None
            }
        };
        self.budget.wrote(program.stdin.len() as u64);
        ran.said = last_lines(&finished.stderr);
        self.log(&ran.command, status, &[&finished.stderr, &finished.stdout]);
        Ok(Seen { ran, status, stdout: finished.stdout, stderr: finished.stderr })
    }

    /// Adds a command to the log of a program that is not a server, as a shell would show it: what was run, what it
    /// printed, and how it ended if that was not well. It may be run.sh, or what the learner's compiler made.
    fn log(&self, command: &[String], status: Option<ExitStatus>, outputs: &[&Path]) {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(log) = log.as_ref() else { return };
        let mut said: String = outputs.iter().map(|output| kept(read(output))).collect();
        if let Some(status) = status.filter(|status| !status.success()) {
            said.push_str(&format!("[{status}]\n"));
        }
        let added = log.add(&command.join(" "), &said, Limits::default().log);
        // A run without its log is judged all the same.
        let _ = added.inspect_err(|error| self.disk.note(error));
    }

    /// A path in a form that works in the challenge directory. It need not be UTF-8.
    pub(super) fn given(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.project) {
            Ok(inside) if inside.components().count() == 1 => Path::new(".").join(inside),
            Ok(inside) => inside.to_owned(),
            Err(_) => path.to_owned(),
        }
    }

    /// The same, for display.
    pub(super) fn shown(&self, path: &Path) -> String {
        self.given(path).display().to_string()
    }
}

/// What a program wrote, as text; nothing beyond [`MAX_OUTPUT`] bytes, and nothing if it is not a regular file: reading
/// a pipe waits for a writer.
pub(super) fn read(path: &Path) -> String {
    let short = std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= MAX_OUTPUT);
    // A program may have removed the file it wrote to; then it wrote nothing.
    let bytes = if short { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// As much of an output as a log keeps, with a line end.
fn kept(mut output: String) -> String {
    if output.len() > LOGGED {
        let bytes = output.len();
        output.truncate(boundary(&output, LOGGED));
        output.push_str(&format!("\n[{bytes} bytes; the rest is not kept here]"));
    }
    if !output.is_empty() && !output.ends_with('\n') {
        output.push('\n');
    }
    output
}

fn last_lines(path: &Path) -> Vec<String> {
    // A file that cannot be read counts as empty.
    let lines = crate::cluster::last_lines(path, 0, DEEP).unwrap_or_default();
    last_words_marked(&lines, SAID).iter().map(|line| clean(line)).collect()
}
