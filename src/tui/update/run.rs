//! Runs: started, followed, ended. The newest wins: what is asked for while a run is in flight ends that run and comes
//! after it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::actions::open_history;
use super::stage::show_stage;
use crate::facts::{Event, LeftUp, NodeEventKind, Outcome, StageVerdict, Stamped, Verdict};
use crate::report::card::{Card, Subject};
use crate::report::phrases;
use crate::report::timeline::Timelines;
use crate::text::clean;
use crate::tui::action::{Action, Pane};
use crate::tui::app::App;
use crate::tui::card::CardPane;
use crate::tui::cluster::ClusterPane;
use crate::tui::effect::{Effect, Request, Scope};
use crate::tui::event::{RunId, RunNews};
use crate::tui::layers::{Layer, LeftUpPane, Note};
use crate::tui::osc::TaskProgress;
use crate::tui::passed::PassedPane;
use crate::tui::progress::{self, Trigger};
use crate::tui::results::{StageResults, State, TestResult};
use crate::tui::ui::Ui;
use crate::tui::workbench::{Phase, Run, Workbench};

/// Runs it, at once or as soon as what runs now has ended. `keep`: the nodes of the first test that fails stay up.
pub(super) fn start(bench: &mut Workbench, scope: Scope, keep: bool) -> Vec<Effect> {
    let request = Request { keep, ..bench.request(scope) };
    bench.last = Some(request.scope.clone());
    if bench.run.is_some() {
        bench.pending = Some(request);
        return end(bench);
    }
    begin(bench, request)
}

/// Asks to move on from what is known to be the current stage.
pub(super) fn advance(bench: &Workbench, tested: bool) -> Effect {
    let (current, completed) = (bench.course.current.clone(), bench.course.completed.clone());
    Effect::Advance { tested, current, completed }
}

pub(super) fn begin(bench: &mut Workbench, request: Request) -> Vec<Effect> {
    bench.runs += 1;
    bench.watch.own.began();
    bench.moments.begins();
    bench.run = Some(Run {
        id: bench.runs,
        request: request.clone(),
        began: None,
        seed: request.seed,
        folder: None,
        phase: Phase::Preparing,
        stage: None,
        test: None,
        step: String::new(),
        cancelled: false,
    });
    vec![Effect::Run { id: bench.runs, request }]
}

/// Ends the run in flight, and nothing comes after it.
pub(super) fn cancel(bench: &mut Workbench) -> Vec<Effect> {
    bench.pending = None;
    bench.advance = false;
    end(bench)
}

fn end(bench: &mut Workbench) -> Vec<Effect> {
    match &mut bench.run {
        Some(run) if !run.cancelled => {
            run.cancelled = true;
            run.phase = Phase::Stopping;
            vec![Effect::Cancel]
        }
        _ => Vec::new(),
    }
}

pub(super) fn news(ui: &mut Ui, id: RunId, news: RunNews) -> Vec<Effect> {
    let now = ui.app.now;
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let Some(run) = bench.run.as_mut().filter(|run| run.id == id) else { return Vec::new() };
    match news {
        RunNews::Prepared { folder } => {
            run.began = Some(now);
            run.folder = Some(folder.clone());
            // What this run says is not for the logs of the one before.
            bench.store = None;
            bench.logged = Some(folder.clone());
            bench.newest = Some(folder.clone());
            bench.cluster = Arc::default();
            bench.timelines = Timelines::default();
            bench.jump = None;
            bench.course.untouched = false;
            ui.layers.retain(|layer| !matches!(layer, Layer::Passed(_) | Layer::LeftUp(_)));
            vec![Effect::OpenLogs { run: folder, live: true }]
        }
        RunNews::Event { stamped, cluster } => {
            bench.timelines.event(&stamped, &cluster);
            bench.cluster = cluster;
            let mut effects = event(ui, *stamped);
            effects.extend(task_bar(&mut ui.app));
            effects
        }
        RunNews::Card(card) => {
            let (stage, test) = (card.stage.clone(), card.test.clone());
            let slug = bench.proves(&stage, &test).map(str::to_owned);
            let first = bench.results.get(&stage).is_some_and(|results| results.cards.is_empty());
            if first && stage == bench.shown {
                bench.guide.mark(slug.as_deref());
            }
            if let Some(results) = bench.results.get_mut(&stage) {
                results.cards.push((*card).clone());
            }
            let asked = bench.opening.take_if(|(of, name)| (of.as_str(), name.as_str()) == (&stage, &test)).is_some();
            // Whoever is reading a failure while its test runs again wants to see the new one.
            if is_open(ui, &stage, Some(&test)) {
                return replace(ui, *card);
            }
            if asked && ui.layers.is_empty() {
                ui.app.toast = None;
                ui.layers.push(Layer::Card(Box::new(CardPane::new(*card))));
            }
            Vec::new()
        }
        RunNews::Ended(outcome) => ended(ui, outcome),
    }
}

