//! The view of made-up and of recorded runs, at three sizes.

use std::fs;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::facts::golden::recorded;
use crate::facts::{self as runner, ExitStatus, NodeEventKind, Stamped, Verb};
use crate::report::card::Card;
use crate::report::collect::cards;
use crate::report::describe::English;
use crate::report::run_state::RunState;
use crate::report::timeline::Timelines;
use crate::tui::cluster::ClusterPane;
use crate::tui::dump;
use crate::tui::event::{Done, Nodes, RunNews};
use crate::tui::layers::Layer;
use crate::tui::logs::LogStore;
use crate::tui::theme::Theme;
use crate::tui::ui::Ui;
use crate::tui::update::tests::{Desk, failure, violation};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
const NODES: [&str; 5] = ["n1", "n2", "n3", "n4", "n5"];

fn screen(ui: &mut Ui, size: (u16, u16)) -> Buffer {
    ui.app.size = size;
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| crate::tui::views::draw(frame, ui)).unwrap();
    terminal.backend().buffer().clone()
}

fn screens(ui: &mut Ui) -> String {
    let of = |size: (u16, u16)| format!("── {}x{}\n{}\n", size.0, size.1, dump::text(&screen(ui, size)));
    SIZES.map(of).concat()
}

fn both_ways<'n>(one: &[&'n str], other: &[&'n str]) -> Vec<(&'n str, &'n str)> {
    one.iter().flat_map(|one| other.iter().flat_map(move |other| [(*one, *other), (*other, *one)])).collect()
}

/// A test that goes on: a leader is cut off, another takes over, one is killed and comes back, one is slow, one paused.
fn busy() -> Desk {
    let mut desk = Desk::new();
    let test =
        runner::Event::TestStarted { stage: "first".into(), test: "Nothing is lost when a leader fails".into() };
    desk.press("r").begun("first").told(test).nodes(&NODES);
    let cut = both_ways(&["n1", "n2"], &["n3", "n4", "n5"]);
    desk.links(2_000, Verb::Partition, "partition n1, n2 | n3, n4, n5", &cut, &[]);
    desk.says(2_600, "n4", "leader", 4).says(2_650, "n3", "follower", 4).says(2_660, "n5", "follower", 4);
    desk.links(4_000, Verb::Heal, "heal all links", &[], &[]);
    desk.says(4_100, "n1", "follower", 4).says(4_110, "n2", "follower", 4);
    desk.node(5_000, "n2", NodeEventKind::Killed);
    desk.node(5_700, "n2", NodeEventKind::Started { pid: 9, port: 24012 });
    desk.node(5_800, "n2", NodeEventKind::Ready { after: Duration::from_millis(100) });
    let slow: Vec<_> =
        both_ways(&["n5"], &NODES[..4]).into_iter().map(|(from, to)| (from, to, "50ms ± 40ms")).collect();
    desk.links(6_500, Verb::Slow, "slow n5: 50ms ± 40ms", &[], &slow);
    desk.node(7_000, "n3", NodeEventKind::Paused);
    desk.press("c");
    desk.now += Duration::from_secs(8);
    desk.event(crate::tui::event::Event::Clock(desk.now));
    desk
}

#[test]
fn a_test_goes_on_and_its_end_is_followed() {
    insta::assert_snapshot!(screens(&mut busy().ui));
}

#[test]
fn an_earlier_moment_is_looked_at() {
    let mut desk = busy();
    screen(&mut desk.ui, (120, 36));
    // Slow, paused, up again, starting, down.
    for _ in 0..6 {
        desk.press("[");
        screen(&mut desk.ui, (120, 36));
    }
    desk.press("k");
    insta::assert_snapshot!(screens(&mut desk.ui));
}

#[test]
fn on_a_small_screen_the_lanes_stay() {
    let mut desk = busy();
    let small = dump::text(&screen(&mut desk.ui, (60, 16)));
    let least = dump::text(&screen(&mut desk.ui, (40, 10)));
    insta::assert_snapshot!([small, least].join("\n──\n"));
}

#[test]
fn in_ascii_and_without_colour_everything_is_there() {
    let mut desk = busy();
    desk.ui.app.theme = Theme { ascii: true, ..Theme::NONE };
    let buffer = screen(&mut desk.ui, (80, 24));
    let text = dump::text(&buffer);
    assert!(text.is_ascii(), "{text}");
    assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    insta::assert_snapshot!(text);
}

