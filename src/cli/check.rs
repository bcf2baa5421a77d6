//! `lsfr check`: checks a pack by itself and, given a program, runs the program against its tests.

use std::io::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::challenge::{self, Origin};
use crate::text::{clean, clean_lines};
use crate::yaml::Diagnostic;

use super::args::Format;
use super::{Exit, Problem, Result, prove};

pub(super) fn run(pack: &Path, program: Option<&str>, seeds: u64, only: &[String], format: Format) -> Result {
    if !pack.is_dir() {
        return Err(Problem::usage(format!("there is no folder {}", pack.display())));
    }
    let origin = Origin::Folder(pack.to_owned());
    let findings = challenge::check::check(&origin);
    let mut out = anstream::stdout().lock();
    let (bad, unsure, good) =
        (AnsiColor::Red.on_default(), AnsiColor::Yellow.on_default(), AnsiColor::Green.on_default());
    for (kind, style, diagnostics) in [("error", bad, &findings.errors), ("warning", unsure, &findings.warnings)] {
        for diagnostic in diagnostics {
            match format {
                Format::Text => {
                    writeln!(out, "{style}{kind}{style:#}: {}\n", clean_lines(&diagnostic.to_string()))?;
                }
                Format::Json => writeln!(out, "{}", as_json(kind, diagnostic))?,
            }
        }
    }
    if !findings.errors.is_empty() {
        if format == Format::Text {
            let errors = counted(findings.errors.len(), "error");
            writeln!(out, "{bad}✗{bad:#} {errors} in {}", pack.display())?;
        }
        return Ok(Exit::Usage);
    }
    let challenge = challenge::load(&origin)?;
    if format == Format::Text {
        let dim = Style::new().dimmed();
        let mut tests = 0;
        for stage in challenge.stages() {
            tests += challenge.stage(&stage.key)?.tests.tests.len();
        }
        let (stages, mutants) = (challenge.stages().count(), challenge.mutants()?.len());
        writeln!(
            out,
            "{good}✓{good:#} {} is sound  {dim}{}, {}, {}{dim:#}",
            challenge.key,
            counted(stages, "stage"),
            counted(tests, "test"),
            counted(mutants, "mutant"),
        )?;
    }
    drop(out);
    match program {
        None => Ok(Exit::Passed),
        Some(program) => prove::run(challenge, program, seeds, only, format),
    }
}

/// `1 test`, `2 tests`
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn as_json(kind: &str, diagnostic: &Diagnostic) -> serde_json::Value {
    json!({
        "event": kind,
        "file": clean(&diagnostic.source.name.display().to_string()),
        "line": diagnostic.at.line,
        "column": diagnostic.at.column,
        "message": clean_lines(&diagnostic.message),
        "help": diagnostic.help.as_deref().map(clean_lines),
    })
}
