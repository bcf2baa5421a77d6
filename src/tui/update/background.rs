//! What the background brings: files that changed, and what became of effects.

use std::io;
use std::path::Path;

use super::actions::messages;
use super::stage::show_stage;
use super::{place, run};
use crate::report::card::Card;
use crate::report::journal;
use crate::tui::action::{Action, Pane};
use crate::tui::app::{App, Screen};
use crate::tui::card::CardPane;
use crate::tui::effect::{Effect, Request, Scope};
use crate::tui::event::{Advanced, Course, Done, Nodes, StageText};
use crate::tui::finale::Finale;
use crate::tui::layers::{Layer, Note};
use crate::tui::logs::LogStore;
use crate::tui::progress::{Past, Trigger};
use crate::tui::results::{StageResults, State};
use crate::tui::tour::Tour;
use crate::tui::ui::Ui;
use crate::tui::workbench::Workbench;
use crate::watch::WatchEvent;

pub(super) fn watch(app: &mut App, event: WatchEvent) -> Vec<Effect> {
    let now = app.now;
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    match event {
        WatchEvent::Watching { files, how } => {
            bench.watch.state = Some((files, how));
            bench.watch.problem = None;
            Vec::new()
        }
        WatchEvent::Problem(problem) => {
            bench.watch.problem = Some(problem.clone());
            app.complain(problem);
            Vec::new()
        }
        WatchEvent::Changed { files } => {
            bench.moments.files_changed();
            let learners = bench.watch.own.changed(&files, now);
            if !bench.watch.on || learners.is_empty() {
                return Vec::new();
            }
            bench.course.untouched = false;
            run::again(bench, learners)
        }
    }
}

pub(super) fn done(ui: &mut Ui, done: Done) -> Vec<Effect> {
    match done {
        Done::Opened(Ok(course)) => return opened(ui, *course),
        Done::Opened(Err(message)) => ui.app.screen = Screen::Broken(message),
        Done::Recalled(remembered) => return place::recall(&mut ui.app, *remembered),
        Done::Stage { key, loaded } => return stage(ui, key, loaded),
        Done::Past(past) => remember(ui, *past),
        Done::Recorded(stages) => return recorded(&mut ui.app, stages),
        Done::Logs { run, store, nodes } => logs(&mut ui.app, &run, store, nodes),
        Done::History { file, read } => {
            // That of another failure may have been opened since.
            let pane = ui.layers.iter_mut().find_map(|layer| match layer {
                Layer::History(pane) if pane.file() == file => Some(pane),
                _ => None,
            });
            if let Some(pane) = pane {
                pane.read(read);
            }
        }
        Done::Messages { number, outcome } => return messages::answered(ui, number, outcome),
        Done::Advanced(result) => return advanced(ui, result),
        Done::Hint { stage, test, given } => hint(ui, &stage, &test, given),
        Done::Edited(Ok(())) => {}
        Done::Edited(Err(message)) => ui.app.complain(message),
        Done::Told(text) => ui.app.say(text),
        Done::Scaffolded(Ok(dir)) => {
            ui.app.say(format!("Made {}. `lsfr` in there opens it again.", dir.display()));
            return vec![Effect::OpenProject(dir)];
        }
        Done::Scaffolded(Err(message)) => match &mut ui.app.screen {
            Screen::Picker(picker) => picker.refuse(message),
            _ => ui.app.complain(message),
        },
    }
    Vec::new()
}

fn stage(ui: &mut Ui, key: String, loaded: Result<StageText, String>) -> Vec<Effect> {
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    match loaded {
        Ok(text) => {
            bench.texts.insert(key.clone(), text);
            if bench.shown == key { show_stage(bench, &key) } else { Vec::new() }
        }
        Err(text) => {
            let title = format!("{key} cannot be read");
            ui.layers.show(Layer::Note(Note { title, text }));
            Vec::new()
        }
    }
}

/// What the records say, also to what is shown of it already.
fn remember(ui: &mut Ui, past: Past) {
    let Some(bench) = ui.app.workbench_mut() else { return };
    bench.moments.remember(past);
    for layer in ui.layers.iter_mut() {
        match layer {
            Layer::Passed(pane) => pane.effort = journal::effort(&bench.moments.past().journal, &pane.stage),
            Layer::Finale(finale) => **finale = Finale::of(bench),
            _ => {}
        }
    }
}

fn recorded(app: &mut App, stages: Vec<StageResults>) -> Vec<Effect> {
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    bench.recorded = true;
    // What the learner left in the last run, and comes back to.
    let last = stages.first().and_then(|results| results.run.clone());
    let failed = stages.iter().filter(|results| results.run == last).find(|results| results.has_failed());
    let failed = failed.filter(|_| bench.run.is_none()).map(|results| results.stage.clone());
    for results in stages {
        for test in results.tests.iter().filter(|test| matches!(test.state, State::Failed(_))) {
            bench.failed.entry((results.stage.clone(), test.name.clone())).or_insert(test.seed);
        }
        // What a run has said in the meantime is newer.
        bench.results.entry(results.stage.clone()).or_insert(results);
    }
    let effects = match failed {
        Some(stage) => place::show_failure(bench, &stage, last.as_deref()),
        None => {
            let shown = bench.shown.clone();
            show_stage(bench, &shown)
        }
    };
    // One of this app's own is newer.
    bench.newest = bench.newest.take().or(last);
    effects
}