#[test]
fn one_node_has_a_lane_and_nine_have() {
    let mut one = Desk::new();
    let test = || runner::Event::TestStarted { stage: "first".into(), test: "Data outlasts a crash".into() };
    one.press("r").begun("first").told(test());
    let ready = || NodeEventKind::Ready { after: Duration::from_millis(20) };
    one.node(10, "n1", NodeEventKind::Started { pid: 1, port: 1 }).node(30, "n1", ready());
    one.node(90, "n1", NodeEventKind::Killed).node(100, "n1", NodeEventKind::Started { pid: 2, port: 1 });
    one.node(130, "n1", ready()).node(190, "n1", NodeEventKind::Exited { status: ExitStatus::Code(1) });
    one.told_at(
        200,
        runner::Event::TestEnded {
            stage: "first".into(),
            test: "Data outlasts a crash".into(),
            verdict: runner::Verdict::Passed,
            took: Duration::from_millis(200),
        },
    );
    one.ended("first", runner::StageVerdict::Passed).press("esc");
    // It is not offered for one node, but may have been open before.
    one.ui.layers.push(Layer::Cluster(Box::default()));
    let one = dump::text(&screen(&mut one.ui, (80, 24)));
    let mut nine = Desk::new();
    let names: Vec<String> = (1..=9).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nine.press("r").begun("first").told(test()).nodes(&names);
    nine.links(1_000, Verb::Isolate, "isolate n1", &both_ways(&["n1"], &names[1..]), &[]);
    nine.now += Duration::from_secs(175);
    nine.event(crate::tui::event::Event::Clock(nine.now)).press("c");
    let nine = [(80, 24), (120, 36)].map(|size| dump::text(&screen(&mut nine.ui, size))).join("\n──\n");
    insta::assert_snapshot!([one, nine].join("\n──\n"));
}

/// A test with slow links and a cut, in which an answer of n3 was wrong, and its view.
fn wrong_among(nodes: usize) -> Desk {
    let mut desk = Desk::new();
    let (stage, test) = ("first".to_owned(), "first works".to_owned());
    desk.press("r").begun("first").told(runner::Event::TestStarted { stage: stage.clone(), test: test.clone() });
    let names: Vec<String> = (1..=nodes).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let pairs = || names.iter().flat_map(|one| names.iter().map(move |other| (*one, *other)));
    let slow: Vec<_> = pairs().filter(|(one, other)| one != other).map(|(one, other)| (one, other, "60ms")).collect();
    desk.nodes(&names);
    desk.links(1_000, Verb::Slow, "slow all links: 60ms", &[], &slow);
    let others: Vec<&str> = names.iter().filter(|name| **name != "n3").copied().collect();
    desk.links(2_900, Verb::Isolate, "isolate n3", &both_ways(&["n3"], &others), &slow);
    desk.links(4_000, Verb::Heal, "heal all links", &[], &[]);
    let (verdict, took) = (failure(), Duration::from_secs(5));
    desk.told_at(5_000, runner::Event::TestEnded { stage, test: test.clone(), verdict, took });
    desk.news(RunNews::Card(Box::new(violation("first", &test)))).ended("first", runner::StageVerdict::Failed);
    desk.press("3").press("enter").press("c");
    desk
}

#[test]
fn three_seven_and_nine_nodes_are_drawn_and_what_holds_for_all_is_drawn_once() {
    let small = |nodes: usize| dump::text(&screen(&mut wrong_among(nodes).ui, (80, 24)));
    let all = [3, 7, 9].map(small);
    for (nodes, shown) in [3, 7, 9].into_iter().zip(&all) {
        for node in 1..=nodes {
            assert!(shown.contains(&format!("n{node}  ")), "n{node} of {nodes}:\n{shown}");
        }
        let slow = shown.lines().filter(|line| line.contains("▒▒")).count();
        assert_eq!(slow, 1, "{shown}");
        assert!(shown.contains("slow 60ms"), "{shown}");
    }
    insta::assert_snapshot!(all.join("\n──\n"));
}

