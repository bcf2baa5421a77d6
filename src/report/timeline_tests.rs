//! Recorded runs, and runs that are made up.

use proptest::prelude::*;

use super::*;
use crate::facts::golden::recorded;
use crate::facts::{ExitStatus, Links, NodeEventKind, NodeStatus, SlowLink, Verb, Verdict};
use crate::report::condition::Reach;
use crate::report::describe::English;
use crate::report::run_state::RunState;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn folded(events: &[Stamped]) -> Timelines {
    let (mut state, mut timelines) = (RunState::default(), Timelines::default());
    for stamped in events {
        state.event(stamped);
        timelines.event(stamped, state.cluster());
    }
    timelines
}

/// The cluster after all events up to a moment.
fn fold_up_to(events: &[Stamped], moment: Duration) -> Arc<ClusterState> {
    let state = RunState::replayed(events.iter().take_while(|stamped| stamped.at <= moment));
    Arc::clone(state.cluster())
}

/// At a moment, the timeline says what the events up to then do, and so do its lanes.
fn assert_same(events: &[Stamped], timeline: &Timeline, moment: Duration) {
    let cluster = fold_up_to(events, moment);
    // That of an attempt before is over: this one will have another.
    if cluster.size() == 0 || cluster.is_over() {
        return assert!(timeline.at(moment).is_none(), "at {moment:?} no node is known");
    }
    let known = timeline.at(moment).cloned().unwrap_or_default();
    assert!(known.nodes().eq(cluster.nodes()) && known.links() == cluster.links(), "at {moment:?}");
    let lanes = timeline.lanes().iter().filter_map(|lane| Some((&lane.node, lane.stretches[lane.place(moment)?].is)));
    let (common, each) = conditions(&known);
    assert!(lanes.eq(each), "at {moment:?}");
    let told = timeline.common().iter().rev().find(|(from, _)| *from <= moment);
    assert_eq!(told.map(|(_, common)| common), Some(&common), "at {moment:?}");
}

#[test]
fn recorded_runs_can_be_looked_at_at_any_moment() {
    let mut changes = 0;
    for run in recorded() {
        let events = run.events();
        let timelines = folded(&events);
        let timeline = timelines.latest().unwrap();
        assert_eq!(timelines.of(timeline.test().0, timeline.test().1).map(Timeline::began), Some(timeline.began()));
        let end = timeline.ended().unwrap();
        assert!(timeline.changes().iter().is_sorted() && timeline.changes().iter().all(|change| *change <= end));
        changes += timeline.changes().len();
        // Once the test has failed, its cluster is over.
        for stamped in events.iter().filter(|stamped| timeline.began() <= stamped.at && stamped.at < end) {
            assert_same(&events, timeline, stamped.at);
            assert_same(&events, timeline, stamped.at + Duration::from_nanos(1));
        }
    }
    assert!(changes > 100, "{changes}");
}

fn node(at: u64, node: &str, what: NodeEventKind) -> Stamped {
    Stamped { at: ms(at), event: Event::Node { node: node.into(), what } }
}

fn up(at: u64, name: &str) -> [Stamped; 2] {
    let started = NodeEventKind::Started { pid: 1, port: 24011 };
    [node(at, name, started), node(at + 40, name, NodeEventKind::Ready { after: ms(40) })]
}

fn says(at: u64, node: &str, role: &str, term: u64) -> Stamped {
    let (text, leads) = (format!("{role}, term {term}"), role == "leader");
    Stamped {
        at: ms(at),
        event: Event::Says {
            node: node.into(),
            text,
            role: role.into(),
            term: Some(term),
            leads,
            group: String::new(),
            members: Vec::new(),
        },
    }
}

fn links(at: u64, cut: &[(&str, &str)], slow: &[(&str, &str)]) -> Stamped {
    let both = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .flat_map(|(one, other)| [((*one).into(), (*other).into()), ((*other).into(), (*one).into())])
            .collect()
    };
    let slow = both(slow).into_iter().map(|(from, to)| SlowLink { from, to, how: "50ms".into() }).collect();
    Stamped { at: ms(at), event: Event::Links(Links { verb: Verb::Cut, text: String::new(), cut: both(cut), slow }) }
}

fn test(at: u64, name: &str) -> Stamped {
    Stamped { at: ms(at), event: Event::TestStarted { stage: "s".into(), test: name.into() } }
}

fn passed(at: u64, name: &str) -> Stamped {
    let (stage, test, took) = ("s".into(), name.into(), ms(1));
    Stamped { at: ms(at), event: Event::TestEnded { stage, test, verdict: Verdict::Passed, took } }
}

