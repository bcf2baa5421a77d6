//! The card as a reader sees it in panes of several sizes.

use std::time::Duration;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::facts::*;
use crate::facts::{ExitStatus, Expected, Mismatch};
use crate::report::card::{LogOf, Said, SaidLine};
use crate::report::collect::cards;
use crate::report::describe::English;
use crate::tui::dump;

const FOLDER: &str = ".lsfr/runs/20261123-120301-crash-recovery";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn operation(at: u64, method: &str, status: u16, body: &str) -> Operation {
    Operation {
        id: Some(OperationId(at)),
        node: "n1".into(),
        address: "127.0.0.1:24011".into(),
        method: method.into(),
        path: "/kv/wal:gone".into(),
        headers: vec![],
        body: (method == "PUT").then(|| Excerpt::new(b"temporary")),
        hops: Vec::new(),
        called: ms(at),
        took: ms(1),
        result: Answered::Answer(Answer {
            status,
            headers: vec![],
            body: Excerpt::new(body.as_bytes()),
            unsettled: false,
        }),
    }
}

fn mismatch(path: &str, expected: serde_json::Value, actual: serde_json::Value) -> Mismatch {
    Mismatch { path: path.into(), expected: Expected::Value(expected), actual: Some(actual), source: None }
}

/// A wrong body after a crash that nothing had asked for, with logs and three hints.
fn card() -> Card {
    let expected = "the value that was written before the crash, all of it";
    let actual = "the value that was written before the crash, al";
    let get = operation(85, "GET", 200, actual);
    let node = |what| Event::Node { node: "n1".into(), what };
    let failure = Failure {
        requirement: "Recovery".into(),
        proves: "recovery".into(),
        step: None,
        what: What::NotInTime {
            within: ms(3000),
            attempts: 7,
            starved: false,
            last: Box::new(What::Found(Finding::Answer {
                operation: Box::new(get.clone()),
                mismatches: vec![mismatch("body", json!(expected), json!(actual))],
            })),
            seen: vec![
                Seen { at: ms(0), what: "503".into(), times: 4 },
                Seen { at: ms(400), what: "200".into(), times: 3 },
            ],
        },
        hints: vec![
            "A record that is cut short must not be taken for a whole one.".into(),
            "Write the length and a checksum before each record.".into(),
            "On start, stop at the first record whose checksum does not fit, and cut the log there.".into(),
        ],
        commands: BTreeMap::from([(
            "n1".to_owned(),
            vec![
                "./run.sh".to_owned(),
                "--port=24011".to_owned(),
                format!("--working-dir=/home/ada/kv/{FOLDER}/data/n1"),
            ],
        )]),
    };
    let events = vec![
        (
            0,
            Event::RunStarted(RunStarted {
                version: "0.1.0".into(),
                challenge: "kv-store".into(),
                stages: vec!["crash-recovery".into()],
                seed: 8123,
                folder: FOLDER.into(),
                time: "2026-11-23T12:03:01+01:00".into(),
                faults: None,
            }),
        ),
        (42, Event::Operation(operation(41, "PUT", 200, ""))),
        (50, node(NodeEventKind::Exited { status: ExitStatus::Code(101) })),
        (83, node(NodeEventKind::Ready { after: ms(31) })),
        (86, Event::Operation(get)),
        (
            3090,
            Event::TestEnded {
                stage: "crash-recovery".into(),
                test: "Values survive kill -9 whole".into(),
                verdict: Verdict::Failed(Box::new(failure)),
                took: ms(3050),
            },
        ),
    ];
    let mut logs = |log: LogOf, _, _| match log.node {
        "n1" => vec![
            (ms(49), "thread 'main' panicked at src/log.rs:41:9: a record of 54 bytes ends after 47".to_owned()),
            (ms(71), "replayed 1 record → 世界".to_owned()),
        ],
        _ => Vec::new(),
    };
    let events: Vec<Stamped> = events.into_iter().map(|(at, event)| Stamped { at: ms(at), event }).collect();
    cards(&events, &English, &mut logs).into_iter().next().unwrap()
}

fn draw(pane: &mut CardPane, theme: &Theme, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    let mut buf = Buffer::filled(area, ratatui::buffer::Cell::new("#"));
    pane.render(theme, Notes { ask: "h".to_owned(), ..Notes::default() }, area, &mut buf);
    buf
}

fn shown(pane: &mut CardPane, columns: u16, rows: u16) -> String {
    dump::text(&draw(pane, &Theme::DARK, columns, rows))
}

#[test]
fn narrow() {
    insta::assert_snapshot!(shown(&mut CardPane::new(card()), 38, 70));
}

#[test]
fn middle() {
    insta::assert_snapshot!(shown(&mut CardPane::new(card()), 60, 50));
}

