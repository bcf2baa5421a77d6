//! stub
use super::{scroll::Scroll, theme::Theme};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};
#[derive(Debug, Default)]
pub struct GuidePane;
impl GuidePane {
    pub fn show(&mut self, _: &str, _: &str) {}
    pub fn mark(&mut self, _: Option<&str>) {}
    pub fn unmark(&mut self) {}
    pub fn scroll(&mut self, _: Scroll) {}
    pub fn left(&mut self) {}
    pub fn right(&mut self) {}
    pub fn search(&mut self, _: &str) {}
    pub fn search_next(&mut self) {}
    pub fn search_prev(&mut self) {}
    pub fn clear_search(&mut self) {}
    pub fn is_searching(&self) -> bool {
        false
    }
    pub fn next_link(&mut self) {}
    pub fn links(&self) -> &[crate::markdown::Link] {
        &[]
    }
    pub fn current_link(&self) -> Option<&str> {
        None
    }
    pub fn status(&self) -> String {
        String::new()
    }
    pub fn render(&mut self, _: &Theme, _: Rect, _: &mut Buffer, _: bool) {}
}
pub fn openable(_: &str) -> bool {
    false
}
pub fn line(l: &crate::markdown::Line, _: &Theme) -> Line<'static> {
    Line::from(crate::markdown::to_plain(l))
}
