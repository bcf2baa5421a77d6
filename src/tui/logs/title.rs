//! The log pane's title: what is shown, what was found, what has come since.

use ratatui::text::{Line, Span};

use super::super::theme::{Look, Sign, Theme};
use super::pane::LogPane;
use super::store::LogStore;
use super::view::{Tally, View};
use crate::text::{cut, width as columns_of};

/// Long patterns are cut to make room for what they have found.
const PATTERN: usize = 24;

pub(super) fn line(
    pane: &LogPane,
    store: Option<&LogStore>,
    theme: &Theme,
    focused: bool,
    width: usize,
) -> Line<'static> {
    let mut parts = vec![(if focused { Look::Focus } else { Look::Frame }, "Logs".to_owned())];
    let only = pane.only();
    if let Some(nodes) = &only {
        let of = if pane.node.is_none() { format!(" of {}", pane.nodes.len()) } else { String::new() };
        parts.push((Look::Text, format!("{}{of}", nodes.join(", "))));
    }
    if let Some(filter) = &pane.filter {
        parts.push((Look::Text, format!("only {}", shortened(filter.text()))));
    }
    if let Some(store) = store {
        let index = store.index();
        let mut view = View::new(&index, only.as_deref(), pane.target);
        if let Some(search) = &pane.search {
            let Tally { nth, total, counting } = view.tally(pane.cursor);
            let more = if counting { theme.sign(Sign::Ellipsis) } else { "" };
            let found = match nth {
                Some(nth) => format!("{nth} of {total}{more}"),
                None if total == 0 && !counting => "no match".to_owned(),
                None => format!("{total}{more} found"),
            };
            parts.push((Look::Text, format!("/{}/ {found}", shortened(search.text()))));
        }
        if let Some(paused) = pane.paused {
            let down = theme.sign(Sign::Down);
            match view.lines_behind(paused.last) {
                0 => parts.push((Look::Unsure, "paused".to_owned())),
                new => parts.push((Look::Unsure, format!("{down} {new} new"))),
            }
        }
    }
    let mut spans = Vec::new();
    let mut room = width.saturating_sub(1);
    for (look, text) in parts {
        let gap = if spans.is_empty() { " " } else { "  " };
        let taken = gap.len() + columns_of(&text);
        if taken > room {
            break;
        }
        room -= taken;
        spans.push(Span::raw(gap));
        spans.push(Span::styled(text, theme.style(look)));
    }
    if !spans.is_empty() {
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

fn shortened(pattern: &str) -> String {
    cut(&crate::text::clean(pattern), PATTERN)
}
