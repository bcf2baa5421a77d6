//! Where in the picture each operation and each moment stands.
//!
//! Time is to scale: so large that most operations, and those that prove something, have room for what is written in
//! them. Milliseconds among seconds would then be far apart, so the [`Axis`] leaves out what is long and quiet. In
//! [`Zoom::Whole`] nothing is left out.

use std::ops::RangeInclusive;
use std::time::Duration;

use history::{Fault, History, Operation, Outcome};

use super::axis::{Axis, Scale};
use super::labels::label;
use super::{Lanes, Zoom};
use crate::text::width;

/// The picture, as wide as it is, of which a pane shows a part.
#[derive(Debug)]
pub struct Sheet {
    /// For each lane its bars, in the order of [`Lanes::rows`].
    pub bars: Vec<Vec<Bar>>,
    pub columns: usize,
    /// The room that it was made for.
    pub room: usize,
    pub axis: Axis,
    /// The first and the last column of the operations that prove something.
    pub proof: Option<(usize, usize)>,
}

/// An operation in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// In [`History::operations`].
    pub place: usize,
    /// The first and the last column.
    pub from: usize,
    pub to: usize,
}

/// The ends of an operation and a blank on both sides of its words.
const FRAME: usize = 4;
/// The same, without blanks.
const TIGHT: usize = 2;
/// An operation of a proof that is this much shorter than most operations is not worth drawing everything larger.
const SHORTEST: f64 = 8.0;
/// Scales that are tried, from one where labels have room to one where less has.
const STEPS: u32 = 16;
/// How much smaller than for letters the picture may be, so that all of a proof is in it.
const SMALLEST: f64 = 4.0;

/// What a picture is made of.
struct Plan<'a> {
    history: &'a History,
    lanes: &'a Lanes,
    /// Of the operations that are shown, those that prove something.
    marked: Vec<&'a Operation>,
    /// When an operation began or ended, or a fault did meanwhile; in order.
    moments: Vec<Duration>,
    room: usize,
}

impl Sheet {
    pub(super) fn new(history: &History, lanes: &Lanes, marked: &[usize], zoom: Zoom, room: usize) -> Self {
        let plan = Plan::new(history, lanes, marked, room);
        let axis = plan.axis(plan.scale(zoom));
        let end = axis.end();
        let mut columns = end + 1;
        let mut bars: Vec<Vec<Bar>> = Vec::with_capacity(lanes.rows.len());
        for row in &lanes.rows {
            let mut lane: Vec<Bar> = Vec::with_capacity(row.len());
            for place in row {
                let operation = &history.operations[*place];
                let from = axis.column(operation.called);
                let to = match operation.returned {
                    Some(at) => axis.column(at.max(operation.called)),
                    None if zoom == Zoom::Whole => end,
                    // It waited to the end of the history.
                    None => end.max(from + width(&label(operation, zoom)) + FRAME - 1),
                };
                columns = columns.max(to + 1);
                if let Some(before) = lane.last_mut().filter(|before| before.to >= from) {
                    before.to = from.saturating_sub(1).max(before.from);
                }
                lane.push(Bar { place: *place, from, to });
            }
            bars.push(lane);
        }
        if zoom == Zoom::Whole {
            columns = room;
        }
        let proof = plan.proof().map(|proof| (axis.column(*proof.start()), axis.column(*proof.end())));
        Self { bars, columns, room, axis, proof }
    }

    /// There is room for all that proves something at once.
    pub fn shows_proof(&self) -> bool {
        self.proof.is_none_or(|(from, to)| to - from < self.room)
    }

    /// The first and the last column of a fault; none if it was over before, or began after, all that is shown.
    pub fn fault(&self, fault: &Fault) -> Option<(usize, usize)> {
        let ((first, _), (last, _)) = (self.axis.moments.first()?, self.axis.moments.last()?);
        if !fault.overlaps(*first, *last) {
            return None;
        }
        let from = self.axis.column(fault.from);
        let to = fault.to.filter(|to| to <= last).map_or(self.columns.saturating_sub(1), |to| self.axis.column(to));
        Some((from, to.max(from)))
    }
}

