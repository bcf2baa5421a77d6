//! Whether money moved between accounts and never came or went: every read of all accounts finds the same sum (the `bank`
//! of Jepsen). It sees transfers that are half done, or done on what was no longer there.

use std::collections::BTreeSet;

use super::{Checker, Limits, conclusion};
use crate::explain::{Story, explanation};
use crate::phrases::{shown, sum};
use crate::{Action, Counts, History, Judgement, Object, Operation, Outcome, Text, Verdict};

/// The accounts of a bank hold together what they always held.
#[derive(Debug, Clone, Copy)]
pub struct BankTotal;

impl Checker for BankTotal {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn promise(&self) -> &'static str {
        "whoever reads all accounts finds the same sum, and none of them below zero where that is promised"
    }

    fn object(&self) -> Object {
        Object::Accounts
    }

    fn judge(&self, history: &History, _: &Limits) -> Judgement {
        let mut counts = Counts::default();
        let mut accounts: BTreeSet<&Text> = BTreeSet::new();
        for operation in history.operations.iter().filter(|operation| operation.action.object() == Object::Accounts) {
            counts.add(operation.outcome);
            accounts.extend(operation.keys());
        }
        counts.keys = accounts.len();
        let reads = reads(history);
        let story = wrong_sum(history, &reads).or_else(|| below_zero(history, &reads));
        let verdict = match story {
            Some((account, story)) => Verdict::Violation(Box::new(explanation(history, &account, story))),
            None if reads.is_empty() && counts.ok > 0 => {
                Verdict::Unknown { reason: "Nobody read the accounts: what they held is not known.".to_owned() }
            }
            None => Verdict::Ok,
        };
        conclusion(verdict, counts, None)
    }
}

/// A read of all accounts that was answered.
struct Read<'a> {
    place: usize,
    operation: &'a Operation,
    balances: &'a std::collections::BTreeMap<Text, i64>,
}

/// In the order in which they returned.
fn reads(history: &History) -> Vec<Read<'_>> {
    let all = history.operations.iter().enumerate().filter_map(|(place, operation)| match &operation.action {
        Action::Balances { balances } if operation.outcome == Outcome::Ok => {
            Some(Read { place, operation, balances })
        }
        _ => None,
    });
    let mut reads: Vec<Read<'_>> = all.collect();
    reads.sort_by_key(|read| (read.operation.returned, read.place));
    reads
}

