//! Times, what is left out between them, and faults, all on one axis.

use std::time::Duration;

use history::Fault;
use ratatui::buffer::Buffer;

use super::Window;
use crate::report::times::time;
use crate::text::{clean, width};
use crate::tui::history::labels::clause;
use crate::tui::history::{Reader, Sheet};
use crate::tui::theme::{Look, Sign};

/// A fault in the picture, by its columns.
pub(super) struct Stretch {
    /// In the history.
    pub place: usize,
    pub from: usize,
    pub to: usize,
}

/// Faults in as few rows as hold them.
pub(super) fn stacked(sheet: &Sheet, faults: &[Fault]) -> Vec<Vec<Stretch>> {
    let stretch = |(place, fault)| sheet.fault(fault).map(|(from, to)| Stretch { place, from, to });
    let mut stretches: Vec<Stretch> = faults.iter().enumerate().filter_map(stretch).collect();
    stretches.sort_by_key(|stretch| stretch.from);
    let mut rows: Vec<Vec<Stretch>> = Vec::new();
    for stretch in stretches {
        match rows.iter_mut().find(|row| row.last().is_none_or(|last| last.to < stretch.from)) {
            Some(row) => row.push(stretch),
            None => rows.push(vec![stretch]),
        }
    }
    rows
}

pub(super) fn band(stretch: &Stretch, fault: &Fault, window: &Window, buffer: &mut Buffer) {
    let (theme, style) = (window.theme, window.theme.style(Look::Unsure));
    let right = window.left + usize::from(window.area.width);
    let (from, to) = (stretch.from.max(window.left), (stretch.to + 1).min(right));
    let Some(room) = to.checked_sub(from).filter(|room| *room > 0) else { return };
    window.put(buffer, from, &theme.sign(Sign::Fault).repeat(room), style);
    let nodes = fault.nodes.iter().map(|node| clean(node)).collect::<Vec<_>>().join(",");
    let short = format!("{nodes} {}", fault.kind.word());
    // What fits between an end on each side.
    let words = [clause(&fault.what), short.trim().to_owned()];
    if let Some(words) = words.iter().find(|words| width(words) + 4 <= room) {
        window.put(buffer, from + 1, &format!(" {words} "), style);
    }
}

/// As many times as there is room for: those of the chosen operation, round ones, and behind what is left out the first.
pub(super) fn times(reader: &Reader, sheet: &Sheet, window: &Window, buffer: &mut Buffer) {
    let operation = reader.chosen_operation();
    let columns = usize::from(window.area.width);
    let (left, right) = (window.left, window.left + columns);
    let theme = window.theme;
    let called = |at: &Duration| window.sees(sheet.axis.column(*at));
    let own: Vec<Duration> =
        [Some(operation.called), operation.returned].into_iter().flatten().filter(called).collect();
    let decimals = decimals(&own);
    let exact = |at: Duration| (sheet.axis.column(at), format!("+{:.decimals$}", at.as_secs_f64()));
    let behind =
        sheet.axis.breaks(left.saturating_sub(1), right).filter_map(|stretch| sheet.axis.first_from(stretch.to));
    let all = own
        .iter()
        .map(|at| (exact(*at), Look::Strong))
        .chain(sheet.axis.ticks(left, right).into_iter().chain(behind.map(exact)).map(|tick| (tick, Look::Dim)));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for ((column, text), look) in all {
        let begin = column.min(right.saturating_sub(text.len()));
        let end = begin + text.len();
        if taken.iter().any(|(from, to)| begin < to + 2 && *from < end + 2) {
            continue;
        }
        taken.push((begin, end));
        window.put(buffer, begin, &text, theme.style(look));
    }
}

/// The axis: ticks where round times are, and breaks, each with how long it is.
pub(super) fn line(reader: &Reader, sheet: &Sheet, window: &Window, buffer: &mut Buffer) {
    let theme = window.theme;
    let (left, right) = (window.left, window.left + usize::from(window.area.width));
    let (frame, end) = (theme.style(Look::Frame), right.min(sheet.axis.end() + 1));
    // Not behind what is written into a break, which would keep its colour.
    let mut from = left;
    for (begin, next) in
        sheet.axis.breaks(left, right).map(|stretch| (stretch.from, stretch.to + 1)).chain([(end, end)])
    {
        window.put(buffer, from, &theme.sign(Sign::Rule).repeat(begin.saturating_sub(from)), frame);
        from = next;
    }
    for (column, _) in sheet.axis.ticks(left, right) {
        window.put(buffer, column, theme.sign(Sign::Tick), frame);
    }
    let operation = reader.chosen_operation();
    for at in [Some(operation.called), operation.returned].into_iter().flatten() {
        window.put(buffer, sheet.axis.column(at), theme.sign(Sign::Tick), theme.style(Look::Strong));
    }
    for stretch in sheet.axis.breaks(left, right) {
        let inside = stretch.to - stretch.from - 1;
        window.put(
            buffer,
            stretch.from + 1,
            &format!("{:^inside$}", time(stretch.left_out)),
            theme.style(Look::Text),
        );
    }
    breaks(sheet, window, buffer);
}

/// The edges of what is left out.
pub(super) fn breaks(sheet: &Sheet, window: &Window, buffer: &mut Buffer) {
    let theme = window.theme;
    for stretch in sheet.axis.breaks(window.left, window.left + usize::from(window.area.width)) {
        for column in [stretch.from, stretch.to] {
            window.put(buffer, column, theme.sign(Sign::Break), theme.style(Look::Dim));
        }
    }
}

/// Enough to tell these times apart, which are in order; with three, many calls and returns would have the same. A
/// history has microseconds.
fn decimals(times: &[Duration]) -> usize {
    let alike = |decimals: usize| {
        let shown = |at: Duration| format!("{:.decimals$}", at.as_secs_f64());
        times.windows(2).any(|pair| pair[0] != pair[1] && shown(pair[0]) == shown(pair[1]))
    };
    (4..6).find(|decimals| !alike(*decimals)).unwrap_or(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_times_look_the_same() {
        let micros = |all: &[u64]| all.iter().map(|at| Duration::from_micros(*at)).collect::<Vec<_>>();
        assert_eq!(decimals(&micros(&[10_717_900, 10_717_940, 11_000_000])), 5);
        assert_eq!(decimals(&micros(&[10_717_901, 10_717_904])), 6);
        assert_eq!(decimals(&micros(&[10_717_900, 10_718_000])), 4);
    }
}
