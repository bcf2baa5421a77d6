//! Each screen in its states, at five sizes.

use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

use super::draw;
use crate::facts::{self as runner, ExitStatus, NodeEventKind, Outcome, Output, StageVerdict, Verdict};
use crate::report::card::Card;
use crate::report::collect::cards;
use crate::report::describe::English;
use crate::tui::app::Screen;
use crate::tui::dump;
use crate::tui::event::{Done, Event, RunNews};
use crate::tui::keymap::Keymap;
use crate::tui::logs::LogStore;
use crate::tui::picker::{Choice, Picker};
use crate::tui::results::StageResults;
use crate::tui::theme::ground::Ground;
use crate::tui::theme::{Depth, Theme};
use crate::tui::ui::Ui;
use crate::tui::update::tests::{Desk, failure};
use crate::watch::{How, WatchEvent};

const SIZES: [(u16, u16); 5] = [(20, 5), (60, 16), (80, 24), (120, 36), (200, 60)];

fn terminal(ui: &mut Ui, size: (u16, u16)) -> Terminal<TestBackend> {
    ui.app.size = size;
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| draw(frame, ui)).unwrap();
    terminal
}

/// The screen at all sizes, one below the other.
fn screens(ui: &mut Ui) -> String {
    let mut all = String::new();
    for size in SIZES {
        let text = dump::text(terminal(ui, size).backend().buffer());
        all.push_str(&format!("── {}x{}\n{text}\n", size.0, size.1));
    }
    all
}

fn watched() -> Desk {
    let mut desk = Desk::new();
    desk.event(Event::Watch(WatchEvent::Watching { files: 14, how: How::Events }));
    desk
}

#[test]
fn nothing_has_run_yet() {
    insta::assert_snapshot!(screens(&mut watched().ui));
}

#[test]
fn a_test_runs() {
    let mut desk = watched();
    desk.press("r").begun("first").test("first", "works", Verdict::Passed);
    desk.told(runner::Event::TestStarted { stage: "first".into(), test: "first lasts".into() });
    desk.told(runner::Event::StepStarted { text: "GET /kv/a-key-with-a-name from n1".into() });
    desk.now += Duration::from_secs(72);
    desk.event(Event::Clock(desk.now));
    insta::assert_snapshot!(screens(&mut desk.ui));
}

#[test]
fn it_is_being_built_elsewhere_and_ended() {
    let mut desk = watched();
    desk.press("3").press("r").told(runner::Event::BuildStarted { command: "cargo build --release".into() });
    let building = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.begun("first").press("]");
    let elsewhere = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.press("x");
    let ending = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    insta::assert_snapshot!([building, elsewhere, ending].join("\n──\n"));
}

#[test]
fn a_test_has_failed() {
    insta::assert_snapshot!(screens(&mut watched().press("r").failed("first").ui));
}

#[test]
fn a_failure_stands_beside_the_tests() {
    let mut desk = watched();
    desk.press("r").violated("first").press("3");
    let at = |desk: &mut Desk, size| dump::text(terminal(&mut desk.ui, size).backend().buffer());
    let (usual, wide) = (at(&mut desk, (160, 45)), at(&mut desk, (200, 60)));
    // The next run has not come to it.
    desk.press("r").begun("first").news(RunNews::Prepared { folder: "/p/.lsfr/runs/y".into() });
    let old = at(&mut desk, (160, 24));
    insta::assert_snapshot!([usual, wide, old].join("\n──\n"));
}

#[test]
fn the_failure_is_open() {
    insta::assert_snapshot!(screens(&mut watched().press("r").failed("first").press("enter").ui));
}

#[test]
fn a_stage_is_passed() {
    insta::assert_snapshot!(screens(&mut watched().press("r").passed("first").ui));
}

