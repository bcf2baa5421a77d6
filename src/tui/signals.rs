//! What other processes tell lsfr, and waiting for those that have the terminal.

use std::io;
use std::time::Duration;

use nix::sys::signal::{Signal as Unix, kill, raise};
use nix::unistd::Pid;
use tokio::signal::unix::{Signal as Listener, SignalKind, signal as listen};
use tokio::time::sleep;

use super::editor::Editor;
use super::event::Signal;
use crate::tty;

/// After a CONT, until the signal that came with it has been heard.
const HEARD: Duration = Duration::from_millis(100);

/// Signals that are not the terminal's keys.
pub(super) struct Signals {
    int: Listener,
    term: Listener,
    hup: Listener,
    stop: Listener,
    go_on: Listener,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            int: listen(SignalKind::interrupt())?,
            term: listen(SignalKind::terminate())?,
            hup: listen(SignalKind::hangup())?,
            stop: listen(SignalKind::from_raw(Unix::SIGTSTP as i32))?,
            go_on: listen(SignalKind::from_raw(Unix::SIGCONT as i32))?,
        })
    }

    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.int.recv() => Signal::End,
            _ = self.term.recv() => Signal::End,
            _ = self.hup.recv() => Signal::End,
            _ = self.stop.recv() => Signal::Stop,
            _ = self.go_on.recv() => Signal::Continue,
        }
    }

    /// Waits for the editor, which has the terminal. `leave`: lsfr has to end as well.
    pub(super) async fn beside(&mut self, mut editor: Editor, leave: &mut bool) -> Result<(), String> {
        loop {
            let told = tokio::select! {
                result = editor.ended() => return result,
                // An editor that is suspended stops its whole job. If lsfr went on, the shell would not return.
                _ = self.stop.recv() => raise(Unix::SIGSTOP),
                _ = self.term.recv() => {
                    *leave = true;
                    editor.tell(Unix::SIGTERM)
                }
                // If lsfr is all that its window runs, only lsfr hears of the window's end.
                _ = self.hup.recv() => {
                    *leave = true;
                    editor.tell(Unix::SIGHUP)
                }
            };
            told.map_err(|error| format!("A signal could not be passed on: {error}."))?;
        }
    }

    /// Waits until the terminal is this job's again, after somebody else had it. False: lsfr has to end instead.
    pub(super) async fn regain(&mut self) -> bool {
        while !tty::in_foreground() {
            tokio::select! {
                biased;
                _ = self.term.recv() => return false,
                _ = self.hup.recv() => return false,
                () = sleep(HEARD) => {
                    // `bg`, not `kill`: stopped again, as the system stops whoever wants a terminal that is not its
                    // own.
                    let _ = kill(Pid::from_raw(0), Unix::SIGTTOU);
                }
            }
        }
        true
    }

    /// A ctrl-c that an editor got is not the app's.
    pub(super) fn forget(&mut self) {
        for listener in [&mut self.int, &mut self.stop, &mut self.go_on] {
            while futures_util::FutureExt::now_or_never(listener.recv()).flatten().is_some() {}
        }
    }
}
