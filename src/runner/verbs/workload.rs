//! `workload` and `await`: clients beside the steps, faults beside the clients, and what is recorded of both.
//!
//! A workload is begun by its step and driven beside the steps that follow ([`Interpreter::drive`]). When it is over,
//! everything that was done to nodes and links has been undone, the operations that must succeed after that have
//! succeeded, and the history is written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use history::{History, Object, Text};
use serde_json::Value as Json;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::cluster::Deadline;
use crate::scenario::expr::Scope;
use crate::scenario::hint::Hint;
use crate::scenario::template::Data;
use crate::scenario::verbs::workload::{Await, MAX_KEYS, Until, Workload, object};
use crate::scenario::{Defaults, Step};
use crate::workload::nemesis::Schedule;
use crate::workload::{Crew, Directory, KeySet, Plan, Tally, Unsettled};

use super::super::Run;
use super::super::nemesis::Faults;
use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;
use crate::facts::{self, Event, Finding, Load as Told, LoadEvent, Seen, What};

/// How often to check whether enough is done.
const LOOK: Duration = Duration::from_millis(50);
/// How often progress is reported.
const PROGRESS: Duration = Duration::from_millis(500);
/// A workload may do this many operations: all of them are kept until its history is judged.
const MOST: u64 = 4_000_000;
/// So many can be read in one transaction.
const MAX_ACCOUNTS: u64 = 16;
/// Time for clients to notice that they are stopped, beyond that of one operation.
const ENDING: Duration = Duration::from_secs(5);

/// The workloads of one test.
#[derive(Debug)]
pub(in crate::runner) struct Loads {
    begun: Mutex<BTreeMap<String, Arc<Load>>>,
    orders: mpsc::UnboundedSender<Arc<Load>>,
}

/// One workload, from its beginning to the judgement of its history.
#[derive(Debug)]
pub(in crate::runner) struct Load {
    pub(super) name: String,
    pub(super) crew: tokio::sync::Mutex<Crew>,
    pub(super) plan: Plan,
    pub(super) faults: Mutex<Vec<history::Fault>>,
    pub(super) file: PathBuf,
    /// The file, relative to the challenge directory.
    pub(super) shown: String,
    schedule: Mutex<Option<Schedule>>,
    aim: Option<String>,
    /// How long its clients work.
    deadline: Deadline,
    /// That time passed, and the program was not granted it.
    pub(super) starved: AtomicBool,
    until: Option<Until>,
    settle: Option<Duration>,
    over: watch::Sender<bool>,
    place: facts::Place,
    hints: Vec<Hint>,
    began: Instant,
}

/// Workloads that must be driven, in the order in which steps began them.
pub(in crate::runner) type Orders = mpsc::UnboundedReceiver<Arc<Load>>;

impl Loads {
    pub(in crate::runner) fn new() -> (Self, Orders) {
        let (orders, received) = mpsc::unbounded_channel();
        (Self { begun: Mutex::default(), orders }, received)
    }

    fn begun(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Load>>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn named(&self, name: &str) -> Result<Arc<Load>, Stop> {
        self.begun().get(name).cloned().ok_or_else(|| Stop::pack(format!("the workload `{name}` was never begun")))
    }

    /// Nothing is under way any more. What an unfinished workload has seen is worth keeping, too.
    pub(in crate::runner) async fn end(&self, run: &Run) {
        let loads: Vec<Arc<Load>> = std::mem::take(&mut *self.begun()).into_values().collect();
        for load in loads.into_iter().filter(|load| !*load.over.borrow()) {
            load.keep(run).await;
        }
    }

    /// The workloads that have not ended.
    pub(in crate::runner) fn under_way(&self) -> Option<String> {
        self.begun().values().find(|load| !*load.over.borrow()).map(|load| load.name.clone())
    }
}

impl Load {
    /// What clients saw, and what was done meanwhile.
    pub(super) async fn history(&self) -> History {
        let operations = self.crew.lock().await.operations();
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        History { operations, faults, ..History::default() }
    }

