//! One line's text in some columns of one row: its colours, what the search found, and where the left edge is.

use std::ops::Range;

use ansi_to_tui::IntoText as _;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::super::theme::Theme;
use super::lines::Raw;
use crate::text::clean_keeping_colours;

/// A line's text in the styles that its program chose, or in the one that it is shown in where it chose none.
pub(super) struct Text {
    pub(super) plain: String,
    spans: Vec<Span<'static>>,
}

impl Text {
    pub(super) fn new(raw: &Raw, base: Style, note: Style, theme: &Theme) -> Text {
        let bytes = raw.bytes.as_deref().unwrap_or_default();
        let mut spans = Vec::new();
        let lossy = String::from_utf8_lossy(bytes);
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

    /// Draws what is visible from column `left` on. `found` are ranges of `plain`.
    pub(super) fn draw(&self, left: usize, found: &[Range<usize>], look: Style, area: Rect, buf: &mut Buffer) {
        let (mut column, mut byte) = (0, 0);
        let end = left + usize::from(area.width);
        for grapheme in self.spans.iter().flat_map(|span| span.styled_graphemes(Style::new())) {
            let here = byte;
            byte += grapheme.symbol.len();
            let from = column;
            column += grapheme.symbol.width();
            if from >= end {
                return;
            }
            if column == from || from < left || column > end {
                // Of a wide character at an edge, no half can be shown.
                continue;
            }
            // Smaller than the area's width.
            let x = area.x + (from - left) as u16;
            let is_found = found.iter().any(|range| range.contains(&here));
            let style = if is_found { grapheme.style.patch(look) } else { grapheme.style };
            buf.set_string(x, area.y, grapheme.symbol, style);
        }
    }
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
            let text = Text::new(&raw, Style::new(), Style::new(), &Theme::DARK);
            prop_assert_eq!(text.plain, crate::text::clean(&line));
        }
    }
}
