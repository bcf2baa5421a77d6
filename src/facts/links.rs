//! What is done to the links between nodes.

use serde::{Deserialize, Serialize};

use super::verb::Verb;

/// A change to the links between nodes, and how they are after it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Links {
    #[serde(default)]
    pub verb: Verb,
    /// What was done, for people: `partition n1, n2 | n3, n4, n5`.
    pub text: String,
    /// The directions that are cut now: from whom, to whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slow: Vec<SlowLink>,
}

/// A direction that is slow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlowLink {
    pub from: String,
    pub to: String,
    /// `50ms ± 40ms, 10% lost`
    pub how: String,
}
