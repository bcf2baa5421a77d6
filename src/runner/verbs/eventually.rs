//! `eventually`: steps tried again until they pass.

use std::time::Duration;

use tokio::time::sleep;

use crate::facts::{Finding, What};
use crate::scenario::expr::Scope;
use crate::scenario::verbs::eventually::Eventually;

use super::super::attempts::{Attempts, brief};
use super::super::steps::{Frame, Interpreter};
use super::super::stop::{Failed, Stop};

/// The first pause between two attempts, and the longest.
const SHORT_PAUSE: Duration = Duration::from_millis(5);
const LONG_PAUSE: Duration = Duration::from_millis(50);

impl Interpreter<'_> {
    pub(super) async fn eventually(
        &self,
        eventually: &Eventually,
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let within = eventually.within.unwrap_or(self.defaults.within);
        let deadline = self.run.time.deadline(within).earlier(frame.deadline.as_ref());
        let inner = Frame { deadline: Some(deadline.clone()), quiet: true, ..frame.clone() };
        let mut history = Attempts::new();
        let mut last = None;
        let (mut attempts, mut pause) = (0, SHORT_PAUSE);
        let starved = loop {
            // Only the attempt that passed leaves its names behind.
            let mut attempt = scope.clone();
            attempts += 1;
            let result = tokio::select! {
                result = self.steps(&eventually.steps, &mut attempt, &inner) => Some(result),
                // Requests end by themselves at the deadline; this is for steps that would not.
                () = async { deadline.expired().await; sleep(LONG_PAUSE).await } => None,
            };
            match result {
                Some(Ok(())) => {
                    *scope = attempt;
                    return Ok(());
                }
                Some(Err(Stop::Failed(failed))) if !matches!(failed.what, What::Found(Finding::Node { .. })) => {
                    history.add(brief(&failed.what));
                    attempts -= u32::from(!keep(&mut last, failed));
                }
                Some(Err(other)) => return Err(other),
                None => {}
            }
            if let Some(expired) = deadline.passed_after(pause) {
                break expired.is_starved();
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(LONG_PAUSE);
        };
        let Some(mut failed) = last else {
            let last =
                Box::new(What::Found(Finding::Value { sentence: "It did not finish in this time.".to_owned() }));
            return Err(Stop::failed(What::NotInTime { within, attempts, last, seen: history.into_seen(), starved }));
        };
        let seen = history.into_seen();
        failed.what = What::NotInTime { within, attempts, last: Box::new(failed.what), seen, starved };
        failed.cut = frame.is_over();
        Err(Stop::Failed(failed))
    }
}

/// Keeps a failed attempt in the place of the one before it, unless it was cut and that one was not. False if it does not
/// count.
fn keep(last: &mut Option<Box<Failed>>, failed: Box<Failed>) -> bool {
    let counts = !failed.cut || last.as_ref().is_none_or(|last| last.cut);
    if counts {
        *last = Some(failed);
    }
    counts
}

pub(super) fn describe(eventually: &Eventually) -> String {
    match eventually.within {
        Some(time) => format!("wait up to {time:?}"),
        None => "wait".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_was_cut_does_not_hide_the_one_before_it() {
        let failed = |sentence: &str, cut| {
            let what = Finding::Value { sentence: sentence.to_owned() }.into();
            Box::new(Failed { what, cut, ..Failed::nowhere() })
        };
        let told = |attempts: &[(&str, bool)]| {
            let mut last = None;
            let counted = attempts.iter().filter(|(sentence, cut)| keep(&mut last, failed(sentence, *cut))).count();
            (brief(&last.unwrap().what), counted)
        };
        assert_eq!(told(&[("503", false), ("404", false)]), ("404".to_owned(), 2));
        assert_eq!(told(&[("503", false), ("timed out", true)]), ("503".to_owned(), 1));
        assert_eq!(told(&[("timed out", true)]), ("timed out".to_owned(), 1), "there is nothing else to tell");
    }
}
