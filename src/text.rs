//! Text from outside (logs, bodies, guides, names) on its way to a terminal or a report.
//!
//! Everything that a learner's program or a pack wrote passes [`clean`] or [`clean_lines`] once, where it enters: they
//! decide what is dropped, and what is shown. This module fits cleaned text into columns and makes words safe to paste
//! into a shell.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

pub use history::text::{BYTE_ORDER_MARK, clean, clean_document, clean_keeping_colours, clean_lines, cut};
pub(crate) use history::text::{clusters, is_invisible};

const ELLIPSIS: &str = "…";

/// The first bytes as text, at most `most` of them and never half a character; bytes that are not UTF-8 are replaced.
pub fn beginning(bytes: &[u8], most: usize) -> String {
    let mut end = bytes.len().min(most);
    while end < bytes.len() && end > 0 && (bytes[end] & 0xC0) == 0x80 {
        end -= 1;
    }
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// A number of bytes for people: `17 bytes`, `3.2 KB`, `131.1 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1000 => format!("{bytes} bytes"),
        // What rounds to a thousand of them is one of the next unit.
        1000..999_950 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The last place that is neither after this one nor inside a character.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    // A character has at most four bytes.
    (0..=at.min(text.len())).rev().take(4).find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// At most this many bytes of a text, with `…` in place of what is left out.
pub fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}{ELLIPSIS}", &text[..boundary(text, most)])
}

/// A word that cannot be passed to any shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a NUL byte cannot be passed in a command's argument")]
pub struct NulInWord;

