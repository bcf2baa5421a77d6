//! The fewest operations that prove that a register is wrong and still show where each value came from.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::register::{ABSENT, Kind, Register};
use super::search::Budget;
use super::{Decision, decide};

/// One try takes at most this long. Whatever is undecided by then counts as not proven: the explanation is longer, but
/// just as true.
const TRY: Duration = Duration::from_millis(200);
const MEMORY: usize = 256 << 20;

/// Places in the history of operations that prove it, whichever of the others were done, and when.
pub(super) fn operations(register: &Register, witness: Option<Vec<u32>>, deadline: Instant) -> Vec<u32> {
    let mut tries = Tries { deadline };
    let (register, witness) = first_time(register, witness, &mut tries);
    let count = register.ops.len();
    let mut few = Few { register: &register, sources: Sources::of(&register), tries };
    let mut kept = vec![true; count];
    if let Some(witness) = witness {
        let mut witnessed = vec![false; count];
        witness.iter().for_each(|at| witnessed[*at as usize] = true);
        few.close(&mut witnessed);
        if few.proves(&witnessed) {
            kept = witnessed;
        }
    }
    few.shrink(&mut kept);
    kept.iter().zip(&register.ops).filter(|(kept, _)| **kept).map(|(_, op)| op.place).collect()
}

struct Tries {
    deadline: Instant,
}

impl Tries {
    fn decide(&mut self, register: &Register) -> Decision {
        let stop = AtomicBool::new(false);
        let deadline = self.deadline.min(Instant::now() + TRY);
        decide(register, Budget { deadline, memory: MEMORY, stop: &stop })
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }
}

/// The register at the moment when its history first could not have happened, and what proves that. What came later is
/// not needed: anyone who saw it at that moment could have said so.
fn first_time(register: &Register, witness: Option<Vec<u32>>, tries: &mut Tries) -> (Register, Option<Vec<u32>>) {
    let mut times: Vec<u64> = register.ops.iter().filter(|op| op.must).map(|op| op.ret).collect();
    times.sort_unstable();
    times.dedup();
    let mut best = (register.clone(), witness);
    let (mut low, mut high) = (0, times.len());
    while low < high && !tries.is_over() {
        let middle = low + (high - low) / 2;
        let until = register.until(times[middle]);
        match tries.decide(&until) {
            Decision::Wrong(witness) => {
                best = (until, witness);
                high = middle;
            }
            Decision::Fine | Decision::Undecided(_) => low = middle + 1,
        }
    }
    best
}

struct Few<'a> {
    register: &'a Register,
    sources: Sources,
    tries: Tries,
}

impl Few<'_> {
    fn proves(&mut self, kept: &[bool]) -> bool {
        matches!(self.tries.decide(&self.register.only(|at| kept[at])), Decision::Wrong(_))
    }

    /// Adds the sources of values that are seen: without them a value would come from nowhere, which is another
    /// story.
    fn close(&self, kept: &mut [bool]) {
        let mut next: Vec<usize> = (0..kept.len()).filter(|at| kept[*at]).collect();
        while let Some(at) = next.pop() {
            if let Some(source) = self.sources.of_op(self.register, at)
                && !std::mem::replace(&mut kept[source], true)
            {
                next.push(source);
            }
        }
    }

    /// Leaves out what is not needed: first halves, in the end single operations.
    fn shrink(&mut self, kept: &mut Vec<bool>) {
        let mut size = kept.iter().filter(|kept| **kept).count().div_ceil(2);
        while size > 0 && !self.tries.is_over() {
            let mut shrunk = false;
            let left: Vec<usize> = (0..kept.len()).filter(|at| kept[*at]).collect();
            for part in left.chunks(size) {
                let mut without = kept.clone();
                part.iter().for_each(|at| without[*at] = false);
                self.close(&mut without);
                if without != *kept && self.proves(&without) {
                    *kept = without;
                    shrunk = true;
                }
            }
            // The last round is repeated until nothing more can go: one operation can keep another in.
            if size > 1 || !shrunk {
                size /= 2;
            }
        }
    }
}

/// By value, the operations that can have set it.
struct Sources(Vec<Vec<u32>>);

impl Sources {
    fn of(register: &Register) -> Self {
        let mut sources = vec![Vec::new(); register.values];
        for (at, op) in register.ops.iter().enumerate() {
            if let Some(value) = op.kind.sets() {
                sources[value as usize].push(at as u32);
            }
        }
        Self(sources)
    }

    /// Where the value that an operation saw, or said was not there, came from: the last that was sent before it
    /// returned, or else the first. An absent key needs no source: that nothing is there needs no explanation.
    fn of_op(&self, register: &Register, at: usize) -> Option<usize> {
        let op = &register.ops[at];
        let value = match op.kind {
            Kind::Unmet(value) => value,
            kind => kind.observes()?,
        };
        if value == ABSENT || value == register.initial {
            return None;
        }
        let sources = &self.0[value as usize];
        let before = sources.iter().filter(|source| register.ops[**source as usize].call <= op.ret);
        let last = before.max_by_key(|source| register.ops[**source as usize].call);
        last.or(sources.first()).map(|source| *source as usize).filter(|source| *source != at)
    }
}
