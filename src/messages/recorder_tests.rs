//! Real links, recorded; and a recorder that is told more than it can take.

use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;
use crate::facts::SentWhat;
use crate::messages::decode::Content;
use crate::messages::{Ended, Fate, Loss, Message, Record};
use crate::network::{Connection, Hold, Network, Policy, Way};

const SOON: Duration = Duration::from_secs(5);

/// Two nodes, of which n2 listens.
struct Pair {
    folder: tempfile::TempDir,
    recording: Arc<Recording>,
    network: Network,
    n2: TcpListener,
}

impl Pair {
    async fn new() -> Pair {
        let folder = tempfile::tempdir().unwrap();
        let recording = Arc::new(Recording::new(folder.path(), Instant::now()));
        let names = ["n1".to_owned(), "n2".to_owned()];
        let n2 = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let nodes = [(names[0].clone(), nowhere), (names[1].clone(), n2.local_addr().unwrap())];
        let free: Vec<_> = (0..2).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = free.iter().map(|port| port.local_addr().unwrap().port()).collect();
        drop(free);
        let network = Network::new(&nodes, &ports, 1, recording.tap(&names)).unwrap();
        network.open("n2").unwrap();
        Pair { folder, recording, network, n2 }
    }

    async fn connected(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.network.address("n1", "n2")).await.unwrap();
        (client, timeout(SOON, self.n2.accept()).await.unwrap().unwrap().0)
    }

    async fn counted(&self, count: CountId) -> Counted {
        let recording = Arc::clone(&self.recording);
        tokio::task::spawn_blocking(move || recording.counted(count)).await.unwrap().unwrap()
    }

    async fn finish(self) -> Vec<(Message, Option<Ended>)> {
        drop(self.network);
        let recording = Arc::clone(&self.recording);
        tokio::task::spawn_blocking(move || recording.finish()).await.unwrap().unwrap();
        let record = Record::open(self.folder.path()).unwrap().unwrap();
        record.entries().iter().map(|entry| record.message(entry).unwrap()).collect()
    }
}

async fn read(stream: &mut TcpStream, length: usize) {
    timeout(SOON, stream.read_exact(&mut vec![0; length])).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_single_node_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::new(folder.path(), Instant::now());
    recording.test_begins();
    assert!(recording.tap(&["n1".to_owned()]).is_none());
    assert!(recording.state().recorder.is_none());
    recording.finish().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_exchange_over_a_link_is_recorded_with_its_times() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.connected().await;
    client.write_all(b"GET /a HTTP/1.1\r\n\r\n").await.unwrap();
    read(&mut server, 19).await;
    server.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await.unwrap();
    read(&mut client, 40).await;
    let all = pair.finish().await;
    let [(request, asked), (answer, answered)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(request.content, Content::HttpRequest { method: "GET".into(), path: "/a".into() });
    assert_eq!((&answer.content, &*answer.body, &*answer.from), (&Content::HttpAnswer { status: 200 }, "hi", "n2"));
    assert_eq!((request.exchange, request.connection), (answer.exchange, answer.connection));
    let (asked, answered) = (asked.unwrap(), answered.unwrap());
    assert_eq!((asked.fate, asked.held, answered.fate), (Fate::HandedOver, None, Fate::HandedOver));
    assert!(request.began <= asked.at && asked.at <= answer.began && answer.began <= answered.at);
}

#[tokio::test]
async fn what_was_passed_on_can_be_read_while_nodes_go_on() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.connected().await;
    client.write_all(b"GET /a HTTP/1.1\r\n\r\n").await.unwrap();
    read(&mut server, 19).await;
    let recording = Arc::clone(&pair.recording);
    tokio::task::spawn_blocking(move || recording.written()).await.unwrap();
    let record = Record::open(pair.folder.path()).unwrap().unwrap();
    let [entry] = record.entries() else { panic!("{:?}", record.entries()) };
    assert!(record.raw(entry).unwrap().starts_with(b"{\"id\":0,"));
    assert_eq!(
        record.message(entry).unwrap().0.content,
        Content::HttpRequest { method: "GET".into(), path: "/a".into() }
    );
}

