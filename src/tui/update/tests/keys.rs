//! What is pressed, typed and clicked.

use super::*;

#[test]
fn what_comes_while_somebody_types_waits() {
    let mut desk = Desk::new();
    desk.press("r").begun("first").press("?").press("h");
    desk.test("first", "works", Verdict::Passed).test("first", "lasts", Verdict::Passed);
    desk.ended("first", StageVerdict::Passed);
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Help(_))));
    desk.press("esc");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Passed(_))));
    // The next run has the screen to itself.
    desk.press("r").news(RunNews::Prepared { folder: "/p/z".into() });
    assert!(desk.ui.layers.is_empty());
    // A question that nobody needs to answer any more goes away.
    desk.press("q");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Quit(_))));
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert!(desk.ui.layers.is_empty());
}

#[test]
fn a_mouse_that_moves_neither_draws_nor_hides_what_is_to_be_drawn() {
    let mut desk = Desk::new();
    let moved = || {
        let kind = MouseEventKind::Moved;
        Event::Mouse(MouseEvent { kind, column: 3, row: 3, modifiers: KeyModifiers::NONE })
    };
    desk.ui.app.dirty = false;
    assert!(!desk.event(moved()).ui.app.dirty);
    desk.ui.app.dirty = true;
    assert!(desk.event(moved()).ui.app.dirty);
}

#[test]
fn asked_twice_it_waits_for_nothing() {
    let mut desk = Desk::new();
    desk.press("r").take();
    desk.press("Q").press("Q");
    assert_eq!(desk.take(), [Effect::Cancel, Effect::Quit]);
}

#[test]
fn a_failure_opens_and_closes_and_gives_hints() {
    let mut desk = Desk::new();
    desk.press("h");
    assert_eq!(desk.toast(), "No test of this stage has failed.");
    desk.press("r").failed("first").take();
    desk.press("enter");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))));
    desk.press("h");
    let [Effect::Hint(card)] = &desk.take()[..] else { panic!() };
    assert_eq!(card.test, "first lasts");
    let hint = |given| Done::Hint { stage: "first".into(), test: "first lasts".into(), given };
    desk.done(hint(Ok(Some(2))));
    assert_eq!(desk.bench().results["first"].cards[0].hints_given, 2);
    desk.done(hint(Ok(None)));
    assert!(desk.toast().contains("last hint"), "{}", desk.toast());
    desk.press("esc");
    assert!(desk.ui.layers.is_empty());
    desk.press("l");
    assert_eq!(desk.bench().focus, Pane::Logs);
}

#[test]
fn a_failure_that_is_read_follows_its_test() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("enter");
    desk.now += Duration::from_secs(1);
    desk.event(saved("main.py")).begun("first");
    desk.test("first", "works", Verdict::Passed);
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))), "another test is not its business");
    desk.test("first", "lasts", failure());
    let Some(Layer::Card(card)) = desk.ui.layers.top() else { panic!("{:?}", desk.ui.layers) };
    assert_eq!(card.card().test, "first lasts");
    desk.ended("first", StageVerdict::Failed);
    desk.now += Duration::from_secs(1);
    desk.event(saved("main.py")).begun("first");
    desk.test("first", "lasts", Verdict::Passed);
    assert!(desk.ui.layers.is_empty());
    assert_eq!(desk.toast(), "\"first lasts\" passes now.");
}

#[test]
fn a_test_that_passed_has_nothing_to_open() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("3").press("g").press("enter");
    assert!(desk.ui.layers.is_empty());
    assert!(desk.toast().contains("o runs it alone"), "{}", desk.toast());
}

#[test]
fn panes_and_stages_are_gone_through() {
    let mut desk = Desk::new();
    assert_eq!(desk.bench().focus, Pane::Guide);
    desk.press("tab");
    assert_eq!(desk.bench().focus, Pane::Tests);
    desk.press("shift-tab").press("shift-tab");
    assert_eq!(desk.bench().focus, Pane::Stages);
    assert_eq!(desk.bench().left, Pane::Stages);
    desk.press("j");
    assert_eq!(desk.bench().shown, "second");
    desk.press("G");
    assert_eq!(desk.bench().shown, "third");
    assert_eq!(desk.take(), [Effect::LoadStage("third".into())]);
    desk.press("enter");
    assert_eq!(desk.bench().focus, Pane::Guide);
    for (key, pane) in [("1", Pane::Stages), ("2", Pane::Guide), ("3", Pane::Tests), ("4", Pane::Logs)] {
        assert_eq!(desk.press(key).bench().focus, pane);
    }
    desk.press("z");
    assert!(desk.bench().zoom);
    desk.press("esc");
    assert!(!desk.bench().zoom);
}

