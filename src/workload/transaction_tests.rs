//! Transactions on lists and accounts, against a small store in this process: a right one and two wrong ones.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use history::{Action, Checker, History, Limits, ListAppend, Step, Verdict};
use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::tests::{plan, request};
use super::*;
use crate::scenario::decode::{Decoder, Surroundings};
use crate::yaml::{self, Source};

const OPERATIONS: &str = r#"
read: { http: GET /kv/$(key), ok: { status: 200 }, absent: { status: 404 }, value: body, version: headers.etag }
compare_and_set:
  http: PUT /kv/$(key)
  headers: { If-Match: $(version) }
  body: $(value)
  ok: { status: 200 }
  unmet: { status: 412 }
transaction:
  http: POST /txn
  body: '{"ops":[$(steps)]}'
  ok: { status: 200 }
  unmet: { status: 412 }
  no: { status: 409 }
  steps:
    get: '{"get":"$(key)"}'
    append: '{"append":"$(key)","value":"$(value)"}'
    check: '{"check":"$(key)","etag":$(version | tojson)}'
    put: '{"put":"$(key)","value":"$(value)"}'
    values: json.results | map(attribute='value') | list
    versions: json.results | map(attribute='etag') | list
"#;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Store {
    Right,
    /// An append is done twice in ten, and its transaction refused.
    AppendsWhatItRefuses,
    /// Of two puts the second is lost now and then.
    LosesPuts,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<String, (String, u64)>,
    version: u64,
    transactions: u64,
}

impl Kept {
    fn seen(&self, key: &str) -> Json {
        self.keys.get(key).map_or_else(
            || json!({"value": null, "etag": null}),
            |(value, version)| json!({"value": value, "etag": version.to_string()}),
        )
    }

    fn put(&mut self, key: &str, value: String) {
        self.version += 1;
        self.keys.insert(key.to_owned(), (value, self.version));
    }

    /// Status and body.
    fn transact(&mut self, body: &str, store: Store) -> (u16, String) {
        self.transactions += 1;
        let now_and_then = self.transactions.is_multiple_of(5);
        let body: Json = serde_json::from_str(body).unwrap();
        let ops = body["ops"].as_array().unwrap();
        let of = |op: &Json, name: &str| op[name].as_str().map(str::to_owned);
        for op in ops {
            if let Some(key) = of(op, "check")
                && self.seen(&key)["etag"] != op["etag"]
            {
                return (412, String::new());
            }
        }
        let (mut results, mut puts) = (Vec::new(), 0);
        for op in ops {
            let value = of(op, "value").unwrap_or_default();
            let key = if let Some(key) = of(op, "append") {
                let before = self.keys.get(&key).map(|(value, _)| value.clone()).unwrap_or_default();
                self.put(&key, before + &value);
                key
            } else if let Some(key) = of(op, "put") {
                puts += 1;
                if !(store == Store::LosesPuts && puts == 2 && now_and_then) {
                    self.put(&key, value);
                }
                key
            } else {
                of(op, "get").or_else(|| of(op, "check")).unwrap()
            };
            results.push(self.seen(&key));
        }
        if store == Store::AppendsWhatItRefuses && now_and_then {
            return (409, String::new());
        }
        (200, json!({ "results": results }).to_string())
    }

    fn answer(&mut self, text: &str, store: Store) -> String {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let condition = head.lines().find_map(|line| line.strip_prefix("if-match: "));
        let key = path.rsplit('/').next().unwrap();
        let (status, body, version) = match head.split(' ').next().unwrap() {
            "POST" => {
                let (status, body) = self.transact(body, store);
                (status, body, 0)
            }
            "GET" => match self.keys.get(key) {
                Some((value, version)) => (200, value.clone(), *version),
                None => (404, String::new(), 0),
            },
            _ if self.keys.get(key).map(|(_, version)| version.to_string()).as_deref() != condition => {
                (412, String::new(), 0)
            }
            _ => {
                self.put(key, body.to_owned());
                (200, String::new(), self.version)
            }
        };
        let etag = if version > 0 { format!("ETag: {version}\r\n") } else { String::new() };
        format!("HTTP/1.1 {status} X\r\n{etag}Content-Length: {}\r\n\r\n{body}", body.len())
    }
}

