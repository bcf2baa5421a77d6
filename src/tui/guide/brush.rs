//! How rows of a guide look: roles, code, what a search has found, the link or block with the focus.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Line;

use super::layout::{Layout, Target};
use super::stops::Focus;
use crate::markdown::{Callout, Role, Span, Token};
use crate::tui::find::Search;
use crate::tui::paint::Piece;
use crate::tui::theme::{Look, Sign, Theme};

/// What a frame draws rows with.
pub(super) struct Brush<'a> {
    pub(super) theme: &'a Theme,
    pub(super) layout: &'a Layout,
    pub(super) search: Option<&'a Search>,
    pub(super) focus: Option<Focus<'a>>,
}

impl<'a> Brush<'a> {
    pub(super) fn row(&self, at: usize) -> Vec<Piece<'a>> {
        let highlights = self.search.map(|search| search.highlights(at)).unwrap_or_default();
        let mut pieces = Vec::new();
        let mut start = 0;
        for span in &self.layout.rows[at] {
            let style = self.style(span, at);
            let mut from = 0;
            match span.role {
                Role::CodeBar if !span.text.trim().is_empty() => {
                    pieces.push(self.bar(at));
                    pieces.push((" ".into(), self.theme.style(Look::Text)));
                    from = span.text.len();
                }
                Role::Continued { .. } => {
                    pieces.push((self.theme.sign(Sign::Continued).into(), style));
                    pieces.push((" ".into(), style));
                    from = span.text.len();
                }
                _ => {}
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

    /// Beside a block of code. The one that would be copied has a sign, and the one that the reader went to a cursor.
    fn bar(&self, at: usize) -> Piece<'a> {
        let theme = self.theme;
        let plain = (theme.sign(Sign::Bar).into(), theme.style(Look::Frame));
        let Some(focus) = self.focus else { return plain };
        let Target::Code(code) = focus.target else { return plain };
        let Some(lines) = self.layout.codes.get(code).map(|code| &code.lines).filter(|lines| lines.contains(&at))
        else {
            return plain;
        };
        let sign = if at == lines.start { Sign::Current } else { Sign::Bar };
        let look = if focus.stop.is_some() { Look::Cursor } else { Look::Focus };
        (theme.sign(sign).into(), theme.style(look))
    }

    fn style(&self, span: &Span, at: usize) -> Style {
        let focused = self.focus.is_some_and(|focus| match (focus.target, focus.stop) {
            (Target::Link(link), Some(stop)) => span.link == Some(link) && stop.rows.contains(&at),
            _ => false,
        });
        if focused { self.theme.style(Look::Cursor) } else { look(span.role, self.theme) }
    }
}

/// How text in a role looks.
fn look(role: Role, theme: &Theme) -> Style {
    match role {
        Role::Text => theme.style(Look::Text),
        // There is only one title, and it says so without colour, too.
        Role::Heading(1) if !theme.has_colour() => theme.style(Look::Heading).underlined(),
        Role::Heading(1 | 2) => theme.style(Look::Heading),
        Role::Heading(_) => theme.style(Look::Strong),
        // Few terminals without colour have italics.
        Role::Emphasis if !theme.has_colour() => theme.style(Look::Text).underlined(),
        Role::Emphasis => theme.style(Look::Text).italic(),
        Role::Strong | Role::TableHead => theme.style(Look::Strong),
        Role::Code => theme.style(Look::Code),
        Role::CodeBlock(token) => theme.style(of_token(token)),
        Role::CodeBar | Role::Continued { .. } => theme.style(Look::Frame),
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

fn of_token(token: Token) -> Look {
    match token {
        Token::Text => Look::Text,
        Token::Keyword => Look::Keyword,
        Token::Name => Look::Name,
        Token::String => Look::String,
        Token::Number => Look::Number,
        Token::Comment | Token::Prompt => Look::Dim,
    }
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
