//! Commands: what a line says. A `put` is a line followed by a body, which the connection reads.

use std::sync::Arc;

use super::bug::Bug;
use super::queue::JobId;

/// The largest body.
pub(super) const MAX_BODY: u64 = 65_535;
const MAX_TUBE: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Put { pri: u32, delay: u32, ttr: u32, bytes: u64 },
    Reserve,
    ReserveWithin(u32),
    ReserveJob(JobId),
    Delete(JobId),
    Release { id: JobId, pri: u32, delay: u32 },
    Bury { id: JobId, pri: u32 },
    Touch(JobId),
    Use(Arc<str>),
    Watch(Arc<str>),
    Ignore(Arc<str>),
    Peek(JobId),
    PeekReady,
    PeekDelayed,
    PeekBuried,
    Kick(u32),
    KickJob(JobId),
    StatsJob(JobId),
    StatsTube(Arc<str>),
    Stats,
    ListTubes,
    ListTubeUsed,
    ListTubesWatched,
    PauseTube { tube: Arc<str>, seconds: u32 },
    Quit,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    UnknownCommand,
    BadFormat,
}

impl Wrong {
    pub(super) fn answer(self) -> &'static str {
        match self {
            Wrong::UnknownCommand => "UNKNOWN_COMMAND\r\n",
            Wrong::BadFormat => "BAD_FORMAT\r\n",
        }
    }
}

impl Command {
    /// Reads a line without its end.
    pub(super) fn parse(line: &[u8], bug: Bug) -> Result<Command, Wrong> {
        // No command and no argument has a byte outside ASCII, so such a line is wrong, whatever replaces the byte.
        let line = String::from_utf8_lossy(line);
        let (name, rest) = match line.split_once(' ') {
            Some((name, rest)) => (name, Some(rest)),
            None => (&*line, None),
        };
        let mut words = Words { rest, first: true, bug };
        let command = match name {
            "put" => Command::Put {
                pri: words.number()?,
                delay: words.number()?,
                ttr: words.number()?,
                bytes: words.long()?,
            },
            "reserve" => Command::Reserve,
            "reserve-with-timeout" => Command::ReserveWithin(words.number()?),
            "reserve-job" => Command::ReserveJob(words.long()?),
            "delete" => Command::Delete(words.long()?),
            "release" => Command::Release { id: words.long()?, pri: words.number()?, delay: words.number()? },
            "bury" => Command::Bury { id: words.long()?, pri: words.number()? },
            "touch" => Command::Touch(words.long()?),
            "use" => Command::Use(words.tube()?),
            "watch" => Command::Watch(words.tube()?),
            "ignore" => Command::Ignore(words.tube()?),
            "peek" => Command::Peek(words.long()?),
            "peek-ready" => Command::PeekReady,
            "peek-delayed" => Command::PeekDelayed,
            "peek-buried" => Command::PeekBuried,
            "kick" => Command::Kick(words.number()?),
            "kick-job" => Command::KickJob(words.long()?),
            "stats-job" => Command::StatsJob(words.long()?),
            "stats-tube" => Command::StatsTube(words.tube()?),
            "stats" => Command::Stats,
            "list-tubes" => Command::ListTubes,
            "list-tube-used" => Command::ListTubeUsed,
            "list-tubes-watched" => Command::ListTubesWatched,
            "pause-tube" => Command::PauseTube { tube: words.tube()?, seconds: words.number()? },
            "quit" => Command::Quit,
            _ => return Err(Wrong::UnknownCommand),
        };
        if words.rest.is_some() && bug != Bug::ExtraArgumentsIgnored {
            return Err(Wrong::BadFormat);
        }
        Ok(command)
    }
}

/// The arguments that have not been read yet. None after the last one.
struct Words<'a> {
    rest: Option<&'a str>,
    /// No argument was read yet: without a blank after it, the name does not belong to any command.
    first: bool,
    bug: Bug,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Result<&'a str, Wrong> {
        let missing = if std::mem::take(&mut self.first) { Wrong::UnknownCommand } else { Wrong::BadFormat };
        let rest = self.rest.take().ok_or(missing)?;
        let (word, rest) = match rest.split_once(' ') {
            Some((word, rest)) => (word, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Ok(word)
    }

    fn number(&mut self) -> Result<u32, Wrong> {
        let number = self.long()?;
        match self.bug {
            Bug::NumbersWrap => Ok(number as u32),
            _ => u32::try_from(number).map_err(|_| Wrong::BadFormat),
        }
    }

    /// Digits alone: `parse` would take a sign, too.
    fn long(&mut self) -> Result<u64, Wrong> {
        let word = self.next()?;
        let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        match (digits, word.parse()) {
            (true, Ok(number)) => Ok(number),
            (true, Err(_)) if self.bug == Bug::NumbersWrap => Ok(0),
            _ => Err(Wrong::BadFormat),
        }
    }

    fn tube(&mut self) -> Result<Arc<str>, Wrong> {
        let word = self.next()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/;.$_()-".contains(&byte);
        let fine = (1..=MAX_TUBE).contains(&word.len()) && !word.starts_with('-') && word.bytes().all(fits);
        if fine || self.bug == Bug::AnyTubeName { Ok(word.into()) } else { Err(Wrong::BadFormat) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_or_refused() {
        let parse = |line: &str| Command::parse(line.as_bytes(), Bug::None);
        assert_eq!(parse("put 1 2 3 4"), Ok(Command::Put { pri: 1, delay: 2, ttr: 3, bytes: 4 }));
        assert_eq!(parse("watch a-+/;.$_()"), Ok(Command::Watch("a-+/;.$_()".into())));
        for unknown in ["", "delete", "use", "kick", "PUT 1 2 3 4", "hello x", " reserve"] {
            assert_eq!(parse(unknown), Err(Wrong::UnknownCommand), "{unknown:?}");
        }
        for bad in [
            "put 1 0 1",
            "put 1 0 1 2 3",
            "reserve x",
            "reserve ",
            "delete 1 ",
            "delete +1",
            "delete  1",
            "put 4294967296 0 1 1",
            "use -a",
            "use a b",
        ] {
            assert_eq!(parse(bad), Err(Wrong::BadFormat), "{bad:?}");
        }
        assert_eq!(Command::parse(b"\xff\xfe", Bug::None), Err(Wrong::UnknownCommand));
    }
}
