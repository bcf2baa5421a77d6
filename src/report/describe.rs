//! Facts in words. Whatever folds, picks, judges or colours decides by the facts; words are made last, by a
//! [`Describe`], and no code reads them again.

use std::fmt;

use super::card::Card;
use super::card_told;
use super::carried::Carried;
use super::cause;
use super::cluster_state::{ClusterState, Done, DoneWhat, Ending};
use super::contrast::Contrast;
use super::cut_off::CutOff;
use super::diff::plural;
use super::exchange::Contradiction;
use super::exchange_words;
use super::fact::{Asked, Entry, Fact};
use super::fold::{Line, ways};
use super::given::BothGiven;
use super::headers;
use super::passed_on::PassedOn;
use super::phrases::{links_words, load_words, node_words, speech_words};
use super::reissued::Reissued;
use super::stray::{Own, Relation, Stray};
use super::tagged::{Fitted, Given, Tagged};
use super::times::{clock, time};
use super::visible::quote_short;
use crate::facts::{Blocked, Source, What};

/// The words of a line of what led to a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// `PUT`, `KILL`, `NOTE`; empty for a line that counts others.
    pub verb: String,
    pub node: String,
    pub text: String,
    /// `200`, `timed out`; empty where there is none.
    pub outcome: String,
}

pub trait Describe: fmt::Debug + Send + Sync {
    fn line(&self, line: &Line) -> Words;

    /// The facts that are left out: before all others, or between them. `dropped`: how many more there were, of which
    /// nothing is known any more.
    fn left_out(&self, entries: &[&Entry], dropped: usize, earlier: bool) -> Words;

    /// An earlier answer to the request that failed, which was another one.
    fn contrast(&self, contrast: &Contrast) -> String;

    /// The request for something else that sent what was answered.
    fn stray(&self, stray: &Stray) -> String;

    /// The answers that gave the ETag that a request was refused for.
    fn tagged(&self, tagged: &Tagged) -> String;

    /// Where a wrong ETag was before.
    fn reissued(&self, reissued: &Reissued) -> String;

    /// Which nodes sent what was expected, and whom.
    fn carried(&self, carried: &Carried) -> String;

    /// What nodes sent each other of the values by which a history is impossible.
    fn passed_on(&self, passed_on: &PassedOn) -> String;

    /// That a node was cut off when it answered.
    fn cut_off(&self, cut_off: &CutOff) -> String;

    /// The earlier answer that an expectation comes from.
    fn origin(&self, source: &Source) -> String;

    /// Two exchanges of a conversation that do not fit each other.
    fn contradiction(&self, both: &Contradiction) -> String;

    /// What was said of the value that should have come, and of the one that came.
    fn given(&self, both: &BothGiven) -> String;

    /// How a node ended by itself.
    fn ending(&self, how: &Ending) -> String;

    /// What there is to say of something that was done, besides which nodes it was done to.
    fn done(&self, done: &Done) -> String;

    /// The parts of a card that say what went wrong, given the state of the nodes at that moment. The rest of the card
    /// is empty.
    fn failure(&self, what: &What, cluster: &ClusterState) -> Card;

    /// The same for a program that could not be built or started; `folder` is the run's.
    fn blocked(&self, why: &Blocked, folder: &str) -> Card;
}

/// The words of lsfr.
#[derive(Debug, Clone, Copy)]
pub struct English;

impl Describe for English {
    fn line(&self, line: &Line) -> Words {
        match line {
            Line::One(entry) => one(entry),
            Line::Together(entries) => {
                let nodes: Vec<&str> = entries.iter().flat_map(|entry| &entry.nodes).map(String::as_str).collect();
                let verb = entries.first().map(|entry| one(entry).verb).unwrap_or_default();
                Words { verb, text: nodes.join(", "), ..Words::default() }
            }
            Line::Requests(entries) => counted(requests(entries)),
            Line::Conversations(entries) => counted(conversations(entries)),
            Line::Again(entries) => {
                let last = entries.last().map(|entry| clock(entry.at)).unwrap_or_default();
                counted(format!("{} more of the same, the last at {last}", entries.len()))
            }
        }
    }

