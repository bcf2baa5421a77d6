//! `cases` steps: small programs, each compiled by run.sh and run, or refused as its comment says.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::cluster::{Unrunnable, shell_did_not_run};
use crate::facts::{Case, Event, ExitStatus, Expected, Finding, Mismatch, Ran, Spot};
use crate::scenario::case::{self, Exit, Wanted};
use crate::scenario::matcher::Matcher;
use crate::scenario::returned;
use crate::scenario::verbs::cases::Cases;

use crate::text::clean;

use super::super::attempts::command;
use super::super::program::{Program, Seen, read};
use super::super::steps::Interpreter;
use super::super::stop::Stop;
use super::excerpt::excerpt;
use super::programs::not_written;

/// After this many failures the rest adds nothing new, and may take long.
const ENOUGH: usize = 10;
/// What the compiler is asked to write.
const PROGRAM: &str = "program";

impl Interpreter<'_> {
    /// Tries them all, so that a failure says how many go wrong, and shows the first. They run one after the other,
    /// because a compiler may keep its assembly in a file that has the same name each time.
    pub(super) async fn cases(&self, cases: &Cases) -> Result<(), Stop> {
        let (mut failed, mut tried) = (Vec::new(), 0);
        for case in &cases.cases {
            self.run.emit(Event::StepStarted { text: format!("compile {}", clean(&case.name)) });
            tried += 1;
            if let Some(case) = self.case(case, cases).await? {
                // A program that runs into its time limit once usually does so every time.
                let late = case.ran.late;
                failed.push(case);
                if late || failed.len() == ENOUGH {
                    break;
                }
            }
        }
        let mut failed = failed.into_iter();
        let Some(first) = failed.next() else { return Ok(()) };
        let others = failed.map(|case| (case.name, command(&case.ran, &case.mismatches))).collect();
        let of = cases.cases.len();
        Err(Stop::failed(Finding::Cases { of, first: Box::new(first), others, not_tried: of - tried }))
    }

    /// What went wrong with a case, if anything did.
    async fn case(&self, case: &case::Case, cases: &Cases) -> Result<Option<Case>, Stop> {
        // Fresh for each: whatever is in it afterwards, the compiler or the program has made.
        let folder = self.fresh(&case.name)?;
        let mut args = Vec::new();
        for (name, source) in &case.sources {
            let path = folder.join(name);
            // A case may have folders of its own.
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(not_written)?;
            }
            std::fs::write(&path, &source.text).map_err(not_written)?;
            args.push(self.run.given(&path).into());
        }
        let program = folder.join(PROGRAM);
        args.extend(["-o".into(), self.run.given(&program).into()]);
        let compile = Program {
            who: "The compiler",
            file: None,
            args: &args,
            dir: &self.run.project,
            stdin: "",
            timeout: cases.timeout,
            memory: cases.memory,
        };
        let compiled = killed("The compiler", self.run.program(&compile).await?);
        let (ran, mismatches) = match &case.wanted {
            Wanted::Refused(at) => {
                let given = self.run.shown(&folder);
                let mismatches = refused(&compiled, &folder, &given, at.as_ref(), case.sources.len());
                (self.not_refused(compiled), mismatches)
            }
            Wanted::Run { args, stdin, exit, stdout } => {
                let mismatches = made(&compiled, &program);
                if compiled.ran.sentence.is_some() || !mismatches.is_empty() {
                    let mut ran = compiled.ran;
                    let status = compiled.status.filter(|status| *status != ExitStatus::Code(0));
                    let told = |status| match (status, shell_did_not_run(&self.run.project, status)) {
                        (_, Some(says)) => format!("run.sh ended with {status}: its shell {says}."),
                        (ExitStatus::Code(1), _) => "The compiler refused a program that is right.".to_owned(),
                        _ => format!("The compiler failed: {status}."),
                    };
                    ran.sentence = ran.sentence.or(status.map(told));
                    (ran, mismatches)
                } else {
                    for arg in args {
                        self.stays_inside(arg, Some(&folder))?;
                    }
                    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
                    let (timeout, memory) = (cases.timeout, cases.memory);
                    let run = Program {
                        who: "The program",
                        file: Some(&program),
                        args: &args,
                        dir: &folder,
                        stdin,
                        timeout,
                        memory,
                    };
                    let mut ended = killed("The program", self.run.program(&run).await?);
                    let mismatches = did(&ended, exit.status(), stdout);
                    if ended.ran.sentence.is_none() && mismatches.is_empty() {
                        return Ok(None);
                    }
                    // Two programs were run, the compiler and the one it made: it must be clear which of them is meant.
                    let wrong = match (&mismatches[..], ended.status) {
                        ([first, ..], Some(status)) if first.path == Spot::Exit => {
                            Some(format!("The program ended with {status}, not {}.", exit.status()))
                        }
                        ([_, ..], _) => Some("The program wrote something else.".to_owned()),
                        ([], _) => None,
                    };
                    ended.ran.sentence = ended.ran.sentence.or(wrong);
                    let shown = self.shown(case, &folder, line_of_wrong(case, *exit, ended.status));
                    let returns = returns(case, *exit);
                    return Ok(Some(Case {
                        compiled: Some(compiled.ran),
                        ran: ended.ran,
                        mismatches,
                        returns,
                        ..shown
                    }));
                }
            }
        };
        let fine = ran.sentence.is_none() && mismatches.is_empty();
        let at = match &case.wanted {
            Wanted::Refused(Some((file, line))) => Some((file.as_str(), *line)),
            _ => None,
        };
        Ok((!fine).then(|| Case { ran, mismatches, ..self.shown(case, &folder, at) }))
    }

    /// A compilation that should have failed, and what is to be said of it in a sentence.
    fn not_refused(&self, compiled: Seen) -> Ran {
        let mut ran = compiled.ran;
        if compiled.status == Some(ExitStatus::Code(0)) {
            ran.sentence = Some("The compiler accepted a program that is wrong.".to_owned());
        }
        let says = compiled.status.and_then(|status| Some((status, shell_did_not_run(&self.run.project, status)?)));
        if let Some((status, says)) = says {
            ran.sentence = Some(format!("run.sh ended with {status}: its shell {says}."));
        }
        ran
    }

    /// A new folder in the test's folder: a test may try a case more than once.
    fn fresh(&self, name: &str) -> Result<PathBuf, Stop> {
        std::fs::create_dir_all(&self.folder).map_err(not_written)?;
        let names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}")));
        for name in names {
            let folder = self.inside(&name)?;
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok(folder),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(not_written(error)),
            }
        }
        Ok(self.folder.clone())
    }

    /// The case and the lines of it that a failure shows, which are around a file's line if there is one to look at.
    fn shown(&self, case: &case::Case, folder: &Path, at: Option<(&str, usize)>) -> Case {
        let name = at.map_or(case::MAIN, |(file, _)| file);
        // The file of a single-file case may have any name; there is at least one file.
        let found = case.sources.iter().find(|(file, _)| file == name).or(case.sources.first());
        let (name, text) = found.map_or((name, ""), |(name, source)| (name.as_str(), source.text.as_str()));
        let (lines, more) =
            excerpt(text, at.map(|(_, line)| line), if case.sources.len() == 1 { case.comment } else { 0 });
        Case {
            name: case.name.clone(),
            about: case.about.clone(),
            file: self.run.shown(&folder.join(name)),
            line: at.map(|(_, line)| line),
            refused: matches!(case.wanted, Wanted::Refused(_)),
            lines,
            more,
            ..Case::default()
        }
    }
}

