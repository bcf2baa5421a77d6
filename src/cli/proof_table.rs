//! What `lsfr check --program` prints: a row for each claim as it is proven, and figures at the end.

use std::io::Write;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::args::Format;
use super::prove::{Claim, Proven};
use crate::tty;

pub(super) struct Table {
    format: Format,
    terminal: bool,
    began: Instant,
    /// Columns of the names.
    width: usize,
    /// The last heading that was printed; a row under the same heading does not repeat it.
    heading: String,
    /// Columns that the progress line takes up on the screen now.
    drawn: usize,
}

impl Table {
    pub(super) fn new(claims: &[Claim], format: Format) -> Self {
        let terminal = format == Format::Text && tty::rewrites();
        let names = claims.iter().map(|claim| claim.name().chars().count());
        let width = names.max().unwrap_or(0).max("mutants of http-api".len());
        Self { format, terminal, began: Instant::now(), width, heading: String::new(), drawn: 0 }
    }

    /// On a terminal, shows what is under way, until the next row replaces it.
    pub(super) fn under_way(&mut self, line: &str) -> std::io::Result<()> {
        if !self.terminal {
            return Ok(());
        }
        let columns = tty::columns().map_or(80, usize::from);
        let line: String = format!("  {line}").trim_end().chars().take(columns.saturating_sub(1)).collect();
        let mut out = anstream::stdout().lock();
        let dim = Style::new().dimmed();
        write!(out, "\r{}\r{dim}{line}{dim:#}", " ".repeat(self.drawn))?;
        self.drawn = line.chars().count();
        out.flush()
    }

    pub(super) fn row(&mut self, claim: &Claim, proven: &Proven) -> std::io::Result<()> {
        self.under_way("")?;
        let (heading, verb, test) = match claim {
            Claim::Program(_) => ("the program".to_owned(), "passed", None),
            Claim::Mutant(mutant) => (format!("mutants of {}", mutant.stage), "caught", Some(mutant.test.as_str())),
        };
        let share = format!("{} of {}", proven.good, proven.of);
        let mut out = anstream::stdout().lock();
        if self.format == Format::Json {
            let kind = if test.is_some() { "mutant" } else { "program" };
            let line = json!({
                "event": kind, "name": claim.name(), "passed": proven.fine, "summary": format!("{verb} {share}"),
                "test": test, "problems": proven.remarks,
            });
            return writeln!(out, "{line}");
        }
        let width = self.width;
        if heading != self.heading {
            let strong = Style::new().bold();
            writeln!(out, "\n  {strong}{heading:<width$}   {verb:>8}{strong:#}")?;
            self.heading = heading;
        }
        let (mark, style) = if proven.fine { ("✓", AnsiColor::Green) } else { ("✗", AnsiColor::Red) };
        let (style, dim) = (style.on_default(), Style::new().dimmed());
        let test = test.map(|test| format!("   {dim}{test}{dim:#}")).unwrap_or_default();
        writeln!(out, "{style}{mark}{style:#} {:<width$}   {share:>8}{test}", claim.name())?;
        for remark in &proven.remarks {
            writeln!(out, "    {remark}")?;
        }
        Ok(())
    }

    pub(super) fn end(&mut self, claims: &[Claim], proven: &[Proven]) -> std::io::Result<()> {
        self.under_way("")?;
        let (mut runs, mut passed, mut mutants, mut caught) = (0, 0, 0, 0);
        for (claim, proven) in claims.iter().zip(proven) {
            match claim {
                Claim::Program(_) => {
                    runs += proven.of;
                    passed += proven.good;
                }
                Claim::Mutant(_) => {
                    mutants += 1;
                    caught += u64::from(proven.fine);
                }
            }
        }
        let fine = proven.iter().all(|one| one.fine);
        let mut out = anstream::stdout().lock();
        if self.format == Format::Json {
            let line = json!({
                "event": "proved", "passed": fine, "runs": runs, "runs_passed": passed, "mutants": mutants,
                "mutants_caught": caught,
            });
            return writeln!(out, "{line}");
        }
        let (mark, style) = if fine { ("✓", AnsiColor::Green) } else { ("✗", AnsiColor::Red) };
        let (style, dim) = (style.on_default(), Style::new().dimmed());
        let program = (runs > 0).then(|| format!("the program passed {passed} of {runs} runs"));
        let mutants = (mutants > 0).then(|| format!("{caught} of {mutants} mutants were caught"));
        let figures: Vec<String> = program.into_iter().chain(mutants).collect();
        let seconds = self.began.elapsed().as_secs();
        let (figures, minutes, seconds) = (figures.join("; "), seconds / 60, seconds % 60);
        writeln!(out, "\n{style}{mark}{style:#} {figures}  {dim}{minutes}:{seconds:02}{dim:#}")
    }
}
