//! Connections by what links report of them.

use bytes::Bytes;

use super::*;
use crate::messages::decode::Content;
use crate::network::Passage::{Came, HandedOver, ReceiverGone, SenderEnded};

/// A tracker, and one connection from n1 to n2.
struct Bench {
    started: Instant,
    tracker: Tracker,
    connection: Arc<Connection>,
    offsets: [u64; 2],
    told: Vec<Told>,
}

impl Bench {
    fn new() -> Bench {
        // Late enough for whatever a test says has happened.
        let started = Instant::now() - Duration::from_secs(1);
        let connection = Arc::new(Connection { number: 7, from: "n1".into(), to: "n2".into() });
        Bench { started, tracker: Tracker::new(started), connection, offsets: [0, 0], told: Vec::new() }
    }

    fn hear(&mut self, ms: u64, what: Passage) -> &mut Bench {
        let (connection, at) = (Arc::clone(&self.connection), self.started + Duration::from_millis(ms));
        self.tracker.hear(Report { connection, at, what }, &mut |one| self.told.push(one));
        self
    }

    fn came(&mut self, ms: u64, way: Way, bytes: &str) -> &mut Bench {
        let offset = &mut self.offsets[usize::from(way == Way::Back)];
        let came = Came { way, offset: *offset, bytes: Bytes::copy_from_slice(bytes.as_bytes()) };
        *offset += bytes.len() as u64;
        self.hear(ms, came)
    }

    fn handed_over(&mut self, ms: u64, way: Way) -> &mut Bench {
        let upto = self.offsets[usize::from(way == Way::Back)];
        self.hear(ms, HandedOver { way, upto })
    }

    fn messages(&self) -> Vec<&Message> {
        let all = self.told.iter().filter_map(|told| match told {
            Told::Message(message, _) => Some(message.as_ref()),
            Told::Ended(_) => None,
        });
        all.collect()
    }

