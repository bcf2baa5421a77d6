//! Which arguments a pack may give to a program.
//!
//! A program does what its arguments say, with the rights of whoever runs it, and an argument such as
//! `-o/home/me/.bashrc` or `--working-dir=..` comes from a pack. So an argument may lead only to files in the test's
//! folder. Nobody knows how a program splits what it is given, so a path is looked for wherever one may begin; a
//! division such as `1/2` or `(a + b)/2` does not count as a path that leads anywhere.

use std::path::PathBuf;

use super::template::{Piece, Template};

/// Why an argument is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Leads {
    #[error("it holds an absolute path, and does not begin it with `$(folder)`")]
    Absolute,
    #[error("it holds `..`")]
    Up,
    #[error("it holds a path from `~` or from a variable")]
    Home,
    #[error("it is an option followed by a path that does not begin with `$(folder)`")]
    Option,
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
}

/// What an argument that does not lead out of the test's folder may name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Files of the test's folder, by their absolute paths.
    pub inside: Vec<PathBuf>,
    /// Whatever may be taken for a path relative to the current directory.
    pub relative: Vec<String>,
}

/// The longest argument that is checked: every place at which a path may begin is looked at, with everything after it.
const LONGEST: usize = 4096;

/// Stands for the test's folder before a run has one.
pub(super) const NO_FOLDER: &str = "/\u{1}";
/// Stands for a value that is not known before the run. A digit, because a number after `-` is not an option.
const NO_VALUE: &str = "0";

/// Checks the literal text of an argument before anything runs.
pub fn check_written(argument: &Template) -> Result<(), Leads> {
    let text: String = argument
        .pieces()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Expression("folder") => NO_FOLDER,
            Piece::Expression(_) => NO_VALUE,
        })
        .collect();
    check(&text, NO_FOLDER).map(drop)
}

/// Checks an argument in the form that the program is given. `folder` is the test's, as an absolute path.
pub fn check(argument: &str, folder: &str) -> Result<Named, Leads> {
    if argument.len() > LONGEST {
        return Err(Leads::TooLong);
    }
    let mut named = Named::default();
    let mut rest = argument;
    while let Some(at) = rest.find(folder) {
        let (before, from) = rest.split_at(at);
        let after = &from[folder.len()..];
        let length = after.find(ends_piece).unwrap_or(after.len());
        let below = &after[..length];
        // `$(folder)-2` is another folder.
        if !below.is_empty() && !below.starts_with('/') {
            return Err(Leads::Absolute);
        }
        if goes_up(below) {
            return Err(Leads::Up);
        }
        pieces(before, &mut named)?;
        named.inside.push(PathBuf::from(format!("{folder}{below}")));
        rest = &after[length..];
    }
    pieces(rest, &mut named)?;
    Ok(named)
}

/// Whether a path ends before this character, and another may begin after it. Closing brackets, and characters that
/// usually make up a name, do not count: a `/` after them divides, or leads further down.
fn ends_piece(c: char) -> bool {
    !(c.is_alphanumeric() || matches!(c, '/' | '~' | '_' | '.' | '-' | '%' | ')' | ']' | '}'))
}

