//! What a test, and a run of many tests, may make lsfr do: far more than honest tests need, but not without end.

use std::time::Duration;

/// What may be used.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub steps: u64,
    pub events: u64,
    /// Bytes of events and files that lsfr writes.
    pub written: u64,
    pub time: Duration,
}

/// The limits of one test. The most that any test of the built-in packs uses is 8651 steps, 3681 events, 2 MB and 18 s.
pub const TEST: Limits =
    Limits { steps: 1_000_000, events: 1_000_000, written: 1 << 30, time: Duration::from_secs(2 * 3600) };

/// The limits of a run. All stages of the largest built-in pack together use 33494 steps, 51348 events, 24 MB and 218
/// s.
pub const RUN: Limits =
    Limits { steps: 10_000_000, events: 10_000_000, written: 4 << 30, time: Duration::from_secs(24 * 3600) };

/// Bytes of memory that the values of one test may take. In the built-in packs they take at most 9 MB.
pub const MEMORY: u64 = 256 << 20;
