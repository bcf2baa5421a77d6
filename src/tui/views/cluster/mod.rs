//! The cluster view: lanes with the states at the moment beside them; below, what a node said then, the links, and what
//! was last done. What there is no room for is left out, from the last to the first.
//!
//! | file | what it draws |
//! |---|---|
//! | `lanes` | the axis, and a lane for each node |
//! | `states` | beside a lane, what the node is |
//! | `common` | above them, what holds for all nodes |
//! | `wrong` | below them, what was wrong |
//! | `links` | which node reaches which, as signs and in words |
//! | `below` | the rest of the pane |
//! | `legend` | what the signs of the lanes mean |

mod below;
mod common;
mod lanes;
mod legend;
mod links;
mod states;
mod wrong;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{framed, indented, next, put, title};
use crate::report::card::Card;
use crate::report::times::clock;
use crate::text::{clean, cut, width};
use crate::tui::app::App;
use crate::tui::cluster::{ClusterPane, Moment, Scene};
use crate::tui::paint::{self, Piece};
use crate::tui::theme::{Look, Sign, Theme};

/// Rows that are kept for what stands below it.
const BELOW_NEXT: u16 = 6;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

/// A row of a block of text.
type Row = Vec<(String, Look)>;

pub(super) fn draw(pane: &mut ClusterPane, app: &App, card: Option<&Card>, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let scene = app.bench().and_then(|bench| Some((bench, pane.scene(bench, card, app.now)?)));
    let Some((bench, scene)) = scene else {
        let inner = indented(framed(title("Cluster", "", true, theme), true, theme, area, buffer));
        return put(theme, buffer, inner, "No test has started a node yet.", theme.style(Look::Dim));
    };
    let more = cut(&heading(&scene), usize::from(area.width).saturating_sub("┌ Cluster   ┐".chars().count()))
        .replace('…', theme.sign(Sign::Ellipsis));
    let inner = framed(title("Cluster", &more, true, theme), true, theme, area, buffer);
    let top = lanes::draw(pane, &scene, theme, indented(inner), buffer);
    let rest = Rect { y: inner.y + top, height: inner.height.saturating_sub(top), ..inner };
    let asked = ask(&scene, theme, indented(rest), buffer);
    let rest = Rect { y: rest.y + asked, height: rest.height - asked, ..rest };
    below::draw(pane, &scene, bench.store.as_ref(), theme, rest, buffer);
}

/// What to ask next of the failure, where that leaves room for what is below it. Returns how many rows it took.
fn ask(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) -> u16 {
    let columns = usize::from(area.width).min(WIDEST);
    let rows: Vec<Row> = scene.next.iter().flat_map(|text| next(text, columns)).collect();
    let tall = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    if area.height < tall.saturating_add(BELOW_NEXT) {
        return 0;
    }
    put_rows(&rows, theme, area, buffer);
    tall
}

/// Which moment it is, for the title.
fn heading(scene: &Scene) -> String {
    let (at, test) = (clock(scene.until), clean(&scene.test));
    match scene.moment {
        Moment::Now if test.is_empty() => "now".to_owned(),
        Moment::Now => format!("now, in \"{test}\""),
        Moment::Failure => format!("at {at}, when \"{test}\" failed"),
        Moment::Last if test.is_empty() => format!("at {at}"),
        Moment::Last => format!("at {at}, as \"{test}\" left it"),
        Moment::Then => format!("at {at}, in \"{test}\""),
    }
}

fn put_rows(rows: &[Row], theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let tall = usize::from(area.height);
    let fits = if rows.len() > tall { tall.saturating_sub(1) } else { rows.len() };
    if fits < rows.len()
        && let Some(last) = area.rows().next_back()
    {
        let said = format!("{} {} more", theme.sign(Sign::Ellipsis), rows.len() - fits);
        put(theme, buffer, last, &said, theme.style(Look::Dim));
    }
    for (row, line) in rows[..fits].iter().zip(area.rows()) {
        let pieces: Vec<Piece> = row.iter().map(|(text, look)| (text.as_str().into(), theme.style(*look))).collect();
        paint::put(buffer, line, theme, &pieces);
    }
}

fn widest(rows: &[Row]) -> usize {
    let columns = |row: &Row| width(row.iter().map(|(text, _)| text.as_str()).collect::<String>().trim_end());
    rows.iter().map(columns).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
