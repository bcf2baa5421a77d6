//! The faults of a run's workloads, and the test that failed, so that the run can be compared with one of fewer faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::Reporter;
use super::card::Card;
use super::run_state::RunState;
use crate::facts::{Event, FailureKind, LoadEvent, Stamped, Verdict};
use crate::text::clean;

/// A fault that began.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fault {
    pub number: u32,
    /// Since its test began.
    #[serde(with = "crate::seconds")]
    pub at: Duration,
    /// `pause n2`
    pub text: String,
    #[serde(with = "crate::seconds")]
    pub lasts: Duration,
}

/// The first test of a run that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    pub test: String,
    pub kind: FailureKind,
    /// Those that began before that, in order.
    pub faults: Vec<Fault>,
}

/// What was heard of one run.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The run's folder, relative to the challenge directory.
    pub folder: String,
    pub failed: Option<Failed>,
    began: Duration,
    faults: Vec<Fault>,
}

/// Hears of a run; clones share what was heard.
#[derive(Debug, Clone, Default)]
pub struct Listener(Arc<Mutex<Heard>>);

impl Listener {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn take(self) -> Heard {
        std::mem::take(&mut self.heard())
    }
}

impl Reporter for Listener {
    fn event(&mut self, stamped: &Stamped, _: &RunState) {
        let mut heard = self.heard();
        match &stamped.event {
            Event::RunStarted(run) => heard.folder.clone_from(&run.folder),
            Event::TestStarted { .. } => (heard.began, heard.faults) = (stamped.at, Vec::new()),
            Event::Load(load) => {
                if let LoadEvent::Fault { number, text, lasts, .. } = &load.what {
                    let at = stamped.at.saturating_sub(heard.began);
                    heard.faults.push(Fault { number: *number, at, text: clean(text), lasts: *lasts });
                }
            }
            Event::TestEnded { test, verdict: Verdict::Failed(failure), .. } if heard.failed.is_none() => {
                let faults = std::mem::take(&mut heard.faults);
                heard.failed = Some(Failed { test: test.clone(), kind: failure.what.kind(), faults });
            }
            _ => {}
        }
    }

    fn card(&mut self, _: &Card) {}
}
