//! `lsfr replay`: a recorded run shown again, as it was shown when it ran.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::report::hints::Hints;
use crate::report::json::JsonLines;
use crate::report::records::{self, Recorded};
use crate::report::replay;
use crate::report::text::Text;
use crate::report::{Reporter, Reports};
use crate::text::{clean, shell_quote};

use super::args::Format;
use super::{Problem, Result, test};
use crate::session::Session;

pub(super) fn run(named: Option<&Path>, format: Format) -> Result {
    let session = Session::open()?;
    let recorded = find(&session.project.dir, named)?;
    show(&session, &recorded, format)
}

/// Shows a recorded run.
pub(super) fn show(session: &Session, recorded: &Recorded, format: Format) -> Result {
    let dir = &session.project.dir;
    let logs = crate::session::run::node_logs(&recorded.folder);
    let reporter: Box<dyn Reporter> = match format {
        Format::Text => Box::new(Text::stdout(Some(session.current()?), false)),
        Format::Json => Box::new(JsonLines::new(std::io::stdout())),
    };
    // Hints are shown as far as they were given. Nothing is saved: looking back is not a run.
    let mut reports = Reports::new(logs, Hints::load(dir), vec![reporter]).in_project(dir);
    replay::tell(recorded, &mut reports);
    histories(dir, &recorded.folder, format)?;
    Ok(test::exit(&recorded.record.outcome))
}

/// What clients did, and the page of it, where a workload ran.
fn histories(project: &Path, folder: &Path, format: Format) -> Result<()> {
    let mut out = anstream::stdout();
    let name = |file: &str| {
        let file = folder.join(file);
        let shown = file.strip_prefix(project).unwrap_or(&file).display().to_string();
        (clean(&shown), shell_quote(&shown).unwrap_or(shown))
    };
    let found = replay::histories(folder);
    if format == Format::Text && !found.is_empty() {
        writeln!(out)?;
    }
    for replay::HistoryFiles { history, timeline } in found {
        let (history, quoted) = name(&history);
        let timeline = timeline.map(|timeline| name(&timeline).0);
        if format == Format::Json {
            let line = json!({ "event": "history", "history": history, "timeline": timeline });
            writeln!(out, "{line}")?;
            continue;
        }
        writeln!(out, "History   {history}")?;
        match timeline {
            Some(timeline) => writeln!(out, "Timeline  {timeline}")?,
            None => writeln!(out, "Timeline  lsfr check-history {quoted} --html timeline.html")?,
        }
    }
    Ok(())
}

/// The run that is meant: a folder, the name of one in .lsfr/runs, or the last.
pub(super) fn find(project: &Path, named: Option<&Path>) -> Result<Recorded> {
    let Some(named) = named else {
        return records::latest(project)
            .ok_or_else(|| Problem::usage("nothing has been run here yet: `lsfr test` does"));
    };
    let candidates = [named.to_owned(), project.join(".lsfr/runs").join(named)];
    let folder: Option<&PathBuf> = candidates.iter().find(|folder| folder.is_dir());
    match folder {
        Some(folder) => records::load(folder).map_err(Problem::usage),
        None => {
            let runs = records::list(project);
            let names = runs.iter().take(5).filter_map(|run| Some(run.file_name()?.to_string_lossy().into_owned()));
            let names = names.collect::<Vec<_>>().join("\n  ");
            Err(Problem::usage(format!("there is no run {}. The last ones are\n  {names}", named.display())))
        }
    }
}
