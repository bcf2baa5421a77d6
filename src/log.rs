//! `--log FILE`: what lsfr does and what goes wrong inside of it, a line each. Nothing that a learner's program prints or
//! is sent is in it.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{Local, SecondsFormat};

use crate::text::clean;

static LOG: OnceLock<Log> = OnceLock::new();

#[derive(Debug)]
struct Log {
    file: Mutex<File>,
    path: PathBuf,
}

/// Everything noted from now on goes there, after what is there already.
pub(crate) fn open(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let _ = LOG.set(Log { file: Mutex::new(file), path: path.canonicalize()? });
    Ok(())
}

/// Notes it, if a log was asked for.
pub(crate) fn note(what: impl fmt::Display) {
    if let Some(log) = LOG.get() {
        // Whole lines, each in one write: two lsfr may share a file.
        let line = line(&what.to_string());
        let mut file = log.file.lock().unwrap_or_else(PoisonError::into_inner);
        // Where the log cannot be written, there is no place to say so.
        let _ = file.write_all(line.as_bytes());
    }
}

/// Whether this file is the log. It is not the learner's, even in their directory: a run that is noted in it would be
/// followed by the next one for ever.
pub(crate) fn is(path: &Path) -> bool {
    LOG.get().is_some_and(|log| log.path == path)
}

fn line(what: &str) -> String {
    let now = Local::now().to_rfc3339_opts(SecondsFormat::Millis, false);
    format!("{now} {} {}\n", process::id(), clean(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_one_line() {
        let line = line("a bug\nin \x1b[31mtwo\x1b[m lines");
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.ends_with('\n') && !line.contains('\x1b'), "{line:?}");
        assert!(line.contains(&format!(" {} a bug", process::id())), "{line:?}");
    }
}
