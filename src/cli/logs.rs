//! `lsfr logs`: what the nodes of the last run printed, in order of time, along with what lsfr did.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::cluster::{LogLine, LogReader};
use crate::facts::Stamped;
use crate::report::own_lines::{self, Kind, OwnLine};
use crate::report::records;
use crate::text::clean;

use super::args::Format;
use super::{Exit, Problem, Result};
use crate::session::Session;

/// One line, whoever it is from.
struct Line {
    at: Duration,
    node: Option<String>,
    text: String,
}

pub(super) fn run(nodes: &[String], format: Format) -> Result {
    let session = Session::open()?;
    let Some(run) = records::latest(&session.project.dir) else {
        return Err(Problem::usage("nothing has been run here yet, so there are no logs: `lsfr test` comes first"));
    };
    let known = logged(&run.folder);
    if let Some(unknown) = nodes.iter().find(|node| !known.contains(*node)) {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Problem::usage(format!("the last run had no node {unknown}; it had {known}")));
    }
    let wanted: Vec<String> = if nodes.is_empty() { known.into_iter().collect() } else { nodes.to_vec() };
    let mut sources: Vec<Source> = vec![Source::new(own(run.events().map_err(Problem::own)?))];
    for node in wanted {
        let reader = LogReader::open(&run.folder, &node)?;
        sources.push(Source::new(printed(node, reader)));
    }
    // A log may have millions of lines; standard output by itself would write them one at a time.
    let mut out = BufWriter::new(anstream::stdout().lock());
    // A merge: each source is in order already, and logs may be far larger than memory.
    while let Some(next) = sources.iter_mut().filter(|source| source.next.is_some()).min_by_key(|source| source.at())
    {
        if let Some(line) = next.take() {
            write(&mut out, &line, format)?;
        }
    }
    out.flush()?;
    Ok(Exit::Passed)
}

/// Lines with the next one at hand.
struct Source {
    next: Option<Line>,
    rest: Box<dyn Iterator<Item = Line>>,
}

impl Source {
    fn new(mut rest: impl Iterator<Item = Line> + 'static) -> Self {
        Self { next: rest.next(), rest: Box::new(rest) }
    }

    fn at(&self) -> Duration {
        self.next.as_ref().map_or(Duration::MAX, |line| line.at)
    }

    fn take(&mut self) -> Option<Line> {
        std::mem::replace(&mut self.next, self.rest.next())
    }
}

/// Nodes that have a log in this run.
fn logged(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder.join("logs")).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Some(name.strip_suffix(".log")?.to_owned())).collect()
}

fn printed(node: String, reader: LogReader) -> impl Iterator<Item = Line> {
    // A line that cannot be read ends the log; what came before it is worth showing.
    let lines = reader.map_while(io::Result::<LogLine>::ok).filter(|line| !line.own);
    lines.map(move |line| Line { at: line.at, node: Some(node.clone()), text: clean(&line.text) })
}

/// What lsfr did, from the run's events. Requests are left out: a load has thousands.
fn own(events: impl Iterator<Item = Stamped>) -> impl Iterator<Item = Line> {
    own_lines::without_requests(events).into_iter().map(|own| Line { at: own.at, node: None, text: told(own) })
}

/// What is remarked of a node does not name it: where the app shows it, a column does.
fn told(own: OwnLine) -> String {
    match (own.kind, &own.nodes[..]) {
        (Kind::Remark, [node]) => format!("{node} {}", own.text),
        _ => own.text,
    }
}

fn write(out: &mut impl Write, line: &Line, format: Format) -> Result<()> {
    if format == Format::Json {
        let line = json!({ "at": line.at.as_secs_f64(), "node": line.node, "text": line.text });
        return Ok(writeln!(out, "{line}")?);
    }
    let dim = Style::new().dimmed();
    let name = line.node.as_deref().unwrap_or("**");
    let style = if line.node.is_none() { AnsiColor::Cyan.on_default() } else { Style::new() };
    Ok(writeln!(out, "{dim}{:>+9.3}{dim:#}  {style}{name:<3}▏ {}{style:#}", line.at.as_secs_f64(), line.text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_says_is_told_with_its_name() {
        let line = |kind, nodes: &[&str], text: &str| OwnLine {
            at: Duration::ZERO,
            nodes: nodes.iter().map(ToString::to_string).collect(),
            kind,
            text: text.to_owned(),
            wrong: false,
            asked: None,
        };
        assert_eq!(told(line(Kind::Remark, &["n2"], "SAYS leader, term 3")), "n2 SAYS leader, term 3");
        assert_eq!(told(line(Kind::Remark, &[], "a note")), "a note");
        assert_eq!(told(line(Kind::Deed, &["n1"], "KILL n1")), "KILL n1");
    }
}
