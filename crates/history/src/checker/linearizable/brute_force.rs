//! The checkers against the definition: every order of a small history is tried.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::register::{Kind, OPEN, Op, Register};
use super::search::{Budget, Outcome, search};
use super::settled::Settled;
use super::zones::{Found, look};
use super::{Decision, decide};
use crate::simulation::Numbers;

/// Whether there is an order, by trying all.
fn explained(register: &Register) -> bool {
    fn step(ops: &[Op], done: u32, state: u32, met: &mut std::collections::HashSet<(u32, u32)>) -> bool {
        let left = || (0..ops.len()).filter(|at| done >> at & 1 == 0);
        if left().all(|at| !ops[at].must) {
            return true;
        }
        if !met.insert((done, state)) {
            return false;
        }
        left().any(|at| {
            let op = &ops[at];
            // No operation that is left returned before this one was called; those that need not be done are skipped.
            let first = left().all(|other| ops[other].ret >= op.call || !ops[other].must);
            let skipped = left()
                .filter(|other| !ops[*other].must && ops[*other].ret < op.call)
                .fold(0, |skipped, other| skipped | 1 << other);
            first && op.kind.after(state).is_some_and(|state| step(ops, done | skipped | 1 << at, state, met))
        })
    }
    step(&register.ops, 0, register.initial, &mut std::collections::HashSet::new())
}

/// What kinds of operations a random history has.
#[derive(Debug, Clone, Copy)]
struct Mix {
    deletes: bool,
    cas: bool,
    unmet: bool,
    /// Values that are written more than once.
    repeats: bool,
    /// Operations that may have been done within a time.
    bounded: bool,
}

impl Mix {
    fn of(number: u64) -> Self {
        let bit = |at: u64| number >> at & 1 == 1;
        Self { deletes: bit(0), cas: bit(1), unmet: bit(1) && bit(2), repeats: bit(3), bounded: bit(4) && bit(5) }
    }
}

/// True one time in this many.
fn one_in(numbers: &mut Numbers, of: u64) -> bool {
    numbers.below(of) == 0
}

/// Then some answers are changed.
fn change_answers(numbers: &mut Numbers, all: &mut [Op], known: &[u32]) {
    for _ in 0..=numbers.below(2) {
        let at = numbers.below(all.len() as u64) as usize;
        let other = known[numbers.below(known.len() as u64) as usize];
        let op = &mut all[at];
        op.kind = match op.kind {
            Kind::Read(_) => Kind::Read(other),
            Kind::Cas { to, .. } if to != other => Kind::Cas { from: other, to },
            Kind::Unmet(_) => Kind::Unmet(other),
            kind => kind,
        };
    }
}

/// Operations at random times, each with a point at which it takes effect. They read nothing yet.
fn draw(numbers: &mut Numbers, mix: Mix) -> Vec<(u64, Op)> {
    let count = 2 + numbers.below(10) as usize;
    let span = 4 + numbers.below(24);
    // Long operations overlap more.
    let longest = 1 + numbers.below(12);
    // A value of its own for each write.
    let mut value = 1;
    (0..count)
        .map(|at| {
            let call = 1 + numbers.below(span);
            let ret = call + numbers.below(longest);
            let mut fresh = |numbers: &mut Numbers| {
                if mix.repeats && one_in(numbers, 3) {
                    return numbers.below(4) as u32;
                }
                value += 1;
                value
            };
            let kind = match numbers.below(10) {
                0..=3 => Kind::Read(0),
                4 if mix.deletes => Kind::Write(0),
                4 | 5 if mix.cas => Kind::Cas { from: 0, to: fresh(numbers) },
                6 if mix.cas && mix.deletes => Kind::Cas { from: 0, to: 0 },
                7 if mix.unmet => Kind::Unmet(0),
                _ => Kind::Write(fresh(numbers)),
            };
            let op = Op { call, ret, kind, must: true, place: at as u32 };
            (call + numbers.below(ret - call + 1), op)
        })
        .collect()
}

