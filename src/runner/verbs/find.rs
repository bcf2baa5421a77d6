//! `find`: the node that has a role.

use crate::scenario::expr::Scope;
use crate::scenario::verbs::find::Find;

use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;

impl Interpreter<'_> {
    pub(super) async fn find_role(&self, find: &Find, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let within = find.within.unwrap_or(self.defaults.within);
        let among = match &find.among {
            Some(selector) => Some(self.select(selector, Pool::Every, scope, frame).await?),
            None => None,
        };
        let found = self.find(&find.role, among.as_deref(), within, scope, frame).await?;
        for (name, expression) in &find.save {
            let value = expression.eval(&found.names).map_err(|error| Stop::undefined(error, "Its answer"))?;
            scope.save(name, value, found.source.clone())?;
        }
        Ok(())
    }
}

pub(super) fn describe(find: &Find) -> String {
    format!("find the {}", find.role)
}
