//! lsfr teaches how systems work by having you build them: it runs your program as a black box, crashes it, and
//! shows which operation broke which promise.
//!
//! Each folder is one concern, and depends only on those further down:
//!
//! | module | concern |
//! |---|---|
//! | [`cli`] | the command line, a file for each plain command |
//! | [`config`] | the learner's own settings: config.yaml |
//! | [`tui`] | the full-screen app: events, updates, effects, views |
//! | [`session`] | a challenge directory at work: starts runs, moves on |
//! | [`report`] | failure cards; text, JSON lines, JUnit; the folder that records a run |
//! | [`runner`] | runs stages: the interpreter of scenarios; tells events and knows nobody who listens |
//! | [`watch`] | which of the learner's files changed |
//! | [`workload`] | clients that make histories, and the faults beside them |
//! | [`cluster`] | nodes: guards, process trees, ports, readiness, logs, limits |
//! | [`network`] | the links between nodes, and what is done to them |
//! | [`messages`] | what nodes say to each other: decoded, recorded, read back |
//! | [`project`] | a learner's directory: lsfr.yaml, scaffolding, starters |
//! | [`challenge`] | packs: loaded, embedded, checked |
//! | [`scenario`] | the language of tests: read, checked, evaluated, matched |
//! | [`facts`] | what happens in a run and what comes of it, as data: below whatever runs, reports or draws |
//! | [`machine`] | what lsfr needs of the machine: room on the disk, a loopback |
//! | [`markdown`], [`text`], [`yaml`], `last_words` | what the others read and write: guides, text from outside, positioned YAML, the ends of logs |
//! | `log`, `crash`, `xdg` | what lsfr says of its own faults, and where the learner's own files are |
//! | `tty` | the terminal around lsfr: its size, whether it can draw, whose it is |
//!
//! Crates beside this one, in `crates/`:
//!
//! | crate | concern |
//! |---|---|
//! | [`history`] | what clients saw, and whether it can have happened; usable without lsfr |
//! | [`mod@reference`] | correct programs and their seeded bugs; nothing else knows them |
#![forbid(unsafe_code)]

pub mod challenge;
pub mod cli;
pub mod cluster;
pub mod config;
mod crash;
pub mod facts;
#[cfg(test)]
mod json_schema;
mod last_words;
mod log;
pub mod machine;
pub mod markdown;
pub mod messages;
pub mod network;
pub mod project;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod session;
pub mod text;
mod tty;
pub mod tui;
pub mod watch;
pub mod workload;
mod xdg;
pub mod yaml;

use history::seconds;
