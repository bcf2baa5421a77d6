//! A server's port.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;

/// Connections that may wait for an accept: many clients come at the same instant.
const BACKLOG: u32 = 1024;

/// Takes the port and does not listen yet: connections are refused until the data is loaded, because a port that accepts
/// promises answers; and a second server on the port ends before it touches the data.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Otherwise connections that the last process left in TIME_WAIT would keep the port from the next one.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

pub(super) fn listen(socket: TcpSocket) -> io::Result<TcpListener> {
    socket.listen(BACKLOG)
}

pub(super) async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // Out of file descriptors, or a client that has gone already: the next try may do better, and the wait keeps
            // it from spinning.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}
