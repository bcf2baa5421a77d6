//! Markdown as lines of styled text that fit a width: for `lsfr guide`, and for the app's guide pane.
//!
//! [`render`] knows no terminal. It says what each stretch of a line is ([`Role`]), and whoever draws it chooses how
//! that looks. All text is cleaned of control characters on the way.

mod ansi;
mod code;
mod highlight;
mod render;
mod table;
mod wrap;

pub use ansi::{style, to_ansi};
pub use code::Code;
pub use highlight::{Language, Token};
pub use render::render;

/// What a text is shown on. That decides which of Markdown's own marks have to stay: those that nothing else says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A file or a pipe, without any style.
    Plain,
    /// A terminal that the text is printed to. Addresses of links are listed below it, and lines of code are whole, to
    /// be copied with the mouse.
    Printed,
    /// A pane of the app, which can show an address and copy a block itself.
    Pane { colour: bool },
}

impl Medium {
    /// Weight tells a heading apart.
    fn marks_headings(self) -> bool {
        self == Medium::Plain
    }

    /// Without colour, "never `.` or `..`" could not be read without its backticks.
    fn marks_code(self) -> bool {
        matches!(self, Medium::Plain | Medium::Pane { colour: false })
    }

    fn numbers_links(self) -> bool {
        !matches!(self, Medium::Pane { .. })
    }

    fn wraps_code(self) -> bool {
        matches!(self, Medium::Pane { .. })
    }
}

/// A rendered text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    pub lines: Vec<Line>,
    pub headings: Vec<Heading>,
    /// What the links of the text point at, each address once, in the order of the text.
    pub links: Vec<Link>,
    /// In the order of the text.
    pub codes: Vec<Code>,
}

pub type Line = Vec<Span>;

/// A stretch of one line that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub role: Role,
    /// An index into [`Document::links`].
    pub link: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    pub text: String,
    pub slug: String,
    /// An index into [`Document::lines`].
    pub line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub address: String,
    /// The text shows a number for it, counted from 1, since it does not show the address itself.
    pub numbered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Text,
    /// With its level.
    Heading(u8),
    Emphasis,
    Strong,
    Code,
    /// Code in a block. Where it is not wrapped it may be wider than the width.
    CodeBlock(Token),
    /// What stands before a line of a code block.
    CodeBar,
    /// Before a line of code that goes on.
    Continued {
        in_word: bool,
    },
    Link,
    /// The number behind a link's text.
    LinkNumber,
    /// A quote's text and its bar.
    Quote,
    /// A callout's bar and title.
    Callout(Callout),
    /// A list's bullet or number.
    Marker,
    TableHead,
    /// Rules, and the lines of a table.
    Rule,
}

/// `> [!NOTE]` and its kin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callout {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl Callout {
    pub fn title(self) -> &'static str {
        match self {
            Callout::Note => "Note",
            Callout::Tip => "Tip",
            Callout::Important => "Important",
            Callout::Warning => "Warning",
            Callout::Caution => "Caution",
        }
    }
}

impl Span {
    pub(crate) fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role, link: None }
    }
}

impl Document {
    /// The addresses of numbered links, a line each, to print below the text.
    pub fn link_list(&self) -> Vec<Line> {
        let numbered = self.links.iter().enumerate().filter(|(_, link)| link.numbered);
        numbered
            .map(|(at, link)| {
                let address = Span { text: link.address.clone(), role: Role::Link, link: Some(at) };
                vec![Span::new(format!("[{}] ", at + 1), Role::LinkNumber), address]
            })
            .collect()
    }
}

/// A line without its roles.
pub fn to_plain(line: &[Span]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

/// A heading as the word that names it in addresses and in `proves:`, as GitHub makes it.
pub fn slug(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests;
