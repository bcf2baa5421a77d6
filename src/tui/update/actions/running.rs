//! Running tests, and moving on.

use super::only_if;
use crate::facts::StageVerdict;
use crate::report::card::Subject;
use crate::tui::action::{Action, Pane};
use crate::tui::effect::{Effect, Request, Scope};
use crate::tui::finale::Finale;
use crate::tui::layers::Layer;
use crate::tui::progress::Trigger;
use crate::tui::results::State;
use crate::tui::tour::Act;
use crate::tui::ui::Ui;
use crate::tui::update::run;
use crate::tui::update::stage::show_stage;
use crate::tui::workbench::Workbench;

pub(super) fn available(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    match action {
        Action::RunTest => {
            only_if(bench.chosen_test().is_some() || ui.open_card().is_some(), "No single test is chosen.")
        }
        Action::Cancel => match &bench.run {
            None => Err("Nothing is running.".to_owned()),
            Some(run) => only_if(!run.cancelled, "The run is being ended already."),
        },
        Action::Keep if !bench.course.has_nodes => Err("This challenge's programs have no nodes.".to_owned()),
        Action::Keep => match &bench.run {
            Some(run) => only_if(!run.cancelled, "The run is being ended already."),
            None => only_if(failed_test(ui).is_some(), "No test has failed: there are no nodes to look at."),
        },
        Action::Next => match &ui.app.tour {
            None => next(bench),
            Some(tour) if tour.act == Act::Cluster => Err("The tour ends here.".to_owned()),
            Some(_) => only_if(bench.run.is_none(), "The tour goes on when the tests have ended."),
        },
        _ => Ok(()),
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Run => start(ui, action, Scope::Stage),
        Action::RunSoFar => start(ui, action, Scope::SoFar),
        Action::RunTest => {
            let open = ui.open_card().filter(|card| card.subject == Subject::Test).map(|card| card.test.clone());
            let chosen = || ui.app.bench().and_then(Workbench::chosen_test).map(|test| test.name.to_owned());
            match open.or_else(chosen) {
                Some(test) => start(ui, action, |stage| Scope::Test { stage, test }),
                None => Vec::new(),
            }
        }
        Action::Cancel => ui.app.workbench_mut().map_or_else(Vec::new, run::cancel),
        Action::Keep if ui.app.bench().is_some_and(|bench| bench.run.is_some()) => run::keep(ui),
        Action::Keep => keep(ui),
        Action::Next if ui.app.tour.is_some() => second_act(ui),
        Action::Next => match ui.app.bench() {
            Some(bench) if is_complete(bench) => {
                let finale = Finale::of(bench);
                ui.layers.push(Layer::Finale(Box::new(finale)));
                Vec::new()
            }
            Some(bench) => vec![run::advance(bench, false)],
            None => Vec::new(),
        },
        Action::Watch => watch(ui),
        _ => return None,
    })
}

/// The test whose failure is open or chosen.
fn failed_test(ui: &Ui) -> Option<String> {
    ui.card().filter(|card| card.subject == Subject::Test).map(|card| card.test.clone())
}

/// Runs the test that failed again, and leaves its nodes up if it fails as before.
fn keep(ui: &mut Ui) -> Vec<Effect> {
    let Some(test) = failed_test(ui) else { return Vec::new() };
    let effects = start(ui, Action::Keep, |stage| Scope::Test { stage, test });
    ui.app.say("It runs again; if it fails, its nodes stay up.");
    effects
}

fn start(ui: &mut Ui, action: Action, scope: impl FnOnce(String) -> Scope) -> Vec<Effect> {
    // Of what is open, if anything is.
    let stage = ui.open_card().map(|card| card.stage.clone());
    // The cluster view stays, and shows the new one.
    let cluster = matches!(ui.layers.top(), Some(Layer::Cluster(_)));
    ui.layers.clear();
    if cluster {
        ui.layers.push(Layer::Cluster(Box::default()));
    }
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    bench.advance = false;
    bench.moments.trigger = Some(Trigger::Pressed(action));
    let stage = stage.unwrap_or_else(|| bench.shown.clone());
    let mut effects = show_stage(bench, &stage);
    effects.extend(run::start(bench, scope(stage), action == Action::Keep));
    effects
}

/// The tour's next failure: one test of a later stage, alone.
fn second_act(ui: &mut Ui) -> Vec<Effect> {
    let Some(tour) = &mut ui.app.tour else { return Vec::new() };
    tour.act = Act::Cluster;
    let ((stage, test), seed) = (tour.cluster.clone(), tour.seed);
    ui.layers.clear();
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let mut effects = show_stage(bench, &stage);
    bench.focus(Pane::Tests);
    bench.logs.reset();
    let request = bench.request(Scope::Test { stage, test });
    bench.last = Some(request.scope.clone());
    bench.moments.trigger = Some(Trigger::Pressed(Action::Next));
    effects.extend(run::begin(bench, Request { seed, ..request }));
    effects
}

fn watch(ui: &mut Ui) -> Vec<Effect> {
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    bench.watch.on = !bench.watch.on;
    bench.watch.state = None;
    if bench.watch.on {
        ui.app.say("A save runs the tests.");
        vec![Effect::StartWatch]
    } else {
        ui.app.say("Saves are not looked at; the tests run when you say so.");
        vec![Effect::StopWatch]
    }
}

fn is_complete(bench: &Workbench) -> bool {
    bench.course.stages.iter().all(|stage| bench.is_completed(&stage.key))
}

fn next(bench: &Workbench) -> Result<(), String> {
    let current = &bench.course.current;
    // What was done is shown again.
    if is_complete(bench) {
        return Ok(());
    }
    if bench.run.is_some() {
        return Err("The run in flight decides that: wait for it, or cancel it.".to_owned());
    }
    match (bench.verdict(current), bench.results.get(current)) {
        (Some(StageVerdict::Failed), Some(results)) if bench.watch.on && bench.is_current(current) => {
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
