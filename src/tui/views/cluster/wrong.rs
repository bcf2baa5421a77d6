//! What was wrong: under the lanes an operation from its call to its answer, with the node that it belongs to.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::{cut, width};
use crate::tui::cluster::{Axis, Wrong};
use crate::tui::theme::{End, Look, Sign, Theme};

/// What stands for it on the lane of its node.
pub(super) fn sign(wrong: &Wrong) -> (Sign, Look) {
    if wrong.culprit { (Sign::Failed, Look::Bad) } else { (Sign::Proof, Look::Strong) }
}

/// The node, in the colour of its lane.
pub(super) fn head(wrong: &Wrong, node: Option<(&str, usize)>, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (mark, look) = sign(wrong);
    super::put(theme, buffer, Rect { width: 1, ..area }, theme.sign(mark), theme.style(look));
    if let Some((name, number)) = node {
        let place = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
        super::put(theme, buffer, place, name, theme.style(Look::Node(number)));
    }
}

/// Its words stand to the left of it, or where there is more room.
pub(super) fn draw(wrong: &Wrong, axis: &Axis, until: Duration, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let column = |at: Duration| area.x + axis.column(at) as u16;
    let (from, to) = (column(wrong.from), wrong.to.map_or(area.right().saturating_sub(1), column));
    buffer.set_string(column(until), area.y, theme.sign(Sign::Edge), theme.style(Look::Focus));
    let (sign, look) = sign(wrong);
    let style = theme.style(look);
    let end = if wrong.to.is_some() { End::Done } else { End::Unknown };
    let [begin, line, last] = theme.bar(wrong.culprit, end);
    let bar = match usize::from(to - from) {
        0 => theme.sign(sign).to_owned(),
        columns => format!("{begin}{}{last}", line.repeat(columns - 1)),
    };
    buffer.set_string(from, area.y, bar, style);
    let left = usize::from(from - area.x).saturating_sub(2);
    let right = usize::from(area.right() - to).saturating_sub(3);
    let words = cut(&wrong.text, left.max(right));
    let place = if width(&words) <= left || left >= right {
        Rect { width: left as u16, ..area }
    } else {
        Rect { x: to + 2, width: right as u16, ..area }
    };
    super::put(theme, buffer, place, &words, style);
}
