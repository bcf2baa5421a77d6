//! The checker against the definition: every order of a small history is tried.

use std::collections::{BTreeMap, HashMap};

use super::ListAppend;
use crate::simulated_store::{Bug, SimulatedStore};
use crate::simulation::Numbers;
use crate::{Action, Checker, History, Limits, List, Operation, Outcome, Step, Text, Verdict};

type Lists<'a> = HashMap<&'a Text, Vec<&'a Text>>;

/// Whether there is an order, by trying all.
fn explained(history: &History, real_time: bool) -> bool {
    let all: Vec<&Operation> =
        history.operations.iter().filter(|operation| operation.outcome != Outcome::No).collect();
    step(&all, 0, &Lists::new(), real_time)
}

fn step(all: &[&Operation], done: u32, lists: &Lists<'_>, real_time: bool) -> bool {
    let left = || (0..all.len()).filter(|at| done >> at & 1 == 0);
    let must = |at: &usize| all[*at].outcome == Outcome::Ok;
    if left().all(|at| !must(&at)) {
        return true;
    }
    left().any(|at| {
        // Nothing that is left and was answered returned before this one was called.
        let over = |other: usize| all[other].returned.is_some_and(|returned| returned < all[at].called);
        if real_time && left().filter(must).any(over) {
            return false;
        }
        let mut lists = lists.clone();
        take_effect(all[at], &mut lists) && step(all, done | 1 << at, &lists, real_time)
    })
}

/// Does a transaction. False if it was told something else.
fn take_effect<'a>(operation: &'a Operation, lists: &mut Lists<'a>) -> bool {
    let Action::Transaction { steps } = &operation.action else { return false };
    steps.iter().all(|step| match step {
        Step::Append { key, element } => {
            lists.entry(key).or_default().push(element);
            true
        }
        Step::Get { .. } if operation.outcome != Outcome::Ok => true,
        Step::Get { key, list } => list.elements() == lists.get(key).cloned().unwrap_or_default(),
    })
}

/// A small history: from a store that is right or has a bug, and then with some answers changed.
fn random(seed: u64) -> History {
    let mut numbers = Numbers(seed);
    let most = 2 + numbers.below(2);
    let bug = Bug::ALL.get(numbers.below(12) as usize).map(|bug| (*bug, 1 + numbers.below(3)));
    let store = SimulatedStore {
        seed: numbers.below(u64::MAX),
        clients: 1 + numbers.below(5) as u32,
        transactions: 2 + numbers.below(5) as usize,
        keys: 1 + numbers.below(3),
        steps: (1, most),
        fresh_after: 100,
        unanswered: 12 * numbers.below(2),
        final_reads: numbers.below(2) == 0,
        bug,
    };
    let mut history = store.run();
    if numbers.below(6) == 0 {
        change_an_answer(&mut numbers, &mut history);
    }
    history
}

fn change_an_answer(numbers: &mut Numbers, history: &mut History) {
    let other = numbers.below(8).to_string();
    let at = numbers.below(history.operations.len() as u64) as usize;
    let Action::Transaction { steps } = &mut history.operations[at].action else { return };
    let at = numbers.below(steps.len() as u64) as usize;
    let Step::Get { list, .. } = &mut steps[at] else { return };
    let mut elements: Vec<Text> = list.elements().into_iter().cloned().collect();
    let at = numbers.below(elements.len() as u64 + 1) as usize;
    match numbers.below(3) {
        0 => elements.insert(at, other.into()),
        1 if at < elements.len() => drop(elements.remove(at)),
        _ if elements.len() > 1 => elements.rotate_left(1),
        _ => {}
    }
    *list = elements.into_iter().collect::<List>();
}

#[test]
fn the_checker_says_what_trying_every_order_says() {
    // `LSFR_HISTORIES=5000000 cargo test --release -p lsfr-history list_append::brute_force -- --nocapture` tries more.
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("LSFR_HISTORIES").unwrap_or(10_000);
    let first = number("LSFR_HISTORIES_FROM").unwrap_or(0);
    let mut titles: BTreeMap<String, u64> = BTreeMap::new();
    let (mut wrong, mut unordered) = (0, 0);
    let began = std::time::Instant::now();
    let mut judging = std::time::Duration::ZERO;
    for seed in first..first + count {
        let history = random(seed);
        let began = std::time::Instant::now();
        let judged = ListAppend::STRICT.judge(&history, &Limits::default());
        judging += began.elapsed();
        let about = || format!("seed {seed}: {:?}\n{:#?}", judged.verdict, history.operations);
        let (strict, any) = (explained(&history, true), explained(&history, false));
        // Nothing was answered: there is no order to speak of, and every one will do.
        let order = judged.order.unwrap_or_else(|| panic!("{}", about()));
        assert_eq!((order.real_time, order.serializable), (strict, any), "{}", about());
        assert_eq!(matches!(judged.verdict, Verdict::Violation(_)), !strict, "{}", about());
        let serializable = ListAppend::SERIALIZABLE.judge(&history, &Limits::default()).verdict;
        assert_eq!(matches!(serializable, Verdict::Violation(_)), !any, "{}", about());
        if let Verdict::Violation(explanation) = judged.verdict {
            *titles.entry(explanation.title).or_default() += 1;
        }
        wrong += u64::from(!strict);
        unordered += u64::from(!any);
    }
    eprintln!(
        "{count} histories in {:?}, judged in {judging:?}: {wrong} not strictly serializable, {unordered} not serializable",
        began.elapsed()
    );
    eprintln!("{titles:#?}");
    // If all histories were right, or all wrong, the test would prove nothing.
    assert!(wrong > count / 10 && wrong < count * 9 / 10, "{wrong} of {count} are wrong");
    assert!(unordered > count / 20 && unordered < wrong, "{unordered} of {count} are wrong in any order");
    for name in ["G0", "G1a", "G1b", "G1c", "G-single", "G2", "G-single-realtime", "internal"] {
        assert!(titles.keys().any(|title| title.ends_with(&format!("({name})"))), "{name}: {titles:?}");
    }
}
