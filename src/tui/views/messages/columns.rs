//! Where the columns of the picture are: times, clients, nodes, words.

use ratatui::layout::Rect;

use crate::text::width;

/// From a lifeline to the next, at least and at most.
const NARROWEST: u16 = 3;
const WIDEST: u16 = 16;
/// Columns for words that are always left.
const WORDS: u16 = 26;

/// Columns of the screen.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Of the times.
    pub(super) times: u16,
    pub(super) clients: u16,
    /// The lifelines of the nodes that have one, from this node on.
    pub(super) nodes: Vec<u16>,
    pub(super) first: usize,
    pub(super) pitch: u16,
    pub(super) words: u16,
    /// Behind the last one.
    pub(super) right: u16,
}

impl Columns {
    /// `times` columns are for times, and `first` is the first node that is shown if there is no room for all.
    pub(super) fn new(area: Rect, names: &[String], times: u16, first: usize) -> Columns {
        let nodes = u16::try_from(names.len()).unwrap_or(u16::MAX);
        let left = area.x + times;
        // A little more than half is for words.
        let wanted = area.width.saturating_sub(times).saturating_mul(9) / 20 / (nodes + 1);
        let longest = names.iter().map(|name| width(name) as u16 + 1).max().unwrap_or(0);
        let pitch = wanted.max(longest.min(WIDEST / 2)).clamp(NARROWEST, WIDEST);
        let room = area.width.saturating_sub(times + WORDS);
        let shown = (room / pitch).saturating_sub(1).max(1).min(nodes);
        let clients = left + (pitch / 2).clamp(4, 5);
        let first = first.min(usize::from(nodes - shown));
        let lifelines: Vec<u16> = (0..shown).map(|number| clients + pitch * (number + 1)).collect();
        let words = lifelines.last().map_or(clients, |last| *last) + 3;
        Columns { times: area.x, clients, nodes: lifelines, first, pitch, words, right: area.right() }
    }

    /// Where an arrow to a node ends: at the edge, if the node is beyond it.
    pub(super) fn towards(&self, node: usize) -> u16 {
        let edge = self.nodes.last().copied().unwrap_or(self.clients);
        match node.checked_sub(self.first) {
            None => self.clients + self.pitch / 2,
            Some(place) => self.nodes.get(place).copied().unwrap_or(edge + 2),
        }
    }

    /// Nodes that are not shown.
    pub(super) fn beyond(&self, nodes: usize) -> usize {
        nodes.saturating_sub(self.nodes.len())
    }
}
