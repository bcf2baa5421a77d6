//! Following, moving, filtering, searching, marking, jumping.

use std::time::Duration;

use super::super::moves::Room;
use super::super::view::View;
use super::{Indexed, LogPane, Opened, Run, numbered};
use crate::facts::NodeEventKind;
use crate::tui::find::Way;
use crate::tui::scroll::Scroll;

const WIDTH: u16 = 60;
const HEIGHT: u16 = 5;

fn go(opened: &Opened, pane: &mut LogPane, scroll: Scroll) -> Vec<String> {
    pane.scroll(scroll);
    screen(opened, pane)
}

/// The texts of the rows.
fn screen(opened: &Opened, pane: &mut LogPane) -> Vec<String> {
    let rows = opened.settle(pane, WIDTH, HEIGHT);
    rows.into_iter().map(|row| row.split_once("▏ ").map_or(row.clone(), |(_, text)| text.to_owned())).collect()
}

fn lines(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("line {number}")).collect()
}

/// 1000 lines of two nodes in bursts that fill several blocks.
fn thousand() -> Run {
    let run = Run::new();
    for burst in 0..10 {
        let node = ["n1", "n2"][burst % 2];
        let printed: String = (0..100).map(|line| format!("line {}\n", burst * 100 + line)).collect();
        run.print_at(node, burst as u64 * 10, printed);
    }
    run
}

#[test]
fn it_follows_until_the_reader_goes_up() {
    let run = Run::new();
    run.print_at("n1", 1, numbered(10));
    let opened = run.open(true);
    opened.lines(10);
    let mut pane = LogPane::default();
    assert_eq!(screen(&opened, &mut pane), lines(5..10));
    // Down at the end, or to the end, changes nothing.
    assert_eq!(go(&opened, &mut pane, Scroll::Down(1)), lines(5..10));
    assert_eq!(opened.title(&pane), " Logs ");
    run.print_at("n1", 2, "line 10\n");
    opened.lines(11);
    assert_eq!(screen(&opened, &mut pane), lines(6..11));

    assert_eq!(go(&opened, &mut pane, Scroll::Up(1)), lines(6..11));
    assert_eq!(opened.title(&pane), " Logs  paused by scrolling: f follows ");
    assert_eq!(opened.current(&pane), "line 9");
    run.print_at("n1", 3, "line 11\nline 12\n");
    opened.lines(13);
    assert_eq!(screen(&opened, &mut pane), lines(6..11));
    assert_eq!(opened.title(&pane), " Logs  ▼ 2 new: f follows ");
    // Reaching the last line does not follow by itself.
    go(&opened, &mut pane, Scroll::Down(50));
    assert_eq!(opened.title(&pane), " Logs  ▼ 2 new: f follows ");
    go(&opened, &mut pane, Scroll::Bottom);
    assert_eq!(opened.title(&pane), " Logs ");
    pane.toggle_follow();
    screen(&opened, &mut pane);
    assert_eq!(opened.title(&pane), " Logs  paused by scrolling: f follows ");
    pane.toggle_follow();
    assert_eq!(screen(&opened, &mut pane), lines(8..13));
    assert_eq!(opened.title(&pane), " Logs ");
}

#[test]
fn what_sorts_in_above_moves_nothing() {
    let run = Run::new();
    run.print_at("n1", 50, numbered(20));
    let opened = run.open(true);
    opened.lines(20);
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    let before = go(&opened, &mut pane, Scroll::HalfUp);
    run.print_at("n2", 10, "late\n".repeat(300));
    opened.lines(320);
    assert_eq!(screen(&opened, &mut pane), before);
}

#[test]
fn pages_move_the_lines_below_the_cursor() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    assert_eq!(go(&opened, &mut pane, Scroll::Top), lines(0..5));
    assert_eq!(go(&opened, &mut pane, Scroll::PageDown), lines(4..9));
    assert_eq!(go(&opened, &mut pane, Scroll::HalfDown), lines(6..11));
    assert_eq!(go(&opened, &mut pane, Scroll::Down(2)), lines(6..11));
    assert_eq!(opened.current(&pane), "line 8");
    assert_eq!(go(&opened, &mut pane, Scroll::PageUp), lines(2..7));
    assert_eq!(go(&opened, &mut pane, Scroll::PageUp), lines(0..5));
    assert_eq!(go(&opened, &mut pane, Scroll::Down(500)), lines(496..501));
    assert_eq!(opened.current(&pane), "line 500");
}

