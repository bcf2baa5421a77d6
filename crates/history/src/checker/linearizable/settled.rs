//! What a register's operations leave open, decided as far as it can be: which of those that may have been done were
//! done, because somebody saw it; which nobody can have needed; and which values have only one source.

use super::register::{Kind, Op, Register};

/// Where a value can have come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Nowhere,
    Initial,
    /// The one operation that set it, if any did.
    Op(u32),
    Several,
}

impl Source {
    fn and(self, other: Source) -> Source {
        if self == Source::Nowhere { other } else { Source::Several }
    }
}

/// A register without the doubts that do not matter. It can have happened if and only if the register that it was made
/// from can.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) initial: u32,
    pub(super) ops: Vec<Op>,
    /// For each operation, its place in the register that this was made from.
    pub(super) ids: Vec<u32>,
    /// By value.
    pub(super) sources: Vec<Source>,
    /// Somebody certainly saw a value that has no source.
    pub(super) from_nowhere: Option<u32>,
    pub(super) has_unmet: bool,
}

impl Settled {
    pub(super) fn of(register: &Register) -> Self {
        let mut ops = register.ops.clone();
        let mut ids: Vec<u32> = (0..ops.len() as u32).collect();
        let mut sources = Vec::new();
        // When an operation that is not needed goes, a source goes with it, and the rest may then say more.
        for round in 0.. {
            sources = self::sources(register.initial, &ops, register.values);
            observe(&mut ops, &sources);
            if round == 4 || ops.iter().all(|op| op.must) {
                break;
            }
            let needed = needed(&ops, &sources);
            if needed.iter().all(|needed| *needed) {
                break;
            }
            retain(&mut ops, &needed);
            retain(&mut ids, &needed);
        }
        let from_nowhere = ops.iter().position(|op| {
            op.must && op.kind.observes().is_some_and(|value| sources[value as usize] == Source::Nowhere)
        });
        let has_unmet = ops.iter().any(|op| matches!(op.kind, Kind::Unmet(_)));
        Self {
            initial: register.initial,
            ops,
            ids,
            sources,
            from_nowhere: from_nowhere.map(|at| at as u32),
            has_unmet,
        }
    }

    /// Places in the register of operations that prove something; if one of them is known to be done only because
    /// somebody saw it, the operation that saw it is among them.
    pub(super) fn witnesses(&self, register: &Register, found: &[u32]) -> Vec<u32> {
        let certain = |at: u32| register.ops[self.ids[at as usize] as usize].must;
        // By value, which operation is known to have seen it, beginning with those that had an answer.
        let mut seen_by: Vec<Option<u32>> = vec![None; self.sources.len()];
        let mut next: Vec<u32> = (0..self.ops.len() as u32).filter(|at| certain(*at)).collect();
        while let Some(at) = next.pop() {
            let Some(value) = self.ops[at as usize].kind.observes() else { continue };
            if seen_by[value as usize].is_none() {
                seen_by[value as usize] = Some(at);
                if let Source::Op(source) = self.sources[value as usize]
                    && !certain(source)
                {
                    next.push(source);
                }
            }
        }
        let mut witnesses: Vec<u32> = Vec::new();
        let mut next = found.to_vec();
        while let Some(at) = next.pop() {
            if !witnesses.contains(&at) {
                witnesses.push(at);
                if !certain(at)
                    && let Some(value) = self.ops[at as usize].kind.sets()
                {
                    next.extend(seen_by[value as usize]);
                }
            }
        }
        witnesses.iter().map(|at| self.ids[*at as usize]).collect()
    }

    /// The value is set at most once: all who see it see the same write.
    pub(super) fn is_unique(&self, value: u32) -> bool {
        self.sources[value as usize] != Source::Several
    }
}

fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        kept[at - 1]
    });
}

fn sources(initial: u32, ops: &[Op], values: usize) -> Vec<Source> {
    let mut sources = vec![Source::Nowhere; values];
    sources[initial as usize] = Source::Initial;
    for (at, op) in ops.iter().enumerate() {
        if let Some(value) = op.kind.sets() {
            let source = &mut sources[value as usize];
            *source = source.and(Source::Op(at as u32));
        }
    }
    sources
}

/// The operation that set a value that was seen was done, if no other can have set it; then what it saw itself was
/// there too.
fn observe(ops: &mut [Op], sources: &[Source]) {
    let mut seen = vec![false; sources.len()];
    let mut next: Vec<u32> = ops.iter().filter(|op| op.must).filter_map(|op| op.kind.observes()).collect();
    while let Some(value) = next.pop() {
        if std::mem::replace(&mut seen[value as usize], true) {
            continue;
        }
        if let Source::Op(at) = sources[value as usize] {
            let op = &mut ops[at as usize];
            if !op.must {
                op.must = true;
                next.extend(op.kind.observes());
            }
        }
    }
}

/// Which operations can matter: those that were done, and those whose value somebody may have seen, or whose only
/// trace may be that another value was gone.
fn needed(ops: &[Op], sources: &[Source]) -> Vec<bool> {
    // Until when somebody may have looked for each value.
    let mut wanted = vec![0u64; sources.len()];
    let mut unmet = 0;
    for op in ops.iter().filter(|op| op.must) {
        match op.kind {
            Kind::Unmet(_) => unmet = unmet.max(op.ret),
            kind => {
                if let Some(value) = kind.observes() {
                    let wanted = &mut wanted[value as usize];
                    *wanted = op.ret.max(*wanted);
                }
            }
        }
    }
    let mut needed: Vec<bool> = ops.iter().map(|op| op.must).collect();
    loop {
        let mut more = false;
        for (at, op) in ops.iter().enumerate().filter(|(_, op)| !op.must) {
            let Some(sets) = op.kind.sets() else { continue };
            if needed[at] || op.call > unmet.max(wanted[sets as usize]) {
                continue;
            }
            if let Kind::Cas { from, .. } = op.kind {
                if sources[from as usize] == Source::Nowhere {
                    continue;
                }
                // An operation that sets the value this one starts from may matter through it.
                let wanted = &mut wanted[from as usize];
                *wanted = op.ret.max(*wanted);
            }
            needed[at] = true;
            more = true;
        }
        if !more {
            return needed;
        }
    }
}
