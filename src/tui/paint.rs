//! Pieces of styled text on a row of the screen, cut where the row ends.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::theme::{Sign, Theme};
use crate::text::{prefix, width};

/// A stretch of cleaned text in one style.
pub(super) type Piece<'a> = (Cow<'a, str>, Style);

/// Puts the pieces one after the other into the first row of `area`. What does not fit gives way to an ellipsis.
pub(super) fn put(buf: &mut Buffer, area: Rect, theme: &Theme, pieces: &[Piece]) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let columns = usize::from(area.width);
    let all: usize = pieces.iter().map(|(text, _)| width(text)).sum();
    let whole = all <= columns;
    let mut room = if whole { columns } else { columns - 1 };
    let mut x = area.x;
    for (text, style) in pieces {
        let text = spelled(theme, text);
        let taken = width(&text);
        if taken <= room {
            x = write(buf, (x, area.y), &text, room, *style);
            room -= taken;
            continue;
        }
        x = write(buf, (x, area.y), &text[..prefix(&text, room)], room, *style);
        write(buf, (x, area.y), theme.sign(Sign::Ellipsis), 1, *style);
        return;
    }
}

/// Puts cleaned text at a place on the screen, at most so many columns of it, and returns the column behind it.
pub(super) fn write(buf: &mut Buffer, (x, y): (u16, u16), text: &str, most: usize, style: Style) -> u16 {
    if !is_plain(text) {
        return buf.set_stringn(x, y, text, most, style).0;
    }
    let room = usize::from(buf.area.right().saturating_sub(x)).min(most);
    let text = &text[..text.len().min(room)];
    if text.is_empty() {
        return x;
    }
    let from = buf.index_of(x, y);
    for (cell, letter) in buf.content[from..].iter_mut().zip(text.chars()) {
        cell.set_char(letter).set_style(style);
    }
    x + text.len() as u16
}

/// Whether each byte is a letter of one column. Most of a screen is such text, for which nothing has to be looked up in
/// the tables of Unicode.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// As [`put`], for a line of ratatui's.
pub(super) fn put_line(buf: &mut Buffer, area: Rect, theme: &Theme, line: &Line) {
    let pieces: Vec<Piece> =
        line.spans.iter().map(|span| (Cow::Borrowed(&*span.content), line.style.patch(span.style))).collect();
    put(buf, area, theme, &pieces);
}

/// For a terminal that shows only ASCII: what lsfr itself puts into texts, each letter as wide as before.
pub(super) fn spelled<'a>(theme: &Theme, text: &'a str) -> Cow<'a, str> {
    if !theme.ascii || text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|letter| stand_in(letter).unwrap_or(letter)).collect())
}

/// The whole screen for such a terminal: whatever has no stand-in, in what a program printed or an author wrote, is a
/// question mark.
pub(super) fn in_ascii(buf: &mut Buffer) {
    for cell in &mut buf.content {
        if !cell.symbol().is_ascii() {
            let first = cell.symbol().chars().next().unwrap_or(' ');
            // Of a letter with accents of its own, the letter.
            let letter = if first.is_ascii() { first } else { stand_in(first).unwrap_or('?') };
            cell.set_char(letter);
        }
    }
}

/// The ASCII letter that stands for a sign.
fn stand_in(sign: char) -> Option<char> {
    Some(match sign {
        '•' | '·' | '●' | '◆' => '*',
        '○' => 'o',
        '─' | '━' | '╌' | '╍' | '┄' | '┈' | '═' | '–' | '—' | '‐' | '−' | '↔' => '-',
        '│' | '┃' | '┊' | '┆' | '║' | '▏' | '▌' | '▎' | '‖' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╭' | '╮' | '╯' | '╰' | '┣' | '┫' | '╋' | '╟' | '╢'
        | '╫' | '┠' | '┨' | '╂' => '+',
        '█' | '▓' | '■' => '#',
        '▒' | '░' => '/',
        '…' | '±' | '≈' => '~',
        '→' | '›' | '»' | '▸' | '▶' | '↳' => '>',
        '←' | '‹' | '«' | '◂' | '◀' => '<',
        '↑' | '▲' => '^',
        '↓' | '▼' => 'v',
        '≤' => '<',
        '≥' => '>',
        '×' | '✗' | '╳' => 'x',
        '✓' => '+',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '\u{a0}' => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(theme: &Theme, columns: u16, texts: &[&str]) -> String {
        let area = Rect::new(0, 0, columns, 1);
        let mut buf = Buffer::empty(area);
        let pieces: Vec<Piece> = texts.iter().map(|text| ((*text).into(), Style::new())).collect();
        put(&mut buf, area, theme, &pieces);
        crate::tui::dump::text(&buf)
    }

    #[test]
    fn what_does_not_fit_gives_way() {
        assert_eq!(row(&Theme::DARK, 6, &["abc", "def"]), "abcdef");
        assert_eq!(row(&Theme::DARK, 5, &["abc", "def"]), "abcd…");
        assert_eq!(row(&Theme::DARK, 4, &["abc", "def"]), "abc…");
        assert_eq!(row(&Theme::DARK, 4, &["世界", "世"]), "世…");
        assert_eq!(row(&Theme::DARK, 1, &["世"]), "…");
        assert_eq!(row(&Theme { ascii: true, ..Theme::DARK }, 5, &["• → ×", "x"]), "* > ~");
    }

    #[test]
    fn a_screen_in_ascii_is_ascii_and_nothing_moves() {
        let area = Rect::new(0, 0, 24, 1);
        let mut buf = Buffer::empty(area);
        buf.set_string(0, 0, "┌─ é e\u{301} 世界 ░├┤± ☃ ok", Style::new().bold());
        in_ascii(&mut buf);
        assert_eq!(crate::tui::dump::text(&buf), "+- ? e ? ?  /++~ ? ok");
        assert!(buf[(0, 0)].modifier.contains(ratatui::style::Modifier::BOLD));
    }
}
