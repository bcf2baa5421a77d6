//! A challenge is complete: its name, every stage with its tick, what it took, and what the learner has now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::text::{clean, width, wrap, wrap_evenly};
use crate::tui::action::Action;
use crate::tui::finale::{Finale, FinalePart};
use crate::tui::keymap::Keymap;
use crate::tui::paint;
use crate::tui::progress::{self, Count, span};
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::views::boxed;

/// Columns between two columns of stages.
const GAP: usize = 4;
/// Wider, it would not be one picture any more.
const WIDEST: usize = 132;

pub(in crate::tui::views) fn draw(finale: &Finale, theme: &Theme, keymap: &Keymap, area: Rect, buffer: &mut Buffer) {
    Clear.render(area, buffer);
    let room = usize::from(area.width).saturating_sub(4).min(WIDEST);
    let height = usize::from(area.height).saturating_sub(2);
    let pictures = [Detail::Airy, Detail::Close, Detail::AiryParts, Detail::Parts]
        .map(|detail| picture(finale, theme, keymap, room, detail));
    let [.., least] = &pictures;
    let rows = pictures.iter().find(|rows| rows.len() <= height).unwrap_or(least).clone();
    let columns = rows.iter().map(Line::width).max().unwrap_or(0).min(room);
    let inner = boxed("Complete", columns as u16, rows.len() as u16, theme, area, buffer);
    for (line, row) in rows.into_iter().zip(inner.rows()) {
        paint::put_line(buffer, row, theme, &line);
    }
}

/// What gives way when there are few rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Everything, with blank rows between its pieces.
    Airy,
    /// Everything but the keys, which the footer shows.
    Close,
    /// Parts without their stages, with blank rows and the keys.
    AiryParts,
    /// The same as close as it can be.
    Parts,
}

fn picture(finale: &Finale, theme: &Theme, keymap: &Keymap, room: usize, detail: Detail) -> Vec<Line<'static>> {
    let airy = matches!(detail, Detail::Airy | Detail::AiryParts);
    let parts = match detail {
        Detail::Airy | Detail::Close => finale.parts.clone(),
        Detail::AiryParts | Detail::Parts => vec![closed(finale)],
    };
    let stages = Stages::new(&parts, theme, room, airy);
    let numbers = numbers(finale, theme, room);
    let title = title(&clean(&finale.name), room);
    let columns = stages.columns().max(width(&title)).max(wide(&numbers)).max(room.min(56));
    let (all, done) = finale.stages();
    let air = |rows: &mut Vec<Line<'static>>| rows.extend(airy.then(Line::default));
    let mut rows = Vec::new();
    air(&mut rows);
    rows.push(centred(vec![Span::styled(title, theme.style(Look::Heading))], columns));
    air(&mut rows);
    rows.push(Line::from(progress::bar(Count { passed: done, of: Some(all), ..Count::default() }, theme, columns)));
    let word = if all == 1 { "stage" } else { "stages" };
    rows.push(centred(vec![Span::styled(format!("{done} of {all} {word}"), theme.style(Look::Good))], columns));
    rows.push(Line::default());
    let indent = columns.saturating_sub(stages.columns()) / 2;
    rows.extend(stages.rows().into_iter().map(|mut line| {
        line.spans.insert(0, Span::raw(" ".repeat(indent)));
        line
    }));
    rows.push(Line::default());
    if !numbers.is_empty() {
        rows.push(centred(numbers, columns));
        air(&mut rows);
    }
    for line in finale.built.iter().flat_map(|built| wrap_evenly(&clean(built), columns.min(76))) {
        rows.push(centred(vec![Span::styled(line, theme.style(Look::Text))], columns));
    }
    if airy {
        rows.push(Line::default());
        let key = |action, text: &str| {
            let key = Span::styled(keymap.shown(action), theme.style(Look::Key));
            [key, Span::styled(text.to_owned(), theme.style(Look::Dim))]
        };
        let keys = [key(Action::RunSoFar, " proves it all again    "), key(Action::Close, " closes")];
        rows.push(centred(keys.into_iter().flatten().collect(), columns));
    }
    rows
}

/// The parts as if they were stages.
fn closed(finale: &Finale) -> FinalePart {
    let part = |part: &FinalePart| {
        let passed = part.stages.iter().filter(|(_, passed)| *passed).count();
        (format!("{}  {passed}/{}", part.name, part.stages.len()), passed == part.stages.len())
    };
    FinalePart { name: String::new(), stages: finale.parts.iter().map(part).collect() }
}

/// Letters apart where there is room for it.
fn title(name: &str, room: usize) -> String {
    let upper = name.to_uppercase();
    let apart = upper.split(' ').map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(" "));
    let apart = apart.collect::<Vec<_>>().join("   ");
    if width(&apart) <= room { apart } else { upper }
}

