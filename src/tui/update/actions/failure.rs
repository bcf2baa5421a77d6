//! A failure and the ways to look at it: its card, its moment in the logs, its cluster, its history.

use std::path::PathBuf;

use super::only_if;
use crate::report::card::Card;
use crate::report::places::SourcePlace;
use crate::tui::action::{Action, Pane};
use crate::tui::card::CardPane;
use crate::tui::cluster::ClusterPane;
use crate::tui::effect::{Edited, Effect};
use crate::tui::guide::{Copyable, openable};
use crate::tui::history::{HistoryPane, file_of};
use crate::tui::layers::{Layer, copied, request_copied};
use crate::tui::messages::MessagesPane;
use crate::tui::ui::Ui;
use crate::tui::update::stage::open_logs;
use crate::tui::workbench::{Jump, Workbench};

pub(super) fn available(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    match action {
        Action::Hint => match ui.card() {
            None => Err("No test of this stage has failed.".to_owned()),
            Some(card) => only_if(!card.hints.is_empty(), "There is no hint for this failure."),
        },
        Action::CopyAll => only_if(ui.card().is_some(), "No test of this stage has failed."),
        Action::Moment => only_if(ui.moment().is_some(), "No test of this stage has failed."),
        Action::Copy => only_if(
            bench.focus == Pane::Logs && bench.store.is_some() || in_guide(bench).is_some() || ui.card().is_some(),
            "There is nothing to copy: a failure's request can be, a line of the logs, and code of the guide.",
        ),
        Action::History => only_if(
            ui.layers.history().is_some() || ui.card().and_then(file_of).is_some(),
            "Only the failure of a test with a workload has a history.",
        ),
        Action::Cluster => cluster_to_show(ui, bench),
        Action::LastPass => match ui.card() {
            None => Err("No test of this stage has failed.".to_owned()),
            Some(card) => only_if(
                bench.moments.past().before(card).is_some(),
                "No run that is still recorded has passed this test before.",
            ),
        },
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
        Action::Cluster => return Some(cluster(ui)),
        Action::History => return Some(history(ui)),
        Action::LastPass => return Some(last_pass(ui)),
        Action::Back => {
            if let Some(bench) = ui.app.workbench_mut() {
                bench.logs.jump_back();
                bench.focus(Pane::Logs);
            }
        }
        Action::Edit => return Some(vec![Effect::Edit(edited(ui))]),
        Action::Fold => return Some(fold(ui)),
        Action::EditRunSh => return Some(vec![Effect::Edit(Edited::RunSh)]),
        Action::Copy => return Some(copy(ui)),
        Action::CopyAll => {
            let text = ui.card().map(|card| CardPane::new(card.clone()).text());
            let Some(text) = text else { return Some(Vec::new()) };
            return Some(copied(&mut ui.app, text, "The whole failure is copied."));
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
    let Some(bench) = ui.app.workbench_mut() else { return };
    if let Some(test) = bench.failing().map(str::to_owned) {
        bench.opening = Some((bench.shown.clone(), test));
        return ui.app.say("This failure is being written up, and opens then.");
    }
    let Some(bench) = ui.app.bench() else { return };
    let chosen = bench.chosen_entry().filter(|entry| bench.focus == Pane::Tests && entry.card().is_none());
    if let Some(entry) = chosen {
        let said = match entry.test() {
            Some(test) => {
                let run = ui.app.keymap.shown(Action::RunTest);
                format!("\"{}\" has no failure to show. {run} runs it alone.", test.name)
            }
            None => "These tests were not tried: there is no failure to show.".to_owned(),
        };
        return ui.app.say(said);
    }
    match bench.chosen_card().cloned() {
        Some(card) => ui.layers.push(Layer::Card(Box::new(CardPane::new(card)))),
        None => ui.app.say("No test of this stage has failed."),
    }
}

/// What the editor is opened on: the log of the line under the cursor; else where the failure points, if it does.
fn edited(ui: &Ui) -> Edited {
    if let Some(card) = ui.open_card() {
        return card.place.clone().map_or(Edited::Project, Edited::At);
    }
    let Some(bench) = ui.app.bench() else { return Edited::Project };
    let line = bench.store.as_ref().filter(|_| bench.focus == Pane::Logs && ui.layers.is_empty());
    if let Some(source) = line.and_then(|store| bench.logs.source_at_cursor(store)) {
        let file = source.file.strip_prefix(&bench.course.dir).unwrap_or(&source.file);
        let line = u32::try_from(source.line).unwrap_or(u32::MAX);
        return Edited::At(SourcePlace { file: file.to_string_lossy().into_owned(), line, column: None });
    }
    bench.place_to_edit().cloned().map_or(Edited::Project, Edited::At)
}

/// Opens or closes what folds under the cursor; in what has no such things, a page down.
fn fold(ui: &mut Ui) -> Vec<Effect> {
    let in_tests = ui.layers.is_empty() && ui.app.bench().is_some_and(|bench| bench.focus == Pane::Tests);
    if !in_tests {
        return super::act(ui, Action::PageDown);
    }
    if !ui.app.workbench_mut().is_some_and(Workbench::toggle) {
        ui.app.say("Nothing opens here.");
    }
    Vec::new()
}

fn cluster_to_show(ui: &Ui, bench: &Workbench) -> Result<(), String> {
    if ui.layers.iter().any(|layer| matches!(layer, Layer::Cluster(_))) {
        return Ok(());
    }
    if let Some(Layer::Messages(messages)) = ui.layers.top() {
        let flying = bench.run.as_ref().and_then(|run| run.folder.as_deref());
        only_if(
            bench.run.is_none() || flying == Some(messages.run()),
            "The cluster is that of the run in flight; these messages are an earlier one's.",
        )?;
        return only_if(messages.reader().is_some(), "No node has said anything yet.");
    }
    match ClusterPane::default().scene(bench, ui.open_card(), ui.app.now) {
        None => Err("No node is known yet: they come with the first run, where the program is a server.".to_owned()),
        Some(scene) => only_if(scene.size() > 1, "One node is no cluster: the logs say all that happens to it."),
    }
}

/// Opens the cluster view, that of the open failure if there is one; or goes back to it or from it.
fn cluster(ui: &mut Ui) -> Vec<Effect> {
    if ui.layers.back_to(|layer| matches!(layer, Layer::Cluster(_))) {
        return Vec::new();
    }
    let run = ui.run();
    let pane = match ui.layers.top() {
        Some(Layer::Messages(messages)) => cluster_beside(messages),
        _ => {
            let reader = ui.layers.history().and_then(HistoryPane::reader);
            let chosen = reader.map(|reader| reader.chosen_operation());
            ClusterPane::new(chosen.map(|chosen| chosen.returned.unwrap_or(chosen.called)))
        }
    };
    ui.layers.push(Layer::Cluster(Box::new(pane)));
    // What its nodes were at other moments, and what they said, is in the records of its run.
    let Some(bench) = ui.app.workbench_mut().filter(|bench| bench.run.is_none()) else { return Vec::new() };
    match run {
        Some(run) if bench.logged.as_ref() != Some(&run) => open_logs(bench, run),
        _ => Vec::new(),
    }
}

/// As it was when the chosen message was sent.
fn cluster_beside(messages: &MessagesPane) -> ClusterPane {
    let reader = messages.reader();
    let Some((reader, moment)) = reader.and_then(|reader| Some((reader, reader.moment()?))) else {
        return ClusterPane::default();
    };
    match reader.loaded().timelines.at(moment) {
        Some(timeline) => ClusterPane::in_test(moment, timeline.test()),
        None => ClusterPane::new(Some(moment)),
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
    let Some((bench, file)) = ui.app.bench().zip(file_of(&card)) else { return Vec::new() };
    let (file, run) = (bench.course.dir.join(file), bench.course.dir.join(&card.records));
    // From messages of the same run, it opens where these stand.
    let messages = ui.layers.messages().filter(|messages| messages.run() == run);
    let moment = messages.and_then(|messages| messages.reader()?.moment());
    ui.layers.push(Layer::History(Box::new(HistoryPane::new(card, file.clone(), moment))));
    vec![Effect::OpenHistory(file)]
}

/// The moment that is looked at, in the logs of its run, which are opened if others are open.
fn moment(ui: &mut Ui) -> Vec<Effect> {
    let Some(moment) = ui.moment() else { return Vec::new() };
    show_in_logs(ui, moment.run, Jump::At(moment.at))
}

/// The run before the failure in which its test passed, from the beginning of the test.
fn last_pass(ui: &mut Ui) -> Vec<Effect> {
    let Some((bench, card)) = ui.app.bench().zip(ui.card()) else { return Vec::new() };
    let Some(before) = bench.moments.past().before(card) else { return Vec::new() };
    let (run, jump) = (before.passed.run.clone(), Jump::Test { stage: card.stage.clone(), test: card.test.clone() });
    let key = ui.app.keymap.shown(Action::Moment);
    ui.app.say(format!("This is the run that passed. {key} returns to the failure."));
    show_in_logs(ui, run, jump)
}

fn show_in_logs(ui: &mut Ui, run: PathBuf, jump: Jump) -> Vec<Effect> {
    ui.layers.clear();
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    bench.focus(Pane::Logs);
    if bench.logged.as_ref() == Some(&run) {
        bench.jump_to(&jump);
        return Vec::new();
    }
    if bench.run.is_some() {
        ui.app.say("The logs are those of the run in flight; these are an earlier one's.");
        return Vec::new();
    }
    bench.jump = Some(jump);
    open_logs(bench, run)
}

/// What can be copied of the guide, while it has the focus.
fn in_guide(bench: &Workbench) -> Option<Copyable> {
    if bench.focus == Pane::Guide { bench.guide.copyable() } else { None }
}

/// What the focus is on: a line of the logs, code of the guide, or the request of the failure.
fn copy(ui: &mut Ui) -> Vec<Effect> {
    if let Some(found) = ui.app.bench().and_then(in_guide) {
        let said = match &found {
            Copyable::Commands { count: 1, .. } => "The command is copied.".to_owned(),
            Copyable::Commands { count, .. } => format!("{count} commands are copied."),
            Copyable::Code(_) => "The code is copied.".to_owned(),
            Copyable::Address(_) => "The address is copied.".to_owned(),
        };
        return copied(&mut ui.app, found.text().to_owned(), &said);
    }
    let line = ui.app.bench().filter(|bench| bench.focus == Pane::Logs).and_then(|bench| {
        let store = bench.store.as_ref()?;
        bench.logs.current_text(store)
    });
    if let Some(line) = line {
        return copied(&mut ui.app, line, "The line is copied.");
    }
    let curl = ui.card().and_then(|card| card.request.as_ref()).map(|request| request.curl.clone());
    request_copied(&mut ui.app, curl.as_deref())
}
