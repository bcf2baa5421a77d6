//! `consistently`: steps that must pass every time, for a given time.

use std::time::Duration;

use tokio::time::sleep;

use crate::facts::{Finding, What};
use crate::scenario::expr::Scope;
use crate::scenario::verbs::consistently::Consistently;

use super::super::attempts::Attempts;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

impl Interpreter<'_> {
    pub(super) async fn consistently(
        &self,
        consistently: &Consistently,
        scope: &mut Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let Consistently { during, steps } = consistently;
        self.depends_on_now();
        let history = Attempts::new();
        let inner = Frame { quiet: true, ..frame.clone() };
        loop {
            let mut look = scope.clone();
            match self.steps(steps, &mut look, &inner).await {
                Err(Stop::Failed(mut failed)) if !matches!(failed.what, What::Found(Finding::Node { .. })) => {
                    let last = Box::new(failed.what);
                    failed.what = What::DidNotHold { held: history.elapsed(), wanted: *during, last };
                    return Err(Stop::Failed(failed));
                }
                other => other?,
            }
            if history.elapsed() + LOOK >= *during {
                return Ok(());
            }
            sleep(LOOK).await;
        }
    }
}

pub(super) fn describe(consistently: &Consistently) -> String {
    format!("watch for {:?}", consistently.during)
}
