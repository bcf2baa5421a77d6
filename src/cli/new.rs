//! `lsfr new` and `lsfr init`: a directory to build a challenge in.

use std::io::Write;
use std::path::{Path, PathBuf};

use anstyle::Style;
use serde_json::json;

use crate::project::scaffold::{self, Scaffold};
use crate::text::clean;

use super::args::Format;
use crate::session;

use super::{Exit, Problem, Result};

pub(super) fn new(challenge: &str, path: Option<&Path>, lang: Option<&str>, format: Format) -> Result {
    make(challenge, path.map(Path::to_owned), lang, format)
}

pub(super) fn init(challenge: &str, lang: Option<&str>, format: Format) -> Result {
    make(challenge, Some(PathBuf::from(".")), lang, format)
}

fn make(name: &str, target: Option<PathBuf>, lang: Option<&str>, format: Format) -> Result {
    let (challenge, pack) = session::named(name)?;
    let first = challenge.stages().next().ok_or_else(|| Problem::usage(format!("{name} has no stages")))?;
    let target = target.unwrap_or_else(|| PathBuf::from(&challenge.key));
    let plan = Scaffold {
        target: &target,
        challenge: &challenge.key,
        name: &challenge.name,
        overview: &challenge.overview,
        first_stage: &first.key,
        program: challenge.program,
        clients: challenge.clients,
        pack: pack.as_deref(),
        lang,
    };
    let files = scaffold::scaffold(&plan).map_err(Problem::usage)?;
    let mut out = anstream::stdout();
    if format == Format::Json {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let line = json!({ "event": "created", "challenge": challenge.key, "directory": target.display().to_string(), "files": files });
        writeln!(out, "{line}")?;
        return Ok(Exit::Passed);
    }
    let (strong, dim) = (Style::new().bold(), Style::new().dimmed());
    let shown = clean(&target.display().to_string());
    writeln!(out, "{} in {shown}", challenge.name)?;
    for file in &files {
        let name = file.strip_prefix(&target).unwrap_or(file);
        writeln!(out, "  {dim}{}{dim:#}", clean(&name.display().to_string()))?;
    }
    writeln!(out)?;
    if target != Path::new(".") {
        let shown = crate::text::shell_quote(&target.display().to_string()).unwrap_or(shown);
        writeln!(out, "  {strong}cd {shown}{strong:#}")?;
    }
    writeln!(out, "  {strong}lsfr guide{strong:#}   {dim}what to build first: {}{dim:#}", first.title)?;
    writeln!(out, "  {strong}lsfr test{strong:#}    {dim}tests it{dim:#}")?;
    Ok(Exit::Passed)
}
