//! `each`: the same steps for each item of a list.

use crate::scenario::expr::Scope;
use crate::scenario::verbs::each::Each;

use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;
use super::phrases::data;

impl Interpreter<'_> {
    pub(super) async fn each(&self, each: &Each, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let list = each.items.value(scope)?;
        // The steps below have accounts of their own, and this list is there for as long as they run.
        let _made = scope.made();
        let list = list.try_iter().map_err(|error| Stop::pack(error.to_string()))?;
        let names = each.items.names();
        for (round, item) in list.enumerate() {
            scope.set_item(&each.name, round, item, &names);
            self.steps(&each.steps, scope, &frame.round(round as u64)).await?;
        }
        scope.remove(&each.name);
        Ok(())
    }
}

pub(super) fn describe(each: &Each) -> String {
    format!("for each of {}", data(&each.items))
}
