//! The starter programs of `--lang`, a file for each language: small servers that boot, answer 501, and fail the first stage
//! as expected; servers of lines, which know no command; and compilers that compile nothing.
//!
//! Their sources are in `assets/starters/`, one folder per language. Manifests are named `.in` there, so that cargo and
//! go do not take them for packages of this repository.

mod c;
mod go;
mod java;
mod javascript;
mod python;
mod rust;

use crate::challenge::{Clients, Program};

/// A language that starters are written in.
pub(super) struct Language {
    /// What `--lang` takes.
    key: &'static str,
    aliases: &'static [&'static str],
    /// The name that readers know.
    pub(super) name: &'static str,
    /// What git should ignore, one pattern per line.
    pub(super) ignored: &'static str,
    /// Of HTTP.
    server: Starter,
    /// Its clients speak a text protocol over TCP: it listens, reads lines, and knows no command.
    lines: Starter,
    /// It reads its arguments and sources, has a place where C becomes assembly, and lets `cc` make a program of that. Until
    /// something is written there it ends with status 2, which means neither compiled nor refused.
    compiler: Starter,
}

/// A program to begin with, in one language, for one kind of challenge.
pub(super) struct Starter {
    /// `build:` of lsfr.yaml, for languages that compile.
    pub(super) build: Option<&'static str>,
    pub(super) run_sh: &'static str,
    /// Where each file goes, and what is in it.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Markdown: where to begin.
    pub(super) first_steps: &'static str,
}

macro_rules! asset {
    ($path:literal) => {
        include_str!(concat!("../../../assets/starters/", $path))
    };
}
use asset;

static LANGUAGES: &[&Language] =
    &[&python::LANGUAGE, &javascript::LANGUAGE, &go::LANGUAGE, &rust::LANGUAGE, &java::LANGUAGE, &c::LANGUAGE];

/// What `--lang` takes: the same languages for every kind of program.
pub fn starter_languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|language| language.key)
}

pub(super) fn find(program: Program, clients: Clients, lang: &str) -> Option<(&'static Language, &'static Starter)> {
    let lang = lang.to_lowercase();
    let is_meant = |language: &&&Language| language.key == lang || language.aliases.contains(&lang.as_str());
    let language = LANGUAGES.iter().find(is_meant)?;
    let starter = match (program, clients) {
        (Program::Server, Clients::Http) => &language.server,
        (Program::Server, Clients::Lines) => &language.lines,
        (Program::Compiler, _) => &language.compiler,
    };
    Some((language, starter))
}
