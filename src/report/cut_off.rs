//! That a node gave an answer while it was cut off from so many others that those it could talk to were no majority.

use std::time::Duration;

use super::card_told::listed;
use super::cluster_state::ClusterState;
use super::timeline::Timeline;
use super::times::clock;

/// A node, and the others that it could not talk to when it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    pub node: String,
    pub from: Vec<String>,
    pub since: Duration,
    /// When it was asked, if that is known.
    pub asked: Option<Duration>,
    pub answered: Duration,
}

impl CutOff {
    /// `asked` and `answered` are when it was asked and when it gave the answer.
    pub fn of(timeline: &Timeline, node: &str, asked: Option<Duration>, answered: Duration) -> Option<CutOff> {
        let from = out_of_reach(timeline.at(answered)?, node);
        if !is_most(from.len(), timeline.at(answered)?) {
            return None;
        }
        let as_then = timeline.back_from(answered).take_while(|(_, cluster)| out_of_reach(cluster, node) == from);
        let since = as_then.map(|(since, _)| since).last()?;
        Some(CutOff { node: node.to_owned(), from, since, asked, answered })
    }

    pub fn words(&self) -> String {
        let CutOff { node, from, since, asked, answered } = self;
        let (from, since, answered) = (listed(from), clock(*since), clock(*answered));
        match asked {
            // What is cut is held, both ways.
            Some(asked) if *asked >= self.since => format!(
                "{node} had been cut off from {from} since {since}. It was asked after that, at {}, and answered at \
                 {answered}: meanwhile no message passed between it and them.",
                clock(*asked)
            ),
            _ => format!("When {node} answered at {answered}, it had been cut off from {from} since {since}."),
        }
    }
}

/// The nodes to which and from which it is cut, in order.
fn out_of_reach(cluster: &ClusterState, node: &str) -> Vec<String> {
    let cut = &cluster.links().cut;
    let back = |other: &String| cut.iter().any(|(from, to)| from == other && to == node);
    let mut others: Vec<String> = cut.iter().filter(|(from, _)| from == node).map(|(_, to)| to.clone()).collect();
    others.retain(back);
    others.sort();
    others.dedup();
    others
}

/// Without so many nodes, the rest is no majority.
fn is_most(away: usize, cluster: &ClusterState) -> bool {
    away > 0 && 2 * (cluster.size().saturating_sub(away)) <= cluster.size()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Event, Links, NodeEventKind, Stamped, Verb};
    use crate::report::run_state::RunState;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn cluster(changes: &[(u64, &[(&str, &str)])]) -> RunState {
        let mut state = RunState::default();
        let mut tell = |at, event| state.event(&Stamped { at: ms(at), event });
        tell(1, Event::TestStarted { stage: "s".into(), test: "t".into() });
        for node in ["n1", "n2", "n3"] {
            tell(2, Event::Node { node: node.into(), what: NodeEventKind::Ready { after: ms(1) } });
        }
        for (at, cut) in changes {
            let cut = cut.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect();
            tell(*at, Event::Links(Links { verb: Verb::Cut, text: String::new(), cut, slow: Vec::new() }));
        }
        state
    }

    #[test]
    fn a_node_without_a_majority_is_told_with_since_when() {
        let alone: &[(&str, &str)] = &[("n2", "n1"), ("n1", "n2"), ("n2", "n3"), ("n3", "n2")];
        let half: &[(&str, &str)] = &[("n2", "n1"), ("n1", "n2")];
        let one_way: &[(&str, &str)] = &[("n2", "n1"), ("n2", "n3")];
        let state = cluster(&[(10, half), (20, alone), (30, alone), (40, &[]), (50, one_way)]);
        let told = |node, at| CutOff::of(state.timeline(), node, None, ms(at)).map(|cut_off| cut_off.words());
        let asked = |at| CutOff::of(state.timeline(), "n2", Some(ms(at)), ms(35)).unwrap().words();
        assert_eq!(asked(15), told("n2", 35).unwrap(), "what it was asked may have got to others before");
        assert_eq!(
            asked(21),
            "n2 had been cut off from n1 and n3 since +0.020. It was asked after that, at +0.021, and answered at \
             +0.035: meanwhile no message passed between it and them."
        );
        assert_eq!(
            told("n2", 35).as_deref(),
            Some("When n2 answered at +0.035, it had been cut off from n1 and n3 since +0.020.")
        );
        assert_eq!(told("n2", 15), None, "it has n3");
        assert_eq!(told("n1", 35), None, "it is one of two of three");
        assert_eq!(told("n2", 45), None, "the links are open again");
        assert_eq!(told("n2", 55), None, "it hears the others");
    }
}
