//! Facts: what happens in a run and what comes of it, as data. Whatever runs, reports or draws stands above this and
//! reads it; nothing here knows who does. No decision depends on a sentence.

mod conversation;
mod event;
mod failure;
mod kind;
mod links;
mod mismatch;
mod node;
mod operation;
mod verb;
mod verdict;
mod workload;

pub use conversation::{Closing, Conversation, Speech, Spoken};
pub use event::{Blocked, Event, NotStarted, RunStarted, Stamped};
pub use failure::{Case, Failure, Place, Ran, Seen, Violation, What};
pub use kind::FailureKind;
pub use links::{Links, SlowLink};
pub use mismatch::{Expected, Mismatch};
pub use node::{ExitStatus, NodeEventKind, NodeStatus, Output, Signalled, signalled_words};
pub use operation::{Answer, Answered, Cause, Excerpt, Hop, Operation, Part};
pub use verb::Verb;
pub use verdict::{FaultCause, Outcome, StageVerdict, TestVerdict, Verdict, pack_mistake};
pub use workload::{HistoryVerdict, Latency, Load, LoadEvent};

#[allow(clippy::trivially_copy_pass_by_ref)]
fn not(fact: &bool) -> bool {
    !fact
}
