//! lsfr is suspended, as after ctrl-z, and its nodes with it. They have sessions of their own, so the terminal does not
//! stop them; left to themselves they would go on without the links between them, which are lsfr's, and hold elections
//! for as long as lsfr is suspended.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::{RwLock, RwLockReadGuard};

use super::tree;

/// Held for reading while a node is being paused or resumed: what a test has paused must not be confused with what this
/// has stopped.
static PAUSING: RwLock<()> = RwLock::const_new(());

pub(crate) async fn pausing() -> RwLockReadGuard<'static, ()> {
    PAUSING.read().await
}

/// Stops every process of every node that is not stopped already, calls `stand`, and lets them go on. Guards are not
/// stopped: should lsfr be killed meanwhile, they end their nodes.
pub async fn stand_still(stand: impl FnOnce()) {
    let _pausing = PAUSING.write().await;
    let stopped = tree::stop_all_guarded();
    stand();
    for pid in stopped {
        // Somebody may have killed it.
        let _ = kill(Pid::from_raw(pid), Signal::SIGCONT);
    }
}