#[test]
fn some_tests_could_not_be_run_or_judged() {
    let mut desk = watched();
    let reason = "the machine was too busy: others used 81 % of it".to_owned();
    let Verdict::Failed(failed) = failure() else { unreachable!() };
    desk.press("3").press("r").begun("first");
    desk.test("first", "works", Verdict::NotJudged { reason, failure: failed });
    desk.test("first", "lasts", Verdict::NotRun { reason: "the program could not be started".into() });
    desk.news(RunNews::Ended(Ok(Outcome::NotJudged)));
    insta::assert_snapshot!(dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer()));
}

const NODES: [&str; 5] = ["n1", "n2", "n3", "n4", "n5"];

/// A cluster of five, in a test that goes on, five seconds after the run began.
fn clustered() -> Desk {
    let mut desk = watched();
    desk.press("r").begun("first").told(runner::Event::TestStarted {
        stage: "first".into(),
        test: "A leader stays while nothing fails".into(),
    });
    desk.nodes(&NODES).press("c");
    desk
}

fn both_ways<'n>(one: &[&'n str], other: &[&'n str]) -> Vec<(&'n str, &'n str)> {
    one.iter().flat_map(|one| other.iter().flat_map(move |other| [(*one, *other), (*other, *one)])).collect()
}

fn later(desk: &mut Desk) -> &mut Ui {
    desk.now += Duration::from_secs(5);
    desk.event(Event::Clock(desk.now));
    &mut desk.ui
}

#[test]
fn a_cluster_is_whole() {
    insta::assert_snapshot!(screens(later(&mut clustered())));
}

#[test]
fn a_cluster_is_parted_and_nodes_are_down() {
    let mut desk = clustered();
    desk.links(
        1500,
        runner::Verb::Partition,
        "partition n1, n2 | n3, n4, n5",
        &both_ways(&["n1", "n2"], &["n3", "n4", "n5"]),
        &[],
    );
    desk.node(2000, "n2", NodeEventKind::Killed).node(2010, "n4", NodeEventKind::Killed);
    desk.node(2600, "n4", NodeEventKind::Started { pid: 9, port: 24011 }).node(3000, "n5", NodeEventKind::Paused);
    desk.node(3400, "n3", NodeEventKind::Exited { status: ExitStatus::Code(101) });
    insta::assert_snapshot!(screens(later(&mut desk)));
}

#[test]
fn a_node_is_deaf_and_another_slow() {
    let mut desk = clustered();
    let deaf: Vec<_> = NODES[1..].iter().map(|from| (*from, "n1")).collect();
    let slow: Vec<_> = NODES[2..]
        .iter()
        .flat_map(|to| [("n2", *to, "50ms ± 40ms, 10% lost"), (*to, "n2", "50ms ± 40ms, 10% lost")])
        .collect();
    desk.links(1500, runner::Verb::Cut, "cut n2, n3, n4, n5 → n1", &deaf, &slow);
    let unicode = screens(later(&mut desk));
    desk.ui.app.theme = Theme { ascii: true, ..Theme::NONE };
    let ascii = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    assert!(ascii.is_ascii(), "{ascii}");
    insta::assert_snapshot!([unicode, ascii].join("── ASCII\n"));
}

#[test]
fn a_cluster_as_it_was_at_the_failure() {
    let mut desk = clustered();
    desk.links(1500, runner::Verb::Isolate, "isolate n1", &both_ways(&["n1"], &NODES[1..]), &[]);
    desk.test("first", "lasts", failure()).ended("first", StageVerdict::Failed);
    insta::assert_snapshot!(screens(later(&mut desk)));
}

#[test]
fn a_cluster_does_not_fit_and_is_scrolled() {
    let mut desk = clustered();
    for number in 0..30 {
        desk.node(2000 + 500 * number, "n3", NodeEventKind::Killed);
    }
    let top = dump::text(terminal(&mut desk.ui, (60, 16)).backend().buffer());
    desk.press("G");
    let end = dump::text(terminal(&mut desk.ui, (60, 16)).backend().buffer());
    insta::assert_snapshot!([top, end].join("\n──\n"));
}

#[test]
fn what_clients_did_around_what_cannot_be() {
    insta::assert_snapshot!(screens(&mut watched().reading().ui));
}