/// The word in a form that can be pasted into a POSIX shell. Control characters are written as `$'\n'` escapes, which
/// bash, zsh, ksh and the current POSIX standard know, so that what is pasted is one visible line.
pub fn shell_quote(word: &str) -> Result<String, NulInWord> {
    if !word.contains(|c: char| c.is_control() || is_invisible(c)) {
        return shlex::try_quote(word).map(Into::into).map_err(|_| NulInWord);
    }
    let mut quoted = String::from("$'");
    for c in word.chars() {
        match c {
            '\0' => return Err(NulInWord),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\'' | '\\' => quoted.extend(['\\', c]),
            // Octal has a fixed length; `\x` may swallow the digits after it.
            c if c.is_control() || is_invisible(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    Ok(quoted)
}

/// The candidate that was probably meant: one within an edit for every three letters, or the only one that starts with
/// the name.
pub fn did_you_mean<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = |text: &str| text.to_lowercase().chars().take(100).collect::<String>();
    let wanted = lower(given);
    let allowed = (wanted.chars().count() / 3).max(1);
    let mut best = None;
    let mut starts = Vec::new();
    for candidate in candidates {
        let letters = lower(candidate);
        let distance = strsim::osa_distance(&wanted, &letters);
        // One edit makes any letter out of any other: a short word must keep at least half of itself.
        if distance <= allowed
            && distance * 2 <= letters.chars().count()
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
        if wanted.chars().count() >= 2 && letters.starts_with(&wanted) {
            starts.push(candidate);
        }
    }
    match (best, &starts[..]) {
        (Some((_, candidate)), _) => Some(candidate),
        (None, [only]) => Some(only),
        _ => None,
    }
}

/// How many columns cleaned text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The bytes of a text that fit into this many columns.
pub fn prefix(text: &str, columns: usize) -> usize {
    let mut taken = 0;
    for (at, cluster) in clusters(text) {
        taken += width(cluster);
        if taken > columns {
            return at;
        }
    }
    text.len()
}

/// Pads a text with blanks up to a width.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Cleaned text in as few lines of at most this many columns as possible, which are as even as possible: no word stands
/// alone in the last one.
pub fn wrap_evenly(text: &str, columns: usize) -> Vec<String> {
    let lines = wrap(text, columns, 0);
    let longest = text.split([' ', '\n']).map(width).max().unwrap_or(0);
    let narrower = (longest.max(1)..columns).map(|columns| wrap(text, columns, 0));
    let fewest = lines.len();
    narrower.into_iter().find(|narrower| narrower.len() == fewest).unwrap_or(lines)
}

/// Cleaned text broken into lines of at most this many columns. Lines after the first of a paragraph are indented by
/// `hanging`; newlines in the text start a new paragraph. Words longer than a line are broken.
pub fn wrap(text: &str, columns: usize, hanging: usize) -> Vec<String> {
    let hanging = hanging.min(columns / 2);
    let indent = " ".repeat(hanging);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        for (number, range) in breaks(paragraph, columns, columns - hanging).into_iter().enumerate() {
            let line =
                if number == 0 { paragraph[range].to_owned() } else { format!("{indent}{}", &paragraph[range]) };
            // A wide character does not fit into one column at all.
            lines.push(if line.width() > columns { cut(&line, columns) } else { line });
        }
    }
    lines
}

/// Where to break a text so that each stretch fits: `first` columns for the first, `rest` for the others. Newlines
/// always break. There is at least one range, and at least one character of a broken word in each, however little room
/// there is.
pub fn breaks(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for paragraph in text.split('\n') {
        let room = if lines.is_empty() { first } else { rest };
        break_paragraph(paragraph, start, room, rest, &mut lines);
        start += paragraph.len() + 1;
    }
    lines
}

fn break_paragraph(text: &str, offset: usize, first: usize, rest: usize, lines: &mut Vec<Range<usize>>) {
    let mut room = first;
    let mut line: Option<(Range<usize>, usize)> = None;
    let mut at = 0;
    for piece in text.split_inclusive(' ') {
        let word = piece.trim_end_matches(' ');
        let start = at;
        at += piece.len();
        if word.is_empty() {
            continue;
        }
        let columns = word.width();
        let opens_text = line.is_none();
        if let Some((range, taken)) = &mut line {
            let gap = start - range.end;
            if *taken + gap + columns <= room {
                *range = range.start..start + word.len();
                *taken += gap + columns;
                continue;
            }
        }
        if let Some((range, _)) = line.take() {
            lines.push(offset + range.start..offset + range.end);
            room = rest;
        }
        // Spaces that open a paragraph are its own indent.
        if opens_text && start + columns <= room {
            line = Some((0..start + word.len(), start + columns));
            continue;
        }
        let (mut from, mut taken) = (start, 0);
        for (place, cluster) in clusters(word) {
            let columns = cluster.width();
            if taken > 0 && taken + columns > room {
                lines.push(offset + from..offset + start + place);
                (from, taken, room) = (start + place, 0, rest);
            }
            taken += columns;
        }
        line = Some((from..start + word.len(), taken));
    }
    let (range, _) = line.unwrap_or((0..0, 0));
    lines.push(offset + range.start..offset + range.end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_the_unit_that_suits_it() {
        let sizes = [0, 1, 999, 1000, 3_249, 999_999, 1_000_000, 131_072_000].map(size);
        let told = ["0 bytes", "1 byte", "999 bytes", "1.0 KB", "3.2 KB", "1.0 MB", "1.0 MB", "131.1 MB"];
        assert_eq!(sizes, told);
    }
    use proptest::prelude::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(shell_quote("./run.sh").unwrap(), "./run.sh");
        assert_eq!(shell_quote("").unwrap(), "''");
        assert_eq!(shell_quote("a b").unwrap(), "'a b'");
        assert_eq!(shell_quote("it's\n\u{1b}").unwrap(), "$'it\\'s\\n\\033'");
        assert_eq!(shell_quote("a\0"), Err(NulInWord));
    }

    #[test]
    fn a_near_miss_is_named() {
        let stages = ["http-api", "persistence", "crash-recovery"];
        assert_eq!(did_you_mean("persistance", stages), Some("persistence"));
        assert_eq!(did_you_mean("htpt-api", stages), Some("http-api"));
        assert_eq!(did_you_mean("crash", stages), Some("crash-recovery"));
        assert_eq!(did_you_mean("HTTP-API", stages), Some("http-api"));
        assert_eq!(did_you_mean("sharding", stages), None);
        assert_eq!(did_you_mean("", stages), None);
        assert_eq!(did_you_mean("x", ["a", "b"]), None);
    }

    #[test]
    fn even_lines_leave_no_word_alone() {
        let text = "programs run, from one number to programs of many files.";
        assert_eq!(wrap(text, 50, 0), ["programs run, from one number to programs of many", "files."]);
        assert_eq!(wrap_evenly(text, 50), ["programs run, from one number", "to programs of many files."]);
        assert_eq!(wrap_evenly("short", 50), ["short"]);
        assert_eq!(wrap_evenly("a-word-that-fills-its-line b", 26), ["a-word-that-fills-its-line", "b"]);
        assert_eq!(wrap_evenly("abcdefghij", 4), wrap("abcdefghij", 4, 0));
        assert_eq!(wrap_evenly("", 4), [""]);
    }

    #[test]
    fn text_is_wrapped_by_columns() {
        assert_eq!(wrap("one two three", 8, 2), ["one two", "  three"]);
        assert_eq!(wrap("a\n\nb", 8, 2), ["a", "", "b"]);
        assert_eq!(wrap("abcdefghij kl", 4, 0), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("  - item text", 10, 4), ["  - item", "    text"]);
        assert_eq!(wrap("", 10, 4), [""]);
        assert_eq!(wrap("世", 1, 0), ["…"]);
    }

    /// Text that contains dangerous characters far more often than chance would have it.
    fn nasty() -> impl Strategy<Value = String> {
        "([ -~]{1,12}|\\PC|[\\x00-\\x1f\\x7f\u{9b}\u{9d}\u{202e}\u{301}\u{200d}\u{fe0f}\u{1f3fb}世☀👩🇩]|لا|  ){0,24}"
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in nasty(), columns in 0usize..40, hanging in 0usize..50) {
            for line in wrap(&clean_lines(&text), columns, hanging) {
                prop_assert!(line.width() <= columns, "{line:?}");
            }
        }

        #[test]
        fn wrapping_loses_no_word(text in "[a-c ]{0,60}", columns in 2usize..20) {
            let words = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(words(&wrap(&text, columns, 0).concat()), words(&text));
        }

        #[test]
        fn a_quoted_word_reads_back_as_itself(word in nasty()) {
            let Ok(quoted) = shell_quote(&word) else {
                prop_assert!(word.contains('\0'));
                return Ok(());
            };
            prop_assert!(!quoted.contains(|c: char| c.is_control()));
            if !quoted.starts_with('$') {
                prop_assert_eq!(shlex::split(&quoted), Some(vec![word]));
            }
        }
    }
}
