//! The guide pane: a stage's instructions, wrapped to the pane, with the section that a failed test proves, a search,
//! and links that can be opened.
//!
//! A guide is laid out once for each width and kept; a frame draws only the rows on the screen. What must come into
//! view is noted, and settled by the next frame: only that knows the pane's size.

mod brush;
mod layout;
#[cfg(test)]
mod tests;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::brush::Brush;
pub use self::brush::line;
use self::layout::{Layout, Match, Place, is_code};
use super::find::Pattern;
use super::paint::put;
use super::scroll::Scroll;
use super::theme::{Look, Sign, Theme};
use crate::markdown::{Link, to_plain};
use crate::text::width;

/// Longer lines are hard to read, however wide the pane is.
const WIDEST: usize = 100;
/// How far code moves sideways at once.
const SIDEWAYS: usize = 8;

/// The pane's content and where the reader is in it. The frame around it is the app's.
#[derive(Debug, Default)]
pub struct GuidePane {
    shown: Option<Shown>,
    layout: Option<Layout>,
    /// Rows of the last frame.
    height: usize,
    /// The first row on the screen.
    first: usize,
    /// Where the reader went: the same row, unless the pane is too tall for it to be the first. And its place in the
    /// guide, for when the width changes.
    wanted: usize,
    place: Place,
    /// Columns that code is moved to the left by.
    shift: usize,
    mark: Option<String>,
    search: Option<Search>,
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

#[derive(Debug)]
struct Search {
    pattern: Option<Pattern>,
    /// Where the reader was when it began: each letter that is typed searches again from there.
    from: Place,
    matches: Vec<Match>,
    current: usize,
}

#[derive(Debug, Clone, Copy)]
enum Reveal {
    Section,
    Match,
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
                *self = Self { shown: Some(shown), height: self.height, ..Self::default() };
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

    pub fn scroll(&mut self, scroll: Scroll) {
        let Some(layout) = &self.layout else { return };
        let total = layout.rows.len();
        self.reveal = None;
        self.go_to(scroll.apply(self.first, total, self.height));
    }

    /// Code that is wider than the pane moves; text is wrapped and stays.
    pub fn right(&mut self) {
        let most = self.layout.as_ref().map_or(0, |layout| layout.overhang);
        self.shift = (self.shift + SIDEWAYS).min(most);
    }

    pub fn left(&mut self) {
        self.shift = self.shift.saturating_sub(SIDEWAYS);
    }

    /// Where the reader is: `all`, `top`, `34%`, `end`; nothing where there is no guide.
    pub fn status(&self) -> String {
        let Some(layout) = self.layout.as_ref().filter(|layout| !layout.rows.is_empty()) else {
            return String::new();
        };
        position(self.first, layout.rows.len(), self.height)
    }

    /// Searches for a text, from where the reader was when the search began.
    pub fn search(&mut self, typed: &str) {
        let from = self.search.as_ref().map_or(self.place, |search| search.from);
        self.search = Some(Search { pattern: Pattern::new(typed), from, matches: Vec::new(), current: 0 });
        if let Some(layout) = &self.layout
            && let Some(search) = &mut self.search
        {
            search.run(layout);
            let from = layout.row(from);
            search.current = search.matches.iter().position(|found| found[0].0 >= from).unwrap_or(0);
        }
        self.reveal = Some(Reveal::Match);
    }

    pub fn search_next(&mut self) {
        self.step(|current, all| (current + 1) % all);
    }

    pub fn search_prev(&mut self) {
        self.step(|current, all| (current + all - 1) % all);
    }

    fn step(&mut self, to: impl Fn(usize, usize) -> usize) {
        if let Some(search) = &mut self.search
            && !search.matches.is_empty()
        {
            search.current = to(search.current, search.matches.len());
            self.reveal = Some(Reveal::Match);
        }
    }

    pub fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Ends the search; the reader stays where it has led.
    pub fn clear_search(&mut self) {
        self.search = None;
    }

    /// `2 of 7`, or `no match`; none without a search, or before anything is typed.
    pub fn search_status(&self) -> Option<String> {
        let search = self.search.as_ref().filter(|search| search.pattern.is_some())?;
        Some(match search.matches.len() {
            0 => "no match".to_owned(),
            all => format!("{} of {all}", search.current + 1),
        })
    }

    /// What the guide links to, each address once.
    pub fn links(&self) -> &[Link] {
        self.layout.as_ref().map_or(&[], |layout| &layout.links)
    }

    /// Moves on to the next link on the screen; from the last one there, or if there is none, to the next in the guide,
    /// and from the guide's last to its first.
    pub fn next_link(&mut self) {
        let Some(layout) = &self.layout else { return };
        let current = self.visible_stop();
        let next = match current {
            Some(at) => Some(at + 1),
            None => layout.stops.iter().position(|stop| stop.rows.start >= self.first),
        };
        let next = next.filter(|at| *at < layout.stops.len()).unwrap_or(0);
        let Some(stop) = layout.stops.get(next) else { return };
        let rows = stop.rows.clone();
        self.stop = Some(next);
        self.bring(rows);
    }

