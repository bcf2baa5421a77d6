//! `http` steps: who is asked, what was expected, and what is kept of the answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use serde_json::Value as Json;

use crate::facts::{self, Answered, Cause, Expected, Finding, Mismatch, Refused, Source, Unanswered, What};
use crate::scenario::expr::Scope;
use crate::scenario::template::Data;
use crate::scenario::verbs::http::{Http, Need};
use crate::scenario::{Defaults, Expect};

use super::super::follow::Sender;
use super::super::http::{Exchange, Request};
use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter, count};
use super::super::stop::Stop;
use super::phrases::selector;

/// A node's answer, looked at.
#[derive(Debug)]
pub(in crate::runner) struct Looked {
    pub(in crate::runner) exchange: Exchange,
    pub(in crate::runner) mismatches: Vec<Mismatch>,
}

impl Looked {
    pub(in crate::runner) fn fits(&self) -> bool {
        self.mismatches.is_empty() && self.failure().is_none()
    }

    /// Why there was no answer, if one was wanted.
    fn failure(&self) -> Option<Cause> {
        match self.exchange.operation.result {
            // A step that expects an error gets a mismatch if the error is a different one.
            Answered::NoAnswer { cause, .. } if !self.wanted_error() => Some(cause),
            _ => None,
        }
    }

    fn wanted_error(&self) -> bool {
        self.exchange.wanted_error
    }

    /// Names for `save`.
    pub(in crate::runner) fn scope(&self, names: &Scope) -> Scope {
        Self::names(&self.exchange, names)
    }

    /// What an answer adds to the names around it.
    pub(in crate::runner) fn names(exchange: &Exchange, around: &Scope) -> Scope {
        let mut scope = around.fork();
        let operation = &exchange.operation;
        scope.set("node", operation.node.clone());
        scope.set("latency", operation.took.as_secs_f64());
        if let Some(reply) = &exchange.reply {
            scope.set("status", reply.status);
            scope.set("body", String::from_utf8_lossy(&reply.body).into_owned());
            scope.set_json("headers", &reply.answer().headers());
            if let Ok(json) = serde_json::from_slice::<Json>(&reply.body) {
                scope.set_json("json", &json);
            }
        }
        scope
    }
}

impl Interpreter<'_> {
    pub(super) async fn http(&self, http: &Http, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let nodes = match &http.to {
            Some(selector) => self.select(selector, Pool::Up, scope, frame).await?,
            // The only node is asked even while it is down: that it refuses is an answer, too.
            None => match self.cluster()?.nodes() {
                [only] => vec![only.clone()],
                _ => self.up()?,
            },
        };
        if nodes.is_empty() {
            return Err(Stop::failed(Finding::Value {
                sentence: "There is no node to ask: all are down.".to_owned(),
            }));
        }
        let asked = join_all(nodes.iter().map(|node| self.ask(http, node, scope, frame))).await;
        let mut looked = asked.into_iter().collect::<Result<Vec<Looked>, Stop>>()?;
        if let (Some(unanswered), [one]) = (&frame.unanswered, &looked[..]) {
            left_out(unanswered, one)?;
        }
        let fitted = looked.iter().filter(|one| one.fits()).count() as u64;
        let need = match &http.need {
            Need::All => facts::Need::All,
            Need::Any => facts::Need::AtLeast(1),
            Need::None => facts::Need::None,
            Need::Exactly(wanted) => facts::Need::Exactly(count(wanted, scope)?),
            Need::AtLeast(wanted) => facts::Need::AtLeast(count(wanted, scope)?),
        };
        let enough = match need {
            facts::Need::All => fitted == looked.len() as u64,
            facts::Need::None => fitted == 0,
            facts::Need::Exactly(wanted) => fitted == wanted,
            facts::Need::AtLeast(wanted) => fitted >= wanted,
        };
        if !enough {
            // Of a node that had no more time to answer nothing is known, and an attempt before this one tells more.
            let mut others = looked.iter().filter(|one| !one.fits());
            let cut = frame.is_over() && others.any(|one| one.failure() == Some(Cause::TimedOut));
            return Err(Stop::failed(self.wrong(need, looked)).cut(cut));
        }
        // Names of an answer are copies of it, and it may be long.
        if !http.save.is_empty()
            && let Some(at) = looked.iter().position(Looked::fits)
        {
            let one = looked.swap_remove(at);
            let source = Source::of(&one.exchange.operation).map(Arc::new);
            let seen = one.scope(scope);
            for (name, expression) in &http.save {
                let value = expression.eval(&seen).map_err(|error| Stop::undefined(error, "The answer"))?;
                // What grows from step to step comes from several answers, and nobody can say from which.
                let source = source.clone().filter(|_| !expression.names().contains(name));
                scope.save(name, value, source)?;
            }
        }
        Ok(())
    }

    /// Every node that is not down on purpose.
    pub(in crate::runner) fn up(&self) -> Result<Vec<String>, Stop> {
        let cluster = self.cluster()?;
        let down = |node: &&String| cluster.state(node) == crate::cluster::NodeState::Down;
        Ok(cluster.nodes().iter().filter(|node| !down(node)).cloned().collect())
    }

    async fn ask(&self, http: &Http, node: &str, scope: &Scope, frame: &Frame) -> Result<Looked, Stop> {
        let mut names = scope.clone();
        names.set("node", node);
        let body = match &http.body {
            Some(Data::Plain(Json::String(text))) => Some(Bytes::from(text.clone())),
            Some(data) => Some(match data.json(&names)? {
                Json::String(text) => Bytes::from(text),
                other => Bytes::from(other.to_string()),
            }),
            None => None,
        };
        let headers = http.headers.iter();
        let headers = headers.map(|(name, value)| Ok((name.clone(), value.text(&names)?)));
        let request = Request {
            method: http.method.clone(),
            path: http.path.text(&names)?,
            headers: headers.collect::<Result<_, Stop>>()?,
            body,
            timeout: self.timeout(http.timeout, frame),
        };
        let expect = http.expect.resolve(&names)?;
        let mut exchange = self.send(node, request, http.follow).await?;
        exchange.wanted_error = expect.error.is_some();
        let mut mismatches = compare(&expect, &exchange);
        for mismatch in &mut mismatches {
            let source = names.source(&http.expect.names_at(&mismatch.path));
            mismatch.source = source.map(Arc::unwrap_or_clone);
        }
        if let Answered::Answer(answer) = &mut exchange.operation.result {
            answer.unsettled = !mismatches.is_empty()
                && self.unsettled.excuses_answer(answer.status, &expect, &mismatches, http.never_unsettled);
        }
        Ok(Looked { exchange, mismatches })
    }

    pub(in crate::runner) fn timeout(&self, own: Option<Duration>, frame: &Frame) -> Duration {
        let usual = own.unwrap_or(self.defaults.timeout);
        let usual = if frame.many { usual.max(Defaults::BUSY_TIMEOUT) } else { usual };
        match &frame.deadline {
            // A request is tried even at the deadline: an immediate answer still counts.
            Some(deadline) => usual.min(deadline.left()).max(Duration::from_millis(20)),
            None => usual,
        }
    }

    /// Sends a request, reports it, and follows redirects to other nodes.
    pub(in crate::runner) async fn send(&self, node: &str, request: Request, follow: bool) -> Result<Exchange, Stop> {
        let (cluster, clients, watch) = (self.cluster()?, self.clients, self.watch);
        Sender { run: self.run, cluster, clients, watch, quiet: false }.send(node, request, follow).await
    }

    /// The failure of a step whose answers do not match.
    fn wrong(&self, need: facts::Need, mut looked: Vec<Looked>) -> What {
        if looked.len() == 1
            && need != facts::Need::None
            && let Some(mut one) = looked.pop()
        {
            self.keep_bodies(&mut one.exchange);
            return What::Found(Finding::Answer {
                operation: Box::new(one.exchange.operation),
                mismatches: one.mismatches,
            });
        }
        let fits = looked.iter().filter(|one| one.fits()).count() as u64;
        let too_many = match need {
            facts::Need::None => true,
            facts::Need::Exactly(count) => fits > count,
            facts::Need::All | facts::Need::AtLeast(_) => false,
        };
        let (fitted, others): (Vec<Looked>, Vec<Looked>) = looked.into_iter().partition(Looked::fits);
        What::Found(Finding::Answers {
            need,
            fitted: fitted.iter().map(|one| one.exchange.operation.asked().to_owned()).collect(),
            others: others.into_iter().map(|one| (one.exchange.operation, one.mismatches)).collect(),
            too_many,
        })
    }

    /// Keeps bodies that are too long for a card in files, so that the request can be sent again by hand.
    pub(in crate::runner) fn keep_bodies(&self, exchange: &mut Exchange) {
        let operation = &mut exchange.operation;
        if let (Some(excerpt), Some(sent)) = (&mut operation.body, &exchange.sent) {
            self.run.keep(excerpt, sent, "request");
        }
        if let (Answered::Answer(answer), Some(reply)) = (&mut operation.result, &exchange.reply) {
            self.run.keep(&mut answer.body, &reply.body, "answer");
        }
    }
}

