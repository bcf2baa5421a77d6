//! The index against the plain reader, which goes through each whole file.

use std::fs::OpenOptions;
use std::ops::Bound;
use std::time::Duration;

use proptest::prelude::*;

use super::super::index::{BLOCK_LINES, Block, Index, OWN, Place};
use super::super::paths::Paths;
use super::super::pattern::Pattern;
use super::super::view::{Found, View, Way};
use super::{Indexed, Run};
use crate::cluster::{LogReader, log_path};
use crate::report::own_lines::{Change, Kind, OwnLine};
use crate::text::clean;

const NODES: [&str; 3] = ["n1", "n2", "n3"];

#[derive(Debug, Clone)]
enum Happening {
    Prints(usize, Vec<u8>),
    Sampled(usize),
    Own(u64),
    Looked,
    /// A program printed too much.
    Cut(usize),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let pieces = prop::sample::select(vec![
        &b"a"[..],
        b"ab",
        b"\n",
        b"\n",
        b"x\n",
        b"\n--- lsfr: START\n",
        b"--- ls",
        b"\r\n",
        b"\xff",
        "é".as_bytes(),
        b"\x1b[31mred",
        b"\0",
    ]);
    let bytes = prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat());
    let happening = prop_oneof![
        4 => (0..NODES.len(), bytes).prop_map(|(node, bytes)| Happening::Prints(node, bytes)),
        4 => (0..NODES.len()).prop_map(Happening::Sampled),
        1 => (0..3u64).prop_map(Happening::Own),
        2 => Just(Happening::Looked),
        1 => (0..NODES.len()).prop_map(Happening::Cut),
    ];
    prop::collection::vec(happening, 0..60)
}

/// Each line with its moment, the number of its source, and its text.
type Model = Vec<(u64, u16, String)>;

fn play(happenings: &[Happening]) -> (Run, Indexed, Model) {
    let run = Run::new();
    NODES.iter().for_each(|node| run.print(node, ""));
    let mut indexed = Indexed::new(&run, &NODES);
    let mut model = Model::new();
    for (happening, now) in happenings.iter().zip((1000..).step_by(1000)) {
        match happening {
            Happening::Prints(node, bytes) => run.print(NODES[*node], bytes),
            Happening::Sampled(node) => run.sample(NODES[*node], now),
            Happening::Own(late) => {
                let index = indexed.index.get_mut().unwrap();
                let at = now.saturating_sub(*late * 2000);
                let text = format!("own {}", index.own.len());
                model.push((at, OWN, text.clone()));
                let line = OwnLine {
                    at: Duration::from_micros(at),
                    nodes: Vec::new(),
                    kind: Kind::Remark,
                    text: text.clone(),
                    wrong: false,
                    asked: None,
                };
                index.change(Change::New(line), (0, 0));
            }
            Happening::Looked => indexed.pass(false),
            Happening::Cut(node) => {
                let log = OpenOptions::new().write(true).open(log_path(run.path(), NODES[*node])).unwrap();
                // lsfr sees what was there, and then that it is no longer there.
                run.sample(NODES[*node], now - 500);
                log.set_len(log.metadata().unwrap().len() * 2 / 3).unwrap();
                run.sample(NODES[*node], now);
            }
        }
    }
    indexed.pass(true);
    for (node, source) in NODES.iter().zip(1..) {
        let lines = LogReader::open(run.path(), node).unwrap().map(Result::unwrap).filter(|line| !line.own);
        model.extend(lines.map(|line| (micros(line.at), source, clean(&line.text))));
    }
    // Stable: lines of one source and moment are in their order already.
    model.sort_by_key(|(at, source, _)| (*at, *source));
    (run, indexed, model)
}

fn micros(at: Duration) -> u64 {
    u64::try_from(at.as_micros()).unwrap()
}

