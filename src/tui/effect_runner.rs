//! Does what the app wants done. Everything that may take longer than a moment happens in a task of its own, and what
//! comes of it returns as an event.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use history::History;
use history::file::ReadError;
use tokio::sync::{mpsc, oneshot, watch};

use super::editor;
use super::effect::{Edited, Request, Scope};
use super::event::{Advanced, Course, Done, Event, Nodes, RunId, RunNews, StageRow, StageText, TestRow};
use super::logs::LogStore;
use super::messages::Order;
use super::progress::Past;
use super::remembered::{self, Remembered};
use super::results::StageResults;
use crate::challenge::{Program, Stage};
use crate::cluster::OPENED;
use crate::facts::{self as runner, Stamped};
use crate::project::scaffold::{self, Scaffold};
use crate::report::card::Card;
use crate::report::run_state::RunState;
use crate::report::timeline::Timelines;
use crate::report::{Reporter, journal, records};
use crate::session::{Session, SessionError, named, progress, run};
use crate::watch::Watcher;

pub(super) type Sender = mpsc::UnboundedSender<Event>;

/// What the app works on, and what it has started.
pub(super) struct EffectRunner {
    events: Sender,
    session: Option<Session>,
    watcher: Option<Watcher>,
    /// Ends the run in flight when it is used or dropped.
    cancel: Option<oneshot::Sender<()>>,
    /// Whether that run leaves nodes up.
    keep: watch::Sender<bool>,
    /// The editor's command, in words, as the settings have it.
    editor: Vec<String>,
}

impl EffectRunner {
    pub(super) fn new(events: Sender, editor: Vec<String>) -> Self {
        Self { events, session: None, watcher: None, cancel: None, keep: watch::Sender::new(false), editor }
    }

    /// Works on this challenge directory from now on.
    pub(super) fn open(&mut self, opened: Result<Session, SessionError>) -> Done {
        let course = opened.and_then(|session| {
            let course = course(&session)?;
            self.session = Some(session);
            Ok(Box::new(course))
        });
        Done::Opened(course.map_err(|error| error.to_string()))
    }

    pub(super) fn recall(&self) -> Done {
        let session = self.session.as_ref();
        Done::Recalled(Box::new(session.map(|session| remembered::load(&session.project.dir)).unwrap_or_default()))
    }

    pub(super) fn remember(&self, remembered: &Remembered) -> io::Result<()> {
        match &self.session {
            Some(session) => remembered::save(&session.project.dir, remembered).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn load_stage(&self, key: String) {
        let Some(session) = self.session.clone() else { return };
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let loaded = session.stage(Some(&key)).map(|stage| text(&stage)).map_err(|error| error.to_string());
            let _ = events.send(Event::Done(Done::Stage { key, loaded }));
        });
    }