    fn left_out(&self, entries: &[&Entry], dropped: usize, earlier: bool) -> Words {
        let word = if earlier { "earlier" } else { "more" };
        let count = entries.len() + dropped;
        if entries.is_empty() {
            return counted(format!("{count} {word} {}", plural(count, "event", "events")));
        }
        let mut kinds: Vec<(String, usize)> = Vec::new();
        for kind in entries.iter().map(|entry| kind(entry)) {
            match kinds.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((kind, 1)),
            }
        }
        counted(format!("{count} {word}: {}", commonest(kinds, dropped > 0)))
    }

    fn contrast(&self, contrast: &Contrast) -> String {
        let Contrast { asked, at, node, before } = contrast;
        let body = match asked.bytes {
            0 => String::new(),
            bytes => format!(" {}", quote_short(&asked.body, bytes)),
        };
        let before = before.as_ref().map(before_deed).unwrap_or_default();
        let answered = outcome(asked);
        format!("At {} {node} answered the same request {answered}{body}{before}.", clock(*at))
    }

    fn stray(&self, Stray { asked, at, node, own }: &Stray) -> String {
        let Asked { method, path, .. } = asked;
        let sent = format!("This value was sent with {method} {node} {path} at {}", clock(*at));
        let Some(Own { asked, at, relation }) = own else {
            return format!("{sent}, and with no request for this path.");
        };
        let own = format!("The last {} of this path", asked.method);
        let own = match relation {
            Relation::Before(by) => format!("{own} had been answered {} before that began", time(*by)),
            Relation::After(by) => format!("{own} began {} after that was answered", time(*by)),
            Relation::Beside => {
                return format!(
                    "{sent}, and with no request for this path. {own} was under way at the same time, from {} to {}.",
                    clock(*at),
                    clock(*at + asked.took)
                );
            }
        };
        format!("{sent}, and with no request for this path. {own}: the two were not under way at once.")
    }

    fn tagged(&self, Tagged { first, last, fitted }: &Tagged) -> String {
        let gave = |given: &Given| format!("with {} at {}", given.method, clock(given.at));
        let also = match last {
            Some(last) if last.node == first.node => format!(" and {}", gave(last)),
            Some(last) => format!(", and {} {}", last.node, gave(last)),
            None => String::new(),
        };
        let fitted = fitted.as_ref().map(|Fitted { asked, at, node, before }| {
            let before = before.as_ref().map(before_deed).unwrap_or_default();
            let Asked { method, path, .. } = asked;
            format!(
                " {method} {path} with its ETag was answered {} by {node} at {}{before}.",
                outcome(asked),
                clock(*at)
            )
        });
        let fitted = fitted.unwrap_or_default();
        format!("{} gave this ETag {}{also}; nothing was written here since.{fitted}", first.node, gave(first))
    }

    fn reissued(&self, reissued: &Reissued) -> String {
        let gave = |Given { node, method, at }: &Given| format!("with {method} at {}, by {node}", clock(*at));
        match reissued {
            Reissued::Before(given) => format!("It had this ETag before: {}.", gave(given)),
            Reissued::Never => "No answer of this test had this ETag before.".to_owned(),
        }
    }

    fn carried(&self, carried: &Carried) -> String {
        carried.words()
    }

    fn passed_on(&self, passed_on: &PassedOn) -> String {
        passed_on.words()
    }

    fn cut_off(&self, cut_off: &CutOff) -> String {
        cut_off.words()
    }

    fn origin(&self, source: &Source) -> String {
        card_told::origin(source)
    }

    fn contradiction(&self, both: &Contradiction) -> String {
        exchange_words::contradiction(both)
    }

    fn given(&self, both: &BothGiven) -> String {
        both.words()
    }

    fn ending(&self, how: &Ending) -> String {
        match how {
            Ending::Exited(status) => status.to_string(),
            Ending::OverLimit(sentence) => sentence.clone(),
        }
    }

    fn done(&self, done: &Done) -> String {
        match &done.what {
            DoneWhat::Links(links) => links_words(links).1,
            DoneWhat::Node(_) if done.nodes.len() > 1 => String::new(),
            DoneWhat::Node(what) => node_words(what).1,
        }
    }

    fn failure(&self, what: &What, cluster: &ClusterState) -> Card {
        Card::of_failure(what, cluster)
    }

    fn blocked(&self, why: &Blocked, folder: &str) -> Card {
        Card::of_blocked(why, folder)
    }
}

/// `, before KILL n1`
fn before_deed(deed: &Entry) -> String {
    let Words { verb, node, text, .. } = one(deed);
    let parts: Vec<&str> = [&*verb, &*node, &*text].into_iter().filter(|part| !part.is_empty()).collect();
    format!(", before {}", parts.join(" "))
}

