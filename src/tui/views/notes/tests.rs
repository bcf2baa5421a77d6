//! What is told when a stage, and when the last one, has passed.

use std::time::Duration;

use chrono::DateTime;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::report::journal::{Effort, Whole};
use crate::tui::dump;
use crate::tui::finale::{Finale, FinalePart};
use crate::tui::keymap::Keymap;
use crate::tui::passed::PassedPane;
use crate::tui::scroll::Scroll;
use crate::tui::theme::Theme;

/// Between the header and the footer.
const SIZES: [(u16, u16); 4] = [(60, 14), (80, 22), (120, 34), (200, 58)];
const PLAIN: Theme = Theme { ascii: true, ..Theme::NONE };

fn drawn((columns, rows): (u16, u16), mut draw: impl FnMut(Rect, &mut Buffer)) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    draw(area, &mut buffer);
    buffer
}

fn pane() -> PassedPane {
    PassedPane {
        stage: "crash-recovery".into(),
        title: "Survive a crash".into(),
        truths: [
            "A write that was answered is there after kill -9",
            "A crash in the middle of a write leaves the old value or the new one, and nothing in between",
            "The log is cut off where it was torn",
        ]
        .map(str::to_owned)
        .to_vec(),
        effort: Some(Effort { runs: 7, time: Duration::from_secs(52 * 60) }),
        after: Some(
            "## What real stores do\n\nThey write a **log** first, as you do, and `fsync` it in groups.\n\n\
             - Redis asks: once a second, or each time.\n- etcd: each time.\n"
                .into(),
        ),
        next: Some("Write only if nothing changed".into()),
        done: 3,
        of: 15,
        ..PassedPane::default()
    }
}

fn passed_at(pane: &mut PassedPane, theme: &Theme, size: (u16, u16)) -> Buffer {
    drawn(size, |area, buffer| super::passed(pane, theme, &Keymap::default(), area, buffer))
}

#[test]
fn a_stage_is_passed() {
    let mut all = String::new();
    for size in SIZES {
        all.push_str(&format!("── {size:?}\n{}\n", dump::text(&passed_at(&mut pane(), &Theme::DARK, size))));
    }
    let first = PassedPane { effort: Some(Effort { runs: 1, time: Duration::ZERO }), after: None, ..pane() };
    let last = PassedPane { next: None, done: 15, effort: None, ..first.clone() };
    for mut pane in [first, last] {
        all.push_str(&format!("──\n{}\n", dump::text(&passed_at(&mut pane, &Theme::DARK, (80, 22)))));
    }
    let plain = dump::text(&passed_at(&mut pane(), &PLAIN, (80, 22)));
    assert!(plain.is_ascii(), "{plain}");
    all.push_str(&dump::styles(&passed_at(&mut pane(), &Theme::DARK, (80, 22))));
    insta::assert_snapshot!(all);
}

#[test]
fn what_does_not_fit_is_reached() {
    let mut pane = pane();
    let top = dump::text(&passed_at(&mut pane, &Theme::DARK, (60, 14)));
    assert!(top.contains("What holds now") && top.contains("▼"), "{top}");
    assert!(!top.contains("etcd"), "{top}");
    pane.scroll(Scroll::Bottom);
    let end = dump::text(&passed_at(&mut pane, &Theme::DARK, (60, 14)));
    assert!(end.contains("etcd") && !end.contains("▼") && end.contains("▲"), "{end}");
    for shown in [top, end] {
        assert!(shown.contains("Survive a crash") && shown.contains("goes on to"), "{shown}");
    }
}

fn complete(parts: &[(&str, &[&str])], whole: Option<Whole>) -> Finale {
    let part = |(name, stages): &(&str, &[&str])| FinalePart {
        name: (*name).to_owned(),
        stages: stages.iter().map(|title| ((*title).to_owned(), true)).collect(),
    };
    Finale {
        name: "Distributed Key-Value Store".into(),
        parts: parts.iter().map(part).collect(),
        built: Some("Five servers that agree, and keep every write they have acknowledged, whatever fails.".into()),
        whole,
    }
}

