//! The course of a transaction, as a leader of the coordinator's group sees it through; and the first step of it in the
//! other groups.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use super::super::bug::Bug;
use super::super::groups::{Answer, Ground, GroupId, Question, Whereabouts};
use super::super::map::{Map, Outcome};
use super::super::record::{Command, Operation, RequestId};
use super::TxnId;
use super::ops::{self, Op, Results, Seen};
use super::participant::Lock;
use super::step::{Decision, TxnStep};

/// How long all groups together may take to prepare. Clients want an answer within 3 s.
const PREPARING: Duration = Duration::from_millis(2000);

/// How long one part waits for locks.
const LOCKED: Duration = Duration::from_millis(1000);

/// How long both may take with two bugs.
const FOR_EVER: Duration = Duration::from_secs(20);

/// How often it looks whether they are free.
const LOOK: Duration = Duration::from_millis(5);

/// How long a client waits until all groups have heard that its transaction is committed. Nobody can see that they have
/// not: the keys are locked.
const TELLING: Duration = Duration::from_millis(1000);

/// What came of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    Done(Results),
    /// Nothing happened: a check did not hold.
    CheckFailed,
    /// Nothing happened: another transaction holds a key.
    GaveWay,
    /// Nothing happened: a key is on its way.
    Moving,
    /// Nothing happened, or will: a group has no leader that can be reached.
    Unreachable,
    /// It may have happened, or may yet.
    Unknown,
}

/// What came of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Part {
    Prepared {
        place: u64,
        results: Results,
    },
    CheckFailed,
    Locked,
    NotHere,
    /// A repeat of a request that was answered before.
    Answered(Outcome),
    Unknown,
}

/// The transactions that this node knows of beside the log: those that it coordinates at this moment, and how long it has
/// known parts that wait for a decision.
#[derive(Default)]
pub(in super::super) struct Running(Mutex<Known>);

#[derive(Default)]
struct Known {
    count: u64,
    live: HashSet<TxnId>,
    /// All groups have heard of these.
    over: Vec<TxnId>,
    since: HashMap<TxnId, (u64, Instant)>,
    /// Only with `cross-group-ids-in-memory`: the answers of those that this node saw through.
    answered: HashMap<Arc<str>, Results>,
}

/// A transaction that is coordinated here for as long as this is not dropped.
struct Live<'a>(&'a Running, TxnId);

impl Drop for Live<'_> {
    fn drop(&mut self) {
        self.0.known(|known| known.live.remove(&self.1));
    }
}

impl Running {
    fn known<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin(&self, node: &str) -> Live<'_> {
        let txn = self.known(|known| {
            known.count += 1;
            let txn: TxnId = format!("{node}-{}", known.count).into();
            known.live.insert(txn.clone());
            txn
        });
        Live(self, txn)
    }

    pub(super) fn is_live(&self, txn: &str) -> bool {
        self.known(|known| known.live.contains(txn))
    }

    pub(super) fn end(&self, txn: TxnId) {
        self.known(|known| known.over.push(txn));
    }

    /// Those that can be forgotten, once.
    pub(super) fn ended(&self) -> Vec<TxnId> {
        self.known(|known| std::mem::take(&mut known.over))
    }

    /// How long the part that was prepared at this place has been known here.
    pub(super) fn waited(&self, txn: &TxnId, place: u64) -> Duration {
        let now = Instant::now();
        self.known(|known| match known.since.get(txn) {
            Some((at, since)) if *at == place => since.elapsed(),
            _ => {
                known.since.insert(txn.clone(), (place, now));
                Duration::ZERO
            }
        })
    }

    /// Forgets how long parts have waited that wait no longer.
    pub(super) fn retain(&self, waits: impl Fn(&TxnId) -> bool) {
        self.known(|known| known.since.retain(|txn, _| waits(txn)));
    }
}