/// Columns of a header's value that several requests have in common.
const VALUE: usize = 24;
/// Between the nodes of a request that was redirected.
const HOP: &str = "→";

fn one(entry: &Entry) -> Words {
    let node = entry.nodes.join(HOP);
    let words =
        |verb: &str, text: String| Words { verb: verb.to_owned(), node: node.clone(), text, outcome: String::new() };
    match &entry.fact {
        Fact::Request(asked) => Words { outcome: every_outcome(asked), ..words(&asked.method, asked.path.clone()) },
        Fact::Spoken { connection, what, .. } => words(connection, speech_words(what).1),
        Fact::Exchange(exchange) => words(&exchange.connection, exchange_words::exchange(exchange, entry.at)),
        Fact::Node(what) => {
            let (verb, text) = node_words(what);
            // The line has the node's name already.
            let text = text.strip_prefix(&format!("{node} ")).map_or(text.clone(), str::to_owned);
            words(&verb.to_string(), text)
        }
        Fact::Links(links) => {
            let (verb, text) = links_words(links);
            words(&verb.to_string(), text)
        }
        Fact::Says(text) => words("SAYS", text.clone()),
        Fact::SaidLast(alike) => {
            let texts: Vec<String> =
                alike.iter().map(|(nodes, text)| format!("{} {text}", nodes.join(", "))).collect();
            words("SAYS", texts.join("; "))
        }
        Fact::Silent => words("SILENT", "runs, but answers nothing from here on".to_owned()),
        Fact::AnswersAgain => words("ANSWERS", "again".to_owned()),
        Fact::Note(text) => words("NOTE", text.clone()),
        Fact::Load(load) => {
            let (verb, text) = load_words(load).unwrap_or_default();
            words(verb, text)
        }
    }
}

/// `307→200`: how each node answered that a request went through.
fn every_outcome(asked: &Asked) -> String {
    let hops = asked.redirected.iter().map(u16::to_string);
    hops.chain([outcome(asked)]).collect::<Vec<_>>().join(HOP)
}

fn outcome(asked: &Asked) -> String {
    match asked.answered {
        Ok(status) => status.to_string(),
        Err(cause) => cause::name(cause).to_owned(),
    }
}

fn counted(text: String) -> Words {
    Words { text, ..Words::default() }
}

/// "212 more PUTs, all 200", or the commonest kinds with their numbers.
fn requests(entries: &[&Entry]) -> String {
    let ways: Vec<(&Asked, usize)> =
        ways(entries).into_iter().filter_map(|(entry, count)| Some((entry.request()?, count))).collect();
    let asked: Vec<&Asked> = entries.iter().filter_map(|entry| entry.request()).collect();
    let shared = match &headers::shared(&asked)[..] {
        [] => String::new(),
        shared => format!("; each with {}", headers::words(shared.iter().copied(), VALUE)),
    };
    if let [(asked, count)] = &ways[..] {
        return format!("{count} more {}s, all {}{shared}", asked.method, outcome(asked));
    }
    let kinds = ways.into_iter().map(|(asked, count)| (way(asked), count)).collect();
    format!("{} more: {}{shared}", entries.len(), commonest(kinds, false))
}

/// `GET 200 ×12, KILL ×2`: what there was most of. `others`: there was more, of whatever kind.
fn commonest(mut kinds: Vec<(String, usize)>, others: bool) -> String {
    const SHOWN: usize = 4;
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told = |(kind, count): &(String, usize)| match count {
        1 => kind.clone(),
        count => format!("{kind} ×{count}"),
    };
    let shown: Vec<String> = kinds.iter().take(SHOWN).map(told).collect();
    let rest = if others || kinds.len() > SHOWN { ", …" } else { "" };
    format!("{}{rest}", shown.join(", "))
}

/// What a fact is counted as.
fn kind(entry: &Entry) -> String {
    match &entry.fact {
        Fact::Request(asked) => way(asked),
        Fact::Spoken { .. } | Fact::Exchange(_) => "exchange".to_owned(),
        _ => one(entry).verb,
    }
}

fn way(asked: &Asked) -> String {
    format!("{} {}", asked.method, outcome(asked))
}

/// `206 exchanges on producer, worker`
fn conversations(entries: &[&Entry]) -> String {
    let mut names: Vec<&str> = entries.iter().filter_map(|entry| entry.connection()).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    let others = if more > 0 { format!(" and {more} other connections") } else { String::new() };
    format!("{} {} on {}{others}", entries.len(), plural(entries.len(), "exchange", "exchanges"), names.join(", "))
}
