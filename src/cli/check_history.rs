//! `lsfr check-history`: a recorded history judged by itself.

use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use history::file::ReadError;
use history::picture::Look;
use history::{Checker, Explanation, History, Judgement, Limits, ListAppend, Verdict, timeline};
use serde_json::json;

use crate::text::wrap;
use crate::tty;

use super::args::{Format, HistoryFormat};
use super::{Exit, Problem, Result};

/// Columns where there is no terminal, and the most where there is one.
const COLUMNS: u16 = 80;

pub(super) fn run(
    file: &Path,
    html: Option<&Path>,
    from: Option<HistoryFormat>,
    serializable: bool,
    format: Format,
) -> Result {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    let history = read(file, &name, from)?;
    let checkers: &[&dyn Checker] = if serializable { &[&ListAppend::SERIALIZABLE] } else { &[] };
    let judgement = history::judge_with(checkers, &history, &Limits::default());
    if let Some(html) = html {
        fs::write(html, timeline::page(&history, &judgement, &name))
            .map_err(|error| Problem::own(format!("the page could not be written to {}: {error}", html.display())))?;
    }
    let mut out = anstream::stdout().lock();
    let told = match format {
        Format::Text => text(&mut out, &judgement),
        Format::Json => json(&mut out, &name, &judgement),
    };
    // Whoever read the output may be gone; the verdict is in the exit status too.
    if let Err(error) = told
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        return Err(Problem::own(error));
    }
    Ok(match judgement.verdict {
        Verdict::Ok => Exit::Passed,
        Verdict::Violation(_) => Exit::Failed,
        Verdict::Unknown { .. } => Exit::Own,
    })
}

fn read(file: &Path, name: &str, from: Option<HistoryFormat>) -> Result<History> {
    let from = from.map(|from| match from {
        HistoryFormat::Lsfr => history::Format::Lsfr,
        HistoryFormat::Jepsen => history::Format::Jepsen,
        HistoryFormat::EtcdLog => history::Format::EtcdLog,
    });
    let read = if file == Path::new("-") {
        History::read_as(from, io::stdin().lock())
    } else {
        let opened = File::open(file).map_err(|error| Problem::usage(format!("{name} cannot be opened: {error}")))?;
        History::read_as(from, BufReader::new(opened))
    };
    read.map_err(|error| match error {
        ReadError::Io(error) => Problem::usage(format!("{name} cannot be read: {error}")),
        ReadError::Broken(lines) => {
            let lines = lines.iter().map(|broken| format!("{name}:{}: {}", broken.line, broken.message));
            let lines: Vec<String> = lines.collect();
            Problem::usage(format!(
                "{name} is not a history, or is a broken one. `lsfr check-history --help` says what its lines are.\n{}",
                lines.join("\n")
            ))
        }
    })
}

fn json(out: &mut impl Write, name: &str, judgement: &Judgement) -> io::Result<()> {
    let mut line = json!({ "event": "judgement", "file": name });
    if let (Some(line), Ok(serde_json::Value::Object(judgement))) =
        (line.as_object_mut(), serde_json::to_value(judgement))
    {
        line.extend(judgement);
    }
    writeln!(out, "{line}")
}

fn text(out: &mut impl Write, judgement: &Judgement) -> io::Result<()> {
    let columns = usize::from(tty::columns().map_or(COLUMNS, |columns| columns.clamp(20, COLUMNS)));
    let (bad, unsure, good) =
        (AnsiColor::Red.on_default(), AnsiColor::Yellow.on_default(), AnsiColor::Green.on_default());
    match &judgement.verdict {
        Verdict::Ok => writeln!(out, "{good}✓{good:#} It could have happened: {}.", promise(judgement))?,
        Verdict::Unknown { reason } => {
            writeln!(out, "{unsure}?{unsure:#} Not decided.")?;
            for line in wrap(reason, columns - 2, 0) {
                writeln!(out, "  {line}")?;
            }
        }
        Verdict::Violation(explanation) => {
            let Explanation { title, key, .. } = &**explanation;
            let key = crate::text::cut(&crate::text::clean(key), 40);
            writeln!(out, "{bad}✗{bad:#} {title} of `{key}`\n")?;
            for line in wrap(&explanation.sentence, columns - 2, 0) {
                writeln!(out, "  {line}")?;
            }
            writeln!(out)?;
            picture(out, explanation, columns - 4)?;
        }
    }
    let dim = Style::new().dimmed();
    for line in wrap(&judgement.sentence(), columns - 2, 0) {
        writeln!(out, "{dim}  {line}{dim:#}")?;
    }
    Ok(())
}

fn promise(judgement: &Judgement) -> &'static str {
    match (&judgement.queue, judgement.order) {
        (None, Some(order)) if order.real_time => {
            "all transactions fit in one order, each between its call and its return"
        }
        (None, Some(_)) => "all transactions fit in one order, though not in that of real time",
        (None, None) => "every key behaved like one copy",
        (Some(_), _) if judgement.counts.keys == 1 => "nothing is lost, and nothing came from nowhere",
        (Some(_), _) => "keys behaved like one copy, and queues lost nothing",
    }
}

fn picture(out: &mut impl Write, explanation: &Explanation, columns: usize) -> io::Result<()> {
    for row in explanation.picture(columns) {
        write!(out, "    ")?;
        for piece in &row.pieces {
            let style = match piece.look {
                Look::Blank | Look::Label | Look::Operation => Style::new(),
                Look::Time => Style::new().dimmed(),
                Look::Culprit => AnsiColor::Red.on_default().bold(),
                Look::Fault => AnsiColor::Yellow.on_default(),
            };
            write!(out, "{style}{}{style:#}", piece.text)?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}
