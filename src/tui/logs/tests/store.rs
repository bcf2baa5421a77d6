//! What the thread does with files that grow, shrink and appear.

use std::fs::{self, OpenOptions};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::{Indexed, LogPane, Run, numbered};
use crate::cluster::log_path;
use crate::facts::NodeEventKind;

#[test]
fn half_a_line_counts_when_it_is_whole_or_the_run_is_over() {
    let run = Run::new();
    run.print_at("n1", 1, "one\ntw");
    let opened = run.open(true);
    opened.lines(1);
    run.print_at("n1", 2, "o\nthr");
    opened.lines(2);
    run.print("n1", "ee");
    opened.store.ended();
    opened.store.ended();
    opened.lines(3);
    let screen = opened.screen(&mut LogPane::default(), 40, 3);
    // A line came when it began.
    assert_eq!(screen, ["   +0.001  n1 ▏ one", "   +0.001  n1 ▏ two", "   +0.002  n1 ▏ three"]);
}

#[test]
fn a_node_may_appear_later_and_late_samples_sort_in() {
    let run = Run::new();
    run.print_at("n1", 10, "a\n");
    run.print_at("n1", 30, "c\n");
    let opened = run.open(true);
    opened.lines(2);
    run.print_at("n2", 20, "b\n");
    run.node(25, "n1", NodeEventKind::Killed);
    opened.lines(4);
    let screen = opened.screen(&mut LogPane::default(), 40, 4);
    let texts: Vec<&str> = screen.iter().map(|row| &row[11..]).collect();
    assert_eq!(texts, ["n1 ▏ a", "n2 ▏ b", "──── KILL n1 ────────────────", "n1 ▏ c"]);
}

#[test]
fn the_thread_ends_with_its_store() {
    let run = Run::new();
    let opened = run.open(true);
    drop(opened.store);
    // The thread owned the other end.
    let end = loop {
        match opened.woken.recv_timeout(Duration::from_secs(20)) {
            Ok(()) => {}
            Err(end) => break end,
        }
    };
    assert_eq!(end, RecvTimeoutError::Disconnected);
}

#[test]
fn a_log_that_shrinks_or_vanishes_leaves_rows_without_text() {
    let run = Run::new();
    run.print_at("n1", 1, numbered(20));
    run.print_at("n2", 2, "x\n");
    let opened = run.open(true);
    opened.lines(21);
    OpenOptions::new().write(true).open(log_path(run.path(), "n1")).unwrap().set_len(7).unwrap();
    fs::remove_file(log_path(run.path(), "n2")).unwrap();
    let mut pane = LogPane::default();
    let screen = opened.screen(&mut pane, 50, 21);
    assert_eq!(screen[0], "   +0.001  n1 ▏ line 0");
    assert_eq!(screen[19], "   +0.001  n1 ▏ [no longer in the log]");
    pane.search("line");
    pane.filter_text("line");
    opened.store.ended();
    assert_eq!(opened.settle(&mut pane, 50, 4)[0], "   +0.001  n1 ▏ line 0");
}

#[test]
fn a_log_that_was_cut_is_read_again() {
    let run = Run::new();
    let cut = |micros| {
        OpenOptions::new().write(true).open(log_path(run.path(), "n1")).unwrap().set_len(8).unwrap();
        run.sample("n1", micros);
    };
    let expected = ["   +0.001  n1 ▏ one", "   +0.002  n1 ▏ two", "   +0.004  n1 ▏ four and more"];
    run.print_at("n1", 1, "one\n");
    run.print_at("n1", 2, "two\nthree\n");
    let (mut seen, opened) = (Indexed::new(&run, &["n1"]), run.open(true));
    seen.pass(false);
    opened.lines(3);
    cut(3000);
    // When it is looked at again, it is longer than it was.
    run.print_at("n1", 4, "--- lsfr: LIMIT\nfour and more\n");
    seen.pass(false);
    opened.until(|index| index.blocks.last().is_some_and(|block| block.at == 4000));
    assert_eq!(opened.screen(&mut LogPane::default(), 40, 3), expected);
    let stored = run.read();
    assert_eq!(stored.screen(&mut LogPane::default(), 40, 3), expected);
    assert_eq!(seen.index.get_mut().unwrap().blocks, stored.store.index().blocks);
    // And when it is seen while it is short.
    cut(4500);
    seen.pass(false);
    opened.lines(2);
    run.print_at("n1", 5, "five\n");
    seen.pass(true);
    opened.lines(3);
    let stored = run.read();
    assert_eq!(stored.screen(&mut LogPane::default(), 40, 3)[2], "   +0.005  n1 ▏ five");
    assert_eq!(seen.index.get_mut().unwrap().blocks, stored.store.index().blocks);
}

#[test]
fn a_huge_line_is_cut() {
    let run = Run::new();
    run.print_at("n1", 1, format!("{}end\nnext\n", "x".repeat(300_000)));
    let opened = run.read();
    let mut pane = LogPane::default();
    opened.screen(&mut pane, 40, 3);
    assert_eq!(opened.current(&pane), "next");
    pane.scroll(crate::tui::scroll::Scroll::Up(1));
    opened.screen(&mut pane, 40, 3);
    assert!(opened.current(&pane).ends_with("xx … [line cut, it has 300003 bytes]"));
    assert!(opened.current(&pane).len() < 17_000);
}
