//! A case: a small program for a compiler, and what must come of it, as its leading comment says.
//!
//! ```c
//! // Subtraction groups to the left: (10 - 3) - 2.
//! // exit: 5
//! int main(void) { return 10 - 3 - 2; }
//! ```
//!
//! A case is a file, or a folder of files that are compiled together, with the comment in its `main.c`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::argument;
use crate::text::did_you_mean;
use crate::yaml::{Diagnostic, Source, Span};

/// The files of a stage that cases are made of, by their paths below the stage's folder.
pub type CaseFiles = BTreeMap<String, Arc<Source>>;

#[derive(Debug)]
pub struct Case {
    /// `subtract-left`
    pub name: String,
    /// Why it is there: the words of its comment.
    pub about: String,
    /// The names that the program is given, in order, and the files.
    pub sources: Vec<(String, Arc<Source>)>,
    /// How many lines the comment takes in the first file, or in `main.c`.
    pub comment: usize,
    pub wanted: Wanted,
}

#[derive(Debug, PartialEq)]
pub enum Wanted {
    /// It compiles, and does this.
    Run { args: Vec<String>, stdin: String, exit: Exit, stdout: String },
    /// The compiler finds what is wrong with it: in which file and line, if that is specified.
    Refused(Option<(String, usize)>),
}

/// The exit status of a program that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Status(i64),
    /// 0. The program looks at many values, and ends at the first wrong one with the number of its line.
    LineOfWrong,
}

impl Exit {
    pub fn status(self) -> i64 {
        match self {
            Exit::Status(status) => status,
            Exit::LineOfWrong => 0,
        }
    }
}

/// Keys of a case's comment, and what they say. A key with several lines is repeated, once for each line.
pub const KEYS: &[(&str, &str)] = &[
    (
        "exit",
        "The program's exit status; 0 if left out. With `line` it is 0, and any other one is the number of the line that finds \
         a wrong value: the failure shows that line.",
    ),
    ("stdout", "A line that it prints; all of them, in order. Without any it prints nothing."),
    ("stdin", "A line that it can read."),
    ("args", "Its arguments, as a shell splits them."),
    (
        "refused",
        "Instead of the others: it is not a valid program. The line of the mistake (`counter.c:7` where there are several files), \
         or `anywhere` where compilers do not agree on the line.",
    ),
];

/// The file in a folder that holds the comment.
pub const MAIN: &str = "main.c";

/// The names of all cases among these files, as patterns see them: `cases/add.c`, or `cases/two-files` for a folder.
pub fn paths(files: &CaseFiles) -> Vec<String> {
    let of = |path: &String| {
        let (folder, rest) = path.split_once('/')?;
        match rest.split_once('/') {
            Some((case, _)) => Some(format!("{folder}/{case}")),
            None => rest.ends_with(".c").then(|| path.clone()),
        }
    };
    let mut paths: Vec<String> = files.keys().filter_map(of).collect();
    paths.dedup();
    paths
}

/// Whether a path fits a pattern, in which `*` stands for anything within a name.
pub fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.as_bytes(), path.as_bytes());
    let (mut at, mut place) = (0, 0);
    // The position after the last star, and where in the path the rest of the pattern was tried. Going back to an
    // earlier star finds no more: within one name the last one can stand for whatever that one would.
    let mut star = None;
    while place < path.len() {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, place));
            }
            Some(letter) if *letter == path[place] => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((behind, tried)) if path[tried] != b'/' => {
                    star = Some((behind, tried + 1));
                    (at, place) = (behind, tried + 1);
                }
                _ => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

