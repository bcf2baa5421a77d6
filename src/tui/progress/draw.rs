//! Progress in rows of a pane and in pieces for the header.

use chrono::{DateTime, Local};
use ratatui::text::{Line, Span};

use super::{Changes, Count, Left, Progress, span};
use crate::facts::{LeftUp, NodeAddress};
use crate::text::{clean, shortened, width, wrap};
use crate::tui::action::Action;
use crate::tui::keymap::Keymap;
use crate::tui::results::State;
use crate::tui::theme::{Look, Sign, Theme};
use crate::tui::workbench::{Phase, Workbench};

/// A longer bar says no more.
const LONGEST: usize = 60;

/// How many of the tests passed, failed, and are still to come, as a bar of this many columns. Whatever there is has a
/// column of its own, so that one failure among many is seen, and a bar is full only when all is done.
pub fn bar(count: Count, theme: &Theme, columns: usize) -> Vec<Span<'static>> {
    let Some(of) = count.of.filter(|of| *of > 0 && columns >= 4) else { return Vec::new() };
    let shares = [count.passed, count.failed, count.other, of.saturating_sub(count.done())];
    let looks =
        [(Sign::Done, Look::Good), (Sign::Lost, Look::Bad), (Sign::Done, Look::Unsure), (Sign::Remaining, Look::Dim)];
    let cells = cells(shares, columns);
    let pieces = looks.into_iter().zip(cells).filter(|(_, cells)| *cells > 0);
    pieces.map(|((sign, look), cells)| Span::styled(theme.sign(sign).repeat(cells), theme.style(look))).collect()
}

/// Columns for each share, in proportion, at least one for what is not nothing.
fn cells(shares: [usize; 4], columns: usize) -> [usize; 4] {
    let all: usize = shares.iter().sum::<usize>().max(1);
    let mut cells = shares.map(|share| if share == 0 { 0 } else { (share * columns / all).max(1) });
    // What was rounded away, or given too much, is the largest share's.
    let largest = (0..4).max_by_key(|at| cells[*at]).unwrap_or(0);
    let others: usize = cells.iter().sum::<usize>() - cells[largest];
    cells[largest] = columns.saturating_sub(others);
    cells
}

/// `8/22`, and what is wrong with some: `2 failed`.
pub fn count(count: Count, theme: &Theme) -> Vec<Span<'static>> {
    let Some(of) = count.of else { return Vec::new() };
    let mut spans = vec![Span::styled(format!("{}/{of}", count.done()), theme.style(Look::Strong))];
    if count.failed > 0 {
        let failed = format!("{}{}", theme.sign(Sign::Failed), count.failed);
        spans.extend([Span::raw(" "), Span::styled(failed, theme.style(Look::Bad))]);
    }
    spans
}

/// `about 20 s left`, if that is known.
pub fn left(left: Left, phase: &Phase) -> Option<String> {
    match left {
        Left::Unknown | Left::Nothing => None,
        Left::Overdue => Some("longer than usual".to_owned()),
        Left::About(time) => {
            // A clock that counts down to the second promises too much.
            let seconds = (time.as_millis().div_ceil(1000) as u64).max(1);
            let rounded = if seconds > 20 { seconds.div_ceil(5) * 5 } else { seconds };
            let time = span(std::time::Duration::from_secs(rounded));
            Some(match phase {
                Phase::LeftUp(_) => return None,
                Phase::Testing => format!("about {time} left"),
                Phase::Preparing | Phase::Building(_) | Phase::Stopping => format!("tests take about {time}"),
            })
        }
    }
}

/// `1 fixed, 2 broken`; nothing if nothing has changed.
pub fn changes(changes: Changes, theme: &Theme) -> Vec<Span<'static>> {
    let (fixed, broken) = changes.words();
    let both = fixed.is_some() && broken.is_some();
    let fixed = fixed.map(|words| Span::styled(words, theme.style(Look::Good)));
    let broken = broken.map(|words| Span::styled(words, theme.style(Look::Bad)));
    let comma = both.then(|| Span::styled(", ", theme.style(Look::Dim)));
    [fixed, comma, broken].into_iter().flatten().collect()
}

/// The head of the list of tests while a run is in flight: what set it off and how long it still takes, the bar, what is
/// different from before, and what the run does where none of the tests shown below says so.
pub fn lines(
    progress: &Progress<'_>,
    shown: &str,
    theme: &Theme,
    keymap: &Keymap,
    columns: usize,
) -> Vec<Line<'static>> {
    if let Phase::LeftUp(left) = progress.phase {
        return left_up(left, theme, keymap, columns);
    }
    let trigger = progress.trigger.map(|trigger| trigger.words(keymap)).unwrap_or_default();
    let left = left(progress.left, progress.phase).unwrap_or_default();
    let mut rows = Vec::new();
    let dim = theme.style(Look::Dim);
    if !trigger.is_empty() || !left.is_empty() {
        rows.push(apart(vec![Span::styled(trigger, dim)], vec![Span::styled(left, dim)], columns));
    }
    let said = count(progress.tests, theme);
    let room = columns.saturating_sub(wide(&said) + 2).min(LONGEST);
    let mut bar = bar(progress.tests, theme, room);
    if !bar.is_empty() {
        bar.push(Span::raw("  "));
        bar.extend(said);
        rows.push(Line::from(bar));
    }
    let changed = changes(progress.changes, theme);
    if !changed.is_empty() {
        let since = " since the last run";
        let since = (wide(&changed) + since.len() <= columns).then(|| Span::styled(since, dim));
        rows.push(Line::from(changed.into_iter().chain(since).collect::<Vec<_>>()));
    }
    if let Some(doing) = doing(progress, shown) {
        let sign = theme.spinner(progress.took);
        let clock = progress.step.map(|step| step.took).filter(|took| took.as_secs() > 0);
        let clock = clock.map(|took| format!("{} s", took.as_secs())).unwrap_or_default();
        let busy = theme.style(Look::Busy);
        let text = vec![Span::styled(format!("{sign} {doing}"), busy)];
        rows.push(apart(text, vec![Span::styled(clock, dim)], columns));
    }
    rows
}

