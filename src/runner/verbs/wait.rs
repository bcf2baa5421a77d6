//! `wait`: does nothing for a given time.

use tokio::time::sleep;

use crate::scenario::verbs::wait::Wait;

use super::super::steps::Interpreter;

impl Interpreter<'_> {
    pub(super) async fn wait(&self, wait: &Wait) {
        sleep(wait.time).await;
    }
}

pub(super) fn describe(wait: &Wait) -> String {
    format!("wait {:?}: {}", wait.time, wait.because)
}