/// Reads the case of this path, or finds everything that is wrong with it.
pub fn read(path: &str, files: &CaseFiles) -> Result<Case, Vec<Diagnostic>> {
    let stem = path.strip_suffix(".c").unwrap_or(path);
    let name = stem.rsplit('/').next().unwrap_or(stem).to_owned();
    let sources = sources(path, files);
    let main = sources.iter().find(|(name, _)| sources.len() == 1 || name == MAIN);
    let Some((main_name, main)) = main.cloned() else {
        // A folder that is a case has at least one file; otherwise nothing would name it.
        let (_, any) = files.range(path.to_owned()..).next().ok_or_else(Vec::new)?;
        let help = "its comment says what must come of all its files together";
        let problem = Diagnostic::new(any, Span::default(), format!("the case {path} has no {MAIN}")).help(help);
        return Err(vec![problem]);
    };
    let mut comment =
        Comment { source: main.clone(), about: Vec::new(), values: BTreeMap::new(), errors: Vec::new() };
    let lines = comment.read();
    for (key, extension) in [("stdout", "stdout"), ("stdin", "stdin")] {
        if let Some(beside) = files.get(&format!("{stem}.{extension}")) {
            if let Some((_, at)) = comment.values.get(key) {
                let message = format!("`{key}` stands here and in {name}.{extension}");
                comment.errors.push(Diagnostic::new(&main, *at, message).help("keep one of the two"));
            }
            // The file's exact bytes are meant, with or without a newline at the end.
            comment.values.insert(key, (beside.text.clone(), Span::default()));
        }
    }
    let wanted = comment.wanted(&main_name, &sources, lines);
    match wanted {
        Some(wanted) if comment.errors.is_empty() => {
            Ok(Case { name, about: comment.about.join(" "), sources, comment: lines, wanted })
        }
        _ => Err(comment.errors),
    }
}

fn sources(path: &str, files: &CaseFiles) -> Vec<(String, Arc<Source>)> {
    if let Some(source) = files.get(path) {
        return vec![(path.rsplit('/').next().unwrap_or(path).to_owned(), source.clone())];
    }
    let inside = format!("{path}/");
    let named =
        files.iter().filter_map(|(path, source)| Some((path.strip_prefix(&inside)?.to_owned(), source.clone())));
    named.filter(|(name, _)| name.ends_with(".c")).collect()
}

/// The comment at the top of a case.
struct Comment {
    source: Arc<Source>,
    about: Vec<String>,
    /// The values given for each key, and where.
    values: BTreeMap<&'static str, (String, Span)>,
    errors: Vec<Diagnostic>,
}

impl Comment {
    fn error(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(Diagnostic::new(&self.source, at, message).help(help));
    }

