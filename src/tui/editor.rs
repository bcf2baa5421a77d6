//! The learner's editor, while it has the terminal.

use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::cluster::OPENED;

pub(super) struct Editor {
    name: String,
    child: Child,
}

impl Editor {
    /// Starts it. The words are its command; the terminal must have been lent to it before.
    pub(super) fn start((words, dir): (Vec<String>, PathBuf)) -> Result<Editor, String> {
        let mut words = words.into_iter();
        let name = words.next().unwrap_or_default();
        match Command::new(&name).args(words).current_dir(dir).env(OPENED, "1").spawn() {
            Ok(child) => Ok(Editor { name, child }),
            Err(error) => Err(format!(
                "The editor `{name}` could not be started: {error}. `editor` in config.yaml, VISUAL or EDITOR names \
                     another."
            )),
        }
    }

    /// May be dropped and called again.
    pub(super) async fn ended(&mut self) -> Result<(), String> {
        let Editor { name, child } = self;
        match child.wait().await {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("The editor `{name}` ended with {status}.")),
            Err(error) => Err(format!("The editor `{name}` is lost: {error}.")),
        }
    }

    /// Passes a signal on to it.
    pub(super) fn tell(&self, signal: Signal) -> nix::Result<()> {
        // Until it has been waited for, nobody else has its pid.
        self.child.id().map_or(Ok(()), |pid| kill(Pid::from_raw(pid as i32), signal))
    }
}