pub(super) fn describe(cases: &Cases) -> String {
    let many = if cases.cases.len() == 1 { "program" } else { "programs" };
    format!("try {} {many}: {}", cases.cases.len(), cases.shown.join(", "))
}

/// The expression that a program's exit status is the value of.
fn returns(case: &case::Case, exit: Exit) -> Option<String> {
    let found = case.sources.iter().find(|(name, _)| name == case::MAIN).or(case.sources.first());
    found.filter(|_| exit != Exit::LineOfWrong).and_then(|(_, source)| returned::by_main(&source.text))
}

/// The line that found a wrong value, if the program says so with this status.
fn line_of_wrong(case: &case::Case, exit: Exit, status: Option<ExitStatus>) -> Option<(&str, usize)> {
    let (Exit::LineOfWrong, Some(ExitStatus::Code(code))) = (exit, status) else { return None };
    let (name, source) = case.sources.iter().find(|(name, _)| name == case::MAIN).or(case.sources.first())?;
    let line = usize::try_from(code).ok().filter(|line| *line > case.comment)?;
    let text = source.text.lines().nth(line - 1)?;
    (!text.trim().is_empty()).then_some((name, line))
}

/// A signal says more as a sentence than beside the status that was expected.
fn killed(who: &str, mut seen: Seen) -> Seen {
    if let Some(killed @ ExitStatus::Signal(_)) = seen.status {
        seen.ran.sentence = Some(format!("{who} was {killed}."));
        seen.status = None;
    }
    seen
}

