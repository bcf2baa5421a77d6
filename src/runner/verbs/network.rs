//! Steps on the links between nodes: who is cut from whom, at the moment the step runs.

use serde_json::Value as Json;

use crate::network::{Network, Policy, Slow};
use crate::scenario::Selector;
use crate::scenario::expr::Scope;
use crate::scenario::verbs::network::{self as written, Groups, LinkChange};

use super::super::Run;
use super::super::select::Pool;
use super::super::steps::{Frame, Interpreter};
use super::super::stop::Stop;
use super::phrases::selector;
use crate::facts::{Event, Links, SlowLink, Verb};

/// What a step chose.
struct Chosen {
    nodes: Vec<String>,
    groups: Vec<Vec<String>>,
}

/// What a step is about.
struct Here<'a> {
    network: &'a Network,
    all: &'a [String],
    scope: &'a Scope,
    frame: &'a Frame,
}

impl Interpreter<'_> {
    pub(super) async fn links(&self, step: &written::Network, scope: &mut Scope, frame: &Frame) -> Result<(), Stop> {
        let cluster = self.cluster()?;
        let network = cluster.network().ok_or_else(|| Stop::pack("a single node has no links".to_owned()))?;
        let here = Here { network, all: cluster.nodes(), scope, frame };
        let chosen = match &step.change {
            LinkChange::Partition(groups) => self.partition(groups, &here).await?,
            LinkChange::Isolate(nodes) => self.isolate(nodes, &here).await?,
            LinkChange::Halves(nodes) => self.halves(nodes, &here).await?,
            LinkChange::Bridge(nodes) => self.bridge(nodes, &here).await?,
            LinkChange::Ring => self.ring(&here),
            LinkChange::Cut { from, to } => self.ways(Verb::Cut, (from, to), "", &here, Policy::cut).await?,
            LinkChange::HealWay { from, to, new: false } => {
                self.ways(Verb::Heal, (from, to), "", &here, Policy::heal).await?
            }
            LinkChange::HealWay { from, to, new: true } => {
                self.ways(Verb::Heal, (from, to), " for new connections", &here, Policy::renew).await?
            }
            LinkChange::Slow { nodes, to, one_way, slow } => {
                self.slow(nodes, to.as_ref(), *one_way, slow, &here).await?
            }
            LinkChange::Reset(nodes) => self.reset(nodes, &here).await?,
            LinkChange::Heal(nodes) => self.heal(nodes, &here).await?,
        };
        let mut seen = scope.fork();
        seen.set_json("nodes", &Json::from(chosen.nodes));
        seen.set_json("groups", &Json::from(chosen.groups));
        for (name, expression) in &step.save {
            let value = expression.eval(&seen).map_err(|error| Stop::pack(error.to_string()))?;
            scope.save(name, value, None)?;
        }
        Ok(())
    }

    async fn partition(&self, groups: &Groups, here: &Here<'_>) -> Result<Chosen, Stop> {
        let groups = self.groups(groups, here).await?;
        let text = format!("partition {}", sides(&groups));
        self.run.change(here.network, Verb::Partition, text, |policy| policy.separate(&groups));
        Ok(Chosen { nodes: groups.concat(), groups })
    }

    async fn isolate(&self, nodes: &Selector, here: &Here<'_>) -> Result<Chosen, Stop> {
        let nodes = self.chosen(nodes, here).await?;
        self.run.change(here.network, Verb::Isolate, format!("isolate {}", nodes.join(", ")), |policy| {
            for node in &nodes {
                here.all.iter().filter(|other| *other != node).for_each(|other| cut_both(policy, node, other));
            }
        });
        Ok(Chosen { groups: vec![nodes.clone(), without(here.all, &nodes)], nodes })
    }

    async fn halves(&self, nodes: &Selector, here: &Here<'_>) -> Result<Chosen, Stop> {
        let nodes = self.chosen(nodes, here).await?;
        let groups = halves(here.all, &nodes, here.scope)?;
        let text = format!("partition {}", sides(&groups));
        self.run.change(here.network, Verb::Partition, text, |policy| policy.separate(&groups));
        Ok(Chosen { nodes, groups })
    }

    async fn bridge(&self, nodes: &Selector, here: &Here<'_>) -> Result<Chosen, Stop> {
        let nodes = self.chosen(nodes, here).await?;
        let [bridge] = &nodes[..] else {
            return Err(Stop::pack(format!("{} nodes cannot be the bridge: name one", nodes.len())));
        };
        let groups = halves(&without(here.all, &nodes), &[], here.scope)?;
        let text = format!("partition {}, {bridge} between them", sides(&groups));
        self.run.change(here.network, Verb::Partition, text, |policy| policy.separate(&groups));
        Ok(Chosen { nodes, groups })
    }

    fn ring(&self, here: &Here<'_>) -> Chosen {
        let ring = shuffled(here.all, here.scope);
        let text = format!("leave the links of a ring: {}", ring.join(", "));
        self.run.change(here.network, Verb::Leave, text, |policy| policy.cut_to_ring(&ring));
        Chosen { nodes: ring, groups: Vec::new() }
    }

    /// Changes every direction from some nodes to others.
    async fn ways(
        &self,
        verb: Verb,
        (from, to): (&Selector, &Selector),
        only: &str,
        here: &Here<'_>,
        change: fn(&mut Policy, &str, &str),
    ) -> Result<Chosen, Stop> {
        let (from, to) = (self.chosen(from, here).await?, self.chosen(to, here).await?);
        let text = format!("{} {} → {}{only}", verb.word(), from.join(", "), to.join(", "));
        self.run.change(here.network, verb, text, |policy| {
            ways(&from, &to).for_each(|(one, other)| change(policy, one, other));
        });
        Ok(Chosen { nodes: from.clone(), groups: vec![from, to] })
    }

    async fn slow(
        &self,
        nodes: &Selector,
        to: Option<&Selector>,
        one_way: bool,
        slow: &written::Slow,
        here: &Here<'_>,
    ) -> Result<Chosen, Stop> {
        let nodes = self.chosen(nodes, here).await?;
        let to = match to {
            Some(to) => Some(self.chosen(to, here).await?),
            None => None,
        };
        let arrow = if one_way { '→' } else { '↔' };
        let between = match &to {
            Some(to) => format!(" {arrow} {}", to.join(", ")),
            None if one_way => format!(" {arrow} others"),
            None => String::new(),
        };
        let text = format!("slow {}{between}: {}", nodes.join(", "), slowness(slow));
        let loss = f64::from(slow.loss) / 100.0;
        let slow = Slow { delay: slow.delay, jitter: slow.jitter, rate: slow.rate, loss };
        let others = to.as_deref().unwrap_or(here.all);
        self.run.change(here.network, Verb::Slow, text, |policy| {
            let back = ways(others, &nodes).filter(|_| !one_way);
            ways(&nodes, others).chain(back).for_each(|(one, other)| policy.slow(one, other, slow));
        });
        Ok(Chosen { groups: to.map_or_else(Vec::new, |to| vec![nodes.clone(), to]), nodes })
    }

    async fn reset(&self, nodes: &Selector, here: &Here<'_>) -> Result<Chosen, Stop> {
        let nodes = self.chosen(nodes, here).await?;
        let text = format!("reset the connections of {}", nodes.join(", "));
        self.run.change(here.network, Verb::Reset, text, |policy| {
            let links = links_of(here.all, &nodes).filter(|(one, other)| one < other);
            links.for_each(|(one, other)| policy.reset(one, other));
        });
        Ok(Chosen { nodes, groups: Vec::new() })
    }

    async fn heal(&self, nodes: &Selector, here: &Here<'_>) -> Result<Chosen, Stop> {
        let nodes = self.chosen(nodes, here).await?;
        let whole = nodes.len() == here.all.len();
        let text = if whole { "heal all links".to_owned() } else { format!("heal {}", nodes.join(", ")) };
        self.run.change(here.network, Verb::Heal, text, |policy| {
            links_of(here.all, &nodes).for_each(|(one, other)| policy.heal(one, other));
        });
        Ok(Chosen { nodes, groups: Vec::new() })
    }

    /// The nodes meant, down ones too: what is done to their links outlasts their next start.
    async fn chosen(&self, selector: &Selector, here: &Here<'_>) -> Result<Vec<String>, Stop> {
        self.select(selector, Pool::Every, here.scope, here.frame).await
    }

    async fn groups(&self, groups: &Groups, here: &Here<'_>) -> Result<Vec<Vec<String>>, Stop> {
        match groups {
            Groups::Written(selectors) => {
                let mut groups = Vec::new();
                for selector in selectors {
                    groups.push(self.chosen(selector, here).await?);
                }
                Ok(groups)
            }
            Groups::Given(template) => {
                let value = template.value(here.scope)?;
                let items = value.try_iter().map_err(|_| Stop::pack(format!("`{value}` is not a list of groups")))?;
                items.map(|group| self.listed(&group)).collect()
            }
        }
    }
}

