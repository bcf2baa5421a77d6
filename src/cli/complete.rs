//! What may stand at the cursor of a command line: `lsfr __complete WORDS`, which the scripts in `assets/completions`
//! call. The words are those behind `lsfr`, the last one as far as it has been typed.
//!
//! The first line of the answer says whether `files` or `folders` fit beside what follows, or `none`; then comes one
//! value a line, with what it means after a tab. Shells choose by what was typed, each in its own way.
//!
//! clap_complete's own engine is not used: it is declared unstable, it cannot see which stage was named when it is asked
//! for tests, and its script for bash does not quote.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory, ValueHint};

use super::args::Cli;
use crate::challenge;
use crate::project::starter_languages;
use crate::report::records;
use crate::session::Session;
use crate::text::clean;

/// The first argument that asks for it.
pub(super) const ARGUMENT: &str = "__complete";

pub(super) fn main(words: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let answer = answer(&words);
    let mut out = String::from(answer.beside.word());
    for Candidate { value, means } in &answer.candidates {
        out.push('\n');
        out.push_str(&clean(value));
        if !means.is_empty() {
            out.push('\t');
            out.push_str(&clean(means));
        }
    }
    out.push('\n');
    // A shell that has gone needs no answer.
    let _ = io::stdout().write_all(out.as_bytes());
    ExitCode::SUCCESS
}

/// What fits besides the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Beside {
    #[default]
    None,
    Files,
    Folders,
}

impl Beside {
    fn word(self) -> &'static str {
        match self {
            Beside::None => "none",
            Beside::Files => "files",
            Beside::Folders => "folders",
        }
    }
}

#[derive(Debug, Default)]
struct Answer {
    beside: Beside,
    candidates: Vec<Candidate>,
}

#[derive(Debug)]
struct Candidate {
    value: String,
    /// In a few words.
    means: String,
}

impl Candidate {
    fn new(value: impl Into<String>, means: impl Into<String>) -> Self {
        Self { value: value.into(), means: means.into() }
    }

    fn with_help(value: impl Into<String>, help: Option<&StyledStr>) -> Self {
        let help = help.map(ToString::to_string).unwrap_or_default();
        Self::new(value, help.lines().next().unwrap_or_default())
    }
}

fn answer(words: &[String]) -> Answer {
    let Some((typed, before)) = words.split_last() else { return Answer::default() };
    let mut root = Cli::command();
    root.build();
    let place = Place::after(&root, before);
    if let Some(option) = place.option {
        return place.values(option);
    }
    if !place.only_values && typed.starts_with('-') {
        if let Some((name, _)) = typed.split_once('=') {
            let Some(option) = place.long(name) else { return Answer::default() };
            let mut answer = place.values(option);
            answer.candidates.iter_mut().for_each(|candidate| candidate.value.insert_str(0, &format!("{name}=")));
            return answer;
        }
        return Answer { beside: Beside::None, candidates: place.options() };
    }
    let mut answer = place.positional().map(|argument| place.values(argument)).unwrap_or_default();
    if place.may_be_command() {
        answer.candidates.extend(place.commands());
    }
    // Where nothing else fits, options do.
    if answer.candidates.is_empty() && answer.beside == Beside::None {
        answer.candidates = place.options();
    }
    answer
}

/// Where the cursor is in a command line.
struct Place<'a> {
    command: &'a Command,
    /// What has been said, by argument.
    said: BTreeMap<&'a str, Vec<String>>,
    /// How many values without an option have been said.
    positions: usize,
    /// The option whose value comes now.
    option: Option<&'a Arg>,
    /// There has been a `--`.
    only_values: bool,
}

impl<'a> Place<'a> {
    fn after(root: &'a Command, words: &[String]) -> Self {
        let mut place =
            Place { command: root, said: BTreeMap::new(), positions: 0, option: None, only_values: false };
        for word in words {
            place.pass(word);
        }
        place
    }