pub(super) fn describe(http: &Http) -> String {
    let to = http.to.as_ref().map(|to| format!(" to {}", selector(to))).unwrap_or_default();
    format!("{} {}{to}", http.method, http.path.source())
}

/// Whether a copy is left out: there was no answer, or one that counts as no answer.
fn left_out(unanswered: &Expect<Json>, one: &Looked) -> Result<(), Stop> {
    match &one.exchange.operation.result {
        Answered::NoAnswer {
            cause: cause @ (Cause::Refused | Cause::Reset | Cause::Closed | Cause::HalfAnswer | Cause::TimedOut),
            starved,
            ..
        } if !one.exchange.wanted_error => {
            let how = if *starved { Unanswered::Starved } else { Unanswered::Cause(*cause) };
            Err(Stop::Unanswered(how, None))
        }
        Answered::Answer(answer) if !is_empty(unanswered) && compare(unanswered, &one.exchange).is_empty() => {
            let operation = &one.exchange.operation;
            let refused = Refused { called: operation.called, came: operation.called + operation.took };
            Err(Stop::Unanswered(Unanswered::Status(answer.status), answer.unsettled.then_some(refused)))
        }
        _ => Ok(()),
    }
}

fn is_empty(expect: &Expect<Json>) -> bool {
    expect.status.is_none() && expect.headers.is_empty() && expect.body.is_none() && expect.json.is_none()
}

/// Every difference between what was expected and what came.
pub(in crate::runner) fn compare(expect: &Expect<Json>, exchange: &Exchange) -> Vec<Mismatch> {
    let reply = match (&expect.error, &exchange.operation.result, &exchange.reply) {
        (Some(error), Answered::NoAnswer { cause, .. }, _) => {
            return error.check("error", Some(&Json::from(cause.word())));
        }
        (Some(error), Answered::Answer(answer), _) => {
            let actual = Some(Json::from(format!("an answer with status {}", answer.status)));
            return vec![Mismatch {
                path: "error".into(),
                expected: Expected::Words(error.describe()),
                actual,
                source: None,
            }];
        }
        (None, _, Some(reply)) => reply,
        // No answer: the operation says why.
        (None, _, None) => return Vec::new(),
    };
    reply.answer().compare(expect)
}
