//! The screen as a function of the state. A view draws into its area and decides nothing.

mod card;
mod cluster;
mod footer;
mod header;
mod help;
mod history;
mod list;
mod messages;
mod notes;
mod picker;
mod stages;
#[cfg(test)]
mod tests;
mod tests_pane;
mod tour;
mod workbench;

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::{border, merge::MergeStrategy};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::action::Action;
use super::app::{App, Screen};
use super::layers::Layer;
use super::layout;
use super::paint;
use super::targets::Targets;
use super::theme::{Look, Theme, name_style};
use super::ui::Ui;
use crate::text::{clean, width, wrap};

/// Draws everything, in letters that the terminal has.
pub fn draw(frame: &mut Frame, ui: &mut Ui) {
    ui.cursor = all(frame, ui);
    if let Some(place) = ui.cursor {
        frame.set_cursor_position(place);
    }
    if ui.app.theme.ascii {
        paint::in_ascii(frame.buffer_mut());
    }
}

/// Returns where the cursor is, if something is being typed.
fn all(frame: &mut Frame, ui: &mut Ui) -> Option<(u16, u16)> {
    let area = frame.area();
    // A terminal that was resized before anybody listened for that says so here alone.
    ui.app.size = (area.width, area.height);
    let buffer = frame.buffer_mut();
    if !layout::fits((area.width, area.height)) {
        ui.targets = Targets::default();
        no_room(&ui.app, area, buffer);
        return None;
    }
    let header = Rect { height: 1, ..area };
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    let band = Rect { y: footer.y - ui.app.band(), height: ui.app.band(), ..area };
    let body = Rect { y: 1, height: band.y - 1, ..area };
    let mut targets = Targets::default();
    // What is covered is not drawn.
    if !ui.layers.iter().any(Layer::covers) {
        screen(&mut ui.app, body, buffer, &mut targets);
    }
    layers(ui, body, buffer, &mut targets);
    tour::draw(ui, band, buffer);
    let covered = ui.layers.iter().any(Layer::covers);
    header::draw(&ui.app, covered, header, buffer, &mut targets);
    let cursor = footer::draw(ui, footer, buffer, &mut targets);
    ui.targets = targets;
    cursor
}

/// What lies beneath all layers.
fn screen(app: &mut App, body: Rect, buffer: &mut Buffer, targets: &mut Targets) {
    let (theme, keymap, now, size) = (&app.theme, &app.keymap, app.now, app.room());
    match &mut app.screen {
        Screen::Opening => notes::message(theme, body, buffer, "Opening …"),
        Screen::Picker(picker) => picker::draw(picker, theme, body, buffer),
        Screen::Broken(message) => notes::broken(message, theme, body, buffer),
        Screen::Workbench(bench) => workbench::draw(bench, theme, keymap, now, size, buffer, targets),
    }
}

/// The stack from the topmost layer that covers the screen upwards.
fn layers(ui: &mut Ui, body: Rect, buffer: &mut Buffer, targets: &mut Targets) {
    let from = ui.layers.iter().rposition(Layer::covers).unwrap_or(0);
    let card = ui.open_card().cloned();
    let app = &ui.app;
    for layer in ui.layers.iter_mut().skip(from) {
        if !matches!(layer, Layer::Prompt(_)) {
            // What is beneath waits until this is closed.
            targets.cover(body);
        }
        match layer {
            Layer::Card(pane) => card::draw(pane, app, body, buffer, targets),
            Layer::Cluster(pane) => cluster::draw(pane, app, card.as_ref(), body, buffer),
            Layer::History(pane) => history::draw(pane, &app.theme, body, buffer),
            Layer::Messages(pane) => messages::draw(pane, app, body, buffer),
            Layer::Help(help) => help::draw(help, app, body, buffer),
            Layer::LeftUp(pane) => notes::left_up(pane, app, body, buffer),
            Layer::Passed(pane) => notes::passed(pane, &app.theme, &app.keymap, body, buffer),
            Layer::Finale(finale) => notes::finale(finale, &app.theme, &app.keymap, body, buffer),
            Layer::Quit(_) => notes::quit(app, body, buffer),
            Layer::Note(note) => notes::note(&note.title, &note.text, app, body, buffer),
            // Its line is the footer.
            Layer::Prompt(_) => {}
        }
    }
}

