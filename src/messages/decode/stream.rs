//! One way of a connection: what it is taken for, and what becomes of bytes that are not that.

use crate::network::Way;

use super::frame::{Content, Frame};
use super::http::{Exchanges, Http};
use super::lines::{self, Prefix};
use super::pending::Pending;
use super::shape;
use super::sniff::{Format, sniff};
use super::{Garbage, Undecided};

#[derive(Debug)]
pub(super) struct Stream {
    way: Way,
    pending: Pending,
    machine: Machine,
}

/// What a stream is taken for.
#[derive(Debug)]
enum Machine {
    Sniffing,
    Http(Http),
    Lines,
    Framed(Prefix),
    Http2,
    Bytes,
    /// Bytes are missing, and what comes is the middle of something, up to bytes that begin as an HTTP message does.
    AwaitingHttp,
    /// The same, up to the end of a line.
    AwaitingLine,
}

impl Stream {
    pub(super) fn new(way: Way) -> Stream {
        Stream { way, pending: Pending::default(), machine: Machine::Sniffing }
    }

    pub(super) fn is_http2(&self) -> bool {
        matches!(self.machine, Machine::Http2)
    }

    /// The other way has turned out to be HTTP/2.
    pub(super) fn follow_http2(&mut self) {
        if matches!(self.machine, Machine::Sniffing) {
            self.machine = Machine::Http2;
        }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8], exchanges: &mut Exchanges, out: &mut Vec<Frame>) {
        match self.machine {
            Machine::AwaitingHttp => return self.resume_http(bytes, exchanges, out),
            Machine::AwaitingLine => return self.resume_lines(bytes, exchanges, out),
            _ => {}
        }
        self.pending.add(bytes);
        self.run(exchanges, out);
    }

    fn run(&mut self, exchanges: &mut Exchanges, out: &mut Vec<Frame>) {
        while !self.pending.is_empty() {
            if exchanges.upgraded && matches!(&self.machine, Machine::Http(http) if http.is_between_messages()) {
                self.machine = Machine::Bytes;
            }
            let taken = match &mut self.machine {
                Machine::Sniffing => match sniff(&mut self.pending) {
                    None => return,
                    Some(format) => {
                        self.machine = self.of_format(format);
                        continue;
                    }
                },
                Machine::Http(http) => http.take(&mut self.pending, exchanges, out),
                Machine::Lines => frames(|| lines::next_line(self.way, &mut self.pending), out),
                Machine::Framed(prefix) => frames(|| lines::next_framed(self.way, *prefix, &mut self.pending), out),
                Machine::Http2 => return self.flush(Content::Http2, true, out),
                Machine::Bytes | Machine::AwaitingHttp | Machine::AwaitingLine => {
                    return self.flush(Content::Bytes, true, out);
                }
            };
            match taken {
                Ok(()) if exchanges.upgraded => {}
                Ok(()) => return,
                Err(Garbage) => {
                    self.flush(Content::Bytes, true, out);
                    self.machine = Machine::Bytes;
                }
            }
            if matches!(&self.machine, Machine::Http(http) if !http.is_between_messages()) {
                return;
            }
        }
    }

    fn of_format(&self, format: Format) -> Machine {
        match format {
            Format::Http(side) => Machine::Http(Http::new(side, self.way)),
            Format::Lines => Machine::Lines,
            Format::Framed(prefix) => Machine::Framed(prefix),
            Format::Http2 => Machine::Http2,
            Format::Bytes => Machine::Bytes,
        }
    }

    /// Makes one frame of the message under way and of all that is pending.
    fn flush(&mut self, content: Content, whole: bool, out: &mut Vec<Frame>) {
        let given_up = if let Machine::Http(http) = &mut self.machine { http.give_up() } else { None };
        let (start, end) = (self.pending.start(), self.pending.end());
        let frame = match given_up {
            // Its body has been decoded already: only its head is still there as it came.
            Some((start, head)) => {
                let frame = Frame::new(self.way, start, end, content, &head);
                Frame { length: end - start, ..frame }
            }
            None if start == end => return,
            None => Frame::new(self.way, start, end, content, self.pending.bytes()),
        };
        out.push(Frame { whole, ..frame });
        self.pending.consume(self.pending.bytes().len());
    }

    pub(super) fn undecided(&self) -> Option<Undecided> {
        if self.pending.is_empty() || !matches!(self.machine, Machine::Sniffing) {
            return None;
        }
        let (start, end, bytes) = (self.pending.start(), self.pending.end(), self.pending.bytes());
        let message = shape::of(bytes).and_then(|_| lines::line_frame(self.way, start, end, bytes).ok());
        Some(match message {
            Some(frame) => Undecided::Message(Box::new(frame)),
            None => Undecided::Bytes { start, length: end - start },
        })
    }

    /// The other side speaks. JSON that came whole and without a line end was a message, and is being answered.
    pub(super) fn turn(&mut self, out: &mut Vec<Frame>) {
        if matches!(self.machine, Machine::Sniffing) && shape::of(self.pending.bytes()).is_some() {
            self.last(true, out);
        }
    }

    /// Makes a frame of what is pending, as a line that has no end.
    fn last(&mut self, whole: bool, out: &mut Vec<Frame>) {
        let (start, end) = (self.pending.start(), self.pending.end());
        match lines::line_frame(self.way, start, end, self.pending.bytes()) {
            Ok(frame) => {
                let whole = whole || frame.content == Content::Json;
                out.push(Frame { whole, ..frame });
                self.pending.consume(self.pending.bytes().len());
            }
            Err(Garbage) => self.flush(Content::Bytes, whole, out),
        }
    }

    /// Nothing comes any more.
    pub(super) fn end(&mut self, reset: bool, out: &mut Vec<Frame>) {
        if let Machine::Http(http) = &mut self.machine {
            out.extend(http.end(&mut self.pending, reset));
        }
        if !self.pending.is_empty() {
            match self.machine {
                Machine::Sniffing => self.last(!reset, out),
                Machine::Lines => self.last(false, out),
                _ => {
                    let blank = self.pending.bytes().iter().all(u8::is_ascii_whitespace);
                    self.flush(Content::Bytes, blank, out);
                }
            }
        }
        self.machine = Machine::Bytes;
    }

    /// Passes over bytes that were not recorded.
    pub(super) fn skip(&mut self, bytes: u64, exchanges: &mut Exchanges, out: &mut Vec<Frame>) {
        if let Machine::Http(http) = &mut self.machine
            && http.skip(bytes)
        {
            return self.pending.skip(bytes);
        }
        let first = out.len();
        self.flush(Content::Unrecorded, false, out);
        self.pending.skip(bytes);
        match out.get_mut(first) {
            Some(frame) => {
                frame.end += bytes;
                frame.length += bytes;
            }
            None => self.unrecorded(self.pending.start() - bytes, out),
        }
        self.machine = match self.machine {
            Machine::Http(_) | Machine::Sniffing | Machine::AwaitingHttp => {
                exchanges.lose_pairs();
                Machine::AwaitingHttp
            }
            Machine::Lines | Machine::AwaitingLine => Machine::AwaitingLine,
            Machine::Http2 => Machine::Http2,
            Machine::Framed(_) | Machine::Bytes => Machine::Bytes,
        };
    }

    /// A frame of bytes that are not known, up to what is pending.
    fn unrecorded(&self, start: u64, out: &mut Vec<Frame>) {
        let end = self.pending.start();
        let frame = Frame::new(self.way, start, end, Content::Unrecorded, &[]);
        out.push(Frame { length: end - start, whole: false, ..frame });
    }

    fn resume_http(&mut self, bytes: &[u8], exchanges: &mut Exchanges, out: &mut Vec<Frame>) {
        let start = self.pending.start();
        self.pending.add(bytes);
        match sniff(&mut self.pending) {
            Some(format @ Format::Http(_)) => {
                self.machine = self.of_format(format);
                self.run(exchanges, out);
            }
            _ => {
                self.pending.consume(bytes.len());
                self.unrecorded(start, out);
            }
        }
    }

    fn resume_lines(&mut self, bytes: &[u8], exchanges: &mut Exchanges, out: &mut Vec<Frame>) {
        let start = self.pending.start();
        self.pending.add(bytes);
        let end = self.pending.line_end().map(|end| end + 1);
        self.pending.consume(end.unwrap_or(bytes.len()));
        self.unrecorded(start, out);
        if end.is_some() {
            self.machine = Machine::Lines;
            self.run(exchanges, out);
        }
    }
}

/// Takes frames for as long as there are any.
fn frames(mut next: impl FnMut() -> Result<Option<Frame>, Garbage>, out: &mut Vec<Frame>) -> Result<(), Garbage> {
    while let Some(frame) = next()? {
        out.push(frame);
    }
    Ok(())
}
