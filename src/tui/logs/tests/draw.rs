//! What is in which cell.

use std::time::Duration;

use ratatui::style::{Color, Modifier};

use super::{LogPane, Run, draw, numbered, text};
use crate::facts::NodeEventKind;
use crate::tui::scroll::Scroll;
use crate::tui::theme::Theme;

#[test]
fn nodes_are_interleaved_or_side_by_side() {
    let run = Run::new();
    run.print_at("n2", 31, "listening\n");
    run.print_at("n1", 40, "a very long line that does not fit into its column\n");
    run.request(90, "n2", "/kv/a", 200);
    run.node(94, "n1", NodeEventKind::Killed);
    run.print_at("n2", 1131, "last\n");
    let opened = run.open(false);
    opened.lines(5);
    let mut pane = LogPane::default();
    assert_eq!(
        opened.screen(&mut pane, 44, 5),
        [
            "   +0.031  n2 ▏ listening",
            "   +0.040  n1 ▏ a very long line that does …",
            "   +0.090  n2 → GET /kv/a  200",
            "   +0.094  ──── KILL n1 ────────────────────",
            "   +1.131  n2 ▏ last",
        ]
    );
    pane.toggle_columns();
    assert_eq!(
        opened.screen(&mut pane, 72, 6),
        [
            "             n1                            n2",
            "   +0.031                                ▏ listening",
            "   +0.040  ▏ a very long line that does…",
            "   +0.090                                → GET /kv/a  200",
            "   +0.094  ──── KILL n1 ────────────────────────────────────────────────",
            "   +1.131                                ▏ last",
        ]
    );
    // Too narrow for two columns.
    assert!(pane.can_show_columns(71) && !pane.can_show_columns(70));
    assert_eq!(opened.screen(&mut pane, 70, 5)[4], "   +1.131  n2 ▏ last");
    pane.next_node();
    pane.next_node();
    assert_eq!(opened.screen(&mut pane, 40, 4)[3], "   +1.131  ▏ last");
}

#[test]
fn a_program_colours_its_text_and_nothing_else() {
    let run = Run::new();
    run.print_at("n1", 1, b"\x1b[31mred\x1b[0m \x1b[8mhid\x1b[2J\x1b]0;title\x07\0\tx\n\x1b[42mopen\nplain \xff\n");
    let opened = run.read();
    let mut pane = LogPane::default();
    let buffer = opened.draw(&mut pane, 50, 3, &Theme::DARK);
    let rows = text(&buffer);
    assert_eq!(&rows[0], "   +0.001  n1 ▏ red hid␀        x");
    assert_eq!(&rows[2], "   +0.001  n1 ▏ plain �");
    assert_eq!(buffer[(16, 0)].fg, Color::Red);
    assert_eq!(buffer[(19, 0)].fg, Color::Reset);
    assert_eq!(buffer[(20, 0)].modifier, Modifier::empty());
    assert_eq!(buffer[(16, 1)].bg, Color::Green);
    // Colours end with their line, and the cursor covers the whole of its own line.
    assert_eq!(buffer[(20, 1)].bg, Color::Reset);
    assert_eq!(buffer[(16, 2)].bg, Color::Reset);
    assert!((0..50).all(|x| buffer[(x, 2)].modifier.contains(Modifier::REVERSED)));

    let plain = opened.draw(&mut pane, 50, 3, &Theme::NONE);
    assert_eq!(text(&plain), rows);
    assert!(plain.content().iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
}

#[test]
fn a_reset_does_not_undo_the_cursor() {
    let run = Run::new();
    run.print_at("n1", 1, "a\x1b[0mbc\n");
    let opened = run.read();
    let buffer = opened.draw(&mut LogPane::default(), 20, 1, &Theme::DARK);
    assert!((0..20).all(|x| buffer[(x, 0)].modifier.contains(Modifier::REVERSED)));
}

#[test]
fn matches_stand_out_and_the_current_one_more() {
    let run = Run::new();
    run.print_at("n1", 1, "put 世 put\nget\nput\n");
    let opened = run.read();
    for theme in [Theme::DARK, Theme::NONE] {
        let mut pane = LogPane::default();
        opened.settle(&mut pane, 30, 3);
        pane.search("put");
        opened.settle(&mut pane, 30, 3);
        let buffer = opened.draw(&mut pane, 30, 3, &theme);
        let style = |x: u16, y: u16| (buffer[(x, y)].fg, buffer[(x, y)].bg, buffer[(x, y)].modifier);
        assert_eq!(style(16, 0), style(25, 0));
        assert_ne!(style(16, 0), style(19, 0));
        assert_eq!(style(16, 1), style(19, 1));
        assert_ne!(style(16, 2), style(16, 0));
        assert_ne!(style(16, 2), style(20, 2));
    }
}

#[test]
fn wide_characters_are_cut_by_columns() {
    let run = Run::new();
    run.print_at("n1", 1, format!("世界abcdef{}\n", "界".repeat(4)));
    let opened = run.read();
    let mut pane = LogPane::default();
    assert_eq!(opened.screen(&mut pane, 19, 1), ["   +0.001  n1 ▏ 世…"]);
    pane.right();
    assert_eq!(opened.screen(&mut pane, 30, 1), ["   +0.001  n1 ▏ ef界界界界"]);
    pane.right();
    assert_eq!(opened.screen(&mut pane, 30, 1), ["   +0.001  n1 ▏ 界"]);
    // Something stays visible.
    pane.right();
    assert_eq!(opened.screen(&mut pane, 30, 1), ["   +0.001  n1 ▏ 界"]);
    pane.left();
    pane.left();
    assert_eq!(opened.screen(&mut pane, 30, 1)[0], "   +0.001  n1 ▏ 世界abcdef界 …");
}

#[test]
fn without_lines_it_says_why() {
    let mut pane = LogPane::default();
    let rows = text(&draw(None, &mut pane, 40, 3, &Theme::DARK));
    assert_eq!(rows, [" Nothing has run yet. Your program's", " output and lsfr's requests appear", " here."]);
    let opened = Run::new().read();
    assert_eq!(opened.screen(&mut pane, 60, 1), [" This run has printed nothing so far."]);
    pane.scroll(Scroll::Up(1));
    pane.search("x");
    pane.mark();
    pane.next_mark();
    pane.jump_to(Duration::ZERO);
    assert_eq!(opened.settle(&mut pane, 60, 1), [" This run has printed nothing so far."]);
    assert_eq!(pane.current_text(&opened.store), None);
}

#[test]
fn no_area_is_too_small() {
    let run = Run::new();
    run.print_at("n1", 1, numbered(30));
    let opened = run.read();
    let mut pane = LogPane::default();
    for (width, height) in [(0, 0), (0, 3), (1, 1), (5, 2), (11, 1), (14, 2), (17, 1), (3, 40)] {
        pane.toggle_columns();
        for scroll in [Scroll::Up(3), Scroll::PageDown, Scroll::HalfUp, Scroll::Top, Scroll::Bottom] {
            pane.scroll(scroll);
            assert_eq!(opened.screen(&mut pane, width, height).len(), usize::from(height));
            let title = opened.title_of(&pane, width.into(), true);
            assert!(crate::text::width(&title) <= usize::from(width));
        }
    }
}
