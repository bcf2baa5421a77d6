//! What nodes said to each other: opened at a moment, moved through, filtered, searched, followed.

use super::*;
use crate::tui::messages::examples::{STAGE, TEST, recorded};
use crate::tui::messages::{Item, MessagesPane, Order, Outcome as Brought, Reader};

fn orders(desk: &mut Desk) -> Vec<Order> {
    let order = |effect| match effect {
        Effect::Messages(order) => Some(*order),
        _ => None,
    };
    desk.take().into_iter().filter_map(order).collect()
}

/// Carries out what the view asks for, until it asks for no more.
fn settle(desk: &mut Desk) -> &mut Desk {
    let mut open = orders(desk);
    while let Some(order) = open.pop() {
        if let Some(outcome) = order.carry_out(&|_| {}) {
            desk.done(Done::Messages { number: order.number, outcome });
        }
        open.extend(orders(desk));
    }
    desk
}

fn pane(desk: &Desk) -> &MessagesPane {
    desk.ui.layers.messages().unwrap()
}

fn reader(desk: &Desk) -> &Reader {
    pane(desk).reader().unwrap()
}

fn at(desk: &Desk) -> u64 {
    reader(desk).moment().unwrap().as_millis() as u64
}

fn press(desk: &mut Desk, keys: &[&str]) {
    for key in keys {
        desk.press(key);
        settle(desk);
    }
}

fn typed(desk: &mut Desk, prompt: &str, text: &str) {
    desk.press(prompt);
    for letter in text.chars() {
        desk.press(&letter.to_string());
        settle(desk);
    }
    press(desk, &["enter"]);
}

/// A failure of that run, whose logs are open.
fn failed(run: &Path) -> Desk {
    let mut desk = Desk::new();
    desk.press("r").begun(STAGE);
    let mut card = Card::example(STAGE, TEST, &["one"]);
    card.records = run.to_string_lossy().into_owned();
    card.at = Duration::from_millis(1_424);
    desk.told(runner::Event::TestStarted { stage: STAGE.into(), test: "first works".into() });
    card.test = "first works".into();
    let (verdict, took) = (failure(), Duration::from_millis(5));
    desk.told(runner::Event::TestEnded { stage: STAGE.into(), test: "first works".into(), verdict, took });
    desk.news(RunNews::Card(Box::new(card))).ended(STAGE, StageVerdict::Failed);
    desk.press("3").take();
    desk
}

#[test]
fn a_failure_leads_to_its_moment_and_from_there_to_logs_and_cluster() {
    let recorded = recorded(5);
    let mut desk = failed(&recorded.run);
    press(&mut desk, &["enter", "M"]);
    assert_eq!((pane(&desk).run(), at(&desk)), (&*recorded.run, 1_424));
    press(&mut desk, &["j", "j"]);
    let moment = reader(&desk).moment().unwrap();
    assert!(moment > Duration::from_millis(1_424));

    // The cluster as it was then; the key of messages leads back.
    desk.press("c");
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Cluster(_))));
    press(&mut desk, &["M"]);
    assert_eq!(reader(&desk).moment(), Some(moment));
    press(&mut desk, &["M"]);
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Card(_))), "and from it");

    press(&mut desk, &["M", "l"]);
    assert!(desk.ui.layers.is_empty());
    assert_eq!(desk.bench().focus, Pane::Logs);
    assert_eq!(desk.bench().logged.as_deref(), Some(&*recorded.run));
    assert!(desk.bench().logs.can_go_back(), "the logs go to that moment");
}

