//! The decision: what an event changes, and what has to be done. Pure; only the loop does anything.

mod actions;
mod background;
mod keys;
mod place;
mod preview;
mod run;
mod stage;
#[cfg(test)]
pub(in crate::tui) mod tests;

use std::time::Instant;

use crossterm::event::MouseEventKind;

use super::app::{App, Screen};
use super::effect::Effect;
use super::event::{Event, Signal};
use super::ui::Ui;

pub use actions::available;
pub(super) use actions::is_searching;

/// Takes in an event that happened at `now`.
pub fn update(ui: &mut Ui, event: Event, now: Instant) -> Vec<Effect> {
    let app = &mut ui.app;
    app.now = now;
    if app.toast.as_ref().is_some_and(|toast| toast.until <= now) {
        app.toast = None;
        app.dirty = true;
    }
    app.dirty |= is_worth_drawing(app, &event);
    let changes = !matches!(event, Event::LogsGrew | Event::Clock(_));
    let stage = place::stage(&ui.app).map(str::to_owned);
    let mut effects = decide(ui, event);
    effects.extend(actions::messages::follow(ui));
    if changes {
        preview::follow(&mut ui.app);
    }
    place::keep(&ui.app, stage.as_deref(), &mut effects);
    effects
}

/// Whatever happens, except for a mouse that only moves, and a clock that nobody looks at.
fn is_worth_drawing(app: &App, event: &Event) -> bool {
    match event {
        Event::Mouse(mouse) => {
            !matches!(mouse.kind, MouseEventKind::Moved | MouseEventKind::Drag(_) | MouseEventKind::Up(_))
        }
        Event::Clock(_) => app.bench().is_some_and(|bench| bench.run.is_some() || bench.moments.flashed(app.now)),
        _ => true,
    }
}

fn decide(ui: &mut Ui, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) => keys::key(ui, &key),
        Event::Mouse(mouse) => keys::mouse(ui, &mouse),
        Event::Paste(text) => keys::paste(ui, &text),
        Event::Resize(columns, rows) => {
            ui.app.size = (columns, rows);
            Vec::new()
        }
        Event::Focus(in_front) => {
            ui.app.in_front = in_front;
            Vec::new()
        }
        Event::Theme(theme) => {
            ui.app.theme = *theme;
            Vec::new()
        }
        Event::Signal(Signal::End) => leave(&mut ui.app),
        Event::Signal(Signal::Stop) => vec![Effect::Suspend],
        Event::Signal(Signal::Continue) => vec![Effect::Redraw],
        Event::Watch(event) => background::watch(&mut ui.app, event),
        Event::Run { id, news } => run::news(ui, id, news),
        Event::LogsGrew | Event::Clock(_) => Vec::new(),
        Event::Done(done) => background::done(ui, done),
        Event::Panicked(message) => {
            ui.app.complain(format!("lsfr has a bug, and a part of it ended: {message}"));
            Vec::new()
        }
    }
}

/// Quits, once the run in flight has ended.
fn leave(app: &mut App) -> Vec<Effect> {
    // Asked twice, it does not wait: the guards end what is left.
    if std::mem::replace(&mut app.leaving, true) {
        return vec![Effect::Quit];
    }
    match &mut app.screen {
        Screen::Workbench(bench) if bench.run.is_some() => run::cancel(bench),
        _ => vec![Effect::Quit],
    }
}
