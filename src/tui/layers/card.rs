//! A failure in place of the panes.

use super::{Component, Reply};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::card::CardPane;
use crate::tui::effect::Effect;
use crate::tui::scroll::Scroll;

impl Component for CardPane {
    fn act(&mut self, action: Action, app: &mut App) -> Reply {
        match action {
            Action::Close if self.is_searching() => {
                self.clear_search();
                Reply::Done(Vec::new())
            }
            Action::Open | Action::Close => Reply::Close,
            Action::Copy => Reply::Done(request_copied(app, self.curl())),
            Action::CopyAll => Reply::Done(copied(app, self.text(), "The whole failure is copied.")),
            _ => Reply::Pass,
        }
    }

    fn available(&self, action: Action) -> Option<Result<(), String>> {
        match action {
            Action::NextLink => Some(Err("No link is in sight.".to_owned())),
            _ => None,
        }
    }

    fn scroll(&mut self, by: Scroll, _app: &App) {
        CardPane::scroll(self, by);
    }
}

pub fn copied(app: &mut App, text: String, said: &str) -> Vec<Effect> {
    app.say(said);
    vec![Effect::Copy(text)]
}

/// The request of a failure, which may have none.
pub fn request_copied(app: &mut App, curl: Option<&str>) -> Vec<Effect> {
    let Some(curl) = curl else {
        let all = app.keymap.shown(Action::CopyAll);
        app.say(format!("This failure has no request to copy; {all} copies the whole card."));
        return Vec::new();
    };
    copied(app, curl.to_owned(), "The request is copied.")
}