#[test]
fn rows_unfold_and_fold_where_the_reader_is() {
    let recorded = recorded(5);
    let mut desk = failed(&recorded.run);
    press(&mut desk, &["M"]);
    let folded = reader(&desk).items().len();
    // Its heartbeats to all of them are a row.
    while !matches!(reader(&desk).item(), Some(Item::Row(row)) if reader(&desk).arranged().rows[row as usize].is_folded())
    {
        press(&mut desk, &["j"]);
    }
    let Some(Item::Row(row)) = reader(&desk).item() else { panic!() };
    press(&mut desk, &["space"]);
    let parts = reader(&desk).arranged().rows[row as usize].exchanges.len();
    assert_eq!(reader(&desk).items().len(), folded + parts - 1);
    assert_eq!(reader(&desk).item(), Some(Item::Part(row, 0)));
    // One of them unfolds into question and answer, and these fold all of it.
    press(&mut desk, &["space"]);
    assert_eq!(reader(&desk).item(), Some(Item::Message(row, 0, false)));
    assert_eq!(reader(&desk).items().len(), folded + parts);
    let times: Vec<Duration> = reader(&desk).items().iter().map(|item| reader(&desk).at(*item)).collect();
    assert!(times.is_sorted(), "{times:?}");
    press(&mut desk, &["space"]);
    assert_eq!((reader(&desk).item(), reader(&desk).items().len()), (Some(Item::Row(row)), folded));
}

#[test]
fn filters_keep_the_place_and_take_effect_with_each_letter() {
    let recorded = recorded(5);
    let mut desk = failed(&recorded.run);
    press(&mut desk, &["M"]);
    let all = reader(&desk).arranged().rows.len();
    let pairs = |desk: &Desk| {
        let (reader, mut pairs) = (reader(desk), std::collections::BTreeSet::new());
        for exchange in reader.arranged().rows.iter().flat_map(|row| &row.exchanges) {
            let entry = &reader.loaded().record.entries()[exchange.message];
            pairs.insert((entry.from.to_string(), entry.to.to_string()));
        }
        pairs
    };
    typed(&mut desk, "f", "n3,n1");
    assert_eq!(pairs(&desk), [("n3".to_owned(), "n1".to_owned())].into());
    assert_eq!(at(&desk), 1_424);
    typed(&mut desk, "f", "n1 vote");
    assert_eq!(reader(&desk).arranged().rows.len(), 1);
    typed(&mut desk, "f", "no such text");
    assert!(reader(&desk).arranged().rows.is_empty());
    press(&mut desk, &["esc"]);
    assert_eq!((reader(&desk).arranged().rows.len(), pane(&desk).query().filter.as_str()), (all, ""));

    // What is typed on while a filter is at work is what counts.
    desk.press("f").press("n");
    let mut first = orders(&mut desk);
    desk.press("1");
    assert!(first.remove(0).carry_out(&|_| {}).is_none(), "nobody wants it any more");
    settle(&mut desk);
    assert_eq!(reader(&desk).query().filter, "n1");
    press(&mut desk, &["esc"]);
    assert_eq!(reader(&desk).query().filter, "", "what is abandoned filters nothing");
}

#[test]
fn lines_of_logs_stand_at_their_node() {
    let recorded = recorded(5);
    let mut desk = failed(&recorded.run);
    press(&mut desk, &["M"]);
    typed(&mut desk, "&", "Asking");
    assert_eq!(reader(&desk).arranged().lines.len(), 0, "a capital makes case count");
    typed(&mut desk, "&", "asking|leading");
    let lines: Vec<(u128, &str)> =
        reader(&desk).arranged().lines.iter().map(|line| (line.at.as_millis(), line.text.as_str())).collect();
    assert_eq!(lines, [(1423, "nobody heard, asking for votes"), (1432, "leading term 2")]);
    assert!(matches!(desk.ui.layers.top(), Some(Layer::Messages(_))), "and the view stays open");
}

#[test]
fn a_search_goes_from_row_to_row_and_back_to_where_it_began() {
    let recorded = recorded(5);
    let mut desk = failed(&recorded.run);
    press(&mut desk, &["M", "g"]);
    typed(&mut desk, "/", "granted");
    let first = at(&desk);
    assert_eq!((first, reader(&desk).search_status().as_deref()), (1_424, Some("1 of 2")));
    press(&mut desk, &["n"]);
    assert_eq!(reader(&desk).search_status().as_deref(), Some("2 of 2"));
    press(&mut desk, &["N"]);
    assert_eq!((at(&desk), reader(&desk).search_status().as_deref()), (first, Some("1 of 2")));
    press(&mut desk, &["N"]);
    assert_eq!(reader(&desk).search_status().as_deref(), Some("2 of 2"), "round and round");
    press(&mut desk, &["esc"]);
    assert!(!pane(&desk).is_searching());
    press(&mut desk, &["g"]);
    desk.press("/").press("4").press("0").press("4");
    settle(&mut desk);
    assert_eq!(reader(&desk).search_status().as_deref(), Some("no match"));
    press(&mut desk, &["esc"]);
    assert_eq!(reader(&desk).chosen(), 0);
}

