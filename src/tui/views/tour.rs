//! What the tour says, in a band between the panes and the footer.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::paint;
use crate::tui::theme::{Look, Sign};
use crate::tui::tour::{Piece, says};
use crate::tui::ui::Ui;

pub(super) fn draw(ui: &Ui, area: Rect, buffer: &mut Buffer) {
    let theme = &ui.app.theme;
    let words = says(ui).into_iter().flat_map(|piece| -> Vec<(String, Look)> {
        match piece {
            // A space stays with the word before it: rows break after spaces.
            Piece::Words(text) => text.split_inclusive(' ').map(|word| (word.to_owned(), Look::Text)).collect(),
            Piece::Key(action) => vec![(ui.app.keymap.shown(action), Look::Key)],
            Piece::Command(text) => vec![(text.to_owned(), Look::Code)],
        }
    });
    let mark = theme.sign(Sign::Mark);
    let start = || vec![(format!("{mark} "), Look::Hint)];
    let width = |row: &[(String, Look)]| row.iter().map(|(text, _)| crate::text::width(text)).sum::<usize>();
    let mut rows = vec![start()];
    for (text, look) in words {
        let Some(row) = rows.last_mut() else { break };
        if width(row) + crate::text::width(text.trim_end()) <= usize::from(area.width) {
            row.push((text, look));
        } else {
            rows.push([start(), vec![(text, look)]].concat());
        }
    }
    // The mark stands in every row of the band, so that what it says stays in its place.
    rows.resize_with(usize::from(area.height), start);
    for (row, line) in rows.iter_mut().zip(area.rows()) {
        // The space after its last word has no room.
        if let Some((text, _)) = row.last_mut() {
            text.truncate(text.trim_end().len());
        }
        let pieces: Vec<paint::Piece> =
            row.iter().map(|(text, look)| (Cow::Borrowed(text.as_str()), theme.style(*look))).collect();
        paint::put(buffer, line, theme, &pieces);
    }
}