    fn pass(&mut self, word: &str) {
        // bash makes a word of it, and of what stands on either side.
        if word == "=" {
            return;
        }
        if let Some(option) = self.option.take() {
            self.said.entry(option.get_id().as_str()).or_default().push(word.to_owned());
        } else if !self.only_values && word == "--" {
            self.only_values = true;
        } else if !self.only_values && word.starts_with("--") {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let Some(option) = self.long(name) else { return };
            let values = self.said.entry(option.get_id().as_str()).or_default();
            match value {
                Some(value) => values.push(value.to_owned()),
                None => self.option = Some(option).filter(|option| takes_value(option)),
            }
        } else if !self.only_values && word.starts_with('-') && word.len() > 1 {
            // Those with one letter take no values here.
        } else if let Some(command) = self.subcommand(word) {
            (self.command, self.positions) = (command, 0);
        } else {
            if let Some(argument) = self.positional() {
                self.said.entry(argument.get_id().as_str()).or_default().push(word.to_owned());
            }
            self.positions += 1;
        }
    }

    fn subcommand(&self, word: &str) -> Option<&'a Command> {
        self.command.find_subcommand(word).filter(|_| self.may_be_command())
    }

    fn may_be_command(&self) -> bool {
        self.positions == 0 && !self.only_values
    }

    fn long(&self, name: &str) -> Option<&'a Arg> {
        let name = name.strip_prefix("--")?;
        self.command.get_arguments().find(|argument| argument.get_long() == Some(name))
    }

    /// The argument whose value comes without an option: the last one may take many.
    fn positional(&self) -> Option<&'a Arg> {
        let all: Vec<&Arg> = self.command.get_positionals().collect();
        let many = |argument: &&Arg| matches!(argument.get_action(), ArgAction::Append);
        all.get(self.positions).or_else(|| all.last().filter(|last| many(last))).copied()
    }

    fn commands(&self) -> Vec<Candidate> {
        let shown = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        shown.map(|command| Candidate::with_help(command.get_name(), command.get_about())).collect()
    }

    fn options(&self) -> Vec<Candidate> {
        let again = |argument: &&Arg| {
            matches!(argument.get_action(), ArgAction::Append) || !self.said.contains_key(argument.get_id().as_str())
        };
        let shown = self.command.get_arguments().filter(|argument| !argument.is_hide_set()).filter(again);
        let option = |argument: &Arg| {
            let name = argument.get_long()?;
            Some(Candidate::with_help(format!("--{name}"), argument.get_help()))
        };
        shown.filter_map(option).collect()
    }

    /// What an argument may be.
    fn values(&self, argument: &Arg) -> Answer {
        let named = argument.get_possible_values();
        if !named.is_empty() {
            let candidate =
                |value: &clap::builder::PossibleValue| Candidate::with_help(value.get_name(), value.get_help());
            return Answer { beside: Beside::None, candidates: named.iter().map(candidate).collect() };
        }
        let beside = match argument.get_value_hint() {
            ValueHint::FilePath | ValueHint::AnyPath => Beside::Files,
            ValueHint::DirPath => Beside::Folders,
            _ => Beside::None,
        };
        let candidates = KNOWN
            .iter()
            .find(|known| known.command == self.command.get_name() && known.argument == argument.get_id().as_str());
        // Outside of a challenge directory there is nothing to name, and this is no place to complain.
        Answer { beside, candidates: candidates.and_then(|known| (known.values)(self)).unwrap_or_default() }
    }

    fn said(&self, argument: &str) -> Option<&str> {
        self.said.get(argument)?.first().map(String::as_str)
    }
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|range| range.takes_values())
}

