//! Panes that are made larger and smaller.

use ratatui::layout::Rect;

use super::*;
use crate::tui::layout::{Shares, for_size};

fn area(desk: &Desk, pane: Pane) -> Rect {
    let layout = for_size(desk.ui.app.room(), desk.bench());
    layout.panes.iter().find(|(shown, _)| *shown == pane).unwrap().1
}

/// How many presses change its size, until one says why it does not.
fn presses(desk: &mut Desk, key: &str, pane: Pane) -> usize {
    for count in 0..60 {
        let before = area(desk, pane).area();
        desk.press(key);
        let after = area(desk, pane).area();
        match key {
            _ if before == after => return count,
            "+" => assert!(after > before),
            _ => assert!(after < before),
        }
        assert_eq!(desk.toast(), "");
    }
    panic!("{pane:?} never stops");
}

#[test]
fn every_pane_grows_and_shrinks_until_it_cannot() {
    for size in [(80, 24), (120, 36), (200, 60)] {
        for pane in Pane::ALL {
            let mut desk = Desk::new();
            desk.event(Event::Resize(size.0, size.1));
            desk.bench_mut().focus(pane);
            let usual = area(&desk, pane);
            assert!(presses(&mut desk, "+", pane) > 0, "{pane:?} at {size:?}");
            assert!(desk.toast().starts_with(&format!("{} cannot be larger", pane.name())), "{}", desk.toast());
            desk.ui.app.toast = None;
            assert!(presses(&mut desk, "-", pane) > 1, "{pane:?} at {size:?}");
            assert!(desk.toast().starts_with(&format!("{} cannot be smaller", pane.name())), "{}", desk.toast());
            let least = area(&desk, pane);
            assert!(least.area() < usual.area() && least.width >= 16 && least.height >= 6, "{pane:?}: {least}");
            assert_eq!(desk.take(), []);
        }
    }
}

#[test]
fn there_and_back_is_where_it_was() {
    for (key, pane) in [("1", Pane::Stages), ("2", Pane::Guide), ("3", Pane::Tests), ("4", Pane::Logs)] {
        for there_and_back in [["+", "-"], ["-", "+"]] {
            let mut desk = Desk::new();
            desk.press(key);
            let usual = area(&desk, pane);
            for key in there_and_back {
                desk.press(key);
            }
            assert_eq!(area(&desk, pane), usual);
        }
    }
}

#[test]
fn where_a_size_cannot_change_it_is_said_why() {
    let mut desk = Desk::new();
    desk.press("z").press("+");
    assert_eq!(desk.toast(), "Guide has the whole screen; z ends that.");
    desk.press("z").event(Event::Resize(79, 24)).press("-");
    assert_eq!(desk.toast(), "This screen has room for one pane only.");
    desk.event(Event::Resize(120, 36)).press("r").failed("first").press("enter").press("+");
    assert!(desk.toast().contains("esc goes back to them"), "{}", desk.toast());
    assert_eq!(desk.bench().shares, Shares::default());
}

#[test]
fn in_a_history_the_same_keys_zoom() {
    let mut desk = Desk::new();
    desk.reading();
    let zoom = |desk: &Desk| format!("{:?}", desk.ui.layers.history().unwrap().reader().unwrap());
    let before = zoom(&desk);
    desk.press("-");
    assert_ne!(zoom(&desk), before);
    assert_eq!((desk.bench().shares, desk.toast()), (Shares::default(), ""));
    desk.press("esc").press("esc").press("-");
    assert_ne!(desk.bench().shares, Shares::default());
}

#[test]
fn the_settings_say_how_large_panes_are_at_first() {
    let mut desk = Desk::new();
    desk.ui.app.shares = Shares { logs: Some(60), ..Shares::default() };
    desk.done(Done::Opened(Ok(Box::new(course()))));
    assert_eq!(area(&desk, Pane::Logs).height, 34 * 60 / 100);
}

fn click(column: u16, row: u16) -> Event {
    let kind = MouseEventKind::Down(MouseButton::Left);
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

fn previewed(desk: &Desk) -> Option<&str> {
    desk.bench().preview.as_ref().map(|pane| pane.card().test.as_str())
}

#[test]
fn the_failure_beside_the_tests_follows_the_cursor_and_the_run() {
    let mut desk = Desk::new();
    assert_eq!(previewed(&desk), None);
    desk.press("r").begun("first").test("first", "works", failure()).test("first", "lasts", failure());
    assert_eq!(previewed(&desk), Some("first works"));
    desk.ended("first", StageVerdict::Failed).press("3").press("j");
    assert_eq!(previewed(&desk), Some("first lasts"));
    // The stage after it has failed nothing.
    desk.press("]");
    assert_eq!(previewed(&desk), None);
    desk.press("[");
    assert_eq!(previewed(&desk), Some("first lasts"));
    // A run that has not come to it leaves it there, and takes it away as soon as it passes.
    desk.press("r").begun("first");
    assert_eq!(previewed(&desk), Some("first lasts"));
    desk.test("first", "lasts", Verdict::Passed);
    assert_eq!(previewed(&desk), None);
    desk.test("first", "works", failure());
    assert_eq!(previewed(&desk), Some("first works"));
}

#[test]
fn a_run_that_ends_without_an_answer_leaves_no_failure() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("r").begun("first");
    assert_eq!(previewed(&desk), Some("first lasts"));
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(previewed(&desk), None);
}

#[test]
fn the_failure_beside_the_tests_is_opened_by_a_click_and_moved_by_the_wheel() {
    let mut desk = Desk::new();
    desk.event(Event::Resize(200, 20)).press("r").violated("first").press("1");
    let area = for_size(desk.ui.app.room(), desk.bench()).preview.unwrap();
    let (column, row) = (area.x + 5, area.y + 3);
    let text = |desk: &mut Desk| {
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(200, 20)).unwrap();
        terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
        crate::tui::dump::text(terminal.backend().buffer())
    };
    let before = text(&mut desk);
    let wheel = MouseEvent { kind: MouseEventKind::ScrollDown, column, row, modifiers: KeyModifiers::NONE };
    desk.event(Event::Mouse(wheel));
    assert_ne!(text(&mut desk), before);
    assert_eq!(desk.bench().shown, "first", "nothing is chosen by it");
    desk.event(click(column, row));
    let Some(Layer::Card(card)) = desk.ui.layers.top() else { panic!("{:?}", desk.ui.layers) };
    assert_eq!(card.card().test, "first works");
    desk.press("esc").press("3").press("enter");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))));
}

#[test]
fn a_key_gives_all_panes_their_usual_sizes() {
    let mut desk = Desk::new();
    desk.press("0");
    assert_eq!(desk.toast(), "All panes have their usual sizes.");
    desk.ui.app.toast = None;
    // Those of the settings, which nothing changes.
    desk.ui.app.shares = Shares { logs: Some(40), ..Shares::default() };
    desk.press("0").press("4").press("+").press("3").press("-").press("0");
    assert_eq!((desk.bench().shares, desk.toast()), (desk.ui.app.shares, ""));
    // Nobody sees the panes beside one that has the whole screen.
    desk.press("4").press("+").press("z").press("0");
    assert_eq!(desk.toast(), "The panes have their usual sizes again; z shows them.");
}

#[test]
fn a_digit_that_means_nothing_says_that_there_are_no_counts() {
    let mut desk = Desk::new();
    desk.press("5");
    assert_eq!(desk.toast(), "Keys take no counts; ctrl-d moves half a page.");
}
