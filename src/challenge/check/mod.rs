//! Checks a whole pack without running anything, and finds everything that is wrong with it at once.
//!
//! The tests of a stage are looked at twice: decoded, and as the plain tree. Rules about whole tests (names, hints,
//! promises) use the tree, so that a mistake in one step does not hide another test's missing hint, nor make a
//! requirement look unproven.

mod cases;
mod claims;
mod guide;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use crate::scenario::case::CaseFiles;
use crate::scenario::{Tests, decode};
use crate::text::did_you_mean;
use crate::yaml::{self, Diagnostic, Source};

use super::guide::Guide;
use super::{Challenge, Origin, StageEntry, near_or_all, pack};
use claims::{Claim, Walk};

/// A test's name must fit on a line of a narrow terminal, beside its mark and its time.
const NAME_COLUMNS: usize = 60;
const STAGES: &str = "stages";

/// What is wrong with a pack, both lists in the order of files and lines. Warnings do not fail it.
#[derive(Debug, Default)]
pub struct Findings {
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// Checks the pack. If a file is not YAML at all, only that is reported.
pub fn check(origin: &Origin) -> Findings {
    let (challenge, errors) = pack::read(origin);
    let mut findings = Findings { errors, warnings: Vec::new() };
    if let Some(challenge) = &challenge {
        // If the list of stages has a mistake, whatever is missing from it may be what was meant.
        let whole = |path: &str| {
            let name = challenge.files.shown(path);
            !findings.errors.iter().any(|error| error.source.name == name)
        };
        let (listed, shared) = (whole(pack::CHALLENGE), whole(pack::SHARED));
        Checker { challenge, listed, shared, findings: &mut findings }.pack();
    }
    for list in [&mut findings.errors, &mut findings.warnings] {
        list.sort_by(|a, b| (&a.source.name, a.at, &a.message).cmp(&(&b.source.name, b.at, &b.message)));
        // Files that several stages use are read once for each.
        list.dedup_by(|a, b| (&a.source.name, a.at, &a.message) == (&b.source.name, b.at, &b.message));
    }
    findings
}

struct Checker<'a> {
    challenge: &'a Challenge,
    /// Whether the list of stages has no mistakes.
    listed: bool,
    /// Whether shared.yaml has no mistakes: otherwise every `use` could look wrong.
    shared: bool,
    findings: &'a mut Findings,
}

/// Claims of the stages whose tests could be read.
type Claims<'a> = BTreeMap<&'a str, Vec<Claim>>;

impl<'a> Checker<'a> {
    fn error(&mut self, source: &Arc<Source>, at: yaml::Span, message: String, help: impl Into<String>) {
        self.findings.errors.push(Diagnostic::new(source, at, message).help(help));
    }

