//! One connection: lines and bodies in, answers out, one command after the other.
//!
//! A command is handed to the service, which answers when it can: at once, or much later when a worker waits. Meanwhile the
//! connection reads on, to notice its end.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, oneshot};

use super::bug::Bug;
use super::command::{Command, MAX_BODY, Wrong};
use super::queue::Client;
use super::service::Event;

/// A longer line is not a command.
const MAX_LINE: usize = 1024;
/// What a client may send ahead of an answer that it waits for.
const AHEAD: usize = 1 << 20;

/// Only for `one-write-at-a-time`.
static WRITING: Mutex<()> = Mutex::const_new(());
/// Only for `anyones-bytes-skipped`: how many bytes are still to be skipped.
static TO_SKIP: AtomicUsize = AtomicUsize::new(0);

/// How a connection ended that nothing was wrong with.
pub(super) enum End {
    /// The client said so.
    Quit,
    /// Either side closed it.
    Gone,
}

pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) buffer: BytesMut,
    pub(super) client: Client,
    pub(super) events: Sender<Event>,
    pub(super) bug: Bug,
}

impl Connection {
    /// Serves the client until either side ends it. An error is the connection's: it has ended.
    pub(super) async fn serve(&mut self) -> io::Result<End> {
        while let Some(line) = self.line().await? {
            match Command::parse(&line, self.bug) {
                Err(wrong) => self.write(wrong.answer().as_bytes()).await?,
                Ok(Command::Quit) => return Ok(End::Quit),
                Ok(Command::Put { bytes, .. }) if bytes > MAX_BODY => {
                    if self.bug != Bug::TooBigReadAsCommands {
                        self.skip(bytes + 2).await?;
                    }
                    self.write(b"JOB_TOO_BIG\r\n").await?;
                }
                Ok(command) => {
                    let body = match command {
                        // The check above makes the cast exact.
                        Command::Put { bytes, .. } => match self.body(bytes as usize).await? {
                            Some(body) => body,
                            None => {
                                self.write(b"EXPECTED_CRLF\r\n").await?;
                                continue;
                            }
                        },
                        _ => Bytes::new(),
                    };
                    let Some(answer) = self.ask(command, body).await? else { return Ok(End::Gone) };
                    self.write(&answer).await?;
                    if self.bug == Bug::TimedOutSleeps && &answer[..] == b"TIMED_OUT\r\n" && self.read().await? == 0 {
                        return Ok(End::Gone);
                    }
                }
            }
            if self.bug == Bug::OneCommandAPacket {
                self.buffer.clear();
            }
        }
        Ok(End::Gone)
    }

    /// The next line without its end; `None` where the client has ended the connection.
    async fn line(&mut self) -> io::Result<Option<BytesMut>> {
        let mut too_long = false;
        loop {
            let end: &[u8] = if self.bug == Bug::LineFeedEndsLine { b"\n" } else { b"\r\n" };
            if let Some(at) = self.buffer.windows(end.len()).position(|bytes| bytes == end) {
                let mut line = self.buffer.split_to(at + end.len());
                line.truncate(at);
                if line.ends_with(b"\r") {
                    line.truncate(at - 1);
                }
                if too_long {
                    self.write(Wrong::BadFormat.answer().as_bytes()).await?;
                    too_long = false;
                    continue;
                }
                return Ok(Some(line));
            }
            if self.buffer.len() > MAX_LINE {
                too_long = true;
                // Its last byte may be the first of the line's end.
                let _ = self.buffer.split_to(self.buffer.len() - 1);
            }
            if self.read().await? == 0 {
                return Ok(None);
            }
        }
    }

    /// This many bytes and the line end after them; `None` if something else follows them.
    async fn body(&mut self, bytes: usize) -> io::Result<Option<Bytes>> {
        if self.bug == Bug::BodyEndsAtLine {
            return Ok(self.line().await?.map(BytesMut::freeze));
        }
        let end = if self.bug == Bug::BodyEndsInOnePacket && bytes > 4096 { 1 } else { 2 };
        while self.buffer.len() < bytes + end {
            if self.read().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let body = self.buffer.split_to(bytes).freeze();
        let end = self.buffer.split_to(self.buffer.len().min(2));
        Ok((&end[..] == b"\r\n" || self.bug == Bug::BodyEndUnchecked).then_some(body))
    }

    async fn skip(&mut self, mut bytes: u64) -> io::Result<()> {
        loop {
            let there = self.buffer.len().min(usize::try_from(bytes).unwrap_or(usize::MAX));
            let _ = self.buffer.split_to(there);
            bytes -= there as u64;
            if bytes == 0 {
                return Ok(());
            }
            if self.bug == Bug::AnyonesBytesSkipped {
                TO_SKIP.store(usize::try_from(bytes).unwrap_or(usize::MAX), Ordering::Relaxed);
                return Ok(());
            }
            if self.read().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Waits for more bytes; 0 at the end of the connection.
    async fn read(&mut self) -> io::Result<usize> {
        let before = self.buffer.len();
        let read = self.stream.read_buf(&mut self.buffer).await?;
        let skipped = read.min(TO_SKIP.load(Ordering::Relaxed));
        if skipped > 0 {
            TO_SKIP.fetch_sub(skipped, Ordering::Relaxed);
            let kept = self.buffer.split_off(before + skipped);
            self.buffer.truncate(before);
            self.buffer.unsplit(kept);
        }
        Ok(read)
    }

    /// What the service answers; `None` where it or the client ends the connection instead.
    async fn ask(&mut self, command: Command, body: Bytes) -> io::Result<Option<Bytes>> {
        let (answer, mut answered) = oneshot::channel();
        let said = Event::Said { client: self.client, command, body, answer };
        if self.events.send(said).is_err() {
            return Ok(None);
        }
        loop {
            tokio::select! {
                answer = &mut answered => return Ok(answer.ok()),
                read = self.stream.read_buf(&mut self.buffer), if self.buffer.len() < AHEAD => {
                    if read? == 0 {
                        return Ok(None);
                    }
                }
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _alone = if self.bug == Bug::OneWriteAtATime { Some(WRITING.lock().await) } else { None };
        self.stream.write_all(bytes).await
    }
}
