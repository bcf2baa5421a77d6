//! Which nodes a selector means at the moment its step runs, and who has a role.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use minijinja::value::Value;
use tokio::time::sleep;

use crate::challenge::{Ask, Role};
use crate::cluster::NodeState;
use crate::scenario::expr::Scope;
use crate::scenario::{Selector, Talk};
use crate::workload::nemesis::Voters;

use super::attempts::{Attempts, brief};
use super::http::Request;
use super::steps::{Frame, Interpreter, count};
use super::stop::Stop;
use super::tcp::Talking;
use super::verbs::http::{Looked, compare};
use crate::facts::{Event, Finding, Source, What};

/// How long one node may take to say which role it has.
const ASK: Duration = Duration::from_secs(1);
/// The name of the connection on which a node is asked for its role: empty, so that nothing on it is reported.
const WHO: &str = "";
const BETWEEN: Duration = Duration::from_millis(20);

/// A node that was asked for its role.
pub(super) struct Asked {
    pub(super) node: String,
    fits: bool,
    /// What it said, in a few words.
    brief: String,
    /// The names in scope, and what its answer adds to them.
    pub(super) names: Scope,
    /// Its answer, if it came over HTTP.
    pub(super) source: Option<Arc<Source>>,
}

/// Which nodes `all` means, and `random` chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    /// The nodes that are not down on purpose.
    Up,
    /// The nodes that are down on purpose, which can be started.
    Down,
    Every,
}

