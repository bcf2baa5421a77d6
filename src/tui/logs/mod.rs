//! The log view: what all nodes of a run printed, on one clock, along with what lsfr did.
//!
//! Logs may have ten million lines, so none is held. A thread keeps an [`index`] of blocks: where some lines are in
//! which file, and when they came. What is drawn is read from the files at that moment, a screen full at most. A
//! position is a [`Place`](index::Place) in the order of time, never a row number, so nothing on the screen moves
//! because lines arrive.
//!
//! | file | what it does |
//! |---|---|
//! | `follower` | turns what a node's file gains into blocks |
//! | `events` | what lsfr did, and its requests, from the file of the run's events |
//! | `indexer` | the thread: follows, merges, scans |
//! | `scan` | counts what fits a filter or a search, block by block |
//! | `view` | walks over the lines that can be seen |
//! | `speech` | what one node printed around a moment |
//! | `quoted` | the line that a failure quotes |
//! | `pane`, `moves`, `columns` | where the reader is, and how that changes |
//! | `draw`, `row`, `paths`, `title` | rows, the pane's title |

mod columns;
mod draw;
mod events;
mod follower;
mod index;
mod indexer;
mod lines;
mod moves;
mod pane;
mod paths;
mod pattern;
mod quoted;
mod row;
mod scan;
mod speech;
mod store;
mod title;
mod view;

pub use pane::{LogPane, Source};
pub use pattern::Pattern;
pub use quoted::Quoted;
pub use speech::{Speech, Spoken};
pub use store::LogStore;
pub use title::Onward;

#[cfg(test)]
mod tests;
