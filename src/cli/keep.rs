//! `lsfr test --keep`: the nodes of the first test that fails stay up until enter is pressed.

use std::io::{self, Write};
use std::thread;

use tokio::sync::watch;

use crate::facts::{Event, Stamped};
use crate::report::Reporter;
use crate::report::card::Card;
use crate::report::run_state::RunState;

/// Waits for enter from the moment at which nodes are left up. Before that, what is typed is not its business.
pub(super) struct UntilEnter {
    wanted: watch::Sender<bool>,
}

impl UntilEnter {
    /// And what the run has to look at.
    pub(super) fn new() -> (Self, watch::Receiver<bool>) {
        let (wanted, wants) = watch::channel(true);
        (Self { wanted }, wants)
    }
}

impl Reporter for UntilEnter {
    fn card(&mut self, _: &Card) {}

    fn event(&mut self, stamped: &Stamped, _: &RunState) {
        if let Event::LeftUp(_) = stamped.event {
            let wanted = self.wanted.clone();
            // Whether anybody reads it does not matter.
            let _ = writeln!(io::stderr(), "    Enter ends them.");
            // Not a task: nothing can end a read from a terminal, and lsfr must be able to leave.
            thread::spawn(move || {
                // Where nobody can press anything, there is nobody to look.
                let _ = io::stdin().read_line(&mut String::new());
                wanted.send_replace(false);
            });
        }
    }
}
