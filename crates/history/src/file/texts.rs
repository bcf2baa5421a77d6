//! Texts that were read before.

use crate::{Action, Lists, Operation, Step, Text};

/// Texts that were read before: a history repeats its keys, nodes and values.
#[derive(Default)]
pub(super) struct Texts {
    known: std::collections::HashSet<Text>,
    lists: Lists,
}

impl Texts {
    pub(super) fn share(&mut self, operation: &mut Operation) {
        self.one(&mut operation.key);
        if let Action::Transaction { steps } = &mut operation.action {
            steps.iter_mut().for_each(|step| self.step(step));
        }
        let value = match &mut operation.action {
            Action::Read { value } | Action::Take { value } => [value.as_mut(), None],
            Action::Write { value } | Action::Put { value } | Action::Ack { value } => [Some(value), None],
            Action::CompareAndSet { from, to } => [from.as_mut(), to.as_mut()],
            Action::Transfer { from, to, .. } => [Some(from), Some(to)],
            Action::Delete | Action::Transaction { .. } | Action::Balances { .. } => [None, None],
        };
        for text in value.into_iter().flatten().chain(&mut operation.node) {
            self.one(text);
        }
    }

    fn step(&mut self, step: &mut Step) {
        match step {
            Step::Append { key, element } => {
                self.one(key);
                self.one(element);
            }
            Step::Get { key, list } => {
                self.one(key);
                *list = self.lists.list(key, list.elements().into_iter().cloned());
            }
        }
    }

    fn one(&mut self, text: &mut Text) {
        match self.known.get(text) {
            Some(known) => *text = known.clone(),
            None => {
                self.known.insert(text.clone());
            }
        }
    }
}
