//! Time to scale, on some columns of the screen.

use std::time::Duration;

/// A shorter test is drawn as if it took this long.
const SHORTEST: Duration = Duration::from_millis(10);
/// While a test runs, the axis ends at one of these, in seconds, so that what is drawn moves only now and then.
const LADDER: [u64; 14] = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    pub from: Duration,
    span: Duration,
    pub columns: usize,
}

impl Axis {
    pub fn new(from: Duration, to: Duration, columns: usize) -> Self {
        Self { from, span: to.saturating_sub(from).max(SHORTEST), columns: columns.max(1) }
    }

    /// For a test that has come as far as `now`, and goes on.
    pub fn growing(from: Duration, now: Duration, columns: usize) -> Self {
        let so_far = now.saturating_sub(from);
        let step = LADDER.into_iter().map(Duration::from_secs).find(|step| so_far < *step);
        Self::new(from, from + step.unwrap_or(so_far + so_far / 4), columns)
    }

    /// The column that a time is in: the first or the last, if it is outside of all.
    pub fn column(&self, at: Duration) -> usize {
        let column = at.saturating_sub(self.from).as_nanos() * self.columns as u128 / self.span.as_nanos();
        usize::try_from(column).unwrap_or(usize::MAX).min(self.columns - 1)
    }

    /// The last moment in a column: by then, all that is drawn in it has happened.
    pub fn end_of(&self, column: usize) -> Duration {
        let next = (column.min(self.columns - 1) + 1) as u128;
        let nanos = (next * self.span.as_nanos()).div_ceil(self.columns as u128).saturating_sub(1);
        self.from + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Round times, as many as there is room for, each with how it is written and the column that it is in.
    pub fn ticks(&self) -> Vec<(usize, String)> {
        let to = self.from + self.span;
        let widest = format!("+{:.3}", to.as_secs_f64()).len() + 3;
        let most = (self.columns / widest).max(1) as u128;
        let (step, decimals) = round_step(self.span.as_nanos().div_ceil(most));
        let first = self.from.as_nanos().div_ceil(step) * step;
        let mut ticks = Vec::new();
        let mut at = first;
        while at <= to.as_nanos() {
            let time = Duration::from_nanos(u64::try_from(at).unwrap_or(u64::MAX));
            ticks.push((self.column(time), format!("+{:.decimals$}", time.as_secs_f64())));
            at += step;
        }
        ticks
    }
}

/// The smallest of 1, 2, 5, 10, … that is not below this many nanoseconds, and how many decimals it takes in seconds.
pub(in crate::tui) fn round_step(nanos: u128) -> (u128, usize) {
    let mut power: u128 = 1;
    let mut decimals = 9;
    loop {
        for factor in [1, 2, 5] {
            if factor * power >= nanos {
                return (factor * power, decimals);
            }
        }
        power *= 10;
        decimals = decimals.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn round_times_stand_where_they_belong() {
        let ticks = |from, to, columns| Axis::new(ms(from), ms(to), columns).ticks();
        let written = |ticks: &[(usize, String)]| ticks.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
        assert_eq!(
            ticks(0, 10_000, 50),
            [(0, "+0"), (10, "+2"), (20, "+4"), (30, "+6"), (40, "+8"), (49, "+10")]
                .map(|(at, text)| (at, text.to_owned()))
        );
        assert_eq!(written(&ticks(310, 520, 60)), ["+0.35", "+0.40", "+0.45", "+0.50"]);
        assert_eq!(
            written(&ticks(1_000, 181_000, 120)),
            ["+20", "+40", "+60", "+80", "+100", "+120", "+140", "+160", "+180"]
        );
    }

    #[test]
    fn while_a_test_runs_its_axis_ends_ahead_of_it() {
        assert_eq!(Axis::growing(ms(500), ms(600), 10), Axis::new(ms(500), ms(1_500), 10));
        assert_eq!(Axis::growing(ms(500), ms(1_500), 10), Axis::new(ms(500), ms(2_500), 10));
        assert!(Axis::growing(ms(0), ms(400_000), 10).end_of(9) > ms(400_000));
    }

    proptest! {
        #[test]
        fn the_end_of_a_column_is_in_it_and_the_next_moment_is_not(
            from in 0u64..300_000, length in 1u64..200_000, columns in 1usize..250, column in 0usize..250
        ) {
            let axis = Axis::new(ms(from), ms(from + length), columns);
            let column = column % columns;
            let end = axis.end_of(column);
            prop_assert_eq!(axis.column(end), column);
            prop_assert_eq!(axis.column(end + Duration::from_nanos(1)), (column + 1).min(columns - 1));
        }
    }
}
