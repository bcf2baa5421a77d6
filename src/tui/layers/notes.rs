//! What is said in a box over the screen.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Component, Reply};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::finale::Finale;
use crate::tui::keymap::Key;
use crate::tui::passed::PassedPane;
use crate::tui::scroll::Scroll;

/// More than a toast can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub text: String,
}

/// Asks whether to quit while a run is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quit;

/// Only the key that is named on it moves on: whoever closes it wants to stay.
impl Component for PassedPane {
    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        close(action)
    }

    fn scroll(&mut self, by: Scroll, _app: &App) {
        PassedPane::scroll(self, by);
    }
}

impl Component for Finale {
    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        // It says all of it already.
        if action == Action::Next { Reply::Done(Vec::new()) } else { close(action) }
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
    fn act(&mut self, action: Action, _app: &mut App) -> Reply {
        close(action)
    }

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
