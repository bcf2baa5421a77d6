//! A search in each pane and in an open failure: where it leads, how it is left, and what the screen says of it.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::*;
use crate::tui::card::{CardPane, Notes};
use crate::tui::dump;
use crate::tui::scroll::Scroll;
use crate::tui::theme::ground::Ground;
use crate::tui::theme::{Depth, Look};

impl Desk {
    fn types(&mut self, text: &str) -> &mut Self {
        self.drawn();
        for letter in text.chars() {
            self.press(&letter.to_string());
            self.drawn();
        }
        self
    }

    fn drawn(&mut self) -> Buffer {
        let (columns, rows) = self.ui.app.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| crate::tui::views::draw(frame, &mut self.ui)).unwrap();
        terminal.backend().buffer().clone()
    }

    fn screen(&mut self) -> String {
        dump::text(&self.drawn())
    }

    #[track_caller]
    fn shows(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(text), "{text} is not on\n{screen}");
        self
    }

    /// The letters that look like this, from left to right and from top to bottom.
    fn looking(&mut self, look: Look) -> String {
        self.ui.app.theme = Theme::on(Ground::DARK, Depth::True);
        let buffer = self.drawn();
        let style = self.ui.app.theme.style(look);
        let cells = buffer.content.iter();
        cells
            .filter(|cell| (Some(cell.fg), Some(cell.bg)) == (style.fg, style.bg))
            .map(|cell| cell.symbol())
            .collect()
    }

    fn chosen(&self) -> &str {
        self.bench().chosen_test().unwrap().name
    }

    fn card(&self) -> &CardPane {
        self.ui.layers.card().unwrap()
    }
}

/// Both tests of the first stage failed, and a third is open.
fn failed() -> Desk {
    let mut desk = Desk::new();
    desk.press("r").failed("first").press("3").press("g");
    desk
}

#[test]
fn in_the_stages_it_goes_from_stage_to_stage_with_each_letter() {
    let mut desk = Desk::new();
    desk.press("1").press("j").press("/").types("ir");
    assert_eq!(desk.bench().shown, "third");
    desk.shows("Stages  2 of 2").shows("Search the stages: ir");
    assert_eq!(desk.looking(Look::Found), "ir");
    // From where it began: not from where the letters before led.
    desk.press("backspace").press("backspace").types("s");
    assert_eq!(desk.bench().shown, "second");
    desk.types("x");
    assert_eq!(desk.bench().shown, "second");
    desk.shows("Stages  no match").press("backspace").press("enter").shows("Stages  2 of 2");
    desk.press("n");
    assert_eq!(desk.bench().shown, "first");
    desk.press("N");
    assert_eq!(desk.bench().shown, "second");
    // By its title, too.
    desk.press("/").types("The F");
    desk.shows("no match").press("backspace").types("f").press("enter");
    assert_eq!(desk.bench().shown, "first");
    desk.press("j").press("j").shows("Stages  1 found");
    desk.press("esc");
    assert_eq!(desk.bench().shown, "third");
    assert!(desk.bench().stages_search.is_none());
}

#[test]
fn in_the_tests_it_reads_names_and_what_is_told_below_them() {
    let mut desk = failed();
    desk.press("/").types("last");
    assert_eq!(desk.chosen(), "first lasts");
    desk.shows("Tests  1 of 1").shows("Search the tests: last");
    assert_eq!(desk.looking(Look::Found), "last");
    desk.press("esc");
    assert_eq!(desk.chosen(), "first works");
    let told = desk.bench().results["first"].cards[0].summary();
    desk.press("/").types(&told[told.len() - 5..]).press("enter");
    assert_eq!(desk.chosen(), "first lasts");
    desk.press("/").types("first").press("enter");
    desk.shows("Tests  2 of 2");
    assert_eq!(desk.looking(Look::Found), "first");
    // The stage that is shown looks like a match, too.
    assert_eq!(desk.looking(Look::Match).matches("first").count(), 2);
    desk.press("n");
    assert_eq!(desk.chosen(), "first works");
    desk.press("N");
    assert_eq!(desk.chosen(), "first lasts");
    assert!(desk.bench().tests_search.is_some());
    desk.press("esc");
    assert!(desk.bench().tests_search.is_none());
    assert_eq!(desk.chosen(), "first lasts");
}

