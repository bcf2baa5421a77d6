//! A code block in lines: for a pane wrapped behind a bar, elsewhere whole and indented.

use std::ops::Range;

use super::highlight::{Language, commands, tokens};
use super::wrap::cut;
use super::{Line, Medium, Role, Span, to_plain};
use crate::text::{breaks, width};

/// A code block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub language: Language,
    /// As it was written, without a newline at its end.
    pub text: String,
    /// Its lines in [`super::Document::lines`].
    pub lines: Range<usize>,
}

impl Code {
    /// The commands of a console session, without prompts and what they print. Empty for any other block.
    pub fn commands(&self) -> Vec<&str> {
        if self.language == Language::Console { commands(&self.text) } else { Vec::new() }
    }
}

const INDENT: &str = "  ";
/// Before a line of code, and before one that goes on: a bar, and a bent arrow.
const BAR: &str = "▏ ";
const CONTINUED: &str = "↳ ";

/// Lines of a block in at most `room` columns, if it is wrapped at all.
pub(super) fn lines(code: &str, language: Language, medium: Medium, room: usize) -> Vec<Line> {
    let lines = source_lines(code, language);
    if !medium.wraps_code() {
        let indented = |mut line: Line| {
            line.insert(0, Span::new(INDENT, Role::CodeBar));
            line
        };
        return lines.into_iter().map(indented).collect();
    }
    lines.iter().flat_map(|line| wrapped(line, room.saturating_sub(width(BAR)).max(1))).collect()
}

/// The lines as they were written, in tokens.
fn source_lines(code: &str, language: Language) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    for (token, range) in tokens(language, code) {
        for (number, part) in code[range].split('\n').enumerate() {
            if number > 0 {
                lines.push(Line::new());
            }
            if let Some(line) = lines.last_mut()
                && !part.is_empty()
            {
                line.push(Span::new(part, Role::CodeBlock(token)));
            }
        }
    }
    lines
}

/// What does not fit goes on below, two columns deeper than the line began.
fn wrapped(line: &[Span], room: usize) -> Vec<Line> {
    let text = to_plain(line);
    let own = text.len() - text.trim_start_matches(' ').len();
    let indent = own.min((room / 2).saturating_sub(width(CONTINUED)));
    let ranges = breaks(&text, room, room.saturating_sub(indent + width(CONTINUED)).max(1));
    let mut lines = cut(line, ranges);
    for (number, line) in lines.iter_mut().enumerate() {
        if number > 0 {
            line.insert(0, Span::new(CONTINUED, Role::Continued));
            line.insert(0, Span::new(" ".repeat(indent), Role::CodeBar));
        }
        line.insert(0, Span::new(BAR, Role::CodeBar));
    }
    lines
}
