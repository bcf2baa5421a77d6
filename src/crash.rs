//! What is left of a panic: a file that says what lsfr was doing and where it went wrong, and a sentence that names it.
//!
//! Of the environment only TERM is in it, of the command line only which command it was, and nothing of the learner's
//! program, unless the panic's own message quotes it.

use std::any::Any;
use std::backtrace::Backtrace;
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process, thread};

use chrono::{DateTime, Local, SecondsFormat};

use crate::text::clean;
use crate::{log, tty, xdg};

/// Files that are kept, the newest.
const KEPT: usize = 10;
/// Panics of one process that are written down: what fails again and again says nothing new.
const MOST: u32 = 5;

static COMMAND: OnceLock<String> = OnceLock::new();
static PANICS: AtomicU32 = AtomicU32::new(0);

/// From here on every panic is written down, and told on standard error.
pub(crate) fn watch() {
    panic::set_hook(Box::new(|info| {
        let crash = record(info);
        // Not `eprintln`: it panics where nobody listens.
        let _ = writeln!(io::stderr(), "lsfr: this is a bug in lsfr: {}", clean(&crash.to_string()));
    }));
}

/// Which command runs.
pub(crate) fn command(name: &str) {
    let _ = COMMAND.set(name.to_owned());
}

/// A panic that has been written down.
#[derive(Debug)]
pub(crate) struct Crash {
    /// The message and where it is from.
    what: String,
    file: io::Result<PathBuf>,
}

/// Writes it down.
pub(crate) fn record(info: &PanicHookInfo<'_>) -> Crash {
    let (message, at) = (message(info.payload()), info.location().map(ToString::to_string).unwrap_or_default());
    let what = format!("{message} ({at})");
    log::note(format_args!("panic: {what}"));
    let dir = xdg::state_dir(|name| env::var_os(name));
    let no_place = || io::Error::new(io::ErrorKind::NotFound, "neither XDG_STATE_HOME nor HOME is set");
    let now = Local::now();
    let file = dir.ok_or_else(no_place).and_then(|dir| {
        if PANICS.fetch_add(1, Ordering::Relaxed) < MOST {
            keep(&dir, now, &text(&message, &at, now, &Backtrace::force_capture().to_string()))
        } else {
            Ok(path(&dir, now))
        }
    });
    Crash { what, file }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match env!("CARGO_PKG_REPOSITORY") {
            "" => "where the source code of lsfr is kept",
            address => address,
        };
        write!(f, "{}. ", self.what)?;
        match &self.file {
            Ok(file) => {
                write!(f, "{} has what it takes to find it: attach that file to a report {place}.", file.display())
            }
            Err(error) => write!(f, "It could not be written down: {error}."),
        }
    }
}

fn message(payload: &dyn Any) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)").to_owned()
}

fn text(message: &str, at: &str, now: DateTime<Local>, backtrace: &str) -> String {
    let size = if io::stdout().is_terminal() { tty::size().ok() } else { None };
    let size = size.map_or_else(|| "no terminal".to_owned(), |(columns, rows)| format!("{columns}x{rows}"));
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "A bug in lsfr. Nothing of your program is in this file, unless the message quotes it.\n\n\
         version   {}\n\
         command   {}\n\
         when      {}\n\
         system    {} {} {}\n\
         terminal  TERM={} {size}\n\
         thread    {}\n\
         at        {at}\n\
         message   {message}\n\n\
         {backtrace}\n\n",
        env!("CARGO_PKG_VERSION"),
        COMMAND.get().map_or("not known yet", String::as_str),
        now.to_rfc3339_opts(SecondsFormat::Secs, false),
        env::consts::OS,
        env::consts::ARCH,
        release.trim(),
        env::var("TERM").unwrap_or_default(),
        thread::current().name().unwrap_or("without a name"),
    )
}

/// One file for each process, whose first panic names it.
fn path(dir: &Path, now: DateTime<Local>) -> PathBuf {
    static NAME: OnceLock<String> = OnceLock::new();
    dir.join(NAME.get_or_init(|| format!("crash-{}-{}.txt", now.format("%Y%m%d-%H%M%S"), process::id())))
}

/// Adds it to this process's file, and removes those that are too many.
fn keep(dir: &Path, now: DateTime<Local>, text: &str) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let path = path(dir, now);
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    let entries = fs::read_dir(dir)?.flatten().map(|entry| entry.path());
    let mut crashes: Vec<PathBuf> = entries.filter(|path| is_crash(path)).collect();
    crashes.sort();
    for old in &crashes[..crashes.len().saturating_sub(KEPT)] {
        // Whatever stays is in nobody's way.
        let _ = fs::remove_file(old);
    }
    Ok(path)
}

fn is_crash(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("crash-") && name.ends_with(".txt")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_newest_are_kept_and_nobody_else_reads_them() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("state/lsfr");
        fs::create_dir_all(&dir).unwrap();
        for number in 0..KEPT {
            fs::write(dir.join(format!("crash-20200101-00000{number}-1.txt")), "old").unwrap();
        }
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        let file = keep(&dir, Local::now(), "one\n").unwrap();
        assert_eq!(keep(&dir, Local::now(), "two\n").unwrap(), file);
        assert_eq!(fs::read_to_string(&file).unwrap(), "one\ntwo\n");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(
            !dir.join("crash-20200101-000000-1.txt").exists() && dir.join("crash-20200101-000001-1.txt").exists()
        );
        assert!(dir.join("notes.txt").exists());
    }

    #[test]
    fn it_says_what_is_needed_and_no_more() {
        let text = text("out of range", "src/a.rs:1:2", Local::now(), "0: frame");
        for part in [env!("CARGO_PKG_VERSION"), "out of range", "src/a.rs:1:2", "0: frame", env::consts::OS] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains(&env::var("PATH").unwrap()), "{text}");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told() {
        let crash =
            Crash { what: "oh no (a.rs:1:1)".to_owned(), file: Err(io::ErrorKind::ReadOnlyFilesystem.into()) };
        assert_eq!(
            crash.to_string(),
            "oh no (a.rs:1:1). It could not be written down: read-only filesystem or storage medium."
        );
        assert_eq!(message(&"text"), "text");
        assert_eq!(message(&"text".to_owned()), "text");
        assert_eq!(message(&3), "(no message)");
    }
}
