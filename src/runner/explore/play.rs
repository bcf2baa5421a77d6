//! Follows the steps of a walk on a node, judges each answer, and keeps what was done.

use std::time::{Duration, Instant};

use model::{Act, Asked, Holding, Judged, Key, Player, Right, Setup, Step};
use tokio::time::sleep;

use crate::facts::{Excerpt, WalkAct, WalkStep, What};
use crate::scenario::model::{Model, Operation};
use crate::scenario::verbs::explore::Explore;

use super::super::connection::Connection;
use super::super::stop::Stop;
use super::ask::Came;
use super::place::Place;

/// The longest time after which a node is killed within an operation.
const WITHIN: u64 = 4;

/// A walk, or a part of one that is done again.
pub(super) struct Playing<'a> {
    pub(super) place: Place<'a>,
    model: &'a Model,
    pub(super) player: Player,
    connection: Option<Connection>,
    /// What was done so far, with the steps it was done for.
    pub(super) done: Vec<(Step, WalkStep)>,
}

/// What became of a step.
pub(super) enum Done {
    Right,
    /// The model cannot follow any more.
    GaveUp,
    Wrong(Box<Wrong>),
}

/// A wrong answer, or a node that did not do what it must.
pub(super) struct Wrong {
    pub(super) what: What,
    pub(super) rights: Vec<Right>,
    /// What the operation's key may have held before it.
    pub(super) held: Option<(Key, Vec<Holding>)>,
    pub(super) at: Duration,
}

impl<'a> Playing<'a> {
    pub(super) fn new(place: Place<'a>, model: &'a Model, explore: &Explore) -> Self {
        let setup = Setup { versions: explore.versions(), told: model.told() };
        let never = model.no_version.as_deref().unwrap_or_default();
        let player = Player::new((model.kind.make)(setup), never.into());
        Self { place, model, player, connection: None, done: Vec::new() }
    }

    /// Does one step. An error is the pack's, or lsfr's own.
    pub(super) async fn step(&mut self, step: &Step) -> Result<Done, Stop> {
        let done = match &step.act {
            Act::Ask(operation) => {
                let asked = self.player.asked(operation);
                self.ask(step, &asked).await
            }
            Act::KillWithin(operation) => {
                let asked = self.player.asked(operation);
                self.kill_within(step, &asked).await
            }
            Act::Kill => self.crash(step, true).await,
            Act::Restart => self.crash(step, false).await,
        };
        match done {
            Err(Stop::Failed(failed)) => Ok(Done::Wrong(Box::new(Wrong {
                what: failed.what,
                rights: Vec::new(),
                held: None,
                at: self.place.run.began.elapsed(),
            }))),
            done => done,
        }
    }

    async fn ask(&mut self, step: &Step, asked: &Asked) -> Result<Done, Stop> {
        let Some(operation) = self.model.operations.get(asked.word) else { return Ok(Done::GaveUp) };
        let began = Instant::now();
        let came = self.place.ask(&mut self.connection, operation, asked).await?;
        self.keep(step, began, operation, &came);
        Ok(self.judge(step, asked, came))
    }

    /// The operation and the kill run side by side: which of them is first is anybody's guess.
    async fn kill_within(&mut self, step: &Step, asked: &Asked) -> Result<Done, Stop> {
        let Some(operation) = self.model.operations.get(asked.word) else { return Ok(Done::GaveUp) };
        let began = Instant::now();
        let delay = Duration::from_millis(step.number as u64 % WITHIN);
        let killed = async {
            sleep(delay).await;
            self.place.kill().await
        };
        let (came, killed) = tokio::join!(self.place.ask(&mut self.connection, operation, asked), killed);
        self.place.clients.close(&self.place.node);
        self.connection = None;
        killed?;
        let came = came?;
        self.keep(step, began, operation, &came);
        let done = if came.is_unanswered() {
            self.player.unanswered(asked).map_or(Done::GaveUp, |()| Done::Right)
        } else {
            self.judge(step, asked, came)
        };
        if matches!(done, Done::Right) {
            self.place.start().await?;
        }
        Ok(done)
    }

    async fn crash(&mut self, step: &Step, kill: bool) -> Result<Done, Stop> {
        let began = Instant::now();
        self.connection = None;
        self.place.clients.close(&self.place.node);
        let act = if kill { WalkAct::Killed } else { WalkAct::Restarted };
        self.done.push((step.clone(), self.done_now(began, act)));
        if kill {
            self.place.kill().await?;
        } else {
            self.place.stop().await?;
        }
        self.place.start().await?;
        Ok(Done::Right)
    }

    fn judge(&mut self, step: &Step, asked: &Asked, came: Came) -> Done {
        let operation = &self.model.operations[asked.word];
        let held = asked.key.map(|key| (key, self.player.model.holds(key)));
        let rights = match came.answer(operation).map(|answer| self.player.answered(step.number, asked, &answer)) {
            Some(Judged::Possible) => return Done::Right,
            Some(Judged::GaveUp(_)) => return Done::GaveUp,
            Some(Judged::Impossible(rights)) => rights,
            None => self.player.model.rights(asked),
        };
        let what = came.wrong(operation, &rights);
        Done::Wrong(Box::new(Wrong { what, rights, held, at: self.place.run.began.elapsed() }))
    }

    /// Notes what was done, with what its answer told.
    fn keep(&mut self, step: &Step, began: Instant, operation: &Operation, came: &Came) {
        let answer = came.answer(operation);
        let (value, version) = answer.map(|answer| (answer.value, answer.version)).unwrap_or_default();
        let done = WalkStep {
            value: value.map(|value| Excerpt::new(value.as_bytes())),
            version: version.map(|version| version.to_string()),
            killed: matches!(step.act, Act::KillWithin(_)),
            ..self.done_now(began, came.act())
        };
        self.done.push((step.clone(), done));
    }

    fn done_now(&self, began: Instant, act: WalkAct) -> WalkStep {
        let at = began.duration_since(self.place.run.began);
        let (took, node) = (began.elapsed(), self.place.node.clone());
        WalkStep { at, took, node, act, value: None, version: None, killed: false }
    }
}
