//! Who appended an element and what became of it: what decides where reads of a list do not fit.

use std::time::Duration;

use super::observed::{Access, Observed};
use crate::phrases::{clock, sentence_part, shown, transaction};
use crate::{List, Operation, Outcome};

/// An element of a list.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) key: u32,
    pub(super) text: &'a str,
}

impl Element<'_> {
    /// The first access that was told it, by the time of the answer.
    pub(super) fn first_reader(self, observed: &Observed<'_>) -> Option<u32> {
        let readers = self.reads(observed).filter(|(_, access)| self.is_in(access));
        readers.min_by_key(|(_, access)| observed.transaction(access.transaction).over()).map(|(number, _)| number)
    }

    /// `` `7` was there at +1.55s and in none of the 31 reads after it``. None if the last reads found it, or nobody did.
    pub(super) fn gone(self, observed: &Observed<'_>, decimals: usize) -> Option<String> {
        let over = |access: &Access| observed.transaction(access.transaction).over();
        let found = self.reads(observed).filter(|(_, access)| self.is_in(access));
        let last = found.filter_map(|(_, access)| over(access)).max()?;
        let is_later = |access: &Access| observed.transaction(access.transaction).called() >= last;
        let reads = match self.reads(observed).filter(|(_, access)| is_later(access)).count() {
            0 => return None,
            1 => "not in the one read after it".to_owned(),
            later => format!("in none of the {later} reads after it"),
        };
        Some(format!("`{}` was there at {} and {reads}", shown(self.text), clock(last, decimals)))
    }

    /// `` `7` is of T1 (client 3), which was acknowledged by n2 at +1.50s``
    pub(super) fn appended(self, observed: &Observed<'_>, decimals: usize) -> String {
        let element = shown(self.text);
        let Some(writer) = self.writer(observed) else { return format!("`{element}` was appended by nobody") };
        let writer = observed.transaction(writer);
        let Operation { client, .. } = writer.operation;
        let became = became(writer.operation, decimals);
        format!("`{element}` is of {} (client {client}), which {became}", transaction(writer.place))
    }

    /// The transaction that appended it.
    pub(super) fn writer(self, observed: &Observed<'_>) -> Option<u32> {
        let append = observed.append_of.get(&(self.key, self.text))?;
        Some(observed.owner(*append).transaction)
    }

    /// All accesses that were told its list.
    fn reads<'o>(self, observed: &'o Observed<'_>) -> impl Iterator<Item = (u32, &'o Access<'o>)> {
        let all = (0..).zip(&observed.accesses);
        all.filter(move |(_, access)| access.key == self.key && access.told.is_some())
    }

    fn is_in(self, access: &Access<'_>) -> bool {
        access.told.is_some_and(|list: &List| list.backwards().any(|element| **element == *self.text))
    }
}

/// How a transaction ended: `was acknowledged by n2 at +1.50s`, `was not done (n2: 409 at +1.50s)`.
pub(super) fn became(operation: &Operation, decimals: usize) -> String {
    let node = operation.node.as_deref().map(shown);
    let at = |at: Duration| clock(at, decimals);
    if operation.outcome == Outcome::Ok {
        let by = node.map(|node| format!(" by {node}")).unwrap_or_default();
        let when = operation.returned.map(|returned| format!(" at {}", at(returned))).unwrap_or_default();
        return format!("was acknowledged{by}{when}");
    }
    let node = node.map(|node| format!("{node}: ")).unwrap_or_default();
    let note = operation.note.as_deref().map(|note| format!("{} ", sentence_part(note))).unwrap_or_default();
    let came = operation.returned.map(|returned| format!("{node}{note}at {}", at(returned)));
    let came = came.unwrap_or_else(|| format!("{node}no answer to the end"));
    match operation.outcome {
        Outcome::Unknown => format!("has no known outcome ({came})"),
        Outcome::Ok | Outcome::No | Outcome::Unmet => format!("was not done ({came})"),
    }
}
