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

/// The limits of one test. Those of the built-in packs use some 10,000 steps and events, 10 MB and 40 s at most.
pub const TEST: Limits =
    Limits { steps: 1_000_000, events: 1_000_000, written: 1 << 30, time: Duration::from_secs(2 * 3600) };

/// The limits of a run. All stages of the largest built-in pack together use some 100,000 steps and events, 100 MB and ten
/// minutes.
pub const RUN: Limits =
    Limits { steps: 10_000_000, events: 10_000_000, written: 4 << 30, time: Duration::from_secs(24 * 3600) };

/// Bytes of memory that the values of one test may take. In the built-in packs they take at most 9 MB.
pub const MEMORY: u64 = 256 << 20;
