//! A line that a program printed, as stretches with roles: in the colours that it chose, or else with what matters in a
//! compiler's output marked. No control sequence passes.

use std::ops::Range;
use std::sync::LazyLock;

use anstyle::AnsiColor;
use regex::Regex;

use super::card_page::{Line, Role};
use crate::text::{breaks, clean_keeping_colours};

/// The sixteen colours, in the order of their numbers.
const COLOURS: [AnsiColor; 8] = [
    AnsiColor::Black,
    AnsiColor::Red,
    AnsiColor::Green,
    AnsiColor::Yellow,
    AnsiColor::Blue,
    AnsiColor::Magenta,
    AnsiColor::Cyan,
    AnsiColor::White,
];

/// A line's stretches, without a role that says what they mean where the program chose none.
pub(super) fn stretches(raw: &str, marks: bool) -> Line {
    let text = clean_keeping_colours(raw);
    match text.contains('\u{1b}') {
        true => coloured(&text),
        false if marks => marked(text),
        false => vec![(Role::Text, text)],
    }
}

/// What is left of control sequences are plain colours: `ESC [ 1;31 m`.
fn coloured(text: &str) -> Line {
    let mut line = Line::new();
    let mut pen = (None, false);
    for (number, piece) in text.split("\u{1b}[").enumerate() {
        let rest = match piece.split_once('m').filter(|_| number > 0) {
            Some((codes, rest)) => {
                set(&mut pen, codes);
                rest
            }
            None => piece,
        };
        let role = match pen {
            (Some(colour), bold) => Role::Printed { colour, bold },
            (None, true) => Role::Strong,
            (None, false) => Role::Text,
        };
        if !rest.is_empty() {
            line.push((role, rest.to_owned()));
        }
    }
    line
}

fn set((colour, bold): &mut (Option<AnsiColor>, bool), codes: &str) {
    let mut codes = codes.split([';', ':']).map(|code| code.parse::<usize>().unwrap_or(0));
    while let Some(code) = codes.next() {
        match code {
            0 => (*colour, *bold) = (None, false),
            1 => *bold = true,
            22 => *bold = false,
            39 => *colour = None,
            30..=37 => *colour = Some(COLOURS[code - 30]),
            90..=97 => *colour = Some(COLOURS[code - 90].bright(true)),
            // Of more colours than the theme has, the first sixteen are known.
            38 => match (codes.next(), codes.next()) {
                (Some(5), Some(number @ 0..=7)) => *colour = Some(COLOURS[number]),
                (Some(5), Some(number @ 8..=15)) => *colour = Some(COLOURS[number - 8].bright(true)),
                (Some(5), _) => *colour = None,
                _ => return,
            },
            48 => return,
            _ => {}
        }
    }
}

/// The words by which compilers tell how bad it is, and what they point with.
fn marked(text: String) -> Line {
    static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let words = [
            r"(?<bad>\b(?:fatal )?(?:\w*Error|error|panic)(?:\[\w+\])?:)",
            r"(?<unsure>\bwarning(?:\[\w+\])?:)",
            r"(?<dim>\b(?:note|help):)",
            r"^[\s|\d]*(?<wrong>[~^][~^\s-]*)$",
        ];
        Regex::new(&words.join("|")).ok()
    });
    let found = WORDS.as_ref().and_then(|words| {
        let found = words.captures(&text)?;
        let roles = [("bad", Role::Bad), ("unsure", Role::Unsure), ("dim", Role::Dim), ("wrong", Role::Wrong)];
        roles.iter().find_map(|(name, role)| Some((*role, found.name(name)?.range())))
    });
    let Some((role, range)) = found else { return vec![(Role::Text, text)] };
    let parts = [(Role::Text, &text[..range.start]), (role, &text[range.clone()]), (Role::Text, &text[range.end..])];
    parts.into_iter().filter(|(_, part)| !part.is_empty()).map(|(role, part)| (role, part.to_owned())).collect()
}

/// A line broken so that each row has at most so many columns.
pub(super) fn wrapped(line: &Line, columns: usize) -> Vec<Line> {
    let plain: String = line.iter().map(|(_, text)| text.as_str()).collect();
    breaks(&plain, columns, columns).into_iter().map(|range| part(line, range)).collect()
}

fn part(line: &Line, range: Range<usize>) -> Line {
    let mut at = 0;
    let mut cut = Line::new();
    for (role, text) in line {
        let (from, to) = (range.start.max(at), range.end.min(at + text.len()));
        if from < to {
            cut.push((*role, text[from - at..to - at].to_owned()));
        }
        at += text.len();
    }
    cut
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{clean, width};

    fn red(text: &str) -> (Role, String) {
        (Role::Printed { colour: AnsiColor::Red, bold: true }, text.to_owned())
    }

    fn plain(text: &str) -> (Role, String) {
        (Role::Text, text.to_owned())
    }

    #[test]
    fn a_programs_own_colours_stay() {
        let gcc = "\u{1b}[01m\u{1b}[Ka.c:5:1:\u{1b}[m\u{1b}[K \u{1b}[01;31m\u{1b}[Kerror: \u{1b}[m\u{1b}[Kno";
        let strong = (Role::Strong, "a.c:5:1:".to_owned());
        assert_eq!(stretches(gcc, true), [strong, plain(" "), red("error: "), plain("no")]);
        let bright = stretches("\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m", false);
        assert_eq!(bright, [(Role::Printed { colour: AnsiColor::BrightRed, bold: true }, "error".to_owned())]);
    }

    #[test]
    fn without_colours_what_matters_is_marked() {
        let line = stretches("src/a.c:5:1: error: expected ‘;’", true);
        assert_eq!(line, [plain("src/a.c:5:1: "), (Role::Bad, "error:".into()), plain(" expected ‘;’")]);
        assert_eq!(stretches("error[E0308]: no", true)[0], (Role::Bad, "error[E0308]:".into()));
        assert_eq!(stretches("    3 | \u{1b}", true), [plain("    3 | ␛")]);
        assert_eq!(stretches("      |  ^~~~", true), [plain("      |  "), (Role::Wrong, "^~~~".into())]);
        assert_eq!(stretches("error: no", false), [plain("error: no")]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_raw_or_too_wide(
            raw in "((\u{1b}\\[[0-9;:?]{0,9}[mK])?[a-z~^ :\t\u{1b}\u{9b}世\r]{0,9}(error:)?){0,6}", columns in 2usize..30,
        ) {
            let line = stretches(&raw, true);
            let text: String = line.iter().map(|(_, text)| text.as_str()).collect();
            prop_assert_eq!(&text, &clean(&raw));
            for row in wrapped(&line, columns) {
                let row: String = row.iter().map(|(_, text)| text.as_str()).collect();
                prop_assert!(width(&row) <= columns && !row.chars().any(char::is_control));
            }
        }
    }
}
