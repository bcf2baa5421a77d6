//! Moving between panes and stages, and through what is in them.

use crate::tui::action::{Action, Pane};
use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::layout::{self, Stuck};
use crate::tui::scroll::Scroll;
use crate::tui::ui::Ui;
use crate::tui::update::stage::show_stage;
use crate::tui::workbench::Workbench;

pub(super) fn available(action: Action, ui: &Ui) -> Result<(), String> {
    let covered = ui.layers.iter().any(Layer::covers);
    match action {
        Action::Larger | Action::Smaller | Action::UsualSizes if covered => {
            let close = ui.app.keymap.shown(Action::Close);
            Err(format!("Panes are made larger and smaller where they are seen; {close} goes back to them."))
        }
        _ => Ok(()),
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    if let Some(by) = action.scroll() {
        return Some(scroll(ui, by));
    }
    match action {
        Action::NextPane => focus(ui, 1),
        Action::PreviousPane => focus(ui, Pane::ALL.len() - 1),
        Action::Focus(pane) => {
            ui.layers.clear();
            if let Some(bench) = ui.app.workbench_mut() {
                bench.focus(pane);
            }
        }
        Action::Zoom => {
            if let Some(bench) = ui.app.workbench_mut() {
                bench.zoom = !bench.zoom;
            }
        }
        Action::Larger => resize(ui, true),
        Action::Smaller => resize(ui, false),
        Action::UsualSizes => usual_sizes(ui),
        Action::PreviousStage => return Some(step_stage(ui, -1)),
        Action::NextStage => return Some(step_stage(ui, 1)),
        Action::Left => sideways(ui, false),
        Action::Right => sideways(ui, true),
        _ => return None,
    }
    Some(Vec::new())
}

fn focus(ui: &mut Ui, by: usize) {
    if let Some(bench) = ui.app.workbench_mut() {
        let at = Pane::ALL.iter().position(|pane| *pane == bench.focus).unwrap_or(0);
        bench.focus(Pane::ALL[(at + by) % Pane::ALL.len()]);
    }
}

fn resize(ui: &mut Ui, larger: bool) {
    let size = ui.app.room();
    let Some(bench) = ui.app.workbench_mut() else { return };
    let stuck = match layout::resized(size, bench, larger) {
        Ok(shares) => return bench.shares = shares,
        Err(stuck) => stuck,
    };
    let name = bench.focus.name();
    let zoom = ui.app.keymap.shown(Action::Zoom);
    ui.app.say(match stuck {
        Stuck::Zoomed => format!("{name} has the whole screen; {zoom} ends that."),
        Stuck::Alone => "This screen has room for one pane only.".to_owned(),
        Stuck::Largest => format!("{name} cannot be larger: the other panes need what they have."),
        Stuck::Smallest => format!("{name} cannot be smaller, or it would be of no use."),
    });
}

/// Those of the settings; where they say nothing, those that suit the terminal.
fn usual_sizes(ui: &mut Ui) {
    let usual = ui.app.shares;
    let Some(bench) = ui.app.workbench_mut() else { return };
    let before = std::mem::replace(&mut bench.shares, usual);
    let zoom = ui.app.keymap.shown(Action::Zoom);
    let Some(bench) = ui.app.bench() else { return };
    let said = match () {
        () if before == usual => "All panes have their usual sizes.".to_owned(),
        // Nobody sees it now.
        () if bench.zoom => format!("The panes have their usual sizes again; {zoom} shows them."),
        () => return,
    };
    ui.app.say(said);
}

fn step_stage(ui: &mut Ui, by: isize) -> Vec<Effect> {
    let Some(bench) = ui.app.workbench_mut() else { return Vec::new() };
    let last = bench.course.stages.len().saturating_sub(1);
    let at = bench.place(&bench.shown).saturating_add_signed(by).min(last);
    let Some(key) = bench.course.stages.get(at).map(|stage| stage.key.clone()) else { return Vec::new() };
    show_stage(bench, &key)
}

fn sideways(ui: &mut Ui, right: bool) {
    let Some(bench) = ui.app.workbench_mut() else { return };
    match bench.focus {
        Pane::Logs if right => bench.logs.right(),
        Pane::Logs => bench.logs.left(),
        Pane::Stages | Pane::Guide | Pane::Tests => {}
    }
}

/// Moves through what is laid over the screen, or through the pane with the focus.
fn scroll(ui: &mut Ui, by: Scroll) -> Vec<Effect> {
    if ui.layers.scroll(by, &ui.app) {
        return Vec::new();
    }
    let pane = ui.app.bench().map(|bench| bench.focus);
    scroll_pane(ui, by, pane)
}

/// Moves through what the mouse is over.
pub(in crate::tui::update) fn wheel(ui: &mut Ui, by: Scroll, at: (u16, u16)) -> Vec<Effect> {
    if ui.layers.wheel(by, &ui.app) {
        return Vec::new();
    }
    let Some(layout) = ui.app.bench().map(|bench| layout::for_size(ui.app.room(), bench)) else {
        return scroll_pane(ui, by, None);
    };
    if layout.is_preview(at) {
        if let Some(preview) = ui.app.workbench_mut().and_then(|bench| bench.preview.as_deref_mut()) {
            preview.scroll(by);
        }
        return Vec::new();
    }
    let pane = layout.at(at).or_else(|| ui.app.bench().map(|bench| bench.focus));
    scroll_pane(ui, by, pane)
}

fn scroll_pane(ui: &mut Ui, by: Scroll, pane: Option<Pane>) -> Vec<Effect> {
    if let Screen::Picker(picker) = &mut ui.app.screen {
        picker.scroll(by);
        return Vec::new();
    }
    let size = ui.app.room();
    let (Some(bench), Some(pane)) = (ui.app.workbench_mut(), pane) else { return Vec::new() };
    let height = layout::for_size(size, bench).height(pane);
    match pane {
        Pane::Stages => {
            let total = bench.course.stages.len();
            let to = by.cursor(bench.place(&bench.shown), total, height);
            if let Some(key) = bench.course.stages.get(to).map(|stage| stage.key.clone()) {
                return show_stage(bench, &key);
            }
        }
        Pane::Guide => bench.guide.scroll(by),
        Pane::Tests => {
            bench.scroll_tests(by, height);
            mark_what_it_proves(bench);
        }
        Pane::Logs => bench.logs.scroll(by),
    }
    Vec::new()
}

/// Marks the section of the guide that the chosen test proves, if it failed.
pub(in crate::tui::update) fn mark_what_it_proves(bench: &mut Workbench) {
    if let Some(test) = bench.chosen_test().filter(|test| test.state.is_bad()) {
        let slug = bench.proves(&bench.shown, test.name).map(str::to_owned);
        bench.guide.mark(slug.as_deref());
    }
}