#[test]
fn escape_while_typing_returns_to_where_the_reader_was() {
    let mut desk = Desk::new();
    let guide = "# Title\n\n".to_owned() + &"A line of text.\n\n".repeat(60) + "## Values\n\nA needle.\n";
    desk.done(Done::Stage {
        key: "first".into(),
        loaded: Ok(StageText { guide, after: None, tests: desk.bench().texts["first"].tests.clone() }),
    });
    desk.press("r").failed("first");
    for down in 0..6 {
        desk.press("2").press("g").drawn();
        (0..down).for_each(|_| drop(desk.press("j").drawn()));
        let before = desk.screen();
        for (pane, typed) in
            [("2", "needle"), ("2", "needlex"), ("2", ""), ("1", "second"), ("1", "x"), ("3", "lasts")]
        {
            desk.press(pane).drawn();
            desk.press("/").types(typed).press("esc").press("2");
            assert_eq!(desk.screen(), before, "{typed} in {pane} after {down} lines");
        }
    }
    // Enter keeps the place, and escape after it only ends the search.
    desk.press("/").types("needle").press("enter").shows("1 of 1").press("esc");
    assert!(!desk.bench().guide.is_searching());
    desk.shows("A needle.");
}

#[test]
fn a_search_for_nothing_is_none() {
    for pane in ["1", "2", "3", "4"] {
        let mut desk = Desk::new();
        desk.press(pane).press("/").press("enter").press("n");
        assert_eq!(desk.take(), [advance(false)], "{pane}");
    }
}

#[test]
fn in_a_failure_it_scrolls_to_what_it_finds() {
    let mut desk = failed();
    desk.event(Event::Resize(80, 16)).press("G").press("enter").drawn();
    let top = desk.screen();
    desk.press("/").types("lsfr test");
    desk.shows("Search the failure: lsfr test").shows("Failure  1 of ");
    assert_ne!(desk.screen(), top);
    assert_eq!(desk.looking(Look::Found), "lsfr test");
    desk.press("esc");
    assert_eq!(desk.screen(), top);
    // Each letter searches again from where it began.
    desk.press("/").types("lsfr testx").shows("no match").press("esc");
    assert_eq!(desk.screen(), top);
    desk.press("/").types("t").press("enter").press("N").drawn();
    let status = desk.card().search_status().unwrap();
    let (at, all) = status.split_once(" of ").unwrap();
    assert_eq!(at, all, "the one before the first is the last");
    desk.press("n").shows("Failure  1 of ");
    assert!(desk.take().iter().all(|effect| !matches!(effect, Effect::Advance { .. })));
    desk.press("esc");
    assert!(!desk.card().is_searching(), "the first ends the search");
    desk.press("esc");
    assert!(desk.ui.layers.is_empty(), "the second closes the failure");
}

#[test]
fn a_failure_that_is_replaced_or_gone_while_somebody_types() {
    let mut desk = failed();
    desk.press("G").press("enter").press("/").types("first");
    desk.now += Duration::from_secs(1);
    desk.event(saved("main.py"))
        .begun("first")
        .test("first", "lasts", failure())
        .types("x")
        .shows("Failure  no match");
    desk.press("backspace").shows("Failure  1 of ");
    desk.ended("first", StageVerdict::Failed);
    desk.ui.layers.retain(|layer| !matches!(layer, Layer::Card(_)));
    desk.types("y").press("esc");
    assert!(desk.ui.layers.is_empty());
}

#[test]
fn what_is_laid_over_a_failure_has_no_search() {
    let mut desk = Desk::new();
    desk.reading().press("/");
    assert_eq!(desk.toast(), "This view has no search.");
    assert!(!desk.ui.layers.iter().any(|layer| matches!(layer, Layer::Prompt(_))));
    desk.press("esc").press("/").types("x");
    assert!(desk.card().is_searching());
}

#[test]
fn a_failure_is_found_across_the_breaks_that_its_pane_made_and_in_both_columns() {
    let mut card = Card::example("first", "first lasts", &["one", "two"]);
    card.told =
        vec!["A sentence that is so long that no pane shows it in a single row of its own, ever after.".into()];
    let theme = Theme::DARK;
    let mut pane = CardPane::new(card);
    for columns in [30, 44, 60, 100, 180] {
        let area = ratatui::layout::Rect::new(0, 0, columns, 10);
        pane.search("so long that no pane shows it in a single row of its own");
        pane.render(&theme, Notes::default(), area, &mut Buffer::empty(area));
        assert_eq!(pane.search_status().as_deref(), Some("1 of 1"), "{columns}");
        pane.scroll(Scroll::Top);
    }
}
