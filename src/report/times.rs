//! Durations for people, and optional durations for JSON.

use std::time::Duration;

/// A duration for people: `2 ms`, `0.4 ms`, `1.2 s`, `2 min 5 s`.
pub fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1e3;
    match ms {
        _ if ms < 0.95 => format!("{ms:.1} ms"),
        _ if ms < 999.5 => format!("{ms:.0} ms"),
        _ if ms < 59_950.0 => format!("{:.1} s", ms / 1e3),
        _ => {
            let seconds = time.as_secs_f64().round() as u64;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
    }
}

/// A time since the run began: `+3.204`.
pub fn clock(at: Duration) -> String {
    format!("+{:.3}", at.as_secs_f64())
}
