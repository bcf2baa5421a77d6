//! `exec` and `run` steps: run.sh, or a file that it made, run to its end.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use serde_json::Value as Json;

use crate::facts::{Finding, Mismatch};
use crate::scenario::argument;
use crate::scenario::expr::Scope;
use crate::scenario::matcher::Matcher;
use crate::scenario::verbs::programs::Command;

use super::super::program::{Program, read};
use super::super::steps::Interpreter;
use super::super::stop::Stop;

impl Interpreter<'_> {
    pub(super) async fn command(&self, command: &Command, scope: &mut Scope) -> Result<(), Stop> {
        std::fs::create_dir_all(&self.folder).map_err(not_written)?;
        for (name, content) in &command.files {
            let path = self.inside(name)?;
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(not_written)?;
            }
            let content = text(&content.json(scope)?);
            self.run.budget.wrote(content.len() as u64);
            std::fs::write(path, content).map_err(not_written)?;
        }
        let file = match &command.file {
            Some(file) => Some(self.runnable(&file.text(scope)?)?),
            None => None,
        };
        let mut args = Vec::new();
        for arg in &command.args {
            let arg = arg.text(scope)?;
            self.stays_inside(&arg, file.as_ref().map(|_| self.folder.as_path()))?;
            args.push(self.argument(&arg));
        }
        let stdin = match &command.stdin {
            Some(data) => text(&data.json(scope)?),
            None => String::new(),
        };
        let program = Program {
            who: "It",
            file: file.as_deref(),
            args: &args,
            dir: if file.is_some() { &self.folder } else { &self.run.project },
            stdin: &stdin,
            timeout: command.timeout,
            memory: command.memory,
        };
        let seen = self.run.program(&program).await?;
        if seen.ran.sentence.is_some() {
            return Err(Stop::failed(Finding::Command { ran: seen.ran, mismatches: Vec::new() }));
        }
        let (exit, stdout, stderr) = (seen.exit(), Json::from(read(&seen.stdout)), Json::from(read(&seen.stderr)));
        let mut mismatches: Vec<Mismatch> = Vec::new();
        let expect = &command.expect;
        match &expect.exit {
            Some(matcher) => mismatches.extend(matcher.resolve(scope)?.check("exit", Some(&exit))),
            None => mismatches.extend(Matcher::Equals(Json::from(0)).check("exit", Some(&exit))),
        }
        for (name, matcher, actual) in [("stdout", &expect.stdout, &stdout), ("stderr", &expect.stderr, &stderr)] {
            if let Some(matcher) = matcher {
                mismatches.extend(matcher.resolve(scope)?.check(name, Some(actual)));
            }
        }
        for (name, matcher) in &expect.files {
            let path = self.inside(name)?;
            let actual = path.exists().then(|| Json::from(read(&path)));
            mismatches.extend(matcher.resolve(scope)?.check(&format!("files.{name}"), actual.as_ref()));
        }
        if !mismatches.is_empty() {
            return Err(Stop::failed(Finding::Command { ran: seen.ran, mismatches }));
        }
        let mut saved = scope.fork();
        saved.set_json("exit", &exit);
        saved.set_json("stdout", &stdout);
        saved.set_json("stderr", &stderr);
        for (name, expression) in &command.save {
            let value = expression.eval(&saved).map_err(|error| Stop::undefined(error, "The program's result"))?;
            scope.save(name, value, None)?;
        }
        Ok(())
    }

    /// A text as an argument. Inside a longer text, `$(folder)` is the folder in its displayed form; its real name need
    /// not be UTF-8.
    fn argument(&self, text: &str) -> OsString {
        let shown = self.folder.display().to_string();
        let mut argument = OsString::new();
        for (number, part) in text.split(&shown).enumerate() {
            if number > 0 {
                argument.push(&self.folder);
            }
            argument.push(part);
        }
        argument
    }

    /// A file of the test's folder that can be run.
    fn runnable(&self, name: &str) -> Result<PathBuf, Stop> {
        let path = self.inside(name)?;
        let sentence = match std::fs::metadata(&path) {
            Ok(file) if file.is_file() && file.permissions().mode() & 0o111 != 0 => return Ok(path),
            Ok(file) if file.is_file() => format!("{} cannot be run: it is not executable.", self.run.shown(&path)),
            Ok(_) => format!("{} cannot be run: it is not a file.", self.run.shown(&path)),
            Err(_) => format!("{} cannot be run: it does not exist.", self.run.shown(&path)),
        };
        Err(Stop::failed(Finding::Value { sentence }))
    }

    /// A file of the test's folder. A pack cannot reach out of it: no absolute path, no `..`, and no link that the
    /// program made to somewhere else.
    pub(super) fn inside(&self, name: &str) -> Result<PathBuf, Stop> {
        let relative = Path::new(name);
        if relative.components().any(|part| !matches!(part, Component::Normal(_))) || name.is_empty() {
            return Err(Stop::pack(format!("`{name}` is not a file in the test's folder: write a plain name")));
        }
        let path = self.folder.join(relative);
        self.stays(&path, name)?;
        Ok(path)
    }

    /// Refuses a path in the test's folder that a link leads out of it. What does not exist yet cannot be a link.
    fn stays(&self, path: &Path, name: &str) -> Result<(), Stop> {
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        let Some(there) = path.ancestors().find(|part| part.symlink_metadata().is_ok()) else { return Ok(()) };
        let sentence = match there.canonicalize() {
            Ok(real) if real.starts_with(&folder) || folder.starts_with(&real) => return Ok(()),
            Ok(real) => format!("`{name}` is a link to {}, outside of the test's folder.", real.display()),
            // Writing to it would create the file that it points to.
            Err(_) => format!("`{name}` is a link to nothing."),
        };
        Err(Stop::failed(Finding::Value { sentence }))
    }

    /// Refuses an argument that leads to files outside the test's folder. `dir` is where the program runs, below the
    /// test's folder; none means the challenge directory, which is the learner's.
    pub(super) fn stays_inside(&self, argument: &str, dir: Option<&Path>) -> Result<(), Stop> {
        let refused =
            |why: String| Stop::pack(format!("the argument `{argument}` leads out of the test's folder: {why}"));
        let named =
            argument::check(argument, &self.folder.display().to_string()).map_err(|why| refused(why.to_string()))?;
        for path in &named.inside {
            self.stays(path, argument)?;
        }
        for name in &named.relative {
            match dir {
                Some(dir) => self.stays(&dir.join(name), argument)?,
                None if is_own(&self.run.project, name, name == argument) => {
                    return Err(refused(format!("{name} exists in the challenge directory, where run.sh runs")));
                }
                None => {}
            }
        }
        Ok(())
    }
}

pub(super) fn describe(command: &Command) -> String {
    let file = command.file.as_ref().map_or("run.sh", |file| file.source());
    let args = command.args.iter().map(|arg| format!(" {}", arg.source()));
    format!("run {file}{}", args.collect::<String>())
}

/// Whether a name is that of a file or a folder in the learner's directory, or leads into one. `alone`: it is a whole
/// argument, so it may well be a command such as `build`, even if there is a folder of that name.
fn is_own(project: &Path, name: &str, alone: bool) -> bool {
    let there = project.join(name.split('/').next().unwrap_or_default()).symlink_metadata();
    let is_command = alone && name != "." && !name.contains('/');
    there.is_ok_and(|file| !(is_command && file.is_dir()))
}

pub(super) fn not_written(error: std::io::Error) -> Stop {
    Stop::fault(format!("a file of the test could not be written: {error}"))
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
