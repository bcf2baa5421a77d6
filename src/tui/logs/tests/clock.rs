//! Requests and faults on the one clock; going to a moment; wrapping; the place in a file.

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::style::Color;

use super::{LogPane, Run, append, numbered, operation};
use crate::cluster::log_path;
use crate::facts::{Event, Failure, Finding, NodeEventKind, Verdict};
use crate::report::records::events_path;
use crate::tui::dump;
use crate::tui::scroll::Scroll;
use crate::tui::theme::{Look, Theme};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn failed(finding: Finding) -> Event {
    let failure = Failure {
        requirement: String::new(),
        proves: String::new(),
        step: None,
        what: finding.into(),
        hints: Vec::new(),
        commands: BTreeMap::new(),
    };
    Event::TestEnded {
        stage: "stage".into(),
        test: "A deleted key stays deleted".into(),
        verdict: Verdict::Failed(Box::new(failure)),
        took: ms(500),
    }
}

/// Three nodes, a kill, a poll, and a wrong answer at 0.330.
fn failure() -> Run {
    let run = Run::new();
    let names = ["n1", "n2", "n3"];
    run.event(0, Event::TestStarted { stage: "stage".into(), test: "A deleted key stays deleted".into() });
    for (node, at) in names.iter().zip(10..) {
        run.node(at, node, NodeEventKind::Started { pid: 1, port: 24011 });
    }
    for (node, at) in names.iter().zip(40..) {
        run.print_at(node, at, format!("listening on 2401{at}\n"));
        run.node(at + 1, node, NodeEventKind::Ready { after: ms(at - 10) });
    }
    run.event(50, Event::StepStarted { text: "delete".into() });
    run.request(60, "n1", "/kv/mq21", 204);
    run.print_at("n1", 62, "deleted mq21\n");
    run.event(
        70,
        Event::Says {
            node: "n2".into(),
            text: "leader, term 3".into(),
            role: "leader".into(),
            term: None,
            leads: true,
            group: String::new(),
            members: Vec::new(),
        },
    );
    run.node(80, "n1", NodeEventKind::Killed);
    run.event(90, Event::StepStarted { text: "wait".into() });
    for at in 0..5 {
        run.request(100 + at * 40, "n2", "/kv/mq21", 503);
    }
    run.print_at(
        "n2",
        320,
        "elected by n3, and this line goes on for much longer than any pane of eighty columns is wide\n",
    );
    run.request(330, "n2", "/kv/mq21", 200);
    run.print_at("n3", 340, numbered(20));
    let operation = operation(330, "n2", "/kv/mq21", 200);
    run.event(500, failed(Finding::Answer { operation: Box::new(operation), mismatches: Vec::new() }));
    run
}