#[test]
fn nodes_and_text_are_filtered_and_still_followed() {
    let run = thousand();
    let opened = run.open(true);
    opened.lines(1000);
    run.node(1000, "n1", NodeEventKind::Killed);
    opened.lines(1001);
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    pane.next_node();
    assert!(pane.is_filtering());
    assert_eq!(
        screen(&opened, &mut pane)[3..],
        ["line 899", "   +1.000  ──── KILL n1 ────────────────────────────────────"]
    );
    pane.next_node();
    assert_eq!(screen(&opened, &mut pane)[4], "line 999");
    assert_eq!(opened.title(&pane), " Logs  n2 ");
    pane.next_node();
    assert!(!pane.is_filtering());

    pane.filter_text("LINE .*77$");
    assert_eq!(screen(&opened, &mut pane)[0], " No line fits the filter. esc ends it.");
    pane.filter_text("line .*77$");
    assert_eq!(screen(&opened, &mut pane), ["line 577", "line 677", "line 777", "line 877", "line 977"]);
    run.print_at("n3", 2000, "line 1000\nline 1077\n");
    opened.lines(1003);
    assert_eq!(screen(&opened, &mut pane)[3..], ["line 977", "line 1077"]);
    go(&opened, &mut pane, Scroll::Up(1));
    run.print_at("n3", 2001, "line 1177\nline 1178\n");
    opened.lines(1005);
    screen(&opened, &mut pane);
    assert_eq!(opened.title(&pane), " Logs  only line .*77$  ▼ 1 new: f follows ");
    // The line under the cursor stays under it.
    pane.clear_filter();
    screen(&opened, &mut pane);
    assert_eq!(opened.current(&pane), "line 977");
}

#[test]
fn a_search_goes_through_all_blocks_and_around() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    pane.search("[258]50");
    // At the end, the nearest is before it.
    assert_eq!(screen(&opened, &mut pane)[2], "line 850");
    assert_eq!(opened.title(&pane), " Logs  /[258]50/ 3 of 3  paused at a match: f follows ");
    for (expected, nth) in [("line 250", 1), ("line 550", 2), ("line 850", 3), ("line 250", 1)] {
        pane.search_step(Way::Next);
        screen(&opened, &mut pane);
        assert_eq!(opened.current(&pane), expected);
        assert_eq!(opened.title(&pane), format!(" Logs  /[258]50/ {nth} of 3  paused at a match: f follows "));
    }
    pane.search_step(Way::Previous);
    screen(&opened, &mut pane);
    assert_eq!(opened.current(&pane), "line 850");
    go(&opened, &mut pane, Scroll::Up(1));
    assert_eq!(opened.title(&pane), " Logs  /[258]50/ 3 found  paused by scrolling: f follows ");

    // Only among the lines that are shown.
    pane.filter_text("[02468]5.$");
    screen(&opened, &mut pane);
    pane.search_step(Way::Next);
    screen(&opened, &mut pane);
    assert_eq!(opened.title(&pane), " Logs  only [02468]5.$  /[258]50/ 1 of 2  paused at a match: f follows ");
    pane.clear_search();
    assert!(!pane.is_searching());
    screen(&opened, &mut pane);
    assert_eq!(opened.title(&pane), " Logs  only [02468]5.$  paused by scrolling: f follows ");
}

#[test]
fn a_search_without_result_leaves_the_reader_where_he_is() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    pane.search("nothing like it");
    assert_eq!(screen(&opened, &mut pane), lines(995..1000));
    pane.search_step(Way::Next);
    pane.search_step(Way::Previous);
    screen(&opened, &mut pane);
    assert_eq!(opened.title(&pane), " Logs  /nothing like it/ no match ");
}

#[test]
fn a_search_that_is_abandoned_ends_where_it_began() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    go(&opened, &mut pane, Scroll::Up(130));
    let before = go(&opened, &mut pane, Scroll::Up(1));
    let title = opened.title(&pane);
    pane.begin_search();
    pane.search("line 2");
    assert_eq!(screen(&opened, &mut pane)[2], "line 299", "the nearest, which is before it");
    // With each letter from where it began, not from where the last one led.
    pane.search("line 8");
    screen(&opened, &mut pane);
    assert_eq!(opened.current(&pane), "line 868");
    pane.search("line 8x");
    assert_eq!(screen(&opened, &mut pane), before);
    pane.search("line 1");
    screen(&opened, &mut pane);
    pane.abandon_search();
    assert_eq!(screen(&opened, &mut pane), before);
    assert_eq!((opened.title(&pane), pane.is_searching()), (title, false));

    // Who followed does so again, and sees what has come since.
    go(&opened, &mut pane, Scroll::Bottom);
    pane.begin_search();
    pane.search("line 2");
    screen(&opened, &mut pane);
    pane.abandon_search();
    assert_eq!(screen(&opened, &mut pane), lines(995..1000));
    assert_eq!(opened.title(&pane), " Logs ");
}

