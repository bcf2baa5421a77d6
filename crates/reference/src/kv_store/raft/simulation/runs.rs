//! Many runs, each from a seed of its own.

use super::checks::Seen;
use super::*;

fn seeds(default: u64) -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    match number("RAFT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("RAFT_SEEDS").unwrap_or(default),
    }
}

/// Says which seed it was when a check fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was RAFT_SEED={}", self.0);
        }
    }
}

/// A run with faults, and its end without.
pub(super) fn run(seed: u64, all: usize, members: usize, bug: Bug) -> Simulation {
    let _told = Seed(seed);
    let mut simulation = Simulation::new(seed, all, members, bug);
    simulation.at(ms(0), Event::Client);
    simulation.at(ms(900), Event::Fault);
    simulation.run_until(ms(20_000));
    simulation.changes = false;
    simulation.heal_all();
    // A node that learns is given up after 10 s.
    simulation.run_until(ms(if all > members { 36_000 } else { 26_000 }));
    simulation.checks.assert_settled(&simulation.nodes);
    simulation
}

/// Runs all seeds, and says what happened in them.
fn run_all(usual: u64, size: impl Fn(u64) -> (usize, usize)) -> (usize, Seen) {
    let (mut steps, mut seen) = (0, Seen::default());
    for seed in seeds(usual) {
        let (all, members) = size(seed);
        let simulation = run(seed, all, members, Bug::None);
        steps += simulation.steps;
        seen.add(&simulation.checks.seen());
    }
    let runs = seeds(usual).count();
    println!("{runs} runs, {steps} steps: {seen:?}");
    // A cluster that never did anything would have kept every promise.
    assert!(seen.commits > 200 * runs && seen.leaders > 3 * runs && seen.installed > 2 * runs, "{seen:?}");
    (runs, seen)
}

#[test]
fn whatever_breaks_the_promises_hold_and_afterwards_all_nodes_agree() {
    run_all(100, |seed| {
        let size = [3, 5, 4, 5][seed as usize % 4];
        (size, size)
    });
}

#[test]
fn whatever_breaks_while_members_come_and_go_the_promises_hold_and_afterwards_they_agree() {
    let (runs, seen) = run_all(60, |seed| [(5, 3), (7, 3), (4, 1), (6, 4)][seed as usize % 4]);
    assert!(seen.changes > 3 * runs, "{seen:?}");
}

#[test]
fn without_faults_there_is_a_leader_within_two_seconds_and_it_stays() {
    for seed in seeds(100) {
        let _told = Seed(seed);
        let mut simulation = Simulation::new(seed, 5, 5, Bug::None);
        simulation.unreliable = false;
        simulation.run_until(ms(2_000));
        let status = |simulation: &Simulation| -> BTreeSet<(u64, Option<NodeId>)> {
            let rafts = simulation.nodes.values().filter_map(|node| node.raft.as_ref());
            rafts.filter_map(Raft::status).map(|status| (status.term, status.leader)).collect()
        };
        let first = status(&simulation);
        assert!(first.len() == 1 && first.iter().all(|(_, leader)| leader.is_some()), "{first:?}");
        simulation.run_until(ms(10_000));
        assert_eq!(status(&simulation), first);
    }
}
