//! Where the output of a program points: the first place in the project that a compiler, a build tool or the stack of
//! a crash names, and what it says there in one line.
//!
//! A place counts only if its file is in the project, so that times, addresses and files of libraries are passed over.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

use super::card::{Card, Subject};
use crate::text::{boundary, clean};

/// A line of one of the project's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePlace {
    /// Relative to the challenge directory.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, as far as tools agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

/// Lines that are looked at, and bytes of each: an output can be of any length.
const LINES: usize = 300;
const BYTES: usize = 1000;
/// How many files are asked for. A log in which every line looks like a place names none of the project.
const FILES: usize = 200;

/// Where files count as the project's.
#[derive(Debug)]
struct Project {
    dir: PathBuf,
    /// Without links: tools may name either.
    real: PathBuf,
    left: usize,
}

/// Folders that hold what others wrote, or what tools made.
const NOT_ITS_OWN: &[&str] = &["node_modules", "site-packages", "target", "vendor"];

/// Where a Java file may be, besides the folder of its package.
const JAVA_ROOTS: &[&str] = &["", "src", "src/main/java", "src/main/kotlin", "app/src/main/java"];

impl Project {
    fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), real: dir.canonicalize().unwrap_or_else(|_| dir.to_owned()), left: FILES }
    }

    /// The file as a path in the project, if it is one of its own.
    fn own(&mut self, file: &str) -> Option<String> {
        let path = Path::new(file);
        let path = path.strip_prefix(&self.dir).or_else(|_| path.strip_prefix(&self.real)).unwrap_or(path);
        let mut inside = PathBuf::new();
        for part in path.components() {
            match part {
                Component::Normal(name) => inside.push(name),
                Component::CurDir => {}
                Component::ParentDir if inside.pop() => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        let hidden = |part: Component| {
            let name = part.as_os_str().to_str();
            name.is_none_or(|name| name.starts_with('.') || NOT_ITS_OWN.contains(&name))
        };
        if inside.components().any(hidden) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        // A directory, or a file that has gone meanwhile, cannot be opened at a line.
        self.dir.join(&inside).is_file().then(|| inside.to_str().map(str::to_owned)).flatten()
    }

    /// The file of a frame of Java's, which is named without its folder: `com.example.Store.get`, `Store.java`.
    fn java(&mut self, method: &str, file: &str) -> Option<String> {
        let is_package = |part: &&str| part.chars().next().is_some_and(char::is_lowercase);
        let package: PathBuf = method.split('.').take_while(is_package).collect();
        JAVA_ROOTS.iter().find_map(|root| {
            let in_package = Path::new(root).join(&package).join(file);
            self.own(in_package.to_str()?)
        })
    }

    fn place(&mut self, found: &Captures) -> Option<SourcePlace> {
        let number = |name: &str| found.name(name).and_then(|number| number.as_str().parse().ok());
        let file = found.name("file")?.as_str();
        let line = number("line").filter(|line| *line > 0)?;
        let file = match found.name("method") {
            Some(method) => self.java(method.as_str(), file)?,
            None => self.own(file)?,
        };
        Some(SourcePlace { file, line, column: number("column").filter(|column| *column > 0) })
    }
}

/// What a line must be to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Whatever a build or a start that failed printed.
    Anything,
    /// A program that runs logs what it likes, places included: only what is part of a crash counts.
    Crash,
}

