//! What was wrong on purpose while operations went wrong.

use std::time::Duration;

use super::super::phrases::clock;
use super::super::{Fault, History, Operation, phrases};

/// More faults than this are only counted.
const TOLD: usize = 3;

/// The faults in force at some time of these, those of the operations' own nodes first.
pub(super) fn in_force(history: &History, operations: &[Operation], since: Duration, until: Duration) -> Vec<Fault> {
    let own = |fault: &Fault| operations.iter().flat_map(|op| &op.node).any(|node| fault.nodes.contains(node));
    let mut faults: Vec<Fault> =
        history.faults.iter().filter(|fault| fault.overlaps(since, until)).cloned().collect();
    faults.sort_by_key(|fault| (!own(fault), fault.from));
    faults
}

/// A sentence for each, with a blank before it.
pub(super) fn sentences(faults: &[Fault], until: Duration) -> String {
    let mut sentences = String::new();
    for fault in faults.iter().take(TOLD) {
        let what = phrases::sentence_part(&fault.what);
        // A clause that does not begin with a node's name gets a capital letter.
        let named = fault.nodes.iter().any(|node| what.starts_with(&**node));
        let what = if named { what } else { phrases::capital(&what) };
        let from = clock(fault.from, 2);
        sentences += &match fault.to.filter(|to| *to <= until) {
            Some(to) => format!(" {what} from {from} to {}.", clock(to, 2)),
            None => format!(" {what} from {from}."),
        };
    }
    match faults.len().saturating_sub(TOLD) {
        0 => {}
        1 => sentences += " One more fault was in force.",
        more => sentences += &format!(" {more} more faults were in force."),
    }
    sentences
}
