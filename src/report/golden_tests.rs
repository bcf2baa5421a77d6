//! Recorded failures of each kind: the same events make the same cards, and no words decide what is in them.

use serde_json::Value as Json;

use super::card::Card;
use super::card_page::{Form, Line, Page, columns};
use super::card_text::{plain, render};
use super::collect::cards;
use super::describe::{Describe, English};
use super::scrambled::Scrambled;
use crate::facts::Stamped;
use crate::facts::golden::recorded;

fn told(events: &[Stamped], words: &dyn Describe) -> Vec<Card> {
    cards(events, words, &mut |_, _, _| Vec::new())
}

fn page(card: &Card) -> Vec<Line> {
    let form = Form { columns: 80, whole_commands: false, all_hints: true, ask: "" };
    Page::new(card, &form).lines()
}

/// Everything about a card except its words.
fn shape(card: &Card) -> Json {
    let rows = card.led_here.iter();
    let rows: Vec<_> = rows.map(|row| (row.at, &row.node, row.took, row.wrong)).collect();
    let nodes = card.cluster.iter().flat_map(|cluster| &cluster.nodes);
    let nodes: Vec<_> = nodes.map(|node| (&node.node, node.state, &node.role, node.since)).collect();
    let deeds = card.cluster.iter().flat_map(|cluster| &cluster.deeds);
    let deeds: Vec<_> = deeds.map(|deed| (deed.at, deed.verb, &deed.nodes)).collect();
    let answers: Vec<_> = card.answers.iter().map(|answer| (&answer.node, answer.fits)).collect();
    let differences: Vec<_> =
        card.differences.iter().map(|difference| (&difference.path, difference.caret)).collect();
    serde_json::json!({
        "kind": card.kind, "subject": card.subject, "not_judged": card.not_judged.is_some(), "told": card.told.len(),
        "rows": rows, "nodes": nodes, "deeds": deeds, "answers": answers, "differences": differences,
        "request": card.request.as_ref().map(|request| (&request.node, &request.method, &request.path)),
        "start": card.start, "again": card.again, "hops": card.hops,
    })
}

#[test]
fn the_same_events_make_the_same_cards() {
    for run in recorded() {
        let cards = told(&run.events(), &English);
        assert!(!cards.is_empty(), "{}", run.name);
        let shown: Vec<String> = cards.iter().map(|card| plain(&render(card, 100))).collect();
        assert!(shown.iter().all(|card| card.lines().count() <= 60), "{}", run.name);
        insta::assert_snapshot!(format!("golden_{}", run.name), shown.join("\n"));
    }
}

#[test]
fn events_are_written_as_they_were_read() {
    for run in recorded() {
        for (event, line) in run.events().iter().zip(&run.lines) {
            assert_eq!(serde_json::to_value(event).unwrap(), *line, "{}", run.name);
        }
    }
}

#[test]
fn no_words_of_a_description_decide_anything() {
    for run in recorded() {
        let (plain, scrambled) = (told(&run.events(), &English), told(&run.events(), &Scrambled));
        assert_eq!(plain.len(), scrambled.len(), "{}", run.name);
        for (plain, scrambled) in plain.iter().zip(&scrambled) {
            assert_ne!(plain, scrambled, "{}", run.name);
            assert_eq!(shape(plain), shape(scrambled), "{}", run.name);
            // The words have the same length, so each line has the same colours.
            let colours = |card: &Card| -> Vec<Vec<_>> {
                let line = |line: &Line| line.iter().map(|(role, text)| (*role, crate::text::width(text))).collect();
                page(card).iter().map(line).collect()
            };
            assert_eq!(colours(plain), colours(scrambled), "{}", run.name);
            assert!(page(plain).iter().any(|line| columns(line) > 0));
        }
    }
}

#[test]
fn no_sentence_of_an_event_decides_anything() {
    for run in recorded() {
        let (plain, scrambled) = (told(&run.events(), &English), told(&run.scrambled(), &English));
        assert_eq!(plain.len(), scrambled.len(), "{}", run.name);
        for (plain, scrambled) in plain.iter().zip(&scrambled) {
            assert_eq!(shape(plain), shape(scrambled), "{}", run.name);
        }
    }
}