impl Run {
    /// Changes the policy at once, and reports what was done and how the links are now.
    pub(in crate::runner) fn change(
        &self,
        network: &Network,
        verb: Verb,
        text: String,
        change: impl FnOnce(&mut Policy),
    ) {
        network.change(change);
        self.emit(Event::Links(links(verb, text, &network.policy())));
    }
}

/// How a direction is that is open for new connections only.
const RENEWED: &str = "what is on older connections is held";

/// What to report of the links.
fn links(verb: Verb, text: String, policy: &Policy) -> Links {
    let slow = policy.slows().map(|((from, to), slow)| SlowLink {
        from: from.clone(),
        to: to.clone(),
        how: slowness(&written::Slow {
            delay: slow.delay,
            jitter: slow.jitter,
            rate: slow.rate,
            loss: (slow.loss * 100.0).round() as u8,
        }),
    });
    let renewed = policy.renewed().filter(|(from, to)| !policy.is_cut(from, to));
    let renewed = renewed.map(|(from, to)| SlowLink { from: from.clone(), to: to.clone(), how: RENEWED.to_owned() });
    Links { verb, text, cut: policy.cuts().cloned().collect(), slow: slow.chain(renewed).collect() }
}

pub(super) fn describe(network: &written::Network) -> String {
    match &network.change {
        LinkChange::Partition(Groups::Written(groups)) => {
            format!("partition {}", groups.iter().map(selector).collect::<Vec<_>>().join(" | "))
        }
        LinkChange::Partition(Groups::Given(groups)) => format!("partition {}", groups.source()),
        LinkChange::Isolate(nodes) => format!("isolate {}", selector(nodes)),
        LinkChange::Halves(nodes) => format!("cut in halves, {} in the smaller", selector(nodes)),
        LinkChange::Bridge(node) => format!("cut in halves, {} between them", selector(node)),
        LinkChange::Ring => "cut to a ring of majorities".to_owned(),
        LinkChange::Cut { from, to } => format!("cut the link from {} to {}", selector(from), selector(to)),
        LinkChange::Slow { nodes, to, one_way, slow } => {
            let which = match (to, one_way) {
                (None, false) => format!("of {}", selector(nodes)),
                (None, true) => format!("from {}", selector(nodes)),
                (Some(to), false) => format!("between {} and {}", selector(nodes), selector(to)),
                (Some(to), true) => format!("from {} to {}", selector(nodes), selector(to)),
            };
            format!("slow the links {which}: {}", slowness(slow))
        }
        LinkChange::Reset(nodes) => format!("reset the connections of {}", selector(nodes)),
        LinkChange::Heal(nodes) => format!("heal the links of {}", selector(nodes)),
        LinkChange::HealWay { from, to, new } => {
            let only = if *new { " for new connections" } else { "" };
            format!("heal the link from {} to {}{only}", selector(from), selector(to))
        }
    }
}

