//! The cluster in place of the panes.

use std::time::{Duration, Instant};

use super::{Component, Reply};
use crate::report::card::Card;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::cluster::ClusterPane;
use crate::tui::scroll::Scroll;
use crate::tui::workbench::Workbench;

impl Component for ClusterPane {
    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        match action {
            Action::Open | Action::Close => Reply::Close,
            _ => Reply::Pass,
        }
    }

    fn scroll(&mut self, by: Scroll, _app: &App) {
        ClusterPane::scroll(self, by);
    }

    fn moment(&self, bench: &Workbench, card: Option<&Card>, now: Instant) -> Option<Duration> {
        self.scene(bench, card, now).map(|scene| scene.until)
    }
}
