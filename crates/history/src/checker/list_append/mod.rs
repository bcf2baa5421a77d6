//! Whether transactions on lists could have been done one after the other, each between its call and its return (strict
//! serializability), or at least in some order (serializability).
//!
//! Every transaction appends elements of its own to lists, or reads lists whole. So a read tells which appends came before
//! it and in which order, and two transactions that touch the same list are in order. That makes deciding easy where it
//! is hard in general (C. Papadimitriou, "The Serializability of Concurrent Database Updates", 1979): there is an order of
//! all if and only if none of them must come before itself.
//!
//! | file | what it is |
//! |---|---|
//! | `observed`, `versions` | transactions as numbers, and the order of appends that their reads show |
//! | `wrong`, `wrong_story` | what no order explains, seen without looking for one, and what is said of it |
//! | `writers` | who appended an element, and what became of it |
//! | `graph`, `components` | which must come before which, and where that goes round |
//! | `relation`, `circle` | the fewest transactions that go round, and why each comes before the next |
//! | `anomaly`, `story` | what that is called, and what is said of it |

mod anomaly;
#[cfg(test)]
mod brute_force;
mod circle;
mod components;
mod graph;
mod observed;
mod relation;
mod story;
#[cfg(test)]
mod tests;
mod versions;
mod writers;
mod wrong;
mod wrong_story;

use std::time::{Duration, Instant};

use self::circle::{Circle, smallest};
use self::components::components;
use self::graph::Graph;
use self::observed::Observed;
use self::relation::Relation;
use self::versions::Versions;
use self::wrong::Wrong;
use super::{Checker, Limits, conclusion};
use crate::explain::explanation;
use crate::{Action, Counts, History, Judgement, Object, Order, Verdict};

/// For a circle of fewer transactions than one that is known already.
const SEARCH: Duration = Duration::from_secs(1);

/// Transactions that append to lists and read them could have been done one after the other.
#[derive(Debug, Clone, Copy)]
pub struct ListAppend {
    real_time: bool,
}

impl ListAppend {
    /// Strict serializability: in an order in which each is done between its call and its return.
    pub const STRICT: ListAppend = ListAppend { real_time: true };
    /// Serializability: in any order. Whether real time was kept as well is in [`Judgement::order`].
    pub const SERIALIZABLE: ListAppend = ListAppend { real_time: false };
}

impl Checker for ListAppend {
    fn name(&self) -> &'static str {
        if self.real_time { "list_append" } else { "serializable_list_append" }
    }

    fn promise(&self) -> &'static str {
        if self.real_time {
            "all transactions can be put in one order, each at a moment between its call and its return, in which every \
             answer is right"
        } else {
            "all transactions can be put in one order, whatever the time, in which every answer is right"
        }
    }

    fn object(&self) -> Object {
        Object::Lists
    }

    fn judge(&self, history: &History, _: &Limits) -> Judgement {
        let mut counts = Counts::default();
        for operation in &history.operations {
            if matches!(operation.action, Action::Transaction { .. }) {
                counts.add(operation.outcome);
            }
        }
        let observed = Observed::new(history);
        counts.keys = observed.as_ref().map_or_else(|_| keys(history), |observed| observed.keys.len());
        let (verdict, order) = self.verdict(history, observed);
        Judgement { order, ..conclusion(verdict, counts, None) }
    }
}

impl ListAppend {
    fn verdict(self, history: &History, observed: Result<Observed<'_>, Wrong>) -> (Verdict, Option<Order>) {
        let none = Order { serializable: false, real_time: false };
        let observed = match observed {
            Ok(observed) => observed,
            Err(Wrong::AppendedTwice { places, append }) => {
                return (Verdict::Unknown { reason: wrong_story::appended_twice(places, &append) }, None);
            }
            Err(wrong) => {
                let all = Observed::default();
                return (violation(history, wrong_story::wrong(history, &all, &wrong)), Some(none));
            }
        };
        if observed.transactions.is_empty() {
            return (Verdict::Ok, None);
        }
        let versions = match Versions::new(&observed) {
            Ok(versions) => versions,
            Err(wrong) => return (violation(history, wrong_story::wrong(history, &observed, &wrong)), Some(none)),
        };
        let Circles { any, timed } = circles(&observed, &versions);
        let order = Order { serializable: any.is_none(), real_time: timed.is_none() };
        // Of two that prove it, the one that breaks more is told, if it is no harder to follow.
        let smaller =
            |any: &Circle| timed.as_ref().is_none_or(|timed| any.transactions.len() <= timed.transactions.len());
        let (circle, real_time) = match (any, self.real_time) {
            (Some(any), false) => (Some(any), false),
            (Some(any), true) if smaller(&any) => (Some(any), false),
            (_, true) => (timed, true),
            (None, false) => (None, false),
        };
        let relation = Relation { observed: &observed, versions: &versions, real_time };
        let verdict =
            circle.map_or(Verdict::Ok, |circle| violation(history, story::circle(history, &relation, &circle)));
        (verdict, Some(order))
    }
}

fn keys(history: &History) -> usize {
    let transactions = history.operations.iter().filter(|operation| operation.action.object() == Object::Lists);
    let mut keys: Vec<_> = transactions.flat_map(crate::Operation::keys).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

fn violation(history: &History, (key, story): (crate::Text, crate::explain::Story)) -> Verdict {
    Verdict::Violation(Box::new(explanation(history, &key, story)))
}

/// A circle that needs no real time, and one that may.
struct Circles {
    any: Option<Circle>,
    timed: Option<Circle>,
}

fn circles(observed: &Observed<'_>, versions: &Versions) -> Circles {
    let find = |real_time: bool| {
        let graph = Graph::new(observed, versions, real_time);
        let groups = components(&graph);
        let relation = Relation { observed, versions, real_time };
        if groups.is_empty() { None } else { smallest(&relation, &graph, &groups, Instant::now() + SEARCH) }
    };
    let timed = find(true);
    // What is in order with real time is in order without.
    let any = if timed.is_some() { find(false) } else { None };
    Circles { any, timed }
}