#[test]
fn a_history_of_all_keys_farther_away_and_in_ascii() {
    let mut desk = watched();
    desk.reading().press("K").press("K").press("-");
    let short = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.press("-").press("j");
    let whole = dump::text(terminal(&mut desk.ui, (120, 36)).backend().buffer());
    desk.ui.app.theme = Theme { ascii: true, ..Theme::NONE };
    desk.press("+").press("+").press("k").press("right");
    let ascii = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    assert!(ascii.is_ascii(), "{ascii}");
    insta::assert_snapshot!([short, whole, ascii].join("\n──\n"));
}

#[test]
fn the_help_is_open() {
    insta::assert_snapshot!(screens(&mut watched().press("?").press("l").press("o").press("g").ui));
}

#[test]
fn the_stages_have_the_focus() {
    let mut desk = watched();
    desk.press("1").press("j");
    insta::assert_snapshot!(screens(&mut desk.ui));
}

#[test]
fn a_search_is_typed_and_a_message_is_said() {
    let mut desk = watched();
    desk.press("/").press("t").press("e").press("x");
    let typed = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.press("esc").press("x");
    let said = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    insta::assert_snapshot!([typed, said].join("\n──\n"));
}

#[test]
fn lists_and_a_failure_are_searched() {
    let mut desk = watched();
    desk.press("r").failed("first").press("1").press("/").press("d");
    let stages = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.press("esc").press("3").press("/").press("x");
    let nothing = dump::text(terminal(&mut desk.ui, (60, 16)).backend().buffer());
    desk.press("backspace").press("t").press("enter");
    let tests = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.press("esc").press("enter");
    terminal(&mut desk.ui, (80, 24));
    desk.press("/").press("t").press("enter").press("n");
    let failure = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    insta::assert_snapshot!([stages, nothing, tests, failure].join("\n──\n"));
}

#[test]
fn something_is_asked_and_something_is_wrong() {
    let mut desk = watched();
    desk.press("r").begun("first").press("q");
    let asked = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.press("esc").news(RunNews::Ended(Err("The folder .lsfr/runs cannot be made: the disk is full".into())));
    let note = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    desk.done(Done::Opened(Err("lsfr.yaml:2:1: not valid YAML\n  2 | <<<<<<< HEAD\n    | ^".into())));
    let broken = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
    insta::assert_snapshot!([asked, note, broken].join("\n──\n"));
}

#[test]
fn the_picker() {
    let choice = |key: &str, name: &str, stages| Choice {
        key: key.into(),
        name: name.into(),
        summary: format!("{name}, from one node to many, stage by stage."),
        overview: format!("# {name}\n\nYou write a server. lsfr crashes it.\n\n- one\n- two\n"),
        stages,
    };
    let choices = vec![choice("kv-store", "Key-value store", 20), choice("queue", "Message queue", 1)];
    let mut ui = watched().ui;
    ui.app.screen = Screen::Picker(Box::new(Picker::new(choices, vec!["go".into(), "python".into()])));
    let mut all = screens(&mut ui);
    if let Screen::Picker(picker) = &mut ui.app.screen {
        picker.refuse("./kv-store is there already and is not empty".into());
    }
    all.push_str(&dump::text(terminal(&mut ui, (80, 24)).backend().buffer()));
    insta::assert_snapshot!(all);
}

