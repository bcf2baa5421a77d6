//! Follows the steps of a walk on a node, judges each answer, and keeps what was done.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model::{About, Act, Answer, Asked, Holding, Judged, Player, Right, Setup, Span, Step, Subject, Which, Worker};
use tokio::time::sleep;

use crate::facts::{EarlyEnd, Excerpt, WalkAct, WalkStep, What};
use crate::scenario::model::{Model, Operation};
use crate::scenario::verbs::explore::Explore;

use super::super::connection::Connection;
use super::super::stop::Stop;
use super::ask::Came;
use super::cluster::{Decided, Nodes};
use super::place::Place;
use super::transaction;

/// The longest time after which a node is killed within an operation.
const WITHIN: u64 = 4;

/// A walk, or a part of one that is done again.
pub(super) struct Playing<'a> {
    pub(super) place: Place<'a>,
    model: &'a Model,
    pub(super) player: Player,
    connections: BTreeMap<Worker, Option<Connection>>,
    began: Instant,
    nodes: Nodes,
    /// How many answers the model has taken for right. A connection's end has none, and neither has what a kill cut off.
    pub(super) judged: usize,
    /// What was done so far, with the steps it was done for.
    pub(super) done: Vec<(Step, WalkStep)>,
}

/// What became of a step.
pub(super) enum Done {
    Right,
    /// It cannot go on.
    GaveUp(EarlyEnd),
    Wrong(Box<Wrong>),
}

/// A wrong answer, or a node that did not do what it must.
pub(super) struct Wrong {
    pub(super) what: What,
    pub(super) rights: Vec<Right>,
    /// Which steps have to do with it.
    pub(super) about: About,
    /// What its key may have held before it, or where its job may have been.
    pub(super) held: Option<(Subject, Vec<Holding>)>,
    pub(super) at: Duration,
}

impl<'a> Playing<'a> {
    pub(super) fn new(place: Place<'a>, model: &'a Model, explore: &Explore) -> Self {
        let setup = Setup { versions: explore.versions(), told: model.told() };
        let never = model.no_version.as_deref().or(model.no_job.as_deref()).unwrap_or_default();
        let player = Player::new((model.kind.make)(setup), never.into());
        Self {
            place,
            model,
            player,
            connections: BTreeMap::new(),
            began: Instant::now(),
            nodes: Nodes::default(),
            judged: 0,
            done: Vec::new(),
        }
    }

    /// The milliseconds since it began.
    pub(super) fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// Does one step. An error is the pack's, or lsfr's own.
    pub(super) async fn step(&mut self, step: &Step) -> Result<Done, Stop> {
        let done = match &step.act {
            Act::Ask(operation) => {
                let asked = self.asked(step, operation);
                self.ask(step, asked).await
            }
            Act::KillWithin(operation) => {
                let asked = self.asked(step, operation);
                self.kill_within(step, asked).await
            }
            Act::Kill => self.crash(step, true).await,
            Act::Restart => self.crash(step, false).await,
            Act::Lose(which) => self.lose(step, *which).await,
            Act::LoseWithin(which, operation) => {
                let asked = self.asked(step, operation);
                self.lose_within(step, *which, asked).await
            }
            Act::Return => self.return_one(step).await,
        };
        match done {
            Err(Stop::Failed(failed)) if failed.doubt.is_none() => Ok(Done::Wrong(Box::new(Wrong {
                what: failed.what,
                rights: Vec::new(),
                about: About::default(),
                held: None,
                at: self.place.run.began.elapsed(),
            }))),
            done => done,
        }
    }

