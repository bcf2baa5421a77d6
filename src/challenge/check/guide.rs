//! The rules that guides and the overview keep.

use std::collections::BTreeSet;
use std::sync::Arc;

use pulldown_cmark::HeadingLevel;

use crate::text::did_you_mean;
use crate::yaml::{Diagnostic, Source, Span};

use super::super::guide::{Guide, Heading, Link, NO_REQUIREMENTS, Outline};
use super::Findings;
use super::claims::Claim;

/// Anything longer gets a warning.
const GOOD_WORDS: usize = 400;
/// The limit for a long wire contract; nothing may be longer.
const MOST_WORDS: usize = 600;

pub(super) fn check(guide: &Guide, findings: &mut Findings) {
    let source = &guide.source;
    let outline = Outline::of(&source.text);
    let top = outline.headings.first().map_or(Span::default(), |heading| heading.at);
    let mut error = |at: Span, message: String, help: &str| {
        findings.errors.push(Diagnostic::new(source, at, message).help(help));
    };
    match outline.headings.split_first() {
        None => error(top, "this guide has no title".to_owned(), "begin it with `# ` and the title"),
        Some((title, _)) if title.level != HeadingLevel::H1 => {
            error(
                title.at,
                "the first heading is not the title".to_owned(),
                "begin the guide with `# ` and the title",
            );
        }
        Some((_, others)) => {
            for other in others.iter().filter(|heading| heading.level == HeadingLevel::H1) {
                error(other.at, "this guide has a second title".to_owned(), "write `## ` for a requirement");
            }
        }
    }
    for heading in outline.headings.iter().filter(|heading| heading.title.is_empty()) {
        error(heading.at, "this heading is empty".to_owned(), "write its words, or remove it");
    }
    if guide.requirements.is_empty() && !outline.headings.is_empty() {
        error(top, "this guide has no requirement".to_owned(), "write each promise below a `## ` heading of its own");
    }
    same_slugs(&outline, &mut error);
    if outline.words > MOST_WORDS {
        let message = format!("this guide has {} words; {MOST_WORDS} is the limit", outline.words);
        error(top, message, "shorten it, or make two stages of it; words of code blocks count half");
    } else if outline.words > GOOD_WORDS {
        let message =
            format!("this guide has {} words; more than {GOOD_WORDS} are hard to keep in mind", outline.words);
        let help = "shorten it if no long contract needs them; words of code blocks count half";
        findings.warnings.push(Diagnostic::new(source, top, message).help(help));
    }
    links(source, &outline, findings);
}

fn same_slugs(outline: &Outline, error: &mut impl FnMut(Span, String, &str)) {
    let mut seen = BTreeSet::new();
    for heading in outline.headings.iter().filter(|heading| heading.is_requirement() && !heading.title.is_empty()) {
        if heading.slug.is_empty() {
            error(heading.at, "tests cannot name this heading".to_owned(), "give it a letter or a digit");
        } else if !seen.insert(&heading.slug) {
            let message = format!("two requirements are called `{}`", heading.slug);
            error(heading.at, message, "tests need to tell them apart: rename one");
        }
    }
}

pub(super) fn overview(source: &Arc<Source>, findings: &mut Findings) {
    if source.text.trim().is_empty() {
        let problem = Diagnostic::new(source, Span::default(), "the overview is empty");
        findings.errors.push(problem.help("say in it what the challenge is about"));
    }
    links(source, &Outline::of(&source.text), findings);
}

/// Each requirement has a test.
pub(super) fn proven(guide: &Guide, claims: &[Claim], findings: &mut Findings) {
    let outline = Outline::of(&guide.source.text);
    let proven: BTreeSet<&str> = claims.iter().filter_map(|claim| Some(claim.proves.as_ref()?.0.as_str())).collect();
    let open = |heading: &&Heading| heading.is_requirement() && !proven.contains(heading.slug.as_str());
    for heading in outline.headings.iter().filter(open).filter(|heading| !heading.slug.is_empty()) {
        let help = match did_you_mean(&heading.title, NO_REQUIREMENTS) {
            Some(near) => format!("did you mean `## {near}`, which needs no test?"),
            None => format!("write a test with `proves: {}`", heading.slug),
        };
        let problem = Diagnostic::new(&guide.source, heading.at, "no test proves this requirement");
        findings.errors.push(problem.help(help));
    }
}

fn links(source: &Arc<Source>, outline: &Outline, findings: &mut Findings) {
    for link in &outline.links {
        if let Some((message, help)) = problem(link, outline) {
            findings.errors.push(Diagnostic::new(source, link.at, message).help(help));
        }
    }
}

fn problem(link: &Link, outline: &Outline) -> Option<(String, String)> {
    if link.text.is_empty() {
        return Some(("this link has no text".to_owned(), "say between `[` and `]` where it leads".to_owned()));
    }
    if let Some(slug) = link.address.strip_prefix('#') {
        let slugs = || outline.headings.iter().map(|heading| heading.slug.as_str());
        if slugs().any(|known| known == slug) {
            return None;
        }
        let help = match did_you_mean(slug, slugs()) {
            Some(near) => format!("did you mean `#{near}`?"),
            None => "write the heading's words in small letters, with `-` between them".to_owned(),
        };
        return Some((format!("no heading here is `#{slug}`"), help));
    }
    let known = ["http://", "https://"].iter().any(|scheme| link.address.starts_with(scheme));
    if known && reqwest::Url::parse(&link.address).is_ok_and(|address| address.host_str().is_some()) {
        return None;
    }
    let message = format!("`{}` is not an address that can be opened", link.address);
    Some((message, "write a whole one with `https://`, or `#` and a heading of this file".to_owned()))
}