#[test]
fn marks_are_gone_through_in_order() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    pane.mark();
    go(&opened, &mut pane, Scroll::Up(300));
    pane.mark();
    let rows = opened.screen(&mut pane, WIDTH, HEIGHT);
    assert_eq!(rows.iter().filter(|row| row.starts_with('▌')).count(), 1);
    for expected in ["line 999", "line 699", "line 999"] {
        pane.next_mark();
        screen(&opened, &mut pane);
        assert_eq!(opened.current(&pane), expected);
    }
    pane.mark();
    pane.next_mark();
    pane.next_mark();
    screen(&opened, &mut pane);
    assert_eq!(opened.current(&pane), "line 699");
}

#[test]
fn a_jump_shows_its_moment_in_the_middle_and_goes_back() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    assert!(!pane.can_go_back());
    pane.jump_to(Duration::from_millis(45));
    assert!(pane.can_go_back());
    assert_eq!(screen(&opened, &mut pane), lines(498..503));
    assert_eq!(opened.current(&pane), "line 500");
    pane.jump_to(Duration::from_secs(9));
    screen(&opened, &mut pane);
    assert_eq!(opened.current(&pane), "line 999");
    pane.jump_back();
    screen(&opened, &mut pane);
    assert_eq!(opened.current(&pane), "line 500");
    pane.jump_back();
    assert!(!pane.can_go_back());
    screen(&opened, &mut pane);
    assert_eq!(opened.title(&pane), " Logs ");
}

/// The moment may be beyond what the thread has read so far, and a match beyond what it has counted.
#[test]
fn moves_wait_for_what_is_not_known_yet() {
    let run = thousand();
    let mut indexed = Indexed::new(&run, &["n1", "n2"]);
    let mut pane = LogPane::default();
    let resolve = |pane: &mut LogPane, indexed: &Indexed| {
        let mut index = indexed.index.lock().unwrap();
        index.ask(pane.filter.as_ref(), pane.search.as_ref());
        let mut view = View::new(&index, None, None);
        pane.resolve(&mut view, &Room { height: usize::from(HEIGHT), rows_of: &|_| 1 });
        let cursor = pane.current(&mut view)?;
        Some(view.nearest(cursor)?.raw.text())
    };
    pane.jump_to(Duration::from_millis(90));
    assert_eq!(resolve(&mut pane, &indexed), None);
    assert_eq!(pane.moves.len(), 1);
    indexed.pass(true);
    let index = indexed.index.get_mut().unwrap();
    (index.settled, index.told) = (true, true);
    assert_eq!(resolve(&mut pane, &indexed).unwrap(), "line 900");

    pane.search("line .50");
    assert_eq!(resolve(&mut pane, &indexed).unwrap(), "line 900");
    assert_eq!(pane.moves.len(), 1);
    indexed.count();
    assert_eq!(resolve(&mut pane, &indexed).unwrap(), "line 950");

    // A reader who goes elsewhere no longer waits.
    pane.search("line .51");
    pane.scroll(Scroll::Up(10));
    assert_eq!(resolve(&mut pane, &indexed).unwrap(), "line 940");
    assert!(pane.moves.is_empty());

    // With a filter, the first line at a moment is known when all before it are counted.
    pane.clear_search();
    pane.filter_text("5$");
    pane.jump_to(Duration::from_millis(20));
    resolve(&mut pane, &indexed);
    assert_eq!(pane.moves.len(), 1);
    indexed.count();
    assert_eq!(resolve(&mut pane, &indexed).unwrap(), "line 205");
}

#[test]
fn another_store_begins_at_its_end() {
    let opened = thousand().read();
    let mut pane = LogPane::default();
    screen(&opened, &mut pane);
    pane.next_node();
    pane.filter_text("line");
    pane.toggle_columns();
    pane.mark();
    go(&opened, &mut pane, Scroll::Top);
    pane.reset();
    pane.next_mark();
    assert_eq!(screen(&opened, &mut pane)[4], "line 999");
    assert_eq!(opened.title(&pane), " Logs  only line ");
    assert!(pane.columns);
}
