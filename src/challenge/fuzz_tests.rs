//! Whatever a pack's files hold, it loads, or every mistake is reported, soon and in few words. The built-in packs are
//! cut up, reassembled, repeated and nested, which comes closer to what breaks a reader than random bytes do.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;

use super::Origin;
use super::check::check;
use super::embed::FILES;

/// A pack with one stage of a built-in pack, as the names and texts of its files.
type Pack = Vec<(String, String)>;

/// Far above what any of them takes, on any machine.
const SOON: Duration = Duration::from_secs(30);

/// A change to a text, at places that are taken modulo its length.
#[derive(Debug, Clone)]
enum Edit {
    /// Removes lines.
    Cut(Index, usize),
    /// Inserts lines of a built-in file, which may be this one, between others, more or less indented than they were.
    Splice { from: Index, at: Index, lines: usize, to: Index, indent: i8, times: usize },
    /// Appends a text to a line, or replaces the line by it.
    Text(Index, &'static str, bool),
    /// The same, this many times.
    Nest(Index, &'static str, usize),
}

/// Texts that mean something to YAML, to expressions or to the language.
const TEXTS: [&str; 30] = [
    "[",
    "{",
    "]",
    "}",
    ": ",
    "- ",
    "&a ",
    "*a",
    "!!binary x",
    "!tag",
    "---",
    "...",
    "|",
    ">",
    "? ",
    "'",
    "\"",
    "#",
    "$(",
    "$$(",
    ")",
    "$(a ~ a)",
    "$(range(99999999))",
    "$([1] * 99999999)",
    "\u{202e}",
    "\u{1b}[2J",
    "99999999999999999999",
    "<<: *a",
    "{ matches: \"(a*)*(\\\\w{99}){99}\" }",
    "\t",
];

fn edit() -> impl Strategy<Value = Edit> {
    let text = || prop::sample::select(&TEXTS[..]);
    prop_oneof![
        (any::<Index>(), 1..20_usize).prop_map(|(at, lines)| Edit::Cut(at, lines)),
        (any::<(Index, Index, Index)>(), 1..30_usize, -8..9_i8, prop_oneof![8 => 1..3_usize, 1 => 1..500_usize])
            .prop_map(|((from, at, to), lines, indent, times)| Edit::Splice { from, at, lines, to, indent, times }),
        (any::<Index>(), text(), any::<bool>()).prop_map(|(at, text, whole)| Edit::Text(at, text, whole)),
        (any::<Index>(), text(), 1..5000_usize).prop_map(|(at, text, times)| Edit::Nest(at, text, times)),
    ]
}

fn is_read(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with("guide.md")
}

impl Edit {
    fn apply(&self, text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            lines.push(String::new());
        }
        match self {
            Edit::Cut(at, count) => {
                let at = at.index(lines.len());
                lines.drain(at..(at + count).min(lines.len()));
            }
            Edit::Splice { from, at, lines: count, to, indent, times } => {
                let files: Vec<&str> =
                    FILES.iter().filter(|(path, _)| is_read(path)).map(|(_, text)| *text).collect();
                let source: Vec<&str> = from.get(&files).lines().collect();
                let start = at.index(source.len());
                let moved: Vec<String> =
                    source[start..].iter().take(*count).map(|line| shifted(line, *indent)).collect();
                let to = to.index(lines.len());
                let all = moved.iter().cycle().take(moved.len() * times).cloned();
                lines.splice(to..to, all);
            }
            Edit::Text(at, text, whole) => {
                let line = at.get(&lines).clone();
                let at = at.index(lines.len());
                lines[at] = if *whole { (*text).to_owned() } else { format!("{line}{text}") };
            }
            Edit::Nest(at, text, times) => {
                let at = at.index(lines.len());
                lines[at].push_str(&text.repeat(*times));
            }
        }
        lines.join("\n")
    }
}

fn shifted(line: &str, by: i8) -> String {
    match by {
        0.. => format!("{}{line}", " ".repeat(by as usize)),
        _ => line.strip_prefix(&" ".repeat(by.unsigned_abs().into())).unwrap_or(line.trim_start()).to_owned(),
    }
}

/// A pack of one stage, with everything around it.
fn pack(stage: &str) -> Pack {
    let (key, name) = stage.split_once("/stages/").unwrap();
    let text = |path: &str| FILES.iter().find(|(found, _)| *found == path).map(|(_, text)| (*text).to_owned());
    let challenge = text(&format!("{key}/challenge.yaml")).unwrap();
    let mut inside = false;
    let rest: Vec<&str> = challenge
        .lines()
        .filter(|line| {
            inside = line.starts_with("parts:") || inside && (line.is_empty() || line.starts_with([' ', '-']));
            !inside
        })
        .collect();
    let parts = format!("parts:\n  - name: One\n    stages:\n      - {{ key: {name}, title: One, minutes: 5 }}\n");
    let mut files = vec![
        ("challenge.yaml".to_owned(), format!("{}\n{parts}", rest.join("\n"))),
        ("overview.md".to_owned(), "One.\n".to_owned()),
        ("mutants.yaml".to_owned(), format!("- {{ bug: one, stage: {name}, test: One }}\n")),
    ];
    files.extend(text(&format!("{key}/shared.yaml")).map(|text| ("shared.yaml".to_owned(), text)));
    for (path, text) in FILES.iter().filter(|(path, _)| path.starts_with(&format!("{stage}/"))) {
        files.push((path[key.len() + 1..].to_owned(), (*text).to_owned()));
    }
    files
}

fn stages() -> Vec<&'static str> {
    FILES.iter().filter_map(|(path, _)| path.strip_suffix("/tests.yaml")).collect()
}

fn write(root: &Path, files: &Pack) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Runs for a few seconds; with `LSFR_FUZZ=50`, fifty times as long.
fn cases() -> u32 {
    let times = std::env::var("LSFR_FUZZ").ok().and_then(|times| times.parse().ok());
    30 * times.unwrap_or(1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_pack_loads_or_tells_its_mistakes(
        stage in any::<Index>(),
        edits in prop::collection::vec((any::<Index>(), edit()), 1..6),
    ) {
        let stages = stages();
        let mut files = pack(stages[stage.index(stages.len())]);
        let read: Vec<usize> = (0..files.len()).filter(|at| is_read(&files[*at].0)).collect();
        for (file, edit) in &edits {
            let at = *file.get(&read);
            files[at].1 = edit.apply(&files[at].1);
        }
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &files);
        let began = Instant::now();
        let findings = check(&Origin::Folder(root.path().to_owned()));
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".md")) {
            let document = crate::markdown::render(text, 80, crate::markdown::Medium::Plain);
            prop_assert!(document.lines.len() <= 20 * (text.len() + 10), "{name}");
        }
        let said: Vec<String> = findings.errors.iter().chain(&findings.warnings).map(ToString::to_string).collect();
        prop_assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        prop_assert!(said.len() < 2000, "{} findings", said.len());
        if let Some(long) = said.iter().find(|said| said.len() > 5000) {
            prop_assert!(false, "{long}");
        }
    }
}

#[test]
fn what_is_cut_up_is_sound() {
    for stage in stages() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &pack(stage));
        let errors = check(&Origin::Folder(root.path().to_owned())).errors;
        // Mutants of other stages, and whatever only other stages use, cause errors here.
        let other = |error: &&crate::yaml::Diagnostic| {
            let name = error.source.name.to_string_lossy().into_owned();
            name.ends_with("tests.yaml") || name.ends_with("guide.md")
        };
        assert!(errors.iter().find(other).is_none(), "{stage}: {errors:?}");
    }
}
