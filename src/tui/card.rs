//! stub
use super::{scroll::Scroll, theme::Theme};
use crate::report::card::Card;
use ratatui::{buffer::Buffer, layout::Rect};
use std::time::Duration;
#[derive(Debug)]
pub struct CardPane {
    card: Card,
}
impl CardPane {
    pub fn new(card: Card) -> Self {
        Self { card }
    }
    pub fn card(&self) -> &Card {
        &self.card
    }
    pub fn scroll(&mut self, _: Scroll) {}
    pub fn show_hints(&mut self) {}
    pub fn curl(&self) -> Option<&str> {
        None
    }
    pub fn text(&self) -> String {
        String::new()
    }
    pub fn moment(&self) -> Duration {
        self.card.at
    }
    pub fn status(&self) -> String {
        String::new()
    }
}
pub fn render(_: &mut CardPane, _: &Theme, _: &str, _: Rect, _: &mut Buffer) {}
