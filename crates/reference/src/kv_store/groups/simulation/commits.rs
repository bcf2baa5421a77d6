//! Transactions over groups, with single requests between them.

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::super::super::record::RequestId;
use super::super::super::transactions::{Lock, Op, Results, Verdict, coordinate};
use super::super::slots::Slot;
use super::super::{GroupId, Whereabouts};
use super::checks::Seen;
use super::history::{Act, End, Past, is_serializable};
use super::{Bug, Ground, Seed, World, ms, seeds, simulated};

/// What clients have seen, and the value that each version of a key stands for.
#[derive(Default)]
struct Known {
    history: Vec<Past>,
    values: BTreeMap<(Arc<str>, u64), String>,
}

struct Clients {
    world: Arc<World>,
    keys: Vec<Arc<str>>,
    seen: Mutex<Known>,
    start: Instant,
}

impl Clients {
    fn with<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn key(&self) -> Arc<str> {
        self.keys[self.world.below(self.keys.len() as u64) as usize].clone()
    }

    /// One to four operations, each on a key of its own.
    fn ops(&self, number: u64) -> Vec<Op> {
        let mut ops: Vec<Op> = Vec::new();
        for at in 0..1 + self.world.below(4) {
            let key = self.key();
            if ops.iter().any(|op| op.key() == &key) {
                continue;
            }
            ops.push(match self.world.below(5) {
                0 | 1 => Op::Get { key },
                2 => self.check(key),
                _ => Op::Append { key, value: format!("{number}.{at} ").into() },
            });
        }
        ops
    }

    /// Of something that the key had once.
    fn check(&self, key: Arc<str>) -> Op {
        let version =
            self.with(|seen| seen.values.keys().rev().find(|(known, _)| *known == key).map(|(_, version)| *version));
        Op::Check { key, version }
    }

    fn acts(&self, ops: &[Op], results: Option<&Results>) -> Vec<Act> {
        let saw = |at: usize| results.and_then(|results| results[at].value.as_ref()).map(|value| value.to_string());
        let act = |(at, op): (usize, &Op)| match op.clone() {
            Op::Append { key, value } => Act::Append { key, value: value.to_string(), saw: saw(at) },
            Op::Check { key, version } => {
                let wanted = version.map(|version| self.with(|seen| seen.values[&(key.clone(), version)].clone()));
                Act::Check { key, wanted }
            }
            op => Act::Read { key: op.key().clone(), saw: saw(at) },
        };
        ops.iter().enumerate().map(act).collect()
    }

    /// The leader of the group that has the key, as a client that is redirected finds it.
    fn find(&self, key: &str) -> Option<Arc<super::Stand>> {
        let mut group = self.world.any_group();
        for _ in 0..5 {
            let leader = self.world.leader(&group)?;
            let whereabouts = leader.map().read().whereabouts(key, self.world.bug);
            match whereabouts {
                Whereabouts::Here => return Some(leader),
                Whereabouts::At(other) => group = other,
                Whereabouts::Moving => return None,
            }
        }
        None
    }

    /// Asks for a transaction, at whoever leads, and repeats it by its name until it has an answer, or gives up.
    async fn transact(&self, ops: Vec<Op>, name: Option<String>) {
        let called = self.start.elapsed();
        let tries = if name.is_some() { 4 } else { 1 };
        let mut end = None;
        for _ in 0..tries {
            let id = name.clone().map(|id| RequestId { id: id.into(), at: 0 });
            let verdict = self.try_once(&ops, id).await;
            match verdict {
                Some(Verdict::Done(results)) => {
                    self.learn(&ops, &results);
                    end = Some((End::Done, Some(results)));
                    break;
                }
                Some(Verdict::CheckFailed) => {
                    end = Some((End::CheckFailed, None));
                    break;
                }
                // Nothing happened this time; one before may have.
                Some(Verdict::GaveWay | Verdict::Moving | Verdict::Unreachable) => {}
                Some(Verdict::Unknown) | None => end = Some((End::Unknown, None)),
            }
            sleep(ms(self.world.below(1500))).await;
        }
        if let Some((end, results)) = end {
            let acts = self.acts(&ops, results.as_ref());
            let past = Past { called, returned: self.start.elapsed(), acts, end };
            self.with(|seen| seen.history.push(past));
        }
    }

    /// `None`: nobody has said anything.
    async fn try_once(&self, ops: &[Op], id: Option<RequestId>) -> Option<Verdict> {
        let Some(leader) = self.find(ops[0].key()) else { return Some(Verdict::Moving) };
        let (told, answer) = tokio::sync::oneshot::channel();
        let (ops, bug, group) = (ops.to_vec(), self.world.bug, leader.group.clone());
        self.world.spawn(&group, async move {
            // An error means that the client waits no longer.
            let _ = told.send(coordinate(&*leader, &ops, id, bug).await);
        });
        timeout(Duration::from_secs(6), answer).await.ok()?.ok()
    }

