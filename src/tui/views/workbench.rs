//! The panes of an open challenge directory.

use std::time::Instant;

use chrono::Local;
use ratatui::buffer::Buffer;
use ratatui::layout::Margin;
use ratatui::text::{Line, Span};

use super::tests_pane::{self, List, Writer};
use super::{card, framed, indented, position, put, stages, title};
use crate::tui::action::{Action, Pane};
use crate::tui::keymap::Keymap;
use crate::tui::logs::Onward;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Theme};
use crate::tui::workbench::Workbench;
use crate::tui::{layout, progress};

pub(super) fn draw(
    bench: &mut Workbench,
    theme: &Theme,
    keymap: &Keymap,
    now: Instant,
    size: (u16, u16),
    buffer: &mut Buffer,
    targets: &mut Targets,
) {
    let layout = layout::for_size(size, bench);
    if let Some((area, pane)) = layout.preview.zip(bench.preview.as_deref_mut()) {
        // During a run it may be what the run before said, until that test has had its turn.
        let of_this_run = bench.run.as_ref().is_none_or(|run| run.has_records(&pane.card().records));
        let notes = card::notes(pane, &bench.moments, &bench.watch.own, keymap);
        card::preview(pane, !of_this_run, theme, notes, area, buffer, targets);
    }
    // The one with the focus is drawn last: frames share lines, and its colour has to win.
    let mut panes = layout.panes.clone();
    panes.sort_by_key(|(pane, _)| *pane == bench.focus);
    for (pane, area) in panes {
        let focused = pane == bench.focus;
        let inner = area.inner(Margin::new(1, 1));
        let mut tests = String::new();
        match pane {
            Pane::Stages => stages::draw(bench, theme, focused, indented(inner), buffer, targets),
            Pane::Guide => {
                bench.guide.render(theme, inner, buffer, focused);
                for link in bench.guide.links_on_screen() {
                    targets.add(link.area, Target::Link(link.address.to_owned()));
                }
            }
            Pane::Tests => {
                let list = List::of(bench);
                tests = tests_status(bench, &list, theme);
                let area = indented(inner);
                let columns = usize::from(area.width.saturating_sub(1));
                tests_pane::draw(&list, &Writer { bench, theme, keymap, now, columns }, area, buffer, targets);
            }
            Pane::Logs if bench.store.is_none() && (!bench.recorded || bench.logged.is_some()) => {
                put(theme, buffer, indented(inner), "Reading what the last run printed.", theme.style(Look::Dim));
            }
            Pane::Logs => bench.logs.render(bench.store.as_ref(), theme, inner, buffer, focused),
        }
        // After its content, which knows where the reader is in it.
        let heading: Line = match pane {
            Pane::Stages => title("Stages", &stages_status(bench), focused, theme),
            Pane::Guide => title("Guide", &guide_status(bench), focused, theme),
            Pane::Tests => title("Tests", &tests, focused, theme),
            Pane::Logs => logs_title(bench, theme, keymap, focused, usize::from(inner.width)),
        };
        framed(heading, focused, theme, area, buffer);
    }
}

/// With the time of a run that is not the one whose results are shown.
fn logs_title(bench: &Workbench, theme: &Theme, keymap: &Keymap, focused: bool, columns: usize) -> Line<'static> {
    let shown = bench.results.get(&bench.shown).and_then(|results| results.run.as_ref());
    let other = bench.logged.as_ref().filter(|logged| bench.run.is_none() && Some(*logged) != shown);
    let began = other.and_then(|run| bench.moments.past().began(run));
    let of = began.map(|began| format!("of {} ", progress::as_of(began, Local::now()))).unwrap_or_default();
    let live = bench.run.as_ref().is_some_and(|run| run.folder == bench.logged);
    let onward = Onward { key: keymap.shown(Action::Follow), live };
    let room = columns.saturating_sub(of.len());
    let mut title = bench.logs.title(bench.store.as_ref(), theme, focused, room, &onward);
    if !of.is_empty() {
        // After nothing, and the name with its blanks.
        title.spans.insert(title.spans.len().min(2), Span::styled(of, theme.style(Look::Text)));
    }
    title
}

fn stages_status(bench: &Workbench) -> String {
    let search = bench.stages_search.as_ref();
    let status = search.and_then(|search| search.status(&bench.stages_found(), bench.place(&bench.shown)));
    status.unwrap_or_default()
}

fn tests_status(bench: &Workbench, list: &List, theme: &Theme) -> String {
    let search = bench.tests_search.as_ref();
    let status = search.and_then(|search| search.status(&list.found(search), list.chosen));
    status.unwrap_or_else(|| tests_pane::count(bench, list, theme))
}

fn guide_status(bench: &Workbench) -> String {
    bench.guide.search_status().unwrap_or_else(|| position(bench.guide.status()))
}
