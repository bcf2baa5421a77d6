//! The one thread that owns the queue. It takes what the connections say, one after the other, decides, and answers when
//! what it decided is safe.
//!
//! An answer waits for every change that was decided before it: it may reveal any of them. So each answer is held
//! together with the number of the newest change, and sent once the keeper (a log, or a cluster) has made that change
//! durable.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::bug::Bug;
use super::change::Change;
use super::client::{Connected, Wait};
use super::command::Command;
use super::keeper::{Keeper, Standing};
use super::queue::{Client, Job, JobId, Queue, State, Time};
use super::stats;

const DEFAULT: &str = "default";
/// A worker is warned this long before it loses the first of its jobs.
const WARNING: Time = 1000;
/// This many events are taken before their changes are written: under load they share one sync.
const AT_ONCE: usize = 256;

pub(super) type Answer = oneshot::Sender<Bytes>;

pub(super) enum Event {
    Opened {
        client: Client,
        /// Dropped to end the connection.
        end: oneshot::Sender<()>,
    },
    Said {
        client: Client,
        command: Command,
        body: Bytes,
        answer: Answer,
    },
    Closed(Client),
    /// What a cluster tells.
    Cluster(super::cluster::News),
    Stop,
}

pub(super) struct Service {
    pub(super) queue: Queue,
    pub(super) clients: HashMap<Client, Connected>,
    /// Those that wait, the longest first.
    waiting: VecDeque<Client>,
    pub(super) keeper: Keeper,
    /// Changes decided so far.
    decided: u64,
    held: VecDeque<(u64, Answer, Bytes)>,
    clock: Clock,
    /// Connections that have ended: only for `closed-are-counted` and `gone-waiters-work`.
    pub(super) gone: usize,
    /// Only for `polls-each-second`.
    polled: Time,
    pub(super) bug: Bug,
}

/// The time of day as it was at the start, and what has passed since: it does not go back.
struct Clock {
    start: Time,
    since: Instant,
}

impl Clock {
    fn new() -> Clock {
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock { start: start.as_millis() as Time, since: Instant::now() }
    }

    fn now(&self) -> Time {
        self.start + self.since.elapsed().as_millis() as Time
    }
}

impl Service {
    pub(super) fn new(queue: Queue, keeper: Keeper, bug: Bug) -> Service {
        Service {
            queue,
            clients: HashMap::new(),
            waiting: VecDeque::new(),
            keeper,
            decided: 0,
            held: VecDeque::new(),
            clock: Clock::new(),
            gone: 0,
            polled: 0,
            bug,
        }
    }

    /// Runs until it is told to stop, or until nothing can be kept any more.
    pub(super) fn run(mut self, events: &Receiver<Event>) -> io::Result<()> {
        loop {
            let now = self.clock.now();
            let patience = self.next().map_or(3_600_000, |due| due.saturating_sub(now));
            let mut event = match events.recv_timeout(Duration::from_millis(patience)) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            for _ in 0..AT_ONCE {
                match event {
                    Some(Event::Stop) => {
                        self.keeper.flush()?;
                        return Ok(());
                    }
                    Some(event) => self.take(event),
                    None => break,
                }
                event = events.try_recv().ok();
            }
            let now = self.clock.now();
            if self.keeper.serves() {
                self.queue.advance(now);
                self.forget_lost();
                self.serve_waiting(now);
            }
            self.keeper.flush()?;
            self.let_go(self.keeper.safe(self.decided));
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Opened { client, end } => self.open(client, end),
            Event::Closed(client) => self.close(client),
            Event::Said { client, command, body, answer } => {
                if !self.clients.contains_key(&client) {
                    return;
                }
                match self.keeper.standing(&command) {
                    Standing::Serve => self.answer(client, command, body, answer),
                    Standing::Say(text) => {
                        // An error means that the client has gone.
                        let _ = answer.send(text);
                    }
                    Standing::Later => self.keeper.hold(Event::Said { client, command, body, answer }),
                }
            }
            Event::Cluster(news) => self.cluster(news),
            // `run` sees to it.
            Event::Stop => {}
        }
    }