#[test]
fn usual() {
    let mut pane = CardPane::new(card());
    pane.set_hints_given(2);
    insta::assert_snapshot!(shown(&mut pane, 80, 44));
}

#[test]
fn wide() {
    insta::assert_snapshot!(shown(&mut CardPane::new(card()), 100, 40));
}

#[test]
fn two_columns() {
    let mut pane = CardPane::new(card());
    pane.set_hints_given(3);
    insta::assert_snapshot!(shown(&mut pane, 200, 30));
}

#[test]
fn styles_in_ascii_and_without_colour() {
    insta::assert_snapshot!("styles", dump::styles(&draw(&mut CardPane::new(card()), &Theme::DARK, 80, 44)));
    let bare = Theme { ascii: true, ..Theme::NONE };
    insta::assert_snapshot!("bare", dump::styles(&draw(&mut CardPane::new(card()), &bare, 80, 44)));
}

#[test]
fn what_is_wrapped_is_copied_whole() {
    let mut pane = CardPane::new(card());
    shown(&mut pane, 38, 10);
    assert_eq!(pane.curl(), Some("curl -i http://127.0.0.1:24011/kv/wal:gone"));
    assert_eq!(pane.card().again, "lsfr test crash-recovery --only \"Values survive kill -9 whole\" --seed 8123");
    assert!(pane.text().contains(&pane.card().again));
    assert!(
        pane.text()
            .contains("./run.sh --port=24011 --working-dir=.lsfr/runs/20261123-120301-crash-recovery/data/n1\n")
    );
    assert!(!pane.text().contains('\u{1b}'));
    assert_eq!(pane.card().moment(), ms(85));
}

#[test]
fn the_moment_of_a_failure_without_an_event_is_its_end() {
    let mut card = card();
    card.led_here.clear();
    assert_eq!(CardPane::new(card).card().moment(), ms(3090));
}

#[test]
fn each_hint_that_is_given_comes_into_view() {
    let mut pane = CardPane::new(card());
    assert!(!shown(&mut pane, 80, 12).contains("Hint 1"));
    assert_eq!(pane.status(), "top");
    for (given, text) in [(1, "cut short"), (2, "checksum before"), (3, "cut the log there")] {
        pane.set_hints_given(given);
        pane.show_hints();
        let text_shown = shown(&mut pane, 80, 12);
        assert!(text_shown.contains(text), "{text_shown}");
        assert_eq!(text_shown.contains("h: the next one"), given < 3);
        pane.scroll(Scroll::Top);
    }
    assert!(shown(&mut pane, 80, 12).contains("Values survive"));
    pane.scroll(Scroll::Bottom);
    assert_eq!(pane.status(), "end");
    assert!(shown(&mut pane, 80, 12).contains("Records"));
    shown(&mut pane, 80, 100);
    assert_eq!(pane.status(), "all");
}

#[test]
fn no_hint_yet_says_how_to_get_one_and_no_hints_say_nothing() {
    let mut pane = CardPane::new(card());
    pane.set_hints_given(0);
    assert!(shown(&mut pane, 80, 50).contains("Hint    h: the first one"));
    let mut without = card();
    without.hints.clear();
    assert!(!shown(&mut CardPane::new(without), 80, 50).contains("Hint"));
}

#[test]
fn nothing_of_what_was_below_shows_through() {
    assert!(!shown(&mut CardPane::new(card()), 80, 60).contains('#'));
}

#[test]
fn a_long_log_line_and_a_long_name_wrap() {
    let mut card = card();
    card.test = "Values of every length survive a kill that comes while they are written".into();
    card.said = vec![Said {
        node: "n1".into(),
        lines: vec![SaidLine { left_out: 0, at: None, text: "word ".repeat(30) }],
        earlier: 4,
        later: 0,
        from_error: false,
    }];
    let text = shown(&mut CardPane::new(card), 40, 90);
    assert!(!text.lines().any(|line| line.ends_with('…') && line.contains("Values of")), "{text}");
    assert!(text.contains("are written"));
    assert!(text.contains("… 4 earlier lines"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_size_panics_and_no_letter_is_lost(columns in 0u16..220, rows in 0u16..60, down in 0usize..90, last in 0u16..220) {
        let mut pane = CardPane::new(card());
        pane.set_hints_given(3);
        shown(&mut pane, columns, rows);
        pane.scroll(Scroll::Down(down));
        shown(&mut pane, last, rows);
        pane.show_hints();
        shown(&mut pane, columns, rows);
        pane.scroll(Scroll::Top);
        let columns = columns.max(60);
        let all = shown(&mut pane, columns, 90);
        let text = pane.text();
        for letter in ('a'..='z').chain('A'..='Z') {
            let count = |text: &str| text.chars().filter(|c| *c == letter).count();
            prop_assert!(count(&all) >= count(&text), "{} at {}", letter, columns);
        }
    }
}