    /// Writes the history into the run's folder.
    async fn keep(&self, run: &Run) {
        let history = self.history().await;
        let file = self.file.clone();
        let written = tokio::task::spawn_blocking(move || history.write(BufWriter::new(File::create(file)?)));
        let written = written.await.map_err(std::io::Error::other).and_then(|written| written);
        run.budget.wrote(std::fs::metadata(&self.file).map_or(0, |file| file.len()));
        // The verdict stands without the file: its absence is not a reason to fail a run.
        if let Err(error) = written {
            run.disk.note(&error);
            run.emit(Event::Note { text: format!("the history could not be written to {}: {error}", self.shown) });
        }
    }

    fn tell(&self, run: &Run, what: LoadEvent) {
        run.emit(Event::Load(Told { name: self.name.clone(), what }));
    }

    /// A failure of the workload itself, at the place where it was begun.
    fn at_its_step(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Failed(mut failed) => {
                failed.place.get_or_insert_with(|| self.place.clone());
                failed.hints.extend(self.hints.iter().cloned());
                Stop::Failed(failed)
            }
            Stop::Pack(mut fault) => {
                fault.place.get_or_insert_with(|| self.place.clone());
                Stop::Pack(fault)
            }
            other => other,
        }
    }
}

impl Interpreter<'_> {
    /// Begins a workload, and returns as soon as its clients are at work.
    pub(super) async fn workload(
        &self,
        workload: &Workload,
        step: &Step,
        scope: &Scope,
        frame: &Frame,
    ) -> Result<(), Stop> {
        let name = &workload.name;
        if self.loads.begun().get(name).is_some_and(|load| !*load.over.borrow()) {
            return Err(Stop::pack(format!("the workload `{name}` is still under way: `await` it first")));
        }
        let homes = match &workload.to {
            Some(selector) => self.select(selector, Pool::Up, scope, frame).await?,
            None => self.up()?,
        };
        let keys = keys(workload, scope)?;
        let cluster = self.cluster()?;
        let nodes = cluster.nodes().iter().map(|node| (node.as_str(), cluster.address(node)));
        let links = cluster.network().into_iter().flat_map(crate::network::Network::leads);
        let draw = format!("{}/{}{}", self.key, step.place.path, frame.rounds);
        let plan = Plan {
            operations: self.operations.clone(),
            directory: Directory::new(nodes, links),
            kills: cluster.nodes().iter().map(|node| cluster.kills(node).clone()).collect(),
            homes,
            clients: workload.clients,
            keys: keys.clone(),
            mix: workload.mix.clone(),
            rate: workload.rate,
            timeout: workload.timeout.unwrap_or(self.defaults.timeout).min(Defaults::BUSY_TIMEOUT),
            draw: draw.clone(),
            began: self.run.began,
        };
        let schedule = match &workload.nemesis {
            // Nodes that do not count may fail without anybody's noticing: faults touch those that do.
            Some(spec) => Some(Schedule::new(&draw, spec, self.voters(scope)?)),
            None => None,
        };
        let crew = Crew::start(&plan).map_err(Stop::fault)?;
        let (file, shown) = self.run.history_file();
        let load = Arc::new(Load {
            name: name.clone(),
            crew: tokio::sync::Mutex::new(crew),
            plan,
            faults: Mutex::default(),
            file,
            shown,
            schedule: Mutex::new(schedule),
            aim: workload.nemesis.as_ref().and_then(|nemesis| nemesis.aim.clone()),
            deadline: self.run.time.deadline(workload.during),
            starved: AtomicBool::new(false),
            until: workload.until,
            settle: workload.settle,
            over: watch::Sender::new(false),
            place: Stop::place_of(step),
            hints: step.hints.clone(),
            began: Instant::now(),
        });
        let count = match keys {
            KeySet::Drawn { count, .. } => count as usize,
            KeySet::Given(names) => names.len(),
        };
        load.tell(self.run, LoadEvent::Began { text: scale(workload, count) });
        self.loads.begun().insert(name.clone(), load.clone());
        self.loads.orders.send(load).map_err(|_| Stop::fault("workloads are not driven here".to_owned()))
    }

    pub(super) async fn await_load(&self, name: &str) -> Result<Arc<Load>, Stop> {
        let load = self.loads.named(name)?;
        // If it cannot come to its end, the test fails where the workload is driven.
        let _ = load.over.subscribe().wait_for(|over| *over).await;
        Ok(load)
    }

    /// Drives workloads for as long as it is polled, until one fails.
    pub(in crate::runner) async fn drive(&self, mut orders: Orders) -> Stop {
        let mut driven = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(load) = orders.recv() => driven.push(self.drive_one(load)),
                Some(result) = driven.next(), if !driven.is_empty() => {
                    if let Err(stop) = result {
                        return stop;
                    }
                }
                else => return std::future::pending().await,
            }
        }
    }

    async fn drive_one(&self, load: Arc<Load>) -> Result<(), Stop> {
        self.to_its_end(&load).await.map_err(|stop| load.at_its_step(stop))?;
        load.over.send_replace(true);
        Ok(())
    }

    async fn to_its_end(&self, load: &Load) -> Result<(), Stop> {
        let ended = watch::Sender::new(0);
        let stop = watch::Sender::new(false);
        let schedule = load.schedule.lock().unwrap_or_else(PoisonError::into_inner).take();
        let faults = async {
            match schedule {
                Some(schedule) => {
                    let faults = Faults {
                        load: &load.name,
                        began: load.began,
                        aim: load.aim.as_deref(),
                        history: &load.faults,
                        ended: &ended,
                        stop: stop.subscribe(),
                    };
                    self.faults(schedule, faults).await
                }
                None => Ok(()),
            }
        };
        let enough = async {
            let result = self.until_enough(load, &ended).await;
            // However it ended: no further fault begins, and the one in force ends.
            load.crew.lock().await.stop();
            stop.send_replace(true);
            result
        };
        let (faults, enough) = tokio::join!(faults, enough);
        enough.and(faults)?;
        let mut crew = load.crew.lock().await;
        if timeout(load.plan.timeout + ENDING, crew.ended()).await.is_err() {
            return Err(Stop::fault(format!("the clients of `{}` did not end", load.name)));
        }
        if let Some(within) = load.settle {
            load.tell(self.run, LoadEvent::Settling { within });
            if let Err(unsettled) = crew.settle(&self.run.time.deadline(within)).await {
                return Err(Stop::failed(not_settled(unsettled, within)));
            }
        }
        wrong(&crew)?;
        let (tally, latency) = (crew.tally(), crew.latency());
        drop(crew);
        load.keep(self.run).await;
        let faults = *ended.borrow();
        let Tally { ok, no, unknown } = tally;
        load.tell(self.run, LoadEvent::Ended { ok, no, unknown, faults, latency, history: load.shown.clone() });
        Ok(())
    }

    /// Runs until its time is over, or enough is done. It also stops if a node has said what no node may say.
    async fn until_enough(&self, load: &Load, ended: &watch::Sender<u32>) -> Result<(), Stop> {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = Instant::now();
        loop {
            looks.tick().await;
            let crew = load.crew.lock().await;
            wrong(&crew)?;
            let tally = crew.tally();
            drop(crew);
            let faults = *ended.borrow();
            if tally.ok + tally.no + tally.unknown > MOST {
                return Err(Stop::pack(format!(
                    "the workload `{}` did more than {MOST} operations, which is not allowed: give it a `rate`, or less time",
                    load.name
                )));
            }
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                let Tally { ok, no, unknown } = tally;
                load.tell(self.run, LoadEvent::Progress { ok, no, unknown, faults });
            }
            let enough = load.until.is_some_and(|until| tally.ok >= until.ok && u64::from(faults) >= until.faults);
            if enough {
                return Ok(());
            }
            if let Some(expired) = load.deadline.passed() {
                load.starved.store(expired.is_starved(), Ordering::Relaxed);
                return Ok(());
            }
        }
    }
}

