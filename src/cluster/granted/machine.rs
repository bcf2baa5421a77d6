//! Processor time of the whole machine: what others used of it.

use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Processor time so far, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Used by anyone or stolen, and the whole that there was.
    used: f64,
    all: f64,
    /// By lsfr, its guards and their programs.
    ours: f64,
}

/// What others used between two readings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Others {
    pub(super) time: Duration,
    /// Of the whole machine.
    pub(super) share: f64,
}

impl Reading {
    /// `used`: processor time of all living guards and their trees. None where the system does not say.
    pub(super) fn take(used: Duration) -> Option<Self> {
        let machine = Machine::parse(&std::fs::read_to_string("/proc/stat").ok()?)?;
        // What a guard and its tree used is added to lsfr's children once they have ended.
        let [own, ended] = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(getrusage);
        let ours = seconds(&own.ok()?) + seconds(&ended.ok()?) + used.as_secs_f64();
        // Work at a low priority gives way, unless lsfr's own has that priority as well.
        let nice = if is_nice() { machine.nice } else { 0.0 };
        let used = machine.used + nice;
        Some(Self { used, all: machine.all, ours })
    }

    pub(super) fn others(&self, now: &Reading) -> Others {
        let used = ((now.used - self.used) - (now.ours - self.ours)).max(0.0);
        let all = now.all - self.all;
        let share = if all > 0.0 { (used / all).min(1.0) } else { 0.0 };
        Others { time: Duration::from_secs_f64(used), share }
    }
}

fn seconds(usage: &Usage) -> f64 {
    let of = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    of(usage.user_time()) + of(usage.system_time())
}

/// Whether lsfr itself runs at a low priority, which its programs inherit.
fn is_nice() -> bool {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let nice = stat.rsplit(')').next().and_then(|rest| rest.split_ascii_whitespace().nth(16));
    nice.and_then(|nice| nice.parse::<i32>().ok()).is_some_and(|nice| nice > 0)
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Machine {
    used: f64,
    nice: f64,
    all: f64,
}

impl Machine {
    /// /proc/stat counts in hundredths of a second: user, nice, system, idle, iowait, irq, softirq, steal. Time that
    /// another machine on the same host took ("steal") was not available to the program.
    fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().find(|line| line.starts_with("cpu "))?;
        let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
        let [user, nice, system, idle, iowait, irq, softirq, steal, ..] = ticks[..] else { return None };
        let used = user + system + irq + softirq + steal;
        Some(Self { used: used / 100.0, nice: nice / 100.0, all: (used + nice + idle + iowait) / 100.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_counts_are_read() {
        let read = Machine::parse("cpu  100 7 50 700 50 0 50 100 0 0\ncpu0 1 2 3\nintr 1\n").unwrap();
        assert_eq!(read, Machine { used: 3.0, nice: 0.07, all: 10.57 });
        assert!(Machine::parse("intr 1").is_none());
    }

    #[test]
    fn what_lsfr_and_the_program_use_is_nobody_elses() {
        let before = Reading { used: 100.0, all: 150.0, ours: 10.0 };
        let after = |used, ours| Reading { used, all: 152.0, ours };
        assert_eq!(before.others(&after(102.0, 12.0)).time, Duration::ZERO, "the program is busy itself");
        let others = before.others(&after(101.5, 10.5));
        assert_eq!((others.time, others.share), (Duration::from_secs(1), 0.5));
        assert_eq!(before.others(&after(100.0, 10.2)).share, 0.0, "clocks of different grain");
    }
}
