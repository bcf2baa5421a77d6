//! The view of a made-up run, at several sizes.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::tui::dump;
use crate::tui::effect::Effect;
use crate::tui::event::Done;
use crate::tui::layers::Layer;
use crate::tui::messages::examples::{
    Ends, Recorded, events, recorded, recorded_failing, recorded_silent, recorded_votes,
};
use crate::tui::messages::{MessagesPane, NO_MESSAGES, Opening};
use crate::tui::theme::Theme;
use crate::tui::update::tests::Desk;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

fn screen(desk: &mut Desk, size: (u16, u16)) -> Buffer {
    desk.ui.app.size = size;
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
    terminal.backend().buffer().clone()
}

fn screens(desk: &mut Desk, sizes: &[(u16, u16)]) -> String {
    let of = |size: &(u16, u16)| format!("── {}x{}\n{}\n", size.0, size.1, dump::text(&screen(desk, *size)));
    sizes.iter().map(of).collect()
}

/// The view at a moment of the run.
fn view(recorded: &Recorded, ms: Option<u64>) -> Desk {
    let mut desk = Desk::new();
    let opening = |ms| Opening { moment: Duration::from_millis(ms), failure: None };
    let (pane, effect) = MessagesPane::open(recorded.run.clone(), ms.map(opening), false, desk.now);
    desk.ui.layers.push(Layer::Messages(Box::new(pane)));
    carry_out(&mut desk, vec![effect]);
    desk
}

/// Does what the view asks for, until it asks for no more.
fn carry_out(desk: &mut Desk, mut effects: Vec<Effect>) {
    while let Some(effect) = effects.pop() {
        let Effect::Messages(order) = effect else { continue };
        if let Some(outcome) = order.carry_out(&|_| {}) {
            desk.done(Done::Messages { number: order.number, outcome });
        }
        effects.extend(desk.take());
    }
}

fn press(desk: &mut Desk, keys: &[&str]) {
    for key in keys {
        desk.press(key);
        let effects = desk.take();
        carry_out(desk, effects);
    }
}

#[test]
fn a_leader_is_cut_off_and_another_takes_over() {
    insta::assert_snapshot!(screens(&mut view(&recorded(5), Some(1_350)), &SIZES));
}

