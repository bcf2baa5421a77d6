//! The failure card in the app: the same page as everywhere, laid out for the pane, with every hint given so far.
//!
//! In a wide pane what led to the failure, and what the nodes printed, stand beside it, so that a card fits without
//! scrolling. Whatever is wrapped on the screen is copied whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use super::find::{JOINT, Search, Text, Way, highlight};
use super::guide::position;
use super::more;
use super::paint::{Piece, put};
use super::scroll::Scroll;
use super::theme::{Look, Theme};
use crate::report::card::Card;
use crate::report::card_page::{Form, Line, Page, Role, columns, join};
use crate::report::card_text::{plain, render};
use crate::report::places::SourcePlace;
use crate::report::rest::Rest;
use crate::text::{width, wrap};

/// Wider lines are hard to read, and stretch what belongs together.
const WIDEST: usize = 100;
/// From this many columns on, two columns of text stand side by side.
const BESIDE: usize = 140;
const BETWEEN: usize = 3;
/// Columns before the text of a card.
const MARGIN: u16 = 2;
/// Narrower text is cut by the pane rather than squeezed.
const NARROWEST: usize = 20;

/// One failure, and where the reader is in it.
#[derive(Debug)]
pub struct CardPane {
    card: Card,
    laid_out: Option<LaidOut>,
    first: usize,
    /// Of the last frame, and its rows.
    area: Rect,
    height: usize,
    /// The next frame brings the last hint given into view.
    to_hints: bool,
    searching: Option<Searching>,
    /// The next frame brings the match into view.
    to_match: bool,
}

/// A search that is open.
#[derive(Debug)]
struct Searching {
    search: Search,
    /// The first row on the screen when it began: each letter that is typed searches again from there.
    from: usize,
}

/// What the app has to add to a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// The key that asks for the next hint.
    pub ask: String,
    /// The keys that show the failure in other ways, where it has more than one node or client.
    pub look: Option<String>,
    /// When the test passed before, and what has changed since; none where that is not known.
    pub passed: Option<String>,
}

/// The card's rows for one width.
#[derive(Debug)]
struct LaidOut {
    columns: usize,
    notes: Notes,
    rows: Vec<Line>,
    /// The row after the last hint.
    hints_end: usize,
    text: Text,
}

impl CardPane {
    pub fn new(card: Card) -> Self {
        Self {
            card,
            laid_out: None,
            first: 0,
            area: Rect::ZERO,
            height: 0,
            to_hints: false,
            searching: None,
            to_match: false,
        }
    }

    /// Shows a later failure of the same test; a search in it goes on.
    pub fn replace(&mut self, card: Card) {
        let searching = self.searching.take().map(|searching| Searching { from: 0, ..searching });
        *self = Self { searching, ..Self::new(card) };
    }

    pub fn card(&self) -> &Card {
        &self.card
    }

    /// How many of its hints have been given.
    pub fn set_hints_given(&mut self, given: usize) {
        if self.card.hints_given != given {
            self.card.hints_given = given;
            self.laid_out = None;
        }
    }

    /// What became of the other tests of its stage.
    pub fn set_rest(&mut self, rest: Option<Rest>) {
        if self.card.rest != rest {
            self.card.rest = rest;
            self.laid_out = None;
        }
    }

    /// Brings the last hint that was given into view.
    pub fn show_hints(&mut self) {
        self.to_hints = true;
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        (self.to_hints, self.to_match) = (false, false);
        self.first = scroll.apply(self.first, self.rows(), self.height);
    }

    /// Begins a search where the reader is.
    pub fn begin_search(&mut self) {
        self.searching = Some(Searching { search: Search::new(""), from: self.first });
    }

    /// Searches for a text, from where the reader was when the search began.
    pub fn search(&mut self, typed: &str) {
        let from = self.searching.as_ref().map_or(self.first, |searching| searching.from);
        let mut search = Search::new(typed);
        if let Some(laid_out) = &self.laid_out {
            search.run(&laid_out.text);
            search.go_on_from(from);
        }
        self.searching = Some(Searching { search, from });
        (self.to_match, self.to_hints) = (true, false);
    }

    /// To the next match, or the one before.
    pub fn search_step(&mut self, way: Way) {
        self.to_match |= self.searching.as_mut().is_some_and(|searching| searching.search.step(way));
    }

    pub fn is_searching(&self) -> bool {
        self.searching.is_some()
    }

    /// Ends the search; the reader stays where it has led.
    pub fn clear_search(&mut self) {
        self.searching = None;
    }

    /// Ends the search where it began.
    pub fn abandon_search(&mut self) {
        if let Some(searching) = self.searching.take() {
            self.first = searching.from;
        }
    }

