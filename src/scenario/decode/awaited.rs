//! Workloads that a test begins: something must wait for each.

use std::sync::Arc;

use history::Object;

use crate::text::did_you_mean;
use crate::yaml::{Diagnostic, Node, Source, Span};

use super::Decoder;
use super::fields::list;

/// A workload that some step begins.
pub(super) struct Begun {
    /// What its clients work on.
    of: Object,
    /// Where it begins, as long as nothing waits for it.
    unawaited: Option<(Arc<Source>, Span)>,
}

impl Decoder<'_> {
    pub(crate) fn workload_begins(&mut self, node: &Node, name: &str, of: Object) {
        let begun = Begun { of, unawaited: Some((self.source.clone(), node.at)) };
        self.workloads.insert(name.to_owned(), begun);
    }

    /// A step that waits for a workload; what its clients work on.
    pub(crate) fn known_workload(&mut self, node: &Node, name: &str) -> Option<Object> {
        if let Some(begun) = self.workloads.get_mut(name) {
            begun.unawaited = None;
            return Some(begun.of);
        }
        let known = || self.workloads.keys().map(String::as_str);
        let help = match did_you_mean(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.workloads.is_empty() => "start one before this step, as in `- workload: { … }`".to_owned(),
            None => format!("this test has {}", list(known())),
        };
        self.error(node.at, format!("no workload is called `{name}` here"), help);
        None
    }

    /// A workload that nothing waits for would be cut short by the end of the test, and nobody would look at what it
    /// found.
    pub(super) fn all_awaited(&mut self) {
        for (name, begun) in std::mem::take(&mut self.workloads) {
            if let Some((source, at)) = begun.unawaited {
                let forgotten = Diagnostic::new(&source, at, format!("nothing waits for the workload `{name}`"));
                self.errors.push(forgotten.help("`check` its history, or `await` it"));
            }
        }
    }
}