#[test]
fn logs_stand_between_what_lsfr_did() {
    let mut desk = watched();
    let run = tempfile::tempdir().unwrap();
    fs::create_dir(run.path().join("logs")).unwrap();
    let log = "listening on 127.0.0.1:24011\n\u{1b}[31mreplayed 3 records\u{1b}[0m\n";
    fs::write(run.path().join("logs/n1.log"), log).unwrap();
    fs::write(run.path().join("logs/n1.times"), "29 31000\n57 131000\n").unwrap();
    let (woken, wakes) = channel();
    let killed = runner::Event::Node { node: "n1".into(), what: NodeEventKind::Killed };
    let killed = runner::Stamped { at: Duration::from_millis(94), event: killed };
    let events = crate::report::records::events_path(run.path());
    fs::write(events, serde_json::to_string(&killed).unwrap() + "\n").unwrap();
    let store = LogStore::open(
        run.path(),
        false,
        Box::new(move || {
            let _ = woken.send(());
        }),
    )
    .unwrap();
    desk.ui.app.workbench_mut().unwrap().logged = Some(run.path().to_owned());
    desk.done(Done::Logs { run: run.path().to_owned(), store: Ok(store), nodes: None });
    desk.press("4");
    let shown = loop {
        let shown = dump::text(terminal(&mut desk.ui, (80, 24)).backend().buffer());
        if shown.contains("replayed") && shown.contains("KILL") {
            break shown;
        }
        wakes.recv_timeout(Duration::from_secs(20)).expect("the logs are shown");
    };
    insta::assert_snapshot!(shown);
}

#[test]
fn without_colour_nothing_is_coloured_and_the_cursor_is_seen() {
    for theme in [Theme::NONE, Theme::LIGHT, Theme::DARK, Theme::ANSI] {
        let mut desk = watched();
        desk.ui.app.theme = theme;
        desk.press("r").failed("first").press("3");
        let terminal = terminal(&mut desk.ui, (120, 36));
        let cells = &terminal.backend().buffer().content;
        let coloured = cells.iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset).count();
        assert_eq!(coloured > 0, theme.has_colour());
        assert!(cells.iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)), "the cursor");
    }
}

#[test]
fn the_name_of_a_pane_is_not_as_faint_as_its_frame() {
    let true_colours = Theme::on(Ground::DARK, Depth::True);
    for theme in [Theme::NONE, Theme::ANSI, Theme::DARK, Theme::LIGHT, true_colours] {
        let mut desk = watched();
        desk.ui.app.theme = theme;
        desk.press("3");
        let terminal = terminal(&mut desk.ui, (120, 36));
        let buffer = terminal.backend().buffer();
        let name = &buffer[(2, 1)];
        assert_eq!(name.symbol(), "S", "of Stages");
        assert_eq!((name.fg, name.modifier), (Color::Reset, Modifier::BOLD));
    }
}

/// Whatever is shown: also what an author wrote, a program printed, or somebody types.
#[test]
fn in_ascii_every_screen_is_ascii() {
    type State = fn(&mut Desk) -> &mut Desk;
    let states: [(&str, State); 13] = [
        ("nothing has run", |desk| desk),
        ("a guide", |desk| desk.press("2").press("z")),
        ("a failure", |desk| desk.press("r").failed("first")),
        ("a card", |desk| desk.press("r").failed("first").press("enter").press("h")),
        ("a passed stage", |desk| desk.press("r").passed("first")),
        ("a cluster", |desk| {
            let slow = [("n2", "n3", "50ms ± 40ms, 10% lost"), ("n3", "n2", "50ms ± 40ms, 10% lost")];
            *desk = clustered();
            desk.links(1500, runner::Verb::Cut, "cut n2 → n1", &[("n2", "n1")], &slow);
            later(desk);
            desk
        }),
        ("a history", |desk| desk.reading()),
        ("all of a history", |desk| desk.reading().press("K").press("-").press("-")),
        ("the help", |desk| desk.press("?").press("é")),
        ("a search", |desk| desk.press("/").press("ü").press("世")),
        ("a question", |desk| desk.press("r").begun("first").press("q")),
        ("a note", |desk| desk.press("r").begun("first").news(RunNews::Ended(Err("café … ☃".into())))),
        ("a broken project", |desk| desk.done(Done::Opened(Err("naïve → 世界".into())))),
    ];
    for (name, state) in states {
        let mut desk = watched();
        state(&mut desk);
        desk.ui.app.theme = Theme { ascii: true, ..Theme::DARK };
        desk.ui.app.say("100 % ± 5 → ✓ ☃");
        for size in SIZES {
            let terminal = terminal(&mut desk.ui, size);
            let odd = terminal.backend().buffer().content.iter().find(|cell| !cell.symbol().is_ascii());
            assert!(odd.is_none(), "{name} at {size:?}: {odd:?}");
        }
    }
}

