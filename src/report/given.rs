//! Of a value that came in place of another: what the commands said of both that gave them to the program, by name.

use super::fact::{Entry, Fact};
use super::visible::quote_short;
use crate::facts::{Conversation, Expected, Given};

/// What was said of the value that should have come, and of the one that came.
#[derive(Debug, PartialEq, Eq)]
pub struct BothGiven {
    pub wanted: Given,
    pub came: Given,
}

impl BothGiven {
    /// None where one of them was not given, or twice and not in the same way, and where the same was said of both.
    pub(super) fn of<'e>(
        talk: &Conversation,
        entries: impl IntoIterator<Item = &'e Entry> + Clone,
    ) -> Option<BothGiven> {
        let mismatch = talk.mismatches.first()?;
        let Expected::Value(wanted) = &mismatch.expected else { return None };
        let (wanted, came) = (wanted.as_str()?, mismatch.actual.as_ref()?.as_str()?);
        let given = |value: &str| {
            let value = value.trim_end_matches(['\r', '\n']);
            let given = entries.clone().into_iter().filter(|entry| entry.at <= talk.when).flat_map(all_given);
            let mut given = given.filter(|given| given.value == value);
            let first = given.next()?;
            given.all(|other| other == first).then(|| first.clone())
        };
        let (wanted, came) = (given(wanted)?, given(came)?);
        (wanted.arguments != came.arguments).then_some(BothGiven { wanted, came })
    }

    /// `"first" was sent with priority 9, delay 1, ttr 60; "secnd" with priority 0, delay 2, ttr 60.`
    pub(super) fn words(&self) -> String {
        let value = |given: &Given| quote_short(&given.value, given.value.len());
        let said = |given: &Given| {
            let arguments = given.arguments.iter().map(|(name, value)| format!("{name} {value}"));
            arguments.collect::<Vec<_>>().join(", ")
        };
        let BothGiven { wanted, came } = self;
        format!("{} was sent with {}; {} with {}.", value(wanted), said(wanted), value(came), said(came))
    }
}

fn all_given(entry: &Entry) -> &[Given] {
    match &entry.fact {
        Fact::Spoken { given, .. } => given,
        _ => &[],
    }
}
