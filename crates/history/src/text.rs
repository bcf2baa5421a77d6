//! Text from outside (names, values, notes, logs) on its way to a terminal or a report.
//!
//! The sentences and pictures of this crate have passed [`clean`]; pass any key or value that you print yourself
//! through it once, where it enters. What is dropped and what is shown is decided in one place, here: whole control
//! sequences (colours, cursor moves, titles) are dropped, since they are not what the text says; every single control
//! character that is left is shown, because an invisible byte can be the very reason why a test failed. C0 characters
//! become their control pictures (`␀`, `␛`), C1 and bidirectional controls their code points (`<U+202E>`), tabs become
//! spaces.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Some editors put it in front of a file. It is not part of the text: YAML and JSON let a reader skip it.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Tab stops stand every 8 columns, as in a terminal, so that logs aligned with tabs stay aligned.
const TAB: usize = 8;

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

/// One line that keeps its colours: of control sequences, only plain ones like `ESC [ 1;31 m` are left. The code that
/// shows the line must interpret those, and end them with the line.
pub fn clean_keeping_colours(text: &str) -> String {
    Cleaner { keep_colours: true, ..Cleaner::new(text, false) }.run()
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

/// Characters that show nothing but change how their neighbours are shown or read.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'                 // C1
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // bidirectional
        | '\u{200b}' | '\u{2060}' | '\u{feff}' // spaces and joiners of no width
        | '\u{2028}' | '\u{2029}'           // line and paragraph separators
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}') // no characters, and not allowed in XML
}

/// Cleaned text in at most this many columns; `…` replaces what does not fit.
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
    format!("{}…", text[..end].trim_end())
}

/// Characters with what belongs to them: zero-width marks, and what a joiner attaches. Only their widths add up to a
/// width that a terminal agrees with.
pub fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
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
    fn text_is_cut_by_columns() {
        assert_eq!(cut("persistence", 8), "persist…");
        assert_eq!(cut("世界世界", 5), "世界…");
        assert_eq!(cut("ok", 2), "ok");
        assert_eq!(cut("ok", 0), "");
    }

    /// Text that contains dangerous characters far more often than chance would have it.
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
        fn nothing_is_wider_than_asked(text in nasty(), columns in 0usize..40) {
            prop_assert!(cut(&clean(&text), columns).width() <= columns);
        }
    }
}
