//! The history view: opened from a failure, moved through, left.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::tui::history::{HistoryPane, Reader, Zoom};
use crate::tui::views;

fn pane(desk: &Desk) -> &HistoryPane {
    match desk.ui.layers.top() {
        Some(Layer::History(pane)) => pane,
        other => panic!("no history is open: {other:?}"),
    }
}

fn reader(desk: &Desk) -> &Reader {
    pane(desk).reader().expect("it has been read")
}

/// Whose the chosen operation is, and when it was called, in milliseconds.
fn chosen(desk: &Desk) -> (u32, u128) {
    let operation = reader(desk).chosen_operation();
    (operation.client, operation.called.as_millis())
}

fn draw(desk: &mut Desk, size: (u16, u16)) -> String {
    desk.event(Event::Resize(size.0, size.1));
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| views::draw(frame, &mut desk.ui)).unwrap();
    crate::tui::dump::text(terminal.backend().buffer())
}

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Event {
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

#[test]
fn it_opens_from_the_failure_reads_its_file_and_leads_back() {
    let mut desk = Desk::new();
    desk.press("r").violated("first").press("3").press("enter").take();
    desk.press("t");
    let file = PathBuf::from("/p/.lsfr/runs/x/history.jsonl");
    assert_eq!(desk.take(), [Effect::OpenHistory(file.clone())]);
    assert!(pane(&desk).reader().is_none());
    assert!(draw(&mut desk, (80, 24)).contains("Reading the history."));
    desk.press("K").press("'").press("left").press("y");
    assert!(pane(&desk).reader().is_none(), "nothing to move in yet");

    desk.done(Done::History { file: "/p/elsewhere".into(), read: Ok(Box::new(history())) });
    assert!(pane(&desk).reader().is_none(), "another failure's");
    desk.done(Done::History { file: file.clone(), read: Ok(Box::new(history())) });
    assert_eq!(chosen(&desk), (3, 3_100), "the operation that cannot be");
    assert_eq!(reader(&desk).only(), Some(("x", 1)));

    desk.press("esc");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))));
    desk.press("t").press("t");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))), "the same key leads back");
    desk.press("esc").take();
    // Without the card open it is that of the chosen failure.
    desk.press("t");
    assert_eq!(desk.take(), [Effect::OpenHistory(file.clone())]);
    desk.done(Done::History { file, read: Err("The history cannot be read: it is gone".into()) });
    assert!(draw(&mut desk, (80, 24)).contains("it is gone"));
    desk.press("c").press("enter");
    assert!(!matches!(desk.ui.layers.top(), Some(Layer::History(_))));
}

#[test]
fn only_a_failure_with_a_history_has_one() {
    let mut desk = Desk::new();
    desk.press("t");
    assert!(desk.ui.layers.is_empty() && desk.toast().contains("a workload"), "{}", desk.toast());
    desk.press("r").failed("first").press("3").press("enter").take();
    desk.press("t");
    assert!(desk.take().is_empty() && matches!(desk.ui.layers.top(), Some(Layer::Card(_))));
    assert!(!draw(&mut desk, (120, 36)).contains(" t history"));
    desk.press("K");
    assert!(desk.toast().contains("No history is open"), "{}", desk.toast());
    // One that was recorded before cards named it.
    let mut card = violation("first", "first works");
    card.history_file = None;
    assert_eq!(crate::tui::history::file_of(&card).as_deref(), Some(".lsfr/runs/x/history.jsonl"));
}