fn slowness(slow: &written::Slow) -> String {
    let mut words = Vec::new();
    if !slow.delay.is_zero() {
        let jitter = if slow.jitter.is_zero() { String::new() } else { format!(" ± {:?}", slow.jitter) };
        words.push(format!("{:?}{jitter}", slow.delay));
    }
    if let Some(rate) = slow.rate {
        words.push(format!("{rate} bytes a second"));
    }
    if slow.loss > 0 {
        words.push(format!("{}% lost", slow.loss));
    }
    words.join(", ")
}

fn cut_both(policy: &mut Policy, one: &str, other: &str) {
    policy.cut(one, other);
    policy.cut(other, one);
}

/// Every link, in both directions, between one of `nodes` and any other node.
fn links_of<'n>(all: &'n [String], nodes: &'n [String]) -> impl Iterator<Item = (&'n str, &'n str)> {
    let pairs = all.iter().flat_map(move |one| all.iter().map(move |other| (one, other)));
    pairs
        .filter(move |(one, other)| one != other && (nodes.contains(one) || nodes.contains(other)))
        .map(|(one, other)| (one.as_str(), other.as_str()))
}

/// Every direction from a node of the first list to another node of the second.
fn ways<'n>(from: &'n [String], to: &'n [String]) -> impl Iterator<Item = (&'n str, &'n str)> {
    let pairs = from.iter().flat_map(move |one| to.iter().map(move |other| (one, other)));
    pairs.filter(|(one, other)| one != other).map(|(one, other)| (one.as_str(), other.as_str()))
}

