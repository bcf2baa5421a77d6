//! Walks on stores that are simulated: one that is right passes them all, and each bug is found and shrunk.

mod named;
mod queue;
mod store;

use std::sync::Arc;
use std::time::Instant;

use super::*;

/// A store of its own make, which knows nothing of the models.
trait Simulated {
    fn answer(&mut self, asked: &Asked) -> Answer;

    fn crash(&mut self);

    /// One of its nodes is lost, and with it what no other has.
    fn lose(&mut self) {}
}

/// What is walked on.
struct Trial {
    kind: &'static ModelKind,
    /// How often an operation is drawn, from 0.
    weight: fn(&OperationKind) -> u32,
    keys: Key,
    workers: Worker,
    /// More steps than this never show a bug.
    most: usize,
    /// So many steps are drawn where a bug is looked for.
    length: usize,
    /// The next step comes when everybody has noticed that a worker went away.
    noticed: bool,
    crashes: Crashes,
    nodes: Nodes,
    /// All operations that may have a name have one.
    named: bool,
    make: Box<dyn Fn() -> Box<dyn Simulated>>,
}

const ALL_CRASHES: Crashes = Crashes { kill: true, restart: true };
/// A card of so many steps is read at a glance.
const FEW: usize = 8;
/// So many sequences are tried at most to find them, on an average.
const TRIED: usize = 80;
/// So many steps has a walk on a store that is right.
const LENGTH: usize = 300;
/// After so many steps a walk may end.
const ENOUGH: usize = 50;
/// How long something takes that is asked, and how long it is until the next is.
const TAKES: u64 = 100;
/// How long it takes at most until a gone worker is noticed.
const NOTICED: u64 = 6000;

/// Numbers from a seed; good enough to walk with (a xorshift).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

fn setup(kind: &ModelKind) -> Setup {
    let every = kind.operations.iter().flat_map(|one| one.outcomes.iter().map(|outcome| (one.word, *outcome)));
    // A DELETE is 200 whether the key was there or not.
    let told = every.filter(|told| kind.word != "map" || *told != ("delete", Outcome::Absent) && told.0 != "clear");
    Setup { versions: true, told: told.collect() }
}

fn player(kind: &ModelKind) -> Player {
    let never = if kind.word == "queue" { "4000000000" } else { "\"no-such-version\"" };
    Player::new((kind.make)(setup(kind)), Arc::from(never))
}

/// A walk under way.
struct Walk {
    store: Box<dyn Simulated>,
    player: Player,
    noticed: bool,
    now: u64,
}

#[derive(Debug)]
enum Went {
    Right,
    Wrong(About),
    GaveUp,
}

impl Walk {
    fn new(trial: &Trial) -> Self {
        Self { store: (trial.make)(), player: player(trial.kind), noticed: trial.noticed, now: 0 }
    }

    fn step(&mut self, step: &Step) -> Went {
        let Some(operation) = step.operation() else {
            return match step.act {
                Act::Lose(_) => self.lose(),
                Act::Return => Went::Right,
                _ => self.crash(),
            };
        };
        let span = Span { sent: self.now, received: self.now + TAKES };
        let asked = self.player.asked(step.number, operation, span);
        if self.player.model.waits(&asked) {
            return Went::Right;
        }
        let pause = if asked.word == "disconnect" && self.noticed { NOTICED } else { 0 };
        self.now += 2 * TAKES + pause;
        // Killed within it: the store did it or did not, and nobody has heard.
        if matches!(step.act, Act::KillWithin(_)) {
            if step.number.is_multiple_of(2) {
                self.store.answer(&asked);
            }
            return if self.player.unanswered(&asked).is_ok() { self.crash() } else { Went::GaveUp };
        }
        // Asked until it is decided: the node that is lost did it or did not.
        if matches!(step.act, Act::LoseWithin(..)) {
            if step.number.is_multiple_of(2) {
                self.store.answer(&asked);
            }
            self.lose();
        }
        let answer = self.store.answer(&asked);
        match self.player.answered(&asked, &answer) {
            Judged::Possible => Went::Right,
            Judged::Impossible(rights) => Went::Wrong(self.player.about(&asked, Some(&answer), &rights)),
            Judged::GaveUp(_) => Went::GaveUp,
        }
    }

    fn lose(&mut self) -> Went {
        self.store.lose();
        Went::Right
    }

    fn crash(&mut self) -> Went {
        self.store.crash();
        if self.player.restarted().is_ok() { Went::Right } else { Went::GaveUp }
    }
}