    /// What earlier runs said about each stage.
    pub(super) fn load_results(&self) {
        let Some(session) = self.session.clone() else { return };
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let mut all: Vec<StageResults> = Vec::new();
            // The newest come first.
            let runs =
                records::list(&session.project.dir).into_iter().filter_map(|folder| records::load(&folder).ok());
            for results in runs.filter(|run| !run.live).flat_map(|run| StageResults::from_run(&run)) {
                match all.iter_mut().find(|known| known.stage == results.stage) {
                    Some(known) => known.complete_with(results),
                    None => all.push(results),
                }
            }
            let _ = events.send(Event::Done(Done::Recorded(all)));
        });
    }

    /// How earlier runs went and how long they took, and which of them tested the program as it is.
    pub(super) fn load_past(&self) {
        let Some(session) = self.session.clone() else { return };
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let dir = &session.project.dir;
            let runs: Vec<_> =
                records::list(dir).into_iter().filter_map(|folder| records::load(&folder).ok()).collect();
            let now = progress::AsItIs::read(&session);
            let journal = journal::read(dir, &session.challenge.key);
            let past = Past::of(&runs, |run| now.was_tested_in(&run.folder), journal).with_files(now.changes());
            let _ = events.send(Event::Done(Done::Past(Box::new(past))));
        });
    }

    /// The logs of the run that begins.
    pub(super) fn follow_logs(&self, run: PathBuf) -> Done {
        Done::Logs { store: LogStore::open(&run, true, self.wake()), run, nodes: None }
    }

    /// The logs of a run that has ended, with what lsfr did in it.
    pub(super) fn open_logs(&self, run: PathBuf) {
        let (events, wake) = (self.events.clone(), self.wake());
        tokio::task::spawn_blocking(move || {
            let store = LogStore::open(&run, false, wake);
            let (mut state, mut timelines) = (RunState::default(), Timelines::default());
            if let (Ok(_), Ok(run)) = (&store, records::load(&run))
                && let Ok(stamped) = run.events()
            {
                for stamped in stamped {
                    state.event(&stamped);
                    timelines.event(&stamped, state.cluster());
                }
            }
            let nodes = Some(Box::new(Nodes { cluster: Arc::clone(state.cluster()), timelines }));
            let _ = events.send(Event::Done(Done::Logs { run, store, nodes }));
        });
    }

    /// What the clients of a workload did, read as a whole: the view goes back and forth in it.
    pub(super) fn open_history(&self, file: PathBuf) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let opened = File::open(&file).map_err(ReadError::Io);
            let read = opened.and_then(|opened| History::read(BufReader::new(opened)));
            let read = read.map(Box::new).map_err(|error| match error {
                ReadError::Io(error) => format!("The history {} cannot be read: {error}", file.display()),
                ReadError::Broken(_) => format!("The history {} is broken:\n{error}", file.display()),
            });
            let _ = events.send(Event::Done(Done::History { file, read }));
        });
    }

    /// What nodes said to each other. What is no longer wanted by then is not reported.
    pub(super) fn messages(&self, order: Order) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let told = |outcome| drop(events.send(Event::Done(Done::Messages { number: order.number, outcome })));
            if let Some(outcome) = order.carry_out(&told) {
                told(outcome);
            }
        });
    }

    fn wake(&self) -> Box<dyn Fn() + Send> {
        let events = self.events.clone();
        Box::new(move || drop(events.send(Event::LogsGrew)))
    }

    pub(super) fn watch(&mut self, on: bool) {
        // The old one ends first: what it has not reported yet is of no use.
        self.watcher = None;
        if let Some(session) = self.session.as_ref().filter(|_| on) {
            let events = self.events.clone();
            self.watcher = Some(Watcher::start(&session.project.dir, move |event| {
                let _ = events.send(Event::Watch(event));
            }));
        }
    }

    pub(super) fn run(&mut self, id: RunId, request: Request) {
        let Some(session) = self.session.clone() else { return };
        let (cancel, cancelled) = oneshot::channel::<()>();
        self.cancel = Some(cancel);
        let keep;
        (self.keep, keep) = watch::channel(request.keep);
        let events = self.events.clone();
        let teller = Teller { id, events: events.clone() };
        let running = tokio::spawn(async move {
            // lsfr.yaml may have changed since: what builds the program, or the pack.
            let session =
                if session.project.dir.is_dir() { Session::open_in(&session.project.dir)? } else { session };
            let job = job(&session, request)?;
            let prepared = run::prepare(&session, job, vec![Box::new(teller.clone())])?;
            teller.tell(RunNews::Prepared { folder: prepared.folder().to_owned() });
            // Dropping it cancels, too: everything ends with the desk.
            prepared.leaving_up(keep).run(async move { drop(cancelled.await) }).await
        });
        tokio::spawn(async move {
            let ended = match running.await {
                Ok(ended) => ended.map_err(|error| error.to_string()),
                Err(panic) => Err(format!("lsfr has a bug, and the run ended there: {panic}")),
            };
            let _ = events.send(Event::Run { id, news: RunNews::Ended(ended) });
        });
    }

    pub(super) fn keep(&self, keep: bool) {
        self.keep.send_replace(keep);
    }

    pub(super) fn cancel(&mut self) {
        self.cancel = None;
    }

    pub(super) fn advance(&self, tested: bool, current: String, completed: Vec<String>) {
        let Some(session) = &self.session else { return };
        let (dir, events) = (session.project.dir.clone(), self.events.clone());
        tokio::task::spawn_blocking(move || {
            let advanced = advance(&dir, tested, &current, &completed).map_err(|error| error.to_string());
            let _ = events.send(Event::Done(Done::Advanced(advanced)));
        });
    }

    pub(super) fn hint(&self, card: Card) {
        let Some(session) = self.session.clone() else { return };
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let given = run::next_hint(&session, &card).map_err(|error| error.to_string());
            let _ = events.send(Event::Done(Done::Hint { stage: card.stage, test: card.test, given }));
        });
    }

    /// The learner's editor on what is to be edited: the command, and where it starts.
    pub(super) fn editor(&self, edited: &Edited) -> Result<(Vec<String>, PathBuf), String> {
        let Some(session) = &self.session else { return Err("No challenge is open.".to_owned()) };
        let words = editor::command(&self.editor, edited, |name| std::env::var(name).ok())?;
        Ok((words, session.project.dir.clone()))
    }

    /// In the browser, as one argument that no shell sees; if there is no browser, the address is shown.
    pub(super) fn open_link(&self, address: String) {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let display = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let can = cfg!(target_os = "macos") || display("DISPLAY") || display("WAYLAND_DISPLAY");
        let mut command = tokio::process::Command::new(opener);
        // In a group of its own: what stops lsfr must not stop a browser.
        command.arg(&address).process_group(0).env(OPENED, "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = if can { command.spawn() } else { Err(io::ErrorKind::NotFound.into()) };
        let events = self.events.clone();
        tokio::spawn(async move {
            let opened = match started {
                Ok(mut child) => child.wait().await.is_ok_and(|status| status.success()),
                Err(_) => false,
            };
            let text =
                if opened { format!("Opened {address}") } else { format!("No browser is here to open {address}") };
            let _ = events.send(Event::Done(Done::Told(text)));
        });
    }

    pub(super) fn scaffold(&self, challenge: String, lang: Option<String>, target: PathBuf) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let made = make(&challenge, lang.as_deref(), &target);
            let _ = events.send(Event::Done(Done::Scaffolded(made)));
        });
    }
}