fn without(all: &[String], nodes: &[String]) -> Vec<String> {
    all.iter().filter(|node| !nodes.contains(node)).cloned().collect()
}

fn shuffled(nodes: &[String], scope: &Scope) -> Vec<String> {
    let mut left = nodes.to_vec();
    let mut stream = scope.draw().next();
    let mut shuffled = Vec::new();
    while !left.is_empty() {
        shuffled.push(left.remove(stream.below(left.len() as u64) as usize));
    }
    shuffled
}

/// The smaller part, made of `inside` and as many others as it takes, and the larger part.
fn halves(all: &[String], inside: &[String], scope: &Scope) -> Result<Vec<Vec<String>>, Stop> {
    let small = all.len() / 2;
    if inside.len() > small {
        return Err(Stop::pack(format!(
            "{} do not fit into the smaller half, which has {small} nodes",
            inside.join(", ")
        )));
    }
    let others = without(all, inside);
    let more = scope.draw().next().choose(&others, small - inside.len());
    let smaller: Vec<String> =
        all.iter().filter(|node| inside.contains(node) || more.contains(node)).cloned().collect();
    let larger = without(all, &smaller);
    Ok(vec![smaller, larger])
}

fn sides(groups: &[Vec<String>]) -> String {
    groups.iter().map(|group| group.join(", ")).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::draw::Draw;

    fn nodes(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("n{number}")).collect()
    }

    fn scope() -> Scope {
        Scope::new(Draw::new("links"))
    }

    #[test]
    fn groups_are_cut_from_each_other_and_whoever_is_in_none_keeps_its_links() {
        let mut policy = Policy::default();
        policy.separate(&[vec!["n1".into(), "n2".into()], vec!["n4".into(), "n5".into()]]);
        assert!(policy.is_cut("n1", "n4") && policy.is_cut("n5", "n2"));
        assert!(!policy.is_cut("n1", "n2") && !policy.is_cut("n4", "n5"));
        assert_eq!(policy.cuts().filter(|(from, to)| from == "n3" || to == "n3").count(), 0);
        assert_eq!(policy.cuts().count(), 8);
    }

    #[test]
    fn halves_hold_every_node_once_and_the_named_ones_in_the_smaller() {
        for count in 2..=9 {
            let all = nodes(count);
            let [smaller, larger] = &halves(&all, &all[count - 1..], &scope()).unwrap()[..] else { panic!() };
            assert_eq!((smaller.len(), larger.len()), (count / 2, count - count / 2));
            assert!(smaller.contains(&all[count - 1]));
            let mut both = [smaller.clone(), larger.clone()].concat();
            both.sort();
            assert_eq!(both, all);
        }
        assert!(halves(&nodes(5), &nodes(3), &scope()).is_err());
    }

    #[test]
    fn in_a_ring_each_node_sees_a_majority_and_no_two_the_same() {
        for count in 3..=9 {
            let ring = shuffled(&nodes(count), &scope());
            let mut policy = Policy::default();
            policy.cut_to_ring(&ring);
            let mut seen: Vec<Vec<&String>> = Vec::new();
            for one in &ring {
                let mut sees: Vec<&String> =
                    ring.iter().filter(|other| *other == one || !policy.is_cut(one, other)).collect();
                assert!(sees.len() > count / 2, "{one} of {count} sees {sees:?}");
                assert!(sees.iter().all(|other| !policy.is_cut(other, one)), "one way only");
                sees.sort();
                // With three nodes the only majority that a ring leaves is all of them.
                assert!(count <= 3 || !seen.contains(&sees), "{one} of {count} sees what another sees");
                seen.push(sees);
            }
        }
    }
}