    /// The pack says of every operation that is drawn how it is sent.
    fn operation(&self, asked: &Asked) -> Result<&'a Operation, Stop> {
        let operation = self.model.operations.get(asked.word);
        operation.ok_or_else(|| Stop::pack(format!("the model has no operation `{}`", asked.word)))
    }

    fn asked(&self, step: &Step, operation: &model::Operation) -> Asked {
        self.player.asked(step.number, operation, Span::at(self.now()))
    }

    async fn ask(&mut self, step: &Step, mut asked: Asked) -> Result<Done, Stop> {
        let operation = self.operation(&asked)?;
        // Without some step before it, it may have to wait for ever.
        if self.player.model.waits(&asked) {
            return Ok(Done::Right);
        }
        let began = Instant::now();
        if self.place.follow {
            let decided = self.place.decide(operation, &asked, via(step)).await?;
            return self.decided(step, asked, began, decided);
        }
        let connection = self.connections.entry(asked.by).or_default();
        let came = self.place.ask(&self.place.node, connection, operation, &asked).await?;
        asked.at.received = self.now() + 1;
        self.keep(step, began, operation, &came, 0);
        Ok(self.judge(&asked, came))
    }

    /// What became of an operation on a cluster.
    fn decided(&mut self, step: &Step, mut asked: Asked, began: Instant, decided: Decided) -> Result<Done, Stop> {
        let (came, before) = match decided {
            Decided::Came { came, before } => (*came, before),
            Decided::Open => return Ok(Done::GaveUp(EarlyEnd::Undecided)),
            Decided::Unserved(stop) => return Err(stop),
        };
        asked.at.received = self.now() + 1;
        self.nodes.answered(&came);
        let model = self.model;
        self.keep(step, began, &model.operations[asked.word], &came, before);
        Ok(self.judge(&asked, came))
    }

    async fn lose(&mut self, step: &Step, which: Which) -> Result<Done, Stop> {
        let Some(node) = self.nodes.which(which, &self.place) else { return Ok(Done::Right) };
        self.notes_loss(step, &node);
        self.place.clients.close(&node);
        self.place.kill(&node).await?;
        self.nodes.lost(node);
        Ok(Done::Right)
    }

    /// The node is killed while the cluster does the operation, which is asked until it is decided.
    async fn lose_within(&mut self, step: &Step, which: Which, asked: Asked) -> Result<Done, Stop> {
        let Some(node) = self.nodes.which(which, &self.place) else { return self.ask(step, asked).await };
        let operation = self.operation(&asked)?;
        let began = Instant::now();
        self.notes_loss(step, &node);
        let killed = async {
            sleep(Duration::from_millis(step.number as u64 % WITHIN)).await;
            let killed = self.place.kill(&node).await;
            self.place.clients.close(&node);
            killed
        };
        let (decided, killed) = tokio::join!(self.place.decide(operation, &asked, via(step)), killed);
        self.nodes.lost(node);
        killed?;
        self.decided(step, asked, began, decided?)
    }

    async fn return_one(&mut self, step: &Step) -> Result<Done, Stop> {
        let Some(node) = self.nodes.next_back() else { return Ok(Done::Right) };
        let began = Instant::now();
        self.place.start(&node).await?;
        let returned = self.done_at(began, node, WalkAct::Returned);
        self.done.push((step.clone(), returned));
        Ok(Done::Right)
    }

    fn notes_loss(&mut self, step: &Step, node: &str) {
        let lost = self.done_at(Instant::now(), node.to_owned(), WalkAct::Lost);
        self.done.push((step.clone(), lost));
    }

    /// The operation and the kill run side by side: which of them is first is anybody's guess.
    async fn kill_within(&mut self, step: &Step, mut asked: Asked) -> Result<Done, Stop> {
        let operation = self.operation(&asked)?;
        if self.player.model.waits(&asked) {
            return self.crash(step, true).await;
        }
        let began = Instant::now();
        let delay = Duration::from_millis(step.number as u64 % WITHIN);
        let killed = async {
            sleep(delay).await;
            self.place.kill(&self.place.node).await
        };
        let connection = self.connections.entry(asked.by).or_default();
        let (came, killed) = tokio::join!(self.place.ask(&self.place.node, connection, operation, &asked), killed);
        asked.at.received = self.now() + 1;
        self.place.clients.close(&self.place.node);
        self.connections.clear();
        killed?;
        let came = came?;
        self.keep(step, began, operation, &came, 0);
        let done = if came.is_unanswered() {
            self.player.unanswered(&asked).map_or(Done::GaveUp(EarlyEnd::Open), |()| Done::Right)
        } else {
            self.judge(&asked, came)
        };
        if matches!(done, Done::Right) {
            self.place.start(&self.place.node).await?;
            return Ok(self.restarted());
        }
        Ok(done)
    }

    async fn crash(&mut self, step: &Step, kill: bool) -> Result<Done, Stop> {
        let began = Instant::now();
        self.connections.clear();
        self.place.clients.close(&self.place.node);
        let act = if kill { WalkAct::Killed } else { WalkAct::Restarted };
        self.done.push((step.clone(), self.done_now(began, act)));
        if kill {
            self.place.kill(&self.place.node).await?;
        } else {
            self.place.stop().await?;
        }
        self.place.start(&self.place.node).await?;
        Ok(self.restarted())
    }

    fn restarted(&mut self) -> Done {
        self.player.restarted().map_or(Done::GaveUp(EarlyEnd::Open), |()| Done::Right)
    }

    fn judge(&mut self, asked: &Asked, came: Came) -> Done {
        let operation = &self.model.operations[asked.word];
        let answer = came.answer(operation);
        let subject = asked.job.clone().map(Subject::Job).or(asked.key.map(Subject::Key));
        let subject = subject.or_else(|| self.wrong_part(asked, answer.as_ref()));
        let held = subject.map(|subject| (subject.clone(), self.player.model.holds(&subject)));
        let held = held.filter(|(_, holdings)| !holdings.is_empty());
        let rights = match answer.as_ref().map(|answer| self.player.answered(asked, answer)) {
            Some(Judged::Possible) => {
                self.judged += usize::from(!matches!(came, Came::Left));
                return Done::Right;
            }
            Some(Judged::GaveUp(_)) => return Done::GaveUp(EarlyEnd::Open),
            Some(Judged::Impossible(rights)) => rights,
            None => self.player.model.rights(asked),
        };
        let at = self.place.run.began.elapsed();
        let about = self.player.about(asked, answer.as_ref(), &rights);
        match came.wrong(operation, &rights) {
            Some(what) => Done::Wrong(Box::new(Wrong { what, rights, about, held, at })),
            // A connection's end is never wrong.
            None => Done::Right,
        }
    }

    /// What a transaction went wrong with: the key of the first part that is told of wrongly, or that is checked.
    fn wrong_part(&self, asked: &Asked, answer: Option<&Answer>) -> Option<Subject> {
        let rights = self.player.model.rights(asked);
        let differs = answer.zip(rights.first()).and_then(|(answer, right)| transaction::first_wrong(answer, right));
        let place = differs.or_else(|| transaction::first_check(&asked.parts))?;
        Some(Subject::Key(asked.parts.get(place)?.key))
    }

    /// Notes what was done, with what its answer told.
    fn keep(&mut self, step: &Step, began: Instant, operation: &Operation, came: &Came, before: u32) {
        let answer = came.answer(operation);
        let told =
            |answer: model::Answer| (answer.value.or_else(|| transaction::told(&answer.results)), answer.version);
        let (value, version) = answer.map(told).unwrap_or_default();
        let done = WalkStep {
            value: value.map(|value| Excerpt::new(value.as_bytes())),
            version: version.map(|version| version.to_string()),
            by: step.operation().and_then(|operation| self.place.worker(operation.by)),
            killed: matches!(step.act, Act::KillWithin(_)),
            before,
            ..self.done_at(began, came.node().unwrap_or(&self.place.node).to_owned(), came.act())
        };
        self.done.push((step.clone(), done));
    }

    fn done_now(&self, began: Instant, act: WalkAct) -> WalkStep {
        self.done_at(began, self.place.node.clone(), act)
    }

    fn done_at(&self, began: Instant, node: String, act: WalkAct) -> WalkStep {
        let (at, took) = (began.duration_since(self.place.run.began), began.elapsed());
        WalkStep { at, took, node, by: None, act, value: None, version: None, killed: false, before: 0 }
    }
}

/// Which of the nodes that are up is asked.
fn via(step: &Step) -> u8 {
    step.operation().map_or(0, |operation| operation.via)
}
