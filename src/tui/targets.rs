//! What can be clicked, and where the last frame drew it.

use ratatui::layout::Rect;

use super::action::{Action, Pane};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A key of the footer.
    Key(Action),
    /// A pane that is not on the screen, by its number in the header.
    Tab(Pane),
    /// By its place in the challenge.
    Stage(usize),
    /// Of the list of tests, by its place.
    Entry(usize),
    /// An address in the guide.
    Link(String),
}

#[derive(Debug, Default)]
pub struct Targets(Vec<(Rect, Target)>);

impl Targets {
    pub fn add(&mut self, area: Rect, target: Target) {
        self.0.push((area, target));
    }

    /// What is at a place of the screen: of several, what was drawn last.
    pub fn at(&self, place: (u16, u16)) -> Option<&Target> {
        self.0.iter().rev().find(|(area, _)| area.contains(place.into())).map(|(_, target)| target)
    }
}
