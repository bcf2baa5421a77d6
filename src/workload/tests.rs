//! Clients against small servers, odd and wrong ones among them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use history::{Action, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::exchange::Told;
use super::operation::{Filling, Held, Meaning};
use super::*;
use crate::cluster::GrantedTime;
use crate::scenario::decode::{Decoder, Surroundings};
use crate::yaml::{self, Source};

const OPERATIONS: &str = "
read: { http: GET /kv/$(key), ok: { status: 200 }, absent: { status: 404 }, value: body, version: headers.etag }
write: { http: PUT /kv/$(key), body: $(value), ok: { status: 200 }, no: { status: 400 } }
compare_and_set:
  http: PUT /kv/$(key)
  headers: { If-Match: $(version) }
  body: $(value)
  ok: { status: 200 }
  unmet: { status: 412 }
";

fn operations() -> Arc<Operations> {
    let source = Source::new("challenge.yaml", OPERATIONS);
    let around = Surroundings::default();
    let mut decoder = Decoder::new(&source, &around);
    let operations = decoder.operations(&yaml::parse(&source).unwrap());
    assert!(decoder.finish().is_empty());
    Arc::new(operations)
}

pub(super) fn plan(nodes: &[SocketAddr]) -> Plan {
    let names: Vec<String> = (1..=nodes.len()).map(|number| format!("n{number}")).collect();
    let pairs = names.iter().map(String::as_str).zip(nodes.iter().copied());
    Plan {
        kills: Vec::new(),
        operations: operations(),
        directory: Directory::new(pairs, []),
        homes: names.clone(),
        clients: 2,
        keys: KeySet::Drawn { count: 2, fresh_after: None },
        mix: vec![(Kind::Read, 1), (Kind::Write, 1)],
        rate: None,
        timeout: Duration::from_millis(400),
        draw: "8123/stage/test/steps[0]".to_owned(),
        began: Instant::now(),
    }
}

/// Answers each request on a connection with the next of `answers`, and then closes it.
async fn server(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answers = answers.clone();
            tokio::spawn(async move {
                for answer in answers {
                    if request(&mut socket).await.is_none() {
                        return;
                    }
                    let _ = socket.write_all(&answer).await;
                }
            });
        }
    });
    address
}

/// The head and body of a request.
pub(super) async fn request(socket: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = socket.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

fn answer(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// An address that refuses.
async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// One operation through the first of the nodes.
async fn told(nodes: &[SocketAddr], kind: Kind) -> Told {
    let shared = Arc::new(Shared::new(&plan(nodes)).unwrap());
    ask(&shared, &mut Speaker::new(shared.clone(), 0), kind).await
}

async fn ask(shared: &Arc<Shared>, speaker: &mut Speaker, kind: Kind) -> Told {
    let operation = shared.operation(kind).unwrap();
    let value = kind.sets().then_some("1-1");
    let filling = Filling { key: "k", value, version: Some("\"7\"") };
    speaker.ask(operation, operation.request(filling).unwrap()).await.unwrap()
}

fn read(value: &str) -> Meaning {
    Meaning::Done(vec![Held { value: Some(value.into()), version: None }])
}

#[tokio::test]
async fn any_http_framing_is_understood() {
    let many = format!("HTTP/1.1 200 OK\n{}Content-Length: 1\n\nx", "X-More: 1\n".repeat(120));
    for text in [
        "HTTP/1.1 200 OK\nContent-Length: 1\n\nx",
        "HTTP/1.1 200 OK\nX-Note: one\n\ttwo\nContent-Length: 1\n\nx",
        &many,
        "HTTP/1.0 200 Fine\n\nx",
        "HTTP/1.1 200 \ntransfer-encoding: Chunked\n\n1\nx\n0\n\n",
        "HTTP/1.1 200 OK\nCONTENT-LENGTH: 1\nConnection: close\n\nx",
    ] {
        let told = told(&[server(vec![answer(text)]).await], Kind::Read).await;
        assert_eq!(told.meaning, read("x"), "{text}: {:?}", told.note);
    }
}

#[tokio::test]
async fn what_nobody_can_know_is_open_and_what_certainly_did_nothing_is_no() {
    let ok = "HTTP/1.1 200 OK\nContent-Length: 0\n\n";
    let done = Meaning::Done(Vec::new());
    for (text, kind, meaning, note) in [
        (ok, Kind::Write, done, None),
        ("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", Kind::Read, Meaning::Done(vec![Held::default()]), None),
        ("HTTP/1.1 400 Bad\nContent-Length: 0\n\n", Kind::Write, Meaning::No, Some("400")),
        ("HTTP/1.1 503 Later\nContent-Length: 0\n\n", Kind::Write, Meaning::Open, Some("503")),
        ("HTTP/1.1 412 Unmet\nContent-Length: 0\n\n", Kind::CompareAndSet, Meaning::Unmet, Some("412")),
        ("", Kind::Write, Meaning::Open, Some("closed without an answer")),
        ("HTTP/1.1 200 OK\nContent-Length: 9\n\nhalf", Kind::Read, Meaning::Open, Some("half an answer")),
        ("this is no HTTP\n\n", Kind::Write, Meaning::Open, Some("something that is not HTTP")),
    ] {
        let told = told(&[server(vec![answer(text)]).await], kind).await;
        assert_eq!((told.meaning, told.note.as_deref()), (meaning, note), "{text}");
    }
    let told = told(&[nobody().await], Kind::Write).await;
    assert_eq!((told.meaning, told.note.as_deref()), (Meaning::No, Some("refused")));
}

#[tokio::test]
async fn silence_and_a_reset_are_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut resets = false;
        while let Ok((mut socket, _)) = listener.accept().await {
            if std::mem::replace(&mut resets, true) {
                request(&mut socket).await;
                #[expect(deprecated, reason = "a reset is what is tested; nobody waits for this socket")]
                socket.set_linger(Some(Duration::ZERO)).unwrap();
            } else {
                tokio::spawn(async move {
                    // Reads, and never answers.
                    let mut socket = socket;
                    while request(&mut socket).await.is_some() {}
                });
            }
        }
    });
    let first = told(&[address], Kind::Write).await;
    assert_eq!((first.meaning, first.note.as_deref()), (Meaning::Open, Some("no answer in 0.4 s")));
    let second = told(&[address], Kind::Write).await;
    assert_eq!(second.meaning, Meaning::Open);
    assert!(matches!(second.note.as_deref(), Some("reset" | "closed without an answer")), "{:?}", second.note);
}

