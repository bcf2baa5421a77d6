//! Faults on a schedule. What each is, whom it touches and how long it lasts are drawn from the seed before anything
//! happens; only the holder of a role, which some faults aim at, is not known until a fault begins.
//!
//! One fault is in force at a time, and it leaves a majority that can talk: a correct system can always go on, or will be
//! able to as soon as the fault ends.

use std::collections::BTreeSet;
use std::time::Duration;

use history::FaultKind;

use crate::network::{Flow, Policy, Slow};
use crate::scenario::draw::{Draw, Stream};
use crate::scenario::verbs::nemesis::{FaultWord, Nemesis};

/// Delays that `slow` draws from, in milliseconds.
const DELAY: (i64, i64) = (20, 150);

/// The nodes that faults touch, by who elects together: in each of these lists a majority is left.
pub type Voters = Vec<Vec<String>>;

/// Draws one fault after the other.
#[derive(Debug)]
pub struct Schedule {
    spec: Nemesis,
    voters: Voters,
    stream: Stream,
    /// Kinds that come before any comes again.
    deck: Vec<FaultWord>,
    drawn: u32,
}

/// A fault as it is drawn: everything but who holds the role that it aims at.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// From 1.
    pub number: u32,
    /// Since the workload began.
    pub begins: Duration,
    pub lasts: Duration,
    /// It touches the node with the role.
    pub aimed: bool,
    kind: FaultWord,
    voters: Voters,
    /// All nodes; the first ones are touched, as far as they leave a majority.
    order: Vec<String>,
    touched: usize,
    /// Of a cut: from those touched, not to them.
    outward: bool,
    delay: Duration,
    /// What was held is gone at the end, and its connections are reset.
    reset: bool,
}

/// A fault with its nodes.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Each of the first is cut from all others.
    Isolate(Vec<String>, Vec<String>),
    /// Two sides, the smaller first.
    Halves(Vec<String>, Vec<String>),
    /// Two sides, and a node that reaches both.
    Bridge(Vec<String>, Vec<String>, String),
    Ring(Vec<String>),
    Cut {
        from: Vec<String>,
        to: Vec<String>,
    },
    Slow(Vec<String>, Slow),
    Kill(Vec<String>),
    /// Killed, and started at once.
    Restart(Vec<String>),
    Pause(Vec<String>),
}

impl Schedule {
    /// `draw`: what the key of its draws begins with.
    pub fn new(draw: &str, spec: &Nemesis, voters: Voters) -> Self {
        let stream = Draw::new(format!("{draw}/faults")).next();
        Self { spec: spec.clone(), voters, stream, deck: Vec::new(), drawn: 0 }
    }

    /// The next fault. Every fault takes equally many numbers from the stream, whatever it is.
    pub fn draw(&mut self) -> Drawn {
        if self.deck.is_empty() {
            let mut left = self.spec.faults.clone();
            while !left.is_empty() {
                self.deck.push(left.remove(self.stream.below(left.len() as u64) as usize));
            }
        }
        let shapes = [FaultWord::Isolate, FaultWord::Halves, FaultWord::Bridge, FaultWord::Ring];
        let shape = shapes[self.stream.below(4) as usize];
        let kind = match self.deck.pop() {
            Some(FaultWord::Partition) | None => shape,
            Some(kind) => kind,
        };
        let mut left = self.voters.concat();
        let mut order = Vec::new();
        while !left.is_empty() {
            order.push(left.remove(self.stream.below(left.len() as u64) as usize));
        }
        let few: usize = self.voters.iter().map(|voters| minority(voters.len())).sum();
        let some = 1 + self.stream.below(few as u64) as usize;
        let longest = self.spec.lasts.as_micros() as i64;
        let lasts = Duration::from_micros(self.stream.between(longest / 2, longest) as u64);
        let (aimed, outward, reset) =
            (self.stream.below(3) > 0, self.stream.below(2) == 0, self.stream.below(2) == 0);
        let delay = Duration::from_millis(self.stream.between(DELAY.0, DELAY.1) as u64);
        let kind = match kind {
            // Too few nodes for the shape: it would cut nobody off, or nobody would be left.
            FaultWord::Bridge if order.len() < 3 => FaultWord::Isolate,
            FaultWord::Ring if order.len() < 4 => FaultWord::Isolate,
            // Neighbours in the ring may be of other groups, and then no group could elect.
            FaultWord::Ring if self.voters.len() > 1 => FaultWord::Isolate,
            kind => kind,
        };
        let touched = if kind == FaultWord::Halves { few } else { some };
        let begins = self.spec.every / 3 + self.spec.every * self.drawn;
        self.drawn += 1;
        let aimed = aimed && self.spec.aim.is_some();
        let voters = self.voters.clone();
        Drawn { number: self.drawn, begins, lasts, aimed, kind, voters, order, touched, outward, delay, reset }
    }
}

