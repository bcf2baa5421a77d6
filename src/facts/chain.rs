//! A failure as a chain: what waited for it, counted it or held it to a time, around what went wrong in the end.

use std::iter::successors;

use super::conversation::Conversation;
use super::failure::{Finding, What};
use super::mismatch::Mismatch;
use super::operation::{Answered, Cause, Operation};
use super::source::Source;
use super::spot::Spot;
use super::walk::Walk;

impl What {
    /// Only this function, [`What::finding_mut`] and [`What::into_finding`] know what a failure may be wrapped in.
    fn link(&self) -> Result<&What, &Finding> {
        match self {
            What::NotInTime { last, .. }
            | What::DidNotHold { last, .. }
            | What::Rounds { last, .. }
            | What::Walked { last, .. } => Ok(last),
            What::Copies { first, .. } => Ok(first),
            What::Found(finding) => Err(finding),
        }
    }

    /// What was found in the end, whatever waited for it.
    pub fn finding(&self) -> &Finding {
        let mut what = self;
        loop {
            match what.link() {
                Ok(inner) => what = inner,
                Err(finding) => return finding,
            }
        }
    }

    /// The same, for whoever completes it.
    pub fn finding_mut(&mut self) -> &mut Finding {
        match self {
            What::NotInTime { last, .. }
            | What::DidNotHold { last, .. }
            | What::Rounds { last, .. }
            | What::Walked { last, .. } => last.finding_mut(),
            What::Copies { first, .. } => first.finding_mut(),
            What::Found(finding) => finding,
        }
    }

    /// The same, for whoever keeps it alone.
    pub fn into_finding(self) -> Finding {
        match self {
            What::NotInTime { last, .. }
            | What::DidNotHold { last, .. }
            | What::Rounds { last, .. }
            | What::Walked { last, .. } => last.into_finding(),
            What::Copies { first, .. } => first.into_finding(),
            What::Found(finding) => finding,
        }
    }

    /// The outermost part of a failure that had a deadline, and whether the program was not granted that time. None
    /// where nothing waited.
    pub fn waited(&self) -> Option<bool> {
        successors(Some(self), |what| what.link().ok()).find_map(|what| match what {
            What::NotInTime { starved, .. } => Some(*starved),
            What::DidNotHold { .. }
            | What::Rounds { .. }
            | What::Copies { .. }
            | What::Walked { .. }
            | What::Found(_) => None,
        })
    }
}

impl What {
    /// The walk at random that came to it, if one did.
    pub fn walk(&self) -> Option<&Walk> {
        successors(Some(self), |what| what.link().ok()).find_map(|what| match what {
            What::Walked { walk, .. } => Some(&**walk),
            _ => None,
        })
    }
}