/// What is wrong with the compilation of a program that is right.
fn made(compiled: &Seen, program: &Path) -> Vec<Mismatch> {
    let status = exit(compiled, 0);
    if !status.is_empty() || compiled.ran.sentence.is_some() {
        return status;
    }
    // A link would lead to something that was there before.
    let words = match std::fs::symlink_metadata(program) {
        Err(_) => "there is none".to_owned(),
        Ok(file) if !file.is_file() => "it is not a plain file".to_owned(),
        Ok(file) if file.permissions().mode() & 0o111 == 0 => Unrunnable::without_permission(program)
            .map_or("it is not executable".to_owned(), |cause| cause.to_string()),
        Ok(_) => return Vec::new(),
    };
    let expected = Expected::Words("a file that can be run".to_owned());
    vec![Mismatch { path: PROGRAM.into(), expected, actual: Some(Json::from(words)), source: None }]
}

/// What is wrong with what a program did.
fn did(ended: &Seen, exit_: i64, stdout: &str) -> Vec<Mismatch> {
    if ended.ran.sentence.is_some() {
        return Vec::new();
    }
    let mut mismatches = exit(ended, exit_);
    mismatches.extend(Matcher::Equals(Json::from(stdout)).check("stdout", Some(&Json::from(read(&ended.stdout)))));
    mismatches
}

fn exit(seen: &Seen, wanted: i64) -> Vec<Mismatch> {
    if seen.status.is_none() {
        return Vec::new();
    }
    Matcher::Equals(Json::from(wanted)).check("exit", Some(&seen.exit()))
}

/// What is wrong with the compilation of a program that is wrong.
fn refused(
    compiled: &Seen,
    folder: &Path,
    given: &str,
    at: Option<&(String, usize)>,
    sources: usize,
) -> Vec<Mismatch> {
    if compiled.ran.sentence.is_some() {
        return Vec::new();
    }
    let mut mismatches = exit(compiled, 1);
    if folder.join(PROGRAM).symlink_metadata().is_ok() {
        let expected = Expected::Words("no file".to_owned());
        mismatches.push(Mismatch {
            path: PROGRAM.into(),
            expected,
            actual: Some(Json::from("a file was written")),
            source: None,
        });
    }
    // If the compiler refused nothing, its output does not say what is wrong.
    let (Some((file, line)), Some(ExitStatus::Code(1))) = (at, compiled.status) else { return mismatches };
    // Paths and file names contain numbers: those in the paths that the compiler was given do not count.
    let said =
        read(&compiled.stderr).replace(&format!("{}/", folder.display()), "").replace(&format!("{given}/"), "");
    let named = sources == 1 || said.contains(file.as_str());
    if !named || !numbers(&said).any(|number| number == *line) {
        let place = if sources == 1 { format!("line {line}") } else { format!("{file} and line {line}") };
        let expected = Expected::Words(format!("text that names {place}"));
        mismatches.push(Mismatch { path: "stderr".into(), expected, actual: Some(Json::from(said)), source: None });
    }
    mismatches
}

/// The numbers in a text that are not part of a word.
fn numbers(text: &str) -> impl Iterator<Item = usize> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    parts.filter_map(|part| part.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbers_of_their_own() {
        let said = "main.c:12:3: error: x5 in 0x9 is not int32\nline 40\n";
        assert_eq!(numbers(said).collect::<Vec<_>>(), [12, 3, 40]);
    }
}
