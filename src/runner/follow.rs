//! The way of a request: to a node, and on to those that it is redirected to.

use std::mem;
use std::time::Instant;

use crate::cluster::Cluster;
use crate::facts::{Answered, Cause, Event, Hop, Operation};
use crate::scenario::answer::{Location, MAX_HOPS};

use super::Run;
use super::http::{Clients, Exchange, Request};
use super::monitor::Watch;
use super::stop::Stop;

pub(super) struct Sender<'a> {
    pub(super) run: &'a Run,
    pub(super) cluster: &'a Cluster,
    pub(super) clients: &'a Clients,
    pub(super) watch: Option<&'a Watch<'a>>,
    /// What is sent is not reported.
    pub(super) quiet: bool,
}

impl Sender<'_> {
    /// Sends a request, reports it, and follows redirects to other nodes if `follow` says so.
    pub(super) async fn send(&self, node: &str, mut request: Request, follow: bool) -> Result<Exchange, Stop> {
        let mut node = node.to_owned();
        let mut hops: Vec<Hop> = Vec::new();
        loop {
            self.run.traffic.sending(request.body.as_ref().map_or(0, bytes::Bytes::len));
            let pending =
                Pending { sender: self, node: &node, request: &request, hops: &hops, called: Instant::now() };
            let mut exchange = self.clients.ask(self.cluster, &node, &request, self.run.began).await;
            pending.is_answered();
            if let Answered::NoAnswer { cause: Cause::Local, detail, .. } = &exchange.operation.result {
                let fault = format!("lsfr could not send {} {} to {node}: {detail}", request.method, request.path);
                self.tell(exchange.operation);
                return Err(Stop::fault(fault));
            }
            if let Some(watch) = self.watch {
                watch.saw(self.run, &exchange);
            }
            let redirect = exchange.reply.as_ref().filter(|_| follow).and_then(|reply| {
                let to = reply.answer().redirect(&exchange.operation.address, &request.path)?;
                let sent = reply.headers.get("location").map_or(&b""[..], |location| location.as_bytes());
                Some((to, reply.status, String::from_utf8_lossy(sent).into_owned()))
            });
            let Some((to, status, location)) = redirect else {
                exchange.operation.hops = hops;
                self.tell(exchange.operation.clone());
                return Ok(exchange);
            };
            let target = match to {
                Location::Path(path) => Some((node.clone(), path)),
                Location::Address(port, path) => self.cluster.node_at(port).map(|owner| (owner.to_owned(), path)),
                Location::Elsewhere => None,
            };
            let (to, path) = match target {
                Some(target) if hops.len() < MAX_HOPS => target,
                other => {
                    let cause = if other.is_some() { Cause::TooManyRedirects } else { Cause::ForeignRedirect };
                    let detail = format!("its Location is `{location}`");
                    exchange.operation.result = Answered::NoAnswer { cause, detail, part: None, starved: false };
                    exchange.operation.hops = hops;
                    exchange.reply = None;
                    self.tell(exchange.operation.clone());
                    return Ok(exchange);
                }
            };
            hops.push(Hop {
                id: exchange.operation.id,
                node: mem::replace(&mut node, to.clone()),
                address: exchange.operation.address.clone(),
                path: mem::replace(&mut request.path, path),
                status,
                location,
                to,
                called: exchange.operation.called,
            });
            self.tell(exchange.operation);
        }
    }

    fn tell(&self, operation: Operation) {
        if !self.quiet {
            self.run.emit(Event::Operation(operation));
        }
    }
}

/// A request under way. If it is dropped before its answer, it is reported as one that nobody waits for any longer: what
/// was under way when something else failed is a part of the story.
struct Pending<'a> {
    sender: &'a Sender<'a>,
    node: &'a str,
    request: &'a Request,
    hops: &'a [Hop],
    called: Instant,
}

impl Pending<'_> {
    fn is_answered(self) {
        mem::forget(self);
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let Sender { run, cluster, clients, .. } = self.sender;
        let mut operation = clients.abandoned(cluster, self.node, self.request, (self.called, run.began));
        operation.hops = self.hops.to_vec();
        self.sender.tell(operation);
    }
}