    /// What was read; a problem on the way becomes an error.
    fn take<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|error| self.findings.errors.push(error)).ok()
    }

    fn pack(&mut self) {
        self.key();
        if let Ok(Some(overview)) = self.challenge.files.read(pack::OVERVIEW) {
            guide::overview(&overview, self.findings);
        }
        let shared = match self.challenge.files.read(pack::SHARED) {
            Ok(Some(source)) => yaml::parse(&source).ok().map(|tree| (source, tree)),
            _ => None,
        };
        let walks = shared.as_ref().map(|(_, tree)| claims::shared(tree)).unwrap_or_default();
        let folders = self.take(self.challenge.files.folders(STAGES));
        let mut claims = Claims::new();
        for stage in self.challenge.stages() {
            if folders.as_ref().is_some_and(|folders| !folders.contains(&stage.key)) {
                self.no_folder(stage, folders.as_ref());
            } else if let Some(found) = self.stage(stage, &walks) {
                claims.insert(&stage.key, found);
            }
        }
        self.unlisted(&folders.unwrap_or_default());
        if let Some((source, tree)) = &shared
            && self.shared
            && claims.len() == self.challenge.stages().count()
        {
            let used = claims::reached(claims.values().flatten().flat_map(|claim| &claim.walk.uses), &walks);
            for entry in tree.entries().iter().filter(|entry| !used.contains(entry.key.as_str())) {
                let help = format!("write `- use: {}` in a test, or remove them", entry.key);
                self.error(source, entry.key_at, format!("no test uses the shared steps `{}`", entry.key), help);
            }
        }
        self.mutants(&claims);
    }

    /// A pack inside lsfr is found by its folder.
    fn key(&mut self) {
        let Origin::BuiltIn(folder) = &self.challenge.origin else { return };
        if self.listed && *folder != self.challenge.key {
            let message = format!("the pack's key is `{}`, and its folder `{folder}`", self.challenge.key);
            let problem = self.challenge.files.problem(pack::CHALLENGE, message);
            self.findings.errors.push(problem.help("give both the same name"));
        }
    }

    fn no_folder(&mut self, stage: &StageEntry, folders: Option<&BTreeSet<String>>) {
        let taken = |name: &str| self.challenge.stages().any(|stage| stage.key == name);
        let free = folders.into_iter().flatten().map(String::as_str).filter(|name| !taken(name));
        let help = match did_you_mean(&stage.key, free) {
            Some(near) => format!("did you mean `{near}`? A stage's key is its folder in stages/"),
            None => format!("write stages/{}/guide.md and tests.yaml beside it", stage.key),
        };
        let message = format!("the stage `{}` has no folder", stage.key);
        self.error(&self.challenge.source, stage.at, message, help);
    }

    fn unlisted(&mut self, folders: &BTreeSet<String>) {
        if !self.listed {
            return;
        }
        for name in folders.iter().filter(|name| self.challenge.entry(name).is_err()) {
            let problem =
                self.challenge.files.problem(&format!("{STAGES}/{name}"), "challenge.yaml lists no such stage");
            let help = "list it with `- { key: …, title: …, minutes: … }`, or remove the folder";
            self.findings.errors.push(problem.help(help));
        }
    }

    /// The claims of its tests, if they can be read at all.
    fn stage(&mut self, stage: &StageEntry, shared: &BTreeMap<&str, Walk>) -> Option<Vec<Claim>> {
        let guide = self.take(self.challenge.guide(stage));
        if let Some(guide) = &guide {
            guide::check(guide, self.findings);
        }
        let source = self.take(self.challenge.tests(stage))?;
        let tree = self.take(yaml::parse(&source));
        if let Some(files) = self.take(self.challenge.cases(stage))
            && self.shared
        {
            match decode::tests(&source, &self.challenge.around, &files) {
                Ok(tests) => self.used(&files, &tests),
                Err(errors) => self.findings.errors.extend(errors),
            }
        }
        let claims = claims::of_tests(&tree?);
        for claim in &claims {
            self.claim(claim, &source, guide.as_ref(), shared);
        }
        // Without a readable list of tests, every requirement would look unproven.
        if let Some(guide) = guide.filter(|_| !claims.is_empty()) {
            guide::proven(&guide, &claims, self.findings);
        }
        Some(claims)
    }

    /// A program that no test names proves nothing.
    fn used(&mut self, files: &CaseFiles, tests: &Tests) {
        let mut used = BTreeSet::new();
        for test in &tests.tests {
            cases::named(&test.steps, &mut used);
        }
        for (path, source) in files.iter().filter(|(path, _)| !cases::belongs(path, &used)) {
            let help = "name it in a test, as in `- cases: cases/add-*.c`, or remove it";
            self.error(source, yaml::Span::default(), format!("no test uses {path}"), help);
        }
    }

    fn claim(&mut self, claim: &Claim, source: &Arc<Source>, guide: Option<&Guide>, shared: &BTreeMap<&str, Walk>) {
        if let Some((name, at)) = &claim.name
            && name.width() > NAME_COLUMNS
        {
            let message = format!("this name takes {} columns; {NAME_COLUMNS} are shown", name.width());
            self.error(source, *at, message, "shorten the claim");
        }
        for ((slug, at), guide) in claim.proves.iter().chain(&claim.walk.headings).zip(std::iter::repeat(guide)) {
            self.findings.errors.extend(guide.and_then(|guide| guide.unknown(slug, source, *at)));
        }
        let hinted = claims::reached(&claim.walk.uses, shared).iter().any(|name| shared[name].hinted);
        if !claim.walk.hinted && !hinted {
            let at = claim.name.as_ref().map_or(claim.at, |(_, at)| *at);
            let help = "add `hint:` to it or to one of its steps: what to look at when it fails";
            self.error(source, at, "this test has no hint".to_owned(), help);
        }
    }

    fn mutants(&mut self, claims: &Claims<'_>) {
        let Some(source) = self.take(self.challenge.mutants_file()) else { return };
        let (mutants, errors) = pack::mutants(&source);
        let whole = errors.is_empty();
        self.findings.errors.extend(errors);
        for listed in &mutants {
            let mutant = &listed.mutant;
            if self.challenge.entry(&mutant.stage).is_err() {
                if self.listed {
                    let keys = self.challenge.stages().map(|stage| stage.key.as_str());
                    let help = near_or_all(&mutant.stage, keys, "the stages are");
                    let message = format!("challenge.yaml lists no stage `{}`", mutant.stage);
                    self.error(&source, listed.stage_at, message, help);
                }
            } else if let Some(claims) = claims.get(mutant.stage.as_str()) {
                let names = || claims.iter().filter_map(|claim| claim.name.as_ref()).map(|(name, _)| name.as_str());
                if !names().any(|name| name == mutant.test) {
                    let help = near_or_all(&mutant.test, names(), "its tests are");
                    let message = format!("the stage `{}` has no test with this name", mutant.stage);
                    self.error(&source, listed.test_at, message, help);
                }
            }
        }
        for stage in self.challenge.stages() {
            if whole && !mutants.iter().any(|listed| listed.mutant.stage == stage.key) {
                let message = format!("no mutant shows what the tests of `{}` find out", stage.key);
                let help = format!("add `- {{ bug: …, stage: {}, test: … }}` to mutants.yaml", stage.key);
                self.error(&self.challenge.source, stage.at, message, help);
            }
        }
    }
}

#[cfg(test)]
mod tests;
