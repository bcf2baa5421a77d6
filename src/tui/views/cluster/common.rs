//! What holds for all nodes alike, in a row of its own above their lanes: that their links are slow, or cut, and what they
//! do together.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::lanes::Brush;
use crate::report::condition::Common;
use crate::report::timeline::Timeline;
use crate::text::clean;
use crate::tui::cluster::Scene;
use crate::tui::theme::{Look, Sign};

pub(super) fn is_anything(timeline: &Timeline) -> bool {
    timeline.common().iter().any(|(_, common)| common.cut || common.slow || common.under_way.is_some())
}

/// The row, and beside it what holds at the moment.
pub(super) fn draw(timeline: &Timeline, scene: &Scene, brush: &Brush, state: Rect, buffer: &mut Buffer) {
    let style = brush.theme.style(Look::Unsure);
    let behind = brush.axis.column(scene.end) + 1;
    let all = timeline.common();
    let mut at_cursor = " ";
    for (place, (from, common)) in all.iter().enumerate() {
        let next = all.get(place + 1).map(|(next, _)| brush.axis.column(*next));
        let columns = brush.axis.column(*from)..next.unwrap_or(behind);
        let sign = match common {
            Common { cut: true, .. } => brush.theme.sign(Sign::Fault),
            Common { slow: true, .. } => brush.theme.sign(Sign::LaneSlow),
            Common { under_way: Some(_), .. } => brush.theme.sign(Sign::Sent),
            _ => " ",
        };
        if columns.contains(&brush.cursor) {
            at_cursor = sign;
        }
        brush.stretch(columns, sign, style, &words(common), buffer);
    }
    brush.moment(at_cursor, buffer);
    if let Some((_, common)) = all.iter().rev().find(|(from, _)| *from <= scene.until) {
        let longest = words(common).into_iter().next().unwrap_or_default();
        super::put(brush.theme, buffer, state, &longest, style);
    }
}

/// What can be written of it, the longest first.
fn words(common: &Common) -> Vec<String> {
    let slow = common.how.as_deref().map(|how| format!("slow {}", clean(how)));
    let cut = common.cut.then(|| "cut".to_owned());
    let both = cut.as_ref().filter(|_| common.slow).map(|cut| format!("{cut}, slow"));
    let links = both.into_iter().chain(cut).chain(slow).chain(common.slow.then(|| "slow".to_owned()));
    let links: Vec<String> = links.collect();
    let together = common.under_way.as_deref().map(clean);
    let all = links.first().zip(together.as_ref()).map(|(links, together)| format!("{links}, {together}"));
    all.into_iter().chain(links).chain(together).collect()
}
