//! Judging histories.

// The same histories that tests judge.
#[path = "../../crates/history/src/simulated_store.rs"]
#[expect(dead_code, reason = "its other bugs are for tests")]
mod simulated_store;
#[path = "../../crates/history/src/simulation.rs"]
mod simulation;

use std::time::Instant;

use history::{Action, Checker, History, Limits, Linearizable, List, ListAppend, Operation, Outcome, Step, Verdict};

use self::simulated_store::{Bug, SimulatedStore, with_stale_get};
use self::simulation::{Simulation, with_stale_read};
use super::{ROUNDS, Result, Row, median, milliseconds};

/// A history right or wrong is judged, never unknown, each time within the budget.
pub(super) fn history() -> Result<Vec<Row>> {
    let many_keys =
        Simulation { seed: 1, clients: 100, operations: 100_000, keys: 100, unanswered: 1, conditional: false };
    let one_key = Simulation { clients: 10, operations: 10_000, keys: 1, unanswered: 5, ..many_keys };
    let short = Simulation { operations: 1_000, unanswered: 10, ..one_key };
    let conditional = |simulation: Simulation| Simulation { conditional: true, ..simulation };
    let rows = [
        ("judge 100,000 operations on 100 keys", many_keys, true, 100.0),
        ("  the same with deletes and compare-and-sets", conditional(many_keys), true, 1000.0),
        ("judge 10,000 on one key, 5% unanswered", one_key, true, 100.0),
        ("  the same with deletes and compare-and-sets", conditional(one_key), true, 1000.0),
        ("find the stale read of 1,000, 10% unanswered", short, false, 1000.0),
        ("  the same with deletes and compare-and-sets", conditional(short), false, 1000.0),
        ("find the stale read of 10,000, 5% unanswered", one_key, false, 1000.0),
        ("  the same with deletes and compare-and-sets", conditional(one_key), false, 1000.0),
    ];
    let registers = rows.into_iter().map(|(what, simulation, right, budget)| {
        row(what, &Linearizable, right, budget, |seed| {
            let history = Simulation { seed, ..simulation }.run();
            if right { history } else { with_stale_read(history, "k0", 30) }
        })
    });
    registers.chain(transactions()).collect()
}

/// 100,000 transactions of 4 operations, right or with one that is wrong.
fn transactions() -> Vec<Result<Row>> {
    let store = SimulatedStore {
        seed: 1,
        clients: 100,
        transactions: 100_000,
        keys: 1_000,
        steps: (4, 4),
        fresh_after: 100,
        unanswered: 1,
        final_reads: true,
        bug: None,
    };
    let right = move |seed| SimulatedStore { seed, ..store }.run();
    let skewed = move |seed| {
        // Few keys, so that among some hundred transactions at least two get in each other's way.
        let bug = Some((Bug::WriteSkew, 100));
        SimulatedStore { seed, keys: 100, bug, ..store }.run()
    };
    let stale = move |seed| with_stale_get(right(seed));
    vec![
        row("judge 100,000 transactions of 4 on 1,000 keys", &ListAppend::STRICT, true, 1000.0, right),
        row("find the stale read among them", &ListAppend::STRICT, false, 1000.0, stale),
        row("find the write skew of 100,000 on 100 keys", &ListAppend::STRICT, false, 1000.0, skewed),
    ]
}

fn row(
    what: &'static str,
    checker: &dyn Checker,
    right: bool,
    budget: f64,
    history: impl Fn(u64) -> History,
) -> Result<Row> {
    let mut figures = Vec::new();
    let mut made_of = String::new();
    for seed in 1..=ROUNDS {
        let history = history(seed);
        let began = Instant::now();
        let judgement = checker.judge(&history, &Limits::default());
        figures.push(milliseconds(began.elapsed()));
        match (&judgement.verdict, right) {
            (Verdict::Ok, true) => {}
            (Verdict::Violation(explanation), false) => {
                made_of = format!("told by {} operations", explanation.operations.len());
            }
            (verdict, _) => return Err(format!("{what}, seed {seed}: {verdict:?}").into()),
        }
    }
    Ok(Row { what, figure: median(figures), budget, unit: "ms", made_of })
}