/// Tells the terminal how far the run is, if that has changed.
fn task_bar(app: &mut App) -> Option<Effect> {
    let now = app.now;
    let bench = app.workbench_mut()?;
    let progress = progress::of(bench, now).map_or(TaskProgress::None, |progress| progress.in_task_bar());
    bench.moments.tell(progress).map(Effect::Progress)
}

/// A failure in place of the open one, with the views that lie over it.
fn replace(ui: &mut Ui, card: Card) -> Vec<Effect> {
    let has_history = ui.layers.history().is_some();
    ui.layers.retain(|layer| !matches!(layer, Layer::History(_)));
    for layer in ui.layers.iter_mut() {
        match layer {
            Layer::Card(pane) => pane.replace(card.clone()),
            Layer::Cluster(pane) => **pane = ClusterPane::default(),
            _ => {}
        }
    }
    if has_history { open_history(ui, card) } else { Vec::new() }
}

fn event(ui: &mut Ui, stamped: Stamped) -> Vec<Effect> {
    let now = ui.app.now;
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let Some(run) = &mut bench.run else { return Vec::new() };
    let stopping = run.cancelled;
    match stamped.event {
        Event::RunStarted(started) => run.seed = Some(started.seed),
        Event::BuildStarted { command } if !stopping => run.phase = Phase::Building(command),
        Event::StageStarted { stage, tests, .. } => {
            if !stopping {
                run.phase = Phase::Testing;
            }
            run.stage = Some(stage.clone());
            stage_started(bench, stage, tests);
        }
        Event::TestStarted { stage, test } => {
            if !stopping {
                run.phase = Phase::Testing;
            }
            run.test = Some((test.clone(), now));
            run.step.clear();
            if let Some(results) = bench.results.get_mut(&stage) {
                results.set(&test, State::Running);
            }
        }
        Event::StepStarted { text } => {
            run.step = text;
            bench.moments.step_began(now);
        }
        Event::TestAgain { .. } => run.step = phrases::AGAIN.to_owned(),
        event @ (Event::Load(_) | Event::Copies { .. } | Event::Walking(_)) => {
            if let Some(text) = phrases::progress(&event) {
                run.step = text;
            }
        }
        Event::LeftUp(left) => return left_up(ui, left),
        Event::Node { node, what } if run.stands_still() => gone_by_hand(&mut ui.app, &node, &what),
        Event::TestEnded { stage, test, verdict, took } => test_ended(ui, stage, test, &verdict, took),
        Event::StageEnded { stage, verdict, .. } => {
            if let Some(results) = bench.results.get_mut(&stage) {
                results.verdict = Some(verdict);
            }
            if !matches!(run.request.scope, Scope::Test { .. }) {
                note_rest(ui, &stage);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// The nodes of a test that failed are there to be looked at.
fn left_up(ui: &mut Ui, left: LeftUp) -> Vec<Effect> {
    let (in_front, now) = (ui.app.in_front, ui.app.now);
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let Some(run) = bench.run.as_mut().filter(|run| !run.cancelled) else { return Vec::new() };
    run.phase = Phase::LeftUp(left.clone());
    // Nothing runs but what answers: whoever saves now is the learner.
    bench.watch.own.ended(now);
    let card = bench.results.get(&left.stage).and_then(|results| results.card(&left.test));
    let curl = card.and_then(|card| card.request.as_ref()).map(|request| request.curl.clone());
    let said = format!("✗ {}: its nodes are left up", clean(&left.test));
    ui.layers.show(Layer::LeftUp(LeftUpPane { left, curl }));
    // That it would come to this has been said.
    ui.app.toast = None;
    if in_front { Vec::new() } else { vec![Effect::Notify(said)] }
}

/// A node that was left up has ended while it was looked at.
fn gone_by_hand(app: &mut App, node: &str, what: &NodeEventKind) {
    match what {
        NodeEventKind::Exited { status } => app.complain(format!("{node} ended on its own: {status}.")),
        NodeEventKind::OverLimit { sentence } => app.complain(sentence.clone()),
        NodeEventKind::GuardLost => app.complain(format!("{node} was killed with the process that guards it.")),
        _ => {}
    }
}

/// Ends the nodes that were left up; or says from now on, for the run in flight, whether those of a test that fails are.
pub(super) fn keep(ui: &mut Ui) -> Vec<Effect> {
    ui.layers.retain(|layer| !matches!(layer, Layer::LeftUp(_)));
    let key = ui.app.keymap.shown(Action::Keep);
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let Some(run) = &mut bench.run else { return Vec::new() };
    let keep = !run.request.keep;
    run.request.keep = keep;
    if run.stands_still() {
        run.phase = Phase::Stopping;
        bench.watch.own.began();
    } else if keep {
        ui.app.say(format!("The nodes of the next test that fails stay up; {key} takes that back."));
    } else {
        ui.app.say("The nodes of a test that fails are ended with it.");
    }
    vec![Effect::Keep(keep)]
}

/// The tests of a stage begin: what an earlier run said of them counts no more.
fn stage_started(bench: &mut Workbench, stage: String, tests: Vec<String>) {
    let Some(run) = &bench.run else { return };
    let seed = run.seed.unwrap_or_default();
    let alone = matches!(run.request.scope, Scope::Test { .. });
    let results = bench.results.entry(stage.clone()).or_default();
    if alone {
        results.tests.iter_mut().filter(|test| tests.contains(&test.name)).for_each(|test| {
            (test.state, test.seed) = (State::Open, seed);
        });
        results.cards.retain(|card| card.subject == Subject::Test && !tests.contains(&card.test));
    } else {
        results.tests = tests.into_iter().map(|name| TestResult { name, state: State::Open, seed }).collect();
        results.cards.clear();
    }
    results.verdict = None;
    results.seed = seed;
    results.run.clone_from(&run.folder);
    results.stage.clone_from(&stage);
    if stage == bench.shown {
        bench.guide.mark(None);
    }
}

fn test_ended(ui: &mut Ui, stage: String, test: String, verdict: &Verdict, took: Duration) {
    let now = ui.app.now;
    let Some(bench) = ui.app.workbench_mut() else { return };
    let Some(run) = &mut bench.run else { return };
    run.test = None;
    let state = State::from_verdict(verdict, took);
    bench.moments.test_ended(&stage, &test, &state, now);
    if let Some(results) = bench.results.get_mut(&stage) {
        results.set(&test, state);
    }
    let key = (stage.clone(), test.clone());
    match verdict {
        Verdict::Passed => drop(bench.failed.remove(&key)),
        Verdict::Failed(_) => drop(bench.failed.insert(key, run.seed.unwrap_or_default())),
        Verdict::NotRun { .. } | Verdict::NotJudged { .. } => {}
    }
    if matches!(verdict, Verdict::Passed) && is_open(ui, &stage, Some(&test)) {
        close_failure(ui);
        ui.app.say(format!("\"{test}\" passes now."));
    } else if !matches!(verdict, Verdict::NotRun { .. }) && is_open(ui, &stage, None) {
        close_failure(ui);
        ui.app.say("The program starts now.");
    }
}

/// Says on the failures of a stage that has ended what became of its other tests; whoever reads one stays where they are.
fn note_rest(ui: &mut Ui, stage: &str) {
    let Some(bench) = ui.app.workbench_mut() else { return };
    let Some(results) = bench.results.get_mut(stage) else { return };
    results.note_rest();
    let open = ui.layers.iter_mut().filter_map(|layer| match layer {
        Layer::Card(pane) => Some(pane),
        _ => None,
    });
    for pane in open.chain(&mut bench.preview) {
        let shown = pane.card();
        let noted = results.cards.iter().find(|card| card.is_of(stage, &shown.test) && card.records == shown.records);
        if let Some(rest) = noted.map(|card| card.rest.clone()) {
            pane.set_rest(rest);
        }
    }
}

/// Closes a failure that is none any more, with its history. The cluster view goes on with the current one.
fn close_failure(ui: &mut Ui) {
    ui.layers.retain(|layer| !matches!(layer, Layer::Card(_) | Layer::History(_)));
    for layer in ui.layers.iter_mut() {
        if let Layer::Cluster(pane) = layer {
            **pane = ClusterPane::default();
        }
    }
}

/// Whether the failure of this test is on the screen, or beneath what is; without a test, the failure of a program that
/// was not built or not started.
fn is_open(ui: &Ui, stage: &str, test: Option<&str>) -> bool {
    ui.open_card().is_some_and(|card| {
        card.stage == stage
            && test.map_or(card.subject != Subject::Test, |test| card.subject == Subject::Test && card.test == test)
    })
}

fn ended(ui: &mut Ui, outcome: Result<Outcome, String>) -> Vec<Effect> {
    let (leaving, in_front, now) = (ui.app.leaving, ui.app.in_front, ui.app.now);
    ui.layers.retain(|layer| !matches!(layer, Layer::LeftUp(_)));
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let Some(run) = bench.run.take() else { return Vec::new() };
    bench.watch.own.ended(now);
    if let Some(store) = &bench.store {
        store.ended();
    }
    for results in bench.results.values_mut() {
        for test in results.tests.iter_mut().filter(|test| test.state == State::Running) {
            test.state = State::Open;
        }
    }
    if leaving {
        return vec![Effect::Quit];
    }
    if let Some(request) = bench.pending.take() {
        return begin(bench, request);
    }
    let advance = std::mem::take(&mut bench.advance);
    let title = title(bench, &outcome);
    let mut effects = vec![Effect::Title(format!("{title} · lsfr")), Effect::LoadPast];
    effects.extend(bench.moments.tell(TaskProgress::None).map(Effect::Progress));
    if !in_front && !matches!(outcome, Ok(Outcome::Interrupted)) {
        effects.push(Effect::Notify(title));
    }
    let stage = run.request.scope.stage().to_owned();
    ui.layers.retain(|layer| !matches!(layer, Layer::Quit(_)));
    let Some(bench) = ui.app.workbench_mut() else { return effects };
    match outcome {
        // Asked for before: the moment is that of the new stage.
        Ok(Outcome::Passed) if advance => effects.push(self::advance(bench, true)),
        Ok(Outcome::Passed) => {
            if let Some(passed) = just_passed(bench, &stage) {
                tell_passed(ui, passed);
            } else if run.request.keep {
                ui.app.say("Nothing has failed this time: no nodes are left up.");
            }
        }
        Ok(Outcome::Failed) => effects.extend(show_failure(&mut ui.app, advance)),
        Ok(Outcome::NotJudged) => {
            ui.app.complain("A test could not be judged; its card says why. Run it again.");
        }
        Ok(Outcome::Interrupted) => {}
        Ok(outcome @ (Outcome::BrokenPack { .. } | Outcome::Fault { .. })) => {
            let stage = run.stage.unwrap_or(stage);
            effects.extend(could_not_go_on(&mut ui.app, &stage, &outcome));
        }
        Err(message) => {
            let title = "The run could not go on".to_owned();
            ui.layers.show(Layer::Note(Note { title, text: message }));
        }
    }
    effects
}

/// A run that ended before its tests did, in this stage: why is the first thing in the list of tests.
fn could_not_go_on(app: &mut App, stage: &str, outcome: &Outcome) -> Vec<Effect> {
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    let dir = bench.course.dir.clone();
    let results = bench.results.entry(stage.to_owned()).or_default();
    stage.clone_into(&mut results.stage);
    let folder = results.run.as_ref().map(|run| run.strip_prefix(dir).unwrap_or(run).display().to_string());
    results.could_not_go_on(outcome, &folder.unwrap_or_default());
    let title = results.blocked().map(|card| card.title().to_owned());
    let stays = steals_the_view(bench, stage);
    let effects = if stays { Vec::new() } else { show_stage(bench, stage) };
    bench.look_at_failure();
    let key = app.keymap.shown(Action::Open);
    match title {
        Some(title) if stays => {
            let way = way_to(app, stage);
            app.complain(format!("{stage}: {title}. {way}"));
        }
        Some(title) => app.complain(format!("{title}. {key} says more.")),
        None => {}
    }
    effects
}

/// A save runs tests, and takes nobody away from the stage that they read.
fn steals_the_view(bench: &Workbench, stage: &str) -> bool {
    matches!(bench.moments.trigger, Some(Trigger::Saved(_))) && bench.shown != stage
}

/// Which key shows another stage.
fn way_to(app: &App, stage: &str) -> String {
    let Some(bench) = app.bench() else { return String::new() };
    let (here, there) = (bench.place(&bench.shown), bench.place(stage));
    let key = app.keymap.shown(if there < here { Action::PreviousStage } else { Action::NextStage });
    let does = if here.abs_diff(there) == 1 { "shows it" } else { "leads there" };
    format!("{key} {does}.")
}

/// Brings a failure of the run in sight. `advance`: the learner had asked for the next stage.
fn show_failure(app: &mut App, advance: bool) -> Vec<Effect> {
    let key = app.keymap.shown(Action::Open);
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    let mut effects = Vec::new();
    // A failure in a stage before the one that is shown would go unseen.
    if bench.results.get(&bench.shown).is_none_or(|results| results.bad().next().is_none()) {
        let bad = |key: &&String| bench.results.get(*key).is_some_and(|results| results.bad().next().is_some());
        let first = bench.course.stages.iter().map(|stage| &stage.key).find(bad).cloned();
        match first {
            Some(first) if steals_the_view(bench, &first) => {
                let way = way_to(app, &first);
                app.complain(format!("{first} fails. {way}"));
                return effects;
            }
            Some(first) => effects.extend(show_stage(bench, &first)),
            None => {}
        }
    }
    // The failure that was open is the one to look at again; else the first.
    bench.look_at_failure();
    show_its_moment(bench);
    if advance {
        let current = bench.course.current.clone();
        app.say(format!("{current} comes first: it does not pass yet. {key} on a failed test explains it."));
    }
    effects
}

/// Over the panes of its stage; to whoever reads something else, in a line.
fn tell_passed(ui: &mut Ui, passed: PassedPane) {
    let reads = ui.layers.iter().any(Layer::covers);
    if !reads && ui.app.bench().is_some_and(|bench| bench.shown == passed.stage) {
        return ui.layers.show(Layer::Passed(Box::new(passed)));
    }
    let key = ui.app.keymap.shown(Action::Next);
    ui.app.say(format!("{} passes. {key} moves on.", passed.stage));
}

/// What failed in the logs, rather than their end, unless somebody reads them.
fn show_its_moment(bench: &mut Workbench) {
    let Some((run, jump)) = bench.way_to_failure() else { return };
    if bench.focus != Pane::Logs && bench.logged.as_ref() == Some(&run) {
        bench.jump_to(&jump);
    }
}

/// The stage that was reached and has just passed for the first time.
fn just_passed(bench: &Workbench, stage: &str) -> Option<PassedPane> {
    let current = &bench.course.current;
    let results = bench.results.get(current)?;
    let at = bench.place(current);
    if current != stage || bench.is_completed(current) || results.verdict != Some(StageVerdict::Passed) {
        return None;
    }
    Some(PassedPane {
        stage: current.clone(),
        title: bench.course.stages.get(at)?.title.clone(),
        truths: results.tests.iter().map(|test| test.name.clone()).collect(),
        next: bench.course.stages.get(at + 1).map(|next| next.title.clone()),
        done: bench.course.completed.len() + 1,
        of: bench.course.stages.len(),
        after: bench.texts.get(current).and_then(|text| text.after.clone()),
        ..PassedPane::default()
    })
}

fn title(bench: &Workbench, outcome: &Result<Outcome, String>) -> String {
    let results = bench.results.get(&bench.shown);
    let passed = results.map_or(0, |results| results.count(|state| matches!(state, State::Passed(_))));
    let of = results.map_or(0, |results: &StageResults| results.tests.len());
    let mark = match outcome {
        Ok(Outcome::Passed) => "✓",
        Ok(Outcome::Failed) => "✗",
        _ => "?",
    };
    format!("{mark} {} {passed}/{of}", bench.shown)
}

/// A save: runs again what ran last, or the stage that the learner is at.
pub(super) fn again(bench: &mut Workbench, files: Vec<PathBuf>) -> Vec<Effect> {
    bench.moments.trigger = Some(Trigger::Saved(files));
    let scope = bench.last.clone().unwrap_or_else(|| Scope::Stage(bench.course.current.clone()));
    start(bench, scope, false)
}

/// Tests the current stage in order to move on.
pub(super) fn to_advance(bench: &mut Workbench) -> Vec<Effect> {
    let current = bench.course.current.clone();
    let mut effects = show_stage(bench, &current);
    bench.focus(Pane::Tests);
    bench.moments.trigger = Some(Trigger::ToMoveOn);
    effects.extend(start(bench, Scope::Stage(current), false));
    bench.advance = true;
    effects
}
