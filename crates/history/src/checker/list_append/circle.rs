//! The fewest transactions that must each come before the next, and the last before the first.
//!
//! The graph has long ways where the whole relation has short ones: who did not read an element did not read any after
//! it, and who returned before a call returned before all later calls. To search the whole relation, which has
//! quadratically many pairs, each key's appends and reads and the calls are kept in order. What comes after a transaction
//! is then an end of such a row, and of an end that was reached before, nothing needs to be looked at again.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::anomaly::Anomaly;
use super::graph::Graph;
use super::relation::{Relation, Why};
use super::versions::UNSEEN;

/// Transactions of which each must come before the next, and the last before the first.
#[derive(Debug, Clone)]
pub(super) struct Circle {
    pub(super) transactions: Vec<u32>,
    /// There is none of fewer.
    pub(super) is_smallest: bool,
}

impl Circle {
    /// Why each comes before the next.
    pub(super) fn why(&self, relation: &Relation<'_>) -> Vec<Why> {
        let after = self.transactions.iter().cycle().skip(1);
        self.transactions.iter().zip(after).filter_map(|(one, next)| relation.why(*one, *next)).collect()
    }
}

/// A circle of as few transactions as can be found before the deadline, in groups of which each has one.
pub(super) fn smallest(
    relation: &Relation<'_>,
    graph: &Graph,
    groups: &[Vec<u32>],
    deadline: Instant,
) -> Option<Circle> {
    let transactions = relation.observed.transactions.len() as u32;
    let mut groups: Vec<Vec<u32>> =
        groups.iter().map(|group| group.iter().copied().filter(|node| *node < transactions).collect()).collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_by_key(Vec::len);
    if let Some(pair) = contradicted(relation, graph, &groups) {
        return Some(Circle { transactions: pair.into(), is_smallest: true });
    }
    let mut best: Option<Vec<u32>> = None;
    for group in &groups {
        let mut search = Search::new(relation, group);
        for source in 0..group.len() as u32 {
            if best.is_some() && Instant::now() >= deadline {
                return best.map(|transactions| Circle { transactions, is_smallest: false });
            }
            let most = best.as_ref().map_or(usize::MAX, |best| best.len() - 1);
            if let Some(circle) = search.through(source, most) {
                best = Some(circle);
            }
            if best.as_ref().is_some_and(|best| best.len() == 2) {
                break;
            }
        }
    }
    best.map(|transactions| Circle { transactions, is_smallest: true })
}

/// Two neighbours of which each must come before the other: the worst of them, then the first.
fn contradicted(relation: &Relation<'_>, graph: &Graph, groups: &[Vec<u32>]) -> Option<[u32; 2]> {
    let transactions = relation.observed.transactions.len() as u32;
    let neighbours = groups.iter().flatten().flat_map(|one| graph.after(*one).iter().map(|other| [*one, *other]));
    let pairs = neighbours.filter(|[_, other]| *other < transactions).filter_map(|[one, other]| {
        let why = [relation.why(one, other)?, relation.why(other, one)?];
        let called = [one, other].map(|number| relation.observed.transaction(number).called());
        Some((Anomaly::of(&why), called.into_iter().max(), [one, other]))
    });
    pairs.min().map(|(_, _, pair)| pair)
}

/// Transactions in the order of something: whatever comes after a moment of it is an end of the row.
struct Row<T> {
    at: Vec<T>,
    members: Vec<u32>,
    /// What stands here and after it has been reached.
    reached: usize,
}

impl<T: Ord + Copy> Row<T> {
    fn new(mut members: Vec<(T, u32)>) -> Self {
        members.sort_unstable();
        let (at, members): (Vec<T>, Vec<u32>) = members.into_iter().unzip();
        Self { reached: at.len(), at, members }
    }

    /// The members from here on that were not reached before.
    fn reach(&mut self, begin: usize) -> &[u32] {
        let end = self.reached;
        self.reached = end.min(begin);
        &self.members[begin.min(end)..end]
    }

    /// The first place beyond this.
    fn after(&self, at: T) -> usize {
        self.at.partition_point(|other| *other <= at)
    }