    /// Reads it, and returns how many lines it takes.
    fn read(&mut self) -> usize {
        let text = self.source.text.clone();
        let mut lines = 0;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = Span::of(&text, start..start + line.trim_end().len().max(1).min(line.len()));
            start += line.len();
            let Some(said) = line.trim_end_matches(['\n', '\r']).strip_prefix("//") else { break };
            lines += 1;
            self.line(said.strip_prefix(' ').unwrap_or(said), at);
        }
        lines
    }

    fn line(&mut self, said: &str, at: Span) {
        let word = |key: &&str| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase());
        let Some((key, value)) = said.split_once(':').filter(|(key, _)| word(key)) else {
            return self.about.push(said.trim().to_owned());
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        let Some((key, _)) = KEYS.iter().find(|(known, _)| *known == key) else {
            return match did_you_mean(key, KEYS.iter().map(|(known, _)| *known)) {
                Some(near) => self.error(at, format!("a case has no key `{key}`"), format!("did you mean `{near}`?")),
                None => self.about.push(said.trim().to_owned()),
            };
        };
        let lines = matches!(*key, "stdout" | "stdin");
        match self.values.get_mut(key) {
            Some((text, _)) if lines => *text += &format!("{value}\n"),
            Some(_) => self.error(at, format!("this case has two `{key}`"), "keep one of them"),
            None => {
                let value = if lines { format!("{value}\n") } else { value.trim().to_owned() };
                self.values.insert(key, (value, at));
            }
        }
    }

    fn wanted(&mut self, main: &str, sources: &[(String, Arc<Source>)], lines: usize) -> Option<Wanted> {
        let top = Span::of(&self.source.text, 0..self.source.text.find('\n').unwrap_or(self.source.text.len()));
        if self.about.iter().all(String::is_empty) {
            self.error(top, "this case does not say why it is there", "write it into the comment at its top");
        }
        if let Some((refused, at)) = self.values.get("refused").cloned() {
            if let Some((other, (_, at))) = self.values.iter().find(|(key, _)| **key != "refused") {
                let (other, at) = (*other, *at);
                self.error(at, format!("what is refused never runs, so there is no `{other}`"), "keep one of them");
            }
            return self.refused(&refused, at, main, sources, lines).map(Wanted::Refused);
        }
        if !["exit", "stdout"].iter().any(|key| self.values.contains_key(key)) {
            let help = "write `// exit: 42`, `// stdout: a line` or `// refused: 3` into the comment at its top";
            self.error(top, "this case does not say what must come of it", help);
        }
        let exit = match self.values.get("exit").cloned() {
            None => Exit::Status(0),
            Some((text, _)) if text == "line" => Exit::LineOfWrong,
            Some((text, at)) => match text.parse() {
                Ok(exit @ 0..=255) => Exit::Status(exit),
                _ => {
                    self.error(
                        at,
                        format!("`{text}` is not an exit status"),
                        "write a number from 0 to 255, or `line`",
                    );
                    Exit::Status(0)
                }
            },
        };
        let args = match self.values.get("args").cloned() {
            None => Vec::new(),
            Some((text, at)) => {
                let args = shlex::split(&text).unwrap_or_else(|| {
                    self.error(at, "these arguments cannot be split", "close the quotes");
                    Vec::new()
                });
                for arg in &args {
                    if let Err(why) = argument::check(arg, argument::NO_FOLDER) {
                        let message = format!("`{arg}` leads out of the test's folder: {why}");
                        self.error(at, message, "let the program read such text from `stdin`");
                    }
                }
                args
            }
        };
        let mut text = |key| self.values.remove(key).map(|(text, _)| text).unwrap_or_default();
        Some(Wanted::Run { args, stdin: text("stdin"), exit, stdout: text("stdout") })
    }

    /// Where a case is refused; none if no particular line is required.
    fn refused(
        &mut self,
        text: &str,
        at: Span,
        main: &str,
        sources: &[(String, Arc<Source>)],
        lines: usize,
    ) -> Option<Option<(String, usize)>> {
        if text == "anywhere" {
            return Some(None);
        }
        let (file, number) = text.split_once(':').unwrap_or((main, text));
        let Some((name, source)) = sources.iter().find(|(name, _)| name == file) else {
            self.error(at, format!("this case has no file `{file}`"), "name one of its files, as in `counter.c:7`");
            return None;
        };
        let line = number.parse::<usize>().ok().filter(|line| (1..=source.text.lines().count()).contains(line));
        let Some(line) = line else {
            let help = "write the number of a line of the file, or `anywhere`";
            self.error(at, format!("`{number}` is not a line of {file}"), help);
            return None;
        };
        let blank = source.text.lines().nth(line - 1).is_none_or(|text| text.trim().is_empty());
        if blank || (name == main && line <= lines) {
            self.error(at, format!("line {line} of {file} holds no code"), "count from the first line of the file");
            return None;
        }
        Some(Some((name.clone(), line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> CaseFiles {
        files.iter().map(|(path, text)| ((*path).to_owned(), Source::new(*path, *text))).collect()
    }

    fn one(text: &str) -> Result<Case, String> {
        read("cases/one.c", &files(&[("cases/one.c", text)]))
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn a_comment_says_what_must_come_of_a_program() {
        let case = one(
            "// Prints: two lines.\n// stdout: a: b\n// stdout:\n// stdin: 1 2\n// args: x 'y z'\n// exit: 3\nint main;\n",
        );
        let case = case.unwrap();
        assert_eq!((case.name.as_str(), case.about.as_str(), case.comment), ("one", "Prints: two lines.", 6));
        let args = vec!["x".to_owned(), "y z".to_owned()];
        let (stdin, stdout) = ("1 2\n".to_owned(), "a: b\n\n".to_owned());
        assert_eq!(case.wanted, Wanted::Run { args, stdin, exit: Exit::Status(3), stdout });
        let Wanted::Run { exit, .. } = one("// Why.\n// exit: line\nint main;\n").unwrap().wanted else { panic!() };
        assert_eq!((exit, exit.status()), (Exit::LineOfWrong, 0));
        let case = one("// Why.\n// refused: 3\nint x = y;\n").unwrap();
        assert_eq!(case.wanted, Wanted::Refused(Some(("one.c".to_owned(), 3))));
        assert_eq!(one("// Why.\n// refused: anywhere\nint x\n").unwrap().wanted, Wanted::Refused(None));
    }

    #[test]
    fn files_beside_a_case_are_exact_and_a_folder_is_one_case() {
        let files = files(&[
            ("cases/long.c", "// Why.\n// exit: 1\nint x;\n"),
            ("cases/long.stdout", "no newline"),
            ("cases/two/counter.c", "int count;\n"),
            ("cases/two/main.c", "// Why.\n// refused: counter.c:1\nint x;\n"),
        ]);
        assert_eq!(paths(&files), ["cases/long.c", "cases/two"]);
        let Wanted::Run { exit: Exit::Status(1), stdout, .. } = read("cases/long.c", &files).unwrap().wanted else {
            panic!()
        };
        assert_eq!(stdout, "no newline");
        let two = read("cases/two", &files).unwrap();
        assert_eq!(two.sources.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["counter.c", "main.c"]);
        assert_eq!(two.wanted, Wanted::Refused(Some(("counter.c".to_owned(), 1))));
    }

    #[test]
    fn what_is_wrong_with_a_case_is_said_where_it_stands() {
        let problems = [
            ("int x;\n", "does not say why it is there"),
            ("// Why.\nint x;\n", "does not say what must come of it"),
            ("// Why.\n// exti: 3\nint x;\n", "did you mean `exit`?"),
            ("// Why.\n// exit: 256\nint x;\n", "`256` is not an exit status"),
            ("// Why.\n// exit: 1\n// exit: 2\nint x;\n", "two `exit`"),
            ("// Why.\n// exit: 1\n// refused: 4\nint x;\n", "there is no `exit`"),
            ("// Why.\n// refused: 9\nint x;\n", "`9` is not a line of one.c"),
            ("// Why.\n// refused: 2\nint x;\n", "line 2 of one.c holds no code"),
            ("// Why.\n// refused: two.c:1\nint x;\n", "no file `two.c`"),
            ("// Why.\n// exit: 0\n// args: 'a\nint x;\n", "cannot be split"),
            ("// Why.\n// exit: 0\n// args: 1/2 -o/etc/x\nint x;\n", "`-o/etc/x` leads out of the test's folder"),
        ];
        for (text, words) in problems {
            let said = one(text).unwrap_err();
            assert!(said.contains(words) && said.contains("one.c:"), "{words}\n{said}");
        }
        let folder = read("cases/two", &files(&[("cases/two/a.c", "int x;\n"), ("cases/two/b.c", "")])).unwrap_err();
        assert!(folder[0].to_string().contains("has no main.c"));
    }

    #[test]
    fn a_star_stays_within_a_name() {
        for (pattern, path, wanted) in [
            ("cases/*.c", "cases/add.c", true),
            ("cases/add-*.c", "cases/add.c", false),
            ("cases/*-a*.c", "cases/add-all.c", true),
            ("cases/*", "cases/two/main.c", false),
            ("cases/two", "cases/two", true),
            ("*.c", "cases/add.c", false),
            ("a*/b*c", "axa/bcbc", true),
            ("a*b/*", "ab/b/x", false),
            ("*", "", true),
            ("**a", "ba", true),
        ] {
            assert_eq!(fits(pattern, path), wanted, "{pattern} {path}");
        }
        // Each star could be tried at each letter: 200 of them would take for ever.
        assert!(!fits(&"*a".repeat(200), &format!("{}b", "a".repeat(250))));
    }
}
