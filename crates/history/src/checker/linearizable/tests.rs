//! Histories that are too large to try every order of.

use super::Linearizable;
use crate::simulation::{Simulation, with_stale_read};
use crate::{Action, Checker, History, Limits, Operation, Outcome, Verdict};

fn simulation(seed: u64) -> Simulation {
    Simulation { seed, clients: 10, operations: 1_000, keys: 1, unanswered: 10, conditional: true }
}

fn judged(history: &History) -> Verdict {
    Linearizable.judge(history, &Limits::default()).verdict
}

#[test]
fn a_register_that_is_right_is_never_called_wrong() {
    for seed in 0..24 {
        let (clients, unanswered) = (3 + seed as u32 % 20, seed % 17);
        let simulation = Simulation { clients, unanswered, conditional: seed % 3 > 0, ..simulation(seed) };
        assert_eq!(judged(&simulation.run()), Verdict::Ok, "{simulation:?}");
    }
}

#[test]
fn a_stale_read_among_many_unanswered_operations_is_found_and_told_by_a_few() {
    for seed in 0..12 {
        let simulation = Simulation { conditional: seed % 2 > 0, ..simulation(seed) };
        let verdict = judged(&with_stale_read(simulation.run(), "k0", 30));
        let Verdict::Violation(explanation) = verdict else { panic!("{simulation:?}: {verdict:?}") };
        assert!(explanation.operations.len() <= 4, "{simulation:?}: {explanation:#?}");
        assert_eq!(explanation.operations[explanation.culprit].client, u32::MAX);
    }
}

#[test]
fn keys_are_judged_by_themselves_and_the_one_that_is_wrong_is_named() {
    let simulation = Simulation { keys: 20, operations: 4_000, ..simulation(1) };
    let history = simulation.run();
    assert_eq!(judged(&history), Verdict::Ok);
    let verdict = judged(&with_stale_read(history, "k13", 10));
    let Verdict::Violation(explanation) = verdict else { panic!("{verdict:?}") };
    assert_eq!(&*explanation.key, "k13");
}

#[test]
fn what_cannot_be_decided_in_time_is_unknown() {
    // Each creation needs the key to be absent, which it is one time too few: only trying everything shows that.
    let mut text = String::new();
    for client in 0..20 {
        text += &format!("c{client} n1 cas - {client} 1.0{client:02}-2.0{client:02}\n");
    }
    for client in 20..38 {
        text += &format!("c{client} n1 delete 1.0{client:02}-2.0{client:02}\n");
    }
    let history = crate::samples::history(&text);
    let limits = Limits { time: std::time::Duration::ZERO, memory: 1 << 30 };
    let verdict = Linearizable.judge(&history, &limits).verdict;
    let Verdict::Unknown { reason } = verdict else { panic!("{verdict:?}") };
    assert!(reason.contains("38 operations on `x`") && reason.contains("within 0 s"), "{reason}");
    let verdict = Linearizable.judge(&history, &Limits { memory: 1 << 14, ..Limits::default() }).verdict;
    let Verdict::Unknown { reason } = verdict else { panic!("{verdict:?}") };
    assert!(reason.contains("of memory"), "{reason}");
}

/// Takes the operations of an explanation out, one at a time, after which no proof may remain: otherwise the operation
/// was not needed. The sources of values that are seen stay, or the rest would prove something else.
#[test]
fn nothing_can_be_left_out_of_an_explanation_and_nothing_is_missing() {
    let mut told = 0;
    let count: u64 = std::env::var("LSFR_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    for seed in 0..count / 100 {
        let simulation = Simulation {
            seed,
            clients: 2 + seed as u32 % 4,
            operations: 30,
            keys: 1,
            unanswered: 15,
            conditional: seed % 4 > 0,
        };
        let mut history = with_stale_read(simulation.run(), "k0", 1 + seed as usize % 3);
        // Half of them are wrong in other ways: two answers are exchanged.
        if seed % 2 > 0 {
            history = simulation.run();
            let reads: Vec<usize> = (0..history.operations.len())
                .filter(|at| {
                    let operation = &history.operations[*at];
                    operation.outcome == Outcome::Ok && matches!(operation.action, Action::Read { .. })
                })
                .collect();
            if let [first, .., last] = reads[..] {
                let action = history.operations[first].action.clone();
                history.operations[first].action = history.operations[last].action.clone();
                history.operations[last].action = action;
            }
        }
        let Verdict::Violation(explanation) = judged(&history) else { continue };
        told += 1;
        let about = || format!("seed {seed}: {explanation:#?}");
        assert!(explanation.operations.len() <= 10, "{}", about());
        // By themselves they cannot have happened, ...
        let alone = |operations: Vec<Operation>| {
            judged(&History { operations, initial: history.initial.clone(), ..History::default() })
        };
        assert!(matches!(alone(explanation.operations.clone()), Verdict::Violation(_)), "{}", about());
        // ... and without any one of them that is not a source they can, whatever the other operations of the history
        // did.
        for (number, place) in explanation.places.iter().enumerate() {
            let operation = &explanation.operations[number];
            if matches!(operation.outcome, Outcome::No) || is_source(operation, &explanation.operations) {
                continue;
            }
            let mut rest: Vec<Operation> = Vec::new();
            for (at, other) in history.operations.iter().enumerate() {
                let kept = at != *place && explanation.places.contains(&at);
                let may_have_been = Operation { outcome: Outcome::Unknown, returned: None, ..other.clone() };
                rest.push(if kept { other.clone() } else { may_have_been });
            }
            assert!(!matches!(alone(rest), Verdict::Violation(_)), "without {number}: {}", about());
        }
    }
    assert!(told > count / 400, "{told} were wrong");
}

/// Another of the operations saw what this one set.
fn is_source(operation: &Operation, operations: &[Operation]) -> bool {
    let set = match &operation.action {
        Action::Write { value } => Some(value),
        Action::CompareAndSet { to, .. } => to.as_ref(),
        _ => None,
    };
    set.is_some()
        && operations.iter().any(|other| match &other.action {
            Action::Read { value } => other.outcome == Outcome::Ok && value.as_ref() == set,
            Action::CompareAndSet { from, .. } => other.outcome != Outcome::Unknown && from.as_ref() == set,
            _ => false,
        })
}
