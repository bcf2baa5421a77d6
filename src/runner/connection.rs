//! Connections of `tcp` steps: bytes out, lines and bytes in, each with its time, and nothing left unread.
//!
//! A connection belongs to a test and has a name in it. A step takes the connection out of its place while it uses it,
//! and puts it back when it has passed: whatever ends a step early (a failure, a deadline around it) ends the
//! connection too, because nobody can tell any more which answer the next bytes belong to.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::cluster::{Deadline, Expired};
use crate::facts::Cause;

/// More bytes than this without a line end are not a line.
const MAX_LINE: usize = 1 << 20;
/// At most this much that no step has asked for is taken from the kernel.
const MOST_UNREAD: usize = 16 << 20;
/// The most that one item of `receive` asks for.
pub(super) const MAX_BYTES: usize = 16 << 20;
/// How much of what was sent is kept, so that it can be repeated by hand.
const KEPT: usize = 1 << 20;

type Slot = Arc<tokio::sync::Mutex<Option<Connection>>>;

/// The connections of one test, by name.
#[derive(Debug, Default)]
pub(super) struct Connections {
    slots: Mutex<HashMap<String, Slot>>,
    /// Those that ended with their nodes, and where they led.
    ended: Mutex<HashMap<String, String>>,
}

impl Connections {
    /// The place of a connection, open or not.
    pub(super) fn slot(&self, name: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(name.to_owned()).or_default().clone()
    }

    /// Closes the connections to a node that has ended; a connection in use notices that by itself.
    pub(super) fn forget(&self, node: &str) {
        for (name, slot) in self.all() {
            if let Ok(mut place) = slot.try_lock()
                && place.as_ref().is_some_and(|connection| connection.node == node)
            {
                *place = None;
                self.ended.lock().unwrap_or_else(PoisonError::into_inner).insert(name, node.to_owned());
            }
        }
    }

    /// The node that a connection led to, if the connection ended with that node.
    pub(super) fn ended(&self, name: &str) -> Option<String> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).remove(name)
    }

    /// All of them, in order of name.
    pub(super) fn all(&self) -> Vec<(String, Slot)> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(String, Slot)> = slots.iter().map(|(name, slot)| (name.clone(), slot.clone())).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) node: String,
    pub(super) address: SocketAddr,
    stream: TcpStream,
    /// What has come and has not been asked for yet.
    buffer: BytesMut,
    /// When the newest of it came.
    came: Instant,
    /// The beginning of all that was sent, and its length.
    pub(super) sent: Vec<u8>,
    pub(super) sent_bytes: usize,
    /// The last step only sent: what comes is for a later step.
    pub(super) owed: bool,
}

/// Why nothing more came.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) cause: Cause,
    pub(super) detail: String,
    /// It timed out, and the program was not granted that time.
    pub(super) starved: bool,
}

impl Ended {
    fn of(error: &io::Error) -> Self {
        let cause = match error.kind() {
            io::ErrorKind::ConnectionRefused => Cause::Refused,
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
                Cause::Reset
            }
            io::ErrorKind::TimedOut => Cause::TimedOut,
            _ => Cause::Local,
        };
        Self { cause, detail: error.to_string(), starved: false }
    }

    fn new(cause: Cause) -> Self {
        Self { cause, detail: String::new(), starved: false }
    }

    fn timed_out(expired: Expired) -> Self {
        Self { starved: expired.is_starved(), ..Self::new(Cause::TimedOut) }
    }
}

impl Connection {
    pub(super) async fn open(node: &str, address: SocketAddr, deadline: &Deadline) -> Result<Self, Ended> {
        let stream = match deadline.limit(TcpStream::connect(address)).await {
            Ok(stream) => stream.map_err(|error| Ended::of(&error))?,
            Err(expired) => return Err(Ended::timed_out(expired)),
        };
        // Each write is a packet of its own, so that pieces arrive as pieces.
        stream.set_nodelay(true).map_err(|error| Ended::of(&error))?;
        Ok(Self {
            node: node.to_owned(),
            address,
            stream,
            buffer: BytesMut::new(),
            came: Instant::now(),
            sent: Vec::new(),
            sent_bytes: 0,
            owed: false,
        })
    }