fn logs(app: &mut App, run: &Path, store: io::Result<LogStore>, nodes: Option<Box<Nodes>>) {
    let Some(bench) = app.workbench_mut() else { return };
    // Others have been asked for since.
    if bench.logged.as_deref() != Some(run) {
        return;
    }
    let store = match store {
        Ok(store) => store,
        Err(error) => return app.complain(format!("The logs cannot be read: {error}")),
    };
    // A run that ended while its logs were being opened has nothing to add to them.
    if bench.run.as_ref().is_none_or(|flying| flying.folder.as_deref() != Some(run)) {
        store.ended();
    }
    if let Some(nodes) = nodes {
        (bench.cluster, bench.timelines) = (nodes.cluster, nodes.timelines);
    }
    bench.logs.reset();
    bench.store = Some(store);
    if let Some(jump) = bench.jump.take() {
        bench.jump_to(&jump);
    }
}

fn opened(ui: &mut Ui, course: Course) -> Vec<Effect> {
    let title = format!("{} · lsfr", course.key);
    let shown = course.current.clone();
    let mut bench = Workbench::new(course);
    bench.shares = ui.app.shares;
    let mut effects = show_stage(&mut bench, &shown);
    effects.extend([Effect::LoadResults, Effect::LoadPast, Effect::StartWatch, Effect::Title(title)]);
    ui.layers.clear();
    if ui.app.tour.is_none() {
        // Before the first frame, and before what runs have said.
        effects.insert(0, Effect::Recall);
    }
    if let Some(Tour { stage, seed, .. }) = ui.app.tour.clone() {
        // Nothing to read first: a newcomer sees it work.
        effects.extend(show_stage(&mut bench, &stage));
        bench.focus(Pane::Tests);
        let scope = Scope::SoFar(stage);
        bench.last = Some(scope.clone());
        bench.moments.trigger = Some(Trigger::Opened);
        let request = bench.request(scope);
        effects.extend(run::begin(&mut bench, Request { seed, ..request }));
    }
    ui.app.screen = Screen::Workbench(Box::new(bench));
    effects
}

fn advanced(ui: &mut Ui, result: Result<Advanced, String>) -> Vec<Effect> {
    match result {
        Err(message) => {
            let title = "lsfr.yaml stays as it is".to_owned();
            ui.layers.show(Layer::Note(Note { title, text: message }));
            Vec::new()
        }
        Ok(Advanced::TestFirst) => {
            ui.layers.clear();
            ui.app.workbench_mut().map_or(Vec::new(), run::to_advance)
        }
        Ok(Advanced::Elsewhere(course)) => {
            let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
            bench.course = *course;
            let current = bench.course.current.clone();
            let effects = show_stage(bench, &current);
            ui.layers.clear();
            ui.app.say(format!("lsfr.yaml has changed: the stage is {current} now."));
            effects
        }
        Ok(Advanced::Moved(moved)) => {
            let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
            bench.course.completed = moved.completed;
            bench.course.current.clone_from(&moved.to);
            bench.focus(Pane::Guide);
            bench.last = None;
            let effects = show_stage(bench, &moved.to);
            ui.layers.clear();
            if moved.finished {
                ui.layers.show(Layer::Finale(Box::new(Finale::of(bench))));
            } else {
                ui.app.say(format!("{} is done. Now: {}.", moved.from, moved.to));
            }
            effects
        }
    }
}

fn hint(ui: &mut Ui, stage: &str, test: &str, given: Result<Option<usize>, String>) {
    let guide = ui.app.keymap.shown(Action::Focus(Pane::Guide));
    let Some(bench) = ui.app.workbench_mut() else { return };
    let Some(card) =
        bench.results.get_mut(stage).and_then(|results| results.cards.iter_mut().find(|card| card.test == test))
    else {
        return;
    };
    if let Ok(Some(number)) = given {
        card.hints_given = number;
    }
    let (card, none) = (card.clone(), card.hints.is_empty());
    match given {
        Ok(None) if none => {
            ui.app.say(format!("There is no hint for this failure. {guide} shows what the guide says."))
        }
        Ok(number) => {
            show_hints(ui, card);
            if number.is_none() {
                ui.app.say(format!("That was the last hint. {guide} shows what the guide says."));
            }
        }
        Err(message) => ui.app.complain(message),
    }
}

/// Brings the hints of a failure into sight, over whatever else is shown of it.
fn show_hints(ui: &mut Ui, card: Card) {
    let is_it = |layer: &Layer| matches!(layer, Layer::Card(open) if open.card().is_of(&card.stage, &card.test));
    if !ui.layers.iter().any(is_it) {
        ui.layers.show(Layer::Card(Box::new(CardPane::new(card.clone()))));
    }
    ui.layers.retain(|layer| !matches!(layer, Layer::Cluster(_) | Layer::History(_) | Layer::Messages(_)));
    for layer in ui.layers.iter_mut() {
        if let Layer::Card(open) = layer {
            open.set_hints_given(card.hints_given);
            open.show_hints();
        }
    }
}