    /// `2 of 7`, or `no match`; none without a search, or before anything is typed.
    pub fn search_status(&self) -> Option<String> {
        self.searching.as_ref()?.search.status()
    }

    /// Shows the match that the reader went to, with some of what comes before it; without one, where it began.
    fn reveal_match(&mut self) {
        let Some(searching) = &self.searching else { return };
        let Some(rows) = searching.search.rows() else {
            self.first = searching.from;
            return;
        };
        if rows.start < self.first || rows.end > self.first + self.height {
            let before = self.height / 3;
            self.first = rows.start.saturating_sub(before.min(self.height.saturating_sub(rows.len())));
        }
    }

    /// Where the reader is: `all`, `top`, `34%`, `end`.
    pub fn status(&self) -> String {
        position(self.first, self.rows(), self.height)
    }

    /// The request as a command that can be pasted.
    pub fn curl(&self) -> Option<&str> {
        self.card.request.as_ref().map(|request| request.curl.as_str())
    }

    /// The whole card to be copied, as `lsfr test` prints it.
    pub fn text(&self) -> String {
        plain(&render(&self.card, WIDEST))
    }

    /// Cells of the last frame that name the line of the project that the failure points to.
    pub fn place_on_screen(&self) -> impl Iterator<Item = (Rect, &SourcePlace)> {
        let rows = self.laid_out.iter().flat_map(|laid_out| laid_out.rows.iter().skip(self.first));
        let named = rows.zip(self.area.rows()).filter_map(|(line, row)| {
            let at = line.iter().position(|(role, _)| *role == Role::Place)?;
            let before: usize = line[..at].iter().map(|(_, text)| width(text)).sum();
            let named = Rect { x: row.x + before as u16, width: width(&line[at].1) as u16, ..row };
            Some(named.intersection(row))
        });
        named.filter_map(|area| Some((area, self.card.place.as_ref()?)))
    }

    fn rows(&self) -> usize {
        self.laid_out.as_ref().map_or(0, |laid_out| laid_out.rows.len())
    }

    /// Draws the card over whatever was in `area`.
    pub fn render(&mut self, theme: &Theme, notes: Notes, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        Clear.render(area, buf);
        let columns = usize::from(area.width);
        let laid_out = match self.laid_out.take() {
            Some(laid_out) if laid_out.columns == columns && laid_out.notes == notes => laid_out,
            before => {
                let after = LaidOut::new(&self.card, columns, notes);
                if let Some(before) = before {
                    // A card is short: the same fraction of it is near enough to where the reader was.
                    let moved = |row: usize| row * after.rows.len() / before.rows.len().max(1);
                    self.first = moved(self.first);
                    if let Some(searching) = &mut self.searching {
                        searching.from = moved(searching.from);
                    }
                }
                if let Some(searching) = &mut self.searching {
                    searching.search.run(&after.text);
                }
                after
            }
        };
        let shown = more::rows_for(laid_out.rows.len(), area.height);
        let page = Rect { height: shown, ..area };
        (self.area, self.height) = (page, usize::from(shown));
        if std::mem::take(&mut self.to_hints) && laid_out.hints_end > self.first + self.height {
            self.first = laid_out.hints_end - self.height;
        }
        if std::mem::take(&mut self.to_match) {
            self.reveal_match();
        }
        self.first = self.first.min(laid_out.rows.len().saturating_sub(self.height));
        let said = Rect { x: area.x + area.width.min(MARGIN), width: area.width.saturating_sub(MARGIN), ..area };
        more::below_text(self.first, laid_out.rows.len(), shown, theme, said, buf);
        for (at, (y, row)) in (page.y..page.bottom()).zip(&laid_out.rows[self.first..]).enumerate() {
            let pieces: Vec<Piece> =
                row.iter().map(|(role, text)| (text.as_str().into(), style(*role, theme))).collect();
            let place = Rect { y, height: 1, ..area };
            put(buf, place, theme, &pieces);
            if let Some(searching) = &self.searching {
                let whole: String = row.iter().map(|(_, text)| text.as_str()).collect();
                highlight(buf, place, theme, &whole, &searching.search.highlights(self.first + at));
            }
        }
        self.laid_out = Some(laid_out);
    }
}

