//! HTTP/1.x: requests on one way of a connection, answers on the other. What real peers tolerate is tolerated: folded
//! and many headers, bare line ends, an empty line behind a body.

use std::collections::VecDeque;

use httparse::{EMPTY_HEADER, Header, ParserConfig, Status};

use crate::network::Way;

use super::chunked::Chunked;
use super::frame::{Body, Content, Frame, SHOWN};
use super::pending::Pending;
use super::{Garbage, LONGEST};

/// Headers of one message. Those of most fit into the first array.
const HEADERS: usize = 64;
const MOST_HEADERS: usize = 1024;
/// Requests without an answer. More are no pipeline of anybody's.
const ASKED: usize = 4096;

/// Which of the two this way carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Requests,
    Answers,
}

/// What both ways of a connection know of each other.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    asked: VecDeque<Asked>,
    begun: u64,
    /// Bytes are missing: answers can no longer be told to which request they belong.
    pub(super) unpaired: bool,
    /// Answers to HEAD look as if they had a body. Where such an answer may be missing, no other one can be found.
    pub(super) saw_head: bool,
    /// From here on the connection carries something else.
    pub(super) upgraded: bool,
}

#[derive(Debug, Clone, Copy)]
struct Asked {
    exchange: u64,
    what: Method,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Head,
    Connect,
    Other,
}

impl Exchanges {
    fn ask(&mut self, method: &str) -> Option<u64> {
        let what = match method {
            "HEAD" => Method::Head,
            "CONNECT" => Method::Connect,
            _ => Method::Other,
        };
        self.saw_head |= what == Method::Head;
        self.unpaired |= self.asked.len() >= ASKED;
        if self.unpaired {
            self.asked.clear();
            return None;
        }
        let exchange = self.begun;
        self.begun += 1;
        self.asked.push_back(Asked { exchange, what });
        Some(exchange)
    }

    /// The request that this answer belongs to. An interim answer leaves it waiting for another.
    fn answer(&mut self, status: u16) -> Option<Asked> {
        if (100..200).contains(&status) && status != 101 {
            self.asked.front().copied()
        } else {
            self.asked.pop_front()
        }
    }

    pub(super) fn lose_pairs(&mut self) {
        self.unpaired = true;
        self.asked.clear();
    }
}

/// One way of a connection.
#[derive(Debug)]
pub(super) struct Http {
    side: Side,
    way: Way,
    /// The message whose head has come.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    start: u64,
    content: Content,
    head: Vec<u8>,
    body: Body,
    rest: Rest,
    exchange: Option<u64>,
}

/// What is still to come of a body.
#[derive(Debug)]
enum Rest {
    Length(u64),
    Chunks(Chunked),
    /// All up to the end of the stream.
    Stream,
}

/// What headers say of the body behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(u64),
    Chunked,
    Unsaid,
}

impl Http {
    pub(super) fn new(side: Side, way: Way) -> Http {
        Http { side, way, open: None }
    }

    pub(super) fn is_between_messages(&self) -> bool {
        self.open.is_none()
    }

    /// Takes messages as far as they have come.
    pub(super) fn take(
        &mut self,
        pending: &mut Pending,
        exchanges: &mut Exchanges,
        out: &mut Vec<Frame>,
    ) -> Result<(), Garbage> {
        loop {
            let open = match self.open.take() {
                Some(open) => open,
                None => match self.head(pending, exchanges)? {
                    Some(open) => open,
                    None => return Ok(()),
                },
            };
            let open = self.open.insert(open);
            if !open.take(pending)? {
                return Ok(());
            }
            let upgraded = exchanges.upgraded;
            out.extend(self.close(pending.start(), true));
            if upgraded {
                return Ok(());
            }
        }
    }

    /// The sender has ended this way.
    pub(super) fn end(&mut self, pending: &mut Pending, reset: bool) -> Option<Frame> {
        let whole = match &self.open {
            Some(open) => matches!(open.rest, Rest::Stream) && !reset,
            None => return None,
        };
        self.close(pending.end(), whole)
    }

    /// Gives up the message under way: where it began, and its head as it came.
    pub(super) fn give_up(&mut self) -> Option<(u64, Vec<u8>)> {
        self.open.take().map(|open| (open.start, open.head))
    }

    /// Passes over bytes that were not recorded, if they are certainly of the body under way.
    pub(super) fn skip(&mut self, bytes: u64) -> bool {
        let Some(open) = &mut self.open else { return false };
        let inside = match &mut open.rest {
            Rest::Length(left) if bytes < *left => {
                *left -= bytes;
                true
            }
            Rest::Chunks(chunked) => chunked.skip(bytes),
            Rest::Stream => true,
            Rest::Length(_) => false,
        };
        if inside {
            open.body.skip(bytes);
        }
        inside
    }

    fn close(&mut self, end: u64, whole: bool) -> Option<Frame> {
        let Open { start, content, mut head, body, exchange, .. } = self.open.take()?;
        head.truncate(SHOWN);
        Some(Frame {
            way: self.way,
            start,
            end,
            content,
            head,
            length: body.length(),
            shape: body.shape().filter(|_| whole),
            body: body.shown(),
            whole,
            exchange,
        })
    }

