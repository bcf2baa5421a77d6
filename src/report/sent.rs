//! What nodes sent each other, where that is more than they may: sentences, and a table of what makes the bulk of it.

use serde::{Deserialize, Serialize};

use super::card::Card;
use super::diff::{differences, plural};
use super::times::clock;
use super::visible::quote_beginning;
use crate::facts::{Counted, PairSum, SentKind, SentWhat, Traffic};
use crate::text::size;

/// Kinds of messages that a card tells one by one.
const KINDS: usize = 4;
/// Senders of a kind that have a line of their own.
const SENDERS: usize = 6;
/// Pairs of nodes in one line.
const PAIRS: usize = 7;

/// Messages of one kind, as a card shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SentRow {
    /// `960 messages`
    pub sum: String,
    /// `POST /gossip`; empty where only bytes were counted.
    pub what: String,
    /// `n1 → n2 48, n3 48`, a line for each sender.
    pub pairs: Vec<String>,
}

impl Card {
    pub(super) fn traffic(&mut self, traffic: &Traffic) {
        self.told.push(sum(traffic));
        if !traffic.unrecognised().is_empty() {
            self.unrecognised(traffic.unrecognised());
        }
        self.differences = traffic.mismatches.iter().flat_map(differences).collect();
        self.sent = match &traffic.messages {
            Some(counted) => messages(counted),
            None => vec![bytes(&traffic.bytes)],
        };
        if self.next.is_none() {
            self.next = Some(
                "`lsfr messages` shows all of them in order of time, each with the bytes that it takes.".to_owned(),
            );
        }
    }

    fn unrecognised(&mut self, pairs: &[PairSum]) {
        let all: u64 = pairs.iter().map(|pair| pair.bytes).sum();
        let few = pairs.iter().take(PAIRS).map(|pair| format!("{} → {} {}", pair.from, pair.to, size(pair.bytes)));
        let more = pairs.len().saturating_sub(PAIRS);
        let more = (more > 0).then(|| format!("{more} more"));
        let few: Vec<String> = few.chain(more).collect();
        self.told.push(format!(
            "Their messages had to be counted, and in {} lsfr cannot tell where one ends and the next begins: {}.",
            size(all),
            few.join(", ")
        ));
        self.next = Some(
            "Frame what your nodes say to each other in a way that lsfr knows: HTTP/1.x, a JSON value or a text on each \
             line, or JSON behind its length in 2, 4 or 8 bytes. `lsfr messages` shows what it made of the bytes."
                .to_owned(),
        );
    }
}

/// All of it in a sentence.
fn sum(traffic: &Traffic) -> String {
    let bytes = size(traffic.all_bytes());
    let what = match &traffic.messages {
        Some(counted) if counted.unrecognised.is_empty() => {
            let all = counted.all();
            format!("{all} {} of {bytes} in all", plural(all as usize, "message", "messages"))
        }
        _ => bytes,
    };
    let operations = traffic
        .operations
        .map(|operations| format!(", for {operations} {}", plural(operations as usize, "operation", "operations")));
    format!(
        "From {} to {} nodes sent each other {what}{}.",
        clock(traffic.since),
        clock(traffic.until),
        operations.unwrap_or_default()
    )
}

/// The kinds that make the bulk, and what is left.
fn messages(counted: &Counted) -> Vec<SentRow> {
    let row = |kind: &SentKind| SentRow {
        sum: amount(kind.messages()),
        what: what(&kind.what),
        pairs: senders(&kind.pairs, |pair| pair.messages.to_string()),
    };
    let mut rows: Vec<SentRow> = counted.kinds.iter().take(KINDS).map(row).collect();
    let rest: u64 = counted.kinds.iter().skip(KINDS).map(SentKind::messages).sum();
    let rest = rest + counted.others.messages;
    if rest > 0 {
        rows.push(SentRow { sum: amount(rest), what: "of other kinds".to_owned(), pairs: Vec::new() });
    }
    rows
}

fn bytes(pairs: &[PairSum]) -> SentRow {
    let all = pairs.iter().map(|pair| pair.bytes).sum();
    SentRow { sum: size(all), what: String::new(), pairs: senders(pairs, |pair| size(pair.bytes)) }
}

fn amount(messages: u64) -> String {
    format!("{messages} {}", plural(messages as usize, "message", "messages"))
}

