//! Time on the columns of the picture: to scale, except where nothing begins or ends for long. Of such a stretch the
//! middle is left out, and how long that is is known.

use std::time::Duration;

use crate::tui::cluster::round_step;

/// Where nothing happens for more columns than this, the middle is left out.
const LONGEST: f64 = 40.0;
/// What stays to scale on both sides of it.
const BESIDE: f64 = 2.0;
/// Columns of a break, with its two edges: an operation that spans nothing else still has room for its words.
const BREAK: usize = 16;

/// Columns, for each moment in order, and what was left out between them.
#[derive(Debug, Clone, Default)]
pub struct Axis {
    /// Columns of a nanosecond.
    scale: f64,
    /// In order.
    parts: Vec<Part>,
    breaks: Vec<Break>,
    /// In order, each with its column.
    pub moments: Vec<(Duration, usize)>,
}

/// A stretch that is to scale.
#[derive(Debug, Clone, Copy)]
struct Part {
    from: Duration,
    to: Duration,
    /// Where it begins.
    column: f64,
}

/// Columns that stand for a stretch in which nothing began or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// Its first and its last column, which are its edges.
    pub from: usize,
    pub to: usize,
    pub left_out: Duration,
}

/// How the time of one picture is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Columns of a nanosecond.
    pub columns: f64,
    /// Whether long quiet stretches are broken.
    pub broken: bool,
}

impl Axis {
    /// Of these moments, which are in order. Each of those that are `apart` has a column of its own: what came after
    /// what is the whole point of them. That costs up to a column each.
    pub fn new(moments: &[Duration], scale: Scale, apart: impl Fn(Duration) -> bool) -> Self {
        let mut axis = Self { scale: scale.columns, ..Self::default() };
        let Some(first) = moments.first() else { return axis };
        axis.parts.push(Part { from: *first, to: *first, column: 0.0 });
        let mut column = 0.0;
        let mut before = *first;
        let mut last_apart: Option<f64> = None;
        for at in moments {
            let quiet = axis.columns_of(*at - before);
            if scale.broken && quiet > LONGEST {
                column = axis.leave_out(before, *at, column);
            } else {
                column += quiet;
            }
            if apart(*at) {
                if let Some(last) = last_apart.filter(|last| column.floor() <= *last) {
                    column = last + 1.0;
                    axis.part(*at, column);
                }
                last_apart = Some(column.floor());
            }
            axis.parts.last_mut().into_iter().for_each(|part| part.to = *at);
            axis.moments.push((*at, column as usize));
            before = *at;
        }
        axis
    }

    /// Leaves out the middle of a stretch that begins in a column; returns the column of its end.
    fn leave_out(&mut self, from: Duration, to: Duration, column: f64) -> f64 {
        let beside = Duration::from_nanos((BESIDE / self.scale) as u64);
        self.parts.last_mut().into_iter().for_each(|part| part.to = from + beside);
        let first = (column + BESIDE).floor() as usize + 1;
        let last = first + BREAK - 1;
        let left_out = (to - from).saturating_sub(2 * beside);
        self.breaks.push(Break { from: first, to: last, left_out });
        let next = (last + 1) as f64;
        self.part(to - beside, next);
        next + BESIDE
    }

    fn part(&mut self, from: Duration, column: f64) {
        self.parts.push(Part { from, to: from, column });
    }

    fn columns_of(&self, time: Duration) -> f64 {
        time.as_nanos() as f64 * self.scale
    }

    /// The last column of all.
    pub fn end(&self) -> usize {
        self.moments.last().map_or(0, |(_, column)| *column)
    }

    /// The column of a time: of the first moment that is not before it.
    pub fn column(&self, at: Duration) -> usize {
        let number = self.moments.partition_point(|(moment, _)| *moment < at);
        self.moments.get(number).or(self.moments.last()).map_or(0, |(_, column)| *column)
    }

    /// The first moment that is behind a column.
    pub fn first_from(&self, column: usize) -> Option<Duration> {
        let number = self.moments.partition_point(|(_, of)| *of <= column);
        self.moments.get(number).map(|(at, _)| *at)
    }

    /// The breaks that these columns show, up to the one that is not among them.
    pub fn breaks(&self, from: usize, to: usize) -> impl Iterator<Item = &Break> {
        let first = self.breaks.partition_point(|stretch| stretch.to < from);
        self.breaks[first..].iter().take_while(move |stretch| stretch.from < to)
    }