impl Interpreter<'_> {
    /// The nodes meant, in the order of their names.
    pub(super) async fn select(
        &self,
        selector: &Selector,
        pool: Pool,
        scope: &Scope,
        frame: &Frame,
    ) -> Result<Vec<String>, Stop> {
        match selector {
            Selector::Named(template) => {
                let value = template.value(scope)?;
                match value.as_str() {
                    Some(name) => self.named(name, pool, scope, frame).await,
                    None => self.listed(&value),
                }
            }
            Selector::List(templates) => {
                let mut nodes = Vec::new();
                for template in templates {
                    nodes.extend(self.named(&template.text(scope)?, pool, scope, frame).await?);
                }
                nodes.sort_by_key(|node| self.place(node));
                nodes.dedup();
                Ok(nodes)
            }
            Selector::Except(inner) => {
                let except = Box::pin(self.select(inner, Pool::Every, scope, frame)).await?;
                Ok(self.all(pool)?.into_iter().filter(|node| !except.contains(node)).collect())
            }
            Selector::Random(number) => {
                let number = count(number, scope)?;
                self.random(number, pool, scope)
            }
        }
    }

    fn all(&self, pool: Pool) -> Result<Vec<String>, Stop> {
        let cluster = self.cluster()?;
        let down = |node: &String| cluster.state(node) == NodeState::Down;
        let fits = |node: &&String| match pool {
            Pool::Up => !down(node),
            Pool::Down => down(node),
            Pool::Every => true,
        };
        Ok(cluster.nodes().iter().filter(fits).cloned().collect())
    }

    fn place(&self, node: &str) -> Option<usize> {
        self.cluster?.nodes().iter().position(|other| other == node)
    }

    async fn named(&self, name: &str, pool: Pool, scope: &Scope, frame: &Frame) -> Result<Vec<String>, Stop> {
        let cluster = self.cluster()?;
        if cluster.nodes().iter().any(|node| node == name) {
            return Ok(vec![name.to_owned()]);
        }
        match name {
            "all" => self.all(pool),
            "random" => self.random(1, pool, scope),
            "majority" | "minority" => {
                let members = self.members(scope)?;
                let majority = members.len() / 2 + 1;
                let number = if name == "majority" { majority } else { members.len() - majority };
                let among = self.all(pool)?.into_iter().filter(|node| members.contains(node)).collect();
                self.some_of(among, number as u64, scope)
            }
            role => {
                let plural = role.strip_suffix('s').filter(|_| !self.roles.contains_key(role));
                let found = self.find(plural.unwrap_or(role), None, self.defaults.within, scope, frame).await?;
                if plural.is_none() {
                    return Ok(vec![found.node]);
                }
                // Several nodes may have the role: all that say so now.
                let (fitting, _) = self.holders(self.role(plural.unwrap_or(role))?, None, scope).await?;
                Ok(fitting.into_iter().map(|one| one.node).collect())
            }
        }
    }

    pub(super) fn listed(&self, value: &Value) -> Result<Vec<String>, Stop> {
        let items = value.try_iter().map_err(|_| Stop::pack(format!("`{value}` names no nodes")))?;
        let mut nodes = Vec::new();
        for item in items {
            let name = item.to_string();
            if self.place(&name).is_none() {
                return Err(Stop::pack(format!("no node is called `{name}`")));
            }
            nodes.push(name);
        }
        Ok(nodes)
    }

    /// The nodes that count: what the test has named `members`, which is what its file says until a step sets it.
    pub(super) fn members(&self, scope: &Scope) -> Result<Vec<String>, Stop> {
        match scope.get("members") {
            Some(members) => self.listed(members),
            None => Ok(self.cluster()?.nodes().to_vec()),
        }
    }

    /// The members of each group, or of the one cluster where there are none.
    pub(super) fn voters(&self, scope: &Scope) -> Result<Voters, Stop> {
        let Some(groups) = scope.get("groups") else { return Ok(vec![self.members(scope)?]) };
        let names = groups.try_iter().map_err(|_| Stop::pack(format!("`{groups}` names no groups")))?;
        let of = |name: Value| groups.get_item(&name).map_err(|error| Stop::pack(error.to_string()));
        names.map(|name| self.listed(&of(name)?)).collect()
    }

    fn random(&self, number: u64, pool: Pool, scope: &Scope) -> Result<Vec<String>, Stop> {
        self.some_of(self.all(pool)?, number, scope)
    }

    fn some_of(&self, all: Vec<String>, number: u64, scope: &Scope) -> Result<Vec<String>, Stop> {
        if (all.len() as u64) < number {
            let sentence = format!("{number} nodes should be chosen, but there are only {}.", all.len());
            return Err(Stop::failed(Finding::Value { sentence }));
        }
        let chosen = scope.draw().next().choose(&all, number as usize);
        self.run.emit(Event::Note { text: format!("chose {} of {}", chosen.join(", "), all.join(", ")) });
        Ok(chosen)
    }

    fn role(&self, name: &str) -> Result<&Role, Stop> {
        self.roles.get(name).ok_or_else(|| Stop::pack(format!("no node and no role is called `{name}`")))
    }

    /// Waits until a node has the role. With several, it is the one with the largest `highest`: a leader that was
    /// cut off still says that it leads.
    pub(super) async fn find(
        &self,
        role: &str,
        among: Option<&[String]>,
        within: Duration,
        scope: &Scope,
        frame: &Frame,
    ) -> Result<Asked, Stop> {
        let name = role;
        let role = self.role(name)?;
        let deadline = self.run.time.deadline(within).earlier(frame.deadline.as_ref());
        let mut history = Attempts::new();
        loop {
            let (mut fitting, others) = self.holders(role, among, scope).await?;
            let mut best: Option<(usize, Value)> = None;
            for (at, one) in fitting.iter().enumerate() {
                let rank = match &role.highest {
                    Some(highest) => {
                        highest.eval(&one.names).map_err(|error| Stop::undefined(error, "Its answer"))?
                    }
                    None => Value::from(0),
                };
                if best.as_ref().is_none_or(|(_, other)| rank > *other) {
                    best = Some((at, rank));
                }
            }
            if let Some((at, _)) = best {
                return Ok(fitting.swap_remove(at));
            }
            let seen: Vec<String> = others.iter().map(|one| format!("{} {}", one.node, one.brief)).collect();
            history.add(if seen.is_empty() { "no node is up".to_owned() } else { seen.join("; ") });
            if let Some(expired) = deadline.passed_after(BETWEEN) {
                let (role, seen) = (name.to_owned(), history.into_seen());
                let none = Finding::NoRole { role, within, seen, starved: expired.is_starved() };
                return Err(Stop::failed(none).cut(frame.is_over()));
            }
            sleep(BETWEEN).await;
        }
    }

    /// Asks every node that can answer (a paused one cannot): those with the role, and the others.
    async fn holders(
        &self,
        role: &Role,
        among: Option<&[String]>,
        scope: &Scope,
    ) -> Result<(Vec<Asked>, Vec<Asked>), Stop> {
        let cluster = self.cluster()?;
        let can_answer = |node: &&String| {
            cluster.state(node) != NodeState::Paused && among.is_none_or(|among| among.contains(node))
        };
        let nodes: Vec<String> = self.up()?.iter().filter(can_answer).cloned().collect();
        let asked = nodes.into_iter().map(|node| async move {
            match &role.ask {
                Ask::Http { method, path, matches } => {
                    let request = Request {
                        method: method.clone(),
                        path: path.text(scope)?,
                        headers: Vec::new(),
                        body: None,
                        timeout: ASK,
                    };
                    let exchange = self.send(&node, request, false).await?;
                    let mismatches = compare(&matches.resolve(scope)?, &exchange);
                    let looked = Looked { exchange, mismatches };
                    let (fits, names) = (looked.fits(), looked.scope(scope));
                    let source = Source::of(&looked.exchange.operation).map(Arc::new);
                    let operation = Box::new(looked.exchange.operation);
                    let brief = brief(&What::Found(Finding::Answer { operation, mismatches: looked.mismatches }));
                    Ok(Asked { node, fits, brief, names, source })
                }
                Ask::Tcp(talk) => self.said_to(talk, node, scope).await,
            }
        });
        let asked = join_all(asked).await.into_iter().collect::<Result<Vec<Asked>, Stop>>()?;
        Ok(asked.into_iter().partition(|one| one.fits))
    }

    /// Asks a node on a connection of its own.
    async fn said_to(&self, talk: &Talk, node: String, scope: &Scope) -> Result<Asked, Stop> {
        let mut names = scope.fork();
        names.set("node", node.clone());
        let deadline = self.run.time.deadline(ASK);
        let said = match self.connect(WHO, &node, &deadline).await {
            Ok(connection) => {
                Talking::new(self.run, WHO, connection).exchange(talk, &mut names, &deadline, ASK).await
            }
            Err(stop) => Err(stop),
        };
        match said {
            Ok(_) => Ok(Asked { node, fits: true, brief: String::new(), names, source: None }),
            Err(Stop::Failed(failed)) => {
                Ok(Asked { node, fits: false, brief: brief(&failed.what), names, source: None })
            }
            Err(other) => Err(other),
        }
    }
}
