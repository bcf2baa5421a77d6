//! What is shown of the logs.

use super::only_if;
use crate::tui::action::{Action, Pane};
use crate::tui::effect::Effect;
use crate::tui::layers::{Layer, Prompt, PromptKind};
use crate::tui::ui::Ui;
use crate::tui::workbench::Workbench;

pub(super) fn available(bench: &Workbench) -> Result<(), String> {
    only_if(bench.store.is_some(), "There are no logs yet: they come with the first run.")
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    let bench = ui.app.workbench_mut()?;
    match action {
        Action::Filter => {}
        Action::Nodes => bench.logs.next_node(),
        Action::Columns => bench.logs.toggle_columns(),
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
