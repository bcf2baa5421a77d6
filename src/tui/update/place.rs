//! Where the learner is in a project, for the next time that it is opened, and the way back there.
//!
//! A failure of the last run is what a learner comes back to, and a place in the guide is what they do not want to look
//! for again. So the guide always opens at the place that was kept. Of what else was kept, a run that the app has not seen
//! yet (of `lsfr test`, say, or from before the app ended badly) takes all: its failure is shown, and has the focus. The
//! failure of a run that was seen only moves the cursor onto it, in the stage that was left: stage, focus and zoom are as
//! they were.

use std::path::Path;

use super::stage::show_stage;
use crate::tui::action::Pane;
use crate::tui::app::{App, Screen};
use crate::tui::effect::Effect;
use crate::tui::entries::Cursor;
use crate::tui::guide::Place;
use crate::tui::remembered::Remembered;
use crate::tui::workbench::Workbench;

/// Keeps it whenever another stage is shown, and when the app ends. `before`: the stage that was shown before the event.
pub(super) fn keep(app: &App, before: Option<&str>, effects: &mut Vec<Effect>) {
    let Some(bench) = app.bench().filter(|_| app.tour.is_none()) else { return };
    let remember = || Effect::Remember(Box::new(now(app, bench)));
    if let Some(at) = effects.iter().position(|effect| *effect == Effect::Quit) {
        effects.insert(at, remember());
    } else if before.is_some_and(|before| before != bench.shown) {
        effects.push(remember());
    }
}

/// The stage that is shown. None while nothing is known of the project, in which nothing may be kept.
pub(super) fn stage(app: &App) -> Option<&str> {
    match &app.screen {
        Screen::Workbench(bench) => Some(&bench.shown),
        _ => None,
    }
}

fn now(app: &App, bench: &Workbench) -> Remembered {
    // Not there yet: its guide is still being read.
    let awaited = bench.awaited.as_ref().filter(|(stage, _)| *stage == bench.shown).map(|(_, place)| place);
    let place = awaited.unwrap_or_else(|| bench.guide.place());
    Remembered {
        current: Some(bench.course.current.clone()),
        stage: Some(bench.shown.clone()),
        test: bench.cursors.get(&bench.shown).and_then(Cursor::test).map(str::to_owned),
        guide: Some(place.clone()).filter(|place| *place != Place::default()),
        focus: Some(bench.focus),
        shares: bench.shares.besides(app.shares),
        zoom: bench.zoom,
        run: bench.newest.as_deref().and_then(name).or_else(|| bench.seen.clone()),
    }
}

fn name(run: &Path) -> Option<String> {
    Some(run.file_name()?.to_string_lossy().into_owned())
}

/// Back to where the learner was, as far as that is there still.
pub(super) fn recall(app: &mut App, remembered: Remembered) -> Vec<Effect> {
    let settings = app.shares;
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    bench.shares = remembered.shares.or(settings);
    bench.zoom = remembered.zoom;
    if let Some(pane) = remembered.focus {
        bench.focus(pane);
    }
    bench.seen = remembered.run;
    // `lsfr next` leads to another stage than the one that was left.
    let has_moved_on = remembered.current.is_some_and(|current| current != bench.course.current);
    let is_there = |key: &String| bench.course.stages.iter().any(|stage| stage.key == *key);
    let Some(stage) = remembered.stage.filter(|key| is_there(key) && !has_moved_on) else { return Vec::new() };
    if let Some(test) = remembered.test {
        bench.cursors.insert(stage.clone(), Cursor::on(test));
    }
    bench.awaited = remembered.guide.map(|place| (stage.clone(), place));
    show_stage(bench, &stage)
}

/// Brings a failure of the last run in sight, as far as it is news; in the guide the learner stays where they are.
pub(super) fn show_failure(bench: &mut Workbench, stage: &str, run: Option<&Path>) -> Vec<Effect> {
    let is_news = bench.seen.is_none() || run.and_then(name) != bench.seen;
    let shown = if is_news { stage.to_owned() } else { bench.shown.clone() };
    let place = Some(bench.guide.place().clone()).filter(|place| shown == bench.shown && *place != Place::default());
    let effects = show_stage(bench, &shown);
    if let Some(place) = place {
        bench.guide.return_to(place);
    }
    if is_news {
        bench.zoom = false;
        bench.focus(Pane::Tests);
    }
    bench.look_at_failure();
    // The logs are being opened.
    let way = bench.way_to_failure().filter(|(run, _)| bench.store.is_none() && bench.logged.as_ref() == Some(run));
    bench.jump = way.map(|(_, jump)| jump).or(bench.jump.take());
    effects
}
