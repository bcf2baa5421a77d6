//! `explore`: a walk at random, which is in [`explore`](super::super::explore).

use crate::scenario::verbs::explore::Explore;

pub(super) fn describe(explore: &Explore) -> String {
    let crashes = match (explore.crashes.kill, explore.crashes.restart) {
        (true, true) => ", with kills and restarts",
        (true, false) => ", with kills",
        (false, true) => ", with restarts",
        (false, false) => "",
    };
    format!("{} operations at random{crashes}", explore.operations)
}
