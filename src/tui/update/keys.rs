//! What is typed, pasted and clicked: to what is laid over the screen, then to what is beneath it.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

use super::actions::{self, available, finding, moving};
use super::stage::show_stage;
use crate::tui::action::{Action, Within};
use crate::tui::app::Screen;
use crate::tui::card::CardPane;
use crate::tui::effect::{Edited, Effect};
use crate::tui::guide::openable;
use crate::tui::keymap::Key;
use crate::tui::layers::{Layer, Reply, Typing};
use crate::tui::layout;
use crate::tui::scroll::Scroll;
use crate::tui::targets::Target;
use crate::tui::ui::Ui;

/// Rows that one notch of the wheel moves.
const NOTCH: usize = 3;

pub(super) fn key(ui: &mut Ui, event: &KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let key = Key::from_event(event);
    anew(ui);
    // These end things, so they reach through whatever is open.
    let urgent = ui.app.keymap.actions(key).find(|action| {
        matches!(action, Action::Interrupt | Action::Suspend | Action::Redraw)
            && !matches!(event.code, KeyCode::Char(_) if event.modifiers.is_empty())
    });
    if let Some(action) = urgent {
        return actions::act(ui, action);
    }
    match ui.layers.key(event, &mut ui.app) {
        Reply::Done(effects) => return effects,
        Reply::Then(action) => return press(ui, action),
        Reply::Typed(typing) => return finding::typed(ui, typing),
        Reply::Close | Reply::Pass => {}
    }
    if let Screen::Picker(picker) = &mut ui.app.screen
        && ui.layers.is_empty()
        && let Some(effects) = picker.key(event)
    {
        return effects;
    }
    match meant(ui, key) {
        Some(action) => press(ui, action),
        None => {
            if key.is_digit() && ui.app.bench().is_some() {
                let page = ui.app.keymap.shown(Action::HalfDown);
                ui.app.say(format!("Keys take no counts; {page} moves half a page."));
            }
            Vec::new()
        }
    }
}

/// Something else is done: what was asked for before opens nothing any more.
fn anew(ui: &mut Ui) {
    if let Some(bench) = ui.app.workbench_mut() {
        bench.opening = None;
    }
}

/// What the key does here. Beyond a search its keys do nothing; those of a history say that none is open.
fn meant(ui: &Ui, key: Key) -> Option<Action> {
    let is_open = |within: Within| match within {
        Within::Search => finding::is_searching(ui),
        Within::History => ui.layers.history().is_some(),
        Within::Messages => matches!(ui.layers.top(), Some(Layer::Messages(_))),
    };
    let found = || ui.app.keymap.actions(key);
    found()
        .find(|action| action.within().is_some_and(is_open))
        .or_else(|| found().find(|action| action.within().is_none()))
        .or_else(|| found().find(|action| action.within() == Some(Within::History)))
}

/// Does it, or says why not.
pub(super) fn press(ui: &mut Ui, action: Action) -> Vec<Effect> {
    match available(action, ui) {
        Ok(()) => actions::act(ui, action),
        Err(reason) => {
            ui.app.say(reason);
            Vec::new()
        }
    }
}

/// A paste never triggers commands: it goes where text is typed, or nowhere.
pub(super) fn paste(ui: &mut Ui, text: &str) -> Vec<Effect> {
    if !ui.layers.is_empty() {
        ui.layers.paste(text, &mut ui.app);
        return finding::typed(ui, Typing::Changed);
    } else if let Screen::Picker(picker) = &mut ui.app.screen {
        picker.paste(text);
    }
    Vec::new()
}

pub(super) fn mouse(ui: &mut Ui, event: &MouseEvent) -> Vec<Effect> {
    let at = (event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollUp => moving::wheel(ui, Scroll::Up(NOTCH), at),
        MouseEventKind::ScrollDown => moving::wheel(ui, Scroll::Down(NOTCH), at),
        MouseEventKind::ScrollLeft => actions::act(ui, Action::Left),
        MouseEventKind::ScrollRight => actions::act(ui, Action::Right),
        MouseEventKind::Down(MouseButton::Left) => click(ui, at),
        _ => Vec::new(),
    }
}

/// Chooses what is there; what is chosen already is opened.
fn click(ui: &mut Ui, at: (u16, u16)) -> Vec<Effect> {
    anew(ui);
    let target = ui.targets.at(at).cloned();
    match target {
        Some(Target::Key(action)) => return press(ui, action),
        Some(Target::Place(place)) => return vec![Effect::Edit(Edited::At(place))],
        _ => {}
    }
    if ui.layers.click(at) {
        return Vec::new();
    }
    let size = ui.app.room();
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let layout = layout::for_size(size, bench);
    if layout.is_preview(at) {
        let card = bench.preview.as_deref().map(|preview| preview.card().clone());
        if let Some(card) = card {
            ui.layers.push(Layer::Card(Box::new(CardPane::new(card))));
        }
        return Vec::new();
    }
    let pane = layout.at(at);
    let had_focus = pane == Some(bench.focus);
    if let Some(pane) = pane {
        bench.focus(pane);
    }
    match target {
        Some(Target::Tab(pane)) => bench.focus(pane),
        Some(Target::Stage(number)) => {
            let key = bench.course.stages.get(number).map(|stage| stage.key.clone());
            return key.map_or_else(Vec::new, |key| show_stage(bench, &key));
        }
        Some(Target::Entry(number)) if had_focus && bench.chosen(&bench.entries()) == number => {
            return press(ui, Action::Open);
        }
        Some(Target::Entry(number)) => {
            bench.choose(number);
            moving::mark_what_it_proves(bench);
        }
        Some(Target::Link(address)) if openable(&address) => return vec![Effect::OpenLink(address)],
        Some(Target::Link(_) | Target::Key(_) | Target::Place(_)) | None => {}
    }
    Vec::new()
}
