//! Where a reader can stop to do something: links, which can be opened, and blocks of code, which can be copied.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::GuidePane;
use super::layout::{Stop, Target};
use crate::markdown::Link;
use crate::text::{breaks, width};
use crate::tui::paint::put;
use crate::tui::theme::{Look, Sign, Theme};

/// What a key would copy, and so what it is to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copyable {
    /// The commands of a console session, a line each, without what they print.
    Commands {
        text: String,
        count: usize,
    },
    Code(String),
    Address(String),
}

impl Copyable {
    pub fn text(&self) -> &str {
        match self {
            Self::Commands { text, .. } | Self::Code(text) | Self::Address(text) => text,
        }
    }
}

/// Cells of the last frame that belong to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkArea<'a> {
    /// In one row.
    pub area: Rect,
    pub address: &'a str,
}

/// What is pointed out on the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Focus<'a> {
    pub(super) target: Target,
    /// The stop that the reader went to. Without one, it is merely what a key would copy.
    pub(super) stop: Option<&'a Stop>,
}

impl GuidePane {
    /// What the guide links to, each address once.
    pub fn links(&self) -> &[Link] {
        self.layout.as_ref().map_or(&[], |layout| &layout.links)
    }

    /// Whether there is a link or a block of code to go to.
    pub fn has_stops(&self) -> bool {
        self.layout.as_ref().is_some_and(|layout| !layout.stops.is_empty())
    }

    /// Moves on to the next link or block of code on the screen; from the last one there, or if there is none, to the
    /// next in the guide, and from the guide's last to its first.
    pub fn next_link(&mut self) {
        let Some(layout) = &self.layout else { return };
        let next = match self.visible_stop() {
            Some(at) => Some(at + 1),
            None => layout.stops.iter().position(|stop| stop.rows.start >= self.first),
        };
        let next = next.filter(|at| *at < layout.stops.len()).unwrap_or(0);
        let Some(stop) = layout.stops.get(next) else { return };
        let rows = stop.rows.clone();
        self.stop = Some(next);
        self.bring(rows);
    }

    /// Leaves the link or block that the reader went to. False where there is none in sight.
    pub fn leave_link(&mut self) -> bool {
        let left = self.visible_stop().is_some();
        self.stop = None;
        left
    }

    /// The address of the link that has the focus, while it is on the screen.
    pub fn current_link(&self) -> Option<&str> {
        match self.focus()?.target {
            Target::Link(at) => self.address(at),
            Target::Code(_) => None,
        }
    }

    /// The link or block that the reader went to, while it is on the screen; else the first block there.
    pub fn copyable(&self) -> Option<Copyable> {
        match self.focus()?.target {
            Target::Link(at) => self.address(at).map(|address| Copyable::Address(address.to_owned())),
            Target::Code(at) => {
                let code = self.layout.as_ref()?.codes.get(at)?;
                let commands = code.commands();
                Some(match commands.len() {
                    0 => Copyable::Code(code.text.clone()),
                    count => Copyable::Commands { text: commands.join("\n"), count },
                })
            }
        }
    }

    /// Cells of the last frame that belong to links, also those where an address is shown.
    pub fn links_on_screen(&self) -> Vec<LinkArea<'_>> {
        let Some(layout) = &self.layout else { return Vec::new() };
        let covered = self.address_area().map_or(Rect::ZERO, |(area, _)| area);
        let mut areas: Vec<LinkArea> = Vec::new();
        for (row, spans) in self.page.rows().zip(layout.rows.iter().skip(self.first)) {
            if covered.intersects(row) {
                continue;
            }
            let mut x = row.x;
            let mut open = None;
            for span in spans {
                let columns = (width(&span.text) as u16).min(row.right() - x);
                match (span.link, areas.last_mut()) {
                    (Some(link), Some(last)) if open == Some(link) => last.area.width += columns,
                    (Some(link), _) => areas.extend(
                        self.address(link)
                            .map(|address| LinkArea { area: Rect { x, width: columns, ..row }, address }),
                    ),
                    (None, _) => {}
                }
                open = span.link;
                x += columns;
            }
        }
        areas.extend(
            self.current_link()
                .into_iter()
                .flat_map(|address| covered.rows().map(move |area| LinkArea { area, address })),
        );
        areas
    }

    pub(super) fn focus(&self) -> Option<Focus<'_>> {
        let layout = self.layout.as_ref()?;
        if let Some(stop) = self.visible_stop().and_then(|at| layout.stops.get(at)) {
            return Some(Focus { target: stop.target, stop: Some(stop) });
        }
        let visible = self.visible();
        let at = layout.codes.iter().position(|code| code.lines.end > visible.start)?;
        (layout.codes[at].lines.start < visible.end).then_some(Focus { target: Target::Code(at), stop: None })
    }

    fn address(&self, link: usize) -> Option<&str> {
        self.links().get(link).map(|link| link.address.as_str())
    }

    fn visible_stop(&self) -> Option<usize> {
        let rows = &self.layout.as_ref()?.stops.get(self.stop?)?.rows;
        let visible = self.visible();
        (rows.end > visible.start && rows.start < visible.end).then_some(self.stop?)
    }

    /// Where the address of the link with the focus is shown, and in which lines: in the last rows, or if the link is
    /// there itself, in the first.
    fn address_area(&self) -> Option<(Rect, Vec<&str>)> {
        let stop = self.focus()?.stop?;
        let Target::Link(link) = stop.target else { return None };
        let address = self.address(link)?;
        let columns = usize::from(self.page.width).saturating_sub(LEADS).max(1);
        let lines: Vec<&str> = breaks(address, columns, columns).into_iter().map(|range| &address[range]).collect();
        let height = (lines.len() as u16).min(MOST).min(self.page.height / 2);
        let bottom = self.visible().end.saturating_sub(usize::from(height));
        let y = if stop.rows.end > bottom { self.page.y } else { self.page.bottom() - height };
        (height > 0).then_some((Rect { y, height, ..self.page }, lines))
    }

    pub(super) fn draw_address(&self, theme: &Theme, buf: &mut Buffer) {
        let Some((area, lines)) = self.address_area() else { return };
        Clear.render(area, buf);
        for (number, (row, line)) in area.rows().zip(&lines).enumerate() {
            let sign = if number == 0 { theme.sign(Sign::Leads) } else { " " };
            let mut pieces = vec![
                (sign.into(), theme.style(Look::Focus)),
                (" ".into(), theme.style(Look::Text)),
                ((*line).into(), theme.style(Look::Link)),
            ];
            if number + 1 == usize::from(area.height) && lines.len() > usize::from(area.height) {
                pieces.push((theme.sign(Sign::Ellipsis).into(), theme.style(Look::Link)));
            }
            put(buf, row, theme, &pieces);
        }
    }
}

/// Columns before an address.
const LEADS: usize = 2;
/// Rows that it takes at most.
const MOST: u16 = 3;
