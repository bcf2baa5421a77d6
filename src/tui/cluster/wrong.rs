//! What was wrong, as it stands under the lanes: an operation from its call to its answer.

use std::time::Duration;

use crate::report::card::Card;
use crate::text::clean;
use crate::tui::history::labels::did;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub from: Duration,
    /// None if it was never answered.
    pub to: Option<Duration>,
    pub node: Option<String>,
    pub text: String,
    /// Its answer is the wrong one; otherwise it only proves that.
    pub culprit: bool,
}

impl Wrong {
    /// When it was wrong: with its answer.
    pub fn moment(&self) -> Duration {
        self.to.unwrap_or(self.from)
    }
}

/// The operations that a failure is about, the one whose answer is wrong first.
pub(super) fn operations(card: &Card) -> Vec<Wrong> {
    if let Some(explanation) = &card.explanation {
        let wrong = |(place, operation): (usize, &history::Operation)| Wrong {
            from: operation.called,
            to: operation.returned,
            node: operation.node.as_deref().map(str::to_owned),
            text: format!("c{} {}", operation.client, did(operation)),
            culprit: place == explanation.culprit,
        };
        let mut all: Vec<Wrong> = explanation.operations.iter().enumerate().map(wrong).collect();
        all.sort_by_key(|wrong| (!wrong.culprit, wrong.from));
        return all;
    }
    let last = card.led_here.iter().rev().find(|row| row.wrong && row.at.is_some());
    let wrong = last.and_then(|row| {
        let from = row.at?;
        let words = [&row.verb, &row.node, &row.text, &row.outcome];
        let words: Vec<&str> = words.into_iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        // The row's own node: what a test compares need not be the last request that it made.
        let of_row = Some(&row.node).filter(|node| !node.is_empty());
        let node = of_row.or(card.request.as_ref().map(|request| &request.node)).cloned();
        let to = Some(from + row.took.unwrap_or_default());
        Some(Wrong { from, to, node, text: clean(&words.join(" ")), culprit: true })
    });
    wrong.into_iter().collect()
}
