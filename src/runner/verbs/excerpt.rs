//! The lines of a program that a failure shows.

use std::collections::BTreeSet;

/// At most this many.
const LINES: usize = 24;
/// What comes after the line in question was never reached.
const AFTER: usize = 6;
/// Lines before all others that give the names of that line their values.
const NAMED: usize = 6;

/// The first `comment` lines are left out. Of a long program, those around the `line` in question, after those that declare
/// what it names; and how many lines are not shown.
pub(super) fn excerpt(text: &str, line: Option<usize>, comment: usize) -> (Vec<(usize, String)>, usize) {
    let all: Vec<(usize, &str)> = (1..).zip(text.lines()).skip(comment).collect();
    let at = line.and_then(|line| all.iter().position(|(number, _)| *number == line));
    let shown = match at {
        Some(at) if all.len() > LINES => around(&all, at),
        _ => (0..all.len().min(LINES)).collect(),
    };
    let more = all.len() - shown.len();
    (shown.into_iter().map(|place| (all[place].0, all[place].1.to_owned())).collect(), more)
}

fn around(all: &[(usize, &str)], at: usize) -> BTreeSet<usize> {
    let to = (at + 1 + AFTER).min(all.len());
    let mut shown: BTreeSet<usize> = declared(all, at).into_iter().chain(at..to).collect();
    for place in (0..to).rev() {
        if shown.len() == LINES {
            break;
        }
        shown.insert(place);
    }
    shown
}

/// The lines before this one in which its names stand first.
fn declared(all: &[(usize, &str)], at: usize) -> Vec<usize> {
    let names: BTreeSet<&str> = words(all[at].1).filter(|word| !KEYWORDS.contains(word)).collect();
    let first = |name: &&str| all[..at].iter().position(|(_, line)| words(line).any(|word| word == *name));
    let places: BTreeSet<usize> = names.iter().filter_map(first).collect();
    places.into_iter().take(NAMED).collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Those of C, which stand in most lines.
const KEYWORDS: &[&str] = &[
    "break", "case", "char", "continue", "default", "do", "else", "extern", "for", "goto", "if", "int", "long",
    "return", "short", "signed", "sizeof", "static", "struct", "switch", "unsigned", "void", "while",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_program_is_shown_whole_and_a_long_one_around_its_line() {
        let (lines, more) = excerpt("// why\n// exit: 1\nint x;\nint y;\n", None, 2);
        assert_eq!((lines, more), (vec![(3, "int x;".to_owned()), (4, "int y;".to_owned())], 0));
        let long: String = (1..=100).map(|number| format!("int x{number};\n")).collect();
        let (lines, more) = excerpt(&long, Some(60), 0);
        assert!(lines.iter().any(|(number, text)| *number == 60 && text == "int x60;"));
        assert_eq!((lines.len(), more), (LINES, 100 - LINES));
        assert_eq!(excerpt(&long, None, 0).0[0].0, 1);
        for line in [1, 5, 20, 24, 25, 99, 100] {
            let (lines, more) = excerpt(&long, Some(line), 0);
            assert!(lines.iter().any(|(number, _)| *number == line), "{line}");
            assert_eq!(lines.len() + more, 100);
        }
    }

    #[test]
    fn the_lines_that_declare_what_a_line_names_come_first() {
        let mut long: Vec<String> = (1..=100).map(|number| format!("    int x{number} = {number};")).collect();
        long[2] = "    short s1 = -3, s2 = 4;".to_owned();
        long[59] = "    if ((x5 %= s1) != s2) return 60;".to_owned();
        let (lines, more) = excerpt(&long.join("\n"), Some(60), 0);
        let numbers: Vec<usize> = lines.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers[..3], [3, 5, 45]);
        assert_eq!((numbers.last(), numbers.len(), more), (Some(&66), LINES, 100 - LINES));
    }
}