    /// The first place that is this or beyond.
    fn from(&self, at: T) -> usize {
        self.at.partition_point(|other| *other < at)
    }
}

/// A breadth-first search in one group, whose members it counts by themselves.
struct Search<'a> {
    relation: &'a Relation<'a>,
    group: &'a [u32],
    /// Of each key: members by their last append to it, and by how long they found it.
    appends: HashMap<u32, Row<u32>>,
    reads: HashMap<u32, Row<u32>>,
    calls: Row<Duration>,
    /// From which member each was reached, in the search of this number.
    reached: Vec<(u32, u32)>,
    searches: u32,
}

impl<'a> Search<'a> {
    fn new(relation: &'a Relation<'a>, group: &'a [u32]) -> Self {
        let observed = relation.observed;
        let mut appends: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        let mut reads: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        let mut calls = Vec::new();
        for (member, transaction) in (0..).zip(group) {
            for access in observed.accesses_of(*transaction) {
                if let Some((_, end)) = relation.versions.ends(access) {
                    appends.entry(access.key).or_default().push((end, member));
                }
                if let Some(found) = access.found {
                    reads.entry(access.key).or_default().push((found, member));
                }
            }
            if relation.real_time {
                calls.push((observed.transaction(*transaction).called(), member));
            }
        }
        let rows = |rows: HashMap<u32, Vec<(u32, u32)>>| {
            rows.into_iter().map(|(key, members)| (key, Row::new(members))).collect()
        };
        Self {
            relation,
            group,
            appends: rows(appends),
            reads: rows(reads),
            calls: Row::new(calls),
            reached: vec![(0, 0); group.len()],
            searches: 0,
        }
    }

    /// The smallest circle through a member, if it has no more than `most` transactions and none through a member that
    /// was searched before: of those, the smallest is known.
    fn through(&mut self, source: u32, most: usize) -> Option<Vec<u32>> {
        self.searches += 1;
        self.appends.values_mut().chain(self.reads.values_mut()).for_each(|row| row.reached = row.at.len());
        self.calls.reached = self.calls.at.len();
        self.reached[source as usize] = (self.searches, source);
        let mut queue = VecDeque::from([(source, 1)]);
        let mut next = Vec::new();
        while let Some((member, length)) = queue.pop_front() {
            if length >= most {
                return None;
            }
            self.after(member, &mut next);
            for other in next.drain(..) {
                if other < source || self.reached[other as usize].0 == self.searches {
                    continue;
                }
                self.reached[other as usize] = (self.searches, member);
                if self.relation.why(self.group[other as usize], self.group[source as usize]).is_some() {
                    return Some(self.way(source, other));
                }
                queue.push_back((other, length + 1));
            }
        }
        None
    }

    /// Collects what must come after a member and was not collected before.
    fn after(&mut self, member: u32, next: &mut Vec<u32>) {
        let observed = self.relation.observed;
        let transaction = self.group[member as usize];
        for access in observed.accesses_of(transaction) {
            let begin = self.relation.versions.ends(access).map(|(begin, _)| begin);
            let begin = begin.filter(|begin| *begin != UNSEEN);
            if let Some(row) = self.appends.get_mut(&access.key) {
                let first = begin.map(|begin| row.after(begin));
                let first = first.into_iter().chain(access.found.map(|found| row.from(found))).min();
                if let Some(first) = first {
                    next.extend(row.reach(first));
                }
            }
            if let (Some(row), Some(begin)) = (self.reads.get_mut(&access.key), begin) {
                let first = row.after(begin);
                next.extend(row.reach(first));
            }
        }
        if let Some(over) = observed.transaction(transaction).over() {
            let first = self.calls.after(over);
            next.extend(self.calls.reach(first));
        }
    }

    fn way(&self, source: u32, last: u32) -> Vec<u32> {
        let mut way = vec![last];
        let mut member = last;
        while member != source {
            member = self.reached[member as usize].1;
            way.push(member);
        }
        way.reverse();
        way.into_iter().map(|member| self.group[member as usize]).collect()
    }
}