fn walk(index: &Index) -> (Vec<Place>, Model) {
    let lines = View::new(index, None, None).forward(Bound::Unbounded, usize::MAX);
    lines.into_iter().map(|line| (line.place, (line.place.at, line.place.source, line.raw.text()))).unzip()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn lines_come_in_the_order_of_time(happenings in happenings()) {
        let (_run, indexed, model) = play(&happenings);
        let index = indexed.index.lock().unwrap();
        prop_assert!(index.blocks.is_sorted_by_key(Block::place));
        let (places, lines) = walk(&index);
        prop_assert_eq!(&lines, &model);
        prop_assert!(places.is_sorted_by(|a, b| a < b));
        let mut back = View::new(&index, None, None).backward(Bound::Unbounded, usize::MAX);
        back.reverse();
        prop_assert_eq!(back.iter().map(|line| line.place).collect::<Vec<_>>(), places);
    }

    #[test]
    fn steps_and_filters_agree_with_the_whole(
        happenings in happenings(),
        filter in prop::sample::select(vec!["", "a", "red", "own|x", "^$", "zzz"]),
        search in prop::sample::select(vec!["a", "own", "d$", "zzz"]),
        only in prop::sample::select(vec![None, Some("n2")]),
        at in any::<prop::sample::Index>(),
        steps in 0usize..8,
    ) {
        let (_run, indexed, model) = play(&happenings);
        let (filter, search) = (Pattern::new(filter), Pattern::new(search));
        indexed.index.lock().unwrap().ask(filter.as_ref(), search.as_ref());
        indexed.count();
        let fits = |pattern: &Option<Pattern>, text: &str| pattern.as_ref().is_none_or(|it| it.fits(text.as_bytes(), &Paths::default()));
        let seen: Vec<&String> = model
            .iter()
            .filter(|(_, source, text)| (only.is_none() || [OWN, 2].contains(source)) && fits(&filter, text))
            .map(|(_, _, text)| text)
            .collect();
        let index = indexed.index.lock().unwrap();
        let only = only.map(|node| vec![node.to_owned()]);
        let mut view = View::new(&index, only.as_deref(), None);
        let lines = view.forward(Bound::Unbounded, usize::MAX);
        let texts: Vec<String> = lines.iter().map(|line| line.raw.text()).collect();
        prop_assert_eq!(texts.iter().collect::<Vec<_>>(), seen);
        prop_assert_eq!(view.lines_behind(None), lines.len() as u64);

        let found: Vec<usize> = (0..lines.len()).filter(|line| fits(&search, &texts[*line])).collect();
        prop_assert_eq!(view.tally(None).total, found.len() as u64);
        if lines.is_empty() {
            return Ok(());
        }
        let at = at.index(lines.len());
        let here = Bound::Excluded(lines[at].place);
        let end = (at + 1 + steps).min(lines.len());
        prop_assert_eq!(view.forward(here, steps), &lines[at + 1..end]);
        let mut back = view.backward(here, steps);
        back.reverse();
        prop_assert_eq!(back, &lines[at.saturating_sub(steps)..at]);
        prop_assert_eq!(view.nearest(lines[at].place).map(|line| line.place), Some(lines[at].place));

        let place = |line: Option<&usize>| line.map_or(Found::Nothing, |line| Found::At(lines[*line].place));
        prop_assert_eq!(view.find(here, Way::Forward), place(found.iter().find(|line| **line > at)));
        prop_assert_eq!(view.find(here, Way::Backward), place(found.iter().rev().find(|line| **line < at)));
        let nth = found.iter().position(|line| *line == at).map(|line| line as u64 + 1);
        prop_assert_eq!(view.tally(Some(lines[at].place)).nth, nth);
    }
}

#[test]
fn the_index_of_a_flood_is_small() {
    let run = Run::new();
    let nodes = ["n1", "n2", "n3", "n4", "n5"];
    // 200 lines of 80 bytes every 10 ms: 100,000 a second.
    let burst = format!("{:079}\n", 7).repeat(200);
    for tick in 1..=40 {
        nodes.iter().for_each(|node| run.print_at(node, tick * 10, &burst));
    }
    let mut indexed = Indexed::new(&run, &nodes);
    indexed.pass(true);
    let index = indexed.index.lock().unwrap();
    let lines: u64 = index.blocks.iter().map(|block| u64::from(block.lines)).sum();
    assert_eq!(lines, 5 * 40 * 200);
    assert!(index.blocks.iter().all(|block| block.lines <= BLOCK_LINES));
    // Less than half a byte per line: under 5 MB for ten million.
    assert!((index.blocks.capacity() * size_of::<Block>()) as u64 * 2 < lines);
}
