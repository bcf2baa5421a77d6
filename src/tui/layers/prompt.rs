//! A line that is being typed at the bottom. It takes effect with each letter.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Component, Reply};
use crate::tui::app::App;
use crate::tui::input::{Edit, LineInput};

#[derive(Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    pub input: LineInput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    SearchGuide,
    SearchLogs,
    FilterLogs,
}

impl Prompt {
    pub fn new(kind: PromptKind) -> Self {
        Self { kind, input: LineInput::default() }
    }

    fn apply(&self, app: &mut App) {
        let text = self.input.text();
        let Some(bench) = app.workbench_mut() else { return };
        match self.kind {
            PromptKind::SearchGuide => bench.guide.search(text),
            PromptKind::SearchLogs => bench.logs.search(text),
            PromptKind::FilterLogs => bench.logs.filter_text(text),
        }
    }

    fn abandon(&self, app: &mut App) {
        let Some(bench) = app.workbench_mut() else { return };
        match self.kind {
            PromptKind::SearchGuide => bench.guide.clear_search(),
            PromptKind::SearchLogs => bench.logs.clear_search(),
            PromptKind::FilterLogs => bench.logs.filter_text(""),
        }
    }
}

impl Component for Prompt {
    fn key(&mut self, key: &KeyEvent, app: &mut App) -> Reply {
        match key.code {
            KeyCode::Enter => return Reply::Close,
            KeyCode::Esc => {
                self.abandon(app);
                return Reply::Close;
            }
            _ => {
                if self.input.key(key) == Edit::Changed {
                    self.apply(app);
                }
            }
        }
        Reply::Done(Vec::new())
    }

    fn paste(&mut self, text: &str, app: &mut App) {
        self.input.paste(text);
        self.apply(app);
    }
}