    fn cluster(&mut self, news: super::cluster::News) {
        let Keeper::Cluster(cluster) = &mut self.keeper else { return };
        let now = self.clock.now();
        let turn = cluster.take(news, now);
        if turn.lost {
            // Whatever was decided may not have happened: whoever asked finds out at the next leader.
            self.held.clear();
            self.clients.clear();
            self.waiting.clear();
            self.decided = 0;
        }
        if let Some(queue) = turn.leads {
            self.queue = queue;
            self.decided = 0;
            for connected in self.clients.values() {
                self.queue.tube(&connected.uses).users += 1;
                for tube in &connected.watches {
                    self.queue.tube(tube).watchers += 1;
                }
            }
        }
        for event in turn.held {
            self.take(event);
        }
    }

    fn open(&mut self, client: Client, end: oneshot::Sender<()>) {
        let default: Arc<str> = DEFAULT.into();
        let tube = self.queue.tube(&default);
        tube.users += 1;
        tube.watchers += 1;
        let connected = Connected {
            uses: default.clone(),
            watches: [default].into(),
            watch_count: 1,
            reserved: BTreeSet::new(),
            waits: None,
            puts: false,
            works: false,
            warned: false,
            _end: end,
        };
        self.clients.insert(client, connected);
    }

    /// The jobs of a worker that goes away are ready again.
    fn close(&mut self, client: Client) {
        if self.bug == Bug::GoneWaiterGetsJob && self.clients.get(&client).is_some_and(|gone| gone.waits.is_some()) {
            return;
        }
        let Some(gone) = self.clients.remove(&client) else { return };
        self.gone += usize::from(match self.bug {
            Bug::GoneWaitersWork => gone.waits.is_some(),
            bug => bug == Bug::ClosedAreCounted,
        });
        self.waiting.retain(|other| *other != client);
        let keeps = self.bug == Bug::GoneWaiterKeepsJobs && gone.waits.is_some();
        if self.bug != Bug::GoneWorkerKeepsJobs && !keeps {
            for id in gone.reserved {
                self.queue.place(id, State::Ready);
            }
        }
        let tube = self.queue.tube(&gone.uses);
        tube.users = tube.users.saturating_sub(1);
        self.queue.drop_if_unused(&gone.uses);
        for name in gone.watches {
            let tube = self.queue.tube(&name);
            tube.watchers = tube.watchers.saturating_sub(1);
            self.queue.drop_if_unused(&name);
        }
    }

    /// Carries a change out and hands it on to be kept.
    fn decide(&mut self, change: Change) {
        self.queue.apply(&change);
        self.decided += 1;
        self.keeper.add(change, self.decided);
    }

    fn say(&mut self, answer: Answer, text: impl Into<Bytes>) {
        self.held.push_back((self.decided, answer, text.into()));
    }

    /// Sends the answers that reveal nothing newer than this change.
    fn let_go(&mut self, safe: u64) {
        while let Some((needs, ..)) = self.held.front()
            && *needs <= safe
        {
            if let Some((_, answer, text)) = self.held.pop_front() {
                // An error means that the client has gone.
                let _ = answer.send(text);
            }
        }
    }