/// A random history: operations at random times take effect in random order; then some answers are changed.
fn random(numbers: &mut Numbers, mix: Mix) -> Register {
    let initial = if one_in(numbers, 3) { 1 } else { 0 };
    let mut ops = draw(numbers, mix);
    // What is there at the point of each operation, in a correct register or in one that is wrong now and then.
    // Compare-and-sets mostly ask for what is there.
    let (forgets, old) = (one_in(numbers, 3), one_in(numbers, 3));
    ops.sort_by_key(|(point, op)| (*point, op.call));
    let mut state = initial;
    let mut known = vec![0, initial];
    let mut all = Vec::new();
    for (_, mut op) in ops {
        let guess = |numbers: &mut Numbers, state: u32| match numbers.below(6) {
            0 => known[numbers.below(known.len() as u64) as usize],
            _ => state,
        };
        let there = state;
        if old && one_in(numbers, 3) {
            state = known[numbers.below(known.len() as u64) as usize];
        }
        op.kind = match op.kind {
            Kind::Read(_) => Kind::Read(state),
            Kind::Cas { to, .. } => {
                let from = guess(numbers, state);
                match from == state {
                    _ if from == to => Kind::Read(state),
                    true => Kind::Cas { from, to },
                    false if mix.unmet => Kind::Unmet(from),
                    false => Kind::Read(state),
                }
            }
            Kind::Unmet(_) => {
                let other = known[numbers.below(known.len() as u64) as usize];
                if other == state { Kind::Read(state) } else { Kind::Unmet(other) }
            }
            kind => kind,
        };
        let mut done = true;
        // No answer: it may have been done, or not.
        if op.kind.sets().is_some() && one_in(numbers, 4) {
            op.must = false;
            op.ret = if mix.bounded && one_in(numbers, 2) { op.ret } else { OPEN };
            done = one_in(numbers, 2);
        }
        state = there;
        if done && !(forgets && one_in(numbers, 4)) {
            state = op.kind.after(state).unwrap_or(state);
        }
        known.push(state);
        all.push(op);
    }
    if one_in(numbers, 3) {
        change_answers(numbers, &mut all, &known);
    }
    let values = all.iter().flat_map(|op| op.kind.sets().into_iter().chain(op.kind.observes()));
    let unmet = all.iter().filter_map(|op| if let Kind::Unmet(value) = op.kind { Some(value) } else { None });
    let values = values.chain(unmet).chain([initial]).max().unwrap_or(0) as usize + 1;
    Register { initial, ops: all, values }
}

fn budget(stop: &AtomicBool) -> Budget<'_> {
    Budget { deadline: Instant::now() + Duration::from_secs(60), memory: 1 << 30, stop }
}

/// Judges one history in every way. Returns whether it can have happened, and whether a glance said so.
fn one(register: &Register, about: &dyn Fn() -> String) -> (bool, bool) {
    let stop = AtomicBool::new(false);
    let truth = explained(register);
    let settled = Settled::of(register);
    let glance = look(&settled);
    match &glance {
        Found::Fine => assert!(truth, "called fine at a glance: {}\n{register:#?}", about()),
        Found::Wrong(witness) => {
            assert!(!truth, "called wrong at a glance, {witness:?}: {}\n{register:#?}", about());
            // The operations that it points at prove it by themselves, with nothing said of the others.
            let kept = settled.witnesses(register, witness);
            let rest = register.only(|at| kept.contains(&(at as u32)));
            assert!(!explained(&rest), "{kept:?} prove nothing: {}\n{register:#?}", about());
        }
        Found::Open => {}
    }
    // The search by itself, even where a glance would have been enough. It relies on circles having been found.
    if settled.from_nowhere.is_none() {
        let expected = if truth { Outcome::Explained } else { Outcome::Impossible };
        assert_eq!(search(&settled, budget(&stop)), expected, "the search: {}\n{register:#?}", about());
    }
    match decide(register, budget(&stop)) {
        Decision::Fine => assert!(truth, "{}", about()),
        Decision::Wrong(_) => assert!(!truth, "{}", about()),
        Decision::Undecided(why) => panic!("undecided, {why:?}: {}", about()),
    }
    (truth, !matches!(glance, Found::Open))
}

#[test]
fn the_checkers_say_what_trying_every_order_says() {
    // `LSFR_HISTORIES=5000000 cargo test --release brute_force` tries more.
    let count: u64 = std::env::var("LSFR_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let first: u64 = std::env::var("LSFR_HISTORIES_FROM").ok().and_then(|from| from.parse().ok()).unwrap_or(0);
    let (mut wrong, mut open_wrong, mut glances) = (0u64, 0u64, 0u64);
    for seed in first..first + count {
        let mut numbers = Numbers(seed);
        let mix = Mix::of(seed);
        let register = random(&mut numbers, mix);
        let (truth, glance) = one(&register, &|| format!("seed {seed}, {mix:?}"));
        wrong += u64::from(!truth);
        open_wrong += u64::from(!truth && !glance);
        glances += u64::from(glance);
    }
    eprintln!(
        "{count} histories, {wrong} wrong; {glances} decided at a glance; {open_wrong} wrong ones only by a search"
    );
    // If all histories were right, or all wrong, the test would prove nothing.
    assert!(wrong > count / 10 && wrong < count * 9 / 10, "{wrong} of {count} are wrong");
}
