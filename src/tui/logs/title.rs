//! The log pane's title: what is shown, what was found, what has come since.

use ratatui::text::{Line, Span};

use super::super::theme::{Look, Sign, Theme, name_style};
use super::pane::LogPane;
use super::store::LogStore;
use super::view::{Tally, View};
use crate::text::{cut, width as columns_of};

/// Long patterns are cut to make room for what they have found.
const PATTERN: usize = 24;

/// What the key that follows the logs does.
#[derive(Debug, Clone)]
pub struct Onward {
    pub key: String,
    /// The run goes on: more may come.
    pub live: bool,
}

impl Onward {
    /// Why the logs stand still, and which key goes on: the fullest form first. `new`: lines that have come since.
    fn told(&self, pane: &LogPane, at_match: bool, new: u64, theme: &Theme) -> Vec<String> {
        let Onward { key, live } = self;
        let does = match () {
            () if key.is_empty() => String::new(),
            () if *live => format!(": {key} follows"),
            () => format!(": {key} goes to the end"),
        };
        let why = match () {
            () if at_match => "at a match",
            () if pane.target.is_some() && pane.target == pane.cursor => "at the moment",
            () => "by scrolling",
        };
        let down = theme.sign(Sign::Down);
        match (live, new) {
            (true, 0) => vec![format!("paused {why}{does}"), format!("paused{does}"), "paused".to_owned()],
            (true, new) => vec![format!("{down} {new} new{does}"), format!("{down} {new} new")],
            // Nothing more can come.
            (false, _) => vec![does.trim_start_matches(": ").to_owned()],
        }
    }
}

pub(super) fn line(
    pane: &LogPane,
    store: Option<&LogStore>,
    theme: &Theme,
    focused: bool,
    width: usize,
    onward: &Onward,
) -> Line<'static> {
    let one = |look: Look, text: String| (theme.style(look), vec![text]);
    let mut parts = vec![(name_style(focused, theme), vec![" Logs ".to_owned()])];
    let only = pane.only();
    if let Some(nodes) = &only {
        let of = if pane.node.is_none() { format!(" of {}", pane.nodes.len()) } else { String::new() };
        parts.push(one(Look::Text, format!("{}{of}", nodes.join(", "))));
    }
    if let Some(filter) = &pane.filter {
        parts.push(one(Look::Text, format!("only {}", shortened(filter.text()))));
    }
    if let Some(store) = store {
        let index = store.index();
        let mut view = View::new(&index, only.as_deref(), pane.target);
        let mut at_match = false;
        if let Some(search) = &pane.search {
            let Tally { nth, total, counting } = view.tally(pane.cursor);
            at_match = nth.is_some();
            let more = if counting { theme.sign(Sign::Ellipsis) } else { "" };
            let found = match nth {
                Some(nth) => format!("{nth} of {total}{more}"),
                None if total == 0 && !counting => "no match".to_owned(),
                None => format!("{total}{more} found"),
            };
            parts.push(one(Look::Text, format!("/{}/ {found}", shortened(search.text()))));
        }
        if let Some(paused) = pane.paused {
            let look = if onward.live { Look::Unsure } else { Look::Dim };
            parts.push((theme.style(look), onward.told(pane, at_match, view.lines_behind(paused.last), theme)));
        }
    }
    let mut spans = Vec::new();
    let mut room = width;
    for (style, forms) in parts {
        let gap = match spans.len() {
            0 => "",
            // The name ends with a blank of its own.
            2 => " ",
            _ => "  ",
        };
        // A blank follows the last part.
        let fits = |text: &String| gap.len() + columns_of(text) < room;
        let Some(text) = forms.into_iter().find(fits) else { break };
        room -= gap.len() + columns_of(&text);
        spans.push(Span::raw(gap));
        spans.push(Span::styled(text, style));
    }
    if spans.len() > 2 {
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

fn shortened(pattern: &str) -> String {
    cut(&crate::text::clean(pattern), PATTERN)
}
