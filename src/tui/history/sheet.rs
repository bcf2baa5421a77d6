//! Where in the picture each operation and each moment stands.
//!
//! Time is not to scale, except in [`Zoom::Whole`]: each moment that matters (a call, a return, the beginning or end of
//! a fault) has a column of its own, in order, and an operation is as wide as what is written in it. To scale,
//! milliseconds among seconds would be invisible.

use std::time::Duration;

use history::{Fault, History};

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
    /// In order, each with its column.
    pub moments: Vec<(Duration, usize)>,
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

/// The end of an operation and the blank before it, on both sides.
const FRAME: usize = 3;
/// The same, without blanks.
const TIGHT: usize = 1;
/// A blank and the sign after the operation that is impossible.
const SIGN: usize = 2;

impl Sheet {
    pub(super) fn new(history: &History, lanes: &Lanes, culprit: Option<usize>, zoom: Zoom, room: usize) -> Self {
        let operation = |place: usize| &history.operations[place];
        let places = || lanes.rows.iter().flatten().copied();
        let first = places().map(|place| operation(place).called).min().unwrap_or_default();
        let last = places()
            .map(|place| operation(place).returned.unwrap_or_default().max(operation(place).called))
            .max()
            .unwrap_or_default();
        let of_operations = places()
            .flat_map(|place| [Some(operation(place).called), operation(place).returned].into_iter().flatten());
        let of_faults = history.faults.iter().flat_map(|fault| [Some(fault.from), fault.to].into_iter().flatten());
        let mut moments: Vec<Duration> =
            of_operations.chain(of_faults).filter(|at| (first..=last).contains(at)).collect();
        moments.sort_unstable();
        moments.dedup();
        let number = |at: Duration| moments.partition_point(|moment| *moment < at);
        // In moments: where it began, and where it returned.
        let spans: Vec<Vec<(usize, Option<usize>)>> = lanes
            .rows
            .iter()
            .map(|row| {
                let span = |place: &usize| {
                    let operation = operation(*place);
                    (number(operation.called), operation.returned.map(|at| number(at.max(operation.called))))
                };
                row.iter().map(span).collect()
            })
            .collect();
        let at = match zoom {
            Zoom::Whole => to_scale(&moments, first, last, room),
            _ => {
                let frame = if zoom == Zoom::Words { FRAME } else { TIGHT };
                let needs = |place: usize| width(&label(operation(place), zoom)) + frame;
                in_order(moments.len(), lanes, &spans, needs, culprit)
            }
        };
        let end = at.last().copied().unwrap_or(0);
        let mut columns = end + 1 + SIGN;
        let mut bars: Vec<Vec<Bar>> = Vec::with_capacity(spans.len());
        for (row, spans) in lanes.rows.iter().zip(&spans) {
            let mut lane: Vec<Bar> = Vec::with_capacity(row.len());
            for (place, (from, to)) in row.iter().zip(spans) {
                let from = at[*from];
                let to = to.map_or_else(
                    // It waited to the end of the history.
                    || {
                        if zoom == Zoom::Whole {
                            end
                        } else {
                            end.max(from + width(&label(operation(*place), zoom)) + FRAME)
                        }
                    },
                    |to| at[to].max(from),
                );
                columns = columns.max(to + 1 + SIGN);
                if let Some(before) = lane.last_mut().filter(|before| before.to >= from && before.from < from) {
                    before.to = from - 1;
                }
                lane.push(Bar { place: *place, from, to });
            }
            bars.push(lane);
        }
        if zoom == Zoom::Whole {
            columns = room;
        }
        Self { bars, columns, room, moments: moments.into_iter().zip(at).collect() }
    }

    /// The column of a time: of the first moment that is not before it.
    fn column(&self, at: Duration) -> usize {
        let number = self.moments.partition_point(|(moment, _)| *moment < at);
        self.moments.get(number).or(self.moments.last()).map_or(0, |(_, column)| *column)
    }

    /// The first and the last column of a fault; none if it was over before, or began after, all that is shown.
    pub fn fault(&self, fault: &Fault) -> Option<(usize, usize)> {
        let ((first, _), (last, _)) = (self.moments.first()?, self.moments.last()?);
        if !fault.overlaps(*first, *last) {
            return None;
        }
        let from = self.column(fault.from);
        let to = fault.to.filter(|to| to <= last).map_or(self.columns.saturating_sub(1), |to| self.column(to));
        Some((from, to.max(from)))
    }

    /// The times at the first and the last of these columns, as far as there is something.
    pub fn between(&self, from: usize, to: usize) -> Option<(Duration, Duration)> {
        let first = self.moments.partition_point(|(_, column)| *column < from);
        let behind = self.moments.partition_point(|(_, column)| *column < to);
        let (first, last) = (self.moments.get(first)?, self.moments.get(behind.checked_sub(1)?)?);
        Some((first.0, last.0.max(first.0)))
    }
}

fn to_scale(moments: &[Duration], first: Duration, last: Duration, room: usize) -> Vec<usize> {
    let span = (last - first).as_nanos().max(1);
    let room = room.saturating_sub(1 + SIGN) as u128;
    moments.iter().map(|at| ((*at - first).as_nanos() * room / span) as usize).collect()
}

/// A column for each moment, in order, so that everything that is written has room.
fn in_order(
    moments: usize,
    lanes: &Lanes,
    spans: &[Vec<(usize, Option<usize>)>],
    needs: impl Fn(usize) -> usize,
    culprit: Option<usize>,
) -> Vec<usize> {
    // Who needs room before a moment: from which moment on, and how much.
    let mut wants: Vec<Vec<(usize, usize)>> = vec![Vec::new(); moments];
    for (row, spans) in lanes.rows.iter().zip(spans) {
        for (at, (from, to)) in spans.iter().enumerate() {
            let room = needs(row[at]);
            if let Some(to) = to.filter(|to| to > from) {
                wants[to].push((*from, room));
            }
            if let Some((next, _)) = spans.get(at + 1).filter(|(next, _)| next > from) {
                // A blank between two, and the sign of the one that is impossible.
                let sign = if culprit == Some(row[at]) { SIGN } else { 0 };
                match to.filter(|to| to > from) {
                    Some(to) => wants[*next].push((to.min(*next), 2 + sign)),
                    None => wants[*next].push((*from, room + 2 + sign)),
                }
            }
        }
    }
    let mut at: Vec<usize> = Vec::with_capacity(moments);
    for (moment, wants) in wants.iter().enumerate() {
        let least = at.last().map_or(0, |last| last + 1);
        let wanted = wants.iter().filter(|(from, _)| *from < moment).map(|(from, room)| at[*from] + room);
        at.push(wanted.max().unwrap_or(0).max(least));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use history::{Action, Operation, Outcome};

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
            let sheet = Sheet::new(&history, &lanes, Some(5), zoom, 100);
            for bars in &sheet.bars {
                assert!(bars.windows(2).all(|pair| pair[0].to < pair[1].from), "{bars:?}");
                for bar in bars {
                    let room = bar.to + 1 - bar.from;
                    let text = label(&history.operations[bar.place], zoom);
                    assert!(room >= width(&text) + 2, "{text} in {room} columns");
                }
            }
            assert!(sheet.moments.windows(2).all(|pair| pair[0].1 < pair[1].1));
        }
        let whole = Sheet::new(&history, &lanes, Some(5), Zoom::Whole, 100);
        assert!(whole.columns == 100 && whole.bars.iter().flatten().all(|bar| bar.from <= bar.to && bar.to < 100));
    }
}