/// Who sent how much to whom, by sender, those first that sent most.
fn senders(pairs: &[PairSum], amount: impl Fn(&PairSum) -> String) -> Vec<String> {
    let mut senders: Vec<&str> = Vec::new();
    for pair in pairs {
        if !senders.contains(&pair.from.as_str()) {
            senders.push(&pair.from);
        }
    }
    let line = |sender: &&str| {
        let own: Vec<&PairSum> = pairs.iter().filter(|pair| pair.from == *sender).collect();
        let more = own.len().saturating_sub(PAIRS);
        let more = (more > 0).then(|| format!("{more} more"));
        let each = own.iter().take(PAIRS).map(|pair| format!("{} {}", pair.to, amount(pair)));
        let all: Vec<String> = each.chain(more).collect();
        format!("{sender} → {}", all.join(", "))
    };
    let mut lines: Vec<String> = senders.iter().take(SENDERS).map(line).collect();
    let more = senders.len().saturating_sub(SENDERS);
    if more > 0 {
        lines.push(format!("{more} more {}", plural(more, "sender", "senders")));
    }
    lines
}

/// `POST /gossip`, an answer's status, or a message as an example.
fn what(what: &SentWhat) -> String {
    let quoted = |text: &String| quote_beginning(text, text.len());
    match what {
        SentWhat::HttpRequest { method, path } => format!("{method} {path}"),
        SentWhat::HttpAnswer { status } => format!("answers {status}"),
        SentWhat::Json { example } => format!("such as {example}"),
        SentWhat::Text { example } => format!("such as {}", quoted(example)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::facts::{Expected, Finding, Mismatch, What};
    use crate::report::card_page::{Form, Page};
    use crate::report::cluster_state::ClusterState;

    fn pair(from: &str, to: &str, messages: u64) -> PairSum {
        PairSum { from: from.into(), to: to.into(), messages, bytes: messages * 80 }
    }

    fn traffic(messages: Option<Counted>, mismatches: Vec<Mismatch>) -> Traffic {
        Traffic {
            mark: "begun".into(),
            since: Duration::from_millis(1204),
            until: Duration::from_millis(3311),
            operations: Some(20),
            bytes: vec![pair("n1", "n2", 48), pair("n1", "n3", 40), pair("n2", "n1", 3)],
            messages,
            unsure: false,
            mismatches,
        }
    }

    fn lines(traffic: Traffic) -> Vec<String> {
        let what = What::Found(Finding::Traffic(Box::new(traffic)));
        let card = Card::of_failure(&what, &ClusterState::default());
        let form = Form { columns: 100, whole_commands: false, all_hints: false, ask: "lsfr hint" };
        let text = |line: &Vec<(_, String)>| line.iter().map(|(_, text)| text.as_str()).collect::<String>();
        Page::new(&card, &form).failure.iter().map(text).collect()
    }

    fn differs(path: &str, words: &str, actual: u64) -> Vec<Mismatch> {
        let expected = Expected::Words(words.into());
        vec![Mismatch { path: path.into(), expected, actual: Some(actual.into()), source: None }]
    }

    #[test]
    fn the_kinds_that_make_the_bulk_come_first_with_who_sent_them() {
        let kind = |what, pairs| SentKind { what, pairs };
        let post = SentWhat::HttpRequest { method: "POST".into(), path: "/gossip".into() };
        let kinds = vec![
            kind(post, vec![pair("n1", "n2", 48), pair("n2", "n1", 40), pair("n1", "n3", 8)]),
            kind(SentWhat::HttpAnswer { status: 200 }, vec![pair("n2", "n1", 48)]),
            kind(SentWhat::Json { example: "{\"a\":1}".into() }, vec![pair("n3", "n1", 2)]),
            kind(SentWhat::Text { example: "PING\t1".into() }, vec![pair("n3", "n2", 1)]),
            kind(SentWhat::HttpAnswer { status: 404 }, vec![pair("n2", "n1", 1)]),
        ];
        let counted = Counted { kinds, ..Counted::default() };
        insta::assert_snapshot!(
            lines(traffic(Some(counted), differs("messages for each operation", "at most 4", 7))).join("\n")
        );
    }

    #[test]
    fn bytes_are_told_by_who_sent_them() {
        insta::assert_snapshot!(
            lines(traffic(None, differs("bytes for each operation", "at most 100 bytes", 364))).join("\n")
        );
    }

    #[test]
    fn bytes_in_no_known_framing_are_told_as_that() {
        let counted = Counted { unrecognised: vec![pair("n1", "n2", 9)], ..Counted::default() };
        insta::assert_snapshot!(lines(traffic(Some(counted), Vec::new())).join("\n"));
    }
}