#[tokio::test]
async fn a_redirect_is_part_of_the_operation_and_a_circle_ends() {
    let to = |address: SocketAddr| {
        answer(&format!("HTTP/1.1 307 There\nLocation: http://{address}/kv/k\nContent-Length: 0\n\n"))
    };
    let leader = server(vec![answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx")]).await;
    let follower = server(vec![to(leader)]).await;
    let answered = told(&[follower, leader], Kind::Read).await;
    assert_eq!((answered.meaning, answered.node), (read("x"), 1));

    let gone = nobody().await;
    let follower = server(vec![to(gone)]).await;
    let refused = told(&[follower, gone], Kind::Write).await;
    assert_eq!((refused.meaning, refused.note.as_deref()), (Meaning::No, Some("refused")));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let itself = listener.local_addr().unwrap();
    drop(listener);
    let listener = TcpListener::bind(itself).await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (count, answer) = (count.clone(), to(itself));
            tokio::spawn(async move {
                while request(&mut socket).await.is_some() {
                    count.fetch_add(1, Ordering::Relaxed);
                    let _ = socket.write_all(&answer).await;
                }
            });
        }
    });
    let circle = told(&[itself], Kind::Write).await;
    assert_eq!((circle.meaning, circle.note.as_deref()), (Meaning::No, Some("redirected in a circle")));
    assert_eq!(asked.load(Ordering::Relaxed), 6, "the first, and 5 hops");

    let elsewhere = server(vec![to(SocketAddr::from(([127, 0, 0, 1], 9)))]).await;
    let foreign = told(&[elsewhere], Kind::Write).await;
    assert_eq!(foreign.meaning, Meaning::No);
    assert!(foreign.wrong.unwrap().contains("which is not the address of a node"));
}

