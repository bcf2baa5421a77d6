//! The walk from Markdown's events to lines.
//!
//! Two things are kept: the inline text of the block that is being read, and a stack of what precedes each of its lines
//! (quote bars, bullets, indents). A block that ends is wrapped between them.

use std::collections::HashMap;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::table::Table;
use super::wrap::wrap;
use super::{Callout, Code, Document, Heading, Language, Line, Link, Medium, Role, Span, code, slug, to_plain};
use crate::text;

/// Narrower than this no table, list or quote is readable, and the caller has to cut lines.
const NARROWEST: usize = 10;

/// Renders untrusted Markdown into lines of at most `width` columns (at least 10); lines of code may be wider where the
/// medium does not wrap them.
pub fn render(source: &str, width: usize, medium: Medium) -> Document {
    let mut renderer = Renderer::new(width.max(NARROWEST), medium);
    for event in Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
        renderer.event(event);
    }
    renderer.flush();
    renderer.document
}

/// What stands before the lines of a quote or a list item.
struct Prefix {
    /// Before its first line, until that is drawn: a bullet.
    first: Option<Span>,
    rest: Span,
}

/// Nobody who wants to be read nests quotes and lists as deep as this, and each line carries the prefixes of all of
/// them.
const DEEPEST: usize = 100;

struct Renderer {
    width: usize,
    medium: Medium,
    document: Document,
    prefixes: Vec<Prefix>,
    /// How much is open deeper than [`DEEPEST`], which has no prefix of its own.
    deeper: usize,
    /// How many headings there are of each slug, before they are told apart.
    slugs: HashMap<String, usize>,
    /// For each open list, the number of its next item.
    lists: Vec<Option<u64>>,
    /// The inline text of the current block.
    inline: Line,
    /// What encloses it, from the outside in.
    roles: Vec<Role>,
    link: Option<OpenLink>,
    /// A blank line is due before the next block.
    gap: bool,
    heading: Option<u8>,
    /// The text of a code or HTML block.
    raw: Option<String>,
    language: Language,
    table: Option<Table>,
}

struct OpenLink {
    address: String,
    /// Where its text begins in `inline`.
    start: usize,
}