impl<'a> Plan<'a> {
    fn new(history: &'a History, lanes: &'a Lanes, marked: &[usize], room: usize) -> Self {
        let shown = || lanes.rows.iter().flatten().map(|place| &history.operations[*place]);
        let first = shown().map(|operation| operation.called).min().unwrap_or_default();
        let ends = shown().map(|operation| operation.returned.unwrap_or_default().max(operation.called));
        let last = ends.max().unwrap_or_default();
        let of_operations = shown().flat_map(|operation| [Some(operation.called), operation.returned]);
        let of_faults = history.faults.iter().flat_map(|fault| [Some(fault.from), fault.to]);
        let all = of_operations.chain(of_faults).flatten();
        let mut moments: Vec<Duration> = all.filter(|at| (first..=last).contains(at)).collect();
        moments.sort_unstable();
        moments.dedup();
        let marked = marked.iter().filter(|place| lanes.lane_of(**place).is_some());
        Self { history, lanes, marked: marked.map(|place| &history.operations[*place]).collect(), moments, room }
    }

    fn axis(&self, scale: Scale) -> Axis {
        let mut apart: Vec<Duration> =
            self.marked.iter().flat_map(|operation| [Some(operation.called), operation.returned]).flatten().collect();
        apart.sort_unstable();
        Axis::new(&self.moments, scale, |at| scale.broken && apart.binary_search(&at).is_ok())
    }

    /// From the first call of what proves something to its last return.
    fn proof(&self) -> Option<RangeInclusive<Duration>> {
        let from = self.marked.iter().map(|operation| operation.called).min()?;
        let to = self.marked.iter().filter_map(|operation| closed(operation)).max();
        let called = self.marked.iter().map(|operation| operation.called).max()?;
        Some(from..=to.unwrap_or(called).max(called))
    }

    fn scale(&self, zoom: Zoom) -> Scale {
        let whole = Scale { columns: self.whole(), broken: false };
        match zoom {
            Zoom::Whole => whole,
            Zoom::Short => {
                let letters = self.legible(zoom, whole.columns);
                self.fitting(letters, letters / SMALLEST)
            }
            Zoom::Words => {
                let (words, letters) = (self.legible(zoom, whole.columns), self.legible(Zoom::Short, whole.columns));
                self.fitting(words, letters)
            }
        }
    }

    /// Everything in the room there is.
    fn whole(&self) -> f64 {
        let span =
            self.moments.last().copied().unwrap_or_default() - self.moments.first().copied().unwrap_or_default();
        self.room.saturating_sub(1).max(1) as f64 / (span.as_nanos().max(1) as f64)
    }

    /// So large that half of the operations, and all that prove something, have room for their labels.
    fn legible(&self, zoom: Zoom, least: f64) -> f64 {
        let frame = if zoom == Zoom::Words { FRAME } else { TIGHT };
        let needs = |operation: &Operation| {
            let took = closed(operation)?.saturating_sub(operation.called).as_nanos();
            (took > 0).then(|| (width(&label(operation, zoom)) + frame) as f64 / took as f64)
        };
        let shown = self.lanes.rows.iter().flatten().map(|place| &self.history.operations[*place]);
        let mut all: Vec<f64> = shown.filter_map(needs).collect();
        all.sort_unstable_by(f64::total_cmp);
        let Some(most) = all.get(all.len() / 2) else { return least };
        let proof = self.marked.iter().filter_map(|operation| needs(operation)).fold(0.0, f64::max);
        most.max(proof.min(most * SHORTEST)).max(least)
    }

    /// The largest of these scales with which all that proves something is in sight at once; the first if none is.
    fn fitting(&self, most: f64, least: f64) -> Scale {
        let step = |step: u32| most - (most - least) * f64::from(step) / f64::from(STEPS);
        let fits = |columns: &f64| {
            let axis = self.axis(Scale { columns: *columns, broken: true });
            let columns = |proof: RangeInclusive<Duration>| axis.column(*proof.end()) - axis.column(*proof.start());
            self.proof().is_none_or(|proof| columns(proof) < self.room)
        };
        let columns = (0..=STEPS).map(step).find(fits).unwrap_or(most);
        Scale { columns, broken: true }
    }
}

