//! How much a file of tests may hold once all that it uses is written out.
//!
//! Shared steps are read again at each use, so a chain of thirty, each of which uses the one before ten times, is more
//! than any machine can hold. The most that a built-in file has is 206 steps, 6 deep.

use crate::yaml::Node;

use super::{Decoder, Names};

/// The most steps in one file of tests.
pub(in crate::scenario) const STEPS: usize = 10_000;
/// How deep steps may be nested: the interpreter recurses as deep.
pub(in crate::scenario) const DEPTH: usize = 24;
/// The most names that one step can see.
const NAMES: usize = 500;
/// The most mistakes that are reported for one file: more would not help anybody, and each takes time to find.
pub(super) const MISTAKES: usize = 100;

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Amount {
    steps: usize,
    depth: usize,
    /// Nothing more is read.
    full: bool,
}

impl Decoder<'_> {
    /// Reads steps inside the current step, unless they are too deep or there are too many already.
    pub(super) fn deeper<T>(&mut self, node: &Node, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.amount.depth == DEPTH {
            return self.too_much(node, format!("these steps are more than {DEPTH} deep in others"));
        }
        self.amount.depth += 1;
        let read = if self.amount.full { None } else { read(self) };
        self.amount.depth -= 1;
        read
    }

    /// Counts a step, and says whether it may be read.
    pub(crate) fn may_read(&mut self, node: &Node, names: &Names) -> bool {
        self.amount.steps += 1;
        if self.errors.len() >= MISTAKES {
            self.amount.full = true;
        } else if self.amount.steps > STEPS {
            let what = format!("with this one the tests of this file have more than {STEPS} steps");
            self.too_much::<()>(node, format!("{what}, those of `use` counted each time"));
        } else if names.len() > NAMES {
            self.too_much::<()>(node, format!("this step can see more than {NAMES} names"));
        }
        !self.amount.full
    }

    fn too_much<T>(&mut self, node: &Node, message: String) -> Option<T> {
        if !self.amount.full {
            self.amount.full = true;
            self.error(node.at, message, "no honest test needs that many: make it smaller, or split the stage");
        }
        None
    }
}