#[test]
fn what_is_typed_in_a_search_is_no_command() {
    let mut desk = Desk::new();
    desk.press("/").press("q").press("r");
    let Some(Layer::Prompt(prompt)) = desk.ui.layers.top() else { panic!("{:?}", desk.ui.layers) };
    assert_eq!((prompt.kind, prompt.input.text()), (PromptKind::Search(Searched::Guide), "qr"));
    desk.event(Event::Paste("q\nx".into()));
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Prompt(prompt)) if prompt.input.text() == "qrq x"));
    desk.press("esc");
    assert!(desk.ui.layers.is_empty() && !desk.bench().guide.is_searching());
    desk.press("/").press("x").press("enter");
    assert!(desk.bench().guide.is_searching());
    desk.press("n");
    assert_eq!(desk.take(), [], "n is the next match as long as a search is open");
    desk.press("esc").press("n");
    assert_eq!(desk.take(), [advance(false)]);
}

#[test]
fn a_paste_triggers_nothing() {
    let mut desk = Desk::new();
    desk.event(Event::Paste("rqx".into()));
    assert_eq!(desk.take(), []);
    assert!(desk.bench().run.is_none());
}

#[test]
fn quitting_waits_for_the_nodes_and_asks() {
    let mut desk = Desk::new();
    desk.press("q");
    assert_eq!(desk.take(), [Effect::Quit]);
    let mut desk = Desk::new();
    desk.press("r").begun("first").take();
    desk.press("q");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Quit(_))));
    desk.press("z");
    assert!(desk.ui.layers.is_empty() && desk.take().is_empty());
    desk.press("q").press("q");
    assert_eq!(desk.take(), [Effect::Cancel]);
    desk.news(RunNews::Ended(Ok(Outcome::Interrupted)));
    assert_eq!(desk.take(), [Effect::Quit]);
    let mut desk = Desk::new();
    desk.press("r").take();
    desk.press("Q");
    assert_eq!(desk.take(), [Effect::Cancel]);
}

#[test]
fn signals_end_stop_and_go_on() {
    let mut desk = Desk::new();
    desk.press("r").take();
    desk.event(Event::Signal(Signal::End));
    assert_eq!(desk.take(), [Effect::Cancel]);
    let mut desk = Desk::new();
    desk.event(Event::Signal(Signal::End)).event(Event::Signal(Signal::Stop)).event(Event::Signal(Signal::Continue));
    assert_eq!(desk.take(), [Effect::Quit, Effect::Suspend, Effect::Redraw]);
}

#[test]
fn the_other_keys_do_what_they_say() {
    for (key, effect) in [
        ("e", Effect::Edit(Edited::Project)),
        ("E", Effect::Edit(Edited::RunSh)),
        ("m", Effect::Mouse(false)),
        ("ctrl-l", Effect::Redraw),
        ("ctrl-z", Effect::Suspend),
        ("n", advance(false)),
    ] {
        assert_eq!(Desk::new().press(key).take(), [effect], "{key}");
    }
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    desk.press("Y");
    let [Effect::Copy(text)] = &desk.take()[..] else { panic!() };
    assert!(text.contains("first lasts"), "{text}");
    desk.press("y");
    assert_eq!(desk.take(), [], "this failure has no request");
    assert!(desk.toast().contains("Y copies"), "{}", desk.toast());
}

#[test]
fn every_action_can_be_asked_for_in_every_state() {
    let states: [fn(&mut Desk) -> Vec<Effect>; 4] = [
        Desk::take,
        |desk| desk.press("r").begun("first").take(),
        |desk| desk.press("r").failed("first").take(),
        |desk| desk.press("r").failed("first").press("enter").take(),
    ];
    for entry in TABLE {
        for key in Keymap::default().keys(entry.action) {
            for state in states {
                let mut desk = Desk::new();
                state(&mut desk);
                let event = match *key {
                    key if key == Key::parse("shift-tab").unwrap() => {
                        KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)
                    }
                    key => key.event(),
                };
                desk.event(Event::Key(event));
                assert!(matches!(desk.ui.app.screen, Screen::Workbench(_)), "{}", entry.name);
            }
        }
    }
    // Each is known to its group.
    for entry in TABLE {
        let mut desk = Desk::new();
        desk.press("r").failed("first");
        assert!(beneath(&mut desk.ui, entry.action).is_some(), "{}", entry.name);
    }
    // An action that makes no sense now says why; the footer leaves it out.
    let desk = Desk::new();
    for action in [Action::Cancel, Action::Hint, Action::Filter, Action::NextMatch, Action::Back] {
        assert!(available(action, &desk.ui).is_err(), "{action:?}");
    }
}

fn click(column: u16, row: u16) -> Event {
    let kind = MouseEventKind::Down(MouseButton::Left);
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

/// Where a text stands on the screen as it is now.
fn place(desk: &mut Desk, text: &str) -> (u16, u16) {
    let (columns, rows) = desk.ui.app.size;
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| crate::tui::views::draw(frame, &mut desk.ui)).unwrap();
    let screen = crate::tui::dump::text(terminal.backend().buffer());
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let at = line.find(text)?;
        Some((line[..at].chars().count() as u16, row as u16))
    });
    found.unwrap_or_else(|| panic!("{text} is not on\n{screen}"))
}

