//! A stage has passed: what holds now, what it took, what the pack says of it, and what comes next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::markdown::{self, Medium};
use crate::text::{clean, width, wrap};
use crate::tui::action::Action;
use crate::tui::keymap::Keymap;
use crate::tui::passed::PassedPane;
use crate::tui::progress::{self, Count, span};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::views::boxed;
use crate::tui::{guide, more, paint};

/// Prose is read in short lines.
const WIDEST: u16 = 74;

pub(in crate::tui::views) fn draw(
    pane: &mut PassedPane,
    theme: &Theme,
    keymap: &Keymap,
    area: Rect,
    buffer: &mut Buffer,
) {
    let columns = area.width.saturating_sub(8).clamp(20, WIDEST);
    let head = head(pane, theme, columns.into());
    let body = body(pane, theme, columns.into());
    let foot = foot(pane, theme, keymap, columns.into());
    // The head and the foot stay; what is between them scrolls.
    let room = usize::from(area.height).saturating_sub(2 + head.len() + foot.len()).min(body.len()) as u16;
    pane.rows = body.len();
    pane.height = more::rows_for(body.len(), room).into();
    pane.first = pane.first.min(pane.rows - pane.height);
    let rows = head.len() as u16 + room + foot.len() as u16;
    let inner = boxed("Stage passed", columns, rows, theme, area, buffer);
    let above = Rect { height: (head.len() as u16).min(inner.height), ..inner };
    let middle = Rect { y: above.bottom(), height: room, ..inner }.intersection(inner);
    let below = Rect { y: middle.bottom(), height: foot.len() as u16, ..inner }.intersection(inner);
    let body: Vec<Line> = body.into_iter().skip(pane.first).take(pane.height).collect();
    for (lines, part) in [(head, above), (body, middle), (foot, below)] {
        for (line, row) in lines.iter().zip(part.rows()) {
            paint::put_line(buffer, row, theme, line);
        }
    }
    more::below_text(pane.first, pane.rows, pane.height as u16, theme, middle, buffer);
}

fn head(pane: &PassedPane, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let place = format!("{} of {} stages", pane.done, pane.of);
    let room = columns.saturating_sub(width(&place) + 1);
    let title = format!("{} {}", theme.sign(Sign::Passed), clean(&pane.title));
    // One row: a title is short, and where it is not, its beginning tells.
    let title = wrap(&title, room.max(8), 0).into_iter().next().unwrap_or_default();
    let gap = " ".repeat(columns.saturating_sub(width(&title) + width(&place)));
    let first = vec![
        Span::styled(title, theme.style(Look::Good).bold()),
        Span::raw(gap),
        Span::styled(place, theme.style(Look::Dim)),
    ];
    let stages = Count { passed: pane.done, of: Some(pane.of), ..Count::default() };
    vec![Line::from(first), Line::from(progress::bar(stages, theme, columns)), Line::default()]
}

fn body(pane: &PassedPane, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    if !pane.truths.is_empty() {
        rows.push(Line::styled("What holds now", theme.style(Look::Strong)));
    }
    let sign = format!("{} ", theme.sign(Sign::Passed));
    for truth in &pane.truths {
        for (number, line) in wrap(&clean(truth), columns.saturating_sub(2).max(10), 0).into_iter().enumerate() {
            let before = if number == 0 { sign.clone() } else { "  ".to_owned() };
            rows.push(Line::from(vec![
                Span::styled(before, theme.style(Look::Good)),
                Span::styled(line, theme.style(Look::Text)),
            ]));
        }
    }
    if let Some(effort) = pane.effort {
        let text = match effort.runs {
            1 => "It passed in its first run.".to_owned(),
            runs => format!("It took {runs} runs, and {} from the first to the one that passed.", span(effort.time)),
        };
        rows.push(Line::default());
        rows.extend(wrap(&text, columns, 0).into_iter().map(|line| Line::styled(line, theme.style(Look::Dim))));
    }
    if let Some(after) = &pane.after {
        rows.push(Line::default());
        let document = markdown::render(after, columns, Medium::Printed);
        rows.extend(document.lines.iter().map(|line| owned(guide::line(line, theme))));
        rows.extend(document.link_list().iter().map(|line| owned(guide::line(line, theme))));
    }
    rows
}

fn owned(line: Line<'_>) -> Line<'static> {
    line.spans.into_iter().map(|span| Span::styled(span.content.into_owned(), span.style)).collect()
}

fn foot(pane: &PassedPane, theme: &Theme, keymap: &Keymap, columns: usize) -> Vec<Line<'static>> {
    let key = Span::styled(keymap.shown(Action::Next), theme.style(Look::Key));
    let (before, title) = match &pane.next {
        Some(title) => (" goes on to  ", clean(title)),
        None => (" completes the challenge: ", "this was its last stage".to_owned()),
    };
    let next =
        vec![key, Span::styled(before, theme.style(Look::Dim)), Span::styled(title, theme.style(Look::Strong))];
    let stay = format!("{} stays here: look around, clean up, run it again.", keymap.shown(Action::Close));
    let stay = wrap(&stay, columns, 0).into_iter().map(|line| Line::styled(line, theme.style(Look::Dim)));
    [Line::default(), Line::from(next)].into_iter().chain(stay).collect()
}
