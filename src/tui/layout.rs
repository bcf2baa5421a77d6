//! Where everything is: a function of the terminal's size and of what has the focus.
//!
//! What gives way when there is little room, first to last:
//!
//! 1. below 120 columns Stages and Guide share one place: whichever had the focus last is shown;
//! 2. below 80 columns or 20 rows only the pane with the focus is shown, the others are numbers in the header's row;
//! 3. below 60 columns or 16 rows nothing is shown but a request for more room.
//!
//! The header, the footer and one pane always stay until then.

use ratatui::layout::Rect;

use super::action::Pane;
use super::workbench::Workbench;

pub const LEAST: (u16, u16) = (60, 16);
const TWO_COLUMNS: (u16, u16) = (80, 20);
const THREE_COLUMNS: u16 = 120;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub header: Rect,
    pub footer: Rect,
    /// All between them.
    pub body: Rect,
    /// What is shown, with its frame. Neighbouring frames share a line.
    pub panes: Vec<(Pane, Rect)>,
}

impl Layout {
    /// The pane at a place of the screen.
    pub fn at(&self, (column, row): (u16, u16)) -> Option<Pane> {
        let inside = |(_, area): &&(Pane, Rect)| area.contains((column, row).into());
        self.panes.iter().find(inside).map(|(pane, _)| *pane)
    }

    /// Rows inside of a pane's frame; of a hidden one, as many as it would have.
    pub fn height(&self, pane: Pane) -> usize {
        let area = self.panes.iter().find(|(shown, _)| *shown == pane).map_or(self.body, |(_, area)| *area);
        usize::from(area.height.saturating_sub(2))
    }

    /// A pane that belongs on the screen is not shown.
    pub fn hides(&self) -> bool {
        self.panes.len() < Pane::ALL.len()
    }
}

/// Whether there is room for anything.
pub fn fits((columns, rows): (u16, u16)) -> bool {
    columns >= LEAST.0 && rows >= LEAST.1
}

pub fn for_size(size: (u16, u16), bench: &Workbench) -> Layout {
    arrange(size, bench.focus, bench.left, bench.zoom)
}

/// `left` is whichever of Stages and Guide had the focus last.
fn arrange((columns, rows): (u16, u16), focus: Pane, left: Pane, zoom: bool) -> Layout {
    let header = Rect::new(0, 0, columns, 1.min(rows));
    let footer = Rect::new(0, rows.saturating_sub(1), columns, 1.min(rows));
    let body = Rect::new(0, 1, columns, rows.saturating_sub(2));
    let panes = if zoom || columns < TWO_COLUMNS.0 || rows < TWO_COLUMNS.1 {
        vec![(focus, body)]
    } else {
        // Logs are read in width; a third is enough until somebody reads them.
        let share = if focus == Pane::Logs { 2 } else { 3 };
        let low = (body.height / share).max(6);
        let high = body.height - low + 1;
        let logs = (Pane::Logs, Rect::new(0, body.y + high - 1, columns, low));
        let column = |from: u16, to: u16| Rect::new(from, body.y, to - from, high);
        if columns < THREE_COLUMNS {
            let tests = (columns * 9 / 20).clamp(36, 52);
            let middle = columns - tests;
            vec![(left, column(0, middle + 1)), (Pane::Tests, column(middle, columns)), logs]
        } else {
            let stages = (columns / 6).clamp(22, 28);
            let tests = (columns * 3 / 10).clamp(38, 64);
            let middle = columns - tests;
            vec![
                (Pane::Stages, column(0, stages)),
                (Pane::Guide, column(stages - 1, middle + 1)),
                (Pane::Tests, column(middle, columns)),
                logs,
            ]
        }
    };
    Layout { header, footer, body, panes }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(size: (u16, u16), focus: Pane, zoom: bool) -> Vec<Pane> {
        let left = if focus == Pane::Stages { Pane::Stages } else { Pane::Guide };
        arrange(size, focus, left, zoom).panes.into_iter().map(|(pane, _)| pane).collect()
    }

    #[test]
    fn panes_give_way_in_the_written_order() {
        assert_eq!(shown((120, 36), Pane::Tests, false), Pane::ALL);
        assert_eq!(shown((100, 30), Pane::Tests, false), [Pane::Guide, Pane::Tests, Pane::Logs]);
        assert_eq!(shown((80, 24), Pane::Stages, false), [Pane::Stages, Pane::Tests, Pane::Logs]);
        assert_eq!(shown((79, 24), Pane::Logs, false), [Pane::Logs]);
        assert_eq!(shown((60, 16), Pane::Tests, false), [Pane::Tests]);
        assert_eq!(shown((200, 60), Pane::Guide, true), [Pane::Guide]);
        assert!(fits((60, 16)) && !fits((59, 16)) && !fits((60, 15)));
    }

    proptest! {
        #[test]
        fn the_focus_is_always_on_the_screen_and_everything_within_it(
            columns in 0u16..400, rows in 0u16..200, focus in 0usize..4, zoom: bool,
        ) {
            let focus = Pane::ALL[focus];
            let left = if focus == Pane::Stages { Pane::Stages } else { Pane::Guide };
            let layout = arrange((columns, rows), focus, left, zoom);
            let all = Rect::new(0, 0, columns, rows);
            prop_assert!(layout.panes.iter().any(|(pane, _)| *pane == focus));
            for (_, area) in &layout.panes {
                prop_assert_eq!(area.intersection(all), *area);
            }
            prop_assert_eq!(layout.header.intersection(all), layout.header);
            prop_assert_eq!(layout.footer.intersection(all), layout.footer);
        }
    }
}
