//! Numbers of a history's file, digit by digit. A JSON parser reads a number as a double, which has 53 bits: then times
//! since 1970 are a quarter of a microsecond apart, two different long values can become equal, and a history that
//! cannot have happened passes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::file::BrokenLine;
use super::{Operation, Text};

/// How many digits after the decimal point of a second are kept.
const DECIMALS: usize = 9;
/// The largest exponent that is evaluated; beyond it a number is not a time.
const EXPONENT: i32 = 400;

/// A time, and what it has beyond nanoseconds: digits, without zeros at the end.
pub(super) fn time(number: &str) -> Result<(Duration, String), String> {
    let (time, finer) = parse(number).ok_or_else(|| {
        format!("{number} is not a time: seconds since the start, zero or more, and below 500 years")
    })?;
    Ok((time, finer.trim_end_matches('0').to_owned()))
}

fn parse(number: &str) -> Option<(Duration, String)> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (number, 0),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !(-EXPONENT..=EXPONENT).contains(&exponent) {
        return None;
    }
    // As if the number had enough zeros at both ends for its point to be moved.
    let zeros = "0".repeat(exponent.unsigned_abs() as usize);
    let digits = format!("{zeros}{}{decimals}{zeros}", whole.strip_prefix('-').unwrap_or(whole));
    if whole.starts_with('-') && digits.contains(|digit| digit != '0') {
        return None;
    }
    let point = digits.len().checked_sub(zeros.len() + decimals.len())?.checked_add_signed(exponent as isize)?;
    let (seconds, rest) = digits.split_at_checked(point)?;
    let (nanoseconds, finer) = rest.split_at(rest.len().min(DECIMALS));
    let seconds = seconds.trim_start_matches('0');
    let seconds = if seconds.is_empty() { 0 } else { seconds.parse::<u64>().ok()? };
    let time = Duration::new(seconds, format!("{nanoseconds:0<DECIMALS$}").parse().ok()?);
    // As many nanoseconds as the checkers can count.
    (seconds < 500 * 365 * 86_400).then(|| (time, finer.to_owned()))
}

/// A number that is a value counts as its text.
pub(super) fn value(json: &str) -> Option<Text> {
    json.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then(|| json.into())
}

/// Times with more digits than are kept, by the part that is kept: the rest of each, and its line.
#[derive(Debug, Default)]
pub(super) struct Finer(BTreeMap<Duration, Vec<(String, usize)>>);

impl Finer {
    pub(super) fn add(&mut self, time: Duration, rest: String, line: usize) {
        if !rest.is_empty() {
            self.0.entry(time).or_default().push((rest, line));
        }
    }

    /// Lines with a time that another one can no longer be told from, though they differ in the file. Which of the two
    /// came first can decide.
    pub(super) fn lost(&self, operations: &[Operation]) -> Vec<BrokenLine> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut times: BTreeMap<Duration, usize> = BTreeMap::new();
        for operation in operations {
            for time in [Some(operation.called), operation.returned].into_iter().flatten() {
                *times.entry(time).or_default() += 1;
            }
        }
        let lost = self.0.iter().filter(|(time, rests)| {
            let others = times.get(time).is_some_and(|count| *count > rests.len());
            others || rests.iter().any(|(rest, _)| *rest != rests[0].0)
        });
        let mut lines: Vec<usize> = lost.map(|(_, rests)| rests[0].1).collect();
        lines.sort_unstable();
        let message = "a time here differs from another by less than a nanosecond, which is not kept: which of \
                       them came first can decide";
        lines.into_iter().map(|line| BrokenLine { line, message: message.to_owned() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_kept_digit_by_digit() {
        for (number, seconds, nanoseconds, finer) in [
            ("0", 0, 0, ""),
            ("-0.0", 0, 0, ""),
            ("2.5", 2, 500_000_000, ""),
            ("1732800000.123456789", 1_732_800_000, 123_456_789, ""),
            ("1732800000.1234567890000", 1_732_800_000, 123_456_789, ""),
            ("0.30000000000000004", 0, 300_000_000, "00000004"),
            ("17328e5", 1_732_800_000, 0, ""),
            ("1.7328000001234E+9", 1_732_800_000, 123_400_000, ""),
            ("9.5e-07", 0, 950, ""),
            ("125e-11", 0, 1, "25"),
            ("1e-12", 0, 0, "001"),
        ] {
            let read = time(number);
            assert_eq!(read, Ok((Duration::new(seconds, nanoseconds), finer.to_owned())), "{number}");
        }
        for number in ["-1", "-0.1e-5", "1732800000123", "1e300", "1e99999999999", "1e-99999999999"] {
            assert!(time(number).is_err(), "{number}");
        }
    }
}
