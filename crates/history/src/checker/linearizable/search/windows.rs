//! How long operations on values that are set once can have taken: a write was done before the first of its readers
//! returned, a read not before the write was called, and a compare-and-set after all who saw what it replaced were
//! called.

use super::super::register::{Kind, Op};
use super::super::settled::{Settled, Source};

/// The operations with later calls and earlier returns. None if one would return before it is called.
pub(super) fn tighten(settled: &Settled) -> Option<Vec<Op>> {
    let mut ops = settled.ops.clone();
    let mut readers: Vec<Vec<u32>> = vec![Vec::new(); settled.sources.len()];
    let mut next = vec![None; settled.sources.len()];
    for (at, op) in settled.ops.iter().enumerate().filter(|(_, op)| op.must) {
        match op.kind {
            Kind::Read(value) if settled.is_unique(value) => readers[value as usize].push(at as u32),
            Kind::Cas { from, .. } if settled.is_unique(from) => next[from as usize] = Some(at as u32),
            _ => {}
        }
    }
    let mut chain = Vec::new();
    for head in 0..settled.sources.len() as u32 {
        let begins = match settled.sources[head as usize] {
            Source::Initial => true,
            Source::Nowhere | Source::Several => false,
            Source::Op(at) => !matches!(settled.ops[at as usize].kind,
                Kind::Cas { from, .. } if settled.ops[at as usize].must && settled.is_unique(from)),
        };
        if !begins {
            continue;
        }
        chain.clear();
        chain.push(head);
        let mut value = head;
        while let Some(cas) = next[value as usize]
            && let Kind::Cas { to, .. } = settled.ops[cas as usize].kind
            && settled.is_unique(to)
            && chain.len() <= settled.ops.len()
        {
            chain.push(to);
            value = to;
        }
        later_calls(settled, &mut ops, &readers, &next, &chain);
        earlier_returns(settled, &mut ops, &readers, &next, &chain);
    }
    ops.iter().all(|op| op.call <= op.ret).then_some(ops)
}

fn later_calls(settled: &Settled, ops: &mut [Op], readers: &[Vec<u32>], next: &[Option<u32>], chain: &[u32]) {
    let mut since = 0;
    for &value in chain {
        if let Source::Op(source) = settled.sources[value as usize] {
            since = ops[source as usize].call.max(since);
            ops[source as usize].call = since;
        }
        let mut read = since;
        for &reader in &readers[value as usize] {
            let op = &mut ops[reader as usize];
            op.call = op.call.max(since);
            read = read.max(op.call);
        }
        since = read;
        if let Some(cas) = next[value as usize] {
            ops[cas as usize].call = ops[cas as usize].call.max(since);
        }
    }
}

fn earlier_returns(settled: &Settled, ops: &mut [Op], readers: &[Vec<u32>], next: &[Option<u32>], chain: &[u32]) {
    for &value in chain.iter().rev() {
        let mut until = next[value as usize].map_or(u64::MAX, |cas| ops[cas as usize].ret);
        let mut read = until;
        for &reader in &readers[value as usize] {
            let op = &mut ops[reader as usize];
            op.ret = op.ret.min(until);
            read = read.min(op.ret);
        }
        until = until.min(read);
        if let Source::Op(source) = settled.sources[value as usize] {
            let op = &mut ops[source as usize];
            op.ret = op.ret.min(until);
        }
    }
}
