//! The help over the screen. What is typed searches it; enter does what the cursor is on.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Component, Reply};
use crate::tui::app::App;
use crate::tui::help::Help;
use crate::tui::scroll::Scroll;

impl Component for Help {
    fn key(&mut self, key: &KeyEvent, app: &mut App) -> Reply {
        match key.code {
            KeyCode::Esc => Reply::Close,
            KeyCode::Enter => self.chosen(&app.keymap).map_or(Reply::Close, Reply::Then),
            _ => {
                Help::key(self, key, &app.keymap);
                Reply::Done(Vec::new())
            }
        }
    }

    fn paste(&mut self, text: &str, _app: &mut App) {
        Help::paste(self, text);
    }

    fn scroll(&mut self, by: Scroll, app: &App) {
        Help::scroll(self, by, &app.keymap);
    }
}
