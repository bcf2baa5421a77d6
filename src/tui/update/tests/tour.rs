//! `lsfr try`: what is said follows what is on the screen.

use super::*;
use crate::tui::tour::{Act, Piece, Tour, says};

pub(super) fn desk() -> Desk {
    let mut desk = Desk::new();
    let cluster = ("second".to_owned(), "second works".to_owned());
    desk.ui.app.tour = Some(Tour { stage: "first".into(), cluster, seed: Some(5), act: Act::Server });
    desk.done(Done::Opened(Ok(Box::new(course()))));
    desk.done(Done::Stage { key: "first".into(), loaded: Ok(text("first")) });
    desk
}

fn text(stage: &str) -> StageText {
    let test = |name: &str| TestRow { name: format!("{stage} {name}"), proves: "values".into() };
    StageText { guide: "# Title".into(), after: None, tests: vec![test("works"), test("lasts")] }
}

/// The keys that it names now.
fn keys(desk: &Desk) -> Vec<Action> {
    let keys = says(&desk.ui).into_iter().filter_map(|piece| match piece {
        Piece::Key(action) => Some(action),
        Piece::Words(_) | Piece::Command(_) => None,
    });
    keys.collect()
}

#[test]
fn it_leads_through_a_failure_and_then_through_a_cluster() {
    let mut desk = desk();
    let scope = Scope::SoFar("first".into());
    assert!(
        desk.take()
            .contains(&Effect::Run { id: 1, request: Request { scope, seed: Some(5), first: vec![], keep: false } })
    );
    assert_eq!(keys(&desk), []);
    desk.press("n");
    assert_eq!(desk.toast(), "The tour goes on when the tests have ended.");
    desk.failed("first");
    assert_eq!(keys(&desk), [Action::Open]);
    desk.press("enter");
    assert_eq!(keys(&desk), [Action::Hint, Action::Moment, Action::Next]);
    desk.done(Done::Hint { stage: "first".into(), test: "first lasts".into(), given: Ok(Some(2)) });
    assert_eq!(keys(&desk), [Action::Moment, Action::Next]);
    desk.press("?");
    assert_eq!(says(&desk.ui), [], "the help speaks for itself");
    desk.press("esc").take();

    desk.press("n");
    let scope = Scope::Test { stage: "second".into(), test: "second works".into() };
    let request = Request { scope, seed: Some(5), first: vec![], keep: false };
    assert!(desk.take().contains(&Effect::Run { id: 2, request }));
    assert!(desk.ui.layers.is_empty() && desk.bench().shown == "second");
    assert_eq!(keys(&desk), [Action::Cluster]);
    desk.done(Done::Stage { key: "second".into(), loaded: Ok(text("second")) });
    desk.begun("second").nodes(&["n1", "n2"]);
    let cluster = desk.bench().cluster.now(&English);
    desk.violated("second");
    desk.ui.app.workbench_mut().unwrap().results.get_mut("second").unwrap().cards[0].cluster = cluster;
    assert_eq!(keys(&desk), [Action::Open]);
    desk.press("enter");
    assert_eq!(keys(&desk), [Action::History, Action::Cluster]);
    desk.press("t");
    assert_eq!(keys(&desk), [Action::NextMark, Action::Cluster]);
    desk.press("c");
    assert_eq!(keys(&desk), [Action::Left, Action::Right, Action::Quit]);
    desk.press("n");
    assert_eq!(desk.toast(), "The tour ends here.");
}

#[test]
fn it_stands_below_the_panes_at_every_size() {
    for size in [(60, 16), (80, 24), (200, 60)] {
        let mut desk = desk();
        desk.event(Event::Resize(size.0, size.1)).failed("first");
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(size.0, size.1)).unwrap();
        terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
        let screen = crate::tui::dump::text(terminal.backend().buffer());
        let lines: Vec<&str> = screen.lines().collect();
        let band = usize::from(desk.ui.app.band());
        let from = usize::from(size.1) - 1 - band;
        assert!(lines[from].contains("A key that was deleted is back"), "{screen}");
        assert!(lines[from - 1].contains('┘'), "the panes end above it: {screen}");
    }
}