impl Finding {
    /// The answers that are not what was expected, with where they differ; of a finding about something else, none.
    pub fn wrong_answers(&self) -> Vec<(&Operation, &[Mismatch])> {
        match self {
            Finding::Answer { operation, mismatches } => vec![(operation, mismatches)],
            Finding::Answers { others, .. } => {
                others.iter().map(|(operation, mismatches)| (operation, &mismatches[..])).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The requests that the failure is about.
    pub fn requests(&self) -> Vec<&Operation> {
        match self {
            Finding::Answer { operation, .. } => vec![operation],
            Finding::Answers { others, .. } => others.iter().map(|(operation, _)| operation).collect(),
            Finding::Breach { proof, .. } => proof.iter().collect(),
            Finding::Conversation(_)
            | Finding::TooFew { .. }
            | Finding::Node { .. }
            | Finding::DiskUsage { .. }
            | Finding::Traffic(_)
            | Finding::NoRole { .. }
            | Finding::Command { .. }
            | Finding::Cases { .. }
            | Finding::Violation(_)
            | Finding::Undecided { .. }
            | Finding::ShortWalk(_)
            | Finding::Value { .. }
            | Finding::Compared { .. } => Vec::new(),
        }
    }

    /// The earlier answers that what was expected comes from.
    pub fn sources(&self) -> Vec<&Source> {
        if let Finding::Compared { sources, .. } = self {
            return sources.iter().collect();
        }
        self.mismatches().into_iter().filter_map(|mismatch| mismatch.source.as_ref()).collect()
    }

    fn mismatches(&self) -> Vec<&Mismatch> {
        match self {
            Finding::Answer { mismatches, .. } => mismatches.iter().collect(),
            Finding::Answers { others, .. } => others.iter().flat_map(|(_, mismatches)| mismatches).collect(),
            Finding::Conversation(talk) => talk.mismatches.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether an answer came as expected but for this header.
    pub fn is_wrong_in_header(&self, name: &str) -> bool {
        let is_it = |mismatch: &&Mismatch| matches!(&mismatch.path, Spot::Header(header) if header.eq_ignore_ascii_case(name));
        let mismatches = self.mismatches();
        !mismatches.is_empty() && mismatches.iter().all(is_it)
    }

    /// The conversation that went wrong, if it was one.
    pub fn conversation(&self) -> Option<&Conversation> {
        match self {
            Finding::Conversation(talk) => Some(talk),
            _ => None,
        }
    }

    /// The node that could not be started or stopped, or that ended, if that is what went wrong.
    pub fn node(&self) -> Option<&str> {
        match self {
            Finding::Node { node, .. } => Some(node),
            _ => None,
        }
    }

    /// Whether there was no answer because a connection broke, as when a node ends; or, for many requests, whether that
    /// may be why too few succeeded.
    pub fn is_broken_connection(&self) -> bool {
        let broken = |answered: &Answered| matches!(answered, Answered::NoAnswer { cause, .. } if cause.breaks());
        match self {
            Finding::Answer { operation, .. } => broken(&operation.result),
            Finding::Answers { others, .. } => others.iter().any(|(operation, _)| broken(&operation.result)),
            Finding::Conversation(talk) => talk.cause.is_some_and(Cause::breaks),
            Finding::TooFew { .. } | Finding::NoRole { .. } | Finding::Undecided { .. } => true,
            Finding::Node { .. }
            | Finding::DiskUsage { .. }
            | Finding::Traffic(_)
            | Finding::Command { .. }
            | Finding::Cases { .. }
            | Finding::Breach { .. }
            | Finding::Violation(_)
            | Finding::ShortWalk(_)
            | Finding::Value { .. }
            | Finding::Compared { .. } => false,
        }
    }
}

impl From<Finding> for What {
    fn from(finding: Finding) -> Self {
        What::Found(finding)
    }
}

impl Cause {
    /// The connection broke, or was never made.
    pub fn breaks(self) -> bool {
        matches!(self, Cause::Refused | Cause::Reset | Cause::Closed | Cause::HalfAnswer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_chain_ends_at_what_went_wrong() {
        let node = Finding::Node {
            node: "n2".into(),
            sentence: "n2 ended".into(),
            said: Vec::new(),
            late: false,
            starved: false,
        };
        let held = |what| What::DidNotHold { held: Duration::ZERO, wanted: Duration::ZERO, last: Box::new(what) };
        let copies = What::Copies {
            failed: 1,
            of: 4,
            copy: "i 0".into(),
            first: Box::new(held(node.into())),
            in_turn: false,
            spread: None,
            others: Vec::new(),
        };
        assert_eq!(copies.waited(), None);
        let last = Box::new(copies);
        let late = What::NotInTime { within: Duration::ZERO, attempts: 1, last, seen: Vec::new(), starved: true };
        let rounds = What::Rounds { failed: 2, of: 3, allowed: 1, last: Box::new(held(late)) };
        assert!(matches!(rounds.finding(), Finding::Node { node, .. } if node == "n2"));
        assert_eq!(rounds.waited(), Some(true));
    }

    #[test]
    fn json_has_a_finding_where_another_failure_would_be() {
        let value: What = Finding::Value { sentence: "It differs.".into() }.into();
        let held = What::DidNotHold { held: Duration::ZERO, wanted: Duration::ZERO, last: Box::new(value) };
        let json = serde_json::to_value(&held).unwrap();
        assert_eq!(json["last"], serde_json::json!({ "kind": "value", "sentence": "It differs." }));
        let read: What = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), json);
    }
}
