//! The failure card in the app: the same page as everywhere, laid out for the pane, with every hint given so far.
//!
//! In a wide pane what led to the failure, and what the nodes printed, stand beside it, so that a card fits without
//! scrolling. Whatever is wrapped on the screen is copied whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use super::guide::position;
use super::paint::{Piece, put};
use super::scroll::Scroll;
use super::theme::{Look, Theme};
use crate::report::card::Card;
use crate::report::card_page::{Form, Line, Page, Role, columns, join};
use crate::report::card_text::{plain, render};

/// Wider lines are hard to read, and stretch what belongs together.
const WIDEST: usize = 100;
/// From this many columns on, two columns of text stand side by side.
const BESIDE: usize = 140;
const BETWEEN: usize = 3;
/// Narrower text is cut by the pane rather than squeezed.
const NARROWEST: usize = 20;

/// One failure, and where the reader is in it.
#[derive(Debug)]
pub struct CardPane {
    card: Card,
    laid_out: Option<LaidOut>,
    first: usize,
    /// Rows of the last frame.
    height: usize,
    /// The next frame brings the last hint given into view.
    to_hints: bool,
}

/// The card's rows for one width.
#[derive(Debug)]
struct LaidOut {
    columns: usize,
    ask: String,
    rows: Vec<Line>,
    /// The row after the last hint.
    hints_end: usize,
}

impl CardPane {
    pub fn new(card: Card) -> Self {
        Self { card, laid_out: None, first: 0, height: 0, to_hints: false }
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

    /// Brings the last hint that was given into view.
    pub fn show_hints(&mut self) {
        self.to_hints = true;
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        self.to_hints = false;
        self.first = scroll.apply(self.first, self.rows(), self.height);
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

    fn rows(&self) -> usize {
        self.laid_out.as_ref().map_or(0, |laid_out| laid_out.rows.len())
    }

    /// Draws the card over whatever was in `area`. `ask` is the key that asks for the next hint.
    pub fn render(&mut self, theme: &Theme, ask: &str, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        Clear.render(area, buf);
        let columns = usize::from(area.width);
        self.height = usize::from(area.height);
        let laid_out = match self.laid_out.take() {
            Some(laid_out) if laid_out.columns == columns && laid_out.ask == ask => laid_out,
            before => {
                let after = LaidOut::new(&self.card, columns, ask);
                if let Some(before) = before {
                    // A card is short: the same fraction of it is near enough to where the reader was.
                    self.first = self.first * after.rows.len() / before.rows.len().max(1);
                }
                after
            }
        };
        if std::mem::take(&mut self.to_hints) && laid_out.hints_end > self.first + self.height {
            self.first = laid_out.hints_end - self.height;
        }
        self.first = self.first.min(laid_out.rows.len().saturating_sub(self.height));
        for (y, row) in (area.y..area.bottom()).zip(&laid_out.rows[self.first..]) {
            let pieces: Vec<Piece> =
                row.iter().map(|(role, text)| (text.as_str().into(), style(*role, theme))).collect();
            put(buf, Rect { y, height: 1, ..area }, theme, &pieces);
        }
        self.laid_out = Some(laid_out);
    }
}

impl LaidOut {
    fn new(card: &Card, columns: usize, ask: &str) -> Self {
        let form = |columns| Form { columns, whole_commands: false, all_hints: true, ask };
        // The last column stays free, so that no line touches the frame.
        let room = columns.saturating_sub(1).max(NARROWEST);
        let (rows, hints_end) = match beside(card, room) {
            Some((left, right)) => {
                let context = Page::new(card, &form(right)).context;
                let page = Page::new(card, &form(left));
                let (own, hints) = parts([page.head.clone(), page.failure], page.help);
                (pair(own, left, context, page.head.len() + 1), hints)
            }
            None => {
                let page = Page::new(card, &form(room.min(WIDEST)));
                parts([page.head, page.failure, page.context], page.help)
            }
        };
        Self { columns, ask: ask.to_owned(), rows, hints_end }
    }
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
    };
    theme.style(look)
}

#[cfg(test)]
mod tests;
