//! Where everything is: a function of the terminal's size and of what has the focus.
//!
//! What gives way when there is little room, first to last:
//!
//! 1. below 160 columns the chosen failure no longer stands beside the tests, where it takes part of the guide's width;
//! 2. below 120 columns Stages and Guide share one place: whichever had the focus last is shown;
//! 3. below 80 columns or 20 rows only the pane with the focus is shown, the others are numbers in the header's row;
//! 4. below 60 columns or 16 rows nothing is shown but a request for more room.
//!
//! The header, the footer and one pane always stay until then.

use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

use super::action::Pane;
use super::workbench::Workbench;

pub const LEAST: (u16, u16) = (60, 16);
const TWO_COLUMNS: (u16, u16) = (80, 20);
const THREE_COLUMNS: u16 = 120;
const FOUR_COLUMNS: u16 = 160;
/// What is read has at least so many columns.
const READABLE: u16 = 30;
/// Percent that a pane grows or shrinks at a time.
const STEP: u16 = 5;

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

    /// These, and where one is not set, the other's.
    pub fn or(self, other: Self) -> Self {
        Self {
            stages: self.stages.or(other.stages),
            tests: self.tests.or(other.tests),
            logs: self.logs.or(other.logs),
        }
    }

    /// Those that are not the other's.
    pub fn besides(self, other: Self) -> Self {
        Self {
            stages: self.stages.filter(|_| self.stages != other.stages),
            tests: self.tests.filter(|_| self.tests != other.tests),
            logs: self.logs.filter(|_| self.logs != other.logs),
        }
    }
}

/// Why a pane keeps its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// It was given the whole screen.
    Zoomed,
    /// There is room for no other.
    Alone,
    Largest,
    Smallest,
}

/// The cells of a share of so many, or as many as are usual; neither too few nor too many to be of use.
fn cells(share: Option<u8>, all: u16, usual: u16, (least, most): (u16, u16)) -> u16 {
    let wanted = share.map_or(usual, |percent| part(all, percent.into()));
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
    /// The chosen failure, beside the tests.
    pub preview: Option<Rect>,
}

impl Layout {
    /// The pane at a place of the screen.
    pub fn at(&self, (column, row): (u16, u16)) -> Option<Pane> {
        let inside = |(_, area): &&(Pane, Rect)| area.contains((column, row).into());
        self.panes.iter().find(inside).map(|(pane, _)| *pane)
    }

    /// Whether the failure beside the tests is at this place, and no pane whose frame it shares.
    pub fn is_preview(&self, (column, row): (u16, u16)) -> bool {
        self.at((column, row)).is_none() && self.preview.is_some_and(|area| area.contains((column, row).into()))
    }

    /// Rows inside of a pane's frame; of a hidden one, as many as it would have.
    pub fn height(&self, pane: Pane) -> usize {
        usize::from(self.area(pane).height.saturating_sub(2))
    }

