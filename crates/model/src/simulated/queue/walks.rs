//! Walks on a queue that is right, and on wrong ones, each with the operations that show what is wrong.

use super::super::super::*;
use super::super::{ALL_CRASHES, Simulated, Trial, Went, is_found, passes, walk, wrong_at};
use super::{Bug, List, OF_JOBS_ASIDE, OF_NUMBERS, OF_ORDER, OF_TUBES, OVER_A_CRASH};

fn of(bug: Bug, weight: fn(&OperationKind) -> u32, keys: Key, crashes: Crashes) -> Trial {
    let make = Box::new(move || Box::new(List::new(bug)) as Box<dyn Simulated>);
    Trial {
        kind: model("queue").unwrap(),
        weight,
        keys,
        workers: 2,
        most: 20,
        length: 900,
        noticed: true,
        crashes,
        nodes: Nodes::ONE,
        named: false,
        make,
    }
}

fn any(kind: &OperationKind) -> u32 {
    match kind.word {
        "put" | "reserve_now" => 10,
        "bury" | "kick" | "release" | "delete" | "reserve_job" => 4,
        "used" | "watched" | "stats" | "pause" | "disconnect" => 1,
        _ => 2,
    }
}

fn order(kind: &OperationKind) -> u32 {
    match kind.word {
        "put" | "reserve_now" => 5,
        "release" => 4,
        "delete" | "peek_delayed" | "touch" => 2,
        "peek" | "peek_ready" | "disconnect" => 1,
        _ => 0,
    }
}

fn tubes(kind: &OperationKind) -> u32 {
    match kind.word {
        "put" | "reserve_now" => 6,
        "watch" => 4,
        "use" | "release" | "delete" => 3,
        "peek_ready" => 2,
        "ignore" | "pause" | "used" | "watched" | "disconnect" => 1,
        _ => 0,
    }
}

fn aside(kind: &OperationKind) -> u32 {
    match kind.word {
        "put" | "reserve_now" => 8,
        "bury" => 6,
        "delete" | "release" | "kick" => 3,
        "kick_job" | "reserve_job" | "peek_buried" | "use" => 2,
        _ => 0,
    }
}

fn numbers(kind: &OperationKind) -> u32 {
    match kind.word {
        "stats_job" => 6,
        "stats" | "stats_tube" => 3,
        _ => aside(kind),
    }
}

/// Of what a queue need not keep, only little.
fn over_a_crash(kind: &OperationKind) -> u32 {
    match kind.word {
        "put" | "reserve_now" => 8,
        "release" | "bury" | "use" => 5,
        "kick_job" | "delete" | "watch" | "reserve_job" | "peek" => 2,
        "stats_job" => 3,
        "kick" => 1,
        _ => 0,
    }
}

#[test]
fn a_right_queue_passes_every_walk() {
    let of = |weight, crashes| Trial { noticed: false, ..of(Bug::None, weight, 3, crashes) };
    passes("queue", &of(any, Crashes::default()), 5);
    passes("queue, killed and restarted", &of(over_a_crash, ALL_CRASHES), 5);
}

fn are_found(bugs: &[Bug], weight: fn(&OperationKind) -> u32, keys: Key, crashes: Crashes) {
    bugs.iter().for_each(|bug| is_found(bug, &of(*bug, weight, keys, crashes)));
}

#[test]
fn each_bug_of_order_is_found_and_shown_by_a_few_steps() {
    are_found(OF_ORDER, order, 1, Crashes::default());
}

#[test]
fn each_bug_of_tubes_is_found_and_shown_by_a_few_steps() {
    are_found(OF_TUBES, tubes, 3, Crashes::default());
}

#[test]
fn each_bug_of_jobs_that_are_set_aside_is_found_and_shown_by_a_few_steps() {
    are_found(OF_JOBS_ASIDE, aside, 2, Crashes::default());
}

/// A job that was given wrongly leads to the steps of the jobs that were given and expected, and these are often enough.
#[test]
fn the_slice_of_a_wrong_job_has_the_jobs_that_answer_and_model_name() {
    let (mut all, mut sliced, mut enough, mut walks) = (0, 0, 0, 0);
    for bug in [Bug::PriorityIgnored, Bug::EqualsByNewest, Bug::ReleaseKeepsPriority, Bug::ReleasedStandLast] {
        let trial = of(bug, order, 1, Crashes::default());
        for seed in 0..20 {
            let (Went::Wrong(about), steps) = walk(&trial, seed, trial.length) else { continue };
            let slice = slice(&steps, &about);
            walks += 1;
            all += steps.len();
            sliced += slice.len();
            enough += usize::from(wrong_at(&trial, &slice) == Some(slice.len() - 1));
        }
    }
    assert_eq!((walks, enough), (80, 80));
    assert!(sliced * 5 < all, "{sliced} of {all} steps");
}

#[test]
fn each_wrong_number_is_found_and_shown_by_a_few_steps() {
    are_found(OF_NUMBERS, numbers, 2, Crashes::default());
}

#[test]
fn what_a_queue_forgets_in_a_crash_is_found_and_shown_by_a_few_steps() {
    are_found(OVER_A_CRASH, over_a_crash, 2, ALL_CRASHES);
}
