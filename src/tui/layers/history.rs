//! A history in place of the panes.

use std::time::{Duration, Instant};

use super::card::copied;
use super::{Component, Reply};
use crate::report::card::Card;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::history::{HistoryPane, Reader};
use crate::tui::scroll::Scroll;
use crate::tui::workbench::Workbench;

impl Component for HistoryPane {
    fn available(&self, action: Action) -> Option<Result<(), String>> {
        let reader = self.reader();
        let only_if = |holds: bool, reason: &str| if holds { Ok(()) } else { Err(reason.to_owned()) };
        Some(match action {
            Action::Keys => {
                only_if(reader.is_some_and(|reader| reader.keys() > 1), "No history of several keys is open.")
            }
            Action::ZoomIn | Action::ZoomOut => only_if(reader.is_some(), "The history has not been read yet."),
            Action::NextMark => {
                only_if(reader.is_some_and(Reader::has_marks), "No operation of this history proves anything.")
            }
            _ => return None,
        })
    }

    fn act(&mut self, action: Action, app: &mut App) -> Reply {
        let Some(reader) = self.reader_mut() else {
            return match action {
                Action::Open | Action::Close => Reply::Close,
                _ => Reply::Pass,
            };
        };
        match action {
            Action::Open | Action::Close => return Reply::Close,
            Action::Left => reader.sideways(-1),
            Action::Right => reader.sideways(1),
            Action::NextMark => reader.next_mark(),
            Action::Keys => reader.next_key(),
            Action::ZoomIn => reader.zoom_in(),
            Action::ZoomOut => reader.zoom_out(),
            Action::Copy => {
                // A type that serde derives for, with keys that are names: there is always a line.
                let line = serde_json::to_string(reader.chosen_operation()).unwrap_or_default();
                return Reply::Done(copied(app, line, "The operation is copied, as it stands in the history."));
            }
            _ => return Reply::Pass,
        }
        Reply::Done(Vec::new())
    }

    fn scroll(&mut self, by: Scroll, _app: &App) {
        if let Some(reader) = self.reader_mut() {
            reader.scroll(by);
        }
    }

    /// The wheel moves through time: lanes are few, operations are many.
    fn wheel(&mut self, by: Scroll, app: &App) {
        match (by, self.reader_mut()) {
            (Scroll::Up(_), Some(reader)) => reader.sideways(-1),
            (Scroll::Down(_), Some(reader)) => reader.sideways(1),
            _ => self.scroll(by, app),
        }
    }

    fn click(&mut self, at: (u16, u16)) {
        if let Some(reader) = self.reader_mut() {
            reader.click(at);
        }
    }

    fn moment(&self, _bench: &Workbench, _card: Option<&Card>, _now: Instant) -> Option<Duration> {
        self.reader().map(|reader| reader.chosen_operation().called)
    }
}
