//! What can be clicked, and where the last frame drew it.

use ratatui::layout::Rect;

use super::action::{Action, Pane};
use crate::report::places::SourcePlace;

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
    /// A line of the project that a failure names.
    Place(SourcePlace),
}

#[derive(Debug, Default)]
pub struct Targets(Vec<(Rect, Target)>);

impl Targets {
    pub fn add(&mut self, area: Rect, target: Target) {
        self.0.push((area, target));
    }

    /// Something was drawn over this area: what it covers can no longer be clicked.
    pub fn cover(&mut self, area: Rect) {
        self.0.retain(|(below, _)| !below.intersects(area));
    }

    /// In the order in which they were drawn.
    pub fn iter(&self) -> impl Iterator<Item = (Rect, &Target)> {
        self.0.iter().map(|(area, target)| (*area, target))
    }

    /// What is at a place of the screen: of several, what was drawn last.
    pub fn at(&self, place: (u16, u16)) -> Option<&Target> {
        self.0.iter().rev().find(|(area, _)| area.contains(place.into())).map(|(_, target)| target)
    }
}