    /// The fates, in the order of the messages.
    fn fates(&self) -> Vec<Option<Ended>> {
        let of = |message: &&Message| {
            self.told.iter().find_map(|told| match told {
                Told::Ended(ended) if ended.id == message.id => Some(*ended),
                _ => None,
            })
        };
        self.messages().iter().map(of).collect()
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const ASK: &str = "GET /a HTTP/1.1\r\n\r\n";

#[test]
fn a_message_has_its_times_and_its_fate() {
    let mut bench = Bench::new();
    bench.came(10, Way::Forward, &ASK[..5]).handed_over(11, Way::Forward);
    bench.came(20, Way::Forward, &ASK[5..]).handed_over(22, Way::Forward);
    bench.came(30, Way::Back, "HTTP/1.1 204 No\r\n\r\n").handed_over(31, Way::Back);
    let messages = bench.messages();
    assert_eq!((messages[0].began, messages[0].came, messages[0].bytes), (ms(10), ms(20), 19));
    assert_eq!((&*messages[0].from, &*messages[0].to, messages[0].connection), ("n1", "n2", 7));
    assert_eq!((&*messages[1].from, &*messages[1].to), ("n2", "n1"));
    assert_eq!((messages[0].exchange, messages[1].exchange), (Some(0), Some(0)));
    let handed = |id, at| Some(Ended { id: MessageId(id), at: ms(at), fate: Fate::HandedOver, held: None });
    assert_eq!(bench.fates(), [handed(0, 22), handed(1, 31)]);
}

#[test]
fn what_is_recognised_late_still_has_its_own_times() {
    let mut bench = Bench::new();
    // Without a line end, that it was a message shows only when it is answered.
    bench.came(10, Way::Forward, "{\"a\":1}").handed_over(11, Way::Forward);
    bench.came(50, Way::Back, "{\"b\":1}").handed_over(51, Way::Back);
    assert_eq!((bench.messages()[0].began, bench.messages()[0].came), (ms(10), ms(10)));
    assert_eq!(bench.fates()[0].unwrap().at, ms(11));
}

#[test]
fn a_cut_holds_what_was_on_its_way_and_what_comes_after() {
    let mut bench = Bench::new();
    bench.came(5, Way::Forward, "before\n").handed_over(6, Way::Forward);
    bench.came(10, Way::Forward, "one\n").hear(12, Passage::Held { way: Way::Forward, by: Hold::Cut });
    bench.came(20, Way::Forward, "two\n");
    bench.hear(640, HandedOver { way: Way::Forward, upto: 11 }).handed_over(641, Way::Forward);
    bench.came(700, Way::Forward, "after\n").handed_over(700, Way::Forward);
    let held = |since| Some(Held { since: ms(since), by: Hold::Cut });
    let all: Vec<_> = bench.fates().iter().map(|fate| fate.unwrap()).map(|fate| (fate.at, fate.held)).collect();
    assert_eq!(all, [(ms(6), None), (ms(640), held(12)), (ms(641), held(20)), (ms(700), None)]);
}

#[test]
fn a_cut_explains_more_than_a_delay() {
    let mut bench = Bench::new();
    bench.came(10, Way::Forward, "one\n").hear(10, Passage::Held { way: Way::Forward, by: Hold::Slow });
    bench
        .hear(30, Passage::Held { way: Way::Forward, by: Hold::Cut })
        .hear(60, Passage::Held { way: Way::Forward, by: Hold::Slow });
    bench.handed_over(80, Way::Forward);
    assert_eq!(bench.fates()[0].unwrap().held, Some(Held { since: ms(30), by: Hold::Cut }));
}

#[test]
fn what_a_connection_takes_with_it_is_lost_by_how_it_ended() {
    for (ending, fate) in [
        (Ending::ResetByPolicy, Fate::Lost { why: Loss::Reset }),
        (Ending::ResetByNode, Fate::Lost { why: Loss::ResetByNode }),
        (Ending::Unreachable, Fate::Lost { why: Loss::Unreachable }),
        (Ending::Closed, Fate::Lost { why: Loss::ReceiverGone }),
        (Ending::NetworkGone, Fate::Undelivered),
    ] {
        let mut bench = Bench::new();
        bench.came(10, Way::Forward, "one\ntwo\n").hear(11, HandedOver { way: Way::Forward, upto: 4 });
        bench.hear(15, Passage::Ended(ending));
        let fates: Vec<Fate> = bench.fates().iter().map(|ended| ended.unwrap().fate).collect();
        assert_eq!(fates, [Fate::HandedOver, fate]);
        assert!(bench.tracker.connections.is_empty());
    }
}

#[test]
fn what_its_sender_does_not_end_is_cut_short() {
    let mut bench = Bench::new();
    bench.came(10, Way::Forward, "PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf").handed_over(11, Way::Forward);
    bench.hear(20, SenderEnded { way: Way::Forward, reset: false }).hear(21, Passage::Ended(Ending::Closed));
    assert!(bench.messages()[0].cut_short);
    assert_eq!(bench.fates()[0].unwrap().fate, Fate::CutShort);
    assert_eq!(bench.fates()[0].unwrap().at, ms(11));
}

#[test]
fn nothing_is_taken_after_the_receiver_has_gone() {
    let mut bench = Bench::new();
    bench.hear(5, ReceiverGone { way: Way::Forward }).came(10, Way::Forward, "late\n");
    let ended = bench.fates()[0].unwrap();
    assert_eq!((ended.fate, ended.at), (Fate::Lost { why: Loss::ReceiverGone }, ms(10)));
}

#[test]
fn lost_reports_leave_a_gap_that_is_told() {
    let mut bench = Bench::new();
    bench.came(10, Way::Forward, "one\n").handed_over(10, Way::Forward);
    bench.offsets[0] += 100;
    bench.came(30, Way::Forward, "end\ntwo\n").handed_over(31, Way::Forward);
    let kinds: Vec<(&Content, u64)> = bench.messages().iter().map(|one| (&one.content, one.bytes)).collect();
    let expected = [(&Content::Text, 4), (&Content::Unrecorded, 100), (&Content::Unrecorded, 4), (&Content::Text, 4)];
    assert_eq!(kinds, expected);
    assert!(bench.fates().iter().all(Option::is_some));
    // Its end was not reported either.
    bench.connection = Arc::new(Connection { number: 8, from: "n1".into(), to: "n2".into() });
    bench.tracker.sweep(&mut |_| ());
    assert!(bench.tracker.connections.is_empty());
}

#[test]
fn the_end_of_all_leaves_nothing_without_a_fate() {
    let mut bench = Bench::new();
    bench.came(10, Way::Forward, "held\nhalf").hear(11, Passage::Held { way: Way::Forward, by: Hold::Cut });
    bench.tracker.finish(&mut |one| bench.told.push(one));
    let fates: Vec<Fate> = bench.fates().iter().map(|ended| ended.unwrap().fate).collect();
    assert_eq!(fates, [Fate::Undelivered, Fate::Undelivered]);
    assert_eq!(bench.fates()[0].unwrap().held.unwrap().by, Hold::Cut);
}

#[test]
fn times_of_an_endless_message_are_bounded() {
    let mut times = Times::default();
    for piece in 1..100_000 {
        times.add(piece * 10, ms(piece));
    }
    assert!(times.0.len() <= TIMES + 1);
    assert_eq!((times.of(0), times.of(999_989), times.upto()), (Some(ms(1)), Some(ms(99_999)), 999_990));
}