#[tokio::test]
async fn a_server_that_closes_after_each_answer_costs_one_operation_at_most() {
    let address = server(vec![answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx")]).await;
    let shared = Arc::new(Shared::new(&plan(&[address])).unwrap());
    let mut speaker = Speaker::new(shared.clone(), 0);
    let mut open = 0;
    for _ in 0..50 {
        if ask(&shared, &mut speaker, Kind::Write).await.meaning == Meaning::Open {
            open += 1;
        }
    }
    assert!(open <= 1, "{open} of 50 are neither done nor not done");
}

#[tokio::test]
async fn who_is_refused_asks_another_node_and_does_not_spin() {
    let well = server(vec![answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx"); 1000]).await;
    let answered = told(&[nobody().await, well], Kind::Read).await;
    assert_eq!((answered.meaning, answered.node), (read("x"), 1));

    let crew = Crew::start(&plan(&[nobody().await, nobody().await])).unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let tally = crew.tally();
    assert_eq!((tally.ok, tally.unknown), (0, 0));
    // Pauses of 10, 20, 40, 80, 160 and 200 ms, for two clients.
    assert!((4..=14).contains(&tally.no), "{tally:?}");
}

#[tokio::test]
async fn clients_record_what_they_did_under_unique_values_and_start_anew_after_an_open_end() {
    // Every fifth request is never answered.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let asked = asked.clone();
            tokio::spawn(async move {
                while request(&mut socket).await.is_some() {
                    if asked.fetch_add(1, Ordering::Relaxed) % 5 != 4 {
                        let _ = socket.write_all(&answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx")).await;
                    }
                }
            });
        }
    });
    let mut crew = Crew::start(&Plan { timeout: Duration::from_millis(50), ..plan(&[address]) }).unwrap();
    while crew.tally().ok < 20 || crew.tally().unknown < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    crew.stop();
    crew.ended().await;
    let operations = crew.operations();
    assert!(operations.is_sorted_by_key(|operation| operation.called));
    let mut values: Vec<&str> = operations
        .iter()
        .filter_map(|operation| match &operation.action {
            Action::Write { value } => Some(&**value),
            _ => None,
        })
        .collect();
    let all = values.len();
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), all, "a value was written twice");
    for operation in operations.iter().filter(|operation| operation.outcome == Outcome::Unknown) {
        let later = |other: &&history::Operation| other.client == operation.client && other.called > operation.called;
        assert!(!operations.iter().any(|other| later(&other)), "client {} went on", operation.client);
    }
    // What follows an open end is a read.
    assert!(operations.iter().any(|operation| operation.client > 1));
    for client in 2..8 {
        let first = operations.iter().find(|operation| operation.client == client);
        assert!(first.is_none_or(|first| matches!(first.action, Action::Read { .. })), "{first:?}");
    }
    assert_eq!(crew.latency().operations, crew.tally().ok);
}

#[tokio::test]
async fn an_operation_under_way_when_all_ends_stays_in_the_history() {
    let address = server(vec![Vec::new()]).await;
    let mut crew = Crew::start(&Plan { timeout: Duration::from_secs(60), ..plan(&[address]) }).unwrap();
    while crew.operations().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let under_way: Vec<_> = crew.operations().into_iter().filter(|operation| operation.returned.is_none()).collect();
    assert!(under_way.iter().all(|operation| operation.outcome == Outcome::Unknown));
    crew.stop();
    crew.ended().await;
}

#[tokio::test]
async fn the_same_seed_asks_the_same_in_the_same_order() {
    let ok = answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx");
    let address = server(vec![ok; 10_000]).await;
    let asked = async |draw: &str| {
        let mut crew = Crew::start(&Plan { clients: 1, draw: draw.to_owned(), ..plan(&[address]) }).unwrap();
        while crew.tally().ok < 50 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        crew.stop();
        crew.ended().await;
        let operations = crew.operations().into_iter().take(50);
        operations
            .map(|operation| match operation.action {
                Action::Read { .. } => format!("read {}", operation.key),
                other => format!("{other:?} {}", operation.key),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(asked("1").await, asked("1").await);
    assert_ne!(asked("1").await, asked("2").await);
}

#[tokio::test]
async fn at_a_given_rate_latencies_count_from_when_an_operation_was_due() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut first = true;
        while request(&mut socket).await.is_some() {
            if std::mem::take(&mut first) {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            let _ = socket.write_all(&answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx")).await;
        }
    });
    let plan = Plan { clients: 1, rate: Some(100), timeout: Duration::from_secs(5), ..plan(&[address]) };
    let mut crew = Crew::start(&plan).unwrap();
    while crew.tally().ok < 40 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    crew.stop();
    crew.ended().await;
    // Those that came due while the first one waited had to wait, too: some thirty of them, up to 300 ms.
    let latency = crew.latency();
    assert!(latency.p50 > 20.0 && latency.max >= 300.0, "{latency:?}");
}

#[tokio::test]
async fn settling_needs_a_write_and_every_key_from_every_node() {
    let ok = answer("HTTP/1.1 200 OK\nContent-Length: 1\n\nx");
    let later = answer("HTTP/1.1 503 Later\nContent-Length: 0\n\n");
    let well = server(vec![ok; 1000]).await;
    let never = server(vec![later; 1000]).await;
    let crew = Crew::start(&plan(&[well, well])).unwrap();
    crew.stop();
    assert_eq!(crew.settle(&GrantedTime::begin().deadline(Duration::from_secs(2))).await, Ok(()));
    let last: Vec<_> = crew.operations().into_iter().filter(|operation| operation.client >= 2).collect();
    assert_eq!(last.len(), 1 + 2 * 2, "a write, and each of two keys from two nodes");

    let crew = Crew::start(&plan(&[well, never])).unwrap();
    crew.stop();
    let unsettled = crew.settle(&GrantedTime::begin().deadline(Duration::from_millis(200))).await.unwrap_err();
    assert!(unsettled.what.contains("could not be read through n2"), "{unsettled:?}");
    assert!(unsettled.attempts > 1 && unsettled.seen[0].1 == "503 n2", "{unsettled:?}");
}
