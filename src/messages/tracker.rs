//! Follows connections by what links report of them: which messages they carry, and what becomes of each.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::network::{Connection, Ending, Hold, Passage, Report, Way};

use super::count::Count;
use super::decode::{Decoder, Frame, Undecided};
use super::message::{Ended, Fate, Held, Loss, Message, MessageId, alike};

/// Times of one way that are kept. A message of more pieces than this is timed less finely in its middle, where nobody
/// looks.
const TIMES: usize = 512;
/// Holds of one way that are kept.
const HOLDS: usize = 64;

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// With what it has in common with those that are alike.
    Message(Box<Message>, u32),
    Ended(Ended),
}

#[derive(Debug)]
pub(super) struct Tracker {
    started: Instant,
    connections: HashMap<u64, Tracked>,
    next: u64,
}

#[derive(Debug)]
struct Tracked {
    connection: Arc<Connection>,
    decoder: Decoder,
    forward: Track,
    back: Track,
}

/// One way of a connection.
#[derive(Debug, Default)]
struct Track {
    came: Times,
    handed_over: Times,
    holds: VecDeque<Span>,
    /// Messages without a fate, in order.
    pending: VecDeque<Pending>,
    ended: bool,
    /// Since then nothing is taken any more.
    gone: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Pending {
    id: MessageId,
    began: Duration,
    end: u64,
    whole: bool,
}

/// A stretch of time in which what came was held.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Duration,
    to: Option<Duration>,
    by: Hold,
}

/// When a way had got how far.
#[derive(Debug, Default)]
struct Times(VecDeque<(u64, Duration)>);

impl Times {
    fn upto(&self) -> u64 {
        self.0.back().map_or(0, |(upto, _)| *upto)
    }

    fn add(&mut self, upto: u64, at: Duration) {
        self.0.push_back((upto, at));
        if self.0.len() > TIMES {
            let mut number = 0;
            let last = self.0.len() - 1;
            self.0.retain(|_| {
                number += 1;
                number == 1 || number > last || number % 2 == 0
            });
        }
    }

    /// When this byte was passed.
    fn of(&self, byte: u64) -> Option<Duration> {
        let at = self.0.partition_point(|(upto, _)| *upto <= byte);
        self.0.get(at).map(|(_, at)| *at)
    }

    /// Forgets what is before this byte. The last entry stays: it says how far the way has got.
    fn forget(&mut self, before: u64) {
        while self.0.len() > 1 && self.0[0].0 <= before {
            self.0.pop_front();
        }
    }
}

impl Track {
    fn hold(&mut self, at: Duration, by: Hold) {
        match self.holds.back_mut() {
            Some(span) if span.to.is_none() && span.by == by => return,
            Some(span) => span.to = span.to.or(Some(at)),
            None => {}
        }
        self.holds.push_back(Span { from: at, to: None, by });
        if self.holds.len() > HOLDS {
            self.holds.pop_front();
        }
    }

    fn release(&mut self, at: Duration) {
        if let Some(span) = self.holds.back_mut() {
            span.to = span.to.or(Some(at));
        }
    }

    /// Whether something that was on its way from then on was held before then. A cut explains more than anything else.
    fn held(&self, began: Duration, ended: Duration) -> Option<Held> {
        let spans = || self.holds.iter().filter(|span| span.from < ended && span.to.is_none_or(|to| to > began));
        let span = spans().find(|span| span.by == Hold::Cut).or_else(|| spans().next())?;
        Some(Held { since: span.from.max(began), by: span.by })
    }

    /// The fates of what has been handed over.
    fn settle(&mut self, tell: &mut impl FnMut(Told)) {
        while let Some(first) = self.pending.front().copied()
            && let Some(at) = self.handed_over.of(first.end - 1)
        {
            self.pending.pop_front();
            let fate = if first.whole { Fate::HandedOver } else { Fate::CutShort };
            self.end(first, at, fate, tell);
        }
        if let Some(at) = self.gone {
            self.end_all(at, Fate::Lost { why: Loss::ReceiverGone }, tell);
        }
    }

