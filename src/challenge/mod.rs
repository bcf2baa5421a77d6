//! Challenges: packs of data that say what to build, stage by stage, and how it is tested.
//!
//! Loading a challenge reads its challenge.yaml, overview.md and shared.yaml only; a stage's guide and tests are
//! read when they are asked for. [`check`](check::check) reads a whole pack and finds everything wrong with it.

pub mod check;
mod embed;
mod files;
mod guide;
mod monitor;
mod pack;
mod unsettled;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::scenario::case::CaseFiles;
use crate::scenario::decode::{self, Surroundings};
use crate::scenario::expr::Expression;
use crate::scenario::load::Operations;
use crate::scenario::model::Models;
use crate::scenario::template::{Data, Template};
use crate::scenario::{Expect, Talk, Tests};
use crate::text::{clean_document, did_you_mean};
use crate::yaml::{Diagnostic, Source, Span};
use files::Files;

pub use guide::{Guide, Requirement};
pub use monitor::{Monitor, UnderWay};
pub use unsettled::Unsettled;

/// Where a pack comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Inside the binary, by its key.
    BuiltIn(String),
    Folder(PathBuf),
}

/// A challenge, without its guides and tests.
#[derive(Debug)]
pub struct Challenge {
    pub origin: Origin,
    pub key: String,
    pub name: String,
    pub summary: String,
    /// What the learner has when all stages have passed.
    pub built: Option<String>,
    pub program: Program,
    pub clients: Clients,
    pub parts: Vec<Part>,
    pub roles: BTreeMap<String, Role>,
    pub monitor: Option<Monitor>,
    /// How a cluster may answer while it has no leader.
    pub unsettled: Unsettled,
    /// What clients of workloads do.
    pub operations: Arc<Operations>,
    /// What walks are judged by.
    pub models: Arc<Models>,
    /// Markdown, shown to whoever chooses a challenge.
    pub overview: String,
    files: Files,
    /// challenge.yaml, kept to show where a stage is listed.
    source: Arc<Source>,
    around: Surroundings,
}

/// What a learner's program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// It listens on a port, and runs until it is stopped.
    Server,
    /// It is run once for each program that it compiles.
    Compiler,
}

/// What clients speak to a server; it decides which starter a learner is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clients {
    #[default]
    Http,
    /// A text protocol over TCP, line by line.
    Lines,
}

/// Stages under one heading.
#[derive(Debug)]
pub struct Part {
    pub name: String,
    pub stages: Vec<StageEntry>,
}

/// A stage as challenge.yaml lists it.
#[derive(Debug, Clone)]
pub struct StageEntry {
    pub key: String,
    pub title: String,
    /// How long it takes a proficient programmer.
    pub minutes: u32,
    at: Span,
}

/// How to tell the nodes that have a role from the others.
#[derive(Debug)]
pub struct Role {
    pub ask: Ask,
    /// Of several nodes that match, the one with the largest value is meant: a leader that was cut off still says
    /// that it leads, in an older term.
    pub highest: Option<Expression>,
}

/// What every node is asked, and what a node with the role answers.
#[derive(Debug)]
pub enum Ask {
    Http { method: String, path: Template, matches: Box<Expect<Data>> },
    Tcp(Talk),
}

/// A stage with all it holds.
#[derive(Debug)]
pub struct Stage {
    pub key: String,
    pub title: String,
    pub minutes: u32,
    pub guide: Guide,
    /// What is told when the stage has passed, as Markdown.
    pub after: Option<String>,
    pub tests: Tests,
}

/// A known-bad program, and the test that catches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// What `--bug` is given.
    pub bug: String,
    pub stage: String,
    pub test: String,
}

/// Of the challenges that come with lsfr, the one to begin with.
const FIRST: &str = "kv-store";

/// The challenges that come with lsfr: the one to begin with, then the others by key.
pub fn list() -> Result<Vec<Challenge>, Vec<Diagnostic>> {
    let (mut challenges, mut errors) = (Vec::new(), Vec::new());
    for key in embed::packs(embed::FILES) {
        match load(&Origin::BuiltIn(key.to_owned())) {
            Ok(challenge) => challenges.push(challenge),
            Err(found) => errors.extend(found),
        }
    }
    challenges.sort_by_key(|challenge| challenge.key != FIRST);
    if errors.is_empty() { Ok(challenges) } else { Err(errors) }
}

/// Reads a challenge, or finds what is wrong with its challenge.yaml, overview.md and shared.yaml.
pub fn load(origin: &Origin) -> Result<Challenge, Vec<Diagnostic>> {
    match pack::read(origin) {
        (Some(challenge), errors) if errors.is_empty() => Ok(challenge),
        (_, errors) => Err(errors),
    }
}