#[test]
fn a_run_in_flight_is_read_again_and_again_until_it_has_ended() {
    let recorded = recorded(5);
    let mut desk = Desk::new();
    desk.press("r").news(RunNews::Prepared { folder: recorded.run.clone() }).take();
    desk.press("M");
    settle(&mut desk);
    assert!(pane(&desk).is_live() && reader(&desk).follows());
    desk.event(Event::Clock(desk.now));
    assert!(orders(&mut desk).is_empty(), "not at once");
    desk.now += Duration::from_secs(1);
    desk.event(Event::Clock(desk.now));
    assert_eq!(orders(&mut desk).len(), 1);
    desk.event(Event::Clock(desk.now));
    assert!(orders(&mut desk).is_empty(), "one at a time");
    let (number, outcome) = (2, Brought::Rows(Err("half a line".into())));
    desk.done(Done::Messages { number, outcome });
    assert!(pane(&desk).reader().is_some(), "what was shown stays");
    desk.news(RunNews::Ended(Ok(Outcome::Passed)));
    settle(&mut desk);
    assert!(!pane(&desk).is_live());
    desk.now += Duration::from_secs(1);
    desk.event(Event::Clock(desk.now));
    assert!(orders(&mut desk).is_empty());
}

#[test]
fn what_is_unfolded_stays_so_when_the_run_is_read_again() {
    let recorded = recorded(5);
    let mut desk = Desk::new();
    desk.press("r").news(RunNews::Prepared { folder: recorded.run.clone() }).take();
    desk.press("M");
    settle(&mut desk);
    press(&mut desk, &["g"]);
    while !reader(&desk).item().is_some_and(|item| reader(&desk).unfolds(item)) {
        press(&mut desk, &["j"]);
    }
    press(&mut desk, &["space", "j"]);
    let before = (reader(&desk).item(), reader(&desk).items().len());
    desk.now += Duration::from_secs(1);
    desk.event(Event::Clock(desk.now));
    settle(&mut desk);
    assert_eq!((reader(&desk).item(), reader(&desk).items().len()), before);
}

#[test]
fn without_a_run_or_a_cluster_the_key_says_why() {
    let mut desk = Desk::new();
    desk.press("M");
    assert_eq!(desk.toast(), "No run is known yet: messages come with the first.");
    desk.press("f");
    assert!(desk.ui.layers.is_empty());
    desk.bench_mut().course.has_nodes = false;
    desk.press("M");
    assert_eq!(desk.toast(), "Only programs that are servers say something to each other.");
}

#[test]
fn gaps_stay_between_rows_whatever_unfolds() {
    let recorded = recorded(9);
    let mut desk = failed(&recorded.run);
    press(&mut desk, &["M", "g"]);
    let gaps = |desk: &Desk| {
        let items = reader(desk).items();
        let is_gap = |place: &usize| matches!(items[*place], Item::Gap(_));
        let gaps: Vec<usize> = (0..items.len()).filter(is_gap).collect();
        for gap in &gaps {
            let at = |place: usize| reader(desk).at(items[place]);
            assert!(at(gap - 1) < at(*gap) && at(*gap) < at(gap + 1));
            assert!(at(gap + 1) - at(gap - 1) >= Duration::from_secs(1));
        }
        gaps.len()
    };
    assert_eq!(gaps(&desk), 1);
    for _ in 0..reader(&desk).items().len() {
        press(&mut desk, &["space"]);
        assert_eq!(gaps(&desk), 1);
        press(&mut desk, &["j"]);
    }
    typed(&mut desk, "f", "n3");
    assert_eq!(gaps(&desk), 1, "and with fewer rows there may be others");
}