    fn end_all(&mut self, at: Duration, fate: Fate, tell: &mut impl FnMut(Told)) {
        while let Some(first) = self.pending.pop_front() {
            self.end(first, at.max(first.began), fate, tell);
        }
    }

    fn end(&self, message: Pending, at: Duration, fate: Fate, tell: &mut impl FnMut(Told)) {
        tell(Told::Ended(Ended { id: message.id, at, fate, held: self.held(message.began, at) }));
    }
}

impl Tracked {
    fn new(connection: &Arc<Connection>) -> Tracked {
        let connection = Arc::clone(connection);
        Tracked { connection, decoder: Decoder::default(), forward: Track::default(), back: Track::default() }
    }

    fn one(&self, way: Way) -> &Track {
        match way {
            Way::Forward => &self.forward,
            Way::Back => &self.back,
        }
    }

    fn track(&mut self, way: Way) -> &mut Track {
        match way {
            Way::Forward => &mut self.forward,
            Way::Back => &mut self.back,
        }
    }

    /// Bytes before this offset that were never reported.
    fn catch_up(&mut self, way: Way, offset: u64, at: Duration) -> Vec<Frame> {
        let missing = offset.saturating_sub(self.track(way).came.upto());
        if missing == 0 {
            return Vec::new();
        }
        self.track(way).came.add(offset, at);
        self.decoder.gap(way, missing)
    }

    /// Who sends this way, and to whom.
    fn ends(&self, way: Way) -> (&Arc<str>, &Arc<str>) {
        let Connection { from, to, .. } = &*self.connection;
        match way {
            Way::Forward => (from, to),
            Way::Back => (to, from),
        }
    }

    /// The message that a frame is.
    fn message_of(&self, frame: Frame, id: MessageId) -> Message {
        let Frame { way, start, end, content, head, body, length, whole, exchange, .. } = frame;
        let (from, to) = self.ends(way);
        let times = &self.one(way).came;
        // Each byte of a frame has come.
        let began = times.of(start).unwrap_or_default();
        let came = times.of(end - 1).unwrap_or(began);
        Message {
            id,
            connection: self.connection.number,
            exchange,
            from: Arc::clone(from),
            to: Arc::clone(to),
            began,
            came,
            bytes: end - start,
            content,
            head: String::from_utf8_lossy(&head).into_owned(),
            length,
            body: String::from_utf8_lossy(&body).into_owned(),
            cut_short: !whole,
        }
    }

    /// Frames become messages.
    fn message(&mut self, frame: Frame, next: &mut u64, tell: &mut impl FnMut(Told)) {
        let id = MessageId(*next);
        *next += 1;
        let (way, end, whole, alike) = (frame.way, frame.end, frame.whole, alike(&frame));
        let message = self.message_of(frame, id);
        let began = message.began;
        tell(Told::Message(Box::new(message), alike));
        let track = self.track(way);
        track.pending.push_back(Pending { id, began, end, whole });
        track.settle(tell);
        track.came.forget(end);
        track.handed_over.forget(end);
    }
}

impl Tracker {
    pub(super) fn new(started: Instant) -> Tracker {
        Tracker { started, connections: HashMap::new(), next: 0 }
    }