#[test]
fn what_all_nodes_do_together_is_a_row_above_their_lanes() {
    let mut desk = Desk::new();
    let test = runner::Event::TestStarted { stage: "first".into(), test: "first works".into() };
    desk.press("r").begun("first").told(test).nodes(&["n1", "n2", "n3"]);
    let under_way = |ended| runner::Event::UnderWay { what: "keys on the move".into(), ended };
    let pairs = [("n1", "n2", "60ms"), ("n1", "n3", "60ms"), ("n2", "n3", "60ms")];
    desk.told_at(1_000, under_way(false));
    desk.links(2_000, Verb::Slow, "slow all links: 60ms", &[], &pairs);
    desk.links(3_000, Verb::Heal, "heal all links", &[], &[]);
    desk.told_at(4_000, under_way(true));
    desk.now += Duration::from_secs(5);
    desk.event(crate::tui::event::Event::Clock(desk.now)).press("c");
    insta::assert_snapshot!(dump::text(&screen(&mut desk.ui, (80, 24))));
}

#[test]
fn more_nodes_than_rows_are_scrolled_and_say_so() {
    let mut desk = wrong_among(24);
    let shown = dump::text(&screen(&mut desk.ui, (80, 24)));
    assert!(shown.contains("▲ 1 more  ▼ 6 more") && shown.contains("▸n3 "), "{shown}");
    for _ in 0..24 {
        desk.press("j");
        screen(&mut desk.ui, (80, 24));
    }
    let shown = dump::text(&screen(&mut desk.ui, (80, 24)));
    assert!(shown.contains("▸n9 ") && shown.contains("▲ 7 more   "), "{shown}");
}

#[test]
fn an_operation_names_its_node_and_marks_its_lane() {
    let mut desk = wrong_among(5);
    let shown = dump::text(&screen(&mut desk.ui, (120, 36)));
    let line =
        |begins: &str| shown.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{shown}"));
    assert!(line("│ ✗n3 ").contains("c3 read x: 7"), "{shown}");
    assert!(shown.contains("│ ◆n1  c2 write x: 9"), "{shown}");
    assert!(line("│ ▸n3 ").contains('✗') && !line("│  n2 ").contains('✗'), "{shown}");
    assert_eq!(line("│  n1 ").matches('◆').count(), 2, "{shown}");
}

#[test]
fn the_moment_splits_no_word_of_a_lane() {
    let mut desk = busy();
    screen(&mut desk.ui, (120, 36));
    for _ in 0..75 {
        let shown = dump::text(&screen(&mut desk.ui, (120, 36)));
        for (node, word) in [("n1", "cut"), ("n4", "leads 4"), ("n5", "slow")] {
            let mut lanes = shown.lines().filter_map(|line| line.split('│').nth(1));
            let is_of = |lane: &&str| lane.trim_start_matches([' ', '▸']).starts_with(node);
            let lane = lanes.find(is_of).unwrap();
            assert!(lane.contains(word), "{word} of {node}:\n{shown}");
        }
        desk.press("left");
    }
}

/// The view of a recorded failure, opened from its card, with what one node printed.
fn recorded_failure(events: &[Stamped]) -> (Desk, Card) {
    let card = cards(events, &English, &mut |_, _, _| Vec::new()).pop().unwrap();
    let (mut state, mut timelines) = (RunState::default(), Timelines::default());
    for stamped in events {
        state.event(stamped);
        timelines.event(stamped, state.cluster());
    }
    let mut desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let run = desk.bench().course.dir.join(&card.records);
    let store = LogStore::open(folder.path(), false, Box::new(|| ())).unwrap();
    desk.ui.app.workbench_mut().unwrap().logged = Some(run.clone());
    let nodes = Some(Box::new(Nodes { cluster: Arc::clone(state.cluster()), timelines }));
    desk.done(Done::Logs { run, store: Ok(store), nodes });
    (desk, card)
}

fn opened(run: &str) -> Desk {
    let run = recorded().into_iter().find(|recorded| recorded.name == run).unwrap();
    let (mut desk, card) = recorded_failure(&run.events());
    desk.ui.layers.push(crate::tui::layers::Layer::Card(Box::new(crate::tui::card::CardPane::new(card))));
    desk.press("c");
    desk
}

#[test]
fn a_history_that_cannot_be_is_opened_where_its_answer_is_wrong() {
    let mut desk = opened("violation");
    let text = dump::text(&screen(&mut desk.ui, (120, 36)));
    let explanation = desk.ui.open_card().unwrap().explanation.clone().unwrap();
    let wrong = explanation.operations[explanation.culprit].returned.unwrap();
    assert_eq!(desk.ui.moment().unwrap().at, wrong, "not the end of the test");
    assert!(text.contains(&crate::report::times::clock(wrong)), "{text}");
    insta::assert_snapshot!(screens(&mut desk.ui));
}