/// The most nodes that leave a majority without them; one where there are one or two.
fn minority(nodes: usize) -> usize {
    (nodes.saturating_sub(1) / 2).max(1)
}

impl Drawn {
    /// The fault, touching `holder` where it is aimed.
    pub fn fault(&self, holder: Option<&str>) -> Fault {
        let mut order = self.order.clone();
        if let (true, Some(at)) = (self.aimed, order.iter().position(|node| Some(node.as_str()) == holder)) {
            let holder = order.remove(at);
            order.insert(0, holder);
        }
        let named = |nodes: &[String]| {
            let mut nodes = nodes.to_vec();
            nodes.sort();
            nodes
        };
        let (touched, others) = self.split(&order);
        let (touched, others) = (named(&touched), named(&others));
        match self.kind {
            FaultWord::Isolate | FaultWord::Partition => Fault::Isolate(touched, others),
            FaultWord::Halves => Fault::Halves(touched, others),
            FaultWord::Bridge => {
                // The last node is between them: a holder, which comes first, is on the smaller side.
                let (sides, bridge) = order.split_at(order.len() - 1);
                let (small, large) = sides.split_at(sides.len() / 2);
                Fault::Bridge(named(small), named(large), bridge[0].clone())
            }
            FaultWord::Ring => Fault::Ring(order),
            FaultWord::Cut if self.outward => Fault::Cut { from: touched, to: others },
            FaultWord::Cut => Fault::Cut { from: others, to: touched },
            FaultWord::Slow => {
                Fault::Slow(touched, Slow { delay: self.delay, jitter: self.delay / 2, ..Slow::default() })
            }
            FaultWord::Kill => Fault::Kill(touched),
            FaultWord::Restart => Fault::Restart(touched),
            FaultWord::Pause => Fault::Pause(touched),
        }
    }
}

impl Drawn {
    /// Those that are touched, and the others.
    fn split(&self, order: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut touched, mut others) = (Vec::<String>::new(), Vec::new());
        for node in order {
            let group = self.voters.iter().find(|voters| voters.contains(node));
            let may = group.is_some_and(|voters| {
                voters.iter().filter(|other| touched.contains(other)).count() < minority(voters.len())
            });
            if may && touched.len() < self.touched { touched.push(node.clone()) } else { others.push(node.clone()) }
        }
        (touched, others)
    }
}

impl Fault {
    /// What is done, for people: a verb and the rest.
    pub fn text(&self) -> String {
        let names = |nodes: &[String]| nodes.join(", ");
        match self {
            Fault::Isolate(nodes, _) => format!("isolate {}", names(nodes)),
            Fault::Halves(small, large) => format!("partition {} | {}", names(small), names(large)),
            Fault::Bridge(small, large, bridge) => {
                format!("partition {} | {}, {bridge} between them", names(small), names(large))
            }
            Fault::Ring(ring) => format!("leave the links of a ring: {}", names(ring)),
            Fault::Cut { from, to } => format!("cut {} → {}", names(from), names(to)),
            Fault::Slow(nodes, slow) => format!("slow {}: {:?} ± {:?}", names(nodes), slow.delay, slow.jitter),
            Fault::Kill(nodes) => format!("kill {}", names(nodes)),
            Fault::Restart(nodes) => format!("kill and start {}", names(nodes)),
            Fault::Pause(nodes) => format!("pause {}", names(nodes)),
        }
    }