    pub(super) fn hear(&mut self, report: Report, tell: &mut impl FnMut(Told)) {
        let at = report.at.saturating_duration_since(self.started);
        let number = report.connection.number;
        if let Passage::Ended(ending) = report.what {
            if let Some(mut tracked) = self.connections.remove(&number) {
                self.end(&mut tracked, at, Some(ending), tell);
            }
            return;
        }
        let tracked = self.connections.entry(number).or_insert_with(|| Tracked::new(&report.connection));
        let frames = match report.what {
            Passage::Came { way, offset, bytes } => {
                let mut frames = tracked.catch_up(way, offset, at);
                tracked.track(way).came.add(offset + bytes.len() as u64, at);
                frames.extend(tracked.decoder.bytes(way, &bytes));
                frames
            }
            Passage::SenderEnded { way, reset } => {
                tracked.track(way).ended = true;
                tracked.decoder.end(way, reset)
            }
            Passage::Held { way, by } => {
                tracked.track(way).hold(at, by);
                Vec::new()
            }
            Passage::HandedOver { way, upto } => {
                let frames = tracked.catch_up(way, upto, at);
                let track = tracked.track(way);
                track.release(at);
                track.handed_over.add(upto, at);
                track.settle(tell);
                frames
            }
            Passage::ReceiverGone { way } => {
                let track = tracked.track(way);
                track.gone = Some(at);
                track.settle(tell);
                Vec::new()
            }
            Passage::Ended(_) => Vec::new(),
        };
        for frame in frames {
            tracked.message(frame, &mut self.next, tell);
        }
    }

    /// Counts what has come and is no message yet, because it cannot be told what the stream is.
    pub(super) fn count_undecided(&self, count: &mut Count) {
        let ways = |tracked| [(tracked, Way::Forward), (tracked, Way::Back)];
        for (tracked, way) in self.connections.values().flat_map(ways) {
            match tracked.decoder.undecided(way) {
                Some(Undecided::Message(frame)) => {
                    let alike = alike(&frame);
                    count.add(&tracked.message_of(*frame, MessageId(self.next)), alike);
                }
                Some(Undecided::Bytes { start, length })
                    if tracked.one(way).came.of(start).is_some_and(|began| began >= count.since) =>
                {
                    let (from, to) = tracked.ends(way);
                    count.add_undecided(from, to, length);
                }
                Some(Undecided::Bytes { .. }) | None => {}
            }
        }
    }

    /// Ends what is left. How a connection ended may not be known; then neither are the fates of its messages.
    fn end(&mut self, tracked: &mut Tracked, at: Duration, ending: Option<Ending>, tell: &mut impl FnMut(Told)) {
        for way in [Way::Forward, Way::Back] {
            if !tracked.track(way).ended {
                for frame in tracked.decoder.end(way, true) {
                    tracked.message(frame, &mut self.next, tell);
                }
            }
            let fate = match ending {
                None => continue,
                Some(Ending::NetworkGone) => Fate::Undelivered,
                Some(Ending::Closed) => Fate::Lost { why: Loss::ReceiverGone },
                Some(Ending::ResetByNode) => Fate::Lost { why: Loss::ResetByNode },
                Some(Ending::ResetByPolicy) => Fate::Lost { why: Loss::Reset },
                Some(Ending::Unreachable) => Fate::Lost { why: Loss::Unreachable },
            };
            tracked.track(way).end_all(at, fate, tell);
        }
    }

    /// Forgets connections that are over, though their ends were not reported. To be called when nothing is under way.
    pub(super) fn sweep(&mut self, tell: &mut impl FnMut(Told)) {
        let over = |tracked: &Tracked| Arc::strong_count(&tracked.connection) == 1;
        let numbers: Vec<u64> =
            self.connections.iter().filter(|(_, tracked)| over(tracked)).map(|(number, _)| *number).collect();
        for number in numbers {
            if let Some(mut tracked) = self.connections.remove(&number) {
                self.end(&mut tracked, Duration::ZERO, None, tell);
            }
        }
    }

    /// Nothing is reported any more: the cluster is at its end.
    pub(super) fn finish(&mut self, tell: &mut impl FnMut(Told)) {
        let at = self.started.elapsed();
        let mut all: Vec<(u64, Tracked)> = self.connections.drain().collect();
        all.sort_by_key(|(number, _)| *number);
        for (_, mut tracked) in all {
            self.end(&mut tracked, at, Some(Ending::NetworkGone), tell);
        }
    }
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;
