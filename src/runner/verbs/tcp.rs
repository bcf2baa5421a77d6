//! `tcp`: one step of a conversation, on a connection that outlives it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::Deadline;
use crate::facts::{Closing, Excerpt, Source, Speech};
use crate::scenario::Sent;
use crate::scenario::expr::Scope;
use crate::scenario::template::Data;
use crate::scenario::verbs::tcp::{Close, Tcp};

use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;
use super::super::tcp::{Talking, unanswered};
use super::phrases::data;

impl Interpreter<'_> {
    pub(in crate::runner) async fn tcp(&self, tcp: &Tcp, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let name = tcp.name.text(scope)?;
        let patience = self.timeout(tcp.timeout, frame);
        let slot = self.connections.slot(&name);
        let Ok(mut place) = slot.try_lock() else {
            let message =
                format!("two steps use the connection `{name}` at once: copies need names such as `{name}$(i)`");
            return Err(Stop::pack(message));
        };
        let to = self.talks_to(tcp, scope, frame).await?;
        let mut deadline = self.run.time.deadline(patience);
        let connection = match place.take() {
            // `to` may now name a different node than before: a new leader.
            Some(open) if to.as_ref().is_none_or(|to| *to == open.node) => open,
            _ => {
                let to = match (to, self.cluster()?.nodes()) {
                    (Some(to), _) => to,
                    (None, [only]) => only.clone(),
                    // With one node it is opened again; with several, nobody can say to which.
                    (None, _) => match self.connections.ended(&name) {
                        Some(node) => return Err(unanswered(self.ended_with(&name, &node)?, frame)),
                        None => {
                            return Err(Stop::pack(format!("`{name}` is not open, and no `to` says to which node")));
                        }
                    },
                };
                self.connect(&name, &to, &deadline).await.map_err(|stop| unanswered(stop, frame))?
            }
        };
        let mut talking = Talking::new(self.run, &name, connection);
        let told = self.converse(tcp, &mut talking, scope, &mut deadline, patience).await;
        told.map_err(|stop| unanswered(self.may_be_unsettled(tcp, sourced(tcp, scope, stop)), frame))?;
        let mut connection = talking.connection;
        let closed = |how: Closing| {
            self.run.spoke(&name, &connection.node, Instant::now(), Speech::Closed { how });
        };
        match tcp.close {
            Some(Close::Write) => {
                closed(Closing::Write);
                // If the node has closed already, the next read reports that.
                let _ = connection.shut().await;
            }
            Some(Close::All) => {
                closed(Closing::All);
                return Ok(());
            }
            Some(Close::Reset) => {
                closed(Closing::Reset);
                connection.reset();
                return Ok(());
            }
            None if tcp.closed => return Ok(()),
            None => {}
        }
        *place = Some(connection);
        Ok(())
    }

    /// Marks what a cluster may have answered because it is electing.
    fn may_be_unsettled(&self, tcp: &Tcp, mut stop: Stop) -> Stop {
        // A broken connection is judged, whatever came on it.
        if let Some(talk) = stop.conversation()
            && talk.cause.is_none()
        {
            talk.unsettled = self.unsettled.excuses_talk(&talk.mismatches, tcp.never_unsettled);
        }
        stop
    }

    /// The node that `to` means.
    async fn talks_to(&self, tcp: &Tcp, scope: &Scope, frame: &Frame) -> Result<Option<String>, Stop> {
        let Some(selector) = &tcp.to else { return Ok(None) };
        let mut nodes = self.select(selector, Pool::Every, scope, frame).await?;
        match (nodes.pop(), nodes.is_empty()) {
            (Some(node), true) => Ok(Some(node)),
            _ => Err(Stop::pack("a connection leads to one node: `to` names none, or several".to_owned())),
        }
    }

    async fn converse(
        &self,
        tcp: &Tcp,
        talking: &mut Talking<'_>,
        scope: &mut Scope,
        deadline: &mut Deadline,
        patience: Duration,
    ) -> Result<(), Stop> {
        let mut names = scope.fork();
        names.set("node", talking.connection.node.clone());
        let sends = tcp.talk.send.is_some();
        let receives = !tcp.talk.receive.is_empty();
        if sends && receives && !talking.connection.owed {
            talking.nothing_more("before anything was said")?;
        }
        let began = Instant::now();
        let before = talking.connection.sent.len();
        let heard = talking.exchange(&tcp.talk, &mut names, deadline, patience).await?;
        let came = if receives { talking.connection.came() } else { Instant::now() };
        talking.connection.owed =
            if receives { talking.connection.owed && !sends } else { talking.connection.owed || sends };
        if sends && receives {
            tokio::task::yield_now().await;
            talking.nothing_more("after its answer")?;
        }
        if let Some(time) = tcp.silent {
            self.depends_on_now();
            talking.silent(time).await?;
            *deadline = self.run.time.deadline(patience);
        }
        let came = if tcp.closed { talking.closed(deadline, patience).await? } else { came };
        if let Some(took) = &tcp.took {
            talking.took(took, &names, began, came)?;
        }
        let mut seen = names.fork();
        heard.names(&mut seen);
        seen.set("sent", self.run.seconds(began));
        seen.set("came", self.run.seconds(came));
        let source = heard.text().map(|text| {
            let (connection, node) = (talking.name.to_owned(), talking.connection.node.clone());
            let (text, at) = (Excerpt::new(text.as_bytes()), self.run.since_start(came));
            let said = talking.connection.sent.get(before..).filter(|said| !said.is_empty()).map(Excerpt::new);
            Arc::new(Source::Heard { connection, node, said, text, at })
        });
        for (name, expression) in &tcp.save {
            let value = expression.eval(&seen).map_err(|error| Stop::undefined(error, "The answer"))?;
            // What grows from step to step comes from several answers, and nobody can say from which.
            let source = source.clone().filter(|_| !expression.names().contains(name));
            scope.save(name, value, source)?;
        }
        Ok(())
    }
}

/// Notes where what was expected comes from.
fn sourced(tcp: &Tcp, scope: &Scope, mut stop: Stop) -> Stop {
    for mismatch in stop.conversation().into_iter().flat_map(|talk| &mut talk.mismatches) {
        let source = scope.source(&tcp.talk.names_at(&mismatch.path));
        mismatch.source = source.map(Arc::unwrap_or_clone);
    }
    stop
}

pub(super) fn describe(tcp: &Tcp) -> String {
    let name = tcp.name.source();
    let said = tcp.talk.send.as_ref().map(|sent| match sent {
        Sent::Lines(Data::List(lines)) => match &lines[..] {
            [first, rest @ ..] if !rest.is_empty() => format!("{} and {} more", data(first), rest.len()),
            lines => lines.iter().map(data).collect(),
        },
        Sent::Lines(line) => data(line),
        Sent::Bytes { bytes, .. } => data(bytes),
    });
    match said {
        Some(said) => format!("{name} says {}", said.lines().next().unwrap_or_default()),
        None if !tcp.talk.receive.is_empty() => format!("{name} listens"),
        None if tcp.silent.is_some() => format!("{name} hears nothing"),
        None if tcp.closed => format!("{name} is closed by the node"),
        None if tcp.close.is_some() => format!("close {name}"),
        None => format!("open {name}"),
    }
}