/// An argument whose values lsfr knows.
struct Known {
    command: &'static str,
    argument: &'static str,
    values: fn(&Place<'_>) -> Option<Vec<Candidate>>,
}

const fn known(
    command: &'static str,
    argument: &'static str,
    values: fn(&Place<'_>) -> Option<Vec<Candidate>>,
) -> Known {
    Known { command, argument, values }
}

const KNOWN: [Known; 10] = [
    known("new", "challenge", |_| challenges()),
    known("init", "challenge", |_| challenges()),
    known("new", "lang", |_| Some(languages())),
    known("init", "lang", |_| Some(languages())),
    known("test", "stage", |_| stages()),
    known("next", "stage", |_| stages()),
    known("guide", "stage", |_| stages()),
    known("test", "only", tests),
    known("replay", "run", |_| runs()),
    known("messages", "run", |_| runs()),
];

fn challenges() -> Option<Vec<Candidate>> {
    let all = challenge::list().ok()?;
    Some(all.iter().map(|challenge| Candidate::new(&*challenge.key, &*challenge.name)).collect())
}

fn languages() -> Vec<Candidate> {
    starter_languages().map(|language| Candidate::new(language, "")).collect()
}

fn stages() -> Option<Vec<Candidate>> {
    let session = Session::open().ok()?;
    Some(session.challenge.stages().map(|stage| Candidate::new(&*stage.key, &*stage.title)).collect())
}

/// Of the stage that is named, or of the current one; with `--so-far` also of those before.
fn tests(place: &Place<'_>) -> Option<Vec<Candidate>> {
    let session = Session::open().ok()?;
    let stage = place.said("stage");
    let stages = if place.said.contains_key("so_far") {
        session.stages_up_to(stage).ok()?
    } else {
        vec![session.stage(stage).ok()?]
    };
    let tests = stages.iter().flat_map(|stage| stage.tests.tests.iter().map(move |test| (stage, test)));
    Some(tests.map(|(stage, test)| Candidate::new(&*test.name, &*stage.key)).collect())
}

fn runs() -> Option<Vec<Candidate>> {
    let session = Session::open().ok()?;
    let folders = records::list(&session.project.dir);
    let name = |folder: &std::path::PathBuf| Some(Candidate::new(folder.file_name()?.to_str()?, ""));
    Some(folders.iter().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: &str) -> (Beside, Vec<String>) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let answer = answer(&words);
        (answer.beside, answer.candidates.into_iter().map(|candidate| candidate.value).collect())
    }

    fn has(line: &str, values: &[&str]) {
        let (_, found) = at(line);
        for value in values {
            assert!(found.iter().any(|found| found == value), "{line:?}: {value} is not in {found:?}");
        }
    }

    #[test]
    fn commands_options_and_values_fit_their_places() {
        has("", &["test", "new", "config"]);
        assert!(!at("").1.iter().any(|command| command.starts_with("__")), "hidden");
        has("t", &["test"]);
        has("test --", &["--only", "--so-far", "--format", "--log"]);
        has("--format ", &["text", "json"]);
        has("--format=", &["--format=text", "--format=json"]);
        assert!(!at("--format ").1.contains(&"mermaid".to_owned()));
        has("messages --format ", &["text", "json", "mermaid"]);
        has("messages --", &["--between", "--from", "--to", "--grep"]);
        // As bash splits it.
        has("test --format =", &["text"]);
        has("--format = j", &["json"]);
        has("new ", &["kv-store", "compiler", "message-queue"]);
        has("--format json new ", &["kv-store"]);
        has("i ", &["kv-store"]);
        has("new kv-store --lang ", &["python", "rust"]);
        has("completions ", &["bash", "zsh", "fish"]);
        has("status ", &["--format"]);
        // Said once, it is not offered again; what may be said often is.
        assert!(!at("test --so-far --").1.contains(&"--so-far".to_owned()));
        has("check p --program x --only a --", &["--only"]);
        assert_eq!(at("test --seed "), (Beside::None, vec![]));
        assert_eq!(at("test --nonsense=").1, Vec::<String>::new());
    }

    #[test]
    fn files_fit_where_files_are_meant() {
        for (line, beside) in [
            ("check ", Beside::Folders),
            ("new kv-store ", Beside::Folders),
            ("check-history ", Beside::Files),
            ("check-history --html ", Beside::Files),
            ("test --junit=", Beside::Files),
            ("--log ", Beside::Files),
            ("new ", Beside::Folders),
            ("guide ", Beside::None),
        ] {
            assert_eq!(at(line).0, beside, "{line}");
        }
    }

    #[test]
    fn what_the_table_names_is_there() {
        let mut root = Cli::command();
        root.build();
        for known in &KNOWN {
            let command = root.find_subcommand(known.command).unwrap();
            let argument = command.get_arguments().find(|argument| argument.get_id() == known.argument);
            assert!(argument.is_some_and(takes_value), "{} {}", known.command, known.argument);
        }
    }
}
