//! Chunked bodies of HTTP/1.1, as they come.

/// What is not a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Longer sizes with their extensions, or trailers, are nobody's.
const LINE: usize = 4 << 10;
/// Digits of a size. More would not fit into a number.
const DIGITS: usize = 15;

#[derive(Debug, Default)]
pub(super) struct Chunked {
    state: State,
    /// Bytes of the line under way.
    line: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Size {
        size: u64,
        digits: usize,
    },
    /// Behind a size, up to the line's end.
    Extension {
        size: u64,
    },
    SizeEnd {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataEnd,
    DataLineEnd,
    /// At the beginning of a trailer, or of the empty line at the end.
    Trailer,
    InTrailer,
    LastLineEnd,
}

/// How far a body came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// Bytes that belong to it.
    pub(super) used: usize,
    pub(super) ended: bool,
}

impl Chunked {
    /// Passes over bytes that were not recorded. False if they may have been more than the data of one chunk: then nobody
    /// knows what comes next.
    pub(super) fn skip(&mut self, bytes: u64) -> bool {
        match &mut self.state {
            State::Data { left } if bytes < *left => {
                *left -= bytes;
                true
            }
            _ => false,
        }
    }

    /// Takes what belongs to the body, and gives its data to `data`.
    pub(super) fn take(&mut self, bytes: &[u8], mut data: impl FnMut(&[u8])) -> Result<Progress, Malformed> {
        let mut at = 0;
        while at < bytes.len() {
            if let State::Data { left } = self.state {
                let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                data(&bytes[at..at + count]);
                at += count;
                let left = left - count as u64;
                self.state = if left == 0 { State::DataEnd } else { State::Data { left } };
                continue;
            }
            let ended = self.byte(bytes[at])?;
            at += 1;
            if ended {
                return Ok(Progress { used: at, ended: true });
            }
        }
        Ok(Progress { used: at, ended: false })
    }

    /// One byte of what is between the data. True at the end of all.
    fn byte(&mut self, byte: u8) -> Result<bool, Malformed> {
        self.line = if byte == b'\n' { 0 } else { self.line + 1 };
        if self.line > LINE {
            return Err(Malformed);
        }
        let begun = |size| if size == 0 { State::Trailer } else { State::Data { left: size } };
        self.state = match (self.state, byte) {
            (State::Start, _) if byte.is_ascii_hexdigit() => State::Size { size: digit(byte), digits: 1 },
            (State::Size { size, digits }, _) if byte.is_ascii_hexdigit() && digits < DIGITS => {
                State::Size { size: size * 16 + digit(byte), digits: digits + 1 }
            }
            (State::Size { size, .. }, b';' | b' ' | b'\t') => State::Extension { size },
            (State::Size { size, .. } | State::Extension { size }, b'\r') => State::SizeEnd { size },
            (State::Size { size, .. } | State::Extension { size } | State::SizeEnd { size }, b'\n') => begun(size),
            (State::Extension { size }, _) => State::Extension { size },
            (State::DataEnd, b'\r') => State::DataLineEnd,
            (State::DataEnd | State::DataLineEnd, b'\n') => State::Start,
            (State::Trailer, b'\r') => State::LastLineEnd,
            (State::Trailer | State::LastLineEnd, b'\n') => return Ok(true),
            (State::InTrailer, b'\n') => State::Trailer,
            (State::Trailer | State::InTrailer, _) => State::InTrailer,
            _ => return Err(Malformed),
        };
        Ok(false)
    }
}

fn digit(byte: u8) -> u64 {
    u64::from(char::from(byte).to_digit(16).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], split: usize) -> Result<(Vec<u8>, usize, bool), Malformed> {
        let (mut chunked, mut data) = (Chunked::default(), Vec::new());
        let (one, two) = bytes.split_at(split.min(bytes.len()));
        let first = chunked.take(one, |bytes| data.extend_from_slice(bytes))?;
        if first.ended {
            return Ok((data, first.used, true));
        }
        let second = chunked.take(two, |bytes| data.extend_from_slice(bytes))?;
        Ok((data, first.used + second.used, second.ended))
    }

    #[test]
    fn chunks_are_joined_wherever_they_are_split() {
        let body = b"5;ext=1\r\nhello\r\n1A \r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-T: 1\r\n\r\nrest";
        for split in 0..body.len() {
            let (data, used, ended) = all(body, split).unwrap();
            assert_eq!(data, b"helloabcdefghijklmnopqrstuvwxyz");
            assert!(ended && &body[used..] == b"rest");
        }
        assert_eq!(all(b"2\nab\n0\n\n", 3), Ok((b"ab".to_vec(), 8, true)), "bare line ends are common");
        assert_eq!(all(b"2\r\nab\r\n0\r\n", 3), Ok((b"ab".to_vec(), 10, false)));
    }

    #[test]
    fn what_is_none_is_refused() {
        for body in [&b"x"[..], b"\r\n", b"2\r\nabc", b"1111111111111111\r\n", b"2\rx"] {
            assert_eq!(all(body, 1), Err(Malformed), "{body:?}");
        }
        assert_eq!(all(&[b'1'; 40], 5), Err(Malformed));
        let endless: Vec<u8> = b"5;".iter().copied().chain([b'x'; 5000]).collect();
        assert_eq!(all(&endless, 5), Err(Malformed));
    }
}
