//! The guide pane: a stage's instructions, set for the pane, with the section that a failed test proves, a search,
//! links that can be opened and code that can be copied.
//!
//! A guide is laid out once for each width and kept; a frame draws only the rows on the screen. What must come into
//! view is noted, and settled by the next frame: only that knows the pane's size.

mod brush;
mod layout;
mod search;
mod stops;
#[cfg(test)]
mod tests;
mod text;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::brush::Brush;
pub use self::brush::line;
use self::layout::Layout;
pub use self::layout::Place;
use self::search::Searching;
pub use self::search::Standing;
pub use self::stops::{Copyable, LinkArea};
use super::more;
use super::paint::put;
use super::scroll::Scroll;
use super::theme::{Look, Sign, Theme};
use crate::markdown::Medium;

/// Longer lines are hard to read, however wide the pane is.
const WIDEST: u16 = 84;
/// A pane narrower than this has no columns to give away.
const NARROW: u16 = 30;

/// The pane's content and where the reader is in it. The frame around it is the app's.
#[derive(Debug, Default)]
pub struct GuidePane {
    shown: Option<Shown>,
    layout: Option<Layout>,
    /// Where the last frame put rows, without the mark's column.
    page: Rect,
    /// The first row on the screen.
    first: usize,
    /// Where the reader went: the same row, unless the pane is too tall for it to be the first. And its place in the
    /// guide, for when the width changes.
    wanted: usize,
    place: Place,
    mark: Option<String>,
    searching: Option<Searching>,
    /// An index into the layout's stops.
    stop: Option<usize>,
    /// What the next frame has to bring into view.
    reveal: Option<Reveal>,
}

#[derive(Debug)]
struct Shown {
    key: String,
    source: String,
}

#[derive(Debug, Clone, Copy)]
enum Reveal {
    Section,
    Match,
    /// Where the reader stood, if rows have this many columns.
    Row {
        row: usize,
        columns: usize,
    },
}

impl GuidePane {
    /// Shows a guide: another one (by its key) from the top, the same one from where the reader is.
    pub fn show(&mut self, key: &str, source: &str) {
        match &mut self.shown {
            Some(shown) if shown.key == key => {
                if shown.source != source {
                    shown.source = source.to_owned();
                    self.layout = None;
                }
            }
            _ => {
                let shown = Shown { key: key.to_owned(), source: source.to_owned() };
                *self = Self { shown: Some(shown), page: self.page, ..Self::default() };
            }
        }
    }

    /// Marks the section under the heading with this slug, and brings it into view once. An unknown slug marks nothing.
    pub fn mark(&mut self, slug: Option<&str>) {
        if self.mark.as_deref() != slug {
            self.mark = slug.map(str::to_owned);
            self.reveal = slug.map(|_| Reveal::Section);
        }
    }