fn goes_up(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

fn pieces(text: &str, named: &mut Named) -> Result<(), Leads> {
    let mut before = None;
    let mut from = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]).filter(|(_, c)| ends_piece(*c)) {
        let piece = &text[from..at];
        let variable = matches!(before, Some('$')) && piece.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if variable || piece.starts_with('~') || (before == Some('$') && c == '{' && piece.is_empty()) {
            return Err(Leads::Home);
        }
        if piece.starts_with('/') {
            return Err(Leads::Absolute);
        }
        if goes_up(piece) {
            return Err(Leads::Up);
        }
        let option = piece.strip_prefix('-').filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(option) = option {
            if option.contains(['/', '~']) || option.ends_with("..") {
                return Err(Leads::Option);
            }
            // `-omain`
            named.relative.extend(option.char_indices().nth(1).map(|(at, _)| option[at..].to_owned()));
        }
        if !piece.is_empty() {
            named.relative.push(piece.to_owned());
            // A name may have any character in it.
            if at < text.len() {
                named.relative.push(text[from..].to_owned());
            }
        }
        before = Some(c);
        from = at + c.len_utf8().min(text.len() - at);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "/home/me/a project=1/.lsfr/runs/1/scratch/one-1";

    fn leads(argument: &str) -> Option<Leads> {
        check(&argument.replace("FOLDER", FOLDER), FOLDER).err()
    }

    #[test]
    fn what_leads_out_of_the_folder_is_refused() {
        for (argument, why) in [
            ("/etc/passwd", Leads::Absolute),
            ("/", Leads::Absolute),
            ("--working-dir=/home/me", Leads::Absolute),
            ("-o=/x", Leads::Absolute),
            ("a:/x", Leads::Absolute),
            ("file:///etc/passwd", Leads::Absolute),
            ("@/etc/passwd", Leads::Absolute),
            ("-o /etc/passwd", Leads::Absolute),
            ("'/etc/passwd'", Leads::Absolute),
            ("FOLDER-2/x", Leads::Absolute),
            ("FOLDER/a:/etc/passwd", Leads::Absolute),
            ("/FOLDER", Leads::Absolute),
            ("..", Leads::Up),
            ("a/../../x", Leads::Up),
            ("--dir=..", Leads::Up),
            ("FOLDER/../x", Leads::Up),
            ("FOLDER/a/..", Leads::Up),
            ("FOLDER/a:../x", Leads::Up),
            ("~", Leads::Home),
            ("~/.bashrc", Leads::Home),
            ("~me/x", Leads::Home),
            ("--home=~", Leads::Home),
            ("$HOME/x", Leads::Home),
            ("--dir=${HOME}", Leads::Home),
            ("-o/home/me/.bashrc", Leads::Option),
            ("-I../x", Leads::Option),
            ("-C..", Leads::Option),
            ("-xo~/.bashrc", Leads::Option),
            ("-o./x", Leads::Option),
            ("--out/x", Leads::Option),
            ("-/x", Leads::Option),
        ] {
            assert_eq!(leads(argument), Some(why), "{argument}");
        }
    }

    #[test]
    fn programs_numbers_and_files_of_the_folder_are_let_through() {
        for argument in [
            "FOLDER",
            "FOLDER/main.c",
            "FOLDER/deep/er/main-2.c",
            "-oFOLDER/main",
            "--out=FOLDER/main",
            "FOLDER/a:FOLDER/b",
            "-o",
            "--verbose",
            "-1/2",
            "1/2",
            "(4+2)/3",
            "a[1]/2",
            "1..5",
            "two words",
            "a~b",
            "",
            "it's 5% of $5",
            "ключ/世界",
        ] {
            assert_eq!(leads(argument), None, "{argument}");
        }
        let named = check(&format!("-I{FOLDER}/x=main.c"), FOLDER).unwrap();
        assert_eq!(named.inside, [PathBuf::from(format!("{FOLDER}/x"))]);
        assert!(named.relative.contains(&"main.c".to_owned()), "{named:?}");
        assert!(check("-orun.sh", FOLDER).unwrap().relative.contains(&"run.sh".to_owned()));
        assert!(check("a b.c", FOLDER).unwrap().relative.contains(&"a b.c".to_owned()));
    }

    #[test]
    fn a_long_argument_is_refused_before_it_is_looked_at() {
        let words = "a ".repeat(LONGEST / 2);
        assert_eq!(leads(&words), None);
        assert_eq!(leads(&format!("{words}a")), Some(Leads::TooLong));
        assert_eq!(check_written(&Template::parse(&words.repeat(100)).unwrap()), Err(Leads::TooLong));
    }

    #[test]
    fn what_is_written_is_seen_before_a_run() {
        let written = |text: &str| check_written(&Template::parse(text).unwrap()).err();
        assert_eq!(written("$(folder)/$(name).c"), None);
        assert_eq!(written("-o$(folder)/$(name).c"), None);
        assert_eq!(written("$(number)/2"), None);
        assert_eq!(written("-$(number)/2"), None);
        assert_eq!(written("/$(name)"), Some(Leads::Absolute));
        assert_eq!(written("$(folder)$(name)"), Some(Leads::Absolute));
        assert_eq!(written("$(name)/../x"), Some(Leads::Up));
        assert_eq!(written("$(folder)/../x"), Some(Leads::Up));
    }
}
