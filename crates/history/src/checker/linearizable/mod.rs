//! Whether registers behaved like one copy that does one operation at a time, each between its call and its return
//! (M. Herlihy and J. Wing, "Linearizability", 1990). Keys are judged by themselves: a history is linearizable if and
//! only if that of each key is.
//!
//! | file | what it is |
//! |---|---|
//! | `register`, `settle` | one key as numbers, and what its operations leave open |
//! | `zones`, `search` | what can be seen without a search, and the search |
//! | `few`, `story` | as few operations as prove a violation, and what is said of them |

#[cfg(test)]
mod brute_force;
mod register;
mod search;
mod settled;
mod smallest_proof;
mod story;
#[cfg(test)]
mod tests;
mod zones;

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use self::register::{Builder, Register};
use self::search::{Budget, search};
use self::settled::Settled;
use self::zones::Found;
use super::{Checker, Limits, conclusion};
use crate::explain::explanation;
use crate::{Counts, Explanation, History, Judgement, Object, Operation, Text, Verdict, phrases};

/// An explanation may take this long if it needs to, however little is left of the time for judging: a violation that
/// is known but cannot be shown helps nobody.
const AT_LEAST: Duration = Duration::from_secs(2);

/// Registers behave like one copy. Keys are judged by themselves.
#[derive(Debug, Clone, Copy)]
pub struct Linearizable;

impl Checker for Linearizable {
    fn name(&self) -> &'static str {
        "linearizable"
    }

    fn promise(&self) -> &'static str {
        "all operations can be put in one order, each at a moment between its call and its return, in which every \
         answer is right"
    }

    fn object(&self) -> Object {
        Object::Register
    }

    fn judge(&self, history: &History, limits: &Limits) -> Judgement {
        let began = Instant::now();
        let (keys, registers) = registers(history);
        let mut counts = Counts { keys: keys.len(), ..Counts::default() };
        for operation in history.operations.iter().filter(|operation| is_judged(operation)) {
            counts.add(operation.outcome);
        }
        let verdict = judge(history, &keys, &registers, limits, began);
        conclusion(verdict, counts, None)
    }
}

fn is_judged(operation: &Operation) -> bool {
    operation.action.object() == Object::Register
}

/// What is known of one register.
#[derive(Debug)]
enum Decision {
    Fine,
    /// Operations (places in [`Register::ops`]) that together prove it, if they are known.
    Wrong(Option<Vec<u32>>),
    Undecided(search::Outcome),
}

fn judge(history: &History, keys: &[&Text], registers: &[Register], limits: &Limits, began: Instant) -> Verdict {
    let deadline = began + limits.time;
    // First everything that can be decided at a glance: a wrong register mostly can, and then the rest need not be
    // searched.
    let glances = in_parallel(registers.len(), &|at| glance(&registers[at]));
    let mut open = Vec::new();
    let mut wrong = Vec::new();
    for (at, found) in glances.into_iter().enumerate() {
        match found {
            Found::Fine => {}
            Found::Open => open.push(at),
            Found::Wrong(witness) => {
                let returned = witness.iter().map(|op| registers[at].ops[*op as usize].ret).max();
                wrong.push((returned, at, witness));
            }
        }
    }
    let explain = |at: usize, witness: Option<Vec<u32>>| {
        Verdict::Violation(Box::new(explained(history, keys[at], &registers[at], witness, deadline)))
    };
    // Of several violations, the one that shows first.
    if let Some((_, at, witness)) = wrong.into_iter().min_by_key(|(returned, at, _)| (*returned, *at)) {
        return explain(at, Some(witness));
    }
    // Then the search. Of several violations the first key's is reported, whichever is found first: only later keys
    // stop.
    let stops: Vec<AtomicBool> = open.iter().map(|_| AtomicBool::new(false)).collect();
    let workers = workers(open.len());
    let searched = in_parallel(open.len(), &|at| {
        let memory = limits.memory / workers;
        let decision = decide(&registers[open[at]], Budget { deadline, memory, stop: &stops[at] });
        if matches!(decision, Decision::Wrong(_)) {
            stops[at + 1..].iter().for_each(|stop| stop.store(true, Ordering::Relaxed));
        }
        decision
    });
    let mut undecided = Vec::new();
    for (&at, decision) in open.iter().zip(searched) {
        match decision {
            Decision::Fine => {}
            Decision::Wrong(witness) => return explain(at, witness),
            Decision::Undecided(why) => undecided.push((at, why)),
        }
    }
    match undecided[..] {
        [] => Verdict::Ok,
        [(at, why), ref others @ ..] => {
            Verdict::Unknown { reason: undecided_words(keys[at], &registers[at], why, others.len(), limits) }
        }
    }
}

