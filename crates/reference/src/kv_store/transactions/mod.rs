//! Transactions: up to 16 operations as one step, on keys of any groups.
//!
//! Inside one group a transaction is one entry of its log. Over several it is a two-phase commit among replicated groups,
//! as in "Spanner: Google's Globally-Distributed Database" (4.2.1), without Spanner's clocks, which single reads from
//! snapshots would need and nothing here does. The group that has the key of the first operation coordinates:
//!
//! 1. Each group prepares its part, in one entry: it takes locks on the keys, shared for what is only read, looks at the
//!    checks, and notes what it is going to write. The coordinator's own part comes first, in its own log.
//! 2. When all have prepared, the coordinator's log decides: commit. That entry is the moment in which the transaction
//!    happens, for clients with an Idempotency-Key, too. Anything else before it means: abort.
//! 3. Each group hears the decision, writes or forgets, and frees the locks.
//!
//! All locks are held at the moment of the decision (two-phase locking), and everything else that reads or writes those
//! keys waits for them. So transactions and single requests are strictly serializable.
//!
//! No clock and no client is needed to end a transaction: a group that has waited too long asks the coordinator's group,
//! and a leader of that aborts what nobody coordinates any more. Locks are waited for in the order of the groups' names
//! alone: whoever holds one of a later group gives way at once, so that no circle of waiting can arise.
//!
//! | module | holds |
//! |---|---|
//! | `ops` | the operations, and what they do to keys and values |
//! | `request` | transactions as clients write and read them |
//! | `step` | the entries of logs |
//! | `participant` | a group's part: locks, prepared parts, decisions |
//! | `coordinator` | the course of a transaction |
//! | `recovery` | what becomes of one whose coordinator, or its word, was lost |

mod coordinator;
mod ops;
mod participant;
mod recovery;
mod request;
mod step;

use std::sync::Arc;

pub(super) use coordinator::{Part, Running, Step, Verdict, coordinate, prepare};
pub(super) use ops::{Op, Results};
pub(super) use participant::{Lock, Transactions};
pub(super) use recovery::{outcome, recover};
pub(super) use request::{answer, parse};
pub(super) use step::TxnStep;

/// The name of a transaction that concerns several groups.
pub(super) type TxnId = Arc<str>;
