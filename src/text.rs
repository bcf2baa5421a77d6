//! Text from outside (logs, bodies, guides, names) on its way to a terminal or a report.
//!
//! Everything that a learner's program or a pack wrote passes [`clean`] or [`clean_lines`] once, where it enters.
//! What is dropped and what is shown is one choice, made here: whole control sequences (colours, cursor moves,
//! titles) are dropped, since they are not what the text says; every single control character that is left is
//! shown, because an invisible byte can be the very reason why a test failed. C0 characters become their
//! control pictures (`␀`, `␛`), C1 and bidirectional controls their code points (`<U+202E>`), tabs become spaces.
//!
//! The rest of the module fits cleaned text into columns and makes words safe to paste into a shell.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::ops::Range;
use std::str::Chars;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Some editors put it in front of a file. It is no part of the text: YAML and JSON let a reader pass over it.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Tab stops stand every 8 columns, as in a terminal, so that logs aligned with tabs stay aligned.
const TAB: usize = 8;
const ELLIPSIS: &str = "…";

/// One line: control sequences are gone, control characters are visible, a newline is shown as `␊`.
pub fn clean(text: &str) -> String {
    Cleaner::new(text, false).run()
}

/// The same for text of several lines: newlines stay, and CRLF becomes one.
pub fn clean_lines(text: &str) -> String {
    Cleaner::new(text, true).run()
}

/// The same for a document, whose tabs stay, too: they are part of the code in it.
pub fn clean_document(text: &str) -> String {
    Cleaner { keep_tabs: true, ..Cleaner::new(text, true) }.run()
}

/// One line whose colours stay: of control sequences, only plain `ESC [ 1;31 m` is left. Whoever shows it must read
/// those, and end them with the line.
pub fn clean_keeping_colours(text: &str) -> String {
    Cleaner { keep_colours: true, ..Cleaner::new(text, false) }.run()
}

/// The first bytes as text, `most` of them at the most and never half a character; bytes that are not UTF-8 are replaced.
pub fn beginning(bytes: &[u8], most: usize) -> String {
    let mut end = bytes.len().min(most);
    while end < bytes.len() && end > 0 && (bytes[end] & 0xC0) == 0x80 {
        end -= 1;
    }
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// The last place that is not behind this one and not inside of a character.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    // A character has four bytes at most.
    (0..=at.min(text.len())).rev().take(4).find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// At most so many bytes of a text, `…` in the place of what is left out.
pub fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}{ELLIPSIS}", &text[..boundary(text, most)])
}

struct Cleaner<'a> {
    rest: Peekable<Chars<'a>>,
    keep_newlines: bool,
    keep_colours: bool,
    keep_tabs: bool,
    out: String,
    column: usize,
}

impl<'a> Cleaner<'a> {
    fn new(text: &'a str, keep_newlines: bool) -> Self {
        Self {
            rest: text.chars().peekable(),
            keep_newlines,
            keep_colours: false,
            keep_tabs: false,
            out: String::with_capacity(text.len()),
            column: 0,
        }
    }

    fn run(mut self) -> String {
        while let Some(c) = self.rest.next() {
            self.character(c);
        }
        self.out
    }

    fn character(&mut self, c: char) {
        match c {
            '\n' if self.keep_newlines => {
                self.out.push('\n');
                self.column = 0;
            }
            '\r' if self.keep_newlines && self.rest.peek() == Some(&'\n') => {}
            '\t' if self.keep_tabs => self.out.push('\t'),
            '\t' => {
                let spaces = TAB - self.column % TAB;
                self.out.extend(std::iter::repeat_n(' ', spaces));
                self.column += spaces;
            }
            '\u{1b}' => self.escape(),
            '\u{9b}' => self.control_sequence(),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => self.string_sequence(),
            '\0'..='\u{1f}' => self.show(char::from_u32(0x2400 + c as u32).unwrap_or('�')),
            '\u{7f}' => self.show('␡'),
            _ if is_invisible(c) => {
                let _ = write!(self.out, "<U+{:04X}>", c as u32);
                self.column += "<U+0000>".len();
            }
            _ => self.show(c),
        }
    }

    fn show(&mut self, c: char) {
        self.out.push(c);
        self.column += c.width().unwrap_or(0);
    }

