//! lsfr teaches how systems work by having you build them: it runs your program as a black box, crashes it, and
//! shows which operation broke which promise.
//!
//! A folder is a concern, and arrows point down: `cli` and `report` know the runner's events, the runner knows
//! neither; `history`, `scenario` and `network` know nothing above them; nothing knows `reference`.
#![forbid(unsafe_code)]

pub mod challenge;
pub mod cli;
pub mod cluster;
pub mod markdown;
pub mod project;
pub mod reference;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod text;
pub mod yaml;
