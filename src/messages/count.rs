//! Counts what nodes send each other from a moment on, by what the messages are, while the recorder decodes them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::decode::Content;
use super::message::Message;
use crate::facts::{Counted, PairSum, SentKind, SentWhat};
use crate::text::beginning;

/// Kinds that are told apart. Paths with numbers in them can make any number of kinds.
const KINDS: usize = 200;
/// Bytes of a message that is shown as an example of its kind.
const EXAMPLE: usize = 80;

/// Which of a run's counts it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountId(pub(super) u64);

/// Messages since a moment.
#[derive(Debug, Clone)]
pub(super) struct Count {
    /// Messages whose first byte came to a link before this do not count.
    pub(super) since: Duration,
    /// How many reports had been lost by then.
    pub(super) missed: u64,
    kinds: BTreeMap<u32, (SentWhat, Pairs)>,
    others: PairSum,
    unrecognised: Pairs,
}

/// Messages and bytes from one node to another.
type Pairs = BTreeMap<Pair, (u64, u64)>;
type Pair = (Arc<str>, Arc<str>);

impl Count {
    pub(super) fn new(since: Duration, missed: u64) -> Count {
        let (kinds, others, unrecognised) = Default::default();
        Count { since, missed, kinds, others, unrecognised }
    }

    /// Counts a message; `alike` is equal for those that are of one kind.
    pub(super) fn add(&mut self, message: &Message, alike: u32) {
        if message.began < self.since {
            return;
        }
        let Some(what) = what(message) else {
            if is_unrecognised(message) {
                add(&mut self.unrecognised, message);
            }
            return;
        };
        if self.kinds.len() < KINDS || self.kinds.contains_key(&alike) {
            let (_, pairs) = self.kinds.entry(alike).or_insert_with(|| (what, Pairs::new()));
            add(pairs, message);
        } else {
            self.others.messages += 1;
            self.others.bytes += message.bytes;
        }
    }

    /// Bytes that are no message yet, and that nothing is known of.
    pub(super) fn add_undecided(&mut self, from: &Arc<str>, to: &Arc<str>, bytes: u64) {
        let (_, sum) = self.unrecognised.entry((Arc::clone(from), Arc::clone(to))).or_default();
        *sum += bytes;
    }

    /// What there is. `missed`: how many reports have been lost in all.
    pub(super) fn counted(&self, missed: u64) -> Counted {
        let mut kinds: Vec<SentKind> =
            self.kinds.values().map(|(what, pairs)| SentKind { what: what.clone(), pairs: sums(pairs) }).collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.messages()));
        Counted {
            kinds,
            others: self.others.clone(),
            unrecognised: sums(&self.unrecognised),
            missed: missed > self.missed,
        }
    }
}

fn add(pairs: &mut Pairs, message: &Message) {
    let (messages, bytes) = pairs.entry((Arc::clone(&message.from), Arc::clone(&message.to))).or_default();
    *messages += 1;
    *bytes += message.bytes;
}

fn sums(pairs: &Pairs) -> Vec<PairSum> {
    let sum = |((from, to), (messages, bytes)): (&Pair, &(u64, u64))| PairSum {
        from: from.to_string(),
        to: to.to_string(),
        messages: *messages,
        bytes: *bytes,
    };
    let mut sums: Vec<PairSum> = pairs.iter().map(sum).collect();
    sums.sort_by_key(|pair| std::cmp::Reverse((pair.messages, pair.bytes)));
    sums
}

/// What a message is. None for bytes whose framing is not known.
fn what(message: &Message) -> Option<SentWhat> {
    let example = || beginning(message.body.as_bytes(), EXAMPLE);
    Some(match &message.content {
        Content::HttpRequest { method, path } => SentWhat::HttpRequest { method: method.clone(), path: path.clone() },
        Content::HttpAnswer { status } => SentWhat::HttpAnswer { status: *status },
        Content::Json | Content::FramedJson => SentWhat::Json { example: example() },
        Content::Text => SentWhat::Text { example: example() },
        Content::Http2 | Content::Bytes | Content::Unrecorded => return None,
    })
}

/// White space between messages is none, and neither is a part of one whose sender ended in the middle of it.
fn is_unrecognised(message: &Message) -> bool {
    let known = match message.content {
        Content::Http2 | Content::Bytes => message.cut_short,
        _ => true,
    };
    let blank = !message.body.is_empty() && message.body.bytes().all(|byte| byte.is_ascii_whitespace());
    !known && !blank
}