    /// What was the case meanwhile: a clause in the past tense, to stand before a time.
    pub fn clause(&self) -> String {
        match self {
            Fault::Isolate(nodes, others) if nodes.len() == 1 => {
                format!("{} was cut off from {}", and(nodes), and(others))
            }
            Fault::Isolate(nodes, _) => format!("{} were each cut off from all others", and(nodes)),
            Fault::Halves(small, large) => {
                format!("{} {} cut off from {}", and(small), were(small), and(large))
            }
            Fault::Bridge(small, large, bridge) => {
                format!("{} {} cut off from {} (not from {bridge})", and(small), were(small), and(large))
            }
            Fault::Ring(ring) => format!("each node reached only its neighbours in the ring {}", ring.join(", ")),
            Fault::Cut { from, to } => format!("nothing from {} reached {}", and(from), and(to)),
            Fault::Slow(nodes, slow) => {
                format!("the links of {} were slow ({} ms)", and(nodes), slow.delay.as_millis())
            }
            Fault::Kill(nodes) => format!("{} {} down", and(nodes), were(nodes)),
            Fault::Restart(nodes) => format!("{} {} killed and started", and(nodes), were(nodes)),
            Fault::Pause(nodes) => format!("{} {} paused", and(nodes), were(nodes)),
        }
    }

    pub fn kind(&self) -> FaultKind {
        match self {
            Fault::Slow(..) => FaultKind::Slow,
            Fault::Kill(_) | Fault::Restart(_) => FaultKind::Down,
            Fault::Pause(_) => FaultKind::Pause,
            _ => FaultKind::Cut,
        }
    }

    /// The nodes that it is done to: the smaller side of a partition.
    pub fn nodes(&self) -> &[String] {
        match self {
            Fault::Isolate(nodes, _) | Fault::Halves(nodes, _) | Fault::Bridge(nodes, ..) => nodes,
            Fault::Cut { from, to } => {
                if from.len() <= to.len() {
                    from
                } else {
                    to
                }
            }
            Fault::Slow(nodes, _) | Fault::Kill(nodes) | Fault::Restart(nodes) | Fault::Pause(nodes) => nodes,
            Fault::Ring(_) => &[],
        }
    }

    /// Whether it is done to links, by [`Fault::begin`] and [`Fault::end`], and not to processes.
    pub fn is_of_links(&self) -> bool {
        !matches!(self, Fault::Kill(_) | Fault::Restart(_) | Fault::Pause(_))
    }

    /// Applies it to the links between `all`.
    pub fn begin(&self, policy: &mut Policy, all: &[String]) {
        if let Fault::Slow(nodes, slow) = self {
            for (from, to) in ways(all).filter(|(from, to)| nodes.contains(from) || nodes.contains(to)) {
                policy.slow(from, to, *slow);
            }
        }
        for (from, to) in self.cuts(all) {
            policy.cut(&from, &to);
        }
    }

    /// Takes it back, and nothing else.
    pub fn end(&self, policy: &mut Policy, all: &[String], drawn: &Drawn) {
        let cuts = self.cuts(all);
        if drawn.reset {
            for (from, to) in
                cuts.iter().filter(|(from, to)| from < to || !cuts.contains(&(to.clone(), from.clone())))
            {
                policy.reset(from, to);
            }
        }
        for (from, to) in &cuts {
            policy.heal(from, to);
        }
        if let Fault::Slow(nodes, _) = self {
            for (from, to) in ways(all).filter(|(from, to)| nodes.contains(from) || nodes.contains(to)) {
                policy.heal(from, to);
            }
        }
    }

