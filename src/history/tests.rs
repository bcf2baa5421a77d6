//! Histories that are too large to try every order of.

use super::simulation::{Simulation, with_stale_read};
use super::{History, Limits, Verdict, linearizable};

fn simulation(seed: u64) -> Simulation {
    Simulation { seed, clients: 10, operations: 1_000, keys: 1, unanswered: 10, conditional: true }
}

fn judged(history: &History) -> Verdict {
    linearizable(history, &Limits::default()).verdict
}

#[test]
fn a_register_that_is_right_is_never_called_wrong() {
    for seed in 0..40 {
        let (clients, unanswered) = (3 + seed as u32 % 20, seed % 17);
        let simulation = Simulation { clients, unanswered, conditional: seed % 3 > 0, ..simulation(seed) };
        assert_eq!(judged(&simulation.run()), Verdict::Ok, "{simulation:?}");
    }
}

#[test]
fn a_stale_read_among_many_unanswered_operations_is_found_and_told_by_a_few() {
    for seed in 0..20 {
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
    // Each creation needs the key to be absent, which it is once less: only trying everything shows it.
    let mut text = String::new();
    for client in 0..20 {
        text += &format!("c{client} n1 cas - {client} 1.0{client:02}-2.0{client:02}\n");
    }
    for client in 20..38 {
        text += &format!("c{client} n1 delete 1.0{client:02}-2.0{client:02}\n");
    }
    let history = super::samples::history(&text);
    let limits = Limits { time: std::time::Duration::ZERO, memory: 1 << 30 };
    let verdict = linearizable(&history, &limits).verdict;
    let Verdict::Unknown { reason } = verdict else { panic!("{verdict:?}") };
    assert!(reason.contains("38 operations on `x`") && reason.contains("within 0 s"), "{reason}");
    let verdict = linearizable(&history, &Limits { memory: 1 << 14, ..Limits::default() }).verdict;
    let Verdict::Unknown { reason } = verdict else { panic!("{verdict:?}") };
    assert!(reason.contains("of memory"), "{reason}");
}
