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
    fn available(&self, action: Action) -> Option<Result<(), String>> {
        // They do more than move what is beneath.
        matches!(action, Action::NextStage | Action::PreviousStage | Action::Follow).then_some(Ok(()))
    }

    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        match action {
            Action::Open | Action::Close => return Reply::Close,
            Action::Left => self.left(),
            Action::Right => self.right(),
            Action::NextStage => self.next_change(),
            Action::PreviousStage => self.previous_change(),
            Action::Follow => self.follow(),
            _ => return Reply::Pass,
        }
        Reply::Done(Vec::new())
    }

    fn scroll(&mut self, by: Scroll, _app: &App) {
        ClusterPane::scroll(self, by);
    }

    /// The wheel moves through time: nodes are few.
    fn wheel(&mut self, by: Scroll, app: &App) {
        match by {
            Scroll::Up(_) => self.left(),
            Scroll::Down(_) => self.right(),
            _ => Component::scroll(self, by, app),
        }
    }

    fn click(&mut self, (column, row): (u16, u16)) {
        ClusterPane::click(self, column, row);
    }

    fn moment(&self, bench: &Workbench, card: Option<&Card>, now: Instant) -> Option<Duration> {
        self.scene(bench, card, now).map(|scene| scene.until)
    }
}