#[test]
fn left_and_right_go_from_operation_to_operation_up_and_down_between_clients() {
    let mut desk = Desk::new();
    desk.reading();
    draw(&mut desk, (120, 36));
    assert_eq!(reader(&desk).lanes().rows.len(), 5);
    // The lanes of what proves it come first: clients 1, 2 and 3.
    assert_eq!(chosen(desk.press("k").press("k").press("k")).0, 1);
    desk.press("left").press("left");
    assert_eq!(chosen(&desk), (1, 2_500));
    desk.press("right");
    assert_eq!(chosen(&desk), (1, 3_500));
    desk.press("right");
    assert_eq!(chosen(&desk), (1, 3_500), "there is none after it");
    // The one that was closest in time.
    assert_eq!(chosen(desk.press("j")).0, 2);
    assert_eq!(chosen(desk.press("j")), (3, 3_100));
    assert_eq!(chosen(desk.press("j")), (4, 3_300));
    assert_eq!(chosen(desk.press("j")), (5, 5_500));
    assert_eq!(chosen(desk.press("g")), (1, 2_500));
    assert_eq!(chosen(desk.press("G")), (5, 5_500));
    assert_eq!(chosen(desk.press("g").press("pagedown")), (1, 3_500));
    assert_eq!(chosen(desk.press("ctrl-u")), (1, 2_500));
}

#[test]
fn a_key_jumps_between_the_operations_that_prove_it() {
    let mut desk = Desk::new();
    desk.reading();
    assert_eq!(chosen(desk.press("'")), (1, 2_500), "after the last comes the first");
    assert_eq!(chosen(desk.press("'")), (2, 2_800));
    assert_eq!(chosen(desk.press("'")), (3, 3_100));
    // From elsewhere, and from another key.
    desk.press("K");
    assert_eq!(reader(&desk).only(), Some(("y", 2)));
    assert_eq!(chosen(&desk).0, 4);
    desk.press("'");
    assert_eq!((reader(&desk).only(), chosen(&desk)), (Some(("x", 1)), (1, 2_500)));
}

#[test]
fn keys_are_shown_one_at_a_time_or_all() {
    let mut desk = Desk::new();
    desk.reading();
    let shown = |desk: &Desk| reader(desk).lanes().rows.iter().map(Vec::len).sum::<usize>();
    assert_eq!(shown(&desk), 7);
    assert_eq!(shown(desk.press("K")), 2);
    assert_eq!(shown(desk.press("K")), 9);
    assert!(draw(&mut desk, (120, 36)).contains("all 2 keys, 9 operations"));
    assert_eq!(shown(desk.press("K")), 7);
}

#[test]
fn zoom_goes_from_words_to_the_whole_and_back() {
    let mut desk = Desk::new();
    desk.reading();
    assert_eq!(reader(&desk).zoom(), Zoom::Words);
    let words = draw(&mut desk, (120, 36));
    assert!(words.contains("n3 read 7"), "{words}");
    desk.press("-");
    let short = draw(&mut desk, (120, 36));
    assert!(short.contains("r 7") && !short.contains("n3 read 7"), "{short}");
    desk.press("-").press("-");
    assert_eq!(reader(&desk).zoom(), Zoom::Whole);
    for size in [(60, 16), (200, 60), (80, 24)] {
        draw(&mut desk, size);
    }
    assert_eq!(reader(desk.press("+").press("=").press("+")).zoom(), Zoom::Words);
}

#[test]
fn the_moment_of_the_chosen_operation_is_shown_in_the_logs() {
    let mut desk = Desk::new();
    desk.reading().press("'").take();
    desk.press("l");
    assert!(desk.ui.layers.is_empty());
    assert_eq!(desk.bench().focus, Pane::Logs);
    assert!(desk.bench().logs.can_go_back(), "the logs of the run are open: it jumps there");
    // Where another run's logs are open, those of the failure come first.
    let mut desk = Desk::new();
    desk.reading().press("'");
    desk.ui.app.workbench_mut().unwrap().logged = None;
    desk.press("l");
    assert_eq!(desk.bench().jump, Some(Jump::At(Duration::from_millis(2_500))));
}