/// Sees a transaction through. This node leads the group that has the key of its first operation, or did so a moment ago.
pub(in super::super) async fn coordinate<G: Ground>(
    ground: &G,
    ops: &[Op],
    id: Option<RequestId>,
    bug: Bug,
) -> Verdict {
    let Some((own, mut shares)) = divide(&ground.map().read(), ops, bug) else { return Verdict::Moving };
    let Some(own_share) = shares.remove(&own) else { return Verdict::Moving };
    if shares.is_empty() {
        return alone(ground, ops, id).await;
    }
    let id = match bug {
        Bug::CrossGroupIdsIgnored => None,
        Bug::CrossGroupIdsInMemory => return with_answers_in_memory(ground, ops, id).await,
        _ => id,
    };
    let patient = matches!(bug, Bug::WaitsForDeadGroup | Bug::OppositeOrdersDeadlock);
    let until = Instant::now() + if patient { FOR_EVER } else { PREPARING };
    // Before any key is locked that nobody could free for a while.
    for group in shares.keys().filter(|_| !patient) {
        let leader = ground.ask(group, Question::Leader, Bytes::new());
        if !matches!(timeout_at(until, leader).await, Ok(Some(_))) {
            return Verdict::Unreachable;
        }
    }
    let live = ground.running().begin(ground.name());
    let txn = live.1.clone();
    let mut results: Vec<Seen> = vec![Seen::default(); ops.len()];
    let step = Step { txn: &txn, coordinator: &own };
    match prepare(ground, &step, &part_of(ops, &own_share), id.clone(), true, bug).await {
        Part::Prepared { results: part, .. } => fill(&mut results, &own_share, &part),
        Part::CheckFailed => return Verdict::CheckFailed,
        Part::Locked => return Verdict::GaveWay,
        Part::NotHere => return Verdict::Moving,
        Part::Answered(outcome) => return again(&outcome),
        Part::Unknown => return Verdict::Unknown,
    }
    let mut places = BTreeMap::new();
    let mut highest = own.clone();
    for (group, share) in &shares {
        // Whoever holds a lock of a later group waits for none of an earlier one: no circle of waiting can arise.
        let wait = *group > highest || bug == Bug::OppositeOrdersDeadlock;
        highest = highest.max(group.clone());
        let (txn, ops) = (txn.clone(), part_of(ops, share));
        let question = Question::Prepare { txn: txn.clone(), coordinator: own.clone(), ops, wait };
        let mut asked = timeout_at(until, ground.ask(group, question.clone(), Bytes::new())).await;
        while patient && asked == Ok(None) {
            asked = timeout_at(until, ground.ask(group, question.clone(), Bytes::new())).await;
        }
        if bug == Bug::GroupsRunApart
            && let Ok(Some((Answer::Prepared { place, .. }, _))) = &asked
        {
            tell(ground, &txn, &[(group.clone(), *place)].into(), true, until).await;
        }
        let refused = match asked {
            Ok(Some((Answer::Prepared { place, results: part }, _))) => {
                fill(&mut results, share, &part);
                places.insert(group.clone(), place);
                continue;
            }
            Ok(Some((Answer::CheckFailed, _))) => Verdict::CheckFailed,
            Ok(Some((Answer::Locked, _))) => Verdict::GaveWay,
            Ok(Some((Answer::NotHere, _))) => Verdict::Moving,
            _ => Verdict::Unreachable,
        };
        if bug == Bug::GroupsRunApart {
            commit(ground, &txn, places, results.into(), None, bug).await;
            return refused;
        }
        return abort(ground, &txn, places, refused, id).await;
    }
    commit(ground, &txn, places, results.into(), id, bug).await
}

/// `cross-group-ids-in-memory`: no log has the name.
async fn with_answers_in_memory<G: Ground>(ground: &G, ops: &[Op], id: Option<RequestId>) -> Verdict {
    let answered = id.as_ref().and_then(|id| ground.running().known(|known| known.answered.get(&id.id).cloned()));
    if let Some(results) = answered {
        return Verdict::Done(results);
    }
    let verdict = Box::pin(coordinate(ground, ops, None, Bug::CrossGroupIdsIgnored)).await;
    if let (Some(id), Verdict::Done(results)) = (id, &verdict) {
        ground.running().known(|known| known.answered.insert(id.id, results.clone()));
    }
    verdict
}

async fn commit<G: Ground>(
    ground: &G,
    txn: &TxnId,
    places: BTreeMap<GroupId, u64>,
    results: Results,
    id: Option<RequestId>,
    bug: Bug,
) -> Verdict {
    let kept = id.as_ref().map(|_| results.clone());
    let decision = Decision::Commit { places: places.clone(), results: kept };
    let until = Instant::now() + TELLING;
    if bug == Bug::DecisionAfterTelling {
        tell(ground, txn, &places, true, until).await;
        // Widens the window.
        sleep(Duration::from_millis(100)).await;
    }
    match ground.write(decide(txn, decision, id.clone())).await {
        Some(Outcome::Decided(true)) => {
            if bug == Bug::AnsweredTooEarly {
                return Verdict::Done(results);
            }
            if tell(ground, txn, &places, true, until).await {
                ground.running().end(txn.clone());
            }
            Verdict::Done(results)
        }
        Some(_) => {
            tell(ground, txn, &places, false, until).await;
            let answered = id.and_then(|id| ground.map().read().answers.get(&id.id));
            answered.map_or(Verdict::GaveWay, |outcome| again(&outcome))
        }
        None => Verdict::Unknown,
    }
}

async fn abort<G: Ground>(
    ground: &G,
    txn: &TxnId,
    places: BTreeMap<GroupId, u64>,
    verdict: Verdict,
    id: Option<RequestId>,
) -> Verdict {
    let decision = Decision::Abort { check_failed: verdict == Verdict::CheckFailed };
    let until = Instant::now() + TELLING;
    if ground.write(decide(txn, decision, id)).await.is_none() {
        // Nothing happens, whoever decides that; but the answer may not be kept.
        return Verdict::Unknown;
    }
    tell(ground, txn, &places, false, until).await;
    verdict
}

