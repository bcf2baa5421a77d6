//! The terminal that lsfr runs in: whether it can draw, how large it is, and which job it belongs to now.

use std::env;
use std::io::{self, IsTerminal};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::unistd::{getpgrp, tcgetpgrp};

/// Used if neither the terminal nor the environment gives a size.
const USUAL: (u16, u16) = (80, 24);

/// The kind that takes letters and line breaks and nothing else, like a shell in Emacs.
pub(crate) fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether a line on standard output can be rewritten.
pub(crate) fn rewrites() -> bool {
    io::stdout().is_terminal() && !is_dumb()
}

/// Its columns and rows, neither of them 0.
pub(crate) fn size() -> io::Result<(u16, u16)> {
    crossterm::terminal::size().map(|(columns, rows)| known(columns, rows))
}

/// The columns for what is printed, if it goes to a terminal.
pub(crate) fn columns() -> Option<u16> {
    if io::stdout().is_terminal() { size().ok().map(|(columns, _)| columns) } else { None }
}

/// The size to assume for a terminal that reports this one. A serial line, or a pseudo-terminal that nobody has set up,
/// says 0: then the environment may give the size.
pub(crate) fn known(columns: u16, rows: u16) -> (u16, u16) {
    or_told((columns, rows), |name| env::var(name).ok())
}

fn or_told((columns, rows): (u16, u16), variable: impl Fn(&str) -> Option<String>) -> (u16, u16) {
    let or = |asked: u16, name: &str, usual: u16| {
        let told = || variable(name)?.trim().parse().ok().filter(|told| *told > 0);
        if asked > 0 { asked } else { told().unwrap_or(usual) }
    };
    (or(columns, "COLUMNS", USUAL.0), or(rows, "LINES", USUAL.1))
}

/// Whether this job may use it. A job that sets it up from the background is stopped, without a word.
pub(crate) fn in_foreground() -> bool {
    // A terminal that sends no signals does not stop anybody either.
    tcgetpgrp(io::stdin()).map_or(true, |group| group == getpgrp())
}

/// Whether it will be soon: a shell may start a program first and hand over the terminal after that.
pub(crate) fn soon_in_foreground() -> bool {
    let deadline = Instant::now() + Duration::from_millis(300);
    while !in_foreground() {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Runs something that would stop lsfr in the background: there is one last thing to write, and nobody who would
/// continue a stopped job.
pub(crate) fn unstopped(write: impl FnOnce()) {
    let mut stopping = SigSet::empty();
    stopping.add(Signal::SIGTTOU);
    let before = stopping.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    write();
    if let Ok(before) = before {
        let _ = before.thread_set_mask();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_is_not_known_is_told_or_usual() {
        let nothing = |_: &str| None;
        assert_eq!(or_told((120, 36), |_| Some("7".to_owned())), (120, 36));
        assert_eq!(or_told((0, 0), nothing), (80, 24));
        assert_eq!(or_told((0, 36), nothing), (80, 36));
        let told = |name: &str| Some(if name == "COLUMNS" { "132" } else { " 50\n" }.to_owned());
        assert_eq!(or_told((0, 0), told), (132, 50));
        for wrong in ["0", "", "-3", "many", "70000"] {
            assert_eq!(or_told((0, 0), |_| Some(wrong.to_owned())), (80, 24), "{wrong}");
        }
    }
}