    /// Writes all of it. A program that does not read what it is sent holds this up, as it would any client.
    pub(super) async fn write(&mut self, bytes: &[u8], deadline: &Deadline) -> Result<(), Ended> {
        let room = KEPT.saturating_sub(self.sent.len());
        self.sent.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.sent_bytes += bytes.len();
        let mut rest = bytes;
        while !rest.is_empty() {
            // While it takes no more, it may be waiting for its own answers to be read.
            let ready = self.stream.ready(tokio::io::Interest::READABLE | tokio::io::Interest::WRITABLE);
            let ready = deadline.limit(ready).await.map_err(Ended::timed_out)?.map_err(|error| Ended::of(&error))?;
            if ready.is_readable() {
                // The next read reports an end; an error of reading is an error of writing, too.
                self.read_what_is_there().map_err(|error| Ended::of(&error))?;
                if self.buffer.len() > MOST_UNREAD {
                    return Err(Ended::new(Cause::TooLarge));
                }
            }
            match self.stream.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if !ready.is_writable() {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    if let Some(expired) = deadline.passed() {
                        return Err(Ended::timed_out(expired));
                    }
                }
                Err(error) => return Err(Ended::of(&error)),
            }
        }
        Ok(())
    }

    /// Takes what the kernel has, without waiting; at most a little over [`MOST_UNREAD`], because otherwise a node that
    /// never stops writing would be read for ever. False at the end of the stream.
    fn read_what_is_there(&mut self) -> io::Result<bool> {
        let mut chunk = [0; 16 << 10];
        while self.buffer.len() <= MOST_UNREAD {
            match self.stream.try_read(&mut chunk) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.buffer.extend_from_slice(&chunk[..read]);
                    self.came = Instant::now();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Waits for more, up to the deadline.
    async fn fill(&mut self, deadline: &Deadline) -> Result<(), Ended> {
        deadline.limit(self.some()).await.map_err(Ended::timed_out)?
    }

    /// Waits for more.
    async fn some(&mut self) -> Result<(), Ended> {
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) if self.buffer.is_empty() => Err(Ended::new(Cause::Closed)),
            Ok(0) => Err(Ended::new(Cause::HalfAnswer)),
            Ok(_) => {
                self.came = Instant::now();
                Ok(())
            }
            Err(error) => Err(Ended::of(&error)),
        }
    }

    /// The next line with its end, which is a line feed, whatever comes before it.
    pub(super) async fn line(&mut self, deadline: &Deadline) -> Result<Bytes, Ended> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                return Ok(self.buffer.split_to(searched + at + 1).freeze());
            }
            searched = self.buffer.len();
            if searched > MAX_LINE {
                return Err(Ended::new(Cause::TooLarge));
            }
            self.fill(deadline).await?;
        }
    }

    /// This many bytes.
    pub(super) async fn bytes(&mut self, count: usize, deadline: &Deadline) -> Result<Bytes, Ended> {
        while self.buffer.len() < count {
            self.fill(deadline).await?;
        }
        Ok(self.buffer.split_to(count).freeze())
    }

    /// Waits for the node to close. More bytes do not count as an end.
    pub(super) async fn end(&mut self, deadline: &Deadline) -> Result<(), Ended> {
        loop {
            match self.fill(deadline).await {
                // A node that has not read everything resets the connection: that closes it all the same.
                Err(Ended { cause: Cause::Closed | Cause::Reset, .. }) => return Ok(()),
                Ok(()) if self.buffer.len() <= MAX_LINE => {}
                Ok(()) => return Err(Ended::new(Cause::TooLarge)),
                Err(Ended { cause: Cause::HalfAnswer, .. }) => return Ok(()),
                Err(other) => return Err(other),
            }
        }
    }

    /// What has come without being asked for; does not wait for more.
    pub(super) fn left(&mut self) -> Bytes {
        // The next read reports an error or an end.
        let _ = self.read_what_is_there();
        self.buffer.clone().freeze()
    }

    /// Waits for this time by the clock, until something comes that was not asked for: its bytes, or why the connection
    /// ended.
    pub(super) async fn more(&mut self, time: Duration) -> Option<Result<Bytes, Ended>> {
        if self.buffer.is_empty() {
            match timeout(time, self.some()).await {
                Ok(Ok(())) => {}
                Ok(Err(ended)) => return Some(Err(ended)),
                Err(_) => return None,
            }
        }
        Some(Ok(self.left()))
    }

    /// When the newest bytes came.
    pub(super) fn came(&self) -> Instant {
        self.came
    }

    pub(super) async fn shut(&mut self) -> Result<(), Ended> {
        self.stream.shutdown().await.map_err(|error| Ended::of(&error))
    }

    /// Closes with a reset, whatever is still in flight.
    pub(super) fn reset(self) {
        // If this fails, the connection is closed in the ordinary way.
        let _ = self.stream.set_zero_linger();
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::cluster::GrantedTime;

    fn within(time: Duration) -> Deadline {
        GrantedTime::begin().deadline(time)
    }

    fn soon() -> Deadline {
        within(Duration::from_secs(5))
    }

    /// A connection, and its server side.
    async fn pair() -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let soon = soon();
        let (opened, accepted) = tokio::join!(Connection::open("n1", address, &soon), listener.accept());
        (opened.unwrap(), accepted.unwrap().0)
    }

    #[tokio::test]
    async fn lines_and_bytes_are_taken_apart_wherever_packets_end() {
        let (mut connection, mut server) = pair().await;
        for piece in ["OK 5", "\r", "\nhe\r\n", "l\r\nand", " more\n"] {
            server.write_all(piece.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(connection.line(&soon()).await.unwrap(), "OK 5\r\n");
        assert_eq!(connection.bytes(5, &soon()).await.unwrap(), "he\r\nl");
        assert_eq!(connection.bytes(0, &soon()).await.unwrap(), "");
        assert_eq!(connection.line(&soon()).await.unwrap(), "\r\n");
        assert_eq!(connection.line(&soon()).await.unwrap(), "and more\n");
        assert_eq!(connection.left(), "");
    }

    #[tokio::test]
    async fn each_way_to_end_has_its_name() {
        let (mut connection, server) = pair().await;
        let early = within(Duration::from_millis(20));
        assert_eq!(connection.line(&early).await.unwrap_err().cause, Cause::TimedOut);
        assert!(connection.more(Duration::ZERO).await.is_none());
        drop(server);
        assert_eq!(connection.line(&soon()).await.unwrap_err().cause, Cause::Closed);
        assert!(connection.end(&soon()).await.is_ok());

        let (mut connection, mut server) = pair().await;
        server.write_all(b"half a li").await.unwrap();
        drop(server);
        assert_eq!(connection.line(&soon()).await.unwrap_err().cause, Cause::HalfAnswer);
        assert_eq!(connection.left(), "half a li");

        let (mut connection, server) = pair().await;
        server.set_zero_linger().unwrap();
        drop(server);
        assert_eq!(connection.line(&soon()).await.unwrap_err().cause, Cause::Reset);

        let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = unused.local_addr().unwrap();
        drop(unused);
        assert_eq!(Connection::open("n1", address, &soon()).await.unwrap_err().cause, Cause::Refused);
    }

    #[tokio::test]
    async fn a_server_that_answers_while_it_reads_is_read_meanwhile() {
        let (mut connection, mut server) = pair().await;
        let echo = tokio::spawn(async move {
            let (mut read, mut write) = server.split();
            tokio::io::copy(&mut read, &mut write).await
        });
        // More than all buffers between the two hold: an echo server whose answers nobody reads would stop reading.
        let bytes = vec![b'x'; 16 << 20];
        connection.write(&bytes, &within(Duration::from_secs(60))).await.unwrap();
        assert!(connection.bytes(bytes.len(), &soon()).await.unwrap() == bytes);
        connection.shut().await.unwrap();
        echo.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn the_connections_of_a_node_end_with_it() {
        let connections = Connections::default();
        let (connection, mut server) = pair().await;
        *connections.slot("p").try_lock().unwrap() = Some(connection);
        connections.forget("n2");
        assert!(connections.slot("p").try_lock().unwrap().is_some());
        connections.forget("n1");
        assert!(connections.slot("p").try_lock().unwrap().is_none());
        assert_eq!(connections.ended("p").as_deref(), Some("n1"));
        assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 0);
    }
}
