//! What nodes say to each other, recorded at the links between them.
//!
//! | module | holds |
//! |---|---|
//! | `decode` | what a connection says, by its content; pure |
//! | `message` | a message and what became of it, as facts |
//! | `tracker` | follows connections: reports of links become messages and fates |
//! | `recorder` | the thread that does so, beside the links |
//! | `count` | what was sent from a moment on, counted while it is decoded |
//! | `segments`, `index` | the record on the disk, `messages.jsonl` and an index of it |
//! | `read` | the record read back |
//! | `forms` | a text as it is found in messages, base64 among the ways |
//! | `fold` | its rows: exchanges, and repeats as one |

mod count;
pub mod decode;
#[cfg(test)]
pub(crate) mod examples;
pub mod fold;
#[cfg(test)]
mod format_tests;
mod forms;
mod index;
mod message;
mod pair;
mod read;
mod recorder;
mod segments;
mod tracker;

pub use count::CountId;
pub use forms::Forms;
pub use index::Kind;
pub use message::{Ended, Fate, Held, Loss, Message, MessageId};
pub use pair::Pair;
pub use read::{Entry, ReadError, Record};
pub use recorder::Recording;

/// What the lines of a record are, for whoever reads them.
pub const FORMAT_PAGE: &str = include_str!("format.md");
