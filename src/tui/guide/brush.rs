//! How rows of a guide look: roles, the marked section's heading, what a search has found, the link with the focus.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Line;

use super::Search;
use super::layout::Layout;
use crate::markdown::{Callout, Role, Span};
use crate::tui::paint::{Piece, prefix};
use crate::tui::theme::{Look, Sign, Theme};

/// What a frame draws rows with.
pub(super) struct Brush<'a> {
    pub(super) theme: &'a Theme,
    pub(super) layout: &'a Layout,
    pub(super) section: Range<usize>,
    pub(super) shift: usize,
    pub(super) search: Option<&'a Search>,
    /// The link that has the focus, and its rows.
    pub(super) link: Option<(usize, Range<usize>)>,
}

impl<'a> Brush<'a> {
    pub(super) fn row(&self, at: usize) -> Vec<Piece<'a>> {
        let highlights = self.highlights(at);
        let mut pieces = Vec::new();
        let mut start = 0;
        for span in &self.layout.rows[at] {
            let style = self.style(span, at);
            let mut from = 0;
            if span.role == Role::CodeBlock && self.shift > 0 {
                // One column more, for the ellipsis that says so.
                from = prefix(&span.text, self.shift + 1);
                pieces.push((self.theme.sign(Sign::Ellipsis).into(), style));
            }
            while from < span.text.len() {
                let (end, look) = stretch(&highlights, start + from, start + span.text.len());
                let end = end - start;
                let style = look.map_or(style, |look| self.theme.style(look));
                pieces.push((span.text[from..end].into(), style));
                from = end;
            }
            start += span.text.len();
        }
        pieces
    }

    /// The bytes of a row that a search has found.
    fn highlights(&self, at: usize) -> Vec<(Range<usize>, Look)> {
        let Some(search) = self.search else { return Vec::new() };
        // Matches stand in the order of their rows.
        let from = search.matches.partition_point(|found| found[found.len() - 1].0 < at);
        let near = search.matches.iter().enumerate().skip(from).take_while(|(_, found)| found[0].0 <= at);
        near.flat_map(|(number, found)| {
            let look = if number == search.current { Look::Found } else { Look::Match };
            found.iter().filter(|(row, _)| *row == at).map(move |(_, bytes)| (bytes.clone(), look))
        })
        .collect()
    }

    fn style(&self, span: &Span, at: usize) -> Style {
        let theme = self.theme;
        if let Some((link, rows)) = &self.link
            && span.link == Some(*link)
            && rows.contains(&at)
        {
            return theme.style(Look::Cursor);
        }
        if self.section.contains(&at) && self.opens_section(at) {
            return theme.style(Look::Bad);
        }
        look(span.role, theme)
    }

    /// The row is of the section's own heading, not of one inside it.
    fn opens_section(&self, at: usize) -> bool {
        let heading = |row: &usize| self.layout.rows[*row].iter().any(|span| matches!(span.role, Role::Heading(_)));
        (self.section.start..=at).all(|row| heading(&row))
    }
}

/// How text in a role looks.
fn look(role: Role, theme: &Theme) -> Style {
    match role {
        Role::Text => theme.style(Look::Text),
        Role::Heading(_) => theme.style(Look::Heading),
        // Few terminals without colour have italics.
        Role::Emphasis if !theme.has_colour() => theme.style(Look::Text).underlined(),
        Role::Emphasis => theme.style(Look::Text).italic(),
        Role::Strong | Role::TableHead => theme.style(Look::Strong),
        Role::Code | Role::CodeBlock => theme.style(Look::Code),
        Role::Link => theme.style(Look::Link),
        Role::LinkNumber | Role::Rule | Role::Marker => theme.style(Look::Dim),
        Role::Quote => theme.style(Look::Quote),
        Role::Callout(kind) => theme.style(callout(kind)).bold(),
    }
}

/// A rendered line as it looks outside a pane.
pub fn line<'a>(line: &'a [Span], theme: &Theme) -> Line<'a> {
    line.iter().map(|span| ratatui::text::Span::styled(span.text.as_str(), look(span.role, theme))).collect()
}

fn callout(kind: Callout) -> Look {
    match kind {
        Callout::Note => Look::Own,
        Callout::Tip => Look::Good,
        Callout::Important => Look::Strong,
        Callout::Warning => Look::Unsure,
        Callout::Caution => Look::Bad,
    }
}

/// How far from `at` on the look stays the same, and what it is.
fn stretch(highlights: &[(Range<usize>, Look)], at: usize, end: usize) -> (usize, Option<Look>) {
    match highlights.iter().find(|(bytes, _)| bytes.end > at) {
        Some((bytes, look)) if bytes.start <= at => (bytes.end.min(end), Some(*look)),
        Some((bytes, _)) => (bytes.start.min(end), None),
        None => (end, None),
    }
}
