//! What is shown of the logs.

use super::{messages, only_if};
use crate::tui::action::{Action, Pane};
use crate::tui::effect::Effect;
use crate::tui::layers::{Layer, Prompt, PromptKind};
use crate::tui::layout;
use crate::tui::ui::Ui;
use crate::tui::workbench::Workbench;

pub(super) fn available(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    only_if(bench.store.is_some(), "There are no logs yet: they come with the first run.")?;
    let width = || layout::for_size(ui.app.room(), bench).width(Pane::Logs);
    match action {
        Action::Columns => only_if(
            bench.logs.is_in_columns() || bench.logs.can_show_columns(width()),
            "Columns are for two nodes or more, with 30 columns of the screen for each.",
        ),
        _ => Ok(()),
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    if action == Action::Filter && matches!(ui.layers.top(), Some(Layer::Messages(_))) {
        messages::prompt(ui, PromptKind::PrintLines);
        return Some(Vec::new());
    }
    let bench = ui.app.workbench_mut()?;
    match action {
        Action::Filter => {}
        Action::Nodes => bench.logs.next_node(),
        Action::Columns => bench.logs.toggle_columns(),
        Action::Wrap => bench.logs.toggle_wrap(),
        Action::Follow => bench.logs.toggle_follow(),
        Action::Mark => bench.logs.mark(),
        Action::NextMark => bench.logs.next_mark(),
        _ => return None,
    }
    bench.focus(Pane::Logs);
    ui.layers.clear();
    if action == Action::Filter {
        ui.layers.push(Layer::Prompt(Prompt::new(PromptKind::FilterLogs)));
    }
    Some(Vec::new())
}
