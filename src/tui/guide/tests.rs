//! The guide pane as a reader sees it, and what it promises at any size.

use proptest::prelude::*;

use super::*;
use crate::tui::dump;
use crate::tui::find::Way;

mod stops;

const CRASHES: &str = include_str!("../../../challenges/kv-store/stages/crash-recovery/guide.md");
const HTTP: &str = include_str!("../../../challenges/kv-store/stages/http-api/guide.md");
const MIXED: &str = "# 世界 and *emphasis*

A paragraph with **strong text**, `code`, and a [link](https://example.com/a/rather/long/address/that/has/to/wrap).

> [!WARNING]
> Mind the gap between 世界 and 键值.

> A quote of two sentences. It is long enough to wrap in a narrow pane.

```sh
curl -i -X PUT --data-binary 'a value that makes the line long' http://127.0.0.1:8080/kv/key
echo short
```

## Table

| request | answer |
|---|---|
| `PUT /kv/{key}` | 200, when the value is on disk |
| `GET /kv/{key}` | 404 `key not found` |

### Inner

1. one
2. two

## Last

- done
";

struct Screen {
    pane: GuidePane,
    theme: Theme,
    size: (u16, u16),
}

impl Screen {
    fn new(source: &str, width: u16, height: u16) -> Self {
        let mut pane = GuidePane::default();
        pane.show("stage", source);
        let mut screen = Self { pane, theme: Theme::DARK, size: (width, height) };
        screen.draw();
        screen
    }

    fn draw(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buf = Buffer::empty(area);
        self.pane.render(&self.theme, area, &mut buf, true);
        buf
    }

    fn text(&mut self) -> String {
        dump::text(&self.draw())
    }

    fn top(&mut self) -> String {
        self.text().lines().next().unwrap_or_default().trim().to_owned()
    }
}

#[test]
fn narrow() {
    insta::assert_snapshot!(Screen::new(MIXED, 38, 60).text());
}

#[test]
fn middle() {
    insta::assert_snapshot!(Screen::new(MIXED, 60, 45).text());
}

#[test]
fn wide_with_a_marked_section() {
    let mut screen = Screen::new(CRASHES, 100, 24);
    screen.pane.mark(Some("long-values"));
    insta::assert_snapshot!(screen.text());
}

#[test]
fn ascii_alone() {
    let mut screen = Screen::new(&MIXED.replace("世界", "x").replace("键值", "y"), 38, 60);
    screen.theme = Theme { ascii: true, ..Theme::DARK };
    screen.pane.mark(Some("table"));
    let text = screen.text();
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn styles_of_a_section_a_search_and_a_link() {
    let mut screen = Screen::new(MIXED, 60, 45);
    screen.pane.mark(Some("table"));
    screen.pane.search("key");
    screen.draw();
    screen.pane.next_link();
    insta::assert_snapshot!(dump::styles(&screen.draw()));
}

#[test]
fn styles_without_colour() {
    let mut screen = Screen::new(MIXED, 60, 45);
    screen.theme = Theme::NONE;
    screen.pane.mark(Some("table"));
    screen.pane.search("key");
    insta::assert_snapshot!(dump::styles(&screen.draw()));
}

#[test]
fn no_guide_is_said() {
    let area = Rect::new(0, 0, 30, 3);
    let mut pane = GuidePane::default();
    for told in ["Reading the guide.", "This stage has no guide."] {
        let mut buf = Buffer::empty(area);
        pane.render(&Theme::DARK, area, &mut buf, true);
        assert_eq!(dump::text(&buf).trim(), told);
        assert_eq!((pane.status(), pane.current_link(), pane.links().len()), (String::new(), None, 0));
        pane.scroll(Scroll::Down(1));
        pane.search("x");
        pane.search_step(Way::Next);
        pane.next_link();
        pane.show("empty", "");
    }
}

#[test]
fn another_guide_begins_at_its_top_and_the_same_keeps_the_place() {
    let mut screen = Screen::new(CRASHES, 60, 10);
    screen.pane.scroll(Scroll::Down(12));
    let top = screen.top();
    screen.pane.show("stage", CRASHES);
    assert_eq!(screen.top(), top);
    // The pack was edited: more text above does not move the reader out of the section.
    screen.pane.show("stage", &CRASHES.replace("Your store saves", "Your own store saves"));
    assert_eq!(screen.top(), top);
    screen.pane.show("other", HTTP);
    assert_eq!(screen.pane.status(), "");
    assert!(!screen.top().is_empty());
    assert_eq!(screen.pane.status(), "top");
}

#[test]
fn scrolling_stops_at_the_ends_and_says_where_it_is() {
    let mut screen = Screen::new(CRASHES, 60, 20);
    assert_eq!(screen.pane.status(), "top");
    screen.pane.scroll(Scroll::Down(1));
    assert!(screen.pane.status().ends_with('%'));
    screen.pane.scroll(Scroll::Bottom);
    assert_eq!(screen.pane.status(), "end");
    assert!(screen.text().contains("Atomic commit"));
    screen.size = (60, 200);
    screen.draw();
    assert_eq!(screen.pane.status(), "all");
    // A pane that is made small again shows the same rows.
    screen.size = (60, 20);
    screen.draw();
    assert_eq!(screen.pane.status(), "end");
}

#[test]
fn a_change_of_width_keeps_the_place() {
    let mut screen = Screen::new(CRASHES, 60, 10);
    screen.pane.mark(Some("long-values"));
    assert_eq!(screen.top(), "▌ Long values");
    for width in [38, 100, 18, 60] {
        screen.size.0 = width;
        assert_eq!(screen.top().trim_start_matches(['▌', ' ']), "Long values", "{width}");
    }
    screen.pane.scroll(Scroll::Down(3));
    let top = screen.top();
    for width in [38, 100, 20, 60] {
        screen.size.0 = width;
        screen.draw();
    }
    assert_eq!(screen.top(), top);
}

#[test]
fn a_section_ends_at_its_own_level() {
    let mut screen = Screen::new(MIXED, 60, 60);
    let mut marked = |slug| {
        screen.pane.mark(Some(slug));
        let rows = screen.text();
        let rows: Vec<&str> = rows.lines().filter_map(|row| row.strip_prefix("▌ ")).collect();
        (rows.first().copied().unwrap_or_default().to_owned(), rows.last().copied().unwrap_or_default().to_owned())
    };
    assert_eq!(marked("table"), ("Table".to_owned(), "2. two".to_owned()));
    assert_eq!(marked("inner"), ("Inner".to_owned(), "2. two".to_owned()));
    assert_eq!(marked("last"), ("Last".to_owned(), "• done".to_owned()));
    assert_eq!(marked("no-such"), (String::new(), String::new()));
}

#[test]
fn a_mark_moves_the_reader_once() {
    let mut screen = Screen::new(CRASHES, 60, 10);
    screen.pane.mark(Some("ready"));
    assert_eq!(screen.top(), "▌ Ready");
    screen.pane.scroll(Scroll::Top);
    screen.pane.mark(Some("ready"));
    assert_eq!(screen.top(), "Survive a crash");
    screen.pane.mark(None);
    assert!(!screen.text().contains('▌'));
    // What is already in sight does not move.
    screen.size.1 = 16;
    screen.draw();
    screen.pane.mark(Some("recovery"));
    assert_eq!(screen.top(), "Survive a crash");
}

#[test]
fn a_search_goes_round_from_where_the_reader_was() {
    let mut screen = Screen::new(CRASHES, 60, 10);
    screen.pane.mark(Some("ready"));
    screen.draw();
    screen.pane.search("sh");
    screen.draw();
    screen.pane.search("short");
    screen.draw();
    assert_eq!(screen.pane.search_status().as_deref(), Some("1 of 2"));
    assert!(screen.text().contains("cut short"));
    screen.pane.search_step(Way::Next);
    assert!(screen.text().contains("short introduction"));
    screen.pane.search_step(Way::Next);
    assert_eq!(screen.pane.search_status().as_deref(), Some("1 of 2"));
    screen.pane.search_step(Way::Previous);
    assert_eq!(screen.pane.search_status().as_deref(), Some("2 of 2"));
    // Nothing found: back to where it began.
    screen.pane.search("shortbread");
    assert_eq!(screen.top(), "▌ Ready");
    assert_eq!(screen.pane.search_status().as_deref(), Some("no match"));
    screen.pane.search("");
    assert_eq!(screen.pane.search_status(), None);
    assert!(screen.pane.is_searching());
    screen.pane.clear_search();
    assert!(!screen.pane.is_searching());
}

#[test]
fn a_phrase_is_found_across_what_wrapping_broke() {
    let phrases = [
        "one value that makes the line long",
        "between 世界 and 键值",
        "sentences. It is long enough to wrap in a narrow",
        "code, and a link.",
        "curl -i -X PUT --data-binary 'a value that makes the line long' http://127.0.0.1:8080/kv/key",
        "200, when the value",
    ];
    for width in [12, 20, 38, 60, 100] {
        let mut screen = Screen::new(MIXED, width, 10);
        for phrase in &phrases[1..5] {
            screen.pane.search(phrase);
            assert_eq!(screen.pane.search_status().as_deref(), Some("1 of 1"), "{phrase} at {width}");
        }
        screen.pane.search(phrases[0]);
        assert_eq!(screen.pane.search_status().as_deref(), Some("no match"));
    }
    let mut screen = Screen::new(MIXED, 60, 10);
    screen.pane.search(phrases[5]);
    assert_eq!(screen.pane.search_status().as_deref(), Some("1 of 1"));
    // Blocks stay apart.
    screen.pane.search("gap between 世界 and 键值. A quote");
    assert_eq!(screen.pane.search_status().as_deref(), Some("no match"));
}

#[test]
fn long_code_goes_on_below() {
    let mut screen = Screen::new(MIXED, 40, 60);
    let text = screen.text();
    let rows: Vec<&str> = text.lines().skip_while(|row| !row.contains("curl")).take(4).collect();
    assert_eq!(
        rows,
        [
            "  ▸ curl -i -X PUT --data-binary 'a",
            "  ▏ ↳ value that makes the line long'",
            "  ▏ ↳ http://127.0.0.1:8080/kv/key",
            "  ▏ echo short",
        ]
    );
}

#[test]
fn prose_stays_narrow_in_the_middle_of_a_wide_pane() {
    let mut screen = Screen::new(CRASHES, 200, 60);
    screen.pane.mark(Some("ready"));
    let text = screen.text();
    let columns = |row: &str| row.chars().count() - row.trim_start().chars().count();
    let rows = || text.lines().filter(|row| !row.is_empty());
    assert_eq!(rows().map(columns).min(), Some(56), "{text}");
    assert!(text.lines().any(|row| row == format!("{}▌ Ready", " ".repeat(56))), "{text}");
    assert!(rows().all(|row| row.chars().count() <= 58 + usize::from(WIDEST)), "{text}");
}

#[test]
fn a_place_is_kept_over_a_restart() {
    let mut screen = Screen::new(CRASHES, 60, 10);
    screen.pane.scroll(Scroll::Down(14));
    let top = screen.top();
    let kept = serde_json::to_string(screen.pane.place()).unwrap();
    let place: Place = serde_json::from_str(&kept).unwrap();
    // It is set before anything is laid out, or after, and wins over a section that was to come into view.
    let mut again = GuidePane::default();
    again.show("stage", CRASHES);
    again.mark(Some("long-values"));
    again.return_to(place.clone());
    screen.pane = again;
    assert_eq!(screen.top(), top);
    screen.pane.scroll(Scroll::Top);
    screen.pane.return_to(place);
    assert_eq!(screen.top(), top);
    // Its section is gone.
    screen.pane.return_to(serde_json::from_str(r#"{"section":"no-such","letters":9}"#).unwrap());
    assert_eq!(screen.top(), "Survive a crash");
}

#[test]
fn another_theme_is_set_anew() {
    let mut screen = Screen::new(MIXED, 60, 20);
    assert!(!screen.text().contains('`'));
    screen.theme = Theme::NONE;
    assert!(screen.text().contains("`code`"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_size_panics_and_no_letter_is_lost(width in 1u16..200, height in 1u16..60, rows in 0usize..80, last in 0u16..200) {
        for source in [MIXED, CRASHES] {
            let mut screen = Screen::new(source, width, height);
            screen.pane.search("the");
            screen.pane.mark(Some("table"));
            screen.pane.next_link();
            screen.pane.scroll(Scroll::Down(rows));
            screen.draw();
            let areas = screen.pane.links_on_screen();
            prop_assert!(areas.iter().all(|link| link.area.right() <= width && link.area.bottom() <= height));
            screen.size = (last, height);
            screen.draw();
            screen.size = (width.max(12), 600);
            // Code is cut, and `[!WARNING]` is shown as a title. Cells stand side by side, so words may be parted.
            // Addresses are not seen either, unless asked for.
            let text = source.split("```").step_by(2).collect::<String>().replace("[!WARNING]", "");
            let text: String = text.split("](").map(|part| part.split_once(')').map_or(part, |(_, rest)| rest)).collect();
            let seen = screen.text();
            for letter in text.chars().filter(|c| c.is_alphabetic()).collect::<std::collections::BTreeSet<_>>() {
                let count = |text: &str| text.chars().filter(|c| *c == letter).count();
                prop_assert!(count(&seen) >= count(&text), "{} at {}", letter, width);
            }
        }
    }
}
