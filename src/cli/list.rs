//! `lsfr list`: the challenges that come with lsfr.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::challenge;
use crate::text::{pad, wrap};

use super::args::Format;
use super::{Exit, Result};

pub(super) fn run(format: Format) -> Result {
    let challenges = challenge::list()?;
    let mut out = anstream::stdout().lock();
    if format == Format::Json {
        for challenge in &challenges {
            let stages: Vec<&str> = challenge.stages().map(|stage| stage.key.as_str()).collect();
            let (key, name, summary) = (&challenge.key, &challenge.name, &challenge.summary);
            writeln!(out, "{}", json!({ "challenge": key, "name": name, "summary": summary, "stages": stages }))?;
        }
        return Ok(Exit::Passed);
    }
    let (strong, dim) = (Style::new().bold(), AnsiColor::BrightBlack.on_default());
    let width = challenges.iter().map(|challenge| challenge.key.len()).max().unwrap_or(0);
    for challenge in &challenges {
        let stages = challenge.stages().count();
        let word = if stages == 1 { "stage" } else { "stages" };
        writeln!(
            out,
            "{strong}{}{strong:#}  {}  {dim}{stages} {word}{dim:#}",
            pad(&challenge.key, width),
            challenge.name
        )?;
        for line in wrap(&challenge.summary, 76 - width, 0) {
            writeln!(out, "{}  {dim}{line}{dim:#}", " ".repeat(width))?;
        }
    }
    if let Some(first) = challenges.first() {
        let text = "makes a directory to build it in; `--lang python` adds a program to start from.";
        writeln!(out, "\n`lsfr new {}` {text}", first.key)?;
    }
    Ok(Exit::Passed)
}