    fn learn(&self, ops: &[Op], results: &Results) {
        self.with(|seen| {
            for (op, result) in ops.iter().zip(results.iter()) {
                if let (Some(version), Some(value)) = (result.version, &result.value) {
                    let place = (op.key().clone(), version);
                    let known = seen.values.entry(place).or_insert_with(|| value.to_string());
                    assert_eq!(**known, **value, "two values of {} have one version", op.key());
                }
            }
        });
    }

    /// A single GET.
    async fn read(&self) {
        let (key, called) = (self.key(), self.start.elapsed());
        let Some(leader) = self.find(&key) else { return };
        if !leader.catch_up().await {
            return;
        }
        let passes = matches!(self.world.bug, Bug::ReadsPassLocks | Bug::AnsweredTooEarly);
        let look = || {
            let state = leader.map().read();
            let free = state.transactions.lock(&key) != Some(Lock::Exclusive) || passes;
            let value = state.get(&key).map(|entry| String::from_utf8_lossy(&entry.value).into_owned());
            free.then_some(value)
        };
        let saw = loop {
            if let Some(saw) = look() {
                break saw;
            }
            sleep(ms(5)).await;
            // It may be deposed, and hear no more.
            if self.start.elapsed() > called + ms(2000) {
                return;
            }
        };
        let acts = vec![Act::Read { key, saw }];
        self.with(|seen| seen.history.push(Past { called, returned: self.start.elapsed(), acts, end: End::Done }));
    }

    /// A few requests, one after the other.
    async fn client(self: Arc<Self>, number: u64) {
        for request in 0..8 {
            sleep(ms(self.world.below(500))).await;
            if self.world.one_in(2) {
                self.read().await;
                continue;
            }
            let name = self.world.one_in(2).then(|| format!("{number}-{request}"));
            let ops = self.ops(number * 100 + request);
            self.transact(ops, name).await;
        }
    }

    /// Reads everything, when nothing breaks any more.
    async fn read_all(&self) {
        let until = self.start.elapsed() + ms(10_000);
        loop {
            let ops: Vec<Op> = self.keys.iter().map(|key| Op::Get { key: key.clone() }).collect();
            let before = self.with(|seen| seen.history.len());
            self.transact(ops, None).await;
            let last = self.with(|seen| seen.history.last().cloned());
            if self.with(|seen| seen.history.len()) > before && last.is_some_and(|last| last.end == End::Done) {
                return;
            }
            assert!(self.start.elapsed() < until, "a key is locked, and nobody holds it");
        }
    }
}

fn run(seed: u64, groups: usize, bug: Bug) -> Seen {
    let _told = Seed(seed);
    simulated(async {
        let world = World::new(seed, [groups, groups], 10, bug);
        // One or two of each group.
        let mut keys: BTreeMap<Slot, Arc<str>> = BTreeMap::new();
        for number in 0..40 {
            let key: Arc<str> = format!("k{number}").into();
            keys.insert(Slot::of(&key), key);
        }
        let owner = |slot: Slot| -> GroupId { format!("g{}", 1 + usize::from(slot.number()) % groups).into() };
        let mut chosen: Vec<Arc<str>> = Vec::new();
        for number in 1..=groups {
            let of_group = keys.iter().filter(|(slot, _)| *owner(**slot) == *format!("g{number}"));
            chosen.extend(of_group.take(4 / groups + 1).map(|(_, key)| key.clone()));
        }
        let clients =
            Arc::new(Clients { world: world.clone(), keys: chosen, seen: Mutex::default(), start: Instant::now() });
        let running: Vec<_> = (1..=4).map(|number| tokio::spawn(clients.clone().client(number))).collect();
        world.break_for(ms(5_000), 400).await;
        for client in running {
            client.await.expect("no client fails");
        }
        // As long as recovery may take.
        sleep(ms(10_000)).await;
        clients.read_all().await;
        sleep(ms(2_000)).await;
        let history = clients.with(|seen| seen.history.clone());
        assert!(is_serializable(&history), "there is no order of {history:#?}");
        Seen { reads: history.len(), ..world.assert_settled() }
    })
}

#[test]
fn whatever_breaks_transactions_are_strictly_serializable_and_leave_no_lock() {
    let mut seen = Seen::default();
    for seed in seeds(200) {
        seen.add(run(seed, 2 + seed as usize % 2, Bug::None));
    }
    let runs = seeds(200).count();
    println!("{runs} runs: {seen:?}");
    assert!(seen.commits > runs && seen.aborts > runs && seen.reads > 8 * runs, "{seen:?}");
}

/// The simulation is worth something only if it finds what is wrong.
#[test]
fn runs_with_faults_find_what_breaks_transactions() {
    let bugs = [
        Bug::GroupsRunApart,
        Bug::ReadsNotLocked,
        Bug::ReadsPassLocks,
        Bug::AnsweredTooEarly,
        Bug::CrossGroupIdsIgnored,
        Bug::LocksStay,
        Bug::ParticipantAborts,
        Bug::ParticipantCommits,
        Bug::DecisionAfterTelling,
        Bug::DecisionForgotten,
    ];
    for bug in bugs {
        let found = (0..300).find(|seed| catch_unwind(|| run(*seed, 2, bug)).is_err());
        println!("{bug:?}: seed {found:?}");
        assert!(found.is_some(), "{bug:?} is not found");
    }
}