    /// The next head, if all of it is there.
    fn head(&self, pending: &mut Pending, exchanges: &mut Exchanges) -> Result<Option<Open>, Garbage> {
        let Some(length) = pending.head_end() else {
            return if pending.bytes().len() > LONGEST { Err(Garbage) } else { Ok(None) };
        };
        if length > LONGEST {
            return Err(Garbage);
        }
        let head = &pending.bytes()[..length];
        let (content, rest, exchange) = match self.side {
            Side::Requests => request(head, exchanges)?,
            Side::Answers => answer(head, exchanges)?,
        };
        let start = pending.start();
        let head = head.trim_ascii().to_vec();
        pending.consume(length);
        Ok(Some(Open { start, content, head, body: Body::default(), rest, exchange }))
    }
}

impl Open {
    /// Takes what is there of the body. True when it has all come.
    fn take(&mut self, pending: &mut Pending) -> Result<bool, Garbage> {
        let bytes = pending.bytes();
        let (used, ended) = match &mut self.rest {
            Rest::Length(left) => {
                let used = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                self.body.add(&bytes[..used]);
                *left -= used as u64;
                (used, *left == 0)
            }
            Rest::Stream => {
                self.body.add(bytes);
                (bytes.len(), false)
            }
            Rest::Chunks(chunked) => {
                let body = &mut self.body;
                let progress = chunked.take(bytes, |data| body.add(data)).map_err(|_| Garbage)?;
                (progress.used, progress.ended)
            }
        };
        pending.consume(used);
        Ok(ended)
    }
}

type Begun = (Content, Rest, Option<u64>);

fn request(head: &[u8], exchanges: &mut Exchanges) -> Result<Begun, Garbage> {
    with_headers(|headers| {
        let mut request = httparse::Request::new(headers);
        complete(request.parse(head))?;
        let (Some(method), Some(path)) = (request.method, request.path) else { return Err(Parse::Garbage) };
        let rest = match framing(request.headers)? {
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => Rest::Chunks(Chunked::default()),
            Framing::Unsaid => Rest::Length(0),
        };
        let exchange = exchanges.ask(method);
        Ok((Content::HttpRequest { method: method.to_owned(), path: path.to_owned() }, rest, exchange))
    })
}

fn answer(head: &[u8], exchanges: &mut Exchanges) -> Result<Begun, Garbage> {
    with_headers(|headers| {
        let mut answer = httparse::Response::new(headers);
        let mut lenient = ParserConfig::default();
        lenient
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true);
        complete(lenient.parse_response(&mut answer, head))?;
        let Some(status) = answer.code else { return Err(Parse::Garbage) };
        if exchanges.unpaired && exchanges.saw_head {
            return Err(Parse::Garbage);
        }
        let framing = framing(answer.headers)?;
        let asked = exchanges.answer(status);
        let method = asked.map_or(Method::Other, |asked| asked.what);
        exchanges.upgraded |= status == 101 || (method == Method::Connect && (200..300).contains(&status));
        let rest = match framing {
            _ if method == Method::Head || exchanges.upgraded => Rest::Length(0),
            _ if matches!(status, 100..200 | 204 | 304) => Rest::Length(0),
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => Rest::Chunks(Chunked::default()),
            Framing::Unsaid => Rest::Stream,
        };
        Ok((Content::HttpAnswer { status }, rest, asked.map(|asked| asked.exchange)))
    })
}

enum Parse {
    Garbage,
    MoreHeaders,
}

impl From<Garbage> for Parse {
    fn from(Garbage: Garbage) -> Parse {
        Parse::Garbage
    }
}

/// Parses with room for few headers, and once more with room for many.
fn with_headers<'h, T>(mut parse: impl FnMut(&mut [Header<'h>]) -> Result<T, Parse>) -> Result<T, Garbage> {
    match parse(&mut [EMPTY_HEADER; HEADERS]) {
        Ok(parsed) => Ok(parsed),
        Err(Parse::Garbage) => Err(Garbage),
        Err(Parse::MoreHeaders) => parse(&mut vec![EMPTY_HEADER; MOST_HEADERS]).map_err(|_| Garbage),
    }
}

fn complete(parsed: httparse::Result<usize>) -> Result<(), Parse> {
    match parsed {
        Ok(Status::Complete(_)) => Ok(()),
        Err(httparse::Error::TooManyHeaders) => Err(Parse::MoreHeaders),
        Ok(Status::Partial) | Err(_) => Err(Parse::Garbage),
    }
}

/// Chunks go before a length, as in RFC 9112. Lengths that contradict each other are nobody's.
fn framing(headers: &[Header<'_>]) -> Result<Framing, Garbage> {
    let mut framing = Framing::Unsaid;
    for header in headers {
        let name = header.name.trim_end();
        if name.eq_ignore_ascii_case("transfer-encoding") {
            let last = header.value.rsplit(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
            if last.eq_ignore_ascii_case(b"chunked") {
                framing = Framing::Chunked;
            }
        } else if name.eq_ignore_ascii_case("content-length") && framing != Framing::Chunked {
            for value in header.value.split(|byte| *byte == b',') {
                let length = std::str::from_utf8(value.trim_ascii()).ok().and_then(|text| text.parse().ok());
                let length = Framing::Length(length.ok_or(Garbage)?);
                if framing != Framing::Unsaid && framing != length {
                    return Err(Garbage);
                }
                framing = length;
            }
        }
    }
    Ok(framing)
}