    fn answer(&mut self, client: Client, command: Command, body: Bytes, answer: Answer) {
        let now = self.clock.now();
        let text: Bytes = match command {
            Command::Put { pri, delay, ttr, .. } => self.put(client, pri, delay, ttr, body, now),
            Command::Reserve => return self.wait(client, None, answer),
            Command::ReserveWithin(seconds) => {
                return self.wait(client, Some(now + u64::from(seconds) * 1000), answer);
            }
            Command::ReserveJob(id) => match self.queue.jobs.get(&id).map(|job| job.state) {
                None | Some(State::Reserved { .. }) => NOT_FOUND,
                Some(_) if self.bug == Bug::TakenForEver => self.reserve(client, id, now + (1 << 40)),
                Some(_) => self.reserve(client, id, now),
            },
            Command::Delete(id) => self.delete(client, id),
            Command::Release { id, pri, delay } if self.may(client, id) => {
                self.let_loose(client, id);
                self.decide(Change::Release { id, pri, delay, at: now });
                "RELEASED\r\n".into()
            }
            Command::Bury { id, pri } if self.may(client, id) => {
                self.let_loose(client, id);
                self.decide(Change::Bury { id, pri });
                "BURIED\r\n".into()
            }
            Command::Touch(id) if self.may(client, id) => {
                if self.bug != Bug::TouchDoesNothing {
                    self.queue.touch(id, now);
                }
                "TOUCHED\r\n".into()
            }
            Command::Release { .. } | Command::Bury { .. } | Command::Touch(_) => NOT_FOUND,
            Command::Use(name) => self.use_tube(client, name),
            Command::Watch(name) => self.watch(client, name),
            Command::Ignore(name) => self.ignore(client, &name),
            Command::Peek(id) => self.found(self.queue.jobs.contains_key(&id).then_some(id)),
            Command::PeekReady => self.peek_ready(client, now),
            Command::PeekDelayed => {
                self.found(self.used(client).and_then(|tube| tube.delayed.first().map(|(_, id)| *id)))
            }
            Command::PeekBuried => {
                self.found(self.used(client).and_then(|tube| tube.buried.first_key_value().map(|(_, id)| *id)))
            }
            Command::Kick(count) => self.kick(client, count as usize),
            Command::KickJob(id) => match self.queue.jobs.get(&id).map(|job| job.state) {
                Some(State::Buried { .. } | State::Delayed { .. }) => {
                    self.decide(Change::Kick { id });
                    "KICKED\r\n".into()
                }
                _ => NOT_FOUND,
            },
            Command::StatsJob(id) => self.queue.jobs.get(&id).map_or(NOT_FOUND, |job| stats::of_job(id, job, now)),
            Command::StatsTube(name) => stats::of_tube(self, &name, now).unwrap_or(NOT_FOUND),
            Command::Stats => stats::of_all(self, self.clock.since.elapsed()),
            Command::ListTubes => stats::list(self.queue.tubes.keys()),
            Command::ListTubeUsed => self.clients.get(&client).map_or(NOT_FOUND, |one| using(&one.uses)),
            Command::ListTubesWatched => {
                self.clients.get(&client).map_or(NOT_FOUND, |one| stats::list(one.watches.iter()))
            }
            Command::PauseTube { tube, seconds } => match self.queue.tubes.get_mut(&tube) {
                Some(tube) => {
                    let end = now + u64::from(seconds) * 1000;
                    if self.bug != Bug::LongerPauseStays || tube.pause.is_none_or(|(_, before)| before < end) {
                        tube.pause = Some((seconds, end));
                    }
                    "PAUSED\r\n".into()
                }
                None => NOT_FOUND,
            },
            // The connection sees to it.
            Command::Quit => return,
        };
        self.say(answer, text);
    }

    fn put(&mut self, client: Client, pri: u32, delay: u32, ttr: u32, body: Bytes, now: Time) -> Bytes {
        let Some(connected) = self.clients.get_mut(&client) else { return NOT_FOUND };
        connected.puts = true;
        let tube = connected.uses.clone();
        let id = self.queue.next_id();
        let ttr = if self.bug == Bug::ZeroTimeToRun { ttr } else { ttr.max(1) };
        let body = match self.bug {
            Bug::BodiesAreText => Bytes::from(String::from_utf8_lossy(&body).into_owned()),
            _ => body,
        };
        if self.bug == Bug::PutEndsPause && !self.waiting.is_empty() {
            self.queue.tube(&tube).pause = None;
        }
        self.decide(Change::Put { id, tube, pri, delay, ttr, created: now, body });
        format!("INSERTED {id}\r\n").into()
    }

    fn reserve(&mut self, client: Client, id: JobId, now: Time) -> Bytes {
        self.queue.reserve(id, client, now);
        if let Some(connected) = self.clients.get_mut(&client) {
            connected.reserved.insert(id);
        }
        self.queue.jobs.get(&id).map_or(NOT_FOUND, |job| with_body("RESERVED", id, job, self.bug))
    }

    /// Whether this client holds the job.
    fn may(&self, client: Client, id: JobId) -> bool {
        let state = self.queue.jobs.get(&id).map(|job| job.state);
        match self.bug {
            Bug::FormerHolderMay => matches!(state, Some(State::Reserved { .. })),
            _ => matches!(state, Some(State::Reserved { by, .. }) if by == client),
        }
    }

    fn let_loose(&mut self, client: Client, id: JobId) {
        if let Some(connected) = self.clients.get_mut(&client) {
            connected.reserved.remove(&id);
        }
    }

    fn delete(&mut self, client: Client, id: JobId) -> Bytes {
        let deletable = match self.queue.jobs.get(&id).map(|job| job.state) {
            None => false,
            Some(State::Reserved { by, .. }) => by == client || self.bug == Bug::DeleteByAnyone,
            Some(_) => self.bug != Bug::DeleteOnlyReserved,
        };
        if !deletable {
            return NOT_FOUND;
        }
        self.let_loose(client, id);
        self.decide(Change::Delete { id });
        "DELETED\r\n".into()
    }

