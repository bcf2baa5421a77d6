//! What the policy says of one flow, kept up to date: what a pump asks before each piece.

use std::sync::Arc;

use tokio::sync::watch;

use super::policy::{Policy, Slow};

/// The network is gone.
#[derive(Debug)]
pub(super) struct Closed;

#[derive(Debug, Clone)]
pub(super) struct Gate {
    policy: watch::Receiver<Arc<Policy>>,
    from: Arc<str>,
    to: Arc<str>,
    cut: bool,
    slow: Option<Slow>,
    resets: u64,
}

impl Gate {
    pub(super) fn new(policy: watch::Receiver<Arc<Policy>>, from: &Arc<str>, to: &Arc<str>) -> Gate {
        let mut gate = Gate { policy, from: Arc::clone(from), to: Arc::clone(to), cut: false, slow: None, resets: 0 };
        gate.read();
        gate
    }

    fn read(&mut self) {
        let policy = self.policy.borrow_and_update();
        self.cut = policy.is_cut(&self.from, &self.to);
        self.slow = policy.slowness(&self.from, &self.to);
        self.resets = policy.resets(&self.from, &self.to);
    }

    /// What holds at this moment. Cheap while nothing changes.
    fn now(&mut self) {
        // An error is the end of the network, which `changed` tells.
        if self.policy.has_changed().unwrap_or(false) {
            self.read();
        }
    }

    pub(super) fn is_cut(&mut self) -> bool {
        self.now();
        self.cut
    }

    pub(super) fn slow(&mut self) -> Option<Slow> {
        self.now();
        self.slow
    }

    /// Waits for another policy.
    pub(super) async fn changed(&mut self) -> Result<(), Closed> {
        self.policy.changed().await.map_err(|_| Closed)?;
        self.read();
        Ok(())
    }

    pub(super) async fn open(&mut self) -> Result<(), Closed> {
        while self.is_cut() {
            self.changed().await?;
        }
        Ok(())
    }

    /// Waits until the flow's connections are reset, or the network ends.
    pub(super) async fn reset(mut self) {
        let before = self.resets;
        while self.resets == before {
            if self.changed().await.is_err() {
                return;
            }
        }
    }
}
