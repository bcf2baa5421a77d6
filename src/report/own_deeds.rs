//! What was done to nodes, as lines: the same done to several at once shares one, and the end of a start or a stop
//! completes the line of its beginning.

use std::time::Duration;

use super::fold::TOGETHER;
use super::own_lines::{Change, Kind, OwnLine, is_end, line};
use super::phrases::node_words;
use super::times::time;
use crate::facts::{NodeEventKind, Verb};

/// Lines that may still be completed. A start that never ends is reported by its failure.
const OPEN: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Deeds {
    lines: Vec<Deed>,
    /// The last fault of a workload: what it does to nodes and links is reported right after it.
    fault: Option<(Duration, Vec<String>)>,
}

#[derive(Debug)]
struct Deed {
    line: usize,
    at: Duration,
    verb: Verb,
    nodes: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    node: String,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// It has begun, and not ended yet.
    Open(String),
    Ready(Duration),
    /// What there is to say of it; often nothing.
    Words(String),
}

impl Deeds {
    pub(super) fn node(&mut self, at: Duration, node: &str, what: &NodeEventKind, next: usize) -> Vec<Change> {
        let verb = Verb::from_event(what);
        let wrong = matches!(what, NodeEventKind::StartFailed { .. } | NodeEventKind::OverLimit { .. });
        if !is_end(what) && self.is_of_fault(at, Some(node)) {
            return Vec::new();
        }
        let how = match what {
            NodeEventKind::Ready { after } => How::Ready(*after),
            NodeEventKind::Started { .. } | NodeEventKind::Stopping => How::Open(node_words(what).1),
            _ => How::Words(node_words(what).1),
        };
        let of_node = |deed: &&mut Deed| deed.verb == verb && deed.nodes.iter().any(|done| done.node == node);
        if is_end(what)
            && let Some(deed) = self.lines.iter_mut().rev().find(of_node)
        {
            deed.nodes.iter_mut().filter(|done| done.node == node).for_each(|done| done.how = how.clone());
            return vec![deed.completed(wrong)];
        }
        let done = Done { node: node.to_owned(), how };
        if let Some(deed) = self.lines.last_mut()
            && deed.verb == verb
            && !wrong
            && at.saturating_sub(deed.at) < TOGETHER
            && deed.nodes.iter().all(|other| other.node != node)
        {
            deed.nodes.push(done);
            return vec![deed.completed(false)];
        }
        let deed = Deed { line: next, at, verb, nodes: vec![done] };
        let made = OwnLine { nodes: vec![node.to_owned()], wrong, ..line(at, None, Kind::Deed, deed.text()) };
        if self.lines.len() == OPEN {
            self.lines.remove(0);
        }
        self.lines.push(deed);
        vec![Change::New(made)]
    }

    pub(super) fn fault(&mut self, at: Duration, nodes: &[String]) {
        self.fault = Some((at, nodes.to_vec()));
    }

    /// Whether something that was done to a node, or to links, is what the last fault's line says already.
    pub(super) fn is_of_fault(&self, at: Duration, node: Option<&str>) -> bool {
        self.fault.as_ref().is_some_and(|(began, nodes)| {
            at.saturating_sub(*began) < TOGETHER && node.is_none_or(|node| nodes.iter().any(|known| known == node))
        })
    }
}

impl Deed {
    fn completed(&self, wrong: bool) -> Change {
        Change::Completed {
            line: self.line,
            nodes: self.nodes.iter().map(|done| done.node.clone()).collect(),
            text: line(self.at, None, Kind::Deed, self.text()).text,
            wrong,
        }
    }

    /// `START n1, n2  ready after 62 ms`: of several that became ready, the last.
    fn text(&self) -> String {
        let mut names: Vec<&str> = self.nodes.iter().map(|done| done.node.as_str()).collect();
        names.sort_by_key(|name| (name.len(), *name));
        let names = names.join(", ");
        let verb = self.verb;
        let ready = self.nodes.iter().map(|done| match &done.how {
            How::Ready(after) => Some(*after),
            How::Open(_) | How::Words(_) => None,
        });
        if let Some(after) = ready.collect::<Option<Vec<_>>>().and_then(|ready| ready.into_iter().max()) {
            return format!("{verb} {names}  ready after {}", time(after));
        }
        let open = self.nodes.iter().find_map(|done| match &done.how {
            How::Open(words) => Some(words),
            How::Ready(_) | How::Words(_) => None,
        });
        if let Some(words) = open {
            return format!("{verb} {names}  {words}");
        }
        let mut words: Vec<&str> = self.nodes.iter().filter_map(|done| done.how.words()).collect();
        words.dedup();
        format!("{verb} {names}  {}", words.join("; "))
    }
}

impl How {
    fn words(&self) -> Option<&str> {
        match self {
            How::Open(words) | How::Words(words) => Some(words.as_str()).filter(|words| !words.is_empty()),
            How::Ready(_) => None,
        }
    }
}