    fn peek_ready(&mut self, client: Client, now: Time) -> Bytes {
        let first = self.used(client).and_then(|tube| tube.ready.first().map(|(_, id)| *id));
        match (self.bug, first) {
            (Bug::PeekReserves, Some(id)) => {
                self.reserve(client, id, now);
            }
            (Bug::PeekShowsNewest, Some(_)) => {
                let newest = self.used(client).and_then(|tube| tube.ready.iter().map(|(_, id)| *id).max());
                return self.found(newest);
            }
            _ => {}
        }
        self.found(first)
    }

    fn kick(&mut self, client: Client, count: usize) -> Bytes {
        let tubes: Vec<&super::queue::Tube> = match self.bug {
            Bug::KickInAllTubes => self.queue.tubes.values().collect(),
            _ => self.used(client).into_iter().collect(),
        };
        let buried: Vec<JobId> = tubes.iter().flat_map(|tube| tube.buried.values().copied()).take(count).collect();
        let delayed = tubes.iter().flat_map(|tube| tube.delayed.iter().map(|(_, id)| *id));
        let ids: Vec<JobId> = match self.bug {
            Bug::KickTakesBoth => buried.into_iter().chain(delayed).take(count).collect(),
            _ if buried.is_empty() => delayed.take(count).collect(),
            _ => buried,
        };
        if self.bug == Bug::KickWakesOne {
            self.waiting.truncate(1);
        }
        let kicked = ids.len();
        for id in ids {
            self.decide(Change::Kick { id });
        }
        format!("KICKED {kicked}\r\n").into()
    }

    fn used(&self, client: Client) -> Option<&super::queue::Tube> {
        self.queue.tubes.get(&self.clients.get(&client)?.uses)
    }

    fn found(&self, id: Option<JobId>) -> Bytes {
        let job = id.and_then(|id| Some((id, self.queue.jobs.get(&id)?)));
        job.map_or(NOT_FOUND, |(id, job)| with_body("FOUND", id, job, Bug::None))
    }

    fn use_tube(&mut self, client: Client, name: Arc<str>) -> Bytes {
        let Some(connected) = self.clients.get_mut(&client) else { return NOT_FOUND };
        let before = std::mem::replace(&mut connected.uses, name.clone());
        self.queue.tube(&name).users += 1;
        self.queue.tube(&before).users -= 1;
        self.queue.drop_if_unused(&before);
        using(&name)
    }

    fn watch(&mut self, client: Client, name: Arc<str>) -> Bytes {
        let Some(connected) = self.clients.get_mut(&client) else { return NOT_FOUND };
        let new = connected.watches.insert(name.clone());
        if new {
            self.queue.tube(&name).watchers += 1;
        }
        connected.watch_count += usize::from(new || self.bug == Bug::WatchCountsTwice);
        format!("WATCHING {}\r\n", connected.watch_count).into()
    }

    fn ignore(&mut self, client: Client, name: &Arc<str>) -> Bytes {
        let Some(connected) = self.clients.get_mut(&client) else { return NOT_FOUND };
        if connected.watches.len() == 1 && connected.watches.contains(name) && self.bug != Bug::LastTubeIgnored {
            return "NOT_IGNORED\r\n".into();
        }
        if connected.watches.remove(name) {
            connected.watch_count -= 1;
            let count = connected.watch_count;
            self.queue.tube(name).watchers -= 1;
            self.queue.drop_if_unused(name);
            return format!("WATCHING {count}\r\n").into();
        }
        format!("WATCHING {}\r\n", connected.watch_count).into()
    }

    fn wait(&mut self, client: Client, until: Option<Time>, answer: Answer) {
        if let Some(connected) = self.clients.get_mut(&client) {
            connected.works = true;
            connected.waits = Some(Wait { until, answer: Some(answer), waited: false });
            self.waiting.retain(|other| *other != client);
            self.waiting.push_back(client);
            // Now, and not after the commands of others that came with it.
            let now = self.clock.now();
            self.queue.advance(now);
            self.serve_waiting(now);
            if let Some(wait) = self.clients.get_mut(&client).and_then(|one| one.waits.as_mut()) {
                wait.waited = true;
            }
        }
    }