#[test]
fn a_request_that_failed_stands_under_the_lanes() {
    insta::assert_snapshot!(screens(&mut opened("rounds").ui));
}

#[test]
fn colours_do_not_depend_on_words() {
    let looks = |events: &[Stamped]| {
        let (mut desk, _) = recorded_failure(events);
        desk.press("c");
        if !matches!(desk.ui.layers.top(), Some(Layer::Cluster(_))) {
            // No node was ever up, and what else is on the screen is told in words.
            return Vec::new();
        }
        let buffer = screen(&mut desk.ui, (200, 60));
        // The title names the test, the row above it the challenge.
        let styles: Vec<(Color, Modifier)> =
            buffer.content[400..].iter().map(|cell| (cell.fg, cell.modifier)).collect();
        styles
    };
    let mut clusters = 0;
    for run in recorded() {
        let plain = looks(&run.events());
        clusters += usize::from(plain.iter().any(|(colour, _)| *colour == Color::Yellow));
        assert!(plain == looks(&run.scrambled()), "{}", run.name);
    }
    assert!(clusters > 2, "{clusters}");
}

#[test]
fn the_moment_is_moved_by_columns_by_changes_and_by_the_mouse() {
    let mut desk = busy();
    let moment = |desk: &mut Desk| {
        screen(&mut desk.ui, (120, 36));
        desk.ui.moment().unwrap().at.as_millis()
    };
    assert_eq!(moment(&mut desk), 8_000, "it follows the end");
    desk.press("left");
    let before = moment(&mut desk);
    assert!(before < 8_000, "{before}");
    desk.now += Duration::from_secs(1);
    desk.event(crate::tui::event::Event::Clock(desk.now));
    assert_eq!(moment(&mut desk), before, "it stays where it was moved to");
    desk.press("[");
    assert_eq!(moment(&mut desk), 7_000);
    desk.press("[");
    assert_eq!(moment(&mut desk), 6_500);
    desk.press("]").press("]");
    assert_eq!(moment(&mut desk), 9_000, "after the last change it follows the end again");
    desk.press("g");
    assert_eq!(moment(&mut desk), 0);
    desk.press("G");
    desk.now += Duration::from_secs(1);
    desk.event(crate::tui::event::Event::Clock(desk.now));
    assert_eq!(moment(&mut desk), 10_000);

    let mut pane = ClusterPane::default();
    let app = &desk.ui.app;
    let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 120, 36));
    let area = buffer.area;
    super::draw(&mut pane, app, None, area, &mut buffer);
    let lanes = pane.drawn().lanes;
    // The middle of the third lane.
    pane.click(lanes.x + lanes.width / 2, lanes.y + 2 * pane.drawn().pitch);
    super::draw(&mut pane, app, None, area, &mut buffer);
    let half = pane.drawn().axis.unwrap().end_of(usize::from(lanes.width / 2));
    assert_eq!((pane.moment(), pane.drawn().chosen), (half, 2));
    pane.click(0, 0);
    assert_eq!(pane.moment(), half, "beside the lanes nothing happens");
}

#[test]
fn what_a_node_said_around_the_moment_is_beside_it() {
    let mut desk = opened("violation");
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    let moment = desk.ui.moment().unwrap().at.as_micros();
    fs::write(folder.path().join("logs/n1.log"), "long before\nbefore\nafter\n").unwrap();
    fs::write(folder.path().join("logs/n1.times"), format!("12 1000\n19 {}\n25 {}\n", moment - 5, moment + 5))
        .unwrap();
    let (woken, wakes) = channel();
    let wake = Box::new(move || woken.send(()).unwrap_or_default());
    let store = LogStore::open(folder.path(), false, wake).unwrap();
    desk.ui.app.workbench_mut().unwrap().store = Some(store);
    // The first node is the last one up.
    screen(&mut desk.ui, (80, 24));
    for _ in NODES {
        desk.press("k");
        screen(&mut desk.ui, (80, 24));
    }
    let shown = loop {
        let shown = dump::text(&screen(&mut desk.ui, (80, 24)));
        // Not only the footer's word.
        if shown.contains("+5.041 after") {
            break shown;
        }
        wakes.recv_timeout(Duration::from_secs(20)).expect("the log is read");
    };
    insta::assert_snapshot!(shown);
}
