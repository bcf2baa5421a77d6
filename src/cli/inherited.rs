//! The signal settings that lsfr inherits. A program inherits which signals are ignored and which are blocked from
//! whoever starts it: a CI runner may ignore SIGCHLD, a shell keeps SIGINT from what runs in the background. With
//! SIGCHLD ignored, the status of a child is lost, and a program that never hears SIGTERM fails for something that is
//! not its fault.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::sys::signal::SigSet;

/// The hidden argument that says that this has been done, so that it is not tried for ever where it has no effect.
pub(super) const DONE: &str = "__usual-signals";

/// Makes sure that no signal is blocked or ignored, in lsfr and in everything that it starts. Must be called before any
/// thread is started. Where it has to, lsfr execs itself: exec restores the default action of signals that have a
/// handler, and nothing else does so without unsafe code.
pub(super) fn undo(args: impl IntoIterator<Item = OsString>) {
    // Threads and children inherit the mask of this one.
    let _ = SigSet::empty().thread_set_mask();
    let mut handled = false;
    for signal in ignored() {
        handled |= signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false))).is_ok();
    }
    let (true, Ok(lsfr)) = (handled, std::env::current_exe()) else { return };
    let mut args = args.into_iter();
    let name = args.next().unwrap_or_else(|| lsfr.clone().into());
    // It returns only if it fails. Then lsfr still does not hear those signals, but what it starts does.
    let _ = Command::new(lsfr).arg0(name).arg(DONE).args(args).exec();
}

/// The signals that are ignored and should not be. Rust itself ignores SIGPIPE, and undoes that for children.
#[cfg(target_os = "linux")]
fn ignored() -> impl Iterator<Item = i32> {
    use signal_hook::consts::{FORBIDDEN, SIGPIPE};
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    (1..=64)
        .filter(move |signal| mask >> (signal - 1) & 1 == 1)
        .filter(|signal| *signal != SIGPIPE && !FORBIDDEN.contains(signal))
}

/// Not known on this system. SIGCHLD, which matters most, tokio listens for where it has no better way to wait.
#[cfg(not(target_os = "linux"))]
fn ignored() -> impl Iterator<Item = i32> {
    std::iter::empty()
}
