//! Nodes of a failed test that were left up: where they are, and the request to begin with.

use super::card::request_copied;
use super::{Component, Reply};
use crate::facts::LeftUp;
use crate::tui::action::Action;
use crate::tui::app::App;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftUpPane {
    pub left: LeftUp,
    /// The request that failed, as a command.
    pub curl: Option<String>,
}

impl Component for LeftUpPane {
    fn available(&self, action: Action) -> Option<Result<(), String>> {
        (action == Action::Copy && self.curl.is_some()).then_some(Ok(()))
    }

    fn act(&mut self, action: Action, app: &mut App) -> Reply {
        match action {
            Action::Open | Action::Close => Reply::Close,
            Action::Copy => Reply::Done(request_copied(app, self.curl.as_deref())),
            _ => Reply::Pass,
        }
    }
}