/// How tools write a place. `file` and `line` are named; `method` is Java's, whose file has no folder.
const PATTERNS: &[(Of, &str)] = &[
    // Python's frames and syntax errors; OCaml.
    (Of::Crash, r#"^[\s|+]*File "(?<file>[^"]+)", line (?<line>\d+)"#),
    // Java's frames, with a module or without.
    (Of::Crash, r"^\s+at (?:\S+/)?(?<method>[\w.$<>]+)\((?<file>[\w$]+\.(?:java|kt|scala)):(?<line>\d+)\)"),
    // Frames of node, deno and bun, and what node prints above them.
    (Of::Crash, r"^\s+at (?:async )?(?:.* \()?(?:file://)?(?<file>[^:()]+):(?<line>\d+):(?<column>\d+)\)?$"),
    (Of::Crash, r"^(?:file://)?(?<file>/.+\.[cm]?[jt]sx?):(?<line>\d+)$"),
    // Panics of Rust and the frames of Go's, of sanitizers, and assertions of C; Ruby.
    (Of::Crash, r"^thread '.*' .*panicked at (?:'.*', )?(?<file>.+?):(?<line>\d+):(?<column>\d+):?$"),
    (Of::Crash, r"^\s+(?<file>\S.*\.go):(?<line>\d+)(?: \+0x[0-9a-f]+)?$"),
    (Of::Crash, r"^\s*#\d+ .* (?<file>\S+?):(?<line>\d+)(?::(?<column>\d+))?$"),
    (Of::Crash, r"^\S+: (?<file>\S+?):(?<line>\d+): .*: Assertion "),
    (Of::Crash, r"^(?<file>\S+\.rb):(?<line>\d+):in "),
    // rustc points below its message.
    (Of::Anything, r"^\s*--> (?<file>.+?):(?<line>\d+):(?<column>\d+)$"),
    // tsc and msbuild; ghc where several lines are meant.
    (Of::Anything, r"^(?<file>[^\s(][^(]*)\((?<line>\d+),\s?(?<column>\d+)\)"),
    (Of::Anything, r"^(?<file>[^\s:][^:]*):\((?<line>\d+),(?<column>\d+)\)-"),
    // gcc, clang, javac, go, ghc, swift, zig, make; vet, kotlinc and bash have a word more.
    (
        Of::Anything,
        r"^(?:vet: |e: )?(?:file://)?(?<file>[^\s:][^:]*):(?: line )?(?<line>\d+)(?::(?<column>\d+))?(?:[\s:,]|$)",
    ),
    // A dash says it in its own way.
    (Of::Anything, r"^(?<file>[^\s:]+): (?<line>\d+): "),
    // Linkers and others have something before it.
    (Of::Anything, r"[\s(\[](?<file>[^\s:()\[\]]+):(?<line>\d+)(?::(?<column>\d+))?(?:[\s:,)\]]|$)"),
];

static COMPILED: LazyLock<Vec<(Of, Regex)>> = LazyLock::new(|| {
    // All of them are compiled by the tests.
    PATTERNS.iter().filter_map(|(of, pattern)| Some((*of, Regex::new(pattern).ok()?))).collect()
});

/// The places that a line names, the likeliest first.
fn in_line(line: &str, wanted: Of, project: &mut Project) -> Option<SourcePlace> {
    let counts = |of: &Of| wanted == Of::Anything || *of == Of::Crash;
    COMPILED
        .iter()
        .filter(|(of, _)| counts(of))
        .find_map(|(_, pattern)| pattern.captures_iter(line).take(4).find_map(|found| project.place(&found)))
}

/// A line as it is read: without colours, and no longer than anything sensible.
fn read(line: &str) -> String {
    clean(&line[..boundary(line, BYTES)])
}

fn first_place<'a>(lines: impl IntoIterator<Item = &'a str>, wanted: Of, project: &Path) -> Option<SourcePlace> {
    let mut project = Project::new(project);
    let mut lines = lines.into_iter().take(LINES).map(read).peekable();
    while let Some(line) = lines.next() {
        let Some(mut place) = in_line(&line, wanted, &mut project) else { continue };
        // The frames of a Python traceback follow each other, and the innermost comes last.
        if is_python(&line) {
            while let Some(next) = lines.next_if(|next| next.starts_with([' ', '|'])) {
                if is_python(&next)
                    && let Some(inner) = in_line(&next, wanted, &mut project)
                {
                    place = inner;
                }
            }
        }
        return Some(place);
    }
    None
}

fn is_python(line: &str) -> bool {
    COMPILED.first().is_some_and(|(_, python)| python.is_match(line))
}

impl Card {
    /// The first place of the project that this card's output names.
    pub(super) fn places(&self, project: &Path) -> Option<SourcePlace> {
        let wanted = match self.subject {
            Subject::Build | Subject::Start => Of::Anything,
            Subject::Test | Subject::Lsfr | Subject::Disk | Subject::Folder | Subject::Pack => Of::Crash,
        };
        let texts = self.said.iter().flat_map(|said| &said.lines).map(|line| line.text.as_str());
        first_place(texts, wanted, project)
    }
}

/// What an output says in one line. `from_error`: its first line was recognised as that of an error.
pub(super) fn headline(lines: &[String], from_error: bool) -> Option<String> {
    static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:vet: )?[^\s:(][^:(]*(?::\d+(?::\d+)?: |\(\d+,\s?\d+\): |:\d+:\d+ - )(?<rest>\S.*)$").ok()
    });
    let lines: Vec<String> = lines.iter().take(LINES).map(|line| read(line)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.trim().is_empty()).collect();
    let line = if from_error { message(&lines) } else { lines.last().copied() }?;
    // The place is told beside it.
    let rest = PLACE.as_ref().and_then(|place| Some(place.captures(line)?.name("rest")?.as_str()));
    Some(rest.unwrap_or(line).trim().to_owned())
}

/// The line that says what is wrong: the first, unless it only leads to it.
fn message<'a>(lines: &[&'a str]) -> Option<&'a str> {
    /// The head of a traceback, and of a panic of Rust's. What follows them, further frames left out, is the message.
    static LEADS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let leads = [
            r"^Traceback \(most recent call last\)",
            r#"^\s*File ".*", line \d+"#,
            r"^Exception in thread .*:$",
            r"^thread '.*' .*panicked at .*:$",
        ];
        Regex::new(&leads.join("|")).ok()
    });
    /// Node shows the source first, whatever it looks like.
    static NODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(file://)?/.+\.[cm]?[jt]sx?:\d+$").ok());
    static THROWN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(Uncaught )?[\w.]*Error\b").ok());
    let is = |pattern: &Option<Regex>, line: &str| pattern.as_ref().is_some_and(|pattern| pattern.is_match(line));
    let first = *lines.first()?;
    let mut rest = lines.iter().skip(1).copied();
    let said = if is(&NODE, first) {
        rest.find(|line| is(&THROWN, line))
    } else if is(&LEADS, first) {
        rest.find(|line| !line.starts_with(char::is_whitespace) && !is(&LEADS, line))
    } else {
        None
    };
    Some(said.unwrap_or(first))
}

#[cfg(test)]
mod tests;
