//! What a run tells, told on.

pub mod card;
#[cfg(test)]
mod card_tests;
pub mod card_text;
pub mod cause;
pub mod collect;
pub mod curl;
pub mod diff;
pub mod trail;
