//! What the policy says about one flow, kept up to date: a pump asks it before each piece.

use std::sync::Arc;

use tokio::sync::watch;

use super::policy::{Policy, Slow};

/// Why nothing passes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// The flow's connections have been reset since the gate was made.
    Reset,
    NetworkGone,
}

#[derive(Debug, Clone)]
pub(super) struct Gate {
    policy: watch::Receiver<Arc<Policy>>,
    from: Arc<str>,
    to: Arc<str>,
    cut: bool,
    slow: Option<Slow>,
    /// How often the flow's connections had been reset when this gate was made.
    resets: u64,
    /// The same of renewals.
    renewals: u64,
    is_reset: bool,
}

impl Gate {
    pub(super) fn new(policy: watch::Receiver<Arc<Policy>>, from: &Arc<str>, to: &Arc<str>) -> Gate {
        let (from, to) = (Arc::clone(from), Arc::clone(to));
        let (resets, renewals) = {
            let policy = policy.borrow();
            (policy.resets(&from, &to), policy.renewals(&from, &to))
        };
        let mut gate = Gate { policy, from, to, cut: false, slow: None, resets, renewals, is_reset: false };
        gate.read();
        gate
    }

    fn read(&mut self) {
        let policy = self.policy.borrow_and_update();
        self.cut = policy.holds(&self.from, &self.to, self.renewals);
        self.slow = policy.slowness(&self.from, &self.to);
        self.is_reset = policy.resets(&self.from, &self.to) != self.resets;
    }

    /// What holds at this moment. Cheap while nothing changes.
    fn now(&mut self) {
        // An error is the end of the network, which `changed` reports.
        if self.policy.has_changed().unwrap_or(false) {
            self.read();
        }
    }

    pub(super) fn slow(&mut self) -> Option<Slow> {
        self.now();
        self.slow
    }

    /// Waits for another policy.
    pub(super) async fn changed(&mut self) -> Result<(), Closed> {
        self.policy.changed().await.map_err(|_| Closed::NetworkGone)?;
        self.read();
        Ok(())
    }

    /// Whether bytes have to wait for a heal now.
    pub(super) fn is_shut(&mut self) -> bool {
        self.now();
        self.cut && !self.is_reset
    }

    /// Waits until the flow is not cut. What is reset and healed at once stays shut, however late it is noticed.
    pub(super) async fn open(&mut self) -> Result<(), Closed> {
        loop {
            self.now();
            match (self.is_reset, self.cut) {
                (true, _) => return Err(Closed::Reset),
                (false, false) => return Ok(()),
                (false, true) => self.changed().await?,
            }
        }
    }

    /// Waits until the flow's connections are reset, or the network ends.
    pub(super) async fn reset(mut self) -> Closed {
        self.now();
        while !self.is_reset {
            if let Err(closed) = self.changed().await {
                return closed;
            }
        }
        Closed::Reset
    }
}
