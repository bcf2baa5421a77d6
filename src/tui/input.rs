//! stub
use super::theme::Theme;
use crossterm::event::KeyEvent;
use ratatui::{buffer::Buffer, layout::Rect};
#[derive(Debug, PartialEq, Eq)]
pub enum Edit {
    Changed,
    Moved,
    Ignored,
}
#[derive(Debug, Default)]
pub struct LineInput(String);
impl LineInput {
    pub fn new(t: &str) -> Self {
        Self(t.into())
    }
    pub fn text(&self) -> &str {
        &self.0
    }
    pub fn key(&mut self, _: &KeyEvent) -> Edit {
        Edit::Ignored
    }
    pub fn paste(&mut self, t: &str) {
        self.0.push_str(t)
    }
    pub fn render(&self, _: &Theme, a: Rect, _: &mut Buffer) -> u16 {
        a.x
    }
}
