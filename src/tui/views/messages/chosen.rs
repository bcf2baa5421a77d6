//! Below the picture: the chosen row in full, or the chosen message as a whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::put;
use crate::report::messages::{DetailLine, Role, details};
use crate::report::times::clock;
use crate::text::wrap;
use crate::tui::messages::{Drawn, End, Item, Reader};
use crate::tui::more::{below_text, rows_for};
use crate::tui::paint;
use crate::tui::theme::{Look, Sign, Theme};

/// In less, the picture needs all rows.
const LOW: u16 = 14;
/// The chosen row in full: a rule, and as many lines.
const SHORT: u16 = 3;
/// The same where rows are few.
const SHORTER: u16 = 2;
const FEW: u16 = 28;

/// What is wrong with an answer has room to be read.
const WITH_FAILURE: u16 = 5;

/// Rows that it takes of an area.
pub(super) fn height(reader: &mut Reader, area: Rect) -> u16 {
    let usual = if area.height < FEW { SHORTER } else { SHORT };
    match reader.opened() {
        Some(_) if area.height < LOW => area.height.saturating_sub(3),
        Some(_) => area.height * 3 / 5,
        None if area.height < LOW => 0,
        None if reader.failure().is_some() => {
            let lines = lines(reader, columns(area)).len() as u16;
            lines.clamp(usual, WITH_FAILURE) + 1
        }
        None => usual + 1,
    }
}

fn columns(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(2)).max(1)
}

/// What there is to say of the chosen row, or its message as a whole, in lines of so many columns.
fn lines(reader: &mut Reader, columns: usize) -> Vec<(Look, String)> {
    let Some(item) = reader.item() else { return Vec::new() };
    let lines: Vec<(Look, String)> = match reader.opened() {
        Some(_) => whole(reader, item).into_iter().map(|(role, line)| (look(role), line)).collect(),
        None => {
            let failure = reader.failure().map(|failure| (Look::Bad, failure.to_owned()));
            std::iter::once((Look::Strong, full(reader, item))).chain(failure).collect()
        }
    };
    let wrapped = |(look, line): (Look, String)| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let lines = if line.is_empty() { vec![line] } else { wrap(&line, columns, indent + 2) };
        lines.into_iter().map(move |line| (look, line))
    };
    lines.into_iter().flat_map(wrapped).collect()
}

pub(super) fn draw(reader: &mut Reader, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let line = theme.sign(Sign::Rule).repeat(usize::from(area.width));
    buffer.set_string(area.x, area.y, line, theme.style(Look::Frame));
    let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height - 1 };
    let wrapped = lines(reader, columns(area));
    let tall = rows_for(wrapped.len(), inner.height);
    reader.set_opened(wrapped.len(), usize::from(tall));
    let from = reader.opened().unwrap_or(0);
    for ((look, line), row) in wrapped.iter().skip(from).take(usize::from(tall)).zip(inner.rows()) {
        put(theme, buffer, row, line, theme.style(*look));
    }
    if reader.opened().is_some() {
        below_text(from, wrapped.len(), tall, theme, inner, buffer);
    } else if wrapped.len() > usize::from(inner.height) {
        let last = Rect { x: inner.right().saturating_sub(1), y: inner.bottom() - 1, width: 1, height: 1 };
        paint::put(buffer, last, theme, &[(theme.sign(Sign::Ellipsis).into(), theme.style(Look::Dim))]);
    }
}

fn look(role: Role) -> Look {
    match role {
        Role::Title => Look::Strong,
        Role::Times | Role::Head => Look::Dim,
        Role::Trouble | Role::Missing => Look::Unsure,
        Role::Body => Look::Text,
    }
}

/// `+1.424  n3 → n1  POST /raft/vote …`
fn full(reader: &mut Reader, item: Item) -> String {
    let told = reader.told(item);
    let name = |end: &End| match end {
        End::Clients => "clients".to_owned(),
        End::Node(node) => node.clone(),
    };
    let who = match &told.drawn {
        Drawn::Arrow { from, to, .. } => {
            let [from, to] = [from, to].map(|ends| ends.iter().map(name).collect::<Vec<_>>().join(", "));
            format!("{from} → {to}  ")
        }
        _ => String::new(),
    };
    format!("{}  {who}{}", clock(told.at), told.text())
}

/// All that is kept of the message, and of its answer.
fn whole(reader: &mut Reader, item: Item) -> Vec<DetailLine> {
    let exchange = match item {
        Item::Row(row) => reader.exchange(row, 0),
        Item::Arrival(arrivals) => reader.exchange(reader.arranged().arrivals[arrivals as usize][0].row, 0),
        Item::Part(row, part) | Item::Message(row, part, _) => reader.exchange(row, part),
        Item::Note(_) | Item::Asks(_) | Item::Ask(..) | Item::Line(_) | Item::Gap(_) => {
            return vec![(Role::Title, full(reader, item))];
        }
    };
    let mut lines = match details(&reader.loaded().record, exchange) {
        Ok(lines) => lines,
        Err(error) => vec![(Role::Trouble, error.to_string())],
    };
    if let Item::Row(row) = item
        && let all @ 2.. = reader.arranged().rows[row as usize].exchanges.len()
    {
        lines.insert(0, (Role::Missing, format!("The first of {all} that are alike:")));
    }
    lines
}