    fn escape(&mut self) {
        match self.rest.peek() {
            Some('[') => {
                self.rest.next();
                self.control_sequence();
            }
            Some(']' | 'P' | 'X' | '^' | '_') => {
                self.rest.next();
                self.string_sequence();
            }
            Some(' '..='~') => {
                while self.rest.next_if(|c| matches!(c, ' '..='/')).is_some() {}
                self.rest.next_if(|c| matches!(c, '0'..='~'));
            }
            _ => self.show('␛'),
        }
    }

    /// CSI: parameters, intermediates, one final character. Anything else ends it and is text again.
    fn control_sequence(&mut self) {
        let mut colour = String::new();
        while let Some(c) = self.rest.next_if(|c| matches!(c, '0'..='?')) {
            colour.push(c);
        }
        let plain = colour.chars().all(|c| matches!(c, '0'..='9' | ';')) && self.rest.peek() == Some(&'m');
        while self.rest.next_if(|c| matches!(c, ' '..='/')).is_some() {}
        self.rest.next_if(|c| matches!(c, '@'..='~'));
        if self.keep_colours && plain {
            let _ = write!(self.out, "\u{1b}[{colour}m");
        }
    }

    /// OSC, DCS and their kin run to BEL or ST. One that never ends would hide the rest of a log: it ends with its line.
    fn string_sequence(&mut self) {
        while let Some(c) = self.rest.next_if(|c| *c != '\n') {
            match c {
                '\u{7}' | '\u{9c}' => return,
                '\u{1b}' if self.rest.next_if_eq(&'\\').is_some() => return,
                _ => {}
            }
        }
    }
}

/// Characters that show nothing and change how their neighbours are shown or read.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'                 // C1
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // bidirectional
        | '\u{200b}' | '\u{2060}' | '\u{feff}' // spaces and joiners of no width
        | '\u{2028}' | '\u{2029}'           // line and paragraph separators
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}') // no characters, and not allowed in XML
}

/// A word that no shell can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a NUL byte cannot be passed in a command's argument")]
pub struct NulInWord;

/// The word as it can be pasted into a POSIX shell. Control characters are written as `$'\n'` escapes, which bash,
/// zsh, ksh and the current POSIX standard know, so that what is pasted is one visible line.
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
            // Octal has a fixed length; `\x` may swallow the digits behind it.
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

/// The candidate that was probably meant: within an edit for every three letters, or the only one that starts so.
pub fn did_you_mean<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = |text: &str| text.to_lowercase().chars().take(100).collect::<Vec<char>>();
    let wanted = lower(given);
    let allowed = (wanted.len() / 3).max(1);
    let mut best = None;
    let mut starts = Vec::new();
    for candidate in candidates {
        let letters = lower(candidate);
        let distance = edit_distance(&wanted, &letters);
        // One edit makes any letter out of any other: a short word must keep at least half of itself.
        if distance <= allowed && distance * 2 <= letters.len() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
        if wanted.len() >= 2 && letters.starts_with(&wanted) {
            starts.push(candidate);
        }
    }
    match (best, &starts[..]) {
        (Some((_, candidate)), _) => Some(candidate),
        (None, [only]) => Some(only),
        _ => None,
    }
}

/// Insertions, deletions, replacements and swaps of neighbours.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// How many columns cleaned text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Blanks behind a text up to a width.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Cleaned text in at most so many columns; what does not fit gives way to `…`.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut taken = 0;
    let mut end = 0;
    for (at, cluster) in clusters(text) {
        taken += cluster.width();
        if taken > columns - 1 {
            break;
        }
        end = at + cluster.len();
    }
    format!("{}{ELLIPSIS}", text[..end].trim_end())
}

/// Cleaned text broken into lines of at most so many columns. Lines after the first of a paragraph are indented by
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
/// always break. There is at least one range, and at least one character in a broken word, however small the room.
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