fn decide(txn: &TxnId, decision: Decision, id: Option<RequestId>) -> Command {
    let step = TxnStep::Decide { txn: txn.clone(), decision };
    Command { id, ..Operation::Transaction(step).into() }
}

/// Tells the other groups what was decided; true if all have heard it.
pub(super) async fn tell<G: Ground>(
    ground: &G,
    txn: &TxnId,
    places: &BTreeMap<GroupId, u64>,
    commit: bool,
    until: Instant,
) -> bool {
    let mut all = true;
    for (group, place) in places {
        let question = Question::Finish { txn: txn.clone(), place: *place, commit };
        let heard = timeout_at(until, ground.ask(group, question, Bytes::new())).await;
        all &= matches!(heard, Ok(Some((Answer::Done, _))));
    }
    all
}

/// A transaction whose keys are all in this group: one entry of its log.
async fn alone<G: Ground>(ground: &G, ops: &[Op], id: Option<RequestId>) -> Verdict {
    let until = Instant::now() + LOCKED;
    loop {
        wait(ground, ops, until).await;
        let step = TxnStep::Run { ops: ops.to_vec() };
        // A repeat is answered, whatever is locked.
        match ground.write(Command { id: id.clone(), ..Operation::Transaction(step).into() }).await {
            // Others may be there first, again and again.
            Some(Outcome::Locked) if Instant::now() < until => {}
            Some(Outcome::Locked) => return Verdict::GaveWay,
            Some(Outcome::NotHere) => return Verdict::Moving,
            Some(outcome) => return again(&outcome),
            None => return Verdict::Unknown,
        }
    }
}

/// What a step is about.
pub(in super::super) struct Step<'a> {
    pub(in super::super) txn: &'a TxnId,
    pub(in super::super) coordinator: &'a GroupId,
}

/// Prepares this group's part.
pub(in super::super) async fn prepare<G: Ground>(
    ground: &G,
    step: &Step<'_>,
    ops: &[Op],
    id: Option<RequestId>,
    may_wait: bool,
    bug: Bug,
) -> Part {
    let patience = match may_wait {
        true if bug == Bug::OppositeOrdersDeadlock => FOR_EVER,
        true => LOCKED,
        false => Duration::ZERO,
    };
    let until = Instant::now() + patience;
    loop {
        wait(ground, ops, until).await;
        let prepare =
            TxnStep::Prepare { txn: step.txn.clone(), coordinator: step.coordinator.clone(), ops: ops.to_vec() };
        match ground.write(Command { id: id.clone(), ..Operation::Transaction(prepare).into() }).await {
            Some(Outcome::Prepared(place, results)) => return Part::Prepared { place, results },
            Some(Outcome::Locked) if Instant::now() < until => {}
            Some(Outcome::Locked) => return Part::Locked,
            Some(Outcome::NotHere) => return Part::NotHere,
            Some(Outcome::ConditionFailed) => return Part::CheckFailed,
            Some(outcome) => return Part::Answered(outcome),
            None => return Part::Unknown,
        }
    }
}

/// Waits until no lock is in the way, as far as this node knows, or for too long.
async fn wait<G: Ground>(ground: &G, ops: &[Op], until: Instant) {
    let (written, read) = ops::keys(ops);
    let locked = || {
        let map = ground.map().read();
        let lock = |key: &str| map.transactions.lock(key);
        written.iter().any(|key| lock(key).is_some()) || read.iter().any(|key| lock(key) == Some(Lock::Exclusive))
    };
    while Instant::now() < until && locked() {
        sleep(LOOK).await;
    }
}

/// This group, and which operations each group has a part in; `None` while a key is on its way.
fn divide(map: &Map, ops: &[Op], bug: Bug) -> Option<(GroupId, BTreeMap<GroupId, Vec<usize>>)> {
    let own = map.shards.as_ref().map(|shards| shards.group().clone()).unwrap_or_default();
    let mut shares: BTreeMap<GroupId, Vec<usize>> = BTreeMap::new();
    for (at, op) in ops.iter().enumerate() {
        let group = match map.whereabouts(op.key(), bug) {
            Whereabouts::Here => own.clone(),
            Whereabouts::At(group) => group,
            Whereabouts::Moving => return None,
        };
        shares.entry(group).or_default().push(at);
    }
    Some((own, shares))
}

fn part_of(ops: &[Op], share: &[usize]) -> Vec<Op> {
    share.iter().filter_map(|at| ops.get(*at).cloned()).collect()
}

fn fill(results: &mut [Seen], share: &[usize], part: &[Seen]) {
    for (at, seen) in share.iter().zip(part) {
        results[*at] = seen.clone();
    }
}

/// The answer that an outcome stands for.
fn again(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Results(results) => Verdict::Done(results.clone()),
        Outcome::ConditionFailed => Verdict::CheckFailed,
        // The name of another request: clients give each its own.
        _ => Verdict::Done([].into()),
    }
}
