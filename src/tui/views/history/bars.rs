//! Operations, each from its call to its return.

use std::ops::Range;

use history::Outcome;
use ratatui::buffer::Buffer;

use super::Window;
use crate::text::width;
use crate::tui::history::labels::{end, labels, verb};
use crate::tui::history::{Bar, Reader, Sheet};
use crate::tui::theme::{End, Look, Sign};

pub(super) fn draw(reader: &Reader, sheet: &Sheet, bar: &Bar, window: &Window, buffer: &mut Buffer) {
    let theme = window.theme;
    let operation = &reader.history().operations[bar.place];
    let (marked, culprit) = (reader.is_marked(bar.place), reader.is_culprit(bar.place));
    let look = match (culprit, marked) {
        (true, _) => Look::Bad,
        (_, true) => Look::Strong,
        _ if operation.outcome == Outcome::Ok => Look::Text,
        _ => Look::Dim,
    };
    let style = theme.style(if bar.place == reader.chosen() { Look::Cursor } else { look });
    let [first, line, last] = theme.bar(marked, end(operation));
    // The moment of the wrong answer.
    let last = if culprit { theme.sign(Sign::Failed) } else { last };
    if bar.from == bar.to {
        let sign = match end(operation) {
            _ if culprit => last,
            _ if marked => theme.sign(Sign::Proof),
            End::Done => verb(operation, false),
            End::NotDone | End::Unknown => last,
        };
        return window.put(buffer, bar.from, sign, style);
    }
    let seen = bar.from.max(window.left)..(bar.to + 1).min(window.left + usize::from(window.area.width));
    let sign = |column| match column {
        _ if column == bar.from => first,
        _ if column == bar.to => last,
        _ => line,
    };
    window.put(buffer, seen.start, &seen.clone().map(sign).collect::<String>(), style);
    let inside = seen.start.max(bar.from + 1)..seen.end.min(bar.to);
    let edges: Vec<usize> = sheet
        .axis
        .breaks(inside.start, inside.end)
        .flat_map(|stretch| [stretch.from, stretch.to])
        .filter(|column| inside.contains(column))
        .collect();
    for column in &edges {
        window.put(buffer, *column, theme.sign(Sign::Break), style);
    }
    if let Some((column, label)) = placed(&labels(operation, reader.zoom()), inside, &edges) {
        window.put(buffer, column, &label, style);
    }
}

/// The longest label that there is room for, and where: in the middle of the longest stretch between these edges, or of
/// all, if it is longer than any.
fn placed(labels: &[String], inside: Range<usize>, edges: &[usize]) -> Option<(usize, String)> {
    let ends = edges.iter().copied().chain([inside.end]);
    let begins = [inside.start].into_iter().chain(edges.iter().map(|edge| edge + 1));
    let longest =
        begins.zip(ends).max_by_key(|(begin, end)| end.saturating_sub(*begin)).map(|(begin, end)| begin..end);
    labels.iter().find_map(|label| {
        let wide = width(label);
        let room = [longest.clone(), Some(inside.clone())].into_iter().flatten().find(|room| wide <= room.len())?;
        let spaced = if wide + 2 <= room.len() { format!(" {label} ") } else { label.clone() };
        Some((room.start + (room.len() - width(&spaced)) / 2, spaced))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_clear_of_what_is_left_out_and_gives_way_to_a_shorter_one() {
        let labels = ["n1 write 7", "write 7", "w 7"].map(str::to_owned);
        let at = |inside: Range<usize>, edges: &[usize]| placed(&labels, inside, edges);
        assert_eq!(at(10..40, &[]), Some((19, " n1 write 7 ".to_owned())));
        assert_eq!(at(10..20, &[]), Some((10, "n1 write 7".to_owned())));
        assert_eq!(at(10..18, &[]), Some((10, "write 7".to_owned())));
        assert_eq!(at(10..14, &[]), Some((10, "w 7".to_owned())));
        assert_eq!(at(10..12, &[]), None);
        // Between the edges of a break, and behind one.
        assert_eq!(at(10..28, &[12, 25]), Some((13, " n1 write 7 ".to_owned())));
        assert_eq!(at(10..40, &[12, 20]), Some((24, " n1 write 7 ".to_owned())));
    }
}