impl LaidOut {
    fn new(card: &Card, columns: usize, notes: Notes) -> Self {
        let ask = notes.ask.as_str();
        let noted = |columns| noted(card, &notes, columns);
        let form = |columns| Form { columns, whole_commands: false, all_hints: true, ask };
        // The last column stays free, so that no line touches the frame.
        let room = columns.saturating_sub(1).max(NARROWEST);
        let mut text = Text::default();
        let (rows, hints_end) = match beside(card, room) {
            Some((left, right)) => {
                let context = Page::new(card, &form(right)).context;
                let mut page = Page::new(card, &form(left));
                page.failure.extend(noted(left));
                let (own, hints) = parts([page.head.clone(), page.failure, page.stage], page.help);
                let pieces: Vec<usize> = own.iter().map(Vec::len).collect();
                let rows = pair(own, left, context, page.head.len() + 1);
                // A piece of blanks stands between the two columns. The right one is read after the left one.
                let begins = |at: usize| pieces.get(at).map_or(1, |pieces| pieces + 1);
                let halves = || rows.iter().enumerate().map(|(at, row)| row.split_at(begins(at).min(row.len())));
                read(&mut text, left, halves().map(|(own, _)| (0, own)));
                read(&mut text, right, halves().map(|(own, beside)| (bytes(own), beside)));
                (rows, hints)
            }
            None => {
                let columns = room.min(WIDEST);
                let mut page = Page::new(card, &form(columns));
                page.failure.extend(noted(columns));
                let (rows, hints) = parts([page.head, page.failure, page.context, page.stage], page.help);
                read(&mut text, columns, rows.iter().map(|row| (0, &row[..])));
                (rows, hints)
            }
        };
        Self { columns, notes, rows, hints_end, text }
    }
}

/// Other ways to look at it, and the run that passed, below what is likely and what to do next.
fn noted(card: &Card, notes: &Notes, columns: usize) -> Vec<Line> {
    let notes = [("  Look    ", &notes.look), ("  Passed  ", &notes.passed)];
    let alone = card.place.is_none() && card.likely.is_none() && card.next.is_none();
    let mut lines = Vec::new();
    for (label, words) in notes {
        let Some(words) = words else { continue };
        if alone && lines.is_empty() {
            lines.push(Line::new());
        }
        let wrapped = wrap(words, columns.saturating_sub(label.len()).max(NARROWEST), 0);
        for (at, text) in wrapped.into_iter().enumerate() {
            let label = if at == 0 { label.to_owned() } else { " ".repeat(label.len()) };
            lines.push(vec![(Role::Strong, label), (Role::Text, text)]);
        }
    }
    lines
}

/// The parts, followed by the help, and the row after the last hint.
fn parts<const N: usize>(before: [Vec<Line>; N], help: Vec<Line>) -> (Vec<Line>, usize) {
    let hints = help.iter().take_while(|line| !line.is_empty()).count();
    let behind = help.len() - hints;
    let rows = join(before.into_iter().chain([help]));
    let end = rows.len() - behind;
    (rows, end)
}

/// Columns for the failure and for what led to it, where there is room for both and something to show.
fn beside(card: &Card, room: usize) -> Option<(usize, usize)> {
    let context = !card.led_here.is_empty() || !card.said.is_empty();
    let left = ((room - BETWEEN.min(room)) / 2).min(WIDEST);
    (context && room >= BESIDE).then(|| (left, (room - left - BETWEEN).min(WIDEST)))
}

/// Rows with others to their right, from the row `start` on.
fn pair(mut left: Vec<Line>, width: usize, right: Vec<Line>, start: usize) -> Vec<Line> {
    if left.len() < start + right.len() {
        left.resize_with(start + right.len(), Line::new);
    }
    for (row, line) in left[start..].iter_mut().zip(right).filter(|(_, line)| !line.is_empty()) {
        row.push((Role::Text, " ".repeat((width + BETWEEN).saturating_sub(columns(row)))));
        row.extend(line);
    }
    left
}

/// Adds rows of so many columns to what a search reads: of each, where it begins in its row, and its pieces.
fn read<'a>(text: &mut Text, columns: usize, rows: impl Iterator<Item = (usize, &'a [(Role, String)])>) {
    for (at, (mut byte, pieces)) in rows.enumerate() {
        for (_, piece) in pieces {
            text.push(piece, at, byte);
            byte += piece.len();
        }
        let words = pieces.iter().map(|(_, piece)| piece.as_str()).collect::<String>();
        // A word is broken only where it fills its row.
        let end = match width(words.trim_end()) {
            0 => '\n',
            full if full + 1 >= columns => JOINT,
            _ => ' ',
        };
        text.end(end, at, byte);
    }
}

fn bytes(pieces: &[(Role, String)]) -> usize {
    pieces.iter().map(|(_, piece)| piece.len()).sum()
}

fn style(role: Role, theme: &Theme) -> Style {
    let look = match role {
        Role::Printed { colour, bold } => return theme.printed(colour, bold),
        Role::Text => Look::Text,
        Role::Strong => Look::Strong,
        Role::Dim => Look::Dim,
        Role::Good => Look::Good,
        Role::Wrong | Role::Bad => Look::Bad,
        Role::Unsure => Look::Unsure,
        Role::Hint => Look::Hint,
        Role::Place => Look::Link,
    };
    theme.style(look)
}

#[cfg(test)]
mod tests;