#[tokio::test]
async fn what_a_cut_holds_is_recorded_with_how_long() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.connected().await;
    client.write_all(b"first\n").await.unwrap();
    read(&mut server, 6).await;
    pair.network.change(|policy| policy.cut("n1", "n2"));
    client.write_all(b"held\n").await.unwrap();
    while pair.network.traffic("n1", "n2").held < 5 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(30)).await;
    pair.network.change(Policy::clear);
    read(&mut server, 5).await;
    let all = pair.finish().await;
    let fates: Vec<Ended> = all.iter().map(|(_, ended)| ended.unwrap()).collect();
    assert_eq!((fates[0].held, fates[0].fate), (None, Fate::HandedOver));
    let held = fates[1].held.unwrap();
    assert_eq!((held.by, fates[1].fate), (Hold::Cut, Fate::HandedOver));
    assert!(fates[1].at - held.since >= Duration::from_millis(30), "{:?}", fates[1]);
}

#[tokio::test]
async fn what_waits_before_a_dial_is_held_too() {
    let pair = Pair::new().await;
    pair.network.change(|policy| policy.cut("n1", "n2"));
    let mut client = TcpStream::connect(pair.network.address("n1", "n2")).await.unwrap();
    client.write_all(b"stale\n").await.unwrap();
    while pair.network.traffic("n1", "n2").held < 6 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let all = pair.finish().await;
    let [(message, Some(ended))] = &all[..] else { panic!("{all:?}") };
    assert_eq!((&*message.body, ended.fate), ("stale", Fate::Undelivered));
    assert_eq!(ended.held.map(|held| held.by), Some(Hold::Cut));
}

#[tokio::test]
async fn what_is_lost_with_a_reset_is_recorded_as_that() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.connected().await;
    client.write_all(b"first\n").await.unwrap();
    read(&mut server, 6).await;
    pair.network.change(|policy| policy.cut("n1", "n2"));
    client.write_all(b"lost\n").await.unwrap();
    while pair.network.traffic("n1", "n2").held < 5 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    pair.network.change(|policy| policy.reset("n1", "n2"));
    while pair.network.traffic("n1", "n2").connections > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let all = pair.finish().await;
    let fates: Vec<Fate> = all.iter().map(|(_, ended)| ended.unwrap().fate).collect();
    assert_eq!(fates, [Fate::HandedOver, Fate::Lost { why: Loss::Reset }]);
}

#[test]
fn a_recorder_that_cannot_keep_up_never_makes_its_teller_wait() {
    let (entries, receiver) = mpsc::sync_channel(REPORTS);
    let recorder = Recorder { entries, shared: Arc::default(), thread: Mutex::default() };
    let connection = Arc::new(Connection { number: 1, from: "n1".into(), to: "n2".into() });
    let tell = |offset: u64, bytes: &Bytes| {
        let what = Passage::Came { way: Way::Forward, offset, bytes: bytes.clone() };
        recorder.hear(Report { connection: Arc::clone(&connection), at: Instant::now(), what });
    };
    // Nobody takes them.
    let line = Bytes::from_static(b"line\n");
    for number in 0..REPORTS as u64 + 100 {
        tell(number * 5, &line);
    }
    assert_eq!(recorder.shared.missed.load(Ordering::Relaxed), 100);
    assert_eq!(receiver.try_iter().count(), REPORTS);
    // Bytes have a limit of their own, and what was lost does not count.
    recorder.shared.bytes.store(0, Ordering::Relaxed);
    let megabyte = Bytes::from(vec![b'x'; 1 << 20]);
    for number in 0..20 {
        tell(number << 20, &megabyte);
    }
    assert_eq!(receiver.try_iter().count(), 16);
    assert_eq!(recorder.shared.missed.load(Ordering::Relaxed), 104);
    assert_eq!(recorder.shared.bytes.load(Ordering::Relaxed), BYTES);
}

