//! Styled text broken into lines.

use std::ops::Range;

use super::{Line, Span, to_plain};
use crate::text::breaks;

/// Styled text broken into lines of at most `room` columns.
pub(super) fn wrap(spans: &[Span], room: usize) -> Vec<Line> {
    let text = to_plain(spans);
    cut(spans, breaks(text.trim_end(), room, room))
}

/// Stretches of styled text, which stand in its order.
pub(super) fn cut(spans: &[Span], ranges: Vec<Range<usize>>) -> Vec<Line> {
    let mut lines = Vec::with_capacity(ranges.len());
    // The first span that may be in a stretch still, and where it begins.
    let (mut first, mut start) = (0, 0);
    for range in ranges {
        while let Some(span) = spans.get(first)
            && start + span.text.len() <= range.start
        {
            start += span.text.len();
            first += 1;
        }
        let mut line = Line::new();
        let mut begin = start;
        for span in &spans[first..] {
            if begin >= range.end {
                break;
            }
            let end = begin + span.text.len();
            let (from, to) = (range.start.max(begin), range.end.min(end));
            if from < to {
                line.push(Span { text: span.text[from - begin..to - begin].to_owned(), ..*span });
            }
            begin = end;
        }
        lines.push(line);
    }
    lines
}