/// Explains a register that is known to be wrong. `witness`: operations (places in [`Register::ops`]) that prove it.
fn explained(
    history: &History,
    key: &Text,
    register: &Register,
    witness: Option<Vec<u32>>,
    deadline: Instant,
) -> Explanation {
    let deadline = deadline.max(Instant::now() + AT_LEAST);
    let few = smallest_proof::operations(register, witness, deadline);
    explanation(history, key, story::story(history, key, few))
}

fn undecided_words(key: &Text, register: &Register, why: search::Outcome, others: usize, limits: &Limits) -> String {
    let open = register.ops.iter().filter(|op| !op.must).count();
    let used = match why {
        search::Outcome::OutOfMemory => format!("{} MB of memory", limits.memory >> 20),
        _ => format!("{} s", limits.time.as_secs_f64()),
    };
    let also = match others {
        0 => String::new(),
        1 => " One more key is undecided.".to_owned(),
        others => format!(" {others} more keys are undecided."),
    };
    format!(
        "No order of the {} operations on `{}` that explains them was found within {used}, and no proof that there is \
         none: {open} of them may or may not have been done.{also}",
        register.ops.len(),
        phrases::shown(key),
    )
}

/// What can be seen of a register without a search; places are those in [`Register::ops`].
fn glance(register: &Register) -> Found {
    let settled = Settled::of(register);
    match zones::look(&settled) {
        Found::Wrong(witness) => Found::Wrong(settled.witnesses(register, &witness)),
        other => other,
    }
}

/// Decides about one register, as far as the budget goes.
fn decide(register: &Register, budget: Budget<'_>) -> Decision {
    let settled = Settled::of(register);
    match zones::look(&settled) {
        Found::Fine => Decision::Fine,
        Found::Wrong(witness) => Decision::Wrong(Some(settled.witnesses(register, &witness))),
        Found::Open => match search(&settled, budget) {
            search::Outcome::Explained => Decision::Fine,
            search::Outcome::Impossible => Decision::Wrong(None),
            why => Decision::Undecided(why),
        },
    }
}

/// The keys of a history, in the order in which they first occur, and their operations.
///
/// One pass in the order of the operations: to go through them key by key would take ten times as long, most of it
/// waiting for memory.
fn registers(history: &History) -> (Vec<&Text>, Vec<Register>) {
    let mut keys: Vec<&Text> = Vec::new();
    let mut builders: Vec<Builder<'_>> = Vec::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (place, operation) in history.operations.iter().enumerate() {
        if !is_judged(operation) {
            continue;
        }
        let number = *numbers.entry(&operation.key).or_insert_with(|| {
            keys.push(&operation.key);
            builders.push(Builder::new(history.initial.get(&operation.key)));
            keys.len() - 1
        });
        builders[number].add(operation, place as u32);
    }
    (keys, builders.into_iter().map(Builder::build).collect())
}

fn workers(jobs: usize) -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(jobs).max(1)
}

/// Does the jobs `0..count` on all processors; the results are in the order of the jobs.
fn in_parallel<T: Send>(count: usize, job: &(dyn Fn(usize) -> T + Sync)) -> Vec<T> {
    let workers = workers(count);
    if workers == 1 {
        return (0..count).map(job).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, job(at)));
        }
    };
    let mut results: Vec<(usize, T)> = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut results = work();
        for other in others {
            match other.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}