/// When it ended; an operation whose outcome is unknown does not.
fn closed(operation: &Operation) -> Option<Duration> {
    operation.returned.filter(|_| operation.outcome != Outcome::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use history::Action;

    /// Clients that each do one thing after another; every seventh is never answered, and a new client goes on.
    fn busy() -> History {
        let operation = |number: u64| {
            let (turn, place) = (number / 6, number % 6);
            let called = Duration::from_micros(turn * 900 + place * 37);
            let open = number % 7 == 3;
            Operation {
                client: (place
                    + 6 * (0..number).filter(|before| before % 6 == place && before % 7 == 3).count() as u64)
                    as u32,
                node: Some("n1".into()),
                key: "x".into(),
                action: Action::Write { value: format!("{number}").into() },
                called,
                returned: (!open || number.is_multiple_of(2))
                    .then(|| called + Duration::from_micros(400 + 60 * place)),
                outcome: if open { Outcome::Unknown } else { Outcome::Ok },
                note: None,
            }
        };
        History { operations: (0..400).map(operation).collect(), ..History::default() }
    }

    #[test]
    fn operations_of_a_lane_stand_beside_each_other_with_room_for_their_words() {
        let history = busy();
        let lanes = Lanes::new(&history, |_| true, |place| place == 5);
        assert!(lanes.rows.len() < 24, "clients that followed one another share a lane: {}", lanes.rows.len());
        assert!(lanes.rows[0].contains(&5), "what is marked comes first");
        assert_eq!(lanes.rows.iter().map(Vec::len).sum::<usize>(), 400);
        for zoom in [Zoom::Words, Zoom::Short] {
            let sheet = Sheet::new(&history, &lanes, &[5], zoom, 100);
            let bars = || sheet.bars.iter().flatten();
            for bars in &sheet.bars {
                let beside = |pair: &[Bar]| pair[0].to < pair[1].from || pair[0].from == pair[0].to;
                assert!(bars.windows(2).all(beside), "{bars:?}");
            }
            let room = |bar: &Bar| bar.to + 1 - bar.from;
            let fits = |bar: &&Bar| room(bar) >= width(&label(&history.operations[bar.place], zoom)) + 2;
            assert!(2 * bars().filter(fits).count() >= 400, "half of them have room");
            assert!(bars().filter(|bar| bar.place == 5).all(|bar| fits(&bar)), "what proves something has");
        }
        let whole = Sheet::new(&history, &lanes, &[5], Zoom::Whole, 100);
        assert!(whole.columns == 100 && whole.bars.iter().flatten().all(|bar| bar.from <= bar.to && bar.to < 100));
        assert_eq!(whole.axis.breaks(0, 100).count(), 0);
    }

    #[test]
    fn time_is_to_scale_wherever_it_is_not_broken() {
        let history = crate::tui::update::tests::history();
        let lanes = Lanes::new(&history, |operation| &*operation.key == "x", |place| place < 3);
        let sheet = Sheet::new(&history, &lanes, &[0, 1, 2], Zoom::Words, 100);
        let bar = |place: usize| sheet.bars.iter().flatten().find(|bar| bar.place == place).copied().unwrap();
        let columns = |place: usize| bar(place).to - bar(place).from;
        // 100 ms, 250 ms, 100 ms; and one of a second, in which nothing else began or ended for long.
        assert!(columns(0).abs_diff(columns(2)) <= 1 && (2 * columns(0)..=3 * columns(0)).contains(&columns(1)));
        assert!(columns(5) < 10 * columns(0));
        let left_out: Duration = sheet.axis.breaks(bar(5).from, bar(5).to).map(|stretch| stretch.left_out).sum();
        assert!(left_out > Duration::from_millis(400), "{left_out:?}");
        let (from, to) = sheet.proof.unwrap();
        assert!(to - from < 100, "the proof is in sight at once: {from} to {to}");
    }

    #[test]
    fn an_answer_before_a_call_stands_before_it_however_short_the_time_between() {
        let mut history = crate::tui::update::tests::history();
        history.operations[2].called = history.operations[1].returned.unwrap() + Duration::from_nanos(10);
        let lanes = Lanes::new(&history, |_| true, |place| place < 3);
        for zoom in [Zoom::Words, Zoom::Short] {
            let sheet = Sheet::new(&history, &lanes, &[0, 1, 2], zoom, 70);
            let bar = |place: usize| sheet.bars.iter().flatten().find(|bar| bar.place == place).copied().unwrap();
            assert!(bar(1).to < bar(2).from, "{:?} {:?}", bar(1), bar(2));
        }
    }
}
