//! Facts: what happens in a run and what comes of it, as data. Whatever runs, reports or draws is a layer above this
//! one and depends on it, never the reverse. No decision depends on a sentence.

mod alike;
mod asked;
mod chain;
mod conversation;
mod copies;
mod event;
mod failure;
#[cfg(test)]
pub(crate) mod golden;
mod item;
mod kind;
mod links;
mod mismatch;
mod node;
mod operation;
mod source;
mod spot;
mod traffic;
mod verb;
mod verdict;
mod walk;
mod workload;

pub use alike::Alike;
pub use asked::{Need, Refused, Unanswered};
pub use conversation::{Closing, Conversation, Given, Speech, Spoken};
pub use copies::{CopyEnd, Others, Spread, in_other_ways};
pub use event::{Blocked, Event, LeftUp, NodeAddress, NotStarted, RunStarted, Stamped};
pub use failure::{Asked, Case, Failure, Finding, Place, Ran, Seen, UsedFile, Violation, What};
pub use item::{Item, ItemKind};
pub use kind::FailureKind;
pub use links::{Links, SlowLink};
pub use mismatch::{Expected, Mismatch};
pub use node::{ExitStatus, NodeEventKind, NodeStatus, Output, Signalled, signalled_words};
pub use operation::{Answer, Answered, Cause, Excerpt, Hop, Operation, OperationId, Part};
pub use source::Source;
pub use spot::Spot;
pub use traffic::{Counted, PairSum, SentKind, SentWhat, Traffic};
pub use verb::Verb;
pub use verdict::{FaultCause, Outcome, StageVerdict, TestVerdict, Verdict, pack_mistake};
pub use walk::{
    EarlyEnd, Held, Holding, JobState, Possible, PossibleVersion, ShortWalk, Shown, Walk, WalkAct, WalkOutcome,
    WalkStep, Walking,
};
pub use workload::{HistoryVerdict, Latency, Load, LoadEvent};

#[allow(clippy::trivially_copy_pass_by_ref)]
fn not(fact: &bool) -> bool {
    !fact
}