/// Moves on from the stage that the learner sees as the current one. lsfr.yaml is read again: another lsfr may have
/// moved on in it, which must not be undone.
fn advance(dir: &Path, tested: bool, current: &str, completed: &[String]) -> Result<Advanced, SessionError> {
    let mut session = Session::open_in(dir)?;
    if session.current()? != current || session.project.config.completed != completed {
        return Ok(Advanced::Elsewhere(Box::new(course(&session)?)));
    }
    if !tested && progress::untested(&session, current).is_some() {
        return Ok(Advanced::TestFirst);
    }
    progress::advance(&mut session).map(Advanced::Moved)
}

fn make(challenge: &str, lang: Option<&str>, target: &Path) -> Result<PathBuf, String> {
    let (challenge, pack) = named(challenge).map_err(|error| error.to_string())?;
    let first = challenge.stages().next().ok_or("this challenge has no stages")?;
    let plan = Scaffold {
        target,
        challenge: &challenge.key,
        name: &challenge.name,
        overview: &challenge.overview,
        first_stage: &first.key,
        program: challenge.program,
        clients: challenge.clients,
        pack: pack.as_deref(),
        lang,
    };
    scaffold::scaffold(&plan).map_err(|error| error.to_string())?;
    target.canonicalize().map_err(|error| error.to_string())
}

fn job(session: &Session, request: Request) -> Result<run::Job, SessionError> {
    let mut stages = match &request.scope {
        Scope::Stage(stage) | Scope::Test { stage, .. } => vec![session.stage(Some(stage))?],
        Scope::SoFar(stage) => session.stages_up_to(Some(stage))?,
    };
    for stage in &mut stages {
        // Tests do not depend on each other, so their order is free: the learner is waiting for what failed.
        stage.tests.tests.sort_by_key(|test| !request.first.contains(&test.name));
    }
    let only = match request.scope {
        Scope::Test { test, .. } => Some(test),
        _ => None,
    };
    Ok(run::Job { stages, only, seed: request.seed.unwrap_or_else(run::random_seed), faults: None })
}

fn course(session: &Session) -> Result<Course, SessionError> {
    let challenge = &session.challenge;
    let row = |part: &str, stage: &crate::challenge::StageEntry| StageRow {
        key: stage.key.clone(),
        title: stage.title.clone(),
        part: part.to_owned(),
    };
    Ok(Course {
        dir: session.project.dir.clone(),
        key: challenge.key.clone(),
        name: challenge.name.clone(),
        built: challenge.built.clone(),
        has_nodes: challenge.program == Program::Server,
        stages: challenge
            .parts
            .iter()
            .flat_map(|part| part.stages.iter().map(|stage| row(&part.name, stage)))
            .collect(),
        current: session.current()?,
        completed: session.project.config.completed.clone(),
        untouched: records::list(&session.project.dir).is_empty(),
    })
}

fn text(stage: &Stage) -> StageText {
    StageText {
        guide: stage.guide.source.text.clone(),
        after: stage.after.clone(),
        tests: stage
            .tests
            .tests
            .iter()
            .map(|test| TestRow { name: test.name.clone(), proves: test.proves.clone() })
            .collect(),
    }
}

/// Passes on what the app shows of a run. That does not include requests and their answers, of which a load has
/// thousands; the log view reads them from the run's folder.
#[derive(Debug, Clone)]
struct Teller {
    id: RunId,
    events: Sender,
}

impl Teller {
    fn tell(&self, news: RunNews) {
        let _ = self.events.send(Event::Run { id: self.id, news });
    }
}

impl Reporter for Teller {
    fn event(&mut self, stamped: &Stamped, state: &RunState) {
        if !matches!(
            stamped.event,
            runner::Event::Operation(_) | runner::Event::Spoken(_) | runner::Event::RunEnded { .. }
        ) {
            let cluster = Arc::clone(state.cluster());
            self.tell(RunNews::Event { stamped: Box::new(stamped.clone()), cluster });
        }
    }

    fn card(&mut self, card: &Card) {
        self.tell(RunNews::Card(Box::new(card.clone())));
    }
}
