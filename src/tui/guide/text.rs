//! The text of a guide as a search reads it: what the renderer adds is not part of it, nor are the line breaks.

use crate::markdown::{Line, Role, to_plain};
use crate::text::width;
use crate::tui::find::{JOINT, Text};

/// Marks that the renderer adds are not part of it: bars of quotes and code, backticks.
pub(super) fn of_rows(rows: &[Line], columns: usize) -> Text {
    let mut text = Text::default();
    for (at, row) in rows.iter().enumerate() {
        let mut byte = 0;
        for span in row {
            let bar = matches!(span.text.trim_end(), "│" | "┃");
            if !bar && !matches!(span.role, Role::CodeBar | Role::Continued { .. }) {
                text.push(&span.text, at, byte);
            }
            byte += span.text.len();
        }
        // A word is broken only where it fills its row; a wide character may leave the last column free.
        let full = width(&to_plain(row)) + 1 >= columns;
        let end = match rows.get(at + 1) {
            Some(next) if next.is_empty() || is_code(row) != is_code(next) => '\n',
            Some(next) if is_heading(row) != is_heading(next) => '\n',
            Some(next) if is_code(row) && goes_on(next) => JOINT,
            Some(_) if is_code(row) => ' ',
            Some(_) if full => JOINT,
            _ => ' ',
        };
        text.end(end, at, byte);
    }
    text
}

fn is_code(row: &Line) -> bool {
    row.iter().any(|span| span.role == Role::CodeBar)
}

fn is_heading(row: &Line) -> bool {
    row.iter().any(|span| matches!(span.role, Role::Heading(_)))
}

/// The row continues a word of the line of code above it.
fn goes_on(row: &Line) -> bool {
    row.iter().any(|span| span.role == Role::Continued { in_word: true })
}