    /// Gives waiting clients what there is for them: a job, a warning, or the end of their patience.
    fn serve_waiting(&mut self, now: Time) {
        let polls = self.bug == Bug::PollsEachSecond;
        let turn = !polls || now >= self.polled + 1000;
        if turn {
            self.polled = now;
        }
        let one = std::mem::take(&mut self.queue.pause_over) && self.bug == Bug::PauseEndServesOne;
        let mut served = false;
        for at in 0..self.waiting.len() {
            if one && served {
                break;
            }
            let client = self.waiting[at];
            let Some(connected) = self.clients.get(&client) else { continue };
            let Some(wait) = &connected.waits else { continue };
            // Polling finds a job at once only where it is there before the worker.
            let first = self.queue.first_ready(connected.watches.iter(), now).filter(|_| turn);
            let warned = self.bug != Bug::NeverWarned
                && self.first_deadline(connected).is_some_and(|deadline| deadline <= now + WARNING);
            let late = wait.until.is_some_and(|until| until <= now);
            let uncounted = wait.waited && self.bug == Bug::WaitNotCounted;
            let text: Bytes = match first {
                Some(id) => self.reserve(client, id, now),
                None if warned => "DEADLINE_SOON\r\n".into(),
                None if late => "TIMED_OUT\r\n".into(),
                None => continue,
            };
            served = true;
            if uncounted && let Some(job) = first.and_then(|id| self.queue.jobs.get_mut(&id)) {
                job.counts.reserves -= 1;
            }
            let Some(connected) = self.clients.get_mut(&client) else { continue };
            connected.warned = warned && first.is_none() && self.bug == Bug::WarnedWaitOn;
            let several = connected.watches.len() > 1;
            let Some(wait) = &mut connected.waits else { continue };
            let stays = match self.bug {
                Bug::TimedOutWaitsOn => late && first.is_none(),
                Bug::WaitsOnElsewhere => wait.waited && several && wait.answer.is_some() && first.is_some(),
                _ => false,
            };
            if stays {
                wait.until = None;
                if let Some(answer) = wait.answer.take() {
                    self.held.push_back((self.decided, answer, text));
                }
                continue;
            }
            if let Some(answer) = connected.waits.take().and_then(|wait| wait.answer) {
                self.held.push_back((self.decided, answer, text));
            }
        }
        let clients = &self.clients;
        self.waiting.retain(|client| clients.get(client).is_some_and(|connected| connected.waits.is_some()));
    }

    fn first_deadline(&self, connected: &Connected) -> Option<Time> {
        let deadline = |id: &JobId| match self.queue.jobs.get(id)?.state {
            State::Reserved { until, .. } => Some(until),
            _ => None,
        };
        let mut deadlines = connected.reserved.iter().filter_map(deadline);
        if self.bug == Bug::WarnedOfFirst { deadlines.next() } else { deadlines.min() }
    }

    /// Jobs whose time to run was over are held by nobody, or by another.
    fn forget_lost(&mut self) {
        let jobs = &self.queue.jobs;
        for (client, connected) in &mut self.clients {
            connected.reserved.retain(
                |id| matches!(jobs.get(id), Some(Job { state: State::Reserved { by, .. }, .. }) if by == client),
            );
        }
    }

    /// When something is next due, even if no client says anything.
    fn next(&self) -> Option<Time> {
        if !self.keeper.serves() {
            return None;
        }
        let waiting = self.waiting.iter().filter_map(|client| self.clients.get(client));
        let waits = waiting.flat_map(|connected| {
            let warning = self.first_deadline(connected).map(|deadline| deadline.saturating_sub(WARNING));
            let warning = warning.filter(|_| self.bug != Bug::NeverWarned);
            [warning, connected.waits.as_ref().and_then(|wait| wait.until)].into_iter().flatten()
        });
        let polls = (self.bug == Bug::PollsEachSecond && !self.waiting.is_empty()).then_some(self.polled + 1000);
        // A node that answers without a majority has to watch the clock for that.
        let early = self.bug == Bug::DeletesAnsweredEarly && !self.held.is_empty();
        let early = early.then(|| self.clock.now() + 50);
        waits.chain(self.queue.next()).chain(polls).chain(early).min()
    }
}

pub(super) const NOT_FOUND: Bytes = Bytes::from_static(b"NOT_FOUND\r\n");

fn using(name: &str) -> Bytes {
    format!("USING {name}\r\n").into()
}

fn with_body(word: &str, id: JobId, job: &Job, bug: Bug) -> Bytes {
    let length = match bug {
        Bug::LengthInCharacters => String::from_utf8_lossy(&job.body).chars().count(),
        _ => job.body.len(),
    };
    let mut text = format!("{word} {id} {length}\r\n").into_bytes();
    text.extend_from_slice(&job.body);
    text.extend_from_slice(b"\r\n");
    text.into()
}
