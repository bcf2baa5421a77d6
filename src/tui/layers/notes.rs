//! What is said in a box over the screen.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Component, Reply};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::keymap::Key;

/// A stage has just been passed for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub stage: String,
    pub title: String,
    /// What the tests proved, in their own words.
    pub truths: Vec<String>,
    /// The title of the stage that comes now; none after the last.
    pub next: Option<String>,
    pub done: usize,
    pub of: usize,
}

/// More than a toast can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub text: String,
}

/// Asks whether to quit while a run is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quit;

impl Component for Passed {
    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        close(action)
    }
}

impl Component for Note {
    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        close(action)
    }
}

fn close(action: Action) -> Reply {
    match action {
        Action::Open | Action::Close => Reply::Close,
        _ => Reply::Pass,
    }
}

impl Component for Quit {
    fn key(&mut self, key: &KeyEvent, app: &mut App) -> Reply {
        let mut actions = app.keymap.actions(Key::from_event(key));
        let again = actions.any(|action| matches!(action, Action::Quit | Action::QuitNow));
        if again || matches!(key.code, KeyCode::Enter | KeyCode::Char('y')) {
            Reply::Then(Action::QuitNow)
        } else {
            Reply::Close
        }
    }
}
