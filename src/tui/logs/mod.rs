//! stub
use super::{scroll::Scroll, theme::Theme};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};
use std::{io, path::Path, time::Duration};
#[derive(Debug)]
pub struct LogStore;
impl LogStore {
    pub fn open(_: &Path, _: bool, _: Box<dyn Fn() + Send>) -> io::Result<LogStore> {
        Ok(LogStore)
    }
    pub fn own(&self, _: Duration, _: Option<String>, _: String) {}
    pub fn ended(&self) {}
}
#[derive(Debug, Default)]
pub struct LogPane;
impl LogPane {
    pub fn reset(&mut self) {}
    pub fn scroll(&mut self, _: Scroll) {}
    pub fn left(&mut self) {}
    pub fn right(&mut self) {}
    pub fn toggle_follow(&mut self) {}
    pub fn next_node(&mut self) {}
    pub fn filter_text(&mut self, _: &str) {}
    pub fn clear_filter(&mut self) {}
    pub fn is_filtering(&self) -> bool {
        false
    }
    pub fn search(&mut self, _: &str) {}
    pub fn search_next(&mut self) {}
    pub fn search_prev(&mut self) {}
    pub fn clear_search(&mut self) {}
    pub fn is_searching(&self) -> bool {
        false
    }
    pub fn mark(&mut self) {}
    pub fn next_mark(&mut self) {}
    pub fn jump_to(&mut self, _: Duration) {}
    pub fn jump_back(&mut self) {}
    pub fn can_go_back(&self) -> bool {
        false
    }
    pub fn toggle_columns(&mut self) {}
    pub fn current_text(&self, _: &LogStore) -> Option<String> {
        None
    }
    pub fn title(&self, _: Option<&LogStore>, _: &Theme, _: bool, _: usize) -> Line<'static> {
        Line::from(" Logs ")
    }
    pub fn render(&mut self, _: Option<&LogStore>, _: &Theme, _: Rect, _: &mut Buffer, _: bool) {}
}