#[test]
fn no_size_is_too_odd() {
    let states: [fn(&mut Desk) -> &mut Desk; 10] = [
        |desk| desk.reading(),
        |desk| desk.reading().press("-").press("-"),
        |desk| desk,
        |desk| desk.press("r").failed("first").ended("first", StageVerdict::Failed),
        |desk| desk.press("r").failed("first").press("enter").press("h"),
        |desk| desk.press("r").passed("first"),
        |desk| desk.press("?"),
        |desk| desk.press("1").press("/").press("d"),
        |desk| desk.press("r").failed("first").press("3").press("/").press("t").press("enter"),
        |desk| desk.press("r").failed("first").press("enter").press("/").press("t").press("enter"),
    ];
    for state in states {
        let mut desk = watched();
        state(&mut desk);
        for columns in [1, 2, 19, 59, 60, 61, 79, 80, 119, 120, 121, 300] {
            for rows in [1, 2, 3, 15, 16, 17, 19, 20, 24, 100] {
                terminal(&mut desk.ui, (columns, rows));
            }
        }
        assert_eq!(desk.ui.app.keymap, Keymap::default());
    }
}

#[test]
fn a_frame_knows_its_size_though_nobody_told_the_app() {
    let mut desk = watched();
    desk.ui.app.size = (20, 5);
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    terminal.draw(|frame| draw(frame, &mut desk.ui)).unwrap();
    let screen = dump::text(terminal.backend().buffer());
    assert!(["Stages", "Guide", "Tests", "Logs"].iter().all(|pane| screen.contains(pane)), "{screen}");
    assert_eq!(desk.ui.app.size, (120, 36));
}

/// A screen of this size once it has this text, which the log index may still have to find.
fn shows(desk: &mut Desk, size: (u16, u16), text: &str, wakes: &Receiver<()>) -> String {
    loop {
        let shown = dump::text(terminal(&mut desk.ui, size).backend().buffer());
        if shown.contains(text) {
            return shown;
        }
        wakes.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("no {text:?} in\n{shown}"));
    }
}

#[test]
fn logs_open_at_the_first_error_of_a_build() {
    let project = tempfile::tempdir().unwrap();
    let records = ".lsfr/runs/x";
    let run = project.path().join(records);
    fs::create_dir_all(run.join("logs")).unwrap();
    let error = "main.c:9:12: error: `missing` undeclared";
    let log: Vec<&str> = (0..60).map(|line| if line == 20 { error } else { "noise" }).collect();
    fs::write(run.join("logs/build.log"), log.join("\n") + "\n").unwrap();
    let said = Output { lines: vec![error.into(), "noise".into()], earlier: 20, later: 38, from_error: true };
    let why =
        runner::Blocked::Build { command: "cc".into(), status: "exit status 1".into(), took: Duration::ZERO, said };
    let mut desk = watched();
    desk.ui.app.workbench_mut().unwrap().course.dir = project.path().to_owned();
    let (woken, wakes) = channel();
    let open = |live| {
        let woken = woken.clone();
        LogStore::open(&run, live, Box::new(move || woken.send(()).unwrap_or_default()))
    };
    desk.press("r").begun("first");
    desk.news(RunNews::Prepared { folder: run.clone() }).done(Done::Logs {
        run: run.clone(),
        store: open(true),
        nodes: None,
    });
    let event = runner::Event::NotStarted(runner::NotStarted { stage: "first".into(), why, not_judged: None });
    let stamped = runner::Stamped { at: Duration::from_millis(90), event };
    let card = cards([&stamped], &English, &mut |_, _, _| Vec::new()).remove(0);
    let card = Card { records: records.into(), ..card };
    desk.news(RunNews::Card(Box::new(card.clone())));
    for name in ["works", "lasts"] {
        desk.test("first", name, Verdict::NotRun { reason: "the build failed".into() });
    }
    desk.ended("first", StageVerdict::Failed);
    shows(&mut desk, (120, 36), "main.c:9:12: error", &wakes);

    // So do they when the app is opened again.
    let results = desk.bench().results["first"].clone();
    let mut desk = watched();
    desk.ui.app.workbench_mut().unwrap().course.dir = project.path().to_owned();
    desk.done(Done::Recorded(vec![StageResults { run: Some(run.clone()), ..results }]));
    desk.done(Done::Logs { run: run.clone(), store: open(false), nodes: None });
    shows(&mut desk, (120, 36), "main.c:9:12: error", &wakes);
}

