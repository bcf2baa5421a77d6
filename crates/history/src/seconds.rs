//! Times as seconds in JSON, for `#[serde(with = "history::seconds")]`. Nanoseconds survive for ten days: which of two
//! operations ended first can depend on them.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

/// Writes a time as a number of seconds.
pub fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_nanos() as f64 / 1e9)
}

/// Reads a number of seconds, zero or more.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    from_seconds(f64::deserialize(deserializer)?)
}

fn from_seconds<E: de::Error>(seconds: f64) -> Result<Duration, E> {
    // `try_from_secs_f64` rounds to the nearest nanosecond.
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| E::custom(format!("{seconds:?} is not a time: seconds since the start, zero or more")))
}

/// The same for times that may be missing.
pub mod optional {
    use super::*;

    /// Writes a number of seconds, or null.
    pub fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a number of seconds, or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Option::<f64>::deserialize(deserializer)?.map(from_seconds).transpose()
    }
}