#[test]
fn what_is_clicked_is_chosen_and_what_is_chosen_is_opened() {
    let mut desk = Desk::new();
    desk.press("r").failed("first").take();
    let (column, row) = place(&mut desk, "first lasts");
    desk.event(click(column, row));
    assert_eq!(desk.bench().focus, Pane::Tests);
    assert_eq!(desk.bench().chosen_test().unwrap().name, "first lasts");
    assert!(desk.ui.layers.is_empty());
    let (column, row) = place(&mut desk, "first lasts");
    desk.event(click(column, row));
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))));
    // The footer is that of the card.
    let (column, row) = place(&mut desk, "esc back");
    desk.event(click(column, row));
    assert!(desk.ui.layers.is_empty());
    let (column, row) = place(&mut desk, "second");
    desk.event(click(column, row));
    assert_eq!((desk.bench().focus, desk.bench().shown.as_str()), (Pane::Stages, "second"));
    // Where panes have no room, their numbers in the header are clicked.
    desk.event(Event::Resize(70, 18));
    let (column, row) = place(&mut desk, " 4 ");
    desk.event(click(column + 1, row));
    assert_eq!(desk.bench().focus, Pane::Logs);
    let (column, row) = place(&mut desk, "? help");
    desk.event(click(column, row));
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Help(_))));
    let (column, row) = place(&mut desk, "esc close");
    desk.event(click(column, row));
    assert!(desk.ui.layers.is_empty());
}

#[test]
fn the_mouse_focuses_and_scrolls_what_it_is_over() {
    let mut desk = Desk::new();
    let mouse = |kind, column, row| Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    desk.event(mouse(MouseEventKind::Down(MouseButton::Left), 110, 5));
    assert_eq!(desk.bench().focus, Pane::Tests);
    desk.event(mouse(MouseEventKind::ScrollDown, 5, 5));
    assert_eq!(desk.bench().shown, "third");
    assert_eq!(desk.bench().focus, Pane::Tests);
}

#[test]
fn a_message_goes_away_and_then_nothing_wakes_the_app() {
    let mut desk = Desk::new();
    assert_eq!(desk.ui.app.wakes_at(), None);
    desk.press("x");
    let until = desk.ui.app.wakes_at().unwrap();
    desk.now = until;
    desk.ui.app.dirty = false;
    desk.event(Event::Clock(until));
    assert!(desk.ui.app.toast.is_none() && desk.ui.app.dirty);
    assert_eq!(desk.ui.app.wakes_at(), None);
    desk.press("r");
    assert!(desk.ui.app.wakes_at().is_some(), "a clock ticks while something runs");
}

#[test]
fn keys_go_to_the_topmost_layer_that_has_a_use_for_them() {
    let mut desk = Desk::new();
    desk.reading();
    let kinds = |desk: &Desk| desk.ui.layers.iter().map(std::mem::discriminant).collect::<Vec<_>>();
    let [card, history] = kinds(&desk)[..] else { panic!("{:?}", desk.ui.layers) };
    desk.press("?");
    assert_eq!(kinds(&desk).len(), 3);
    desk.press("esc").press("Y");
    assert!(desk.toast().contains("whole failure"), "the history has no use for it, the card beneath has");
    assert_eq!(kinds(&desk), [card, history]);
    desk.press("esc");
    assert_eq!(kinds(&desk), [card]);
    desk.press("esc");
    assert!(desk.ui.layers.is_empty());
}

#[test]
fn escape_does_not_stop_at_a_message() {
    let mut desk = Desk::new();
    desk.press("z").press("x");
    assert!(!desk.toast().is_empty() && desk.bench().zoom);
    desk.press("esc");
    assert!(desk.toast().is_empty() && !desk.bench().zoom);
}

#[test]
fn links_are_what_can_be_opened_and_seen() {
    use crate::report::places::SourcePlace;
    use crate::tui::hyperlinks;
    let links = |desk: &mut Desk| {
        place(desk, "lsfr");
        let links = hyperlinks::of(&desk.ui, "desk");
        links.iter().map(|link| (link.area.width, format!("{:?}", link.address))).collect::<Vec<_>>()
    };
    let mut desk = Desk::new();
    assert_eq!(links(&mut desk), [(4, "Address(\"https://example.org/\")".to_owned())]);
    // What is covered is none, and a screen that is meant to be plain has none.
    desk.press("?");
    assert_eq!(links(&mut desk), []);
    desk.press("esc").ui.app.theme = Theme::NONE;
    assert_eq!(links(&mut desk), []);
    desk.ui.app.theme = Theme::DARK;
    // A line of the project on a card, which a click opens.
    desk.press("r").failed("first").take();
    let source = SourcePlace { file: "src/a.c".into(), line: 42, column: None };
    desk.bench_mut().results.get_mut("first").unwrap().cards[0].place = Some(source.clone());
    desk.press("3").press("enter");
    assert_eq!(links(&mut desk), [(10, "Address(\"file://desk/p/src/a.c\")".to_owned())]);
    let (column, row) = place(&mut desk, "src/a.c:42");
    desk.event(click(column, row));
    assert_eq!(desk.take(), [Effect::Edit(Edited::At(source))]);
}