impl Run {
    /// A new file for a history, and its name relative to the challenge directory.
    pub(in crate::runner) fn history_file(&self) -> (PathBuf, String) {
        let names = std::iter::once("history.jsonl".to_owned()).chain((2..).map(|n| format!("history-{n}.jsonl")));
        let mut taken = self.histories.lock().unwrap_or_else(PoisonError::into_inner);
        *taken += 1;
        let name = names.take(*taken).last().unwrap_or_default();
        (self.folder.join(&name), format!("{}/{name}", self.folder_name))
    }
}

pub(super) fn describe(workload: &Workload) -> String {
    let count = match &workload.keys {
        Data::Plain(count) => count.as_u64().unwrap_or(0),
        // Names that are not known yet.
        _ => 0,
    };
    format!("begin {}: {}", workload.name, scale(workload, count as usize))
}

pub(super) fn describe_await(Await(name): &Await) -> String {
    format!("wait for {name}")
}

/// What its clients work on. An error is the pack's.
fn keys(workload: &Workload, scope: &Scope) -> Result<KeySet, Stop> {
    let given = workload.keys.json(scope).map_err(|error| Stop::pack(error.to_string()))?;
    let of = object(&workload.mix);
    match given {
        Json::Array(names) => {
            let names = names.iter().map(|name| name.as_str().map(Text::from));
            let names = names.collect::<Option<Vec<Text>>>().unwrap_or_default();
            let range = if of == Object::Accounts { 2..=MAX_ACCOUNTS } else { 1..=MAX_KEYS };
            if !range.contains(&(names.len() as u64)) || workload.fresh_after.is_some() {
                return Err(Stop::pack(format!(
                    "the names of the keys of `{}` are a list of {} to {} texts, and none is replaced by a fresh one",
                    workload.name,
                    range.start(),
                    range.end()
                )));
            }
            Ok(KeySet::Given(names))
        }
        _ if of == Object::Accounts => {
            Err(Stop::pack(format!("the accounts of `{}` must be named, since they must be there", workload.name)))
        }
        count => {
            let count = count.as_u64().filter(|count| (1..=MAX_KEYS).contains(count)).ok_or_else(|| {
                Stop::pack(format!(
                    "`keys` of `{}` is a number from 1 to {MAX_KEYS}, or a list of names",
                    workload.name
                ))
            })?;
            Ok(KeySet::Drawn { count: u32::try_from(count).unwrap_or(u32::MAX), fresh_after: workload.fresh_after })
        }
    }
}