/// The first read whose sum is not what it should be.
fn wrong_sum(history: &History, reads: &[Read<'_>]) -> Option<(Text, Story)> {
    let first = reads.first()?;
    let total = history.bank.total.map_or(sum(first.balances), i128::from);
    let wrong = reads.iter().find(|read| sum(read.balances) != total)?;
    let found = sum(wrong.balances);
    // The last one that found it right.
    let right = reads.iter().rfind(|read| {
        sum(read.balances) == total
            && read.operation.returned <= wrong.operation.returned
            && read.place != wrong.place
    });
    let than = match right {
        Some(right) => format!("before that {total} were read {}", through(right.operation, right.place)),
        None => format!("they must hold {total}"),
    };
    let differs = match found - total {
        missing @ ..0 => format!("{} is missing", missing.unsigned_abs()),
        more => format!("{more} is too much"),
    };
    let absent = match right.map(|right| absent(right, wrong)).unwrap_or_default() {
        accounts if accounts.is_empty() => String::new(),
        accounts => format!(" Not found: {}.", accounts.join(", ")),
    };
    let half = half_done(history, wrong, found - total);
    let told = half.map(|place| {
        let Action::Transfer { from, to, amount } = &history.operations[place].action else { return String::new() };
        let (from, to, through) = (shown(from), shown(to), through(&history.operations[place], place));
        format!(" A transfer of {amount} from `{from}` to `{to}`, {through}, was under way at that time.")
    });
    let sentence = format!(
        "All accounts together held {found} when they were read {}; {than}: {differs}.{absent}{}",
        through(wrong.operation, wrong.place),
        told.unwrap_or_default()
    );
    let places: Vec<usize> = right.map(|right| right.place).into_iter().chain(half).chain([wrong.place]).collect();
    let account = half.and_then(|place| history.operations[place].keys().first().map(|key| (*key).clone()));
    let account = account.or_else(|| wrong.balances.keys().next().cloned()).unwrap_or_else(|| "".into());
    let since = wrong.operation.called;
    Some((account, Story { title: "wrong sum", places, culprit: wrong.place, since, sentence }))
}

/// The first read that found an account below zero.
fn below_zero(history: &History, reads: &[Read<'_>]) -> Option<(Text, Story)> {
    if !history.bank.never_negative {
        return None;
    }
    let negative =
        |read: &Read<'_>| read.balances.iter().find(|(_, balance)| **balance < 0).map(|(a, b)| (a.clone(), *b));
    let (read, (account, balance)) = reads.iter().find_map(|read| Some((read, negative(read)?)))?;
    let sentence = format!(
        "`{}` held {balance} when it was read {}: an account must never be below zero.",
        shown(&account),
        through(read.operation, read.place)
    );
    let since = read.operation.called;
    let story = Story { title: "below zero", places: vec![read.place], culprit: read.place, since, sentence };
    Some((account, story))
}

/// Accounts that the one found and the other did not.
fn absent(right: &Read<'_>, wrong: &Read<'_>) -> Vec<String> {
    let missing = right.balances.keys().filter(|account| !wrong.balances.contains_key(*account));
    missing.map(|account| format!("`{}`", shown(account))).collect()
}

/// The one transfer of as much as the sum is off that was under way at the same time, if there is only one.
fn half_done(history: &History, read: &Read<'_>, off: i128) -> Option<usize> {
    let returned = read.operation.returned?;
    let under_way = |operation: &Operation| {
        let ended = operation.returned.filter(|_| operation.outcome != Outcome::Unknown);
        operation.outcome != Outcome::No
            && operation.called <= returned
            && ended.is_none_or(|at| at >= read.operation.called)
    };
    let as_much = |operation: &Operation| matches!(operation.action, Action::Transfer { amount, .. } if i128::from(amount).abs() == off.abs());
    let mut places = (0..history.operations.len()).filter(|place| {
        let operation = &history.operations[*place];
        as_much(operation) && under_way(operation)
    });
    places.next().filter(|_| places.next().is_none())
}

/// Through which node it was done or, where that is not known, its name in the picture.
fn through(operation: &Operation, place: usize) -> String {
    match &operation.node {
        Some(node) => format!("through {}", shown(node)),
        None => format!("by operation {}", place + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::history;

    fn judged(text: &str, bank: crate::Bank) -> Verdict {
        BankTotal.judge(&History { bank, ..history(text) }, &Limits::default()).verdict
    }

    fn told(text: &str, bank: crate::Bank) -> String {
        let Verdict::Violation(explanation) = judged(text, bank) else { panic!("nothing is wrong") };
        format!("{}: {} {:?}", explanation.title, explanation.sentence, explanation.places)
    }

    const RIGHT: &str = "c1 n1 balances a=10,b=10 1-2
        c2 n1 transfer a b 5 3-4
        c2 n1 transfer a b 7 4.5-4.7 no
        c1 n2 balances a=5,b=15 5-6\n";

    #[test]
    fn money_that_moves_is_all_there() {
        let promised = crate::Bank { total: Some(20), never_negative: true };
        for bank in [promised, crate::Bank::default()] {
            assert_eq!(judged(RIGHT, bank), Verdict::Ok);
        }
        let unread = judged("c2 n1 transfer a b 5 3-4", promised);
        assert!(matches!(unread, Verdict::Unknown { .. }), "{unread:?}");
    }

    #[test]
    fn the_read_and_what_differs_are_named() {
        let bank = crate::Bank::default();
        let half = format!("{RIGHT}c2 n1 transfer b a 3 7.0-7.5\nc3 n3 balances a=5,b=12 7.2-7.4");
        assert_eq!(
            told(&half, bank),
            "wrong sum: All accounts together held 17 when they were read through n3; before that 20 were read through n2: 3 is \
             missing. A transfer of 3 from `b` to `a`, through n1, was under way at that time. [3, 4, 5]"
        );
        assert_eq!(
            told(&format!("{RIGHT}c3 n3 balances b=21 7.2-7.4"), bank),
            "wrong sum: All accounts together held 21 when they were read through n3; before that 20 were read through n2: 1 \
             is too much. Not found: `a`. [3, 4]"
        );
        let total = crate::Bank { total: Some(30), ..bank };
        assert_eq!(
            told(RIGHT, total),
            "wrong sum: All accounts together held 20 when they were read through n1; they must hold 30: 10 is missing. [0]"
        );
    }

    #[test]
    fn an_account_below_zero_is_wrong_only_where_that_is_promised() {
        let text = format!("{RIGHT}c3 n3 balances a=-1,b=21 7.2-7.4");
        assert_eq!(judged(&text, crate::Bank::default()), Verdict::Ok);
        let promised = crate::Bank { never_negative: true, total: None };
        assert_eq!(
            told(&text, promised),
            "below zero: `a` held -1 when it was read through n3: an account must never be below zero. [4]"
        );
    }
}