/// What it took. What is not known is left out, and so is the last of it where there is no room.
fn numbers(finale: &Finale, theme: &Theme, room: usize) -> Vec<Span<'static>> {
    let Some(whole) = &finale.whole else { return Vec::new() };
    let counted =
        |count: usize, one: &str, more: &str| (count.to_string(), if count == 1 { one } else { more }.to_owned());
    let days = usize::try_from(whole.days()).ok().filter(|days| *days > 0);
    let all = [
        days.map(|days| counted(days, "day", "days")),
        Some(counted(whole.runs, "run", "runs")),
        whole.tests.map(|tests| counted(tests, "test passes", "tests pass")),
        Some((span(whole.testing), "of testing".to_owned())),
    ];
    let mut spans: Vec<Span> = Vec::new();
    for (number, word) in all.into_iter().flatten() {
        let between = if spans.is_empty() { String::new() } else { format!("  {}  ", theme.sign(Sign::Open)) };
        let more = [
            Span::styled(between, theme.style(Look::Dim)),
            Span::styled(number, theme.style(Look::Strong)),
            Span::styled(format!(" {word}"), theme.style(Look::Dim)),
        ];
        if wide(&spans) + wide(&more) > room {
            break;
        }
        spans.extend(more);
    }
    spans
}

fn centred(spans: Vec<Span<'static>>, columns: usize) -> Line<'static> {
    let before = columns.saturating_sub(wide(&spans)) / 2;
    std::iter::once(Span::raw(" ".repeat(before))).chain(spans).collect()
}

fn wide(spans: &[Span]) -> usize {
    spans.iter().map(Span::width).sum()
}

/// The stages in columns, part by part.
struct Stages<'a> {
    theme: &'a Theme,
    columns: Vec<Vec<&'a FinalePart>>,
    /// Of each column.
    width: usize,
    /// A blank row between two parts.
    air: bool,
}

impl<'a> Stages<'a> {
    fn new(parts: &'a [FinalePart], theme: &'a Theme, room: usize, air: bool) -> Self {
        let longest = |part: &FinalePart| {
            part.stages.iter().map(|(title, _)| width(&clean(title)) + 2).max().unwrap_or(0).max(width(&part.name))
        };
        let width = parts.iter().map(longest).max().unwrap_or(0).min(room);
        let fit = ((room + GAP) / (width + GAP).max(1)).clamp(1, parts.len().max(1));
        let heights: Vec<usize> = parts.iter().map(|part| part.stages.len() + 1 + usize::from(air)).collect();
        let most = heights.iter().sum::<usize>();
        // The lowest columns that hold all parts in their order.
        let lowest = (1..=most).find(|limit| split(&heights, *limit).is_some_and(|ends| ends.len() <= fit));
        let ends = split(&heights, lowest.unwrap_or(most)).unwrap_or_default();
        let mut from = 0;
        let columns = ends.into_iter().map(|end| parts[std::mem::replace(&mut from, end)..end].iter().collect());
        Self { theme, columns: columns.collect(), width, air }
    }

    fn columns(&self) -> usize {
        (self.columns.len() * (self.width + GAP)).saturating_sub(GAP)
    }

    fn rows(&self) -> Vec<Line<'static>> {
        let columns: Vec<_> = self.columns.iter().map(|parts| self.column(parts)).collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        let row = |at: usize| {
            let mut spans = Vec::new();
            for column in &columns {
                let cell = column.get(at).cloned().unwrap_or_default();
                let rest = (self.width + GAP).saturating_sub(wide(&cell));
                spans.extend(cell);
                spans.push(Span::raw(" ".repeat(rest)));
            }
            spans.pop();
            Line::from(spans)
        };
        (0..height).map(row).collect()
    }

    fn column(&self, parts: &[&FinalePart]) -> Vec<Vec<Span<'static>>> {
        let theme = self.theme;
        let mut rows = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            if number > 0 && self.air {
                rows.push(Vec::new());
            }
            if !part.name.is_empty() {
                rows.push(vec![Span::styled(clean(&part.name).to_uppercase(), theme.style(Look::Dim))]);
            }
            for (title, passed) in &part.stages {
                let (sign, look) = if *passed { (Sign::Passed, Look::Good) } else { (Sign::Open, Look::Dim) };
                // The widest one fits, unless there is no room for it at all.
                let lines = wrap(&clean(title), self.width.saturating_sub(2).max(1), 0);
                let title = lines.into_iter().next().unwrap_or_default();
                rows.push(vec![
                    Span::styled(format!("{} ", theme.sign(sign)), theme.style(look)),
                    Span::styled(title, theme.style(Look::Text)),
                ]);
            }
        }
        rows
    }
}

/// Where columns of at most this height end. None if a single part is higher.
fn split(heights: &[usize], limit: usize) -> Option<Vec<usize>> {
    let (mut ends, mut used) = (Vec::new(), 0);
    for (at, height) in heights.iter().enumerate() {
        if *height > limit {
            return None;
        }
        if used + height > limit {
            ends.push(at);
            used = 0;
        }
        used += height;
    }
    ends.push(heights.len());
    Some(ends)
}