impl Challenge {
    /// All stages, in order.
    pub fn stages(&self) -> impl Iterator<Item = &StageEntry> {
        self.parts.iter().flat_map(|part| &part.stages)
    }

    /// Whether a stage comes at or after another. False if either is not there.
    pub fn reaches(&self, stage: &str, other: &str) -> bool {
        let place = |key: &str| self.stages().position(|entry| entry.key == key);
        place(stage).zip(place(other)).is_some_and(|(stage, other)| stage >= other)
    }

    /// Reads a stage's guide and tests.
    pub fn stage(&self, key: &str) -> Result<Stage, Vec<Diagnostic>> {
        let entry = self.entry(key).map_err(|error| vec![error])?;
        let (guide, tests, cases) = match (self.guide(entry), self.tests(entry), self.cases(entry)) {
            (Ok(guide), Ok(tests), Ok(cases)) => (guide, tests, cases),
            (guide, tests, cases) => {
                return Err([guide.err(), tests.err(), cases.err()].into_iter().flatten().collect());
            }
        };
        let decoded = decode::tests(&tests, &self.around, &cases)?;
        let unknown = decoded.tests.iter().filter_map(|test| guide.unknown(&test.proves, &tests, test.proves_at));
        let unknown: Vec<Diagnostic> = unknown.collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let after = self.after(entry).map_err(|error| vec![error])?;
        let StageEntry { key, title, minutes, .. } = entry.clone();
        Ok(Stage { key, title, minutes, guide, after, tests: decoded })
    }

    /// Known-bad programs, for proving the tests.
    pub fn mutants(&self) -> Result<Vec<Mutant>, Vec<Diagnostic>> {
        let source = self.mutants_file().map_err(|error| vec![error])?;
        let (mutants, errors) = pack::mutants(&source);
        if errors.is_empty() { Ok(mutants.into_iter().map(|listed| listed.mutant).collect()) } else { Err(errors) }
    }

    fn entry(&self, key: &str) -> Result<&StageEntry, Diagnostic> {
        self.stages().find(|stage| stage.key == key).ok_or_else(|| {
            let keys = || self.stages().map(|stage| stage.key.as_str());
            let help = near_or_all(key, keys(), "the stages are");
            asked(format!("{} has no stage `{key}`", self.key)).help(help)
        })
    }

    fn guide(&self, stage: &StageEntry) -> Result<Guide, Diagnostic> {
        self.stage_file(stage, "guide.md", "the instructions").map(Guide::new)
    }

    /// A stage need not have it.
    fn after(&self, stage: &StageEntry) -> Result<Option<String>, Diagnostic> {
        let source = self.files.read(&format!("stages/{}/after.md", stage.key))?;
        Ok(source.map(|source| clean_document(&source.text)))
    }

    fn tests(&self, stage: &StageEntry) -> Result<Arc<Source>, Diagnostic> {
        self.stage_file(stage, "tests.yaml", "the tests")
    }

    /// The small programs of a stage that has some.
    fn cases(&self, stage: &StageEntry) -> Result<CaseFiles, Diagnostic> {
        self.files.below(&format!("stages/{}", stage.key), "cases")
    }

    fn stage_file(&self, stage: &StageEntry, name: &str, what: &str) -> Result<Arc<Source>, Diagnostic> {
        let path = format!("stages/{}/{name}", stage.key);
        self.files.read(&path)?.ok_or_else(|| {
            Diagnostic::new(&self.source, stage.at, format!("the stage `{}` has no {name}", stage.key))
                .help(format!("write {what} to {path}, or list the stage when it is complete"))
        })
    }

    fn mutants_file(&self) -> Result<Arc<Source>, Diagnostic> {
        self.files.read(pack::MUTANTS)?.ok_or_else(|| {
            self.files
                .problem(pack::MUTANTS, "the pack has no mutants.yaml")
                .help("list programs with one bug each, as `- { bug: …, stage: …, test: … }`")
        })
    }
}

/// A mistake in what was asked for, not in any file.
fn asked(message: String) -> Diagnostic {
    Diagnostic::new(&Source::new("", ""), Span::default(), message)
}

/// Help for a name that does not exist: the one that was probably meant, or all that exist.
fn near_or_all<'a>(given: &str, names: impl Iterator<Item = &'a str>, all: &str) -> String {
    let names: Vec<&str> = names.collect();
    match did_you_mean(given, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("{all} none"),
        None => format!("{all} {}", decode::list(names.into_iter())),
    }
}

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod tests;
