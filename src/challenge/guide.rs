//! A stage's guide: its Markdown, and the requirements that its headings state.

use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::markdown::slug;
use crate::text::{clean, clean_document, did_you_mean};
use crate::yaml::{Diagnostic, Source, Span};

/// How many headings, and links, are looked at: no guide has that many, and finding the line of each takes time.
const MOST: usize = 500;

/// Headings of the second level that promise nothing.
pub(super) const NO_REQUIREMENTS: [&str; 3] = ["How it is tested", "Notes", "Resources"];

/// The instructions of a stage.
#[derive(Debug)]
pub struct Guide {
    pub source: Arc<Source>,
    pub requirements: Vec<Requirement>,
}

/// A promise that tests prove: a `##` heading and what is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    pub title: String,
    pub slug: String,
    /// The heading's line in the guide, from 1.
    pub line: usize,
}

impl Guide {
    pub fn new(source: Arc<Source>) -> Self {
        let text = clean_document(&source.text);
        let source = if text == source.text { source } else { Source::new(&source.name, text) };
        let headings = Outline::of(&source.text).headings;
        let promises = headings.into_iter().filter(Heading::is_requirement);
        // Markdown can write any character as `&#27;`.
        let requirements = promises.map(|heading| Requirement {
            title: clean(&heading.title),
            slug: heading.slug,
            line: heading.at.line,
        });
        Self { requirements: requirements.collect(), source }
    }

    pub fn requirement(&self, slug: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.slug == slug)
    }

    /// What is wrong with a test that says it proves `slug`, if anything.
    pub(super) fn unknown(&self, slug: &str, tests: &Arc<Source>, at: Span) -> Option<Diagnostic> {
        if self.requirement(slug).is_some() {
            return None;
        }
        let slugs = || self.requirements.iter().map(|requirement| requirement.slug.as_str());
        let help = match did_you_mean(slug, slugs()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.requirements.is_empty() => "the guide has no `##` heading that promises anything".to_owned(),
            None => format!("the guide promises {}", crate::scenario::decode::list(slugs())),
        };
        Some(Diagnostic::new(tests, at, format!("guide.md has no requirement `{slug}`")).help(help))
    }
}

/// What a Markdown file is made of, as far as the rules are concerned.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) headings: Vec<Heading>,
    pub(super) links: Vec<Link>,
    /// Words to read. Those in code blocks count half: an example is only skimmed, but a contract that hides in one
    /// still has to be read.
    pub(super) words: usize,
}

#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: HeadingLevel,
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) at: Span,
}

/// A link or a picture.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) address: String,
    pub(super) text: String,
    pub(super) at: Span,
}

impl Heading {
    pub(super) fn is_requirement(&self) -> bool {
        self.level == HeadingLevel::H2 && !NO_REQUIREMENTS.contains(&self.title.as_str())
    }
}

impl Outline {
    pub(super) fn of(markdown: &str) -> Self {
        let mut outline = Outline::default();
        let (mut prose, mut code) = (String::new(), String::new());
        let mut in_code = false;
        // Where the text of the open heading and of the open links and pictures begins.
        let (mut heading, mut links) = (0, Vec::new());
        for (event, bytes) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Text(text) if in_code => code.push_str(&text),
                Event::Text(text) | Event::Code(text) => prose.push_str(&text),
                Event::SoftBreak | Event::HardBreak => prose.push(' '),
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => {
                    in_code = false;
                    code.push(' ');
                }
                Event::Start(Tag::Heading { .. }) => {
                    prose.push(' ');
                    heading = prose.len();
                }
                Event::End(TagEnd::Heading(level)) if outline.headings.len() < MOST => {
                    let title = prose[heading..].trim().to_owned();
                    let end = bytes.start + markdown[bytes.clone()].trim_end().len();
                    let at = Span::of(markdown, bytes.start..end);
                    outline.headings.push(Heading { level, slug: slug(&title), title, at });
                    prose.push(' ');
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    links.push((dest_url.into_string(), prose.len()));
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    if let Some((address, start)) = links.pop()
                        && outline.links.len() < MOST
                    {
                        let text = prose[start..].trim().to_owned();
                        outline.links.push(Link { address, text, at: Span::of(markdown, bytes) });
                    }
                }
                Event::Start(Tag::Emphasis | Tag::Strong) | Event::End(TagEnd::Emphasis | TagEnd::Strong) => {}
                Event::Start(_) | Event::End(_) => prose.push(' '),
                _ => {}
            }
        }
        outline.words = words(&prose) + words(&code) / 2;
        outline
    }
}

/// Marks that stand alone, such as a dash or an arrow, do not count as words.
fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_the_headings_that_promise() {
        let text = "<!-- a\nnote -->\n# Failover\n\nText.\n\n## A `new` leader\n\n### Detail\n\n## Notes\n\n## The old leader's return\n## Resources\n";
        let guide = Guide::new(Source::new("guide.md", text));
        let found: Vec<_> = guide.requirements.iter().map(|r| (r.title.as_str(), r.slug.as_str(), r.line)).collect();
        assert_eq!(
            found,
            [("A new leader", "a-new-leader", 7), ("The old leader's return", "the-old-leaders-return", 13)]
        );
        assert!(guide.requirement("notes").is_none());
        let problem = guide.unknown("a-new-lead", &guide.source, Span::default()).unwrap();
        assert_eq!(problem.help.as_deref(), Some("did you mean `a-new-leader`?"));
        assert!(guide.unknown("a-new-leader", &guide.source, Span::default()).is_none());
    }

    #[test]
    fn words_are_what_is_read() {
        let count = |text: &str| Outline::of(text).words;
        assert_eq!(count("# One two\nthree\nfour **five**six — `seven eight`\n"), 7);
        assert_eq!(count("- one\n- two\n\n> three\n"), 3);
        assert_eq!(count("| a | b |\n|---|---|\n| c | d |\n"), 4);
        assert_eq!(count("one\n\n```sh\ntwo three\nfour five\n```\n"), 3);
        assert_eq!(count("<!-- not counted -->\n\n[one two](https://example.org/three)\n"), 2);
        assert_eq!(count(""), 0);
    }

    #[test]
    fn links_know_their_text_and_place() {
        let outline = Outline::of(
            "# T\n\nSee é [the *paper*](https://a.b/c), [](x) and <https://d.e>.\n\n[![pic](p.png)](#t)\n",
        );
        let found: Vec<_> =
            outline.links.iter().map(|l| (l.address.as_str(), l.text.as_str(), l.at.line, l.at.column)).collect();
        assert_eq!(
            found,
            [
                ("https://a.b/c", "the paper", 3, 7),
                ("x", "", 3, 37),
                ("https://d.e", "https://d.e", 3, 47),
                ("p.png", "pic", 5, 2),
                ("#t", "pic", 5, 1)
            ]
        );
    }
}
