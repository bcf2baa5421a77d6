//! A code block in lines: for a pane wrapped behind a bar, elsewhere whole and indented.

use std::ops::Range;

use super::highlight::{Language, commands, tokens};
use super::wrap::cut;
use super::{Line, Medium, Role, Span, to_plain};
use crate::text::{breaks, clusters, prefix, width};

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

/// What does not fit goes on below, two columns deeper than the line began. A word that is longer than its line is broken
/// where its parts end, if it has any.
fn wrapped(line: &[Span], room: usize) -> Vec<Line> {
    let text = to_plain(line);
    let own = text.len() - text.trim_start_matches(' ').len();
    // Where a wide letter would have no room beside it, there is no sign.
    let sign = if room >= width(CONTINUED) + 2 { CONTINUED } else { "" };
    let indent = own.min((room / 2).saturating_sub(width(sign)));
    let ranges = broken(&text, room, room.saturating_sub(indent + width(sign)).max(1));
    let mut lines = cut(line, ranges.clone());
    for (number, line) in lines.iter_mut().enumerate() {
        if number > 0 {
            let in_word = ranges[number - 1].end == ranges[number].start;
            line.insert(0, Span::new(sign, Role::Continued { in_word }));
            line.insert(0, Span::new(" ".repeat(indent), Role::CodeBar));
        }
        line.insert(0, Span::new(BAR, Role::CodeBar));
    }
    lines
}

/// Where the parts of a long word end: of a list, of an address. The earlier ones are preferred.
const PARTS: [&[char]; 2] = [&[',', ';', '&', '|'], &['/', '=']];

/// Ranges of a text for lines of so many columns: broken at blanks, else behind a part of a word, else where a line is
/// full. Nothing but blanks is left out between two of them.
fn broken(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut room = first;
    for words in breaks(text, first, rest) {
        let mut from = words.start;
        // What was broken inside of a word goes on in the next range: it is put together again first.
        if let Some(before) = lines.pop_if(|before: &mut Range<usize>| before.end == words.start) {
            from = before.start;
            room = if lines.is_empty() { first } else { rest };
        }
        let mut left = from..words.end;
        while width(&text[left.clone()]) > room {
            // At least a letter, however wide.
            let Some((least, _)) = clusters(&text[left.clone()]).nth(1) else { break };
            let full = left.start + prefix(&text[left.clone()], room).max(least);
            let end = part_end(&text[left.start..full]).map_or(full, |part| left.start + part);
            lines.push(left.start..end);
            (left.start, room) = (end, rest);
        }
        lines.push(left);
        room = rest;
    }
    lines
}

/// Where the last part ends that is in the beginning of a word, if that leaves no line almost empty.
fn part_end(text: &str) -> Option<usize> {
    let end = |marks: &[char]| text.rfind(marks).map(|at| at + 1);
    PARTS.iter().filter_map(|marks| end(marks)).find(|end| width(&text[..*end]) * 3 >= width(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, first: usize, rest: usize) -> Vec<&str> {
        broken(text, first, rest).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn code_is_broken_at_blanks_then_behind_parts_then_anywhere() {
        let info = r#"{"id":"n1","role":"follower","term":0,"leader":null}"#;
        assert_eq!(pieces(info, 30, 28), [r#"{"id":"n1","role":"follower","#, r#""term":0,"leader":null}"#]);
        assert_eq!(
            pieces("curl http://127.0.0.1:24011/kv/apple", 20, 18),
            ["curl", "http://", "127.0.0.1:24011/", "kv/apple"]
        );
        assert_eq!(pieces("abcdefghij", 4, 4), ["abcd", "efgh", "ij"]);
        assert_eq!(pieces("a,bcdefghij", 8, 8), ["a,bcdefg", "hij"], "no line is almost empty");
        assert_eq!(pieces("世界,世界", 6, 6), ["世界,", "世界"]);
        assert_eq!(pieces("世", 1, 1), ["世"]);
        assert_eq!(pieces("  short words", 8, 8), ["  short", "words"]);
        assert_eq!(pieces("", 4, 4), [""]);
    }
}
