//! How busy the machine is with other things than this run.
//!
//! A program can miss a deadline because it is wrong or because it hardly ran. The share of all processors that
//! went to others tells the two apart: what lsfr and the program use themselves is no excuse. Where nodes keep time
//! among themselves, a moment is enough to miss one; lsfr's own timers tell of those ([`Timers`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// With more than this share of the machine used by others, missed deadlines are not judged.
const TOO_BUSY: f64 = 0.5;
/// A shorter time than this says nothing: the kernel counts in hundredths of a second.
const SHORTEST: Duration = Duration::from_millis(200);

/// Timers that are later than this are a moment in which nodes may have missed theirs.
pub(super) const TOO_LATE: Duration = Duration::from_millis(50);
/// How often timers are looked at.
const LOOK: Duration = Duration::from_millis(10);

/// How late lsfr's own timers are, measured for as long as this lives.
#[derive(Debug)]
pub(super) struct Timers {
    /// The most since it was taken, in microseconds.
    latest: Arc<AtomicU64>,
    looking: tokio::task::JoinHandle<()>,
}

impl Timers {
    pub(super) fn new() -> Self {
        let latest = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&latest);
        let looking = tokio::spawn(async move {
            loop {
                let due = tokio::time::Instant::now() + LOOK;
                tokio::time::sleep_until(due).await;
                let late = due.elapsed().as_micros().try_into().unwrap_or(u64::MAX);
                seen.fetch_max(late, Ordering::Relaxed);
            }
        });
        Self { latest, looking }
    }

    /// The most that a timer was late since this was asked last.
    pub(super) fn take(&self) -> Duration {
        Duration::from_micros(self.latest.swap(0, Ordering::Relaxed))
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

/// Processor time so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    at: Instant,
    /// Of all processors, in seconds: used by anyone, and idle.
    used: f64,
    idle: f64,
    /// By lsfr, its guards and the nodes.
    ours: f64,
}

impl Reading {
    /// `nodes`: processor time of the program's processes and guards so far. None where the system does not tell.
    pub(super) fn take(nodes: Duration) -> Option<Self> {
        let (used, idle) = machine(&std::fs::read_to_string("/proc/stat").ok()?)?;
        let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
        let ours = seconds(usage.user_time()) + seconds(usage.system_time()) + nodes.as_secs_f64();
        Some(Self { at: Instant::now(), used, idle, ours })
    }

    /// The share of the machine that others used since `self`, if it was too much to judge deadlines.
    pub(super) fn too_busy(&self, now: &Reading) -> Option<f64> {
        let all = (now.used - self.used) + (now.idle - self.idle);
        let others = (now.used - self.used) - (now.ours - self.ours);
        let share = others / all;
        (now.at.duration_since(self.at) >= SHORTEST && share > TOO_BUSY).then_some(share)
    }
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// The `cpu` line of /proc/stat, in hundredths: user, nice, system, idle, iowait, irq, softirq, steal. Time that
/// another machine on the same host took ("steal") counts as used: it was not there for the program.
fn machine(stat: &str) -> Option<(f64, f64)> {
    let line = stat.lines().find(|line| line.starts_with("cpu "))?;
    let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    let [user, nice, system, idle, iowait, irq, softirq, steal, ..] = ticks[..] else { return None };
    Some(((user + nice + system + irq + softirq + steal) / 100.0, (idle + iowait) / 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_others_use_is_an_excuse() {
        let at = Instant::now();
        let before = Reading { at, used: 100.0, idle: 50.0, ours: 10.0 };
        let after = |used, idle, ours| Reading { at: at + Duration::from_secs(1), used, idle, ours };
        assert_eq!(before.too_busy(&after(102.0, 50.0, 12.0)), None, "the program is busy itself");
        assert!(before.too_busy(&after(102.0, 50.0, 10.2)).is_some_and(|share| share > 0.8));
        assert_eq!(before.too_busy(&after(100.5, 51.5, 10.1)), None, "the machine is idle");
    }

    #[tokio::test]
    async fn a_timer_that_could_not_run_is_seen_once() {
        let timers = Timers::new();
        tokio::time::sleep(3 * LOOK).await;
        timers.take();
        // Nothing else runs on this thread meanwhile.
        std::thread::sleep(Duration::from_millis(120));
        tokio::time::sleep(LOOK).await;
        assert!(timers.take() > TOO_LATE);
    }

    #[test]
    fn the_kernels_counts_are_read() {
        let (used, idle) = machine("cpu  100 0 50 700 50 0 50 100 0 0\ncpu0 1 2 3\n").unwrap();
        assert_eq!((used, idle), (3.0, 7.5));
        assert!(machine("intr 1").is_none());
    }
}
