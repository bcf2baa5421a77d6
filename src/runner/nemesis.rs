//! Faults of a workload: each begins when it is due, lasts for the time drawn, and is undone before the next.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::cluster::NodeState;
use crate::scenario::draw::Draw;
use crate::scenario::expr::Scope;
use crate::scenario::verbs::nodes::NodeVerb;
use crate::workload::nemesis::{Drawn, Fault, Schedule};

use super::steps::{Frame, Interpreter};
use super::stop::Stop;
use crate::facts::{Event, Load, LoadEvent, Verb};

/// How long it may take to find out who has the role that a fault aims at.
const WHO: Duration = Duration::from_millis(300);

/// The record of a workload's faults.
pub(super) struct Faults<'a> {
    pub(super) load: &'a str,
    /// When the workload began.
    pub(super) began: Instant,
    pub(super) aim: Option<&'a str>,
    pub(super) history: &'a Mutex<Vec<history::Fault>>,
    /// How many have ended.
    pub(super) ended: &'a watch::Sender<u32>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Interpreter<'_> {
    /// Runs one fault after the other until it is stopped; then all of them are undone.
    pub(super) async fn faults(&self, mut schedule: Schedule, faults: Faults<'_>) -> Result<(), Stop> {
        let mut stop = faults.stop.clone();
        loop {
            let drawn = schedule.draw();
            tokio::select! {
                () = sleep_until(faults.began + drawn.begins) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            if self.run.faults.as_ref().is_some_and(|wanted| !wanted.contains(&drawn.number)) {
                faults.ended.send_modify(|ended| *ended += 1);
                continue;
            }
            let holder = match faults.aim.filter(|_| drawn.aimed) {
                Some(role) => self.holder(role).await?,
                None => None,
            };
            let fault = drawn.fault(holder.as_deref());
            let what = LoadEvent::Fault {
                number: drawn.number,
                text: fault.text(),
                nodes: fault.nodes().to_vec(),
                lasts: drawn.lasts,
                aimed_at: faults.aim.filter(|_| holder.is_some()).map(str::to_owned),
            };
            self.run.emit(Event::Load(Load { name: faults.load.to_owned(), what }));
            let from = self.run.began.elapsed();
            self.begin(&fault).await?;
            let place = {
                let mut history = faults.history.lock().unwrap_or_else(PoisonError::into_inner);
                history.push(history::Fault {
                    kind: fault.kind(),
                    what: fault.clause(),
                    nodes: fault.nodes().iter().map(|node| node.as_str().into()).collect(),
                    from,
                    to: None,
                });
                history.len() - 1
            };
            // A restart is over when it is done.
            if !matches!(fault, Fault::Restart(_)) {
                let _ = timeout_at(Instant::now() + drawn.lasts, stop.wait_for(|stop| *stop)).await;
            }
            self.end(&fault, &drawn).await?;
            let to = self.run.began.elapsed();
            faults.history.lock().unwrap_or_else(PoisonError::into_inner)[place].to = Some(to);
            faults.ended.send_modify(|ended| *ended += 1);
        }
    }

    /// The node that has the role now, if one says so in time.
    async fn holder(&self, role: &str) -> Result<Option<String>, Stop> {
        let nowhere = Scope::new(Draw::new(""));
        let quiet = Frame { quiet: true, ..Frame::default() };
        match self.find(role, None, WHO, &nowhere, &quiet).await {
            Ok(found) => Ok(Some(found.node)),
            Err(Stop::Failed(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    async fn begin(&self, fault: &Fault) -> Result<(), Stop> {
        match fault {
            Fault::Kill(nodes) => self.change(NodeVerb::Kill, nodes).await,
            Fault::Restart(nodes) => self.change(NodeVerb::Restart { kill: true }, nodes).await,
            Fault::Pause(nodes) => self.change(NodeVerb::Pause, nodes).await,
            Fault::Isolate(..) => self.cut(fault, Verb::Isolate),
            Fault::Halves(..) | Fault::Bridge(..) => self.cut(fault, Verb::Partition),
            Fault::Ring(_) => self.cut(fault, Verb::Leave),
            Fault::Cut { .. } => self.cut(fault, Verb::Cut),
            Fault::Slow(..) => self.cut(fault, Verb::Slow),
        }
    }

    fn cut(&self, fault: &Fault, verb: Verb) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        let network = cluster.network().ok_or_else(|| Stop::pack("a single node has no links".to_owned()))?;
        self.run.change(network, verb, fault.text(), |policy| fault.begin(policy, cluster.nodes()));
        Ok(())
    }

    async fn end(&self, fault: &Fault, drawn: &Drawn) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        match fault {
            Fault::Kill(nodes) => self.change(NodeVerb::Start, nodes).await,
            Fault::Restart(_) => Ok(()),
            Fault::Pause(nodes) => {
                // A step beside the workload may have woken one, or killed it.
                let paused = |node: &&String| cluster.state(node) == NodeState::Paused;
                let nodes: Vec<String> = nodes.iter().filter(paused).cloned().collect();
                self.change(NodeVerb::Resume, &nodes).await
            }
            _ => {
                if let Some(network) = cluster.network() {
                    let text = format!("heal fault {}", drawn.number);
                    self.run.change(network, Verb::Heal, text, |policy| fault.end(policy, cluster.nodes(), drawn));
                }
                Ok(())
            }
        }
    }
}