    /// The ways that are cut.
    fn cuts(&self, all: &[String]) -> BTreeSet<Flow> {
        let mut cut = Policy::default();
        match self {
            Fault::Isolate(nodes, _) => {
                for (from, to) in ways(all).filter(|(from, to)| nodes.contains(from) || nodes.contains(to)) {
                    cut.cut(from, to);
                }
            }
            Fault::Halves(small, large) | Fault::Bridge(small, large, _) => {
                cut.separate(&[small.clone(), large.clone()]);
            }
            Fault::Ring(ring) => cut.cut_to_ring(ring),
            Fault::Cut { from, to } => {
                for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
                    cut.cut(from, to);
                }
            }
            Fault::Slow(..) | Fault::Kill(_) | Fault::Restart(_) | Fault::Pause(_) => {}
        }
        cut.cuts().cloned().collect()
    }
}

/// Every way from one node to another.
fn ways(all: &[String]) -> impl Iterator<Item = (&String, &String)> {
    let pairs = all.iter().flat_map(move |from| all.iter().map(move |to| (from, to)));
    pairs.filter(|(from, to)| from != to)
}

fn were(nodes: &[String]) -> &'static str {
    if nodes.len() == 1 { "was" } else { "were" }
}

/// `n1, n2 and n3`
fn and(nodes: &[String]) -> String {
    match nodes {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("n{number}")).collect()
    }

    fn spec(faults: &[FaultWord]) -> Nemesis {
        let (every, lasts) = (Duration::from_secs(3), Duration::from_millis(1500));
        Nemesis { every, lasts, faults: faults.to_vec(), aim: Some("leader".to_owned()) }
    }

    fn every_word() -> Vec<FaultWord> {
        FaultWord::ALL.iter().map(|(word, _)| *word).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_schedule_and_another_seed_another() {
        let draw = |key: &str| {
            let mut schedule = Schedule::new(key, &spec(&every_word()), vec![nodes(5)]);
            (0..40).map(|_| schedule.draw()).collect::<Vec<Drawn>>()
        };
        assert_eq!(draw("8123/s/t/steps[0]"), draw("8123/s/t/steps[0]"));
        assert_ne!(draw("8123/s/t/steps[0]"), draw("8124/s/t/steps[0]"));
    }

    #[test]
    fn each_kind_comes_once_before_any_comes_again_and_in_its_time() {
        let words = [FaultWord::Kill, FaultWord::Pause, FaultWord::Slow, FaultWord::Cut];
        let mut schedule = Schedule::new("1", &spec(&words), vec![nodes(5)]);
        for round in 0..20 {
            let drawn: Vec<Drawn> = (0..words.len()).map(|_| schedule.draw()).collect();
            let mut kinds: Vec<FaultWord> = drawn.iter().map(|drawn| drawn.kind).collect();
            kinds.sort();
            let mut wanted = words.to_vec();
            wanted.sort();
            assert_eq!(kinds, wanted);
            for (at, drawn) in drawn.iter().enumerate() {
                let number = (round * words.len() + at) as u32;
                assert_eq!(drawn.number, number + 1);
                assert_eq!(drawn.begins, Duration::from_secs(1) + Duration::from_secs(3) * number);
                assert!((Duration::from_millis(750)..=Duration::from_millis(1500)).contains(&drawn.lasts));
            }
        }
    }

    /// Nodes that `node` can talk to both ways, itself among them.
    fn talks(policy: &Policy, node: &str, all: &[String]) -> usize {
        all.iter()
            .filter(|other| **other == *node || !policy.is_cut(node, other) && !policy.is_cut(other, node))
            .count()
    }

    #[test]
    fn a_fault_leaves_a_majority_and_its_end_leaves_nothing() {
        for count in 1..=9 {
            let all = nodes(count);
            let words = if count == 1 { vec![FaultWord::Kill, FaultWord::Pause] } else { every_word() };
            let mut schedule = Schedule::new("7", &spec(&words), vec![all.clone()]);
            for _ in 0..300 {
                let drawn = schedule.draw();
                let holder = all[drawn.number as usize % count].as_str();
                let fault = drawn.fault(Some(holder));
                let mut policy = Policy::default();
                fault.begin(&mut policy, &all);
                assert_eq!(policy.is_whole(), !fault.is_of_links(), "{fault:?}");
                let stopped: &[String] = if fault.is_of_links() { &[] } else { fault.nodes() };
                assert!(fault.nodes().len() <= minority(count), "{fault:?}");
                if count > 2 {
                    let well = |node: &&String| !stopped.contains(node);
                    let best = all.iter().filter(well).map(|node| talks(&policy, node, &all)).max().unwrap_or(0);
                    assert!(
                        best - stopped.len().min(best) > count / 2 || stopped.is_empty() && best > count / 2,
                        "{fault:?}"
                    );
                }
                fault.end(&mut policy, &all, &drawn);
                assert!(policy.is_whole(), "{fault:?}");
            }
        }
    }

    #[test]
    fn a_fault_leaves_a_majority_of_each_group() {
        let all = nodes(9);
        let groups: Voters = all.chunks(3).map(<[String]>::to_vec).collect();
        let mut schedule = Schedule::new("5", &spec(&every_word()), groups.clone());
        let mut several = 0;
        for _ in 0..300 {
            let drawn = schedule.draw();
            let fault = drawn.fault(Some(&all[drawn.number as usize % 9]));
            let mut policy = Policy::default();
            fault.begin(&mut policy, &all);
            let stopped: &[String] = if fault.is_of_links() { &[] } else { fault.nodes() };
            several += usize::from(stopped.len() > 1);
            for group in &groups {
                let up: Vec<String> = group.iter().filter(|node| !stopped.contains(node)).cloned().collect();
                let best = up.iter().map(|node| talks(&policy, node, &up)).max().unwrap_or(0);
                assert!(best >= 2, "{group:?}: {fault:?}");
            }
        }
        assert!(several > 10, "faults touch several groups at once, too: {several}");
    }

    #[test]
    fn an_aimed_fault_touches_the_holder() {
        let all = nodes(5);
        let words: Vec<FaultWord> =
            every_word().into_iter().filter(|word| !matches!(word, FaultWord::Ring | FaultWord::Partition)).collect();
        let mut schedule = Schedule::new("3", &spec(&words), vec![all.clone()]);
        let mut aimed = 0;
        for _ in 0..200 {
            let drawn = schedule.draw();
            let fault = drawn.fault(Some("n4"));
            if drawn.aimed {
                aimed += 1;
                assert!(fault.nodes().contains(&"n4".to_owned()), "{fault:?}");
            }
        }
        assert!((100..165).contains(&aimed), "{aimed}");
        let nobody = Nemesis { aim: None, ..spec(&words) };
        assert!(!Schedule::new("3", &nobody, vec![all.clone()]).draw().aimed);
    }

    #[test]
    fn a_fault_is_told_as_a_deed_and_as_what_was_so() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let cases = [
            (Fault::Isolate(names(&["n3"]), names(&["n1", "n2"])), "isolate n3", "n3 was cut off from n1 and n2"),
            (Fault::Pause(names(&["n1", "n2"])), "pause n1, n2", "n1 and n2 were paused"),
            (Fault::Kill(names(&["n2"])), "kill n2", "n2 was down"),
            (
                Fault::Cut { from: names(&["n1"]), to: names(&["n2", "n3"]) },
                "cut n1 → n2, n3",
                "nothing from n1 reached n2 and n3",
            ),
        ];
        for (fault, text, clause) in cases {
            assert_eq!((fault.text().as_str(), fault.clause().as_str()), (text, clause));
        }
    }
}