/// `10 clients, 5 keys, read and write for up to 60s`; without the keys where they are not known yet.
fn scale(workload: &Workload, keys: usize) -> String {
    let kinds: Vec<&str> = workload.mix.iter().map(|(kind, _)| kind.word()).collect();
    let rate = workload.rate.map(|rate| format!(", {rate} operations a second")).unwrap_or_default();
    let most = if workload.until.is_some() { "up to " } else { "" };
    let (clients, during) = (workload.clients, workload.during);
    let what = if object(&workload.mix) == Object::Accounts { "accounts" } else { "keys" };
    let keys = if keys > 0 { format!("{keys} {what}, ") } else { String::new() };
    format!("{clients} clients, {keys}{}{rate} for {most}{during:?}", kinds.join(", "))
}

/// Something that no node may answer, whatever happens to it.
fn wrong(crew: &Crew) -> Result<(), Stop> {
    crew.wrong().map_or(Ok(()), |sentence| Err(Stop::failed(Finding::Value { sentence })))
}

fn not_settled(unsettled: Unsettled, within: Duration) -> What {
    let Unsettled { what, attempts, seen, starved } = unsettled;
    let sentence = format!("All nodes run and all links are open again, and {what}.");
    let seen = seen.into_iter().map(|(at, what, times)| Seen { at, what, times }).collect();
    What::NotInTime { within, attempts, last: Box::new(What::Found(Finding::Value { sentence })), seen, starved }
}
