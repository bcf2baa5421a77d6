//! `repeat`: the same steps, a given number of times.

use crate::facts::{Event, Finding, What};
use crate::scenario::expr::Scope;
use crate::scenario::verbs::repeat::Repeat;

use super::super::attempts::brief;
use super::super::doubt::surest;
use super::super::steps::{Frame, Interpreter, count};
use super::super::stop::{Failed, Stop};
use super::phrases::data;

impl Interpreter<'_> {
    pub(super) async fn repeat(&self, repeat: &Repeat, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let times = count(&repeat.times, scope)?;
        if let Some(need) = &repeat.at_least {
            let need = count(need, scope)?;
            return self.rounds(repeat, times, need, scope, frame).await;
        }
        for round in 0..times {
            scope.set(&repeat.name, round);
            self.steps(&repeat.steps, scope, &frame.round(round)).await?;
        }
        scope.remove(&repeat.name);
        Ok(())
    }

    /// Rounds of which some may fail. What failed rounds saved is forgotten.
    async fn rounds(
        &self,
        repeat: &Repeat,
        times: u64,
        need: u64,
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let allowed = times.saturating_sub(need);
        let mut failures: Vec<Box<Failed>> = Vec::new();
        for round in 0..times {
            let mut attempt = scope.clone();
            attempt.set(&repeat.name, round);
            match self.steps(&repeat.steps, &mut attempt, &frame.round(round)).await {
                Ok(()) => *scope = attempt,
                Err(Stop::Failed(failed))
                    if !matches!(
                        failed.what,
                        What::Found(Finding::Node { .. }) | What::Found(Finding::Breach { .. })
                    ) =>
                {
                    let text = format!("round {} of {times} failed: {}", round + 1, brief(&failed.what));
                    self.run.emit(Event::Note { text });
                    failures.push(failed);
                    let count = failures.len();
                    if count as u64 > allowed {
                        // The last failure comes first: those before it are further back in the logs.
                        failures.reverse();
                        let Some(mut failed) = surest(&mut failures, |failed| failed) else { break };
                        let last = Box::new(failed.what);
                        let (of, allowed) = (times as usize, allowed as usize);
                        failed.what = What::Rounds { failed: count, of, allowed, last };
                        return Err(Stop::Failed(failed));
                    }
                }
                Err(other) => return Err(other),
            }
        }
        scope.remove(&repeat.name);
        Ok(())
    }
}

pub(super) fn describe(repeat: &Repeat) -> String {
    let times = data(&repeat.times);
    match &repeat.at_least {
        Some(need) => format!("repeat {times} times, {} of which must pass", data(need)),
        None => format!("repeat {times} times"),
    }
}
