//! A store of many groups: each key lives in one, and each group is a cluster with a log of its own.
//!
//! Keys are hashed into slots, as Redis Cluster does it, and a group owns slots. Who owns which is written down twice. The
//! plan, in the log of the first group, says who is to have what; what each group holds, in its own log, says what it has.
//! Requests are served by the second alone, in the order of the log that they are in themselves, so that one does not come
//! before or after a move by chance of time.
//!
//! | module | holds |
//! |---|---|
//! | `slots` | keys into slots |
//! | `plan` | who owns which slot, and who is to |
//! | `holding` | what this group has of each slot |
//! | `step`, `apply` | how both change: entries of logs |
//! | `mover` | what a leader does to make a plan come true |
//! | `ground`, `node` | what that stands on |
//! | `wire`, `calls` | what nodes of different groups say to each other, and the way there |
//! | `directory` | who leads the other groups |
//! | `service` | all of it, as the API sees it |
//! | `flags` | `--group` and `--groups` |

mod apply;
mod calls;
mod directory;
mod flags;
mod ground;
mod holding;
mod mover;
mod node;
mod plan;
mod service;
#[cfg(test)]
mod simulation;
mod slots;
mod step;
mod wire;

use std::sync::Arc;

pub(super) use calls::PATH as ASKS;
pub(super) use flags::{GroupFlags, Grouping};
pub(super) use ground::Ground;
pub(super) use holding::{INDEX_BITS, Shards, Whereabouts};
pub(super) use plan::Changed;
pub(super) use service::Groups;
pub(super) use slots::Slot;
pub(super) use step::Step;
pub(super) use wire::{Answer, Question};

/// A group's name.
pub(super) type GroupId = Arc<str>;