/// What became of a walk, and its steps.
fn walk(trial: &Trial, seed: u64, length: usize) -> (Went, Vec<Step>) {
    let mut numbers = Numbers::new(seed);
    let mix = trial.kind.operations.iter().map(|operation| (operation, (trial.weight)(operation)));
    let mix = mix.filter(|(_, weight)| *weight > 0).collect();
    let vary = Vary { priority: true, delay: true };
    let (workers, crashes) = (trial.workers, trial.crashes);
    let named = trial.kind.operations.iter().filter(|kind| trial.named && kind.takes(Takes::Id));
    let named = named.map(|kind| kind.word).collect();
    let (keys, nodes) = (trial.keys, trial.nodes);
    let mut drawer = Drawer::new(Plan { mix, keys, workers, values: Values::Text, vary, crashes, nodes, named });
    let (mut walk, mut steps) = (Walk::new(trial), Vec::new());
    for drawn in 0..length {
        if drawn == ENOUGH {
            drawer.enough();
        }
        let step = drawer.next(&walk.player, walk.now, &mut |n| numbers.below(n));
        steps.push(step.clone());
        let went = walk.step(&step);
        if !matches!(went, Went::Right) {
            return (went, steps);
        }
    }
    (Went::Right, steps)
}

/// Takes many walks on a store that is right: none goes wrong, and few have to be given up, at most so many of a hundred.
/// `LSFR_WALKS=2000` takes more of them than usual, as CONTRIBUTING.md says.
fn passes(name: &str, trial: &Trial, given_up: usize) {
    let walks: u64 = std::env::var("LSFR_WALKS").ok().and_then(|walks| walks.parse().ok()).unwrap_or(300);
    let began = Instant::now();
    let (mut open, mut early) = (0, 0);
    for seed in 0..walks {
        let (went, steps) = walk(trial, seed, LENGTH);
        match went {
            Went::Right => {}
            Went::Wrong(_) => panic!("{name}, seed {seed}: step {} went wrong: {:#?}", steps.len(), steps.last()),
            Went::GaveUp => {
                open += 1;
                early += usize::from(steps.len() <= ENOUGH);
            }
        }
    }
    let took = began.elapsed().as_secs_f64();
    println!(
        "{name}: {walks} walks of {LENGTH} steps, none wrong, {open} given up ({early} of them within {ENOUGH} steps), {took:.1} s"
    );
    assert!(open * 100 <= given_up * walks as usize, "{name}: {open} of {walks} walks were given up");
}

/// At which of the steps an answer is wrong when they are done again from the beginning.
fn wrong_at(trial: &Trial, steps: &[Step]) -> Option<usize> {
    wrong(trial, steps).map(|(at, _)| at)
}

/// The same with what the answer was about.
fn wrong(trial: &Trial, steps: &[Step]) -> Option<(usize, About)> {
    let mut walk = Walk::new(trial);
    for (at, step) in steps.iter().enumerate() {
        match walk.step(step) {
            Went::Right => {}
            Went::Wrong(about) => return Some((at, about)),
            Went::GaveUp => return None,
        }
    }
    None
}

/// The fewest steps that show it, and how many sequences were tried for them.
fn shrunk(trial: &Trial, steps: &[Step], about: &About) -> (Vec<Step>, usize) {
    let mut tried = 0;
    let mut wrong = |steps: &[Step]| {
        tried += 1;
        self::wrong(trial, steps)
    };
    let again = tails(steps, about).into_iter().find_map(|tail| Some(tail.steps[..=wrong(&tail.steps)?.0].to_vec()));
    let mut shrinker = Shrinker::new(again.expect("the walk itself goes wrong again"));
    while let Some(candidate) = shrinker.ahead(1).pop() {
        let wrong = wrong(&candidate);
        shrinker.tell(usize::from(wrong.is_none()), wrong.as_ref().map(|(at, about)| (*at, about)));
    }
    (shrinker.best().to_vec(), tried)
}

/// Those of 20 walks that find the bug.
fn finding(trial: &Trial) -> Vec<(About, Vec<Step>)> {
    let walks = (0..20).map(|seed| walk(trial, seed, trial.length));
    let found = walks.filter_map(|(went, steps)| match went {
        Went::Wrong(about) => Some((about, steps)),
        Went::Right | Went::GaveUp => None,
    });
    found.collect()
}

/// The bug is found in 19 of 20 walks, and a few steps show it.
fn is_found(bug: &dyn std::fmt::Debug, trial: &Trial) {
    let walks = finding(trial);
    assert!(walks.len() >= 19, "{bug:?} was found in {} of 20 walks", walks.len());
    let (all, mut few, mut tries) = (walks.len(), 0, 0);
    for (about, steps) in walks {
        let (shrunk, tried) = shrunk(trial, &steps, &about);
        tries += tried;
        assert!(shrunk.len() <= trial.most, "{bug:?} took {} steps: {shrunk:#?}", shrunk.len());
        few += usize::from(shrunk.len() <= FEW);
        assert_eq!(wrong_at(trial, &shrunk), Some(shrunk.len() - 1), "{bug:?}");
    }
    assert!(few * 4 >= all * 3, "{bug:?} was shown by few steps in {few} of {all} walks");
    assert!(tries <= all * TRIED, "{bug:?} took {tries} tries in {all} walks");
}
