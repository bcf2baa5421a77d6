//! The failure beside the tests follows the cursor and the run.

use crate::facts::StageVerdict;
use crate::report::card::{Card, Subject};
use crate::tui::app::App;
use crate::tui::card::CardPane;
use crate::tui::results::State;
use crate::tui::workbench::Workbench;

/// After each event: the failure that keys mean now, or one that a run in flight has not answered yet.
pub(super) fn follow(app: &mut App) {
    let Some(bench) = app.workbench_mut() else { return };
    let chosen = bench.chosen_card();
    let shown = bench.preview.as_deref().map(CardPane::card);
    let Some(chosen) = chosen else {
        if !shown.is_some_and(|shown| is_still_open(bench, shown)) {
            bench.preview = None;
        }
        return;
    };
    if shown == Some(chosen) {
        return;
    }
    let mut pane = CardPane::new(chosen.clone());
    let is_same = |shown: &Card| shown.is_of(&chosen.stage, &chosen.test) && shown.records == chosen.records;
    if shown.is_some_and(|shown| is_same(shown) && shown.hints_given < chosen.hints_given) {
        pane.show_hints();
    }
    bench.preview = Some(Box::new(pane));
}

/// A run begins by forgetting what failed before. Whoever reads that keeps it, and the panes keep their places, until the
/// run has said how it went this time.
fn is_still_open(bench: &Workbench, card: &Card) -> bool {
    let results = bench.results.get(&card.stage);
    let answered = match card.subject {
        Subject::Test => {
            let state = results.and_then(|results| results.state(&card.test));
            matches!(state, Some(State::Passed(_) | State::Failed(_) | State::NotJudged(_) | State::NotRun(_)))
        }
        // The program is built and started as soon as any test has its turn.
        _ => results.is_some_and(|results| results.tests.iter().any(|test| test.state != State::Open)),
    };
    let passed = bench.verdict(&card.stage) == Some(StageVerdict::Passed);
    bench.run.is_some() && bench.shown == card.stage && !answered && !passed
}
