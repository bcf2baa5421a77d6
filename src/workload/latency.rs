//! How long operations took: a histogram for each client, merged at the end.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::facts::Latency;

/// Latencies are exact to a thousandth of themselves.
const DIGITS: u8 = 3;
/// In microseconds: an hour, which nothing waits for.
const LONGEST: u64 = 3_600_000_000;

pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("the bounds are constants that the library allows")
}

pub(super) fn record(histogram: &mut Histogram<u64>, took: Duration) {
    let microseconds = u64::try_from(took.as_micros()).unwrap_or(LONGEST);
    histogram.saturating_record(microseconds.max(1));
}

pub(super) fn summed_up(histogram: &Histogram<u64>) -> Latency {
    let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
    Latency {
        operations: histogram.len(),
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
        max: histogram.max() as f64 / 1e3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_what_was_recorded() {
        let mut all = histogram();
        for ms in 1..=100 {
            record(&mut all, Duration::from_millis(ms));
        }
        record(&mut all, Duration::ZERO);
        let latency = summed_up(&all);
        assert_eq!(latency.operations, 101);
        let near = |a: f64, b: f64| (a - b).abs() < b * 0.02;
        assert!(near(latency.p50, 50.0) && near(latency.p99, 99.0) && near(latency.max, 100.0), "{latency:?}");
        assert_eq!(latency.to_string(), "p50 50 ms, p95 95 ms, p99 99 ms, max 100 ms");
        assert_eq!(Latency::default().to_string(), "none succeeded");
    }
}
