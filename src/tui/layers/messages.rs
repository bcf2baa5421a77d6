//! What nodes said to each other, in place of the panes.

use std::time::{Duration, Instant};

use super::card::copied;
use super::{Component, Reply};
use crate::report::card::Card;
use crate::report::messages::details;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::messages::{Item, MessagesPane, Reader};
use crate::tui::scroll::Scroll;
use crate::tui::workbench::Workbench;

impl Component for MessagesPane {
    fn available(&self, action: Action) -> Option<Result<(), String>> {
        let only_if = |holds: bool, reason: &str| if holds { Ok(()) } else { Err(reason.to_owned()) };
        Some(match action {
            Action::FilterMessages | Action::Filter => {
                only_if(self.reader().is_some(), "There are no messages here.")
            }
            Action::Fold => {
                let unfolds = |reader: &Reader| reader.item().is_some_and(|item| reader.unfolds(item));
                only_if(self.reader().is_some_and(unfolds), "Nothing unfolds here.")
            }
            Action::Copy => {
                only_if(self.reader().is_some_and(|reader| reader.item().is_some()), "There is nothing to copy.")
            }
            _ => return None,
        })
    }

    fn act(&mut self, action: Action, app: &mut App) -> Reply {
        let now = app.now;
        if action == Action::Close {
            return self.close(now);
        }
        let Some(reader) = self.reader_mut() else {
            return if action == Action::Open { Reply::Close } else { Reply::Pass };
        };
        match action {
            Action::Open => reader.toggle_opened(),
            Action::Fold => drop(reader.toggle()),
            Action::Left => reader.sideways(-1),
            Action::Right => reader.sideways(1),
            Action::Follow => reader.scroll(Scroll::Bottom),
            Action::Copy => {
                let text = copied_text(reader);
                return Reply::Done(copied(app, text, "What the row says is copied."));
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

    fn click(&mut self, (_, row): (u16, u16)) {
        if let Some(reader) = self.reader_mut() {
            reader.click(row);
        }
    }

    fn moment(&self, _bench: &Workbench, _card: Option<&Card>, _now: Instant) -> Option<Duration> {
        self.reader().and_then(Reader::moment)
    }
}

impl MessagesPane {
    /// One thing at a time: the message that is shown whole, a search, a filter, the view.
    fn close(&mut self, now: Instant) -> Reply {
        if self.reader_mut().is_some_and(Reader::close_opened) {
            return Reply::Done(Vec::new());
        }
        if self.is_searching() {
            self.end_search(false);
            return Reply::Done(Vec::new());
        }
        match self.clear_query(now) {
            Some(effect) => Reply::Done(vec![effect]),
            None => Reply::Close,
        }
    }
}

/// The message as a whole, or the row where there is no more to it.
fn copied_text(reader: &mut Reader) -> String {
    let Some(item) = reader.item() else { return String::new() };
    let exchange = match item {
        Item::Row(row) => Some(reader.exchange(row, 0)),
        Item::Part(row, part) | Item::Message(row, part, _) => Some(reader.exchange(row, part)),
        _ => None,
    };
    let lines = exchange.and_then(|exchange| details(&reader.loaded().record, exchange).ok());
    match lines {
        Some(lines) => lines.into_iter().map(|(_, line)| line + "\n").collect(),
        None => reader.told(item).text(),
    }
}
