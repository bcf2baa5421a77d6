//! What all nodes of a cluster do together, as the `under_way` of challenge.yaml asks for it: keys that move from one
//! group to another. It is shown, and judges nothing.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Run;
use super::http::{Clients, Exchange, Request};
use super::monitor::PATIENCE;
use super::stop::Stop;
use super::verbs::http::Looked;
use crate::challenge::UnderWay;
use crate::cluster::{Cluster, NodeState};
use crate::facts::Event;
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::text::clean;

#[derive(Debug)]
pub(super) struct Together<'a> {
    asked: &'a UnderWay,
    path: String,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    /// What each node that is up answered last.
    by_node: BTreeMap<String, bool>,
    told: bool,
}

impl<'a> Together<'a> {
    pub(super) fn new(asked: &'a UnderWay) -> Result<Self, Stop> {
        let path = asked.path.text(&Scope::new(Draw::new("")))?;
        Ok(Self { asked, path, heard: Mutex::default() })
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks one node after another, for as long as it is polled. One that does not answer keeps none of the others.
    pub(super) async fn ask(&self, run: &Run, cluster: &Cluster, clients: &Clients) -> Infallible {
        let among = &self.asked.among;
        let nodes = cluster.nodes().iter().filter(|node| among.is_empty() || among.contains(node));
        let nodes: Vec<&String> = nodes.collect();
        let round = self.asked.every * u32::try_from(nodes.len()).unwrap_or(u32::MAX);
        let began = Instant::now();
        let asked = (0..).zip(nodes).map(async |(place, node)| {
            let mut ticks = interval_at(began + self.asked.every * place, round);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if cluster.state(node) != NodeState::Up {
                    self.heard().by_node.remove(node);
                    continue;
                }
                let request = Request {
                    method: self.asked.method.clone(),
                    path: self.path.clone(),
                    headers: Vec::new(),
                    body: None,
                    timeout: PATIENCE,
                };
                let exchange = clients.ask(cluster, node, &request, run.began).await;
                self.saw(run, &exchange);
            }
        });
        join_all(asked).await;
        std::future::pending().await
    }

    /// An answer, whoever asked. One without what is looked for, as of a node that cannot know it, says nothing.
    pub(super) fn saw(&self, run: &Run, exchange: &Exchange) {
        let operation = &exchange.operation;
        if !self.asked.among.is_empty() && !self.asked.among.contains(&operation.node) {
            return;
        }
        if operation.path != self.path || operation.method != self.asked.method || exchange.reply.is_none() {
            return;
        }
        let scope = Looked::names(exchange, &Scope::new(Draw::new("")));
        let Ok(answer) = self.asked.when.eval(&scope) else { return };
        let news = self.heard().hear(&operation.node, answer.is_true());
        if let Some(under_way) = news {
            let what = self.asked.says.text(&scope).unwrap_or_default();
            run.emit(Event::UnderWay { what: clean(&what), ended: !under_way });
        }
    }
}

impl Heard {
    /// Whether it is under way, if that is news. Most nodes decide: one that is cut off says what it heard last.
    fn hear(&mut self, node: &str, under_way: bool) -> Option<bool> {
        self.by_node.insert(node.to_owned(), under_way);
        let saying = self.by_node.values().filter(|under_way| **under_way).count();
        let now = 2 * saying > self.by_node.len();
        (now != std::mem::replace(&mut self.told, now)).then_some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_nodes_say_is_told_once() {
        let mut heard = Heard::default();
        assert_eq!(heard.hear("n1", false), None, "nothing was told, so nothing is taken back");
        assert_eq!(heard.hear("n2", true), None, "half of them are not most");
        assert_eq!(heard.hear("n3", true), Some(true));
        assert_eq!(heard.hear("n1", true), None);
        assert_eq!(heard.hear("n2", false), None, "two of three");
        assert_eq!(heard.hear("n3", false), Some(false));
        heard.by_node.remove("n2");
        heard.by_node.remove("n3");
        assert_eq!(heard.hear("n1", true), Some(true), "of those that are up");
    }
}
