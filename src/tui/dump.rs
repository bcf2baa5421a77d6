//! What a buffer shows, as text for snapshots.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// The characters, without blanks at the ends of rows.
pub(super) fn text(buf: &Buffer) -> String {
    rows(buf)
        .map(|row| symbols(row).map(Cell::symbol).collect::<String>().trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Each row as its stretches of one style: `[red bold]text`.
pub(super) fn styles(buf: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buf) {
        let mut line = String::new();
        let mut last = String::new();
        for cell in symbols(row) {
            let style = name(cell);
            if style != last && (cell.symbol() != " " || !style.is_empty()) {
                line.push_str(&format!("[{style}]"));
                last = style;
            }
            line.push_str(cell.symbol());
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn rows(buf: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buf.content.chunks(usize::from(buf.area.width).max(1))
}

/// Without the cells that a wide character covers.
fn symbols(row: &[Cell]) -> impl Iterator<Item = &Cell> {
    let mut covered = 0;
    row.iter().filter(move |cell| {
        if covered > 0 {
            covered -= 1;
            return false;
        }
        covered = cell.symbol().width().saturating_sub(1);
        true
    })
}

fn name(cell: &Cell) -> String {
    let mut words = Vec::new();
    if cell.fg != Color::Reset {
        words.push(cell.fg.to_string().to_lowercase());
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", cell.bg.to_string().to_lowercase()));
    }
    if cell.modifier != Modifier::empty() {
        words.push(format!("{:?}", cell.modifier).to_lowercase());
    }
    words.join(" ")
}
