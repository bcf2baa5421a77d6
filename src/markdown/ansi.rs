//! Roles as colours of a plain terminal: the 16 that follow the reader's own theme.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Callout, Role, Span, Token};

pub fn style(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Text => plain,
        Role::Heading(1) => plain.bold().underline(),
        Role::Heading(_) | Role::Strong | Role::TableHead | Role::Marker => plain.bold(),
        Role::Emphasis => plain.italic(),
        Role::Code => plain.fg_color(Some(AnsiColor::Cyan.into())),
        Role::CodeBlock(token) => of_token(token),
        Role::CodeBar | Role::Continued { .. } => plain.dimmed(),
        Role::Link => plain.underline(),
        Role::LinkNumber | Role::Quote | Role::Rule => plain.dimmed(),
        Role::Callout(kind) => {
            let colour = match kind {
                Callout::Note => AnsiColor::Blue,
                Callout::Tip => AnsiColor::Green,
                Callout::Important => AnsiColor::Magenta,
                Callout::Warning => AnsiColor::Yellow,
                Callout::Caution => AnsiColor::Red,
            };
            plain.bold().fg_color(Some(colour.into()))
        }
    }
}

fn of_token(token: Token) -> Style {
    let coloured = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
    match token {
        Token::Text => Style::new(),
        Token::Keyword => coloured(AnsiColor::Magenta),
        Token::Name => coloured(AnsiColor::Cyan),
        Token::String => coloured(AnsiColor::Green),
        Token::Number => coloured(AnsiColor::Blue),
        Token::Comment | Token::Prompt => Style::new().dimmed(),
    }
}

/// A line with its colours. Whether colour is wanted is decided by the stream that it is written to.
pub fn to_ansi(line: &[Span]) -> String {
    let mut out = String::new();
    for span in line {
        let style = style(span.role);
        // Writing to a string does not fail.
        let _ = write!(out, "{style}{}{style:#}", span.text);
    }
    out
}