/// Characters with what belongs to them: marks of no width, and what a joiner ties on. Only their widths add up
/// to a width that a terminal agrees with.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, mut last) = chars.next()?;
        let mut end = start + last.len_utf8();
        while let Some((at, next)) = chars.next_if(|(_, c)| c.width() == Some(0) || last == '\u{200d}') {
            (end, last) = (at + next.len_utf8(), next);
        }
        Some((start, &text[start..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sequences_go_and_characters_show() {
        assert_eq!(clean("\u{1b}[1;31mred\u{1b}[0m"), "red");
        assert_eq!(clean("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{7}!"), "link!");
        assert_eq!(clean("a\u{9b}2Jb\u{9d}0;title\u{9c}c"), "abc");
        assert_eq!(clean("\u{1b}Pq#1\u{1b}\\x\u{1b}(B\u{1b}cy"), "xy");
        assert_eq!(clean("end\u{1b}"), "end␛");
        assert_eq!(clean("a\0b\rc\nd\u{7f}"), "a␀b␍c␊d␡");
        assert_eq!(clean("\u{202e}evil\u{85}"), "<U+202E>evil<U+0085>");
        assert_eq!(clean("ключ 世界 👩‍👩‍👧"), "ключ 世界 👩‍👩‍👧");
    }

    #[test]
    fn colours_stay_where_they_are_wanted() {
        assert_eq!(clean_keeping_colours("\u{1b}[1;31mred\u{9b}m\tx"), "\u{1b}[1;31mred\u{1b}[m     x");
        assert_eq!(clean_keeping_colours("\u{1b}[2Ja\u{1b}[?1mb\u{1b}[31 mc\u{1b}[38:5:1md\u{1b}"), "abcd␛");
    }

    #[test]
    fn lines_stay_and_tabs_reach_their_stops() {
        assert_eq!(clean_lines("a\r\nb\rc\n"), "a\nb␍c\n");
        assert_eq!(clean_lines("a\tb\n\tc"), "a       b\n        c");
        assert_eq!(clean("世\tb"), "世      b");
        assert_eq!(clean_document("a\tb\r\n\u{1b}[1mc\u{202e}"), "a\tb\nc<U+202E>");
        // A title that never ends hides its own line at most.
        assert_eq!(clean_lines("a\u{1b}]0;title\nnext"), "a\nnext");
    }

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
    fn text_is_cut_and_wrapped_by_columns() {
        assert_eq!(cut("persistence", 8), "persist…");
        assert_eq!(cut("世界世界", 5), "世界…");
        assert_eq!(cut("ok", 2), "ok");
        assert_eq!(cut("ok", 0), "");
        assert_eq!(wrap("one two three", 8, 2), ["one two", "  three"]);
        assert_eq!(wrap("a\n\nb", 8, 2), ["a", "", "b"]);
        assert_eq!(wrap("abcdefghij kl", 4, 0), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("  - item text", 10, 4), ["  - item", "    text"]);
        assert_eq!(wrap("", 10, 4), [""]);
        assert_eq!(wrap("世", 1, 0), ["…"]);
    }

    /// Text with what is dangerous in it, far more often than chance would have it.
    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            "[ -~]{0,12}",
            prop::sample::select(vec![
                "\u{1b}",
                "\u{1b}[",
                "\u{1b}]",
                "\u{1b}P",
                "\u{9b}",
                "\u{9d}",
                "\u{1b}\\",
                "\u{7}",
                "\n",
                "\r\n",
                "\t",
                "\u{202e}",
                "世",
                "\u{301}",
                "\u{200d}",
                "\u{fe0f}",
                "☀",
                "👩",
                "\u{1f3fb}",
                "🇩",
                "لا",
                "  ",
            ])
            .prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_that_controls_is_left(text in nasty()) {
            let line = clean(&text);
            prop_assert!(!line.contains(|c: char| c.is_control() || is_invisible(c)), "{line:?}");
            let lines = clean_lines(&text);
            prop_assert!(!lines.contains(|c: char| c != '\n' && (c.is_control() || is_invisible(c))), "{lines:?}");
            prop_assert_eq!(clean_lines(&lines), lines);
        }

        #[test]
        fn nothing_but_colours_is_kept_more(text in nasty(), at in 0usize..40) {
            let at = text.floor_char_boundary(at.min(text.len()));
            let coloured = format!("{}\u{1b}[1;31m{}", &text[..at], &text[at..]);
            let kept = clean_keeping_colours(&coloured);
            let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
            prop_assert_eq!(colours.replace_all(&kept, ""), clean(&coloured));
        }

        #[test]
        fn nothing_is_wider_than_asked(text in nasty(), columns in 0usize..40, hanging in 0usize..50) {
            let text = clean_lines(&text);
            prop_assert!(cut(&clean(&text), columns).width() <= columns);
            for line in wrap(&text, columns, hanging) {
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
