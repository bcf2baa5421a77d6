//! One line's text in some columns of one row: its colours, what the search found, and where the left edge is.

use std::ops::Range;

use ansi_to_tui::IntoText as _;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Span, StyledGrapheme};

use super::super::paint::{is_plain, spelled, write};
use super::super::theme::{Sign, Theme};
use super::lines::Raw;
use super::paths::Paths;
use crate::text::{self, clean_keeping_colours};

/// A line's text in the styles that its program chose, or in the one that it is shown in where it chose none.
pub(super) struct Text {
    pub(super) plain: String,
    spans: Vec<Span<'static>>,
}

/// How a text is laid into the rows of its area.
#[derive(Debug, Clone, Copy)]
pub(super) enum Flow {
    /// In one row, from this column of the text on.
    Cut { left: usize },
    /// In as many rows as it takes, but no more than `most`; `hidden` of them are above the area.
    Wrapped { hidden: usize, most: usize },
}

impl Text {
    /// What a program printed.
    pub(super) fn printed(raw: &Raw, base: Style, note: Style, theme: &Theme, paths: &Paths) -> Text {
        let bytes = paths.shortened(raw.bytes.as_deref().unwrap_or_default());
        let mut spans = Vec::new();
        let lossy = String::from_utf8_lossy(&bytes);
        let coloured = theme.has_colour().then(|| clean_keeping_colours(&lossy).into_text());
        match coloured {
            // The cleaned line has no line ends, so that there is one line of text.
            Some(Ok(text)) => {
                for span in text.lines.into_iter().flat_map(|line| line.spans) {
                    let style = base.patch(visible(span.style));
                    spans.push(Span::styled(span.content, style));
                }
            }
            _ => spans.push(Span::styled(crate::text::clean(&lossy), base)),
        }
        let plain = spans.iter().map(|span| span.content.as_ref()).collect();
        spans.extend(raw.note().map(|text| Span::styled(text, note)));
        Text { plain, spans }
    }

    /// What lsfr wrote, and what there is to say of it besides.
    pub(super) fn own(text: &str, base: Style, note: Option<(String, Style)>, theme: &Theme) -> Text {
        let plain = spelled(theme, text).into_owned();
        let mut spans = vec![Span::styled(plain.clone(), base)];
        spans.extend(note.map(|(text, style)| Span::styled(spelled(theme, &text).into_owned(), style)));
        Text { plain, spans }
    }

    pub(super) fn width(&self) -> usize {
        self.spans.iter().map(|span| text::width(&span.content)).sum()
    }

    /// The rows that it takes where they are this wide: at most `most`, at least one.
    pub(super) fn rows(&self, width: usize, most: usize) -> usize {
        let (mut rows, mut column) = (1, 0);
        for grapheme in self.graphemes() {
            let columns = text::width(grapheme.symbol);
            if column + columns > width && column > 0 {
                (rows, column) = (rows + 1, 0);
                if rows >= most {
                    return most.max(1);
                }
            }
            column += columns;
        }
        rows
    }

    /// Draws what is visible. `found` are ranges of `plain`.
    pub(super) fn draw(
        &self,
        flow: Flow,
        found: &[Range<usize>],
        look: Style,
        theme: &Theme,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let width = usize::from(area.width);
        let (mut column, mut row, mut byte) = (0, 0, 0);
        for grapheme in self.graphemes() {
            let here = byte;
            byte += grapheme.symbol.len();
            let columns = text::width(grapheme.symbol);
            let (left, hidden) = match flow {
                Flow::Cut { left } => (left, 0),
                Flow::Wrapped { hidden, most } => {
                    if column + columns > width && column > 0 {
                        (row, column) = (row + 1, 0);
                        if row == most && most > hidden {
                            let y = area.y + (most - 1 - hidden) as u16;
                            let x = area.right().saturating_sub(1);
                            put(buf, (x, y), theme.sign(Sign::Ellipsis), grapheme.style, area);
                            return;
                        }
                    }
                    (0, hidden)
                }
            };
            let from = column;
            column += columns;
            if from >= left + width {
                more_to_the_right(theme.sign(Sign::Ellipsis), grapheme.style, area, buf);
                return;
            }
            if row >= hidden + usize::from(area.height) {
                return;
            }
            if columns == 0 || from < left || column > left + width || row < hidden {
                // Of a wide character at an edge, no half can be shown.
                continue;
            }
            // Smaller than the area's width and height.
            let at = (area.x + (from - left) as u16, area.y + (row - hidden) as u16);
            let is_found = found.iter().any(|range| range.contains(&here));
            let style = if is_found { grapheme.style.patch(look) } else { grapheme.style };
            put(buf, at, grapheme.symbol, style, area);
        }
    }

    fn graphemes(&self) -> impl Iterator<Item = StyledGrapheme<'_>> {
        self.spans.iter().flat_map(|span| {
            let plain = Some(&*span.content).filter(|text| is_plain(text)).into_iter();
            let letters =
                plain.flat_map(|text| (0..text.len()).map(|at| StyledGrapheme::new(&text[at..=at], span.style)));
            let others = (!is_plain(&span.content)).then(|| span.styled_graphemes(Style::new()));
            letters.chain(others.into_iter().flatten())
        })
    }
}

fn put(buf: &mut Buffer, (x, y): (u16, u16), symbol: &str, style: Style, area: Rect) {
    if x >= area.left() && y >= area.top() && x < area.right() && y < area.bottom() {
        write(buf, (x, y), symbol, usize::from(area.right() - x), style);
    }
}

/// In the last column: the text goes on. Of a wide character that it would split nothing is left.
fn more_to_the_right(sign: &str, style: Style, area: Rect, buf: &mut Buffer) {
    let Some(edge) = area.right().checked_sub(1).filter(|edge| *edge > area.x) else { return };
    let split = buf.cell_mut((edge - 1, area.y)).filter(|cell| text::width(cell.symbol()) > 1);
    split.map(|cell| cell.set_symbol(" "));
    put(buf, (edge, area.y), sign, style, area);
}

/// A program may colour its text, but neither hide it nor make it blink; nor may its resets undo the cursor.
fn visible(mut style: Style) -> Style {
    style.sub_modifier = Modifier::empty();
    style.add_modifier.remove(Modifier::HIDDEN | Modifier::SLOW_BLINK | Modifier::RAPID_BLINK);
    style
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What a search looks through and what is drawn are one text, whatever colours a program tries to set.
        #[test]
        fn colours_change_no_text(line in "((\u{1b}\\[[0-9;:?]{0,9}[mK])?[a-z\t\u{1b}\u{301}世\r]{0,3}){0,8}") {
            let raw = Raw { offset: 0, bytes: Some(Cow::Borrowed(line.as_bytes())), length: line.len() as u64 };
            let text = Text::printed(&raw, Style::new(), Style::new(), &Theme::DARK, &Paths::default());
            prop_assert_eq!(text.plain, crate::text::clean(&line));
        }
    }
}