#[test]
fn the_pane_with_the_focus_is_seen_at_first_sight() {
    let mut seen = 0;
    for theme in [Theme::NONE, Theme::DARK, Theme { ascii: true, ..Theme::LIGHT }] {
        let mut desk = watched();
        desk.ui.app.theme = theme;
        for (key, name) in [("1", "Stages"), ("2", "Guide"), ("3", "Tests"), ("4", "Logs")] {
            desk.press(key);
            let terminal = terminal(&mut desk.ui, (120, 36));
            let buffer = terminal.backend().buffer();
            let shown = dump::text(buffer);
            let of_frames = shown.lines().zip(0..).filter(|(row, _)| row.contains(['─', '-']));
            for (row, y) in of_frames {
                for pane in ["Stages", "Guide", "Tests", "Logs"] {
                    let Some(at) = row.find(&format!(" {pane} ")) else { continue };
                    let x = row[..at].chars().count() as u16 + 1;
                    let is_seen = buffer[(x, y)].modifier.contains(Modifier::REVERSED);
                    assert_eq!(is_seen, pane == name, "{pane} while {name} has the focus");
                    seen += usize::from(is_seen);
                }
            }
        }
    }
    // Each of the four panes, with each of the three themes.
    assert_eq!(seen, 12);
}

#[test]
fn a_box_shares_no_row_with_what_is_beneath_it() {
    let mut desk = watched();
    desk.press("r").begun("first").press("q");
    for size in SIZES.into_iter().skip(1) {
        let shown = dump::text(terminal(&mut desk.ui, size).backend().buffer());
        let rows: Vec<&str> = shown.lines().collect();
        let start = rows.iter().position(|row| row.contains("Quit ─")).expect(&shown);
        let end = start + rows[start..].iter().position(|row| row.contains('└')).expect(&shown);
        for row in &rows[start..=end] {
            let row = row.trim();
            assert!(row.starts_with(['┌', '│', '└']) && row.ends_with(['┐', '│', '┘']), "{shown}");
            assert!(row.matches(['│', '┌', '└']).count() <= 2, "{shown}");
        }
    }
}

#[test]
fn the_help_is_cut_nowhere_and_says_how_much_there_is() {
    let mut desk = watched();
    desk.press("?");
    for size in SIZES.into_iter().skip(1) {
        let shown = dump::text(terminal(&mut desk.ui, size).backend().buffer());
        assert!(!shown.contains('…') && shown.contains(" more"), "{shown}");
    }
}

#[test]
fn a_history_s_card_names_the_keys_that_show_more_of_it() {
    let mut desk = watched();
    desk.press("r").violated("first").press("3").press("enter");
    let shown = dump::text(terminal(&mut desk.ui, (120, 36)).backend().buffer());
    assert!(shown.contains("Look    t shows the clients, l the logs then."), "{shown}");
}

#[test]
fn a_card_that_goes_on_says_so() {
    let mut desk = watched();
    desk.press("r").violated("first").press("3").press("enter");
    let at = |desk: &mut Desk| dump::text(terminal(&mut desk.ui, (60, 16)).backend().buffer());
    let top = at(&mut desk);
    assert!(top.contains("▼") && top.contains("Failure  top"), "{top}");
    let end = at(desk.press("G"));
    assert!(end.contains("▲") && !end.contains("▼"), "{end}");
}