#[test]
fn an_error_ends_the_record_and_is_told_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::new(&folder.path().join("gone"), Instant::now());
    let tap = recording.tap(&["n1".to_owned(), "n2".to_owned()]).unwrap();
    let connection = Arc::new(Connection { number: 1, from: "n1".into(), to: "n2".into() });
    let what = Passage::Came { way: Way::Forward, offset: 0, bytes: Bytes::from_static(b"line\n") };
    tap.hear(Report { connection, at: Instant::now(), what });
    assert_eq!(recording.finish().unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[tokio::test]
async fn what_is_sent_is_counted_from_a_moment_on() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.connected().await;
    client.write_all(b"GET /before HTTP/1.1\r\n\r\n").await.unwrap();
    read(&mut server, 24).await;
    let count = pair.recording.begin_count().unwrap();
    server.write_all(b"HTTP/1.1 204 No\r\n\r\n").await.unwrap();
    client.write_all(b"GET /a HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\n\r\n").await.unwrap();
    read(&mut client, 19).await;
    read(&mut server, 38).await;
    let counted = pair.counted(count).await;
    let kinds: Vec<_> = counted.kinds.iter().map(|kind| (&kind.what, kind.messages(), kind.bytes())).collect();
    let get = SentWhat::HttpRequest { method: "GET".into(), path: "/a".into() };
    assert_eq!(kinds, [(&get, 2, 38), (&SentWhat::HttpAnswer { status: 204 }, 1, 19)]);
    assert_eq!((&*counted.kinds[0].pairs[0].from, &*counted.kinds[1].pairs[0].from), ("n1", "n2"));
    assert!(counted.unrecognised.is_empty() && !counted.missed);
    pair.recording.test_ends(true);
    let recording = Arc::clone(&pair.recording);
    let over = tokio::task::spawn_blocking(move || recording.counted(count)).await.unwrap();
    assert_eq!(over, None, "it was for the test that has ended");
}

#[tokio::test]
async fn json_that_nothing_ends_is_a_message_and_other_bytes_are_not() {
    let pair = Pair::new().await;
    let count = pair.recording.begin_count().unwrap();
    let (mut client, mut server) = pair.connected().await;
    client.write_all(b"{\"a\":1}").await.unwrap();
    read(&mut server, 7).await;
    assert_eq!(pair.counted(count).await.all(), 1);
    let (mut other, mut beyond) = pair.connected().await;
    other.write_all(b"\xff\xfe\xfd\xfc").await.unwrap();
    read(&mut beyond, 4).await;
    let counted = pair.counted(count).await;
    assert_eq!((counted.all(), counted.unrecognised[0].bytes), (1, 4), "{counted:?}");
}

#[test]
fn a_count_says_that_it_missed_something() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::new(folder.path(), Instant::now());
    let tap = recording.tap(&["n1".to_owned(), "n2".to_owned()]).unwrap();
    let count = recording.begin_count().unwrap();
    let connection = Arc::new(Connection { number: 1, from: "n1".into(), to: "n2".into() });
    let came = |offset, bytes: Bytes| {
        let what = Passage::Came { way: Way::Forward, offset, bytes };
        tap.hear(Report { connection: Arc::clone(&connection), at: Instant::now(), what });
    };
    came(0, Bytes::from_static(b"one\n"));
    // More than may be under way at once.
    came(4, Bytes::from(vec![b'x'; BYTES as usize + 1]));
    let counted = recording.counted(count).unwrap();
    assert_eq!((counted.all(), counted.missed), (1, true));
    assert!(!recording.counted(recording.begin_count().unwrap()).unwrap().missed, "that was before");
}