    /// The address of the link that has the focus, while it is on the screen.
    pub fn current_link(&self) -> Option<&str> {
        let layout = self.layout.as_ref()?;
        let stop = layout.stops.get(self.visible_stop()?)?;
        layout.links.get(stop.link).map(|link| link.address.as_str())
    }

    fn visible_stop(&self) -> Option<usize> {
        let rows = &self.layout.as_ref()?.stops.get(self.stop?)?.rows;
        (rows.end > self.first && rows.start < self.first + self.height).then_some(self.stop?)
    }

    pub fn render(&mut self, theme: &Theme, area: Rect, buf: &mut Buffer, focused: bool) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        self.lay_out(area);
        let Some(layout) = self.layout.as_ref().filter(|layout| !layout.rows.is_empty()) else {
            let empty = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(1), ..area };
            return put(buf, empty, theme, &[("This stage has no guide.".into(), theme.style(Look::Dim))]);
        };
        let section = self.mark.as_deref().and_then(|slug| layout.section(slug)).unwrap_or(0..0);
        let stop = self.visible_stop().filter(|_| focused).and_then(|at| layout.stops.get(at));
        let brush = Brush {
            theme,
            layout,
            section,
            shift: self.shift,
            search: self.search.as_ref(),
            link: stop.map(|stop| (stop.link, stop.rows.clone())),
        };
        for (y, at) in (area.y..area.bottom()).zip(self.first..layout.rows.len()) {
            if brush.section.contains(&at) {
                let sign = (theme.sign(Sign::Mark).into(), theme.style(Look::Bad));
                put(buf, Rect::new(area.x, y, 1, 1), theme, &[sign]);
            }
            let columns = u16::try_from(layout.columns).unwrap_or(u16::MAX).min(area.width - 1);
            put(buf, Rect::new(area.x + 1, y, columns, 1), theme, &brush.row(at));
        }
    }

    /// Lays out rows for this area, and puts the right ones on the screen.
    fn lay_out(&mut self, area: Rect) {
        let Some(shown) = &self.shown else { return };
        self.height = usize::from(area.height);
        // A gutter on the left for the mark, and where there is room a blank on the right.
        let columns = usize::from(area.width).saturating_sub(if area.width < 24 { 1 } else { 2 }).clamp(1, WIDEST);
        if self.layout.as_ref().is_none_or(|layout| layout.columns != columns) {
            let layout = Layout::new(&shown.source, columns);
            self.wanted = layout.row(self.place);
            self.shift = self.shift.min(layout.overhang);
            if let Some(search) = &mut self.search {
                search.run(&layout);
            }
            self.layout = Some(layout);
        }
        self.settle();
        match self.reveal.take() {
            Some(Reveal::Section) => self.reveal_section(),
            Some(Reveal::Match) => self.reveal_match(),
            None => {}
        }
    }

    fn settle(&mut self) {
        let total = self.layout.as_ref().map_or(0, |layout| layout.rows.len());
        self.first = self.wanted.min(total.saturating_sub(self.height));
    }

    fn reveal_section(&mut self) {
        let Some((layout, slug)) = self.layout.as_ref().zip(self.mark.as_deref()) else { return };
        let Some(section) = layout.section(slug) else { return };
        if section.start < self.first || section.end > self.first + self.height {
            self.go_to(section.start);
        }
    }

    fn reveal_match(&mut self) {
        let Some((layout, search)) = self.layout.as_ref().zip(self.search.as_ref()) else { return };
        let Some(found) = search.matches.get(search.current) else {
            let from = layout.row(search.from);
            return self.go_to(from);
        };
        let (row, bytes) = found[0].clone();
        let last = found[found.len() - 1].0;
        if is_code(&layout.rows[row]) {
            let text = to_plain(&layout.rows[row]);
            let (start, end) = (width(&text[..bytes.start]), width(&text[..bytes.end]));
            if start <= self.shift || end >= self.shift + layout.columns {
                self.shift = start.saturating_sub(layout.columns / 2).min(layout.overhang);
            }
        }
        self.bring(row..last + 1);
    }

    /// Shows rows that are not on the screen, with some of what comes before them.
    fn bring(&mut self, rows: Range<usize>) {
        if rows.start < self.first || rows.end > self.first + self.height {
            self.go_to(rows.start.saturating_sub(self.height / 3));
        }
    }

    fn go_to(&mut self, row: usize) {
        let Some(layout) = &self.layout else { return };
        self.wanted = row.min(layout.rows.len().saturating_sub(self.height));
        self.place = layout.place(self.wanted);
        self.settle();
    }
}

impl Search {
    /// A layout of another width has the same matches in other places.
    fn run(&mut self, layout: &Layout) {
        self.matches = self.pattern.as_ref().map_or_else(Vec::new, |pattern| layout.find(pattern));
        self.current = self.current.min(self.matches.len().saturating_sub(1));
    }
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
