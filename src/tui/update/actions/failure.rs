//! A failure and the ways to look at it: its card, its moment in the logs, its cluster, its history.

use super::only_if;
use crate::report::card::Card;
use crate::tui::action::{Action, Pane};
use crate::tui::card::CardPane;
use crate::tui::cluster::ClusterPane;
use crate::tui::effect::{Edited, Effect};
use crate::tui::guide::openable;
use crate::tui::history::{HistoryPane, file_of};
use crate::tui::layers::Layer;
use crate::tui::ui::Ui;
use crate::tui::update::stage::open_logs;
use crate::tui::workbench::Workbench;

pub(super) fn available(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    match action {
        Action::Hint | Action::CopyAll => only_if(ui.card().is_some(), "No test of this stage has failed."),
        Action::Moment => only_if(ui.moment().is_some(), "No test of this stage has failed."),
        Action::Copy => only_if(
            bench.focus == Pane::Logs && bench.store.is_some() || ui.card().is_some(),
            "There is nothing to copy: a failure's request can be, and a line of the logs.",
        ),
        Action::History => only_if(
            ui.layers.history().is_some() || ui.card().and_then(file_of).is_some(),
            "Only the failure of a test with a workload has a history.",
        ),
        Action::Cluster => cluster_to_show(ui, bench),
        Action::Back => only_if(bench.logs.can_go_back(), "The logs are where they were."),
        _ => Ok(()),
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Open => return Some(open(ui)),
        Action::Hint => {
            return Some(ui.card().map(|card| Effect::Hint(Box::new(card.clone()))).into_iter().collect());
        }
        Action::Moment => return Some(moment(ui)),
        Action::Cluster => cluster(ui),
        Action::History => return Some(history(ui)),
        Action::Back => {
            if let Some(bench) = ui.app.workbench_mut() {
                bench.logs.jump_back();
                bench.focus(Pane::Logs);
            }
        }
        Action::Edit => return Some(vec![Effect::Edit(Edited::Project)]),
        Action::EditRunSh => return Some(vec![Effect::Edit(Edited::RunSh)]),
        Action::Copy => return Some(copy(ui)),
        Action::CopyAll => {
            let text = ui.card().map(|card| CardPane::new(card.clone()).text());
            return Some(copied(ui, text, "The whole failure is copied."));
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// What enter opens: what the cursor is on.
fn open(ui: &mut Ui) -> Vec<Effect> {
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    match bench.focus {
        Pane::Stages => bench.focus(Pane::Guide),
        Pane::Guide => match bench.guide.current_link().map(str::to_owned) {
            Some(link) if openable(&link) => return vec![Effect::OpenLink(link)],
            Some(link) => ui.app.say(format!("Only web addresses are opened; this one is {link}")),
            None => open_card(ui),
        },
        Pane::Tests | Pane::Logs => open_card(ui),
    }
    Vec::new()
}

fn open_card(ui: &mut Ui) {
    let Some(bench) = ui.app.bench() else { return };
    let chosen = bench.chosen_test().filter(|_| bench.focus == Pane::Tests);
    if let Some(test) = &chosen
        && !test.state.is_bad()
    {
        let name = test.name.to_owned();
        let run = ui.app.keymap.shown(Action::RunTest);
        return ui.app.say(format!("\"{name}\" has no failure to show. {run} runs it alone."));
    }
    match bench.chosen_card().cloned() {
        Some(card) => ui.layers.push(Layer::Card(Box::new(CardPane::new(card)))),
        None => ui.app.say("No test of this stage has failed."),
    }
}

fn cluster_to_show(ui: &Ui, bench: &Workbench) -> Result<(), String> {
    let is_open = ui.layers.iter().any(|layer| matches!(layer, Layer::Cluster(_)));
    match bench.cluster.size() {
        _ if is_open || ClusterPane::default().scene(bench, ui.open_card(), ui.app.now).is_some() => Ok(()),
        0 => Err("No node is known yet: they come with the first run, where the program is a server.".to_owned()),
        _ => Err("One node has no links to show. Stages with several nodes have.".to_owned()),
    }
}

/// Opens the cluster view, that of the open failure if there is one; or goes back to it or from it.
fn cluster(ui: &mut Ui) {
    if !ui.layers.back_to(|layer| matches!(layer, Layer::Cluster(_))) {
        ui.layers.push(Layer::Cluster(Box::default()));
    }
}

/// Opens what the clients did before the failure that is open or chosen; or goes back to it or from it.
fn history(ui: &mut Ui) -> Vec<Effect> {
    if ui.layers.back_to(|layer| matches!(layer, Layer::History(_))) {
        return Vec::new();
    }
    let Some(card) = ui.card().cloned() else { return Vec::new() };
    if ui.layers.card().is_none() {
        // The way back leads through the failure.
        ui.layers.push(Layer::Card(Box::new(CardPane::new(card.clone()))));
    }
    open_history(ui, card)
}

/// The history of a failure over its card, if it has one.
pub(in crate::tui::update) fn open_history(ui: &mut Ui, card: Card) -> Vec<Effect> {
    let file = ui.app.bench().zip(file_of(&card)).map(|(bench, file)| bench.course.dir.join(file));
    let Some(file) = file else { return Vec::new() };
    ui.layers.push(Layer::History(Box::new(HistoryPane::new(card, file.clone()))));
    vec![Effect::OpenHistory(file)]
}

/// The moment that is looked at, in the logs of its run, which are opened if others are open.
fn moment(ui: &mut Ui) -> Vec<Effect> {
    let Some(moment) = ui.moment() else { return Vec::new() };
    ui.layers.clear();
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    bench.focus(Pane::Logs);
    if bench.logged.as_ref() == Some(&moment.run) {
        bench.logs.jump_to(moment.at);
        return Vec::new();
    }
    if bench.run.is_some() {
        ui.app.say("The logs are those of the run in flight; the failure is an earlier one's.");
        return Vec::new();
    }
    bench.jump = Some(moment.at);
    open_logs(bench, moment.run)
}

/// What the focus is on: a line of the logs, or the request of the failure.
fn copy(ui: &mut Ui) -> Vec<Effect> {
    let line = ui.app.bench().filter(|bench| bench.focus == Pane::Logs).and_then(|bench| {
        let store = bench.store.as_ref()?;
        bench.logs.current_text(store)
    });
    if let Some(line) = line {
        return copied(ui, Some(line), "The line is copied.");
    }
    let curl = ui.card().and_then(|card| card.request.as_ref()).map(|request| request.curl.clone());
    copied(ui, curl, "The request is copied.")
}

fn copied(ui: &mut Ui, text: Option<String>, said: &str) -> Vec<Effect> {
    match text {
        Some(text) => {
            ui.app.say(said);
            vec![Effect::Copy(text)]
        }
        None => {
            let all = ui.app.keymap.shown(Action::CopyAll);
            ui.app.say(format!("This failure has no request to copy; {all} copies the whole card."));
            Vec::new()
        }
    }
}