    /// Round times in these columns, so that each has room for its label; each with its column and its label.
    pub fn ticks(&self, from: usize, to: usize) -> Vec<(usize, String)> {
        let mut ticks = Vec::new();
        let Some(last) = self.moments.last() else { return ticks };
        // With as many decimals as the step takes, the widest label is no wider than this.
        let label = last.0.as_secs().to_string().len() + 11;
        let (step, decimals) = round_step((label as f64 / self.scale.max(f64::MIN_POSITIVE)) as u128);
        let first = self.parts.partition_point(|part| part.column < from as f64).saturating_sub(1);
        for part in self.parts[first..].iter().take_while(|part| part.column < to as f64) {
            let hidden = (from as f64 - part.column).max(0.0) / self.scale;
            let mut at = (part.from.as_nanos() + hidden as u128).div_ceil(step) * step;
            while at <= part.to.as_nanos() {
                let time = Duration::from_nanos(u64::try_from(at).unwrap_or(u64::MAX));
                let column = (part.column + self.columns_of(time.saturating_sub(part.from))) as usize;
                if column >= to {
                    break;
                }
                if column >= from {
                    ticks.push((column, format!("+{:.decimals$}", time.as_secs_f64())));
                }
                at += step;
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn axis(moments: &[u64], per_ms: f64, broken: bool) -> Axis {
        let moments: Vec<Duration> = moments.iter().map(|at| ms(*at)).collect();
        Axis::new(&moments, Scale { columns: per_ms / 1e6, broken }, |_| false)
    }

    #[test]
    fn a_long_quiet_stretch_is_broken_and_says_how_long_it_was() {
        let axis = axis(&[1_000, 1_010, 3_010, 3_020], 1.0, true);
        let columns: Vec<usize> = axis.moments.iter().map(|(_, column)| *column).collect();
        assert_eq!(columns, [0, 10, 31, 41]);
        let found: Vec<Break> = axis.breaks(0, 100).copied().collect();
        assert_eq!(found, [Break { from: 13, to: 28, left_out: ms(1_996) }]);
        assert_eq!(axis.breaks(0, 13).count() + axis.breaks(29, 100).count(), 0);
    }

    #[test]
    fn round_times_stand_where_they_belong_and_none_in_a_break() {
        let axis = axis(&[1_000, 1_030, 1_060, 3_010, 3_040], 1.0, true);
        let ticks = axis.ticks(0, 200);
        let written: Vec<(usize, &str)> = ticks.iter().map(|(column, text)| (*column, text.as_str())).collect();
        assert_eq!(
            written,
            [(0, "+1.00"), (20, "+1.02"), (40, "+1.04"), (60, "+1.06"), (91, "+3.02"), (111, "+3.04")]
        );
        assert_eq!(axis.ticks(30, 60).len(), 1);
    }

    #[test]
    fn what_must_be_told_apart_is() {
        let moments = [ms(0), ms(100), ms(101), ms(102), ms(200)];
        let scale = Scale { columns: 0.1 / 1e6, broken: true };
        let axis = Axis::new(&moments, scale, |at| (ms(100)..=ms(102)).contains(&at));
        let columns: Vec<usize> = axis.moments.iter().map(|(_, column)| *column).collect();
        assert_eq!(columns, [0, 10, 11, 12, 21]);
    }

    proptest! {
        #[test]
        fn what_is_not_left_out_is_to_scale(
            mut moments in proptest::collection::vec(0u64..100_000, 2..60), per_ms in 0.01f64..20.0
        ) {
            moments.sort_unstable();
            moments.dedup();
            let axis = axis(&moments, per_ms, true);
            for pair in axis.moments.windows(2) {
                let ((before, from), (at, to)) = (pair[0], pair[1]);
                let broken: Vec<&Break> = axis.breaks(from, to).collect();
                let left_out: Duration = broken.iter().map(|stretch| stretch.left_out).sum();
                let columns: usize = broken.iter().map(|stretch| stretch.to + 1 - stretch.from).sum();
                let scaled = (at - before - left_out).as_secs_f64() * 1e3 * per_ms;
                prop_assert!(((to - from - columns) as f64 - scaled).abs() <= 2.0, "{pair:?} {broken:?}");
                prop_assert!(broken.len() < 2 && broken.iter().all(|stretch| from < stretch.from && stretch.to < to));
            }
        }
    }
}
