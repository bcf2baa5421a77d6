//! The command line: one small file for each plain command.

mod args;
mod check;
mod check_history;
mod complete;
mod completions;
mod config;
mod execute;
mod explore;
mod guide;
mod hint;
mod inherited;
mod keep;
mod list;
mod logs;
mod man;
mod messages;
mod new;
mod next;
mod proof_table;
mod prove;
mod repeat;
mod replay;
mod shrink;
mod status;
mod test;
mod tour;
mod watch;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::session::SessionError;
use crate::tui::{self, AppError, Start};
use crate::{crash, log};
use args::{Cli, Command, Format};

/// How a command ended, for whoever called it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Passed,
    /// A test failed.
    Failed,
    /// Wrong usage, or a broken project or pack.
    Usage,
    /// Not judged, or lsfr itself failed.
    Own,
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Own => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// A command that could not do its work: what to say, and how it ends.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    exit: Exit,
    message: String,
}

impl Problem {
    /// The caller's or the project's mistake.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    /// lsfr's own.
    pub(crate) fn own(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Own, message: message.to_string() }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whoever read the output has gone, as `head` does. A command that only shows something ends quietly then;
            // one with a verdict writes in another way.
            io::ErrorKind::BrokenPipe => Self { exit: Exit::Passed, message: String::new() },
            _ => Self::own(error),
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Session(error) => error.into(),
            AppError::NoTerminal | AppError::Dumb | AppError::Background => Self::usage(error),
            AppError::Terminal(_) => Self::own(error),
        }
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Own(message) => Self::own(message),
            SessionError::Usage(message) | SessionError::NoProject(message) => Self::usage(message),
        }
    }
}

impl From<Vec<crate::yaml::Diagnostic>> for Problem {
    fn from(diagnostics: Vec<crate::yaml::Diagnostic>) -> Self {
        let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        Self::usage(shown.join("\n\n"))
    }
}

pub(crate) type Result<T = Exit> = std::result::Result<T, Problem>;

/// Runs the command line that this process was started with.
pub fn main() -> ExitCode {
    // The hidden commands come first: they are started often and need nothing of what follows.
    let mut args: Vec<OsString> = std::env::args_os().collect();
    match args.get(1) {
        Some(word) if word == crate::cluster::guard::ARGUMENT => return crate::cluster::guard::main(),
        Some(word) if word == complete::ARGUMENT => return complete::main(args.into_iter().skip(2)),
        Some(word) if word == "__reference" => return reference::main(args.into_iter().skip(2)),
        Some(word) if word == inherited::DONE => drop(args.remove(1)),
        _ => inherited::undo(args.iter().cloned()),
    }
    // Where the environment is that of a CI, any terminal is taken to show colours.
    if crate::tty::is_dumb() && std::env::var_os("CLICOLOR_FORCE").is_none() {
        anstream::ColorChoice::Never.write_global();
    }
    crash::watch();
    let matches = Cli::command().get_matches_from(args);
    let name = matches.subcommand_name().map_or_else(|| "lsfr, the app".to_owned(), |name| format!("lsfr {name}"));
    crash::command(&name);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let (format, log) = (cli.format.plain(), cli.log.clone());
    let ended = match log.map_or(Ok(()), |file| begin_log(&file, &name)) {
        Ok(()) => run(cli),
        Err(problem) => Err(problem),
    };
    let exit = ended.unwrap_or_else(|problem| {
        log::note(&problem.message);
        complain(&problem, format);
        problem.exit
    });
    log::note(format_args!("{name} ended: {exit:?}"));
    exit.into()
}

fn begin_log(file: &Path, command: &str) -> Result<()> {
    log::open(file)
        .map_err(|error| Problem::usage(format!("the log {} cannot be written: {error}", file.display())))?;
    let term = std::env::var("TERM").unwrap_or_default();
    log::note(format_args!("{command} begins: version {}, TERM={term}", env!("CARGO_PKG_VERSION")));
    Ok(())
}

fn complain(problem: &Problem, format: Format) {
    if problem.message.is_empty() {
        return;
    }
    let message = crate::text::clean_lines(&problem.message);
    // Nothing is left to do where even this cannot be written.
    let _ = match format {
        Format::Text => writeln!(anstream::stderr(), "lsfr: {}", message.trim_end()),
        Format::Json => {
            let kind = if problem.exit == Exit::Usage { "usage" } else { "fault" };
            writeln!(io::stdout(), "{}", serde_json::json!({ "event": "error", "kind": kind, "message": message }))
        }
    };
}

/// `lsfr` alone.
fn app() -> Result {
    let settings = config::settings()?;
    let runtime = execute::runtime()?;
    Ok(tui::run(&runtime, Start::Here, settings).map(|()| Exit::Passed)?)
}

fn run(cli: Cli) -> Result {
    let format = cli.format.plain();
    match cli.command {
        None => app(),
        Some(Command::New { challenge, path, lang }) => {
            new::new(&challenge, path.as_deref(), lang.as_deref(), format)
        }
        Some(Command::Init { challenge, lang }) => new::init(&challenge, lang.as_deref(), format),
        Some(Command::Try { seed }) => tour::run(seed, format),
        Some(Command::Test(args)) => test::run(&args, format),
        Some(Command::Next { stage }) => next::run(stage.as_deref(), format),
        Some(Command::Status) => status::run(format),
        Some(Command::List) => list::run(format),
        Some(Command::Guide { stage, raw }) => guide::run(stage.as_deref(), raw, format),
        Some(Command::Hint) => hint::run(format),
        Some(Command::Logs { nodes }) => logs::run(&nodes, format),
        Some(Command::Messages(args)) => messages::run(&args),
        Some(Command::Replay { run }) => replay::run(run.as_deref(), format),
        Some(Command::Check { pack, program, seeds, only }) => {
            check::run(&pack, program.as_deref(), seeds, &only, format)
        }
        Some(Command::CheckHistory { file, html, serializable, from }) => {
            check_history::run(&file, html.as_deref(), from, serializable, format)
        }
        Some(Command::Config { schema }) => config::run(schema, format),
        Some(Command::Completions { shell }) => completions::run(shell),
        Some(Command::Man { folder }) => man::run(&folder),
    }
}
