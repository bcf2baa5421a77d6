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
//! | `wire`, `calls` | what nodes of different groups say to each other, and the way there |
//! | `directory` | who leads the other groups |
//! | `service` | all of it, as the API sees it |
//! | `flags` | `--group` and `--groups` |

mod calls;
mod directory;
mod flags;
mod holding;
mod plan;
mod service;
mod slots;
mod wire;

use std::sync::Arc;

pub(super) use calls::PATH as ASKS;
pub(super) use flags::{GroupFlags, Grouping};
pub(super) use holding::{Shards, Whereabouts};
pub(super) use service::Groups;

/// A group's name.
pub(super) type GroupId = Arc<str>;