fn whole() -> Option<Whole> {
    let at = |text| DateTime::parse_from_rfc3339(text).unwrap();
    Some(Whole {
        first: at("2026-11-14T20:12:00+01:00"),
        last: at("2026-11-29T18:40:00+01:00"),
        runs: 341,
        testing: Duration::from_secs(3 * 3600 + 12 * 60),
        tests: Some(214),
    })
}

const STORE: &[(&str, &[&str])] = &[
    (
        "One node",
        &["Store and retrieve data", "Survive a restart", "Survive a crash", "Write only if nothing changed"],
    ),
    (
        "One leader",
        &[
            "Know the cluster",
            "Elect a leader",
            "Replace a dead leader",
            "Lead only a majority",
            "Stay calm on a bad network",
        ],
    ),
    (
        "Replicated log",
        &[
            "Copy every write",
            "Bring nodes up to date",
            "Survive a crash of all",
            "Never read the past",
            "Hold under fire",
            "Answer twice, write once",
        ],
    ),
];

fn finale_at(finale: &Finale, theme: &Theme, size: (u16, u16)) -> Buffer {
    drawn(size, |area, buffer| super::finale(finale, theme, &Keymap::default(), area, buffer))
}

#[test]
fn the_last_stage_is_passed() {
    let finale = complete(STORE, whole());
    let mut all = String::new();
    for size in SIZES {
        all.push_str(&format!("── {size:?}\n{}\n", dump::text(&finale_at(&finale, &Theme::DARK, size))));
    }
    let plain = dump::text(&finale_at(&finale, &PLAIN, (80, 22)));
    assert!(plain.is_ascii(), "{plain}");
    all.push_str(&dump::styles(&finale_at(&finale, &Theme::DARK, (80, 22))));
    insta::assert_snapshot!(all);
}

#[test]
fn what_the_records_do_not_say_is_left_out() {
    let shown = |whole| dump::text(&finale_at(&complete(STORE, whole), &Theme::DARK, (120, 34)));
    let none = shown(None);
    assert!(none.contains("15 of 15 stages") && !none.contains("runs") && !none.contains("of testing"), "{none}");
    let some = shown(whole().map(|whole| Whole { tests: None, ..whole }));
    assert!(some.contains("341 runs") && some.contains("16 days") && !some.contains("tests pass"), "{some}");
}

#[test]
fn every_challenge_that_comes_with_lsfr_is_whole_at_80x24() {
    for challenge in crate::challenge::list().unwrap() {
        let parts = challenge.parts.iter().map(|part| FinalePart {
            name: part.name.clone(),
            stages: part.stages.iter().map(|stage| (stage.title.clone(), true)).collect(),
        });
        let finale = Finale { name: challenge.name.clone(), parts: parts.collect(), ..complete(&[], whole()) };
        let shown = dump::text(&finale_at(&finale, &Theme::DARK, (80, 22)));
        // Where not all stages have room, their parts have.
        let stages = challenge.stages().all(|stage| shown.contains(&stage.title));
        let whole =
            |part: &crate::challenge::Part| format!("{}  {}/{}", part.name, part.stages.len(), part.stages.len());
        let parts = challenge.parts.iter().all(|part| shown.contains(&whole(part)));
        assert!(stages || parts, "{shown}");
        assert!(shown.contains("whatever fails."), "{shown}");
    }
}

#[test]
fn no_size_is_too_odd() {
    for size in [(1, 1), (20, 5), (59, 3), (80, 4), (300, 9), (12, 90)] {
        finale_at(&complete(STORE, whole()), &Theme::DARK, size);
        finale_at(&complete(&[], None), &PLAIN, size);
        passed_at(&mut pane(), &PLAIN, size);
        passed_at(&mut PassedPane::default(), &Theme::DARK, size);
    }
}
