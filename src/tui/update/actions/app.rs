//! The app as a whole.

use super::finding;
use crate::tui::action::{Action, Pane};
use crate::tui::effect::Effect;
use crate::tui::help::Help;
use crate::tui::layers::{Layer, Quit};
use crate::tui::ui::Ui;
use crate::tui::update::{leave, run};

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Help => {
            ui.layers.push(Layer::Help(Help::default()));
            Vec::new()
        }
        Action::Close => {
            close(ui);
            Vec::new()
        }
        Action::Mouse => {
            let on = !ui.app.mouse;
            ui.app.mouse = on;
            ui.app.say(if on {
                "The mouse scrolls and focuses again."
            } else {
                "The mouse is yours: select and copy as in any terminal."
            });
            vec![Effect::Mouse(on)]
        }
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Interrupt => match ui.app.workbench_mut() {
            Some(bench) if bench.run.as_ref().is_some_and(|run| !run.cancelled) => {
                let effects = run::cancel(bench);
                let again = ui.app.keymap.shown(Action::Interrupt);
                ui.app.say(format!("Cancelled. {again} again quits."));
                effects
            }
            _ => leave(&mut ui.app),
        },
        Action::Quit => match ui.app.bench() {
            // Nothing is lost with nodes that were left up.
            Some(bench) if bench.run.as_ref().is_some_and(|run| !run.stands_still()) => {
                ui.layers.push(Layer::Quit(Quit));
                Vec::new()
            }
            _ => leave(&mut ui.app),
        },
        Action::QuitNow => leave(&mut ui.app),
        _ => return None,
    })
}

/// One thing at a time, where nothing is laid over the screen: a search, then a filter, then the zoom. A message goes
/// with any of them.
fn close(ui: &mut Ui) {
    ui.app.toast = None;
    if finding::close(ui) {
        return;
    }
    let Some(bench) = ui.app.workbench_mut() else { return };
    if bench.focus == Pane::Guide && bench.guide.leave_link() {
        // The reader is where they were.
    } else if bench.focus == Pane::Logs && bench.logs.is_filtering() {
        bench.logs.clear_filter();
    } else {
        bench.zoom = false;
    }
}
