//! Random walks, one after another: how many there were, and a live line that says so.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Reporter;
use super::card::Card;
use super::diff::plural;
use super::run_state::RunState;
use crate::facts::{Event, Stamped, Verdict, Walking, What};
use crate::tty;

/// The live line changes at most this often.
const REDRAW: Duration = Duration::from_millis(100);

/// All walks so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs, also those in which nothing was walked to its end.
    pub runs: u64,
    /// Walks that came to their end.
    pub walks: u64,
    /// Operations and crashes of all of them, also of one that went wrong.
    pub operations: u64,
    pub crashes: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: u64, one, many| format!("{count} {}", plural(count as usize, one, many));
        let walks = count(self.walks, "walk", "walks");
        write!(f, "{walks}, {}", count(self.operations, "operation", "operations"))?;
        if self.crashes > 0 {
            write!(f, " and {}", count(self.crashes, "crash", "crashes"))?;
        }
        Ok(())
    }
}

/// Hears of each run; clones share what was heard.
#[derive(Debug, Clone, Default)]
pub struct Walks {
    heard: Arc<Mutex<Tally>>,
    drawn: Option<Instant>,
}

impl Walks {
    pub fn tally(&self) -> Tally {
        *self.heard()
    }

    fn heard(&self) -> MutexGuard<'_, Tally> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, operations: usize, crashes: usize) {
        let mut heard = self.heard();
        heard.operations += operations as u64;
        heard.crashes += crashes as u64;
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Walking(Walking::Ended { operations, crashes, .. }) => {
                self.add(*operations, *crashes);
                self.heard().walks += 1;
            }
            Event::TestEnded { verdict: Verdict::Failed(failure), .. } => {
                if let What::Walked { walk, .. } = &failure.what {
                    self.add(walk.operations, walk.crashes);
                    self.heard().walks += 1;
                }
            }
            Event::RunEnded { .. } => self.heard().runs += 1,
            _ => {}
        }
    }
}

/// Writes a live line to a terminal, and nothing elsewhere.
#[derive(Debug, Clone)]
pub struct LiveWalks(pub Walks);

impl Reporter for LiveWalks {
    fn event(&mut self, stamped: &Stamped, _: &RunState) {
        self.0.take(&stamped.event);
        let shrinking = match &stamped.event {
            Event::Walking(Walking::Shrinking { left, of }) => {
                Some(format!("; shrinking: {left} of {of} operations"))
            }
            _ => None,
        };
        let due = self.0.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW);
        if tty::rewrites() && (due || shrinking.is_some()) {
            self.0.drawn = Some(Instant::now());
            let text = format!("{}{}", self.0.tally(), shrinking.unwrap_or_default());
            // The run goes on, whether or not anyone reads it.
            let _ = write!(anstream::stdout(), "\r{text:<70}\r").and_then(|()| anstream::stdout().flush());
        }
    }

    fn card(&mut self, _: &Card) {}
}

impl Reporter for Walks {
    fn event(&mut self, stamped: &Stamped, _: &RunState) {
        self.take(&stamped.event);
    }

    fn card(&mut self, _: &Card) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_are_counted_over_all_runs() {
        let walks = Walks::default();
        for crashes in [0, 3] {
            let mut run = walks.clone();
            run.take(&Event::Walking(Walking::Operations { done: 10, of: 300 }));
            run.take(&Event::Walking(Walking::Ended { operations: 300, crashes, judged: 280, early: None }));
        }
        assert_eq!(walks.tally().to_string(), "2 walks, 600 operations and 3 crashes");
        assert_eq!(Tally { walks: 1, operations: 1, ..Tally::default() }.to_string(), "1 walk, 1 operation");
    }
}
