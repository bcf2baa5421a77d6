//! `use`: steps of the pack's shared.yaml.

use crate::scenario::expr::Scope;
use crate::scenario::verbs::shared::Use;

use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;

impl Interpreter<'_> {
    pub(super) async fn shared(&self, shared: &Use, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        self.steps(&shared.steps, scope, frame).await
    }
}

pub(super) fn describe(shared: &Use) -> String {
    format!("use {}", shared.name)
}
