//! Judging histories.

// The same histories that tests judge.
#[path = "../../crates/history/src/simulation.rs"]
mod simulation;

use std::time::Instant;

use history::{Action, Checker, History, Limits, Linearizable, Operation, Outcome, Verdict};

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
    rows.into_iter().map(|(what, simulation, right, budget)| row(what, simulation, right, budget)).collect()
}

fn row(what: &'static str, simulation: Simulation, right: bool, budget: f64) -> Result<Row> {
    let mut figures = Vec::new();
    let mut made_of = String::new();
    for seed in 1..=ROUNDS {
        let history = Simulation { seed, ..simulation }.run();
        let history: History = if right { history } else { with_stale_read(history, "k0", 30) };
        let began = Instant::now();
        let judgement = Linearizable.judge(&history, &Limits::default());
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
