//! A column for each node: as many beside each other as can be read, and which of them.

use super::pane::LogPane;

/// Mark, time, and a gap of two.
pub(super) const TIME: u16 = 11;
/// Narrower than this, a column shows too little of a line.
pub(super) const NARROWEST: u16 = 30;

impl LogPane {
    /// Whether at least two nodes have room for a column each in a pane that is this wide inside, as of the last frame.
    pub fn can_show_columns(&self, width: u16) -> bool {
        self.nodes.len().min(fitting(width)) >= 2
    }

    pub fn toggle_columns(&mut self) {
        self.columns = !self.columns;
    }

    /// The nodes that have a column in a pane of this width; none if lines are interleaved.
    pub(super) fn place_columns(&mut self, width: u16) -> Option<Vec<String>> {
        self.beside = 0;
        if !self.columns || self.nodes.is_empty() {
            return None;
        }
        if let Some(node) = &self.node {
            return Some(vec![node.clone()]);
        }
        let fits = fitting(width).min(self.nodes.len());
        if fits < 2 {
            return None;
        }
        self.beside = fits;
        self.first_column = self.first_column.min(self.nodes.len() - fits);
        Some(self.nodes[self.first_column..self.first_column + fits].to_vec())
    }

    /// The nodes whose lines are shown alone, as of the last frame.
    pub(super) fn only(&self) -> Option<Vec<String>> {
        if let Some(node) = &self.node {
            return Some(vec![node.clone()]);
        }
        let last = (self.first_column + self.beside).min(self.nodes.len());
        self.has_more_columns().then(|| self.nodes[self.first_column.min(last)..last].to_vec())
    }

    /// Some nodes have a column beyond an edge.
    pub(super) fn has_more_columns(&self) -> bool {
        self.node.is_none() && self.beside > 0 && self.beside < self.nodes.len()
    }

    /// Moves the columns so that the one of this node is among them.
    pub(super) fn bring_column(&mut self, node: &str) {
        let Some(at) = self.nodes.iter().position(|known| known == node) else { return };
        if at < self.first_column {
            self.first_column = at;
        } else if self.beside > 0 && at >= self.first_column + self.beside {
            self.first_column = at + 1 - self.beside;
        }
    }
}

fn fitting(width: u16) -> usize {
    usize::from(width.saturating_sub(TIME) / NARROWEST)
}
