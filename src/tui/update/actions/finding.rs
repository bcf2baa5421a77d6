//! Searching the pane with the focus, and going from link to link.

use super::only_if;
use crate::tui::action::{Action, Pane};
use crate::tui::effect::Effect;
use crate::tui::layers::{Layer, Prompt, PromptKind};
use crate::tui::ui::Ui;
use crate::tui::workbench::Workbench;

pub(super) fn available(action: Action, bench: &Workbench) -> Result<(), String> {
    match action {
        Action::Search => only_if(
            matches!(bench.focus, Pane::Guide | Pane::Logs),
            "The guide and the logs can be searched: go to one of them first.",
        ),
        Action::NextMatch | Action::PreviousMatch => only_if(is_searching(bench), "No search is open."),
        Action::NextLink => {
            only_if(bench.focus == Pane::Guide && !bench.guide.links().is_empty(), "No link is in sight.")
        }
        _ => Ok(()),
    }
}

/// Whether the search of the pane with the focus is open.
pub(in crate::tui::update) fn is_searching(bench: &Workbench) -> bool {
    match bench.focus {
        Pane::Guide => bench.guide.is_searching(),
        Pane::Logs => bench.logs.is_searching(),
        Pane::Stages | Pane::Tests => false,
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    let bench = ui.app.workbench_mut()?;
    match (action, bench.focus) {
        (Action::Search, pane) => {
            let kind = if pane == Pane::Guide { PromptKind::SearchGuide } else { PromptKind::SearchLogs };
            ui.layers.push(Layer::Prompt(Prompt::new(kind)));
        }
        (Action::NextMatch, Pane::Guide) => bench.guide.search_next(),
        (Action::NextMatch, _) => bench.logs.search_next(),
        (Action::PreviousMatch, Pane::Guide) => bench.guide.search_prev(),
        (Action::PreviousMatch, _) => bench.logs.search_prev(),
        (Action::NextLink, _) => bench.guide.next_link(),
        _ => return None,
    }
    Some(Vec::new())
}
