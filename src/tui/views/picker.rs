//! The screen outside of a challenge directory.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{framed, indented, put, title};
use crate::markdown::{self, Medium};
use crate::text::{clean, clean_lines, pad, wrap};
use crate::tui::guide;
use crate::tui::picker::{Field, Picker};
use crate::tui::theme::{Look, Theme};

/// Rows of the fields below the list.
const FIELDS: u16 = 4;

pub(super) fn draw(picker: &Picker, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let refused =
        picker.refused.as_deref().map(|text| wrap(&clean_lines(text), usize::from(area.width).saturating_sub(4), 0));
    let refused = refused.unwrap_or_default();
    let below = FIELDS + refused.len() as u16;
    let body = Rect { height: area.height.saturating_sub(below), ..area };
    let list = (area.width * 2 / 5).clamp(30, 46).min(area.width);
    let left = Rect { width: list, ..body };
    let right = Rect { x: body.x + list - 1, width: body.width - list + 1, ..body };
    let inner = framed(title("About", "", false, theme), false, theme, right, buffer);
    about(picker, theme, indented(inner), buffer);
    let on_list = picker.field == Field::Challenge;
    let inner = framed(title("Choose a challenge", "", on_list, theme), on_list, theme, left, buffer);
    choices(picker, theme, indented(inner), buffer);

    let fields = Rect { x: area.x + 1, y: body.bottom(), width: area.width.saturating_sub(2), height: below };
    let mut rows = fields.rows();
    let label = |field: Field| theme.style(if picker.field == field { Look::Focus } else { Look::Strong });
    if let Some(row) = rows.next() {
        put(theme, buffer, row, "Start from   ", label(Field::Language));
        let value = Rect { x: row.x + 13, width: row.width.saturating_sub(13), ..row };
        languages(picker, theme, value, buffer);
    }
    if let Some(row) = rows.next() {
        put(theme, buffer, row, "Directory    ", label(Field::Directory));
        let value = Rect { x: row.x + 13, width: row.width.saturating_sub(13), ..row };
        if picker.field == Field::Directory {
            picker.directory.render(theme, value, buffer);
        } else {
            put(theme, buffer, value, &clean(picker.directory.text()), theme.style(Look::Text));
        }
    }
    rows.next();
    for (text, row) in refused.iter().zip(rows) {
        put(theme, buffer, row, text, theme.style(Look::Bad));
    }
}

fn choices(picker: &Picker, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let columns = usize::from(area.width);
    let mut rows = area.rows();
    for (number, choice) in picker.choices.iter().enumerate() {
        let Some(row) = rows.next() else { return };
        let stages = if choice.stages == 1 { "1 stage".to_owned() } else { format!("{} stages", choice.stages) };
        let name = pad(&clean(&choice.key), columns.saturating_sub(stages.len() + 1));
        put(theme, buffer, row, &format!("{name} {stages}"), theme.style(Look::Strong));
        if number == picker.challenge {
            let look = if picker.field == Field::Challenge { Look::Cursor } else { Look::Match };
            buffer.set_style(row, theme.style(look));
        }
        for line in wrap(&clean(&choice.summary), columns.saturating_sub(2).max(10), 0) {
            let Some(row) = rows.next() else { return };
            put(theme, buffer, row, &format!("  {line}"), theme.style(Look::Dim));
        }
        rows.next();
    }
}

fn about(picker: &Picker, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let Some(choice) = picker.choice() else {
        return put(theme, buffer, area, "There is no challenge.", theme.style(Look::Dim));
    };
    let medium = Medium::Pane { colour: theme.tells(Look::Code) };
    let document = markdown::render(&choice.overview, usize::from(area.width.min(90)), medium);
    for (line, row) in document.lines.iter().zip(area.rows()) {
        buffer.set_line(row.x, row.y, &guide::line(line, theme), row.width);
    }
}

fn languages(picker: &Picker, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let names = std::iter::once("run.sh alone").chain(picker.languages.iter().map(String::as_str));
    let mut x = area.x;
    for (number, name) in names.enumerate() {
        let chosen = number == picker.language;
        let look = match (chosen, picker.field == Field::Language) {
            (true, true) => Look::Cursor,
            (true, false) => Look::Match,
            _ => Look::Dim,
        };
        let text = format!(" {} ", clean(name));
        let room = area.right().saturating_sub(x);
        put(theme, buffer, Rect { x, width: room, ..area }, &text, theme.style(look));
        x += (text.len() as u16 + 1).min(room);
    }
}