#[test]
fn lanes_say_who_leads_who_is_cut_off_and_who_is_down() {
    let mut events = vec![test(100, "one")];
    for name in ["n1", "n2", "n3"] {
        events.extend(up(110, name));
    }
    events.extend([
        says(300, "n1", "leader", 3),
        says(310, "n2", "follower", 3),
        links(400, &[("n1", "n2"), ("n1", "n3")], &[]),
        says(600, "n2", "leader", 4),
        links(700, &[], &[("n3", "n2"), ("n3", "n1")]),
        node(800, "n2", NodeEventKind::Killed),
        passed(900, "one"),
    ]);
    events.sort_by_key(|stamped| stamped.at);
    let timelines = folded(&events);
    let timeline = timelines.of("s", "one").unwrap();
    let lane = |node: usize| -> Vec<(u64, String)> {
        let told = |Stretch { from, is }: &Stretch| {
            let leads = is.term.map(|term| format!(" leads {term}")).unwrap_or_default();
            let slow = if is.slow { " slow" } else { "" };
            let reach = match is.reach {
                Reach::All => "",
                Reach::Most => " most",
                Reach::Minority => " cut",
            };
            (from.as_millis() as u64, format!("{}{leads}{reach}{slow}", is.status.word()))
        };
        timeline.lanes()[node].stretches.iter().map(told).collect()
    };
    let told = |all: &[(u64, &str)]| all.iter().map(|(at, text)| (*at, (*text).to_owned())).collect::<Vec<_>>();
    let n1 = [(110, "starting"), (150, "up"), (300, "up leads 3"), (400, "up leads 3 cut"), (700, "up leads 3")];
    assert_eq!(lane(0), told(&n1));
    let n2 = [
        (110, "starting"),
        (150, "up"),
        (400, "up most"),
        (600, "up leads 4 most"),
        (700, "up leads 4"),
        (800, "down"),
    ];
    assert_eq!(lane(1), told(&n2));
    assert_eq!(lane(2), told(&[(110, "starting"), (150, "up"), (400, "up most"), (700, "up slow")]));
    // That a follower has a new term is no change of a lane.
    let changes: Vec<_> = timeline.changes().iter().map(Duration::as_millis).collect();
    assert_eq!(changes, [110, 150, 300, 400, 600, 700, 800]);
    assert_eq!((timeline.began(), timeline.ended(), timeline.last()), (ms(100), Some(ms(900)), ms(800)));
    assert!(timeline.at(ms(105)).is_none(), "no node was there yet");
}

#[test]
fn a_test_has_only_its_own_part_of_the_run() {
    let mut events = vec![test(0, "one")];
    events.extend(up(10, "n1"));
    events.extend([passed(100, "one"), node(110, "n1", NodeEventKind::Killed), test(120, "two")]);
    events.extend(up(130, "n1"));
    events.extend([passed(200, "two"), test(300, "one"), node(310, "n1", NodeEventKind::Paused)]);
    let timelines = folded(&events);
    let statuses = |name: &str| {
        let lane = &timelines.of("s", name).unwrap().lanes()[0];
        lane.stretches.iter().map(|stretch| (stretch.from.as_millis(), stretch.is.status)).collect::<Vec<_>>()
    };
    // It finds the node as the test before, or what came between, has left it.
    use NodeStatus::{Down, Paused, Starting, Up};
    assert_eq!(statuses("two"), [(120, Down), (130, Starting), (170, Up)]);
    // Of a test that ran twice, the last attempt is kept.
    assert_eq!(statuses("one"), [(300, Up), (310, Paused)]);
    assert_eq!(timelines.latest().unwrap().ended(), None);
}

#[test]
fn what_is_kept_of_a_long_test_is_its_end() {
    let mut timeline = Timeline::default();
    let mut state = RunState::default();
    let mut tell = |stamped: Stamped| {
        state.event(&stamped);
        timeline.event(&stamped, state.cluster());
    };
    tell(test(0, "long"));
    up(1, "n1").into_iter().for_each(&mut tell);
    let changes = OF_TEST as u64 + 500;
    for at in 0..changes {
        let what = if at % 2 == 0 { NodeEventKind::Paused } else { NodeEventKind::Resumed };
        tell(node(100 + at, "n1", what));
    }
    assert_eq!(timeline.states.len(), OF_TEST);
    assert_eq!(timeline.began(), ms(100 + 500), "where what is known begins");
    assert!(timeline.lanes[0].stretches.len() <= OF_TEST && timeline.changes.len() <= OF_TEST);
    assert!(timeline.at(ms(99)).is_none() && timeline.at(ms(700)).is_some());
    assert_eq!(timeline.lanes[0].place(timeline.began()), Some(0));
}

