//! Going to the line that a failure quotes.

use super::*;

const HEIGHT: u16 = 8;

fn quoted(log: &str, text: &str) -> Quoted {
    Quoted { log: log.into(), text: text.into() }
}

/// A build that prints much, an error near its beginning, and the same words again later.
fn build(run: &Run) {
    for line in 0..40 {
        let text = if line % 20 == 9 { "\u{1b}[1mmain.c:9:12: error: no\u{1b}[0m" } else { "noise" };
        run.print_at("build", 10 + line, format!("{text}\n"));
    }
}

#[test]
fn the_first_line_with_that_text_is_near_the_upper_edge_and_marked() {
    let run = Run::new();
    build(&run);
    run.print_at("n1", 5, "main.c:9:12: error: no\n");
    let opened = run.read();
    let mut pane = LogPane::default();
    pane.jump_to_line(quoted("build", "\u{1b}[1mmain.c:9:12: error: no\u{1b}[0m"));
    let screen = opened.screen(&mut pane, 60, HEIGHT);
    assert!(screen[2].contains("▸") && screen[2].contains("+0.019") && screen[2].contains("error: no"), "{screen:?}");
    assert_eq!(opened.title_of(&pane, 80, false), " Logs  f goes to the end ");
    assert_eq!(opened.title_of(&pane, 80, true), " Logs  paused at the moment: f follows ");
    assert_eq!(opened.title_of(&pane, 26, true), " Logs  paused: f follows ");
    assert_eq!(opened.title_of(&pane, 16, true), " Logs  paused ");
    assert!(pane.can_go_back());
}

#[test]
fn a_line_that_has_not_been_read_is_waited_for() {
    let run = Run::new();
    run.print_at("build", 1, "noise\n");
    let opened = run.open(true);
    opened.lines(1);
    let mut pane = LogPane::default();
    pane.jump_to_line(quoted("build", "main.c:9:12: error: no"));
    assert!(!opened.screen(&mut pane, 60, HEIGHT).concat().contains("▸"));
    build(&run);
    opened.lines(41);
    assert!(opened.screen(&mut pane, 60, HEIGHT)[2].contains("▸"));
}

#[test]
fn whoever_goes_elsewhere_is_not_called_back() {
    let run = Run::new();
    build(&run);
    let opened = run.read();
    let mut pane = LogPane::default();
    pane.jump_to_line(quoted("build", "never printed"));
    opened.screen(&mut pane, 60, HEIGHT);
    pane.scroll(crate::tui::scroll::Scroll::Top);
    let top = opened.screen(&mut pane, 60, HEIGHT);
    assert!(top[0].contains("+0.010"), "{top:?}");
    assert_eq!(opened.screen(&mut pane, 60, HEIGHT), top);
}
