//! `lsfr guide`: a stage's instructions, for the terminal.

use std::io::Write;

use serde_json::json;

use crate::markdown::{self, Medium};

use super::args::Format;
use super::{Exit, Result};
use crate::session::Session;
use crate::tty;

/// Prose wider than this is hard to read; where there is no terminal it is wrapped here.
const WIDEST: u16 = 80;

pub(super) fn run(named: Option<&str>, raw: bool, format: Format) -> Result {
    let session = Session::open()?;
    let stage = session.stage(named)?;
    let source = &stage.guide.source.text;
    let mut out = anstream::stdout().lock();
    if format == Format::Json {
        writeln!(
            out,
            "{}",
            json!({ "event": "guide", "stage": stage.key, "title": stage.title, "markdown": source })
        )?;
        return Ok(Exit::Passed);
    }
    if raw {
        write!(out, "{source}")?;
        return Ok(Exit::Passed);
    }
    let columns = tty::columns().map_or(WIDEST, |columns| columns.clamp(20, WIDEST));
    // Where colours are stripped on the way, marks have to stay.
    let styled = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    let medium = if styled { Medium::Printed } else { Medium::Plain };
    let document = markdown::render(source, usize::from(columns), medium);
    let links = document.link_list();
    let gap = (!links.is_empty()).then(Vec::new);
    for line in document.lines.iter().chain(gap.iter()).chain(&links) {
        writeln!(out, "{}", markdown::to_ansi(line).trim_end())?;
    }
    Ok(Exit::Passed)
}
