//! Random walks over the operations of a store, judged by a model of it.
//!
//! A [model](MODELS) is a state machine without I/O. It is asked what a store may answer, and learns from the answers.
//! What a contract leaves open it leaves open, too: it holds every state possible that explains the answers so far. An
//! operation without an answer, as when the store was killed meanwhile, may or may not have been done; a later answer
//! decides.
//!
//! A [`Drawer`] draws a walk, one [`Step`] at a time, from numbers that the caller gives it. A [`Player`] says what each
//! step asks and judges the answer. When one is wrong, [`tails`] and [`Shrinker`] find the few steps that matter; the
//! caller does them again and says what came of it.
//!
//! Nothing here knows how a request is sent, or what an answer looks like.

mod beliefs;
mod draw;
mod fewest;
mod kind;
mod map;
mod operation;
mod player;
mod queue;
mod set;
mod shrink;
mod simpler;
#[cfg(test)]
mod simulated;
mod slice;
mod transaction;
mod walk;

pub use beliefs::{GaveUp, Judged, MOST_STATES, Model, Setup};
pub use draw::{Crashes, Drawer, Mix, Nodes, Plan, Values, Vary};
pub use fewest::Fewest;
pub use kind::{MODELS, ModelKind, OperationKind, Stat, Takes, model, tube_name};
pub use operation::{Answer, Asked, Holding, JobState, Key, Outcome, Right, Span, Subject, Text, Token, Worker};
pub use player::Player;
pub use shrink::Shrinker;
pub use slice::{About, Tail, slice, tails};
pub use transaction::{Doing, Part, RightSeen, Seen};
pub use walk::{Act, Operation, Step, Symbol, Which};
