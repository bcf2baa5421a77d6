//! Nodes of a failed test that are left up for a look by hand.

use super::*;
use crate::facts::{LeftUp, NodeAddress};
use crate::report::curl;

fn left() -> LeftUp {
    let address = |node: &str, port: u16| NodeAddress { node: node.into(), address: ([127, 0, 0, 1], port).into() };
    LeftUp {
        stage: "first".into(),
        test: "first works".into(),
        nodes: vec![address("n1", 24011), address("n2", 24012)],
    }
}

/// The screen as it is now.
fn screen(desk: &mut Desk) -> String {
    let (columns, rows) = desk.ui.app.size;
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
    crate::tui::dump::text(terminal.backend().buffer())
}

/// A run whose first test has failed, by a request, and has left its nodes up.
fn looking() -> Desk {
    let mut desk = Desk::new();
    desk.press("r").begun("first").nodes(&["n1", "n2"]).press("C");
    desk.test("first", "works", failure());
    let card = desk.bench_mut().results.get_mut("first").unwrap().cards.last_mut().unwrap();
    let (node, method, path) = ("n1".to_owned(), "GET".to_owned(), "/kv/a".to_owned());
    let curl = "curl -i http://127.0.0.1:24011/kv/a".to_owned();
    card.request = Some(curl::Request { node, method, path, curl, note: None });
    desk.take();
    desk.told(runner::Event::LeftUp(left()));
    desk
}

#[test]
fn the_key_during_a_run_leaves_the_nodes_of_the_next_failure_up() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").take();
    desk.press("C");
    assert_eq!(desk.take(), [Effect::Keep(true)]);
    assert!(desk.toast().starts_with("The nodes of the next test that fails stay up"), "{}", desk.toast());
    desk.press("C");
    assert_eq!(desk.take(), [Effect::Keep(false)]);
    // The next run knows nothing of it.
    desk.press("C").news(RunNews::Ended(Ok(Outcome::Interrupted))).take();
    desk.press("r");
    assert!(matches!(&desk.take()[..], [Effect::Run { request, .. }] if !request.keep));
}

#[test]
fn the_key_on_a_failure_runs_that_test_again_with_its_seed() {
    let mut desk = Desk::new();
    desk.press("C");
    assert_eq!(desk.toast(), "No test has failed: there are no nodes to look at.");
    desk.press("r").failed("first").press("enter").take();
    desk.press("C");
    let scope = Scope::Test { stage: "first".into(), test: "first lasts".into() };
    let first = vec!["first lasts".into()];
    assert_eq!(desk.take(), [Effect::Run { id: 2, request: Request { scope, seed: Some(7), first, keep: true } }]);
    // It depends on chance, and passes this time.
    desk.begun("first").test("first", "lasts", Verdict::Passed).news(RunNews::Ended(Ok(Outcome::Passed)));
    assert_eq!(desk.toast(), "Nothing has failed this time: no nodes are left up.");
    // Where no program has nodes, there is nothing to keep.
    let mut desk = Desk::new();
    desk.bench_mut().course.has_nodes = false;
    desk.press("r").failed("first").take();
    desk.press("C");
    assert_eq!((desk.take(), desk.toast()), (vec![], "This challenge's programs have no nodes."));
}

#[test]
fn what_is_left_up_is_shown_with_its_addresses_and_its_request() {
    let mut desk = looking();
    assert_eq!(desk.take(), []);
    let shown = screen(&mut desk);
    for told in [
        "\"first works\" has failed.",
        "n1  127.0.0.1:24011  up, leader, term 3",
        "n2  127.0.0.1:24012  up, follower, term 3",
        "curl -i http://127.0.0.1:24011/kv/a",
        "C ends them.",
        "C end the nodes",
    ] {
        assert!(shown.contains(told), "{told} is not in\n{shown}");
    }
    desk.press("y");
    assert_eq!(desk.take(), [Effect::Copy("curl -i http://127.0.0.1:24011/kv/a".into())]);
    // Closed, the list of tests still says where they are, and nothing moves.
    desk.press("esc");
    let shown = screen(&mut desk);
    assert!(shown.contains("nodes left up") && shown.contains("127.0.0.1:24012"), "{shown}");
    assert!(shown.contains("C ends them") && shown.contains("C end the nodes"), "{shown}");
    desk.ui.app.toast = None;
    assert_eq!(desk.ui.app.wakes_at(), None);
    // What becomes of one of them is worth knowing; the other is still the same cluster's.
    let status = crate::facts::ExitStatus::Code(3);
    desk.node(2_000, "n2", NodeEventKind::Exited { status });
    assert!(desk.toast().starts_with("n2 ended on its own:"), "{}", desk.toast());
    assert_eq!(desk.bench().cluster.size(), 2);
}

#[test]
fn the_same_key_ends_them_and_the_run_goes_on() {
    let mut desk = looking();
    desk.take();
    desk.press("C");
    assert_eq!(desk.take(), [Effect::Keep(false)]);
    assert!(desk.ui.layers.is_empty());
    assert_eq!(desk.bench().run.as_ref().unwrap().phase, Phase::Stopping);
    desk.told(runner::Event::TestStarted { stage: "first".into(), test: "first lasts".into() });
    assert_eq!(desk.bench().run.as_ref().unwrap().phase, Phase::Testing);
    desk.node(50, "n1", NodeEventKind::Started { pid: 1, port: 24021 });
    assert_eq!(desk.bench().cluster.size(), 1, "the next test has a cluster of its own");
}

#[test]
fn a_save_and_a_quit_end_them_with_the_run() {
    let mut desk = looking();
    desk.take();
    desk.event(saved("main.py"));
    assert_eq!(desk.take(), [Effect::Cancel]);
    desk.news(RunNews::Ended(Ok(Outcome::Failed)));
    assert!(matches!(&desk.take()[..], [Effect::Run { id: 2, request }] if !request.keep));
    assert!(desk.ui.layers.is_empty());
    // Fixing it takes several tries, each with nodes to look at: none of the saves is the run's own.
    for run in 2..5 {
        desk.begun("first").press("C").test("first", "works", failure()).told(runner::Event::LeftUp(left())).take();
        desk.now += Duration::from_secs(20);
        desk.event(saved("main.py"));
        assert_eq!(desk.take(), [Effect::Cancel]);
        desk.news(RunNews::Ended(Ok(Outcome::Failed)));
        assert!(matches!(&desk.take()[..], [Effect::Run { id, .. }] if *id == run + 1));
    }
    // Nothing is lost: it is not asked for.
    let mut desk = looking();
    desk.take();
    desk.press("q");
    assert_eq!(desk.take(), [Effect::Cancel]);
    desk.news(RunNews::Ended(Ok(Outcome::Failed)));
    assert_eq!(desk.take(), [Effect::Quit]);
}
