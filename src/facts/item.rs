//! What a line on a connection is about, where a pack says so.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the things that a program keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    pub kind: ItemKind,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    Job,
    Key,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ItemKind::Job => "job",
            ItemKind::Key => "key",
        };
        write!(f, "{kind} {}", self.name)
    }
}