#[test]
fn the_chosen_operation_is_copied_as_it_stands_in_the_file() {
    let mut desk = Desk::new();
    desk.reading().take();
    desk.press("y");
    let effects = desk.take();
    let [Effect::Copy(text)] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.starts_with(r#"{"client":3,"node":"n3","key":"x","op":"read","value":"7""#), "{text}");
}

#[test]
fn the_wheel_goes_through_time_and_a_click_chooses() {
    let mut desk = Desk::new();
    desk.reading();
    draw(&mut desk, (120, 36));
    desk.press("g");
    assert_eq!(chosen(desk.event(mouse(MouseEventKind::ScrollDown, 50, 10))), (1, 3_500));
    assert_eq!(chosen(desk.event(mouse(MouseEventKind::ScrollUp, 50, 10))), (1, 2_500));
    assert_eq!(chosen(desk.event(mouse(MouseEventKind::ScrollRight, 50, 10))), (1, 3_500));
    assert_eq!(chosen(desk.event(mouse(MouseEventKind::ScrollLeft, 50, 10))), (1, 2_500));
    let shown = draw(&mut desk, (120, 36));
    let (row, line) = shown.lines().enumerate().find(|(_, line)| line.contains("n1 write 9")).unwrap();
    let column = line.chars().collect::<Vec<_>>().windows(2).position(|pair| pair == ['w', 'r']).unwrap();
    desk.event(mouse(MouseEventKind::Down(MouseButton::Left), column as u16, row as u16));
    assert_eq!(chosen(&desk), (2, 2_800));
    // Where nothing is, nothing changes; nor where the names of the lanes are, nor far away.
    for (column, row) in [(2, row as u16), (118, 2), (119, 34), (400, 400)] {
        desk.event(mouse(MouseEventKind::Down(MouseButton::Left), column, row));
        assert_eq!(chosen(&desk), (2, 2_800));
    }
}

#[test]
fn a_test_that_runs_again_brings_its_own_history_or_closes_it() {
    let mut desk = Desk::new();
    desk.reading().take();
    desk.event(Event::Watch(WatchEvent::Changed { files: vec!["main.py".into()] }));
    desk.violated("first");
    assert!(pane(&desk).reader().is_none(), "the new one is not read yet");
    let wanted = Effect::OpenHistory("/p/.lsfr/runs/x/history.jsonl".into());
    assert!(desk.take().contains(&wanted));
    desk.now += Duration::from_secs(60);
    desk.event(Event::Watch(WatchEvent::Changed { files: vec!["main.py".into()] }));
    desk.begun("first").test("first", "works", Verdict::Passed);
    assert!(desk.ui.layers.is_empty(), "it passes now");
}

#[test]
fn a_history_that_does_not_fit_its_explanation_is_shown_without_marks() {
    let mut desk = Desk::new();
    desk.press("r").violated("first").press("t");
    let mut cut = history();
    cut.operations.truncate(1);
    let file = pane(&desk).file().to_owned();
    desk.done(Done::History { file: file.clone(), read: Ok(Box::new(cut)) });
    assert_eq!(chosen(&desk), (1, 2_500));
    draw(&mut desk, (60, 16));
    desk.press("'").press("left").press("j").press("pagedown").press("G");
    desk.done(Done::History { file, read: Ok(Box::new(History::default())) });
    assert!(draw(&mut desk, (60, 16)).contains("the history is empty"));
}

#[test]
fn the_axis_is_to_scale_and_says_what_it_leaves_out() {
    let mut desk = Desk::new();
    desk.reading();
    let shown = draw(&mut desk, (120, 36));
    let columns = |wanted: &str| {
        let line = shown.lines().find(|line| line.contains(wanted)).unwrap_or_else(|| panic!("{shown}"));
        let line: Vec<char> = line.chars().collect();
        let (from, to) = (line.iter().position(|c| "├┣".contains(*c)), line.iter().position(|c| "┤┫✗".contains(*c)));
        to.unwrap() - from.unwrap()
    };
    // 100, 250 and 100 ms.
    let (short, long, wrong) = (columns("n1 write 7"), columns("n1 write 9"), columns("n3 read 7"));
    assert!(
        short.abs_diff(wrong) <= 1 && (2 * short..=3 * short).contains(&long),
        "{short} {long} {wrong}:\n{shown}"
    );
    // Nothing began or ended for half a second after the last read of the first client.
    desk.press("k").press("k").press("right");
    let shown = draw(&mut desk, (120, 36));
    assert!(shown.contains("╱╱ left out") && shown.contains('╱') && shown.contains(" ms "), "{shown}");
    desk.press("-").press("-");
    let whole = draw(&mut desk, (120, 36));
    assert!(!whole.contains('╱') && whole.contains('┴'), "{whole}");
}

#[test]
fn what_is_chosen_and_what_the_signs_mean_can_be_read_on_a_small_screen() {
    let mut desk = Desk::new();
    desk.reading();
    let enough = "The 3 marked ones are enough: no order explains them, whatever others did.";
    for _ in 0..4 {
        let shown = draw(&mut desk, (80, 24));
        let operation = reader(&desk).chosen_operation();
        let called = format!("called   +{:.6}", operation.called.as_secs_f64());
        let node = operation.node.clone().unwrap();
        for wanted in [
            called.as_str(),
            "returned",
            &format!("answered by {node}"),
            "outcome",
            enough,
            "◆ clients of the proof first",
        ] {
            assert!(shown.contains(wanted), "{wanted}:\n{shown}");
        }
        for sign in ["┣━┫ proof", "✗ cannot be", "├─┤ done", "├─⊘ not done", "├╌? unknown"] {
            assert!(shown.contains(sign), "{sign}:\n{shown}");
        }
        desk.press("'");
    }
    desk.press("'").press("j").press("j");
    assert_eq!(chosen(&desk), (4, 3_300));
    assert!(draw(&mut desk, (80, 24)).contains("not needed for the proof"));
}

#[test]
fn clients_of_the_proof_come_first_then_they_go_by_number() {
    let mut desk = Desk::new();
    desk.press("r").violated("first").press("t");
    let file = pane(&desk).file().to_owned();
    let mut history = history();
    for operation in &mut history.operations {
        operation.client = 12 - 2 * operation.client;
    }
    desk.done(Done::History { file, read: Ok(Box::new(history)) });
    let clients = |desk: &Desk| -> Vec<u32> {
        (0..reader(desk).lanes().rows.len()).filter_map(|lane| reader(desk).client_of(lane)).collect()
    };
    assert_eq!(clients(&desk), [6, 8, 10, 2, 4]);
    let shown = draw(&mut desk, (120, 36));
    assert!(shown.contains("◆ clients of the proof first, then by number"), "{shown}");
    assert!(shown.contains("client 10 ◆") && !shown.contains("client 2 ◆"), "{shown}");
    // Another key has none of the proof.
    desk.press("K");
    assert!(draw(&mut desk, (120, 36)).contains("  clients by number"));
}

#[test]
fn a_proof_too_wide_for_words_is_opened_farther_away() {
    let mut desk = Desk::new();
    desk.press("r").violated("first").press("t");
    let file = pane(&desk).file().to_owned();
    let mut history = history();
    // Something happens all the time between what proves it, so that nothing is left out.
    let read = history.operations[3].clone();
    history.operations.extend((0..20).map(|number| {
        let mut operation = read.clone();
        operation.called = Duration::from_millis(2_600 + 20 * number);
        operation.returned = Some(operation.called + Duration::from_millis(19));
        operation
    }));
    desk.done(Done::History { file, read: Ok(Box::new(history)) });
    let shown = draw(&mut desk, (80, 24));
    assert_eq!(reader(&desk).zoom(), Zoom::Short);
    for client in ["c1    ◆", "c2    ◆", "c3    ◆"] {
        let lane = shown.lines().find(|line| line.contains(client)).unwrap_or_else(|| panic!("{shown}"));
        assert!(lane.contains('┣') && (lane.contains('┫') || lane.contains('✗')), "{shown}");
    }
    draw(&mut desk, (200, 60));
    desk.press("+");
    draw(&mut desk, (80, 24));
    assert_eq!(reader(&desk).zoom(), Zoom::Words, "the reader has chosen that");
}
