//! Many groups in one thread, in simulated time: leaders crash, or are deposed and do not know it, at any point of what they
//! do; questions between groups are lost, late, doubled and out of order, and so are answers. All of it follows from a
//! seed.
//!
//! A group's log is taken for granted here: `raft/simulation.rs` is about that. What is simulated is what stands on logs:
//! moves (`moves`) and transactions (`commits`), which are the same code as in a real node. `checks` watches after every
//! entry.
//!
//! `GROUP_SEEDS=1000` runs more of them, `GROUP_SEED=17` one.

mod checks;
mod commits;
mod history;
mod moves;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use rand_seeder::Seeder;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::super::bug::Bug;
use super::super::map::{Map, Outcome};
use super::super::raft::Members;
use super::super::record::{Command, Record};
use super::super::snapshot::{decode_state, encode_state};
use super::super::storage::SharedMap;
use super::super::transactions::{self, Running};
use super::ground::{Ground, Heard};
use super::plan::Plan;
use super::wire::{Answer, Question};
use super::{GroupId, Shards, mover};
use checks::{Checks, Seen};

/// As in a real node.
const TEND: Duration = Duration::from_millis(150);
const ANSWER: Duration = Duration::from_millis(1500);
const PATIENCE: Duration = Duration::from_millis(2400);

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

struct Group {
    /// What the log so far makes.
    state: Map,
    index: u64,
    leader: Option<Arc<Stand>>,
    /// What the leader is doing.
    tasks: Vec<AbortHandle>,
    /// Counts the leaders.
    term: u64,
}

struct Inner {
    random: ChaCha8Rng,
    groups: BTreeMap<GroupId, Group>,
    /// No word goes between these two.
    cut: BTreeSet<(GroupId, GroupId)>,
    unreliable: bool,
    checks: Checks,
}

struct World {
    inner: Mutex<Inner>,
    /// A check has failed, perhaps in a task that nobody waits for.
    failed: AtomicBool,
    /// One in so many messages is lost, or takes long.
    odds: u64,
    bug: Bug,
}

/// Notes a check that fails while this lives.
struct Watch<'a>(&'a World);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.failed.store(true, Ordering::Relaxed);
        }
    }
}

/// A leader: what the work on groups stands on here.
struct Stand {
    world: Arc<World>,
    group: GroupId,
    term: u64,
    name: String,
    /// The state as it knows it: once it is deposed, that is an old one.
    map: SharedMap,
    heard: Heard,
    running: Running,
}

