//! Which cases the steps of a stage use.

use std::collections::BTreeSet;

use crate::scenario::{Action, Step};

/// Adds the paths of all cases that these steps name, at any depth.
pub(super) fn named(steps: &[Step], used: &mut BTreeSet<String>) {
    for step in steps {
        if let Action::Cases(cases) = &step.action {
            used.extend(cases.paths.iter().cloned());
        }
        step.action.inside().into_iter().for_each(|steps| named(steps, used));
    }
}

/// Whether a file is one of these cases, is in the folder of one, or lies beside one and holds what it prints or reads.
pub(super) fn belongs(file: &str, used: &BTreeSet<String>) -> bool {
    let stem = file.strip_suffix(".stdout").or_else(|| file.strip_suffix(".stdin"));
    used.iter().any(|case| {
        file == case
            || (file.ends_with(".c") && file.strip_prefix(case.as_str()).is_some_and(|rest| rest.starts_with('/')))
            || stem.is_some_and(|stem| case.strip_suffix(".c").unwrap_or(case) == stem)
    })
}