#[test]
fn requests_and_faults_stand_among_what_nodes_print() {
    let opened = failure().read();
    opened.lines(33);
    let ascii = Theme { ascii: true, ..Theme::NONE };
    let mut all = String::new();
    for (width, theme) in [(80, Theme::DARK), (200, Theme::DARK), (80, ascii)] {
        for columns in [false, true] {
            let mut pane = LogPane::default();
            if columns {
                pane.toggle_columns();
            }
            pane.scroll(Scroll::Top);
            opened.draw(&mut pane, width, 17, &theme);
            let buffer = opened.draw(&mut pane, width, 17, &theme);
            all.push_str(&format!("── {width}, columns: {columns}\n{}\n", dump::text(&buffer)));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_wrong_answer_is_red_and_without_colour_it_has_its_sign() {
    let opened = failure().read();
    opened.lines(33);
    let mut pane = LogPane::default();
    pane.jump_to(ms(330));
    opened.draw(&mut pane, 80, 9, &Theme::DARK);
    // Not under the cursor, which is in one colour.
    pane.scroll(Scroll::Up(1));
    let buffer = opened.draw(&mut pane, 80, 9, &Theme::DARK);
    assert_eq!(buffer[(0, 4)].symbol(), "✗");
    assert_eq!(Some(buffer[(16, 4)].fg), Theme::DARK.style(Look::Bad).fg);
    let plain = Theme::NONE;
    let buffer = opened.draw(&mut pane, 80, 9, &plain);
    assert_eq!(buffer[(0, 4)].symbol(), "✗");
    assert!(buffer.content().iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
}

/// From its own moment, and from the end of the test, which is all that some cards know.
#[test]
fn a_jump_shows_the_wrong_answer_whatever_is_filtered_wrapped_or_in_columns() {
    let opened = failure().read();
    opened.lines(33);
    type Change = fn(&mut LogPane);
    let changes: [Change; 6] = [
        |_| {},
        |pane| pane.filter_text("no such line"),
        |pane| pane.toggle_wrap(),
        |pane| pane.toggle_columns(),
        |pane| {
            pane.next_node();
            pane.filter_text("listening");
        },
        // The columns are those of n2 and n3.
        |pane| {
            pane.toggle_columns();
            pane.first_column = 1;
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        for at in [330, 500] {
            let mut pane = LogPane::default();
            opened.screen(&mut pane, 80, 9);
            change(&mut pane);
            opened.settle(&mut pane, 80, 9);
            pane.jump_to(ms(at));
            let screen = opened.settle(&mut pane, 80, 9);
            let row = screen.iter().position(|row| row.starts_with('✗') && row.contains("GET /kv/mq21  200"));
            let row = row.unwrap_or_else(|| panic!("{number}: {screen:#?}"));
            // In the middle, unless what is shown ends before that.
            let ends_there = pane.is_filtering() || pane.columns;
            assert!(ends_there || (3..=5).contains(&row), "{number}: {screen:#?}");
            assert_eq!(opened.current(&pane), "GET /kv/mq21  200");
        }
    }
}

#[test]
fn a_jump_to_another_moment_marks_the_request_or_the_next_line() {
    let opened = failure().read();
    opened.lines(33);
    let mut pane = LogPane::default();
    pane.jump_to(Duration::from_nanos(60_000_400));
    assert!(opened.screen(&mut pane, 60, 9).contains(&"▸  +0.060  n1 → GET /kv/mq21  204".to_owned()));
    pane.jump_to(ms(310));
    let screen = opened.screen(&mut pane, 60, 9);
    let marked = screen.iter().find(|row| row.starts_with('▸')).unwrap();
    assert!(marked.contains("+0.320  n2 ▏ elected by n3"), "{marked}");
}

#[test]
fn a_request_that_comes_while_the_run_goes_on_appears() {
    let run = Run::new();
    run.print_at("n1", 10, "listening\n");
    run.event(1, Event::StepStarted { text: "get".into() });
    let opened = run.open(true);
    opened.lines(1);
    run.request(20, "n1", "/kv/a", 503);
    opened.lines(2);
    assert_eq!(opened.screen(&mut LogPane::default(), 60, 2)[1], "   +0.020  n1 → GET /kv/a  503");
    // Half an event is none yet.
    let line = std::fs::read(events_path(run.path())).unwrap();
    let line = line.split_inclusive(|byte| *byte == b'\n').next_back().unwrap().to_owned();
    append(&events_path(run.path()), &line[..40]);
    append(&events_path(run.path()), &line[40..]);
    opened.until(|index| index.own.iter().any(|own| own.times == 2));
    assert_eq!(
        opened.screen(&mut LogPane::default(), 60, 2)[1],
        "   +0.020  n1 → GET /kv/a  503  ×2, the last at +0.020"
    );
}

#[test]
fn a_filter_and_a_search_find_requests_and_faults() {
    let opened = failure().read();
    opened.lines(33);
    let mut pane = LogPane::default();
    pane.filter_text("mq21|KILL");
    assert_eq!(
        opened.settle(&mut pane, 60, 9)[..5],
        [
            "   +0.060  n1 → GET /kv/mq21  204",
            "   +0.062  n1 ▏ deleted mq21",
            "   +0.080  ──── KILL n1 ────────────────────────────────────",
            "   +0.100  n2 → GET /kv/mq21  503  ×5, the last at +0.260",
            "✗  +0.330  n2 → GET /kv/mq21  200",
        ]
    );
    pane.next_node();
    assert_eq!(opened.settle(&mut pane, 60, 9).iter().filter(|row| !row.is_empty()).count(), 3, "of n1");
}

#[test]
fn columns_that_do_not_fit_are_reached_sideways() {
    let opened = failure().read();
    opened.lines(33);
    let mut pane = LogPane::default();
    opened.screen(&mut pane, 80, 4);
    pane.toggle_columns();
    let heads =
        |pane: &mut LogPane| opened.screen(pane, 80, 4)[0].split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(heads(&mut pane), ["n1", "n2"]);
    assert_eq!(opened.title(&pane), " Logs  n1, n2 of 3 ");
    pane.right();
    pane.right();
    assert_eq!(heads(&mut pane), ["n2", "n3"]);
    pane.left();
    assert_eq!(heads(&mut pane), ["n1", "n2"]);
}

#[test]
fn long_lines_wrap_and_the_times_stay_clear() {
    let run = Run::new();
    run.print_at("n1", 1, format!("first\n{}\nlast\n", "0123456789".repeat(5)));
    let opened = run.read();
    let mut pane = LogPane::default();
    pane.toggle_wrap();
    let wrapped = [
        "   +0.001  n1 ▏ first",
        "   +0.001  n1 ▏ 01234567890123456789",
        "              ▏ 01234567890123456789",
        "              ▏ 0123456789",
        "   +0.001  n1 ▏ last",
    ];
    assert_eq!(opened.screen(&mut pane, 36, 5), wrapped);
    // Following, the end is shown, and of the line at the edge what has room.
    assert_eq!(opened.screen(&mut pane, 36, 3), wrapped[2..]);
    // The cursor goes from line to line.
    pane.scroll(Scroll::Up(1));
    assert_eq!(opened.screen(&mut pane, 36, 4), wrapped[1..]);
    assert_eq!(opened.current(&pane), "0123456789".repeat(5));
    pane.scroll(Scroll::Up(1));
    assert_eq!(opened.screen(&mut pane, 36, 4), wrapped[..4]);
    pane.scroll(Scroll::PageDown);
    assert_eq!(opened.screen(&mut pane, 36, 4), wrapped[1..]);
    // A line that is taller than the pane fills it.
    assert_eq!(
        opened.screen(&mut pane, 20, 4),
        ["   +0.001  n1 ▏ 0123", "              ▏ 4567", "              ▏ 8901", "              ▏ 234…"]
    );
}

#[test]
fn wrapping_measures_no_more_than_the_window() {
    use std::cell::Cell;

    use super::super::moves::Room;
    use super::super::view::View;

    let run = Run::new();
    run.print_at("n1", 1, numbered(5000));
    let opened = run.read();
    let index = opened.store.index();
    let mut pane = LogPane::default();
    let mut view = View::new(&index, None, None);
    let measured = Cell::new(0);
    let rows_of = |_: &_| {
        measured.set(measured.get() + 1);
        2
    };
    let room = Room { height: 20, rows_of: &rows_of };
    let placed = pane.window(&mut view, &room);
    assert_eq!(placed.iter().map(|placed| placed.rows - placed.hidden).sum::<usize>(), 20);
    pane.scroll(Scroll::Up(1));
    pane.resolve(&mut view, &room);
    pane.window(&mut view, &room);
    assert!(measured.get() <= 60, "{}", measured.get());
}

#[test]
fn the_line_under_the_cursor_is_found_in_its_file() {
    let run = failure();
    append(&log_path(run.path(), "n1"), b"--- lsfr: START\n");
    let opened = run.read();
    opened.lines(33);
    let mut pane = LogPane::default();
    opened.screen(&mut pane, 80, 9);
    let source = |pane: &LogPane| {
        let source = pane.source_at_cursor(&opened.store).unwrap();
        (source.file.file_name().unwrap().to_str().unwrap().to_owned(), source.line)
    };
    // The end of the failed test: what was printed last.
    assert_eq!(source(&pane), ("n3.log".to_owned(), 2));
    pane.scroll(Scroll::Up(1));
    opened.screen(&mut pane, 80, 9);
    assert_eq!(source(&pane), ("n3.log".to_owned(), 21));
    pane.jump_to(ms(100));
    opened.screen(&mut pane, 80, 9);
    assert_eq!(source(&pane), ("n2.log".to_owned(), 2));
}
