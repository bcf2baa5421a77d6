//! `exec` and `run` steps: a program run to its end, under a guard like every other process of a run.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde_json::Value as Json;

use crate::cluster::ExitStatus;
use crate::cluster::once::{self, Once};
use crate::scenario::Command;
use crate::scenario::expr::Scope;
use crate::scenario::matcher::{Matcher, Mismatch};

use super::event::What;
use super::steps::Interpreter;
use super::stop::Stop;

const USUAL: Duration = Duration::from_secs(10);
/// More of a program's output than this is not read.
const MAX_OUTPUT: u64 = 16 << 20;

impl Interpreter<'_> {
    pub(super) async fn command(&self, command: &Command, scope: &mut Scope) -> Result<(), Stop> {
        let own = |error: std::io::Error| Stop::Fault(format!("a file of the test could not be written: {error}"));
        std::fs::create_dir_all(&self.folder).map_err(own)?;
        for (name, content) in &command.files {
            let path = self.inside(name)?;
            std::fs::write(path, text(&content.json(scope)?)).map_err(own)?;
        }
        let (program, dir) = match &command.file {
            None => (self.run.project.join("run.sh"), self.run.project.clone()),
            Some(file) => (self.inside(&file.text(scope)?)?, self.folder.clone()),
        };
        let mut args = Vec::new();
        for arg in &command.args {
            args.push(OsString::from(arg.text(scope)?));
        }
        let shown: Vec<String> = std::iter::once(program.display().to_string())
            .chain(args.iter().map(|arg| arg.to_string_lossy().into_owned()))
            .collect();
        let stdin = match &command.stdin {
            Some(data) => text(&data.json(scope)?),
            None => String::new(),
        };
        let run = Once {
            guard: &self.run.guard,
            program: &program,
            args: &args,
            dir: &dir,
            files: &self.folder,
            output: None,
            programs: &self.run.programs,
        };
        let timeout = command.timeout.unwrap_or(USUAL);
        let finished =
            run.with_stdin(stdin.as_bytes(), timeout).await.map_err(|error| Stop::Fault(error.to_string()))?;
        let late = finished.end == once::End::TimedOut;
        let failed =
            |mismatches, sentence| Stop::failed(What::Command { command: shown.clone(), mismatches, sentence, late });
        let status = match finished.end {
            once::End::Exited(status) => status,
            once::End::TimedOut => {
                return Err(failed(Vec::new(), Some(format!("it did not end within {timeout:?}"))));
            }
            once::End::NotStarted(message) => return Err(failed(Vec::new(), Some(message))),
        };
        let read = |path: &Path| {
            let bytes = std::fs::metadata(path)
                .ok()
                .filter(|file| file.len() <= MAX_OUTPUT)
                .and_then(|_| std::fs::read(path).ok());
            Json::from(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
        };
        let exit = match status {
            ExitStatus::Code(code) => Json::from(code),
            killed @ ExitStatus::Signal(_) => Json::from(killed.to_string()),
        };
        let (stdout, stderr) = (read(&finished.stdout), read(&finished.stderr));
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
            let actual = path.exists().then(|| read(&path));
            mismatches.extend(matcher.resolve(scope)?.check(&format!("files.{name}"), actual.as_ref()));
        }
        if !mismatches.is_empty() {
            return Err(failed(mismatches, None));
        }
        let mut seen = scope.fork();
        seen.set_json("exit", &exit);
        seen.set_json("stdout", &stdout);
        seen.set_json("stderr", &stderr);
        for (name, expression) in &command.save {
            let value = expression.eval(&seen).map_err(|error| Stop::undefined(error, "the program's end"))?;
            scope.set(name, value);
        }
        Ok(())
    }

    /// A file of the test's folder. A pack cannot reach out of it: no absolute path, no `..`, and no link that the
    /// program made to somewhere else.
    fn inside(&self, name: &str) -> Result<PathBuf, Stop> {
        let relative = Path::new(name);
        if relative.components().any(|part| !matches!(part, Component::Normal(_))) || name.is_empty() {
            return Err(Stop::Fault(format!("`{name}` is no file of the test's folder: write a plain name")));
        }
        let path = self.folder.join(relative);
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        if !real.starts_with(&folder) && !real.starts_with(&self.folder) {
            let sentence = format!("`{name}` is a link to {}, outside of the test's folder", real.display());
            return Err(Stop::failed(What::Value { sentence }));
        }
        Ok(path)
    }
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