    /// The slug of the section that is marked.
    pub fn marked(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// Where the reader is, to be kept and returned to.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Goes to a place that was kept. It takes the place of a mark's section that was to come into view.
    pub fn return_to(&mut self, place: Place) {
        self.reveal = None;
        self.place = place;
        if let Some(layout) = &self.layout {
            self.wanted = layout.row(&self.place);
            self.settle();
        }
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        let Some(layout) = &self.layout else { return };
        let total = layout.rows.len();
        self.reveal = None;
        self.go_to(scroll.apply(self.first, total, self.height()));
    }

    /// Where the reader is: `all`, `top`, `34%`, `end`; nothing where there is no guide.
    pub fn status(&self) -> String {
        let Some(layout) = self.layout.as_ref().filter(|layout| !layout.rows.is_empty()) else {
            return String::new();
        };
        position(self.first, layout.rows.len(), self.height())
    }

    pub fn render(&mut self, theme: &Theme, area: Rect, buf: &mut Buffer, focused: bool) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        self.lay_out(area, Medium::Pane { colour: theme.tells(Look::Code) });
        let Some(layout) = self.layout.as_ref().filter(|layout| !layout.rows.is_empty()) else {
            let empty = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(1), ..area };
            let told = if self.shown.is_some() { "This stage has no guide." } else { "Reading the guide." };
            return put(buf, empty, theme, &[(told.into(), theme.style(Look::Dim))]);
        };
        let below = Rect { height: area.height, ..self.page };
        more::below_text(self.first, layout.rows.len(), self.page.height, theme, below, buf);
        let section = self.mark.as_deref().and_then(|slug| layout.section(slug)).unwrap_or(0..0);
        let brush = Brush {
            theme,
            layout,
            search: self.searching.as_ref().map(|searching| &searching.search),
            focus: self.focus().filter(|_| focused),
        };
        for (row, at) in self.page.rows().zip(self.first..layout.rows.len()) {
            if section.contains(&at) {
                let mark = Rect { x: self.page.x - gutter(area.width), width: 1, ..row };
                put(buf, mark, theme, &[(theme.sign(Sign::Mark).into(), theme.style(Look::Bad))]);
            }
            put(buf, row, theme, &brush.row(at));
        }
        if focused {
            self.draw_address(theme, buf);
        }
    }

    /// Lays out rows for this area, and puts the right ones on the screen.
    fn lay_out(&mut self, area: Rect, medium: Medium) {
        let Some(shown) = &self.shown else { return };
        self.page = page(area);
        let columns = usize::from(self.page.width);
        if self.layout.as_ref().is_none_or(|layout| (layout.columns, layout.medium) != (columns, medium)) {
            let layout = Layout::new(&shown.source, columns, medium);
            self.wanted = layout.row(&self.place);
            if let Some(searching) = &mut self.searching {
                searching.search.run(&layout.text);
            }
            self.layout = Some(layout);
        }
        let total = self.layout.as_ref().map_or(0, |layout| layout.rows.len());
        self.page.height = more::rows_for(total, self.page.height);
        self.settle();
        match self.reveal.take() {
            Some(Reveal::Section) => self.reveal_section(),
            Some(Reveal::Match) => self.reveal_match(),
            Some(Reveal::Row { row, columns }) => self.reveal_row(row, columns),
            None => {}
        }
    }

    fn height(&self) -> usize {
        usize::from(self.page.height)
    }

    /// The rows on the screen.
    fn visible(&self) -> Range<usize> {
        self.first..self.first + self.height()
    }

    fn settle(&mut self) {
        let total = self.layout.as_ref().map_or(0, |layout| layout.rows.len());
        self.first = self.wanted.min(total.saturating_sub(self.height()));
    }

    fn reveal_section(&mut self) {
        let Some((layout, slug)) = self.layout.as_ref().zip(self.mark.as_deref()) else { return };
        let Some(section) = layout.section(slug) else { return };
        if section.start < self.first || section.end > self.visible().end {
            self.go_to(section.start);
        }
    }

    /// Shows rows that are not on the screen, with some of what comes before them.
    fn bring(&mut self, rows: Range<usize>) {
        if rows.start < self.first || rows.end > self.visible().end {
            // More rows than there is room for begin at the top.
            let before = self.height() / 3;
            self.go_to(rows.start.saturating_sub(before.min(self.height().saturating_sub(rows.len()))));
        }
    }

    fn go_to(&mut self, row: usize) {
        let Some(layout) = &self.layout else { return };
        self.wanted = row.min(layout.rows.len().saturating_sub(self.height()));
        self.place = layout.place(self.wanted);
        self.settle();
    }
}

/// Columns on the left, for the mark and air.
fn gutter(width: u16) -> u16 {
    if width < NARROW { 1 } else { 2 }
}

/// Where rows stand: in the middle of a pane that is wider than they may be.
fn page(area: Rect) -> Rect {
    let left = gutter(area.width);
    let right = if area.width < NARROW { 0 } else { 1 };
    let width = area.width.saturating_sub(left + right).clamp(1, WIDEST);
    let free = area.width.saturating_sub(left + right + width);
    Rect { x: area.x + left + free / 2, width, ..area }.intersection(area)
}

/// Where a reader is in something longer than its pane.
pub(super) fn position(first: usize, total: usize, height: usize) -> String {
    let last = total.saturating_sub(height);
    match first {
        _ if last == 0 => "all".to_owned(),
        0 => "top".to_owned(),
        first if first >= last => "end".to_owned(),
        first => format!("{}%", first * 100 / last),
    }
}

/// Whether lsfr may hand an address to the browser: a web address in one visible word. Nothing else that a guide links
/// to is ever opened.
pub fn openable(address: &str) -> bool {
    let after = |scheme: &str| match address.split_at_checked(scheme.len()) {
        Some((before, rest)) if before.eq_ignore_ascii_case(scheme) => Some(rest),
        _ => None,
    };
    let Some(rest) = after("https://").or_else(|| after("http://")) else { return false };
    rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || crate::text::is_invisible(c))
}
