//! A line that is being typed at the bottom. It takes effect with each letter, which is done by [`super::super::update`]:
//! what is searched may be another layer.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Component, Reply, Typing};
use crate::tui::app::App;
use crate::tui::input::{Edit, LineInput};

#[derive(Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    pub input: LineInput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    Search(Searched),
    FilterLogs,
    FilterMessages,
    /// Lines of logs beside messages.
    PrintLines,
}

/// What can be searched: a pane, or the failure that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    Stages,
    Guide,
    Tests,
    Logs,
    Card,
    Messages,
}

impl Prompt {
    pub fn new(kind: PromptKind) -> Self {
        Self { kind, input: LineInput::default() }
    }
}

impl Component for Prompt {
    fn key(&mut self, key: &KeyEvent, _app: &mut App) -> Reply {
        match key.code {
            KeyCode::Enter => Reply::Typed(Typing::Kept),
            KeyCode::Esc => Reply::Typed(Typing::Abandoned),
            _ if self.input.key(key) == Edit::Changed => Reply::Typed(Typing::Changed),
            _ => Reply::Done(Vec::new()),
        }
    }

    fn paste(&mut self, text: &str, _app: &mut App) {
        self.input.paste(text);
    }
}