/// Nodes that somebody may look at, as many to a row as fit.
fn left_up(left: &LeftUp, theme: &Theme, keymap: &Keymap, columns: usize) -> Vec<Line<'static>> {
    let (busy, dim) = (theme.style(Look::Busy), theme.style(Look::Dim));
    let ends = format!("{} ends them", keymap.shown(Action::Keep));
    let head = apart(vec![Span::styled("nodes left up", busy)], vec![Span::styled(ends, dim)], columns);
    let nodes: Vec<String> =
        left.nodes.iter().map(|NodeAddress { node, address }| format!("{node}\u{a0}{address}")).collect();
    let rows = wrap(&nodes.join(" "), columns.max(1), 0).into_iter();
    std::iter::once(head).chain(rows.map(|row| Line::styled(row, theme.style(Look::Text)))).collect()
}

/// What the run does that is not a test of the stage that is shown.
fn doing(progress: &Progress<'_>, shown: &str) -> Option<String> {
    match progress.phase {
        Phase::Preparing => Some("preparing".to_owned()),
        Phase::Building(command) => Some(format!("building: {}", clean(command))),
        Phase::Stopping => Some("ending the nodes".to_owned()),
        // Lines of their own say it.
        Phase::LeftUp(_) => None,
        Phase::Testing => {
            let step = progress.step.filter(|step| step.stage != shown)?;
            Some(format!("{}: {}", clean(step.stage), clean(step.test)))
        }
    }
}

/// The head of the list while nothing runs: results that are old say so, others what they changed.
pub fn rest(
    bench: &Workbench,
    theme: &Theme,
    keymap: &Keymap,
    columns: usize,
    now: DateTime<Local>,
) -> Option<Line<'static>> {
    if bench.run.is_some() {
        return None;
    }
    let dim = theme.style(Look::Dim);
    if let Some(when) = old(bench, &bench.shown) {
        let when = super::as_of(when, now);
        let forms = [
            format!("as of {when}; the program may have changed since"),
            format!("as of {when}; {} runs them anew", keymap.shown(Action::Run)),
            format!("as of {when}"),
        ];
        let text = forms.into_iter().find(|text| width(text) <= columns).unwrap_or_default();
        return Some(Line::styled(text, dim));
    }
    let ran = bench.last.as_ref().is_some_and(|scope| scope.stage() == bench.shown);
    let changed = if ran { changes(bench.moments.changes(), theme) } else { Vec::new() };
    (!changed.is_empty())
        .then(|| Line::from(changed.into_iter().chain([Span::styled(" by this run", dim)]).collect::<Vec<_>>()))
}

/// When the results of a stage are from, if all of them are of the program as it was.
pub fn old(bench: &Workbench, stage: &str) -> Option<DateTime<chrono::FixedOffset>> {
    let tests = &bench.results.get(stage)?.tests;
    let mut judged = tests.iter().filter(|test| !matches!(test.state, State::Open | State::Running)).peekable();
    judged.peek()?;
    let mut last = None;
    for test in judged {
        if bench.moments.is_current(stage, &test.name) {
            return None;
        }
        last = last.max(bench.moments.past().test(stage, &test.name)?.when);
    }
    last
}

/// Two texts at the ends of a row. The left one gives way.
fn apart(left: Vec<Span<'static>>, right: Vec<Span<'static>>, columns: usize) -> Line<'static> {
    let right_columns = wide(&right);
    // Two columns keep them apart.
    let room = columns.saturating_sub(right_columns + if right_columns > 0 { 2 } else { 0 });
    let mut spans = Vec::new();
    let mut used = 0;
    for span in left {
        let taken = span.width();
        let text =
            if used + taken > room { cut(&span.content, room.saturating_sub(used)) } else { span.content.into() };
        used += width(&text);
        spans.push(Span::styled(text, span.style));
    }
    spans.push(Span::raw(" ".repeat(columns.saturating_sub(used + right_columns))));
    spans.extend(right);
    Line::from(spans)
}

/// The beginning of a text, with an ellipsis in its last column.
fn cut(text: &str, columns: usize) -> String {
    let kept = crate::text::prefix(text, columns.saturating_sub(1));
    shortened(text, kept)
}

fn wide(spans: &[Span]) -> usize {
    spans.iter().map(Span::width).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bar_fills_its_columns_and_hides_nothing(
            shares in prop::array::uniform4(0usize..300), columns in 4usize..100,
        ) {
            prop_assume!(shares.iter().sum::<usize>() > 0);
            let cells = cells(shares, columns);
            prop_assert_eq!(cells.iter().sum::<usize>(), columns);
            for (share, cells) in shares.into_iter().zip(cells) {
                prop_assert_eq!(share > 0, cells > 0, "{:?}", cells);
            }
        }

        #[test]
        fn time_left_is_never_nothing(ms in 0u64..10_000_000) {
            let said = left(Left::About(std::time::Duration::from_millis(ms)), &Phase::Testing).unwrap();
            prop_assert!(said.starts_with("about ") && !said.contains(" 0 "), "{}", said);
        }
    }
}
