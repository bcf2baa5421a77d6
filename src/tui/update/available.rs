//! Which actions make sense now, and why the others do not. The footer shows what this lets through, and a key that
//! is pressed anyway is answered with the reason.

use std::time::Instant;

use crate::facts::StageVerdict;
use crate::tui::action::{Action, Pane};
use crate::tui::app::{App, Overlay, Screen};
use crate::tui::card::CardPane;
use crate::tui::cluster;
use crate::tui::history::{Reader, file_of};
use crate::tui::results::State;
use crate::tui::workbench::Workbench;

/// `Err` says in a sentence why the action does nothing now.
pub fn available(action: Action, app: &App) -> Result<(), String> {
    let always = matches!(
        action,
        Action::Help
            | Action::Close
            | Action::Interrupt
            | Action::Suspend
            | Action::Redraw
            | Action::Quit
            | Action::QuitNow
            | Action::Mouse
            | Action::Up
            | Action::Down
            | Action::Left
            | Action::Right
            | Action::HalfUp
            | Action::HalfDown
            | Action::PageUp
            | Action::PageDown
            | Action::Top
            | Action::Bottom
            | Action::Open
    );
    match &app.screen {
        _ if always => Ok(()),
        Screen::Workbench(bench) => on_bench(action, bench, app.overlay.as_ref(), app.now),
        Screen::Picker(_) => Err("Choose a challenge first.".to_owned()),
        Screen::Opening => Err("The directory is being opened.".to_owned()),
        Screen::Broken(_) => Err("Fix the project, and start lsfr again.".to_owned()),
    }
}

fn on_bench(action: Action, bench: &Workbench, overlay: Option<&Overlay>, now: Instant) -> Result<(), String> {
    let on_card = matches!(overlay, Some(Overlay::Card(_) | Overlay::History(_)));
    let reader = match overlay {
        Some(Overlay::History(pane)) => pane.reader(),
        _ => None,
    };
    let only_if = |condition: bool, reason: &str| if condition { Ok(()) } else { Err(reason.to_owned()) };
    match action {
        Action::Run | Action::RunSoFar => Ok(()),
        Action::RunTest => only_if(bench.chosen_test().is_some(), "This stage has no test to run alone."),
        Action::Cancel => match &bench.run {
            None => Err("Nothing is running.".to_owned()),
            Some(run) => only_if(!run.cancelled, "The run is being ended already."),
        },
        Action::Next => next(bench),
        Action::Hint | Action::Moment | Action::CopyAll => {
            only_if(bench.chosen_card().is_some(), "No test of this stage has failed.")
        }
        Action::Copy => only_if(
            bench.focus == Pane::Logs && bench.store.is_some() || bench.chosen_card().is_some(),
            "There is nothing to copy: a failure's request can be, and a line of the logs.",
        ),
        Action::History => history(bench, overlay),
        Action::Keys => {
            only_if(reader.is_some_and(|reader| reader.keys() > 1), "No history of several keys is open.")
        }
        Action::ZoomIn | Action::ZoomOut => only_if(reader.is_some(), "No history is open."),
        Action::NextMark if matches!(overlay, Some(Overlay::History(_))) => {
            only_if(reader.is_some_and(Reader::has_marks), "No operation of this history proves anything.")
        }
        Action::Cluster => cluster(bench, overlay, now),
        Action::Back => only_if(bench.logs.can_go_back(), "The logs are where they were."),
        Action::Search => only_if(
            !on_card && matches!(bench.focus, Pane::Guide | Pane::Logs),
            "The guide and the logs can be searched: go to one of them first.",
        ),
        Action::NextMatch | Action::PreviousMatch => only_if(is_searching(bench), "No search is open."),
        Action::NextLink => only_if(
            !on_card && bench.focus == Pane::Guide && bench.guide.has_stops(),
            "No link and no code is in sight.",
        ),
        Action::Filter | Action::Nodes | Action::Columns | Action::Follow | Action::Mark | Action::NextMark => {
            only_if(bench.store.is_some(), "There are no logs yet: they come with the first run.")
        }
        _ => Ok(()),
    }
}

/// Whether the search of the pane with the focus is open.
pub(super) fn is_searching(bench: &Workbench) -> bool {
    match bench.focus {
        Pane::Guide => bench.guide.is_searching(),
        Pane::Logs => bench.logs.is_searching(),
        Pane::Stages | Pane::Tests => false,
    }
}

fn cluster(bench: &Workbench, overlay: Option<&Overlay>, now: Instant) -> Result<(), String> {
    let there = match overlay {
        Some(Overlay::Cluster(_)) => true,
        Some(Overlay::Card(card)) => card.card().cluster.is_some(),
        _ => cluster::scene(bench, now).is_some(),
    };
    match bench.cluster.size() {
        _ if there => Ok(()),
        0 => Err("No node is known yet: they come with the first run, where the program is a server.".to_owned()),
        _ => Err("One node has no links to show. Stages with several nodes have.".to_owned()),
    }
}

fn history(bench: &Workbench, overlay: Option<&Overlay>) -> Result<(), String> {
    let card = match overlay {
        Some(Overlay::History(_)) => return Ok(()),
        Some(Overlay::Card(card)) => Some(card.card()),
        Some(Overlay::Cluster(pane)) => pane.card().map(CardPane::card).or_else(|| bench.chosen_card()),
        _ => bench.chosen_card(),
    };
    match card.and_then(file_of) {
        Some(_) => Ok(()),
        None => Err("Only the failure of a test with a workload has a history.".to_owned()),
    }
}

fn next(bench: &Workbench) -> Result<(), String> {
    let current = &bench.course.current;
    if bench.course.stages.iter().all(|stage| bench.is_completed(&stage.key)) {
        return Err("Every stage is done.".to_owned());
    }
    if bench.run.is_some() {
        return Err("The run in flight decides that: wait for it, or cancel it.".to_owned());
    }
    match (bench.verdict(current), bench.results.get(current)) {
        (Some(StageVerdict::Failed), Some(results)) if bench.watch.on && bench.fresh.contains(current) => {
            if let Some(card) = bench.blocked(results) {
                return Err(format!("{current} comes first. {}.", card.title()));
            }
            let failed = results.count(|state| matches!(state, State::Failed(_) | State::NotJudged(_)));
            let fail = if failed == 1 { "fails" } else { "fail" };
            Err(format!("{current} comes first: {failed} of its tests {fail}."))
        }
        _ => Ok(()),
    }
}