#[test]
fn nine_nodes_have_columns_of_their_own() {
    let mut desk = view(&recorded(9), Some(1_424));
    let shown = screens(&mut desk, &[(80, 24), (200, 60)]);
    let groups = shown.lines().find(|line| line.contains(" g1 ")).unwrap_or_default();
    assert!(groups.contains(" g2 ") && groups.contains(" g3 "), "{shown}");
    assert!(shown.contains("nothing new for 1.2 s"), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn before_the_first_message_there_is_what_lsfr_did() {
    let mut desk = view(&recorded_silent(&["n1", "n2", "n3"]), Some(1_350));
    for size in SIZES {
        let shown = screens(&mut desk, &[size]);
        assert!(shown.contains("0 exchanges") && shown.contains("CUT n2 → n1"), "{shown}");
    }
}

#[test]
fn votes_are_one_row_with_arrows_from_both_sides() {
    let mut desk = view(&recorded_votes(&["n1", "n2", "n3", "n4", "n5"]), Some(1_425));
    let shown = screens(&mut desk, &[(120, 36)]);
    let row = shown.lines().find(|line| line.contains("×4 up to +1.426")).unwrap_or_default();
    let arrows = row.chars().filter(|c| "●▶◀".contains(*c)).collect::<String>();
    assert_eq!(arrows, "●●▶◀●●", "{shown}");
    assert!(shown.contains("n1, n2, n4, n5 → n3  POST /raft/voted"), "{shown}");
}

#[test]
fn what_was_held_back_arrives_and_what_is_lost_does_not() {
    let recorded = recorded(5);
    let mut desk = view(&recorded, Some(2_060));
    insta::assert_snapshot!(screens(&mut desk, &[(120, 36)]));
    desk.ui.app.theme = Theme { ascii: true, ..Theme::NONE };
    insta::assert_snapshot!("in_ascii", screens(&mut desk, &[(80, 24)]));
}

#[test]
fn rows_unfold_and_a_message_is_shown_whole() {
    let recorded = recorded(5);
    let mut desk = view(&recorded, Some(1_424));
    press(&mut desk, &["space"]);
    let unfolded = screens(&mut desk, &[(120, 36)]);
    press(&mut desk, &["space", "enter"]);
    insta::assert_snapshot!(unfolded + &screens(&mut desk, &[(80, 24), (120, 36)]));
}

#[test]
fn filters_searches_and_log_lines_say_what_they_are() {
    let recorded = recorded(5);
    let mut desk = view(&recorded, Some(1_424));
    press(
        &mut desk,
        &["f", "n", "3", ",", "n", "1", "enter", "&", "v", "o", "t", "e", "|", "t", "e", "r", "m", "enter"],
    );
    press(&mut desk, &["/", "r", "a", "n", "t", "e", "d", "enter"]);
    insta::assert_snapshot!(screens(&mut desk, &[(120, 36)]));
}

/// The view as a failure of the test leads to it.
fn at_failure(recorded: &Recorded) -> Desk {
    let mut desk = Desk::new();
    let failure = Some("It is gone.".to_owned());
    let opening = Opening { moment: Duration::from_millis(1_443), failure };
    let (pane, effect) = MessagesPane::open(recorded.run.clone(), Some(opening), false, desk.now);
    desk.ui.layers.push(Layer::Messages(Box::new(pane)));
    carry_out(&mut desk, vec![effect]);
    desk
}

#[test]
fn a_failure_without_a_wrong_answer_is_opened_where_the_test_failed() {
    let recorded = recorded_failing(Ends::Failed);
    let shown = screens(&mut at_failure(&recorded), &[(80, 24)]);
    let chosen = shown.lines().find(|line| line.starts_with("│▸")).unwrap_or_default();
    assert!(chosen.contains("FAILED"), "{shown}");
    assert!(shown.lines().any(|line| line.contains("It is gone.")), "{shown}");
}

#[test]
fn a_wrong_answer_is_in_sight_with_the_failure_that_it_led_to() {
    let recorded = recorded_failing(Ends::AtAnAnswer);
    let mut desk = at_failure(&recorded);
    let line = |shown: &str, text: &str| shown.lines().position(|line| line.contains(text));
    let shown = screens(&mut desk, &[(80, 24)]);
    let (chosen, failed) = (line(&shown, "│▸ +1.440"), line(&shown, "FAILED"));
    assert!(chosen.zip(failed).is_some_and(|(chosen, failed)| chosen < failed), "{shown}");
    assert!(line(&shown, "It is gone.") > failed, "{shown}");
    // What else was asked of that path is not lost among the others.
    let shown = screens(&mut desk, &[(120, 36)]);
    assert!(shown.lines().any(|line| line.contains("+1.310") && line.contains("PUT /kv/a  200")), "{shown}");
    // Not where the reader goes on.
    press(&mut desk, &["g"]);
    let shown = screens(&mut desk, &[(80, 24)]);
    assert_eq!(line(&shown, "│▸ +0.001"), Some(4), "{shown}");
}

#[test]
fn where_there_is_nothing_the_view_says_why() {
    let recorded = events(&["n1"]);
    let mut desk = view(&recorded, None);
    let none = screens(&mut desk, &[(80, 24)]);
    assert!(none.contains("No messages are recorded of this run."), "{none}");
    let words: Vec<&str> = none.split(['│', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    assert!(words.join(" ").contains(NO_MESSAGES), "the sentence is cut: {none}");
    assert!(!none.contains("whole"), "no key of the footer is for what is not there: {none}");
    let with_messages = self::recorded(5);
    let mut desk = view(&with_messages, None);
    press(&mut desk, &["f", "z", "z", "z", "enter"]);
    let filtered = screens(&mut desk, &[(80, 24)]);
    assert!(filtered.contains("Nothing fits the filter. esc ends it."), "{filtered}");
}

#[test]
fn nothing_that_a_node_says_does_anything_to_a_terminal() {
    let recorded = recorded(5);
    let mut desk = view(&recorded, Some(1_432));
    for keys in [&[][..], &["enter"], &["space"]] {
        press(&mut desk, keys);
        let shown = screens(&mut desk, &[(200, 60)]);
        assert!(shown.contains("evil"), "{shown}");
        assert!(!shown.contains(|c: char| c != '\n' && c.is_control()), "{shown}");
    }
}

/// Whatever the size, the chosen row is in sight, and nothing panics.
#[test]
fn every_size_shows_the_chosen_row() {
    let recorded = recorded(9);
    let mut desk = view(&recorded, Some(1_424));
    for columns in [40, 60, 80, 133, 200] {
        for rows in [10, 13, 16, 24, 60] {
            for keys in [&["G"][..], &["enter"], &["g"], &["enter"], &["ctrl-d"]] {
                press(&mut desk, keys);
                let shown = dump::text(&screen(&mut desk, (columns, rows)));
                let in_sight = shown.lines().any(|line| line.starts_with("│▸"));
                assert!(in_sight || shown.contains("needs"), "{columns}x{rows}\n{shown}");
            }
        }
    }
}