impl World {
    /// Groups of one node each, of which the first `planned` are in the plan.
    fn new(seed: u64, [planned, all]: [usize; 2], odds: u64, bug: Bug) -> Arc<World> {
        let id = |number: usize| GroupId::from(format!("g{number}"));
        let plan = Plan::first((1..=planned).map(|group| (id(group), members(&id(group)))).collect(), bug);
        let group = |number| {
            let mut state = Map::default();
            state.shards = Some(Shards::new(id(number), plan.clone()));
            (id(number), Group { state, index: 0, leader: None, tasks: Vec::new(), term: 0 })
        };
        let inner = Inner {
            random: Seeder::from(format!("groups {seed}")).into_rng(),
            groups: (1..=all).map(group).collect(),
            cut: BTreeSet::new(),
            unreliable: true,
            checks: Checks::default(),
        };
        let world = Arc::new(World { inner: Mutex::new(inner), failed: AtomicBool::new(false), odds, bug });
        world.ids().iter().for_each(|group| world.elect(group));
        world
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ids(&self) -> Vec<GroupId> {
        self.inner().groups.keys().cloned().collect()
    }

    fn below(&self, n: u64) -> u64 {
        self.inner().random.next_u64() % n
    }

    fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn any_group(&self) -> GroupId {
        let ids = self.ids();
        ids[self.below(ids.len() as u64) as usize].clone()
    }

    fn leader(&self, group: &str) -> Option<Arc<Stand>> {
        self.inner().groups.get(group)?.leader.clone()
    }

    fn unreliable(&self) -> bool {
        self.inner().unreliable
    }

    /// A short time, and sometimes a long one.
    fn delay(&self, usual: u64, longest: u64) -> Duration {
        let long = self.unreliable() && self.one_in(self.odds);
        Duration::from_micros(50 + self.below(if long { longest } else { usual } * 1000))
    }

    /// The group has a leader again, which knows the log, perhaps from a snapshot, and nothing else.
    fn elect(self: &Arc<World>, group: &GroupId) {
        let snapshot = self.one_in(2);
        let mut inner = self.inner();
        let Some(one) = inner.groups.get_mut(group) else { return };
        if snapshot {
            let mut bytes = Vec::new();
            encode_state(&one.state, &mut bytes);
            let restored = decode_state(&bytes).expect("a snapshot is one");
            assert_eq!(restored, one.state, "a snapshot of {group} is not its state");
        }
        one.term += 1;
        let map = SharedMap::default();
        *map.write() = one.state.clone();
        let stand = Arc::new(Stand {
            world: self.clone(),
            group: group.clone(),
            term: one.term,
            name: format!("{group}-{}", one.term),
            map,
            heard: Heard::default(),
            running: Running::default(),
        });
        one.leader = Some(stand.clone());
        let (tending, bug) = (stand.clone(), self.bug);
        let tend = tokio::spawn(async move {
            loop {
                mover::tend(&*tending, bug).await;
                sleep(TEND).await;
            }
        });
        let recover = tokio::spawn(async move {
            loop {
                transactions::recover(&stand, bug).await;
                sleep(TEND).await;
            }
        });
        one.tasks = vec![tend.abort_handle(), recover.abort_handle()];
    }

    /// The leader is gone, with all that it was doing; or it goes on for a while, and does not know that it is deposed.
    fn depose(&self, group: &GroupId) {
        let crashes = self.one_in(2);
        let mut inner = self.inner();
        let Some(one) = inner.groups.get_mut(group) else { return };
        one.leader = None;
        let tasks = std::mem::take(&mut one.tasks);
        if crashes {
            tasks.iter().for_each(AbortHandle::abort);
        }
    }

    /// Something that the leader does, until it crashes.
    fn spawn(&self, group: &str, task: impl Future<Output = ()> + Send + 'static) {
        let task = tokio::spawn(task);
        if let Some(one) = self.inner().groups.get_mut(group) {
            one.tasks.retain(|task| !task.is_finished());
            one.tasks.push(task.abort_handle());
        }
    }

    /// One of all that can happen.
    fn fault(self: &Arc<World>) {
        let group = self.any_group();
        match self.below(8) {
            0..3 => self.depose(&group),
            3 => {
                let other = self.any_group();
                self.inner().cut.extend([(group.clone(), other.clone()), (other, group)]);
            }
            4 => self.inner().cut.clear(),
            _ => self.elect_all(),
        }
    }

    fn elect_all(self: &Arc<World>) {
        for group in self.ids() {
            if self.leader(&group).is_none() {
                self.elect(&group);
            }
        }
    }

    /// Faults for so long, each after a pause of so many milliseconds at most, and none from then on.
    async fn break_for(self: &Arc<World>, time: Duration, pause: u64) {
        let whole = async {
            loop {
                sleep(ms(20 + self.below(pause))).await;
                self.fault();
            }
        };
        let _: Result<(), _> = timeout(time, whole).await;
        self.inner().unreliable = false;
        self.inner().cut.clear();
        self.elect_all();
    }

    /// Nothing has failed, and nothing is under way.
    fn assert_settled(&self) -> Seen {
        assert!(!self.failed.load(Ordering::Relaxed), "a check has failed above");
        let inner = self.inner();
        inner.checks.assert_settled(&inner.groups);
        inner.checks.seen
    }

    fn is_cut(&self, from: &GroupId, to: &GroupId) -> bool {
        self.inner().cut.contains(&(from.clone(), to.clone()))
    }
}

impl Ground for Stand {
    fn map(&self) -> &SharedMap {
        &self.map
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn running(&self) -> &Running {
        &self.running
    }

    fn heard(&self) -> &Heard {
        &self.heard
    }

    /// The entry is committed at one moment, somewhere between call and return; or never, if this is no leader then.
    async fn write(&self, command: Command) -> Option<Outcome> {
        sleep(self.world.delay(5, 300)).await;
        let outcome = {
            let _watch = Watch(&self.world);
            let mut inner = self.world.inner();
            let Inner { groups, checks, .. } = &mut *inner;
            let group = groups.get_mut(&self.group)?;
            if group.term != self.term || group.leader.is_none() {
                return None;
            }
            group.index += 1;
            let record = Record { index: group.index, term: group.term, command };
            checks.before(&group.state, &record);
            let outcome = group.state.apply(&record, self.world.bug);
            assert_eq!(self.map.write().apply(&record, self.world.bug), outcome, "{record:?} has two outcomes");
            checks.after(groups, &self.group, &record);
            outcome
        };
        sleep(self.world.delay(5, 300)).await;
        Some(outcome)
    }

    async fn catch_up(&self) -> bool {
        sleep(self.world.delay(5, 300)).await;
        let inner = self.world.inner();
        inner.groups.get(&self.group).is_some_and(|group| group.term == self.term && group.leader.is_some())
    }

    async fn ask(&self, group: &GroupId, question: Question, contents: Bytes) -> Option<(Answer, Bytes)> {
        let asked = async {
            loop {
                match timeout(ANSWER, self.ask_once(group, question.clone(), contents.clone())).await {
                    Ok(Some((Answer::NotLeading, _)) | None) | Err(_) => sleep(ms(60)).await,
                    Ok(Some(answer)) => return answer,
                }
            }
        };
        timeout(PATIENCE, asked).await.ok()
    }
}

impl Stand {
    async fn ask_once(&self, group: &GroupId, question: Question, contents: Bytes) -> Option<(Answer, Bytes)> {
        let world = &self.world;
        if world.unreliable() && world.one_in(10) {
            // It comes once more, later.
            let (world, from, to) = (world.clone(), self.group.clone(), group.clone());
            let (question, contents) = (question.clone(), contents.clone());
            let delay = ms(world.below(4000));
            tokio::spawn(async move {
                sleep(delay).await;
                deliver(&world, &from, &to, question, contents).await;
            });
        }
        sleep(world.delay(10, 1000)).await;
        if world.unreliable() && world.one_in(world.odds) {
            std::future::pending::<()>().await;
        }
        let answer = deliver(world, &self.group, group, question, contents).await;
        sleep(world.delay(10, 1000)).await;
        if (world.unreliable() && world.one_in(world.odds)) || world.is_cut(group, &self.group) {
            std::future::pending::<()>().await;
        }
        answer
    }
}

/// The leader of that group hears the question, and answers unless it crashes.
async fn deliver(
    world: &Arc<World>,
    from: &GroupId,
    to: &GroupId,
    question: Question,
    contents: Bytes,
) -> Option<(Answer, Bytes)> {
    if world.is_cut(from, to) {
        return std::future::pending().await;
    }
    let leader = world.leader(to)?;
    let (told, answer) = tokio::sync::oneshot::channel();
    let bug = world.bug;
    world.spawn(to, async move {
        // An error means that nobody waits any more.
        let _ = told.send(mover::answer(&*leader, question, contents, bug).await);
    });
    answer.await.ok()
}

fn members(group: &str) -> Members {
    [format!("node-of-{group}").into()].into()
}

fn seeds(default: u64) -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    match number("GROUP_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("GROUP_SEEDS").unwrap_or(default),
    }
}

/// Says which seed it was when a check fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was GROUP_SEED={}", self.0);
        }
    }
}

/// Runs it in simulated time, on this thread alone.
fn simulated<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without threads can be made").block_on(run)
}