impl Renderer {
    fn new(width: usize, medium: Medium) -> Self {
        Self {
            width,
            medium,
            document: Document::default(),
            prefixes: Vec::new(),
            deeper: 0,
            slugs: HashMap::new(),
            lists: Vec::new(),
            inline: Vec::new(),
            roles: Vec::new(),
            link: None,
            gap: false,
            heading: None,
            raw: None,
            language: Language::Other,
            table: None,
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) => match &mut self.raw {
                Some(raw) => raw.push_str(&text),
                None => self.text(&text, self.role()),
            },
            Event::Code(text) if self.medium.marks_code() => self.text(&format!("`{text}`"), Role::Code),
            Event::Code(text) => self.text(&text, Role::Code),
            // An author's `<key>` is text that was meant to be read.
            Event::InlineHtml(html) if html.starts_with("<!--") => {}
            Event::InlineHtml(html) => self.text(&html, self.role()),
            Event::SoftBreak => self.push(" ", self.role()),
            Event::HardBreak => self.push("\n", self.role()),
            Event::Rule => {
                let columns = self.room();
                self.emit(vec![Span::new("─".repeat(columns), Role::Rule)]);
                self.gap = true;
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text, self.role());
            }
            Event::TaskListMarker(done) => self.push(if done { "[x] " } else { "[ ] " }, Role::Marker),
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level as u8);
                self.roles.push(Role::Heading(level as u8));
            }
            Tag::BlockQuote(kind) => self.start_quote(kind),
            Tag::CodeBlock(kind) => {
                self.flush();
                self.raw = Some(String::new());
                self.language = match kind {
                    CodeBlockKind::Fenced(info) => Language::of(&info),
                    CodeBlockKind::Indented => Language::Other,
                };
            }
            Tag::HtmlBlock => {
                self.flush();
                self.raw = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.start_item(),
            Tag::Table(alignments) => {
                self.flush();
                self.table = Some(Table::new(alignments));
            }
            Tag::TableHead => self.roles.push(Role::TableHead),
            Tag::Emphasis => self.roles.push(Role::Emphasis),
            Tag::Strong => self.roles.push(Role::Strong),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.close_link();
                self.roles.push(Role::Link);
                self.link = Some(OpenLink { address: text::clean(&dest_url), start: self.inline.len() });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.flush();
                self.gap = true;
            }
            TagEnd::Heading(_) => {
                self.roles.pop();
                self.end_heading();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.end_prefix();
                if self.roles.last() == Some(&Role::Quote) {
                    self.roles.pop();
                }
                self.gap = true;
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap |= self.lists.is_empty();
            }
            TagEnd::Item => self.end_item(),
            TagEnd::TableHead => {
                self.roles.pop();
                if let Some(table) = &mut self.table {
                    table.end_row();
                }
            }
            TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    table.end_row();
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                if let Some(table) = &mut self.table {
                    table.cell(cell);
                }
            }
            TagEnd::Table => {
                let room = self.room();
                for line in self.table.take().map(|table| table.lines(room)).unwrap_or_default() {
                    self.emit(line);
                }
                self.gap = true;
            }
            TagEnd::Emphasis | TagEnd::Strong => {
                self.roles.pop();
            }
            TagEnd::Link | TagEnd::Image => {
                self.roles.pop();
                self.close_link();
            }
            _ => {}
        }
    }

    fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        self.flush();
        self.open_gap();
        let Some(kind) = kind else {
            self.prefix(None, Span::new("│ ", Role::Quote));
            self.roles.push(Role::Quote);
            return;
        };
        let kind = match kind {
            BlockQuoteKind::Note => Callout::Note,
            BlockQuoteKind::Tip => Callout::Tip,
            BlockQuoteKind::Important => Callout::Important,
            BlockQuoteKind::Warning => Callout::Warning,
            BlockQuoteKind::Caution => Callout::Caution,
        };
        self.prefix(None, Span::new("┃ ", Role::Callout(kind)));
        self.emit(vec![Span::new(kind.title(), Role::Callout(kind))]);
    }

    fn start_item(&mut self) {
        self.flush();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "• ".to_owned(),
        };
        let indent = " ".repeat(text::width(&marker));
        self.prefix(Some(Span::new(marker, Role::Marker)), Span::new(indent, Role::Text));
    }

    fn end_item(&mut self) {
        self.flush();
        // A paragraph inside makes a list loose: a blank line stands between its items too.
        let loose = self.gap;
        if self.prefixes.last().is_some_and(|prefix| prefix.first.is_some()) {
            self.emit(Vec::new());
        }
        self.end_prefix();
        self.gap = loose;
    }

    /// Beyond half the width nothing is indented any more; a bullet or number then opens the text itself.
    fn prefix(&mut self, mut first: Option<Span>, mut rest: Span) {
        if self.prefixes.len() == DEEPEST {
            self.deeper += 1;
            return;
        }
        let taken: usize = self.prefixes.iter().map(|prefix| text::width(&prefix.rest.text)).sum();
        if taken + text::width(&rest.text) > self.width / 2 {
            rest.text.clear();
            if let Some(marker) = first.take() {
                self.inline.insert(0, marker);
            }
        }
        self.prefixes.push(Prefix { first, rest });
    }

    fn end_prefix(&mut self) {
        match self.deeper.checked_sub(1) {
            Some(left) => self.deeper = left,
            None => drop(self.prefixes.pop()),
        }
    }

    fn end_heading(&mut self) {
        let Some(level) = self.heading.take() else { return };
        let heading = to_plain(&self.inline).replace('`', "");
        let heading = heading.trim();
        let mut name = slug(heading);
        let same = self.slugs.entry(name.clone()).or_default();
        if *same > 0 {
            name = format!("{name}-{same}");
        }
        *same += 1;
        let marks =
            if self.medium.marks_headings() { format!("{} ", "#".repeat(usize::from(level))) } else { String::new() };
        let indent = Span::new(" ".repeat(text::width(&marks)), Role::Heading(level));
        self.prefix(Some(Span::new(marks, Role::Heading(level))), indent);
        // There was none below a heading right above this one.
        self.gap |= !self.medium.marks_headings() && self.lists.is_empty();
        self.open_gap();
        let line = self.document.lines.len();
        self.document.headings.push(Heading { level, text: heading.to_owned(), slug: name, line });
        self.flush();
        // One without a text takes a line, too.
        if self.document.lines.len() == line {
            self.emit(Vec::new());
        }
        self.end_prefix();
        // A heading that stands out by its weight is close to what it heads; a title is on its own.
        self.gap = self.medium.marks_headings() || level == 1;
    }

    fn end_code(&mut self) {
        let code = text::clean_lines(&self.raw.take().unwrap_or_default());
        let code = code.trim_end_matches('\n');
        self.open_gap();
        let start = self.document.lines.len();
        for line in code::lines(code, self.language, self.medium, self.room()) {
            self.emit(line);
        }
        let lines = start..self.document.lines.len();
        self.document.codes.push(Code { language: self.language, text: code.to_owned(), lines });
        self.gap = true;
    }

    fn end_html(&mut self) {
        let html = self.raw.take().unwrap_or_default();
        if html.trim_start().starts_with("<!--") {
            return;
        }
        let html = text::clean_lines(html.trim_end());
        self.push(&html, self.role());
        self.flush();
        self.gap = true;
    }

    fn close_link(&mut self) {
        let Some(open) = self.link.take() else { return };
        let shown = self.inline.get(open.start..).map(to_plain).unwrap_or_default();
        let is_shown = shown == open.address || Some(shown.as_str()) == open.address.strip_prefix("mailto:");
        let at = match self.document.links.iter().position(|link| link.address == open.address) {
            Some(at) => at,
            None => {
                self.document.links.push(Link { address: open.address, numbered: false });
                self.document.links.len() - 1
            }
        };
        if shown.trim().is_empty() && !self.medium.numbers_links() {
            let address = self.document.links[at].address.clone();
            self.inline.push(Span::new(address, Role::Link));
        }
        for span in self.inline.iter_mut().skip(open.start) {
            span.link = Some(at);
        }
        if !is_shown && self.medium.numbers_links() {
            self.document.links[at].numbered = true;
            let number = format!("[{}]", at + 1);
            self.inline.push(Span { text: number, role: Role::LinkNumber, link: Some(at) });
        }
    }

    fn role(&self) -> Role {
        self.roles.last().copied().unwrap_or(Role::Text)
    }

    fn text(&mut self, text: &str, role: Role) {
        let text = text::clean(text);
        self.push(&text, role);
    }

    fn push(&mut self, text: &str, role: Role) {
        match self.inline.last_mut() {
            Some(last) if last.role == role && last.link.is_none() && self.link.is_none() => last.text.push_str(text),
            _ => self.inline.push(Span::new(text, role)),
        }
    }

    /// Columns that the prefixes leave.
    fn room(&self) -> usize {
        let taken: usize = self.prefixes.iter().map(|prefix| text::width(&prefix.rest.text)).sum();
        self.width.saturating_sub(taken).max(1)
    }

    /// Wraps and draws the inline text, if there is any.
    fn flush(&mut self) {
        let inline = std::mem::take(&mut self.inline);
        if inline.is_empty() {
            return;
        }
        for line in wrap(&inline, self.room()) {
            self.emit(line);
        }
    }

    fn open_gap(&mut self) {
        if std::mem::take(&mut self.gap) && !self.document.lines.is_empty() {
            // Bars go on through a blank line; a bullet that is not drawn yet waits.
            let mut line: Line =
                self.prefixes.iter().take_while(|p| p.first.is_none()).map(|p| p.rest.clone()).collect();
            trim_end(&mut line);
            self.document.lines.push(line);
        }
    }

    fn emit(&mut self, content: Line) {
        self.open_gap();
        let mut line = Line::new();
        for prefix in &mut self.prefixes {
            line.push(prefix.first.take().unwrap_or_else(|| prefix.rest.clone()));
        }
        line.extend(content);
        line.retain(|span| !span.text.is_empty());
        trim_end(&mut line);
        self.document.lines.push(line);
    }
}

fn trim_end(line: &mut Line) {
    while let Some(last) = line.last_mut() {
        last.text.truncate(last.text.trim_end_matches(' ').len());
        if !last.text.is_empty() {
            return;
        }
        line.pop();
    }
}