async fn serve(store: Store, accounts: &[&str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut kept = Kept::default();
    accounts.iter().for_each(|account| kept.put(account, "10".to_owned()));
    let kept = Arc::new(Mutex::new(kept));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let kept = kept.clone();
            tokio::spawn(async move {
                while let Some(text) = request(&mut socket).await {
                    let answer = kept.lock().unwrap().answer(&text, store);
                    if socket.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

fn operations() -> Arc<Operations> {
    let source = Source::new("challenge.yaml", OPERATIONS);
    let around = Surroundings::default();
    let mut decoder = Decoder::new(&source, &around);
    let operations = decoder.operations(&yaml::parse(&source).unwrap());
    assert!(decoder.finish().is_empty());
    Arc::new(operations)
}

/// What clients saw who did so much.
async fn seen(address: SocketAddr, mix: &[(Kind, u32)], keys: KeySet) -> (Crew, History) {
    let plan = Plan {
        operations: operations(),
        clients: 4,
        mix: mix.to_vec(),
        keys,
        timeout: Duration::from_secs(20),
        ..plan(&[address])
    };
    let mut crew = Crew::start(&plan).unwrap();
    while crew.tally().ok < 200 {
        assert_eq!(crew.wrong(), None);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    crew.stop();
    crew.ended().await;
    crew.settle(&crate::cluster::GrantedTime::begin().deadline(Duration::from_secs(20))).await.unwrap();
    let operations = crew.operations();
    (crew, History { operations, ..History::default() })
}

const ON_LISTS: &[(Kind, u32)] = &[(Kind::Transaction, 4), (Kind::Read, 2), (Kind::CompareAndSet, 3)];
const ON_ACCOUNTS: &[(Kind, u32)] = &[(Kind::Transfer, 3), (Kind::Balances, 2)];
const ACCOUNTS: [&str; 3] = ["a", "b", "c"];

fn drawn() -> KeySet {
    KeySet::Drawn { count: 3, fresh_after: Some(60) }
}

fn named() -> KeySet {
    KeySet::Given(ACCOUNTS.map(Text::from).into())
}

#[tokio::test]
async fn what_is_done_to_lists_becomes_transactions_of_a_history() {
    let (crew, history) = seen(serve(Store::Right, &[]).await, ON_LISTS, drawn()).await;
    let judged = history::checker("list_append").unwrap().judge(&history, &Limits::default());
    assert_eq!(judged.verdict, Verdict::Ok);
    let steps = |operation: &Operation| match &operation.action {
        Action::Transaction { steps } => steps.clone(),
        other => panic!("{other:?}"),
    };
    let all: Vec<Vec<Step>> = history.operations.iter().map(steps).collect();
    assert!(all.iter().any(|steps| steps.len() == 4));
    let found = |step: &Step| matches!(step, Step::Get { list, .. } if list.len() > 2);
    assert!(all.iter().flatten().any(found), "lists are read");
    // A compare-and-set found what it had read, and appended one element.
    let set = |steps: &Vec<Step>| matches!(&steps[..], [Step::Get { key, list }, Step::Append { key: to, .. }] if key == to && !list.is_empty());
    assert!(all.iter().any(set), "{all:?}");
    let last = history.operations.iter().rev().take(3).map(steps);
    assert!(last.into_iter().all(|steps| matches!(&steps[..], [Step::Get { .. }])), "every list is read in the end");
    let several = history.operations.iter().find(|operation| steps(operation).len() == 4).unwrap();
    let sent = crew.request(several).unwrap();
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/txn"));
    let body: Json = serde_json::from_str(&sent.body.unwrap()).unwrap();
    assert_eq!(body["ops"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_a_refused_transaction_appended_is_found() {
    let (_, history) = seen(serve(Store::AppendsWhatItRefuses, &[]).await, ON_LISTS, drawn()).await;
    let Verdict::Violation(explanation) = ListAppend::STRICT.judge(&history, &Limits::default()).verdict else {
        panic!("it was not found")
    };
    assert!(
        explanation.sentence.contains("G1a") || explanation.sentence.contains("not done"),
        "{}",
        explanation.sentence
    );
}

#[tokio::test]
async fn money_moves_and_what_is_lost_of_it_is_found() {
    for (store, right) in [(Store::Right, true), (Store::LosesPuts, false)] {
        let (_, history) = seen(serve(store, &ACCOUNTS).await, ON_ACCOUNTS, named()).await;
        let moved = |operation: &&Operation| {
            matches!(operation.action, Action::Transfer { .. }) && operation.outcome == history::Outcome::Ok
        };
        assert!(history.operations.iter().filter(moved).count() > 20);
        let verdict = history::checker("bank").unwrap().judge(&history, &Limits::default()).verdict;
        assert_eq!(verdict == Verdict::Ok, right, "{store:?}: {verdict:?}");
    }
}