fn no_room(app: &App, area: Rect, buffer: &mut Buffer) {
    let (columns, rows) = layout::LEAST;
    let text = format!(
        "lsfr needs {columns}x{rows}; this is {}x{}. {} quits.",
        area.width,
        area.height,
        app.keymap.shown(Action::Quit)
    );
    for (line, row) in wrap(&text, usize::from(area.width), 0).iter().zip(area.rows()) {
        buffer.set_string(row.x, row.y, line, Style::new());
    }
}

/// A pane's frame with its title; returns what is inside.
fn framed(title: Line<'_>, focused: bool, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let style = theme.style(if focused { Look::Focus } else { Look::Frame });
    let mut block = Block::bordered().border_style(style).title(title);
    block = if theme.ascii { block.border_set(ASCII) } else { block.merge_borders(MergeStrategy::Exact) };
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

/// Where the reader is in something longer than its pane.
fn position(status: String) -> String {
    if status == "all" { String::new() } else { status }
}

/// A blank column between a frame and what is read.
fn indented(area: Rect) -> Rect {
    Rect { x: area.x + area.width.min(1), width: area.width.saturating_sub(1), ..area }
}

const ASCII: border::Set = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// A title for a frame: the pane's name, which tells whether it has the focus, and what else is worth knowing.
fn title(name: &str, more: &str, focused: bool, theme: &Theme) -> Line<'static> {
    let mut spans = vec![Span::styled(format!(" {name} "), name_style(focused, theme))];
    if !more.is_empty() {
        spans.push(Span::styled(format!(" {more} "), theme.style(Look::Dim)));
    }
    Line::from(spans)
}

/// What signs mean, side by side in as few rows as hold them.
fn legend<'a>(entries: impl Iterator<Item = (String, Look, &'a str)>, columns: usize) -> Vec<Vec<(String, Look)>> {
    let mut rows: Vec<Vec<(String, Look)>> = Vec::new();
    let mut taken = usize::MAX;
    for (sign, look, name) in entries {
        let wide = width(&sign) + 1 + width(name);
        if taken.saturating_add(2 + wide) > columns {
            rows.push(Vec::new());
            taken = 0;
        }
        let Some(row) = rows.last_mut() else { continue };
        let gap = if row.is_empty() { "" } else { "  " };
        taken += gap.len() + wide;
        row.extend([(format!("{gap}{sign}"), look), (format!(" {name}"), Look::Dim)]);
    }
    rows
}

/// What to ask next of a failure.
fn next(text: &str, columns: usize) -> Vec<Vec<(String, Look)>> {
    const NEXT: &str = "Next  ";
    let lines = wrap(&clean(text), columns.saturating_sub(NEXT.len()), 0).into_iter().enumerate();
    let head = |number: usize| if number == 0 { NEXT.to_owned() } else { " ".repeat(NEXT.len()) };
    lines.map(|(number, line)| vec![(head(number), Look::Strong), (line, Look::Text)]).collect()
}

/// In so few rows above and below a box nothing can be read.
const FEW: u16 = 6;

/// A box in the middle, over what is there: it has its rows for itself, since words that it cuts in half would be noise.
/// Returns what is inside.
fn boxed(name: &str, columns: u16, rows: u16, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let width = (columns + 4).min(area.width);
    let height = (rows + 2).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    let rows = if area.height - height < FEW { area } else { Rect { x: area.x, width: area.width, ..place } };
    Clear.render(rows, buffer);
    let mut block = Block::bordered().border_style(theme.style(Look::Focus)).title(title(name, "", true, theme));
    if theme.ascii {
        block = block.border_set(ASCII);
    }
    let inner = block.inner(place);
    block.render(place, buffer);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// Text at a place, cut at the end of its area.
fn put(theme: &Theme, buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    paint::put(buffer, area, theme, &[(Cow::Borrowed(text), style)]);
}
