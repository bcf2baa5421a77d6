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
use serde::{Deserialize, Serialize};

use super::action::Pane;
use super::workbench::Workbench;

pub const LEAST: (u16, u16) = (60, 16);
const TWO_COLUMNS: (u16, u16) = (80, 20);
const THREE_COLUMNS: u16 = 120;

/// How much of the screen a pane takes, in percent, where that is not left to the size of the terminal. The guide has the
/// rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shares {
    /// Of the width.
    pub stages: Option<u8>,
    pub tests: Option<u8>,
    /// Of the height.
    pub logs: Option<u8>,
}

impl Shares {
    /// A pane's own; the guide has none.
    pub fn of(&mut self, pane: Pane) -> Option<&mut Option<u8>> {
        match pane {
            Pane::Stages => Some(&mut self.stages),
            Pane::Guide => None,
            Pane::Tests => Some(&mut self.tests),
            Pane::Logs => Some(&mut self.logs),
        }
    }
}

/// The cells of a share of so many, or as many as are usual; neither too few nor too many to be of use.
fn cells(share: Option<u8>, all: u16, usual: u16, (least, most): (u16, u16)) -> u16 {
    let wanted = share.map_or(usual, |percent| (u32::from(all) * u32::from(percent) / 100) as u16);
    wanted.min(most).max(least)
}

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

    /// Columns inside of a pane's frame.
    pub fn width(&self, pane: Pane) -> u16 {
        let area = self.panes.iter().find(|(shown, _)| *shown == pane).map_or(self.body, |(_, area)| *area);
        area.width.saturating_sub(2)
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
    arrange(size, bench.focus, bench.left, bench.zoom, bench.shares)
}

/// `left` is whichever of Stages and Guide had the focus last.
fn arrange((columns, rows): (u16, u16), focus: Pane, left: Pane, zoom: bool, shares: Shares) -> Layout {
    let header = Rect::new(0, 0, columns, 1.min(rows));
    let footer = Rect::new(0, rows.saturating_sub(1), columns, 1.min(rows));
    let body = Rect::new(0, 1, columns, rows.saturating_sub(2));
    let panes = if zoom || columns < TWO_COLUMNS.0 || rows < TWO_COLUMNS.1 {
        vec![(focus, body)]
    } else {
        // Logs are read in width; a third is enough until somebody reads them.
        let share = if focus == Pane::Logs { 2 } else { 3 };
        let low = cells(shares.logs, body.height, body.height / share, (6, body.height - 8));
        let high = body.height - low + 1;
        let logs = (Pane::Logs, Rect::new(0, body.y + high - 1, columns, low));
        let column = |from: u16, to: u16| Rect::new(from, body.y, to - from, high);
        if columns < THREE_COLUMNS {
            let tests = cells(shares.tests, columns, (columns * 9 / 20).clamp(36, 52), (30, columns - 30));
            let middle = columns - tests;
            vec![(left, column(0, middle + 1)), (Pane::Tests, column(middle, columns)), logs]
        } else {
            let stages = cells(shares.stages, columns, (columns / 6).clamp(22, 28), (16, columns / 2));
            let usual = (columns * 3 / 10).clamp(38, 64);
            let tests = cells(shares.tests, columns, usual, (30, columns - stages - 30));
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
        arrange(size, focus, left, zoom, Shares::default()).panes.into_iter().map(|(pane, _)| pane).collect()
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

    #[test]
    fn panes_take_the_shares_that_are_set() {
        let shares = Shares { stages: Some(20), tests: Some(40), logs: Some(50) };
        let layout = arrange((200, 62), Pane::Tests, Pane::Guide, false, shares);
        let area = |pane| layout.panes.iter().find(|(shown, _)| *shown == pane).unwrap().1;
        assert_eq!((area(Pane::Stages).width, area(Pane::Tests).width), (40, 80));
        assert_eq!(area(Pane::Logs).height, 30);
        // With the focus, too: whoever sets a share means it.
        assert_eq!(arrange((200, 62), Pane::Logs, Pane::Guide, false, shares).panes, layout.panes);
        // However little is asked for, a pane stays of use; however much, the others do.
        let shares = Shares { stages: Some(1), tests: Some(100), logs: Some(100) };
        let layout = arrange((120, 36), Pane::Tests, Pane::Guide, false, shares);
        for (pane, area) in layout.panes {
            assert!(area.width >= 16 && area.height >= 6, "{pane:?}: {area}");
        }
    }

    proptest! {
        #[test]
        fn the_focus_is_always_on_the_screen_and_everything_within_it(
            columns in 0u16..400, rows in 0u16..200, focus in 0usize..4, zoom: bool, shares in [0u8..=255, 0u8..=255, 0u8..=255],
        ) {
            let focus = Pane::ALL[focus];
            let left = if focus == Pane::Stages { Pane::Stages } else { Pane::Guide };
            let [stages, tests, logs] = shares.map(|share| Some(share).filter(|share| *share > 0));
            let layout = arrange((columns, rows), focus, left, zoom, Shares { stages, tests, logs });
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