    fn area(&self, pane: Pane) -> Rect {
        self.panes.iter().find(|(shown, _)| *shown == pane).map_or(self.body, |(_, area)| *area)
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
    arranged(size, bench, bench.shares)
}

fn arranged(size: (u16, u16), bench: &Workbench, shares: Shares) -> Layout {
    arrange(size, bench.focus, bench.left, bench.zoom, shares, bench.preview.is_some())
}

/// The shares with which the pane that has the focus is a step larger, or smaller.
pub fn resized(size: (u16, u16), bench: &Workbench, larger: bool) -> Result<Shares, Stuck> {
    let now = for_size(size, bench);
    if now.panes.len() == 1 {
        return Err(if bench.zoom { Stuck::Zoomed } else { Stuck::Alone });
    }
    let all_columns = !now.hides();
    // Whoever has no share of its own takes from the others, or leaves it to them.
    let turns: &[(Pane, bool)] = match bench.focus {
        Pane::Logs => &[(Pane::Logs, larger)],
        Pane::Tests => &[(Pane::Tests, larger)],
        Pane::Stages if all_columns => &[(Pane::Stages, larger)],
        Pane::Guide if all_columns => &[(Pane::Tests, !larger), (Pane::Stages, !larger)],
        Pane::Stages | Pane::Guide => &[(Pane::Tests, !larger)],
    };
    let cells = |layout: &Layout| layout.area(bench.focus).area();
    for (pane, grows) in turns {
        let mut shares = bench.shares;
        let area = now.area(*pane);
        let (has, all) = if *pane == Pane::Logs { (area.height, now.body.height) } else { (area.width, size.0) };
        if let Some(share) = shares.of(*pane) {
            *share = Some(stepped(*share, has, all, *grows));
        }
        let then = arranged(size, bench, shares);
        if if larger { cells(&then) > cells(&now) } else { cells(&then) < cells(&now) } {
            return Ok(shares);
        }
    }
    Err(if larger { Stuck::Largest } else { Stuck::Smallest })
}

/// The share of so many cells, a step on: from the share that is set, unless the pane has more or less than that.
fn stepped(share: Option<u8>, cells: u16, all: u16, larger: bool) -> u8 {
    let set = share.map(u16::from).filter(|percent| part(all, *percent) == cells);
    // Rounded up, as a part is rounded down.
    let percent = set.unwrap_or((u32::from(cells) * 100).div_ceil(u32::from(all.max(1))) as u16);
    let stepped = if larger { percent + STEP } else { percent.saturating_sub(STEP) };
    stepped.clamp(1, 100) as u8
}

fn part(all: u16, percent: u16) -> u16 {
    (u32::from(all) * u32::from(percent) / 100) as u16
}

/// `left` is whichever of Stages and Guide had the focus last; `failed`, there is a failure to show beside the tests.
fn arrange((columns, rows): (u16, u16), focus: Pane, left: Pane, zoom: bool, shares: Shares, failed: bool) -> Layout {
    let header = Rect::new(0, 0, columns, 1.min(rows));
    let footer = Rect::new(0, rows.saturating_sub(1), columns, 1.min(rows));
    let body = Rect::new(0, 1, columns, rows.saturating_sub(2));
    let mut preview = None;
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
            let bounds = (READABLE, columns - READABLE);
            let tests = cells(shares.tests, columns, (columns * 9 / 20).clamp(36, 52), bounds);
            let middle = columns - tests;
            vec![(left, column(0, middle + 1)), (Pane::Tests, column(middle, columns)), logs]
        } else {
            let beside = failed && columns >= FOUR_COLUMNS;
            // Names are enough where all that a failure says stands beside them.
            let usual = if beside { (columns / 4).clamp(38, 52) } else { (columns * 3 / 10).clamp(38, 64) };
            let read = if beside { 2 * READABLE } else { READABLE };
            let bounds = (16, (columns / 2).min(columns - read - READABLE));
            let stages = cells(shares.stages, columns, (columns / 6).clamp(22, 28), bounds);
            let tests = cells(shares.tests, columns, usual, (READABLE, columns - stages - read));
            // The guide and the failure are both to be read: half and half.
            let failure = if beside { (columns - stages - tests) / 2 } else { 0 };
            let (middle, right) = (columns - tests - failure, columns - failure);
            preview = beside.then(|| column(right - 1, columns));
            vec![
                (Pane::Stages, column(0, stages)),
                (Pane::Guide, column(stages - 1, middle + 1)),
                (Pane::Tests, column(middle, right)),
                logs,
            ]
        }
    };
    Layout { header, footer, body, panes, preview }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(size: (u16, u16), focus: Pane, zoom: bool) -> Vec<Pane> {
        let left = if focus == Pane::Stages { Pane::Stages } else { Pane::Guide };
        arrange(size, focus, left, zoom, Shares::default(), false).panes.into_iter().map(|(pane, _)| pane).collect()
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
        let layout = arrange((200, 62), Pane::Tests, Pane::Guide, false, shares, false);
        let area = |pane| layout.panes.iter().find(|(shown, _)| *shown == pane).unwrap().1;
        assert_eq!((area(Pane::Stages).width, area(Pane::Tests).width), (40, 80));
        assert_eq!(area(Pane::Logs).height, 30);
        // With the focus, too: whoever sets a share means it.
        assert_eq!(arrange((200, 62), Pane::Logs, Pane::Guide, false, shares, false).panes, layout.panes);
        // However little is asked for, a pane stays of use; however much, the others do.
        let shares = Shares { stages: Some(1), tests: Some(100), logs: Some(100) };
        let layout = arrange((120, 36), Pane::Tests, Pane::Guide, false, shares, false);
        for (pane, area) in layout.panes {
            assert!(area.width >= 16 && area.height >= 6, "{pane:?}: {area}");
        }
    }

    #[test]
    fn from_160_columns_on_a_failure_stands_beside_the_tests() {
        let at = |columns, failed| arrange((columns, 45), Pane::Tests, Pane::Guide, false, Shares::default(), failed);
        assert_eq!((at(159, true).preview, at(160, false).preview), (None, None));
        let (with, without) = (at(160, true), at(160, false));
        let preview = with.preview.unwrap();
        assert_eq!(preview.x + 1, with.area(Pane::Tests).right(), "they share a line");
        assert_eq!((preview.right(), preview.bottom()), (160, with.area(Pane::Tests).bottom()));
        assert_eq!(with.area(Pane::Stages), without.area(Pane::Stages));
        assert_eq!(with.area(Pane::Logs), without.area(Pane::Logs));
        assert!(with.area(Pane::Guide).width + 2 >= preview.width);
        let zoomed = arrange((200, 60), Pane::Tests, Pane::Guide, true, Shares::default(), true);
        assert_eq!(zoomed.preview, None);
    }

    #[test]
    fn a_share_that_the_settings_have_is_no_share_of_ones_own() {
        let settings = Shares { stages: Some(20), tests: None, logs: Some(40) };
        let now = Shares { stages: Some(20), tests: Some(30), logs: Some(45) };
        let own = now.besides(settings);
        assert_eq!(own, Shares { stages: None, tests: Some(30), logs: Some(45) });
        assert_eq!(own.or(settings), now);
    }

    proptest! {
        #[test]
        fn the_focus_is_always_on_the_screen_and_everything_within_it(
            columns in 0u16..400, rows in 0u16..200, focus in 0usize..4, zoom: bool, failed: bool, shares in [0u8..=255, 0u8..=255, 0u8..=255],
        ) {
            let focus = Pane::ALL[focus];
            let left = if focus == Pane::Stages { Pane::Stages } else { Pane::Guide };
            let [stages, tests, logs] = shares.map(|share| Some(share).filter(|share| *share > 0));
            let layout = arrange((columns, rows), focus, left, zoom, Shares { stages, tests, logs }, failed);
            let all = Rect::new(0, 0, columns, rows);
            prop_assert!(layout.panes.iter().any(|(pane, _)| *pane == focus));
            for area in layout.panes.iter().map(|(_, area)| area).chain(&layout.preview) {
                prop_assert_eq!(area.intersection(all), *area);
            }
            if let Some(preview) = layout.preview {
                prop_assert!(preview.width >= READABLE && layout.area(Pane::Guide).width >= READABLE);
            }
            prop_assert_eq!(layout.header.intersection(all), layout.header);
            prop_assert_eq!(layout.footer.intersection(all), layout.footer);
        }
    }
}
