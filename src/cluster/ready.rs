//! Whether a port accepts, asked often enough that a restart does not keep a learner waiting.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(20);
/// A full queue of connections swallows a connect instead of refusing it; another try may find room.
const ONE_TRY: Duration = Duration::from_millis(250);

/// Returns once the port accepts, and not before. The caller races this against its deadline and against the end of the
/// node.
pub(crate) async fn accepting(address: SocketAddr) {
    wait_until(address, true).await;
}

/// Returns once the port refuses.
pub(crate) async fn refusing(address: SocketAddr) {
    wait_until(address, false).await;
}

async fn wait_until(address: SocketAddr, accepts: bool) {
    let mut pause = SHORTEST;
    while accepts_now(address).await != accepts {
        sleep(pause).await;
        pause = (pause * 13 / 10).min(LONGEST);
    }
}

async fn accepts_now(address: SocketAddr) -> bool {
    match timeout(ONE_TRY, TcpStream::connect(address)).await {
        // Where the system picks outgoing ports from this range too, a connect can meet itself.
        Ok(Ok(stream)) => stream.local_addr().ok() != stream.peer_addr().ok(),
        _ => false,
    }
}
