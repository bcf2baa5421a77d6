//! A failure in place of the panes, or beside the tests.

use chrono::Local;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};

use super::{framed, indented, position, title};
use crate::report::card::Card;
use crate::report::times::clock;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::card::{CardPane, Notes};
use crate::tui::history::file_of;
use crate::tui::keymap::Keymap;
use crate::tui::progress::Moments;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::Theme;
use crate::watch::OwnWrites;

pub(super) fn draw(pane: &mut CardPane, app: &App, area: Rect, buffer: &mut Buffer, targets: &mut Targets) {
    let theme = &app.theme;
    let notes =
        app.bench().map(|bench| notes(pane, &bench.moments, &bench.watch.own, &app.keymap)).unwrap_or_default();
    pane.render(theme, notes, area.inner(Margin::new(1, 1)), buffer);
    place(pane, targets);
    // After its content, which knows how much of it is seen.
    let status = pane.search_status().unwrap_or_else(|| position(pane.status()));
    framed(title("Failure", &status, true, theme), true, theme, area, buffer);
}

pub(super) fn notes(pane: &CardPane, moments: &Moments, own: &OwnWrites, keymap: &Keymap) -> Notes {
    let before = moments.past().before(pane.card()).map(|before| before.without(own));
    Notes {
        ask: keymap.shown(Action::Hint),
        look: look(pane.card(), keymap),
        passed: before.map(|before| before.words(keymap, Local::now())),
    }
}

/// How to see what several clients or nodes did: `t shows the clients, c the cluster at +5.716, l the logs then.`
fn look(card: &Card, keymap: &Keymap) -> Option<String> {
    let history = file_of(card).map(|_| (Action::History, "the clients".to_owned()));
    let several = card.cluster.as_ref().is_some_and(|cluster| cluster.nodes.len() > 1);
    let cluster = several.then(|| (Action::Cluster, format!("the cluster at {}", clock(card.moment()))));
    if history.is_none() && cluster.is_none() {
        return None;
    }
    let ways = history.into_iter().chain(cluster).chain([(Action::Moment, "the logs then".to_owned())]);
    let ways = ways.map(|(action, what)| (keymap.shown(action), what)).filter(|(key, _)| !key.is_empty());
    let told =
        ways.enumerate().map(|(at, (key, what))| format!("{key} {}{what}", if at == 0 { "shows " } else { "" }));
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("{}.", told.join(", ")))
}

/// The line of the project that the failure names.
fn place(pane: &CardPane, targets: &mut Targets) {
    for (area, place) in pane.place_on_screen() {
        targets.add(area, Target::Place(place.clone()));
    }
}

/// Beside the tests. `old`: a run in flight has not said yet whether it is one still.
pub(super) fn preview(
    pane: &mut CardPane,
    old: bool,
    theme: &Theme,
    notes: Notes,
    area: Rect,
    buffer: &mut Buffer,
    targets: &mut Targets,
) {
    let inside = indented(area.inner(Margin::new(1, 1)));
    pane.render(theme, notes, inside, buffer);
    place(pane, targets);
    // After its content, which knows how much of it is seen.
    let status = position(pane.status());
    let more = if old { format!("of an earlier run  {status}").trim_end().to_owned() } else { status };
    framed(title("Failure", &more, false, theme), false, theme, area, buffer);
}
