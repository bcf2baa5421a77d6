//! Screens as SVG: cells as text at their places, one screen or several that take turns.

use std::fmt::Write as _;
use std::time::Duration;

use vt100::{Cell, Color};

/// Of one cell, in the picture's units.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 18.0;
const INK: &str = "#c5c8c6";
const PAPER: &str = "#1d1f21";

/// A screen that stays for a time.
pub(super) struct Frame {
    pub(super) screen: vt100::Screen,
    pub(super) stays: Duration,
}

/// One screen.
pub(super) fn picture(screen: &vt100::Screen) -> String {
    document(size(screen), &cells(screen))
}

/// One screen after the other, over and over.
pub(super) fn film(frames: &[Frame]) -> String {
    let whole: f32 = frames.iter().map(|frame| frame.stays.as_secs_f32()).sum();
    let mut body = String::from("<style>g{visibility:hidden;animation-iteration-count:infinite;");
    let _ = writeln!(body, "animation-duration:{whole}s;animation-timing-function:step-end}}");
    let mut from = 0.0;
    for (number, frame) in frames.iter().enumerate() {
        let to = from + frame.stays.as_secs_f32();
        let (begin, end) = (from / whole * 100.0, to / whole * 100.0);
        let _ = writeln!(
            body,
            "#f{number}{{animation-name:k{number}}}@keyframes k{number}{{0%{{visibility:hidden}}\
             {begin:.3}%{{visibility:visible}}{end:.3}%{{visibility:hidden}}}}"
        );
        from = to;
    }
    body.push_str("</style>\n");
    for (number, frame) in frames.iter().enumerate() {
        let _ = writeln!(body, "<g id=\"f{number}\">\n{}</g>", cells(&frame.screen));
    }
    document(frames.first().map_or((0, 0), |frame| size(&frame.screen)), &body)
}

fn document((rows, columns): (u16, u16), body: &str) -> String {
    let (width, height) = (f32::from(columns) * WIDTH + 24.0, f32::from(rows) * HEIGHT + 24.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"'DejaVu Sans Mono', \
         ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n{body}</svg>\n"
    )
}

/// Rows and columns.
fn size(screen: &vt100::Screen) -> (u16, u16) {
    let (rows, columns) = screen.size();
    (rows.get(), columns.get())
}

/// A piece for each stretch of one look.
fn cells(screen: &vt100::Screen) -> String {
    let mut out = String::new();
    let (rows, columns) = size(screen);
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let Some(first) = screen.cell(row, column) else { break };
            let start = column;
            let mut text = String::new();
            while let Some(cell) = screen.cell(row, column).filter(|cell| same_look(first, cell)) {
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                column += if cell.is_wide() { 2 } else { 1 };
            }
            piece(&mut out, first, &text, (row, start), column - start);
        }
    }
    out
}

fn same_look(one: &Cell, other: &Cell) -> bool {
    let look = |cell: &Cell| (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.inverse(), cell.underline());
    look(one) == look(other)
}

fn piece(out: &mut String, look: &Cell, text: &str, (row, column): (u16, u16), columns: u16) {
    let (mut ink, mut paper) = (colour(look.fgcolor(), INK), colour(look.bgcolor(), ""));
    if look.inverse() {
        (ink, paper) = (if paper.is_empty() { PAPER.to_owned() } else { paper }, ink);
    }
    let (x, y) = (12.0 + f32::from(column) * WIDTH, 12.0 + f32::from(row) * HEIGHT);
    let width = f32::from(columns) * WIDTH;
    if !paper.is_empty() {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{paper}\"/>"
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let weight = if look.bold() { " font-weight=\"bold\"" } else { "" };
    let line = if look.underline() { " text-decoration=\"underline\"" } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let base = y + 13.5;
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{base:.1}\" textLength=\"{width:.1}\" fill=\"{ink}\"{weight}{line}>{text}</text>"
    );
}

/// What the theme's own colours look like; everything else, what programs print included, is plain.
fn colour(colour: Color, default: &str) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        _ => default.to_owned(),
    }
}
