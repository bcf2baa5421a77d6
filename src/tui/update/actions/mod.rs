//! What each action does, and when it does nothing, which is said in a sentence: the footer shows what is available, and
//! a key that is pressed anyway is answered with the reason.
//!
//! A file for each group of the help, with both functions. Layers are asked before them.

mod app;
mod failure;
pub(super) mod finding;
mod logs;
pub(in crate::tui::update) mod messages;
pub(super) mod moving;
mod running;

use crate::tui::action::{Action, Group};
use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::layers::Reply;
use crate::tui::ui::Ui;
use crate::tui::workbench::Workbench;

pub(super) use failure::open_history;
pub(in crate::tui) use finding::is_searching;

/// `Err` says in a sentence why the action does nothing now.
pub fn available(action: Action, ui: &Ui) -> Result<(), String> {
    if let Some(of_layer) = ui.layers.available(action) {
        return of_layer;
    }
    match &ui.app.screen {
        _ if is_always_there(action) => Ok(()),
        Screen::Workbench(bench) => on_bench(action, ui, bench),
        Screen::Picker(_) => Err("Choose a challenge first.".to_owned()),
        Screen::Opening => Err("The directory is being opened.".to_owned()),
        Screen::Broken(_) => Err("Fix the project, and start lsfr again.".to_owned()),
    }
}

/// Moving, opening, closing, and what concerns the app as a whole make sense on every screen.
fn is_always_there(action: Action) -> bool {
    action == Action::Open || action.scroll().is_some() || action.entry().group == Group::App
}

fn on_bench(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    match action.entry().group {
        Group::Running => running::available(action, ui, bench),
        Group::Failure => failure::available(action, ui, bench),
        Group::Finding => finding::available(action, ui, bench),
        Group::Logs => logs::available(action, ui, bench),
        Group::History => Err("No history is open.".to_owned()),
        Group::Messages => messages::available(action, ui, bench),
        Group::Moving => moving::available(action, ui),
        Group::App => Ok(()),
    }
}

/// Does what a key asks for: whatever is laid over the screen first, then what is beneath.
pub(super) fn act(ui: &mut Ui, action: Action) -> Vec<Effect> {
    match ui.layers.act(action, &mut ui.app) {
        Reply::Done(effects) => return effects,
        Reply::Then(next) => return act(ui, next),
        Reply::Pass | Reply::Close | Reply::Typed(_) => {}
    }
    // A test makes sure that each action is one of its group's.
    beneath(ui, action).unwrap_or_default()
}

/// `None`: the group of the action does not know it.
pub(super) fn beneath(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    match action.entry().group {
        Group::Running => running::act(ui, action),
        Group::Failure => failure::act(ui, action),
        Group::Moving => moving::act(ui, action),
        Group::Finding => finding::act(ui, action),
        Group::Logs => logs::act(ui, action),
        // They belong to a layer, which has had its turn.
        Group::History => Some(Vec::new()),
        Group::Messages => messages::act(ui, action),
        Group::App => app::act(ui, action),
    }
}

fn only_if(condition: bool, reason: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(reason.to_owned()) }
}
