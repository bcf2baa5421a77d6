//! The cluster view: when there is one to show, and what it leads back to.

use super::*;
use crate::facts::NodeStatus;
use crate::report::run_state::RunState;
use crate::report::timeline::Timelines;
use crate::tui::cluster::{ClusterPane, Moment, Scene};
use crate::tui::event::Nodes;
use std::sync::Arc;

fn pane(desk: &Desk) -> Option<&ClusterPane> {
    match desk.ui.layers.top() {
        Some(Layer::Cluster(pane)) => Some(pane),
        _ => None,
    }
}

fn scene(desk: &Desk) -> Scene<'_> {
    pane(desk)
        .expect("the view is open")
        .scene(desk.bench(), desk.ui.open_card(), desk.now)
        .expect("there is a cluster")
}

#[test]
fn where_there_is_no_cluster_it_is_said_why() {
    let mut desk = Desk::new();
    desk.press("c");
    assert_eq!(desk.toast(), "No node is known yet: they come with the first run, where the program is a server.");
    assert!(pane(&desk).is_none());
    desk.press("r").begun("first").nodes(&["n1"]).press("c");
    assert_eq!(desk.toast(), "One node is no cluster: the logs say all that happens to it.");
    assert!(pane(&desk).is_none());
    desk.nodes(&["n2"]).press("c");
    assert!(pane(&desk).is_some());
}

#[test]
fn it_opens_closes_and_stays_while_runs_come_and_go() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").nodes(&["n1", "n2"]).press("c");
    assert_eq!(scene(&desk).moment, Moment::Now);
    desk.press("c");
    assert!(pane(&desk).is_none());
    desk.press("c").press("esc");
    assert!(pane(&desk).is_none());

    desk.press("c").press("r").news(RunNews::Ended(Ok(Outcome::Interrupted))).begun("first");
    assert!(
        pane(&desk).unwrap().scene(desk.bench(), desk.ui.open_card(), desk.now).is_none(),
        "the new run has no node yet"
    );
    desk.nodes(&["n1", "n2", "n3"]);
    assert_eq!(scene(&desk).cluster.nodes.len(), 3);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(scene(&desk).moment, Moment::Last);
}

#[test]
fn since_when_a_node_is_what_it_is_goes_on_with_the_clock() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").nodes(&["n1", "n2"]).press("c");
    desk.now += Duration::from_secs(5);
    desk.event(Event::Clock(desk.now));
    let live = scene(&desk);
    assert_eq!((live.until, live.cluster.nodes[0].since), (Duration::from_secs(5), Duration::from_millis(900)));
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    desk.now += Duration::from_secs(5);
    assert_eq!(scene(&desk).until, Duration::from_millis(900), "nothing is known of it after its last event");
}

#[test]
fn of_a_failure_it_shows_the_cluster_then_and_leads_back() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").nodes(&["n1", "n2"]).node(1200, "n1", NodeEventKind::Killed);
    desk.test("first", "works", failure()).ended("first", StageVerdict::Failed);
    // The failure that keys mean, without opening it.
    desk.press("c");
    assert_eq!((scene(&desk).moment, scene(&desk).cluster.nodes[0].state), (Moment::Failure, NodeStatus::Down));
    desk.press("esc").press("3").press("enter");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))));
    desk.press("c");
    assert_eq!(scene(&desk).test, "first works");
    desk.take();
    desk.press("Y");
    assert!(matches!(&desk.take()[..], [Effect::Copy(text)] if text.contains("first works")));
    desk.press("esc");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))), "it leads back to the failure");

    // The test runs again: what is open follows it.
    desk.press("c").event(saved("main.py")).begun("first").nodes(&["n1", "n2"]);
    desk.test("first", "works", failure());
    assert_eq!(scene(&desk).cluster.nodes[0].state, NodeStatus::Up);
    assert!(pane(&desk).is_some() && desk.ui.open_card().is_some());
    desk.ended("first", StageVerdict::Failed);
    desk.now += Duration::from_secs(60);
    desk.event(saved("main.py")).begun("first").nodes(&["n1", "n2"]);
    desk.test("first", "works", Verdict::Passed);
    assert_eq!((scene(&desk).moment, &*scene(&desk).test), (Moment::Last, "first works"));
    assert!(pane(&desk).is_some() && desk.ui.open_card().is_none());
}

#[test]
fn the_logs_of_an_earlier_run_bring_its_cluster() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").nodes(&["n1", "n2"]).ended("first", StageVerdict::Passed);
    let event = |node: &str| Stamped {
        at: Duration::from_millis(5),
        event: runner::Event::Node { node: node.into(), what: NodeEventKind::Killed },
    };
    let state = RunState::replayed(&["n1", "n2", "n3"].map(event));
    let timelines = Timelines::default;
    let nodes = || Some(Box::new(Nodes { cluster: Arc::clone(state.cluster()), timelines: timelines() }));
    let store = Err(std::io::ErrorKind::NotFound.into());
    let run = PathBuf::from("/p/.lsfr/runs/elsewhere");
    desk.done(Done::Logs { run, store, nodes: nodes() });
    assert_eq!(desk.bench().cluster.size(), 2, "nobody waits for that run");
    let run = desk.bench().logged.clone().unwrap();
    let (wake, dir) = (Box::new(|| ()), tempfile::tempdir().unwrap());
    let store = crate::tui::logs::LogStore::open(dir.path(), false, wake);
    desk.done(Done::Logs { run, store, nodes: nodes() });
    desk.press("c");
    assert_eq!(scene(&desk).cluster.nodes.len(), 3);
}