fn happening() -> impl Strategy<Value = (u64, usize, usize)> {
    (0u64..60, 0usize..4, 0usize..12)
}

fn event(at: u64, number: usize, kind: usize) -> Stamped {
    let names = ["n1", "n2", "n3", "n4"];
    let name = names[number];
    let other = names[(number + 1) % 4];
    match kind {
        0 => node(at, name, NodeEventKind::Started { pid: 1, port: 1 }),
        1 | 2 => node(at, name, NodeEventKind::Ready { after: ms(1) }),
        3 => node(at, name, NodeEventKind::Killed),
        4 => node(at, name, NodeEventKind::Paused),
        5 => node(at, name, NodeEventKind::Exited { status: ExitStatus::Code(1) }),
        6 => says(at, name, "leader", at / 50),
        7 => says(at, name, "follower", at / 50),
        8 => links(at, &[(name, other)], &[]),
        9 => links(at, &[], &[(name, other)]),
        10 => Stamped { at: ms(at), event: Event::Silent { node: name.into(), since: ms(at.saturating_sub(20)) } },
        _ => Stamped { at: ms(at), event: Event::AnswersAgain { node: name.into() } },
    }
}

proptest! {
    #[test]
    fn the_state_at_a_moment_is_that_of_the_events_up_to_then(
        happenings in prop::collection::vec(happening(), 1..60),
        moments in prop::collection::vec(0u64..3_000, 8)
    ) {
        let mut at = 10;
        let mut events = vec![test(5, "made up")];
        for (later, number, kind) in happenings {
            at += later;
            events.push(event(at, number, kind));
        }
        let timelines = folded(&events);
        let timeline = timelines.latest().unwrap();
        for moment in moments {
            assert_same(&events, timeline, ms(moment.max(5)));
        }
    }
}

#[test]
fn what_all_nodes_do_together_lasts_until_its_end() {
    let together =
        |at, ended| Stamped { at: ms(at), event: Event::UnderWay { what: "keys on the move".into(), ended } };
    let mut events = vec![test(100, "one")];
    for name in ["n1", "n2", "n3"] {
        events.extend(up(110, name));
    }
    events.extend([together(400, false), together(900, true)]);
    let timelines = folded(&events);
    let timeline = timelines.latest().unwrap();
    let told: Vec<(u64, Option<&str>)> =
        timeline.common().iter().map(|(from, is)| (from.as_millis() as u64, is.under_way.as_deref())).collect();
    assert_eq!(told, [(110, None), (400, Some("keys on the move")), (900, None)]);
    let shown = |at| timeline.at(ms(at)).unwrap().shown(&English).under_way;
    assert_eq!(shown(399), None);
    assert_eq!(shown(899).as_deref(), Some("keys on the move"));
    assert_eq!(shown(900), None);
}

#[test]
fn what_holds_for_all_nodes_is_told_once() {
    let mut events = vec![test(100, "one")];
    for name in ["n1", "n2", "n3"] {
        events.extend(up(110, name));
    }
    let all = [("n1", "n2"), ("n1", "n3"), ("n2", "n3")];
    events.extend([
        links(400, &[], &all),
        links(500, &[("n1", "n2"), ("n1", "n3")], &all),
        links(600, &all, &[]),
        links(700, &[], &[("n3", "n1"), ("n3", "n2")]),
    ]);
    let timelines = folded(&events);
    let timeline = timelines.latest().unwrap();
    let told: Vec<(u64, bool, bool, Option<&str>)> = timeline
        .common()
        .iter()
        .map(|(from, is)| (from.as_millis() as u64, is.cut, is.slow, is.how.as_deref()))
        .collect();
    let slow = (400, false, true, Some("50ms"));
    assert_eq!(told, [(110, false, false, None), slow, (600, true, false, None), (700, false, false, None)]);
    let differing = |lane: &Lane| -> Vec<u64> {
        let differs = lane.stretches.iter().filter(|stretch| stretch.is.slow || stretch.is.reach != Reach::All);
        differs.map(|stretch| stretch.from.as_millis() as u64).collect()
    };
    let lanes: Vec<Vec<u64>> = timeline.lanes().iter().map(differing).collect();
    assert_eq!(lanes, [vec![500], vec![500], vec![500, 700]], "only what sets a node apart");
}
