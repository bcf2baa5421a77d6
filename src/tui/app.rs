//! The state of the app, without what is laid over it. Nothing here does anything: [`super::update`] changes it, the
//! views show it.

use std::time::{Duration, Instant};

use super::keymap::Keymap;
use super::layout::Shares;
use super::picker::Picker;
use super::theme::Theme;
use super::tour::Tour;
use super::workbench::Workbench;
use crate::text::width;

/// How often what moves is drawn while a run is in flight.
const BEAT: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub struct App {
    pub theme: Theme,
    pub keymap: Keymap,
    /// Columns and rows.
    pub size: (u16, u16),
    pub screen: Screen,
    pub toast: Option<Toast>,
    /// lsfr has the mouse; without it the terminal selects text.
    pub mouse: bool,
    /// The terminal's window has the focus, as far as the terminal reports it.
    pub in_front: bool,
    /// As of the last event.
    pub now: Instant,
    /// What is on the screen is out of date.
    pub dirty: bool,
    /// The app ends as soon as nothing of a run is alive.
    pub leaving: bool,
    /// How large panes are, where the learner's settings say it.
    pub shares: Shares,
    /// The project was made for `lsfr try`.
    pub tour: Option<Tour>,
}

#[derive(Debug)]
pub enum Screen {
    /// A directory is being opened.
    Opening,
    Picker(Box<Picker>),
    Workbench(Box<Workbench>),
    /// Something is wrong with the project that only its author can fix.
    Broken(String),
}

/// A message that goes away by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub bad: bool,
    pub until: Instant,
}

impl App {
    pub fn new(theme: Theme, keymap: Keymap, size: (u16, u16), now: Instant) -> Self {
        Self {
            theme,
            keymap,
            size,
            screen: Screen::Opening,
            toast: None,
            mouse: true,
            in_front: true,
            now,
            dirty: true,
            leaving: false,
            shares: Shares::default(),
            tour: None,
        }
    }

    /// Columns and rows without those of the tour, which stand above the footer.
    pub fn room(&self) -> (u16, u16) {
        let (columns, rows) = self.size;
        (columns, rows.saturating_sub(self.band()))
    }

    /// Rows of the tour: fewer where every row counts.
    pub fn band(&self) -> u16 {
        match &self.tour {
            None => 0,
            Some(_) if self.size.1 < 20 => 1,
            Some(_) => 2,
        }
    }

    pub fn bench(&self) -> Option<&Workbench> {
        match &self.screen {
            Screen::Workbench(bench) => Some(bench),
            _ => None,
        }
    }

    pub fn workbench_mut(&mut self) -> Option<&mut Workbench> {
        match &mut self.screen {
            Screen::Workbench(bench) => Some(bench),
            _ => None,
        }
    }

    pub fn say(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.toast = Some(Toast { until: self.now + stay(&text), text, bad: false });
    }

    pub fn complain(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.toast = Some(Toast { until: self.now + stay(&text) * 2, text, bad: true });
    }

    /// When the app wants to be woken, if nothing happens before: while nothing moves, never.
    pub fn wakes_at(&self) -> Option<Instant> {
        let toast = self.toast.as_ref().map(|toast| toast.until);
        let beat = self.bench().and_then(|bench| bench.run.as_ref());
        let beat = beat.filter(|run| !run.stands_still()).map(|_| self.now + BEAT);
        let flash = self.bench().and_then(|bench| bench.moments.wakes_at(self.now));
        [toast, beat, flash].into_iter().flatten().min()
    }
}

/// How long a message stays: as long as it takes to notice and read it.
fn stay(text: &str) -> Duration {
    let reading = Duration::from_millis(50) * u32::try_from(width(text)).unwrap_or(u32::MAX).min(200);
    (Duration::from_millis(1500) + reading).min(Duration::from_secs(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_soon_read_is_soon_gone() {
        assert!(stay("Cancelled.") < Duration::from_millis(2100));
        assert_eq!(stay(&"word ".repeat(1000)), Duration::from_secs(6));
    }
}
