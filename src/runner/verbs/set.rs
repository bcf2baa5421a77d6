//! `set`: names for values.

use crate::scenario::expr::Scope;
use crate::scenario::verbs::set::Set;

use super::super::stop::Stop;

pub(super) fn set(set: &Set, scope: &mut Scope) -> Result<(), Stop> {
    for (name, data) in &set.values {
        let value = data.value(scope)?;
        let source = scope.source(&data.names());
        scope.save(name, value, source)?;
    }
    Ok(())
}

pub(super) fn describe(set: &Set) -> String {
    format!("set {}", set.values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
}
